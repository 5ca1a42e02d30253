/* line.c - see line.h. The formats are tried one after the other, the surest first; each
 * reader says what stands before the message (line_head.h), and a record is made of that
 * in one place. */
#include "fcgi/core/line_head.h"

enum { ESCAPED_MAX = 6, METADATA_EXTRA_BYTES = 32 };

/* time="2026-11-22T10:00:00Z" level=error msg="..." */
static bool read_logfmt(struct str line, const struct line_context *c,
                        struct line_head *h)
{
    static const char *const times[] = {"time=", "ts=", "t="};
    static const char *const levels[] = {" level=", " lvl="};
    struct str s = STR_NONE, after;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct str name = str_of(times[i]);
        s = str_starts(line, name) ? str_from(line, name.n) : s;
    }
    s = s.n > 0 && s.p[0] == '"' ? str_from(s, 1) : s;
    if (s.n == 0 || !line_take_iso(&s, c, h)) {
        return false;
    }
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        struct str name = str_of(levels[i]);
        const char *at = s.n > 0 ? memmem(s.p, s.n, name.p, name.n) : NULL;
        if (at) {
            after = str_from(s, (size_t)(at - s.p) + name.n);
            h->level = level_of(str_split(&after, ' '));
        }
    }
    return true;
}

/* A time, in brackets or not, then what the program has to say. */
static bool read_timed(struct str line, const struct line_context *c, struct line_head *h)
{
    struct str s = line, after;
    h->format = LINE_TIMED;
    if (read_logfmt(line, c, h)) {
        return true;
    }
    s = s.p[0] == '[' ? str_from(s, 1) : s;
    if (!line_take_iso(&s, c, h) && !line_take_ctime(&s, c, h) &&
        !line_take_php(&s, c, h) && !line_take_epoch(&s, c, h)) {
        return false;
    }
    while (s.n > 0 && strchr(" \t]:-|,", s.p[0])) {
        s = str_from(s, 1);
    }
    h->level = line_level_near(s, &after);
    h->message = after.n > 0 ? after.p : s.p;
    return true;
}

static bool read_other(struct str line, const struct line_context *c, struct line_head *h)
{
    struct str after;
    (void)c;
    h->format = LINE_OTHER;
    h->level = line_level_first(line, &after);
    return true;
}

static const line_reader_fn readers[] = {
    line_read_syslog,   line_read_access, line_read_w3c, line_read_error_log,
    line_read_packages, read_timed,       read_other,
};

static struct str default_service(enum line_format format, const struct line_context *c)
{
    if (c->service.n > 0) {
        return c->service;
    }
    switch (format) {
    case LINE_ACCESS:
    case LINE_W3C:
    case LINE_ERROR_LOG:
        return STR("web");
    case LINE_SYSLOG:
        return STR("syslog");
    case LINE_OTHER:
    case LINE_TIMED:
    case LINE_DPKG:
    case LINE_APT:
    case LINE_KERNEL:
    case LINE_JSON:
    default:
        return STR("text");
    }
}

/* What a line says beside the message, as a JSON object. */
static enum err_code make_metadata(struct arena *a, const struct line_head *h,
                                   struct str *out, struct err *e)
{
    struct buf text;
    size_t n = 0;
    *out = STR("{}");
    if (h->metadata_n == 0) {
        return ERR_NONE;
    }
    for (size_t i = 0; i < h->metadata_n; i++) {
        n += h->metadata[i].value.n * ESCAPED_MAX + METADATA_EXTRA_BYTES;
    }
    buf_init(&text, n);
    struct json_out o = json_out(&text);
    json_open(&o, '{');
    for (size_t i = 0; i < h->metadata_n; i++) {
        json_key(&o, h->metadata[i].key);
        json_str(&o, h->metadata[i].value);
    }
    json_close(&o, '}');
    *out = text.failed ? STR_NONE : arena_str(a, buf_view(&text));
    buf_free(&text);
    return out->p ? ERR_NONE : err_set(e, ERR_NOMEM, "not enough memory for a line");
}

/* Line ends of a record of several lines become LF alone. */
static struct str plain_ends(struct arena *a, struct str s)
{
    if (!memmem(s.p, s.n, "\r\n", 2)) {
        return s;
    }
    char *p = arena_alloc(a, s.n);
    size_t n = 0;
    for (size_t i = 0; p && i < s.n; i++) {
        if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n') {
            p[n++] = s.p[i];
        }
    }
    return (struct str){p, n};
}

static enum err_code make_record(struct arena *a, const struct line_head *h,
                                 const struct line_context *c, struct record *r,
                                 struct err *e)
{
    struct str message = h->text;
    if (h->message) {
        message = str_trim(str_from(h->text, (size_t)(h->message - h->text.p)));
        message = message.n > 0 ? message : h->text;
    }
    r->message = plain_ends(a, message);
    if (!r->message.p) {
        return err_set(e, ERR_NOMEM, "not enough memory for a line");
    }
    bool named = h->service.n > 0 && h->service.n <= c->limits->service_bytes_max;
    r->service = named ? h->service : default_service(h->format, c);
    r->rank = h->level == LEVEL_UNKNOWN ? LEVEL_INFO : h->level;
    r->level = level_name(r->rank);
    r->failed_login = failed_login_in(r->message);
    r->timestamp = h->time;
    r->event_us = h->time_read ? h->event_us : c->now_us;
    enum err_code code = ERR_NONE;
    if (h->time.n == 0) {
        code = record_receipt_text(a, c->now_us, &r->timestamp, e);
    } else if (!h->time_read) {
        c->notes->unread_times++;
    }
    return code ? code : make_metadata(a, h, &r->metadata, e);
}

/* Text for json_read, which writes only over some \u escapes: a copy if there are any. */
static char *writable(struct arena *a, struct str text)
{
    if (!memmem(text.p, text.n, "\\u", 2)) {
        return (char *)(uintptr_t)text.p;
    }
    char *copy = arena_alloc(a, text.n);
    return copy ? memcpy(copy, text.p, text.n) : NULL;
}

/* ERR_INVALID: it is no JSON object that makes a record. */
static enum err_code read_json(struct arena *a, struct str text,
                               const struct line_context *c, struct record *out,
                               struct err *e)
{
    struct json_value object;
    char *p = writable(a, text);
    if (!p) {
        return err_set(e, ERR_NOMEM, "not enough memory for a line");
    }
    struct record_reader reader = {
        .arena = a,
        .limits = c->limits,
        .now_us = c->now_us,
        .zone = c->zone,
        .notes = c->notes,
        .service = default_service(LINE_JSON, c),
    };
    struct json_in in = {p, text.n, 0, c->limits->json_depth_max + 2, 0};
    enum err_code code = json_read(&in, &object, e);
    if (!code && (object.type != JSON_OBJECT || !json_at_end(&in))) {
        return err_set(e, ERR_INVALID, "not one JSON object");
    }
    c->notes->repaired += (int64_t)in.repaired;
    return code ? code : record_from_json(&reader, object, out, e);
}

enum err_code line_parse(struct arena *a, struct str text,
                         const struct line_context *context, struct record *out,
                         enum line_format *format, struct err *e)
{
    struct str rest = text, line = str_split(&rest, '\n');
    struct line_head head;
    enum line_format ignored, *out_format = format ? format : &ignored;
    if (text.n > context->limits->record_bytes_max) {
        return err_set(e, ERR_INVALID,
                       "it has %zu bytes; the limit for one record is %zu", text.n,
                       context->limits->record_bytes_max);
    }
    if (text.p[0] == '{') {
        struct record_notes notes = *context->notes;
        struct err no_record;
        enum err_code code = read_json(a, text, context, out, &no_record);
        if (code != ERR_INVALID) {
            *e = code ? no_record : *e;
            *out_format = LINE_JSON;
            return code;
        }
        *context->notes = notes;
    }
    line = str_ends(line, STR("\r")) ? (struct str){line.p, line.n - 1} : line;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        head = (struct line_head){.text = text};
        if (readers[i](line, context, &head)) {
            break;
        }
    }
    *out_format = head.format;
    enum err_code code = make_record(a, &head, context, out, e);
    if (!code && head.format == LINE_W3C) {
        code = line_w3c_record(a, &head, out, e);
        out->event_us =
            clock_parse(out->timestamp, &out->event_us) ? out->event_us : context->now_us;
    }
    return code;
}
