/* outbox_mem.c - see outbox_mem.h. Rows are few: a transaction copies them all. */
#include "tests/fake/outbox_mem.h"

#include <stdlib.h>
#include <string.h>

struct table {
    struct store_notice *notices;
    struct store_message *messages;
    size_t notices_n, messages_n;
    int64_t last_notice, last_message;
    int64_t *error_us; /* a message's last error, as messages */
};

struct text {
    struct text *next;
    char p[];
};

struct outbox_mem {
    struct table now, kept; /* kept: as at begin, in a transaction */
    bool in_transaction;
    struct text *texts;
};

static void *must(void *p)
{
    if (!p) {
        abort();
    }
    return p;
}

static void *copy_of(const void *p, size_t n, size_t size)
{
    void *copy = must(malloc((n + 1) * size));
    if (n > 0) {
        memcpy(copy, p, n * size);
    }
    return copy;
}

static struct str keep(struct outbox_mem *o, struct str s)
{
    if (!s.p) {
        return STR_NONE;
    }
    struct text *t = must(malloc(sizeof *t + s.n + 1));
    memcpy(t->p, s.p, s.n);
    t->p[s.n] = '\0';
    t->next = o->texts;
    o->texts = t;
    return (struct str){t->p, s.n};
}

static struct table copy_table(const struct table *t)
{
    struct table c = *t;
    c.notices = copy_of(t->notices, t->notices_n, sizeof *t->notices);
    c.messages = copy_of(t->messages, t->messages_n, sizeof *t->messages);
    c.error_us = copy_of(t->error_us, t->messages_n, sizeof *t->error_us);
    return c;
}

static void free_table(struct table *t)
{
    free(t->notices);
    free(t->messages);
    free(t->error_us);
    *t = (struct table){0};
}

struct outbox_mem *outbox_mem_new(void)
{
    return must(calloc(1, sizeof(struct outbox_mem)));
}

void outbox_mem_free(struct outbox_mem *o)
{
    free_table(&o->now);
    free_table(&o->kept);
    while (o->texts) {
        struct text *next = o->texts->next;
        free(o->texts);
        o->texts = next;
    }
    free(o);
}

void outbox_mem_begin(struct outbox_mem *o)
{
    o->kept = copy_table(&o->now);
    o->in_transaction = true;
}

void outbox_mem_end(struct outbox_mem *o, bool stays)
{
    free_table(stays ? &o->kept : &o->now);
    o->now = stays ? o->now : o->kept;
    o->kept = (struct table){0};
    o->in_transaction = false;
}

static struct table *enter(struct store *s, const char *what, struct outbox_mem **o,
                           struct err *e)
{
    bool kept;
    *o = store_mem_enter(s, what, &kept, e);
    return !*o ? NULL : kept && (*o)->in_transaction ? &(*o)->kept : &(*o)->now;
}

/* --- notices --- */

static enum err_code push_notice(struct store *s, const struct store_notice *n,
                                 struct err *e)
{
    struct outbox_mem *o;
    struct table *t = enter(s, "push_notice", &o, e);
    if (!t) {
        return e->code;
    }
    t->notices = must(realloc(t->notices, (t->notices_n + 1) * sizeof *n));
    t->notices[t->notices_n] = *n;
    t->notices[t->notices_n++].id = ++t->last_notice;
    store_mem_leave(s);
    return ERR_NONE;
}

static bool in_range(struct store *s, const struct store_notice *n,
                     const struct store_notice_range *r)
{
    return n->id > r->after_id && n->id <= r->to_id &&
           notice_kind_is_old(n->kind) == r->old &&
           (r->wanted_at_us == 0 ||
            store_mem_is_wanted(s, n->incident_id, r->wanted_at_us));
}

static bool seen_before(struct store *s, const struct table *t, size_t i,
                        const struct store_notice_range *r)
{
    for (size_t k = 0; k < i; k++) {
        if (in_range(s, &t->notices[k], r) &&
            t->notices[k].incident_id == t->notices[i].incident_id) {
            return true;
        }
    }
    return false;
}

static int64_t lower(int64_t a, int64_t b, bool first)
{
    return first || b < a ? b : a;
}

static int64_t higher(int64_t a, int64_t b, bool first)
{
    return first || b > a ? b : a;
}

static void add_to_sum(struct store_notice_sum *sum, const struct store_notice *n,
                       bool seen)
{
    bool first = sum->n == 0;
    sum->first_id = first ? n->id : sum->first_id;
    sum->last_id = n->id;
    sum->incidents += !seen;
    sum->fresh += n->kind == NOTICE_NEW || n->kind == NOTICE_OLD;
    sum->regressions += n->kind == NOTICE_REGRESSION || n->kind == NOTICE_OLD_REGRESSION;
    sum->worse += n->kind == NOTICE_WORSE || n->kind == NOTICE_OLD_WORSE;
    sum->first_at_us = lower(sum->first_at_us, n->at_us, first);
    sum->last_at_us = higher(sum->last_at_us, n->at_us, first);
    sum->first_us = lower(sum->first_us, n->first_us, first);
    sum->last_us = higher(sum->last_us, n->last_us, first);
    sum->n++;
}

static enum err_code sum_notices(struct store *s, const struct store_notice_range *r,
                                 struct store_notice_sum *out, struct err *e)
{
    struct outbox_mem *o;
    *out = (struct store_notice_sum){0};
    struct table *t = enter(s, "sum_notices", &o, e);
    if (!t) {
        return e->code;
    }
    for (size_t i = 0; i < t->notices_n; i++) {
        if (in_range(s, &t->notices[i], r)) {
            add_to_sum(out, &t->notices[i], seen_before(s, t, i, r));
        }
    }
    store_mem_leave(s);
    return ERR_NONE;
}

static int by_severity(const void *a, const void *b)
{
    const struct store_notice *x = a, *y = b;
    if (x->severity > y->severity || x->severity < y->severity) {
        return x->severity > y->severity ? -1 : 1;
    }
    return x->id < y->id ? -1 : 1;
}

static enum err_code list_notices(struct store *s, const struct store_notice_range *r,
                                  size_t limit, store_notice_fn fn, void *arg,
                                  struct err *e)
{
    struct outbox_mem *o;
    struct table *t = enter(s, "list_notices", &o, e);
    size_t n = 0;
    if (!t) {
        return e->code;
    }
    struct store_notice *list = must(malloc((t->notices_n + 1) * sizeof *list));
    for (size_t i = 0; i < t->notices_n; i++) {
        if (in_range(s, &t->notices[i], r)) {
            list[n++] = t->notices[i];
        }
    }
    store_mem_leave(s);
    qsort(list, n, sizeof *list, by_severity);
    for (size_t i = 0; i < n && i < limit; i++) {
        fn(arg, &list[i]);
    }
    free(list);
    return ERR_NONE;
}

static enum err_code last_notice(struct store *s, int64_t *id, struct err *e)
{
    struct outbox_mem *o;
    struct table *t = enter(s, "last_notice", &o, e);
    *id = t ? t->last_notice : 0;
    if (!t) {
        return e->code;
    }
    store_mem_leave(s);
    return ERR_NONE;
}

static enum err_code find_notice(struct store *s, int64_t incident_id,
                                 enum notice_kind *kind, bool *found, struct err *e)
{
    struct outbox_mem *o;
    struct table *t = enter(s, "find_notice", &o, e);
    *found = false;
    *kind = NOTICE_NONE;
    if (!t) {
        return e->code;
    }
    for (size_t i = t->notices_n; i-- > 0 && !*found;) {
        if (t->notices[i].incident_id == incident_id) {
            *found = true;
            *kind = t->notices[i].kind;
        }
    }
    store_mem_leave(s);
    return ERR_NONE;
}

/* --- messages --- */

static enum err_code add_message(struct store *s, const struct store_message *m,
                                 struct err *e)
{
    struct outbox_mem *o;
    struct table *t = enter(s, "add_message", &o, e);
    if (!t) {
        return e->code;
    }
    size_t n = t->messages_n++;
    t->messages = must(realloc(t->messages, t->messages_n * sizeof *m));
    t->error_us = must(realloc(t->error_us, t->messages_n * sizeof *t->error_us));
    t->error_us[n] = 0;
    t->messages[n] = (struct store_message){
        .id = ++t->last_message,
        .event_id = keep(o, m->event_id),
        .channel = keep(o, m->channel),
        .kind = m->kind,
        .incident_id = m->incident_id,
        .incidents = m->incidents,
        .created_us = m->created_us,
        .next_us = m->created_us,
        .subject = keep(o, m->subject),
        .body = keep(o, m->body),
        .json = keep(o, m->json),
    };
    store_mem_leave(s);
    return ERR_NONE;
}

static enum err_code next_message(struct store *s, const char *channel, int64_t now_us,
                                  store_message_fn fn, void *arg, struct err *e)
{
    struct outbox_mem *o;
    struct table *t = enter(s, "next_message", &o, e);
    struct store_message found = {.id = 0};
    if (!t) {
        return e->code;
    }
    for (size_t i = 0; i < t->messages_n; i++) {
        const struct store_message *m = &t->messages[i];
        if (m->state == OUTBOX_WAITING && m->next_us <= now_us &&
            str_eq(m->channel, str_of(channel)) &&
            (found.id == 0 || m->next_us < found.next_us)) {
            found = *m;
        }
    }
    store_mem_leave(s);
    if (found.id != 0) {
        fn(arg, &found);
    }
    return ERR_NONE;
}

static void put_in(struct outbox_mem *o, struct table *t, size_t i,
                   const struct store_outcome *out)
{
    struct store_message *m = &t->messages[i];
    m->attempts++;
    m->state = out->state;
    if (out->error.p) {
        m->last_error = keep(o, out->error);
        t->error_us[i] = out->at_us;
    }
    if (out->state == OUTBOX_WAITING) {
        m->next_us = out->next_us;
        return;
    }
    m->ended_us = out->at_us;
    m->body = keep(o, STR(""));
    m->json = m->body;
}

static enum err_code put_outcome(struct store *s, const struct store_outcome *out,
                                 struct err *e)
{
    struct outbox_mem *o;
    struct table *t = enter(s, "put_outcome", &o, e);
    if (!t) {
        return e->code;
    }
    for (size_t i = 0; i < t->messages_n; i++) {
        if (t->messages[i].id == out->id) {
            put_in(o, t, i, out);
        }
    }
    store_mem_leave(s);
    return ERR_NONE;
}

static enum err_code list_messages(struct store *s, size_t limit, store_message_fn fn,
                                   void *arg, struct err *e)
{
    struct outbox_mem *o;
    struct table *t = enter(s, "list_messages", &o, e);
    if (!t) {
        return e->code;
    }
    struct table copy = copy_table(t);
    store_mem_leave(s);
    for (size_t i = copy.messages_n; i-- > 0 && limit > 0; limit--) {
        struct store_message *m = &copy.messages[i];
        m->body = m->json = STR_NONE;
        if (m->state == OUTBOX_DELIVERED && copy.error_us[i] < m->ended_us) {
            m->last_error = STR_NONE;
        }
        fn(arg, m);
    }
    free_table(&copy);
    return ERR_NONE;
}

static void count_in(const struct table *t, size_t i, int64_t recent_us, int64_t now_us,
                     struct store_channel *out)
{
    const struct store_message *m = &t->messages[i];
    bool waits = m->state == OUTBOX_WAITING;
    out->waiting += waits;
    out->undeliverable += m->state == OUTBOX_UNDELIVERABLE;
    out->recent += m->kind != NOTICE_TEST &&
                   (waits || (m->ended_us > recent_us && m->ended_us <= now_us));
    if (waits && (out->next_us == 0 || m->next_us < out->next_us)) {
        out->next_us = m->next_us;
    }
    if (m->state == OUTBOX_DELIVERED && m->ended_us > out->last_delivered_us) {
        out->last_delivered_us = m->ended_us;
    }
    if (t->error_us[i] > out->last_error_us) {
        out->last_error_us = t->error_us[i];
        snprintf(out->last_error, sizeof out->last_error, "%.*s",
                 STR_ARGS(m->last_error));
    }
}

static enum err_code get_channel(struct store *s, const char *channel, int64_t recent_us,
                                 int64_t now_us, struct store_channel *out, struct err *e)
{
    struct outbox_mem *o;
    *out = (struct store_channel){0};
    struct table *t = enter(s, "get_channel", &o, e);
    if (!t) {
        return e->code;
    }
    for (size_t i = 0; i < t->messages_n; i++) {
        if (str_eq(t->messages[i].channel, str_of(channel))) {
            count_in(t, i, recent_us, now_us, out);
        }
    }
    store_mem_leave(s);
    return ERR_NONE;
}

static size_t purge_messages(struct table *t, const struct store_outbox_purge *p)
{
    size_t left = 0, n = 0;
    int64_t last = t->messages_n > 0 ? t->messages[t->messages_n - 1].id : 0;
    for (size_t i = 0; i < t->messages_n; i++) {
        const struct store_message *m = &t->messages[i];
        bool goes = m->state == OUTBOX_WAITING
                        ? m->created_us < p->before_us
                        : m->ended_us < p->before_us || m->id <= last - p->rows_max;
        if (n < p->limit && goes) {
            n++;
        } else {
            t->error_us[left] = t->error_us[i];
            t->messages[left++] = *m;
        }
    }
    t->messages_n = left;
    return n;
}

static size_t purge_notices(struct table *t, const struct store_outbox_purge *p)
{
    size_t left = 0, n = 0;
    int64_t last = t->notices_n > 0 ? t->notices[t->notices_n - 1].id : 0;
    for (size_t i = 0; i < t->notices_n; i++) {
        const struct store_notice *m = &t->notices[i];
        if (n < p->limit && m->id <= p->told_id &&
            (m->at_us < p->before_us || m->id <= last - p->rows_max)) {
            n++;
        } else {
            t->notices[left++] = *m;
        }
    }
    t->notices_n = left;
    return n;
}

static enum err_code purge(struct store *s, const struct store_outbox_purge *p, size_t *n,
                           struct err *e)
{
    struct outbox_mem *o;
    *n = 0;
    struct table *t = enter(s, "purge_outbox", &o, e);
    if (!t) {
        return e->code;
    }
    *n = purge_messages(t, p) + purge_notices(t, p);
    store_mem_leave(s);
    return ERR_NONE;
}

const struct store_outbox_ops outbox_mem_ops = {
    .push_notice = push_notice,
    .sum_notices = sum_notices,
    .list_notices = list_notices,
    .last_notice = last_notice,
    .find_notice = find_notice,
    .add_message = add_message,
    .next_message = next_message,
    .put_outcome = put_outcome,
    .list_messages = list_messages,
    .get_channel = get_channel,
    .purge = purge,
};
