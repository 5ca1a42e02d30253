/* analysis.c - see analysis.h. */
#include "scoring/analysis.h"

#include "scoring/failure.h"
#include "scoring/kinds.h"

#include <math.h>
#include <string.h>

#define SPELLING_SCALE 0.6 /* to values for hist.h: it has 8 octaves */
#define LOW_Z          1.0 /* p < .1 */

/* What was found of a field of a web request, for others in the batch that are the same:
 * agents and pages come again and again. */
struct seen {
    struct str sent; /* NULL: nothing yet */
    uint32_t group;
    enum front_part part;
    enum attack attack;
    float spelling;
};
enum { SEEN_MAX = 1024 }; /* a power of 2, as many as fields in a batch or this */

/* The same of a raw value's calibration. */
struct calibrated {
    uint32_t group;
    uint8_t channel;
    float raw, z; /* raw 0: nothing yet, which is never looked up */
};
enum { CALIBRATED_N = 64 };

struct reading {
    const struct model *m;
    struct analysis *out;
    int64_t received_us;
    struct seen *seen;
    size_t seen_n; /* a power of 2 */
    struct calibrated calibrated[CALIBRATED_N];
    uint32_t last_group;
    struct front front;
};

/* --- groups --- */

static uint32_t group_of(struct reading *r, struct str name)
{
    struct analysis *a = r->out;
    if (r->last_group < a->groups_n && str_eq(a->group[r->last_group].name, name)) {
        return r->last_group;
    }
    uint64_t hash = str_hash(name);
    size_t i = 0;
    while (i < a->groups_n &&
           !(a->group[i].hash == hash && str_eq(a->group[i].name, name))) {
        i++;
    }
    if (i == ANALYSIS_GROUPS_MAX) {
        return ANALYSIS_NO_GROUP;
    }
    if (i == a->groups_n) {
        struct group *g = &a->group[a->groups_n++];
        g->name = name;
        g->hash = hash;
        g->service = model_find(r->m, name, hash);
    }
    r->last_group = (uint32_t)i;
    return (uint32_t)i;
}

/* --- one record --- */

static double share_of(const struct model_service *s, const struct model_template *t)
{
    return ((double)t->count + .5) / ((double)s->records + 1);
}

static void look_rare(const struct model_service *s, const struct model_template *t,
                      struct trace *out)
{
    double share = share_of(s, t);
    if (model_comes_at(t, 1U << out->hour, out->day)) {
        out->raw[TRACE_RARE] = 0;
        return;
    }
    out->raw[TRACE_RARE] = share < 1 ? (float)-log10(share) : 0;
}

bool analysis_next_value(const struct model *m, const struct front *f, int slot,
                         struct analysis_values *it, struct analysis_value *out)
{
    const struct tokens *k = &f->tokens;
    while (it->at < k->n) {
        size_t i = it->at++;
        if (k->t[i].wild || mask_kind(m->templates.tokens[slot][i]) == MASK_WILD) {
            out->place = templates_id(&m->templates, slot) * MASK_TOKENS_MAX + i;
            out->place *= 0x9e3779b97f4a7c15U;
            out->text = (struct str){f->text.p + k->t[i].at, k->t[i].n};
            return true;
        }
    }
    return false;
}

struct str analysis_newest_value(const struct model *m, const struct front *f, int slot)
{
    struct analysis_values it = {0};
    struct analysis_value v;
    struct str newest = STR("");
    double most = 0;
    while (slot >= 0 && analysis_next_value(m, f, slot, &it, &v)) {
        double z = values_z(&m->values, v.place, (uint32_t)str_hash(v.text));
        if (z > most) {
            most = z;
            newest = v.text;
        }
    }
    return newest;
}

static void look_values(struct reading *r, struct trace *t)
{
    struct analysis_values it = {0};
    struct analysis_value v;
    t->raw[TRACE_VALUE] = 0;
    while (analysis_next_value(r->m, &r->front, t->slot, &it, &v)) {
        float z = (float)values_z(&r->m->values, v.place, (uint32_t)str_hash(v.text));
        t->raw[TRACE_VALUE] = z > t->raw[TRACE_VALUE] ? z : t->raw[TRACE_VALUE];
    }
}

/* Of some of the text only: who finds a field compares all of it. */
static size_t place_of(const struct front_field *f, uint32_t group)
{
    uint64_t h = f->sent.n + ((uint64_t)group << 8 | (uint64_t)f->part) * 0x9e3779b9U;
    for (size_t at = 0; at + sizeof h <= f->sent.n; at += 3 * sizeof h) {
        uint64_t w;
        memcpy(&w, f->sent.p + at, sizeof w);
        h = (h ^ w) * 0x9e3779b97f4a7c15U;
        h ^= h >> 29;
    }
    if (f->sent.n > 0) {
        h ^= (uint8_t)f->sent.p[f->sent.n - 1];
    }
    return (size_t)(h * 0x9e3779b97f4a7c15U >> 32);
}

/* Attacks in it and how it is spelled; s NULL: the latter is not known. */
static const struct seen *look_field(struct reading *r, uint32_t group,
                                     const struct model_service *s,
                                     const struct front_field *f)
{
    struct seen *seen = &r->seen[place_of(f, group) & (r->seen_n - 1)];
    if (seen->sent.p && seen->group == group && seen->part == f->part &&
        str_eq(seen->sent, f->sent)) {
        return seen;
    }
    enum trace_channel c = analysis_channel(f->part);
    struct str plain = front_decode(&r->front, f);
    *seen = (struct seen){f->sent, group, f->part, front_attack_in(f->part, plain), 0};
    if (s && c < TRACE_CHANNELS_N) {
        struct spelling_view v;
        spelling_look(&r->m->spelling, analysis_field(s->number, c), plain, &v);
        seen->spelling = (float)exp2(v.bits * SPELLING_SCALE) - 1;
    }
    return seen;
}

static void look_web(struct reading *r, struct trace *t, const struct model_service *s)
{
    struct front_fields it = front_fields(&r->front);
    struct front_field f;
    while (front_next_field(&r->front, &it, &f)) {
        const struct seen *seen = look_field(r, t->group, s, &f);
        enum trace_channel c = analysis_channel(f.part);
        t->attack = t->attack ? t->attack : (uint8_t)seen->attack;
        if (s && c < TRACE_CHANNELS_N && seen->spelling > t->raw[c]) {
            t->raw[c] = seen->spelling;
        }
    }
}

static float z_of(struct reading *r, const struct model_service *s, uint32_t group,
                  uint8_t channel, float raw)
{
    uint32_t bits;
    memcpy(&bits, &raw, sizeof bits);
    bits = (bits ^ group << 8 ^ channel) * 0x9e3779b9U;
    struct calibrated *k = &r->calibrated[bits >> 16 & (CALIBRATED_N - 1)];
    bool same =
        k->group == group && k->channel == channel && !(k->raw < raw) && !(k->raw > raw);
    if (!same) {
        double z = hist_z(&s->trace[channel], (double)raw);
        *k = (struct calibrated){group, channel, raw, (float)z};
    }
    return k->z;
}

/* The oddest channel, by the service's own calibration. */
static void calibrate(struct reading *r, const struct model_service *s, struct trace *t)
{
    for (uint8_t c = 0; c < TRACE_CHANNELS_N; c++) {
        float z = t->raw[c] > 0 ? z_of(r, s, t->group, c, t->raw[c]) : 0;
        if (z > t->z) {
            t->z = z;
            t->channel = c;
        }
    }
}

/* A new message: does its owner want to know? Of a web request only if the server failed:
 * what else is asked for is nobody's failure. */
static bool is_grave(const struct record *rec, const struct front *f)
{
    return f->is_web ? f->web.status >= 500
                     : rec->rank >= LEVEL_WARN || failure_in(rec->message) ||
                           entrance_in(rec->message);
}

/* What a person has said of such records beats whatever else was found. */
static void take_answer(const struct model *m, const struct record *rec, struct trace *t)
{
    if (rec->answer == ANSWER_REAL) {
        t->real = !t->known;
        t->told = t->told && t->known;
    } else if (rec->answer != ANSWER_NONE) {
        t->quiet = t->known = true;
        t->partial = rec->answer != ANSWER_NORMAL || t->slot < 0 ||
                     !m->template[t->slot].normal; /* it may not have heard of it yet */
        t->fresh = t->told = t->grave = t->entrance = t->error = t->login = false;
        t->attack = ATTACK_NONE;
        t->z = 0;
        for (int c = 0; c < TRACE_CHANNELS_N; c++) {
            t->raw[c] = TRACE_NOT_LOOKED;
        }
    }
}

static void look(struct reading *r, const struct record *rec, struct trace *t)
{
    int64_t at_us = rec->event_us < r->received_us ? rec->event_us : r->received_us;
    front_read(rec, &r->front);
    *t = (struct trace){.at_us = at_us,
                        .session = r->front.session,
                        .group = group_of(r, rec->service),
                        .login = rec->failed_login.evidence,
                        .error = level_is_error(rec->rank) && !rec->failed_login.evidence,
                        .is_web = r->front.is_web,
                        .day = (int32_t)(at_us / ANALYSIS_DAY_US),
                        .hour = (uint8_t)model_hour(at_us)};
    for (int c = 0; c < TRACE_CHANNELS_N; c++) {
        t->raw[c] = TRACE_NOT_LOOKED;
    }
    int service = t->group != ANALYSIS_NO_GROUP ? r->out->group[t->group].service : -1;
    const struct model_service *s = service >= 0 ? &r->m->service[service] : NULL;
    t->slot = s ? templates_find(&r->m->templates, s->number, &r->front.tokens) : -1;
    const struct model_template *tmpl = t->slot >= 0 ? &r->m->template[t->slot] : NULL;
    t->known = tmpl && tmpl->count > 0;
    t->fresh = !tmpl;
    t->told = tmpl && !t->known && tmpl->told;
    t->key = t->slot >= 0 ? model_key(r->m, t->slot)
                          : (uint32_t)r->front.tokens.signature | MODEL_NEW_KEY;
    t->id = tmpl ? tmpl->id : kind_id(rec->service, &r->front.tokens);
    t->grave = !t->known && is_grave(rec, &r->front);
    if (t->known) {
        look_rare(s, tmpl, t);
        if (!r->front.is_web) {
            look_values(r, t);
        }
    }
    t->entrance =
        t->known && (double)t->raw[TRACE_VALUE] >= LOW_Z && entrance_in(rec->message);
    if (r->front.is_web) {
        look_web(r, t, s);
    }
    if (s) {
        calibrate(r, s, t);
    }
    take_answer(r->m, rec, t);
}

/* --- windows --- */

static void add_new(struct window *w, const struct trace *t, int64_t ref)
{
    uint32_t i = 0, listed = w->news_n < WINDOW_NEWS_MAX ? w->news_n : WINDOW_NEWS_MAX;
    while (i < listed && w->news[i].key != t->key) {
        i++;
    }
    if (i == listed && listed < WINDOW_NEWS_MAX) {
        w->news[w->news_n++] = (struct window_new){t->key,   1,        t->id,   t->slot,
                                                   t->fresh, t->grave, t->real, ref};
        w->untold_n += !t->told;
        w->grave_n += t->grave;
        w->grave_untold_n += t->grave && !t->told;
    } else if (i == listed) {
        w->news_n++; /* counted once a record, for want of a place to remember it */
    } else {
        w->news[i].n++;
    }
}

static void add_peak(struct window *w, const struct trace *t, int64_t ref)
{
    int i = WINDOW_PEAKS - 1;
    if (!(t->z > w->peak[i].z)) {
        return;
    }
    for (; i > 0 && t->z > w->peak[i - 1].z; i--) {
        w->peak[i] = w->peak[i - 1];
    }
    w->peak[i] = (struct window_peak){t->z, t->slot, t->key, t->channel, ref};
}

void window_add(struct window *w, const struct trace *t, int64_t ref)
{
    if (t->error && w->errors < WINDOW_REFS) {
        w->error_ref[w->errors] = ref;
    }
    if (t->login && w->logins < WINDOW_REFS) {
        w->login_ref[w->logins] = ref;
    }
    if (t->attack) {
        uint16_t *n = &w->attack_n[t->attack];
        w->attack_ref[t->attack] = *n == 0 ? ref : w->attack_ref[t->attack];
        *n = (uint16_t)(*n + (*n < UINT16_MAX));
    }
    w->first = w->n == 0 ? ref : w->first;
    w->session = w->n == 0 ? t->session : w->session;
    w->hour = w->n == 0 ? t->hour : w->hour;
    w->day = w->n == 0 ? t->day : w->day;
    w->mixed = w->mixed || t->session != w->session;
    w->last = ref;
    w->n++;
    w->errors += t->error;
    w->logins += t->login;
    w->attacks += t->attack != 0;
    w->entrances += t->entrance;
    w->low += (double)t->z >= LOW_Z;
    if (!t->known) {
        add_new(w, t, ref);
    }
    add_peak(w, t, ref);
    w->quiet += t->quiet && w->quiet < UINT32_MAX;
    w->partial = w->partial || t->partial;
    w->real = w->real || t->real;
    if (!t->partial) {
        vector_add(&w->vector, t->key, t->slot >= 0 ? (uint16_t)t->slot : VECTOR_NO_SLOT);
    }
}

void analysis_count(struct analysis *a)
{
    a->others = (struct analysis_others){0};
    for (size_t i = 0; i < a->groups_n; i++) {
        memset(&a->group[i].window, 0, sizeof a->group[i].window);
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct trace *t = &a->trace[i];
        if (!analysis_counts(a, i)) {
            continue;
        }
        if (t->group != ANALYSIS_NO_GROUP) {
            window_add(&a->group[t->group].window, t, (int64_t)i);
        } else {
            a->others.n++;
            a->others.errors += t->error;
            a->others.logins += t->login;
        }
    }
}

bool analysis_copy(const struct analysis *a, const bool *gone, struct arena *arena,
                   struct analysis *out)
{
    *out = *a;
    out->gone = gone;
    out->group = arena_alloc(arena, (a->groups_n + 1) * sizeof *out->group);
    if (out->group) {
        memcpy(out->group, a->group, a->groups_n * sizeof *out->group);
    }
    return out->group != NULL;
}

enum err_code analyse(const struct model *m, const struct analysis_batch *b,
                      struct analysis *out, struct err *e)
{
    size_t groups = b->n < ANALYSIS_GROUPS_MAX ? b->n : ANALYSIS_GROUPS_MAX;
    struct reading *r = arena_alloc(b->arena, sizeof *r);
    size_t seen_n = 1;
    while (seen_n < SEEN_MAX && seen_n < 4 * b->n) {
        seen_n *= 2;
    }
    struct seen *seen = arena_zalloc(b->arena, seen_n * sizeof *seen);
    *out = (struct analysis){.n = b->n};
    out->trace = arena_alloc(b->arena, (b->n + 1) * sizeof *out->trace);
    out->group = arena_alloc(b->arena, (groups + 1) * sizeof *out->group);
    if (!r || !seen || !out->trace || !out->group) {
        return err_set(e, ERR_NOMEM, "not enough memory to score the batch");
    }
    r->m = m;
    r->out = out;
    r->received_us = b->received_us;
    r->seen = seen;
    r->seen_n = seen_n;
    r->last_group = 0;
    memset(r->calibrated, 0, sizeof r->calibrated);
    for (size_t i = 0; i < b->n; i++) {
        look(r, &b->records[i], &out->trace[i]);
    }
    analysis_count(out);
    return ERR_NONE;
}
