/* notify_compose.c - see notify_compose.h. Columns that hold JSON may have been written by
 * another program: what is not as we write it is left out. */
#include "fcgi/jobs/notify_compose.h"

#include "fcgi/base/json.h"
#include "fcgi/core/notice_text.h"
#include "sql/store_life.h"
#include "sql/store_read.h"

enum { ARENA_BYTES_MAX = 24 << 20, JSON_DEPTH_MAX = 32 };

/* An incident out of the store, while it is read. */
struct reading {
    struct arena *arena;
    struct notice_incident *out;
    int64_t log_ids[NOTICE_LINES_MAX];
    size_t log_ids_n;
    bool found, failed;
};

void notify_draft_init(struct notify_draft *d, const struct notify_self *self,
                       struct store *reader)
{
    d->self = *self;
    d->reader = reader;
    arena_init(&d->arena, ARENA_BYTES_MAX);
    buf_init(&d->subject, NOTICE_SUBJECT_BYTES);
    buf_init(&d->body, NOTICE_BODY_BYTES);
    buf_init(&d->json, NOTICE_JSON_BYTES);
}

void notify_draft_free(struct notify_draft *d)
{
    arena_free(&d->arena);
    buf_free(&d->subject);
    buf_free(&d->body);
    buf_free(&d->json);
}

/* --- one incident --- */

static struct str keep(struct reading *r, struct str s)
{
    if (!s.p) {
        return STR_NONE;
    }
    struct str copy = arena_str(r->arena, s);
    r->failed = r->failed || !copy.p;
    return copy;
}

/* A column's JSON, in a copy that lives in the arena. */
static bool read_json(struct reading *r, struct str text, struct json_value *out)
{
    struct err ignored;
    char *copy = text.n > 0 ? arena_alloc(r->arena, text.n) : NULL;
    if (!copy) {
        r->failed = r->failed || text.n > 0;
        return false;
    }
    memcpy(copy, text.p, text.n);
    struct json_in in = {copy, text.n, 0, JSON_DEPTH_MAX, 0};
    return !json_read(&in, out, &ignored) && json_at_end(&in);
}

static void take_sentences(struct reading *r, struct str features)
{
    struct json_value object, list, one;
    struct err ignored;
    struct notice_incident *i = r->out;
    if (!read_json(r, features, &object) || object.type != JSON_OBJECT ||
        !json_member(object, "reasons", &list) || list.type != JSON_ARRAY) {
        return;
    }
    struct json_iter it = json_iter(list);
    while (i->reasons_n < NOTICE_REASONS_MAX && json_next(&it, NULL, &one)) {
        if (one.type == JSON_STRING &&
            !json_decode(r->arena, one, &i->reasons[i->reasons_n], &ignored)) {
            i->reasons_n++;
        }
    }
}

static void take_log_id(struct reading *r, int64_t id)
{
    for (size_t i = 0; i < r->log_ids_n; i++) {
        if (r->log_ids[i] == id) {
            return;
        }
    }
    r->log_ids[r->log_ids_n++] = id;
}

/* The first ones that the strongest reason points to, then those of the next. */
static void take_log_ids(struct reading *r, struct str reasons)
{
    struct json_value list, reason, ids, one;
    int64_t id;
    if (!read_json(r, reasons, &list) || list.type != JSON_ARRAY) {
        return;
    }
    struct json_iter it = json_iter(list);
    while (json_next(&it, NULL, &reason)) {
        if (reason.type != JSON_OBJECT || !json_member(reason, "log_ids", &ids) ||
            ids.type != JSON_ARRAY) {
            continue;
        }
        struct json_iter all = json_iter(ids);
        while (r->log_ids_n < NOTICE_LINES_MAX && json_next(&all, NULL, &one)) {
            if (str_to_i64(one.text, 1, INT64_MAX, &id)) {
                take_log_id(r, id);
            }
        }
    }
}

static void take_row(void *arg, const struct store_incident_row *row)
{
    struct reading *r = arg;
    r->found = true;
    *r->out = (struct notice_incident){
        .id = row->core.id,
        .count = row->core.count,
        .first_us = row->core.first_us,
        .last_us = row->core.last_us,
        .severity = row->core.severity,
        .service = keep(r, row->service),
        .summary = keep(r, row->summary),
    };
    take_sentences(r, row->features);
    take_log_ids(r, row->reasons);
}

static bool take_line(void *arg, int64_t log_id, const struct record *rec)
{
    struct reading *r = arg;
    (void)log_id;
    r->out->lines[r->out->lines_n++] = (struct notice_line){
        keep(r, rec->timestamp), keep(r, rec->service), keep(r, rec->message)};
    return false;
}

static enum err_code read_incident(struct notify_draft *d, int64_t id, bool lines,
                                   struct notice_incident *out, bool *found,
                                   struct err *e)
{
    struct reading r = {.arena = &d->arena, .out = out};
    enum err_code code = store_get_incident(d->reader, id, take_row, &r, e);
    for (size_t i = 0; !code && lines && i < r.log_ids_n; i++) {
        code = store_list_records(d->reader, r.log_ids[i], 1, take_line, &r, e);
    }
    *found = r.found;
    if (!code && r.failed) {
        code = err_set(e, ERR_NOMEM, "not enough memory for a message");
    }
    return code;
}

/* --- several --- */

struct naming {
    int64_t ids[NOTICE_LISTED_MAX];
    size_t n;
};

static void take_name(void *arg, const struct store_notice *n)
{
    struct naming *names = arg;
    for (size_t i = 0; i < names->n; i++) {
        if (names->ids[i] == n->incident_id) {
            return;
        }
    }
    if (names->n < NOTICE_LISTED_MAX) {
        names->ids[names->n++] = n->incident_id;
    }
}

/* The most severe of the range; an incident may have several notices in it. */
static enum err_code name_incidents(struct notify_draft *d,
                                    const struct notify_order *order,
                                    struct notice_about *a, struct err *e)
{
    struct naming names = {.n = 0};
    struct notice_incident *list =
        arena_zalloc(&d->arena, NOTICE_LISTED_MAX * sizeof *list);
    if (!list) {
        return err_set(e, ERR_NOMEM, "not enough memory for a message");
    }
    enum err_code code = store_list_notices(d->reader, &order->range,
                                            3 * NOTICE_LISTED_MAX, take_name, &names, e);
    for (size_t i = 0; !code && i < names.n; i++) {
        bool found;
        code = read_incident(d, names.ids[i], false, &list[a->incidents_n], &found, e);
        a->incidents_n += !code && found;
    }
    a->incidents = list;
    return code;
}

static void take_one(void *arg, const struct store_notice *n)
{
    struct store_notice *out = arg;
    *out = *n;
}

/* The notice that order->range holds, and its incident. */
static enum err_code read_one(struct notify_draft *d, const struct notify_order *order,
                              struct notice_about *a, struct err *e)
{
    struct store_notice n = {.id = 0};
    bool found = false;
    struct notice_incident *one = arena_zalloc(&d->arena, sizeof *one);
    if (!one) {
        return err_set(e, ERR_NOMEM, "not enough memory for a message");
    }
    enum err_code code = store_list_notices(d->reader, &order->range, 1, take_one, &n, e);
    if (!code && n.id != 0) {
        code = read_incident(d, n.incident_id, true, one, &found, e);
    }
    a->kind = n.kind;
    a->incidents = one;
    a->incidents_n = found;
    return code;
}

/* --- the message --- */

static enum err_code put_texts(struct notify_draft *d, const struct notice_about *a,
                               struct store_message *out, struct err *e)
{
    buf_clear(&d->subject);
    buf_clear(&d->body);
    buf_clear(&d->json);
    notice_put_subject(&d->subject, a);
    notice_put_body(&d->body, a);
    notice_put_json(&d->json, a);
    if (d->subject.failed || d->body.failed || d->json.failed) {
        return err_set(e, ERR_NOMEM, "not enough memory for a message");
    }
    bool many = a->kind == NOTICE_DIGEST || a->kind == NOTICE_IMPORT;
    *out = (struct store_message){
        .event_id = a->event_id,
        .kind = a->kind,
        .incident_id = !many && a->incidents_n > 0 ? a->incidents[0].id : 0,
        .incidents = many ? a->counts.incidents : (int64_t)a->incidents_n,
        .created_us = a->created_us,
        .subject = buf_view(&d->subject),
        .body = buf_view(&d->body),
        .json = buf_view(&d->json),
    };
    return ERR_NONE;
}

static struct notice_about about(const struct notify_draft *d, enum notice_kind kind,
                                 const char *event_id, int64_t created_us)
{
    return (struct notice_about){.kind = kind,
                                 .event_id = str_of(event_id),
                                 .created_us = created_us,
                                 .host = d->self.host,
                                 .public_url = d->self.public_url,
                                 .api = d->self.api};
}

enum err_code notify_compose(struct notify_draft *d, const struct notify_order *order,
                             struct store_message *out, bool *found, struct err *e)
{
    const struct store_notice_sum *sum = &order->sum;
    struct notice_about a = about(d, order->kind, order->event_id, order->created_us);
    bool many = order->kind == NOTICE_DIGEST || order->kind == NOTICE_IMPORT;
    a.counts = (struct notice_counts){.incidents = sum->incidents,
                                      .fresh = sum->fresh,
                                      .regressions = sum->regressions,
                                      .worse = sum->worse,
                                      .first_us = sum->first_us,
                                      .last_us = sum->last_us};
    arena_reset(&d->arena);
    enum err_code code =
        many ? name_incidents(d, order, &a, e) : read_one(d, order, &a, e);
    *found = !code && (many ? sum->incidents > 0 : a.incidents_n > 0);
    return code || !*found ? code : put_texts(d, &a, out, e);
}

enum err_code notify_compose_test(struct notify_draft *d, const char *event_id,
                                  int64_t created_us, struct store_message *out,
                                  struct err *e)
{
    struct notice_about a = about(d, NOTICE_TEST, event_id, created_us);
    return put_texts(d, &a, out, e);
}
