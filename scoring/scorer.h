/* scorer.h - who scores a batch: the detector in this process, or the scoring service.
 *
 * Scoring changes nothing and may be called from any thread at once. */
#ifndef SCORING_SCORER_H
#define SCORING_SCORER_H

#include "fcgi/core/features.h"
#include "fcgi/core/verdict.h"

struct scorer_batch {
    const struct record *records;
    size_t n;
    int64_t now_us;      /* time of receipt */
    struct arena *arena; /* for the verdict's texts and lists */
};

struct scorer;
struct scorer_ops {
    const char *name; /* what a reply gives as "scorer" */
    enum err_code (*score)(struct scorer *, const struct scorer_batch *, struct verdict *,
                           struct err *);
    void (*close)(struct scorer *);
};
struct scorer {
    const struct scorer_ops *ops; /* an implementation puts its own data behind it */
};

/* What was learned in this process; the state must stay. It scores nothing while a replay
 * is under way. */
struct state;
enum err_code scorer_open_local(struct state *state, struct scorer **out,
                                struct err *e) MUST_USE;

/* Judges a batch, as one that came now: with the alarm budget. The verdict's texts are the
 * records' or the arena's. On an error it is unscored: ERR_UPSTREAM, ERR_NOMEM. */
static inline enum err_code MUST_USE scorer_score(struct scorer *s,
                                                  const struct scorer_batch *b,
                                                  struct verdict *out, struct err *e)
{
    return s->ops->score(s, b, out, e);
}

static inline const char *scorer_name(const struct scorer *s)
{
    return s->ops->name;
}

static inline void scorer_close(struct scorer *s) /* NULL allowed */
{
    if (s) {
        s->ops->close(s);
    }
}

#endif
