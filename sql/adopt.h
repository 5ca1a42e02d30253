/* adopt.h - takes over the store of the Node.js prototype: its rows, under their ids.
 *
 * The prototype's file is known by its tables and columns, nothing else tells it from
 * another program's: exactly logs and incidents, in one of the two shapes that it had. */
#ifndef SQL_ADOPT_H
#define SQL_ADOPT_H

#include "sql/db.h"

enum adopt_shape {
    ADOPT_NONE,      /* not the prototype's */
    ADOPT_SUMMARIES, /* incidents(id, detected_at, service, severity, summary, features) */
    ADOPT_SCORES     /* incidents(id, score, threshold, features, created_at) */
};

/* Looks, changes nothing. */
enum err_code adopt_recognise(sqlite3 *db, enum adopt_shape *shape,
                              struct err *e) MUST_USE;

/* Inside the caller's transaction: first_migration makes our tables of version 1, and the
 * prototype's rows move into them. Says in the log how many records it is about to take.
 * Needs free space of three times the file until it is through; then the file is twice as
 * large as it was, and the half that is free is used by what comes. */
enum err_code adopt_run(sqlite3 *db, enum adopt_shape shape, const char *first_migration,
                        struct err *e) MUST_USE;

#endif
