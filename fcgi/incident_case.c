/* incident_case.c - see incident_case.h. What a reason points to is looked at as far as it
 * says something: the records of a reason about a number of messages are those of that kind,
 * and one about the service's volume is about no record. */
#include "fcgi/incident_case.h"

#include "sql/store_read.h"

#include <string.h>

enum { REASONS_DEPTH_MAX = 8 };

/* --- reasons --- */

struct pointer { /* from a reason to its records, by ids */
    enum channel channel;
    int64_t ids[CASE_RECORDS_OF_REASON];
    size_t n;
};

static bool is_channel(struct str name, enum channel c)
{
    return str_eq(name, str_of(channel_name(c)));
}

static enum channel channel_of(struct json_value reason)
{
    struct json_value v;
    struct str name = STR("");
    if (json_member(reason, "channel", &v) && v.type == JSON_STRING) {
        name = (struct str){v.text.p + 1, v.text.n - 2};
    }
    int c = 0;
    while (c < CHANNELS_N - 1 && !is_channel(name, (enum channel)c)) {
        c++;
    }
    return (enum channel)c;
}

/* A member that is a text, in the arena; empty if there is none. False: no memory. */
static bool take_text(struct arena *a, struct json_value object, const char *name,
                      struct str *out)
{
    struct json_value v;
    struct err ignored;
    *out = STR("");
    if (!json_member(object, name, &v) || v.type != JSON_STRING || v.text.n == 2) {
        return true;
    }
    struct str text;
    if (json_decode(a, v, &text, &ignored)) {
        return false;
    }
    *out = arena_str(a, text);
    return out->p != NULL;
}

static void take_ids(struct json_value reason, struct pointer *p)
{
    struct json_value list, one;
    if (!json_member(reason, "log_ids", &list) || list.type != JSON_ARRAY) {
        return;
    }
    struct json_iter it = json_iter(list);
    while (p->n < CASE_RECORDS_OF_REASON && json_next(&it, NULL, &one)) {
        p->n += str_to_i64(one.text, 1, INT64_MAX, &p->ids[p->n]);
    }
}

static bool is_new(enum channel c)
{
    return c == CHANNEL_NEW_TEMPLATE || c == CHANNEL_NEW_FAILURE;
}

static void point_to(struct incident_case *c, const struct pointer *p, size_t reason)
{
    for (size_t i = 0; i < p->n; i++) {
        size_t at = 0;
        while (at < c->n && c->ids[at] != p->ids[i]) {
            at++;
        }
        if (at == c->n) {
            c->ids[c->n] = p->ids[i];
            c->reasons_of[c->n] = 0;
            c->records[c->n++] = (struct choices_record){.fresh = false};
        }
        c->reasons_of[at] |= (uint8_t)(1U << reason);
        c->records[at].fresh = c->records[at].fresh || is_new(p->channel);
    }
}

static bool take_reason(struct incident_case *c, struct json_value object,
                        struct arena *a)
{
    struct pointer p = {.channel = channel_of(object)};
    struct choices_reason *r = &c->reasons[c->reasons_n];
    struct str id;
    *r = (struct choices_reason){0};
    if (!take_text(a, object, "template", &r->text) ||
        !take_text(a, object, "value", &r->value) ||
        !take_text(a, object, "template_id", &id)) {
        return false;
    }
    (void)verdict_parse_template_id(id, &r->template_id);
    if (p.channel != CHANNEL_VOLUME) {
        take_ids(object, &p);
    }
    c->of_number[c->reasons_n] =
        p.channel == CHANNEL_TEMPLATE_COUNT || p.channel == CHANNEL_COMBINATION;
    point_to(c, &p, c->reasons_n++);
    return true;
}

static bool take_reasons(struct incident_case *c, struct str text, struct arena *a)
{
    struct json_value list, one;
    struct err ignored;
    char *copy = arena_alloc(a, text.n + 1); /* json_read may change what it reads */
    if (!copy) {
        return false;
    }
    if (text.n > 0) {
        memcpy(copy, text.p, text.n);
    }
    struct json_in in = {copy, text.n, 0, REASONS_DEPTH_MAX, 0};
    if (text.n == 0 || json_read(&in, &list, &ignored) || list.type != JSON_ARRAY) {
        return true; /* none that is understood */
    }
    struct json_iter it = json_iter(list);
    while (c->reasons_n < VERDICT_REASONS_MAX && json_next(&it, NULL, &one)) {
        if (one.type == JSON_OBJECT && !take_reason(c, one, a)) {
            return false;
        }
    }
    return true;
}

bool incident_case_take(struct incident_case *c, const struct store_incident_row *row,
                        struct arena *a)
{
    *c = (struct incident_case){.n = 0};
    return arena_copy(a, row->service, &c->service) && take_reasons(c, row->reasons, a);
}

/* --- records --- */

struct reading {
    struct arena *arena;
    struct record *to;
    bool found, no_memory;
};

static bool take_record(void *arg, int64_t id, const struct record *r)
{
    struct reading *reading = arg;
    struct record *to = reading->to;
    (void)id;
    *to = (struct record){.event_us = r->event_us};
    reading->found = arena_copy(reading->arena, r->service, &to->service) &&
                     arena_copy(reading->arena, r->message, &to->message) &&
                     arena_copy(reading->arena, r->metadata, &to->metadata);
    reading->no_memory = !reading->found;
    return false;
}

/* Says the record something of one of the reasons that point to it? */
static bool is_telling(const struct incident_case *c, size_t i)
{
    struct front f;
    struct kind k;
    bool is_read = false;
    for (size_t r = 0; r < c->reasons_n; r++) {
        if (!(c->reasons_of[i] >> r & 1)) {
            continue;
        }
        if (!c->of_number[r] || !kind_of_text(c->reasons[r].text, &k)) {
            return true;
        }
        if (!is_read) {
            front_read(&c->records[i].r, &f);
            is_read = true;
        }
        if (f.is_web || kind_fits(&k, &f)) {
            return true;
        }
    }
    return false;
}

enum err_code incident_case_records(struct incident_case *c, struct store *s,
                                    struct arena *a, struct err *e)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        struct reading reading = {.arena = a, .to = &c->records[i].r};
        enum err_code code =
            store_list_records(s, c->ids[i], 1, take_record, &reading, e);
        if (!code && reading.no_memory) {
            code = err_set(e, ERR_NOMEM, "not enough memory for the incident's records");
        }
        if (code) {
            return code;
        }
        if (reading.found && is_telling(c, i)) {
            c->ids[n] = c->ids[i];
            c->records[n] = c->records[i];
            c->reasons_of[n++] = c->reasons_of[i];
        }
    }
    c->n = n;
    return ERR_NONE;
}

enum err_code incident_case_choices(const struct incident_case *c, struct arena *a,
                                    struct choices *out, struct err *e)
{
    struct choices_of of = {.records = c->records,
                            .n = c->n,
                            .reasons = c->reasons,
                            .reasons_n = c->reasons_n,
                            .service = c->service};
    return choices_make(&of, a, out, e);
}

/* --- would it have been hidden? --- */

/* Is the reason about what the answer says is normal, whatever it points to? */
static bool is_about(const struct incident_case *c, size_t reason,
                     const struct choice *answer)
{
    const struct answer *a = &answer->answer;
    const struct choices_reason *r = &c->reasons[reason];
    struct kind told, normal;
    if (!str_eq(c->service, a->service) || a->scope == ANSWER_OF_VALUE) {
        return false;
    }
    if (a->scope == ANSWER_OF_SERVICE ||
        (r->template_id != 0 && r->template_id == answer->template_id)) {
        return true;
    }
    return r->text.n > 0 && (str_eq(r->text, a->text) ||
                             (kind_of_text(r->text, &told) &&
                              kind_of_text(a->text, &normal) && kind_is(&told, &normal)));
}

static bool is_normal(const struct record *r)
{
    return r->answer == ANSWER_NORMAL || r->answer == ANSWER_NORMAL_CASE;
}

/* What is tried is younger than what counts already: it has the first word. */
static void mark_records(struct incident_case *c, const struct case_answers *answers,
                         bool tried[static CASE_RECORDS_MAX])
{
    for (size_t i = 0; i < c->n; i++) {
        struct record *r = &c->records[i].r;
        answers_mark(answers->tried, r, 1);
        tried[i] = is_normal(r);
        if (!tried[i]) {
            answers_mark(answers->counting, r, 1);
        }
    }
}

static bool any_is_about(const struct incident_case *c, size_t reason,
                         const struct case_answers *answers)
{
    size_t i = 0;
    while (i < answers->n && !is_about(c, reason, answers->list[i])) {
        i++;
    }
    return i < answers->n;
}

bool incident_case_hidden(struct incident_case *c, const struct case_answers *answers)
{
    bool tried[CASE_RECORDS_MAX], touched = false;
    mark_records(c, answers, tried);
    for (size_t r = 0; r < c->reasons_n; r++) {
        size_t all = 0, covered = 0;
        for (size_t i = 0; i < c->n; i++) {
            bool of = c->reasons_of[i] >> r & 1;
            all += of;
            covered += of && is_normal(&c->records[i].r);
            touched = touched || (of && tried[i]);
        }
        bool about = all == 0 && any_is_about(c, r, answers);
        touched = touched || about;
        if (!about && (all == 0 || covered < all)) {
            return false;
        }
    }
    return touched;
}
