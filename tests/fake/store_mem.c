/* store_mem.c - see store_mem.h. Records are only ever appended, so a transaction of them
 * is a length; incidents change, so begin copies them. One mutex guards all. */
#include "tests/fake/store_mem.h"

#include "sql/store_ops.h"
#include "tests/fake/outbox_mem.h"
#include "tests/fake/store_mem_life.h"

#include <assert.h>
#include <pthread.h>

struct mem_incident {
    struct incident core;
    struct str key, service, summary, features, reasons, detected_at, note, verdict;
    int64_t changed_us;
};

struct mem_key {
    int64_t incident_id, first_us, last_us;
    struct str key, text;
    bool template;
};

struct mem_import {
    int64_t id;
    struct import_position position, parent;
    int64_t bytes, records;
    struct str marks;
};

struct text { /* all texts live until the store is closed */
    struct text *next;
    char p[];
};

struct mem_note {
    struct str name, value;
};
enum { NOTES_MAX = 16 };

struct notes {
    struct mem_note note[NOTES_MAX];
    size_t n;
};

enum { ANSWERS_MAX = STORE_ANSWERS_MAX + STORE_ANSWERS_UNDONE_MAX + 1 };
enum { ANSWERED_MAX = 64 };
struct answers {
    struct store_answered answered[ANSWERED_MAX];
    size_t answered_n;
    struct store_answer *list; /* ANSWERS_MAX of them, by id */
    size_t n;
    int64_t last_id;
};

/* Few: what is committed and what the transaction makes of it. */
enum { RECEIPTS_MAX = 64 };
struct receipts {
    struct store_receipt list[RECEIPTS_MAX]; /* oldest first; texts are kept */
    size_t n;
    const struct store_rejected_row *rejected[REJECTED_ROWS_MAX]; /* oldest first */
    size_t rejected_n;
    int64_t rejected_id; /* the last one given */
};

struct gate {
    bool shut, somebody;
};

struct mem {
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    struct text *texts;
    struct store_mem_log *logs;
    struct store_mem_batch *batches;
    struct mem_incident *incidents, *before; /* before: as they were at begin */
    struct mem_key *keys, *keys_before;
    struct mem_import *imports;
    size_t logs_n, batches_n, incidents_n, keys_n, imports_n;
    size_t logs_cap, batches_cap, incidents_cap, keys_cap, imports_cap;
    size_t kept_logs_n, kept_batches_n, kept_incidents_n, kept_keys_n, kept_imports_n;
    size_t logs_gone, batches_gone; /* the first so many were purged */
    size_t kept_logs_gone, kept_batches_gone;
    struct notes notes, kept_notes; /* kept: committed */
    struct mem_life life;
    struct answers answers, kept_answers;
    struct receipts receipts, kept_receipts;
    struct outbox_mem *outbox;
    bool in_transaction;
    int64_t commits; /* of all handles */
    size_t calls, fail_at;
    enum err_code fail_code, refuse_code;
    bool fail_stored;
    struct str refuse_service;
    bool (*take)(void *arg, int64_t deadline_us);
    void *take_arg;
    bool full;
    struct gate gates[STORE_MEM_GATES];
};

struct store_mem {
    struct store base;
    struct mem *m;
    bool is_reader, is_editor;
    int64_t commits; /* its own */
};

static struct mem *mem(struct store *s)
{
    return ((struct store_mem *)s)->m;
}

static void *must(void *p)
{
    if (!p) {
        abort();
    }
    return p;
}

static void *grow(void *p, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) {
        return p;
    }
    *cap = *cap ? 2 * *cap : 64;
    return must(realloc(p, *cap * size));
}

static void *copy_of(const void *p, size_t n, size_t size)
{
    void *copy = must(malloc((n + 1) * size));
    if (n > 0) {
        memcpy(copy, p, n * size);
    }
    return copy;
}

static struct str keep(struct mem *m, struct str s)
{
    if (!s.p) {
        return STR_NONE;
    }
    struct text *t = must(malloc(sizeof *t + s.n + 1));
    memcpy(t->p, s.p, s.n);
    t->p[s.n] = '\0';
    t->next = m->texts;
    m->texts = t;
    return (struct str){t->p, s.n};
}

/* --- faults and gates --- */

/* One call begins; an error if it is to fail. Called with the lock held. */
static enum err_code enter(struct mem *m, const char *what, struct err *e)
{
    m->calls++;
    if (m->fail_at == 0 || --m->fail_at > 0) {
        return ERR_NONE;
    }
    return err_set(e, m->fail_code, "%s fails, as the test wants", what);
}

static void pass(struct mem *m, enum store_mem_gate which)
{
    struct gate *g = &m->gates[which];
    while (g->shut) {
        g->somebody = true;
        pthread_cond_broadcast(&m->changed);
        pthread_cond_wait(&m->changed, &m->lock);
    }
    g->somebody = false;
}

void store_mem_shut(struct store *s, enum store_mem_gate which)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    m->gates[which].shut = true;
    pthread_mutex_unlock(&m->lock);
}

void store_mem_await(struct store *s, enum store_mem_gate which)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    while (!m->gates[which].somebody) {
        pthread_cond_wait(&m->changed, &m->lock);
    }
    pthread_mutex_unlock(&m->lock);
}

void store_mem_let_go(struct store *s, enum store_mem_gate which)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    m->gates[which].shut = false;
    pthread_cond_broadcast(&m->changed);
    pthread_mutex_unlock(&m->lock);
}

void store_mem_fail(struct store *s, size_t nth, enum err_code code, bool stored)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    m->fail_at = nth;
    m->fail_code = code;
    m->fail_stored = stored;
    pthread_mutex_unlock(&m->lock);
}

size_t store_mem_calls(struct store *s)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    size_t n = m->calls;
    pthread_mutex_unlock(&m->lock);
    return n;
}

void store_mem_refuse(struct store *s, struct str service, enum err_code code)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    m->refuse_service = keep(m, service);
    m->refuse_code = code;
    pthread_mutex_unlock(&m->lock);
}

void store_mem_set_lock(struct store *s, bool (*take)(void *arg, int64_t deadline_us),
                        void *arg)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    m->take = take;
    m->take_arg = arg;
    pthread_mutex_unlock(&m->lock);
}

/* --- transactions --- */

static enum err_code begin(struct store *s, int64_t deadline_us, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(!((struct store_mem *)s)->is_reader);
    pass(m, STORE_MEM_BEGIN);
    bool (*take)(void *, int64_t) = m->take;
    void *arg = m->take_arg;
    enum err_code code = enter(m, "begin", e);
    bool busy = m->in_transaction;
    pthread_mutex_unlock(&m->lock);
    if (!code && (busy || (take && !take(arg, deadline_us)))) {
        code = err_set(e, ERR_BUSY, "another program is writing to the store; try again");
    }
    if (code) {
        return code;
    }
    pthread_mutex_lock(&m->lock);
    m->before = copy_of(m->incidents, m->incidents_n, sizeof *m->before);
    m->keys_before = copy_of(m->keys, m->keys_n, sizeof *m->keys);
    mem_life_begin(&m->life);
    outbox_mem_begin(m->outbox);
    m->in_transaction = true;
    pthread_mutex_unlock(&m->lock);
    return ERR_NONE;
}

static void copy_answers(struct answers *to, const struct answers *from)
{
    memcpy(to->list, from->list, from->n * sizeof *from->list);
    to->n = from->n;
    to->last_id = from->last_id;
    memcpy(to->answered, from->answered, sizeof to->answered);
    to->answered_n = from->answered_n;
}

/* The transaction is over; its work stays or goes. Called with the lock held. */
static void end(struct mem *m, bool stays)
{
    if (stays) {
        m->kept_logs_n = m->logs_n;
        m->kept_batches_n = m->batches_n;
        m->kept_logs_gone = m->logs_gone;
        m->kept_batches_gone = m->batches_gone;
        m->kept_incidents_n = m->incidents_n;
        m->kept_keys_n = m->keys_n;
        m->kept_notes = m->notes;
        m->kept_imports_n = m->imports_n;
        copy_answers(&m->kept_answers, &m->answers);
        m->kept_receipts = m->receipts;
    } else {
        m->logs_n = m->kept_logs_n;
        m->batches_n = m->kept_batches_n;
        m->logs_gone = m->kept_logs_gone;
        m->batches_gone = m->kept_batches_gone;
        m->incidents_n = m->kept_incidents_n;
        m->keys_n = m->kept_keys_n;
        m->notes = m->kept_notes;
        m->imports_n = m->kept_imports_n;
        copy_answers(&m->answers, &m->kept_answers);
        m->receipts = m->kept_receipts;
        if (m->incidents_n > 0) {
            memcpy(m->incidents, m->before, m->incidents_n * sizeof *m->before);
        }
        if (m->keys_n > 0) {
            memcpy(m->keys, m->keys_before, m->keys_n * sizeof *m->keys);
        }
    }
    mem_life_end(&m->life, stays);
    outbox_mem_end(m->outbox, stays);
    free(m->before);
    free(m->keys_before);
    m->before = NULL;
    m->keys_before = NULL;
    m->in_transaction = false;
}

static enum err_code commit(struct store *s, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(m->in_transaction);
    pass(m, STORE_MEM_COMMIT);
    enum err_code code = enter(m, "commit", e);
    bool stays = !code || (code == ERR_IO && m->fail_stored);
    m->commits += stays;
    ((struct store_mem *)s)->commits += stays;
    end(m, stays);
    pthread_mutex_unlock(&m->lock);
    return code;
}

static void rollback(struct store *s)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    if (m->in_transaction) {
        end(m, false);
    }
    pthread_mutex_unlock(&m->lock);
}

static enum err_code data_version(struct store *s, int64_t *version, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "data_version", e);
    *version = code ? 0 : 1 + m->commits - ((struct store_mem *)s)->commits;
    pthread_mutex_unlock(&m->lock);
    return code;
}

struct outbox_mem *store_mem_enter(struct store *s, const char *what, bool *kept,
                                   struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    *kept = !s->in_transaction;
    if (enter(m, what, e)) {
        pthread_mutex_unlock(&m->lock);
        return NULL;
    }
    return m->outbox;
}

void store_mem_leave(struct store *s)
{
    pthread_mutex_unlock(&mem(s)->lock);
}

bool store_mem_is_wanted(struct store *s, int64_t incident_id, int64_t at_us)
{
    const struct mem *m = mem(s);
    bool kept = m->in_transaction && !s->in_transaction;
    size_t n = kept ? m->kept_incidents_n : m->incidents_n;
    if (incident_id < 1 || (size_t)incident_id > n) {
        return false;
    }
    const struct mem_incident *i = &(kept ? m->before : m->incidents)[incident_id - 1];
    return !incident_is_muted(&i->core, at_us) && !str_eq(i->verdict, STR("normal"));
}

/* --- records --- */

static bool is_refused(const struct mem *m, const struct store_batch *b)
{
    for (size_t i = 0; m->refuse_service.p && i < b->n; i++) {
        if (str_eq(b->records[i].service, m->refuse_service)) {
            return true;
        }
    }
    return false;
}

static void add_log(struct mem *m, const struct record *r, int64_t received_us)
{
    m->logs = grow(m->logs, m->logs_n, &m->logs_cap, sizeof *m->logs);
    int64_t id = (int64_t)m->logs_n + 1;
    m->logs[m->logs_n++] = (struct store_mem_log){
        .id = id,
        .timestamp = keep(m, r->timestamp),
        .service = keep(m, r->service),
        .level = keep(m, r->level),
        .message = keep(m, r->message),
        .metadata = keep(m, r->metadata),
        .received_us = received_us,
        .event_us = r->event_us,
    };
}

static enum err_code add_batch(struct store *s, const struct store_batch *b,
                               struct store_batch_ids *ids, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(m->in_transaction);
    enum err_code code = enter(m, "add_batch", e);
    if (!code && is_refused(m, b)) {
        code = err_set(e, m->refuse_code, "this batch is refused, as the test wants");
    }
    if (!code) {
        ids->first_log_id = (int64_t)m->logs_n + 1;
        for (size_t i = 0; i < b->n; i++) {
            add_log(m, &b->records[i], b->received_us);
        }
        ids->batch_id = (int64_t)m->batches_n + 1;
        m->batches = grow(m->batches, m->batches_n, &m->batches_cap, sizeof *m->batches);
        struct store_mem_batch *row = &m->batches[m->batches_n++];
        *row = (struct store_mem_batch){
            .ids = *ids,
            .n = b->n,
            .received_us = b->received_us,
            .incident_id = b->incident_id,
            .scored = b->scored,
            .score = b->scored ? b->score : 0,
            .raw_score = b->scored ? b->raw_score : 0,
        };
        snprintf(row->scorer, sizeof row->scorer, "%s", b->scorer);
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

/* --- incidents --- */

static int64_t next_log_id(struct store *s)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    int64_t id = (int64_t)m->logs_n + 1;
    pthread_mutex_unlock(&m->lock);
    return id;
}

/* An incident was under a key at these times: is it a better one to find? */
static void look_at(const struct store_span *span, const struct mem_key *at,
                    struct mem_key *best)
{
    bool near = at->last_us >= span->from_us && at->first_us <= span->to_us;
    if (near && str_eq(at->key, span->key) &&
        (best->incident_id == 0 || at->last_us > best->last_us)) {
        *best = *at;
    }
}

static bool is_normal(const struct mem *m, int64_t incident_id)
{
    return str_eq(m->incidents[incident_id - 1].verdict, STR("normal"));
}

static enum err_code find_incident(struct store *s, const struct store_span *span,
                                   struct incident *out, bool *found, struct err *e)
{
    struct mem *m = mem(s);
    struct mem_key best = {0};
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "find_incident", e);
    for (size_t i = m->incidents_n; i-- > 0;) {
        const struct mem_incident *row = &m->incidents[i];
        struct mem_key own = {row->core.id, row->core.first_us, row->core.last_us,
                              row->key,     STR_NONE,           false};
        if (!is_normal(m, row->core.id)) {
            look_at(span, &own, &best);
        }
    }
    for (size_t i = m->keys_n; i-- > 0;) {
        if (!is_normal(m, m->keys[i].incident_id)) {
            look_at(span, &m->keys[i], &best);
        }
    }
    *found = !code && best.incident_id > 0;
    if (*found) {
        *out = m->incidents[best.incident_id - 1].core;
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static struct mem_key *find_key(struct mem *m, const struct store_incident_key *k)
{
    for (size_t i = 0; i < m->keys_n; i++) {
        if (m->keys[i].incident_id == k->incident_id && str_eq(m->keys[i].key, k->key)) {
            return &m->keys[i];
        }
    }
    return NULL;
}

static void put_key(struct mem *m, const struct store_incident_key *k)
{
    struct mem_key *row = find_key(m, k);
    if (!row && str_eq(m->incidents[k->incident_id - 1].key, k->key)) {
        return;
    }
    if (!row) {
        m->keys = grow(m->keys, m->keys_n, &m->keys_cap, sizeof *m->keys);
        row = &m->keys[m->keys_n++];
        *row = (struct mem_key){.incident_id = k->incident_id,
                                .first_us = k->at_us,
                                .last_us = k->at_us,
                                .key = keep(m, k->key),
                                .template = k->template};
    }
    row->first_us = k->at_us < row->first_us ? k->at_us : row->first_us;
    row->last_us = k->at_us > row->last_us ? k->at_us : row->last_us;
    row->text = row->text.n > 0 ? row->text : keep(m, k->text);
}

static enum err_code put_incident_key(struct store *s, const struct store_incident_key *k,
                                      struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(m->in_transaction);
    enum err_code code = enter(m, "put_incident_key", e);
    if (!code) {
        put_key(m, k);
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static void put_row(struct mem *m, const struct store_incident *i, int64_t *id)
{
    char when[CLOCK_TEXT_BYTES];
    bool is_new = i->core.id == 0, words = i->summary.p != NULL;
    assert(words || !is_new);
    assert(i->core.id >= 0 && i->core.id <= (int64_t)m->incidents_n);
    if (is_new) {
        m->incidents =
            grow(m->incidents, m->incidents_n, &m->incidents_cap, sizeof *m->incidents);
        m->incidents[m->incidents_n++] = (struct mem_incident){
            .key = keep(m, i->key),
            .detected_at = keep(m, clock_format(i->detected_us, when)),
        };
    }
    *id = is_new ? (int64_t)m->incidents_n : i->core.id;
    struct mem_incident *row = &m->incidents[*id - 1];
    row->core = i->core;
    row->core.id = *id;
    if (words) {
        row->service = keep(m, i->service);
        row->summary = keep(m, i->summary);
        row->features = keep(m, i->features);
        row->reasons = keep(m, i->reasons);
    }
}

static enum err_code put_incident(struct store *s, const struct store_incident *i,
                                  int64_t *id, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(m->in_transaction);
    enum err_code code = enter(m, "put_incident", e);
    if (!code) {
        put_row(m, i, id);
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

/* The templates of an incident as JSON; none: p NULL. */
static struct str templates_of(const struct mem_key *keys, size_t n, int64_t incident_id,
                               int64_t *total, struct buf *out)
{
    struct json_out o = json_out_utf8(out);
    *total = 0;
    buf_clear(out);
    json_open(&o, '[');
    for (size_t i = 0; i < n; i++) {
        if (keys[i].incident_id != incident_id || !keys[i].template ||
            (*total)++ >= STORE_TEMPLATES_MAX) {
            continue;
        }
        json_open(&o, '{');
        json_key(&o, "id");
        json_str(&o, keys[i].key);
        json_key(&o, "text");
        json_text(&o, keys[i].text.n > 0 ? keys[i].text : STR_NONE);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    return *total > 0 ? buf_view(out) : STR_NONE;
}

static bool is_reader(struct store *s)
{
    return ((struct store_mem *)s)->is_reader;
}

/* A part of the text? ASCII's case does not matter. */
static bool has_part(struct str s, struct str part)
{
    for (size_t i = 0; s.p && i + part.n <= s.n; i++) {
        if (str_eq_nocase((struct str){s.p + i, part.n}, part)) {
            return true;
        }
    }
    return false;
}

static bool has_status(const struct mem_incident *i, const struct store_incident_query *q)
{
    bool muted = incident_is_muted(&i->core, q->now_us);
    bool acknowledged = i->core.status == INCIDENT_STATUS_ACKNOWLEDGED;
    bool resolved = i->core.status == INCIDENT_STATUS_RESOLVED;
    switch (q->status) {
    case STORE_STATUS_OPEN:
        return !muted && !acknowledged && !resolved;
    case STORE_STATUS_ACKNOWLEDGED:
        return !muted && acknowledged;
    case STORE_STATUS_ACTIVE:
        return !muted && !resolved;
    case STORE_STATUS_RESOLVED:
        return resolved;
    case STORE_STATUS_MUTED:
        return muted;
    case STORE_STATUS_ALL:
    default:
        return true;
    }
}

static bool is_asked_for(const struct mem_incident *i,
                         const struct store_incident_query *q)
{
    return i->core.id < q->before_id && has_status(i, q) &&
           (!q->service.p || (i->service.p && str_eq(i->service, q->service))) &&
           (!q->text.p || has_part(i->summary, q->text)) &&
           i->core.severity >= q->severity && i->core.last_us >= q->since_us &&
           (q->until_us == INT64_MAX || i->core.first_us < q->until_us);
}

/* The callback is called without the lock, as it may look at the store itself. */
static void list_rows(struct store *s, const struct store_incident_query *q,
                      store_incident_fn fn, void *arg)
{
    struct mem *m = mem(s);
    struct buf templates;
    size_t left = q->limit;
    buf_init(&templates, 1 << 20);
    pthread_mutex_lock(&m->lock);
    bool kept = is_reader(s);
    size_t n = kept ? m->kept_incidents_n : m->incidents_n;
    size_t keys_n = kept ? m->kept_keys_n : m->keys_n;
    struct mem_incident *rows =
        copy_of(kept && m->before ? m->before : m->incidents, n, sizeof *rows);
    struct mem_key *keys =
        copy_of(kept && m->keys_before ? m->keys_before : m->keys, keys_n, sizeof *keys);
    pthread_mutex_unlock(&m->lock);
    for (size_t i = n; left > 0 && i-- > 0;) {
        const struct mem_incident *in = &rows[i];
        struct store_incident_row row = {
            in->core,     in->detected_at, in->service,   in->summary,
            in->features, in->reasons,     STR_NONE,      0,
            in->note,     in->verdict,     in->changed_us};
        row.templates =
            templates_of(keys, keys_n, in->core.id, &row.templates_n, &templates);
        if (is_asked_for(in, q)) {
            fn(arg, &row);
            left--;
        }
    }
    buf_free(&templates);
    free(rows);
    free(keys);
}

static enum err_code list_incidents(struct store *s, int64_t before_id, size_t limit,
                                    store_incident_fn fn, void *arg, struct err *e)
{
    struct store_incident_query q = {.since_us = INT64_MIN,
                                     .until_us = INT64_MAX,
                                     .before_id = before_id,
                                     .limit = limit};
    (void)e;
    list_rows(s, &q, fn, arg);
    return ERR_NONE;
}

/* --- the life of incidents, and lanes --- */

/* A call on its own: counted, and failing when it is to. */
static enum err_code call(struct mem *m, const char *what, struct err *e)
{
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, what, e);
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code select_incidents(struct store *s,
                                      const struct store_incident_query *q,
                                      store_incident_fn fn, void *arg, struct err *e)
{
    enum err_code code = call(mem(s), "select_incidents", e);
    if (!code) {
        list_rows(s, q, fn, arg);
    }
    return code;
}

static enum err_code get_incident(struct store *s, int64_t id, store_incident_fn fn,
                                  void *arg, struct err *e)
{
    struct store_incident_query q = {.since_us = INT64_MIN,
                                     .until_us = INT64_MAX,
                                     .before_id = id < INT64_MAX ? id + 1 : id,
                                     .limit = 1};
    enum err_code code = call(mem(s), "get_incident", e);
    if (!code && id >= 1 && id <= (int64_t)mem(s)->incidents_n) { /* ids are 1, 2, ... */
        list_rows(s, &q, fn, arg);
    }
    return code;
}

static enum err_code put_life(struct store *s, const struct store_incident_life *l,
                              struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(m->in_transaction && l->incident_id <= (int64_t)m->incidents_n);
    enum err_code code = enter(m, "put_life", e);
    if (!code) {
        struct mem_incident *row = &m->incidents[l->incident_id - 1];
        row->core.status = l->status;
        row->core.muted_until_us = l->muted_until_us;
        row->note = keep(m, l->note);
        row->verdict = keep(m, l->verdict);
        row->changed_us = l->changed_us;
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code add_history(struct store *s, const struct store_history *h,
                                 struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(m->in_transaction);
    enum err_code code = enter(m, "add_history", e);
    if (!code) {
        struct store_history row = *h;
        row.event = keep(m, h->event);
        row.note = keep(m, h->note);
        mem_life_add_history(&m->life, &row);
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code list_history(struct store *s, int64_t incident_id,
                                  store_history_fn fn, void *arg, struct err *e)
{
    struct mem *m = mem(s);
    size_t n;
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "list_history", e);
    struct store_history *rows =
        mem_life_history(&m->life, is_reader(s), incident_id, &n);
    pthread_mutex_unlock(&m->lock);
    for (size_t i = 0; !code && i < n; i++) {
        fn(arg, &rows[i]);
    }
    free(rows);
    return code;
}

static enum err_code add_occurrence(struct store *s, const struct store_occurrence *o,
                                    struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(m->in_transaction);
    enum err_code code = enter(m, "add_occurrence", e);
    if (!code) {
        mem_life_add_occurrence(&m->life, o);
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code list_occurrences(struct store *s, int64_t incident_id,
                                      struct occurrences list[static OCCURRENCES_MAX],
                                      size_t *n, int64_t *width_us, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "list_occurrences", e);
    *n = mem_life_occurrences(&m->life, is_reader(s), incident_id, list, width_us);
    pthread_mutex_unlock(&m->lock);
    return code;
}

/* Those of the record's service among the ids from id on by step. */
static size_t neighbours(const struct mem *m, size_t end, int64_t log_id, int64_t step,
                         int64_t ids[static STORE_NEIGHBOURS_MAX])
{
    size_t n = 0;
    for (int64_t k = 1; k <= STORE_NEIGHBOURS_WALK && n < STORE_NEIGHBOURS_MAX; k++) {
        int64_t id = log_id + k * step;
        if (id < 1 || id > (int64_t)end) {
            break;
        }
        if (str_eq(m->logs[id - 1].service, m->logs[log_id - 1].service)) {
            ids[n++] = id;
        }
    }
    return n;
}

static enum err_code find_neighbours(struct store *s, int64_t log_id,
                                     struct store_neighbours *out, struct err *e)
{
    struct mem *m = mem(s);
    *out = (struct store_neighbours){.before_n = 0};
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "find_neighbours", e);
    size_t end = is_reader(s) ? m->kept_logs_n : m->logs_n;
    if (!code && log_id >= 1 && log_id <= (int64_t)end) {
        out->before_n = neighbours(m, end, log_id, -1, out->before);
        out->after_n = neighbours(m, end, log_id, 1, out->after);
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static struct str keep_in(void *m, struct str s)
{
    return keep(m, s);
}

static enum err_code add_lanes(struct store *s, const struct store_lane *lanes, size_t n,
                               struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(m->in_transaction);
    enum err_code code = enter(m, "add_lanes", e);
    if (!code) {
        mem_life_add_lanes(&m->life, lanes, n, keep_in, m);
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code list_lanes(struct store *s, int64_t from, int64_t to,
                                store_lane_fn fn, void *arg, struct err *e)
{
    struct mem *m = mem(s);
    size_t n;
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "list_lanes", e);
    struct store_lane *rows = mem_life_lanes(&m->life, is_reader(s), from, to, &n);
    pthread_mutex_unlock(&m->lock);
    for (size_t i = 0; !code && i < n; i++) {
        fn(arg, &rows[i]);
    }
    free(rows);
    return code;
}

/* --- batches and records read back, notes --- */

static enum err_code next_batch(struct store *s, int64_t from_id,
                                struct store_batch_row *out, bool *found, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "next_batch", e);
    size_t n = is_reader(s) ? m->kept_batches_n : m->batches_n;
    size_t gone = is_reader(s) ? m->kept_batches_gone : m->batches_gone;
    size_t i = from_id > 1 ? (size_t)from_id - 1 : 0; /* ids are 1, 2, ... */
    i = i > gone ? i : gone;
    *found = !code && i < n;
    if (*found) {
        const struct store_mem_batch *b = &m->batches[i];
        *out =
            (struct store_batch_row){b->ids.batch_id, b->received_us, b->ids.first_log_id,
                                     (int64_t)b->n,   b->incident_id, !b->scored};
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code last_batch(struct store *s, int64_t *id, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "last_batch", e);
    *id = (int64_t)(is_reader(s) ? m->kept_batches_n : m->batches_n);
    pthread_mutex_unlock(&m->lock);
    return code;
}

/* The callback is called without the lock, with a copy: the array may move meanwhile. */
static enum err_code list_records(struct store *s, int64_t first_log_id, int64_t n,
                                  store_record_fn fn, void *arg, struct err *e)
{
    struct mem *m = mem(s);
    bool more = true;
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "list_records", e);
    for (int64_t id = first_log_id; !code && more && id < first_log_id + n; id++) {
        size_t end = is_reader(s) ? m->kept_logs_n : m->logs_n;
        size_t gone = is_reader(s) ? m->kept_logs_gone : m->logs_gone;
        if (id < 1 || (size_t)id <= gone || (size_t)id > end) {
            continue;
        }
        const struct store_mem_log *l = &m->logs[id - 1];
        struct record r = {.timestamp = l->timestamp,
                           .service = l->service,
                           .level = l->level,
                           .message = l->message,
                           .metadata = l->metadata,
                           .event_us = l->event_us};
        pthread_mutex_unlock(&m->lock);
        more = fn(arg, id, &r);
        pthread_mutex_lock(&m->lock);
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code count_unscored(struct store *s, int64_t max, int64_t *n,
                                    struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "count_unscored", e);
    size_t end = is_reader(s) ? m->kept_batches_n : m->batches_n;
    *n = 0;
    size_t gone = is_reader(s) ? m->kept_batches_gone : m->batches_gone;
    for (size_t i = gone; !code && i < end && *n < max; i++) {
        *n += !m->batches[i].scored;
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static struct mem_note *find_note(struct notes *notes, const char *name)
{
    for (size_t i = 0; i < notes->n; i++) {
        if (str_eq(notes->note[i].name, str_of(name))) {
            return &notes->note[i];
        }
    }
    return NULL;
}

static enum err_code put_note(struct store *s, const char *name, const char *value,
                              struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(m->in_transaction);
    enum err_code code = enter(m, "put_note", e);
    struct mem_note *note = find_note(&m->notes, name);
    if (!code && !note) {
        assert(m->notes.n < NOTES_MAX);
        note = &m->notes.note[m->notes.n++];
        note->name = keep(m, str_of(name));
    }
    if (!code) {
        note->value = keep(m, str_of(value));
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code get_note(struct store *s, const char *name,
                              char out[static STORE_NOTE_BYTES], struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "get_note", e);
    const struct mem_note *note =
        find_note(is_reader(s) ? &m->kept_notes : &m->notes, name);
    snprintf(out, STORE_NOTE_BYTES, "%.*s", !code && note ? (int)note->value.n : 0,
             !code && note ? note->value.p : "");
    pthread_mutex_unlock(&m->lock);
    return code;
}

/* --- imports --- */

static bool same(const struct import_position *a, const struct import_position *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static enum store_import_state look(const struct mem *m, const struct store_import *i)
{
    enum store_import_state state = IMPORT_ADDED;
    for (size_t k = 0; k < m->imports_n; k++) {
        const struct mem_import *row = &m->imports[k];
        if (same(&row->position, &i->position)) {
            return IMPORT_KNOWN;
        }
        if (same(&row->parent, &i->parent) && row->id > i->seen) {
            state = IMPORT_OVERTAKEN;
        }
    }
    return state;
}

static enum err_code add_import(struct store *s, const struct store_import *i,
                                enum store_import_state *state, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    assert(m->in_transaction);
    enum err_code code = enter(m, "add_import", e);
    *state = code ? IMPORT_KNOWN : look(m, i);
    if (*state == IMPORT_ADDED) {
        m->imports = grow(m->imports, m->imports_n, &m->imports_cap, sizeof *m->imports);
        m->imports[m->imports_n] = (struct mem_import){
            (int64_t)m->imports_n + 1, i->position, i->parent, i->bytes, i->records,
            keep(m, i->marks)};
        m->imports_n++;
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

/* A row as others see it; false: it is not there for them. */
static bool read_import(struct store *s, size_t i, struct mem_import *out)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    size_t n = ((struct store_mem *)s)->is_reader ? m->kept_imports_n : m->imports_n;
    bool there = i < n;
    if (there) {
        *out = m->imports[i];
    }
    pthread_mutex_unlock(&m->lock);
    return there;
}

static enum err_code list_imports(struct store *s, const struct store_import_query *q,
                                  store_import_fn fn, void *arg, struct err *e)
{
    struct mem_import in;
    size_t n = 0, left = q->limit;
    (void)e;
    while (read_import(s, n, &in)) {
        n++;
    }
    while (left > 0 && n-- > 0) {
        if (read_import(s, n, &in) && same(&in.parent, &q->parent) &&
            in.id < q->before_id) {
            struct store_import_row row = {in.id, in.position, in.bytes, in.records,
                                           STR_NONE};
            fn(arg, &row);
            left--;
        }
    }
    return ERR_NONE;
}

static enum err_code find_import(struct store *s, const struct import_position *position,
                                 store_import_fn fn, void *arg, struct err *e)
{
    struct mem_import in;
    (void)e;
    for (size_t i = 0; read_import(s, i, &in); i++) {
        if (same(&in.position, position)) {
            struct store_import_row row = {in.id, in.position, in.bytes, in.records,
                                           in.marks};
            fn(arg, &row);
        }
    }
    return ERR_NONE;
}

/* --- answers --- */

static const struct answers *answers_seen(struct store *s)
{
    struct mem *m = mem(s);
    return ((struct store_mem *)s)->is_reader ? &m->kept_answers : &m->answers;
}

static int64_t latest_of(const struct store_answer *a)
{
    return a->undone_seq > a->seq ? a->undone_seq : a->seq;
}

static int64_t latest_seq(const struct answers *all)
{
    int64_t seq = 0;
    for (size_t i = 0; i < all->n; i++) {
        seq = latest_of(&all->list[i]) > seq ? latest_of(&all->list[i]) : seq;
    }
    return seq;
}

static void drop_undone(struct answers *all)
{
    size_t undone = 0, oldest = all->n;
    for (size_t i = 0; i < all->n; i++) {
        int64_t seq = all->list[i].undone_seq;
        undone += seq > 0;
        oldest = seq > 0 && (oldest == all->n || seq < all->list[oldest].undone_seq)
                     ? i
                     : oldest;
    }
    if (undone > STORE_ANSWERS_UNDONE_MAX) {
        memmove(&all->list[oldest], &all->list[oldest + 1],
                (all->n - oldest - 1) * sizeof *all->list);
        all->n--;
    }
}

static enum err_code add_answer(struct store *s, const struct store_answer *a,
                                int64_t *id, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    size_t counting = 0;
    for (size_t i = 0; i < m->answers.n; i++) {
        counting += m->answers.list[i].undone_seq == 0;
    }
    enum err_code code = enter(m, "add_answer", e);
    if (!code && counting >= STORE_ANSWERS_MAX) {
        code = err_set(e, ERR_CONFLICT, "%d answers count already", STORE_ANSWERS_MAX);
    }
    if (!code) {
        struct store_answer *x = &m->answers.list[m->answers.n];
        *x = *a;
        x->seq = latest_seq(&m->answers) + 1;
        x->id = *id = ++m->answers.last_id;
        x->undone_seq = x->undone_us = 0;
        x->scope = keep(m, a->scope);
        x->service = keep(m, a->service);
        x->template_id = keep(m, a->template_id);
        x->template = keep(m, a->template);
        x->value = keep(m, a->value);
        x->examples = keep(m, a->examples);
        x->note = keep(m, a->note);
        m->answers.n++;
        drop_undone(&m->answers);
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code undo_answer(struct store *s, int64_t id, int64_t now_us,
                                 struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    size_t i = 0;
    while (i < m->answers.n && m->answers.list[i].id != id) {
        i++;
    }
    enum err_code code = enter(m, "undo_answer", e);
    if (!code && i == m->answers.n) {
        code = err_set(e, ERR_NOT_FOUND, "there is no answer %lld", (long long)id);
    } else if (!code && m->answers.list[i].undone_seq == 0) {
        m->answers.list[i].undone_seq = latest_seq(&m->answers) + 1;
        m->answers.list[i].undone_us = now_us;
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code counting_answers(struct store *s, store_answer_fn fn, void *arg,
                                      struct err *e)
{
    struct mem *m = mem(s);
    (void)e;
    pthread_mutex_lock(&m->lock);
    const struct answers *all = answers_seen(s);
    for (size_t i = 0; i < all->n; i++) {
        if (all->list[i].undone_seq == 0) {
            fn(arg, &all->list[i]);
        }
    }
    pthread_mutex_unlock(&m->lock);
    return ERR_NONE;
}

static enum err_code list_answers(struct store *s, int64_t before_id, size_t limit,
                                  store_answer_fn fn, void *arg, struct err *e)
{
    struct mem *m = mem(s);
    (void)e;
    pthread_mutex_lock(&m->lock);
    const struct answers *all = answers_seen(s);
    for (size_t i = all->n; i-- > 0 && limit > 0;) {
        if (all->list[i].id < before_id) {
            fn(arg, &all->list[i]);
            limit--;
        }
    }
    pthread_mutex_unlock(&m->lock);
    return ERR_NONE;
}

static enum err_code answers_seq(struct store *s, int64_t *seq, struct err *e)
{
    struct mem *m = mem(s);
    (void)e;
    pthread_mutex_lock(&m->lock);
    *seq = latest_seq(answers_seen(s));
    pthread_mutex_unlock(&m->lock);
    return ERR_NONE;
}

static enum err_code changed_answers(struct store *s, int64_t seq, store_answer_fn fn,
                                     void *arg, struct err *e)
{
    struct mem *m = mem(s);
    (void)e;
    pthread_mutex_lock(&m->lock);
    const struct answers *all = answers_seen(s);
    int64_t last = latest_seq(all);
    for (int64_t at = seq + 1; at <= last; at++) {
        for (size_t i = 0; i < all->n; i++) {
            if (latest_of(&all->list[i]) == at) {
                fn(arg, &all->list[i]);
            }
        }
    }
    pthread_mutex_unlock(&m->lock);
    return ERR_NONE;
}

static enum err_code add_answered(struct store *s, const struct store_answered *row,
                                  struct err *e)
{
    struct mem *m = mem(s);
    struct answers *all = &m->answers;
    size_t i = 0;
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "add_answered", e);
    while (i < all->answered_n && !(all->answered[i].answer_id == row->answer_id &&
                                    all->answered[i].incident_id == row->incident_id)) {
        i++;
    }
    if (!code && i == all->answered_n) {
        assert(i < ANSWERED_MAX);
        all->answered[all->answered_n++] = (struct store_answered){
            row->answer_id, row->incident_id, keep(m, row->status)};
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code list_answered(struct store *s, int64_t answer_id,
                                   store_answered_fn fn, void *arg, struct err *e)
{
    struct mem *m = mem(s);
    (void)e;
    pthread_mutex_lock(&m->lock);
    const struct answers *all = answers_seen(s);
    for (size_t i = 0; i < all->answered_n; i++) {
        if (all->answered[i].answer_id == answer_id) {
            fn(arg, &all->answered[i]);
        }
    }
    pthread_mutex_unlock(&m->lock);
    return ERR_NONE;
}

static const struct store_answer_ops answer_ops = {.add = add_answer,
                                                   .undo = undo_answer,
                                                   .counting = counting_answers,
                                                   .list = list_answers,
                                                   .add_answered = add_answered,
                                                   .list_answered = list_answered,
                                                   .seq = answers_seq,
                                                   .changed = changed_answers};

/* --- what is old goes: records; of the rest all is kept --- */

enum { MEM_RECORD_BYTES = 300 };

/* The end of a batch: the id after its last record's. */
static size_t end_of(const struct store_mem_batch *b)
{
    return (size_t)b->ids.first_log_id + b->n;
}

static enum err_code get_usage(struct store *s, struct store_usage *out, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "get_usage", e);
    bool kept = is_reader(s);
    size_t n = kept ? m->kept_logs_n : m->logs_n;
    size_t gone = kept ? m->kept_logs_gone : m->logs_gone;
    size_t batches = kept ? m->kept_batches_n : m->batches_n;
    *out = (struct store_usage){.used_bytes = (int64_t)(n - gone) * MEM_RECORD_BYTES};
    for (size_t i = 0; i < batches; i++) {
        const struct store_mem_batch *b = &m->batches[i];
        if (end_of(b) > gone + 1 &&
            (out->oldest_us == 0 || b->received_us < out->oldest_us)) {
            out->oldest_us = b->received_us;
        }
        out->newest_us = b->received_us;
    }
    size_t incidents = kept ? m->kept_incidents_n : m->incidents_n;
    out->first_incident = incidents > 0;
    out->last_incident = (int64_t)incidents;
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code purge_records(struct store *s, int64_t before_us,
                                   struct store_purged *out, struct err *e)
{
    struct mem *m = mem(s);
    size_t old = 0, end = 0;
    int64_t more = 0, most = 0; /* older ones than others */
    *out = (struct store_purged){0};
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "purge_records", e);
    for (size_t i = m->batches_gone; !code && i < m->batches_n; i++) {
        more += m->batches[i].received_us < before_us ? 1 : -1;
        if (more > most) {
            most = more;
            old = i + 1;
            end = end_of(&m->batches[i]) - 1;
        }
    }
    while (m->logs_gone < end && out->records < STORE_PURGE_ROWS) {
        m->logs_gone++;
        out->records++;
    }
    while (m->batches_gone < old && m->batches_gone + 1 < m->batches_n &&
           end_of(&m->batches[m->batches_gone]) <= m->logs_gone + 1) {
        m->batches_gone++;
        out->batches++;
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code purge_imports(struct store *s, int64_t before_us, int64_t rows_kept,
                                   size_t *n, struct err *e)
{
    (void)before_us, (void)rows_kept;
    *n = 0;
    return call(mem(s), "purge_imports", e);
}

static enum err_code purge_lanes(struct store *s, int64_t after_bucket, size_t *n,
                                 struct err *e)
{
    (void)after_bucket;
    *n = 0;
    return call(mem(s), "purge_lanes", e);
}

static enum err_code purge_incidents(struct store *s,
                                     const struct store_incident_purge *p,
                                     struct store_incidents_purged *out, struct err *e)
{
    (void)p;
    *out = (struct store_incidents_purged){0};
    return call(mem(s), "purge_incidents", e);
}

static enum err_code set_limits(struct store *s, const struct keep_limits *l,
                                struct err *e)
{
    (void)s, (void)l, (void)e;
    return ERR_NONE;
}

void store_mem_fill(struct store *s)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    m->full = true;
    pthread_mutex_unlock(&m->lock);
}

/* No call that a test counts. */
static enum err_code make_room(struct store *s, size_t bytes, int64_t deadline_us,
                               struct err *e)
{
    struct mem *m = mem(s);
    (void)bytes, (void)deadline_us;
    pthread_mutex_lock(&m->lock);
    bool full = m->full;
    pthread_mutex_unlock(&m->lock);
    return full ? err_set(e, ERR_FULL, "the disk is nearly full") : ERR_NONE;
}

static enum err_code empty_journal(struct store *s, int64_t deadline_us, struct err *e)
{
    (void)deadline_us;
    return call(mem(s), "empty_journal", e);
}

static enum err_code shrink(struct store *s, struct err *e)
{
    return call(mem(s), "shrink", e);
}

static const struct store_keep_ops keep_ops = {.get_usage = get_usage,
                                               .purge_records = purge_records,
                                               .purge_imports = purge_imports,
                                               .purge_lanes = purge_lanes,
                                               .purge_incidents = purge_incidents,
                                               .set_limits = set_limits,
                                               .make_room = make_room,
                                               .empty_journal = empty_journal,
                                               .shrink = shrink};

/* --- receipts --- */

static enum err_code find_receipt(struct store *s, const struct store_receipt *asked,
                                  enum store_receipt_state *state, struct buf *reply,
                                  struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "find_receipt", e);
    const struct receipts *all =
        ((struct store_mem *)s)->is_reader ? &m->kept_receipts : &m->receipts;
    for (size_t i = 0; !code && i < all->n; i++) {
        const struct store_receipt *r = &all->list[i];
        if (str_eq(r->key, asked->key) && str_eq(r->scope, asked->scope)) {
            bool same = memcmp(r->digest, asked->digest, sizeof r->digest) == 0;
            *state = same ? RECEIPT_SAME : RECEIPT_OTHER;
            buf_str(reply, same ? r->reply : STR_NONE);
        }
    }
    if (!code && reply->failed) {
        code = err_set(e, ERR_NOMEM, "not enough memory for the reply that was stored");
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code add_receipt(struct store *s, const struct store_receipt *r,
                                 struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "add_receipt", e);
    if (!code) {
        assert(m->receipts.n < RECEIPTS_MAX);
        struct store_receipt *to = &m->receipts.list[m->receipts.n++];
        *to = *r;
        to->scope = keep(m, r->scope);
        to->key = keep(m, r->key);
        to->reply = keep(m, r->reply);
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code purge_receipts(struct store *s, const struct store_receipt_purge *p,
                                    size_t *n, struct err *e)
{
    struct mem *m = mem(s);
    struct receipts *all = &m->receipts;
    size_t old = 0, over = 0, left = 0, bytes = 0;
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "purge_receipts", e);
    for (size_t i = 0; i < all->n; i++) {
        bytes += all->list[i].reply.n;
    }
    size_t rows_max = (size_t)p->rows_max, limit = p->limit;
    if (bytes > all->n * RECEIPT_BYTES) {
        rows_max = rows_max * RECEIPT_BYTES * all->n / bytes;
        limit = 1 + (limit - 1) * RECEIPT_BYTES * all->n / bytes;
    }
    for (size_t i = 0; !code && i < all->n; i++) {
        const struct store_receipt *r = &all->list[i];
        if (r->received_us < p->before_us && old < limit) {
            old++;
        } else if (i + rows_max < all->n && over < limit) {
            over++;
        } else {
            all->list[left++] = *r;
        }
    }
    all->n = code ? all->n : left;
    *n = old + over;
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code add_rejected(struct store *s, const struct store_rejected *r,
                                  struct err *e)
{
    struct mem *m = mem(s);
    struct receipts *all = &m->receipts;
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "add_rejected", e);
    if (!code && all->rejected_n == REJECTED_ROWS_MAX) {
        memmove(all->rejected, all->rejected + 1,
                --all->rejected_n * sizeof all->rejected[0]);
    }
    if (!code) {
        struct store_rejected_row row = {.id = ++all->rejected_id,
                                         .received_us = r->received_us,
                                         .place = (int64_t)r->place,
                                         .field = keep(m, str_of(r->field)),
                                         .reason = keep(m, r->reason),
                                         .text = keep(m, r->text),
                                         .bytes = (int64_t)r->bytes};
        struct str kept = keep(m, (struct str){(const char *)&row, sizeof row});
        all->rejected[all->rejected_n++] = (const void *)kept.p;
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code purge_rejected(struct store *s, int64_t before_us, size_t limit,
                                    size_t *n, struct err *e)
{
    struct mem *m = mem(s);
    struct receipts *all = &m->receipts;
    size_t left = 0;
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "purge_rejected", e);
    for (size_t i = 0; !code && i < all->rejected_n; i++) {
        if (i >= limit || all->rejected[i]->received_us >= before_us) {
            all->rejected[left++] = all->rejected[i];
        }
    }
    *n = code ? 0 : all->rejected_n - left;
    all->rejected_n = code ? all->rejected_n : left;
    pthread_mutex_unlock(&m->lock);
    return code;
}

static enum err_code list_rejected(struct store *s, int64_t before_id, size_t limit,
                                   store_rejected_fn fn, void *arg, struct err *e)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    enum err_code code = enter(m, "list_rejected", e);
    const struct receipts *all =
        ((struct store_mem *)s)->is_reader ? &m->kept_receipts : &m->receipts;
    for (size_t i = all->rejected_n; !code && i > 0 && limit > 0; i--) {
        if (all->rejected[i - 1]->id < before_id) {
            fn(arg, all->rejected[i - 1]);
            limit--;
        }
    }
    pthread_mutex_unlock(&m->lock);
    return code;
}

static const struct store_receipt_ops receipt_ops = {.find = find_receipt,
                                                     .add = add_receipt,
                                                     .purge = purge_receipts,
                                                     .add_rejected = add_rejected,
                                                     .purge_rejected = purge_rejected,
                                                     .list_rejected = list_rejected};

/* --- opening and closing --- */

static void close_mem(struct store *s)
{
    struct mem *m = mem(s);
    if (!((struct store_mem *)s)->is_reader && !((struct store_mem *)s)->is_editor) {
        rollback(s);
        while (m->texts) {
            struct text *next = m->texts->next;
            free(m->texts);
            m->texts = next;
        }
        free(m->logs);
        free(m->batches);
        free(m->incidents);
        free(m->keys);
        free(m->imports);
        mem_life_free(&m->life);
        free(m->answers.list);
        free(m->kept_answers.list);
        outbox_mem_free(m->outbox);
        pthread_cond_destroy(&m->changed);
        pthread_mutex_destroy(&m->lock);
        free(m);
    }
    free(s);
}

static struct store *new_handle(struct mem *m, bool is_reader)
{
    static const struct store_ops ops = {.begin = begin,
                                         .commit = commit,
                                         .rollback = rollback,
                                         .data_version = data_version,
                                         .add_batch = add_batch,
                                         .next_log_id = next_log_id,
                                         .find_incident = find_incident,
                                         .put_incident = put_incident,
                                         .put_incident_key = put_incident_key,
                                         .list_incidents = list_incidents,
                                         .select_incidents = select_incidents,
                                         .get_incident = get_incident,
                                         .put_life = put_life,
                                         .add_history = add_history,
                                         .list_history = list_history,
                                         .add_occurrence = add_occurrence,
                                         .list_occurrences = list_occurrences,
                                         .find_neighbours = find_neighbours,
                                         .add_lanes = add_lanes,
                                         .list_lanes = list_lanes,
                                         .next_batch = next_batch,
                                         .last_batch = last_batch,
                                         .list_records = list_records,
                                         .count_unscored = count_unscored,
                                         .put_note = put_note,
                                         .get_note = get_note,
                                         .add_import = add_import,
                                         .list_imports = list_imports,
                                         .find_import = find_import,
                                         .answers = &answer_ops,
                                         .outbox = &outbox_mem_ops,
                                         .receipts = &receipt_ops,
                                         .keep = &keep_ops,
                                         .close = close_mem};
    struct store_mem *s = must(malloc(sizeof *s));
    *s = (struct store_mem){.base.ops = &ops, .m = m, .is_reader = is_reader};
    return &s->base;
}

struct store *store_mem_open(void)
{
    struct mem *m = must(calloc(1, sizeof *m));
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->changed, NULL);
    mem_life_init(&m->life);
    m->outbox = outbox_mem_new();
    m->notes.note[m->notes.n++] =
        (struct mem_note){keep(m, STR(STORE_ID)), keep(m, STR(STORE_MEM_ID))};
    m->kept_notes = m->notes;
    m->answers.list = must(calloc(ANSWERS_MAX, sizeof *m->answers.list));
    m->kept_answers.list = must(calloc(ANSWERS_MAX, sizeof *m->answers.list));
    return new_handle(m, false);
}

struct store *store_mem_reader(struct store *writer)
{
    return new_handle(mem(writer), true);
}

struct store *store_mem_editor(struct store *writer)
{
    struct store *s = new_handle(mem(writer), false);
    ((struct store_mem *)s)->is_editor = true;
    return s;
}

size_t store_mem_logs_n(struct store *s)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    size_t n = m->kept_logs_n;
    pthread_mutex_unlock(&m->lock);
    return n;
}

size_t store_mem_batches_n(struct store *s)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    size_t n = m->kept_batches_n;
    pthread_mutex_unlock(&m->lock);
    return n;
}

bool store_mem_log(struct store *s, size_t i, struct store_mem_log *out)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    bool there = i < m->kept_logs_n;
    if (there) {
        *out = m->logs[i];
    }
    pthread_mutex_unlock(&m->lock);
    return there;
}

bool store_mem_batch(struct store *s, size_t i, struct store_mem_batch *out)
{
    struct mem *m = mem(s);
    pthread_mutex_lock(&m->lock);
    bool there = i < m->kept_batches_n;
    if (there) {
        *out = m->batches[i];
    }
    pthread_mutex_unlock(&m->lock);
    return there;
}
