/* test_occurrences.c - pieces of time that become wider. */
#include "fcgi/core/occurrences.h"

#include "tests/unit/unit.h"

#define MINUTE CLOCK_MINUTE_US

START_TEST(widths_grow_and_divide_each_other)
{
    static const int64_t minutes[] = {1, 5, 15, 60, 360, 1440, 10080, 20160, 40320};
    int64_t width_us = OCCURRENCES_LEAST_US;
    for (size_t i = 0; i < ROWS(minutes); i++) {
        ck_assert_int_eq(width_us, minutes[i] * MINUTE);
        int64_t wider = occurrences_wider(width_us);
        ck_assert(wider > width_us && wider % width_us == 0);
        width_us = wider;
    }
    for (int i = 0; i < 70; i++) {
        width_us = occurrences_wider(width_us);
        ck_assert_int_gt(width_us, 0);
    }
    ck_assert_int_eq(width_us, INT64_MAX);
}
END_TEST

static const struct {
    int64_t at_us, width_us, start_us;
} starts[] = {
    {0, MINUTE, 0},
    {MINUTE - 1, MINUTE, 0},
    {MINUTE, MINUTE, MINUTE},
    {-1, MINUTE, -MINUTE},
    {-MINUTE, MINUTE, -MINUTE},
    {INT64_MAX, INT64_MAX, INT64_MAX},
    {INT64_MIN, MINUTE, INT64_MIN},
};

START_TEST(a_piece_begins_at_a_multiple_of_its_width)
{
    ck_assert_int_eq(occurrences_start(starts[_i].at_us, starts[_i].width_us),
                     starts[_i].start_us);
}
END_TEST

START_TEST(what_falls_together_is_added)
{
    struct occurrences list[] = {{0, 1, 0.9},
                                 {4 * MINUTE, 2, 0.95},
                                 {5 * MINUTE, 4, 0.8},
                                 {9 * MINUTE, 8, 0.7},
                                 {60 * MINUTE, 16, 1}};
    ck_assert_uint_eq(occurrences_merge(list, ROWS(list), 5 * MINUTE), 3);
    ck_assert(list[0].at_us == 0 && list[0].count == 3 && list[0].severity == 0.95);
    ck_assert(list[1].at_us == 5 * MINUTE && list[1].count == 12);
    ck_assert_double_eq(list[1].severity, 0.8);
    ck_assert(list[2].at_us == 60 * MINUTE && list[2].count == 16);
    ck_assert_uint_eq(occurrences_merge(list, 0, MINUTE), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("occurrences");
    TCase *tc = tcase_create("occurrences");
    tcase_add_test(tc, widths_grow_and_divide_each_other);
    tcase_add_loop_test(tc, a_piece_begins_at_a_multiple_of_its_width, 0, ROWS(starts));
    tcase_add_test(tc, what_falls_together_is_added);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
