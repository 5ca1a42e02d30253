/* values.c - see values.h. */
#include "scoring/values.h"

#include <math.h>
#include <stddef.h>

enum { RECORDS_MIN = 50, PROBES = 2 }; /* before so many records a place says nothing */

static uint64_t mix(uint64_t x)
{
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9U;
    return x ^ (x >> 32);
}

static size_t set_of(uint64_t h)
{
    return ((size_t)h & (VALUES_SEEN_MAX / VALUES_WAYS - 1)) * VALUES_WAYS;
}

static uint32_t tag_of(uint64_t h)
{
    return (uint32_t)(h >> 33) | 1; /* 31 bits, not 0 */
}

static uint64_t hash_of(uint64_t place, uint32_t value)
{
    return mix((place ^ value) * 0x9e3779b97f4a7c15U);
}

static int find(const struct values *s, uint64_t h)
{
    for (int i = 0; i < VALUES_WAYS; i++) {
        if (s->seen[set_of(h) + (size_t)i] >> 1 == tag_of(h)) {
            return i;
        }
    }
    return -1;
}

/* The index of the place's cell; if it has none, of the one it is to get. */
static size_t cell_of(const struct values *s, uint64_t place, bool *found)
{
    size_t first = (size_t)mix(place) % (VALUES_PLACES_MAX - PROBES), best = first;
    for (size_t i = first; i < first + PROBES; i++) {
        if (s->place[i].tag == tag_of(place)) {
            *found = true;
            return i;
        }
        best = s->place[i].n < s->place[best].n ? i : best;
    }
    *found = false;
    return best;
}

double values_z(const struct values *s, uint64_t place, uint32_t value)
{
    bool found;
    const struct values_place *p = &s->place[cell_of(s, place, &found)];
    if (!found || p->n < RECORDS_MIN || p->kinds > VALUES_FEW ||
        find(s, hash_of(place, value)) >= 0) {
        return 0;
    }
    return -log10((p->once + .5) / (p->n + 1.0));
}

/* Of a full set the one goes that was seen once, or the first. */
static size_t make_room(struct values *s, uint64_t h)
{
    size_t at = set_of(h), best = at;
    for (size_t i = at; i < at + VALUES_WAYS; i++) {
        if (s->seen[i] == 0) {
            return i;
        }
        best = (s->seen[i] & 1) < (s->seen[best] & 1) ? i : best;
    }
    s->evicted++;
    return best;
}

void values_learn(struct values *s, uint64_t place, uint32_t value)
{
    bool found;
    struct values_place *p = &s->place[cell_of(s, place, &found)];
    uint64_t h = hash_of(place, value);
    if (!found) {
        s->evicted += p->tag != 0;
        *p = (struct values_place){.tag = tag_of(place)};
    }
    p->n += p->n < UINT32_MAX;
    if (p->kinds > VALUES_FEW) {
        return;
    }
    int way = find(s, h);
    if (way < 0) {
        s->seen[make_room(s, h)] = tag_of(h) << 1;
        p->kinds++;
        p->once++;
    } else if ((s->seen[set_of(h) + (size_t)way] & 1) == 0) {
        s->seen[set_of(h) + (size_t)way] |= 1;
        p->once = (uint16_t)(p->once - (p->once > 0));
    }
}
