/* verdicts.c - see verdicts.h. */
#include "scoring/verdicts.h"

#include "scoring/evidence.h"
#include "scoring/judge.h"

#include <math.h>
#include <string.h>

/* What the batch's groups came to. */
struct result {
    double z, plain, grave, failure; /* of the oddest (window.h) */
    uint32_t group; /* the oddest; VERDICTS_PRIOR: all that are cold, together */
};
#define VERDICTS_PRIOR UINT32_MAX

/* --- groups without a history, by the priors, together --- */

static bool is_cold(const struct verdicts_batch *b, const struct group *g)
{
    return g->service < 0 ||
           b->m->service[g->service].kind[window_kind_of(g->window.n)].n <
               MODEL_COLD_WINDOWS;
}

/* What was counted in records of cold services. */
static void count_cold(const struct verdicts_batch *b, struct features *f)
{
    bool all = true;
    for (size_t i = 0; i < b->a->groups_n; i++) {
        all = all && is_cold(b, &b->a->group[i]);
    }
    if (all) {
        features_count(b->records, b->n, b->now_us, f);
        return;
    }
    *f = (struct features){0};
    for (size_t i = 0; i < b->a->groups_n && f->services_n < FEATURES_SERVICES_MAX; i++) {
        const struct group *g = &b->a->group[i];
        if (is_cold(b, g)) {
            const struct window *w = &g->window;
            struct tally t = {.count = w->n,
                              .error = w->errors + w->logins,
                              .other_error = w->errors,
                              .failed_evidence = w->logins};
            f->services[f->services_n++] = (struct service_tally){g->name, g->hash, t};
            f->all.count += t.count;
            f->all.error += t.error;
            f->all.other_error += t.other_error;
            f->all.failed_evidence += t.failed_evidence;
        }
    }
}

/* The priors' own verdict, with its reasons but without their records. */
static double judge_prior(const struct verdicts_batch *b, struct verdict *out)
{
    struct features *f = arena_alloc(b->arena, sizeof *f);
    *out = (struct verdict){0};
    if (!f) {
        return 0;
    }
    count_cold(b, f);
    judge_features(f, "", out);
    return judge_z(out);
}

/* --- groups --- */

static struct result judge_groups(const struct verdicts_batch *b, struct judged *judged)
{
    struct result r = {.group = VERDICTS_PRIOR};
    for (uint32_t i = 0; i < b->a->groups_n; i++) {
        const struct group *g = &b->a->group[i];
        struct judged j;
        window_judge(b->m, g->service, window_kind_of(g->window.n), &g->window, &j);
        if (j.all > r.z) {
            r = (struct result){j.all, j.plain, j.grave, j.failure, i};
            *judged = j;
        }
    }
    return r;
}

static void explain_group(const struct verdicts_batch *b, uint32_t group,
                          const struct judged *j, struct verdict *out)
{
    const struct group *g = &b->a->group[group];
    struct explain x = {.m = b->m,
                        .service = g->service,
                        .kind = window_kind_of(g->window.n),
                        .w = &g->window,
                        .j = j,
                        .name = g->name,
                        .within = "",
                        .records = b->records,
                        .a = b->a,
                        .group = group,
                        .arena = b->arena};
    explain_window(&x, out);
    out->service = g->name;
}

static bool wants_login(const struct trace *t, const void *arg)
{
    (void)arg;
    return t->login;
}

static bool wants_error(const struct trace *t, const void *arg)
{
    (void)arg;
    return t->error;
}

static void name_prior_records(const struct verdicts_batch *b, struct verdict *v)
{
    for (size_t i = 0; i < v->reasons_n; i++) {
        explain_records(&v->reasons[i], b->a, b->arena,
                        v->reasons[i].channel == CHANNEL_FAILED_LOGINS ? wants_login
                                                                       : wants_error,
                        NULL);
    }
}

/* The score and its reasons, as the records are. */
static struct result judge(const struct verdicts_batch *b, struct verdict *out)
{
    struct judged j;
    struct result r = judge_groups(b, &j);
    double prior = judge_prior(b, out);
    if (prior >= r.z) {
        name_prior_records(b, out);
        return (struct result){prior, prior, prior, 0, VERDICTS_PRIOR};
    }
    struct verdict of_priors = *out;
    *out = (struct verdict){0};
    explain_group(b, r.group, &j, out);
    if (is_cold(b, &b->a->group[r.group])) {
        name_prior_records(b, &of_priors);
        for (size_t i = 0; i < of_priors.reasons_n; i++) {
            explain_add(out, &of_priors.reasons[i]);
        }
    }
    return r;
}

/* --- the cause --- */

static void mark_named(const struct verdict *v, const size_t *index, bool *named)
{
    for (size_t i = 0; i < v->reasons_n; i++) {
        for (size_t k = 0; k < v->reasons[i].records_n; k++) {
            size_t at = (size_t)v->reasons[i].records[k];
            named[index ? index[at] : at] = true;
        }
    }
}

static void mark_service(const struct verdicts_batch *b, struct str service, bool *named)
{
    for (size_t i = 0; i < b->n; i++) {
        named[i] = named[i] || !service.p || str_eq(b->records[i].service, service);
    }
}

/* The records that are marked and in no reason yet become the last reason's too. */
static void add_marked(const struct verdicts_batch *b, const bool *named,
                       struct verdict *v)
{
    bool *listed = arena_zalloc(b->arena, b->n + 1);
    int64_t *list = arena_alloc(b->arena, (REASON_RECORDS_MAX + 1) * sizeof *list);
    struct reason *r = &v->reasons[v->reasons_n - 1];
    if (!listed || !list) {
        return;
    }
    mark_named(v, NULL, listed);
    size_t n = 0, total = 0, old = 0;
    for (size_t i = 0; i < b->n; i++) {
        bool own = old < r->records_n && r->records[old] == (int64_t)i;
        old += own;
        if (own || (named[i] && !listed[i])) {
            total++;
            if (n < REASON_RECORDS_MAX) {
                list[n++] = (int64_t)i;
            }
        }
    }
    r->records = list;
    r->records_n = n;
    r->records_total =
        (int64_t)total > r->records_total ? (int64_t)total : r->records_total;
}

/* What is left of the batch without the marked records; *index says where they were. */
static bool take_rest(const struct verdicts_batch *b, const bool *named,
                      struct verdicts_batch *rest, size_t **index)
{
    struct record *records = arena_alloc(b->arena, (b->n + 1) * sizeof *records);
    struct analysis *a = arena_alloc(b->arena, sizeof *a);
    struct err ignored;
    size_t n = 0;
    *index = arena_alloc(b->arena, (b->n + 1) * sizeof **index);
    if (!records || !a || !*index) {
        return false;
    }
    for (size_t i = 0; i < b->n; i++) {
        if (!named[i]) {
            (*index)[n] = i;
            records[n++] = b->records[i];
        }
    }
    *rest = *b;
    rest->records = records;
    rest->n = n;
    rest->a = a;
    return n > 0 && !analyse(b->m, records, n, b->arena, a, &ignored);
}

/* Makes the reasons' records the cause (verdicts.h). */
static void find_cause(const struct verdicts_batch *b, struct verdict *v)
{
    bool *named = arena_zalloc(b->arena, b->n + 1);
    struct verdicts_batch rest;
    size_t *index;
    bool more = false;
    if (!named || v->reasons_n == 0) {
        return;
    }
    mark_named(v, NULL, named);
    for (size_t round = 0; round < VERDICTS_ROUNDS_MAX + b->a->groups_n &&
                           take_rest(b, named, &rest, &index);
         round++) {
        struct verdict *left = arena_zalloc(b->arena, sizeof *left);
        if (!left || !(evidence_score(judge(&rest, left).z) > b->threshold)) {
            break;
        }
        more = true;
        if (round >= VERDICTS_ROUNDS_MAX - 1) {
            mark_service(b, left->service, named);
        } else {
            mark_named(left, index, named);
        }
    }
    if (more) {
        add_marked(b, named, v);
    }
}

/* --- for others --- */

static void apply_budget(const struct verdicts_batch *b, const struct result *r,
                         struct verdict *v)
{
    if (r->group == VERDICTS_PRIOR || b->a->group[r->group].service < 0) {
        return;
    }
    const struct model_service *s = &b->m->service[b->a->group[r->group].service];
    struct alarm_view view;
    struct alarm_window w = {.z = r->plain,
                             .grave = r->grave,
                             .failure = r->failure,
                             .kind = window_kind_of(b->a->group[r->group].window.n),
                             .at_us = s->latest_us};
    alarm_look(&s->alarms, &w, &view);
    v->ordinary_a_week = view.ordinary_a_week;
    if (b->budget && !view.counts && v->score > b->threshold) {
        v->score = b->threshold;
    }
}

enum err_code verdicts_make(const struct verdicts_batch *b, struct verdict *out,
                            struct err *e)
{
    struct result r = judge(b, out);
    (void)e;
    out->raw_score = evidence_score(r.z);
    out->score = out->raw_score;
    apply_budget(b, &r, out);
    if (out->score > b->threshold) {
        find_cause(b, out);
    }
    if (b->a->groups_n == 1) {
        out->service = b->a->group[0].name;
    }
    return ERR_NONE;
}

double verdicts_raw_score(const struct verdicts_batch *b)
{
    struct judged j;
    struct verdict v;
    struct result r = judge_groups(b, &j);
    return evidence_score(fmax(r.z, judge_prior(b, &v)));
}

void verdicts_of_window(const struct explain *x, double threshold, int64_t at_us,
                        struct verdict *out)
{
    struct alarm_view view = {0, true};
    double z = fmax(x->j->all, x->j->prior);
    struct alarm_window w = {.z = fmax(x->j->plain, x->j->prior),
                             .grave = fmax(x->j->grave, x->j->prior),
                             .failure = x->j->failure,
                             .kind = x->kind,
                             .at_us = at_us};
    *out = (struct verdict){.service = x->name};
    out->raw_score = out->score = evidence_score(z);
    if (x->service >= 0) {
        alarm_look(&x->m->service[x->service].alarms, &w, &view);
    }
    out->ordinary_a_week = view.ordinary_a_week;
    if (!view.counts && out->score > threshold) {
        out->score = threshold;
    }
    if (out->score > threshold) {
        explain_window(x, out);
    }
}
