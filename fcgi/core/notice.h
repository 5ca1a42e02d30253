/* notice.h - when is somebody told of an incident? Pure: same inputs, same answer.
 *
 * Once when it is new, once each time it comes back after it was resolved, once each time
 * it gets much worse. Not while it is muted. (One that was declared normal takes nothing
 * more: sql/store_incidents.h.) An incident whose last event lies more than NOTICE_OLD_US
 * before the time of receipt is old news, such as an import brings: that it is new, back or
 * much worse is counted and told together, and by itself only if it goes on now.
 *
 * A notice is a row in the incident's own transaction (sql/store_outbox.h). A message is
 * what is sent: one for a notice, or, when more than NOTIFY_MAX would be sent within
 * NOTIFY_MINUTES, a digest of all that wait. */
#ifndef CORE_NOTICE_H
#define CORE_NOTICE_H

#include "fcgi/base/clock.h"

#define NOTICE_OLD_US   (60 * CLOCK_MINUTE_US)
#define NOTICE_QUIET_US (60 * CLOCK_SECOND_US) /* so long nothing old has come: the end */
#define NOTICE_LAST_US  (15 * CLOCK_MINUTE_US) /* an import is told of after this anyway */

#define NOTICE_RETRY_MAX_US (15 * CLOCK_MINUTE_US)
#define NOTICE_GIVE_UP_US   (3 * 24 * 60 * CLOCK_MINUTE_US)
#define NOTICE_DOUBT_US     (60 * CLOCK_MINUTE_US)

enum notice_kind {
    NOTICE_NONE,
    NOTICE_NEW,
    NOTICE_REGRESSION,
    NOTICE_WORSE,
    NOTICE_OLD, /* new, and old news, as the two below */
    NOTICE_OLD_REGRESSION,
    NOTICE_OLD_WORSE,
    NOTICE_DIGEST, /* of messages only, as the two below */
    NOTICE_IMPORT,
    NOTICE_TEST
};
enum { NOTICE_KINDS_N = NOTICE_TEST + 1 };

const char *notice_kind_name(enum notice_kind k); /* "new", "regression", ... */
enum notice_kind notice_kind_of(struct str name); /* NOTICE_NONE if there is none */

/* What has happened to an incident: it was opened, or came back after it was resolved, or
 * (neither) was extended. */
struct notice_case {
    bool opened, reopened, much_worse;
    bool muted; /* at the time of receipt */
    /* Its newest notice, if that was old news: it was not told by itself since. */
    enum notice_kind untold;
    int64_t last_us; /* event time of its last event */
    int64_t now_us;  /* time of receipt */
};

bool notice_is_old(int64_t last_us, int64_t now_us);
bool notice_kind_is_old(enum notice_kind k);
enum notice_kind notice_decide(const struct notice_case *c);

/* What waits to be told on one channel, and how many messages it has had. */
struct notice_backlog {
    int64_t notices; /* waiting, old ones apart */
    int64_t wanted;  /* those of them that are still to be told */
    int64_t recent;  /* messages that wait or were sent within the last NOTIFY_MINUTES */
    int64_t max;     /* NOTIFY_MAX */
};

/* What to make of it now: NOTICE_NONE (nothing, or wait), NOTICE_NEW (a message for the
 * first notice that is wanted) or NOTICE_DIGEST (one for all of them; if none is wanted,
 * they are only put aside). */
enum notice_kind notice_next(const struct notice_backlog *b);

/* Is it time to tell of old news? The times of receipt of the first and the last that waits;
 * if the clock was set back meanwhile, it is. */
bool notice_old_is_due(int64_t first_at_us, int64_t last_at_us, int64_t now_us);

/* When a message that failed is to be tried again: the tries so far (at least 1), the
 * pause before the second one, seconds that the other side asked for (0: none), any number
 * for the jitter of a fifth up or down. It is given up (false) when that would be later
 * than NOTICE_GIVE_UP_US after it was made. */
struct notice_try {
    int64_t attempts, first_us, asked_s;
    int64_t created_us, now_us;
    uint32_t random;
};
bool notice_retry(const struct notice_try *t, int64_t *next_us);

/* A receiver that is not there (404): perhaps what stands before it answers while it is
 * started anew, perhaps it is gone for good. It is doubted until it has answered so for
 * NOTICE_DOUBT_US and nothing else; answers further apart than that are another time. All
 * zero: no doubt yet. */
struct notice_doubt {
    int64_t since_us, last_us;
};
/* One more such answer: may it still come back? */
bool notice_doubt(struct notice_doubt *d, int64_t now_us);

#endif
