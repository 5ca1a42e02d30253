/* templates.c - a signature cache in front of a search among the templates of a service.
 *
 * After P. He et al., Drain (ICWS 2017): templates of equal length are compared token by
 * token, and half of the words must agree. Unlike Drain, a word that differs is a variable
 * not at once ("to spawn the instance", "to destroy the instance"), but after a few at the
 * same place; a name (mask.h) is. There is no tree: a first word may vary too.
 *
 * Grouping accuracy (share of lines in groups that are just right, one setting, learning
 * as it goes) on 2,000 lines each of loghub: mean .966; Android .852, Apache 1, BGL 1,
 * HDFS .998, HPC .932, Hadoop .991, HealthApp .901, OpenSSH 1, Spark .997, Zookeeper .993.
 * Limits of 2 to 5 and 6 to 20 give the same within .001; a word that differs taken for a
 * variable at once: .935. */
#include "scoring/templates.h"

#include <assert.h>
#include <string.h>

enum {
    /* So many templates that differ at one place only make it variable: the next word
     * there is not a new template. More for the first words, which say what happened. */
    LIMIT_EARLY = 12,
    LIMIT_LATE = 3,
    EARLY_WORDS = 3,
    LOOK_MAX = 64, /* templates of a bucket that are compared, the newest first */
};
_Static_assert(sizeof(struct templates) <= 5000000, "5 MB are given for it");
_Static_assert(sizeof(struct template_row) == 64 && sizeof(struct template_service) == 20,
               "without padding, so that the same calls make the same bytes");

/* In templates only, no token has such a hash: names differ here, words differ here. */
#define SOME_NAME 4u
#define ANY       8u

static bool is_word(uint32_t hash)
{
    return mask_kind(hash) == MASK_WORD;
}

/* --- orders of use --- */

static struct template_ages *ages_of(struct templates *s, unsigned x, int which)
{
    return which ? &s->services[s->rows[x - 1].service].ages : &s->ages;
}

static void unlink_ages(struct templates *s, unsigned x)
{
    struct template_row *r = &s->rows[x - 1];
    for (int w = 0, k = r->count > 1; w < 2; w++) {
        struct template_ages *a = ages_of(s, x, w);
        uint16_t older = r->older[w], younger = r->younger[w];
        *(older ? &s->rows[older - 1].younger[w] : &a->oldest[k]) = younger;
        *(younger ? &s->rows[younger - 1].older[w] : &a->youngest[k]) = older;
    }
}

/* As the youngest. */
static void link_ages(struct templates *s, unsigned x)
{
    struct template_row *r = &s->rows[x - 1];
    for (int w = 0, k = r->count > 1; w < 2; w++) {
        struct template_ages *a = ages_of(s, x, w);
        uint16_t older = a->youngest[k];
        r->younger[w] = 0;
        r->older[w] = older;
        *(older ? &s->rows[older - 1].younger[w] : &a->oldest[k]) = (uint16_t)x;
        a->youngest[k] = (uint16_t)x;
    }
}

static void count(struct templates *s, unsigned x)
{
    struct template_row *r = &s->rows[x - 1];
    unlink_ages(s, x);
    r->count += r->count < UINT32_MAX;
    r->learned = s->learns;
    link_ages(s, x);
}

/* --- services --- */

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

/* Place + 1, or 0. */
static unsigned find_service(const struct templates *s, uint32_t service)
{
    unsigned y = s->services_buckets[templates_service_bucket(service)];
    while (y && s->services[y - 1].service != service) {
        y = s->services[y - 1].next;
    }
    return y;
}

static unsigned get_service(struct templates *s, uint32_t service)
{
    unsigned y = find_service(s, service);
    if (!y) {
        unsigned bucket = templates_service_bucket(service);
        uint16_t *head = &s->services_buckets[bucket];
        y = s->services_free;
        assert(y); /* each holds a template, and there is room for one more */
        struct template_service *v = &s->services[y - 1];
        s->services_free = v->next;
        *v = (struct template_service){
            .service = service, .bucket = (uint16_t)bucket, .next = *head};
        *head = (uint16_t)y;
    }
    return y;
}

static void drop_service(struct templates *s, unsigned y)
{
    struct template_service *v = &s->services[y - 1];
    uint16_t *link = &s->services_buckets[v->bucket];
    while (*link != y) {
        link = &s->services[*link - 1].next;
    }
    *link = v->next;
    *v = (struct template_service){.next = s->services_free};
    s->services_free = (uint16_t)y;
}

/* --- slots --- */

/* The buckets of templates that may be one with these tokens: with the same first word,
 * and all others of this length. */
static void fill_buckets(uint32_t service, const struct tokens *t, uint16_t bucket[2])
{
    uint64_t h = mix((uint64_t)service << 8 | t->n);
    size_t i = 0;
    while (i < t->n && !is_word(t->t[i].hash)) {
        i++;
    }
    bucket[0] =
        (uint16_t)((mix(h + (i < t->n ? t->t[i].hash : 0)) >> 20) % TEMPLATES_MAX);
    bucket[1] = (uint16_t)((h >> 20) % TEMPLATES_MAX);
}

void templates_init(struct templates *s)
{
    memset(s, 0, sizeof *s);
    for (unsigned i = 0; i < TEMPLATES_MAX; i++) {
        s->rows[i].next_free = s->services[i].next =
            (uint16_t)(i + 1 < TEMPLATES_MAX ? i + 2 : 0);
    }
    s->free = s->services_free = 1;
}

static void drop(struct templates *s, unsigned x)
{
    struct template_row *r = &s->rows[x - 1];
    unlink_ages(s, x);
    for (int k = 0; k < 2; k++) {
        *(r->prev[k] ? &s->rows[r->prev[k] - 1].next[k] : &s->buckets[k][r->bucket[k]]) =
            r->next[k];
        if (r->next[k]) {
            s->rows[r->next[k] - 1].prev[k] = r->prev[k];
        }
    }
    unsigned y = r->service + 1u;
    if (--s->services[y - 1].n == 0) {
        drop_service(s, y);
    }
    *r = (struct template_row){.next_free = s->free};
    memset(s->tokens[x - 1], 0, sizeof s->tokens[x - 1]);
    memset(s->text[x - 1], 0, sizeof s->text[x - 1]);
    s->free = (uint16_t)x;
    s->n--;
}

/* Makes room for one more template of a service. Returns the slot that lost its own. */
static int evict(struct templates *s, uint32_t service)
{
    unsigned y = find_service(s, service);
    const struct template_ages *ages = y && s->services[y - 1].n == TEMPLATES_SERVICE_MAX
                                           ? &s->services[y - 1].ages
                                       : s->n == TEMPLATES_MAX ? &s->ages
                                                               : NULL;
    if (!ages) {
        return -1;
    }
    unsigned x = ages->oldest[0] ? ages->oldest[0] : ages->oldest[1];
    drop(s, x);
    s->evicted_n++;
    return (int)x - 1;
}

static void put_marks(const struct tokens *t, uint8_t mark[static TEMPLATES_MARKS])
{
    for (size_t i = 0; i < t->n && i < TEMPLATES_MARKS; i++) {
        mark[i] = (uint8_t)t->t[i].hash;
    }
}

static unsigned create(struct templates *s, uint32_t service, const struct tokens *t)
{
    unsigned x = s->free, y = get_service(s, service);
    struct template_row *r = &s->rows[x - 1];
    s->free = r->next_free;
    s->n++;
    s->services[y - 1].n++;
    *r = (struct template_row){.id = ++s->ids,
                               .learned = s->learns,
                               .count = 1,
                               .service = (uint16_t)(y - 1),
                               .tokens_n = (uint16_t)t->n};
    fill_buckets(service, t, r->bucket);
    for (int k = 0; k < 2; k++) {
        uint16_t *head = &s->buckets[k][r->bucket[k]];
        r->next[k] = *head;
        if (*head) {
            s->rows[*head - 1].prev[k] = (uint16_t)x;
        }
        *head = (uint16_t)x;
    }
    for (size_t i = 0; i < t->n; i++) {
        s->tokens[x - 1][i] = t->t[i].hash;
    }
    put_marks(t, r->mark);
    link_ages(s, x);
    return x;
}

static void write_text(struct templates *s, unsigned x, const struct tokens *t,
                       struct str message)
{
    s->rows[x - 1].text_n =
        (uint16_t)template_text(message, t, s->tokens[x - 1], s->text[x - 1]);
}

/* --- search --- */

typedef uint8_t marks __attribute__((vector_size(TEMPLATES_MARKS)));

/* How many words differ for certain, among the first ones. Of most templates that is enough
 * to leave them: a row is one line of the cache. */
static unsigned count_different(const uint8_t *a, marks b)
{
    marks x, kind = {0};
    kind += 3; /* the bits of enum mask_kind */
    memcpy(&x, a, sizeof x);
    marks both = (marks)((x & kind) == MASK_WORD) & (marks)((b & kind) == MASK_WORD);
    marks different = (marks)(x != b) & both & 1;
    uint64_t half[2];
    memcpy(half, &different, sizeof half);
    return (unsigned)__builtin_popcountll(half[0] | half[1] << 1);
}

struct likeness {
    unsigned agree; /* 2 a word, 1 a name or a masked one with letters */
    unsigned soft;  /* names that differ */
    unsigned odd;   /* of these, a word here and none there */
    unsigned hard;  /* words that differ */
    uint64_t where; /* their places, a bit each */
};

/* A message of the service at place y - 1. */
struct query {
    const struct tokens *t;
    unsigned y;
    marks mark;
};

/* Of slot x - 1 and the message. */
static struct likeness compare(const struct templates *s, unsigned x,
                               const struct query *q)
{
    static const struct likeness none = {.hard = 1};
    const struct template_row *r = &s->rows[x - 1];
    const struct tokens *t = q->t;
    const uint32_t *a = s->tokens[x - 1];
    struct likeness l = {0};
    if (r->service != q->y - 1 || r->tokens_n != t->n ||
        2 * count_different(r->mark, q->mark) > t->n) {
        return none;
    }
    for (size_t i = 0; i < t->n; i++) {
        uint32_t b = t->t[i].hash;
        unsigned words = is_word(a[i]) + is_word(b);
        if (a[i] == b) {
            l.agree += b == MASK_STAR ? 0 : words == 2 ? 2 : 1;
        } else if (a[i] == ANY || (a[i] == SOME_NAME && words == 0)) {
            continue;
        } else if (words == 2 || (words == 1 && i == 0)) {
            l.hard++;
            l.where |= UINT64_C(1) << i;
            if (2 * l.hard > t->n) {
                return none; /* less than half agree */
            }
        } else {
            l.odd += words;
            l.soft++;
        }
    }
    return l;
}

/* How many templates that differ at these places only make them variable? */
static unsigned limit_of(const struct tokens *t, uint64_t where)
{
    unsigned limit = 0, before = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (where >> i & 1) {
            limit += before < EARLY_WORDS ? LIMIT_EARLY : LIMIT_LATE;
        }
        before += is_word(t->t[i].hash);
    }
    return limit;
}

/* Of the templates that differ just at these places there are enough? */
static bool is_variable(const struct templates *s, unsigned x, const struct query *q,
                        uint64_t where)
{
    unsigned others = 0, limit = limit_of(q->t, where);
    for (unsigned look = 0; x && look < LOOK_MAX; x = s->rows[x - 1].next[1], look++) {
        struct likeness l = compare(s, x, q);
        others += l.where == where && l.odd == 0;
    }
    return others >= limit;
}

/* The best of a bucket so far, of those where no word differs and of the others. */
struct search {
    unsigned best, near; /* slots + 1, or 0 */
    unsigned best_agree;
    struct likeness nearest;
};

static void search_bucket(const struct templates *s, unsigned x, int k,
                          const struct query *q, struct search *found)
{
    for (unsigned look = 0; x && look < LOOK_MAX; x = s->rows[x - 1].next[k], look++) {
        struct likeness l = compare(s, x, q);
        if (l.agree < l.soft + 2 * l.hard || (l.agree == 0 && l.soft > 0)) {
            continue;
        }
        if (l.hard == 0 && l.odd <= 1 && (!found->best || l.agree > found->best_agree)) {
            found->best = x;
            found->best_agree = l.agree;
        } else if (l.hard > 0 && l.odd == 0 &&
                   (!found->near || l.hard < found->nearest.hard ||
                    (l.hard == found->nearest.hard && l.agree > found->nearest.agree))) {
            found->near = x;
            found->nearest = l;
        }
    }
}

/* The slot + 1 of the template that agrees best, or 0. */
static unsigned search(const struct templates *s, uint32_t service,
                       const struct tokens *t)
{
    uint8_t mark[TEMPLATES_MARKS] = {0};
    struct query q = {.t = t, .y = find_service(s, service)};
    struct search found = {0};
    uint16_t bucket[2];
    put_marks(t, mark);
    memcpy(&q.mark, mark, sizeof mark);
    fill_buckets(service, t, bucket);
    for (int k = 0; k < 2 && q.y && !found.best; k++) {
        search_bucket(s, s->buckets[k][bucket[k]], k, &q, &found);
    }
    if (found.best || !found.near) {
        return found.best;
    }
    unsigned all = s->buckets[1][bucket[1]];
    return is_variable(s, all, &q, found.nearest.where) ? found.near : 0;
}

/* --- the cache --- */

static uint64_t cache_key(uint32_t service, const struct tokens *t)
{
    return mix(t->signature ^ (uint64_t)service * 0xD6E8FEB86659FD93u);
}

static unsigned cache_set(uint64_t key)
{
    return (unsigned)(key >> 40) % TEMPLATES_CACHE_SETS;
}

/* The slot + 1, or 0. */
static unsigned cached(const struct templates *s, uint64_t key)
{
    unsigned set = cache_set(key);
    for (int w = 0; w < TEMPLATES_CACHE_WAYS; w++) {
        if (s->cache[set][w].key == key && s->cache[set][w].id) {
            uint32_t slot = s->cache[set][w].slot;
            return (uint32_t)s->rows[slot].id == s->cache[set][w].id ? slot + 1 : 0;
        }
    }
    return 0;
}

static void put_in_cache(struct templates *s, uint64_t key, unsigned x)
{
    unsigned set = cache_set(key);
    int w = 0;
    while (w < TEMPLATES_CACHE_WAYS - 1 && s->cache[set][w].key != key) {
        w++;
    }
    memmove(&s->cache[set][1], &s->cache[set][0], (size_t)w * sizeof s->cache[set][0]);
    s->cache[set][0].key = key;
    s->cache[set][0].slot = x - 1;
    s->cache[set][0].id = (uint32_t)s->rows[x - 1].id;
}

/* --- for others --- */

int templates_find(const struct templates *s, uint32_t service, const struct tokens *t)
{
    unsigned x = cached(s, cache_key(service, t));
    return (int)(x ? x : search(s, service, t)) - 1;
}

/* Where the message differs from its template, it varies. */
static bool merge(struct templates *s, unsigned x, const struct tokens *t)
{
    bool changed = false;
    for (size_t i = 0; i < t->n; i++) {
        uint32_t *a = &s->tokens[x - 1][i], b = t->t[i].hash;
        if (*a != b && *a != ANY) {
            uint32_t merged = is_word(*a) || is_word(b) ? ANY : SOME_NAME;
            changed |= *a != merged;
            *a = merged;
            if (i < TEMPLATES_MARKS) {
                s->rows[x - 1].mark[i] = 0;
            }
        }
    }
    return changed;
}

int templates_learn(struct templates *s, uint32_t service, const struct tokens *t,
                    struct str message, int *evicted)
{
    uint64_t key = cache_key(service, t);
    unsigned x = cached(s, key);
    *evicted = -1;
    s->learns++;
    if (x) {
        count(s, x);
        return (int)x - 1;
    }
    x = search(s, service, t);
    if (x) {
        if (merge(s, x, t)) {
            write_text(s, x, t, message);
        }
        count(s, x);
    } else {
        *evicted = evict(s, service);
        x = create(s, service, t);
        write_text(s, x, t, message);
    }
    put_in_cache(s, key, x);
    return (int)x - 1;
}

void templates_forget_service(struct templates *s, uint32_t service)
{
    unsigned y;
    while ((y = find_service(s, service)) != 0) {
        const struct template_ages *ages = &s->services[y - 1].ages;
        drop(s, ages->oldest[0] ? ages->oldest[0] : ages->oldest[1]);
    }
}

uint32_t templates_service_n(const struct templates *s, uint32_t service)
{
    unsigned y = find_service(s, service);
    return y ? s->services[y - 1].n : 0;
}
