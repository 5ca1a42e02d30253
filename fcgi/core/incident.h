/* incident.h - when is something unusual an incident, and which one?
 *
 * An incident is known by its keys. The first is that of what opened it: strongest channel,
 * service, and for some channels the template. What is unusual under the same key within
 * half an hour of it extends it. A new kind of message is a key too, for a day: when it
 * comes again it extends the incident in which it was new. What people say of an incident
 * makes it last longer (incident_life.h). All else opens a new one. The decision is a pure
 * function, so that the writer can take it inside the transaction: two batches at once do
 * not both open the same incident. Times are event times, so a replayed week groups as the
 * real one did. */
#ifndef CORE_INCIDENT_H
#define CORE_INCIDENT_H

#include "fcgi/base/clock.h"
#include "fcgi/core/features.h"
#include "fcgi/core/verdict.h"

#define INCIDENT_QUIET_US    (30 * CLOCK_MINUTE_US)
#define INCIDENT_TEMPLATE_US (24 * 60 * CLOCK_MINUTE_US)
enum { INCIDENT_KEY_BYTES = 640, INCIDENT_SUMMARY_BYTES = 1024 };

enum incident_status {
    INCIDENT_STATUS_OPEN,
    INCIDENT_STATUS_ACKNOWLEDGED,
    INCIDENT_STATUS_RESOLVED
};
enum { INCIDENT_STATUSES_N = INCIDENT_STATUS_RESOLVED + 1 };

struct incident {
    int64_t id;
    int64_t first_us, last_us; /* event times of the first and last occurrence */
    int64_t count;             /* occurrences: batches, or minutes of a service */
    double severity;           /* the highest score */
    enum incident_status status;
    int64_t muted_until_us; /* by our clock; 0: not muted */
    int64_t regressions;    /* how often it came back after it was resolved */
    /* What it was when it was last told: opened, come back, or much worse. */
    double told_severity;
    int64_t told_count;
};

/* Something the detector has judged, on its way to becoming part of an incident. */
struct occurrence {
    const struct verdict *verdict;
    int64_t at_us;       /* event time */
    bool counted_before; /* the same minute was reported already: do not count it again */
    bool window; /* a service's minute, a longer span, or a session. One that reaches back
                    to what the incident holds and is not above it says nothing new: the
                    ten minutes round a minute that was told; or stored batches are
                    replayed after a crash. It is not counted */
    int64_t now_us;  /* our clock, by which a mute ends */
    int64_t from_us; /* of a window, how far back it says something */
};

enum incident_act {
    INCIDENT_NONE,
    INCIDENT_OPEN,
    INCIDENT_EXTEND,
    INCIDENT_REOPEN /* it was resolved and has come back */
};

struct incident_change {
    enum incident_act act;
    struct incident next; /* to be stored; id 0 when opened */
    bool worse;           /* the highest score so far: its words become the incident's */
    bool much_worse;      /* so much that it is told once more; not while it is muted */
};

/* A key by which an incident is found and known. */
struct incident_key {
    struct str key;
    int64_t reach_us;     /* how near in time it must have come, before or after */
    uint64_t template_id; /* 0: it is not that of a new template */
    struct str text;      /* the template's, as far as it is known; else empty */
};

/* The i-th of the keys by which a verdict's incident is looked for, until one is found:
 * those of its new templates (none if it is an attack, which is an incident of its own),
 * then the main one, by which a new incident is opened. False: there is no i-th; *key is
 * the main one. It points into out and the verdict, which must have a reason. */
bool incident_key(const struct verdict *v, size_t i, char out[static INCIDENT_KEY_BYTES],
                  struct incident_key *key);

/* latest: the incident that was found, the newest one with the key that is near in time, or
 * one that lasts (incident_life.h), or NULL; reach_us: the key's. */
struct incident_change incident_decide(double threshold, const struct incident *latest,
                                       int64_t reach_us, const struct occurrence *o);

/* "auth: 37 failed logins in 50 records, usual 0 to 2". */
struct str incident_summary(const struct verdict *v,
                            char out[static INCIDENT_SUMMARY_BYTES]);

/* The incident's features column: what was counted, and the reasons as sentences. Their
 * parts are a column of their own: below features they would lie deeper than old
 * PowerShell's ConvertTo-Json prints. */
void incident_features(struct buf *out, const struct features *f,
                       const struct verdict *v);

#endif
