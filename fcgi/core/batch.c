/* batch.c - see batch.h. */
#include "fcgi/core/batch.h"

#include "fcgi/base/charset.h"
#include "fcgi/core/batch_refuse.h"
#include "fcgi/core/decode.h"
#include "fcgi/core/line.h"
#include "fcgi/core/lines.h"

#include <ctype.h>

enum {
    RECORDS_FIRST = 16, /* records that memory is taken for at first */
    WRAPPER_DEPTH = 2,  /* {"logs":[ around a record */
    ARRAY_NEST_MAX = 8  /* [[[ around a record */
};

struct reader {
    struct record_reader record;
    const struct batch_limits *limits;
    struct json_in in;
    struct batch *out;
    size_t cap; /* records allocated */
    bool lenient;
};

static void free_records(void *batch)
{
    struct batch *b = batch;
    free(b->records);
    b->records = NULL;
    if (b->counted) {
        budget_give(b->counted, b->counted_bytes);
    }
}

/* The array doubles as it grows, so that it may be twice as long as it need be. */
size_t batch_records_bytes(size_t n)
{
    return 2 * (n > RECORDS_FIRST ? n : RECORDS_FIRST) * sizeof(struct record);
}

/* n bytes more of records. */
static bool count_memory(struct reader *r, size_t n)
{
    if (r->limits->records && !budget_take(r->limits->records, n)) {
        return false;
    }
    r->out->counted = r->limits->records;
    r->out->counted_bytes += n;
    return true;
}

static enum err_code grow(struct reader *r, struct err *e)
{
    if (r->out->n < r->cap) {
        return ERR_NONE;
    }
    size_t cap = r->cap ? r->cap * 2 : RECORDS_FIRST;
    if (!count_memory(r, (cap - r->cap) * sizeof *r->out->records)) {
        return err_set(e, ERR_BUSY,
                       "too many records of other requests are in work; try again");
    }
    struct record *p = realloc(r->out->records, cap * sizeof *p);
    if (!p) {
        return err_set(e, ERR_NOMEM, "not enough memory for %zu records", cap);
    }
    r->out->records = p;
    r->cap = cap;
    return ERR_NONE;
}

/* Puts "record N: " before what e says and sets its index. */
static enum err_code name_record_at(size_t index, struct err *e)
{
    char what[ERR_MSG_BYTES];
    const char *field = e->field;
    memcpy(what, e->msg, sizeof what);
    err_set(e, e->code, "record %zu: %s", index, what);
    return err_at(e, (int64_t)index, field);
}

/* The next record's place in the request. */
static size_t place(const struct reader *r)
{
    return r->out->n + r->out->rejected_n;
}

static enum err_code name_record(struct reader *r, struct err *e)
{
    return name_record_at(place(r), e);
}

/* The next record is none, as e says, and text is what was sent. */
static enum err_code leave_out(struct reader *r, struct str text, struct err *e)
{
    return r->lenient && e->code == ERR_INVALID
               ? batch_reject(r->record.arena, r->out, text, e)
               : name_record(r, e);
}

/* For one more record. */
static enum err_code make_room(struct reader *r, struct err *e)
{
    if (place(r) == r->limits->records_max) {
        err_set(e, ERR_TOO_LARGE, "more than %zu records; send them in smaller batches",
                r->limits->records_max);
        return err_at(e, (int64_t)place(r), NULL);
    }
    return grow(r, e);
}

static enum err_code add_record(struct reader *r, struct json_value v, struct err *e)
{
    enum err_code code = make_room(r, e);
    if (code) {
        return code;
    }
    if (v.type != JSON_OBJECT) {
        err_set(e, ERR_INVALID, "a record must be an object, as in {\"timestamp\":...}");
        return leave_out(r, v.text, e);
    }
    struct record_notes before = *r->record.notes;
    code = record_from_json(&r->record, v, &r->out->records[r->out->n], e);
    if (code) {
        *r->record.notes = before;
        return leave_out(r, v.text, e);
    }
    r->out->n++;
    return ERR_NONE;
}

/* How many arrays under "logs" (or "value", beside a "Count") the object has; *logs is the
 * last one. What has a message is a record, whatever else it has. */
static size_t find_logs(struct json_value object, struct json_value *logs)
{
    struct json_iter it = json_iter(object);
    struct json_value key, value, values = {0};
    bool counted = false;
    size_t n = 0;
    while (json_next(&it, &key, &value)) {
        if (str_eq(key.text, STR("\"message\""))) {
            return 0;
        }
        if (value.type == JSON_ARRAY && str_eq(key.text, STR("\"logs\""))) {
            *logs = value;
            n++;
        }
        if (value.type == JSON_ARRAY && str_eq(key.text, STR("\"value\""))) {
            values = value;
        }
        counted = counted || str_eq(key.text, STR("\"Count\""));
    }
    if (n == 0 && counted && values.text.p) {
        *logs = values;
        n = 1;
    }
    return n;
}

/* How many elements at the beginning of a wrapper's list can be read, in begins with the
 * wrapper. For the index in an error: 0 if "logs" does not come first. */
static size_t readable_elements(struct json_in in)
{
    struct json_value v;
    struct err ignored;
    size_t n = 0;
    in.depth_max -= WRAPPER_DEPTH;
    if (!json_take(&in, '{') || json_read(&in, &v, &ignored) ||
        !str_eq(v.text, STR("\"logs\"")) || !json_take(&in, ':') ||
        !json_take(&in, '[')) {
        return 0;
    }
    while (!json_read(&in, &v, &ignored)) {
        n++;
        if (!json_take(&in, ',')) {
            break;
        }
    }
    return n;
}

/* The elements of a wrapper's array have been read already as part of it; each is read
 * again so that its own depth is known. */
static enum err_code add_wrapped(struct reader *r, struct json_value logs, struct err *e)
{
    struct json_iter it = json_iter(logs);
    struct json_value v;
    enum err_code code = ERR_NONE;
    while (!code && json_next(&it, NULL, &v)) {
        struct json_in in = r->in;
        in.at = (size_t)(v.text.p - in.p);
        code = json_read(&in, &v, e);
        code = code ? code : add_record(r, v, e);
    }
    return code;
}

static enum err_code read_items(struct reader *r, int nest, struct err *e);

/* {"logs":[...]} with something broken in the list. */
static enum err_code read_broken_wrapper(struct reader *r, struct err *e)
{
    enum err_code code = read_items(r, 1, e);
    if (!code && !json_take(&r->in, '}')) {
        err_set(e, ERR_INVALID, "not JSON at byte %zu: expected '}' after 'logs'",
                r->in.at);
        code = name_record(r, e);
    }
    return code;
}

/* In comes before the list if that is what it begins with. */
static bool begins_list(struct json_in *in)
{
    struct json_value key;
    struct err ignored;
    return json_take(in, '{') && json_peek(in) == '"' && !json_read(in, &key, &ignored) &&
           str_eq(key.text, STR("\"logs\"")) && json_take(in, ':') &&
           json_peek(in) == '[';
}

/* What begins at from is not JSON, as e says: it is left out, as far as it goes. */
static enum err_code read_broken(struct reader *r, struct json_in from, bool at_top,
                                 struct err *e)
{
    struct json_in list = from;
    struct err room;
    size_t n;
    json_peek(&from); /* past white space */
    from.repaired = list.repaired = r->in.repaired;
    if (at_top && begins_list(&list)) {
        r->in = list;
        return read_broken_wrapper(r, e);
    }
    struct str text = {from.p + from.at, from.n - from.at};
    if (!batch_broken_end(text, at_top, &n)) {
        return name_record(r, e);
    }
    enum err_code code = make_room(r, &room);
    if (code) {
        *e = room;
        return code;
    }
    r->in = from;
    r->in.at += n;
    return leave_out(r, (struct str){text.p, n}, e);
}

/* A wrapper is looked for at the top only, not in an array of records. */
static enum err_code read_one(struct reader *r, bool at_top, struct err *e)
{
    struct json_in from = r->in;
    struct json_value v, logs;
    enum err_code code = json_read(&r->in, &v, e);
    if (code && r->lenient) {
        return read_broken(r, from, at_top, e);
    }
    if (code) {
        return name_record_at(place(r) + (at_top ? readable_elements(from) : 0), e);
    }
    size_t lists = at_top && v.type == JSON_OBJECT ? find_logs(v, &logs) : 0;
    if (lists > 1) {
        err_set(e, ERR_INVALID, "'logs' occurs twice in one object; send it once");
        return name_record(r, e);
    }
    if (lists == 1) {
        return add_wrapped(r, logs, e);
    }
    return add_record(r, v, e);
}

/* A value at the top, or in an array there: a record, a wrapper, null, or an array. */
static enum err_code read_items(struct reader *r, int nest, struct err *e)
{
    if (!json_take(&r->in, '[')) {
        return read_one(r, nest == 0, e);
    }
    if (json_take(&r->in, ']')) {
        return ERR_NONE;
    }
    if (nest == ARRAY_NEST_MAX) {
        err_set(e, ERR_INVALID, "arrays in arrays: send one array of records");
        return name_record(r, e);
    }
    do {
        enum err_code code = read_items(r, nest + 1, e);
        if (code) {
            return code;
        }
    } while (json_take(&r->in, ','));
    if (!json_take(&r->in, ']')) {
        err_set(e, ERR_INVALID,
                "not JSON at byte %zu: expected ',' or ']' after a record", r->in.at);
        return name_record(r, e);
    }
    return ERR_NONE;
}

static bool skip_null(struct json_in *in)
{
    struct json_in trial = *in;
    struct json_value v;
    struct err ignored;
    if (json_peek(in) != 'n' || json_read(&trial, &v, &ignored)) {
        return false;
    }
    *in = trial;
    return true;
}

/* At the top stands what no record begins with. first: nothing came before. */
static enum err_code read_other(struct reader *r, bool first, struct err *e)
{
    struct str rest = {r->in.p + r->in.at, r->in.n - r->in.at};
    if (first && !(r->lenient && batch_has_lines(rest))) {
        return batch_refuse_body(rest, e);
    }
    err_set(e, ERR_INVALID, "not JSON at byte %zu: expected an object", r->in.at);
    return r->lenient ? read_broken(r, r->in, true, e) : name_record(r, e);
}

static enum err_code read_all(struct reader *r, struct err *e)
{
    enum err_code code = ERR_NONE;
    bool first = true;
    for (char c; !code && (c = json_peek(&r->in)) != '\0'; first = false) {
        if (c == '{' || c == '[') {
            code = read_items(r, 0, e);
        } else if (!skip_null(&r->in)) {
            code = read_other(r, first, e);
        }
    }
    return code;
}

/* Does it begin as only JSON does? A line may begin with a bracket or a brace too:
 * "[Sun Nov 22 ...", "[error] ...", "{main} ...". */
static bool is_json(struct str s)
{
    s = str_trim(s);
    bool quoted = s.n > 0 && s.p[0] == '\''; /* a shell's; refused with a hint */
    s = str_trim(str_from(s, quoted));
    for (int nest = 0; nest < ARRAY_NEST_MAX && s.n > 0 && s.p[0] == '['; nest++) {
        s = str_trim(str_from(s, 1));
        if (s.n > 0 && s.p[0] == ']') {
            return true;
        }
    }
    if (s.n == 0 || str_eq(s, STR("null"))) {
        return true;
    }
    struct str rest = str_trim(str_from(s, 1));
    return s.p[0] == '{' && rest.n > 0 && (rest.p[0] == '"' || rest.p[0] == '}');
}

/* "<34>" */
static bool is_syslog(struct str s)
{
    size_t n = 1;
    while (n < s.n && n < 5 && isdigit((unsigned char)s.p[n])) {
        n++;
    }
    return n > 1 && n < s.n && s.p[0] == '<' && s.p[n] == '>';
}

/* Is the first line by itself an object that is no wrapper? */
static bool is_object_line(struct reader *r)
{
    struct str left = str_trim((struct str){r->in.p, r->in.n});
    struct str line = str_split(&left, '\n');
    struct json_in in = r->in;
    struct json_value v, logs;
    struct err ignored;
    in.n = (size_t)(line.p - r->in.p) + line.n;
    bool object = json_peek(&in) == '{' && !json_read(&in, &v, &ignored) &&
                  json_at_end(&in) && find_logs(v, &logs) == 0;
    r->in.repaired = in.repaired; /* what was mended is mended */
    return object;
}

/* A form with files in it, which "curl -F" sends. */
static bool is_multipart(struct str body, struct str content_type)
{
    return str_starts(body, STR("--")) &&
           str_starts(content_type, STR("multipart/form-data"));
}

static bool is_lines(struct reader *r, const struct batch_body *body)
{
    struct str text = {r->in.p, r->in.n};
    if (is_json(text)) {
        return body->service.n > 0 && is_object_line(r);
    }
    return body->service.n > 0 || is_syslog(text) ||
           charset_type_is(body->content_type, STR("text/plain"));
}

static enum err_code read_lines(struct reader *r, struct err *e)
{
    const struct record_limits *limits = &r->limits->record;
    struct line_context context = {r->record.service, r->record.now_us,
                                   r->record.zone,    limits,
                                   r->record.notes,   STR_NONE};
    struct lines lines = {{r->in.p, r->in.n}, limits->record_bytes_max, false, STR_NONE};
    struct str line;
    while (lines_next(&lines, &line)) {
        enum err_code code = make_room(r, e);
        if (code) {
            return code;
        }
        context.w3c_fields = lines.w3c_fields;
        code = line_parse(r->record.arena, line, &context, &r->out->records[r->out->n],
                          NULL, e);
        r->out->n += !code;
        code = code ? leave_out(r, line, e) : code;
        if (code) {
            return code;
        }
    }
    return ERR_NONE;
}

enum err_code batch_parse(struct arena *a, struct batch_body body,
                          const struct batch_limits *limits, struct batch *out,
                          struct err *e)
{
    /* One more than any record may have, so that the record is there to be named. */
    int depth_max = limits->record.json_depth_max + 2 + WRAPPER_DEPTH;
    struct decoded text = {.p = body.p, .n = body.n};
    struct reader r = {
        .record = {.arena = a,
                   .limits = &limits->record,
                   .now_us = body.now_us,
                   .zone = limits->zone,
                   .answers = limits->answers,
                   .notes = &out->notes,
                   .service = body.service},
        .limits = limits,
        .out = out,
        .lenient = body.lenient,
    };
    *out = (struct batch){0};
    if (!arena_defer(a, free_records, out)) {
        return err_set(e, ERR_NOMEM, "not enough memory for the batch");
    }
    enum err_code code = decode_text(a, body.content_type, limits->bodies, &text, e);
    if (code) {
        return code;
    }
    r.in = (struct json_in){text.p, text.n, 0, depth_max, 0};
    out->unknown_charset = text.unknown_charset;
    if (is_multipart((struct str){text.p, text.n}, body.content_type)) {
        return err_set(e, ERR_INVALID,
                       "the body is a form with files; send the file itself, with curl: "
                       "--data-binary @FILE");
    }
    code = is_lines(&r, &body) ? read_lines(&r, e) : read_all(&r, e);
    out->repaired = text.repaired + r.in.repaired + (size_t)out->notes.repaired;
    return code;
}
