/* outgoing.h - a thread of ingest that tells the scoring service what was committed, and
 * takes back what it finds unusual in services' minutes.
 *
 * It reads the store from where the service has come to (scoring/learn.h), at most
 * WIRE_RECORDS_MAX records a request, when a commit wakes it and once a second. Each
 * committed batch is learned once in the service's state: the service says where it is and
 * learns only what follows. A minute becomes an incident, once: its number is written in
 * the incident's transaction, and confirmed in the next request.
 *
 * A service that has learned nothing yet begins where this store's service was heard of
 * last, or, the first time, at the store's end: old batches are not judged as if they came
 * now. What it knows is in two notes (store_read.h), for a later start and for /meta. */
#ifndef JOBS_OUTGOING_H
#define JOBS_OUTGOING_H

#include "fcgi/jobs/answer_book.h"
#include "scoring/scorer_http.h"
#include "sql/writer.h"

enum {
    OUTGOING_SECONDS = 1,   /* at least so often the service is asked */
    OUTGOING_PAUSE_MS = 50, /* between two requests, so that singles go together */
    OUTGOING_CONNECT_MS = 1000,
    OUTGOING_TOTAL_MS = 5000,
    OUTGOING_DRAIN_SECONDS = 3 /* at the end, for what is left */
};

/* A note in the store; how the service is, is another one (scorer_note.h). */
#define NOTE_LEARNED                                                                     \
    "learned" /* "STATE CONFIRMED BATCH RECORDS BEGIN", "": no service is told */

struct outgoing;
struct outgoing_options {
    const char *url;      /* ML_URL, completed; must stay */
    const char *key;      /* SCORE_KEY; must stay. NULL or "": none */
    struct store *reader; /* the thread's own */
    struct writer *writer;
    struct scorer *scorer; /* whose health is told */
    size_t request_bytes_max;
    struct answer_book *answers; /* NULL: there are none */
};

enum err_code outgoing_start(const struct outgoing_options *options,
                             struct outgoing **out, struct err *e) MUST_USE;

/* A batch was committed. Any thread; does not wait. */
void outgoing_wake(struct outgoing *o);

/* How the service is. Any thread. */
struct outgoing_health {
    bool known;              /* it was asked already */
    bool ok;                 /* it answered last, and scores */
    char why[ERR_MSG_BYTES]; /* why not, last; "": it always did */
};
void outgoing_health(struct outgoing *o, struct outgoing_health *out);

/* Ends the thread; what is not told then is told after the next start. drain: tells what is
 * left first, if the service answered last, for OUTGOING_DRAIN_SECONDS at most. o NULL
 * allowed. */
void outgoing_stop(struct outgoing *o, bool drain);

/* For an ingest that scores by itself: forgets what a service was told, so that one that
 * is set later, be it the same, does not learn what was learned here: it is told of nothing
 * that was in the store before. */
enum err_code outgoing_forget(struct store *reader, struct writer *writer,
                              struct err *e) MUST_USE;

#endif
