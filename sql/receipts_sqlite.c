/* receipts_sqlite.c - receipts and rejected records in SQLite (store_receipts.h,
 * store_rejected.h). */
#include "sql/store_sqlite.h"

static enum err_code take_row(sqlite3_stmt *stmt, const struct store_receipt *asked,
                              enum store_receipt_state *state, struct buf *reply,
                              struct err *e)
{
    const void *digest = sqlite3_column_blob(stmt, 0);
    bool same = digest && sqlite3_column_bytes(stmt, 0) == RECEIPT_DIGEST_BYTES &&
                memcmp(digest, asked->digest, RECEIPT_DIGEST_BYTES) == 0;
    *state = same ? RECEIPT_SAME : RECEIPT_OTHER;
    if (same) {
        buf_str(reply, db_column_str(stmt, 1));
    }
    return reply->failed
               ? err_set(e, ERR_NOMEM, "not enough memory for the reply that was stored")
               : ERR_NONE;
}

static enum err_code find(struct store *store, const struct store_receipt *asked,
                          enum store_receipt_state *state, struct buf *reply,
                          struct err *e)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err_code code = store_read_statement(sqlite(store), SQL_FIND_RECEIPT, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    db_bind_str(stmt, 1, asked->key);
    db_bind_str(stmt, 2, asked->scope);
    code = db_step(stmt, &row, e);
    if (!code && row) {
        code = take_row(stmt, asked, state, reply, e);
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return code;
}

static enum err_code add(struct store *store, const struct store_receipt *r,
                         struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(sqlite(store), SQL_ADD_RECEIPT, &stmt, e);
    if (code) {
        return code;
    }
    db_bind_str(stmt, 1, r->scope);
    db_bind_str(stmt, 2, r->key);
    sqlite3_bind_blob(stmt, 3, r->digest, RECEIPT_DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 4, r->received_us);
    db_bind_str(stmt, 5, r->reply);
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code;
}

static enum err_code drop(struct store_sqlite *s, enum statement which, int64_t bound,
                          size_t limit, size_t *n, struct err *e)
{
    int64_t gone;
    enum err_code code = store_change(s, which, bound, (int64_t)limit, &gone, e);
    *n += (size_t)gone;
    return code;
}

static enum err_code purge(struct store *store, const struct store_receipt_purge *p,
                           size_t *n, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    int64_t bytes = 0;
    *n = 0;
    enum err_code code = store_read_number(s, SQL_RECEIPT_BYTES, &bytes, e);
    int64_t rows = p->rows_max, limit = (int64_t)p->limit;
    if (bytes > RECEIPT_BYTES) {
        double share = RECEIPT_BYTES / (double)bytes;
        rows = (int64_t)((double)rows * share);
        limit = 1 + (int64_t)((double)(limit - 1) * share);
    }
    code = code ? code : drop(s, SQL_PURGE_RECEIPTS, p->before_us, (size_t)limit, n, e);
    return code ? code : drop(s, SQL_TRIM_RECEIPTS, rows, (size_t)limit, n, e);
}

static enum err_code add_rejected(struct store *store, const struct store_rejected *r,
                                  struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    sqlite3_stmt *stmt;
    size_t ignored = 0;
    enum err_code code = store_statement(s, SQL_ADD_REJECTED, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, r->received_us);
    sqlite3_bind_int64(stmt, 2, (int64_t)r->place);
    db_bind_str(stmt, 3, r->field ? str_of(r->field) : STR_NONE);
    db_bind_str(stmt, 4, r->reason);
    sqlite3_bind_int64(stmt, 5, (int64_t)r->bytes);
    db_bind_str(stmt, 6, r->text);
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code ? code
                : drop(s, SQL_TRIM_REJECTED, REJECTED_ROWS_MAX, REJECTED_ROWS_MAX,
                       &ignored, e);
}

static enum err_code purge_rejected(struct store *store, int64_t before_us, size_t limit,
                                    size_t *n, struct err *e)
{
    return drop(sqlite(store), SQL_PURGE_REJECTED, before_us, limit, n, e);
}

static enum err_code list_rejected(struct store *store, int64_t before_id, size_t limit,
                                   store_rejected_fn fn, void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err_code code = store_read_statement(sqlite(store), SQL_LIST_REJECTED, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, before_id);
    sqlite3_bind_int64(stmt, 2, (int64_t)limit);
    while (!(code = db_step(stmt, &row, e)) && row) {
        struct store_rejected_row r = {
            .id = sqlite3_column_int64(stmt, 0),
            .received_us = sqlite3_column_int64(stmt, 1),
            .place = sqlite3_column_int64(stmt, 2),
            .field = db_column_str(stmt, 3),
            .reason = db_column_str(stmt, 4),
            .bytes = sqlite3_column_int64(stmt, 5),
            .text = db_column_str(stmt, 6),
        };
        fn(arg, &r);
    }
    return code;
}

const struct store_receipt_ops receipts_sqlite = {.find = find,
                                                  .add = add,
                                                  .purge = purge,
                                                  .add_rejected = add_rejected,
                                                  .purge_rejected = purge_rejected,
                                                  .list_rejected = list_rejected};
