/* hostile.c - records of which each is new: does the detector stay within its memory?
 *
 *   build/detector_hostile [RECORDS]     default: 10 million
 *
 * Every token, service, session, path and parameter is made up anew, the keys of metadata
 * too; one record in some thousand is huge. What one batch has is freed before the next,
 * so that what stays is the detector's. Exit status 1 if the process grows by more than
 * HOSTILE_BYTES_MAX over what it had before the detector was opened and the longest batch
 * was made, or if what it forgets is not counted. With sanitizers the memory is not
 * looked at, for they have their own. */
#include "fcgi/base/arena.h"
#include "fcgi/cli/demo_random.h"
#include "scoring/detector.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOSTILE_BYTES_MAX (30 << 20)
#define THRESHOLD         .8
#define ARENA_BYTES_MAX   ((size_t)1 << 30)
#define START_US          (INT64_C(1794787200) * 1000000)

enum {
    RECORDS = 10 * 1000 * 1000,
    BATCH = 500,
    TEXT_BYTES = 200,
    HUGE_BYTES = 200 * 1000,
    HUGE_EVERY = 20011,
    EVERY_US = 1000, /* between two records */
    LOOK_EVERY = 20, /* batches */
    STEPS = 10       /* rows that are printed */
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

struct hostile {
    struct detector *d;
    struct arena texts, arena;
    struct record records[BATCH];
    struct demo_random r;
    struct finding finding;
    int64_t made, raised, findings, score_ns, learn_ns;
};

/* --- texts --- */

static char *put_word(struct demo_random *r, char *p)
{
    uint64_t x = demo_random_next(r);
    for (uint64_t n = 3 + x % 8; n > 0; n--, x /= 26) {
        *p++ = (char)('a' + x % 26);
    }
    return p;
}

static char *put_words(struct demo_random *r, char *p, const char *end, char between)
{
    while (end - p > 16) {
        p = put_word(r, p);
        *p++ = demo_random_percent(r, 10) ? '=' : between;
    }
    return p;
}

static char *put_text(char *p, const char *text)
{
    size_t n = strlen(text);
    memcpy(p, text, n);
    return p + n;
}

/* An access line: another path, parameter and agent each time. */
static char *put_web(struct demo_random *r, char *p)
{
    p = put_text(p, "10.0.0.1 - - [16/Nov/2026:00:00:00 +0000] \"GET /");
    p = put_word(r, p);
    *p++ = '/';
    p = put_word(r, p);
    *p++ = '.';
    p = put_word(r, p);
    *p++ = '?';
    p = put_word(r, p);
    *p++ = '=';
    p = put_word(r, p);
    p = put_text(p, demo_random_percent(r, 5) ? "%27+or+1=1-- HTTP/1.1\" 200 9 \"-\" \""
                                              : " HTTP/1.1\" 200 9 \"-\" \"");
    p = put_word(r, p);
    return put_text(p, "\"");
}

/* What repeats makes templates that stay; now and then, so that they are told apart. */
static char *put_known(struct demo_random *r, char *p)
{
    p = put_text(p, "session of ");
    p = put_word(r, p);
    return put_text(p, " is over");
}

static char *put_message(struct demo_random *r, char *p, size_t room)
{
    int64_t what = demo_random_int(r, 0, 9);
    return what < 2   ? put_web(r, p)
           : what < 3 ? put_known(r, p)
                      : put_words(r, p, p + room, what < 9 ? ' ' : '/');
}

/* --- records --- */

/* Mostly one of 600, the lower ones more often, so that the more of them are forgotten
 * whole and the others fill up with templates; else one that was never there. */
static char *put_service(struct demo_random *r, char *p)
{
    if (demo_random_percent(r, 2)) {
        return put_word(r, p);
    }
    return p + snprintf(p, 32, "service-%lld", (long long)demo_random_log(r, 1, 600));
}

static bool make_record(struct hostile *h, struct record *out)
{
    struct demo_random *r = &h->r;
    bool huge = h->made % HUGE_EVERY == HUGE_EVERY - 1;
    size_t room = huge ? HUGE_BYTES : TEXT_BYTES;
    char *message = arena_alloc(&h->texts, room + 512), *p;
    char *service = arena_alloc(&h->texts, 64), *metadata = arena_alloc(&h->texts, 128);
    if (!message || !service || !metadata) {
        return false;
    }
    *out = (struct record){.timestamp = STR("now"), .service.p = service};
    out->service.n = (size_t)(put_service(r, service) - service);
    out->message.p = message;
    out->message.n = (size_t)(put_message(r, message, room) - message);
    p = put_text(metadata, "{\"session\":\"");
    p = put_word(r, p);
    p = put_text(p, "\",\"");
    p = put_word(r, p);
    p = put_text(p, "\":1}");
    out->metadata = (struct str){metadata, (size_t)(p - metadata)};
    out->rank = demo_random_percent(r, 10) ? LEVEL_ERROR : LEVEL_INFO;
    out->level = out->rank == LEVEL_ERROR ? STR("ERROR") : STR("INFO");
    /* some from the past and the future */
    out->event_us = START_US + h->made * EVERY_US +
                    (demo_random_percent(r, 1) ? demo_random_int(r, -1, 1) : 0) *
                        (int64_t)(400 * 24 * 60 * CLOCK_MINUTE_US);
    out->failed_login = failed_login_in(out->message);
    h->made++;
    return true;
}

static enum err_code make_batch(struct hostile *h, struct err *e)
{
    arena_reset(&h->texts);
    for (int i = 0; i < BATCH; i++) {
        if (!make_record(h, &h->records[i])) {
            return err_set(e, ERR_NOMEM, "not enough memory for records");
        }
    }
    return ERR_NONE;
}

/* --- the detector --- */

static int64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static enum err_code post(struct hostile *h, int64_t batch, struct err *e)
{
    struct verdict v;
    int64_t now_us = START_US + h->made * EVERY_US, began = cpu_ns();
    struct detector_question q = {h->records, BATCH, now_us, true, &h->arena};
    if (detector_score(h->d, &q, &v, e)) {
        return e->code;
    }
    bool raised = v.score > THRESHOLD;
    arena_reset(&h->arena);
    h->score_ns += cpu_ns() - began;
    h->raised += raised;
    struct detector_batch b = {.records = h->records,
                               .n = BATCH,
                               .id = (uint64_t)batch,
                               .batch_n = BATCH,
                               .first_log_id = batch * BATCH,
                               .raised = raised,
                               .now_us = now_us,
                               .arena = &h->arena};
    began = cpu_ns();
    enum err_code code = detector_learn(h->d, &b, e);
    arena_reset(&h->arena);
    h->learn_ns += cpu_ns() - began;
    while (batch % LOOK_EVERY == 0 && detector_next(h->d, now_us, &h->finding)) {
        h->findings++;
    }
    return code;
}

/* "VmRSS:" or "VmHWM:" of this process. */
static int64_t memory_bytes(const char *name)
{
    char line[128];
    long long kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f)) {
        if (strncmp(line, name, strlen(name)) == 0) {
            kib = strtoll(line + strlen(name), NULL, 10);
        }
    }
    if (f) {
        fclose(f);
    }
    return kib * 1024;
}

static void print_row(const struct hostile *h, const struct model_info *i, int64_t grown)
{
    printf("%9lld  %6.1f MB  %8lld  %9lld  %10lld  %6.0f  %6.0f  %6lld  %6lld\n",
           (long long)h->made, (double)grown / (1 << 20), (long long)i->services,
           (long long)i->templates, (long long)i->evictions,
           (double)h->score_ns / (double)h->made, (double)h->learn_ns / (double)h->made,
           (long long)h->raised, (long long)h->findings);
    fflush(stdout);
}

/* *held: in each of the steps memory is bounded and more was forgotten. */
static enum err_code run(struct hostile *h, int64_t records, bool *held, struct err *e)
{
    struct model_info info = {0};
    if (make_batch(h, e)) { /* the generator's own memory */
        return e->code;
    }
    int64_t before = memory_bytes("VmRSS:"), batches = records / BATCH;
    enum err_code code = detector_open(THRESHOLD, &h->d, e);
    printf(
        "  records  memory    services  templates   evictions   score   learn  raised  "
        "findings\n");
    for (int64_t i = 1; i <= batches && !code; i++) {
        code = post(h, i, e);
        code = code ? code : make_batch(h, e);
        if (!code && (i % (batches / STEPS + 1) == 0 || i == batches)) {
            int64_t forgotten = info.evictions;
            detector_info(h->d, &info);
            print_row(h, &info, memory_bytes("VmHWM:") - before);
            *held = *held && info.evictions > forgotten;
        }
    }
    int64_t grown = memory_bytes("VmHWM:") - before;
    if (!sanitized && grown > HOSTILE_BYTES_MAX) {
        printf("memory grew by more than %d MB\n", HOSTILE_BYTES_MAX >> 20);
        *held = false;
    }
    detector_close(h->d);
    return code;
}

int main(int argc, char **argv)
{
    static struct hostile h;
    int64_t records = RECORDS;
    bool held = true;
    struct err e;
    if (argc > 2 || (argc == 2 && !str_to_i64(str_of(argv[1]), BATCH, INT64_C(1000000000),
                                              &records))) {
        fprintf(stderr, "detector_hostile: [RECORDS], %d at least\n", BATCH);
        return 2;
    }
    h.r.state = 1;
    arena_init(&h.texts, ARENA_BYTES_MAX);
    arena_init(&h.arena, ARENA_BYTES_MAX);
    enum err_code code = run(&h, records, &held, &e);
    arena_free(&h.texts);
    arena_free(&h.arena);
    if (code) {
        fprintf(stderr, "detector_hostile: %s\n", e.msg);
        return 2;
    }
    printf(held ? "held\n" : "FAIL\n");
    return held ? 0 : 1;
}
