/* test_budget.c - bytes in use at once, over all threads. */
#include "fcgi/base/budget.h"

#include "tests/unit/unit.h"

#include <pthread.h>

START_TEST(gives_all_up_to_its_limit_and_not_one_more)
{
    struct budget b = {.max = 100};
    ck_assert(budget_take(&b, 60));
    ck_assert(!budget_take(&b, 41));
    ck_assert(budget_take(&b, 40));
    ck_assert(!budget_take(&b, 1));
    ck_assert(budget_take(&b, 0));
}
END_TEST

START_TEST(takes_back_what_is_given)
{
    struct budget b = {.max = 100};
    ck_assert(budget_take(&b, 100));
    budget_give(&b, 30);
    ck_assert(!budget_take(&b, 31));
    ck_assert(budget_take(&b, 30));
}
END_TEST

START_TEST(counts_nothing_that_it_refused)
{
    struct budget b = {.max = 100};
    ck_assert(!budget_take(&b, 101));
    ck_assert(!budget_take(&b, SIZE_MAX));
    ck_assert_uint_eq(atomic_load(&b.used), 0);
}
END_TEST

START_TEST(refuses_all_when_it_was_made_smaller_than_its_use)
{
    struct budget b = {.max = 100};
    ck_assert(budget_take(&b, 100));
    b.max = 50;
    ck_assert(!budget_take(&b, 1));
}
END_TEST

static void *take_and_give(void *budget)
{
    for (int i = 0; i < 20000; i++) {
        if (budget_take(budget, 3)) {
            budget_give(budget, 3);
        }
    }
    return NULL;
}

START_TEST(loses_no_count_between_threads)
{
    struct budget b = {.max = 10};
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, take_and_give, &b), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_uint_eq(atomic_load(&b.used), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("budget");
    unit_case(s, "limit", gives_all_up_to_its_limit_and_not_one_more);
    unit_case(s, "give", takes_back_what_is_given);
    unit_case(s, "refused", counts_nothing_that_it_refused);
    unit_case(s, "smaller", refuses_all_when_it_was_made_smaller_than_its_use);
    unit_case(s, "threads", loses_no_count_between_threads);
    return unit_run(s);
}
