/* outgoing.c - see outgoing.h. */
#include "fcgi/jobs/outgoing.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/counts.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/random_id.h"
#include "fcgi/base/service_url.h"
#include "fcgi/jobs/scorer_note.h"
#include "fcgi/jobs/told.h"
#include "fcgi/web/client.h"

#include <pthread.h>

enum {
    ANSWER_DEPTH_MAX = 4,
    ERROR_TEXT_BYTES = 200, /* of another server's sentence */
    ARENA_BYTES_MAX = 8 << 20,
    FAILURES_SAID = 2 /* one alone is how a start and a stop of both halves look */
};

struct status {
    bool known, ok;
    bool said;    /* the last word in the log was that it answers */
    int failures; /* in a row */
    int64_t since_us;
    char last_error[ERR_MSG_BYTES];
    char version[MODEL_VERSION_BYTES];
    char model_error[ERR_MSG_BYTES];
};

struct outgoing {
    struct outgoing_options o;
    struct service_urls urls;
    struct client_options client_options;
    struct client *client;
    pthread_t thread;
    pthread_mutex_t lock; /* of the next three */
    pthread_cond_t changed;
    bool woken, ending;
    struct outgoing_health health; /* of status, for other threads */
    /* the thread's own */
    char store_id[STORE_NOTE_BYTES];
    char state[TOLD_STATE_BYTES]; /* "" none heard of */
    int64_t confirmed;
    int64_t answers_seq; /* that the service has taken up */
    struct told_position position;
    int64_t begin;                /* batches before it are not for the service */
    bool heard;                   /* the service has answered: batches may be told */
    int64_t reach;                /* a service that knows this store is not beyond it */
    char noted[STORE_NOTE_BYTES]; /* NOTE_LEARNED as the store has it */
    struct status status;
    char noted_status[STORE_NOTE_BYTES];
    struct buf request;
    struct client_reply reply;
    struct arena arena;
};

/* --- notes --- */

static void print_learned(const struct outgoing *o, int64_t confirmed,
                          char out[static STORE_NOTE_BYTES])
{
    snprintf(out, STORE_NOTE_BYTES, "%s %lld %lld %lld %lld",
             o->state[0] ? o->state : "-", (long long)confirmed,
             (long long)o->position.batch, (long long)o->position.records,
             (long long)o->begin);
}

static bool read_learned(struct outgoing *o)
{
    struct str left = str_of(o->noted);
    struct str state = str_split(&left, ' '), confirmed = str_split(&left, ' '),
               batch = str_split(&left, ' '), records = str_split(&left, ' ');
    if (!str_to_i64(confirmed, 0, INT64_MAX, &o->confirmed) ||
        !str_to_i64(batch, 0, INT64_MAX, &o->position.batch) ||
        !str_to_i64(records, 0, INT64_MAX, &o->position.records) ||
        !str_to_i64(left, 0, INT64_MAX, &o->begin) || state.n >= sizeof o->state) {
        return false;
    }
    memcpy(o->state, state.p, state.n);
    o->state[str_eq(state, STR("-")) ? 0 : state.n] = '\0';
    return true;
}

/* Writes the note, if there is something new to note, and what job has. */
static enum err_code write_notes(struct outgoing *o, struct write_job *job,
                                 int64_t confirmed, struct err *e)
{
    char learned[STORE_NOTE_BYTES];
    print_learned(o, confirmed, learned);
    struct write_note note = {NOTE_LEARNED, learned};
    if (!job->verdict && strcmp(learned, o->noted) == 0) {
        return ERR_NONE;
    }
    job->notes = &note;
    job->notes_n = 1;
    enum err_code code = writer_submit(o->o.writer, job, e);
    writer_wait_learned(job);
    if (!code) {
        memcpy(o->noted, learned, sizeof o->noted);
        o->confirmed = confirmed;
    }
    return code;
}

/* The thread's first step is not another's: without the mark a service that comes up later
 * could not tell what was committed before from what came after. */
static enum err_code set_mark(struct outgoing *o, struct err *e)
{
    int64_t last;
    struct write_job job = {0};
    enum err_code code = store_get_note(o->o.reader, STORE_ID, o->store_id, e);
    code = code ? code : store_get_note(o->o.reader, NOTE_LEARNED, o->noted, e);
    code = code ? code : store_last_batch(o->o.reader, &last, e);
    o->reach = last + 1;
    if (code || read_learned(o)) {
        return code;
    }
    o->state[0] = '\0';
    o->confirmed = 0;
    o->position = (struct told_position){last + 1, 0};
    o->begin = last + 1;
    return write_notes(o, &job, 0, e);
}

/* The service knows batches of this store that the store does not have: it was put back
 * from a copy. From here on it is another store, which the service learns from anew
 * (STATE_HANDOVER_US), or its next batches would pass for those that were lost. */
static enum err_code begin_anew(struct outgoing *o, struct err *e)
{
    char id[RANDOM_ID_BYTES];
    enum err_code code = random_id(id, e);
    if (code) {
        return code;
    }
    struct write_note notes[] = {{STORE_ID, id}, {NOTE_LEARNED, ""}};
    struct write_job job = {.notes = notes, .notes_n = 2};
    code = writer_submit(o->o.writer, &job, e);
    writer_wait_learned(&job);
    code = code ? code : set_mark(o, e);
    return code ? code
                : err_set(e, ERR_UPSTREAM,
                          "the store was put back from a copy: the scoring service has "
                          "learned more than it holds, and begins anew in a minute");
}

/* --- status, for /meta --- */

static void note_status(struct outgoing *o)
{
    char text[STORE_NOTE_BYTES];
    struct err e;
    const struct status *s = &o->status;
    struct scorer_note n = {.mode = "http",
                            .ok = s->ok,
                            .since_us = s->since_us,
                            .last_error = s->last_error,
                            .version = s->version,
                            .model_error = s->model_error,
                            .learned = -1};
    if (!scorer_note_print(&n, text) || strcmp(text, o->noted_status) == 0) {
        return;
    }
    struct write_note note = {NOTE_SCORER, text};
    struct write_job job = {.now_us = clock_now_us(), .notes = &note, .notes_n = 1};
    if (!writer_submit(o->o.writer, &job, &e)) {
        memcpy(o->noted_status, text, sizeof text);
    }
    writer_wait_learned(&job);
}

/* code: of the last request to /learn. What batches met counts too: the breaker. */
static void update_status(struct outgoing *o, enum err_code code, const struct err *e)
{
    struct scorer_health health;
    struct status *s = &o->status;
    struct count_label labels[COUNT_LABELS_MAX] = {{"outcome", code ? "failed" : "ok"}};
    counts_series("learn_requests_total", labels);
    scorer_http_health(o->o.scorer, &health);
    bool ok = !code && !health.open;
    if (!s->known || ok != s->ok) {
        s->since_us = clock_now_us();
    }
    s->failures = ok ? 0 : s->failures + 1;
    if (s->failures == FAILURES_SAID) {
        diag("the scoring service is not usable: %s", code ? e->msg : health.why.msg);
    } else if (ok && s->said != ok) {
        diag("the scoring service answers");
    }
    s->said = ok || (s->said && s->failures < FAILURES_SAID);
    s->known = true;
    s->ok = ok;
    if (code) {
        memcpy(s->last_error, e->msg, sizeof s->last_error);
    } else if (health.why.code) {
        memcpy(s->last_error, health.why.msg, sizeof s->last_error);
    }
    pthread_mutex_lock(&o->lock);
    o->health.known = true;
    o->health.ok = ok;
    memcpy(o->health.why, s->last_error, sizeof o->health.why);
    pthread_mutex_unlock(&o->lock);
    note_status(o);
}

/* --- one request --- */

/* The other side's own sentence, if it has one. */
static enum err_code refused(struct outgoing *o, struct err *e)
{
    struct buf *body = &o->reply.body;
    struct json_in in = {body->p, body->n, 0, ANSWER_DEPTH_MAX, 0};
    struct json_value object, error;
    struct str text = STR("");
    struct err ignored;
    if (body->n > 0 && !json_read(&in, &object, &ignored) &&
        json_member(object, "error", &error) && error.type == JSON_STRING) {
        text = (struct str){error.text.p + 1, error.text.n - 2};
        text.n = text.n < ERROR_TEXT_BYTES ? text.n : ERROR_TEXT_BYTES;
    }
    if (o->reply.status == 401 || o->reply.status == 403) {
        return err_set(e, ERR_UPSTREAM,
                       "the scoring service answered %d to /learn: SCORE_KEY must be an "
                       "API key of its own with the scope score",
                       o->reply.status);
    }
    return err_set(e, ERR_UPSTREAM, "the scoring service answered %d to /learn%s%.*s",
                   o->reply.status, text.n > 0 ? ": " : "", STR_ARGS(text));
}

static enum err_code post(struct outgoing *o, struct told_answer *answer, struct err *e)
{
    struct client_request request = {.method = "POST",
                                     .url = o->urls.learn,
                                     .content_type = "application/json",
                                     .body = buf_view(&o->request)};
    enum err_code code = client_send(o->client, &request, &o->reply, e);
    if (code) {
        return code;
    }
    if (o->reply.status != 200) {
        return refused(o, e);
    }
    if (!client_reply_is(&o->reply, "application/json")) {
        return err_set(e, ERR_UPSTREAM,
                       "what answers to /learn is not a scoring service");
    }
    return told_read(&o->arena, &o->reply.body, answer, e);
}

/* Makes the minute an incident, and its number known, in one transaction. */
static enum err_code store_minute(struct outgoing *o, const struct told_minute *m,
                                  struct err *e)
{
    struct write_job job = {
        .features = &m->features,
        .verdict = &m->verdict,
        .now_us = clock_now_us(),
        .counted_before = m->counted_before,
    };
    return write_notes(o, &job, m->number, e);
}

static enum err_code take_answer(struct outgoing *o, const struct told_answer *a,
                                 struct err *e)
{
    enum err_code code = ERR_NONE;
    if (a->position.batch > o->reach) {
        return begin_anew(o, e);
    }
    if (strcmp(a->state, o->state) != 0) {
        memcpy(o->state, a->state, sizeof o->state);
        o->confirmed = 0; /* numbers are those of a state */
    }
    o->position = a->position;
    o->answers_seq = a->answers_seq;
    memcpy(o->status.version, a->version, sizeof o->status.version);
    memcpy(o->status.model_error, a->model_error, sizeof o->status.model_error);
    for (size_t i = 0; !code && i < a->minutes_n; i++) {
        if (a->minutes[i].number > o->confirmed) {
            code = store_minute(o, &a->minutes[i], e);
        }
    }
    struct write_job job = {.now_us = clock_now_us()};
    return code ? code : write_notes(o, &job, o->confirmed, e);
}

static bool same(struct told_position a, struct told_position b)
{
    return a.batch == b.batch && a.records == b.records;
}

/* *more: there is something to be told at once. Not if nothing has changed by this request:
 * a service that says the same again and again is asked once a second. */
static enum err_code tell(struct outgoing *o, bool *more, struct err *e)
{
    struct told_answer answer;
    struct told_position before = o->position, to;
    struct told_request r = {.store = o->store_id,
                             .state = o->state,
                             .confirmed = o->confirmed,
                             .begin = o->begin,
                             .from = before,
                             .asks_only = !o->heard,
                             .answers = answer_book_hold(o->o.answers),
                             .answers_seq = o->answers_seq};
    bool rest;
    buf_clear(&o->request);
    enum err_code code = told_print(o->o.reader, &r, &o->request, &to, &rest, e);
    answer_book_let_go(o->o.answers, r.answers);
    o->reach =
        to.batch > o->reach ? to.batch : o->reach; /* it may have, without a reply */
    code = code ? code : post(o, &answer, e);
    code = code ? code : take_answer(o, &answer, e);
    if (code) {
        return code;
    }
    o->heard = true;
    bool confirm = o->confirmed != r.confirmed || o->answers_seq != r.answers_seq;
    bool moved = !same(o->position, before);
    *more = confirm || r.asks_only || (moved && (rest || !same(o->position, to)));
    return ERR_NONE;
}

static bool is_ending(struct outgoing *o)
{
    pthread_mutex_lock(&o->lock);
    bool ending = o->ending;
    pthread_mutex_unlock(&o->lock);
    return ending;
}

static bool round_trip(struct outgoing *o)
{
    struct err e = {0};
    bool more = false;
    enum err_code code = tell(o, &more, &e);
    arena_reset(&o->arena);
    if (o->request.cap > ARENA_LARGE_BYTES) {
        buf_free(&o->request);
    }
    if (code && is_ending(o)) {
        return false; /* given up; how the service is the next start finds out */
    }
    update_status(o, code, &e);
    return more;
}

/* --- the thread --- */

static struct timespec timespec_of(int64_t us)
{
    return (struct timespec){(time_t)(us / CLOCK_SECOND_US),
                             (long)(us % CLOCK_SECOND_US * 1000)};
}

/* Waits for the next turn: after began_us a pause, then a commit or a second, whichever
 * comes first (only the second if the service does not answer). False: it is time to end. */
static bool wait_for_turn(struct outgoing *o, int64_t began_us, bool more)
{
    struct timespec pause = timespec_of(began_us + OUTGOING_PAUSE_MS * 1000);
    struct timespec second = timespec_of(began_us + OUTGOING_SECONDS * CLOCK_SECOND_US);
    int rc = 0;
    pthread_mutex_lock(&o->lock);
    while (!more && !o->ending && rc == 0) {
        rc = pthread_cond_timedwait(&o->changed, &o->lock, &pause);
    }
    rc = 0;
    while (!more && !o->ending && rc == 0 && !(o->woken && o->status.ok)) {
        rc = pthread_cond_timedwait(&o->changed, &o->lock, &second);
    }
    o->woken = false;
    bool go_on = !o->ending;
    pthread_mutex_unlock(&o->lock);
    return go_on;
}

static void *outgoing_main(void *arg)
{
    struct outgoing *o = arg;
    int64_t began_us;
    bool more;
    do {
        began_us = clock_mono_us();
        more = round_trip(o);
    } while (wait_for_turn(o, began_us, more));
    while (o->status.ok && round_trip(o)) { /* until the client gives up */
    }
    return NULL;
}

/* --- for the others --- */

static void free_outgoing(struct outgoing *o)
{
    client_close(o->client);
    client_reply_free(&o->reply);
    buf_free(&o->request);
    arena_free(&o->arena);
    pthread_cond_destroy(&o->changed);
    pthread_mutex_destroy(&o->lock);
    free(o);
}

static enum err_code begin(struct outgoing *o, struct err *e)
{
    enum err_code code = client_open(&o->client_options, &o->client, e);
    code = code ? code : set_mark(o, e);
    if (code) {
        return code;
    }
    int rc = pthread_create(&o->thread, NULL, outgoing_main, o);
    return rc == 0
               ? ERR_NONE
               : err_set(e, ERR_NOMEM, "a thread cannot be started: %s", strerror(rc));
}

enum err_code outgoing_start(const struct outgoing_options *options,
                             struct outgoing **out, struct err *e)
{
    pthread_condattr_t attr;
    struct outgoing *o = calloc(1, sizeof *o);
    if (!o) {
        return err_set(e, ERR_NOMEM, "not enough memory for a thread");
    }
    o->o = *options;
    service_url_parts(options->url, &o->urls);
    o->client_options = (struct client_options){
        .connect_ms = OUTGOING_CONNECT_MS,
        .total_ms = OUTGOING_TOTAL_MS,
        .reply_bytes_max = TOLD_REPLY_BYTES_MAX,
        .unix_socket = o->urls.unix_socket,
        .bearer = options->key,
    };
    buf_init(&o->request, options->request_bytes_max);
    client_reply_init(&o->reply, &o->client_options);
    arena_init(&o->arena, ARENA_BYTES_MAX);
    pthread_mutex_init(&o->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&o->changed, &attr);
    pthread_condattr_destroy(&attr);
    enum err_code code = begin(o, e);
    if (code) {
        free_outgoing(o);
        return code;
    }
    *out = o;
    return ERR_NONE;
}

void outgoing_wake(struct outgoing *o)
{
    pthread_mutex_lock(&o->lock);
    o->woken = true;
    pthread_cond_signal(&o->changed);
    pthread_mutex_unlock(&o->lock);
}

void outgoing_health(struct outgoing *o, struct outgoing_health *out)
{
    pthread_mutex_lock(&o->lock);
    *out = o->health;
    pthread_mutex_unlock(&o->lock);
}

void outgoing_stop(struct outgoing *o, bool drain)
{
    if (!o) {
        return;
    }
    pthread_mutex_lock(&o->lock);
    o->ending = true;
    int64_t left_us =
        drain && o->health.ok ? OUTGOING_DRAIN_SECONDS * CLOCK_SECOND_US : 0;
    client_end_at(o->client, clock_mono_us() + left_us);
    pthread_cond_signal(&o->changed);
    pthread_mutex_unlock(&o->lock);
    pthread_join(o->thread, NULL);
    free_outgoing(o);
}

enum err_code outgoing_forget(struct store *reader, struct writer *writer, struct err *e)
{
    char learned[STORE_NOTE_BYTES];
    enum err_code code = store_get_note(reader, NOTE_LEARNED, learned, e);
    if (code || !learned[0]) {
        return code;
    }
    struct write_note note = {NOTE_LEARNED, ""};
    struct write_job job = {.notes = &note, .notes_n = 1};
    code = writer_submit(writer, &job, e);
    writer_wait_learned(&job);
    return code;
}
