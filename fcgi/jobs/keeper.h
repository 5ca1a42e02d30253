/* keeper.h - keeps the store within its bounds (fcgi/core/keep.h): a thread that looks at it
 * once a second and has the writer do in small steps what is to be done. */
#ifndef JOBS_KEEPER_H
#define JOBS_KEEPER_H

#include "fcgi/base/config.h"
#include "fcgi/core/keep.h"
#include "sql/writer.h"

enum { KEEPER_SECONDS = 1, KEEPER_INCIDENTS_SECONDS = 3600, KEEPER_SAY_SECONDS = 3600 };
#define KEEPER_TURN_US (200 * 1000) /* the writer is held up for so long at a time */

struct keeper;

/* Says in the log what the bounds are. The config, of which it takes what it needs, need not
 * stay. */
enum err_code keeper_start(const struct config *config, struct writer *writer,
                           struct keeper **out, struct err *e) MUST_USE;

/* Ends the thread; what is not done is done after the next start. NULL allowed. */
void keeper_stop(struct keeper *k);

#endif
