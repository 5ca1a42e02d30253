/* stored_batch.c - see stored_batch.h. */
#include "fcgi/jobs/stored_batch.h"

struct reading {
    struct arena *arena;
    struct stored_batch *out;
    size_t max;
    bool failed;
};

static bool copy_text(struct reading *r, struct str *text)
{
    *text = arena_str(r->arena, *text);
    return text->p != NULL;
}

static bool take_record(void *arg, int64_t log_id, const struct record *stored)
{
    struct reading *r = arg;
    struct record *to = &r->out->records[r->out->n];
    (void)log_id;
    if (r->out->n == r->max) {
        return false;
    }
    *to = *stored;
    to->rank = level_of(to->level);
    to->failed_login = failed_login_in(to->message);
    r->failed = !copy_text(r, &to->timestamp) || !copy_text(r, &to->service) ||
                !copy_text(r, &to->level) || !copy_text(r, &to->message) ||
                !copy_text(r, &to->metadata);
    r->out->n += !r->failed;
    return !r->failed;
}

enum err_code stored_batch_read(struct store *reader, const struct store_batch_row *row,
                                int64_t offset, struct arena *a, struct stored_batch *out,
                                struct err *e)
{
    int64_t n = row->n - offset;
    struct reading r = {.arena = a, .out = out, .max = n > 0 ? (size_t)n : 0};
    enum err_code code = ERR_NONE;
    *out = (struct stored_batch){0};
    if (r.max < a->max / sizeof *out->records) {
        out->records = arena_alloc(a, (r.max + 1) * sizeof *out->records);
    }
    if (out->records && n > 0) {
        code =
            store_list_records(reader, row->first_log_id + offset, n, take_record, &r, e);
    }
    if (!code && (!out->records || r.failed)) {
        code = err_set(e, ERR_NOMEM, "not enough memory for batch %lld of the store",
                       (long long)row->id);
    }
    return code;
}
