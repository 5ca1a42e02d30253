/* explain.c - see explain.h. */
#include "scoring/explain.h"

#include "fcgi/base/utf8.h"
#include "scoring/count_text.h"
#include "scoring/evidence.h"
#include "scoring/span_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SAID_Z 1.0F /* the more ordinary is not said, if there is more */
enum { CUT_MARK_BYTES = 3 };

/* --- texts --- */

/* s into out, whole characters, "..." where it was cut. */
static void put_cut(char *out, size_t size, struct str s)
{
    size_t n = s.n;
    if (n >= size) {
        n = utf8_valid_prefix((struct str){s.p, size - 1 - CUT_MARK_BYTES});
    }
    if (n > 0) {
        memcpy(out, s.p, n);
    }
    size_t mark = n < s.n ? CUT_MARK_BYTES : 0;
    memcpy(out + n, "...", mark);
    out[n + mark] = '\0';
}

/* A count that is not passed in 99 of 100 ordinary windows, by what its mean was. */
static int64_t usual_of(double mean)
{
    double n = ceil(2 / log10(1 + 1 / (mean > 1e-9 ? mean : 1e-9)));
    return (int64_t)n;
}

static struct reason begin(enum channel channel, double z, double observed)
{
    return (struct reason){
        .channel = channel, .evidence = z, .observed = observed, .usual_max = -1};
}

static void set_template(const struct model *m, int32_t slot, struct reason *r)
{
    if (slot >= 0) {
        r->template_id = m->template[slot].id;
        put_cut(r->template_text, sizeof r->template_text,
                templates_text(&m->templates, slot));
    }
}

/* --- records --- */

void explain_records(struct reason *r, const struct analysis *a, struct arena *arena,
                     bool (*wanted)(const struct trace *t, const void *arg),
                     const void *arg)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        n += analysis_counts(a, i) && wanted(&a->trace[i], arg);
    }
    size_t listed = n < REASON_RECORDS_MAX ? n : REASON_RECORDS_MAX;
    int64_t *list = arena_alloc(arena, (listed + 1) * sizeof *list);
    r->records_total = (int64_t)n;
    if (!list) {
        return;
    }
    for (size_t i = 0; i < a->n && r->records_n < listed; i++) {
        if (analysis_counts(a, i) && wanted(&a->trace[i], arg)) {
            list[r->records_n++] = (int64_t)i;
        }
    }
    r->records = list;
}

struct wanted {
    uint32_t group;
    int32_t slot;
    float odd; /* from here on a record is */
};

static bool in_group(const struct trace *t, const void *arg)
{
    const struct wanted *w = arg;
    return t->group == w->group;
}

static bool is_login(const struct trace *t, const void *arg)
{
    return in_group(t, arg) && t->login;
}

static bool is_error(const struct trace *t, const void *arg)
{
    return in_group(t, arg) && t->error;
}

static bool is_attack(const struct trace *t, const void *arg)
{
    return in_group(t, arg) && t->attack;
}

static bool is_new(const struct trace *t, const void *arg)
{
    return in_group(t, arg) && !t->known;
}

static bool is_odd(const struct trace *t, const void *arg)
{
    const struct wanted *w = arg;
    return t->group == w->group && t->z >= w->odd;
}

static bool is_of_template(const struct trace *t, const void *arg)
{
    const struct wanted *w = arg;
    return t->group == w->group && t->slot == w->slot;
}

/* Names a batch's records that are wanted, or the stored ones that the window remembers. */
static void name_records(const struct explain *x, struct reason *r,
                         bool (*wanted)(const struct trace *, const void *), int32_t slot,
                         const int64_t *refs, int64_t refs_n)
{
    float oddest = x->w->peak[0].z; /* it is named, however odd it is */
    struct wanted arg = {x->group, slot, oddest < SAID_Z ? oddest : SAID_Z};
    if (x->a) {
        explain_records(r, x->a, x->arena, wanted, &arg);
        return;
    }
    int64_t n = refs_n < WINDOW_REFS ? refs_n : WINDOW_REFS;
    r->stored = true;
    r->records_total = refs_n;
    if (x->lists->n == EXPLAIN_LISTS) {
        return;
    }
    int64_t *list = x->lists->ref[x->lists->n++];
    for (int64_t i = 0; i < n; i++) {
        if (refs[i] > 0) {
            list[r->records_n++] = refs[i];
        }
    }
    r->records = list;
}

/* --- the reasons --- */

static void add_counted(const struct explain *x, struct verdict *v, enum channel channel,
                        double z)
{
    bool logins = channel == CHANNEL_FAILED_LOGINS;
    int64_t k = logins ? x->w->logins : x->w->errors;
    const struct model_service *s = x->service >= 0 ? &x->m->service[x->service] : NULL;
    char usual[COUNT_USUAL_BYTES];
    struct reason r = begin(channel, z, (double)k);
    double share = window_share(s, logins);
    r.of = x->w->n;
    r.expected = share * (double)r.of;
    r.usual_max = window_usual(s, logins, r.of);
    if (k <= r.usual_max && v->reasons_n > 0) {
        return; /* nothing to speak of, where there is more */
    }
    count_usual(usual, r.usual_max);
    snprintf(r.text, sizeof r.text, "%lld %s%s in %lld record%s%s, %s", (long long)k,
             logins ? "failed login" : "error", count_plural(r.observed), (long long)r.of,
             count_plural((double)r.of), x->within, usual);
    name_records(x, &r, logins ? is_login : is_error, -1,
                 logins ? x->w->login_ref : x->w->error_ref, k);
    explain_add(v, &r);
}

/* The text of a new template: the model's, or if it has none yet the message's. */
static void put_new_text(const struct explain *x, const struct window_new *one,
                         struct reason *r)
{
    char text[TEMPLATE_TEXT_BYTES];
    struct front *f =
        x->records && one->slot < 0 ? arena_alloc(x->arena, sizeof *f) : NULL;
    set_template(x->m, model_slot(x->m, one->slot, one->key), r);
    r->template_id = one->id;
    if (f) {
        front_read(&x->records[one->ref], f);
        size_t n = template_text(f->text, &f->tokens, NULL, text);
        put_cut(r->template_text, sizeof r->template_text, (struct str){text, n});
    }
}

/* If some of the new ones speak of failure, it is about those. */
static void add_news(const struct explain *x, struct verdict *v)
{
    bool grave = x->w->grave_n > 0;
    uint32_t listed = x->w->news_n < WINDOW_NEWS_MAX ? x->w->news_n : WINDOW_NEWS_MAX;
    const struct window_new *first = NULL;
    int64_t refs[WINDOW_REFS], refs_n = 0;
    double z = WINDOW_NEWS_WEIGHT * x->j->news;
    struct reason r = begin(grave ? CHANNEL_NEW_FAILURE : CHANNEL_NEW_TEMPLATE,
                            x->w->real ? fmax(z, WINDOW_ATTACK_Z) : z,
                            grave ? x->w->grave_n : x->w->news_n);
    for (uint32_t i = 0; i < listed; i++) {
        const struct window_new *one = &x->w->news[i];
        if (one->grave != grave) {
            continue;
        }
        first = first && !(one->real && !first->real) ? first : one;
        if (refs_n < WINDOW_REFS) {
            refs[refs_n++] = one->ref;
        }
        if (v->new_templates_n < VERDICT_TEMPLATES_MAX) {
            v->new_templates[v->new_templates_n++] = one->id;
        }
    }
    if (!first) {
        return;
    }
    r.of = x->w->n;
    r.expected = x->j->foreseen;
    put_new_text(x, first, &r);
    if (x->w->real) {
        snprintf(r.text, sizeof r.text, "trouble that was said to be real, in %.*s: '%s'",
                 STR_ARGS(x->name), r.template_text);
    } else if (r.observed <= 1) {
        snprintf(r.text, sizeof r.text, "new in %.*s: '%s'", STR_ARGS(x->name),
                 r.template_text);
    } else {
        snprintf(r.text, sizeof r.text,
                 "%.0f kinds of messages are new in %.*s, first '%s'", r.observed,
                 STR_ARGS(x->name), r.template_text);
    }
    name_records(x, &r, is_new, -1, refs, refs_n);
    explain_add(v, &r);
}

static void add_attack(const struct explain *x, struct verdict *v)
{
    enum attack kind = x->j->attack_kind;
    const int64_t *ref = &x->w->attack_ref[kind];
    struct front *f = x->records ? arena_alloc(x->arena, sizeof *f) : NULL;
    struct reason r = begin(CHANNEL_SIGNATURE, fmax(x->j->attack, WINDOW_ATTACK_Z),
                            x->w->attack_n[kind]);
    r.of = x->w->n;
    if (f) {
        struct front_field field;
        front_read(&x->records[*ref], f);
        front_attack(f, &field);
        put_cut(r.value, sizeof r.value, field.shown);
    }
    snprintf(r.text, sizeof r.text, "%u request%s like %s in %.*s%s%s",
             x->w->attack_n[kind], x->w->attack_n[kind] == 1 ? " looks" : "s look",
             attack_name(kind), STR_ARGS(x->name), r.value[0] ? ": " : "", r.value);
    name_records(x, &r, is_attack, -1, ref, 1);
    explain_add(v, &r);
}

static void add_count(const struct explain *x, struct verdict *v)
{
    char usual[COUNT_USUAL_BYTES];
    struct reason r =
        begin(CHANNEL_TEMPLATE_COUNT, x->j->z[PART_COUNT], x->j->count_observed);
    set_template(x->m, model_slot(x->m, x->j->count_slot, x->j->count_key), &r);
    r.of = x->w->n;
    r.expected = x->j->count_expected;
    r.usual_max = usual_of(r.expected);
    count_usual(usual, r.usual_max);
    snprintf(r.text, sizeof r.text, "%.0f of '%s' in %lld record%s%s, %s", r.observed,
             r.template_text, (long long)r.of, count_plural((double)r.of), x->within,
             usual);
    name_records(x, &r, is_of_template, x->j->count_slot, &x->w->last, 1);
    explain_add(v, &r);
}

static void add_overdue(const struct explain *x, struct verdict *v)
{
    int slot = model_slot(x->m, x->w->overdue - 1, x->w->overdue_key);
    if (slot < 0) {
        return;
    }
    const struct rhythm *rhythm = &x->m->template[slot].rhythm;
    char away[32], usual[32];
    struct reason r = begin(CHANNEL_OVERDUE, x->j->all, (double)x->w->overdue_us / 1e6);
    r.expected = (double)rhythm->mean_us / 1e6;
    set_template(x->m, slot, &r);
    span_text(away, sizeof away, (double)x->w->overdue_us);
    span_text(usual, sizeof usual, (double)rhythm->mean_us);
    snprintf(r.text, sizeof r.text, "'%s' has not come in %.*s for %s, it comes every %s",
             r.template_text, STR_ARGS(x->name), away, usual);
    explain_add(v, &r);
}

static void add_volume(const struct explain *x, struct verdict *v)
{
    struct reason r = begin(CHANNEL_VOLUME, x->j->z[PART_VOLUME], (double)x->w->n);
    r.expected = x->w->usual;
    snprintf(r.text, sizeof r.text,
             "%lld records%s in %.*s, about %.0f were the most so far",
             (long long)x->w->n, x->within, STR_ARGS(x->name), x->w->usual);
    name_records(x, &r, in_group, -1, &x->w->last, 1);
    explain_add(v, &r);
}

static void add_combination(const struct explain *x, struct verdict *v)
{
    struct vectors_odd odd;
    struct reason r = begin(CHANNEL_COMBINATION, x->j->z[PART_VECTOR], x->j->distance);
    if (!window_odd_item(x->m, x->service, x->kind, x->w, &odd)) {
        return;
    }
    set_template(x->m, odd.slot != VECTOR_NO_SLOT ? odd.slot : -1, &r);
    r.observed = odd.count;
    r.expected = odd.nearest_count;
    snprintf(r.text, sizeof r.text,
             "messages in numbers that never came together in %.*s: %u of '%s', "
             "the most similar case had %u",
             STR_ARGS(x->name), odd.count, r.template_text, odd.nearest_count);
    name_records(x, &r, in_group, -1, &x->w->last, 1);
    explain_add(v, &r);
}

static const char *field_name(uint8_t channel)
{
    return channel == TRACE_PATH    ? "path"
           : channel == TRACE_QUERY ? "query"
                                    : "user agent";
}

/* The record's value that is odd in this way. */
static void find_value(const struct explain *x, const struct window_peak *p,
                       struct reason *r)
{
    struct front *f = x->records ? arena_alloc(x->arena, sizeof *f) : NULL;
    if (!f) {
        return;
    }
    front_read(&x->records[p->ref], f);
    if (p->channel == TRACE_VALUE) {
        put_cut(r->value, sizeof r->value, analysis_newest_value(x->m, f, p->slot));
    } else if (f->is_web) {
        put_cut(r->value, sizeof r->value,
                p->channel == TRACE_PATH    ? f->web.path
                : p->channel == TRACE_QUERY ? f->web.query
                                            : f->web.agent);
    }
}

static void put_peak_text(const struct explain *x, const struct window_peak *p,
                          struct reason *r)
{
    if (p->channel == TRACE_VALUE) {
        snprintf(r->text, sizeof r->text, "a value never seen there in %.*s%s%s%s '%s'",
                 STR_ARGS(x->name), r->value[0] ? ": '" : ",", r->value,
                 r->value[0] ? "' in" : " in", r->template_text);
    } else if (p->channel == TRACE_RARE) {
        snprintf(r->text, sizeof r->text, "rare in %.*s: '%s'", STR_ARGS(x->name),
                 r->template_text);
    } else {
        snprintf(r->text, sizeof r->text, "a %s unlike the others in %.*s%s%s%s",
                 field_name(p->channel), STR_ARGS(x->name), r->value[0] ? ": '" : "",
                 r->value, r->value[0] ? "'" : "");
    }
}

static void add_peak(const struct explain *x, struct verdict *v)
{
    static const enum channel channel_of[TRACE_CHANNELS_N] = {
        [TRACE_RARE] = CHANNEL_RARE,       [TRACE_VALUE] = CHANNEL_NEW_VALUE,
        [TRACE_PATH] = CHANNEL_ODD_VALUE,  [TRACE_QUERY] = CHANNEL_ODD_VALUE,
        [TRACE_AGENT] = CHANNEL_ODD_VALUE,
    };
    const struct window_peak *p = &x->w->peak[0];
    struct reason r = begin(channel_of[p->channel], x->j->z[PART_RECORDS], (double)p->z);
    int64_t refs[WINDOW_PEAKS];
    for (int i = 0; i < WINDOW_PEAKS; i++) {
        refs[i] = x->w->peak[i].z > 0 ? x->w->peak[i].ref : 0;
    }
    set_template(x->m, model_slot(x->m, p->slot, p->key), &r);
    find_value(x, p, &r);
    put_peak_text(x, p, &r);
    name_records(x, &r, is_odd, -1, refs, WINDOW_PEAKS);
    explain_add(v, &r);
}

static void add_low(const struct explain *x, struct verdict *v)
{
    struct reason r = begin(CHANNEL_RARE, x->j->z[PART_LOW], (double)x->w->low);
    int64_t refs[WINDOW_PEAKS];
    for (int i = 0; i < WINDOW_PEAKS; i++) {
        refs[i] = x->w->peak[i].z > 0 ? x->w->peak[i].ref : 0;
    }
    r.of = x->w->n;
    r.expected = x->j->low_expected;
    snprintf(r.text, sizeof r.text,
             "%lld of %lld record%s%s in %.*s %s unusual, about %.1f would be ordinary",
             (long long)x->w->low, (long long)x->w->n, count_plural((double)x->w->n),
             x->within, STR_ARGS(x->name), x->w->low == 1 ? "is" : "are", r.expected);
    name_records(x, &r, is_odd, -1, refs, WINDOW_PEAKS);
    explain_add(v, &r);
}

/* --- together --- */

void explain_add(struct verdict *v, const struct reason *r)
{
    size_t at = 0;
    while (at < v->reasons_n && v->reasons[at].evidence >= r->evidence) {
        if (v->reasons[at].channel == r->channel) {
            return;
        }
        at++;
    }
    if (at == VERDICT_REASONS_MAX) {
        return;
    }
    size_t end = at; /* the place that goes: a weaker one of the channel, or the last */
    while (end < v->reasons_n && v->reasons[end].channel != r->channel) {
        end++;
    }
    if (end == v->reasons_n && v->reasons_n < VERDICT_REASONS_MAX) {
        v->reasons_n++;
    } else if (end == v->reasons_n) {
        end--;
    }
    memmove(&v->reasons[at + 1], &v->reasons[at], (end - at) * sizeof *r);
    v->reasons[at] = *r;
    char *text = v->reasons[at].text; /* snprintf may have cut it within a letter */
    text[utf8_valid_prefix(str_of(text))] = '\0';
}

typedef void (*add_fn)(const struct explain *, struct verdict *);
static const struct {
    int part;
    add_fn add;
} makers[] = {
    {PART_RECORDS, add_peak},       {PART_LOW, add_low},
    {PART_COUNT, add_count},        {PART_VOLUME, add_volume},
    {PART_VECTOR, add_combination},
};

static void add_parts(const struct explain *x, double least, struct verdict *out)
{
    const struct judged *j = x->j;
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        if (j->z[makers[i].part] > least) {
            makers[i].add(x, out);
        }
    }
    if (j->z[PART_LOGINS] > least) {
        add_counted(x, out, CHANNEL_FAILED_LOGINS, j->z[PART_LOGINS]);
    }
    if (j->z[PART_ERRORS] > least) {
        add_counted(x, out, CHANNEL_ERROR_SHARE, j->z[PART_ERRORS]);
    }
}

void explain_window(const struct explain *x, struct verdict *out)
{
    size_t before = out->reasons_n;
    if (x->w->overdue) {
        add_overdue(x, out);
        return;
    }
    if (x->w->attacks > 0) {
        add_attack(x, out);
    }
    if (x->w->news_n > 0 && (x->j->news > 0 || x->w->real)) {
        add_news(x, out);
    }
    add_parts(x, (double)SAID_Z, out);
    if (out->reasons_n == before) {
        add_parts(x, 0, out);
    }
}
