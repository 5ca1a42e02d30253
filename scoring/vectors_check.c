/* vectors_check.c - see vectors_check.h. */
#include "scoring/vectors_check.h"

#include "scoring/check.h"

#include <math.h>

#define LOG_MOST 12.0F /* a count has 16 bits */

bool vectors_check_spread(const struct vector_spread *x)
{
    return check_floats(&x->sum, 1) && check_floats(&x->squares, 1) &&
           check_floats(&x->weight, 1) && check_bool(&x->normal);
}

static bool check_vector(const struct vector *v, unsigned slots_n)
{
    bool ok = v->n <= VECTOR_ITEMS_MAX;
    for (uint32_t i = 0; ok && i < v->n; i++) {
        const struct vector_item *x = &v->item[i];
        ok = (x->slot == VECTOR_NO_SLOT || x->slot < slots_n) && x->log >= 0 &&
             x->log <= LOG_MOST;
    }
    return ok;
}

/* How far it is from all others may be infinite. */
static bool check_kept(const struct vector_kept *k)
{
    return check_floats(&k->count, 1) && k->nearest >= 0 &&
           check_day(k->probation.first) && check_day(k->probation.last) &&
           check_bool(&k->probation.on) && k->group < VECTOR_GROUPS_MAX;
}

/* Those of a group; *n: so many in all of them. */
static bool check_group(const struct vectors *s, int group, unsigned slots_n, bool *seen,
                        size_t *n)
{
    const struct vector_group *g = &s->group[group];
    const float counts[] = {g->windows, g->learned, g->relearn};
    int in_it = 0;
    for (int i = g->first; i != -1; i = s->kept[i].next) {
        if (!check_link(i, VECTORS_MAX) || seen[i] || s->kept[i].group != group ||
            !check_kept(&s->kept[i]) || !check_vector(&s->vector[i], slots_n)) {
            return false;
        }
        seen[i] = true;
        in_it++;
    }
    *n += (size_t)in_it;
    return in_it == g->n && in_it <= VECTORS_GROUP_MAX &&
           check_floats(counts, sizeof counts / sizeof counts[0]);
}

/* Each that is in a group is in the chain that it is looked for in; n: so many are. */
static bool check_chains(const struct vectors *s, const bool *used, size_t n)
{
    for (size_t b = 0; b < VECTORS_MAX; b++) {
        for (int i = s->bucket[b]; i != -1; i = s->kept[i].chain) {
            if (!check_link(i, VECTORS_MAX) || n == 0 || !used[i] ||
                vectors_bucket(s->kept[i].group, s->vector[i].hash) != b) {
                return false;
            }
            n--;
        }
    }
    return n == 0;
}

bool vectors_check(const struct vectors *s, unsigned slots_n)
{
    bool seen[VECTORS_MAX] = {false};
    size_t n = 0;
    for (int g = 0; g < VECTOR_GROUPS_MAX; g++) {
        if (!check_group(s, g, slots_n, seen, &n)) {
            return false;
        }
    }
    if (!check_chains(s, seen, n)) {
        return false;
    }
    for (int i = s->free; i != -1; i = s->kept[i].next) {
        if (!check_link(i, VECTORS_MAX) || seen[i]) {
            return false;
        }
        seen[i] = true;
        n++;
    }
    return n == VECTORS_MAX;
}
