/* evaluate.c - see evaluate.h.
 *
 * Files are judged without the alarm budget: the raw score is a function of the model and
 * the batch alone, the same that POST /score and POST /ingest give. */
#include "scoring/evaluate.h"

#include "fcgi/cli/options.h"
#include "scoring/evaluate_lines.h"
#include "scoring/evaluate_store.h"
#include "scoring/history.h"
#include "scoring/model_file.h"

static const char USAGE[] =
    "usage: loganalyzer evaluate [--model FILE] [--learn] FILE.ndjson...\n"
    "       loganalyzer evaluate --from-db [STORE] [--model FILE] [--since TIME]\n"
    "                            [--until TIME] [--json]\n"
    "       loganalyzer evaluate --templates FILE.tsv\n"
    "\n"
    "Says what a model thinks of batches. Nothing is stored or changed.\n"
    "\n"
    "  FILE.ndjson      a batch a line, as for POST /ingest: prints its raw score, a "
    "tab\n"
    "                   and its member \"label\", or 0\n"
    "  --learn          each batch is learned after it is scored; else the model stays\n"
    "  --from-db STORE  what would have been raised of what the store (DATABASE, if "
    "none\n"
    "                   is named) has received in that time: time, score, service, how\n"
    "                   often, and why. It is gone through as it came, learning as it "
    "goes;\n"
    "                   without a model from its beginning, as if it came anew\n"
    "  --since, --until as 2026-11-16 or 2026-11-16T12:00:00Z\n"
    "  --json           the same as one JSON object\n"
    "  --model FILE     the model; else MODEL, and with --from-db the shipped one\n"
    "  --templates FILE lines \"id TAB message\": prints the kind that each message is "
    "of\n";

struct arguments {
    struct words files;
    const char *model, *store, *since, *until, *templates;
    bool learn, from_db, json;
    int64_t since_us, until_us;
};

struct evaluation {
    const struct config *c;
    const struct arguments *a;
    struct detector *d;
    struct arena arena;
    uint64_t batch; /* number of the last one */
};

/* --- arguments --- */

static int usage(const char *wrong)
{
    return options_usage(USAGE, wrong);
}

static enum err_code take_time(const char *text, const char *name, int64_t *out,
                               struct err *e)
{
    return !text || clock_parse(str_of(text), out)
               ? ERR_NONE
               : err_set(e, ERR_INVALID, "%s takes a time like 2026-11-16T00:00:00Z",
                         name);
}

static enum err_code check_arguments(const struct arguments *a, struct err *e)
{
    bool of_store = a->from_db, of_time = a->since || a->until || a->json;
    if (a->templates) {
        return !of_store && !of_time && !a->model && !a->learn && a->files.n == 0
                   ? ERR_NONE
                   : err_set(e, ERR_INVALID, "--templates goes alone");
    }
    if (of_store && (a->learn || a->files.n > 0)) {
        return err_set(e, ERR_INVALID, "--from-db goes without files and --learn");
    }
    if (!of_store && of_time) {
        return err_set(e, ERR_INVALID, "--since, --until and --json go with --from-db");
    }
    if (!of_store && a->files.n == 0) {
        return err_set(e, ERR_INVALID, "name a file of batches, or --from-db");
    }
    return ERR_NONE;
}

static enum err_code read_arguments(int argc, char **argv, struct arguments *a,
                                    struct err *e)
{
    *a = (struct arguments){.since_us = INT64_MIN, .until_us = INT64_MAX};
    const struct option options[] = {
        {"--model", NULL, &a->model, false},
        {"--learn", &a->learn, NULL, false},
        {"--templates", NULL, &a->templates, false},
        {"--from-db", &a->from_db, &a->store, false},
        {"--since", NULL, &a->since, false},
        {"--until", NULL, &a->until, false},
        {"--json", &a->json, NULL, false},
    };
    enum err_code code = options_read(argc, argv, options,
                                      sizeof options / sizeof options[0], &a->files, e);
    code = code ? code : take_time(a->since, "--since", &a->since_us, e);
    code = code ? code : take_time(a->until, "--until", &a->until_us, e);
    return code ? code : check_arguments(a, e);
}

/* --- files --- */

static enum err_code evaluate_batch(struct evaluation *v, const struct history_batch *h,
                                    struct err *e)
{
    struct verdict verdict = {0};
    struct str label = history_label(h, &v->arena);
    struct detector_question q = {h->records, h->n, h->received_us, false, &v->arena};
    enum err_code code = detector_score(v->d, &q, &verdict, e);
    if (code) {
        return code;
    }
    printf("%.17g\t%.*s\n", verdict.raw_score, STR_ARGS(label));
    if (!v->a->learn || h->n == 0) {
        return ERR_NONE;
    }
    struct detector_batch b = {.records = h->records,
                               .n = h->n,
                               .id = ++v->batch,
                               .batch_n = (int64_t)h->n,
                               .raised = verdict.raw_score > v->c->threshold,
                               .now_us = h->received_us,
                               .mode = LEARN_LIVE,
                               .arena = &v->arena};
    return detector_learn(v->d, &b, e);
}

static enum err_code evaluate_file(struct evaluation *v, const char *path, struct err *e)
{
    struct history *h = NULL;
    struct history_batch b;
    bool found = true;
    enum err_code code = history_open_file(path, v->c, &h, e);
    while (!code && found) {
        code = history_next(h, &v->arena, &b, &found, e);
        code = code || !found ? code : evaluate_batch(v, &b, e);
        arena_reset(&v->arena);
    }
    history_close(h);
    return code;
}

/* --- all --- */

static enum err_code load_model(struct evaluation *v, const char *path, struct err *e)
{
    struct model_file_head head;
    struct err why;
    enum err_code code = model_file_read(path, v->d, &head, &why);
    if (code) {
        return err_set(e, why.code, "%s is no model that can be used: %s%s", path,
                       why.msg,
                       why.code == ERR_NOT_FOUND
                           ? "; name one with --model, or make one: loganalyzer train"
                           : "");
    }
    detector_end(v->d); /* what is open in it, or waits to be told, is of another time */
    return ERR_NONE;
}

static enum err_code evaluate_from_db(struct evaluation *v, struct err *e)
{
    const struct arguments *a = v->a;
    struct evaluate_store o = {.store = a->store ? a->store : v->c->database,
                               .threshold = v->c->threshold,
                               .begin_us = a->model ? a->since_us : INT64_MIN,
                               .since_us = a->since_us,
                               .until_us = a->until_us,
                               .json = a->json};
    enum err_code code = a->model ? load_model(v, a->model, e) : ERR_NONE;
    return code ? code : evaluate_store(&o, v->d, e);
}

static enum err_code evaluate(struct evaluation *v, struct err *e)
{
    const struct arguments *a = v->a;
    if (a->templates) {
        return evaluate_lines(a->templates, e);
    }
    /* What minutes and sessions of files hold is not asked for: it is not to be kept. */
    enum err_code code = detector_open(a->from_db ? v->c->threshold : 1, &v->d, e);
    if (!code && a->from_db) {
        return evaluate_from_db(v, e);
    }
    code = code ? code : load_model(v, a->model ? a->model : v->c->model, e);
    for (int i = 0; !code && i < a->files.n; i++) {
        code = evaluate_file(v, a->files.list[i], e);
    }
    return code;
}

int evaluate_main(int argc, char **argv)
{
    static struct config c;
    static struct evaluation v;
    struct arguments a;
    struct err e;
    if (options_ask_help(argc, argv)) {
        return usage(NULL);
    }
    if (read_arguments(argc, argv, &a, &e)) {
        return usage(e.msg);
    }
    v = (struct evaluation){.c = &c, .a = &a};
    arena_init(&v.arena, HISTORY_ARENA_BYTES);
    enum err_code code = config_load(&c, &e);
    code = code ? code : evaluate(&v, &e);
    detector_close(v.d);
    arena_free(&v.arena);
    if (!code && (fflush(stdout) != 0 || ferror(stdout))) {
        code = err_set(&e, ERR_IO, "the output cannot be written");
    }
    if (code) {
        fprintf(stderr, "loganalyzer: %s\n", e.msg);
    }
    return code ? 1 : 0;
}
