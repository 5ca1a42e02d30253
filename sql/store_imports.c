/* store_imports.c - imported parts of files in SQLite (store_imports.h). */
#include "sql/store_sqlite.h"

static void bind_position(sqlite3_stmt *stmt, int at, const struct import_position *p)
{
    sqlite3_bind_blob(stmt, at, p->b, IMPORT_POSITION_BYTES, SQLITE_STATIC);
}

/* Runs a query that gives one number; 0 if it gives none. */
static enum err_code ask_number(sqlite3_stmt *stmt, const struct import_position *p,
                                int64_t *out, struct err *e)
{
    bool row;
    bind_position(stmt, 1, p);
    enum err_code code = db_step(stmt, &row, e);
    *out = !code && row ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return code;
}

static enum err_code look(struct store_sqlite *s, const struct store_import *i,
                          enum store_import_state *state, struct err *e)
{
    sqlite3_stmt *known, *newest;
    int64_t known_id = 0, newest_id = 0;
    enum err_code code = store_statement(s, SQL_KNOWN_IMPORT, &known, e);
    code = code ? code : store_statement(s, SQL_NEWEST_IMPORT, &newest, e);
    code = code ? code : ask_number(known, &i->position, &known_id, e);
    code = code ? code : ask_number(newest, &i->parent, &newest_id, e);
    *state = known_id > 0          ? IMPORT_KNOWN
             : newest_id > i->seen ? IMPORT_OVERTAKEN
                                   : IMPORT_ADDED;
    return code;
}

enum err_code store_sqlite_add_import(struct store *store, const struct store_import *i,
                                      enum store_import_state *state, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    sqlite3_stmt *stmt;
    enum err_code code = look(s, i, state, e);
    if (code || *state != IMPORT_ADDED) {
        return code;
    }
    code = store_statement(s, SQL_ADD_IMPORT, &stmt, e);
    if (code) {
        return code;
    }
    bind_position(stmt, 1, &i->position);
    bind_position(stmt, 2, &i->parent);
    sqlite3_bind_int64(stmt, 3, i->bytes);
    sqlite3_bind_int64(stmt, 4, i->records);
    sqlite3_bind_blob64(stmt, 5, i->marks.n > 0 ? i->marks.p : "", i->marks.n,
                        SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 6, i->received_us);
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code;
}

static struct store_import_row column_import(sqlite3_stmt *stmt)
{
    struct store_import_row row = {
        .id = sqlite3_column_int64(stmt, 0),
        .bytes = sqlite3_column_int64(stmt, 2),
        .records = sqlite3_column_int64(stmt, 3),
    };
    const void *position = sqlite3_column_blob(stmt, 1);
    if (position && sqlite3_column_bytes(stmt, 1) == IMPORT_POSITION_BYTES) {
        memcpy(row.position.b, position, IMPORT_POSITION_BYTES);
    }
    row.marks.p = sqlite3_column_blob(stmt, 4);
    row.marks.n = (size_t)sqlite3_column_bytes(stmt, 4);
    return row;
}

static enum err_code call_for_rows(sqlite3_stmt *stmt, store_import_fn fn, void *arg,
                                   struct err *e)
{
    bool row;
    enum err_code code;
    while (!(code = db_step(stmt, &row, e)) && row) {
        struct store_import_row r = column_import(stmt);
        fn(arg, &r);
    }
    sqlite3_clear_bindings(stmt);
    return code;
}

enum err_code store_sqlite_list_imports(struct store *store,
                                        const struct store_import_query *q,
                                        store_import_fn fn, void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(store), SQL_LIST_IMPORTS, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    bind_position(stmt, 1, &q->parent);
    sqlite3_bind_int64(stmt, 2, q->before_id);
    sqlite3_bind_int64(stmt, 3, (int64_t)q->limit);
    return call_for_rows(stmt, fn, arg, e);
}

enum err_code store_sqlite_find_import(struct store *store,
                                       const struct import_position *position,
                                       store_import_fn fn, void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(store), SQL_FIND_IMPORT, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    bind_position(stmt, 1, position);
    return call_for_rows(stmt, fn, arg, e);
}
