/* import.c - see import.h. */
#include "fcgi/core/import.h"

#include <ctype.h>

bool import_position_eq(const struct import_position *a, const struct import_position *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

void import_put_hex(struct json_out *o, const char *key, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;
    json_key(o, key);
    o->comma = true; /* before what comes next */
    buf_byte(o->b, '"');
    char *to = buf_room(o->b, 2 * n);
    for (size_t i = 0; to && i < n; i++) {
        to[2 * i] = digits[p[i] >> 4];
        to[2 * i + 1] = digits[p[i] & 15];
    }
    o->b->n += to ? 2 * n : 0;
    buf_byte(o->b, '"');
}

bool import_read_hex(struct str hex, void *to, size_t n)
{
    uint8_t *p = to;
    if (hex.n != 2 * n) {
        return false;
    }
    for (size_t i = 0; i < hex.n; i++) {
        int c = (unsigned char)hex.p[i];
        if (!isxdigit(c)) {
            return false;
        }
        int v = isdigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
        p[i / 2] = (uint8_t)(i % 2 == 0 ? v << 4 : p[i / 2] | v);
    }
    return true;
}
