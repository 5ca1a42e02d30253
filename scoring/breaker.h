/* breaker.h - when not to ask a service that does not answer.
 *
 * Five failures in a row open it: nobody asks for 5 s, and after each further failure for
 * twice as long, up to 60 s, a little more or less so that many breakers do not ask at
 * once. Then one caller may ask, a probe, while the others still may not: it closes the
 * breaker or opens it again. What was asked before the breaker last changed counts no more.
 * Pure: time comes in. Not for use by two threads at once: the caller locks. */
#ifndef SCORING_BREAKER_H
#define SCORING_BREAKER_H

#include "fcgi/base/clock.h"

enum { BREAKER_FAILURES = 5, BREAKER_JITTER_PERCENT = 10 };
#define BREAKER_FIRST_US (5 * CLOCK_SECOND_US)
#define BREAKER_MAX_US   (60 * CLOCK_SECOND_US)

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_PROBING };

struct breaker {
    enum breaker_state state;
    int failures;     /* in a row, while closed */
    int64_t pause_us; /* how long it was opened for last; 0: never since it was closed */
    int64_t until_us; /* while open */
    unsigned turn;    /* changes with the state */
    uint64_t random;
};

/* Leave to ask; what came of it is told with it. */
struct breaker_pass {
    unsigned turn;
};

void breaker_init(struct breaker *b, uint64_t seed);

/* May the caller ask now? If so *pass is filled, and breaker_tell must follow. */
bool breaker_ask(struct breaker *b, int64_t mono_us, struct breaker_pass *pass);
void breaker_tell(struct breaker *b, struct breaker_pass pass, bool ok, int64_t mono_us);

/* Is a pause on? False too when it has passed and nobody has asked since. */
bool breaker_rests(const struct breaker *b, int64_t mono_us);

/* In place of breaker_tell: it was not asked after all. A probe is left to the next one. */
void breaker_drop(struct breaker *b, struct breaker_pass pass);

#endif
