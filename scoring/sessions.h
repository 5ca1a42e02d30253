/* sessions.h - the records of one piece of work (a session, a request, a pid) over several
 * batches: what was counted so far. Plain data.
 *
 * A session ends when its service's time has gone on by SESSION_IDLE_US without a record of
 * it, after SESSION_LONGEST_US (a daemon's pid is none, and would tell of yesterday's), with
 * SESSION_RECORDS_MAX records, or when a further one needs its place. A hash table
 * with chains; all that are open stand in the order in which they were heard of last. The
 * caller locks. */
#ifndef SCORING_SESSIONS_H
#define SCORING_SESSIONS_H

#include "fcgi/core/features.h"
#include "scoring/analysis.h"

enum { SESSIONS_MAX = 1024, SESSION_RECORDS_MAX = 512 };
#define SESSION_IDLE_US    (5 * CLOCK_MINUTE_US)
#define SESSION_LONGEST_US (30 * CLOCK_MINUTE_US)

struct session {
    uint64_t id;      /* of service and session */
    uint32_t service; /* its number (struct model_service) */
    int place;        /* and where it was in the model */
    int16_t next, older, younger;
    bool in_use;
    bool several;      /* it is more than what one batch was made of */
    bool changed;      /* since it was last looked at */
    bool reported;     /* a look at it was over the threshold */
    uint64_t batch;    /* the last one with records of it */
    int64_t first_us;  /* stream time of its first record, */
    int64_t latest_us; /* and of its last one */
    int64_t heard_us;  /* when that was received */
    struct tally t;
    struct window w; /* refs are ids in the store */
};

struct sessions {
    struct session slot[SESSIONS_MAX];
    int16_t bucket[SESSIONS_MAX];
    int16_t unused, oldest, youngest;
};

void sessions_init(struct sessions *s);

uint64_t session_id(uint32_t service, uint64_t session);
const struct session *sessions_find(const struct sessions *s, uint64_t id);

/* The session, opened if it is not; NULL if there is no room: end the oldest first. It
 * is the one heard of last now. */
struct session *sessions_take(struct sessions *s, uint64_t id);

/* The one not heard of for longest, or the one heard of after prev; NULL: no more. */
struct session *sessions_after(struct sessions *s, const struct session *prev);
void sessions_end(struct sessions *s, struct session *x);

#endif
