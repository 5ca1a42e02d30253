/* incident_life.c - see incident_life.h. */
#include "fcgi/core/incident_life.h"

#include <math.h>

/* A score of 1 in a double is at least this much evidence; what is beyond cannot be told
 * apart by it. */
#define EVIDENCE_MAX 68.0

static const char *const statuses[INCIDENT_STATUSES_N] = {"open", "acknowledged",
                                                          "resolved"};

static const char *const events[INCIDENT_EVENTS_N] = {
    [INCIDENT_EVENT_NONE] = "",
    [INCIDENT_EVENT_OPENED] = "opened",
    [INCIDENT_EVENT_WORSE] = "worse",
    [INCIDENT_EVENT_REGRESSION] = "regression",
    [INCIDENT_EVENT_ACKNOWLEDGED] = "acknowledged",
    [INCIDENT_EVENT_REOPENED] = "reopened",
    [INCIDENT_EVENT_RESOLVED] = "resolved",
    [INCIDENT_EVENT_MUTED] = "muted",
    [INCIDENT_EVENT_UNMUTED] = "unmuted",
    [INCIDENT_EVENT_NOTE] = "note",
    [INCIDENT_EVENT_REAL] = "real",
    [INCIDENT_EVENT_REAL_UNDONE] = "real_undone",
    [INCIDENT_EVENT_NORMAL] = "normal",
    [INCIDENT_EVENT_NORMAL_UNDONE] = "normal_undone",
};

const char *incident_status_name(enum incident_status s)
{
    return statuses[s];
}

bool incident_status_of(struct str name, enum incident_status *out)
{
    *out = INCIDENT_STATUS_OPEN;
    for (int i = 0; i < INCIDENT_STATUSES_N; i++) {
        if (str_eq(name, str_of(statuses[i]))) {
            *out = (enum incident_status)i;
            return true;
        }
    }
    return false;
}

const char *incident_event_name(enum incident_event e)
{
    return events[e];
}

bool incident_is_muted(const struct incident *i, int64_t now_us)
{
    return now_us < i->muted_until_us;
}

bool incident_lasts(const struct incident *i, const struct occurrence *o)
{
    if (o->at_us < i->first_us) {
        return false;
    }
    if (incident_is_muted(i, o->now_us)) {
        return true;
    }
    switch (i->status) {
    case INCIDENT_STATUS_ACKNOWLEDGED:
        return o->at_us <= i->last_us + INCIDENT_ACKNOWLEDGED_US;
    case INCIDENT_STATUS_RESOLVED:
        return o->at_us <= i->last_us + INCIDENT_RESOLVED_US;
    case INCIDENT_STATUS_OPEN:
    default:
        return false;
    }
}

/* The evidence that has this score (scoring/evidence.h: a score of 0.8 is 3). */
static double evidence_of(double score)
{
    double z = 3 * log(1 - score) / log(0.2);
    return z < EVIDENCE_MAX ? z : EVIDENCE_MAX;
}

bool incident_is_much_worse(const struct incident *before, const struct incident *after)
{
    double told = evidence_of(before->told_severity);
    return (told > 0 && evidence_of(after->severity) >= INCIDENT_WORSE_TIMES * told) ||
           (before->told_count > 0 &&
            after->count / INCIDENT_COUNT_TIMES >= before->told_count);
}

enum incident_event incident_change_event(const struct incident_change *c)
{
    switch (c->act) {
    case INCIDENT_OPEN:
        return INCIDENT_EVENT_OPENED;
    case INCIDENT_REOPEN:
        return INCIDENT_EVENT_REGRESSION;
    case INCIDENT_EXTEND:
        return c->much_worse ? INCIDENT_EVENT_WORSE : INCIDENT_EVENT_NONE;
    case INCIDENT_NONE:
    default:
        return INCIDENT_EVENT_NONE;
    }
}

/* --- in words --- */

/* "3 days", "1 hour", "20 minutes"; whole ones, of the largest unit that fits. */
static void put_span(char *out, size_t size, int64_t us)
{
    static const struct {
        int64_t us;
        const char *name;
    } units[] = {{24 * 60 * CLOCK_MINUTE_US, "day"},
                 {60 * CLOCK_MINUTE_US, "hour"},
                 {CLOCK_MINUTE_US, "minute"}};
    size_t i = 0;
    while (i < 2 && us < units[i].us) {
        i++;
    }
    int64_t n = us / units[i].us;
    if (n < 1) {
        snprintf(out, size, "less than a minute");
    } else {
        snprintf(out, size, "%lld %s%s", (long long)n, units[i].name, n == 1 ? "" : "s");
    }
}

struct str incident_event_text(const struct incident *before,
                               const struct incident_change *c, int64_t at_us,
                               char out[static INCIDENT_EVENT_BYTES])
{
    char span[48];
    out[0] = '\0';
    if (c->act == INCIDENT_REOPEN) {
        put_span(span, sizeof span,
                 at_us > before->last_us ? at_us - before->last_us : 0);
        snprintf(out, INCIDENT_EVENT_BYTES,
                 "came back %s after it was last seen, though it was resolved", span);
    } else if (c->act == INCIDENT_EXTEND && c->much_worse) {
        snprintf(out, INCIDENT_EVENT_BYTES,
                 "%lld occurrences, severity %.4g; when last told %lld, severity %.4g",
                 (long long)c->next.count, c->next.severity,
                 (long long)before->told_count, before->told_severity);
    }
    return str_of(out);
}
