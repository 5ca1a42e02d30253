/* store_read.c - batches, records and notes in SQLite (store_read.h). */
#include "sql/store_sqlite.h"

enum err_code store_read_number(struct store_sqlite *s, enum statement which,
                                int64_t *out, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = false;
    enum err_code code = store_read_statement(s, which, &stmt, e);
    *out = 0;
    if (code || !stmt) {
        return code;
    }
    code = db_step(stmt, &row, e);
    if (!code && row) {
        *out = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_reset(stmt);
    return code;
}

enum err_code store_sqlite_data_version(struct store *s, int64_t *version, struct err *e)
{
    return store_read_number(sqlite(s), SQL_DATA_VERSION, version, e);
}

enum err_code store_sqlite_next_batch(struct store *s, int64_t from_id,
                                      struct store_batch_row *out, bool *found,
                                      struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(s), SQL_NEXT_BATCH, &stmt, e);
    *found = false;
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, from_id);
    code = db_step(stmt, found, e);
    if (!code && *found) {
        *out = (struct store_batch_row){
            .id = sqlite3_column_int64(stmt, 0),
            .received_us = sqlite3_column_int64(stmt, 1),
            .first_log_id = sqlite3_column_int64(stmt, 2),
            .n = sqlite3_column_int64(stmt, 3),
            .incident_id = sqlite3_column_int64(stmt, 4),
            .unscored = sqlite3_column_int(stmt, 5) != 0,
        };
    }
    sqlite3_reset(stmt);
    return code;
}

enum err_code store_sqlite_last_batch(struct store *s, int64_t *id, struct err *e)
{
    return store_read_number(sqlite(s), SQL_LAST_BATCH, id, e);
}

enum err_code store_sqlite_list_records(struct store *s, int64_t first_log_id, int64_t n,
                                        store_record_fn fn, void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row, more = true;
    enum err_code code = store_read_statement(sqlite(s), SQL_LIST_RECORDS, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, first_log_id);
    sqlite3_bind_int64(stmt, 2, first_log_id + n);
    sqlite3_bind_int64(stmt, 3, n);
    while (more && !(code = db_step(stmt, &row, e)) && row) {
        struct record r = {
            .timestamp = db_column_str(stmt, 1),
            .service = db_column_str(stmt, 2),
            .level = db_column_str(stmt, 3),
            .message = db_column_str(stmt, 4),
            .metadata = db_column_str(stmt, 5),
            .event_us = sqlite3_column_int64(stmt, 6),
        };
        more = fn(arg, sqlite3_column_int64(stmt, 0), &r);
    }
    sqlite3_reset(stmt);
    return code;
}

enum err_code store_sqlite_count_unscored(struct store *s, int64_t max, int64_t *n,
                                          struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = false;
    enum err_code code = store_read_statement(sqlite(s), SQL_COUNT_UNSCORED, &stmt, e);
    *n = 0;
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, max);
    code = db_step(stmt, &row, e);
    if (!code && row) {
        *n = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_reset(stmt);
    return code;
}

enum err_code store_sqlite_put_note(struct store *s, const char *name, const char *value,
                                    struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(sqlite(s), SQL_PUT_NOTE, &stmt, e);
    if (code) {
        return code;
    }
    db_bind_str(stmt, 1, str_of(name));
    db_bind_str(stmt, 2, str_of(value));
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code;
}

enum err_code store_sqlite_get_note(struct store *s, const char *name,
                                    char out[static STORE_NOTE_BYTES], struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = false;
    enum err_code code = store_read_statement(sqlite(s), SQL_GET_NOTE, &stmt, e);
    out[0] = '\0';
    if (code || !stmt) {
        return code;
    }
    db_bind_str(stmt, 1, str_of(name));
    code = db_step(stmt, &row, e);
    struct str value = row ? db_column_str(stmt, 0) : STR_NONE;
    if (value.n > 0 && value.n < STORE_NOTE_BYTES) {
        memcpy(out, value.p, value.n);
        out[value.n] = '\0';
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return code;
}
