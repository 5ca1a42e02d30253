/* record.c - see record.h. Takes the members one by one instead of building a tree: a
 * record's memory is then its own bytes, whatever a sender puts into metadata. */
#include "fcgi/core/record.h"

enum field { FIELD_TIMESTAMP, FIELD_SERVICE, FIELD_LEVEL, FIELD_MESSAGE, FIELD_METADATA };
enum { FIELDS_N = FIELD_METADATA + 1, FIELD_UNKNOWN = FIELDS_N };

static const char *const field_names[FIELDS_N] = {"timestamp", "service", "level",
                                                  "message", "metadata"};

static enum err_code refuse(struct err *e, int field, const char *what)
{
    err_set(e, ERR_INVALID, "field '%s' %s", field_names[field], what);
    return err_at(e, -1, field_names[field]);
}

static int field_of(struct str name)
{
    for (int i = 0; i < FIELDS_N; i++) {
        if (str_eq(name, str_of(field_names[i]))) {
            return i;
        }
    }
    return FIELD_UNKNOWN;
}

/* Sorts the object's members into values[] by field. */
static enum err_code sort_members(const struct record_reader *reader,
                                  struct json_value object,
                                  struct json_value values[FIELDS_N],
                                  bool present[FIELDS_N], struct err *e)
{
    struct json_iter it = json_iter(object);
    struct json_value key, value;
    while (json_next(&it, &key, &value)) {
        struct str name;
        enum err_code code = json_decode(reader->arena, key, &name, e);
        if (code) {
            return code;
        }
        int f = field_of(name);
        if (f == FIELD_UNKNOWN) {
            reader->notes->unknown_fields++;
        } else if (present[f]) {
            return refuse(e, f, "occurs twice; send it once");
        } else {
            values[f] = value;
            present[f] = true;
        }
    }
    return ERR_NONE;
}

/* PowerShell 5.1 makes {"value":"/Date(...)/","DisplayHint":2,...} of Get-Date. */
static struct json_value date_value(struct json_value object)
{
    struct json_iter it = json_iter(object);
    struct json_value key, value;
    while (json_next(&it, &key, &value)) {
        if (value.type == JSON_STRING && str_eq(key.text, STR("\"value\""))) {
            return value;
        }
    }
    return object;
}

/* ConvertTo-Json writes what lies deeper than -Depth as a text: of an object "@{ip=...}",
 * of a hashtable the name of its type. */
static bool is_flattened(struct json_value metadata)
{
    static const char *const begins[] = {"\"@{", "\"System.Collections."};
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        struct str text = metadata.text, begin = str_of(begins[i]);
        const char *at = memmem(text.p, text.n, begin.p, begin.n);
        if (at && (at == text.p || at[-1] != '\\')) { /* not a quote in a text */
            return true;
        }
    }
    return false;
}

static enum err_code take_text(struct arena *a, int field, bool present,
                               struct json_value v, struct str *out, struct err *e)
{
    enum err_code code = ERR_NONE;
    if (!present || v.type == JSON_NULL) {
        return refuse(e, field,
                      "is missing; every record needs timestamp, service, level "
                      "and message");
    }
    if (field == FIELD_TIMESTAMP && v.type == JSON_OBJECT) {
        v = date_value(v);
    }
    if (v.type == JSON_NUMBER) {
        *out = v.text;
    } else if (v.type == JSON_STRING) {
        code = json_decode(a, v, out, e);
    } else {
        return refuse(e, field, "must be a text");
    }
    return code || out->n > 0 ? code : refuse(e, field, "is empty");
}

static enum err_code check_length(int field, struct str s, size_t max, struct err *e)
{
    if (s.n <= max) {
        return ERR_NONE;
    }
    err_set(e, ERR_INVALID, "field '%s' has %zu bytes; the limit is %zu",
            field_names[field], s.n, max);
    return err_at(e, -1, field_names[field]);
}

static enum err_code refuse_depth(const struct record_limits *l, struct err *e)
{
    err_set(e, ERR_INVALID, "field 'metadata' is nested deeper than %d",
            l->json_depth_max);
    return err_at(e, -1, field_names[FIELD_METADATA]);
}

static enum err_code check_sizes(struct json_value object, const struct record_limits *l,
                                 struct err *e)
{
    if (object.text.n > l->record_bytes_max) {
        return err_set(e, ERR_INVALID,
                       "it has %zu bytes; the limit for one record is %zu", object.text.n,
                       l->record_bytes_max);
    }
    return object.depth > l->json_depth_max + 1 ? refuse_depth(l, e) : ERR_NONE;
}

enum err_code record_receipt_text(struct arena *a, int64_t now_us, struct str *out,
                                  struct err *e)
{
    char text[CLOCK_TEXT_BYTES];
    *out = arena_str(a, clock_format(now_us, text));
    return out->p ? ERR_NONE : err_set(e, ERR_NOMEM, "not enough memory for a record");
}

static bool has_text(int field, bool present, struct json_value v)
{
    return present && (v.type == JSON_NUMBER || (v.type == JSON_STRING && v.text.n > 2) ||
                       (v.type == JSON_OBJECT && field == FIELD_TIMESTAMP));
}

/* What an object of another program does not say. */
static enum err_code take_default(const struct record_reader *reader,
                                  struct json_value object, int field, struct str *out,
                                  struct err *e)
{
    switch (field) {
    case FIELD_TIMESTAMP:
        return record_receipt_text(reader->arena, reader->now_us, out, e);
    case FIELD_SERVICE:
        *out = reader->service;
        return ERR_NONE;
    case FIELD_LEVEL:
        *out = level_name(LEVEL_INFO);
        return ERR_NONE;
    default:
        *out = object.text;
        return ERR_NONE;
    }
}

/* The four texts, of v in the order of the fields. */
static enum err_code take_texts(const struct record_reader *reader,
                                struct json_value object,
                                const struct json_value v[FIELDS_N],
                                const bool present[FIELDS_N], struct record *r,
                                struct err *e)
{
    struct str *texts[] = {&r->timestamp, &r->service, &r->level, &r->message};
    enum err_code code = ERR_NONE;
    for (int f = FIELD_TIMESTAMP; !code && f <= FIELD_MESSAGE; f++) {
        code = reader->service.n > 0 && !has_text(f, present[f], v[f])
                   ? take_default(reader, object, f, texts[f], e)
                   : take_text(reader->arena, f, present[f], v[f], texts[f], e);
    }
    if (!code) {
        code =
            check_length(FIELD_SERVICE, r->service, reader->limits->service_bytes_max, e);
    }
    if (!code) {
        code = check_length(FIELD_LEVEL, r->level, reader->limits->level_bytes_max, e);
    }
    return code;
}

enum err_code record_from_json(const struct record_reader *reader,
                               struct json_value object, struct record *r, struct err *e)
{
    struct json_value v[FIELDS_N];
    bool present[FIELDS_N] = {false};
    int64_t unknown = reader->notes->unknown_fields, answer;
    enum err_code code = check_sizes(object, reader->limits, e);
    code = code ? code : sort_members(reader, object, v, present, e);
    code = code ? code : take_texts(reader, object, v, present, r, e);
    if (code) {
        return code;
    }
    bool has_metadata = present[FIELD_METADATA] && v[FIELD_METADATA].type != JSON_NULL;
    r->metadata = has_metadata ? v[FIELD_METADATA].text : STR("{}");
    if (reader->service.n > 0 && !has_metadata) {
        bool more = reader->notes->unknown_fields > unknown;
        bool all = more && r->message.p != object.text.p;
        if (all && object.depth > reader->limits->json_depth_max) {
            return refuse_depth(reader->limits, e);
        }
        r->metadata = all ? object.text : STR("{}");
        reader->notes->unknown_fields = unknown;
    }
    reader->notes->flat_metadata += has_metadata && is_flattened(v[FIELD_METADATA]);
    r->answer = ANSWER_NONE;
    if (reader->answers && json_member_i64(object, "answer", 0, ANSWER_REAL, &answer)) {
        r->answer = (enum record_answer)answer;
    }
    r->rank = level_of(r->level);
    r->failed_login = failed_login_in(r->message);
    if (!clock_parse_in(r->timestamp, reader->zone, &r->event_us)) {
        r->event_us = reader->now_us;
        reader->notes->unread_times++;
    }
    return ERR_NONE;
}
