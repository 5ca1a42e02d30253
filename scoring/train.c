/* train.c - see train.h.
 *
 * A model is made by the same calls as in the running detector: each batch learned, in its
 * order. Files are history that their owner vouches for: all of it is learned. What is in
 * the store came from anywhere: it is learned as when it came, with quarantine. */
#include "scoring/train.h"

#include "fcgi/base/file.h"
#include "fcgi/cli/options.h"
#include "scoring/history.h"
#include "scoring/model_file.h"
#include "scoring/train_info.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = CONFIG_PATH_BYTES + 64 };
/* Nothing is raised while a model is made. */
#define NO_THRESHOLD 1.0

static const char USAGE[] =
    "usage: loganalyzer train --from FILE... [OPTIONS]\n"
    "       loganalyzer train --from-db [STORE] [OPTIONS]\n"
    "       loganalyzer train [--from-shipped] [OPTIONS]\n"
    "\n"
    "Makes a model of history, which the running server takes up within a second.\n"
    "\n"
    "  --from FILE      times when all was well: a batch a line, {\"logs\":[...]} or an\n"
    "                   array, as for POST /ingest; also .gz; - is standard input\n"
    "  --from-db STORE  what a store holds (DATABASE, if none is named), as it came: "
    "what\n"
    "                   was odd in it is not taken for normal at once\n"
    "  --from-shipped   nothing: the model as it is shipped, to begin anew\n"
    "  --model FILE     where to write it; else MODEL with -trained after its name\n"
    "  --info FILE      where to write what it knows; else model_info.json beside it\n";

struct arguments {
    struct words files;
    const char *store, *model, *info;
    bool from_db, shipped;
};

struct training {
    const struct config *c;
    const struct arguments *a;
    struct detector *d;
    struct arena arena;
    struct progress progress;
    struct model_file_head head;
    char model[PATH_BYTES], info[PATH_BYTES];
    uint64_t batch; /* number of the last one */
    int64_t records;
};

/* --- arguments --- */

static int usage(const char *wrong)
{
    return options_usage(USAGE, wrong);
}

static enum err_code read_arguments(int argc, char **argv, struct arguments *a,
                                    struct err *e)
{
    *a = (struct arguments){0};
    const struct option options[] = {
        {"--from-shipped", &a->shipped, NULL, false},
        {"--from-db", &a->from_db, &a->store, false},
        {"--from", NULL, NULL, true},
        {"--model", NULL, &a->model, false},
        {"--info", NULL, &a->info, false},
    };
    enum err_code code = options_read(argc, argv, options,
                                      sizeof options / sizeof options[0], &a->files, e);
    if (!code && (a->files.n > 0) + a->from_db + a->shipped > 1) {
        code = err_set(e, ERR_INVALID,
                       "--from, --from-db and --from-shipped do not go together");
    }
    return code;
}

static enum err_code set_path(char out[static PATH_BYTES], const char *begin, size_t n,
                              const char *end, struct err *e)
{
    int len = snprintf(out, PATH_BYTES, "%.*s%s", (int)n, begin, end);
    return len < PATH_BYTES
               ? ERR_NONE
               : err_set(e, ERR_INVALID, "a path has more than %d bytes", PATH_BYTES - 1);
}

/* What is not a model is not overwritten by one. */
static enum err_code check_place(const char *path, struct err *e)
{
    struct model_file there;
    struct err why;
    enum err_code code = model_file_open(path, &there, &why);
    model_file_close(&there);
    return code == ERR_UNSUPPORTED
               ? err_set(e, ERR_INVALID,
                         "%s is there and no model of this program: name another file",
                         path)
               : ERR_NONE;
}

static enum err_code choose_paths(struct training *t, struct err *e)
{
    const char *model = t->a->model ? t->a->model : t->c->model;
    enum err_code code = set_path(t->model, model, strlen(model),
                                  t->a->model ? "" : MODEL_FILE_TRAINED, e);
    const char *slash = strrchr(t->model, '/');
    if (!code && t->a->info) {
        code = set_path(t->info, t->a->info, strlen(t->a->info), "", e);
    } else if (!code) {
        code = set_path(t->info, t->model, slash ? (size_t)(slash + 1 - t->model) : 0,
                        "model_info.json", e);
    }
    if (!code && strcmp(t->model, t->info) == 0) {
        code = err_set(e, ERR_INVALID, "--model and --info name one file");
    }
    return code ? code : check_place(t->model, e);
}

/* --- learning --- */

static enum err_code learn(struct training *t, const struct history_batch *h,
                           enum learn_mode mode, struct err *e)
{
    struct detector_batch b = {.records = h->records,
                               .n = h->n,
                               .id = ++t->batch,
                               .batch_n = h->stored_n,
                               .first_log_id = h->first_log_id,
                               .raised = h->incident_id != 0,
                               .unscored = h->unscored,
                               .now_us = h->received_us,
                               .mode = mode,
                               .arena = &t->arena};
    t->records += (int64_t)h->n;
    return h->n > 0 ? detector_learn(t->d, &b, e) : ERR_NONE;
}

static enum err_code learn_all(struct training *t, struct history *h,
                               enum learn_mode mode, struct err *e)
{
    struct history_batch b;
    bool found = true;
    enum err_code code = ERR_NONE;
    while (!code && found) {
        code = history_next(h, &t->arena, &b, &found, e);
        code = code || !found ? code : learn(t, &b, mode, e);
        arena_reset(&t->arena);
        history_show(h, &t->progress, t->records);
    }
    progress_clear(&t->progress);
    return code;
}

static enum err_code learn_file(struct training *t, const char *path, struct err *e)
{
    struct history *h = NULL;
    progress_begin(&t->progress, path);
    enum err_code code = history_open_file(path, t->c, &h, e);
    code = code ? code : learn_all(t, h, LEARN_CLEAN, e);
    history_close(h);
    return code;
}

static enum err_code learn_store(struct training *t, struct err *e)
{
    const char *path = t->a->store ? t->a->store : t->c->database;
    struct history *h = NULL;
    progress_begin(&t->progress, path);
    enum err_code code = history_open_store(path, INT64_MIN, &h, e);
    code = code ? code : history_store_end(h, t->head.store, &t->head.batch, e);
    code = code ? code : learn_all(t, h, LEARN_LIVE, e);
    history_close(h);
    return code;
}

static enum err_code learn_sources(struct training *t, struct err *e)
{
    enum err_code code = t->a->from_db ? learn_store(t, e) : ERR_NONE;
    for (int i = 0; !code && i < t->a->files.n; i++) {
        code = learn_file(t, t->a->files.list[i], e);
    }
    bool shipped = !t->a->from_db && t->a->files.n == 0;
    if (!code && !shipped && t->records == 0) {
        code = err_set(e, ERR_INVALID,
                       "there are no records to learn from; a line of a file is a batch, "
                       "as {\"logs\":[{\"timestamp\":...,\"service\":...,\"level\":...,"
                       "\"message\":...}]}");
    }
    if (!code && !shipped) {
        detector_end(t->d);
    }
    return code;
}

/* --- the end --- */

/* "trained-20261125T161500Z-0123abcd": when, and a sum of what was learned, which is the
 * same for the same history. */
static enum err_code name_version(struct training *t, struct err *e)
{
    char version[MODEL_VERSION_BYTES], when[32];
    struct buf learned;
    struct tm tm;
    int64_t now_us = clock_now_us();
    time_t now = (time_t)(now_us / CLOCK_SECOND_US);
    buf_init(&learned, SNAPSHOT_BYTES_MAX);
    detector_save(t->d, &learned);
    uint64_t sum = str_hash(buf_view(&learned));
    bool failed = learned.failed;
    buf_free(&learned);
    if (failed || !gmtime_r(&now, &tm)) {
        return err_set(e, ERR_NOMEM, "not enough memory for what was learned");
    }
    strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", &tm);
    snprintf(version, sizeof version, "trained-%s-%08x", when,
             (unsigned)(sum ^ sum >> 32));
    detector_set_version(t->d, version, now_us);
    return ERR_NONE;
}

/* Root goes on as the owner of the folder: the server runs as that one, and must be able to
 * read what is written. */
static enum err_code become_owner(const char *path, struct err *e)
{
    char folder[FILE_FOLDER_BYTES];
    struct stat st;
    if (geteuid() != 0 || !file_folder(path, folder) || stat(folder, &st) != 0 ||
        st.st_uid == 0) {
        return ERR_NONE;
    }
    return setegid(st.st_gid) == 0 && seteuid(st.st_uid) == 0
               ? ERR_NONE
               : err_set(e, ERR_IO, "root cannot become the owner of %s", folder);
}

/* The model last but for a rename: who finds it finds the other, too. */
static enum err_code write_files(struct training *t, struct err *e)
{
    struct train_info info = {.fresh = ""};
    struct err why;
    enum err_code code = become_owner(t->model, e);
    code = code ? code : train_info_begin(&info, t->info, t->d, e);
    if (!code && model_file_write(t->model, t->d, &t->head, &why)) {
        code = err_set(e, why.code, "%s: %s", t->model, why.msg);
    }
    return train_info_end(&info, code, e);
}

static void say(const struct training *t)
{
    struct model_info m;
    char records[PROGRESS_NUMBER_BYTES], batches[PROGRESS_NUMBER_BYTES];
    detector_info(t->d, &m);
    if (m.trained_at_us) {
        printf("%s record%s in %s batch%s learned: %lld service%s, %lld of them "
               "calibrated, %lld kind%s of messages\n",
               progress_number(m.records, records), m.records == 1 ? "" : "s",
               progress_number(m.batches, batches), m.batches == 1 ? "" : "es",
               (long long)m.services, m.services == 1 ? "" : "s",
               (long long)train_info_calibrated(t->d), (long long)m.templates,
               m.templates == 1 ? "" : "s");
    }
    printf("%s is in %s%s\n", m.version, t->model,
           t->a->model ? "" : "; a running server takes it up within a second");
}

static enum err_code train(struct training *t, struct err *e)
{
    enum err_code code = choose_paths(t, e);
    code = code ? code : detector_open(NO_THRESHOLD, &t->d, e);
    code = code ? code : learn_sources(t, e);
    code = code || t->records == 0 ? code : name_version(t, e);
    code = code ? code : write_files(t, e);
    if (!code) {
        say(t);
    }
    return code;
}

int train_main(int argc, char **argv)
{
    static struct config c;
    static struct training t;
    struct arguments a;
    struct err e;
    if (options_ask_help(argc, argv)) {
        return usage(NULL);
    }
    if (read_arguments(argc, argv, &a, &e)) {
        return usage(e.msg);
    }
    t = (struct training){.c = &c, .a = &a};
    arena_init(&t.arena, HISTORY_ARENA_BYTES);
    enum err_code code = config_load(&c, &e);
    code = code ? code : train(&t, &e);
    detector_close(t.d);
    arena_free(&t.arena);
    if (code) {
        fprintf(stderr, "loganalyzer: %s\n", e.msg);
    }
    return code ? 1 : 0;
}
