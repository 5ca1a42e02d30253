/* test_body.c - reading a body within a limit for one and a budget for all. The source is
 * a counter of bytes, as libfcgi's stream is one: less than asked for means the end. */
#include "fcgi/web/body.h"

#include "tests/unit/unit.h"

enum { MAX = 200000 };

struct source {
    size_t left;  /* bytes still in it */
    size_t taken; /* bytes read */
};

static struct budget budget;
static struct body body;
static struct source source;
static struct err e;

static void set_up(void)
{
    budget = (struct budget){.max = 1 << 20};
    body_init(&body, MAX, &budget);
    e = (struct err){0};
}

static void tear_down(void)
{
    body_free(&body);
    ck_assert_uint_eq(atomic_load(&budget.used), 0);
}

static size_t read_source(void *from, char *to, size_t n)
{
    struct source *s = from;
    size_t got = s->left < n ? s->left : n;
    for (size_t i = 0; i < got; i++) {
        to[i] = (char)('a' + (s->taken + i) % 26);
    }
    s->left -= got;
    s->taken += got;
    return got;
}

/* Reads a body of n bytes of which the sender said that it has length. */
static enum err_code read_body(size_t n, int64_t length)
{
    body_reset(&body);
    source = (struct source){.left = n};
    return body_read(&body, length, read_source, &source, &e);
}

static const struct {
    size_t n;
    bool length_said;
} sizes[] = {
    {0, true},
    {1, true},
    {1, false},
    {BODY_PIECE_BYTES - 1, true},
    {BODY_PIECE_BYTES, true},
    {BODY_PIECE_BYTES, false},
    {BODY_PIECE_BYTES + 1, true},
    {BODY_PIECE_BYTES + 1, false},
    {MAX - 1, true},
    {MAX, true},
    {MAX, false},
};

START_TEST(reads_all_of_it_with_or_without_a_length)
{
    size_t n = sizes[_i].n;
    enum err_code code = read_body(n, sizes[_i].length_said ? (int64_t)n : 0);
    ck_assert_msg(code == ERR_NONE, "%zu bytes: %s", n, e.msg);
    ck_assert_uint_eq(body.bytes.n, n);
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(body.bytes.p[i] == (char)('a' + i % 26), "%zu bytes, at %zu", n, i);
    }
}
END_TEST

START_TEST(reads_more_than_its_length_says)
{
    ck_assert_int_eq(read_body(1000, 10), ERR_NONE);
    ck_assert_uint_eq(body.bytes.n, 1000);
}
END_TEST

START_TEST(refuses_a_body_that_is_shorter_than_its_length)
{
    ck_assert_int_eq(read_body(1000, 1001), ERR_INVALID);
    CHECK_HAS(e.msg, "Content-Length");
    ck_assert_int_eq(read_body(0, 1), ERR_INVALID);
}
END_TEST

START_TEST(refuses_one_byte_past_its_limit)
{
    ck_assert_int_eq(read_body(MAX + 1, MAX + 1), ERR_TOO_LARGE);
    CHECK_HAS(e.msg, "200000");
    ck_assert_int_eq(read_body(MAX + 1, 0), ERR_TOO_LARGE);
    ck_assert_int_eq(read_body(MAX + 1, 5), ERR_TOO_LARGE);
}
END_TEST

START_TEST(reads_no_more_of_a_giant_than_shows_that_it_is_one)
{
    ck_assert_int_eq(read_body(SIZE_MAX / 2, INT64_MAX), ERR_TOO_LARGE);
    ck_assert_uint_le(source.taken, MAX + 1);
    ck_assert_uint_le(atomic_load(&budget.used), MAX + 1);
}
END_TEST

/* The one byte more that shows where the end is does not count. */
START_TEST(counts_the_bytes_in_the_budget_until_the_reset)
{
    budget.max = 1000;
    ck_assert_int_eq(read_body(1000, 1000), ERR_NONE);
    ck_assert_uint_eq(atomic_load(&budget.used), 1000);
    body_reset(&body);
    ck_assert_uint_eq(atomic_load(&budget.used), 0);
    ck_assert_uint_eq(body.bytes.n, 0);
}
END_TEST

START_TEST(is_busy_before_reading_when_the_budget_has_no_room)
{
    budget.max = 999;
    ck_assert_int_eq(read_body(1000, 1000), ERR_BUSY);
    ck_assert_uint_eq(source.taken, 0);
    ck_assert_uint_eq(atomic_load(&budget.used), 0);
}
END_TEST

START_TEST(is_busy_when_an_unannounced_body_outgrows_the_budget)
{
    budget.max = 1 + 2 * BODY_PIECE_BYTES;
    ck_assert_int_eq(read_body(1 + 2 * BODY_PIECE_BYTES, 0), ERR_BUSY);
    ck_assert_uint_le(atomic_load(&budget.used), budget.max);
    ck_assert_int_eq(read_body(BODY_PIECE_BYTES, 0), ERR_NONE);
}
END_TEST

START_TEST(keeps_memory_over_a_reset_only_if_it_is_small)
{
    ck_assert_int_eq(read_body(1000, 1000), ERR_NONE);
    body_reset(&body);
    ck_assert_ptr_nonnull(body.bytes.p);
    ck_assert_int_eq(read_body(MAX, MAX), ERR_NONE);
    body_reset(&body);
    ck_assert_ptr_null(body.bytes.p);
    ck_assert_int_eq(read_body(MAX, MAX), ERR_NONE);
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    return tc;
}

int main(void)
{
    Suite *s = suite_create("body");
    TCase *tc = add_case(s, "read");
    tcase_add_loop_test(tc, reads_all_of_it_with_or_without_a_length, 0, ROWS(sizes));
    tcase_add_test(tc, reads_more_than_its_length_says);
    tcase_add_test(tc, refuses_a_body_that_is_shorter_than_its_length);
    tc = add_case(s, "limit");
    tcase_add_test(tc, refuses_one_byte_past_its_limit);
    tcase_add_test(tc, reads_no_more_of_a_giant_than_shows_that_it_is_one);
    tc = add_case(s, "budget");
    tcase_add_test(tc, counts_the_bytes_in_the_budget_until_the_reset);
    tcase_add_test(tc, is_busy_before_reading_when_the_budget_has_no_room);
    tcase_add_test(tc, is_busy_when_an_unannounced_body_outgrows_the_budget);
    tcase_add_test(add_case(s, "reset"), keeps_memory_over_a_reset_only_if_it_is_small);
    return unit_run(s);
}
