/* store_whose.h - inside the SQLite back end: whose file is it? Looked at before anything is
 * opened for writing, so that a file of another program stays as it is. */
#ifndef SQL_STORE_WHOSE_H
#define SQL_STORE_WHOSE_H

#include "sql/migrate.h"
#include "sql/store_sqlite.h"

/* Connects s. */
enum err_code store_sqlite_open_checked(struct store_sqlite *s, const char *path,
                                        int flags, enum migrate_state *state,
                                        struct err *e) MUST_USE;
/* Connects s to the file as it is, alone: nothing is put beside it, no journal is read. */
enum err_code store_sqlite_look(struct store_sqlite *s, enum migrate_state *state,
                                struct err *e) MUST_USE;
void store_sqlite_disconnect(struct store_sqlite *s);

/* Connects, looks without changing the file, and disconnects. An error if it is another
 * program's, or a newer version's. */
enum err_code store_sqlite_refuse_foreign(struct store_sqlite *s,
                                          enum migrate_state *state,
                                          struct err *e) MUST_USE;
enum err_code store_sqlite_refuse(enum migrate_state state, struct err *e);

#endif
