/* windows.h - per service, what was counted in its current minute.
 *
 * Minutes run on the service's own time: its latest event time, never later than the
 * clock of receipt and never going back. At most WINDOWS_MAX services are followed; a
 * further one takes the place of the one that was silent for longest. Not for use by
 * two threads at once: the caller locks. */
#ifndef SCORING_WINDOWS_H
#define SCORING_WINDOWS_H

#include "fcgi/base/clock.h"
#include "fcgi/core/features.h"

enum { WINDOWS_MAX = 4096 };
#define WINDOW_SILENCE_US (60 * CLOCK_SECOND_US) /* after it a minute is over */

struct window_slot {
    char service[CORE_SERVICE_BYTES];
    size_t service_n;
    uint64_t hash;
    int64_t minute;    /* event time / 1 min; the latest seen */
    int64_t latest_us; /* latest event time */
    int64_t heard_us; /* monotonic time of the last record */
    struct tally t;   /* of this minute */
    bool changed;     /* since the last look */
    bool reported;    /* a look at this minute was over the threshold */
    bool in_use;
    int next; /* of the same hash bucket; -1: none */
};

struct windows; /* opaque */

struct windows *windows_new(void); /* NULL: no memory */
void windows_free(struct windows *w);

/* Counts one record; when is min(event time, time of receipt). The slot of a minute that
 * ends by it is first handed to closing, which may be NULL. */
void windows_add(struct windows *w, const struct record *r, int64_t when_us,
                 int64_t mono_us, void (*closing)(void *, const struct window_slot *),
                 void *arg);

/* Slot i, 0 <= i < WINDOWS_MAX, or NULL if not in use. */
struct window_slot *windows_at(struct windows *w, size_t i);
void windows_close(struct windows *w, struct window_slot *slot); /* not in use any more */

#endif
