/* entry.c - see entry.h. */
#include "fcgi/cli/entry.h"

#include "fcgi/base/utf8.h"

/* A zone that is not UTC: a time that reads the same in both names its own. */
static int64_t other_zone(int64_t local_us)
{
    return local_us - 60 * CLOCK_MINUTE_US;
}

static bool is_absolute(struct str time, int64_t event_us)
{
    int64_t utc, other;
    return clock_parse_in(time, NULL, &utc) && clock_parse_in(time, other_zone, &other) &&
           utc == other && utc == event_us;
}

static struct str utc_text(int64_t us, char out[static CLOCK_TEXT_BYTES])
{
    enum { SECONDS_CHARS = 19 }; /* "2026-11-22T13:00:48" */
    clock_format(us, out);
    int64_t below = (us % CLOCK_SECOND_US + CLOCK_SECOND_US) % CLOCK_SECOND_US;
    int n = snprintf(out + SECONDS_CHARS, CLOCK_TEXT_BYTES - SECONDS_CHARS, ".%06dZ",
                     (int)below);
    return (struct str){out, SECONDS_CHARS + (size_t)n};
}

void entry_put(struct json_out *o, const struct record *r)
{
    char text[CLOCK_TEXT_BYTES];
    json_open(o, '{');
    json_key(o, "timestamp");
    json_str(o, is_absolute(r->timestamp, r->event_us) ? r->timestamp
                                                       : utc_text(r->event_us, text));
    json_key(o, "service");
    json_str(o, r->service);
    json_key(o, "level");
    json_str(o, r->level);
    json_key(o, "message");
    json_str(o, r->message);
    if (!str_eq(r->metadata, STR("{}"))) {
        json_key(o, "metadata");
        json_raw(o, r->metadata);
    }
    json_close(o, '}');
}

void entry_set_time(struct record *r, struct str time, const struct entry_context *c)
{
    r->timestamp = time;
    if (time.n == 0 || !clock_parse_in(time, c->zone, &r->event_us)) {
        r->event_us = c->now_us;
    }
}

struct str entry_level(struct str number)
{
    static const enum level of_pino[] = {LEVEL_TRACE, LEVEL_DEBUG, LEVEL_INFO,
                                         LEVEL_WARN,  LEVEL_ERROR, LEVEL_FATAL};
    int64_t v;
    if (!str_to_i64(number, 0, 69, &v) || (v > 7 && v < 10)) {
        return STR_NONE;
    }
    return level_name(v <= 7 ? level_of_syslog((int)v) : of_pino[v / 10 - 1]);
}

enum err_code entry_own(struct arena *a, struct str s, struct str *out, struct err *e)
{
    if (utf8_valid_prefix(s) == s.n) {
        *out = arena_str(a, s);
    } else {
        struct buf b;
        buf_init(&b, utf8_repaired_bytes(s));
        utf8_repair(s, &b);
        *out = b.failed ? STR_NONE : arena_str(a, buf_view(&b));
        buf_free(&b);
    }
    return out->p ? ERR_NONE
                  : err_set(e, ERR_NOMEM, "not enough memory to read a record");
}

static enum err_code parse_line(struct arena *a, struct str text,
                                const struct entry_context *c, struct record *out,
                                struct err *e)
{
    struct record_notes notes = {0};
    struct line_context context = {.service = c->service,
                                   .now_us = c->now_us,
                                   .zone = c->zone,
                                   .limits = c->limits,
                                   .notes = &notes,
                                   .w3c_fields = c->w3c_fields};
    struct str line = str_trim(text);
    line.n += (size_t)(line.p - text.p); /* white space at the beginning stays */
    line.p = text.p;
    return line_parse(a, line, &context, out, NULL, e);
}

enum err_code entry_parse(struct arena *a, struct str text, const struct entry_context *c,
                          struct record *out, struct err *e)
{
    bool is_object = false;
    if (c->kind == SPLIT_JOURNAL) {
        return entry_journal(a, text, c, out, e);
    }
    struct str own; /* since reading JSON may change it; without a mark */
    struct str unmarked = str_from(text, utf8_bom(text));
    bool is_mark = str_trim(unmarked).n == 0; /* a record is not to be empty */
    enum err_code code = entry_own(a, is_mark ? text : unmarked, &own, e);
    if (!code && own.n > 0 && own.p[0] == '{') {
        code = entry_json(a, own, c, out, &is_object, e);
    }
    return code || is_object ? code : parse_line(a, own, c, out, e);
}
