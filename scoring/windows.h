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

enum { WINDOWS_MAX = 4096, WINDOW_LATE_MINUTES = 1 };
#define WINDOW_SILENCE_US (60 * CLOCK_SECOND_US) /* after it a minute is over */

struct window_slot {
    char service[CORE_SERVICE_BYTES];
    size_t service_n;
    uint64_t hash;
    int64_t minute;    /* event time / 1 min; the latest seen */
    int64_t latest_us; /* latest event time */
    int64_t heard_us;  /* monotonic time of the last record */
    struct tally t;    /* of this minute */
    uint64_t batch;    /* number of the last batch with records of it */
    int64_t batch_n;   /* records in that batch, of all services */
    bool several;      /* it is made of more than one batch */
    bool unscored;     /* one of them was not scored when it came */
    bool changed;      /* since the last look */
    bool reported;     /* a look at this minute was over the threshold */
    bool in_use;
    int next;           /* of the same hash bucket; -1: none */
    int older, younger; /* in the order in which they spoke last; -1: none */
};

struct windows; /* opaque */

struct windows *windows_new(void); /* NULL: no memory */
void windows_free(struct windows *w);

/* What is to be done with a slot whose minute ends. */
struct windows_closing {
    void (*fn)(void *arg, const struct window_slot *); /* NULL: nothing */
    void *arg;
};

/* When and with which batch a record came. */
struct windows_arrival {
    int64_t now_us, mono_us;
    uint64_t batch;  /* another number for each */
    int64_t batch_n; /* records in it, of all services */
    bool unscored;   /* it was not judged when it came */
};

/* Counts one record at its event time, or the time of receipt if that is earlier. One that
 * is more than a minute late (WINDOW_LATE_MINUTES) is not counted: it was judged in its
 * batch, and it is not of this minute. The slot of a minute that ends by the record is
 * handed to closing first. */
void windows_add(struct windows *w, const struct record *r,
                 const struct windows_arrival *arrival, struct windows_closing closing);

/* Slot i, 0 <= i < WINDOWS_MAX, or NULL if not in use. */
struct window_slot *windows_at(struct windows *w, size_t i);
void windows_close(struct windows *w, struct window_slot *slot); /* not in use any more */

/* Those in use, from the one that was silent for longest: prev NULL
 * gives the first, NULL comes after the last. */
struct window_slot *windows_after(struct windows *w, const struct window_slot *prev);

/* Follows slot's service again as it was, as the one that spoke last. False, and nothing
 * is changed, if it is followed already or there is no room. */
bool windows_restore(struct windows *w, const struct window_slot *slot);

#endif
