/* migrate.h - brings a store's tables to the shape this program knows. */
#ifndef SQL_MIGRATE_H
#define SQL_MIGRATE_H

#include "sql/db.h"

enum { MIGRATE_APPLICATION_ID = 0x4C6F6741 }; /* "LogA", in the file's header */

enum migrate_state {
    MIGRATE_EMPTY,
    MIGRATE_OURS,
    MIGRATE_PROTOTYPE, /* not ours yet: migrate_run takes it over (adopt.h) */
    MIGRATE_FOREIGN,
    MIGRATE_NEWER
};

/* What kind of file it is, without changing it. */
enum err_code migrate_inspect(sqlite3 *db, enum migrate_state *state,
                              struct err *e) MUST_USE;

/* Takes a prototype's store over and runs the missing migrations, in one transaction. The
 * caller holds FILELOCK_WRITE. */
enum err_code migrate_run(sqlite3 *db, struct err *e) MUST_USE;

#endif
