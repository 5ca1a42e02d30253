/* incident_life.h - what becomes of an incident: what people say of it, how long it lasts,
 * and what is worth a line in its history.
 *
 * An open incident takes what comes within its keys' reach (incident.h). An acknowledged one
 * is known and being looked at: it takes more for 7 days after it was last seen. A muted one
 * takes all until the mute ends, whatever its status, and nothing of it is told. A resolved
 * one that comes back within 30 days is opened again: a regression. All of it is pure. */
#ifndef CORE_INCIDENT_LIFE_H
#define CORE_INCIDENT_LIFE_H

#include "fcgi/core/incident.h"

#define INCIDENT_ACKNOWLEDGED_US (7 * 24 * 60 * CLOCK_MINUTE_US)
#define INCIDENT_RESOLVED_US     (30 * 24 * 60 * CLOCK_MINUTE_US)
enum { INCIDENT_WORSE_TIMES = 2, INCIDENT_COUNT_TIMES = 10, INCIDENT_EVENT_BYTES = 160 };

enum incident_event {
    INCIDENT_EVENT_NONE,
    INCIDENT_EVENT_OPENED,
    INCIDENT_EVENT_WORSE,      /* much worse than when it was last told */
    INCIDENT_EVENT_REGRESSION, /* came back after it was resolved */
    /* by people */
    INCIDENT_EVENT_ACKNOWLEDGED,
    INCIDENT_EVENT_REOPENED,
    INCIDENT_EVENT_RESOLVED,
    INCIDENT_EVENT_MUTED,
    INCIDENT_EVENT_UNMUTED,
    INCIDENT_EVENT_NOTE,
    INCIDENT_EVENT_REAL,
    INCIDENT_EVENT_REAL_UNDONE,
    INCIDENT_EVENT_NORMAL,
    INCIDENT_EVENT_NORMAL_UNDONE
};
enum { INCIDENT_EVENTS_N = INCIDENT_EVENT_NORMAL_UNDONE + 1 };

/* "open", "acknowledged", "resolved"; what is none of them is taken for open. */
const char *incident_status_name(enum incident_status s);
bool incident_status_of(struct str name, enum incident_status *out);

const char *incident_event_name(enum incident_event e); /* "opened", "regression", ... */

bool incident_is_muted(const struct incident *i, int64_t now_us);

/* Does the incident take o though it is not near in time, because of what people said of
 * it? Not what is older than all that it holds. */
bool incident_lasts(const struct incident *i, const struct occurrence *o);

/* Is what it became so much worse than what was last told of it that it is told once more?
 * The evidence (-log10 of p) is INCIDENT_WORSE_TIMES as much, or it has come
 * INCIDENT_COUNT_TIMES as often. Of before, only what was told counts. */
bool incident_is_much_worse(const struct incident *before, const struct incident *after);

/* What is noted in the history, NONE if nothing; and in a few words how so ("" if there is
 * nothing to say): "came back 3 days after it was last seen", for a message, too. before:
 * what the change was made from, NULL if it opens one; at_us: the occurrence's time. */
enum incident_event incident_change_event(const struct incident_change *c);
struct str incident_event_text(const struct incident *before,
                               const struct incident_change *c, int64_t at_us,
                               char out[static INCIDENT_EVENT_BYTES]);

#endif
