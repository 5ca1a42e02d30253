/* test_verdicts.c - from a batch to a verdict: its score, its reasons, whom it is about,
 * and what the alarm budget makes of it. That the reasons are the cause is test_cause. */
#include "scoring/verdicts.h"
#include "tests/unit/lessons.h"

#include "fcgi/base/utf8.h"

#include <math.h>

#define THRESHOLD .8
enum { N = 120, TEXT = 300 };

static struct school school;
static struct record r[N];
static char text[N][TEXT];
static struct verdict v;
static struct analysis a;

static void set_up(void)
{
    school_open(&school, 0x5a);
}

static void tear_down(void)
{
    school_close(&school);
}

/* What holds of every verdict; the scoring service's reader is strict about it. */
static void assert_sound(size_t n)
{
    ck_assert(isfinite(v.raw_score) && v.raw_score >= 0 && v.raw_score <= 1);
    ck_assert(v.score >= 0 && v.score <= v.raw_score);
    ck_assert(isfinite(v.ordinary_a_week) && v.ordinary_a_week >= 0);
    ck_assert_uint_le(v.reasons_n, VERDICT_REASONS_MAX);
    ck_assert((v.score > 0) <= (v.reasons_n > 0));
    ck_assert_uint_le(v.new_templates_n, VERDICT_TEMPLATES_MAX);
    for (size_t i = 0; i < v.reasons_n; i++) {
        const struct reason *x = &v.reasons[i];
        ck_assert(isfinite(x->evidence) && isfinite(x->observed) &&
                  isfinite(x->expected));
        ck_assert(i == 0 || x->evidence <= v.reasons[i - 1].evidence);
        for (size_t k = 0; k < i; k++) {
            ck_assert_int_ne(x->channel, v.reasons[k].channel);
        }
        const char *const texts[] = {x->text, x->value, x->template_text};
        for (int k = 0; k < ROWS(texts); k++) {
            ck_assert_uint_eq(utf8_valid_prefix(str_of(texts[k])), strlen(texts[k]));
        }
        ck_assert(x->text[0]);
        ck_assert_int_ge(x->records_total, (int64_t)x->records_n);
        for (size_t k = 0; k < x->records_n; k++) {
            ck_assert(x->records[k] >= 0 && x->records[k] < (int64_t)n);
            ck_assert(k == 0 || x->records[k] > x->records[k - 1]);
        }
    }
}

static void assert_readable(void)
{
    static struct verdict read;
    struct buf b;
    struct err e;
    struct json_value object;
    buf_init(&b, 1 << 20);
    struct json_out o = json_out_utf8(&b);
    json_open(&o, '{');
    verdict_print_members(&o, &v, 0);
    json_close(&o, '}');
    struct json_in in = {b.p, b.n, 0, 8, 0};
    ck_assert_msg(!json_read(&in, &object, &e), "%s", e.msg);
    ck_assert_msg(!verdict_read(&school.arena, object, &read, &e), "%s", e.msg);
    ck_assert_uint_eq(read.reasons_n, v.reasons_n);
    buf_free(&b);
}

static void judge_live(size_t n, bool budget)
{
    arena_reset(&school.arena);
    a = school_analyse(&school, r, n);
    struct verdicts_batch b = {.m = school.m,
                               .records = r,
                               .n = n,
                               .a = &a,
                               .threshold = THRESHOLD,
                               .budget = budget,
                               .arena = &school.arena};
    v = (struct verdict){0};
    verdicts_make(&b, &v);
    assert_sound(n);
}

static void judge(size_t n)
{
    judge_live(n, false);
    ck_assert(!(v.score < v.raw_score)); /* nothing is held */
}

/* --- without a history --- */

START_TEST(the_sample_batch_has_its_score)
{
    r[0] = error("auth", "Failed password for root from 10.0.0.1 port 22 ssh2");
    r[1] = error("auth", "Failed password for admin from 10.0.0.1 port 22 ssh2");
    r[2] = info("web", "request served");
    judge(3);
    ck_assert_double_eq_tol(v.raw_score, .819, .001);
    ck_assert_int_eq(v.reasons[0].channel, CHANNEL_FAILED_LOGINS);
    ck_assert_uint_eq(v.reasons[0].records_n, 2);
    CHECK_STR("service", v.service, STR("auth"));
    CHECK_HAS(v.reasons[0].text, "2 failed logins in 3 records, usual 0");
}
END_TEST

static const struct counted {
    int n, errors, logins;
    double score;
} counted[] = {
    {50, 0, 5, .754}, {50, 12, 0, .854}, {50, 0, 1, .208},  {20, 0, 20, .9999},
    {1, 0, 0, 0},     {100, 0, 0, 0},    {100, 1, 0, .028},
};

START_TEST(a_first_batch_has_the_published_score)
{
    const struct counted *c = &counted[_i];
    for (int services = 1; services <= 3; services += 2) { /* however it is made up */
        for (int i = 0; i < c->n; i++) {
            const char *service = (const char *[]){"a", "b", "c"}[i % services];
            r[i] = i < c->logins ? error(service, "Failed password for root")
                   : i < c->logins + c->errors ? error(service, "it went wrong")
                                               : info(service, "it is up");
        }
        judge((size_t)c->n);
        ck_assert_msg(fabs(v.raw_score - c->score) <= (c->score > .99 ? .0001 : .001) ||
                          (c->score < .1 && v.raw_score < .1),
                      "%d/%d/%d: %g", c->n, c->errors, c->logins, v.raw_score);
        ck_assert((v.reasons_n > 0) == (v.raw_score > 0));
    }
}
END_TEST

START_TEST(no_records_are_nothing)
{
    judge(0);
    ck_assert(v.raw_score <= 0 && v.reasons_n == 0);
}
END_TEST

/* --- with a history --- */

static void ordinary(uint64_t *chance, int i)
{
    uint32_t dice = chance_below(chance, 100);
    snprintf(text[i], TEXT,
             dice < 60   ? "request %u served"
             : dice < 97 ? "cache entry %u read"
                         : "backend %u is away",
             chance_below(chance, 1000));
    r[i] = record_of(i % 2 ? STR("web") : STR("app"), dice < 97 ? "INFO" : "ERROR",
                     str_of(text[i]));
}

static void teach(int batches, int n, int64_t apart_us)
{
    static uint64_t chance;
    for (int i = 0; i < batches; i++) {
        for (int k = 0; k < n; k++) {
            ordinary(&chance, k);
        }
        judge_live((size_t)n, true);
        school_learn_raised(&school, r, (size_t)n, LEARN_LIVE, v.score > THRESHOLD);
        school.now_us += apart_us;
    }
}

START_TEST(it_is_about_the_service_that_is_odd)
{
    uint64_t chance = 1;
    teach(200, 40, CLOCK_MINUTE_US);
    for (int i = 0; i < 40; i++) {
        ordinary(&chance, i);
    }
    r[11] = info("web", "hatch seven was opened");
    r[13] = info("web", "the mast creaks again");
    judge(40);
    ck_assert_double_gt(v.raw_score, THRESHOLD);
    CHECK_STR("service", v.service, STR("web"));
    ck_assert_int_eq(v.reasons[0].channel, CHANNEL_NEW_TEMPLATE);
    ck_assert_uint_eq(v.new_templates_n, 2);
    ck_assert_uint_eq(v.new_templates[0], a.trace[11].id);
    judge(10); /* the ordinary ones of it */
    ck_assert_double_le(v.raw_score, THRESHOLD);
}
END_TEST

START_TEST(what_one_service_alone_sends_is_about_it)
{
    teach(60, 40, CLOCK_MINUTE_US);
    r[0] = info("web", "request 1 served");
    r[1] = error("web", "backend 5 is away");
    judge(2);
    CHECK_STR("service", v.service, STR("web"));
}
END_TEST

START_TEST(the_strongest_reason_goes_first)
{
    uint64_t chance = 1;
    teach(200, 40, CLOCK_MINUTE_US);
    for (int i = 0; i < 40; i++) {
        ordinary(&chance, i);
    }
    for (int i = 1; i < 40; i += 2) {
        r[i] = i < 31 ? error("web", "backend 5 is away") : info("web", "gulls on deck");
    }
    r[39] = error("web", "Failed password for root from 10.0.0.1");
    judge(40);
    ck_assert_double_gt(v.raw_score, THRESHOLD);
    ck_assert_uint_ge(v.reasons_n, 2);
}
END_TEST

START_TEST(every_reason_names_a_record)
{
    uint64_t chance = 8;
    teach(300, 4, CLOCK_MINUTE_US);
    for (int i = 0; i < 2000; i++) {
        for (int k = 0; k < 4; k++) {
            ordinary(&chance, k);
        }
        judge(4);
        for (size_t k = 0; k < v.reasons_n; k++) {
            ck_assert_msg(v.reasons[k].records_n > 0, "'%s' (score %g, evidence %g)",
                          v.reasons[k].text, v.raw_score, v.reasons[k].evidence);
        }
    }
}
END_TEST

/* --- the budget --- */

START_TEST(an_ordinary_crossing_of_a_busy_service_is_held_at_the_threshold)
{
    uint64_t chance = 8;
    teach(6000, 2, 10 * CLOCK_SECOND_US); /* each service 360 times an hour */
    int held = 0, over = 0;
    for (int i = 0; i < 6000; i++) {
        ordinary(&chance, 0);
        ordinary(&chance, 1);
        judge_live(2, true);
        ck_assert(v.score >= v.raw_score || v.score >= THRESHOLD);
        held += v.raw_score > THRESHOLD && v.score <= THRESHOLD;
        over += v.score > THRESHOLD;
    }
    ck_assert_msg(over <= 2, "%d over, %d held", over, held);
}
END_TEST

START_TEST(the_budget_holds_back_nothing_that_is_news)
{
    teach(6000, 2, 10 * CLOCK_SECOND_US);
    for (int i = 0; i < 40; i++) {
        r[i] = error("web", "Failed password for root from 10.0.0.1");
    }
    judge_live(40, true);
    ck_assert_double_gt(v.score, .99);
}
END_TEST

/* --- minutes --- */

static void judge_minute(struct window *w, struct explain_lists *lists)
{
    struct judgement then;
    struct verdicts_window one = {school_find(&school, "web"), WINDOW_MINUTE, w,
                                  school.now_us};
    verdicts_judge_window(school.m, &one, &then);
    lists->n = 0;
    struct explain x = {.m = school.m,
                        .service = one.service,
                        .kind = WINDOW_MINUTE,
                        .w = w,
                        .j = &then.judged,
                        .name = STR("web"),
                        .within = " within a minute",
                        .lists = lists};
    verdicts_of_window(&x, &then, THRESHOLD, &v);
    ck_assert((v.score > 0) <= (v.reasons_n > 0));
}

START_TEST(a_minute_of_failed_logins_is_told)
{
    static struct explain_lists lists;
    struct window w = {.n = 30, .logins = 30};
    for (int i = 0; i < WINDOW_REFS; i++) {
        w.login_ref[i] = 500 + i;
    }
    judge_minute(&w, &lists); /* of a service that nobody knows */
    ck_assert_double_gt(v.score, THRESHOLD);
    CHECK_STR("service", v.service, STR("web"));
    CHECK_HAS(v.reasons[0].text, "30 failed logins in 30 records within a minute");
    ck_assert(v.reasons[0].stored);
    ck_assert_int_eq(v.reasons[0].records[1], 501);
    teach(100, 20, CLOCK_MINUTE_US);
    judge_minute(&w, &lists);
    ck_assert_double_gt(v.score, THRESHOLD);
    w = (struct window){.n = 30};
    judge_minute(&w, &lists);
    ck_assert_double_lt(v.score, .5);
}
END_TEST

/* --- whatever comes --- */

static const char *const letters[] = {
    "x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\"", "\\", "%s", "\x01"};

static struct str hostile(uint64_t *chance, size_t most, char *out)
{
    const char *letter = letters[chance_below(chance, ROWS(letters))];
    size_t one = strlen(letter), bytes = chance_below(chance, (uint32_t)most), n = 0;
    for (; n + one <= bytes; n += one) {
        memcpy(out + n, chance_below(chance, 9) ? letter : "word ", one);
    }
    return (struct str){out, n};
}

START_TEST(every_verdict_is_sound_and_can_be_read)
{
    static char names[8][CORE_SERVICE_BYTES], long_text[N][900];
    uint64_t chance = 21;
    struct str name[8];
    for (int i = 0; i < 8; i++) {
        name[i] = hostile(&chance, CORE_SERVICE_BYTES, names[i]);
    }
    for (int run = 0; run < 250; run++) {
        int n = 1 + (int)chance_below(&chance, chance_below(&chance, 4) ? 20 : N);
        for (int i = 0; i < n; i++) {
            size_t head = 0;
            struct str service = name[chance_below(&chance, 8)];
            if (chance_below(&chance, 4) == 0) {
                head = (size_t)snprintf(long_text[i], 200,
                                        "10.0.0.1 - - [22/Nov/2026:10:00:00 +0100] \"GET "
                                        "/?q=<script>");
            }
            struct str tail = hostile(&chance, 600, long_text[i] + head);
            struct str message = {long_text[i], head + tail.n};
            if (head > 0) {
                message.n +=
                    (size_t)snprintf(long_text[i] + message.n, 40, " HTTP/1.1\" 200 17");
            }
            r[i] =
                record_of(service, chance_below(&chance, 5) ? "INFO" : "ERROR", message);
            if (chance_below(&chance, 3)) {
                ordinary(&chance, i);
                r[i].service = service;
            }
        }
        judge_live((size_t)n, run % 2);
        assert_readable();
        school_learn(&school, r, (size_t)n, LEARN_LIVE);
        school.now_us += CLOCK_MINUTE_US;
    }
}
END_TEST

START_TEST(with_too_little_memory_it_says_less)
{
    struct arena small;
    for (int i = 0; i < N; i++) {
        r[i] = error(i % 2 ? "web" : "auth", "Failed password for root");
    }
    arena_reset(&school.arena);
    a = school_analyse(&school, r, N);
    for (size_t max = 0; max < 1 << 18; max = max * 2 + 100) {
        arena_init(&small, max);
        struct verdicts_batch b = {.m = school.m,
                                   .records = r,
                                   .n = N,
                                   .a = &a,
                                   .threshold = THRESHOLD,
                                   .arena = &small};
        v = (struct verdict){0};
        verdicts_make(&b, &v);
        ck_assert_double_gt(v.raw_score, .99);
        for (size_t i = 0; i < v.reasons_n; i++) {
            ck_assert(v.reasons[i].records_n == 0 || v.reasons[i].records);
        }
        arena_free(&small);
    }
}
END_TEST

START_TEST(judging_changes_nothing)
{
    teach(60, 40, CLOCK_MINUTE_US);
    struct model *copy = malloc(sizeof *copy);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, school.m, sizeof *copy);
    r[3] = info("web", "hatch seven was opened");
    judge_live(40, true);
    double first = v.raw_score;
    judge_live(40, true);
    ck_assert_double_eq_tol(first, v.raw_score, 1e-15);
    ck_assert_mem_eq(copy, school.m, sizeof *copy);
    free(copy);
}
END_TEST

/* One is odd in a service that has such batches every hour, the other in one that never had
 * any: that is what is told, though it is less odd. */
START_TEST(a_noisy_service_does_not_hide_another_ones_incident)
{
    static const char *const trees[] = {"oak", "elm", "fir", "ash",
                                        "yew", "bay", "fig", "box"};
    struct record quiet[4], noisy[5];
    for (int i = 0; i < 20000; i++) {
        for (int k = 0; k < 4; k++) {
            snprintf(text[k], TEXT, k % 2 ? "order %d paid" : "cart %d updated", i);
            noisy[k] = info("noisy", text[k]);
            quiet[k] = info("quiet", text[k]);
        }
        snprintf(text[4], TEXT, "%s %s thing seen %s", trees[i / 300 % 8],
                 trees[i / 2400 % 8], trees[i / 19200 % 8]);
        noisy[4] = info("noisy", text[4]);
        school_learn(&school, noisy, i % 300 == 7 ? 5 : 4, LEARN_LIVE);
        if (i % 10 == 0) {
            school_learn(&school, quiet, 4, LEARN_LIVE);
        }
        school.now_us += 20 * CLOCK_SECOND_US;
    }
    memcpy(r, quiet, sizeof quiet);
    r[4] = error("quiet", "Out of memory: Killed process mysqld now");
    memcpy(r + 5, noisy, sizeof noisy);
    r[9] = info("noisy", "a quite other thing has come");
    r[8] = info("noisy", "teak teak thing seen teak");
    judge_live(10, false);
    CHECK_STR("the oddest", v.service, STR("noisy"));
    double raw = v.raw_score;
    judge_live(10, true);
    ck_assert_double_gt(v.score, THRESHOLD);
    ck_assert(!(v.raw_score < raw) && !(v.raw_score > raw));
    CHECK_STR("the one to be told", v.service, STR("quiet"));
    ck_assert_int_eq(v.reasons[0].channel, CHANNEL_NEW_FAILURE);
}
END_TEST

START_TEST(the_cause_of_many_services_is_found_together)
{
    static struct record many[40 * ANALYSIS_GROUPS_MAX];
    static char name[ANALYSIS_GROUPS_MAX][8];
    size_t n = ROWS(many);
    for (size_t i = 0; i < n; i++) {
        size_t of = i % ANALYSIS_GROUPS_MAX;
        snprintf(name[of], sizeof name[of], "s%zu", of);
        many[i] = info(name[of], i < ANALYSIS_GROUPS_MAX
                                     ? "1.2.3.4 - - [22/Nov/2026:10:00:00 +0100] \"GET "
                                       "/?a=<script>alert(1)</script> HTTP/1.1\" 200 17"
                                     : "it is up");
    }
    arena_reset(&school.arena);
    size_t before = school.arena.used;
    a = school_analyse(&school, many, n);
    struct verdicts_batch b = {.m = school.m,
                               .records = many,
                               .n = n,
                               .a = &a,
                               .threshold = THRESHOLD,
                               .arena = &school.arena};
    verdicts_make(&b, &v);
    ck_assert_uint_eq(v.reasons[0].records_n, ANALYSIS_GROUPS_MAX);
    ck_assert_uint_le(school.arena.used - before, 8 << 20);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_sample_batch_has_its_score,
        no_records_are_nothing,
        it_is_about_the_service_that_is_odd,
        what_one_service_alone_sends_is_about_it,
        the_strongest_reason_goes_first,
        every_reason_names_a_record,
        an_ordinary_crossing_of_a_busy_service_is_held_at_the_threshold,
        the_budget_holds_back_nothing_that_is_news,
        a_noisy_service_does_not_hide_another_ones_incident,
        the_cause_of_many_services_is_found_together,
        a_minute_of_failed_logins_is_told,
        every_verdict_is_sound_and_can_be_read,
        with_too_little_memory_it_says_less,
        judging_changes_nothing,
    };
    Suite *s = suite_create("verdicts");
    TCase *tc = tcase_create("verdicts");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_first_batch_has_the_published_score, 0, ROWS(counted));
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
