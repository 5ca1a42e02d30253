/* history.c - see history.h. */
#include "scoring/history.h"

#include "fcgi/base/utf8.h"
#include "fcgi/base/zone.h"
#include "fcgi/cli/line_file.h"
#include "fcgi/core/batch.h"
#include "fcgi/jobs/answer_rows.h"
#include "fcgi/jobs/stored_batch.h"

enum { LABEL_DEPTH_MAX = 256 };

struct history {
    /* a file */
    struct line_file *file;
    int64_t latest_us, now_us; /* event time so far; when it was opened */
    struct batch_limits limits;
    struct budget copies;
    /* a store */
    struct store *store;
    struct answers *answers; /* that count now */
    int64_t since_us, next_id, last_id;
};

static enum err_code new_history(struct history **out, struct err *e)
{
    *out = calloc(1, sizeof **out);
    return *out ? ERR_NONE
                : err_set(e, ERR_NOMEM, "not enough memory to read the history");
}

/* --- lines of a file --- */

/* A file does not say when its batches came: with their latest record. Those whose time was
 * not understood, or that have none, came then, too. */
static void date_batch(struct history *h, struct history_batch *b)
{
    int64_t latest = 0;
    for (size_t i = 0; i < b->n; i++) {
        latest = b->records[i].event_us > latest ? b->records[i].event_us : latest;
    }
    latest = latest > 0 ? latest : h->latest_us;
    h->latest_us = latest < h->now_us ? latest : h->now_us;
    b->received_us = h->latest_us;
    for (size_t i = 0; i < b->n; i++) {
        if (b->records[i].event_us == 0) {
            b->records[i].event_us = h->latest_us;
        }
    }
}

static enum err_code next_of_file(struct history *h, struct arena *a,
                                  struct history_batch *out, bool *found, struct err *e)
{
    struct batch *b = arena_zalloc(a, sizeof *b); /* the arena gives its records back */
    struct line line;
    if (!b) {
        return err_set(e, ERR_NOMEM, "not enough memory for a batch");
    }
    enum err_code code = line_file_next(h->file, &line, found, e);
    if (code || !*found) {
        return code;
    }
    out->line = line.p;
    out->line_n = line.n;
    struct batch_body body = {.p = line.p, .n = line.n};
    if (batch_parse(a, body, &h->limits, b, e)) {
        return line_file_blame(h->file, e);
    }
    out->id = line_file_number(h->file);
    out->records = b->records;
    out->n = b->n;
    out->stored_n = (int64_t)b->n;
    date_batch(h, out);
    return ERR_NONE;
}

static void label_text(struct json_value v, struct arena *a, struct str *out)
{
    struct str text;
    struct err ignored;
    if (v.type == JSON_BOOL) {
        *out = v.text.p[0] == 't' ? STR("1") : STR("0");
    } else if (v.type == JSON_NUMBER) {
        *out = v.text;
    } else if (v.type == JSON_STRING && !json_decode(a, v, &text, &ignored) &&
               !memchr(text.p, '\n', text.n) && !memchr(text.p, '\t', text.n)) {
        *out = text;
    }
}

struct str history_label(const struct history_batch *b, struct arena *a)
{
    struct str label = STR("0"), line = {b->line, b->line_n};
    size_t bom = utf8_bom(line);
    struct json_in in = {b->line + bom, b->line_n - bom, 0, LABEL_DEPTH_MAX, 0};
    struct json_value object, v;
    struct err ignored;
    struct buf repaired;
    buf_init(&repaired, 3 * b->line_n + 1);
    if (utf8_valid_prefix(line) < line.n) {
        utf8_repair(str_from(line, bom), &repaired);
        in.p = repaired.p;
        in.n = repaired.n;
    }
    if (in.n > 0 && !json_read(&in, &object, &ignored) && object.type == JSON_OBJECT &&
        json_member(object, "label", &v)) {
        label_text(v, a, &label);
        label = arena_str(a, label);
    }
    buf_free(&repaired);
    return label.p ? label : STR("0");
}

static enum err_code open_file(struct history *h, const char *path,
                               const struct config *c, struct err *e)
{
    h->copies.max = (size_t)c->bodies_bytes_max;
    h->limits = (struct batch_limits){
        .records_max = (size_t)c->batch_records_max,
        .record = {(size_t)c->record_bytes_max, (size_t)c->service_bytes_max,
                   (size_t)c->level_bytes_max, (int)c->json_depth_max},
        .bodies = &h->copies,
    };
    h->latest_us = h->now_us = clock_now_us();
    enum err_code code = zone_open(c->time_zone, &h->limits.zone, e);
    return code ? code : line_file_open(path, (size_t)c->body_bytes_max, &h->file, e);
}

enum err_code history_open_file(const char *path, const struct config *c,
                                struct history **out, struct err *e)
{
    struct history *h = NULL;
    enum err_code code = new_history(&h, e);
    code = code ? code : open_file(h, path, c, e);
    if (code) {
        history_close(h);
        return code;
    }
    *out = h;
    return ERR_NONE;
}

/* --- batches of a store --- */

static enum err_code read_records(struct history *h, struct arena *a,
                                  const struct store_batch_row *row,
                                  struct history_batch *out, struct err *e)
{
    struct stored_batch stored;
    enum err_code code = stored_batch_read(h->store, row, 0, a, &stored, e);
    if (!code) {
        answers_mark(h->answers, stored.records, stored.n);
    }
    *out = (struct history_batch){.records = stored.records,
                                  .n = stored.n,
                                  .received_us = row->received_us,
                                  .id = row->id,
                                  .first_log_id = row->first_log_id,
                                  .stored_n = row->n,
                                  .incident_id = row->incident_id,
                                  .unscored = row->unscored};
    return code;
}

static enum err_code next_of_store(struct history *h, struct arena *a,
                                   struct history_batch *out, bool *found, struct err *e)
{
    struct store_batch_row row = {.received_us = INT64_MIN};
    enum err_code code = ERR_NONE;
    *found = true;
    while (!code && *found && row.received_us < h->since_us) {
        code = store_next_batch(h->store, h->next_id, &row, found, e);
        h->next_id = row.id + 1;
    }
    *found = *found && row.id <= h->last_id;
    return code || !*found ? code : read_records(h, a, &row, out, e);
}

enum err_code history_open_store(const char *path, int64_t since_us, struct history **out,
                                 struct err *e)
{
    char name[PROGRESS_NAME_BYTES];
    struct history *h = NULL;
    enum err_code code = new_history(&h, e);
    if (!code) {
        h->since_us = since_us > INT64_MIN ? since_us : INT64_MIN + 1;
    }
    code = code ? code : store_open_reader(path, &h->store, e);
    code = code ? code : store_last_batch(h->store, &h->last_id, e);
    code = code ? code : answer_rows_read(h->store, &h->answers, e);
    if (!code && h->last_id == 0) {
        code = err_set(e, ERR_NOT_FOUND, "%s: there is no batch in it, or no such store",
                       (progress_name(path, name), name));
    }
    if (code) {
        history_close(h);
        return code;
    }
    *out = h;
    return ERR_NONE;
}

enum err_code history_store_end(struct history *h, char store[static RANDOM_ID_BYTES],
                                int64_t *batch, struct err *e)
{
    char id[STORE_NOTE_BYTES];
    enum err_code code = store_get_note(h->store, STORE_ID, id, e);
    if (code) {
        return code;
    }
    size_t n = strlen(id);
    memcpy(store, n < RANDOM_ID_BYTES ? id : "", n < RANDOM_ID_BYTES ? n + 1 : 1);
    *batch = h->last_id + 1;
    return ERR_NONE;
}

/* --- either --- */

enum err_code history_next(struct history *h, struct arena *a, struct history_batch *out,
                           bool *found, struct err *e)
{
    *out = (struct history_batch){0};
    return h->store ? next_of_store(h, a, out, found, e)
                    : next_of_file(h, a, out, found, e);
}

void history_show(struct history *h, struct progress *p, int64_t records)
{
    if (h->file) {
        line_file_show(h->file, p, records);
    } else {
        progress_show(p, h->next_id, h->last_id, records);
    }
}

void history_close(struct history *h)
{
    if (h) {
        store_close(h->store);
        answers_free(h->answers);
        line_file_close(h->file);
        free(h);
    }
}
