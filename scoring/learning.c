/* learning.c - see learning.h. */
#include "scoring/learning.h"

#include "scoring/alarm.h"

#include <math.h>
#include <string.h>

#define OVERDUE_LOOK_US    (10 * CLOCK_MINUTE_US) /* so often at least */
#define VOLUME_HOUR_RATE   .02F /* of the last some 50 minutes of this hour of the day */
#define VOLUME_RECENT_RATE .1F

struct lesson { /* of one group */
    int service;
    struct probation_day day; /* of the service's stream time */
    int64_t latest_us;        /* of the group's records */
    bool told;                /* it is in an incident */
};

struct teaching {
    struct model *m;
    struct front front;
};

/* --- windows --- */

/* Has it a template that was never seen? One on probation that comes again is no other
 * new one. */
static bool has_fresh(const struct window *w)
{
    uint32_t i = 0, listed = w->news_n < WINDOW_NEWS_MAX ? w->news_n : WINDOW_NEWS_MAX;
    while (i < listed && !w->news[i].fresh) {
        i++;
    }
    return i < listed;
}

static void calibrate_window(struct model_service *s, enum window_kind kind,
                             const struct window *w, const struct judged *j)
{
    struct model_kind *k = &s->kind[kind];
    k->n += 1;
    k->with_news += has_fresh(w);
    k->news_expected += (float)j->foreseen;
    for (int i = 0; i < PART_VECTOR; i++) {
        hist_add(&k->part[i], j->raw[i]);
    }
    hist_add(&k->pool, j->pool_raw);
}

static void learn_vector(struct model *m, int service, enum window_kind kind,
                         struct vector *v, const struct probation_day *day)
{
    bool session = kind == WINDOW_SESSION;
    if (kind != WINDOW_ONE && window_seal(m, v)) {
        vectors_learn(&m->vectors, model_vector_group(service, kind),
                      session ? m->session_spread : m->batch_spread, v, day);
    }
}

static void learn_bursts(struct model *m, const struct vector *v)
{
    for (uint32_t i = 0; i < v->n && i < VECTOR_ITEMS_MAX; i++) {
        int slot = model_slot_of(m, &v->item[i]);
        if (slot >= 0) {
            m->template[slot].bursts += 1;
            m->template[slot].in_bursts += v->item[i].count;
        }
    }
}

/* Records a minute, by the hour and lately; a quiet minute is none. */
static void learn_volume(struct model_volume *v, int64_t n, int64_t at_us)
{
    float *mean = &v->hour[model_hour(at_us)];
    *mean += ((float)n - *mean) * (*mean > 0 ? VOLUME_HOUR_RATE : 1);
    v->most = (float)n > v->most ? (float)n : v->most;
    v->recent += ((float)n - v->recent) * (v->recent > 0 ? VOLUME_RECENT_RATE : 1);
}

/* --- records --- */

static void forget_template(struct model *m, int slot)
{
    m->template[slot] = (struct model_template){0};
    m->batch_spread[slot] = m->session_spread[slot] = (struct vector_spread){0};
}

/* When it came: what comes at the same hour on another day is no surprise. */
static void learn_hour(struct model_template *x, const struct trace *t)
{
    if (x->hours_day != t->day) {
        x->hours |= x->hours_today;
        x->hours_today = 0;
        x->hours_day = t->day;
    }
    x->hours_today |= 1U << t->hour;
}

/* How much the template is one of those that were seen once. */
static void set_once(struct model_service *s, struct model_template *x, float once)
{
    float more = once - x->once;
    x->once = once;
    s->once = fmaxf(s->once + more, 0);
    s->once_grave = fmaxf(s->once_grave + (x->grave ? more : 0), 0);
}

/* The slot of the record's template. tr: grave, real. */
static int learn_template(struct teaching *t, struct model_service *s,
                          const struct probation_day *day, const struct trace *tr)
{
    int evicted;
    int slot = templates_learn(&t->m->templates, s->number, &t->front.tokens,
                               t->front.text, &evicted);
    if (evicted >= 0) {
        forget_template(t->m, evicted);
    }
    struct model_template *x = &t->m->template[slot];
    bool fresh = x->seen == 0;
    if (fresh) {
        x->grave = tr->grave;
        x->id = kind_id((struct str){s->name, s->name_n}, &t->front.tokens);
    }
    x->seen += x->seen < UINT32_MAX;
    bool first = x->count <= 0; /* perhaps after a probation */
    if (tr->real) {
        return slot; /* never */
    }
    if (probation_pass(&x->probation, fresh, day) && (day->trusted || first)) {
        float more = first ? (float)x->seen : 1;
        set_once(s, x, first && x->seen == 1 ? 1 : 0);
        x->count += more;
        s->records += more;
    }
    return slot;
}

static void learn_calibration(struct model_service *s, const struct trace *t)
{
    for (int c = 0; c < TRACE_CHANNELS_N; c++) {
        if (t->raw[c] >= 0) {
            hist_add(&s->trace[c], (double)t->raw[c]);
        }
    }
}

static void learn_web(struct teaching *t, const struct model_service *s)
{
    struct front_fields it = front_fields(&t->front);
    struct front_field f;
    while (front_next_field(&t->front, &it, &f)) {
        enum trace_channel c = analysis_channel(f.part);
        if (c < TRACE_CHANNELS_N) {
            spelling_learn(&t->m->spelling, analysis_field(s->number, c),
                           front_decode(&t->front, &f));
        }
    }
}

static void learn_values(struct teaching *t, int slot)
{
    struct analysis_values it = {0};
    struct analysis_value v;
    while (analysis_next_value(t->m, &t->front, slot, &it, &v)) {
        values_learn(&t->m->values, v.place, (uint32_t)str_hash(v.text));
    }
}

static void learn_content(struct teaching *t, const struct model_service *s, int slot)
{
    if (t->front.is_web) {
        learn_web(t, s);
    } else {
        learn_values(t, slot);
    }
}

static void learn_record(struct teaching *t, const struct record *r, struct trace *tr,
                         const struct lesson *lesson)
{
    struct model_service *s = &t->m->service[lesson->service];
    struct probation_day day = {lesson->day.day, lesson->day.trusted || tr->quiet};
    front_read(r, &t->front);
    learn_calibration(s, tr);
    tr->slot = learn_template(t, s, &day, tr);
    t->m->template[tr->slot].told |= lesson->told && !tr->known;
    learn_hour(&t->m->template[tr->slot], tr);
    if (tr->at_us >= s->time.latest_us - RHYTHM_LATE_US) {
        rhythm_note(&t->m->template[tr->slot].rhythm, tr->at_us);
    }
    tr->key = model_key(t->m, tr->slot);
    if (day.trusted && !tr->real && !tr->quiet) {
        learn_content(t, s, tr->slot);
    }
}

/* --- a batch --- */

/* How much of the service's life that is. A jump of more than a day may be one to and fro
 * (stream_time.h), of which only what lies beyond all that was before counts. */
static int64_t passed_us(const struct model_service *s, int64_t from_us, int64_t to_us)
{
    if (to_us - from_us <= STREAM_BACK_US) {
        return to_us - from_us;
    }
    return to_us > s->reached_us ? to_us - s->reached_us : 0;
}

/* A service's time goes on; at times its older half is counted half. */
static void advance(struct model *m, int service, int64_t at_us, int64_t n)
{
    struct model_service *s = &m->service[service];
    int64_t before = s->time.latest_us, passed = 0;
    uint32_t many = n < STREAM_BACK_N ? (uint32_t)n : STREAM_BACK_N;
    enum stream_step step = stream_note(&s->time, at_us, many);
    if (step == STREAM_ON && before != INT64_MIN) {
        passed = passed_us(s, before, at_us);
        alarm_pass(&s->alarms, passed);
    } else if (step == STREAM_BACK) {
        s->overdue_us = 0;
    }
    s->reached_us = at_us > s->reached_us ? at_us : s->reached_us;
    s->aged_us += passed;
    if (s->aged_us >= MODEL_HALVE_US || s->counted >= MODEL_COUNTED_MAX) {
        s->aged_us = 0;
        model_halve(m, service);
    }
}

/* Errors or failed logins: also of an odd batch, but not more than one more than is usual,
 * so that a service that has many finds its share, and one attack does not make it. */
static void learn_share(struct model_service *s, const struct window *w, bool logins,
                        bool trusted)
{
    int64_t k = logins ? w->logins : w->errors;
    int64_t most = k > 0 && !trusted ? window_usual(s, logins, w->n) + 1 : k;
    *(logins ? &s->logins : &s->errors) += (float)(k < most ? k : most);
}

/* What is new in the window was told: that it comes again, on probation, is no news. */
void learn_told(struct model *m, const struct window *w)
{
    for (uint32_t i = 0; i < w->news_n && i < WINDOW_NEWS_MAX; i++) {
        int slot = model_slot(m, w->news[i].slot, w->news[i].key);
        if (slot >= 0) {
            m->template[slot].told = true;
        }
    }
}

static void learn_group(struct model *m, const struct learn_batch *b, uint32_t group,
                        struct lesson *out)
{
    struct judged j;
    const struct group *g = &b->a->group[group];
    enum window_kind kind = window_kind_of(g->window.n);
    window_judge(m, model_find(m, g->name, g->hash), kind, &g->window, &j);
    out->service = model_take(m, g->name, g->hash);
    struct model_service *s = &m->service[out->service];
    advance(m, out->service, out->latest_us, g->window.n);
    s->counted += (float)g->window.n;
    s->entrances += g->window.entrances > 0;
    s->low += (float)g->window.low;
    for (int k = 0; k < ATTACKS_N; k++) {
        s->attacks[k] += g->window.attack_n[k];
    }
    double z = fmax(j.all, j.prior);
    alarm_count(&s->alarms, kind, fmax(j.plain, j.prior) > ALARM_CROSSING_Z,
                s->time.latest_us);
    calibrate_window(s, kind, &g->window, &j);
    out->day.day = (int32_t)(s->time.latest_us / ANALYSIS_DAY_US);
    out->day.trusted = b->mode == LEARN_CLEAN || z <= WINDOW_QUARANTINE_Z;
    learn_share(s, &g->window, false, out->day.trusted);
    learn_share(s, &g->window, true, out->day.trusted);
    out->told = b->raised && z > ALARM_CROSSING_Z;
}

void learn_window(struct model *m, int service, enum window_kind kind,
                  const struct window *w, int64_t at_us)
{
    struct judged j;
    struct model_service *s = &m->service[service];
    struct window judged = *w;
    judged.usual = kind == WINDOW_MINUTE ? model_usual_minute(s, at_us) : 0;
    window_judge(m, service, kind, &judged, &j);
    double z = fmax(j.all, j.prior);
    struct probation_day day = {(int32_t)(at_us / ANALYSIS_DAY_US),
                                z <= WINDOW_QUARANTINE_Z};
    struct vector v = w->vector;
    alarm_count(&s->alarms, kind, false, at_us);
    calibrate_window(s, kind, w, &j);
    if (kind == WINDOW_SESSION && w->n > 1 && !w->partial && !w->real) {
        learn_vector(m, service, kind, &v, &day);
    } else if (kind == WINDOW_MINUTE) {
        learn_volume(&s->volume, w->n - (int64_t)w->quiet, at_us);
        learn_bursts(m, &w->vector);
    }
}

/* The group's vector, by the templates that were learned. */
static void count_vector(const struct analysis *a, uint32_t group, struct vector *out)
{
    *out = (struct vector){0};
    for (size_t i = 0; i < a->n && out->n <= VECTOR_ITEMS_MAX; i++) {
        if (a->trace[i].group == group) {
            vector_add(out, a->trace[i].key, (uint16_t)a->trace[i].slot);
        }
    }
}

static void learn_vectors(struct model *m, const struct learn_batch *b,
                          const struct lesson *lesson)
{
    for (uint32_t i = 0; i < b->a->groups_n; i++) {
        const struct window *w = &b->a->group[i].window;
        struct vector v = w->vector;
        if (w->partial || w->real) {
            continue;
        }
        if (w->news_n > 0) {
            count_vector(b->a, i, &v);
        }
        learn_vector(m, lesson[i].service, window_kind_of(w->n), &v, &lesson[i].day);
    }
}

static void find_latest(const struct analysis *a, struct lesson *lesson)
{
    for (size_t i = 0; i < a->groups_n; i++) {
        lesson[i].latest_us = INT64_MIN;
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct trace *t = &a->trace[i];
        if (t->group != ANALYSIS_NO_GROUP && t->at_us > lesson[t->group].latest_us) {
            lesson[t->group].latest_us = t->at_us;
        }
    }
}

enum err_code learn_batch(struct model *m, const struct learn_batch *b, struct err *e)
{
    struct teaching *t = arena_alloc(b->arena, sizeof *t);
    struct lesson *lesson = arena_alloc(b->arena, (b->a->groups_n + 1) * sizeof *lesson);
    if (!t || !lesson) {
        return err_set(e, ERR_NOMEM, "not enough memory to learn a batch");
    }
    t->m = m;
    find_latest(b->a, lesson);
    for (uint32_t i = 0; i < b->a->groups_n; i++) {
        learn_group(m, b, i, &lesson[i]);
    }
    for (size_t i = 0; i < b->a->n; i++) {
        struct trace *tr = &b->a->trace[i];
        if (tr->group != ANALYSIS_NO_GROUP) {
            learn_record(t, &b->records[i], tr, &lesson[tr->group]);
        }
    }
    learn_vectors(m, b, lesson);
    m->records += (int64_t)b->a->n;
    m->batches++;
    return ERR_NONE;
}

/* --- answers --- */

static void unlearn(struct model_service *s, struct model_template *x)
{
    int32_t day = (int32_t)(s->time.latest_us / ANALYSIS_DAY_US);
    s->records = fmaxf(s->records - x->count, 0);
    set_once(s, x, 0);
    x->count = 0;
    x->told = false;
    x->probation = (struct probation){day, day, 1, true};
}

static void answer_template(struct model *m, int service, int slot,
                            const struct learn_answer *a)
{
    struct model_template *x = &m->template[slot];
    if (a->scope == ANSWER_OF_KIND && !a->real) {
        x->normal = !a->undone;
        vector_spread_set(&m->batch_spread[slot], model_key(m, slot), x->normal);
        vector_spread_set(&m->session_spread[slot], model_key(m, slot), x->normal);
    }
    if (a->fresh && a->real != a->undone) {
        unlearn(&m->service[service], x);
    }
}

/* An example: its template's slot, learned or only found; -1: it is not there. */
static int answer_example(struct teaching *t, int service, const struct learn_answer *a,
                          const struct record *r)
{
    bool learns = !a->real && !a->undone;
    struct model_service *s = &t->m->service[service];
    struct trace tr = {.slot = -1};
    struct probation_day day = {(int32_t)(s->time.latest_us / ANALYSIS_DAY_US), true};
    front_read(r, &t->front);
    for (int i = 0; learns && i < LEARN_ANSWER_WEIGHT; i++) {
        tr.slot = learn_template(t, s, &day, &tr); /* its values stay new: see undone */
    }
    return learns ? tr.slot
                  : templates_find(&t->m->templates, s->number, &t->front.tokens);
}

void learn_answer(struct model *m, const struct learn_answer *a,
                  struct learn_answered *out)
{
    *out = (struct learn_answered){.all = a->scope == ANSWER_OF_SERVICE};
    struct teaching t = {.m = m};
    uint64_t hash = str_hash(a->service);
    bool learns = !a->real && !a->undone;
    int service =
        learns ? model_take(m, a->service, hash) : model_find(m, a->service, hash);
    if (service < 0) {
        return;
    }
    if (a->scope == ANSWER_OF_SERVICE) {
        m->service[service].normal = learns;
        return;
    }
    for (size_t i = 0; i < a->examples_n && i < ANSWER_EXAMPLES_MAX; i++) {
        int slot = answer_example(&t, service, a, &a->examples[i]);
        if (slot >= 0) {
            answer_template(m, service, slot, a);
            out->key[out->n++] = model_key(m, slot);
            out->key[out->n++] = (uint32_t)t.front.tokens.signature | MODEL_NEW_KEY;
        }
    }
    for (int i = 0; a->examples_n == 0 && i < TEMPLATES_MAX; i++) {
        if (model_is_template_of(m, i, m->service[service].number) &&
            (m->template[i].id == a->template_id ||
             str_eq(templates_text(&m->templates, i), a->text))) {
            answer_template(m, service, i, a);
        }
    }
}

int learn_overdue(struct model *m, int service, int prev, int64_t at_us)
{
    struct model_service *s = &m->service[service];
    if (prev < 0 && at_us < s->overdue_us) {
        return -1;
    }
    s->overdue_us = prev < 0 ? at_us + OVERDUE_LOOK_US : s->overdue_us;
    for (int i = prev + 1; i < TEMPLATES_MAX; i++) {
        struct rhythm *r = &m->template[i].rhythm;
        int64_t due = rhythm_due(r);
        if (due >= s->overdue_us || !model_is_template_of(m, i, s->number)) {
            continue;
        }
        if (due < at_us && (s->normal || m->template[i].normal)) {
            r->said = true;
            continue;
        }
        if (due < at_us) {
            r->said = true;
            return i;
        }
        s->overdue_us = due;
    }
    return -1;
}
