/* visible.c - see visible.h. */
#include "fcgi/base/visible.h"

#include "fcgi/base/utf8.h"

enum { ESCAPE_BYTES = 16 };

/* What is there without being seen, or turns the direction: ascending, both ends in. */
static const struct {
    uint32_t from, to;
} hidden[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},     {0x61C, 0x61C},
    {0x115F, 0x1160},   {0x180E, 0x180E},   {0x200B, 0x200F}, {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool visible_is_hidden(uint32_t cp)
{
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        if (cp >= hidden[i].from && cp <= hidden[i].to) {
            return true;
        }
    }
    return false;
}

static size_t escape(uint32_t cp, char out[static ESCAPE_BYTES])
{
    switch (cp) {
    case '\n':
        return (size_t)snprintf(out, ESCAPE_BYTES, "\\n");
    case '\r':
        return (size_t)snprintf(out, ESCAPE_BYTES, "\\r");
    case '\t':
        return (size_t)snprintf(out, ESCAPE_BYTES, "\\t");
    default:
        break;
    }
    return cp < 0x100     ? (size_t)snprintf(out, ESCAPE_BYTES, "\\x%02x", cp)
           : cp < 0x10000 ? (size_t)snprintf(out, ESCAPE_BYTES, "\\u%04x", cp)
                          : (size_t)snprintf(out, ESCAPE_BYTES, "\\U%08x", cp);
}

/* One character of s, which is not empty, as it is to be shown; *used of its bytes. */
static size_t show(struct str s, size_t *used, char out[static ESCAPE_BYTES])
{
    struct str window = {s.p, s.n < 4 ? s.n : 4};
    if (s.p[0] == '\0') {
        *used = 1;
        return escape(0, out);
    }
    if (utf8_valid_prefix(window) == 0) {
        *used = 1;
        return utf8_encode(0xFFFD, out);
    }
    uint32_t cp = utf8_decode(window, used);
    if (visible_is_hidden(cp)) {
        return escape(cp, out);
    }
    memcpy(out, s.p, *used);
    return *used;
}

void visible_put(struct buf *out, struct str s, size_t max)
{
    char piece[ESCAPE_BYTES], tail[VISIBLE_CUT_BYTES];
    size_t at = 0, begin = out->n, cut = out->n;
    while (at < s.n && !out->failed) {
        size_t used, n = show(str_from(s, at), &used, piece);
        if (out->n - begin + n > max) {
            out->n = cut;
            snprintf(tail, sizeof tail, "... (%zu bytes)", s.n);
            buf_str(out, str_of(tail));
            return;
        }
        buf_add(out, piece, n);
        at += used;
        cut = out->n - begin + VISIBLE_CUT_BYTES <= max ? out->n : cut;
    }
}
