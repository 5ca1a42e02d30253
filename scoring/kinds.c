/* kinds.c - see kinds.h. */
#include "scoring/kinds.h"

#include <string.h>

uint64_t kind_id(struct str service, const struct tokens *t)
{
    uint64_t x = (str_hash(service) ^ t->signature) * 0x9e3779b97f4a7c15U;
    x ^= x >> 32;
    return x ? x : 1;
}

void kind_of(const struct front *f, struct kind *out)
{
    *out = (struct kind){.is_web = f->is_web, .n = f->tokens.n};
    for (size_t i = 0; i < out->n; i++) {
        out->hash[i] = f->tokens.t[i].hash;
    }
}

bool kind_of_text(struct str text, struct kind *out)
{
    char plain[TEMPLATE_TEXT_BYTES];
    struct tokens t;
    *out = (struct kind){.is_web = false};
    if (text.n == 0 || text.n + 4 > TEMPLATE_TEXT_BYTES) { /* a character less, or cut */
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        plain[i] =
            text.p[i] == '*' ? '0' : text.p[i]; /* "node-*" is masked as "node-0" */
    }
    mask_tokens((struct str){plain, text.n}, &t);
    out->n = t.n;
    for (size_t i = 0; i < t.n; i++) {
        out->hash[i] = t.t[i].hash;
        out->varies[i] = t.t[i].n == 1 && text.p[t.t[i].at] == '*';
    }
    return true;
}

static bool is_word(uint32_t hash)
{
    return mask_kind(hash) == MASK_WORD;
}

bool kind_fits(const struct kind *k, const struct front *f)
{
    unsigned agree = 0, soft = 0, odd = 0;
    if (k->is_web != f->is_web || k->n != f->tokens.n) {
        return false;
    }
    for (size_t i = 0; i < k->n; i++) {
        uint32_t a = k->hash[i], b = f->tokens.t[i].hash;
        unsigned words = is_word(a) + is_word(b);
        if (a == b) {
            agree += b == MASK_STAR ? 0 : words == 2 ? 2 : 1;
        } else if (k->varies[i]) {
            continue;
        } else if (words == 2 || (words == 1 && i == 0)) {
            return false;
        } else {
            odd += words;
            soft++;
        }
    }
    return odd <= 1 && agree >= soft && !(agree == 0 && soft > 0);
}

bool kind_is(const struct kind *a, const struct kind *b)
{
    bool same = a->is_web == b->is_web && a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++) {
        same = a->hash[i] == b->hash[i] || a->varies[i] || b->varies[i];
    }
    return same && a->n > 0;
}

bool kind_join(struct kind *k, const struct front *f)
{
    bool more = false;
    for (size_t i = 0; i < k->n && i < f->tokens.n; i++) {
        if (k->hash[i] != f->tokens.t[i].hash && !k->varies[i]) {
            k->varies[i] = more = true;
        }
    }
    return more;
}

size_t kind_text(const struct kind *k, const struct front *f,
                 char out[static TEMPLATE_TEXT_BYTES])
{
    uint32_t hash[MASK_TOKENS_MAX];
    for (size_t i = 0; i < f->tokens.n; i++) {
        hash[i] = f->tokens.t[i].hash;
        if (k->varies[i] || mask_kind(hash[i]) == MASK_NAME) {
            hash[i] = MASK_STAR;
        }
    }
    return template_text(f->text, &f->tokens, hash, out);
}

static bool has_field(const struct front *f, struct str value)
{
    struct front_fields it = front_fields(f);
    struct front_field one;
    while (front_next_field(f, &it, &one)) {
        if (str_eq(one.shown, value)) {
            return true;
        }
    }
    return false;
}

bool kind_has_value(const struct front *f, struct str value)
{
    if (f->is_web) {
        return has_field(f, value);
    }
    size_t i = 0;
    while (i < f->tokens.n) {
        const struct token *t = &f->tokens.t[i];
        if (str_eq((struct str){f->text.p + t->at, t->n}, value)) {
            return true;
        }
        i++;
    }
    return false;
}
