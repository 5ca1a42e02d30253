/* scorer_note.h - how the scorer is, as ingest leaves it in the store for /meta, which is
 * another process. */
#ifndef JOBS_SCORER_NOTE_H
#define JOBS_SCORER_NOTE_H

#include "fcgi/core/verdict.h"
#include "sql/store_read.h"

#define NOTE_SCORER "scorer" /* JSON, see below */

struct scorer_note {
    const char *mode;                               /* "in-process", "http" */
    bool ok;                                        /* it scores */
    int64_t since_us;                               /* of that; 0: not known */
    const char *last_error, *version, *model_error; /* "": none */
    int64_t learned; /* all batches with a lower id; -1: it is not behind */
};

/* {"mode","state":"ok" or "unavailable","since","last_error","version","model_error",
 * "learned"}. False: it is too long for a note. */
bool scorer_note_print(const struct scorer_note *n, char out[static STORE_NOTE_BYTES]);

#endif
