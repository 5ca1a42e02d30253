/* model_service.h - what the model knows of a service beside its templates: how many, how
 * often, and what is ordinary of it. Plain data. */
#ifndef SCORING_MODEL_SERVICE_H
#define SCORING_MODEL_SERVICE_H

#include "fcgi/core/record.h"
#include "scoring/counts.h"
#include "scoring/hist.h"
#include "scoring/stream_time.h"

/* How windows of one kind ordinarily are. */
struct model_kind {
    float n; /* windows */
    float with_news,
        news_expected; /* those with new templates; what P(new) had foreseen */
    struct hist part[PART_VECTOR];
    struct hist pool;
};

/* What the alarm budget (alarm.h) counts. */
struct model_alarms {
    float
        windows[WINDOW_KINDS_N]; /* judged, decayed; of batches the sum is what counts */
    float crossings;             /* batches over p = .001, decayed */
    double span_us;              /* stream time in which they were; decayed */
    int64_t minute, hour;        /* of the last crossing */
    uint32_t minute_n, hour_n;   /* crossings in them */
};

/* Records a minute: by the hour of the day, and lately. */
struct model_volume {
    float hour[24], recent;
    float most; /* that a minute ever had, decayed */
};

struct model_service {
    char name[CORE_SERVICE_BYTES];
    uint16_t name_n;
    bool in_use;
    bool normal; /* by an answer: also what stays away */
    uint64_t hash;
    uint32_t number;              /* for keys; another one for each that ever was */
    int16_t next, older, younger; /* bucket, order of speaking; -1: none */
    struct stream_time time;
    int64_t reached_us; /* the latest that its time ever was */
    int64_t aged_us;    /* of its life, since its counts were halved */
    int64_t overdue_us; /* none of its templates is overdue before */
    float records;      /* learned, decayed */
    float once,
        once_grave; /* templates seen once, decayed; those that speak of failure */
    float errors, logins;
    float entrances;          /* batches with such (struct window), decayed */
    float attacks[ATTACKS_N]; /* requests */
    float low, counted;       /* of `counted` records, in quarantine or not */
    struct model_alarms alarms;
    struct model_volume volume;
    struct hist trace[TRACE_CHANNELS_N];
    struct model_kind kind[WINDOW_KINDS_N];
};

/* Batches of it that were judged, decayed. */
static inline float model_batches(const struct model_service *s)
{
    float n = 0;
    for (enum window_kind k = WINDOW_ONE; k < WINDOW_SESSION; k++) {
        n += s->kind[k].n;
    }
    return n;
}

/* The hour of the day, 0..23. */
static inline int model_hour(int64_t at_us)
{
    int64_t hour = at_us / (60 * CLOCK_MINUTE_US) % 24;
    return (int)(hour >= 0 ? hour : hour + 24);
}

/* Records that a minute of the service has at this time, or had at most; 0: not known. */
static inline double model_usual_minute(const struct model_service *s, int64_t at_us)
{
    float of_hour = s->volume.hour[model_hour(at_us)], lately = s->volume.recent;
    float usual = of_hour > lately ? of_hour : lately;
    return (double)(usual > s->volume.most ? usual : s->volume.most);
}

#endif
