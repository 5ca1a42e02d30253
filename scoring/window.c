/* window.c - see window.h. */
#include "scoring/window.h"

#include "scoring/evidence.h"

#include <math.h>

#define LOOKED_TWICE        0.30102999566398119521 /* log10(2) */
#define LOOKED_OFTEN        0.77815125038364363251 /* log10(6): the parts that speak at all */
#define SPAN_DOUBT          2.0
#define DAILY_BURST         3.0  /* more of what comes at this hour is not much more */
#define COLD_Z              1.22 /* p = .06 */
#define HISTORY_MAX         2000.0 /* records by which a share is known at most: shares drift */
#define LOW_PRIOR           10.0
#define COMBINED_MIN        5  /* records */
#define ENTRANCE_WEIGHT     .5 /* of a failure, for the budget */
#define NEW_SERVICE_BATCHES 1000
#define VOLUME_LEAST        3.0 /* records more than usual that are nothing to speak of */

enum window_kind window_kind_of(int64_t n)
{
    return n <= 1     ? WINDOW_ONE
           : n <= 15  ? WINDOW_FEW
           : n <= 127 ? WINDOW_SOME
                      : WINDOW_MANY;
}

static double above_zero(double z)
{
    return z > 0 ? z : 0;
}

/* --- the parts --- */

static double records_z(const struct window *w)
{
    double sum = 0;
    int64_t n = w->n < WINDOW_PEAKS ? w->n : WINDOW_PEAKS;
    for (int64_t i = 0; i < n; i++) {
        sum += (double)w->peak[i].z;
    }
    return n > 0 ? sum / (double)n : 0;
}

static double low_z(const struct model_service *s, const struct window *w,
                    struct judged *out)
{
    double share = ((double)s->low + 1) / ((double)s->counted + LOW_PRIOR);
    out->low_expected = share * (double)w->n;
    return share < 1 ? evidence_binomial(w->n, w->low, share) : 0;
}

/* How many records of a template come together, where it comes. */
static double burst_of(const struct model_template *t)
{
    return ((double)t->in_bursts + 1) / ((double)t->bursts + 1);
}

/* The kind of message that there is too much of. What comes in bursts is counted by them;
 * their number is geometric: a heavy tail, and the history of the windows says what that
 * is worth. */
static double count_z(const struct model *m, const struct model_service *s,
                      const struct window *w, struct judged *out)
{
    double best = 0;
    uint32_t items = w->vector.n < VECTOR_ITEMS_MAX ? w->vector.n : VECTOR_ITEMS_MAX;
    for (uint32_t i = 0; i < items; i++) {
        const struct vector_item *item = &w->vector.item[i];
        int slot = model_slot_of(m, item);
        if (slot < 0 || m->template[slot].count <= 0 || m->template[slot].normal) {
            continue;
        }
        const struct model_template *t = &m->template[slot];
        double mean = (double)w->n * ((double)t->count + .5) / ((double)s->records + 1);
        bool daily = model_comes_at(t, 1U << w->hour, w->day);
        double burst = fmin(burst_of(t) * (daily ? DAILY_BURST : 1), item->count);
        double z = item->count > mean ? item->count / burst * log10(1 + burst / mean) : 0;
        if (item->count > 1 && z > best) {
            best = z;
            out->count_slot = slot;
            out->count_key = item->key;
            out->count_observed = item->count;
            out->count_expected = mean;
        }
    }
    return best;
}

/* A service's prior and history as the parameters of evidence.h. */
struct belief {
    double a, b;
};

static struct belief belief_of(const struct model_service *s, bool logins)
{
    struct belief p = {EVIDENCE_ERRORS_A, EVIDENCE_ERRORS_B};
    if (logins) {
        p = (struct belief){EVIDENCE_LOGINS_SHAPE, EVIDENCE_LOGINS_RATE};
    }
    if (s) {
        double n = (double)s->counted, k = (double)(logins ? s->logins : s->errors);
        double f = n > HISTORY_MAX ? HISTORY_MAX / n : 1;
        p.a += f * k;
        p.b += f * (logins ? n : n - k);
    }
    return p;
}

static double counted_z(const struct model_service *s, bool logins, int64_t n, int64_t k)
{
    struct belief p = belief_of(s, logins);
    return logins ? evidence_gamma_poisson(n, k, p.a, p.b)
                  : evidence_beta_binomial(n, k, p.a, p.b);
}

double window_share(const struct model_service *s, bool logins)
{
    struct belief p = belief_of(s, logins);
    return logins ? p.a / p.b : p.a / (p.a + p.b);
}

int64_t window_usual(const struct model_service *s, bool logins, int64_t n)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (counted_z(s, logins, n, mid + 1) >= EVIDENCE_USUAL) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return low;
}

/* How many times more records than usual; a power, so that hist.h tells it finely. */
static double volume_of(const struct window *w)
{
    double n = (double)(w->n - (int64_t)w->quiet);
    double times = w->usual > 0 ? n / (w->usual + VOLUME_LEAST) : 0;
    return times > 1 ? times * times - 1 : 0;
}

static const struct vector_spread *spread_of(const struct model *m, enum window_kind kind)
{
    return kind == WINDOW_SESSION ? m->session_spread : m->batch_spread;
}

bool window_seal(const struct model *m, struct vector *v)
{
    for (uint32_t i = 0; i < v->n && i < VECTOR_ITEMS_MAX; i++) {
        v->item[i].slot =
            model_slot_of(m, &v->item[i]) >= 0 ? v->item[i].slot : VECTOR_NO_SLOT;
    }
    return vector_seal(v);
}

/* Does its vector say anything? Not if what is normal by an answer is most of it: of the
 * others there are less for that alone. */
static bool has_vector(const struct window *w, enum window_kind kind)
{
    return w->n >= 2 && w->news_n == 0 && !w->partial && 2 * (int64_t)w->quiet <= w->n &&
           kind < WINDOW_MINUTE;
}

static double vector_z(const struct model *m, int service, enum window_kind kind,
                       const struct window *w, struct judged *out)
{
    struct vector v = w->vector;
    struct vector_view view;
    if (!has_vector(w, kind) || !window_seal(m, &v)) {
        return 0;
    }
    vectors_look(&m->vectors, model_vector_group(service, kind), spread_of(m, kind), &v,
                 &view);
    out->distance = view.distance;
    return view.z;
}

bool window_odd_item(const struct model *m, int service, enum window_kind kind,
                     const struct window *w, struct vectors_odd *out)
{
    struct vector v = w->vector;
    return service >= 0 && window_seal(m, &v) &&
           vectors_odd_item(&m->vectors, model_vector_group(service, kind),
                            spread_of(m, kind), &v, out);
}

/* --- new templates --- */

/* The chance that a record is of a new template: Good-Turing. */
static double new_share(const struct model_service *s)
{
    return ((double)s->once + .5) / ((double)s->records + 1);
}

/* Minutes and longer hear of what their batches were judged by already: only several new
 * ones that came one by one, within a minute, are new to them. */
static bool hears_news(enum window_kind kind, const struct window *w)
{
    return kind < WINDOW_MINUTE ? w->news_n > 0 : kind == WINDOW_MINUTE && w->news_n > 1;
}

/* -log10 of the chance of k different ones where mean are expected. together: a second one
 * is no surprise after the first, for they come in groups (a restart, a release). */
static double several_z(double mean, uint32_t k, bool together)
{
    double one = log10(1 + 1 / mean);
    return together ? one + (k - 1) * LOOKED_TWICE : k * one;
}

/* The new templates. How often windows had new ones is compared with how often that rate had
 * foreseen it: they come in bursts, or later than at first. */
static void judge_news(const struct model_service *s, enum window_kind kind,
                       const struct window *w, struct judged *out)
{
    const struct model_kind *k = &s->kind[kind];
    double share = new_share(s), mean = (double)w->n * share;
    out->foreseen = -expm1((double)w->n * log1p(-(share < .999 ? share : .999)));
    if (!hears_news(kind, w)) {
        return;
    }
    double more = ((double)k->with_news + .5) / ((double)k->news_expected + .5);
    double less = more > 1 ? log10(more) : 0;
    out->news = above_zero(several_z(mean, w->news_n, false) - less);
    if (w->untold_n > 0) {
        out->news_plain = above_zero(several_z(mean, w->untold_n, true) - less);
    }
    if (w->grave_untold_n > 0) {
        out->failures = (double)s->once_grave + .5;
    }
}

/* --- attacks --- */

/* What every server on the internet hears all day. */
static bool attack_is_noise(enum attack kind)
{
    return kind == ATTACK_SCANNER || kind == ATTACK_PROBE;
}

/* By kind, geometric as in count_z: how unusual are so many of them? */
static double attack_z(const struct model_service *s, const struct window *w, bool noise,
                       enum attack *kind)
{
    double most = 0;
    *kind = ATTACK_NONE;
    for (enum attack k = 0; k < ATTACKS_N; k++) {
        double seen = s ? (double)s->attacks[k] : 0, of = s ? (double)s->counted : 0;
        double z =
            w->attack_n[k] * log10(1 + 1 / ((double)w->n * (seen + .5) / (of + 1)));
        if (w->attack_n[k] > 0 && attack_is_noise(k) == noise && z >= most) {
            most = z;
            *kind = k;
        }
    }
    return most;
}

/* --- together --- */

static void judge_known(const struct model *m, int service, enum window_kind kind,
                        const struct window *w, struct judged *out)
{
    const struct model_service *s = &m->service[service];
    const struct model_kind *k = &s->kind[kind];
    enum attack noise;
    out->cold = k->n < MODEL_COLD_WINDOWS;
    out->raw[PART_RECORDS] = records_z(w);
    out->raw[PART_LOW] = low_z(s, w, out);
    out->raw[PART_COUNT] = count_z(m, s, w, out);
    out->raw[PART_ERRORS] = counted_z(s, false, w->n, w->errors);
    out->raw[PART_LOGINS] = counted_z(s, true, w->n, w->logins);
    out->raw[PART_NOISE] = attack_z(s, w, true, &noise);
    out->raw[PART_VOLUME] = volume_of(w);
    out->raw[PART_VECTOR] = vector_z(m, service, kind, w, out);
    for (int i = 0; i < PARTS_N; i++) {
        out->z[i] = i == PART_VECTOR ? out->raw[i] : hist_z(&k->part[i], out->raw[i]);
        if (i != PART_VECTOR && out->z[i] > out->pool_raw) {
            out->pool_raw = out->z[i];
        }
    }
    judge_news(s, kind, w, out);
    if (w->entrances > 0 && kind < WINDOW_SESSION &&
        out->z[PART_RECORDS] > WINDOW_QUARANTINE_Z) {
        double entrances = ENTRANCE_WEIGHT * (double)s->entrances + .5;
        out->failures = out->failures > 0 ? fmin(out->failures, entrances) : entrances;
    }
    out->pool = hist_z(&k->pool, out->pool_raw);
}

/* -log10 of the chance of a new service in a batch, when many batches have come. */
static double new_service_z(const struct model *m)
{
    double mean = ((double)m->numbers + .5) / ((double)m->batches + 1);
    return m->batches >= NEW_SERVICE_BATCHES ? log10(1 + 1 / mean) : 0;
}

/* Before there is enough history: the strongest alone, less for having looked twice. Ten
 * minutes and hours have no prior worth trusting: they speak only if it is beyond doubt. */
static void judge_cold(const struct model *m, const struct window *w, bool known,
                       enum window_kind kind, struct judged *out)
{
    double less = kind >= WINDOW_TEN ? SPAN_DOUBT : LOOKED_TWICE;
    if (!known && w->grave_n > 0 && kind < WINDOW_SESSION) {
        out->news = out->news_plain = new_service_z(m);
    }
    if (!known) {
        out->raw[PART_ERRORS] = evidence_errors(w->n, w->errors);
        out->raw[PART_LOGINS] = evidence_failed_logins(w->n, w->logins);
    }
    out->z[PART_ERRORS] = out->raw[PART_ERRORS];
    out->z[PART_LOGINS] = out->raw[PART_LOGINS];
    double learned = fmin(fmax(out->pool, out->z[PART_VECTOR]), COLD_Z);
    out->prior = above_zero(fmax(out->z[PART_ERRORS], out->z[PART_LOGINS]) - less);
    out->plain = above_zero(fmax(learned, out->news_plain) - LOOKED_TWICE);
    out->all = above_zero(fmax(learned, WINDOW_NEWS_WEIGHT * out->news) - LOOKED_TWICE);
}

static double beyond_ordinary(double z)
{
    return z > WINDOW_QUARANTINE_Z ? z : 0;
}

/* What all parts say together; or, beyond what is ordinary, the oddest of them alone. Of a
 * few records the budget does not hear what came together: they may be of several senders'
 * batches, cut by the clock. */
static void judge_warm(const struct window *w, struct judged *out)
{
    double alone = beyond_ordinary(out->pool_raw - LOOKED_OFTEN);
    double combined = beyond_ordinary(out->z[PART_VECTOR]);
    double told = w->n < COMBINED_MIN ? 0 : combined;
    out->plain = fmax(fmax(out->pool, out->news_plain), fmax(alone, told));
    out->all =
        fmax(fmax(out->pool, WINDOW_NEWS_WEIGHT * out->news), fmax(alone, combined));
}

static void add_attacks(const struct model_service *s, const struct window *w,
                        struct judged *out)
{
    enum attack noise;
    out->attack = attack_z(s, w, false, &out->attack_kind);
    out->all = fmax(out->all, WINDOW_ATTACK_Z);
    if (out->attack > 0) {
        out->plain = fmax(out->plain, out->attack);
        out->grave = fmax(out->grave, out->attack);
    } else {
        out->attack = attack_z(s, w, true, &noise);
        out->attack_kind = noise;
    }
}

void window_judge(const struct model *m, int service, enum window_kind kind,
                  const struct window *w, struct judged *out)
{
    const struct model_service *s = service >= 0 ? &m->service[service] : NULL;
    *out = (struct judged){.count_slot = -1, .cold = true, .foreseen = 1};
    if (w->overdue && model_slot(m, w->overdue - 1, w->overdue_key) < 0) {
        return; /* what stays away was forgotten */
    }
    if (w->overdue) {
        out->all = out->plain = WINDOW_OVERDUE_Z;
        out->grave = WINDOW_SURE_Z;
        return;
    }
    if (s) {
        judge_known(m, service, kind, w, out);
    }
    if (out->cold) {
        judge_cold(m, w, s != NULL, kind, out);
    } else {
        judge_warm(w, out);
    }
    out->grave = fmax(out->z[PART_ERRORS], out->z[PART_LOGINS]);
    if (w->attacks > 0) {
        add_attacks(s, w, out);
    }
    if (w->real &&
        kind < WINDOW_SESSION) { /* who said so wants to hear of it each time */
        out->all = fmax(out->all, WINDOW_ATTACK_Z);
        out->plain = fmax(out->plain, WINDOW_ATTACK_Z);
        out->grave = WINDOW_SURE_Z;
    }
}
