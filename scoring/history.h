/* history.h - batches of the past, one after the other: of a file, or of the store.
 *
 * A file has one batch a line, as a body of POST /ingest would have it; it may be
 * compressed with gzip. The store is read, not written, in the order of commits, and held
 * against what was answered to its incidents. One batch is in memory at a time. */
#ifndef SCORING_HISTORY_H
#define SCORING_HISTORY_H

#include "fcgi/base/config.h"
#include "fcgi/base/random_id.h"
#include "fcgi/cli/progress.h"
#include "fcgi/core/record.h"

enum { HISTORY_ARENA_BYTES = 1 << 30 }; /* what a batch may take */

struct history_batch {
    struct record *records; /* as they were when it came; of the arena */
    size_t n;
    int64_t received_us; /* of a file: its latest event time, not after now */
    int64_t id;          /* number of the line, or id in the store */
    /* of the store */
    int64_t first_log_id; /* 0: it is in none */
    int64_t stored_n;     /* some records may have been deleted since */
    int64_t incident_id;  /* 0: it raised none */
    bool unscored;        /* nobody judged it when it came */
    /* of a file */
    char *line; /* until the next batch */
    size_t line_n;
};

struct history; /* opaque */

/* path "-" is standard input. Times without a zone are those of c->time_zone. */
enum err_code history_open_file(const char *path, const struct config *c,
                                struct history **out, struct err *e) MUST_USE;

/* What was received since then, and is there now: batches that come meanwhile are not read.
 * ERR_NOT_FOUND: there is no store, or no batch in it. */
enum err_code history_open_store(const char *path, int64_t since_us, struct history **out,
                                 struct err *e) MUST_USE;

/* The next batch, into the arena, which the caller resets. A batch of no records is one,
 * too. ERR_INVALID and ERR_TOO_LARGE say which line and what is wrong with it. */
enum err_code history_next(struct history *h, struct arena *a, struct history_batch *out,
                           bool *found, struct err *e) MUST_USE;

/* The member "label" of the batch's line: a number or a text as it stands, true and false
 * as 1 and 0; "0" if there is none. */
struct str history_label(const struct history_batch *b, struct arena *a);

/* Of a store: its id, and the id that the next batch after those read here may have. */
enum err_code history_store_end(struct history *h, char store[static RANDOM_ID_BYTES],
                                int64_t *batch, struct err *e) MUST_USE;

/* After so many records. */
void history_show(struct history *h, struct progress *p, int64_t records);

void history_close(struct history *h); /* NULL allowed */

#endif
