/* window_check.c - see window_check.h. Tables of slots have three kinds of lists: a chain for
 * each bucket, one of those in use in the order in which they spoke, and one of the rest. All
 * is well if each slot is in just those that it belongs to. */
#include "scoring/window_check.h"

#include "fcgi/base/utf8.h"
#include "scoring/check.h"

#include <math.h>

/* --- one window --- */

static bool check_tally(const struct tally *t)
{
    return check_count(t->count) && check_count(t->warn) && check_count(t->error) &&
           check_count(t->other_error) && check_count(t->failed_login) &&
           check_count(t->failed_evidence);
}

static bool check_listed(const struct window *w)
{
    bool ok = true;
    for (int i = 0; i < WINDOW_NEWS_MAX; i++) {
        const struct window_new *x = &w->news[i];
        ok = ok && check_link(x->slot, TEMPLATES_MAX) && check_bool(&x->fresh) &&
             check_bool(&x->grave) && check_bool(&x->real) && check_count(x->ref);
    }
    for (int i = 0; i < WINDOW_PEAKS; i++) {
        const struct window_peak *x = &w->peak[i];
        ok = ok && check_floats(&x->z, 1) && check_link(x->slot, TEMPLATES_MAX) &&
             x->channel < TRACE_CHANNELS_N && check_count(x->ref);
    }
    return ok;
}

static bool check_refs(const struct window *w)
{
    bool ok = check_count(w->first) && check_count(w->last);
    for (int i = 0; i < ATTACKS_N; i++) {
        ok = ok && w->attack_n[i] <= w->n && check_count(w->attack_ref[i]);
    }
    for (int i = 0; i < WINDOW_REFS; i++) {
        ok = ok && check_count(w->error_ref[i]) && check_count(w->login_ref[i]);
    }
    return ok;
}

/* What is counted of a record is counted once. */
static bool check_counted(const struct window *w)
{
    const int64_t of_them[] = {w->errors,  w->logins,    w->low,
                               w->attacks, w->entrances, w->news_n,
                               w->grave_n, w->untold_n,  w->grave_untold_n};
    bool ok = check_count(w->n);
    for (size_t i = 0; i < sizeof of_them / sizeof of_them[0]; i++) {
        ok = ok && of_them[i] >= 0 && of_them[i] <= w->n;
    }
    return ok;
}

static bool check_window(const struct window *w)
{
    return check_counted(w) && check_listed(w) && check_refs(w) && check_day(w->day) &&
           w->hour < 24 && check_bool(&w->mixed) && check_bool(&w->partial) &&
           check_bool(&w->real) && w->overdue >= 0 && w->overdue <= TEMPLATES_MAX &&
           check_time(w->overdue_us) && check_span(w->usual) &&
           w->vector.n <= VECTOR_ITEMS_MAX + 1;
}

/* How far a window is from all others may be infinite. */
static bool check_judgement(const struct judgement *x)
{
    const struct judged *j = &x->judged;
    const double of_it[] = {
        j->pool_raw,       j->pool,        j->news,   j->news_plain,
        j->failures,       j->foreseen,    j->all,    j->prior,
        j->plain,          j->grave,       j->attack, j->count_observed,
        j->count_expected, j->low_expected};
    bool ok = !isnan(j->distance) && !isnan(x->view.ordinary_a_week);
    for (int i = 0; i < PARTS_N; i++) {
        ok = ok && isfinite(j->raw[i]) && isfinite(j->z[i]);
    }
    for (size_t i = 0; i < sizeof of_it / sizeof of_it[0]; i++) {
        ok = ok && isfinite(of_it[i]);
    }
    return ok && (unsigned)j->attack_kind < ATTACKS_N &&
           check_link(j->count_slot, TEMPLATES_MAX) && check_bool(&j->cold) &&
           check_bool(&x->view.counts);
}

bool window_check_slot(const struct window_slot *s)
{
    struct str name = {s->service, s->service_n};
    return s->service_n < CORE_SERVICE_BYTES && utf8_valid_prefix(name) == name.n &&
           check_time(s->span) && check_time(s->latest_us) &&
           check_time(s->time.latest_us) && check_time(s->heard_us) &&
           check_tally(&s->t) && check_window(&s->w) &&
           (unsigned)s->kind < WINDOW_KINDS_N && check_count(s->batch_n) &&
           check_bool(&s->several) && check_bool(&s->unscored) &&
           check_bool(&s->changed) && check_bool(&s->reported) &&
           check_bool(&s->is_judged) && check_judgement(&s->then);
}

/* --- windows --- */

/* Those of one bucket; *n: so many in all of them. */
static bool check_chain(const struct windows *w, int bucket, bool *seen, size_t *n)
{
    for (int i = w->bucket[bucket]; i != -1; i = w->slots[i].next) {
        if (!check_link(i, WINDOWS_MAX) || seen[i] || !w->slots[i].in_use ||
            (int)(w->slots[i].hash % WINDOWS_MAX) != bucket) {
            return false;
        }
        seen[i] = true;
        ++*n;
    }
    return true;
}

static bool check_unused(const struct windows *w, bool *seen, size_t n)
{
    for (int i = w->unused; i != -1; i = w->slots[i].next) {
        if (!check_link(i, WINDOWS_MAX) || seen[i] || w->slots[i].in_use) {
            return false;
        }
        seen[i] = true;
        n++;
    }
    return n == WINDOWS_MAX;
}

static bool check_order(const struct windows *w, size_t n)
{
    int before = -1;
    for (int i = w->oldest; i != -1; i = w->slots[i].younger) {
        if (!check_link(i, WINDOWS_MAX) || n == 0 || !w->slots[i].in_use ||
            w->slots[i].older != before) {
            return false;
        }
        before = i;
        n--;
    }
    return n == 0 && w->youngest == before;
}

/* In spans, not in microseconds. */
static bool check_span_number(const struct windows *w, const struct window_slot *s)
{
    int64_t most = CHECK_TIME_MOST / w->span_us;
    return s->span >= -most && s->span <= most;
}

bool window_check_windows(const struct windows *w)
{
    bool seen[WINDOWS_MAX] = {false}, ok = w->last >= 0 && w->last < WINDOWS_MAX;
    size_t n = 0;
    for (int i = 0; ok && i < WINDOWS_MAX; i++) {
        const struct window_slot *s = &w->slots[i];
        ok = check_bool(&s->in_use) &&
             (!s->in_use ||
              (s->kind == w->kind && check_span_number(w, s) && window_check_slot(s)));
    }
    for (int i = 0; ok && i < WINDOWS_MAX; i++) {
        ok = check_chain(w, i, seen, &n);
    }
    return ok && check_order(w, n) && check_unused(w, seen, n);
}

/* --- sessions --- */

static bool check_session(const struct session *s)
{
    return s->place >= 0 && s->place < MODEL_SERVICES_MAX && check_bool(&s->several) &&
           check_bool(&s->changed) && check_bool(&s->reported) &&
           check_time(s->first_us) && check_time(s->latest_us) &&
           check_time(s->heard_us) && check_tally(&s->t) && check_window(&s->w);
}

static bool check_session_chain(const struct sessions *s, int bucket, bool *seen,
                                size_t *n)
{
    for (int i = s->bucket[bucket]; i != -1; i = s->slot[i].next) {
        if (!check_link(i, SESSIONS_MAX) || seen[i] || !s->slot[i].in_use ||
            (int)(s->slot[i].id % SESSIONS_MAX) != bucket) {
            return false;
        }
        seen[i] = true;
        ++*n;
    }
    return true;
}

static bool check_session_unused(const struct sessions *s, bool *seen, size_t n)
{
    for (int i = s->unused; i != -1; i = s->slot[i].next) {
        if (!check_link(i, SESSIONS_MAX) || seen[i] || s->slot[i].in_use) {
            return false;
        }
        seen[i] = true;
        n++;
    }
    return n == SESSIONS_MAX;
}

static bool check_session_order(const struct sessions *s, size_t n)
{
    int before = -1;
    for (int i = s->oldest; i != -1; i = s->slot[i].younger) {
        if (!check_link(i, SESSIONS_MAX) || n == 0 || !s->slot[i].in_use ||
            s->slot[i].older != before) {
            return false;
        }
        before = i;
        n--;
    }
    return n == 0 && s->youngest == before;
}

bool window_check_sessions(const struct sessions *s)
{
    bool seen[SESSIONS_MAX] = {false}, ok = true;
    size_t n = 0;
    for (int i = 0; ok && i < SESSIONS_MAX; i++) {
        ok = check_bool(&s->slot[i].in_use) &&
             (!s->slot[i].in_use || check_session(&s->slot[i]));
    }
    for (int i = 0; ok && i < SESSIONS_MAX; i++) {
        ok = check_session_chain(s, i, seen, &n);
    }
    return ok && check_session_order(s, n) && check_session_unused(s, seen, n);
}
