/* test_ticker.c - a thread that calls again and again. Waits for calls by a condition, never
 * for time to pass; that a call does not come too early is not tested. */
#include "fcgi/base/ticker.h"

#include "tests/unit/unit.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t called = PTHREAD_COND_INITIALIZER;
static int calls;
static bool inside;

static void count(void *arg)
{
    pthread_mutex_lock(&lock);
    ck_assert_ptr_eq(arg, &calls);
    ck_assert(!inside);
    inside = true;
    pthread_mutex_unlock(&lock);
    pthread_mutex_lock(&lock);
    inside = false;
    calls++;
    pthread_cond_broadcast(&called);
    pthread_mutex_unlock(&lock);
}

static void wait_for_calls(int n)
{
    pthread_mutex_lock(&lock);
    while (calls < n) {
        pthread_cond_wait(&called, &lock);
    }
    pthread_mutex_unlock(&lock);
}

START_TEST(calls_again_and_again_one_at_a_time)
{
    struct ticker *t;
    struct err e;
    calls = 0;
    ck_assert_int_eq(ticker_start(1, count, &calls, &t, &e), ERR_NONE);
    wait_for_calls(100);
    ticker_stop(t);
    ck_assert(!inside);
    int after = calls;
    ck_assert_int_ge(after, 100);
}
END_TEST

START_TEST(ends_at_once_however_long_its_period_is)
{
    struct ticker *t;
    struct err e;
    calls = 0;
    ck_assert_int_eq(ticker_start(INT64_C(3600000000), count, &calls, &t, &e), ERR_NONE);
    ticker_stop(t); /* or the test's own time limit ends it */
    ck_assert_int_eq(calls, 0);
    ticker_stop(NULL);
}
END_TEST

START_TEST(calls_at_once_when_it_is_woken)
{
    struct ticker *t;
    struct err e;
    calls = 0;
    ck_assert_int_eq(ticker_start(INT64_C(3600000000), count, &calls, &t, &e), ERR_NONE);
    for (int i = 1; i <= 3; i++) {
        ticker_wake(t);
        wait_for_calls(i);
    }
    ticker_stop(t);
    ck_assert_int_eq(calls, 3);
    ticker_wake(NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ticker");
    unit_case(s, "calls", calls_again_and_again_one_at_a_time);
    unit_case(s, "wake", calls_at_once_when_it_is_woken);
    unit_case(s, "end", ends_at_once_however_long_its_period_is);
    return unit_run(s);
}
