/* migrate.c - see migrate.h. The SQL files of sql/migrations are built into the program
 * (build/gen/migrations.h); PRAGMA user_version is how many of them a store has had. */
#include "sql/migrate.h"

#include "sql/adopt.h"

#include "migrations.h"

enum { MIGRATIONS_N = sizeof migrations / sizeof migrations[0] };

enum err_code migrate_inspect(sqlite3 *db, enum migrate_state *state, struct err *e)
{
    int64_t app = 0, version = 0, tables = 0;
    enum err_code code = db_number(db, "PRAGMA application_id", &app, e);
    code = code ? code : db_number(db, "PRAGMA user_version", &version, e);
    code = code
               ? code
               : db_number(db, "SELECT count(*) FROM sqlite_schema /*scan*/", &tables, e);
    if (code) {
        return code;
    }
    if (app == MIGRATE_APPLICATION_ID) {
        *state = version <= MIGRATIONS_N ? MIGRATE_OURS : MIGRATE_NEWER;
    } else {
        *state =
            app == 0 && version == 0 && tables == 0 ? MIGRATE_EMPTY : MIGRATE_FOREIGN;
    }
    if (*state != MIGRATE_FOREIGN || app != 0 || version != 0) {
        return ERR_NONE;
    }
    enum adopt_shape shape;
    code = adopt_recognise(db, &shape, e);
    *state = shape == ADOPT_NONE ? MIGRATE_FOREIGN : MIGRATE_PROTOTYPE;
    return code;
}

static enum err_code set_version(sqlite3 *db, int64_t version, struct err *e)
{
    char sql[64]; /* PRAGMA takes no bound parameters; both numbers are ours */
    snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%lld",
             MIGRATE_APPLICATION_ID, (long long)version);
    return db_exec(db, sql, e);
}

static enum err_code run_missing(sqlite3 *db, struct err *e)
{
    int64_t version = 0;
    enum adopt_shape shape = ADOPT_NONE;
    enum err_code code = db_number(db, "PRAGMA user_version", &version, e);
    if (!code && version == 0) {
        code = adopt_recognise(db, &shape, e);
    }
    if (!code && shape != ADOPT_NONE) {
        code = adopt_run(db, shape, migrations[0], e);
    }
    for (int64_t i = version + (shape != ADOPT_NONE); !code && i < MIGRATIONS_N; i++) {
        code = db_exec(db, migrations[i], e);
    }
    return code || version == MIGRATIONS_N ? code : set_version(db, MIGRATIONS_N, e);
}

enum err_code migrate_run(sqlite3 *db, struct err *e)
{
    struct err ignored;
    enum err_code code = db_exec(db, "BEGIN IMMEDIATE", e);
    if (code) {
        return code;
    }
    code = run_missing(db, e);
    code = code ? code : db_exec(db, "COMMIT", e);
    if (code && db_exec(db, "ROLLBACK", &ignored)) {
        /* SQLite has rolled back by itself */
    }
    return code;
}
