/* test_learning.c - what the model takes from a batch: all that is ordinary, of what is odd
 * only that it came, until it has come for days. */
#include "scoring/learning.h"
#include "tests/unit/lessons.h"

#include "scoring/evidence.h"

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

/* Ten ordinary minutes apart, so many batches of a service's work. */
static void work(struct school *s, const char *service, int batches, enum learn_mode mode)
{
    static uint64_t chance;
    for (int i = 0; i < batches; i++) {
        struct record r[BATCH];
        static char text[BATCH][64];
        for (int k = 0; k < BATCH; k++) {
            snprintf(text[k], sizeof text[k], "request %u served in %u ms",
                     chance_below(&chance, 10000), chance_below(&chance, 100));
            r[k] = info(service, k == 0 ? "worker is awake" : text[k]);
            r[k].metadata = STR("{\"pid\":3}");
        }
        school_learn(s, r, BATCH, mode);
        s->now_us += 10 * CLOCK_MINUTE_US;
    }
}

/* A batch that is odd whatever the history is like: half of it failed logins, a new kind. */
static void make_odd(const char *service, struct record r[static BATCH])
{
    for (int i = 0; i < BATCH; i++) {
        r[i] = i == 0       ? error(service, "mirror of the vault is broken")
               : i % 2 == 0 ? error(service, "Failed password for root from 10.0.0.1")
                            : info(service, "request 17 served in 99 ms");
    }
}

static double z_of(const struct record *r, size_t n)
{
    struct judged j = school_judge(&school, r, n);
    return fmax(j.all, j.prior);
}

static const struct model_service *service_of(const char *name)
{
    int i = school_find(&school, name);
    ck_assert_int_ge(i, 0);
    return &school.m->service[i];
}

static struct trace trace_of(const char *service, const char *message)
{
    struct record r = info(service, message);
    arena_reset(&school.arena);
    return school_analyse(&school, &r, 1).trace[0];
}

/* --- quarantine --- */

START_TEST(of_an_odd_batch_it_is_learned_that_it_came)
{
    struct record odd[BATCH];
    work(&school, "web", 200, LEARN_LIVE);
    make_odd("web", odd);
    ck_assert_double_gt(z_of(odd, BATCH), WINDOW_QUARANTINE_Z);
    struct model *before = malloc(sizeof *before);
    ck_assert_ptr_nonnull(before);
    memcpy(before, school.m, sizeof *before);
    school_learn(&school, odd, BATCH, LEARN_LIVE);
    const struct model_service *s = service_of("web"),
                               *b = &before->service[school_find(&school, "web")];
    enum window_kind kind = window_kind_of(BATCH);
    ck_assert_double_eq_tol((double)(s->kind[kind].n - b->kind[kind].n), 1, .01);
    ck_assert_double_eq_tol((double)(s->kind[kind].pool.n - b->kind[kind].pool.n), 1,
                            .01);
    ck_assert_double_eq_tol((double)(s->counted - b->counted), BATCH, .01);
    /* of errors and failed logins not many more than usual, for a share may be its own */
    ck_assert_double_eq_tol((double)(s->errors - b->errors), 1, .01);
    ck_assert_double_eq_tol((double)(s->logins - b->logins), 1, .01);
    ck_assert_double_eq_tol((double)s->once, (double)b->once, .01);
    ck_assert(!trace_of("web", "mirror of the vault is broken").known);
    ck_assert(!trace_of("web", "Failed password for root from 10.0.0.1").known);
    ck_assert_mem_eq(&before->values, &school.m->values, sizeof before->values);
    ck_assert_mem_eq(&before->spelling, &school.m->spelling, sizeof before->spelling);
    free(before);
}
END_TEST

START_TEST(an_odd_batch_does_not_count_for_the_kinds_that_are_known)
{
    struct record odd[BATCH];
    work(&school, "web", 200, LEARN_LIVE);
    make_odd("web", odd);
    int slot = trace_of("web", "request 17 served in 99 ms").slot;
    float count = school.m->template[slot].count, records = service_of("web")->records;
    school_learn(&school, odd, BATCH, LEARN_LIVE);
    ck_assert_double_eq_tol((double)school.m->template[slot].count, (double)count, .01);
    ck_assert_double_eq_tol((double)service_of("web")->records, (double)records, .01);
}
END_TEST

START_TEST(what_its_owner_vouches_for_is_learned_whatever_it_is)
{
    struct record odd[BATCH];
    work(&school, "web", 200, LEARN_CLEAN);
    make_odd("web", odd);
    school_learn(&school, odd, BATCH, LEARN_CLEAN);
    ck_assert(trace_of("web", "mirror of the vault is broken").known);
    ck_assert_double_eq_tol((double)service_of("web")->logins, BATCH / 2 - 1, .01);
    ck_assert_double_eq_tol((double)service_of("web")->errors, 1, .01);
}
END_TEST

/* Two new kinds in each batch, and else what is usual. */
static void make_news(struct record r[static BATCH])
{
    for (int i = 0; i < BATCH; i++) {
        r[i] = info("web", i == 3   ? "hatch seven was opened by the night crew"
                           : i == 7 ? "lamp oil is running low again"
                                    : "request 17 served in 99 ms");
    }
}

START_TEST(what_is_new_in_odd_company_is_normal_after_it_has_come_on_enough_days)
{
    struct record news[BATCH];
    work(&school, "web", 400, LEARN_LIVE);
    for (int day = 0; day < PROBATION_DAYS; day++) {
        for (int i = 0; i < 10; i++) {
            make_news(news);
            ck_assert_msg(z_of(news, BATCH) > WINDOW_QUARANTINE_Z, "day %d", day);
            ck_assert(!trace_of("web", "lamp oil is running low again").known);
            school_learn(&school, news, BATCH, LEARN_LIVE);
            if (day == PROBATION_DAYS - 1) {
                break;
            }
        }
        school.now_us += LESSONS_DAY_US;
    }
    ck_assert(trace_of("web", "lamp oil is running low again").known);
    make_news(news);
    arena_reset(&school.arena);
    ck_assert_uint_eq(school_analyse(&school, news, BATCH).group[0].window.news_n, 0);
    for (int i = 0; i < 3; i++) { /* rare it is for a little longer */
        school_learn(&school, news, BATCH, LEARN_LIVE);
        work(&school, "web", 5, LEARN_LIVE);
    }
    ck_assert_double_le(z_of(news, BATCH), 3); /* under the threshold of .8 */
}
END_TEST

START_TEST(however_often_it_comes_on_one_day_it_stays_odd)
{
    struct record odd[BATCH];
    work(&school, "web", 200, LEARN_LIVE);
    make_odd("web", odd);
    for (int i = 0; i < 30; i++) {
        ck_assert_msg(z_of(odd, BATCH) > 3, "at %d: %g", i, z_of(odd, BATCH));
        school_learn(&school, odd, BATCH, LEARN_LIVE);
        school.now_us += CLOCK_SECOND_US;
    }
}
END_TEST

/* --- what is ordinary --- */

START_TEST(what_is_ordinary_is_learned)
{
    work(&school, "web", 60, LEARN_LIVE);
    const struct model_service *s = service_of("web");
    ck_assert_double_eq_tol((double)s->records, 60 * BATCH, .01);
    ck_assert_double_eq_tol((double)s->counted, 60 * BATCH, .01);
    ck_assert_double_eq_tol((double)s->kind[window_kind_of(BATCH)].n, 60, .01);
    ck_assert_int_eq(school.m->records, 60 * BATCH);
    ck_assert_int_eq(school.m->batches, 60);
    ck_assert_int_eq(model_templates_n(school.m, school_find(&school, "web")), 2);
    struct trace t = trace_of("web", "worker is awake");
    ck_assert(t.known);
    ck_assert_double_eq_tol((double)school.m->template[t.slot].count, 60, .01);
    ck_assert_double_gt((double)t.raw[TRACE_RARE], .9); /* one in twelve */
    ck_assert_uint_eq(school.m->template[t.slot].id, t.id);
    ck_assert(s->time.latest_us == school.now_us - 10 * CLOCK_MINUTE_US);
}
END_TEST

START_TEST(an_ordinary_share_of_errors_is_learned)
{
    double first = 0, last = 0;
    struct record r[BATCH];
    for (int i = 0; i < 300; i++) {
        for (int k = 0; k < BATCH; k++) {
            r[k] = k % 3 == 1 ? error("web", "backend 3 is away")
                              : info("web", "all is well");
        }
        last = z_of(r, BATCH);
        first = i == 0 ? last : first;
        school_learn(&school, r, BATCH, LEARN_CLEAN);
    }
    ck_assert_double_gt(first, WINDOW_QUARANTINE_Z);
    ck_assert_double_lt(last, 1);
    ck_assert_double_eq_tol(window_share(service_of("web"), false), 1.0 / 3, .02);
}
END_TEST

START_TEST(the_same_lessons_make_the_same_model)
{
    struct school twin;
    struct record odd[BATCH];
    school_open(&twin, 0xa5);
    for (int i = 0; i < 2; i++) {
        struct school *s = i ? &twin : &school;
        uint64_t chance = 4;
        for (int k = 0; k < 60; k++) {
            struct record r[BATCH];
            static char text[BATCH][120];
            for (int q = 0; q < BATCH; q++) {
                snprintf(
                    text[q], sizeof text[q],
                    q % 3 ? "unit %u said %u"
                          : "10.0.0.1 - - [22/Nov/2026:10:00:00 +0100] \"GET /p%u?a=%u "
                            "HTTP/1.1\" 200 17",
                    chance_below(&chance, 5), chance_below(&chance, 1000));
                r[q] = info(q % 2 ? "web" : "app", text[q]);
                r[q].metadata = q % 4 ? STR("{\"pid\":3}") : STR("{}");
            }
            school_learn(s, r, BATCH, LEARN_LIVE);
            if (k % 20 == 19) {
                make_odd("web", odd);
                school_learn(s, odd, BATCH, LEARN_LIVE);
                arena_reset(&s->arena);
                struct analysis a = school_analyse(s, r, BATCH);
                learn_window(s->m, a.group[0].service, WINDOW_SESSION, &a.group[0].window,
                             s->now_us);
            }
            s->now_us += LESSONS_DAY_US;
        }
    }
    ck_assert(memcmp(twin.m, school.m, sizeof *twin.m) == 0);
    school_close(&twin);
}
END_TEST

START_TEST(services_learn_apart_also_in_one_batch)
{
    struct record r[] = {info("a", "it is up"), info("b", "it is idle"),
                         info("a", "bye")};
    school_learn(&school, r, ROWS(r), LEARN_LIVE);
    ck_assert(trace_of("a", "it is up").known && trace_of("b", "it is idle").known);
    ck_assert(!trace_of("b", "it is up").known && !trace_of("a", "it is idle").known);
    ck_assert_double_eq_tol((double)service_of("a")->records, 2, .01);
    ck_assert_double_eq_tol((double)service_of("b")->records, 1, .01);
}
END_TEST

/* --- time --- */

START_TEST(a_record_from_the_future_moves_no_time)
{
    struct err e;
    work(&school, "web", 1, LEARN_LIVE);
    struct record r = info("web", "worker is awake");
    r.event_us = school.now_us + 70 * 365 * LESSONS_DAY_US;
    arena_reset(&school.arena);
    struct analysis a = school_analyse(&school, &r, 1);
    struct learn_batch b = {&r, &a, LEARN_LIVE, false, &school.arena};
    float records = service_of("web")->records;
    ck_assert(!learn_batch(school.m, &b, &e));
    ck_assert(service_of("web")->time.latest_us == school.now_us);
    ck_assert_double_eq_tol((double)service_of("web")->records, (double)records + 1, .01);
}
END_TEST

START_TEST(time_does_not_go_back)
{
    work(&school, "web", 3, LEARN_LIVE);
    int64_t latest = service_of("web")->time.latest_us;
    school.now_us -= 100 * LESSONS_DAY_US;
    work(&school, "web", 1, LEARN_LIVE);
    ck_assert(service_of("web")->time.latest_us == latest);
}
END_TEST

/* A file of last month is imported, or a clock was ahead once. */
START_TEST(time_goes_back_if_all_comes_from_before)
{
    work(&school, "web", 30, LEARN_LIVE);
    double span = service_of("web")->alarms.span_us;
    school.now_us -= 30 * LESSONS_DAY_US;
    work(&school, "web", 7, LEARN_LIVE); /* the second is the one too many */
    ck_assert(service_of("web")->time.latest_us == school.now_us - 10 * CLOCK_MINUTE_US);
    ck_assert_double_eq_tol(service_of("web")->alarms.span_us - span,
                            5.0 * 10 * CLOCK_MINUTE_US, 1);
}
END_TEST

/* A file of last month is imported while the service goes on: its life is no longer for it. */
START_TEST(going_to_and_fro_in_time_takes_nothing)
{
    work(&school, "web", 60, LEARN_LIVE);
    int64_t now_us = school.now_us, past_us = now_us - 30 * LESSONS_DAY_US;
    float counted = service_of("web")->counted;
    double span = service_of("web")->alarms.span_us;
    for (int i = 1; i <= 50; i++) {
        school.now_us = past_us + i * CLOCK_MINUTE_US;
        work(&school, "web", 2, LEARN_LIVE);
        school.now_us = now_us + i * 30 * CLOCK_MINUTE_US;
        work(&school, "web", 1, LEARN_LIVE);
    }
    ck_assert_double_gt((double)service_of("web")->counted, (double)counted);
    ck_assert_double_lt(service_of("web")->alarms.span_us - span,
                        50.0 * 60 * CLOCK_MINUTE_US);
    ck_assert(learn_overdue(school.m, school_find(&school, "web"), -1, school.now_us) <
              0);
}
END_TEST

/* What came once is counted half as often after a half-life, and comes again: it was seen
 * more than once, but is none the less one of many that come seldom. */
START_TEST(what_is_new_stays_so_after_many_half_lives)
{
    static const char *const seldom[] = {"report of cellar", "audit of attic",
                                         "survey by barge", "census in harbour"};
    double first = 0;
    for (int month = 0; month < 8; month++) {
        for (int i = 0; i < 60; i++) {
            work(&school, "web", 4, LEARN_CLEAN);
            school.now_us += 11 * 60 * CLOCK_MINUTE_US;
        }
        for (int i = 0; i < ROWS(seldom); i++) {
            struct record r = info("web", seldom[i]);
            school_learn(&school, &r, 1, LEARN_CLEAN);
        }
        const struct model_service *s = service_of("web");
        ck_assert(s->once >= 0 && s->once_grave >= 0);
        struct record r[BATCH];
        for (int i = 0; i < BATCH; i++) {
            r[i] = info("web", i ? "worker is awake" : "mirror of the vault is broken");
        }
        double z = school_judge(&school, r, BATCH).news;
        first = month == 1 ? z : first;
        ck_assert_msg(month < 2 || z >= first, "month %d: %g, not %g", month, z, first);
    }
    ck_assert_double_gt(first, 1);
}
END_TEST

START_TEST(the_day_is_the_services_own)
{
    struct record odd[BATCH];
    work(&school, "web", 60, LEARN_LIVE);
    int32_t today = (int32_t)(school.now_us / LESSONS_DAY_US);
    make_odd("web", odd);
    school_learn(&school, odd, BATCH, LEARN_LIVE);
    struct trace t = trace_of("web", odd[0].message.p);
    ck_assert(school.m->template[t.slot].probation.on);
    for (int day = -3; day <= 30000; day += 30003) { /* dated long ago, and ahead */
        arena_reset(&school.arena);
        for (int i = 0; i < BATCH; i++) {
            odd[i].event_us = school.now_us + day * LESSONS_DAY_US;
        }
        struct err e;
        struct analysis a = school_analyse(&school, odd, BATCH);
        struct learn_batch b = {odd, &a, LEARN_LIVE, false, &school.arena};
        ck_assert(!learn_batch(school.m, &b, &e));
        ck_assert_int_eq(school.m->template[t.slot].probation.last, today);
        ck_assert_int_eq(school.m->template[t.slot].probation.days, 1);
    }
}
END_TEST

START_TEST(a_service_of_very_many_records_is_halved_before_a_float_counts_no_further)
{
    work(&school, "web", 60, LEARN_LIVE);
    struct model_service *s = &school.m->service[school_find(&school, "web")];
    s->counted = s->records = MODEL_COUNTED_MAX - BATCH;
    work(&school, "web", 1, LEARN_LIVE);
    ck_assert_double_eq_tol((double)s->counted, MODEL_COUNTED_MAX, .5);
    work(&school, "web", 1, LEARN_LIVE);
    ck_assert_double_eq_tol((double)s->counted, MODEL_COUNTED_MAX / 2 + BATCH, .5);
    ck_assert(s->counted + 1 > s->counted);
}
END_TEST

START_TEST(times_before_1970_do_no_harm)
{
    school.now_us = -3 * LESSONS_DAY_US - 5 * 60 * CLOCK_MINUTE_US;
    work(&school, "web", 30, LEARN_LIVE);
    ck_assert(trace_of("web", "worker is awake").known);
}
END_TEST

START_TEST(an_older_half_counts_half)
{
    work(&school, "web", 100, LEARN_CLEAN);
    float records = service_of("web")->records;
    school.now_us = LESSONS_START_US + MODEL_HALVE_US - CLOCK_SECOND_US;
    work(&school, "web", 1, LEARN_CLEAN);
    ck_assert_double_eq_tol((double)service_of("web")->records, (double)records + BATCH,
                            .1);
    school.now_us = LESSONS_START_US + MODEL_HALVE_US;
    work(&school, "web", 1, LEARN_CLEAN);
    ck_assert_double_eq_tol((double)service_of("web")->records,
                            ((double)records + BATCH) / 2 + BATCH, .1);
}
END_TEST

/* --- windows that span batches --- */

START_TEST(sessions_are_learned_by_what_comes_together)
{
    work(&school, "web", 100, LEARN_CLEAN);
    int web = school_find(&school, "web");
    struct record whole[] = {info("web", "worker is awake"),
                             info("web", "request 1 served in 2 ms"),
                             info("web", "request 2 served in 3 ms")};
    struct record half[] = {whole[1], whole[2]};
    struct vector_spread spread =
        school.m->batch_spread[trace_of("web", "worker is awake").slot];
    for (int i = 0; i < 100; i++) {
        arena_reset(&school.arena);
        struct analysis a = school_analyse(&school, whole, ROWS(whole));
        learn_window(school.m, web, WINDOW_SESSION, &a.group[0].window, school.now_us);
    }
    struct judged j;
    arena_reset(&school.arena);
    struct analysis a = school_analyse(&school, whole, ROWS(whole));
    window_judge(school.m, web, WINDOW_SESSION, &a.group[0].window, &j);
    ck_assert(j.z[PART_VECTOR] <= 0);
    a = school_analyse(&school, half, ROWS(half));
    window_judge(school.m, web, WINDOW_SESSION, &a.group[0].window, &j);
    ck_assert_double_gt(j.z[PART_VECTOR], 1.5);
    int slot = trace_of("web", "worker is awake").slot; /* batches' counts are others */
    ck_assert_mem_eq(&spread, &school.m->batch_spread[slot], sizeof spread);
    ck_assert_double_gt((double)school.m->session_spread[slot].sum, 0);
    ck_assert_double_eq_tol((double)service_of("web")->kind[WINDOW_SESSION].n, 100, .01);
}
END_TEST

START_TEST(records_a_minute_are_learned_by_the_hour)
{
    struct window busy = {.n = 1000}, quiet = {.n = 10};
    work(&school, "web", 1, LEARN_CLEAN);
    int web = school_find(&school, "web");
    const struct model_volume *v = &service_of("web")->volume;
    for (int64_t minute = 0; minute < 48 * 60; minute++) {
        int64_t hour = minute / 60 % 24;
        learn_window(school.m, web, WINDOW_MINUTE, hour == 9 ? &busy : &quiet,
                     LESSONS_START_US + minute * CLOCK_MINUTE_US);
        if (minute == 24 * 60 + 9 * 60 + 59) {
            ck_assert_double_gt((double)v->recent, 900);
        }
    }
    ck_assert_double_eq_tol((double)v->hour[9], 1000, 1);
    ck_assert_double_eq_tol((double)v->hour[8], 10, .1);
    ck_assert_double_eq_tol((double)v->hour[23], 10, .1);
    ck_assert_double_lt((double)v->recent, 20);
}
END_TEST

/* Of two services the first one's job stays away; the others go on. */
START_TEST(what_stays_away_is_overdue_in_its_service_and_said_once)
{
    const char *const names[] = {"quiet", "cron", "backup", "web"};
    for (int i = 0; i < 2 * RHYTHM_MIN; i++) {
        for (int k = 0; k < ROWS(names); k++) {
            struct record r = info(names[k], "the job of the hour is done");
            school_learn(&school, &r, 1, LEARN_CLEAN);
        }
        school.now_us += 10 * CLOCK_MINUTE_US;
    }
    for (int i = 0; i < RHYTHM_MISSED + 2; i++) {
        for (int k = 0; k < ROWS(names); k++) {
            struct record r = info(names[k], "the job of the hour is done");
            if (k != 1) {
                school_learn(&school, &r, 1, LEARN_CLEAN);
            }
        }
        school.now_us += 10 * CLOCK_MINUTE_US;
    }
    for (int k = 0; k < ROWS(names); k++) {
        int service = school_find(&school, names[k]);
        int slot = learn_overdue(school.m, service, -1, school.now_us);
        ck_assert_msg((slot >= 0) == (k == 1), "%s: %d", names[k], slot);
        ck_assert(k != 1 || slot == trace_of("cron", "the job of the hour is done").slot);
        ck_assert_int_eq(learn_overdue(school.m, service, -1, school.now_us), -1);
    }
}
END_TEST

/* --- room --- */

static const char *word_of(unsigned number, char out[static 8])
{
    for (int i = 0; i < 6; i++, number /= 20) {
        out[i] = (char)('g' + number % 20);
    }
    out[6] = '\0';
    return out;
}

START_TEST(a_kind_that_was_forgotten_for_want_of_room_is_new_again)
{
    char first[8], text[8];
    for (unsigned i = 0; i < TEMPLATES_SERVICE_MAX + 10; i++) {
        struct record r = info("web", word_of(i * 7919, i ? text : first));
        school_learn(&school, &r, 1, LEARN_CLEAN);
    }
    ck_assert_uint_gt(school.m->templates.evicted_n, 0);
    ck_assert(!trace_of("web", first).known);
    struct trace t = trace_of("web", text);
    ck_assert(t.known);
    ck_assert_double_eq_tol((double)school.m->template[t.slot].count, 1, .01);
    ck_assert_uint_eq(school.m->template[t.slot].id, t.id);
}
END_TEST

START_TEST(a_service_that_takes_anothers_place_begins_anew)
{
    char text[8];
    for (unsigned i = 0; i < MODEL_SERVICES_MAX + 1; i++) {
        struct record r = info(word_of(i, text), "it is up and running");
        ck_assert(!trace_of(text, "it is up and running").known);
        for (int k = 0; k < 3; k++) {
            school_learn(&school, &r, 1, LEARN_CLEAN);
        }
        struct trace t = trace_of(text, "it is up and running");
        ck_assert(t.known);
        ck_assert_double_eq_tol((double)school.m->template[t.slot].count, 3, .01);
        ck_assert_uint_eq(school.m->template[t.slot].seen, 3);
        struct record odd = error(text, "it fell into the sea");
        school_learn(&school, &odd, 1, LEARN_CLEAN);
        t = trace_of(text, "it fell into the sea");
        ck_assert_uint_eq(school.m->template[t.slot].id, t.id);
        ck_assert(school.m->template[t.slot].grave);
        ck_assert_uint_eq(school.m->template[t.slot].seen, 1);
    }
    ck_assert_uint_eq(school.m->forgotten, 1);
}
END_TEST

START_TEST(without_memory_nothing_is_learned)
{
    struct err e;
    struct arena none;
    work(&school, "web", 5, LEARN_LIVE);
    struct record r[] = {info("web", "worker is awake"), info("new", "it is up")};
    arena_reset(&school.arena);
    struct analysis a = school_analyse(&school, r, ROWS(r));
    arena_init(&none, 16);
    struct model *before = malloc(sizeof *before);
    ck_assert_ptr_nonnull(before);
    memcpy(before, school.m, sizeof *before);
    struct learn_batch b = {r, &a, LEARN_LIVE, false, &none};
    ck_assert_int_eq(learn_batch(school.m, &b, &e), ERR_NOMEM);
    ck_assert_mem_eq(before, school.m, sizeof *before);
    arena_free(&none);
    free(before);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        of_an_odd_batch_it_is_learned_that_it_came,
        an_odd_batch_does_not_count_for_the_kinds_that_are_known,
        what_its_owner_vouches_for_is_learned_whatever_it_is,
        what_is_new_in_odd_company_is_normal_after_it_has_come_on_enough_days,
        however_often_it_comes_on_one_day_it_stays_odd,
        what_is_ordinary_is_learned,
        an_ordinary_share_of_errors_is_learned,
        the_same_lessons_make_the_same_model,
        services_learn_apart_also_in_one_batch,
        a_record_from_the_future_moves_no_time,
        time_does_not_go_back,
        time_goes_back_if_all_comes_from_before,
        going_to_and_fro_in_time_takes_nothing,
        what_is_new_stays_so_after_many_half_lives,
        the_day_is_the_services_own,
        a_service_of_very_many_records_is_halved_before_a_float_counts_no_further,
        times_before_1970_do_no_harm,
        an_older_half_counts_half,
        sessions_are_learned_by_what_comes_together,
        records_a_minute_are_learned_by_the_hour,
        what_stays_away_is_overdue_in_its_service_and_said_once,
        a_kind_that_was_forgotten_for_want_of_room_is_new_again,
        a_service_that_takes_anothers_place_begins_anew,
        without_memory_nothing_is_learned,
    };
    Suite *s = suite_create("learning");
    TCase *tc = tcase_create("learning");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
