/* test_windows.c - a service's current span: what is counted in it, when it ends, and who
 * makes room. */
#include "scoring/windows.h"
#include "tests/unit/lessons.h"

static struct windows *w;
static struct windows_arrival arrival;

/* What was closed, in turn. */
enum { CLOSED_MAX = 4096 };
static struct closed {
    char service[24];
    int64_t span, n;
    uint64_t hash;
} closed[CLOSED_MAX];
static int closed_n;

static void note(void *arg, const struct window_slot *s)
{
    ck_assert_ptr_eq(arg, &closed_n);
    ck_assert_int_lt(closed_n, CLOSED_MAX);
    struct closed *c = &closed[closed_n++];
    snprintf(c->service, sizeof c->service, "%.*s", (int)s->service_n, s->service);
    c->span = s->span;
    c->n = s->t.count;
    ck_assert_int_eq(s->w.n, s->t.count);
}

#define SPAN_US   CLOCK_MINUTE_US
#define MINUTE(n) (LESSONS_START_US + (n)*CLOCK_MINUTE_US)

static void set_up(void)
{
    closed_n = 0;
    w = malloc(sizeof *w);
    ck_assert_ptr_nonnull(w);
    memset(w, 0x5a, sizeof *w);
    windows_init(w, WINDOW_MINUTE, SPAN_US);
    arrival = (struct windows_arrival){.now_us = MINUTE(1000), .batch = 1, .batch_n = 1};
}

/* Both lists and the chains hold each slot once. */
static void tear_down(void)
{
    int in_use = 0, chained = 0, unused = 0, listed = 0;
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        in_use += windows_at(w, i) != NULL;
    }
    for (int b = 0; b < WINDOWS_MAX; b++) {
        for (int i = w->bucket[b]; i >= 0; i = w->slots[i].next) {
            chained++;
        }
    }
    for (int i = w->unused; i >= 0; i = w->slots[i].next) {
        unused++;
    }
    for (struct window_slot *s = NULL; (s = windows_after(w, s)) != NULL; listed++) {
        ck_assert(s->in_use);
    }
    ck_assert_int_eq(in_use, chained);
    ck_assert_int_eq(in_use, listed);
    ck_assert_int_eq(in_use + unused, WINDOWS_MAX);
    free(w);
}

static void add_at(const char *service, int64_t event_us)
{
    struct record r = error(service, "it is up");
    struct trace t = {.known = true, .slot = -1, .at_us = event_us};
    struct windows_record added = {&r, &t, 7};
    windows_add(w, &added, &arrival, (struct windows_closing){note, &closed_n});
}

static struct window_slot *find(const char *service)
{
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        struct window_slot *s = windows_at(w, i);
        if (s && str_eq((struct str){s->service, s->service_n}, str_of(service))) {
            return s;
        }
    }
    return NULL;
}

START_TEST(records_of_one_span_are_counted_together)
{
    add_at("web", MINUTE(5));
    add_at("web", MINUTE(5) + 1);
    add_at("auth", MINUTE(5));
    add_at("web", MINUTE(6) - 1);
    const struct window_slot *s = find("web");
    ck_assert_int_eq(s->t.count, 3);
    ck_assert_int_eq(s->t.error, 3);
    ck_assert_int_eq(s->w.n, 3);
    ck_assert_int_eq(s->w.first, 7);
    ck_assert_int_eq(s->kind, WINDOW_MINUTE);
    ck_assert(s->latest_us == MINUTE(6) - 1);
    ck_assert(s->changed && !s->reported);
    ck_assert_int_eq(find("auth")->t.count, 1);
    ck_assert_int_eq(closed_n, 0);
}
END_TEST

START_TEST(a_span_ends_when_its_service_goes_on)
{
    add_at("web", MINUTE(5));
    add_at("web", MINUTE(5));
    find("web")->reported = true;
    add_at("auth", MINUTE(7)); /* another service's time is its own */
    ck_assert_int_eq(closed_n, 0);
    add_at("web", MINUTE(6));
    ck_assert_int_eq(closed_n, 1);
    ck_assert_str_eq(closed[0].service, "web");
    ck_assert_int_eq(closed[0].n, 2);
    ck_assert(closed[0].span == MINUTE(5) / SPAN_US);
    const struct window_slot *s = find("web");
    ck_assert_int_eq(s->t.count, 1);
    ck_assert_int_eq(s->w.n, 1);
    ck_assert(!s->reported);
    ck_assert(s->span == MINUTE(6) / SPAN_US);
}
END_TEST

START_TEST(a_record_a_little_late_counts_and_one_too_late_does_not)
{
    add_at("web", MINUTE(10));
    add_at("web", MINUTE(10 - WINDOW_LATE_SPANS));
    ck_assert_int_eq(find("web")->t.count, 2);
    add_at("web", MINUTE(10 - WINDOW_LATE_SPANS) - 1);
    ck_assert_int_eq(find("web")->t.count, 2);
    ck_assert(find("web")->latest_us == MINUTE(10));
    ck_assert_int_eq(closed_n, 0); /* time does not go back */
}
END_TEST

START_TEST(many_records_in_turn_from_long_before_are_counted_in_their_time)
{
    const int64_t long_ago = MINUTE(9) - STREAM_BACK_US;
    add_at("web", MINUTE(10));
    for (int i = 1; i < STREAM_BACK_N; i++) {
        add_at("web", long_ago);
    }
    add_at("web", MINUTE(10) + 1); /* they were stragglers */
    ck_assert_int_eq(find("web")->t.count, 2);
    for (int i = 0; i < STREAM_BACK_N; i++) {
        ck_assert_int_eq(closed_n, 0);
        add_at("web", long_ago + i);
    }
    ck_assert_int_eq(closed_n, 1);
    ck_assert_int_eq(closed[0].n, 2);
    ck_assert_int_eq(find("web")->t.count, 1);
    ck_assert(find("web")->latest_us == long_ago + STREAM_BACK_N - 1);
    add_at("web", MINUTE(11)); /* and on again */
    ck_assert_int_eq(closed_n, 2);
    ck_assert(find("web")->latest_us == MINUTE(11));
}
END_TEST

START_TEST(it_is_known_of_how_many_batches_it_is_made)
{
    add_at("web", MINUTE(5));
    add_at("web", MINUTE(5));
    ck_assert(!find("web")->several);
    arrival.batch = 2;
    arrival.batch_n = 20;
    arrival.unscored = true;
    add_at("web", MINUTE(5));
    ck_assert(find("web")->several && find("web")->unscored);
    ck_assert_int_eq(find("web")->batch_n, 20);
    arrival.unscored = false;
    add_at("web", MINUTE(5));
    ck_assert(find("web")->unscored); /* it stays so for this span */
    add_at("web", MINUTE(6));
    ck_assert(!find("web")->several && !find("web")->unscored);
}
END_TEST

START_TEST(services_stand_in_the_order_in_which_they_spoke)
{
    const char *const order[] = {"b", "d", "a"};
    for (const char *c = "abcdca"; *c; c++) {
        add_at((const char[]){*c, '\0'}, MINUTE(5));
    }
    windows_close(w, find("c"));
    struct window_slot *s = NULL;
    for (int i = 0; i < ROWS(order); i++) {
        s = windows_after(w, s);
        CHECK_STR("next", ((struct str){s->service, s->service_n}), str_of(order[i]));
    }
    ck_assert_ptr_null(windows_after(w, s));
    ck_assert_ptr_null(find("c"));
}
END_TEST

START_TEST(a_late_record_is_a_word_too)
{
    add_at("a", MINUTE(10));
    add_at("b", MINUTE(10));
    arrival.now_us++;
    add_at("a", MINUTE(2)); /* not counted */
    ck_assert_ptr_eq(windows_after(w, NULL), find("b"));
    ck_assert(find("a")->heard_us == arrival.now_us);
}
END_TEST

START_TEST(one_service_more_takes_the_place_of_the_one_silent_longest)
{
    char name[16];
    for (int i = 0; i < WINDOWS_MAX; i++) {
        snprintf(name, sizeof name, "s%d", i);
        add_at(name, MINUTE(5));
    }
    ck_assert_int_eq(closed_n, 0);
    add_at("s0", MINUTE(5));
    add_at("one more", MINUTE(5));
    ck_assert_int_eq(closed_n, 1);
    ck_assert_str_eq(closed[0].service, "s1");
    ck_assert_int_eq(closed[0].n, 1);
    ck_assert_ptr_null(find("s1"));
    ck_assert_ptr_nonnull(find("s0"));
    ck_assert_int_eq(find("one more")->t.count, 1);
    add_at("s1", MINUTE(5)); /* it begins anew */
    ck_assert_int_eq(find("s1")->t.count, 1);
    ck_assert_int_eq(closed_n, 2);
}
END_TEST

START_TEST(nobody_need_be_told)
{
    struct record r = info("web", "it is up");
    struct trace t = {.known = true, .slot = -1};
    struct windows_record added = {&r, &t, 1};
    struct windows_closing silent = {NULL, NULL};
    char name[16];
    for (int i = 0; i < 2 * WINDOWS_MAX; i++) {
        snprintf(name, sizeof name, "s%d", i);
        r.service = str_of(name);
        windows_add(w, &added, &arrival, silent);
        t.at_us += CLOCK_MINUTE_US;
        windows_add(w, &added, &arrival, silent);
    }
}
END_TEST

START_TEST(names_are_told_apart_and_kept_whole)
{
    static char longest[CORE_SERVICE_BYTES];
    memset(longest, 'x', sizeof longest - 1);
    add_at(longest, MINUTE(5));
    longest[sizeof longest - 2] = 'y';
    add_at(longest, MINUTE(5));
    add_at("", MINUTE(5));
    add_at("x", MINUTE(5));
    ck_assert_int_eq(find(longest)->t.count, 1);
    ck_assert_int_eq(find("")->t.count, 1);
}
END_TEST

START_TEST(times_before_1970_end_too)
{
    arrival.now_us = 10 * CLOCK_MINUTE_US;
    for (int64_t i = -5; i < 5; i++) {
        add_at("web", i * CLOCK_MINUTE_US + 30 * CLOCK_SECOND_US);
    }
    ck_assert_int_ge(closed_n, 8); /* the minutes on both sides of 1970 may be one */
    for (int i = 1; i < closed_n; i++) {
        ck_assert_int_gt(closed[i].span, closed[i - 1].span);
    }
}
END_TEST

START_TEST(a_copy_goes_on_as_the_first_does)
{
    static struct windows copy;
    uint64_t chance = 5;
    char name[16];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "s%u", chance_below(&chance, 600));
        add_at(name, MINUTE(i / 100));
        if (i == 1500) {
            memcpy(&copy, w, sizeof copy);
            memcpy(w, &copy, sizeof copy);
        }
    }
    ck_assert_int_gt(closed_n, WINDOWS_MAX);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        records_of_one_span_are_counted_together,
        a_span_ends_when_its_service_goes_on,
        a_record_a_little_late_counts_and_one_too_late_does_not,
        many_records_in_turn_from_long_before_are_counted_in_their_time,
        it_is_known_of_how_many_batches_it_is_made,
        services_stand_in_the_order_in_which_they_spoke,
        a_late_record_is_a_word_too,
        one_service_more_takes_the_place_of_the_one_silent_longest,
        nobody_need_be_told,
        names_are_told_apart_and_kept_whole,
        times_before_1970_end_too,
        a_copy_goes_on_as_the_first_does,
    };
    Suite *s = suite_create("windows");
    TCase *tc = tcase_create("windows");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
