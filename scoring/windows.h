/* windows.h - per service, what was counted in its current minute, or another span of time.
 * Plain data.
 *
 * Spans run on the service's own time (stream_time.h), never later than the clock of receipt. At
 * most WINDOWS_MAX services are followed; a
 * further one takes the place of the one that was silent for longest. Not for use by
 * two threads at once: the caller locks. */
#ifndef SCORING_WINDOWS_H
#define SCORING_WINDOWS_H

#include "fcgi/base/clock.h"
#include "fcgi/core/features.h"
#include "scoring/alarm.h"

enum { WINDOWS_MAX = 512, WINDOW_LATE_SPANS = 1 };
#define WINDOW_SILENCE_US (60 * CLOCK_SECOND_US) /* after it, or a span, a span is over */

struct window_slot {
    char service[CORE_SERVICE_BYTES];
    size_t service_n;
    uint64_t hash;
    int64_t span;      /* event time / its length, the latest seen; of a session, when
                                it began */
    int64_t latest_us; /* latest event time in it */
    struct stream_time time; /* of the service */
    int64_t heard_us;        /* when the last record was received */
    struct tally t;          /* of this span */
    struct window w;         /* the same for the detector; refs are ids in the store */
    enum window_kind kind;   /* what it is a window of */
    uint64_t batch;          /* number of the last batch with records of it */
    int64_t batch_n;         /* records in that batch, of all services */
    bool several;            /* it is made of more than one batch */
    bool unscored;           /* one of them was not scored when it came */
    bool changed;            /* since the last look */
    bool reported;           /* a look at this span was over the threshold */
    bool is_judged;          /* it is over, or was told: */
    struct judgement then;   /* as it was judged, before it was learned */
    bool in_use;
    int next;           /* of the same hash bucket; -1: none */
    int older, younger; /* in the order in which they spoke last; -1: none */
};

struct windows {
    int64_t span_us;
    enum window_kind kind;
    int bucket[WINDOWS_MAX]; /* first slot, -1: none */
    struct window_slot slots[WINDOWS_MAX];
    int unused;           /* first slot that is not in use, by next; -1: none */
    int oldest, youngest; /* ends of the list of those in use; -1: none */
    int last;             /* the slot found last: services come in runs */
};

void windows_init(struct windows *w, enum window_kind kind, int64_t span_us);

/* What is to be done with a slot whose span ends. */
struct windows_closing {
    void (*fn)(void *arg, const struct window_slot *); /* NULL: nothing */
    void *arg;
};

/* When and with which batch a record came. */
struct windows_arrival {
    int64_t now_us;
    uint64_t batch;  /* another number for each */
    int64_t batch_n; /* records in it, of all services */
    bool unscored;   /* it was not judged when it came */
};

struct windows_record {
    const struct record *record;
    const struct trace *trace;
    int64_t ref; /* its id in the store */
};

/* Counts one record at its event time, or the time of receipt if that is earlier. One that
 * is more than a span late (WINDOW_LATE_SPANS) is not counted: it was judged in its
 * batch, and it is not of this one. The slot of a span that ends by the record is
 * handed to closing first. */
void windows_add(struct windows *w, const struct windows_record *r,
                 const struct windows_arrival *arrival, struct windows_closing closing);

/* Slot i, 0 <= i < WINDOWS_MAX, or NULL if not in use. */
struct window_slot *windows_at(struct windows *w, size_t i);
void windows_close(struct windows *w, struct window_slot *slot); /* not in use any more */

/* Those in use, from the one that was silent for longest: prev NULL
 * gives the first, NULL comes after the last. */
struct window_slot *windows_after(struct windows *w, const struct window_slot *prev);

#endif
