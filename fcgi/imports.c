/* imports.c - see imports.h. */
#include "fcgi/imports.h"

#include "fcgi/base/utf8.h"
#include "sql/store.h"

enum { HEAD_DEPTH_MAX = 2 };

enum member { MEMBER_AFTER, MEMBER_POSITION, MEMBER_BYTES, MEMBER_SEEN, MEMBER_MARKS };
enum { MEMBERS_N = MEMBER_MARKS + 1 };

static const char *const member_names[MEMBERS_N] = {"after", "position", "bytes", "seen",
                                                    "marks"};

static enum err_code read_position(struct str s, const char *name,
                                   struct import_position *out, struct err *e)
{
    return import_read_hex(s, out->b, sizeof out->b)
               ? ERR_NONE
               : err_set(e, ERR_INVALID, "'%s' must be %d hex digits", name,
                         2 * IMPORT_POSITION_BYTES);
}

/* --- GET --- */

struct listing {
    struct json_out out;
    size_t limit, printed;
    int64_t last_id;
    bool more, with_marks;
};

static void put_row(void *arg, const struct store_import_row *row)
{
    struct listing *l = arg;
    if (l->printed == l->limit) {
        l->more = true;
        return;
    }
    json_open(&l->out, '{');
    json_key(&l->out, "id");
    json_int(&l->out, row->id);
    import_put_hex(&l->out, "position", row->position.b, sizeof row->position.b);
    json_key(&l->out, "bytes");
    json_int(&l->out, row->bytes);
    json_key(&l->out, "records");
    json_int(&l->out, row->records);
    if (l->with_marks) {
        import_put_hex(&l->out, "marks", row->marks.p, row->marks.n);
    }
    json_close(&l->out, '}');
    l->printed++;
    l->last_id = row->id;
}

static enum err_code list_after(struct shared_reader *in, const struct request *req,
                                struct listing *l, struct str after, struct err *e)
{
    struct store_import_query q = {.before_id = INT64_MAX, .limit = l->limit + 1};
    struct str cursor;
    bool found;
    enum err_code code = read_position(after, "after", &q.parent, e);
    code = code ? code : request_param(req, STR("cursor"), &cursor, &found, e);
    if (!code && found && !str_to_i64(cursor, 1, INT64_MAX, &q.before_id)) {
        code = err_set(e, ERR_INVALID, "cursor must be what 'next' said");
    }
    if (code) {
        return code;
    }
    pthread_mutex_lock(&in->lock);
    code = store_list_imports(in->store, &q, put_row, l, e);
    pthread_mutex_unlock(&in->lock);
    return code;
}

static enum err_code find_at(struct shared_reader *in, struct listing *l,
                             struct str position, struct err *e)
{
    struct import_position p;
    enum err_code code = read_position(position, "position", &p, e);
    if (code) {
        return code;
    }
    l->with_marks = true;
    pthread_mutex_lock(&in->lock);
    code = store_find_import(in->store, &p, put_row, l, e);
    pthread_mutex_unlock(&in->lock);
    return code;
}

enum err_code imports_get(struct shared_reader *in, const struct request *req,
                          struct response *resp, struct err *e)
{
    struct listing l = {.out = json_out(&resp->body), .limit = IMPORTS_LISTED_MAX};
    struct str after, position;
    bool by_parent, by_position;
    char cursor[24];
    enum err_code code = request_param(req, STR("after"), &after, &by_parent, e);
    code = code ? code : request_param(req, STR("position"), &position, &by_position, e);
    if (!code && by_parent == by_position) {
        code = err_set(e, ERR_INVALID, "give either 'after' or 'position'");
    }
    if (code) {
        return code;
    }
    json_open(&l.out, '{');
    json_key(&l.out, "imports");
    json_open(&l.out, '[');
    code = by_parent ? list_after(in, req, &l, after, e) : find_at(in, &l, position, e);
    json_close(&l.out, ']');
    json_key(&l.out, "next");
    if (l.more) {
        snprintf(cursor, sizeof cursor, "%lld", (long long)l.last_id);
        json_str(&l.out, str_of(cursor));
    } else {
        json_null(&l.out);
    }
    json_close(&l.out, '}');
    return code;
}

/* --- POST --- */

static enum err_code refuse_head(struct err *e)
{
    return err_set(e, ERR_INVALID,
                   "the first line of the body must be the part, as in "
                   "{\"after\":\"...\",\"position\":\"...\",\"bytes\":1}");
}

static enum err_code read_marks(struct arena *a, struct str hex, struct str *out,
                                struct err *e)
{
    size_t n = hex.n / 2;
    if (n > (size_t)IMPORTS_RECORDS_MAX * IMPORT_MARK_BYTES) {
        return err_set(e, ERR_INVALID, "'marks' is for at most %d records",
                       IMPORTS_RECORDS_MAX);
    }
    uint8_t *p = arena_alloc(a, n + 1);
    if (!p) {
        return err_set(e, ERR_NOMEM, "not enough memory for the marks");
    }
    if (!import_read_hex(hex, p, n)) {
        return err_set(e, ERR_INVALID, "'marks' must be hex digits");
    }
    *out = (struct str){(const char *)p, n};
    return ERR_NONE;
}

static enum err_code read_member(struct arena *a, enum member which, struct json_value v,
                                 struct store_import *part, struct err *e)
{
    struct str text = v.text;
    enum err_code code = v.type == JSON_STRING ? json_decode(a, v, &text, e) : ERR_NONE;
    if (code) {
        return code;
    }
    switch (which) {
    case MEMBER_AFTER:
        return read_position(text, "after", &part->parent, e);
    case MEMBER_POSITION:
        return read_position(text, "position", &part->position, e);
    case MEMBER_MARKS:
        return read_marks(a, text, &part->marks, e);
    case MEMBER_BYTES:
    case MEMBER_SEEN:
    default:
        if (str_to_i64(text, which == MEMBER_BYTES, INT64_MAX,
                       which == MEMBER_BYTES ? &part->bytes : &part->seen)) {
            return ERR_NONE;
        }
        return err_set(e, ERR_INVALID, "'%s' must be a whole number",
                       member_names[which]);
    }
}

/* The members of the head; each may come once, and "seen" and "marks" may be missing. */
static enum err_code read_head(struct arena *a, struct json_value head,
                               struct store_import *part, struct err *e)
{
    struct json_iter it = json_iter(head);
    struct json_value key, value;
    bool there[MEMBERS_N] = {[MEMBER_SEEN] = true, [MEMBER_MARKS] = true};
    while (json_next(&it, &key, &value)) {
        struct str name;
        enum err_code code = json_decode(a, key, &name, e);
        for (int i = 0; !code && i < MEMBERS_N; i++) {
            if (str_eq(name, str_of(member_names[i]))) {
                there[i] = true;
                code = read_member(a, (enum member)i, value, part, e);
            }
        }
        if (code) {
            return code;
        }
    }
    for (int i = 0; i < MEMBERS_N; i++) {
        if (!there[i]) {
            return err_set(e, ERR_INVALID, "'%s' is missing in the first line",
                           member_names[i]);
        }
    }
    return ERR_NONE;
}

enum err_code imports_read(const struct request *req, struct store_import *part,
                           struct request *records, struct err *e)
{
    char *end = req->body ? memchr(req->body, '\n', req->body_n) : NULL;
    struct str line = {req->body, end ? (size_t)(end - req->body) : 0};
    struct json_in in = {req->body, line.n, 0, HEAD_DEPTH_MAX, 0};
    struct json_value head;
    struct err ignored;
    if (!end || utf8_valid_prefix(line) != line.n || json_read(&in, &head, &ignored) ||
        !json_at_end(&in) || head.type != JSON_OBJECT) {
        return refuse_head(e);
    }
    *part = (struct store_import){.received_us = req->now_us};
    *records = *req;
    records->body = end + 1;
    records->body_n = req->body_n - line.n - 1;
    return read_head(req->arena, head, part, e);
}

enum err_code imports_check(struct store_import *part, size_t records, struct err *e)
{
    if (records == 0) {
        return err_set(e, ERR_INVALID, "a part without records cannot be stored");
    }
    if (part->marks.n > 0 && part->marks.n != records * IMPORT_MARK_BYTES) {
        return err_set(e, ERR_INVALID,
                       "'marks' has %zu bytes for %zu records, not %d each",
                       part->marks.n, records, IMPORT_MARK_BYTES);
    }
    part->records = (int64_t)records;
    return ERR_NONE;
}

void imports_put_duplicate(struct response *resp)
{
    struct json_out o = json_out(&resp->body);
    json_open(&o, '{');
    json_key(&o, "stored");
    json_int(&o, 0);
    json_key(&o, "duplicate");
    json_bool(&o, true);
    json_close(&o, '}');
}
