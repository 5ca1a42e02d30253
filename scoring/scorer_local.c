/* scorer_local.c - the detector of this process as a scorer (scorer.h). Scoring needs no
 * state, so there is one for all. */
#include "scoring/detector.h"
#include "scoring/scorer.h"

static enum err_code score(struct scorer *s, const struct scorer_batch *b,
                           struct verdict *out, struct err *e)
{
    (void)s;
    (void)e;
    detector_score(b->features, out);
    return ERR_NONE;
}

static void close_local(struct scorer *s)
{
    (void)s;
}

struct scorer *scorer_local(void)
{
    static const struct scorer_ops ops = {"in-process", score, close_local};
    static struct scorer scorer = {&ops};
    return &scorer;
}
