/* model.h - all that is learned, in one block without pointers, and what one window is.
 *
 * The model is plain data: it is saved and loaded as bytes (state.c) and its size does not
 * depend on what is sent. Who holds it locks it: looking (analysis.h, window.h) is for any
 * number of threads at once, learning (learning.h) for one thread alone. */
#ifndef SCORING_MODEL_H
#define SCORING_MODEL_H

#include "scoring/model_service.h"
#include "scoring/model_template.h"
#include "scoring/spelling.h"
#include "scoring/templates.h"
#include "scoring/values.h"

enum {
    MODEL_SERVICES_MAX = 512, /* the one silent for longest makes room for another */
    MODEL_BUCKETS = 1024,
    MODEL_COLD_WINDOWS = 50, /* before so many, what is learned says little */
    MODEL_COUNTED_MAX =
        8000000 /* records: then all is halved, for a float counts to 2^24 */
};
#define MODEL_NEW_KEY  0x80000000U /* set in the key of a template that has no slot yet */
#define MODEL_HALVE_US (14 * 24 * 60 * CLOCK_MINUTE_US)

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

/* The key of a slot's template in windows and vectors. */
static inline uint32_t model_key(const struct model *m, int slot)
{
    return (uint32_t)templates_id(&m->templates, slot) & ~MODEL_NEW_KEY;
}

/* The slot of the template with this key that was in `slot`; -1: it is not there any more,
 * perhaps another one is, or it never was. */
static inline int model_slot(const struct model *m, int slot, uint32_t key)
{
    return slot >= 0 && slot < TEMPLATES_MAX && model_key(m, slot) == key ? slot : -1;
}

static inline int model_slot_of(const struct model *m, const struct vector_item *item)
{
    return item->slot != VECTOR_NO_SLOT ? model_slot(m, item->slot, item->key) : -1;
}

int64_t model_templates_n(const struct model *m, int service);
int64_t model_evictions(const struct model *m); /* of anything */

#endif
