/* model.c - see model.h. Services are in a hash table with chains, and in a list in the
 * order in which they spoke last. */
#include "scoring/model.h"

#include "scoring/alarm.h"

#include <string.h>

void model_init(struct model *m)
{
    memset(m, 0, sizeof *m);
    for (int i = 0; i < MODEL_BUCKETS; i++) {
        m->bucket[i] = -1;
    }
    for (int i = 0; i < MODEL_SERVICES_MAX; i++) {
        m->service[i].next = (int16_t)(i + 1 < MODEL_SERVICES_MAX ? i + 1 : -1);
    }
    m->oldest = m->youngest = -1;
    templates_init(&m->templates);
    vectors_init(&m->vectors);
}

static int16_t *bucket_of(struct model *m, uint64_t hash)
{
    return &m->bucket[hash % MODEL_BUCKETS];
}

int model_find(const struct model *m, struct str service, uint64_t hash)
{
    int i = m->bucket[hash % MODEL_BUCKETS];
    while (i >= 0) {
        const struct model_service *s = &m->service[i];
        if (s->hash == hash && str_eq((struct str){s->name, s->name_n}, service)) {
            return i;
        }
        i = s->next;
    }
    return -1;
}

static void unlink_service(struct model *m, struct model_service *s)
{
    *(s->older >= 0 ? &m->service[s->older].younger : &m->oldest) = s->younger;
    *(s->younger >= 0 ? &m->service[s->younger].older : &m->youngest) = s->older;
}

static void link_youngest(struct model *m, int16_t self)
{
    struct model_service *s = &m->service[self];
    s->older = m->youngest;
    s->younger = -1;
    *(m->youngest >= 0 ? &m->service[m->youngest].younger : &m->oldest) = self;
    m->youngest = self;
}

int model_vector_group(int service, enum window_kind kind)
{
    return 2 * service + (kind == WINDOW_SESSION);
}

/* Is it a template, and of the service with this number? */
bool model_is_template_of(const struct model *m, int slot, uint32_t service)
{
    const struct template_row *row = &m->templates.rows[slot];
    return row->id != 0 && m->templates.services[row->service].service == service;
}

/* Whoever gets their slots next finds nothing in them. */
static void forget_templates(struct model *m, uint32_t service)
{
    uint32_t left = templates_service_n(&m->templates, service);
    for (int i = 0; i < TEMPLATES_MAX && left > 0; i++) {
        if (model_is_template_of(m, i, service)) {
            left--;
            m->template[i] = (struct model_template){0};
            m->batch_spread[i] = m->session_spread[i] = (struct vector_spread){0};
        }
    }
    templates_forget_service(&m->templates, service);
}

/* All that was learned of the service that was silent for longest goes. */
static void forget_oldest(struct model *m)
{
    int16_t self = m->oldest, *link = bucket_of(m, m->service[self].hash);
    struct model_service *s = &m->service[self];
    while (*link != self) {
        link = &m->service[*link].next;
    }
    *link = s->next;
    unlink_service(m, s);
    forget_templates(m, s->number);
    vectors_forget(&m->vectors, model_vector_group(self, WINDOW_ONE));
    vectors_forget(&m->vectors, model_vector_group(self, WINDOW_SESSION));
    m->forgotten++;
    s->in_use = false;
    s->next = m->unused;
    m->unused = self;
}

int model_take(struct model *m, struct str name, uint64_t hash)
{
    int found = model_find(m, name, hash);
    if (found >= 0) {
        unlink_service(m, &m->service[found]);
        link_youngest(m, (int16_t)found);
        return found;
    }
    if (m->unused < 0) {
        forget_oldest(m);
    }
    int16_t self = m->unused, *head = bucket_of(m, hash);
    struct model_service *s = &m->service[self];
    m->unused = s->next;
    size_t n = name.n < sizeof s->name ? name.n : sizeof s->name - 1;
    memset(s, 0, sizeof *s);
    s->in_use = true;
    s->hash = hash;
    s->number = ++m->numbers;
    s->time.latest_us = s->reached_us = INT64_MIN;
    s->next = *head;
    s->name_n = (uint16_t)n;
    memcpy(s->name, name.p, n);
    *head = self;
    link_youngest(m, self);
    return self;
}

static void halve_templates(struct model *m, const struct model_service *s)
{
    for (int i = 0; i < TEMPLATES_MAX; i++) {
        if (model_is_template_of(m, i, s->number)) {
            m->template[i].count *= .5F;
            m->template[i].once *= .5F;
            m->template[i].bursts *= .5F;
            m->template[i].in_bursts *= .5F;
            m->batch_spread[i].sum *= .5F;
            m->batch_spread[i].squares *= .5F;
            m->session_spread[i].sum *= .5F;
            m->session_spread[i].squares *= .5F;
        }
    }
}

void model_halve(struct model *m, int service)
{
    struct model_service *s = &m->service[service];
    float *const counts[] = {&s->records, &s->once,      &s->once_grave, &s->errors,
                             &s->logins,  &s->entrances, &s->low,        &s->counted};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        *counts[i] *= .5F;
    }
    for (int i = 0; i < ATTACKS_N; i++) {
        s->attacks[i] *= .5F;
    }
    for (int i = 0; i < TRACE_CHANNELS_N; i++) {
        hist_halve(&s->trace[i]);
    }
    for (int k = 0; k < WINDOW_KINDS_N; k++) {
        struct model_kind *kind = &s->kind[k];
        kind->n *= .5F;
        kind->with_news *= .5F;
        kind->news_expected *= .5F;
        hist_halve(&kind->pool);
        for (int i = 0; i < PART_VECTOR; i++) {
            hist_halve(&kind->part[i]);
        }
    }
    alarm_halve(&s->alarms);
    s->volume.most *= .8F; /* not half: it is no count */
    halve_templates(m, s);
    vectors_halve(&m->vectors, model_vector_group(service, WINDOW_ONE));
    vectors_halve(&m->vectors, model_vector_group(service, WINDOW_SESSION));
}

int64_t model_templates_n(const struct model *m, int service)
{
    return templates_service_n(&m->templates, m->service[service].number);
}

int64_t model_evictions(const struct model *m)
{
    return (int64_t)(m->forgotten + m->templates.evicted_n + m->vectors.evicted +
                     m->values.evicted);
}
