/* scorer_local.c - the detector in this process (scorer.h).
 *
 * Scoring reads only constants. What is learned so far is what stands in the services'
 * current minutes; one mutex guards it. A minute is looked at each second while it goes
 * on, so that thirty single failed logins are told after the second and not at the end
 * of the minute, and once more when it is over. */
#include "fcgi/base/diag.h"
#include "scoring/judge.h"
#include "scoring/scorer.h"

#include <pthread.h>

enum { ENDED_MAX = 1024 }; /* minutes that ended between two looks and wait to be told */

struct scorer_local {
    struct scorer base;
    double threshold;
    pthread_mutex_t lock; /* of all below */
    struct windows *windows;
    uint64_t batches;          /* learned so far */
    struct window_slot *ended; /* ENDED_MAX of them, a ring */
    size_t ended_first, ended_n;
    size_t look; /* the next slot that a look comes to */
};

static struct scorer_local *local(struct scorer *s)
{
    return (struct scorer_local *)s;
}

static enum err_code score(struct scorer *s, const struct features *f,
                           struct verdict *out, struct err *e)
{
    (void)s;
    (void)e;
    judge_features(f, "", out);
    return ERR_NONE;
}

/* Was the minute not yet judged as it is? What came in one batch was, when it came, unless
 * there was more of other services than of this one in it, which hid it. */
static bool is_news(const struct window_slot *slot)
{
    return slot->several || 2 * slot->t.count < slot->batch_n;
}

/* The slot's minute as a window; true if it is to be told. */
static bool judge_slot(const struct scorer_local *s, const struct window_slot *slot,
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
    return is_news(slot) && out->verdict.score > s->threshold;
}

/* With the lock held. */
static void keep(struct scorer_local *s, const struct window_slot *slot)
{
    if (s->ended_n == ENDED_MAX) {
        diag("more than %d unusual minutes wait to be told; one of '%s' is not",
             ENDED_MAX, slot->service);
        return;
    }
    s->ended[(s->ended_first + s->ended_n++) % ENDED_MAX] = *slot;
}

/* Called with the lock held, when a minute ends because the service went on. */
static void keep_ended(void *arg, const struct window_slot *slot)
{
    struct scorer_local *s = arg;
    struct window w;
    if (slot->changed && judge_slot(s, slot, &w)) {
        keep(s, slot);
    }
}

static void put_back(struct scorer *scorer, const struct window *w)
{
    struct scorer_local *s = local(scorer);
    pthread_mutex_lock(&s->lock);
    keep(s, &w->slot);
    pthread_mutex_unlock(&s->lock);
}

static void learn(struct scorer *scorer, const struct record *records, size_t n,
                  bool raised, int64_t now_us, int64_t mono_us)
{
    struct scorer_local *s = local(scorer);
    if (raised) {
        return;
    }
    pthread_mutex_lock(&s->lock);
    struct windows_arrival arrival = {now_us, mono_us, ++s->batches, (int64_t)n};
    for (size_t i = 0; i < n; i++) {
        windows_add(s->windows, &records[i], &arrival,
                    (struct windows_closing){keep_ended, s});
    }
    pthread_mutex_unlock(&s->lock);
}

/* One slot's turn in a look. */
static bool look_at(struct scorer_local *s, struct window_slot *slot, int64_t mono_us,
                    bool all, struct window *out)
{
    bool over = all || mono_us - slot->heard_us >= WINDOW_SILENCE_US;
    bool tell = slot->changed && judge_slot(s, slot, out);
    slot->changed = false;
    slot->reported = slot->reported || tell;
    if (over) {
        windows_close(s->windows, slot);
    }
    return tell;
}

static bool next_window(struct scorer *scorer, int64_t mono_us, bool all,
                        struct window *out)
{
    struct scorer_local *s = local(scorer);
    bool found = false;
    pthread_mutex_lock(&s->lock);
    if (s->ended_n > 0) {
        found = judge_slot(s, &s->ended[s->ended_first], out);
        s->ended_first = (s->ended_first + 1) % ENDED_MAX;
        s->ended_n--;
    }
    while (!found && s->look < WINDOWS_MAX) {
        struct window_slot *slot = windows_at(s->windows, s->look++);
        found = slot && look_at(s, slot, mono_us, all, out);
    }
    if (!found) {
        s->look = 0;
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

static void info(struct scorer *s, struct model_info *out)
{
    (void)s;
    *out = (struct model_info){.version = SCORER_SHIPPED_VERSION};
}

static void close_local(struct scorer *scorer)
{
    struct scorer_local *s = local(scorer);
    windows_free(s->windows);
    free(s->ended);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

enum err_code scorer_open_local(double threshold, struct scorer **out, struct err *e)
{
    static const struct scorer_ops ops = {score,    learn, next_window,
                                          put_back, info,  close_local};
    struct scorer_local *s = calloc(1, sizeof *s);
    if (!s) {
        return err_set(e, ERR_NOMEM, "not enough memory for the detector");
    }
    s->base.ops = &ops;
    s->threshold = threshold;
    s->windows = windows_new();
    s->ended = calloc(ENDED_MAX, sizeof *s->ended);
    pthread_mutex_init(&s->lock, NULL);
    if (!s->windows || !s->ended) {
        close_local(&s->base);
        return err_set(e, ERR_NOMEM, "not enough memory for the detector");
    }
    *out = &s->base;
    return ERR_NONE;
}
