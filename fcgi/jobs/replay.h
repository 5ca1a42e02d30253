/* replay.h - after a crash: a thread of ingest that reads from the store the batches that
 * the file of what was learned lacks, and has them learned in order. Meanwhile new batches
 * are stored unscored, and learned by it in their turn. */
#ifndef JOBS_REPLAY_H
#define JOBS_REPLAY_H

#include "fcgi/jobs/answer_book.h"
#include "scoring/state.h"
#include "sql/store_read.h"

struct replay;

/* store: the path, to open a reader of its own. Begins at once if there is something to be
 * replayed. */
enum err_code replay_start(struct state *state, struct answer_book *answers,
                           const char *store, struct replay **out,
                           struct err *e) MUST_USE;

/* Looks again whether there is (a trained model may be behind). Does not wait. */
void replay_wake(struct replay *r);

/* Ends the thread, if need be in the middle: the next start goes on. NULL allowed. */
void replay_stop(struct replay *r);

#endif
