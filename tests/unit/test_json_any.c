/* test_json_any.c - json_read on documents that nobody wrote: a generator with a fixed
 * seed makes one, bytes of it are changed, and it is mended as a request's body would be.
 *
 * What must hold: nothing is read or written out of bounds (the text ends where its
 * memory ends; AddressSanitizer looks on); what the generator made is taken; what is
 * taken can be taken apart; and its ASCII form (json_raw) is taken again and has the
 * same shape. One seed a row: a failure names it and the document. */
#include "fcgi/base/json.h"
#include "fcgi/base/utf8.h"

#include "tests/unit/unit.h"

enum { SEEDS = 8, DOCUMENTS = 600, DEPTH = 12, TEXT_BYTES = 4096 };

static uint64_t state;

/* xorshift: the same sequence everywhere. */
static uint32_t below(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % n;
}

/* --- the generator -------------------------------------------------------------------
 */

static void make_string(struct buf *b)
{
    static const char *const parts[] = {
        "a",          "Z9 ",     "\xC3\xA9", "\xF0\x9F\x98\x80", "\\n",
        "\\\"",       "\\\\",    "\\u0000",  "\\ud800",          "\\ud83d\\ude00",
        "\\uDC00\\/", "<b>{[:,", "\x7F",     "\\u00e9"};
    buf_byte(b, '"');
    for (uint32_t n = below(6); n > 0; n--) {
        buf_str(b, str_of(parts[below(ROWS(parts))]));
    }
    buf_byte(b, '"');
}

static void make_scalar(struct buf *b)
{
    static const char *const words[] = {
        "null",  "true", "false", "0",    "-1", "12",    "0.5",
        "-0.25", "1e9",  "1E-3",  "2e+8", "-0", "1e999", "987654321987654321"};
    if (below(2)) {
        make_string(b);
    } else {
        buf_str(b, str_of(words[below(ROWS(words))]));
    }
}

static void make_space(struct buf *b)
{
    static const char spaces[] = " \t\r\n";
    if (below(4) == 0) {
        buf_byte(b, spaces[below(4)]);
    }
}

static void make_value(struct buf *b, int depth)
{
    bool object = below(2);
    make_space(b);
    if (depth == 0 || below(3) == 0) {
        make_scalar(b);
        make_space(b);
        return;
    }
    buf_byte(b, object ? '{' : '[');
    make_space(b);
    for (uint32_t i = 0, n = below(4); i < n; i++) {
        if (i > 0) {
            buf_byte(b, ',');
        }
        if (object) {
            make_space(b);
            make_string(b);
            make_space(b);
            buf_byte(b, ':');
        }
        make_value(b, depth - 1);
    }
    buf_byte(b, object ? '}' : ']');
    make_space(b);
}

/* One to three changes: a byte replaced, taken out, doubled, or the end cut off. */
static void mutate(struct buf *b)
{
    static const char likely[] = "{}[]\",:\\u0 e.-+dD\t\0\xFF\xC3";
    for (uint32_t n = 1 + below(3); n > 0 && b->n > 0; n--) {
        size_t at = below((uint32_t)b->n), left = b->n - at - 1;
        switch (below(5)) {
        case 0:
            b->p[at] = (char)below(256);
            break;
        case 1:
            b->p[at] = likely[below(sizeof likely - 1)];
            break;
        case 2:
            memmove(b->p + at, b->p + at + 1, left);
            b->n--;
            break;
        case 3:
            if (buf_room(b, 1)) {
                memmove(b->p + at + 1, b->p + at, left + 1);
                b->n++;
            }
            break;
        default:
            b->n = at;
        }
    }
}

/* --- what must hold ------------------------------------------------------------------
 */

/* Takes apart a value with all that is in it; counts what it finds. */
static size_t take_apart(struct arena *a, struct json_value v)
{
    struct json_value key, inner;
    struct str text;
    struct err e;
    size_t n = 1;
    double number;
    if (v.type == JSON_STRING) {
        ck_assert_int_eq(json_decode(a, v, &text, &e), ERR_NONE);
        ck_assert_uint_eq(utf8_valid_prefix(text), text.n);
    } else if (v.type == JSON_NUMBER) {
        json_number(v, &number);
    } else if (v.type == JSON_ARRAY || v.type == JSON_OBJECT) {
        struct json_iter it = json_iter(v);
        while (json_next(&it, &key, &inner)) {
            n += take_apart(a, inner);
            n += v.type == JSON_OBJECT ? take_apart(a, key) : 0;
        }
    }
    return n;
}

/* Reads text from memory that ends with it; 0 if it is refused, else how many values are
 * in it. Its ASCII form is added to *again if that is not NULL. */
static size_t read_text(struct str text, struct buf *again)
{
    struct json_in in = {malloc(text.n ? text.n : 1), text.n, 0, DEPTH, 0};
    struct json_value v;
    struct arena a;
    struct err e;
    size_t n = 0;
    ck_assert_ptr_nonnull(in.p);
    memcpy(in.p, text.p, text.n);
    arena_init(&a, 1 << 20);
    if (json_read(&in, &v, &e) == ERR_NONE) {
        n = take_apart(&a, v);
        if (again) {
            struct json_out o = json_out(again);
            json_raw(&o, v.text);
        }
    }
    arena_free(&a);
    free(in.p);
    return n;
}

static void check_document(struct str text)
{
    struct buf again, twice;
    buf_init(&again, text.n * 12 + 1);
    buf_init(&twice, text.n * 12 + 1);
    size_t n = read_text(text, &again);
    if (n > 0) {
        struct str ascii = buf_view(&again);
        ck_assert(!again.failed);
        for (size_t i = 0; i < ascii.n; i++) {
            ck_assert_msg(ascii.p[i] >= 0x20 && ascii.p[i] < 0x7F, "%.*s",
                          STR_ARGS(ascii));
        }
        ck_assert_msg(read_text(ascii, &twice) == n, "taken: %.*s\nnot taken: %.*s",
                      STR_ARGS(text), STR_ARGS(ascii));
        CHECK_STR("the ASCII form is its own", buf_view(&twice), ascii);
    }
    buf_free(&again);
    buf_free(&twice);
}

static void begin(int seed, struct buf *text, struct buf *mended)
{
    state = UINT64_C(0x9E3779B97F4A7C15) * (uint64_t)(seed + 1);
    buf_init(text, TEXT_BYTES);
    buf_init(mended, TEXT_BYTES * 3);
}

START_TEST(takes_all_that_is_json)
{
    struct buf text, unused;
    begin(_i, &text, &unused);
    for (int i = 0; i < DOCUMENTS; i++) {
        buf_clear(&text);
        make_value(&text, 4);
        ck_assert(!text.failed);
        ck_assert_msg(read_text(buf_view(&text), NULL) > 0, "not taken: %.*s",
                      STR_ARGS(buf_view(&text)));
        check_document(buf_view(&text));
    }
    buf_free(&text);
}
END_TEST

START_TEST(stays_within_any_text_and_takes_again_what_it_took)
{
    struct buf text, mended;
    begin(_i, &text, &mended);
    for (int i = 0; i < DOCUMENTS; i++) {
        buf_clear(&text);
        buf_clear(&mended);
        make_value(&text, 4);
        mutate(&text);
        utf8_repair(buf_view(&text), &mended);
        check_document(buf_view(&mended));
    }
    buf_free(&text);
    buf_free(&mended);
}
END_TEST

START_TEST(refuses_every_text_that_is_cut)
{
    static const char whole[] = "{\"a\\u00e9\":[1.5e+3,\"\\ud83d\\ude00\",{\"b\":null}]}";
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        ck_assert_msg(read_text((struct str){whole, n}, NULL) == 0, "taken: %.*s", (int)n,
                      whole);
    }
    ck_assert_uint_gt(read_text((struct str){whole, sizeof whole - 1}, NULL), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("json_any");
    unit_table(s, "valid", takes_all_that_is_json, SEEDS);
    unit_table(s, "mutated", stays_within_any_text_and_takes_again_what_it_took, SEEDS);
    unit_case(s, "cut", refuses_every_text_that_is_cut);
    return unit_run(s);
}
