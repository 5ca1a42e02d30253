/* import_file.c - see import_file.h.
 *
 * At each place in the content the server is asked which parts begin there. One that the
 * content holds is passed over, the longest first; if the content ends inside one (an
 * older copy of the file, say) its last records are, by their marks. What is
 * left is new: it is sent part by part, without asking before each, as nobody can know
 * what comes after a part that was not there. */
#include "fcgi/cli/import_file.h"

#include "fcgi/cli/service_name.h"

enum err_code importer_open(struct importer *im, struct err *e)
{
    arena_init(&im->arena, IMPORT_ARENA_BYTES_MAX);
    buf_init(&im->json, IMPORT_JSON_BYTES_MAX);
    im->list.rows = calloc(LEDGER_ROWS_MAX, sizeof *im->list.rows);
    return im->list.rows ? ERR_NONE
                         : err_set(e, ERR_NOMEM, "not enough memory to import files");
}

void importer_close(struct importer *im)
{
    chunks_close(&im->chunks);
    arena_free(&im->arena);
    buf_free(&im->json);
    free(im->list.rows);
    im->list.rows = NULL;
}

/* --- what is there already --- */

/* The longest part on the server's list that the content holds; 0 bytes: none. */
static size_t longest_held(struct import_run *r, int64_t *records)
{
    const struct ledger_list *list = &r->im->list;
    size_t best = 0, skip;
    for (size_t i = 0; i < list->n; i++) {
        const struct ledger_row *row = &list->rows[i];
        if (chunks_holds(r->chunks, &row->position, row->bytes, &skip) && skip > best) {
            best = skip;
            *records = row->records;
        }
    }
    return best;
}

/* The content ends inside a part on the server's list: how many of its last records are the
 * first of that part? All of them, but for one of several lines, whose last ones may lack.
 * Contents that only begin alike, and then differ, are different ones: their lines may say
 * the same without being the same. (One that differs first in a last record of several
 * lines cannot be told from one that ends inside it, and is taken for that.) */
static enum err_code marked(struct import_run *r, size_t *records, struct err *e)
{
    struct importer *im = r->im;
    const struct chunk *k = &r->chunks->chunk;
    struct str last = k->records[k->n - 1];
    size_t enough = k->n > 1 && memchr(last.p, '\n', last.n) ? k->n - 1 : k->n;
    int64_t end = chunks_end(r->chunks);
    *records = 0;
    for (size_t i = 0; k->last && !r->chunks->follows && i < im->list.n; i++) {
        size_t n, same = 0;
        if (im->list.rows[i].bytes <= end) { /* not longer, and not held: another one */
            continue;
        }
        enum err_code code = ledger_marks(im->ledger, &im->list.rows[i].position,
                                          im->marks, CHUNK_RECORDS_MAX, &n, e);
        if (code) {
            return code;
        }
        while (same < n && same < k->n &&
               memcmp(im->marks[same], k->marks[same], IMPORT_MARK_BYTES) == 0) {
            same++;
        }
        *records = same >= enough && same > *records ? same : *records;
    }
    return ERR_NONE;
}

/* The journal comes through a pipe: has the server more of it than has come? */
static bool has_longer(const struct import_run *r)
{
    const struct ledger_list *list = &r->im->list;
    for (size_t i = 0; r->chunks->by_cursor && i < list->n; i++) {
        if (list->rows[i].bytes > chunks_end(r->chunks)) {
            return true;
        }
    }
    return false;
}

/* Passes over what the server has. *passed: it had something, so that it may have more. */
static enum err_code pass_known(struct import_run *r, bool *passed, struct err *e)
{
    int64_t records = 0;
    size_t n = 0;
    *passed = false;
    enum err_code code = ledger_list(r->im->ledger, &r->chunks->here, &r->im->list, e);
    if (code) {
        return code;
    }
    r->seen = r->im->list.seen;
    size_t skip = longest_held(r, &records);
    if (skip == 0) {
        code = marked(r, &n, e);
        records = (int64_t)n;
        skip = n > 0 ? r->chunks->chunk.ends[n - 1] : 0;
    }
    if (!code && skip > 0) {
        r->counts->known += records;
        chunks_skip(r->chunks, skip);
        *passed = true;
    }
    r->wants_more = !code && skip == 0 && has_longer(r);
    return code;
}

/* --- what is new --- */

static enum err_code at_line(struct import_run *r, size_t record, struct err *e)
{
    struct err inner = *e;
    if (r->chunks->follows) { /* its lines are not counted from the beginning */
        return inner.code;
    }
    return err_set(e, inner.code, "line %lld: %s",
                   (long long)chunks_line(r->chunks, record), inner.msg);
}

/* What is told of a record that the server does not take. */
static void put_stub(struct import_run *r, struct json_out *o)
{
    struct record record = {.service = r->context.service,
                            .level = STR("WARN"),
                            .message = str_of(r->stub),
                            .metadata = STR("{}"),
                            .event_us = r->context.now_us};
    entry_put(o, &record);
}

static enum err_code put_records(struct import_run *r, struct err *e)
{
    struct importer *im = r->im;
    const struct chunk *k = &r->chunks->chunk;
    struct json_out o = json_out_utf8(&im->json);
    buf_clear(&im->json);
    arena_reset(&im->arena);
    r->context.w3c_fields = str_of(r->chunks->w3c_fields);
    json_open(&o, '[');
    if (r->stub) {
        put_stub(r, &o);
    }
    for (size_t i = 0; !r->stub && i < k->n; i++) {
        struct record record;
        if (entry_parse(&im->arena, k->records[i], &r->context, &record, e)) {
            return at_line(r, i, e);
        }
        entry_put(&o, &record);
        buf_byte(&im->json, '\n');
    }
    json_close(&o, ']');
    return im->json.failed
               ? err_set(e, ERR_NOMEM, "not enough memory for a part of the file")
               : ERR_NONE;
}

static enum err_code refused(struct import_run *r, const struct ledger_result *result,
                             struct err *e)
{
    size_t n = r->chunks->chunk.n;
    bool known = result->index >= 0 && (uint64_t)result->index < n;
    err_set(e, ERR_INVALID, "the server refuses it: %.240s",
            result->why[0] ? result->why : "it does not say why");
    return at_line(r, known ? (size_t)result->index : 0, e);
}

static enum err_code take_result(struct import_run *r, const struct ledger_result *result,
                                 struct err *e)
{
    const struct chunk *k = &r->chunks->chunk;
    if (result->answer == LEDGER_REFUSED) {
        r->refused = true;
        return refused(r, result, e);
    }
    if (result->answer == LEDGER_OVERTAKEN) {
        r->ask = true;
        return ++r->overtaken <= IMPORT_OVERTAKEN_MAX
                   ? ERR_NONE
                   : err_set(e, ERR_UPSTREAM,
                             "other imports of this file are always faster");
    }
    if (result->answer == LEDGER_STORED) {
        r->counts->stored += (int64_t)k->n;
    } else {
        r->counts->known += (int64_t)k->n;
    }
    if (result->incident_id > 0) {
        r->im->incident(r->im->incident_arg, result->incident_id);
    }
    r->ask = result->answer == LEDGER_KNOWN;
    r->seen = 0;
    chunks_skip(r->chunks, k->ends[k->n - 1]);
    return ERR_NONE;
}

static enum err_code send_part(struct import_run *r, struct err *e)
{
    const struct chunk *k = &r->chunks->chunk;
    struct ledger_result result;
    enum err_code code = put_records(r, e);
    r->refused = code == ERR_INVALID;
    struct ledger_part part = {
        .parent = r->chunks->here,
        .position = k->position,
        .bytes = chunks_end(r->chunks),
        .seen = r->seen,
        .marks = k->marks[0],
        .n = k->n,
        .records = buf_view(&r->im->json),
    };
    code = code ? code : ledger_post(r->im->ledger, &part, &result, e);
    return code ? code : take_result(r, &result, e);
}

/* --- one file --- */

enum err_code import_step(struct import_run *r, struct err *e)
{
    bool passed = false;
    enum err_code code = ERR_NONE;
    r->wants_more = r->refused = false;
    if (r->ask) {
        code = pass_known(r, &passed, e);
    }
    return code || passed || r->wants_more ? code : send_part(r, e);
}

enum err_code import_pass(struct import_run *r, struct err *e)
{
    bool passed = true;
    enum err_code code = ERR_NONE;
    while (!code && passed) {
        passed = false;
        code = chunks_next(r->chunks, e);
        if (!code && r->chunks->chunk.n > 0) {
            code = pass_known(r, &passed, e);
        }
    }
    return code;
}

static enum err_code import_parts(struct import_run *r, struct err *e)
{
    r->ask = true;
    for (;;) {
        enum err_code code = chunks_next(r->chunks, e);
        if (code || r->chunks->chunk.n == 0) {
            return code;
        }
        code = import_step(r, e);
        if (code) {
            return code;
        }
        progress_show(r->im->progress, content_done(r->chunks->content),
                      content_size(r->chunks->content),
                      r->counts->stored + r->counts->known);
    }
}

enum err_code import_file(struct importer *im, const char *path,
                          struct import_counts *counts, struct err *e)
{
    struct arena names;
    struct import_run r = {.im = im, .chunks = &im->chunks, .counts = counts};
    *counts = (struct import_counts){0};
    im->chunks = (struct chunks){0};
    arena_init(&names, IMPORT_ARENA_BYTES_MAX);
    enum err_code code = chunks_open(path, &im->chunks, e);
    if (!code) {
        int64_t changed = content_changed_us(im->chunks.content);
        r.context = (struct entry_context){
            .kind = im->chunks.kind,
            .service = im->service
                           ? str_of(im->service)
                           : service_name(&names, path, im->limits.service_bytes_max),
            .now_us = changed > 0 ? changed : im->now_us,
            .zone = im->zone,
            .limits = &im->limits,
        };
        code = r.context.service.p
                   ? import_parts(&r, e)
                   : err_set(e, ERR_NOMEM, "not enough memory to import the file");
    }
    chunks_close(&im->chunks);
    arena_free(&names);
    return code;
}
