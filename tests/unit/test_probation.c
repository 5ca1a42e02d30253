/* test_probation.c - what came in suspicious company is normal only after it has come on
 * enough days, or in good company. */
#include "scoring/probation.h"
#include "tests/unit/lessons.h"

enum { SEEN_MAX = 8 };

/* Days on which it came; a negative one: in ordinary company, on that day less 1 taken
 * positive. passes: is it normal at each, 'y' or 'n'? */
static const struct history {
    const char *name;
    int days[SEEN_MAX];
    const char *passes;
} histories[] = {
    {"in good company at once", {-11, 10, 10}, "yyy"},
    {"one day is not enough", {10, 10, 10, 10, 10}, "nnnnn"},
    {"nor are two", {10, 11, 11, 11}, "nnnn"},
    {"three are", {10, 11, 12, 12, 13}, "nnyyy"},
    {"with days between", {10, 20, 40, 41}, "nnyy"},
    {"often on each", {10, 10, 11, 11, 12, 12}, "nnnnyy"},
    {"good company ends it", {10, -11, 10}, "nyy"},
    {"also later", {10, 11, -13, 12}, "nnyy"},
    {"days do not go back", {10, 9, 8, 7, 11}, "nnnnn"},
    {"nor make up for others", {10, 9, 8, 12}, "nnnn"},
    {"a day that comes again is none", {10, 11, 10, 11}, "nnnn"},
    {"before 1970", {-1, 5, 6}, "yyy"},
};

START_TEST(passes_when_it_should)
{
    const struct history *h = &histories[_i];
    struct probation p = {0};
    for (size_t i = 0; h->passes[i]; i++) {
        bool trusted = h->days[i] < 0;
        struct probation_day d = {trusted ? -h->days[i] - 1 : h->days[i], trusted};
        bool passed = probation_pass(&p, i == 0, &d);
        ck_assert_msg(passed == (h->passes[i] == 'y'), "%s: at %zu", h->name, i);
        ck_assert(passed == !p.on);
    }
}
END_TEST

/* Whatever the days are: never before so many, nor so long. */
START_TEST(never_passes_before_enough_days)
{
    uint64_t chance = 1;
    for (int run = 0; run < 2000; run++) {
        struct probation p = {0};
        int32_t first = (int32_t)chance_below(&chance, 1000) - 500, day = first, days = 1;
        bool fresh = true;
        for (int i = 0; i < 50; i++) {
            struct probation_day d = {day, false};
            bool passed = probation_pass(&p, fresh, &d);
            ck_assert(passed ==
                      (days >= PROBATION_DAYS && day - first >= PROBATION_DAYS - 1));
            fresh = false;
            int32_t next = day + (int32_t)chance_below(&chance, 4) / 2;
            days += next > day;
            day = next;
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("probation");
    unit_table(s, "histories", passes_when_it_should, ROWS(histories));
    unit_case(s, "chance", never_passes_before_enough_days);
    return unit_run(s);
}
