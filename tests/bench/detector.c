/* detector.c - how long does the detector take for a record, and which part of it?
 *
 *   make bench-detector          all streams
 *   build/bench_detector web     those whose names begin so
 *   build/bench_detector -1 web  one run instead of five, for a profiler:
 *     valgrind --tool=callgrind --toggle-collect=run_live build/bench_detector -1 web
 *
 * A detector is warmed with the first part of a stream; then the rest is scored, learned
 * and looked at, five times from the same state, and the middle one of the five counts. The
 * stages are measured beside that by calling each alone over the same records:
 *
 *   front      what a record is: its session, its tokens or its web fields, attacks
 *   lookup     its template
 *   channels   what it is odd in, calibrated, and counted (the rest of analyse)
 *   judging    the windows, the verdict, the cause (the rest of detector_score)
 *   learning   detector_learn, which analyses the batch once more
 *   looking    detector_next, once a batch
 *
 * Goals (issue 4): scoring takes 1.5 us a record of the mixed stream, and 2.5 us of the
 * worst; the state 30 MB. */
#include "tests/bench/streams.h"

#include "scoring/detector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define THRESHOLD        .8
#define ARENA_BYTES_MAX  ((size_t)1 << 30)
#define STATE_GOAL_BYTES (30 << 20)
enum { RUNS = 5, STATE_BYTES_MAX = 256 << 20 };

enum stage { FRONT, LOOKUP, ANALYSE, SCORE, LEARN, LOOK, STAGES_N };

static const struct plan {
    const char *name;
    bool week;
    enum stream_kind kind;
    int days, days_warm; /* of the week */
    size_t n, n_warm, batch;
    double goal_ns; /* 0: none */
} plans[] = {
    {"mixed", .week = true, .days = 4, .days_warm = 3, .batch = 0},
    {"mixed 100", .week = true, .days = 4, .days_warm = 3, .batch = 100, .goal_ns = 1500},
    {"mixed 1000", .week = true, .days = 4, .days_warm = 3, .batch = 1000},
    {"web 100", .kind = STREAM_WEB, .n = 40000, .n_warm = 100000, .batch = 100},
    {"worst 100", .kind = STREAM_WORST, .n = 40000, .n_warm = 100000, .batch = 100,
     .goal_ns = 2500},
};

struct bench {
    const struct plan *plan;
    int runs;
    struct stream stream;
    size_t warm; /* batches */
    struct detector *d;
    struct buf state; /* after these */
    struct model *m;  /* taught the same, for the stages */
    struct arena arena;
    double ns[STAGES_N][RUNS];
    size_t records; /* measured */
    uint64_t sum;   /* of what was found, so that no work can be left out */
};

static int64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static const struct record *batch_at(const struct bench *b, size_t i, size_t *n)
{
    size_t from = i > 0 ? b->stream.end[i - 1] : 0;
    *n = b->stream.end[i] - from;
    return &b->stream.record[from];
}

/* --- one batch of a stage --- */

static enum err_code learn(struct bench *b, size_t i, struct err *e)
{
    size_t n;
    const struct record *r = batch_at(b, i, &n);
    struct detector_batch batch = {.records = r,
                                   .n = n,
                                   .id = i + 1,
                                   .batch_n = (int64_t)n,
                                   .first_log_id = r - b->stream.record + 1,
                                   .now_us = stream_receipt(r, n),
                                   .arena = &b->arena};
    return detector_learn(b->d, &batch, e);
}

static enum err_code teach_model(struct bench *b, size_t i, struct err *e)
{
    size_t n;
    struct analysis a;
    const struct record *r = batch_at(b, i, &n);
    struct analysis_batch read = {r, n, stream_receipt(r, n), &b->arena};
    if (analyse(b->m, &read, &a, e)) {
        return e->code;
    }
    struct learn_batch l = {r, &a, LEARN_LIVE, false, &b->arena};
    enum err_code code = learn_batch(b->m, &l, e);
    arena_reset(&b->arena);
    return code;
}

static void read_records(struct bench *b, size_t i, bool lookup)
{
    static struct front f;
    size_t n;
    const struct record *r = batch_at(b, i, &n);
    for (size_t k = 0; k < n; k++) {
        struct front_field field;
        front_read(&r[k], &f);
        b->sum += f.session + f.tokens.signature + (uint64_t)front_attack(&f, &field);
        if (lookup) {
            int s = model_find(b->m, r[k].service, str_hash(r[k].service));
            b->sum += (uint64_t)templates_find(
                &b->m->templates, s >= 0 ? b->m->service[s].number : 0, &f.tokens);
        }
    }
}

static void look(struct bench *b, size_t i)
{
    static struct finding f;
    size_t n;
    const struct record *r = batch_at(b, i, &n);
    while (detector_next(b->d, stream_receipt(r, n), &f)) {
        b->sum++;
    }
}

static enum err_code do_stage(struct bench *b, enum stage stage, size_t i, struct err *e)
{
    size_t n;
    const struct record *r = batch_at(b, i, &n);
    struct analysis a;
    struct verdict v;
    struct detector_question q = {r, n, stream_receipt(r, n), true, &b->arena};
    struct analysis_batch read = {r, n, stream_receipt(r, n), &b->arena};
    switch (stage) {
    case FRONT:
    case LOOKUP:
        read_records(b, i, stage == LOOKUP);
        return ERR_NONE;
    case ANALYSE:
        return analyse(b->m, &read, &a, e);
    case SCORE:
        return detector_score(b->d, &q, &v, e);
    case LEARN:
        return learn(b, i, e);
    case LOOK:
    case STAGES_N:
        break;
    }
    look(b, i);
    return ERR_NONE;
}

/* --- runs --- */

static enum err_code restore(struct bench *b, struct err *e)
{
    struct snapshot_in in = {.left = buf_view(&b->state)};
    return detector_load(b->d, &in, e);
}

/* A batch is scored, learned and looked at, as it is live; other stages go over all of the
 * batches alone, for they change nothing. */
static enum err_code run_live(struct bench *b, int run, struct err *e)
{
    enum err_code code = restore(b, e);
    for (size_t i = b->warm; i < b->stream.batches && !code; i++) {
        for (enum stage s = SCORE; s <= LOOK && !code; s++) {
            int64_t began = cpu_ns();
            code = do_stage(b, s, i, e);
            b->ns[s][run] += (double)(cpu_ns() - began);
            arena_reset(&b->arena);
        }
    }
    return code;
}

/* The model does not learn while the stages are measured: what is new stays new, as it
 * does for scoring. */
static enum err_code run_stage(struct bench *b, enum stage stage, int run, struct err *e)
{
    enum err_code code = ERR_NONE;
    int64_t began = cpu_ns();
    for (size_t i = b->warm; i < b->stream.batches && !code; i++) {
        code = do_stage(b, stage, i, e);
        arena_reset(&b->arena);
    }
    b->ns[stage][run] = (double)(cpu_ns() - began);
    return code;
}

static enum err_code run_all(struct bench *b, struct err *e)
{
    enum err_code code = ERR_NONE;
    for (int run = 0; run < b->runs && !code; run++) {
        for (enum stage s = FRONT; s <= ANALYSE && !code; s++) {
            code = run_stage(b, s, run, e);
        }
        code = code ? code : run_live(b, run, e);
    }
    return code;
}

/* --- before and after --- */

static enum err_code make_stream(struct bench *b, struct err *e)
{
    const struct plan *p = b->plan;
    enum err_code code = p->week ? stream_week(&b->stream, p->days, e)
                                 : stream_make(&b->stream, p->kind, p->n + p->n_warm, e);
    return code || p->batch == 0 ? code : stream_cut(&b->stream, p->batch, e);
}

/* The first batch that is measured. */
static size_t first_of(const struct bench *b)
{
    const struct plan *p = b->plan;
    size_t i = 0, n;
    int64_t from = FEED_START_US + p->days_warm * FEED_DAY_US;
    while (p->week ? batch_at(b, i, &n)->event_us < from
                   : b->stream.end[i] <= p->n_warm) {
        i++;
    }
    return i;
}

static enum err_code warm_up(struct bench *b, struct err *e)
{
    enum err_code code = ERR_NONE;
    b->warm = first_of(b);
    b->records = b->stream.n - b->stream.end[b->warm - 1];
    model_init(b->m);
    for (size_t i = 0; i < b->warm && !code; i++) {
        code = teach_model(b, i, e);
        code = code ? code : learn(b, i, e);
        arena_reset(&b->arena);
        look(b, i);
    }
    buf_init(&b->state, STATE_BYTES_MAX);
    detector_save(b->d, &b->state);
    return code;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The middle run, a record. */
static double ns_of(struct bench *b, enum stage s)
{
    qsort(b->ns[s], (size_t)b->runs, sizeof b->ns[s][0], ascending);
    return b->ns[s][b->runs / 2] / (double)b->records;
}

static void print_row(struct bench *b)
{
    double ns[STAGES_N];
    for (enum stage s = 0; s < STAGES_N; s++) {
        ns[s] = ns_of(b, s);
    }
    size_t batches = b->stream.batches - b->warm;
    printf("%-11s %6.1f | %6.0f %6.0f %6.0f %6.0f | %6.0f | %6.0f %6.0f |", b->plan->name,
           (double)b->records / (double)batches, ns[FRONT],
           fmax(ns[LOOKUP] - ns[FRONT], 0), fmax(ns[ANALYSE] - ns[LOOKUP], 0),
           fmax(ns[SCORE] - ns[ANALYSE], 0), ns[SCORE], ns[LEARN], ns[LOOK]);
    if (b->plan->goal_ns > 0) {
        printf(" %.0f, %s", b->plan->goal_ns,
               ns[SCORE] <= b->plan->goal_ns ? "held" : "NOT held");
    }
    printf("\n");
    fflush(stdout);
}

static enum err_code bench(const struct plan *p, int runs, struct err *e)
{
    static struct bench b;
    b = (struct bench){.plan = p, .runs = runs, .m = malloc(sizeof *b.m)};
    arena_init(&b.arena, ARENA_BYTES_MAX);
    if (!b.m) {
        return err_set(e, ERR_NOMEM, "not enough memory for a model");
    }
    enum err_code code = detector_open(THRESHOLD, &b.d, e);
    code = code ? code : make_stream(&b, e);
    code = code ? code : warm_up(&b, e);
    code = code ? code : run_all(&b, e);
    if (!code) {
        print_row(&b);
    }
    detector_close(b.d);
    stream_free(&b.stream);
    buf_free(&b.state);
    arena_free(&b.arena);
    free(b.m);
    return code;
}

int main(int argc, char **argv)
{
    struct err e;
    bool once = argc > 1 && strcmp(argv[1], "-1") == 0;
    const char *wanted = argc > 1 + once ? argv[1 + once] : "";
    printf("nanoseconds a record, the middle of %d runs\n", once ? 1 : RUNS);
    printf("stream      records |  front lookup channl judging| scoring|  learn   look | "
           "goal of scoring\n            a batch\n");
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        if (strncmp(plans[i].name, wanted, strlen(wanted)) == 0 &&
            bench(&plans[i], once ? 1 : RUNS, &e)) {
            fprintf(stderr, "bench_detector: %s\n", e.msg);
            return 1;
        }
    }
    printf("the model: %.1f MB, of %d MB at most\n",
           (double)sizeof(struct model) / (1 << 20), STATE_GOAL_BYTES >> 20);
    return 0;
}
