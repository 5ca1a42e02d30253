/* vectors.c - see vectors.h. Groups are lists in one pool. The nearest one is found by
 * looking at all of the group, of which there are at most VECTORS_GROUP_MAX, mostly some
 * dozens: most are too far by the keys that they lack, and the search leaves a vector when
 * it is farther than the best so far. */
#include "scoring/vectors.h"

#include <math.h>
#include <string.h>

#define SPREAD_MIN   0.05F  /* of log(1 + count): a count that never varied */
#define NO_WEIGHT    1e-20F /* as good as 0, which means that it is not known */
#define NO_DISTANCE  1e-15F /* what differs in nothing else is the same */
#define FAR          3.0    /* a distance to compare with where no vector was seen once */
#define TAIL_NU      3.0    /* beyond all distances that were seen: as Student's t */
#define RELEARN_FROM 64
#define HOPELESS_N   200 /* so many windows, most of them unlike all others: no use */

void vectors_init(struct vectors *s)
{
    memset(s, 0, sizeof *s);
    for (int i = 0; i < VECTORS_MAX; i++) {
        s->kept[i].next = (int16_t)(i + 1 < VECTORS_MAX ? i + 1 : -1);
        s->bucket[i] = -1;
    }
    for (int i = 0; i < VECTOR_GROUPS_MAX; i++) {
        s->group[i].first = -1;
    }
}

/* --- one vector --- */

void vector_add(struct vector *v, uint32_t key, uint16_t slot)
{
    uint32_t i = 0;
    if (v->n > VECTOR_ITEMS_MAX) {
        return;
    }
    while (i < v->n && v->item[i].key != key) {
        i++;
    }
    if (i == VECTOR_ITEMS_MAX) {
        v->n = VECTOR_ITEMS_MAX + 1; /* has no vector any more */
        return;
    }
    if (i == v->n) {
        v->item[v->n++] = (struct vector_item){key, 0, slot, 0};
    }
    v->item[i].count = (uint16_t)(v->item[i].count + (v->item[i].count < UINT16_MAX));
}

bool vector_seal(struct vector *v)
{
    if (v->n > VECTOR_ITEMS_MAX) {
        return false;
    }
    for (uint32_t i = 1; i < v->n; i++) { /* few, and mostly in order */
        struct vector_item x = v->item[i];
        uint32_t j = i;
        for (; j > 0 && v->item[j - 1].key > x.key; j--) {
            v->item[j] = v->item[j - 1];
        }
        v->item[j] = x;
    }
    v->hash = 14695981039346656037U;
    for (uint32_t i = 0; i < v->n; i++) {
        v->hash = (v->hash ^ v->item[i].key) * 1099511628211U;
        v->hash = (v->hash ^ v->item[i].count) * 1099511628211U;
        v->item[i].log = log1pf(v->item[i].count);
    }
    return true;
}

static bool same(const struct vector *a, const struct vector *b)
{
    bool equal = a->hash == b->hash && a->n == b->n;
    for (uint32_t i = 0; equal && i < a->n; i++) {
        equal = a->item[i].key == b->item[i].key && a->item[i].count == b->item[i].count;
    }
    return equal;
}

/* --- distances --- */

/* What a difference costs: the more, the less the template's count varies. */
static float weigh(const struct vector_spread *x, float windows)
{
    float mean = x->sum / windows, var = x->squares / windows - mean * mean;
    return 1 / sqrtf((var > 0 ? var : 0) + SPREAD_MIN * SPREAD_MIN);
}

static float weight_of(const struct vector_spread *spread, const struct vector_item *item)
{
    const struct vector_spread *x =
        item->slot != VECTOR_NO_SLOT ? &spread[item->slot] : NULL;
    return x && x->key == item->key && x->weight > 0 ? x->weight : 1 / SPREAD_MIN;
}

/* Going through two vectors together: one difference after the other. */
struct walk {
    const struct vector *a, *b;
    uint32_t i, j;
    const struct vector_item *item; /* that differs, of one of them */
    uint16_t in_a, in_b;
    float diff; /* of the logarithms */
};

static bool next_difference(struct walk *w)
{
    while (w->i < w->a->n || w->j < w->b->n) {
        const struct vector_item *x = w->i < w->a->n ? &w->a->item[w->i] : NULL;
        const struct vector_item *y = w->j < w->b->n ? &w->b->item[w->j] : NULL;
        bool only_a = !y || (x && x->key < y->key), only_b = !x || (y && y->key < x->key);
        w->item = only_b ? y : x;
        w->in_a = only_b ? 0 : x->count;
        w->in_b = only_a ? 0 : y->count;
        w->diff = fabsf((only_b ? 0 : x->log) - (only_a ? 0 : y->log));
        w->i += !only_b;
        w->j += !only_a;
        if (w->in_a != w->in_b) {
            return true;
        }
    }
    return false;
}

/* Not more than `most`, or anything above it. The same walk as above, in the innermost loop
 * of all: without a call for each difference. */
static float distance(const struct vector_spread *spread, const struct vector *a,
                      const struct vector *b, float most)
{
    const struct vector_item *x = a->item, *x_end = x + a->n;
    const struct vector_item *y = b->item, *y_end = y + b->n;
    float d = 0;
    while (d <= most && x < x_end && y < y_end) {
        if (x->key == y->key) {
            if (x->count != y->count) {
                d += fabsf(x->log - y->log) * weight_of(spread, x);
            }
            x++;
            y++;
        } else {
            const struct vector_item **one = x->key < y->key ? &x : &y;
            d += (*one)->log * weight_of(spread, *one);
            ++*one;
        }
    }
    for (; d <= most && x < x_end; x++) {
        d += x->log * weight_of(spread, x);
    }
    for (; d <= most && y < y_end; y++) {
        d += y->log * weight_of(spread, y);
    }
    return d;
}

/* --- looking --- */

static bool is_known(const struct vector_kept *k)
{
    return !k->probation.on;
}

static bool is_once(const struct vector_kept *k)
{
    return k->count <= 1;
}

static int16_t *bucket_of(struct vectors *s, int group, uint64_t hash)
{
    return &s->bucket[vectors_bucket(group, hash)];
}

static int find_same(const struct vectors *s, int group, const struct vector *v)
{
    int i = s->bucket[vectors_bucket(group, v->hash)];
    while (i >= 0 && !(s->kept[i].group == group && same(&s->vector[i], v))) {
        i = s->kept[i].chain;
    }
    return i;
}

/* What a vector's items cost where the other one has none of their keys: less than or as
 * much as the distance to any vector without these bits of keys. */
struct missing {
    uint64_t keys;
    float cost[64]; /* by bit */
};

static uint64_t bit_of(const struct vector_item *item)
{
    return UINT64_C(1) << (item->key & 63);
}

static uint64_t keys_of(const struct vector *v)
{
    uint64_t keys = 0;
    for (uint32_t i = 0; i < v->n; i++) {
        keys |= bit_of(&v->item[i]);
    }
    return keys;
}

static void count_missing(const struct vector_spread *spread, const struct vector *v,
                          struct missing *out)
{
    memset(out, 0, sizeof *out);
    out->keys = keys_of(v);
    for (uint32_t i = 0; i < v->n; i++) {
        out->cost[v->item[i].key & 63] += v->item[i].log * weight_of(spread, &v->item[i]);
    }
}

/* For certain farther than `most`; what rounding may change is left to distance(). */
static bool is_farther(const struct missing *m, uint64_t keys, float most)
{
    float d = 0;
    for (uint64_t left = m->keys & ~keys; left && d <= most; left &= left - 1) {
        d += m->cost[__builtin_ctzll(left)] * .999F;
    }
    return d > most;
}

static int find_nearest(const struct vectors *s, int group,
                        const struct vector_spread *spread, const struct vector *v,
                        float *d)
{
    int best = -1;
    struct missing missing;
    count_missing(spread, v, &missing);
    *d = INFINITY;
    for (int i = s->group[group].first; i >= 0; i = s->kept[i].next) {
        const struct vector_kept *k = &s->kept[i];
        if (is_known(k) && &s->vector[i] != v && !is_farther(&missing, k->keys, *d)) {
            float x = distance(spread, v, &s->vector[i], *d);
            if (x < *d) {
                *d = x;
                best = i;
            }
        }
    }
    return best;
}

/* -log10 of the share of windows that were as far from all others. */
static double rarity(const struct vectors *s, int group, double d)
{
    double tail = 0, farthest = 0, n = (double)s->group[group].windows;
    for (int i = s->group[group].first; i >= 0; i = s->kept[i].next) {
        const struct vector_kept *k = &s->kept[i];
        if (is_once(k) && k->nearest < INFINITY) {
            tail += (double)k->nearest >= d ? (double)k->count : 0;
            farthest = (double)k->nearest > farthest ? (double)k->nearest : farthest;
        }
    }
    double z = -log10((tail + .5) / (n + 1));
    farthest = farthest > FAR ? farthest : FAR;
    if (d > farthest) {
        z += isfinite(d) ? TAIL_NU * log10(d / farthest) : 0;
    }
    return z > 0 ? z : 0;
}

/* Are most windows of the group unlike all others? Then nothing is said of them. */
static bool is_hopeless(const struct vector_group *g)
{
    return g->windows > HOPELESS_N && (float)g->n > g->windows / 2;
}

void vectors_look(const struct vectors *s, int group, const struct vector_spread *spread,
                  const struct vector *v, struct vector_view *out)
{
    const struct vector_group *g = &s->group[group];
    float d;
    *out = (struct vector_view){0, 0, find_same(s, group, v)};
    if (out->nearest >= 0 && is_known(&s->kept[out->nearest])) {
        return;
    }
    if (is_hopeless(g)) {
        return;
    }
    out->nearest = find_nearest(s, group, spread, v, &d);
    out->distance = (double)d;
    if (out->nearest >= 0 && d > NO_DISTANCE) {
        out->z = rarity(s, group, out->distance);
    }
}

bool vectors_odd_item(const struct vectors *s, int group,
                      const struct vector_spread *spread, const struct vector *v,
                      struct vectors_odd *out)
{
    float d, most = 0;
    int nearest = find_nearest(s, group, spread, v, &d);
    if (nearest < 0) {
        return false;
    }
    struct walk w = {.a = v, .b = &s->vector[nearest]};
    while (next_difference(&w)) {
        float x = w.diff * weight_of(spread, w.item);
        if (x > most) {
            most = x;
            *out = (struct vectors_odd){w.item->slot, w.in_a, w.in_b};
        }
    }
    return most > 0;
}

/* --- learning --- */

static void drop(struct vectors *s, int group, int16_t at)
{
    int16_t *link = &s->group[group].first;
    while (*link != at) {
        link = &s->kept[*link].next;
    }
    *link = s->kept[at].next;
    s->group[group].n--;
    for (link = bucket_of(s, group, s->vector[at].hash); *link != at;) {
        link = &s->kept[*link].chain;
    }
    *link = s->kept[at].chain;
    s->kept[at].next = s->free;
    s->free = at;
}

/* The one to go: of those seen once the one not seen for longest, else of all. */
static int16_t oldest_of(const struct vectors *s, int group)
{
    int16_t best = -1;
    for (int16_t i = s->group[group].first; i >= 0; i = s->kept[i].next) {
        const struct vector_kept *k = &s->kept[i], *b = best >= 0 ? &s->kept[best] : NULL;
        bool rarer = b && k->count <= 1 && b->count > 1;
        bool as_rare = b && (k->count <= 1) == (b->count <= 1);
        if (!b || rarer || (as_rare && k->used < b->used)) {
            best = i;
        }
    }
    return best;
}

static int largest_group(const struct vectors *s)
{
    int best = 0;
    for (int i = 1; i < VECTOR_GROUPS_MAX; i++) {
        best = s->group[i].n > s->group[best].n ? i : best;
    }
    return best;
}

static int16_t make_room(struct vectors *s, int group)
{
    bool full = s->group[group].n >= VECTORS_GROUP_MAX;
    if (full || s->free < 0) {
        int from = full ? group : largest_group(s);
        drop(s, from, oldest_of(s, from));
        s->evicted++;
    }
    int16_t at = s->free;
    s->free = s->kept[at].next;
    s->kept[at].next = s->group[group].first;
    s->group[group].first = at;
    s->group[group].n++;
    return at;
}

static void measure_once(struct vectors *s, int group, const struct vector_spread *spread)
{
    for (int i = s->group[group].first; i >= 0; i = s->kept[i].next) {
        if (is_once(&s->kept[i])) {
            (void)find_nearest(s, group, spread, &s->vector[i], &s->kept[i].nearest);
        }
    }
}

/* How far is the one at `at` from those that are known, and, if it is to be one, they from
 * it? */
static void meet(struct vectors *s, int group, const struct vector_spread *spread, int at)
{
    struct vector_kept *k = &s->kept[at];
    struct missing missing;
    k->nearest = INFINITY;
    if (is_hopeless(&s->group[group])) {
        return; /* measured if that changes: see count_window */
    }
    count_missing(spread, &s->vector[at], &missing);
    for (int i = s->group[group].first; i >= 0; i = s->kept[i].next) {
        struct vector_kept *o = &s->kept[i];
        float for_k = is_known(o) ? k->nearest : 0;
        float for_o = is_known(k) && is_once(o) ? o->nearest : 0;
        float most = for_k > for_o ? for_k : for_o;
        if (o == k || most <= 0 || is_farther(&missing, o->keys, most)) {
            continue;
        }
        float d = distance(spread, &s->vector[at], &s->vector[i], most);
        k->nearest = d < for_k ? d : k->nearest;
        o->nearest = d < for_o ? d : o->nearest;
    }
}

static void count_window(struct vectors *s, int group, struct vector_spread *spread,
                         const struct vector *v)
{
    struct vector_group *g = &s->group[group];
    g->learned += 1;
    for (uint32_t i = 0; i < v->n; i++) {
        if (v->item[i].slot != VECTOR_NO_SLOT) {
            struct vector_spread *x = &spread[v->item[i].slot];
            if (x->key != v->item[i].key) {
                *x = (struct vector_spread){.key = v->item[i].key};
            }
            x->sum += v->item[i].log;
            x->squares += v->item[i].log * v->item[i].log;
            x->weight = x->normal ? NO_WEIGHT : weigh(x, g->learned);
        }
    }
    if (g->learned >= RELEARN_FROM && g->learned >= g->relearn) {
        g->relearn = 2 * g->learned;
        measure_once(s, group, spread);
    }
}

void vectors_learn(struct vectors *s, int group, struct vector_spread *spread,
                   const struct vector *v, const struct probation_day *day)
{
    int at = find_same(s, group, v);
    bool fresh = at < 0;
    if (fresh) {
        int16_t *head = bucket_of(s, group, v->hash);
        at = make_room(s, group);
        s->vector[at] = *v;
        s->kept[at].keys = keys_of(v);
        s->kept[at].count = 0;
        s->kept[at].probation.on = false;
        s->kept[at].group = (uint16_t)group;
        s->kept[at].chain = *head;
        *head = (int16_t)at;
    }
    struct vector_kept *k = &s->kept[at];
    bool was_known = !fresh && is_known(k),
         known = probation_pass(&k->probation, fresh, day);
    k->used = ++s->clock;
    if (fresh || known != was_known) {
        meet(s, group, spread, at);
    }
    k->count += 1;
    s->group[group].windows += 1;
    if (known) {
        count_window(s, group, spread, v);
    }
}

void vector_spread_set(struct vector_spread *x, uint32_t key, bool normal)
{
    if (x->key != key) {
        *x = (struct vector_spread){.key = key};
    }
    x->weight = normal ? NO_WEIGHT : 0;
    x->normal = normal;
}

void vectors_forget(struct vectors *s, int group)
{
    while (s->group[group].first >= 0) {
        drop(s, group, s->group[group].first);
    }
    s->group[group].windows = s->group[group].learned = s->group[group].relearn = 0;
}

void vectors_halve(struct vectors *s, int group)
{
    s->group[group].windows *= .5F;
    s->group[group].learned *= .5F;
    for (int i = s->group[group].first; i >= 0; i = s->kept[i].next) {
        s->kept[i].count *= .5F;
    }
}
