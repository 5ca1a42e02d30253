/* writer.c - see writer.h. A queue under a mutex for the writer, two semaphores in each job
 * for the thread that waits: so a commit wakes just those whose batch it held. */
#include "sql/writer.h"

#include "fcgi/base/clock.h"
#include "sql/lane_counts.h"
#include "sql/store_keep.h"
#include "sql/store_life.h"
#include "sql/store_read.h"
#include "sql/writer_counts.h"
#include "sql/writer_notice.h"
#include "sql/writer_receipt.h"

#include <assert.h>
#include <pthread.h>

enum { FEATURES_BYTES_MAX = 1 << 20 };

struct writer {
    struct store *store;
    struct writer_options options;
    pthread_t thread;
    pthread_mutex_t lock; /* of the queue and stopping */
    pthread_cond_t work;
    struct write_job *first, **last; /* submitted, in order */
    bool stopping;
    struct buf features, reasons; /* the thread's own, as are these: */
    struct lane_counts lanes;
};

/* --- in the transaction --- */

/* The incident that a verdict belongs to, and the key that led to it: the verdict's main one
 * if none did. */
struct found {
    char bytes[INCIDENT_KEY_BYTES];
    struct incident_key key;
    struct incident latest;
    bool found;
};

static enum err_code put_incident(struct writer *w, struct write_job *job, struct str key,
                                  const struct incident_change *change, struct err *e)
{
    char summary[INCIDENT_SUMMARY_BYTES];
    struct store_incident row = {
        .core = change->next,
        .detected_us = job->now_us,
        .threshold = w->options.threshold,
        .key = key,
    };
    if (change->worse) {
        buf_clear(&w->features);
        buf_clear(&w->reasons);
        struct json_out reasons = json_out(&w->reasons);
        incident_features(&w->features, job->features, job->verdict);
        verdict_print_reasons(&reasons, job->verdict,
                              job->records ? store_next_log_id(w->store) : 0);
        if (w->features.failed || w->reasons.failed) {
            return err_set(e, ERR_NOMEM, "not enough memory to describe the incident");
        }
        row.service = job->verdict->service;
        row.summary = incident_summary(job->verdict, summary);
        row.features = buf_view(&w->features);
        row.reasons = buf_view(&w->reasons);
    }
    return store_put_incident(w->store, &row, &job->incident_id, e);
}

/* Under which of the keys is there an incident that is near in time, or, with lasting, one
 * that people make last longer? */
static enum err_code look(struct writer *w, const struct occurrence *o, bool lasting,
                          struct found *out, struct err *e)
{
    enum err_code code = ERR_NONE;
    out->found = false;
    for (size_t i = 0; !code && !out->found; i++) {
        if (!incident_key(o->verdict, i, out->bytes, &out->key)) {
            break; /* the last one is the main one */
        }
        struct store_span span = {out->key.key,
                                  lasting ? INT64_MIN : o->at_us - out->key.reach_us,
                                  o->at_us + out->key.reach_us};
        code = store_find_incident(w->store, &span, &out->latest, &out->found, e);
        out->found = out->found && (!lasting || incident_lasts(&out->latest, o));
    }
    return code;
}

static enum err_code find_incident(struct writer *w, const struct occurrence *o,
                                   struct found *out, struct err *e)
{
    enum err_code code = look(w, o, false, out, e);
    return code || out->found ? code : look(w, o, true, out, e);
}

/* The new templates' keys; and the main key, if another one led to the incident. */
static enum err_code put_keys(struct writer *w, const struct write_job *job,
                              const struct found *f, struct err *e)
{
    char bytes[INCIDENT_KEY_BYTES];
    struct incident_key key;
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && incident_key(job->verdict, i, bytes, &key); i++) {
        if (!key.template_id && !f->key.template_id) {
            break;
        }
        struct store_incident_key row = {.incident_id = job->incident_id,
                                         .key = key.key,
                                         .at_us = job->features->latest_us,
                                         .template = key.template_id != 0,
                                         .text = key.text};
        code = store_put_incident_key(w->store, &row, e);
    }
    return code;
}

/* When it came, and what that means: a line in its history, if it is worth one. */
static enum err_code put_life(struct writer *w, struct write_job *job,
                              const struct found *f, const struct incident_change *c,
                              struct err *e)
{
    char text[INCIDENT_EVENT_BYTES];
    int64_t at_us = job->features->latest_us;
    enum incident_event event = incident_change_event(c);
    struct store_occurrence o = {job->incident_id, at_us,
                                 c->next.count - (f->found ? f->latest.count : 0),
                                 job->verdict->score};
    enum err_code code = store_add_occurrence(w->store, &o, e);
    job->event = event;
    if (code || event == INCIDENT_EVENT_NONE) {
        return code;
    }
    struct str note = incident_event_text(f->found ? &f->latest : NULL, c, at_us, text);
    struct store_history h = {job->incident_id, job->now_us,
                              str_of(incident_event_name(event)),
                              note.n > 0 ? note : STR_NONE};
    return store_add_history(w->store, &h, e);
}

/* In the incident's own transaction, if it is to be told. */
static enum err_code notice(struct writer *w, struct write_job *job,
                            const struct found *f, const struct incident_change *c,
                            struct err *e)
{
    struct incident i = c->next;
    struct notice_case about = {
        .opened = c->act == INCIDENT_OPEN,
        .reopened = c->act == INCIDENT_REOPEN,
        .much_worse = c->much_worse,
        .muted = incident_is_muted(&i, job->now_us),
        .last_us = i.last_us,
        .now_us = job->now_us,
    };
    i.id = job->incident_id;
    return w->options.noticed
               ? writer_notice(w->store, &about, f->found ? &f->latest : NULL, &i,
                               &job->noticed, e)
               : ERR_NONE;
}

static enum err_code decide_incident(struct writer *w, struct write_job *job,
                                     struct err *e)
{
    struct found f;
    if (!job->verdict || !(job->verdict->score > w->options.threshold)) {
        return ERR_NONE;
    }
    struct occurrence now = {job->verdict,        job->features->latest_us,
                             job->counted_before, job->records == NULL,
                             job->now_us,         job->features->from_us};
    enum err_code code = find_incident(w, &now, &f, e);
    if (code) {
        return code;
    }
    struct incident_change change = incident_decide(
        w->options.threshold, f.found ? &f.latest : NULL, f.key.reach_us, &now);
    code = put_incident(w, job, f.key.key, &change, e);
    code = code ? code : put_life(w, job, &f, &change, e);
    code = code ? code : notice(w, job, &f, &change, e);
    return code ? code : put_keys(w, job, &f, e);
}

/* The service's lane has the score of a minute or session, too. */
static enum err_code count_window(struct writer *w, const struct write_job *job,
                                  struct err *e)
{
    int64_t at_us = job->verdict ? job->features->latest_us : 0;
    at_us = at_us < job->now_us ? at_us : job->now_us;
    return job->verdict ? lane_counts_window(&w->lanes, job->verdict, at_us, e)
                        : ERR_NONE;
}

static enum err_code look_for_job(struct writer *w, struct write_job *job, struct err *e)
{
    enum err_code code = ERR_NONE;
    job->import_state = IMPORT_ADDED;
    job->incident_id = 0;
    job->noticed = false;
    if (job->import) {
        code = store_add_import(w->store, job->import, &job->import_state, e);
    }
    if (!code && job->receipt) {
        code = writer_find_receipt(w->store, job->receipt, e);
    }
    return code;
}

static enum err_code add_batch(struct writer *w, struct write_job *job, struct err *e)
{
    struct store_batch batch = {
        .received_us = job->now_us,
        .records = job->records,
        .n = job->n,
        .scorer = job->scorer,
        .scored = job->verdict != NULL,
        .score = job->verdict ? job->verdict->score : 0,
        .raw_score = job->verdict ? job->verdict->raw_score : 0,
        .incident_id = job->incident_id,
    };
    enum err_code code = store_add_batch(w->store, &batch, &job->ids, e);
    return code ? code : lane_counts_batch(&w->lanes, &batch, job->verdict, e);
}

static enum err_code write_job(struct writer *w, struct write_job *job, struct err *e)
{
    enum err_code code = look_for_job(w, job, e);
    if (code || !write_job_is_new(job)) {
        return code;
    }
    code = decide_incident(w, job, e);
    for (size_t i = 0; !code && i < job->notes_n; i++) {
        code = store_put_note(w->store, job->notes[i].name, job->notes[i].value, e);
    }
    if (!code && job->also) {
        code = job->also(job->also_arg, w->store, e);
    }
    if (!code) {
        code = job->records ? add_batch(w, job, e) : count_window(w, job, e);
    }
    return code || !job->receipt ? code : writer_put_receipt(w->store, job->receipt, e);
}

/* Writes the jobs in one transaction. *begun tells if it got as far as having one. */
static enum err_code write_group(struct writer *w, struct write_job *const *jobs,
                                 size_t n, bool *begun, struct err *e)
{
    struct writer_times times = {.began_us = clock_mono_us()};
    for (size_t i = 0; i < n; i++) {
        times.bytes += jobs[i]->bytes;
    }
    /* What goes without records is little, and what people decide is not to wait. */
    enum err_code code =
        times.bytes > 0 ? store_make_room(w->store, times.bytes, jobs[0]->deadline_us, e)
                        : ERR_NONE;
    code = code ? code : store_begin(w->store, jobs[0]->deadline_us, e);
    *begun = !code;
    times.locked_us = clock_mono_us();
    lane_counts_begin(&w->lanes, w->store);
    for (size_t i = 0; !code && i < n; i++) {
        code = write_job(w, jobs[i], e);
    }
    code = code ? code : lane_counts_put(&w->lanes, e);
    if (*begun && code) {
        store_rollback(w->store);
    }
    code = code ? code : store_commit(w->store, e);
    writer_counts_group(&times, code);
    return code;
}

/* --- the thread --- */

static void finish(struct write_job *job, enum err_code code, const struct err *e)
{
    job->code = code;
    if (code) {
        job->err = *e;
    }
    sem_post(&job->done); /* its thread may go on; the job itself stays until "learned" */
}

static void finish_all(struct writer *w, struct write_job *const *jobs, size_t n,
                       enum err_code code, const struct err *e)
{
    bool noticed = false;
    for (size_t i = 0; i < n; i++) {
        noticed = noticed || jobs[i]->noticed;
        writer_counts_job(jobs[i], code);
        finish(jobs[i], code, e);
    }
    if (!code && noticed) {
        w->options.noticed(w->options.noticed_arg);
    }
    for (size_t i = 0; i < n; i++) {
        if (!code && jobs[i]->records && write_job_is_new(jobs[i])) {
            w->options.learn(w->options.learn_arg, jobs[i]);
        }
        sem_post(&jobs[i]->learned);
    }
}

/* Back into the queue, which is in the order of the deadlines. With the lock held. */
static void put_back(struct writer *w, struct write_job *job)
{
    struct write_job **at = &w->first;
    while (*at && (*at)->deadline_us < job->deadline_us) {
        at = &(*at)->next;
    }
    job->next = *at;
    *at = job;
    w->last = job->next ? w->last : &job->next;
}

/* Jobs whose time is up are refused; the others are tried again. */
static void give_up_late(struct writer *w, struct write_job *const *jobs, size_t n,
                         const struct err *e)
{
    int64_t now = clock_mono_us();
    pthread_mutex_lock(&w->lock);
    for (size_t i = n; i-- > 0;) {
        if (jobs[i]->deadline_us > now) {
            put_back(w, jobs[i]);
        }
    }
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < n; i++) {
        if (jobs[i]->deadline_us <= now) {
            finish_all(w, &jobs[i], 1, e->code, e);
        }
    }
}

/* One that makes its own transactions. */
static enum err_code do_apart(struct writer *w, struct write_job *job, struct err *e)
{
    enum err_code code = job->apart(job->apart_arg, w->store, job->deadline_us, e);
    store_rollback(w->store); /* of one that it has left open */
    return code;
}

static void serve_group(struct writer *w, struct write_job *const *jobs, size_t n)
{
    struct err e;
    bool begun = true;
    enum err_code code =
        jobs[0]->apart ? do_apart(w, jobs[0], &e) : write_group(w, jobs, n, &begun, &e);
    if (code == ERR_BUSY && !begun) {
        give_up_late(w, jobs, n, &e);
    } else if (code && begun && n > 1 && code != ERR_IO) {
        for (size_t i = 0; i < n; i++) {
            serve_group(w, &jobs[i], 1);
        }
    } else {
        finish_all(w, jobs, n, code, &e);
    }
}

struct group {
    struct write_job *jobs[WRITER_GROUP_JOBS_MAX];
    size_t n, records, bytes;
};

/* Does it fit into the transaction of those before it? What asks for no room does not share
 * the fate of what finds none. */
static bool joins(const struct group *g, const struct write_job *job)
{
    return g->n == 0 ||
           (!job->apart && !g->jobs[0]->apart && g->n < WRITER_GROUP_JOBS_MAX &&
            (job->bytes > 0) == (g->jobs[0]->bytes > 0) &&
            job->n <= WRITER_GROUP_RECORDS_MAX - g->records &&
            job->bytes <= WRITER_GROUP_BYTES_MAX - g->bytes);
}

static size_t at_most(size_t n, size_t max)
{
    return n < max ? n : max;
}

/* Waits for work and takes what fits into one transaction; none when it is time to end. */
static void take_group(struct writer *w, struct group *g)
{
    *g = (struct group){.n = 0};
    pthread_mutex_lock(&w->lock);
    while (!w->first && !w->stopping) {
        pthread_cond_wait(&w->work, &w->lock);
    }
    while (w->first && joins(g, w->first)) {
        g->jobs[g->n++] = w->first;
        g->records = at_most(g->records + w->first->n, WRITER_GROUP_RECORDS_MAX);
        g->bytes = at_most(g->bytes + w->first->bytes, WRITER_GROUP_BYTES_MAX);
        w->first = w->first->next;
    }
    if (!w->first) {
        w->last = &w->first;
    }
    pthread_mutex_unlock(&w->lock);
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;
    struct group g;
    for (take_group(w, &g); g.n > 0; take_group(w, &g)) {
        serve_group(w, g.jobs, g.n);
    }
    return NULL;
}

/* --- for the others --- */

enum err_code writer_start(struct store *store, const struct writer_options *options,
                           struct writer **out, struct err *e)
{
    struct writer *w = calloc(1, sizeof *w);
    if (!w) {
        return err_set(e, ERR_NOMEM, "not enough memory for the writer");
    }
    w->store = store;
    w->options = *options;
    w->last = &w->first;
    buf_init(&w->features, FEATURES_BYTES_MAX);
    buf_init(&w->reasons, FEATURES_BYTES_MAX);
    writer_counts_begin();
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    int rc = pthread_create(&w->thread, NULL, writer_main, w);
    if (rc != 0) {
        pthread_cond_destroy(&w->work);
        pthread_mutex_destroy(&w->lock);
        free(w);
        return err_set(e, ERR_NOMEM, "no thread for the writer: %s", strerror(rc));
    }
    *out = w;
    return ERR_NONE;
}

static void wait_sem(sem_t *sem)
{
    while (sem_wait(sem) != 0) { /* EINTR is the only way it fails */
    }
    sem_destroy(sem);
}

static size_t bytes_of(const struct write_job *job)
{
    size_t bytes = job->also_bytes;
    for (size_t i = 0; job->records && i < job->n; i++) {
        const struct record *r = &job->records[i];
        bytes += r->timestamp.n + r->service.n + r->level.n + r->message.n +
                 r->metadata.n + WRITER_RECORD_BYTES;
    }
    return bytes;
}

enum err_code writer_submit(struct writer *w, struct write_job *job, struct err *e)
{
    job->bytes = bytes_of(job);
    sem_init(&job->done, 0, 0);
    sem_init(&job->learned, 0, 0);
    job->next = NULL;
    job->deadline_us = clock_mono_us() + w->options.wait_us;
    writer_counts_submitted();
    pthread_mutex_lock(&w->lock);
    assert(!w->stopping);
    *w->last = job;
    w->last = &job->next;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    wait_sem(&job->done);
    if (job->code) {
        *e = job->err;
    }
    return job->code;
}

void writer_wait_learned(struct write_job *job)
{
    wait_sem(&job->learned);
}

void writer_stop(struct writer *w)
{
    if (!w) {
        return;
    }
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->work);
    pthread_mutex_destroy(&w->lock);
    buf_free(&w->features);
    buf_free(&w->reasons);
    free(w);
}
