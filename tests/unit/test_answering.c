/* test_answering.c - what an answer does to what is judged and learned. */
#include "tests/unit/lessons.h"

#include <math.h>

static struct school school;

static void set_up(void)
{
    school_open(&school, 0x5a);
}

static void tear_down(void)
{
    school_close(&school);
}

enum { BATCH = 12 };

/* So many ordinary batches, ten minutes apart. */
static void work(const char *service, int batches)
{
    static uint64_t chance;
    static char text[BATCH][64];
    for (int i = 0; i < batches; i++) {
        struct record r[BATCH];
        for (int k = 0; k < BATCH; k++) {
            snprintf(text[k], sizeof text[k], "request %u served in %u ms",
                     chance_below(&chance, 10000), chance_below(&chance, 100));
            r[k] = info(service, k == 0 ? "worker is awake" : text[k]);
        }
        school_learn(&school, r, BATCH, LEARN_LIVE);
        school.now_us += 10 * CLOCK_MINUTE_US;
    }
}

/* Half of it failed logins, a new kind, an attack. */
static void make_odd(const char *service, struct record r[static BATCH],
                     enum record_answer answer)
{
    for (int i = 0; i < BATCH; i++) {
        r[i] = i == 0   ? error(service, "mirror of the vault is broken")
               : i == 1 ? info(service, "10.0.0.1 - - [01/Dec/2025:00:00:00 +0000] \"GET "
                                        "/a?id=1'+OR+'1'='1 HTTP/1.1\" 200 12")
               : i % 2  ? error(service, "Failed password for root from 10.0.0.1")
                        : info(service, "request 17 served in 99 ms");
        r[i].answer = answer;
    }
}

static double z_of(const struct record *r, size_t n)
{
    struct judged j = school_judge(&school, r, n);
    return fmax(j.all, j.prior);
}

static int trace_of_slot(const struct record *r)
{
    arena_reset(&school.arena);
    return school_analyse(&school, r, 1).trace[0].slot;
}

static void answer(bool real, bool undone, bool fresh, const struct record *example)
{
    struct learn_answer a = {.service = example->service,
                             .scope = ANSWER_OF_KIND,
                             .real = real,
                             .undone = undone,
                             .fresh = fresh,
                             .examples = example,
                             .examples_n = 1};
    struct learn_answered answered;
    learn_answer(school.m, &a, &answered);
    ck_assert_uint_eq(answered.n, trace_of_slot(example) >= 0 ? 2 : 0);
}

static struct trace trace_of(struct record r)
{
    arena_reset(&school.arena);
    return school_analyse(&school, &r, 1).trace[0];
}

START_TEST(normal_beats_every_channel)
{
    struct record odd[BATCH];
    enum record_answer answers[] = {ANSWER_NORMAL, ANSWER_NORMAL_CASE};
    if (_i < 2) { /* a service that is known, and one that is not */
        work("web", 200);
    }
    make_odd("web", odd, ANSWER_NONE);
    ck_assert_double_gt(z_of(odd, BATCH), WINDOW_QUARANTINE_Z);
    make_odd("web", odd, answers[_i % 2]);
    ck_assert_double_eq_tol(z_of(odd, BATCH), 0, .2);
}
END_TEST

START_TEST(normal_hides_nothing_else)
{
    struct record odd[BATCH];
    work("web", 200);
    make_odd("web", odd, ANSWER_NONE);
    double all = z_of(odd, BATCH);
    odd[0].answer = odd[1].answer = ANSWER_NORMAL;
    double logins = z_of(odd, BATCH);
    ck_assert_double_gt(logins, WINDOW_QUARANTINE_Z);
    ck_assert_double_le(logins, all);
}
END_TEST

START_TEST(what_is_normal_is_learned_in_odd_company)
{
    struct record odd[BATCH];
    work("web", 200);
    make_odd("web", odd, ANSWER_NONE);
    odd[0].answer = ANSWER_NORMAL;
    school_learn(&school, odd, BATCH, LEARN_LIVE);
    ck_assert(trace_of(error("web", "mirror of the vault is broken")).known);
    ck_assert(!trace_of(error("web", "Failed password for root from 10.0.0.1")).known);
}
END_TEST

START_TEST(an_answer_teaches_at_once)
{
    struct record one = error("web", "mirror of the vault is broken");
    work("web", 200);
    double new = z_of(&one, 1);
    ck_assert_double_gt(new, WINDOW_QUARANTINE_Z);
    answer(false, false, true, &one);
    ck_assert(trace_of(one).known);
    ck_assert_double_lt(z_of(&one, 1), new);
}
END_TEST

START_TEST(undone_it_is_news_again)
{
    struct record one = error("web", "mirror of the vault is broken");
    work("web", 200);
    double new = z_of(&one, 1);
    answer(false, false, true, &one);
    one.answer = ANSWER_NORMAL;
    for (int i = 0; i < 20; i++) {
        school_learn(&school, &one, 1, LEARN_LIVE);
    }
    one.answer = ANSWER_NONE;
    ck_assert(trace_of(one).known);
    answer(false, true, true, &one);
    ck_assert(!trace_of(one).known && !trace_of(one).told);
    ck_assert_double_gt(z_of(&one, 1), new / 2);
}
END_TEST

START_TEST(undone_its_values_are_new_again)
{
    static char text[64];
    struct record one = info("shop", "checkout mode=debug of cart 7");
    for (int i = 0; i < 300; i++) {
        struct record r = info("shop", text);
        snprintf(text, sizeof text, "checkout mode=live of cart %d", i);
        school_learn(&school, &r, 1, LEARN_LIVE);
    }
    float before = trace_of(one).raw[TRACE_VALUE];
    ck_assert(before > 0);
    answer(false, false, false, &one);
    one.answer = ANSWER_NORMAL;
    school_learn(&school, &one, 1, LEARN_LIVE);
    one.answer = ANSWER_NONE;
    answer(false, true, false, &one);
    ck_assert(trace_of(one).raw[TRACE_VALUE] >= before * .9F);
}
END_TEST

START_TEST(undone_what_was_known_before_stays_known)
{
    struct record one = info("web", "worker is awake");
    work("web", 200);
    answer(false, false, false, &one);
    answer(false, true, false, &one);
    ck_assert(trace_of(one).known);
}
END_TEST

/* Days of it, each in ordinary company but for itself. */
static void come_for_days(enum record_answer given, int days)
{
    struct record r[BATCH];
    for (int day = 0; day < days; day++) {
        make_odd("web", r, ANSWER_NONE);
        for (int i = 0; i < BATCH; i++) {
            r[i].answer = given;
        }
        school_learn(&school, r, BATCH, LEARN_LIVE);
        school.now_us += LESSONS_DAY_US;
    }
}

START_TEST(real_is_never_learned)
{
    struct record one = error("web", "mirror of the vault is broken");
    work("web", 200);
    come_for_days(_i == 0 ? ANSWER_NONE : ANSWER_REAL, 10);
    struct trace t = trace_of(one);
    ck_assert(t.known == (_i == 0)); /* without an answer it is, after three days */
    one.answer = ANSWER_REAL;
    t = trace_of(one);
    ck_assert(t.known == (_i == 0) && !(t.told && !t.known));
}
END_TEST

START_TEST(real_unlearns_what_was_new)
{
    struct record one = error("web", "mirror of the vault is broken");
    work("web", 200);
    come_for_days(ANSWER_NONE, 10);
    ck_assert(trace_of(one).known);
    answer(true, false, true, &one);
    ck_assert(!trace_of(one).known);
}
END_TEST

START_TEST(real_is_told_each_time)
{
    struct record one = error("web", "mirror of the vault is broken");
    work("web", 200);
    for (int i = 0; i < 20; i++) {
        one.answer = ANSWER_NONE;
        school_learn(&school, &one, 1, LEARN_LIVE);
        one.answer = ANSWER_REAL;
        struct judged j = school_judge(&school, &one, 1);
        ck_assert_double_ge(j.all, WINDOW_ATTACK_Z);
        ck_assert_double_ge(j.grave, WINDOW_SURE_Z);
    }
}
END_TEST

/* A kind of message that comes once a batch comes twenty times in one. */
START_TEST(the_number_of_what_is_normal_says_nothing)
{
    struct record r[BATCH];
    work("web", 400);
    for (int i = 0; i < BATCH; i++) {
        r[i] = info("web", "worker is awake");
    }
    double before = z_of(r, BATCH);
    ck_assert_double_gt(before, WINDOW_QUARANTINE_Z);
    for (int i = 0; i < BATCH; i++) {
        r[i].answer = ANSWER_NORMAL;
    }
    ck_assert_double_lt(z_of(r, BATCH), 1); /* also before the model has heard of it */
    answer(false, false, false, &r[0]);
    ck_assert_double_lt(z_of(r, BATCH), 1);
    struct record few[BATCH]; /* nor does it if it is not there */
    for (int i = 0; i < BATCH; i++) {
        few[i] = info("web", "request 17 served in 99 ms");
    }
    ck_assert_double_lt(z_of(few, BATCH - 1), 1);
}
END_TEST

START_TEST(what_is_normal_may_stay_away)
{
    struct record one = info("cron", "backup is through");
    for (int i = 0; i < 60; i++) {
        school_learn(&school, &one, 1, LEARN_LIVE);
        school.now_us += 10 * CLOCK_MINUTE_US;
    }
    int service = school_find(&school, "cron");
    int64_t late_us = school.now_us + 300 * CLOCK_MINUTE_US;
    struct learn_answer a = {.service = STR("cron"), .scope = ANSWER_OF_KIND};
    if (_i == 0) {
        ck_assert_int_ge(learn_overdue(school.m, service, -1, late_us), 0);
        return;
    }
    if (_i == 1) { /* known by the id alone: no example is there of what did not come */
        a.template_id = school.m->template[trace_of(one).slot].id;
    } else if (_i == 2) {
        a.text = STR("backup is through");
    } else {
        a.scope = ANSWER_OF_SERVICE;
    }
    struct learn_answered answered;
    learn_answer(school.m, &a, &answered);
    ck_assert(answered.all == (a.scope == ANSWER_OF_SERVICE));
    ck_assert_int_eq(learn_overdue(school.m, service, -1, late_us), -1);
}
END_TEST

START_TEST(a_flood_of_what_is_normal_is_no_volume)
{
    struct window w = {.n = 1000, .quiet = 990, .usual = 10};
    struct judged j;
    work("web", 200);
    int service = school_find(&school, "web");
    window_judge(school.m, service, WINDOW_MINUTE, &w, &j);
    ck_assert_double_eq_tol(j.raw[PART_VOLUME], 0, 1e-9);
    w.quiet = 0;
    window_judge(school.m, service, WINDOW_MINUTE, &w, &j);
    ck_assert_double_gt(j.raw[PART_VOLUME], 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("answering");
    TCase *tc = tcase_create("answering");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, normal_beats_every_channel, 0, 4);
    tcase_add_test(tc, normal_hides_nothing_else);
    tcase_add_test(tc, what_is_normal_is_learned_in_odd_company);
    tcase_add_test(tc, an_answer_teaches_at_once);
    tcase_add_test(tc, undone_it_is_news_again);
    tcase_add_test(tc, undone_its_values_are_new_again);
    tcase_add_test(tc, undone_what_was_known_before_stays_known);
    tcase_add_loop_test(tc, real_is_never_learned, 0, 2);
    tcase_add_test(tc, real_unlearns_what_was_new);
    tcase_add_test(tc, real_is_told_each_time);
    tcase_add_test(tc, the_number_of_what_is_normal_says_nothing);
    tcase_add_loop_test(tc, what_is_normal_may_stay_away, 0, 4);
    tcase_add_test(tc, a_flood_of_what_is_normal_is_no_volume);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
