/* demo.c - the verb: its arguments, and what is done with the records of the week. */
#include "fcgi/cli/demo.h"

#include "fcgi/base/clock.h"
#include "fcgi/cli/demo_batch.h"
#include "fcgi/cli/demo_post.h"
#include "fcgi/cli/options.h"
#include "fcgi/cli/progress.h"

#include <unistd.h>

enum { FLUSH_MAX_S = 3600, SPEED_MAX = 1000000, INCIDENTS_MAX = 1000, SHOWN_MAX = 20 };
#define DAY_US (24 * 60 * CLOCK_MINUTE_US)

static const char USAGE[] =
    "usage: loganalyzer demo [OPTIONS]\n"
    "\n"
    "Makes up a week of the logs of a small host, with 25 faults in it, and sends it to\n"
    "the running server as a log shipper would, as fast as the server takes it.\n"
    "\n"
    "  --seed N         another number, another week (1)\n"
    "  --days N         how many days, 1 to 28 (7)\n"
    "  --start TIME     the first moment, as in 2026-11-16T00:00:00Z; else so that the\n"
    "                   last day ends now\n"
    "  --clean          the same days without the faults\n"
    "  --flush SECONDS  of event time that make one batch (10)\n"
    "  --per-service    a batch for each service\n"
    "  --speed X        X seconds of event time in one second, for looking on\n"
    "  --url URL        where the server is; else what PORT and BIND say\n"
    "  --print          print the batches as JSON lines; label 1: a fault is in it\n"
    "  --truth          print what really happens, as a table with tabs\n"
    "  --quiet          say nothing but errors\n";

struct arguments {
    struct demo_options week;
    int64_t seed, days, flush_s, speed; /* speed 0: as fast as can be */
    const char *url, *start;
    bool per_service, print, truth, quiet;
};

/* All of one run. */
struct run {
    struct arguments a;
    struct demo_poster *poster; /* NULL: printed */
    struct buf line;            /* printed */
    int64_t began_us;           /* monotonic */
    int64_t records, batches;
    int64_t incidents[INCIDENTS_MAX];
    size_t incidents_n;
};

static struct progress progress;

/* --- arguments --- */

static int usage(const char *wrong)
{
    return options_usage(USAGE, wrong);
}

static bool take_flag(struct arguments *a, const char *arg)
{
    const struct {
        const char *name;
        bool *to;
    } flags[] = {{"--clean", &a->week.clean},
                 {"--per-service", &a->per_service},
                 {"--print", &a->print},
                 {"--truth", &a->truth},
                 {"--quiet", &a->quiet}};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(arg, flags[i].name) == 0) {
            return *flags[i].to = true;
        }
    }
    return false;
}

/* --name VALUE or --name=VALUE at argv[*i]. */
static enum err_code take_option(struct arguments *a, char **argv, int *i, struct err *e)
{
    const struct {
        const char *name;
        const char **text; /* or a number */
        int64_t *to, min, max;
    } options[] = {{"--seed", NULL, &a->seed, 0, INT64_MAX},
                   {"--days", NULL, &a->days, 1, DEMO_DAYS_MAX},
                   {"--flush", NULL, &a->flush_s, 1, FLUSH_MAX_S},
                   {"--speed", NULL, &a->speed, 1, SPEED_MAX},
                   {"--start", &a->start, NULL, 0, 0},
                   {"--url", &a->url, NULL, 0, 0}};
    struct str value = str_of(argv[*i]), name = str_split(&value, '=');
    for (size_t k = 0; k < sizeof options / sizeof options[0]; k++) {
        if (!str_eq(name, str_of(options[k].name))) {
            continue;
        }
        value = value.p ? value : argv[*i + 1] ? str_of(argv[++*i]) : STR_NONE;
        if (value.n == 0) {
            return err_set(e, ERR_INVALID, "%s lacks its value", options[k].name);
        }
        if (options[k].text) {
            *options[k].text = value.p; /* it goes to the end of the argument */
        } else if (!str_to_i64(value, options[k].min, options[k].max, options[k].to)) {
            return err_set(e, ERR_INVALID, "%s takes a whole number, %lld to %lld",
                           options[k].name, (long long)options[k].min,
                           (long long)options[k].max);
        }
        return ERR_NONE;
    }
    return err_set(e, ERR_INVALID, "there is no option %.64s", argv[*i]);
}

static enum err_code read_arguments(int argc, char **argv, struct arguments *a,
                                    struct err *e)
{
    *a = (struct arguments){.seed = 1, .days = 7, .flush_s = 10};
    for (int i = 1; i < argc; i++) {
        if (!take_flag(a, argv[i]) && take_option(a, argv, &i, e)) {
            return e->code;
        }
    }
    a->week.seed = (uint64_t)a->seed;
    a->week.days = (int)a->days;
    int64_t now_us = clock_now_us();
    a->week.start_us = now_us - now_us % CLOCK_MINUTE_US - a->days * DAY_US;
    if (a->start && !clock_parse(str_of(a->start), &a->week.start_us)) {
        return err_set(e, ERR_INVALID, "--start takes a time like 2026-11-16T00:00:00Z");
    }
    return ERR_NONE;
}

/* --- what is done with a batch --- */

static void wait_for_server(const char *why, int64_t seconds)
{
    progress_clear(&progress);
    fprintf(stderr, "loganalyzer: %s\n", why);
    sleep((unsigned)seconds);
}

static void count_incident(struct run *run, int64_t id)
{
    for (size_t i = run->incidents_n; i-- > 0;) {
        if (run->incidents[i] == id) {
            return;
        }
    }
    if (id > 0 && run->incidents_n < INCIDENTS_MAX) {
        run->incidents[run->incidents_n++] = id;
    }
}

static enum err_code print_batch(struct run *run, const struct demo_batch *batch,
                                 struct err *e)
{
    struct json_out o = json_out(&run->line);
    buf_clear(&run->line);
    json_open(&o, '{');
    json_key(&o, "label");
    json_int(&o, batch->fault);
    json_key(&o, "logs");
    json_raw(&o, buf_view(&batch->records));
    json_close(&o, '}');
    buf_byte(&run->line, '\n');
    if (run->line.failed) {
        return err_set(e, ERR_NOMEM, "not enough memory for a batch");
    }
    if (fwrite(run->line.p, 1, run->line.n, stdout) != run->line.n) {
        return err_set(e, ERR_IO, "standard output cannot be written");
    }
    return ERR_NONE;
}

static enum err_code send_batch(void *arg, const struct demo_batch *batch, struct err *e)
{
    struct run *run = arg;
    int64_t id = 0;
    enum err_code code = run->poster
                             ? demo_post(run->poster, buf_view(&batch->records), &id, e)
                             : print_batch(run, batch, e);
    if (!code) {
        count_incident(run, id);
        run->records += (int64_t)batch->n;
        run->batches++;
    }
    return code;
}

/* --- the run --- */

/* With --speed: waits until a moment of event time has come. */
static void keep_pace(const struct run *run, int64_t since_start_us)
{
    if (run->a.speed > 0) {
        int64_t left_us = run->began_us + since_start_us / run->a.speed - clock_mono_us();
        if (left_us > 0) {
            fflush(stdout);
            struct timespec t = {(time_t)(left_us / CLOCK_SECOND_US),
                                 (left_us % CLOCK_SECOND_US) * 1000};
            nanosleep(&t, NULL);
        }
    }
}

static enum err_code send_all(struct run *run, struct demo_week *week,
                              struct demo_gatherer *g, struct err *e)
{
    struct demo_record r;
    int64_t start_us = run->a.week.start_us, days_us = run->a.days * DAY_US;
    while (demo_week_next(week, &r)) {
        if (r.at_us >= g->until_us) {
            keep_pace(run, g->until_us - start_us);
        }
        if (demo_gather(g, &r, e)) {
            return e->code;
        }
        if (!run->a.quiet && run->poster) {
            progress_show(&progress, r.at_us - start_us, days_us, run->records);
        }
    }
    return demo_gather_rest(g, e);
}

static void say_end(const struct run *run)
{
    char records[PROGRESS_NUMBER_BYTES], batches[PROGRESS_NUMBER_BYTES];
    printf("%s records in %s batches are stored\n",
           progress_number(run->records, records),
           progress_number(run->batches, batches));
    size_t shown = run->incidents_n < SHOWN_MAX ? run->incidents_n : SHOWN_MAX;
    printf("%zu%s incident%s opened or extended in the replies%s", run->incidents_n,
           run->incidents_n == INCIDENTS_MAX ? " or more" : "",
           run->incidents_n == 1 ? "" : "s", shown > 0 ? ":" : "");
    for (size_t i = 0; i < shown; i++) {
        printf(" %lld", (long long)run->incidents[i]);
    }
    printf("%s\nopen %s/ (what shows by the minute only comes a second later)\n",
           shown < run->incidents_n ? " ..." : "", demo_poster_url(run->poster));
}

static enum err_code print_truth(const struct demo_week *week, struct err *e)
{
    char start[CLOCK_TEXT_BYTES], evident[CLOCK_TEXT_BYTES], end[CLOCK_TEXT_BYTES];
    size_t n;
    const struct demo_truth *t = demo_week_truth(week, &n);
    printf("id\tkind\tservice\tstart\tevident\tend\trequired\tdescription\n");
    for (; n > 0; n--, t++) {
        printf("%s\t%s\t%s\t%.*s\t%.*s\t%.*s\t%s\t%s\n", t->name,
               t->fault ? "fault" : "event", t->service,
               STR_ARGS(clock_format(t->start_us, start)),
               STR_ARGS(clock_format(t->evident_us, evident)),
               STR_ARGS(clock_format(t->end_us, end)), t->fault ? "yes" : "no",
               t->description);
    }
    return fflush(stdout) ? err_set(e, ERR_IO, "standard output cannot be written")
                          : ERR_NONE;
}

static enum err_code run_week(struct run *run, struct demo_week *week,
                              const struct config *c, struct err *e)
{
    size_t truth_n, records_max = DEMO_BATCH_RECORDS_MAX;
    if (run->a.truth) {
        return print_truth(week, e);
    }
    if (!run->a.print) {
        if (demo_poster_open(c, run->a.url, wait_for_server, &run->poster, e)) {
            return e->code;
        }
        if (c->batch_records_max < DEMO_BATCH_RECORDS_MAX) {
            records_max = (size_t)c->batch_records_max;
        }
        progress_begin(&progress, "demo");
    }
    struct demo_gatherer g = {.truth = demo_week_truth(week, &truth_n),
                              .flush_us = run->a.flush_s * CLOCK_SECOND_US,
                              .records_max = records_max,
                              .per_service = run->a.per_service,
                              .send = send_batch,
                              .arg = run};
    run->began_us = clock_mono_us();
    enum err_code code = send_all(run, week, &g, e);
    demo_gatherer_free(&g);
    progress_clear(&progress);
    if (!code && fflush(stdout)) {
        code = err_set(e, ERR_IO, "standard output cannot be written");
    }
    if (!code && run->poster && !run->a.quiet) {
        say_end(run);
    }
    return code;
}

int demo_main(int argc, char **argv)
{
    static struct config c;
    static struct run run;
    struct demo_week *week;
    struct err e;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        return usage(NULL);
    }
    if (read_arguments(argc, argv, &run.a, &e) ||
        demo_week_open(&run.a.week, &week, &e)) {
        return usage(e.msg);
    }
    bool posts = !run.a.print && !run.a.truth;
    enum err_code code = posts ? config_load(&c, &e) : ERR_NONE;
    buf_init(&run.line, 32 << 20);
    code = code ? code : run_week(&run, week, &c, &e);
    buf_free(&run.line);
    demo_poster_close(run.poster);
    demo_week_close(week);
    if (code) {
        fprintf(stderr, "loganalyzer: %s\n", e.msg);
    }
    return code == ERR_INVALID ? 2 : code ? 1 : 0;
}
