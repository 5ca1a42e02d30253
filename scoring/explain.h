/* explain.h - a judged window's reasons, in words, with numbers and the records they name.
 *
 * A reason is made of what was odd (window.h's parts, new templates, an attack), strongest
 * first, at most VERDICT_REASONS_MAX, each channel once. Its records are those that are odd
 * in that way: of a batch by their indexes, of a session or a minute by the ids that the
 * window remembers. Pure; texts and lists are the arena's or the model's own words, copied. */
#ifndef SCORING_EXPLAIN_H
#define SCORING_EXPLAIN_H

#include "fcgi/core/verdict.h"
#include "scoring/window.h"

/* Room for the lists of a window's reasons. */
enum { EXPLAIN_LISTS = 12 };
struct explain_lists {
    int64_t ref[EXPLAIN_LISTS][WINDOW_REFS];
    size_t n;
};

struct explain {
    const struct model *m;
    int service; /* in the model; -1: not known */
    enum window_kind kind;
    const struct window *w;
    const struct judged *j;
    struct str name;    /* of the service */
    const char *within; /* "" of a batch; " within a minute", " in a session" */
    /* A batch's; records NULL: a window that is made of stored records. */
    const struct record *records;
    const struct analysis *a;
    uint32_t group;
    struct arena *arena;         /* a batch's */
    struct explain_lists *lists; /* a window's; must stay with the verdict */
};

/* Adds the window's reasons to out, which may have some: by their evidence. */
void explain_window(const struct explain *x, struct verdict *out);

/* Puts r where its evidence belongs, if there is room or a weaker one, and no reason of the
 * same channel and service. */
void explain_add(struct verdict *v, const struct reason *r);

/* Names the records for which wanted is true, and as many of them as are listed. */
void explain_records(struct reason *r, const struct analysis *a, struct arena *arena,
                     bool (*wanted)(const struct trace *t, const void *arg),
                     const void *arg);

#endif
