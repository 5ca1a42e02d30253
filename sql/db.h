/* db.h - the few steps that every use of SQLite repeats. Only the sql room sees it. */
#ifndef SQL_DB_H
#define SQL_DB_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

#include <sqlite3.h>

enum { DB_BUSY_MS = 1000 }; /* SQLite's own wait for locks of foreign programs */

/* The current error of db as ours: busy, full, out of memory, damaged. SQLite's own words
 * go to the log, not to the client. "Nothing stored" is true of all of them but a failed
 * COMMIT, which the caller turns into ERR_IO. */
enum err_code db_error(sqlite3 *db, struct err *e);

/* Opens path with flags of sqlite3_open_v2 and the settings that every connection has. */
enum err_code db_open(const char *path, int flags, sqlite3 **out, struct err *e) MUST_USE;

/* Runs static SQL text that returns no rows. */
enum err_code db_exec(sqlite3 *db, const char *sql, struct err *e) MUST_USE;

enum err_code db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out,
                         struct err *e) MUST_USE;

/* Steps to the next row: *row tells if there is one. After the last, and after an error,
 * the statement is reset. In test builds a scan of a whole table that the SQL does not
 * admit to by a comment is an assertion failure. */
enum err_code db_step(sqlite3_stmt *stmt, bool *row, struct err *e) MUST_USE;

/* Runs a statement that returns no rows, then resets it. */
enum err_code db_run(sqlite3_stmt *stmt, struct err *e) MUST_USE;

/* The only value of a query such as PRAGMA user_version. */
enum err_code db_number(sqlite3 *db, const char *sql, int64_t *out,
                        struct err *e) MUST_USE;

/* Binds text that stays as it is until the statement was run; p NULL binds NULL. */
void db_bind_str(sqlite3_stmt *stmt, int at, struct str s);
struct str db_column_str(sqlite3_stmt *stmt, int at);

#endif
