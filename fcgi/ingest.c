/* ingest.c - loganalyzer-ingest: POST /ingest, GET and POST /imports, and without ML_URL
 * the detector with POST /score and GET /model-info. Exactly one process: it owns the store
 * and, if it scores by itself, what is learned.
 *
 * A batch goes: read the records -> count -> score (changes nothing) -> the writer, which
 * decides about the incident and commits -> reply. The detector learns after the commit
 * while the reply is on its way; with ML_URL the outgoing thread tells the service. */
#include "fcgi/base/clock.h"
#include "fcgi/base/counts.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/zone.h"
#include "fcgi/core/batch.h"
#include "fcgi/imports.h"
#include "fcgi/ingest_reply.h"
#include "fcgi/jobs/answer_book.h"
#include "fcgi/jobs/housekeeper.h"
#include "fcgi/jobs/keeper.h"
#include "fcgi/jobs/notify.h"
#include "fcgi/jobs/outgoing.h"
#include "fcgi/jobs/replay.h"
#include "fcgi/jobs/self_watch.h"
#include "fcgi/receipts.h"
#include "fcgi/standby.h"
#include "fcgi/web/process.h"
#include "scoring/score.h"
#include "scoring/scorer.h"
#include "scoring/scorer_http.h"
#include "sql/store_keep.h"
#include "sql/store_read.h"
#include "sql/store_rejected.h"
#include "sql/writer.h"

/* How long a new process waits for the one before it to let the store go. */
#define OWNER_WAIT_US (30 * CLOCK_SECOND_US)

struct ingest {
    struct process process;
    struct budget bodies, records;
    struct store *store, *reader;
    bool no_store; /* that can be used */
    struct writer *writer;
    struct score_app score;
    struct scorer *scorer;
    struct answer_book *answers;
    struct serve *serve;
    /* without ML_URL */
    struct state *state;
    struct replay *replay;
    struct housekeeper *housekeeper;
    /* with it */
    struct outgoing *outgoing;
    struct notify *notify;
    struct keep_limits limits;
    struct keeper *keeper;
    struct self_watch *self_watch;
    struct shared_reader imports;
    struct shared_reader receipts;
};

/* All that one batch becomes, in the request's arena. */
struct work {
    const struct ingest *in;
    struct batch batch;
    struct features features;
    struct verdict verdict;
    bool scored;
    const struct store_import *import; /* NULL: no part of a file */
    bool lenient;                      /* what is no record is left out */
    struct write_receipt *receipt;     /* NULL: it has no key */
    struct write_job job;
};

static const char *scorer_of(const struct ingest *in, const struct work *work)
{
    return work->scored ? scorer_name(in->scorer) : "unavailable";
}

static void wait_learned(void *job)
{
    writer_wait_learned(job);
}

/* In the batch's transaction, by the writer's thread. */
static enum err_code put_rejected(void *arg, struct store *s, struct err *e)
{
    const struct work *w = arg;
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && i < w->batch.kept_n; i++) {
        const struct batch_rejected *b = &w->batch.rejected[i];
        struct store_rejected row = {w->job.now_us, b->place, b->field,
                                     b->reason,     b->text,  b->bytes};
        code = store_add_rejected(s, &row, e);
    }
    return code;
}

static size_t rejected_bytes(const struct batch *b)
{
    size_t bytes = 0;
    for (size_t i = 0; i < b->kept_n; i++) {
        bytes += b->rejected[i].text.n + b->rejected[i].reason.n + WRITER_RECORD_BYTES;
    }
    return bytes;
}

static enum err_code store_batch(struct ingest *in, const struct request *req,
                                 struct work *work, struct err *e)
{
    bool any = work->batch.n > 0;
    work->job = (struct write_job){
        .records = any ? work->batch.records : NULL,
        .n = work->batch.n,
        .features = &work->features,
        .verdict = any && work->scored ? &work->verdict : NULL,
        .scorer = scorer_of(in, work),
        .now_us = req->now_us,
        .import = work->import,
        .receipt = work->receipt,
    };
    if (work->batch.kept_n > 0) {
        work->job.also = put_rejected;
        work->job.also_arg = work;
        work->job.also_bytes = rejected_bytes(&work->batch);
    }
    if (!any && !work->receipt && !work->job.also) {
        return ERR_NONE;
    }
    if (!arena_defer(req->arena, wait_learned, &work->job)) {
        return err_set(e, ERR_NOMEM, "not enough memory for the batch");
    }
    return writer_submit(in->writer, &work->job, e);
}

/* Called with the request's own thread waiting, or by it. */
static void print_reply(void *arg, struct buf *out)
{
    const struct work *w = arg;
    struct ingest_reply r = {
        .batch = &w->batch,
        .lenient = w->lenient,
        .features = &w->features,
        .verdict = w->scored ? &w->verdict : NULL,
        .scorer = scorer_of(w->in, w),
        .threshold = w->in->score.threshold,
        .incident_id = w->job.incident_id,
        .first_log_id = w->job.ids.first_log_id,
    };
    ingest_reply_print(&r, out);
}

/* Scores and stores what was read. */
static enum err_code take_batch(struct ingest *in, const struct request *req,
                                struct work *work, struct err *e)
{
    struct err unscored;
    features_count(work->batch.records, work->batch.n, req->now_us, &work->features);
    answer_book_mark(in->answers, work->batch.records, work->batch.n);
    struct scorer_batch to_score = {work->batch.records, work->batch.n, req->now_us,
                                    req->arena};
    int64_t began_us = clock_mono_us();
    work->scored = !scorer_score(in->scorer, &to_score, &work->verdict, &unscored);
    counts_time(COUNT_TIME_SCORE, clock_mono_us() - began_us);
    return store_batch(in, req, work, e);
}

static struct work *new_work(struct ingest *in, const struct request *req, struct err *e)
{
    struct work *work = arena_zalloc(req->arena, sizeof *work);
    if (work) {
        work->in = in;
    } else {
        err_set(e, ERR_NOMEM, "not enough memory for the batch");
    }
    return work;
}

static enum err_code post_ingest(void *app, const struct request *req,
                                 struct response *resp, struct err *e)
{
    struct ingest *in = app;
    struct work *work = new_work(in, req, e);
    if (!work) {
        return e->code;
    }
    work->lenient = request_prefers(req, STR("handling"), STR("lenient"));
    resp->applied = work->lenient ? "handling=lenient" : NULL;
    enum err_code code =
        receipts_ask(&in->receipts, req, work->lenient, &resp->body, &work->receipt, e);
    struct write_receipt *receipt = work->receipt;
    if (code || (receipt && receipt->state == RECEIPT_SAME)) {
        return code;
    }
    if (receipt) {
        receipt->print = print_reply;
        receipt->arg = work;
    }
    code = score_read_batch(&in->score, req, work->lenient, &work->batch, e);
    code = code ? code : take_batch(in, req, work, e);
    if (!code && !receipt) {
        print_reply(work, &resp->body);
    }
    return code ? code : receipts_finish(receipt, e);
}

/* A part of a file: as a batch, but only if it is not there yet. */
static enum err_code post_imports(void *app, const struct request *req,
                                  struct response *resp, struct err *e)
{
    struct ingest *in = app;
    struct request records;
    struct work *work = new_work(in, req, e);
    struct store_import *part = work ? arena_zalloc(req->arena, sizeof *part) : NULL;
    if (!part) {
        return err_set(e, ERR_NOMEM, "not enough memory for the batch");
    }
    work->import = part;
    enum err_code code = imports_read(req, part, &records, e);
    code = code ? code : score_read_batch(&in->score, &records, false, &work->batch, e);
    code = code ? code : imports_check(part, work->batch.n, e);
    code = code ? code : take_batch(in, &records, work, e);
    if (code) {
        return code;
    }
    if (work->job.import_state == IMPORT_OVERTAKEN) {
        return err_set(e, ERR_CONFLICT,
                       "another part came in after the same one; ask for the list again");
    }
    if (work->job.import_state == IMPORT_KNOWN) {
        imports_put_duplicate(resp);
    } else {
        print_reply(work, &resp->body);
    }
    return ERR_NONE;
}

static enum err_code get_imports(void *app, const struct request *req,
                                 struct response *resp, struct err *e)
{
    struct ingest *in = app;
    return imports_get(&in->imports, req, resp, e);
}

static enum err_code post_score(void *app, const struct request *req,
                                struct response *resp, struct err *e)
{
    struct ingest *in = app;
    return score_post(&in->score, req, resp, e);
}

static enum err_code get_model_info(void *app, const struct request *req,
                                    struct response *resp, struct err *e)
{
    struct ingest *in = app;
    (void)req;
    return score_model_info(&in->score, resp, e);
}

static const struct route routes[] = {
    {"/ingest", METHOD_POST | METHOD_PUT, post_ingest, SCOPE_INGEST},
    {"/imports", METHOD_POST, post_imports, SCOPE_INGEST},
    {"/imports", METHOD_GET, get_imports, SCOPE_INGEST | SCOPE_READ},
    {"/score", METHOD_POST, post_score, SCOPE_SCORE},
    {"/model-info", METHOD_GET, get_model_info, SCOPE_SCORE | SCOPE_READ},
};
enum { ROUTES_N = sizeof routes / sizeof routes[0], SCORING_ROUTES_N = 2 /* the last */ };

/* With ML_URL not the last ones: on the scoring port the service answers. */
static struct router router_of(const struct config *c)
{
    return (struct router){routes, c->ml_url[0] ? ROUTES_N - SCORING_ROUTES_N : ROUTES_N};
}

/* Called by the writer's thread after each commit, in commit order. */
static void learn(void *arg, const struct write_job *job)
{
    struct ingest *in = arg;
    if (!in->state) {
        outgoing_wake(in->outgoing);
        return;
    }
    struct detector_batch b = {.records = job->records,
                               .n = job->n,
                               .id = (uint64_t)job->ids.batch_id,
                               .batch_n = (int64_t)job->n,
                               .first_log_id = job->ids.first_log_id,
                               .raised = job->incident_id != 0,
                               .unscored = !job->verdict,
                               .now_us = job->now_us};
    if (state_learn_batch(in->state, &b)) {
        housekeeper_wake(in->housekeeper);
    }
}

/* Called by the writer's thread: somebody is to be told. */
static void noticed(void *arg)
{
    struct ingest *in = arg;
    notify_wake(in->notify);
}

/* The records of all batches in work may take as much as their bodies, and at least what one
 * of the largest takes. */
static struct batch_limits batch_limits(const struct config *c, struct ingest *in)
{
    size_t largest = batch_records_bytes((size_t)c->batch_records_max);
    in->records.max = largest > in->bodies.max ? largest : in->bodies.max;
    return (struct batch_limits){
        .records_max = (size_t)c->batch_records_max,
        .record = {(size_t)c->record_bytes_max, (size_t)c->service_bytes_max,
                   (size_t)c->level_bytes_max, (int)c->json_depth_max},
        .bodies = &in->bodies,
        .records = &in->records,
    };
}

static enum err_code open_in_process(struct ingest *in, struct err *e)
{
    enum err_code code = outgoing_forget(in->reader, in->writer, e);
    code = code ? code
                : replay_start(in->state, in->answers, in->process.config.database,
                               &in->replay, e);
    struct housekeeper_options h = {in->state, in->writer, in->replay, in->answers};
    return code ? code : housekeeper_start(&h, &in->housekeeper, e);
}

static enum err_code open_outgoing(struct ingest *in, struct err *e)
{
    const struct config *c = &in->process.config;
    struct outgoing_options o = {.url = c->ml_url,
                                 .key = c->score_key,
                                 .reader = in->reader,
                                 .writer = in->writer,
                                 .scorer = in->scorer,
                                 .answers = in->answers,
                                 .request_bytes_max = (size_t)c->ml_body_bytes_max};
    return outgoing_start(&o, &in->outgoing, e);
}

/* What was learned of this store, and how far it is behind. */
static enum err_code open_state(struct ingest *in, struct err *e)
{
    const struct config *c = &in->process.config;
    char id[STORE_NOTE_BYTES];
    int64_t last;
    enum err_code code = state_open(c->model, c->threshold, &in->state, e);
    code = code ? code : store_get_note(in->reader, STORE_ID, id, e);
    code = code ? code : store_last_batch(in->reader, &last, e);
    code = code ? code : state_attach(in->state, id, last, e);
    in->score.state = in->state;
    return code;
}

/* Who scores: in->state is there if it is this process. */
static enum err_code open_scorer(struct ingest *in, struct err *e)
{
    const struct config *c = &in->process.config;
    struct scorer_http_options http = {c->ml_url, (size_t)c->ml_body_bytes_max,
                                       SCORER_TOTAL_MS, c->score_key};
    if (c->ml_url[0]) {
        return scorer_open_http(&http, &in->scorer, e);
    }
    enum err_code code = open_state(in, e);
    return code ? code : scorer_open_local(in->state, &in->scorer, e);
}

static enum err_code open_answers(struct ingest *in, struct err *e)
{
    struct store *reader;
    enum err_code code = store_open_reader(in->process.config.database, &reader, e);
    return code ? code : answer_book_open(reader, in->state, &in->answers, e);
}

/* On a disk that is full not even a store that is there can be opened: what keeps a little
 * room for that day is let go. */
static enum err_code open_store(struct ingest *in, struct err *e)
{
    const struct config *c = &in->process.config;
    enum err_code code = keeper_limits(c, &in->limits, e);
    code = code ? code : store_open_writer(c->database, OWNER_WAIT_US, &in->store, e);
    if (code == ERR_FULL && keeper_drop_ballast(c->database)) {
        code = store_open_writer(c->database, OWNER_WAIT_US, &in->store, e);
    }
    in->no_store = code == ERR_DOWN || code == ERR_INVALID || code == ERR_FULL;
    code = code ? code : store_set_limits(in->store, &in->limits, e);
    return code ? code : store_open_reader(c->database, &in->reader, e);
}

static void mark(void *answers, struct record *records, size_t n)
{
    answer_book_mark(answers, records, n);
}

static enum err_code open_all(struct ingest *in, struct err *e)
{
    const struct config *c = &in->process.config;
    struct writer_options w = {
        c->threshold, c->store_wait_ms * 1000, learn, in, NULL, in};
    struct serve_options s =
        process_serve_options(&in->process, router_of(c), in, &in->bodies);
    w.noticed = notify_is_configured(c) ? noticed : NULL;
    in->score.threshold = c->threshold;
    in->score.limits = batch_limits(c, in);
    enum err_code code = zone_open(c->time_zone, &in->score.limits.zone, e);
    code = code ? code : open_store(in, e);
    code = code ? code : shared_reader_open(&in->imports, c->database, e);
    code = code ? code : shared_reader_open(&in->receipts, c->database, e);
    code = code ? code : open_scorer(in, e);
    code = code ? code : open_answers(in, e);
    in->score.mark = in->state ? mark : NULL;
    in->score.mark_arg = in->answers;
    code = code ? code : writer_start(in->store, &w, &in->writer, e);
    code = code ? code : notify_start(c, in->writer, &in->notify, e);
    code = code ? code : in->state ? open_in_process(in, e) : open_outgoing(in, e);
    code =
        code ? code : keeper_start(&in->limits, c->database, in->writer, &in->keeper, e);
    struct self_watch_options watch = {c, in->writer, in->state, in->outgoing,
                                       in->keeper};
    code = code ? code : self_watch_start(&watch, &in->self_watch, e);
    return code ? code : serve_new(&s, &in->serve, e);
}

/* In this order: no more requests, then what the minutes hold or the service has not
 * heard (which waits if this process goes on as another), then what was learned, then the
 * store; its writer last, which leaves one file. */
static void close_all(struct ingest *in, enum serve_end end)
{
    struct err e;
    serve_free(in->serve);
    self_watch_stop(in->self_watch);
    housekeeper_stop(in->housekeeper);
    replay_stop(in->replay);
    outgoing_stop(in->outgoing, end == SERVE_STOPPED);
    notify_stop(in->notify);
    keeper_stop(in->keeper, end == SERVE_STOPPED);
    writer_stop(in->writer);
    if (in->state && state_save(in->state, &e)) {
        diag("what was learned last could not be saved: %s", e.msg);
    }
    scorer_close(in->scorer);
    answer_book_close(in->answers);
    state_close(in->state);
    store_close(in->reader);
    shared_reader_close(&in->imports);
    shared_reader_close(&in->receipts);
    store_close(in->store);
}

int main(void)
{
    static struct ingest in;
    struct err e;
    enum serve_end end;
    if (!process_begin(&in.process, "loganalyzer-ingest")) {
        return 1;
    }
    if (open_all(&in, &e)) {
        close_all(&in, SERVE_RESTART);
        return in.no_store ? process_end(&in.process,
                                         standby_serve(&in.process,
                                                       router_of(&in.process.config), &e))
                           : process_fail(&in.process, &e);
    }
    end = serve_run(in.serve);
    close_all(&in, end);
    return process_end(&in.process, end);
}
