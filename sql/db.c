/* db.c - see db.h. */
#include "sql/db.h"

#include "fcgi/base/diag.h"

#include <assert.h>
#include <limits.h>

enum err_code db_error(sqlite3 *db, struct err *e)
{
    if (sqlite3_errcode(db) == SQLITE_IOERR_SHMSIZE) { /* its memory is a file, too */
        return err_set(e, ERR_FULL, "the disk that holds the store is full");
    }
    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(e, ERR_BUSY, "another program is using the store; try again");
    case SQLITE_INTERRUPT: /* store_sqlite.h, STORE_READ_US */
        return err_set(e, ERR_BUSY, "reading took too long; ask for less, or try again");
    case SQLITE_FULL:
        return err_set(e, ERR_FULL,
                       "the disk that holds the store is full, or the store has "
                       "reached STORE_BYTES_MAX; try again");
    case SQLITE_NOMEM:
        return err_set(e, ERR_NOMEM, "not enough memory to use the store");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        diag("SQLite: %s", sqlite3_errmsg(db));
        return err_set(e, ERR_DOWN, "the store is damaged or not a database");
    default:
        diag("SQLite: %s", sqlite3_errmsg(db));
        return err_set(e, ERR_DOWN,
                       "the store cannot be used now; the server's log says why");
    }
}

enum err_code db_exec(sqlite3 *db, const char *sql, struct err *e)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? ERR_NONE
                                                                : db_error(db, e);
}

enum err_code db_open(const char *path, int flags, sqlite3 **out, struct err *e)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(path, &db,
                             flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc != SQLITE_OK) {
        enum err_code code = db ? db_error(db, e) : err_set(e, ERR_NOMEM, "no memory");
        sqlite3_close(db);
        return code;
    }
    sqlite3_busy_timeout(db, DB_BUSY_MS);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    enum err_code code = db_exec(db,
                                 "PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON;"
                                 "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;"
                                 "PRAGMA cache_size=-8000;",
                                 e);
    if (code) {
        sqlite3_close(db);
        return code;
    }
    *out = db;
    return ERR_NONE;
}

enum err_code db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct err *e)
{
    int rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return rc == SQLITE_OK ? ERR_NONE : db_error(db, e);
}

static void check_no_scan(sqlite3_stmt *stmt)
{
#ifdef DB_REFUSE_SCANS
    int steps = sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
    assert(steps == 0 || strstr(sqlite3_sql(stmt), "/*scan*/"));
#else
    (void)stmt;
#endif
}

enum err_code db_step(sqlite3_stmt *stmt, bool *row, struct err *e)
{
    int rc = sqlite3_step(stmt);
    *row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW) {
        return ERR_NONE;
    }
    check_no_scan(stmt);
    enum err_code code =
        rc == SQLITE_DONE ? ERR_NONE : db_error(sqlite3_db_handle(stmt), e);
    sqlite3_reset(stmt);
    return code;
}

enum err_code db_run(sqlite3_stmt *stmt, struct err *e)
{
    bool row;
    enum err_code code = db_step(stmt, &row, e);
    assert(!row);
    return code;
}

enum err_code db_number(sqlite3 *db, const char *sql, int64_t *out, struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum err_code code = db_prepare(db, sql, &stmt, e);
    code = code ? code : db_step(stmt, &row, e);
    *out = row ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return code;
}

void db_bind_str(sqlite3_stmt *stmt, int at, struct str s)
{
    if (!s.p) {
        sqlite3_bind_null(stmt, at);
    } else {
        assert(s.n <= INT_MAX);
        sqlite3_bind_text(stmt, at, s.p, (int)s.n, SQLITE_STATIC);
    }
}

struct str db_column_str(sqlite3_stmt *stmt, int at)
{
    const char *p = (const char *)sqlite3_column_text(stmt, at);
    return p ? (struct str){p, (size_t)sqlite3_column_bytes(stmt, at)} : STR_NONE;
}
