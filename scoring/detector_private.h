/* detector_private.h - what a detector is, for the files that make it: detector.c,
 * detector_answer.c and detector_memory.c. */
#ifndef SCORING_DETECTOR_PRIVATE_H
#define SCORING_DETECTOR_PRIVATE_H

#include "scoring/detector.h"
#include "scoring/sessions.h"

#include <pthread.h>

/* Spans of time in which a service's records are judged together. */
enum { SPANS = 3 };

struct memory {
    struct model model;
    struct windows windows[SPANS];
    struct sessions sessions;
    struct window_slot ended[DETECTOR_ENDED_MAX]; /* a ring */
    size_t ended_first, ended_n;
};

/* May it be taken up? Not if an index in it leads out of its table, and the like. */
bool memory_check(const struct memory *m);

struct detector {
    double threshold;
    pthread_rwlock_t lock; /* of all below */
    struct memory *memory;
    size_t lost; /* findings that there was no room for, and not said yet */
    size_t look; /* the next slot that a look comes to, of all spans' */
};

#endif
