/* spelling.c - see spelling.h. A count that reaches its end halves the table: shares stay
 * as they are. */
#include "scoring/spelling.h"

#include <math.h>

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

static float bits_of(const struct spelling *s, const struct cells *at,
                     const struct cells *before, float all)
{
    float one = (float)s->single[at->single], of_one = (float)s->single[before->single];
    float two = s->pair[at->pair], of_two = s->pair[before->pair];
    float three = s->triple[at->triple];
    float p = (one + WEIGHT_1 / ALPHABET) / (all + WEIGHT_1);
    p = ((two < of_one ? two : of_one) + WEIGHT_2 * p) / (of_one + WEIGHT_2);
    p = ((three < of_two ? three : of_two) + WEIGHT_3 * p) / (of_two + WEIGHT_3);
    return -log2f(p);
}

static size_t length(struct str value)
{
    return value.n < SPELLING_BYTES_MAX ? value.n : SPELLING_BYTES_MAX;
}

/* Bits of each character, and of the end, into bits[0..length]. */
static size_t spell(const struct spelling *s, uint64_t field, struct str value,
                    float bits[static SPELLING_BYTES_MAX + 1])
{
    unsigned a = EDGE, b = EDGE;
    size_t n = length(value);
    float all = (float)s->single[cells_of(field, 0, 0, ALL).single];
    struct cells before = cells_of(field, EDGE, EDGE, EDGE);
    for (size_t i = 0; i <= n; i++) {
        unsigned c = i < n ? fold(value.p[i]) : EDGE;
        struct cells at = cells_of(field, a, b, c);
        bits[i] = bits_of(s, &at, &before, all);
        before = at;
        a = b;
        b = c;
    }
    return n + 1;
}

void spelling_look(const struct spelling *s, uint64_t field, struct str value,
                   struct spelling_view *out)
{
    float bits[SPELLING_BYTES_MAX + 1];
    size_t n = spell(s, field, value, bits);
    size_t width = n < SPELLING_WINDOW ? n : SPELLING_WINDOW;
    double sum = 0;
    *out = (struct spelling_view){0, 0, width};
    for (size_t i = 0; i < n; i++) {
        sum += (double)bits[i] - (i >= width ? (double)bits[i - width] : 0);
        if (i + 1 >= width && sum / SPELLING_WINDOW > out->bits) {
            out->bits = sum / SPELLING_WINDOW;
            out->at = i + 1 - width;
        }
    }
    out->n = out->at + width > length(value) ? length(value) - out->at : width;
}

void spelling_halve(struct spelling *s)
{
    for (size_t i = 0; i < SPELLING_TRIPLES; i++) {
        s->triple[i] /= 2;
    }
    for (size_t i = 0; i < SPELLING_PAIRS; i++) {
        s->pair[i] /= 2;
    }
    for (size_t i = 0; i < SPELLING_SINGLES; i++) {
        s->single[i] /= 2;
    }
}

void spelling_learn(struct spelling *s, uint64_t field, struct str value)
{
    unsigned a = EDGE, b = EDGE;
    size_t n = length(value);
    struct cells edge = cells_of(field, EDGE, EDGE, EDGE);
    s->pair[edge.pair] =
        (uint16_t)(s->pair[edge.pair] + (s->pair[edge.pair] < UINT16_MAX));
    for (size_t i = 0; i <= n; i++) {
        unsigned c = i < n ? fold(value.p[i]) : EDGE;
        struct cells at = cells_of(field, a, b, c);
        if (s->pair[at.pair] == UINT16_MAX || s->triple[at.triple] == UINT16_MAX) {
            spelling_halve(s);
        }
        s->triple[at.triple]++;
        s->pair[at.pair]++;
        s->single[at.single]++;
        s->single[cells_of(field, 0, 0, ALL).single]++;
        a = b;
        b = c;
    }
}
