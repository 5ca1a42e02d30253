/* utf8.c - see utf8.h. Long runs of ASCII, which is what logs are, are passed over eight
 * bytes at a time. */
#include "fcgi/base/utf8.h"

enum { REPLACEMENT = 0xFFFD };

/* Windows-1252 for 0x80..0x9F; above that it is Latin-1. */
static const uint16_t cp1252[32] = {
    0x20AC,      REPLACEMENT, 0x201A, 0x0192, 0x201E, 0x2026,      0x2020, 0x2021,
    0x02C6,      0x2030,      0x0160, 0x2039, 0x0152, REPLACEMENT, 0x017D, REPLACEMENT,
    REPLACEMENT, 0x2018,      0x2019, 0x201C, 0x201D, 0x2022,      0x2013, 0x2014,
    0x02DC,      0x2122,      0x0161, 0x203A, 0x0153, REPLACEMENT, 0x017E, 0x0178,
};

static bool is_tail(uint8_t c)
{
    return (c & 0xC0) == 0x80;
}

/* Length of the valid sequence at p, of which left > 0 bytes are there; 0 if none is. */
static size_t sequence(const uint8_t *p, size_t left)
{
    uint8_t c = p[0];
    if (c < 0x80) {
        return c != 0;
    }
    if (c >= 0xC2 && c <= 0xDF) {
        return (left >= 2 && is_tail(p[1])) ? 2 : 0;
    }
    if (c >= 0xE0 && c <= 0xEF) {
        uint8_t low = c == 0xE0 ? 0xA0 : 0x80, high = c == 0xED ? 0x9F : 0xBF;
        return (left >= 3 && p[1] >= low && p[1] <= high && is_tail(p[2])) ? 3 : 0;
    }
    if (c >= 0xF0 && c <= 0xF4) {
        uint8_t low = c == 0xF0 ? 0x90 : 0x80, high = c == 0xF4 ? 0x8F : 0xBF;
        bool ok =
            left >= 4 && p[1] >= low && p[1] <= high && is_tail(p[2]) && is_tail(p[3]);
        return ok ? 4 : 0;
    }
    return 0;
}

/* How many bytes at p are ASCII without NUL, counted in steps of eight. */
static size_t ascii_run(const uint8_t *p, size_t n)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = 0;
    for (; n - i >= 8; i += 8) {
        uint64_t w;
        memcpy(&w, p + i, 8);
        if (((w - ones) | w) &
            tops) { /* a byte is zero or over 0x7F (or 0x80 next to 0) */
            break;
        }
    }
    return i;
}

size_t utf8_valid_prefix(struct str s)
{
    const uint8_t *p = (const uint8_t *)s.p;
    size_t i = 0;
    while (i < s.n) {
        i += ascii_run(p + i, s.n - i);
        size_t step = i < s.n ? sequence(p + i, s.n - i) : 0;
        if (step == 0) {
            break;
        }
        i += step;
    }
    return i;
}

size_t utf8_bom(struct str s)
{
    return str_starts(s, STR("\xEF\xBB\xBF")) ? 3 : 0;
}

static size_t encode_bad(uint8_t c, char enc[static 4])
{
    return utf8_encode(c == 0 ? REPLACEMENT : (c < 0xA0 ? cp1252[c - 0x80] : c), enc);
}

/* Length of s as UTF-8 when all that good does not let pass is read as Windows-1252. */
static size_t bytes_beside(struct str s, size_t (*good)(struct str))
{
    char enc[4];
    size_t n = 0;
    while (s.n > 0) {
        size_t pass = good(s);
        s = str_from(s, pass);
        n += pass;
        if (s.n > 0) {
            n += encode_bad((uint8_t)s.p[0], enc);
            s = str_from(s, 1);
        }
    }
    return n;
}

size_t utf8_repaired_bytes(struct str s)
{
    return bytes_beside(s, utf8_valid_prefix);
}

size_t utf8_repair(struct str s, struct buf *out)
{
    size_t repaired = 0;
    while (s.n > 0 && !out->failed) {
        size_t good = utf8_valid_prefix(s);
        buf_add(out, s.p, good);
        s = str_from(s, good);
        if (s.n > 0) {
            char enc[4];
            buf_add(out, enc, encode_bad((uint8_t)s.p[0], enc));
            s = str_from(s, 1);
            repaired++;
        }
    }
    return repaired;
}

/* How many bytes s begins with that are ASCII without NUL. */
static size_t ascii_prefix(struct str s)
{
    const uint8_t *p = (const uint8_t *)s.p;
    size_t i = ascii_run(p, s.n);
    while (i < s.n && p[i] != 0 && p[i] < 0x80) {
        i++;
    }
    return i;
}

size_t utf8_cp1252_bytes(struct str s)
{
    return bytes_beside(s, ascii_prefix);
}

size_t utf8_from_cp1252(struct str s, struct buf *out)
{
    static const char replaced[] = "\xEF\xBF\xBD";
    size_t repaired = 0;
    while (s.n > 0 && !out->failed) {
        char enc[4];
        size_t n = ascii_prefix(s);
        buf_add(out, s.p, n);
        s = str_from(s, n);
        if (s.n > 0) {
            n = encode_bad((uint8_t)s.p[0], enc);
            repaired += n == 3 && memcmp(enc, replaced, 3) == 0;
            buf_add(out, enc, n);
            s = str_from(s, 1);
        }
    }
    return repaired;
}

static uint32_t utf16_unit(struct str s, size_t at, bool big_endian)
{
    uint8_t first = (uint8_t)s.p[at], second = (uint8_t)s.p[at + 1];
    return big_endian ? (uint32_t)first << 8 | second : (uint32_t)second << 8 | first;
}

size_t utf8_from_utf16(struct str s, bool big_endian, struct buf *out)
{
    size_t repaired = 0, at = 0;
    char enc[4];
    while (s.n - at >= 2 && !out->failed) {
        uint32_t cp = utf16_unit(s, at, big_endian);
        uint32_t low = s.n - at >= 4 ? utf16_unit(s, at + 2, big_endian) : 0;
        at += 2;
        if (cp >= 0xD800 && cp <= 0xDBFF && low >= 0xDC00 && low <= 0xDFFF) {
            cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
            at += 2;
        } else if (cp == 0 || (cp >= 0xD800 && cp <= 0xDFFF)) {
            cp = REPLACEMENT;
            repaired++;
        }
        buf_add(out, enc, utf8_encode(cp, enc));
    }
    if (at < s.n) {
        buf_add(out, enc, utf8_encode(REPLACEMENT, enc));
        repaired++;
    }
    return repaired;
}

uint32_t utf8_decode(struct str s, size_t *n)
{
    const uint8_t *p = (const uint8_t *)s.p;
    uint32_t tail[4] = {0};
    *n = sequence(p, s.n);
    for (size_t i = 1; i < *n; i++) {
        tail[i] = p[i] & 0x3Fu;
    }
    switch (*n) {
    case 2:
        return (p[0] & 0x1Fu) << 6 | tail[1];
    case 3:
        return (p[0] & 0x0Fu) << 12 | tail[1] << 6 | tail[2];
    case 4:
        return (p[0] & 0x07u) << 18 | tail[1] << 12 | tail[2] << 6 | tail[3];
    default:
        *n = 1;
        return p[0] < 0x80 ? p[0] : REPLACEMENT;
    }
}

size_t utf8_encode(uint32_t cp, char out[static 4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}
