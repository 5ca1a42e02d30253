/* housekeeper.h - timed work in an ingest that scores by itself: a thread that wakes once a
 * second or when there is something to tell, hands what is unusual in minutes and sessions
 * to the writer, sees to the state's file and to models that were trained, and leaves a
 * note for /meta. */
#ifndef JOBS_HOUSEKEEPER_H
#define JOBS_HOUSEKEEPER_H

#include "fcgi/jobs/answer_book.h"
#include "fcgi/jobs/replay.h"
#include "scoring/state.h"
#include "sql/writer.h"

enum { HOUSEKEEPER_SECONDS = 1 };

struct housekeeper;
struct housekeeper_options {
    struct state *state;
    struct writer *writer;
    struct replay *replay; /* woken when there is something for it */
    struct answer_book
        *answers; /* looked up each time: an answer holds without a batch */
};

/* The note is written before it returns. */
enum err_code housekeeper_start(const struct housekeeper_options *options,
                                struct housekeeper **out, struct err *e) MUST_USE;

/* There is something to tell. NULL allowed. */
void housekeeper_wake(struct housekeeper *h);

/* Ends the thread; what has changed in minutes and sessions by then is looked at once more.
 * NULL allowed. */
void housekeeper_stop(struct housekeeper *h);

#endif
