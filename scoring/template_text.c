/* template_text.c - see template_text.h. */
#include "scoring/template_text.h"

#include <string.h>

/* Adds n bytes at most, as many whole characters as there is room for. */
static bool put(char *text, uint16_t *text_n, const char *p, size_t n)
{
    size_t room = TEMPLATE_TEXT_BYTES - *text_n, take = n < room ? n : room;
    while (take < n && take > 0 && ((unsigned char)p[take] & 0xC0) == 0x80) {
        take--;
    }
    memcpy(text + *text_n, p, take);
    *text_n = (uint16_t)(*text_n + take);
    return take == n;
}

static bool within(char c, char first, char last)
{
    return c >= first && c <= last;
}

/* What is masked in part: from a digit to the end of its letters and digits, a *. */
static bool put_mixed(char *text, uint16_t *text_n, const char *p, size_t n)
{
    bool room = true;
    for (size_t i = 0; i < n && room;) {
        size_t begin = i;
        while (i < n && !within(p[i], '0', '9')) {
            i++;
        }
        room = put(text, text_n, p + begin, i - begin) &&
               (i == n || put(text, text_n, "*", 1));
        while (i < n && (within(p[i], '0', '9') || within(p[i], 'a', 'z') ||
                         within(p[i], 'A', 'Z'))) {
            i++;
        }
    }
    return room;
}

size_t template_text(struct str message, const struct tokens *t, const uint32_t *hashes,
                     char out[static TEMPLATE_TEXT_BYTES])
{
    size_t at = 0;
    uint16_t n = 0;
    bool room = true;
    for (size_t i = 0; i < t->n && room; i++) {
        const struct token *k = &t->t[i];
        const char *p = message.p + k->at;
        uint32_t hash = hashes ? hashes[i] : k->hash;
        room = put(out, &n, message.p + at, k->at - at) &&
               (hash < MASK_LEAST ? put(out, &n, "*", 1)
                : k->wild         ? put_mixed(out, &n, p, k->n)
                                  : put(out, &n, p, k->n));
        at = k->at + k->n;
    }
    if (room) {
        put(out, &n, message.p + at, message.n - at);
    }
    memset(out + n, 0, TEMPLATE_TEXT_BYTES - n);
    return n;
}
