/* entry_json.c - a JSON object of some program as a record: its fields by their many
 * names. */
#include "fcgi/cli/entry.h"

enum field { FIELD_TIME, FIELD_MESSAGE, FIELD_SERVICE, FIELD_LEVEL };
enum { FIELDS_N = FIELD_LEVEL + 1, NAMES_MAX = 12 };

static const char *const names[FIELDS_N][NAMES_MAX + 1] = {
    [FIELD_TIME] = {"timestamp", "@timestamp", "time", "ts", "date", "_time", "datetime",
                    "eventTime", "timeUnixNano", "__REALTIME_TIMESTAMP"},
    [FIELD_MESSAGE] = {"message", "msg", "_msg", "log", "short_message", "body", "text",
                       "event", "line", "MESSAGE"},
    [FIELD_SERVICE] = {"service", "service.name", "service_name", "app", "application",
                       "job", "program", "appname", "SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT",
                       "logger", "source"},
    [FIELD_LEVEL] = {"level", "severity", "severityText", "log.level", "levelname",
                     "loglevel", "lvl", "PRIORITY"},
};

/* What was found for a field: the value with the lowest place in its list of names. */
struct hit {
    int place; /* NAMES_MAX: none */
    struct str name, text;
};

struct finder {
    struct arena *arena;
    const struct entry_context *context;
    struct hit hits[FIELDS_N];
    bool from_journal;
};

static int place_of(enum field f, struct str name)
{
    int i = 0;
    while (i < NAMES_MAX && names[f][i] && !str_eq(name, str_of(names[f][i]))) {
        i++;
    }
    return i < NAMES_MAX && names[f][i] ? i : NAMES_MAX;
}

static bool fits(const struct finder *f, enum field field, struct str text)
{
    const struct record_limits *l = f->context->limits;
    return text.n > 0 && (field != FIELD_SERVICE || text.n <= l->service_bytes_max) &&
           (field != FIELD_LEVEL || text.n <= l->level_bytes_max);
}

/* journalctl -o json gives a message with a colour in it, or any other control character,
 * as an array of its bytes. Empty if v is no such array. */
static enum err_code text_of_bytes(struct arena *a, struct json_value v, struct str *out,
                                   struct err *e)
{
    struct json_iter it = json_iter(v);
    struct json_value byte;
    uint8_t *p = arena_alloc(a, v.text.n); /* it has fewer elements */
    size_t n = 0;
    *out = STR_NONE;
    if (!p) {
        return err_set(e, ERR_NOMEM, "not enough memory to read a record");
    }
    for (int64_t c; json_next(&it, NULL, &byte); p[n++] = (uint8_t)c) {
        if (byte.type != JSON_NUMBER || !str_to_i64(byte.text, 0, UINT8_MAX, &c)) {
            return ERR_NONE;
        }
    }
    return n > 0 ? entry_own(a, (struct str){(const char *)p, n}, out, e) : ERR_NONE;
}

/* Members by their names; name is the name in dots of those inside "log" and "service". */
static enum err_code find_member(struct finder *f, struct str name, struct json_value v,
                                 struct err *e)
{
    struct str text = v.text;
    if (v.type == JSON_ARRAY && str_eq(name, STR("MESSAGE"))) {
        struct hit *hit = &f->hits[FIELD_MESSAGE];
        enum err_code code = text_of_bytes(f->arena, v, &text, e);
        if (text.n > 0 && hit->place == NAMES_MAX) {
            *hit = (struct hit){NAMES_MAX - 1, name, text};
        }
        return code;
    }
    if (v.type != JSON_STRING && v.type != JSON_NUMBER) {
        return ERR_NONE;
    }
    for (int field = 0; field < FIELDS_N; field++) {
        int place = place_of((enum field)field, name);
        if (place >= f->hits[field].place) {
            continue;
        }
        if (v.type == JSON_STRING) {
            enum err_code code = json_decode(f->arena, v, &text, e);
            if (code) {
                return code;
            }
        }
        if (fits(f, (enum field)field, text)) {
            f->hits[field] = (struct hit){place, name, text};
        }
    }
    return ERR_NONE;
}

/* {"log":{"level":..}} and {"service":{"name":..}} as they also come in dots. */
static enum err_code find_nested(struct finder *f, struct str outer, struct json_value v,
                                 struct err *e)
{
    struct json_iter it = json_iter(v);
    struct json_value key, value;
    bool log = str_eq(outer, STR("log"));
    struct str wanted = log ? STR("\"level\"") : STR("\"name\"");
    while (json_next(&it, &key, &value)) {
        if (str_eq(key.text, wanted)) {
            return find_member(f, log ? STR("log.level") : STR("service.name"), value, e);
        }
    }
    return ERR_NONE;
}

static enum err_code find_all(struct finder *f, struct json_value object, struct err *e)
{
    struct json_iter it = json_iter(object);
    struct json_value key, value;
    enum err_code code = ERR_NONE;
    while (!code && json_next(&it, &key, &value)) {
        struct str name;
        code = json_decode(f->arena, key, &name, e);
        if (code) {
            return code;
        }
        bool nest = value.type == JSON_OBJECT &&
                    (str_eq(name, STR("log")) || str_eq(name, STR("service")));
        f->from_journal = f->from_journal || str_eq(name, STR("__REALTIME_TIMESTAMP"));
        code = nest ? find_nested(f, name, value, e) : find_member(f, name, value, e);
    }
    return code;
}

static bool is_taken(const struct finder *f, struct str name)
{
    for (int i = 0; i < FIELDS_N; i++) {
        if (str_eq(f->hits[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* What is left of the object. If that is its "metadata" alone, it is that. */
static enum err_code put_rest(const struct finder *f, struct json_value object,
                              struct str *out, struct err *e)
{
    struct json_iter it = json_iter(object);
    struct json_value key, value, metadata = {0};
    struct buf b;
    size_t others = 0;
    buf_init(&b, object.text.n + 64);
    buf_byte(&b, '{');
    while (json_next(&it, &key, &value)) {
        struct str name;
        if (json_decode(f->arena, key, &name, e)) {
            buf_free(&b);
            return e->code;
        }
        const char *kept = f->from_journal ? entry_journal_key(name) : NULL;
        if (is_taken(f, name) && !kept) {
            continue;
        }
        bool own = str_eq(name, STR("metadata"));
        metadata = own ? value : metadata;
        others += !own;
        if (!f->from_journal || kept) {
            buf_str(&b, b.n > 1 ? STR(",") : STR(""));
            if (kept) {
                buf_fmt(&b, "\"%s\"", kept);
            } else {
                buf_str(&b, key.text);
            }
            buf_byte(&b, ':');
            buf_str(&b, value.text);
        }
    }
    buf_byte(&b, '}');
    *out = metadata.text.p && others == 0 ? metadata.text
                                          : arena_str(f->arena, buf_view(&b));
    bool failed = b.failed || !out->p;
    buf_free(&b);
    return failed ? err_set(e, ERR_NOMEM, "not enough memory to read a record")
                  : ERR_NONE;
}

enum err_code entry_json(struct arena *a, struct str text, const struct entry_context *c,
                         struct record *out, bool *is_object, struct err *e)
{
    struct finder f = {.arena = a, .context = c};
    struct err ignored;
    struct json_value v;
    char *p = arena_alloc(a, text.n + 1);
    if (!p) {
        return err_set(e, ERR_NOMEM, "not enough memory to read a record");
    }
    memcpy(p, text.p, text.n);
    /* What is nested deeper the server would refuse, and the file with it: it is a text. */
    struct json_in in = {p, text.n, 0, c->limits->json_depth_max, 0};
    *is_object =
        !json_read(&in, &v, &ignored) && v.type == JSON_OBJECT && json_at_end(&in);
    if (!*is_object) {
        return ERR_NONE;
    }
    for (int i = 0; i < FIELDS_N; i++) {
        f.hits[i] = (struct hit){NAMES_MAX, STR_NONE, STR_NONE};
    }
    *out = (struct record){.service = c->service, .level = STR("INFO")};
    enum err_code code = find_all(&f, v, e);
    if (code) {
        return code;
    }
    entry_set_time(out, f.hits[FIELD_TIME].text, c);
    out->service =
        f.hits[FIELD_SERVICE].text.n > 0 ? f.hits[FIELD_SERVICE].text : c->service;
    struct str level = f.hits[FIELD_LEVEL].text;
    struct str by_number = entry_level(level);
    out->level = by_number.n > 0 ? by_number : level.n > 0 ? level : STR("INFO");
    out->message = f.hits[FIELD_MESSAGE].text;
    if (out->message.n == 0) {
        out->message = str_trim(text);
        out->metadata = STR("{}");
        return ERR_NONE;
    }
    return put_rest(&f, v, &out->metadata, e);
}
