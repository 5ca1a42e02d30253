/* test_keep.c - how long what is kept, and whether the clock may be believed. */
#include "fcgi/core/keep.h"

#include "tests/unit/unit.h"

#define GB  INT64_C(1000000000)
#define NOW (INT64_C(20000) * KEEP_DAY_US)

/* --- the bounds --- */

static const struct {
    int64_t disk, store, free;
} disks[] = {
    {1000 * GB, 10 * GB, 256000000}, {50 * GB, 10 * GB, 256000000},
    {20 * GB, 4 * GB, 256000000},    {GB, GB / 5, GB / 50},
    {16000000, 64000000, 320000},
};

START_TEST(the_file_system_sets_what_is_not_set)
{
    struct keep_limits l = keep_limits(0, 0, 0, disks[_i].disk);
    ck_assert_int_eq(l.store_bytes_max, disks[_i].store);
    ck_assert_int_eq(l.free_bytes_min, disks[_i].free);
    ck_assert_int_eq(l.keep_us, 0);
}
END_TEST

START_TEST(what_is_set_is_taken)
{
    struct keep_limits l = keep_limits(5000000, 7, 30, GB);
    ck_assert_int_eq(l.store_bytes_max, 5000000);
    ck_assert_int_eq(l.free_bytes_min, 7);
    ck_assert_int_eq(l.keep_us, 30 * KEEP_DAY_US);
}
END_TEST

/* --- the plan --- */

static const struct keep_limits by_size = {1000000, 5000, 0, 1000};
static const struct keep_limits by_age = {1000000, 5000, 30 * KEEP_DAY_US, 1000};

START_TEST(nothing_goes_within_the_bounds)
{
    struct keep_state s = {.used_bytes = 1000000,
                           .unused_bytes = 100000,
                           .free_bytes = 10000,
                           .oldest_us = NOW - 30 * KEEP_DAY_US,
                           .now_us = NOW,
                           .shrinks = true};
    struct keep_plan p = keep_plan(&by_age, &s);
    ck_assert_int_eq(p.before_us, INT64_MIN);
    ck_assert(!p.shrink);
    s.oldest_us = 1;
    ck_assert_int_eq(keep_plan(&by_size, &s).before_us, INT64_MIN);
}
END_TEST

START_TEST(a_byte_too_many_makes_the_oldest_go_until_there_is_some_slack)
{
    struct keep_state s = {.used_bytes = 1000001, .free_bytes = 10000};
    ck_assert_int_eq(keep_plan(&by_size, &s).before_us, INT64_MAX);
    s.purging = true;
    s.used_bytes = 980001;
    ck_assert_int_eq(keep_plan(&by_size, &s).before_us, INT64_MAX);
    s.used_bytes = 980000;
    ck_assert_int_eq(keep_plan(&by_size, &s).before_us, INT64_MIN);
}
END_TEST

START_TEST(what_is_a_moment_too_old_goes)
{
    struct keep_state s = {.oldest_us = NOW - 30 * KEEP_DAY_US - 1, .now_us = NOW};
    ck_assert_int_eq(keep_plan(&by_age, &s).before_us, NOW - 30 * KEEP_DAY_US);
    s.oldest_us = 0; /* there are no records */
    ck_assert_int_eq(keep_plan(&by_age, &s).before_us, INT64_MIN);
}
END_TEST

START_TEST(nothing_goes_for_its_age_by_a_clock_that_is_not_believed)
{
    struct keep_state s = {.oldest_us = 1, .now_us = 0};
    ck_assert_int_eq(keep_plan(&by_age, &s).before_us, INT64_MIN);
    ck_assert_int_eq(keep_incidents_before(&by_age, 0), INT64_MIN);
    ck_assert_int_eq(keep_incidents_before(&by_age, NOW), NOW - 30 * KEEP_DAY_US);
    ck_assert_int_eq(keep_incidents_before(&by_size, NOW), INT64_MIN);
}
END_TEST

START_TEST(the_file_is_made_smaller_when_much_is_unused_or_the_disk_is_nearly_full)
{
    struct keep_state s = {.unused_bytes = 100001, .free_bytes = 10000, .shrinks = true};
    ck_assert(keep_plan(&by_size, &s).shrink);
    s.unused_bytes = 1;
    ck_assert(!keep_plan(&by_size, &s).shrink);
    s.free_bytes = 9999;
    ck_assert(keep_plan(&by_size, &s).shrink);
    s.shrinks = false;
    ck_assert(!keep_plan(&by_size, &s).shrink);
}
END_TEST

START_TEST(the_ballast_goes_when_half_of_it_would_be_more_than_is_free)
{
    ck_assert(!keep_needs_ballast(&by_size, 500));
    ck_assert(keep_needs_ballast(&by_size, 499));
    ck_assert(keep_has_room_for_ballast(&by_size, 7000));
    ck_assert(!keep_has_room_for_ballast(&by_size, 6999));
    ck_assert_int_eq(keep_free_bytes_min(&by_size, true), 5000);
    ck_assert_int_eq(keep_free_bytes_min(&by_size, false), 6000);
    ck_assert_int_eq(keep_limits(0, 0, 0, 1000 * GB).ballast_bytes, 16 << 20);
    ck_assert_int_eq(keep_limits(0, 0, 0, 16000000).ballast_bytes, 1000000);
    ck_assert_int_eq(keep_bytes_at_all(&by_size), 1000000 + (64 << 20));
}
END_TEST

/* --- the clock --- */

START_TEST(a_clock_that_goes_on_is_believed)
{
    struct keep_clock c = {0};
    ck_assert(keep_clock_look(&c, NOW, 1000, 0));
    ck_assert(keep_clock_look(&c, NOW + 5, 1005, 0));
    ck_assert(keep_clock_look(&c, NOW + 3 * KEEP_DAY_US, 1000 + 3 * KEEP_DAY_US, 0));
}
END_TEST

START_TEST(small_steps_are_believed)
{
    struct keep_clock c = {0};
    ck_assert(keep_clock_look(&c, NOW, 0, NOW - KEEP_DAY_US));
    ck_assert(keep_clock_look(&c, NOW + KEEP_DAY_US, 0, 0));
    ck_assert(keep_clock_look(&c, NOW, 0, 0));
}
END_TEST

START_TEST(a_jump_is_doubted_for_a_day)
{
    struct keep_clock c = {0};
    int64_t far = NOW + 400 * KEEP_DAY_US;
    ck_assert(keep_clock_look(&c, NOW, 0, 0));
    ck_assert(!keep_clock_look(&c, far, 1, 0));
    ck_assert(!keep_clock_look(&c, far + KEEP_DOUBT_US - 1, KEEP_DOUBT_US, 0));
    ck_assert(keep_clock_look(&c, far + KEEP_DOUBT_US, KEEP_DOUBT_US + 1, 0));
    ck_assert(keep_clock_look(&c, far + KEEP_DOUBT_US, KEEP_DOUBT_US + 1, 0));
}
END_TEST

START_TEST(a_clock_that_comes_back_is_believed_at_once)
{
    struct keep_clock c = {0};
    ck_assert(keep_clock_look(&c, NOW, 0, 0));
    ck_assert(!keep_clock_look(&c, NOW + 400 * KEEP_DAY_US, 10, 0));
    ck_assert(keep_clock_look(&c, NOW + 20, 20, 0));
}
END_TEST

START_TEST(a_clock_that_jumps_about_is_doubted_anew)
{
    struct keep_clock c = {0};
    ck_assert(keep_clock_look(&c, NOW, 0, 0));
    ck_assert(!keep_clock_look(&c, NOW + 400 * KEEP_DAY_US, 1, 0));
    ck_assert(!keep_clock_look(&c, NOW + 900 * KEEP_DAY_US, KEEP_DOUBT_US, 0));
    ck_assert(!keep_clock_look(&c, NOW + 901 * KEEP_DAY_US, 2 * KEEP_DOUBT_US - 1, 0));
    ck_assert(keep_clock_look(&c, NOW + 901 * KEEP_DAY_US, 2 * KEEP_DOUBT_US, 0));
}
END_TEST

START_TEST(at_the_start_the_newest_record_is_what_is_known)
{
    struct keep_clock c = {0};
    ck_assert(!keep_clock_look(&c, NOW, 5, NOW - KEEP_DAY_US - 1));
    ck_assert(!keep_clock_look(&c, NOW, 5, 0));
    ck_assert(keep_clock_look(&c, NOW + KEEP_DOUBT_US, 5 + KEEP_DOUBT_US, 0));
    c = (struct keep_clock){0};
    ck_assert(!keep_clock_look(&c, NOW, 5, NOW + KEEP_DAY_US + 1)); /* it was set back */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("keep");
    TCase *tc = tcase_create("bounds");
    tcase_add_loop_test(tc, the_file_system_sets_what_is_not_set, 0,
                        sizeof disks / sizeof disks[0]);
    tcase_add_test(tc, what_is_set_is_taken);
    suite_add_tcase(s, tc);
    tc = tcase_create("plan");
    tcase_add_test(tc, nothing_goes_within_the_bounds);
    tcase_add_test(tc, a_byte_too_many_makes_the_oldest_go_until_there_is_some_slack);
    tcase_add_test(tc, what_is_a_moment_too_old_goes);
    tcase_add_test(tc, nothing_goes_for_its_age_by_a_clock_that_is_not_believed);
    tcase_add_test(
        tc, the_file_is_made_smaller_when_much_is_unused_or_the_disk_is_nearly_full);
    tcase_add_test(tc, the_ballast_goes_when_half_of_it_would_be_more_than_is_free);
    suite_add_tcase(s, tc);
    tc = tcase_create("clock");
    tcase_add_test(tc, a_clock_that_goes_on_is_believed);
    tcase_add_test(tc, small_steps_are_believed);
    tcase_add_test(tc, a_jump_is_doubted_for_a_day);
    tcase_add_test(tc, a_clock_that_comes_back_is_believed_at_once);
    tcase_add_test(tc, a_clock_that_jumps_about_is_doubted_anew);
    tcase_add_test(tc, at_the_start_the_newest_record_is_what_is_known);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
