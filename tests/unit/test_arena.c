/* test_arena.c - memory of one request. */
#include "fcgi/base/arena.h"

#include "tests/unit/unit.h"

#include <stdalign.h>

enum { MAX = 100 * 1024 };

static struct arena a;
static char order[8]; /* what the deferred functions saw */

static void set_up(void)
{
    arena_init(&a, MAX);
    order[0] = '\0';
}

static void tear_down(void)
{
    arena_free(&a);
}

static void note(void *letter)
{
    size_t n = strlen(order);
    order[n] = *(const char *)letter;
    order[n + 1] = '\0';
}

START_TEST(gives_pieces_aligned_for_any_type)
{
    for (size_t n = 0; n < 40; n++) {
        void *p = arena_alloc(&a, n);
        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
    }
}
END_TEST

START_TEST(gives_pieces_that_do_not_overlap)
{
    static const size_t sizes[] = {1,    7, 100, ARENA_LARGE_BYTES, ARENA_LARGE_BYTES + 1,
                                   20000};
    char *pieces[6];
    for (size_t i = 0; i < 6; i++) {
        pieces[i] = arena_alloc(&a, sizes[i]);
        ck_assert_ptr_nonnull(pieces[i]);
        memset(pieces[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < 6; i++) {
        ck_assert_int_eq(pieces[i][0], (int)i + 1);
        ck_assert_int_eq(pieces[i][sizes[i] - 1], (int)i + 1);
    }
}
END_TEST

START_TEST(clears_what_zalloc_gives)
{
    memset(arena_alloc(&a, 64), 0xFF, 64);
    arena_reset(&a);
    const char *p = arena_zalloc(&a, 64);
    for (int i = 0; i < 64; i++) {
        ck_assert_int_eq(p[i], 0);
    }
}
END_TEST

START_TEST(gives_all_up_to_its_limit)
{
    ck_assert_ptr_nonnull(arena_alloc(&a, MAX - 10));
    ck_assert_ptr_nonnull(arena_alloc(&a, 10));
    ck_assert_ptr_null(arena_alloc(&a, 1));
}
END_TEST

START_TEST(refuses_to_pass_its_limit)
{
    ck_assert_ptr_null(arena_alloc(&a, MAX + 1));
    ck_assert_ptr_null(arena_zalloc(&a, MAX + 1));
    ck_assert_ptr_nonnull(arena_alloc(&a, MAX));
    ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX));
}
END_TEST

START_TEST(copies_a_text_and_puts_a_NUL_behind_it)
{
    struct str copy = arena_str(&a, STR("abc"));
    CHECK_STR("copy", copy, STR("abc"));
    ck_assert_int_eq(copy.p[3], '\0');
    struct str empty = arena_str(&a, STR_NONE);
    ck_assert_ptr_nonnull(empty.p);
    ck_assert_int_eq(empty.p[0], '\0');
}
END_TEST

START_TEST(has_no_text_when_there_is_no_room)
{
    ck_assert_ptr_nonnull(arena_alloc(&a, MAX - 3));
    ck_assert_ptr_null(arena_str(&a, STR("abc")).p); /* 3 bytes and a NUL */
    ck_assert_ptr_nonnull(arena_str(&a, STR("ab")).p);
}
END_TEST

START_TEST(may_hand_out_all_again_after_a_reset)
{
    for (int i = 0; i < 3; i++) {
        ck_assert_ptr_nonnull(arena_alloc(&a, 100));
        ck_assert_ptr_nonnull(arena_alloc(&a, MAX - 100));
        arena_reset(&a);
        ck_assert_uint_eq(a.used, 0);
    }
}
END_TEST

START_TEST(keeps_the_first_block_over_a_reset)
{
    const void *first = arena_alloc(&a, 100);
    for (int i = 0; i < 80; i++) { /* three blocks */
        ck_assert_ptr_nonnull(arena_alloc(&a, 1000));
    }
    arena_reset(&a);
    ck_assert_ptr_eq(arena_alloc(&a, 100), first);
}
END_TEST

START_TEST(keeps_the_first_block_when_a_large_piece_was_taken)
{
    const void *first = arena_alloc(&a, 100);
    ck_assert_ptr_nonnull(arena_alloc(&a, ARENA_BLOCK_BYTES + 1));
    arena_reset(&a);
    ck_assert_msg(a.blocks != NULL, "the first block was given back");
    ck_assert_ptr_eq(arena_alloc(&a, 100), first);
}
END_TEST

START_TEST(calls_what_was_deferred_last_first)
{
    ck_assert(arena_defer(&a, note, &(char){'a'}));
    ck_assert(arena_defer(&a, note, &(char){'b'}));
    arena_reset(&a);
    ck_assert_str_eq(order, "ba");
    arena_reset(&a);
    ck_assert_str_eq(order, "ba");
}
END_TEST

START_TEST(calls_what_was_deferred_when_it_is_freed)
{
    ck_assert(arena_defer(&a, note, &(char){'a'}));
    arena_free(&a);
    ck_assert_str_eq(order, "a");
}
END_TEST

START_TEST(calls_nothing_that_could_not_be_deferred)
{
    ck_assert_ptr_nonnull(arena_alloc(&a, MAX));
    ck_assert(!arena_defer(&a, note, &(char){'a'}));
    arena_reset(&a);
    ck_assert_str_eq(order, "");
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
    Suite *s = suite_create("arena");
    TCase *tc = add_case(s, "alloc");
    tcase_add_test(tc, gives_pieces_aligned_for_any_type);
    tcase_add_test(tc, gives_pieces_that_do_not_overlap);
    tcase_add_test(tc, clears_what_zalloc_gives);
    tc = add_case(s, "limit");
    tcase_add_test(tc, gives_all_up_to_its_limit);
    tcase_add_test(tc, refuses_to_pass_its_limit);
    tc = add_case(s, "text");
    tcase_add_test(tc, copies_a_text_and_puts_a_NUL_behind_it);
    tcase_add_test(tc, has_no_text_when_there_is_no_room);
    tc = add_case(s, "reset");
    tcase_add_test(tc, may_hand_out_all_again_after_a_reset);
    tcase_add_test(tc, keeps_the_first_block_over_a_reset);
    tcase_add_test(tc, keeps_the_first_block_when_a_large_piece_was_taken);
    tc = add_case(s, "defer");
    tcase_add_test(tc, calls_what_was_deferred_last_first);
    tcase_add_test(tc, calls_what_was_deferred_when_it_is_freed);
    tcase_add_test(tc, calls_nothing_that_could_not_be_deferred);
    return unit_run(s);
}
