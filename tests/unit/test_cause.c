/* test_cause.c - over made-up batches of a small host: the records that a verdict's reasons
 * name are its cause. The same over labelled logs is tests/detector/cause.sh. */
#include "tests/detector/cause_check.h"
#include "tests/unit/lessons.h"

#include <math.h>

#define THRESHOLD .8
enum { N = 60, BATCHES = 250, TEXT = 160 };

static struct school school;
static struct record r[N];
static char text[N][TEXT];
static char pid[N][24];

static void put(int i, const char *service, const char *level)
{
    r[i] = record_of(str_of(service), level, str_of(text[i]));
    r[i].metadata = str_of(pid[i]);
}

/* What the host does all day, in one service or in all. */
static void ordinary(uint64_t *chance, int i, uint32_t service)
{
    uint32_t dice = chance_below(chance, 100), number = chance_below(chance, 5000);
    snprintf(pid[i], sizeof pid[i], "{\"pid\":%u}", 1 + chance_below(chance, 3));
    switch (service) {
    case 0:
        snprintf(text[i], TEXT,
                 "10.0.0.%u - - [22/Nov/2026:10:00:00 +0100] \"GET /%s%u.html%s "
                 "HTTP/1.1\" %d 17 \"-\" \"Mozilla/5.0\"",
                 number % 250, dice % 2 ? "news" : "shop", number,
                 dice % 5 ? "" : "?page=2", dice == 7 ? 404 : 200);
        put(i, "web", "INFO");
        break;
    case 1:
        snprintf(text[i], TEXT,
                 dice < 94 ? "session opened for user u%u"
                           : "Failed password for root "
                             "from 10.0.0.1 port %u",
                 number % 7);
        put(i, "auth", dice < 94 ? "INFO" : "WARN");
        break;
    case 2:
        snprintf(text[i], TEXT,
                 dice < 50   ? "job %u started"
                 : dice < 97 ? "job %u ended with status=0"
                             : "job %u ended with status=1",
                 number);
        put(i, "cron", dice < 97 ? "INFO" : "ERROR");
        break;
    default:
        snprintf(text[i], TEXT,
                 dice < 40   ? "order %u received"
                 : dice < 70 ? "order %u paid"
                 : dice < 98 ? "order %u sent"
                             : "backend %u is slow",
                 number);
        put(i, "app", dice < 98 ? "INFO" : "WARN");
        break;
    }
}

static void make_batch(uint64_t *chance, bool one_service)
{
    uint32_t service = chance_below(chance, 4);
    for (int i = 0; i < N; i++) {
        ordinary(chance, i, one_service ? service : chance_below(chance, 4));
    }
}

static void set_up(void)
{
    uint64_t chance = 11;
    school_open(&school, 0x5a);
    for (int i = 0; i < 300; i++) {
        make_batch(&chance, i % 2);
        school_learn(&school, r, N, LEARN_CLEAN);
        school.now_us += 5 * CLOCK_MINUTE_US;
    }
}

static void tear_down(void)
{
    school_close(&school);
}

/* --- faults --- */

typedef void (*fault_fn)(uint64_t *chance, int i);

static void be_login(uint64_t *chance, int i)
{
    snprintf(text[i], TEXT, "Failed password for root from 10.0.0.%u port 22",
             chance_below(chance, 250));
    put(i, "auth", "ERROR");
}

static void be_error(uint64_t *chance, int i)
{
    static const char *const services[] = {"cron", "app", "auth"};
    snprintf(text[i], TEXT, "job %u ended with status=1", chance_below(chance, 5000));
    put(i, services[chance_below(chance, 3)], "ERROR");
}

static void be_news(uint64_t *chance, int i)
{
    static const char *const kinds[] = {
        "mirror is broken", "hatch was opened at night", "lamp oil runs low again",
        "gulls sit on the deck", "kernel panic, all stop"};
    static const char *const services[] = {"web", "auth", "cron", "app"};
    snprintf(text[i], TEXT, "%s", kinds[chance_below(chance, 5)]);
    put(i, services[chance_below(chance, 4)], "INFO");
}

static void be_attack(uint64_t *chance, int i)
{
    static const char *const queries[] = {"id=1'%20OR%20'1'='1",
                                          "q=<script>alert(1)</script>",
                                          "f=../../../etc/passwd", "page=2"};
    snprintf(
        text[i], TEXT,
        "10.0.0.9 - - [22/Nov/2026:10:00:00 +0100] \"GET /shop7.html?%s HTTP/1.1\" 200 "
        "17 \"-\" \"Mozilla/5.0\"",
        queries[chance_below(chance, 4)]);
    put(i, "web", "INFO");
}

static void be_one_kind(uint64_t *chance, int i)
{
    snprintf(text[i], TEXT, "backend %u is slow", chance_below(chance, 50));
    put(i, "app", "WARN");
}

static void be_odd_value(uint64_t *chance, int i)
{
    snprintf(text[i], TEXT, "job 7 ended with status=%u",
             100 + chance_below(chance, 100));
    put(i, "cron", "INFO");
}

static void be_new_service(uint64_t *chance, int i)
{
    static const char *const services[] = {"mail", "dns", "vpn"};
    snprintf(text[i], TEXT, "it is not well, says unit %u", chance_below(chance, 9));
    put(i, services[chance_below(chance, 3)], "ERROR");
}

static void be_anything(uint64_t *chance, int i)
{
    static const fault_fn all[] = {be_login,    be_error,     be_news,       be_attack,
                                   be_one_kind, be_odd_value, be_new_service};
    all[chance_below(chance, ROWS(all))](chance, i);
}

static const struct fault {
    const char *name;
    fault_fn make;
} faults[] = {
    {"failed logins", be_login},      {"errors", be_error},
    {"new messages", be_news},        {"attacks", be_attack},
    {"too much of one", be_one_kind}, {"odd values", be_odd_value},
    {"new services", be_new_service}, {"all at once", be_anything},
};

static struct cause_found found;

static enum cause check(int n)
{
    struct cause_batch b = {.m = school.m,
                            .records = r,
                            .n = (size_t)n,
                            .now_us = school.now_us,
                            .threshold = THRESHOLD,
                            .arena = &school.arena};
    arena_reset(&school.arena);
    return cause_check(&b, &found);
}

START_TEST(the_named_records_are_the_cause)
{
    const struct fault *f = &faults[_i];
    uint64_t chance = 100 + (uint64_t)_i;
    int flagged = 0, missed = 0;
    for (int run = 0; run < BATCHES; run++) {
        int n = 1 + (int)chance_below(&chance, N);
        uint32_t share = 5 + chance_below(&chance, 60);
        make_batch(&chance, run % 2);
        for (int i = 0; i < n; i++) {
            if (chance_below(&chance, 100) < share) {
                f->make(&chance, i);
            }
        }
        enum cause cause = check(n);
        ck_assert_int_ne(cause, CAUSE_NO_MEMORY);
        flagged += cause != CAUSE_NOT_FLAGGED;
        missed += cause == CAUSE_MISSED;
    }
    ck_assert_msg(flagged >= BATCHES / 5, "%s: only %d are flagged", f->name, flagged);
    ck_assert_msg(missed * 100 <= flagged,
                  "%s: of %d flagged %d are not for what is named", f->name, flagged,
                  missed);
}
END_TEST

/* More services at once than reasons, and than rounds of looking for more. */
START_TEST(also_if_many_services_are_odd)
{
    static char names[N][16];
    enum { EACH = 5 };
    uint64_t chance = 3;
    int missed = 0;
    for (int services = 1; services <= N / EACH; services++) {
        make_batch(&chance, false);
        for (int i = 0; i < services * EACH; i++) {
            snprintf(names[i / EACH], sizeof names[0], "s%d", i / EACH);
            be_login(&chance, i);
            r[i].service = str_of(names[i / EACH]);
        }
        enum cause cause = check(N);
        ck_assert_int_ne(cause, CAUSE_NO_MEMORY);
        missed += cause == CAUSE_MISSED;
    }
    ck_assert_int_eq(missed, 0);
}
END_TEST

/* Known services with a history of their own, many of them odd: each on its own is over. */
static const int odd_services[] = {2, 4, 6, 10, 20};

START_TEST(also_if_many_services_with_a_history_are_odd)
{
    static char names[20][16];
    for (int i = 0; i < 20; i++) {
        snprintf(names[i], sizeof names[i], "s%d", i);
    }
    for (int k = 0; k < 80; k++) {
        for (int i = 0; i < N; i++) {
            snprintf(text[i], TEXT, "step %d of work is done", k);
            snprintf(pid[i], sizeof pid[i], "{}");
            put(i, names[i % 20], "INFO");
        }
        school_learn(&school, r, N, LEARN_CLEAN);
    }
    for (int i = 0; i < N; i++) {
        bool odd = i % 20 < odd_services[_i];
        snprintf(text[i], TEXT,
                 odd ? "fatal: unit %c has failed" : "step %d of work is done",
                 'a' + i % 20);
        put(i, names[i % 20], odd ? "ERROR" : "INFO");
    }
    enum cause cause = check(N);
    ck_assert_msg(cause == CAUSE_NAMED, "%d: left %g, named %zu", (int)cause, found.left,
                  found.named);
    ck_assert_uint_le(found.verdict.reasons_n, VERDICT_REASONS_MAX);
}
END_TEST

START_TEST(ordinary_batches_are_hardly_ever_flagged)
{
    uint64_t chance = 55;
    int flagged = 0;
    for (int run = 0; run < 4 * BATCHES; run++) {
        make_batch(&chance, run % 2);
        flagged += check(N) != CAUSE_NOT_FLAGGED;
    }
    ck_assert_msg(flagged <= BATCHES / 25, "%d of %d", flagged, 4 * BATCHES);
}
END_TEST

START_TEST(what_is_not_the_cause_is_not_named)
{
    uint64_t chance = 9;
    make_batch(&chance, false);
    be_attack(&chance, 17);
    snprintf(
        text[17], TEXT,
        "10.0.0.9 - - [22/Nov/2026:10:00:00 +0100] \"GET /shop7.html?id=1'%%20OR%%20'1'="
        "'1 HTTP/1.1\" 200 17 \"-\" \"Mozilla/5.0\"");
    put(17, "web", "INFO");
    ck_assert_int_eq(check(N), CAUSE_NAMED);
    ck_assert_msg(found.named <= 5, "%zu records are named", found.named);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cause");
    TCase *tc = tcase_create("cause");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, the_named_records_are_the_cause, 0, ROWS(faults));
    tcase_add_test(tc, also_if_many_services_are_odd);
    tcase_add_loop_test(tc, also_if_many_services_with_a_history_are_odd, 0,
                        ROWS(odd_services));
    tcase_add_test(tc, ordinary_batches_are_hardly_ever_flagged);
    tcase_add_test(tc, what_is_not_the_cause_is_not_named);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
