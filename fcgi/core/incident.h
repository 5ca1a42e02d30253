/* incident.h - when is something unusual an incident, and which one?
 *
 * An incident is known by its key, (service, strongest channel). What is unusual under
 * the same key within half an hour of it extends it; otherwise a new one is opened. The
 * decision is a pure function, so that the writer can take it inside the transaction:
 * two batches at once do not both open the same incident. Times are event times, so a
 * replayed week groups as the real one did. */
#ifndef CORE_INCIDENT_H
#define CORE_INCIDENT_H

#include "fcgi/base/clock.h"
#include "fcgi/core/features.h"
#include "fcgi/core/verdict.h"

#define INCIDENT_QUIET_US (30 * CLOCK_MINUTE_US)
enum { INCIDENT_KEY_BYTES = 640, INCIDENT_SUMMARY_BYTES = 1024 };

struct incident {
    int64_t id;
    int64_t first_us, last_us; /* event times of the first and last occurrence */
    int64_t count;             /* occurrences: batches, or minutes of a service */
    double severity;           /* the highest score */
};

/* Something the detector has judged, on its way to becoming part of an incident. */
struct occurrence {
    const struct verdict *verdict;
    int64_t at_us;       /* event time */
    bool counted_before; /* the same minute was reported already: do not count it again */
};

enum incident_act { INCIDENT_NONE, INCIDENT_OPEN, INCIDENT_EXTEND };

struct incident_change {
    enum incident_act act;
    struct incident next; /* to be stored; id 0 when opened */
    bool worse;           /* the highest score so far: its words become the incident's */
};

/* latest: the newest incident with the same key that is near in time, or NULL. */
struct incident_change incident_decide(double threshold, const struct incident *latest,
                                       const struct occurrence *o);

/* The key into out, NUL-terminated. The verdict must have a reason. */
struct str incident_key(const struct verdict *v, char out[static INCIDENT_KEY_BYTES]);

/* "auth: 37 failed logins in 50 records, usual 0 to 2". */
struct str incident_summary(const struct verdict *v,
                            char out[static INCIDENT_SUMMARY_BYTES]);

/* The incident's features column: what was counted, and the reasons as sentences. Their
 * parts are a column of their own: below features they would lie deeper than old
 * PowerShell's ConvertTo-Json prints. */
void incident_features(struct buf *out, const struct features *f,
                       const struct verdict *v);

#endif
