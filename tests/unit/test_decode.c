/* test_decode.c - bodies in many encodings as text. */
#include "fcgi/core/decode.h"

#include "fcgi/base/utf8.h"
#include "tests/unit/unit.h"

static struct arena arena;
static struct budget bodies;
static struct decoded text;
static struct err e;
static char *bytes; /* end where their memory ends, for AddressSanitizer */

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    bodies = (struct budget){.max = 1 << 20};
    bytes = NULL;
}

static void tear_down(void)
{
    arena_free(&arena);
    ck_assert_uint_eq(atomic_load(&bodies.used), 0);
    free(bytes);
}

static enum err_code decode(const char *type, struct str body)
{
    arena_reset(&arena);
    free(bytes);
    bytes = malloc(body.n > 0 ? body.n : 1);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, body.p, body.n);
    text = (struct decoded){.p = bytes, .n = body.n};
    return decode_text(&arena, str_of(type), &bodies, &text, &e);
}

#define GRUESSE "Gr\xC3\xBC\xC3\x9F\x65"
#define WIDE_LE "G\0r\0\xFC\0\xDF\0e\0"
#define WIDE_BE "\0G\0r\0\xFC\0\xDF\0e"

static const struct {
    const char *name, *type;
    struct str body, text;
    size_t repaired;
} rows[] = {
    {"nothing", "", LIT(""), LIT(""), 0},
    {"nothing in UTF-16", "text/plain; charset=utf-16", LIT(""), LIT(""), 0},
    {"a mark and nothing", "", LIT("\xFF\xFE"), LIT(""), 0},
    {"UTF-8", "", LIT(GRUESSE), LIT(GRUESSE), 0},
    {"UTF-8, declared", "text/plain; charset=utf-8", LIT(GRUESSE), LIT(GRUESSE), 0},
    {"UTF-8 with a mark", "", LIT("\xEF\xBB\xBF" GRUESSE), LIT(GRUESSE), 0},
    {"a mark against a label", "text/plain; charset=iso-8859-1",
     LIT("\xEF\xBB\xBF" GRUESSE), LIT(GRUESSE), 0},
    {"Latin-1, not declared", "", LIT("Gr\xFC\xDF\x65"), LIT(GRUESSE), 2},
    {"Latin-1, declared as UTF-8", "text/plain; charset=utf-8", LIT("Gr\xFC\xDF\x65"),
     LIT(GRUESSE), 2},
    {"Latin-1", "text/plain; charset=iso-8859-1", LIT("Gr\xFC\xDF\x65"), LIT(GRUESSE), 0},
    {"Latin-1 that could be UTF-8", "text/plain; charset=iso-8859-1", LIT("\xC3\xBC"),
     LIT("\xC3\x83\xC2\xBC"), 0},
    {"ASCII as Latin-1", "text/plain; charset=iso-8859-1", LIT("abcdefghij"),
     LIT("abcdefghij"), 0},
    {"the euro", "text/plain; charset=windows-1252", LIT("1 \x80"), LIT("1 \xE2\x82\xAC"),
     0},
    {"what Windows-1252 leaves open, and a NUL", "text/plain; charset=cp1252",
     LIT("\x81\0x"), LIT("\xEF\xBF\xBD\xEF\xBF\xBDx"), 2},
    {"UTF-16, little endian, by its mark", "", LIT("\xFF\xFE" WIDE_LE), LIT(GRUESSE), 0},
    {"UTF-16, big endian, by its mark", "", LIT("\xFE\xFF" WIDE_BE), LIT(GRUESSE), 0},
    {"UTF-16 without a mark", "text/plain; charset=utf-16", LIT(WIDE_LE), LIT(GRUESSE),
     0},
    {"UTF-16LE", "text/plain; charset=utf-16le", LIT(WIDE_LE), LIT(GRUESSE), 0},
    {"UTF-16BE", "text/plain; charset=utf-16be", LIT(WIDE_BE), LIT(GRUESSE), 0},
    {"UTF-16, the mark against the label", "text/plain; charset=utf-16le",
     LIT("\xFE\xFF" WIDE_BE), LIT(GRUESSE), 0},
    {"a pair", "text/plain; charset=utf-16", LIT("\x3D\xD8\x00\xDE"),
     LIT("\xF0\x9F\x98\x80"), 0},
    {"half a pair and half a character", "text/plain; charset=utf-16",
     LIT("\x3D\xD8x\0y"), LIT("\xEF\xBF\xBDx\xEF\xBF\xBD"), 2},
    {"labelled as UTF-16, but is not", "application/json; charset=utf-16", LIT("[]"),
     LIT("[]"), 0},
    {"UTF-16 by its mark, of ASCII bytes", "", LIT("\xFF\xFE\x41\x42"),
     LIT("\xE4\x89\x81"), 0},
    {"US-ASCII that is not", "text/plain; charset=us-ascii", LIT("\xFC"), LIT("\xC3\xBC"),
     1},
    {"a NUL", "", LIT("a\0b"),
     LIT("a\xEF\xBF\xBD"
         "b"),
     1},
};

START_TEST(decodes)
{
    ck_assert_msg(decode(rows[_i].type, rows[_i].body) == ERR_NONE, "%s: %s",
                  rows[_i].name, e.msg);
    struct str got = {text.p, text.n};
    CHECK_STR(rows[_i].name, got, rows[_i].text);
    ck_assert_msg(text.repaired == rows[_i].repaired, "%s: %zu repaired", rows[_i].name,
                  text.repaired);
    ck_assert_uint_eq(text.unknown_charset.n, 0);
    ck_assert_uint_eq(utf8_valid_prefix(got), got.n);
}
END_TEST

/* No bytes at all are refused for what they are. */
START_TEST(decodes_any_bytes)
{
    static const char *const charsets[] = {
        "", "text/plain; charset=iso-8859-1", "text/plain; charset=utf-16",
        "text/plain; charset=utf-16be", "text/plain; charset=x"};
    char body[64];
    uint64_t seed = (uint64_t)_i + 1;
    for (size_t n = 0; n < sizeof body; n++) {
        for (size_t i = 0; i < n; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            body[i] = (char)(seed >> 33);
        }
        enum err_code code = decode(charsets[_i], (struct str){body, n});
        ck_assert(code == ERR_NONE || code == ERR_UNSUPPORTED);
        ck_assert(code || utf8_valid_prefix((struct str){text.p, text.n}) == text.n);
    }
}
END_TEST

START_TEST(names_a_charset_that_it_does_not_know)
{
    ck_assert_int_eq(decode("text/plain; charset=koi8-r", STR(GRUESSE)), ERR_NONE);
    CHECK_STR("name", text.unknown_charset, STR("koi8-r"));
    ck_assert_uint_eq(text.repaired, 0);
    ck_assert_int_eq(decode("text/plain; charset=koi8-r", STR("\xFC")), ERR_NONE);
    ck_assert_uint_eq(text.repaired, 1);
}
END_TEST

static const struct {
    const char *type;
    struct str body;
    size_t bytes; /* of the copy */
} copies[] = {
    {"", LIT("\xFC"), 2},
    {"text/plain; charset=latin1", LIT("a\xFC\x80"), 6},
    {"text/plain; charset=utf-16", LIT("a\0b\0"), 8},
};

START_TEST(counts_a_copy_in_the_budget_while_it_lives)
{
    bodies.max = copies[_i].bytes;
    ck_assert_int_eq(decode(copies[_i].type, copies[_i].body), ERR_NONE);
    ck_assert_uint_eq(atomic_load(&bodies.used), copies[_i].bytes);
    arena_reset(&arena);
    ck_assert_uint_eq(atomic_load(&bodies.used), 0);
    bodies.max = copies[_i].bytes - 1;
    ck_assert_int_eq(decode(copies[_i].type, copies[_i].body), ERR_BUSY);
}
END_TEST

static const struct str compressed[] = {
    LIT("\x1f\x8b\x08\0"), LIT("\x28\xb5\x2f\xfd"), LIT("\x78\x01\0\0"),
    LIT("\x78\x9c\0\0"),   LIT("\x78\xda\0\0"),
};

START_TEST(refuses_what_is_compressed)
{
    ck_assert_int_eq(decode("text/plain", compressed[_i]), ERR_UNSUPPORTED);
}
END_TEST

START_TEST(says_when_memory_is_short)
{
    arena_free(&arena);
    arena_init(&arena, 4);
    ck_assert_int_eq(decode("", STR("\xFC")), ERR_NOMEM);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("decode");
    TCase *tc = tcase_create("decode");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    tcase_add_loop_test(tc, decodes, 0, ROWS(rows));
    tcase_add_loop_test(tc, decodes_any_bytes, 0, 5);
    tcase_add_test(tc, names_a_charset_that_it_does_not_know);
    tcase_add_loop_test(tc, counts_a_copy_in_the_budget_while_it_lives, 0, ROWS(copies));
    tcase_add_loop_test(tc, refuses_what_is_compressed, 0, ROWS(compressed));
    tcase_add_test(tc, says_when_memory_is_short);
    return unit_run(s);
}
