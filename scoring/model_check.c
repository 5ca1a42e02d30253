/* model_check.c - see model_check.h. Tables of spellings may hold whatever they want: they are
 * only counts, and found by hashes. */
#include "scoring/model_check.h"

#include "fcgi/base/utf8.h"
#include "scoring/check.h"
#include "scoring/templates_check.h"
#include "scoring/vectors_check.h"

#include <string.h>

enum { BURST_MOST = 100000000 }; /* batches in an hour: each is a step of a sum */

/* --- a service --- */

static bool check_hist(const struct hist *h)
{
    return check_floats(h->bin, HIST_BINS) && check_floats(&h->n, 1) &&
           check_floats(&h->max, 1);
}

static bool check_kind(const struct model_kind *k)
{
    bool ok = check_floats(&k->n, 1) && check_floats(&k->with_news, 1) &&
              check_floats(&k->news_expected, 1) && check_hist(&k->pool);
    for (int i = 0; i < PART_VECTOR; i++) {
        ok = ok && check_hist(&k->part[i]);
    }
    return ok;
}

static bool check_alarms(const struct model_alarms *a)
{
    return check_floats(a->windows, WINDOW_KINDS_N) && check_floats(&a->crossings, 1) &&
           check_span(a->span_us) && check_time(a->minute) && check_time(a->hour) &&
           a->minute_n <= BURST_MOST && a->hour_n <= BURST_MOST;
}

/* Not more of them than there are records: float by float they are counted together. */
static bool check_counts(const struct model_service *s)
{
    const float counts[] = {s->records,       s->once,       s->once_grave, s->errors,
                            s->logins,        s->low,        s->counted,    s->entrances,
                            s->volume.recent, s->volume.most};
    return check_floats(counts, sizeof counts / sizeof counts[0]) &&
           check_floats(s->attacks, ATTACKS_N) && check_floats(s->volume.hour, 24) &&
           (double)s->errors <= (double)s->counted * 1.001 + 1;
}

static bool check_service(const struct model_service *s)
{
    struct str name = {s->name, s->name_n};
    bool ok = s->name_n < sizeof s->name && utf8_valid_prefix(name) == name.n &&
              check_bool(&s->normal) && check_time(s->time.latest_us) &&
              check_time(s->reached_us) && check_count(s->aged_us) &&
              check_time(s->overdue_us) && check_counts(s) && check_alarms(&s->alarms);
    for (int i = 0; i < TRACE_CHANNELS_N; i++) {
        ok = ok && check_hist(&s->trace[i]);
    }
    for (int i = 0; i < WINDOW_KINDS_N; i++) {
        ok = ok && check_kind(&s->kind[i]);
    }
    return ok;
}

/* --- the table of services: as that of windows (window_check.c) --- */

static bool check_chain(const struct model *m, int bucket, bool *seen, size_t *n)
{
    for (int i = m->bucket[bucket]; i != -1; i = m->service[i].next) {
        if (!check_link(i, MODEL_SERVICES_MAX) || seen[i] || !m->service[i].in_use ||
            (int)(m->service[i].hash % MODEL_BUCKETS) != bucket) {
            return false;
        }
        seen[i] = true;
        ++*n;
    }
    return true;
}

static bool check_order(const struct model *m, size_t n)
{
    int before = -1;
    for (int i = m->oldest; i != -1; i = m->service[i].younger) {
        if (!check_link(i, MODEL_SERVICES_MAX) || n == 0 || !m->service[i].in_use ||
            m->service[i].older != before) {
            return false;
        }
        before = i;
        n--;
    }
    return n == 0 && m->youngest == before;
}

static bool check_unused(const struct model *m, bool *seen, size_t n)
{
    for (int i = m->unused; i != -1; i = m->service[i].next) {
        if (!check_link(i, MODEL_SERVICES_MAX) || seen[i] || m->service[i].in_use) {
            return false;
        }
        seen[i] = true;
        n++;
    }
    return n == MODEL_SERVICES_MAX;
}

static bool check_services(const struct model *m)
{
    bool seen[MODEL_SERVICES_MAX] = {false}, ok = true;
    size_t n = 0;
    for (int i = 0; ok && i < MODEL_SERVICES_MAX; i++) {
        ok = check_bool(&m->service[i].in_use) &&
             (!m->service[i].in_use || check_service(&m->service[i]));
    }
    for (int i = 0; ok && i < MODEL_BUCKETS; i++) {
        ok = check_chain(m, i, seen, &n);
    }
    return ok && check_order(m, n) && check_unused(m, seen, n);
}

/* --- what is known of templates and values --- */

static bool check_rhythm(const struct rhythm *r)
{
    return check_time(r->last_us) && check_span((double)r->mean_us) &&
           check_span((double)r->deviation_us) && check_span((double)r->longest_us) &&
           r->mean_us < (float)RHYTHM_ABSENT_US &&
           r->longest_us < (float)RHYTHM_ABSENT_US && check_bool(&r->said);
}

static bool check_template(const struct model_template *t)
{
    const float counts[] = {t->count, t->once, t->bursts, t->in_bursts};
    return check_floats(counts, sizeof counts / sizeof counts[0]) &&
           check_day(t->hours_day) && check_bool(&t->grave) && check_bool(&t->told) &&
           check_bool(&t->normal) && check_day(t->probation.first) &&
           check_day(t->probation.last) && check_bool(&t->probation.on) &&
           check_rhythm(&t->rhythm);
}

static bool check_templates(const struct model *m)
{
    bool ok = templates_check(&m->templates);
    for (int i = 0; ok && i < TEMPLATES_MAX; i++) {
        ok = check_template(&m->template[i]) &&
             vectors_check_spread(&m->batch_spread[i]) &&
             vectors_check_spread(&m->session_spread[i]);
    }
    return ok;
}

/* Once, of different ones, of records: each is a part of the next. */
static bool check_values(const struct values *v)
{
    bool ok = true;
    for (size_t i = 0; i < VALUES_PLACES_MAX; i++) {
        ok = ok && v->place[i].once <= v->place[i].kinds &&
             v->place[i].kinds <= v->place[i].n;
    }
    return ok;
}

bool model_check(const struct model *m)
{
    size_t n = strnlen(m->version, sizeof m->version);
    return m->trained_at_us >= 0 && m->trained_at_us <= CHECK_TIME_MOST &&
           check_count(m->records) && check_count(m->batches) && n < sizeof m->version &&
           utf8_valid_prefix((struct str){m->version, n}) == n && check_services(m) &&
           check_templates(m) && vectors_check(&m->vectors, TEMPLATES_MAX) &&
           check_values(&m->values);
}
