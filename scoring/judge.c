/* judge.c - see judge.h.
 *
 * An error that is a failed login counts as the latter only: else an attack that grows
 * would change from one channel to the other and become a second incident. As long as no
 * history calibrates the two evidences they are not added: the larger one counts, less
 * log10(2) for having looked twice. */
#include "scoring/judge.h"

#include "scoring/count_text.h"
#include "scoring/evidence.h"

#define LOOKED_TWICE 0.30102999566398119521 /* log10(2) */

/* False if it would be nothing to speak of: one ordinary case in two. What is usual is only
 * worked out if it will be said. */
static bool make_reason(enum channel channel, int64_t n, int64_t k,
                        double (*evidence)(int64_t, int64_t), struct reason *r)
{
    double share = channel == CHANNEL_FAILED_LOGINS ? 0.5 / 99.5 : 1.0 / 50;
    double z = evidence(n, k);
    if (z <= LOOKED_TWICE) {
        return false;
    }
    *r = (struct reason){.channel = channel,
                         .evidence = z,
                         .observed = (double)k,
                         .expected = share * (double)n,
                         .of = n};
    r->usual_max = evidence_usual_max(n, evidence);
    return true;
}

/* what: "failed login"; within: "" or " within a minute"; where: "" or ", all in web". */
static void put_text(struct reason *r, const char *what, const char *within,
                     const char *where)
{
    char usual[COUNT_USUAL_BYTES];
    count_usual(usual, r->usual_max);
    int64_t k = (int64_t)r->observed;
    snprintf(r->text, sizeof r->text, "%lld %s%s in %lld record%s%s, %s%s", (long long)k,
             what, count_plural((double)k), (long long)r->of, count_plural((double)r->of),
             within, usual, where);
}

static void add_reason(struct verdict *v, const struct reason *r)
{
    size_t at = v->reasons_n++;
    while (at > 0 && v->reasons[at - 1].evidence < r->evidence) {
        v->reasons[at] = v->reasons[at - 1];
        at--;
    }
    v->reasons[at] = *r;
}

static double z_of(const struct verdict *v)
{
    return v->reasons_n > 0 ? v->reasons[0].evidence - LOOKED_TWICE : 0;
}

double judge_tally_z(const struct tally *t)
{
    double logins = evidence_failed_logins(t->count, t->failed_evidence);
    double errors = evidence_errors(t->count, t->other_error);
    double z = logins > errors ? logins : errors;
    return z > LOOKED_TWICE ? z - LOOKED_TWICE : 0;
}

static void finish(struct verdict *v)
{
    v->raw_score = evidence_score(z_of(v));
    v->score = v->raw_score;
}

void judge_counts(const struct judge_counts *c, struct verdict *out)
{
    struct reason r;
    *out = (struct verdict){0};
    if (make_reason(CHANNEL_FAILED_LOGINS, c->n, c->failed_logins, evidence_failed_logins,
                    &r)) {
        put_text(&r, "failed login", "", "");
        add_reason(out, &r);
    }
    if (make_reason(CHANNEL_ERROR_SHARE, c->n, c->errors, evidence_errors, &r)) {
        put_text(&r, "error", "", "");
        add_reason(out, &r);
    }
    finish(out);
}

static int64_t pick_logins(const struct tally *t)
{
    return t->failed_evidence;
}

static int64_t pick_errors(const struct tally *t)
{
    return t->other_error;
}

/* Fills the text, with the service that has most of it if there are several. */
static const struct service_tally *explain(struct reason *r, const char *what,
                                           const struct features *f, const char *within)
{
    int64_t (*pick)(const struct tally *) =
        r->channel == CHANNEL_FAILED_LOGINS ? pick_logins : pick_errors;
    const struct service_tally *most = features_most(f, pick);
    char where[CORE_SERVICE_BYTES + 48] = "";
    bool several = f->services_n > 1;
    if (several && most && pick(&most->t) == (int64_t)r->observed) {
        snprintf(where, sizeof where, ", all in %.*s", STR_ARGS(most->service));
    } else if (several && most) {
        snprintf(where, sizeof where, ", %lld of them in %.*s", (long long)pick(&most->t),
                 STR_ARGS(most->service));
    }
    put_text(r, what, within, where);
    return most;
}

void judge_features(const struct features *f, const char *within, struct verdict *out)
{
    const char *error = f->all.error > f->all.other_error ? "other error" : "error";
    const struct service_tally *of_logins = NULL, *of_errors = NULL;
    int64_t n = f->all.count;
    struct reason r;
    *out = (struct verdict){0};
    if (make_reason(CHANNEL_FAILED_LOGINS, n, f->all.failed_evidence,
                    evidence_failed_logins, &r)) {
        of_logins = explain(&r, "failed login", f, within);
        add_reason(out, &r);
    }
    if (make_reason(CHANNEL_ERROR_SHARE, n, f->all.other_error, evidence_errors, &r)) {
        of_errors = explain(&r, error, f, within);
        add_reason(out, &r);
    }
    finish(out);
    if (f->services_n == 1 && f->unlisted == 0) {
        out->service = f->services[0].service;
    } else if (out->reasons_n > 0) {
        const struct service_tally *top =
            out->reasons[0].channel == CHANNEL_FAILED_LOGINS ? of_logins : of_errors;
        out->service = top ? top->service : STR_NONE;
    }
}
