/* verdicts.c - see verdicts.h. */
#include "scoring/verdicts.h"

#include "scoring/evidence.h"
#include "scoring/judge.h"

#include <math.h>
#include <string.h>

/* What the batch's groups came to. */
struct result {
    double z;     /* of the oddest (window.h), whatever the budget says of it */
    double score; /* of the one that is told: the highest one, after the budget */
    double ordinary_a_week;
    uint32_t group; /* that one; VERDICTS_PRIOR: all that are cold, together */
    struct judged judged;
};
#define VERDICTS_PRIOR UINT32_MAX

/* --- services without a history, by the priors, together --- */

static bool is_cold(const struct verdicts_batch *b, const struct group *g)
{
    return g->service < 0 ||
           model_batches(&b->m->service[g->service]) < MODEL_COLD_WINDOWS;
}

static void add_tally(struct tally *t, int64_t n, int64_t errors, int64_t logins)
{
    t->count += n;
    t->error += errors + logins;
    t->other_error += errors;
    t->failed_evidence += logins;
}

/* What was counted in records of cold services, and of those that are in no group. */
static struct tally cold_tally(const struct verdicts_batch *b)
{
    const struct analysis_others *o = &b->a->others;
    struct tally t = {0};
    add_tally(&t, o->n, o->errors, o->logins);
    for (size_t i = 0; i < b->a->groups_n; i++) {
        const struct window *w = &b->a->group[i].window;
        if (w->n > 0 && is_cold(b, &b->a->group[i])) {
            add_tally(&t, w->n, w->errors, w->logins);
        }
    }
    return t;
}

static double prior_z(const struct verdicts_batch *b)
{
    struct tally t = cold_tally(b);
    return judge_tally_z(&t);
}

/* The same in words. */
static void explain_prior(const struct verdicts_batch *b, struct verdict *out)
{
    struct features *f = arena_zalloc(b->arena, sizeof *f);
    *out = (struct verdict){0};
    if (!f) {
        return;
    }
    f->all = cold_tally(b);
    f->unlisted = b->a->others.n;
    for (size_t i = 0; i < b->a->groups_n; i++) {
        const struct group *g = &b->a->group[i];
        const struct window *w = &g->window;
        if (w->n == 0 || !is_cold(b, g)) {
            continue;
        }
        if (f->services_n == FEATURES_SERVICES_MAX) {
            f->unlisted += w->n;
            continue;
        }
        struct service_tally *s = &f->services[f->services_n++];
        *s = (struct service_tally){.service = g->name, .hash = g->hash};
        add_tally(&s->t, w->n, w->errors, w->logins);
    }
    judge_features(f, "", out);
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

/* --- groups --- */

static void judge_group(const struct verdicts_batch *b, const struct group *g,
                        struct judged *out)
{
    window_judge(b->m, g->service, window_kind_of(g->window.n), &g->window, out);
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

/* A service without a history is judged by the priors, with the others of its kind. */
static double z_of(const struct verdicts_batch *b, const struct group *g,
                   const struct judged *j)
{
    return is_cold(b, g) ? j->all : fmax(j->all, j->prior);
}

/* The group's score, which is held at the threshold where the alarm budget says so. */
static double score_of(const struct verdicts_batch *b, const struct group *g,
                       const struct judged *j, double *ordinary_a_week)
{
    struct alarm_view view = {0, true};
    double score = evidence_score(z_of(b, g, j));
    if (g->service >= 0) {
        const struct model_service *s = &b->m->service[g->service];
        struct alarm_window w = {.z = fmax(j->plain, j->prior),
                                 .grave = j->grave,
                                 .failures = j->failures,
                                 .kind = window_kind_of(g->window.n),
                                 .at_us = s->time.latest_us};
        alarm_look(&s->alarms, &w, &view);
    }
    *ordinary_a_week = view.ordinary_a_week;
    return b->budget && !view.counts && score > b->threshold ? b->threshold : score;
}

static struct result judge_all(const struct verdicts_batch *b)
{
    struct result r = {.z = prior_z(b), .group = VERDICTS_PRIOR};
    r.score = evidence_score(r.z);
    double told_z = r.z;
    for (uint32_t i = 0; i < b->a->groups_n; i++) {
        const struct group *g = &b->a->group[i];
        struct judged j;
        double a_week;
        judge_group(b, g, &j);
        double z = z_of(b, g, &j);
        if (!(z > 0) || evidence_score(z) < r.score) {
            continue;
        }
        double score = score_of(b, g, &j, &a_week);
        r.z = fmax(r.z, z);
        if (score > r.score || (!(score < r.score) && z > told_z)) {
            told_z = z;
            r.score = score;
            r.ordinary_a_week = a_week;
            r.group = i;
            r.judged = j;
        }
    }
    return r;
}

/* The reasons for it. */
static void explain_result(const struct verdicts_batch *b, const struct result *r,
                           struct verdict *out)
{
    bool prior = r->group == VERDICTS_PRIOR;
    *out = (struct verdict){0};
    if (!prior) {
        explain_group(b, r->group, &r->judged, out);
    }
    if (prior || is_cold(b, &b->a->group[r->group])) {
        struct verdict of_priors;
        explain_prior(b, &of_priors);
        name_prior_records(b, &of_priors);
        for (size_t i = 0; i < of_priors.reasons_n; i++) {
            explain_add(out, &of_priors.reasons[i]);
        }
        out->service = prior ? of_priors.service : out->service;
    }
}

/* --- the cause --- */

static void mark_named(const struct verdict *v, bool *named)
{
    for (size_t i = 0; i < v->reasons_n; i++) {
        for (size_t k = 0; k < v->reasons[i].records_n; k++) {
            named[v->reasons[i].records[k]] = true;
        }
    }
}

/* group: or VERDICTS_PRIOR, those that are cold or in none. */
static void mark_group(const struct verdicts_batch *b, uint32_t group, bool *named)
{
    for (size_t i = 0; i < b->n; i++) {
        uint32_t own = b->a->trace[i].group;
        bool cold = own == ANALYSIS_NO_GROUP || is_cold(b, &b->a->group[own]);
        named[i] = named[i] || own == group || (group == VERDICTS_PRIOR && cold);
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
    mark_named(v, listed);
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

/* Marks what is odd in what is left: the records that its reasons name, or, entirely, all
 * of its group. group: or VERDICTS_PRIOR. */
static void mark_odd(const struct verdicts_batch *rest, uint32_t group,
                     const struct judged *j, bool entirely, bool *named)
{
    struct verdict *v = entirely ? NULL : arena_zalloc(rest->arena, sizeof *v);
    if (!v) {
        mark_group(rest, group, named);
        return;
    }
    if (group == VERDICTS_PRIOR) {
        explain_prior(rest, v);
        name_prior_records(rest, v);
    } else {
        explain_group(rest, group, j, v);
    }
    mark_named(v, named);
}

/* Judges what is left of the batch, and marks what of it is still over the threshold. False
 * if nothing is. */
static bool mark_rest(const struct verdicts_batch *rest, bool entirely, bool *named)
{
    bool any = false;
    for (uint32_t i = 0; i < rest->a->groups_n; i++) {
        struct judged j;
        const struct group *g = &rest->a->group[i];
        judge_group(rest, g, &j);
        if (evidence_score(z_of(rest, g, &j)) > rest->threshold) {
            mark_odd(rest, i, &j, entirely, named);
            any = true;
        }
    }
    if (evidence_score(prior_z(rest)) > rest->threshold) {
        mark_odd(rest, VERDICTS_PRIOR, NULL, entirely, named);
        any = true;
    }
    return any;
}

/* Makes the reasons' records the cause (verdicts.h). */
static void find_cause(const struct verdicts_batch *b, struct verdict *v)
{
    bool *named = arena_zalloc(b->arena, b->n + 1), more = false;
    struct analysis left;
    struct verdicts_batch rest = *b;
    rest.a = &left;
    if (!named || v->reasons_n == 0 || !analysis_copy(b->a, named, b->arena, &left)) {
        return;
    }
    mark_named(v, named);
    for (int round = 0; round < VERDICTS_ROUNDS_MAX; round++) {
        analysis_count(&left);
        if (!mark_rest(&rest, round == VERDICTS_ROUNDS_MAX - 1, named)) {
            break;
        }
        more = true;
    }
    if (more) {
        add_marked(b, named, v);
    }
}

/* --- for others --- */

void verdicts_make(const struct verdicts_batch *b, struct verdict *out)
{
    struct result r = judge_all(b);
    explain_result(b, &r, out);
    out->raw_score = evidence_score(r.z);
    out->score = r.score;
    out->ordinary_a_week = r.ordinary_a_week;
    if (out->score > b->threshold) {
        find_cause(b, out);
    }
    if (b->a->groups_n == 1) {
        out->service = b->a->group[0].name;
    }
}

void verdicts_judge_window(const struct model *m, const struct verdicts_window *w,
                           struct judgement *out)
{
    struct judged *j = &out->judged;
    out->view = (struct alarm_view){0, true};
    window_judge(m, w->service, w->kind, w->w, j);
    struct alarm_window a = {.z = fmax(j->plain, j->prior),
                             .grave = fmax(j->grave, j->prior),
                             .failures = j->failures,
                             .kind = w->kind,
                             .at_us = w->at_us};
    if (w->service >= 0) {
        alarm_look(&m->service[w->service].alarms, &a, &out->view);
    }
}

void verdicts_of_window(const struct explain *x, const struct judgement *j,
                        double threshold, struct verdict *out)
{
    *out = (struct verdict){.service = x->name};
    out->raw_score = out->score = evidence_score(fmax(j->judged.all, j->judged.prior));
    out->ordinary_a_week = j->view.ordinary_a_week;
    if (!j->view.counts && out->score > threshold) {
        out->score = threshold;
    }
    if (out->score > threshold) {
        explain_window(x, out);
    }
}
