/* scorer.h - the detector, as the rest of the product sees it.
 *
 * Scoring changes nothing and may be called from any thread at once. Learning is called
 * by one thread, in the order in which batches were committed. What a batch's records
 * add to their services' minutes comes back from scorer_next_window, called by one other
 * thread about once a second. */
#ifndef SCORING_SCORER_H
#define SCORING_SCORER_H

#include "fcgi/core/features.h"
#include "fcgi/core/verdict.h"
#include "scoring/windows.h"

enum { MODEL_VERSION_BYTES = 64 };
#define SCORER_SHIPPED_VERSION "priors-1" /* of the model built into the program */

struct model_info {
    char version[MODEL_VERSION_BYTES];
    int64_t trained_at_us; /* 0: shipped with the program, not trained on any log */
};

/* The counts of one minute of one service, judged. */
struct window {
    struct window_slot slot; /* a copy; what features and verdict point into */
    struct features features;
    struct verdict verdict;
    bool reported; /* an earlier look at the same minute was over the threshold too */
};

struct scorer;
struct scorer_ops {
    enum err_code (*score)(struct scorer *, const struct features *, struct verdict *,
                           struct err *);
    void (*learn)(struct scorer *, const struct record *, size_t n, bool raised,
                  int64_t now_us, int64_t mono_us);
    bool (*next_window)(struct scorer *, int64_t mono_us, bool all, struct window *);
    void (*put_back)(struct scorer *, const struct window *);
    void (*info)(struct scorer *, struct model_info *);
    void (*close)(struct scorer *);
};
struct scorer {
    const struct scorer_ops *ops; /* an implementation puts its own data behind it */
};

/* In this process. threshold is what a window's score must pass to be returned. */
enum err_code scorer_open_local(double threshold, struct scorer **out,
                                struct err *e) MUST_USE;

/* Judges a batch by what was counted in it. The verdict points into f's texts. */
static inline enum err_code MUST_USE scorer_score(struct scorer *s,
                                                  const struct features *f,
                                                  struct verdict *out, struct err *e)
{
    return s->ops->score(s, f, out, e);
}

/* A batch was committed. raised: it made or extended an incident by itself, so its
 * records do not count for their minutes as well. now_us, mono_us: when it came. */
static inline void scorer_learn(struct scorer *s, const struct record *records, size_t n,
                                bool raised, int64_t now_us, int64_t mono_us)
{
    s->ops->learn(s, records, n, raised, now_us, mono_us);
}

/* The next minute of a service that is over the threshold and has changed since it was
 * last returned; false if there is none. Minutes that are over are closed on the way:
 * the service went on to a later one, or was silent for 60 s, or all is set. */
static inline bool scorer_next_window(struct scorer *s, int64_t mono_us, bool all,
                                      struct window *out)
{
    return s->ops->next_window(s, mono_us, all, out);
}

/* The window could not be told (the store was not writable): it is returned again. */
static inline void scorer_put_back(struct scorer *s, const struct window *w)
{
    s->ops->put_back(s, w);
}

static inline void scorer_info(struct scorer *s, struct model_info *out)
{
    s->ops->info(s, out);
}

static inline void scorer_close(struct scorer *s) /* NULL allowed */
{
    if (s) {
        s->ops->close(s);
    }
}

#endif
