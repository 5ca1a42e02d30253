/* detector.c - see detector.h.
 *
 * Scoring reads only constants. What is learned so far is what stands in the services'
 * current minutes; one mutex guards it. A minute is looked at each second while it goes
 * on, so that thirty single failed logins are told after the second and not at the end
 * of the minute, and once more when it is over. */
#include "scoring/detector.h"

#include "fcgi/base/diag.h"
#include "scoring/judge.h"

#include <pthread.h>

enum { ENDED_MAX = 1024 }; /* minutes that ended between two looks and wait to be told */

struct detector {
    double threshold;
    pthread_mutex_t lock; /* of all below */
    struct windows *windows;
    struct window_slot *ended; /* ENDED_MAX of them, a ring */
    size_t ended_first, ended_n;
    size_t look; /* the next slot that a look comes to */
};

void detector_score(const struct features *f, struct verdict *out)
{
    judge_features(f, "", out);
}

/* Was the minute not yet judged as it is? What came in one batch was, when it came, unless
 * it was not scored, or there was more of other services than of this one in it, which hid
 * it. */
static bool is_news(const struct window_slot *slot)
{
    return slot->several || slot->unscored || 2 * slot->t.count < slot->batch_n;
}

/* The slot's minute as a window; true if it is to be told. */
static bool judge_slot(const struct detector *d, const struct window_slot *slot,
                       struct window *out)
{
    out->slot = *slot;
    out->reported = slot->reported;
    out->features = (struct features){
        .all = slot->t,
        .services[0] = {{out->slot.service, slot->service_n}, slot->hash, slot->t},
        .services_n = 1,
        .latest_us = slot->latest_us,
    };
    judge_features(&out->features, " within a minute", &out->verdict);
    return is_news(slot) && out->verdict.score > d->threshold;
}

/* With the lock held. */
static void keep(struct detector *d, const struct window_slot *slot)
{
    if (d->ended_n == ENDED_MAX) {
        diag("more than %d unusual minutes wait to be told; one of '%s' is not",
             ENDED_MAX, slot->service);
        return;
    }
    d->ended[(d->ended_first + d->ended_n++) % ENDED_MAX] = *slot;
}

/* Called with the lock held, when a minute ends because the service went on. */
static void keep_ended(void *arg, const struct window_slot *slot)
{
    struct detector *d = arg;
    struct window w;
    if (slot->changed && judge_slot(d, slot, &w)) {
        keep(d, slot);
    }
}

void detector_put_back(struct detector *d, const struct window *w)
{
    pthread_mutex_lock(&d->lock);
    keep(d, &w->slot);
    pthread_mutex_unlock(&d->lock);
}

void detector_learn(struct detector *d, const struct detector_batch *b)
{
    if (b->raised) {
        return;
    }
    pthread_mutex_lock(&d->lock);
    struct windows_arrival arrival = {b->now_us, b->mono_us, b->id, b->batch_n,
                                      b->unscored};
    for (size_t i = 0; i < b->n; i++) {
        windows_add(d->windows, &b->records[i], &arrival,
                    (struct windows_closing){keep_ended, d});
    }
    pthread_mutex_unlock(&d->lock);
}

/* One slot's turn in a look. */
static bool look_at(struct detector *d, struct window_slot *slot, int64_t mono_us,
                    bool all, struct window *out)
{
    bool over = all || mono_us - slot->heard_us >= WINDOW_SILENCE_US;
    bool tell = slot->changed && judge_slot(d, slot, out);
    slot->changed = false;
    slot->reported = slot->reported || tell;
    if (over) {
        windows_close(d->windows, slot);
    }
    return tell;
}

bool detector_next_window(struct detector *d, int64_t mono_us, bool all,
                          struct window *out)
{
    bool found = false;
    pthread_mutex_lock(&d->lock);
    if (d->ended_n > 0) {
        found = judge_slot(d, &d->ended[d->ended_first], out);
        d->ended_first = (d->ended_first + 1) % ENDED_MAX;
        d->ended_n--;
    }
    while (!found && d->look < WINDOWS_MAX) {
        struct window_slot *slot = windows_at(d->windows, d->look++);
        found = slot && look_at(d, slot, mono_us, all, out);
    }
    if (!found) {
        d->look = 0;
    }
    pthread_mutex_unlock(&d->lock);
    return found;
}

void detector_judge(const struct detector *d, const struct window_slot *slot,
                    struct window *out)
{
    (void)judge_slot(d, slot, out);
}

/* --- saving --- */

static void put_tally(struct buf *out, const struct tally *t)
{
    snapshot_put(out, t->count);
    snapshot_put(out, t->warn);
    snapshot_put(out, t->error);
    snapshot_put(out, t->other_error);
    snapshot_put(out, t->failed_login);
    snapshot_put(out, t->failed_evidence);
}

static void get_tally(struct snapshot_in *in, struct tally *t)
{
    t->count = snapshot_get(in, 0, INT64_MAX);
    t->warn = snapshot_get(in, 0, t->count);
    t->error = snapshot_get(in, 0, t->count);
    t->other_error = snapshot_get(in, 0, t->error);
    t->failed_login = snapshot_get(in, 0, t->count);
    t->failed_evidence = snapshot_get(in, 0, t->count);
}

void detector_put_slot(struct buf *out, const struct window_slot *slot, int64_t mono_us)
{
    snapshot_put_text(out, (struct str){slot->service, slot->service_n});
    snapshot_put(out, slot->minute);
    snapshot_put(out, slot->latest_us);
    snapshot_put(out, mono_us > slot->heard_us ? mono_us - slot->heard_us : 0);
    put_tally(out, &slot->t);
    snapshot_put(out, (int64_t)slot->batch);
    snapshot_put(out, slot->batch_n);
    snapshot_put(out, slot->several);
    snapshot_put(out, slot->unscored);
    snapshot_put(out, slot->changed);
    snapshot_put(out, slot->reported);
}

bool detector_get_slot(struct snapshot_in *in, struct window_slot *slot, int64_t mono_us)
{
    *slot = (struct window_slot){.in_use = true, .next = -1, .older = -1, .younger = -1};
    struct str service = snapshot_get_text(in, sizeof slot->service - 1);
    memcpy(slot->service, service.p, service.n);
    slot->service_n = service.n;
    slot->hash = str_hash(service);
    slot->minute = snapshot_get(in, INT64_MIN, INT64_MAX);
    slot->latest_us = snapshot_get(in, INT64_MIN, INT64_MAX);
    slot->heard_us = mono_us - snapshot_get(in, 0, INT64_MAX / 2);
    get_tally(in, &slot->t);
    slot->batch = (uint64_t)snapshot_get(in, 0, INT64_MAX);
    slot->batch_n = snapshot_get(in, 0, INT64_MAX);
    slot->several = snapshot_get(in, 0, 1) != 0;
    slot->unscored = snapshot_get(in, 0, 1) != 0;
    slot->changed = snapshot_get(in, 0, 1) != 0;
    slot->reported = snapshot_get(in, 0, 1) != 0;
    return !in->bad;
}

void detector_save(struct detector *d, int64_t mono_us, struct buf *out)
{
    int64_t n = 0;
    struct window_slot *slot = NULL;
    pthread_mutex_lock(&d->lock);
    while ((slot = windows_after(d->windows, slot)) != NULL) {
        n++;
    }
    snapshot_put(out, n);
    while ((slot = windows_after(d->windows, slot)) != NULL) {
        detector_put_slot(out, slot, mono_us);
    }
    snapshot_put(out, (int64_t)d->ended_n);
    for (size_t i = 0; i < d->ended_n; i++) {
        detector_put_slot(out, &d->ended[(d->ended_first + i) % ENDED_MAX], mono_us);
    }
    pthread_mutex_unlock(&d->lock);
}

bool detector_load(struct detector *d, int64_t mono_us, struct snapshot_in *in)
{
    struct window_slot slot;
    bool ok = true;
    pthread_mutex_lock(&d->lock);
    int64_t n = snapshot_get(in, 0, WINDOWS_MAX);
    for (int64_t i = 0; ok && i < n; i++) {
        ok = detector_get_slot(in, &slot, mono_us) && windows_restore(d->windows, &slot);
    }
    n = snapshot_get(in, 0, ENDED_MAX);
    for (int64_t i = 0; ok && i < n; i++) {
        ok = detector_get_slot(in, &slot, mono_us);
        if (ok) {
            keep(d, &slot);
        }
    }
    pthread_mutex_unlock(&d->lock);
    return ok && !in->bad;
}

void detector_info(struct model_info *out)
{
    *out = (struct model_info){.version = DETECTOR_SHIPPED_VERSION};
}

void detector_close(struct detector *d)
{
    if (d) {
        windows_free(d->windows);
        free(d->ended);
        pthread_mutex_destroy(&d->lock);
        free(d);
    }
}

enum err_code detector_open(double threshold, struct detector **out, struct err *e)
{
    struct detector *d = calloc(1, sizeof *d);
    if (!d) {
        return err_set(e, ERR_NOMEM, "not enough memory for the detector");
    }
    d->threshold = threshold;
    d->windows = windows_new();
    d->ended = calloc(ENDED_MAX, sizeof *d->ended);
    pthread_mutex_init(&d->lock, NULL);
    if (!d->windows || !d->ended) {
        detector_close(d);
        return err_set(e, ERR_NOMEM, "not enough memory for the detector");
    }
    *out = d;
    return ERR_NONE;
}
