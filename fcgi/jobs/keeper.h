/* keeper.h - keeps the store within its bounds (fcgi/core/keep.h, jobs/expiry.h): a thread that
 * looks at it once a second and has the writer do in small steps what is to be done.
 *
 * Beside the store it keeps a ballast, DATABASE-ballast (fcgi/base/ballast.h), and lets it go
 * when there is something to be deleted and no room to do it. */
#ifndef JOBS_KEEPER_H
#define JOBS_KEEPER_H

#include "fcgi/base/config.h"
#include "fcgi/core/keep.h"
#include "sql/writer.h"

enum {
    KEEPER_SECONDS = 1,
    KEEPER_EXPIRY_SECONDS = 60, /* and before a record goes for its size */
    KEEPER_AGED_SECONDS = 60,   /* when one looked too old and was not */
    KEEPER_INCIDENTS_SECONDS = 3600,
    KEEPER_SAY_SECONDS = 3600
};
/* The writer is held up for so long at a time, and for longer when the store is beyond its
 * size by a sixteenth: else more would come in than goes. */
enum {
    KEEPER_HOLD_US = 100 * 1000, /* then others get the lock, if they want it */
    KEEPER_FREE_US = 8 * 1000,
    KEEPER_TURN_US = 200 * 1000,
    KEEPER_LONG_TURN_US = 800 * 1000,
    KEEPER_FAR_SHARE = 16
};

struct keeper;

/* What the settings come to, on the file system that DATABASE is on. */
enum err_code keeper_limits(const struct config *config, struct keep_limits *out,
                            struct err *e) MUST_USE;

/* Lets the ballast go, for who cannot even open the store; false: there was none. */
bool keeper_drop_ballast(const char *database);

/* Says in the log what the bounds are. database must stay. */
enum err_code keeper_start(const struct keep_limits *limits, const char *database,
                           struct writer *writer, struct keeper **out,
                           struct err *e) MUST_USE;

/* Could the store not be kept within its bounds when that was last tried? Then *why says why.
 * Any thread. */
bool keeper_fails(struct keeper *k, struct err *why);

/* Ends the thread; what is not done is done after the next start. leaves: nothing of it is
 * to be left on the disk. k NULL allowed. */
void keeper_stop(struct keeper *k, bool leaves);

#endif
