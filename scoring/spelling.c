/* spelling.c - see spelling.h. Chance is a hash of how many characters the field has seen:
 * the same lessons make the same table. */
#include "scoring/spelling.h"

#include <math.h>
#include <string.h>

/* Weights of the shorter context beside what was seen of the longer one. */
#define WEIGHT_3 2.0F
#define WEIGHT_2 4.0F
#define WEIGHT_1 1.0F
#define ALPHABET 128.0F
enum { EDGE = 1 }; /* what stands before the first and after the last character */

static unsigned fold(char c)
{
    unsigned char u = (unsigned char)c;
    if (u >= 'A' && u <= 'Z') {
        return u + ('a' - 'A');
    }
    if (u >= '0' && u <= '9') {
        return '0';
    }
    return u < 0x80 ? u : 0x80; /* of other alphabets only that it is one */
}

static uint64_t mix(uint64_t x)
{
    x *= 0x9e3779b97f4a7c15U;
    return x ^ (x >> 31);
}

struct cells {
    size_t triple, pair, single;
};

/* Of the characters a, b, c the triple, the pair b c, and c. */
static struct cells cells_of(uint64_t field, unsigned a, unsigned b, unsigned c)
{
    uint64_t h1 = mix(field + c), h2 = mix(h1 + 1 + b), h3 = mix(h2 + 1 + a);
    return (struct cells){(size_t)(h3 >> 20) % SPELLING_TRIPLES,
                          (size_t)(h2 >> 20) % SPELLING_PAIRS,
                          (size_t)(h1 >> 20) % SPELLING_SINGLES};
}

enum { ALL = 0x200 }; /* as a character: all of the field's */

/* --- counts --- */

enum { COUNT_BITS = 12 }; /* below the exponent */

static float value_of(spelling_count c)
{
    if (c < 1 << COUNT_BITS) {
        return c;
    }
    uint32_t bits = ((uint32_t)c << (23 - COUNT_BITS)) + ((127U + COUNT_BITS - 1) << 23);
    float value; /* IEEE 754: c's exponent is 1 at 2^COUNT_BITS */
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void count(spelling_count *c, uint64_t dice)
{
    unsigned exponent = *c >> COUNT_BITS, step = exponent > 1 ? exponent - 1 : 0;
    if (*c < UINT16_MAX && (dice >> 32 & ((1U << step) - 1)) == 0) {
        ++*c;
    }
}

/* --- looking --- */

/* How likely is the character after the two before it? */
static float chance_of(const struct spelling *s, const struct cells *at,
                       const struct cells *before, float all)
{
    float one = (float)s->single[at->single], of_one = (float)s->single[before->single];
    float two = value_of(s->pair[at->pair]), of_two = value_of(s->pair[before->pair]);
    float three = value_of(s->triple[at->triple]);
    float p = (one + WEIGHT_1 / ALPHABET) / (all + WEIGHT_1);
    p = ((two < of_one ? two : of_one) + WEIGHT_2 * p) / (of_one + WEIGHT_2);
    return ((three < of_two ? three : of_two) + WEIGHT_3 * p) / (of_two + WEIGHT_3);
}

static size_t length(struct str value)
{
    return value.n < SPELLING_BYTES_MAX ? value.n : SPELLING_BYTES_MAX;
}

void spelling_look(const struct spelling *s, uint64_t field, struct str value,
                   struct spelling_view *out)
{
    const size_t n = length(value);
    const size_t width = n + 1 < SPELLING_WINDOW ? n + 1 : SPELLING_WINDOW;
    const float all = (float)s->single[cells_of(field, 0, 0, ALL).single];
    unsigned a = EDGE, b = EDGE;
    struct cells before = cells_of(field, EDGE, EDGE, EDGE);
    double last[SPELLING_WINDOW], least = 1; /* chances: of characters, of a window */
    for (size_t i = 0; i < SPELLING_WINDOW; i++) {
        last[i] = 1;
    }
    *out = (struct spelling_view){0, 0, width};
    for (size_t i = 0; i <= n; i++) {
        unsigned c = i < n ? fold(value.p[i]) : EDGE;
        struct cells at = cells_of(field, a, b, c);
        last[i % SPELLING_WINDOW] = (double)chance_of(s, &at, &before, all);
        double together = 1;
        for (size_t k = 0; k < SPELLING_WINDOW; k++) {
            together *= last[k];
        }
        if (i + 1 >= width && together < least) {
            least = together;
            out->at = i + 1 - width;
        }
        before = at;
        a = b;
        b = c;
    }
    out->bits = -log2(least) / SPELLING_WINDOW;
    out->n = out->at + width > n ? n - out->at : width;
}

/* --- learning --- */

static void count_single(uint32_t *c)
{
    *c += *c < UINT32_MAX;
}

void spelling_learn(struct spelling *s, uint64_t field, struct str value)
{
    unsigned a = EDGE, b = EDGE;
    size_t n = length(value);
    uint32_t *all = &s->single[cells_of(field, 0, 0, ALL).single];
    size_t edge = cells_of(field, EDGE, EDGE, EDGE).pair;
    count(&s->pair[edge], mix(*all ^ mix(edge)));
    for (size_t i = 0; i <= n; i++) {
        unsigned c = i < n ? fold(value.p[i]) : EDGE;
        struct cells at = cells_of(field, a, b, c);
        count(&s->triple[at.triple], mix(*all ^ mix(at.triple)));
        count(&s->pair[at.pair], mix(*all ^ mix(~at.pair)));
        count_single(&s->single[at.single]);
        count_single(all);
        a = b;
        b = c;
    }
}
