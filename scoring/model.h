/* model.h - all that is learned, in one block without pointers, and what one window is.
 *
 * The model is plain data: it is saved and loaded as bytes (state.c) and its size does not
 * depend on what is sent. Who holds it locks it: looking (analysis.h, window.h) is for any
 * number of threads at once, learning (learning.h) for one thread alone. */
#ifndef SCORING_MODEL_H
#define SCORING_MODEL_H

#include "fcgi/core/record.h"
#include "scoring/counts.h"
#include "scoring/hist.h"
#include "scoring/model_template.h"
#include "scoring/spelling.h"
#include "scoring/templates.h"
#include "scoring/values.h"

enum {
    MODEL_SERVICES_MAX = 512, /* the one silent for longest makes room for another */
    MODEL_BUCKETS = 1024,
    MODEL_COLD_WINDOWS = 50 /* before so many, what is learned says little */
};
#define MODEL_HALVE_US (14 * 24 * 60 * CLOCK_MINUTE_US)

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
    uint64_t hash;
    uint32_t number;              /* for keys; another one for each that ever was */
    int16_t next, older, younger; /* bucket, order of speaking; -1: none */
    int64_t latest_us;            /* stream time */
    int64_t halved_us;
    int64_t overdue_us; /* none of its templates is overdue before */
    float records;      /* learned, decayed */
    float once,
        once_grave; /* templates seen once, decayed; those that speak of failure */
    float errors, logins;
    float attacks[ATTACKS_N]; /* requests */
    float low, counted;       /* of `counted` records, in quarantine or not */
    struct model_alarms alarms;
    struct model_volume volume;
    struct hist trace[TRACE_CHANNELS_N];
    struct model_kind kind[WINDOW_KINDS_N];
};

struct model {
    int64_t trained_at_us, records, batches;
    char version[64];
    uint32_t numbers;   /* services that ever were */
    uint64_t forgotten; /* of them, for want of room */
    int16_t bucket[MODEL_BUCKETS];
    int16_t unused, oldest, youngest;
    struct model_service service[MODEL_SERVICES_MAX];
    struct templates templates;
    struct model_template template[TEMPLATES_MAX];
    struct vector_spread batch_spread[TEMPLATES_MAX], session_spread[TEMPLATES_MAX];
    struct vectors vectors;
    struct values values;
    struct spelling spelling;
};

/* Records that a minute of the service has at this time, or had at most; 0: not known. */
static inline double model_usual_minute(const struct model_service *s, int64_t at_us)
{
    int64_t hour = at_us / (60 * CLOCK_MINUTE_US) % 24;
    float of_hour = s->volume.hour[hour >= 0 ? hour : 0], lately = s->volume.recent;
    float usual = of_hour > lately ? of_hour : lately;
    return (double)(usual > s->volume.most ? usual : s->volume.most);
}

void model_init(struct model *m);

/* Index of the service, -1 if it is not known. */
int model_find(const struct model *m, struct str service, uint64_t hash);
/* The same; makes it known. */
int model_take(struct model *m, struct str service, uint64_t hash);

/* Counts what was learned of a service half: it is a half-life older. */
void model_halve(struct model *m, int service);

int model_vector_group(int service, enum window_kind kind);
/* Is the service that was at this place with this number still there? */
static inline bool model_is_at(const struct model *m, int place, uint32_t number)
{
    return m->service[place].in_use && m->service[place].number == number;
}

/* Is it a template of the service with this number? */
bool model_is_template_of(const struct model *m, int slot, uint32_t service);
int64_t model_templates_n(const struct model *m, int service);
int64_t model_evictions(const struct model *m); /* of anything */

#endif
