/* believed.h - our clock as far as it may be believed (core/keep.h), over restarts too: what is
 * known of it is a note in the store. Records are no witnesses: those that came since it jumped
 * are marked by it, and lighttpd starts its responders anew when it has jumped. */
#ifndef JOBS_BELIEVED_H
#define JOBS_BELIEVED_H

#include "fcgi/core/keep.h"
#include "sql/writer.h"

/* When it was last believed, wall and monotonic, microseconds; and how long it has been doubted:
 * else one on a machine that is off every night would be doubted for ever. */
#define NOTE_CLOCK "clock"

struct believed {
    struct keep_clock clock;
    bool doubted, unnoted; /* said so */
    int64_t seen_us;       /* what it said when it was looked at last */
};

/* Before anything is taken: a first look, by the note, or where there is none by the time of the
 * newest batch; 0: none. */
enum err_code believed_open(struct believed *b, struct store *reader, int64_t newest_us,
                            struct err *e) MUST_USE;

/* Our clock, or 0. */
int64_t believed_now(struct believed *b, int64_t newest_us);

/* Writes the note. That it could not be is said once. */
void believed_note(struct believed *b, struct writer *writer);

#endif
