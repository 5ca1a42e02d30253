/* decode.c - see decode.h. */
#include "fcgi/core/decode.h"

#include "fcgi/base/charset.h"
#include "fcgi/base/utf8.h"

/* gzip, zstd, zlib: what no text begins with. */
static bool is_compressed(struct str s)
{
    static const char *const magic[] = {"\x1f\x8b", "\x28\xb5\x2f\xfd", "\x78\x01",
                                        "\x78\x9c", "\x78\xda"};
    for (size_t i = 0; i < sizeof magic / sizeof magic[0]; i++) {
        if (s.n >= 4 && str_starts(s, str_of(magic[i]))) {
            return true;
        }
    }
    return false;
}

/* The encoding by the mark that s begins with, which is taken; else as it was. */
static enum charset take_mark(struct str *s, enum charset declared)
{
    size_t mark = utf8_bom(*s);
    if (mark > 0) {
        *s = str_from(*s, mark);
        return CHARSET_UTF8;
    }
    bool big = str_starts(*s, STR("\xFE\xFF"));
    if (big || str_starts(*s, STR("\xFF\xFE"))) {
        *s = str_from(*s, 2);
        return big ? CHARSET_UTF16BE : CHARSET_UTF16LE;
    }
    return declared;
}

struct copy {
    struct buf text;
    struct budget *bodies;
    size_t taken;
};

static void free_copy(void *p)
{
    struct copy *c = p;
    budget_give(c->bodies, c->taken);
    buf_free(&c->text);
}

/* Room for a copy of n bytes, counted in bodies. */
static enum err_code new_copy(struct arena *a, size_t n, struct budget *bodies,
                              struct copy **out, struct err *e)
{
    struct copy *c = arena_zalloc(a, sizeof *c);
    if (!c || !arena_defer(a, free_copy, c)) {
        return err_set(e, ERR_NOMEM, "not enough memory to read the body");
    }
    buf_init(&c->text, n);
    c->bodies = bodies;
    if (!budget_take(bodies, n)) {
        return err_set(e, ERR_BUSY,
                       "too many bytes of other requests are in work; try again");
    }
    c->taken = n;
    *out = c;
    return ERR_NONE;
}

static size_t copy_bytes(struct str s, enum charset charset)
{
    switch (charset) {
    case CHARSET_UTF16:
    case CHARSET_UTF16LE:
    case CHARSET_UTF16BE:
        return s.n + s.n / 2 + 2; /* an odd last byte becomes three */
    case CHARSET_CP1252:
        return utf8_cp1252_bytes(s);
    case CHARSET_UTF8:
    case CHARSET_UNKNOWN:
    default:
        return utf8_repaired_bytes(s);
    }
}

static size_t convert(struct str s, enum charset charset, struct buf *out)
{
    switch (charset) {
    case CHARSET_UTF16:
    case CHARSET_UTF16LE:
        return utf8_from_utf16(s, false, out);
    case CHARSET_UTF16BE:
        return utf8_from_utf16(s, true, out);
    case CHARSET_CP1252:
        return utf8_from_cp1252(s, out);
    case CHARSET_UTF8:
    case CHARSET_UNKNOWN:
    default:
        return utf8_repair(s, out);
    }
}

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == 0 || (uint8_t)s.p[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* Is s text already, so that no copy is needed? */
static bool is_text(struct str s, enum charset charset, bool marked)
{
    bool wide = charset == CHARSET_UTF16 || charset == CHARSET_UTF16LE ||
                charset == CHARSET_UTF16BE;
    if (wide && marked) {
        return s.n == 0;
    }
    return charset == CHARSET_CP1252 ? is_ascii(s) : utf8_valid_prefix(s) == s.n;
}

enum err_code decode_text(struct arena *a, struct str content_type, struct budget *bodies,
                          struct decoded *text, struct err *e)
{
    struct str s = {text->p, text->n}, name;
    struct copy *copy = NULL;
    enum charset charset = charset_of(content_type, &name);
    if (is_compressed(s)) {
        return err_set(e, ERR_UNSUPPORTED,
                       "the body is compressed; send it as plain JSON or text");
    }
    text->unknown_charset = charset == CHARSET_UNKNOWN ? name : STR_NONE;
    charset = take_mark(&s, charset);
    bool marked = s.n < text->n;
    text->p += text->n - s.n;
    text->n = s.n;
    if (is_text(s, charset, marked)) {
        return ERR_NONE;
    }
    enum err_code code = new_copy(a, copy_bytes(s, charset), bodies, &copy, e);
    if (code) {
        return code;
    }
    text->repaired = convert(s, charset, &copy->text);
    if (copy->text.failed) {
        return err_set(e, ERR_NOMEM, "not enough memory to read the body");
    }
    text->p = copy->text.p;
    text->n = copy->text.n;
    return ERR_NONE;
}
