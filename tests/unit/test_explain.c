/* test_explain.c - each sentence can be counted again: its numbers are those of the records
 * that it names; the strongest reasons stay; texts are whole whatever was sent. */
#include "scoring/explain.h"
#include "tests/unit/lessons.h"

#include "fcgi/base/utf8.h"

#include <math.h>

static struct school school;
enum { BATCH = 40 };
static struct record batch[BATCH];
static struct analysis a;
static struct judged j;
static struct verdict v;

static void set_up(void)
{
    school_open(&school, 0x5a);
    memset(&j, 0, sizeof j);
    memset(&v, 0, sizeof v);
    j.count_slot = -1;
}

static void tear_down(void)
{
    school_close(&school);
}

#define WEB(request)                                                                     \
    "10.0.0.1 - - [22/Nov/2026:10:00:00 +0100] \"GET " request " HTTP/1.1\" 200 17 "     \
    "\"-\" \"Mozilla/5.0\""

/* Two services take turns; both fail now and then, each at its own records. */
static void make_batch(const char *first, const char *second)
{
    for (int i = 0; i < BATCH; i++) {
        const char *service = i % 2 ? second : first;
        batch[i] = i % 8 == 0 || i % 8 == 3
                       ? error(service, "Failed password for root from 10.0.0.1")
                   : i % 8 == 2 || i % 8 == 1 ? error(service, "disk is full")
                                              : info(service, "it is up");
    }
}

static void learn_and_look(int times)
{
    for (int i = 0; i < times; i++) {
        school_learn(&school, batch, BATCH, LEARN_CLEAN);
    }
    arena_reset(&school.arena);
    a = school_analyse(&school, batch, BATCH);
}

static const struct reason *explain(uint32_t group)
{
    const struct group *g = &a.group[group];
    struct explain x = {.m = school.m,
                        .service = g->service,
                        .kind = window_kind_of(g->window.n),
                        .w = &g->window,
                        .j = &j,
                        .name = g->name,
                        .within = "",
                        .records = batch,
                        .a = &a,
                        .group = group,
                        .arena = &school.arena};
    explain_window(&x, &v);
    ck_assert_uint_ge(v.reasons_n, 1);
    return &v.reasons[0];
}

/* What holds of every reason of a batch. */
static void assert_sound(const struct reason *r)
{
    ck_assert_uint_gt(strlen(r->text), 0);
    ck_assert_uint_eq(utf8_valid_prefix(str_of(r->text)), strlen(r->text));
    ck_assert_uint_eq(utf8_valid_prefix(str_of(r->value)), strlen(r->value));
    ck_assert_uint_eq(utf8_valid_prefix(str_of(r->template_text)),
                      strlen(r->template_text));
    ck_assert_uint_le(r->records_n, REASON_RECORDS_MAX);
    ck_assert_int_ge(r->records_total, (int64_t)r->records_n);
    ck_assert(r->stored || r->records_n > 0);
    for (size_t i = 0; i < r->records_n; i++) {
        ck_assert(r->stored || (r->records[i] >= 0 && r->records[i] < (int64_t)a.n));
        ck_assert(i == 0 || r->records[i] > r->records[i - 1]);
    }
}

/* The reason names just the records for which there is a mark. */
static void assert_names(const struct reason *r, bool (*marked)(int i))
{
    size_t n = 0;
    for (int i = 0; i < (int)a.n; i++) {
        if (marked(i)) {
            ck_assert_msg(n < r->records_n && r->records[n] == i, "%d is not named", i);
            n++;
        }
    }
    ck_assert_uint_eq(r->records_n, n);
    ck_assert_int_eq(r->records_total, (int64_t)n);
    assert_sound(r);
}

/* --- sentences --- */

static bool is_login(int i)
{
    return i % 8 == 0;
}

static bool is_error(int i)
{
    return i % 8 == 2;
}

START_TEST(failed_logins_are_those_that_it_names)
{
    make_batch("auth", "web");
    learn_and_look(0);
    j.z[PART_LOGINS] = 5;
    const struct reason *r = explain(0);
    ck_assert_int_eq(r->channel, CHANNEL_FAILED_LOGINS);
    assert_names(r, is_login);
    ck_assert_double_eq_tol(r->observed, 5, 1e-9);
    ck_assert_int_eq(r->of, BATCH / 2);
    ck_assert_int_eq(r->usual_max, window_usual(NULL, true, BATCH / 2));
    ck_assert_double_eq_tol(r->expected, window_share(NULL, true) * BATCH / 2, 1e-9);
    ck_assert_double_eq_tol(r->evidence, 5, 1e-9);
    char text[80];
    snprintf(text, sizeof text, "5 failed logins in 20 records, usual 0%s",
             r->usual_max ? " to " : "");
    ck_assert_int_eq(strncmp(r->text, text, strlen(text)), 0);
}
END_TEST

START_TEST(errors_are_those_that_it_names)
{
    make_batch("auth", "web");
    learn_and_look(50); /* an eighth of its records: that is usual */
    j.z[PART_ERRORS] = 5;
    const struct reason *r = explain(0);
    ck_assert_int_eq(r->channel, CHANNEL_ERROR_SHARE);
    assert_names(r, is_error);
    ck_assert_double_eq_tol(r->observed, 5, 1e-9);
    ck_assert_double_eq_tol(r->expected, 5, .3);
    ck_assert_int_ge(r->usual_max, 5);
    CHECK_HAS(r->text, "5 errors in 20 records, usual 0 to ");
}
END_TEST

START_TEST(one_is_one)
{
    batch[0] = error("auth", "Failed password for root from 10.0.0.1");
    a = school_analyse(&school, batch, 1);
    j.z[PART_LOGINS] = 5;
    CHECK_HAS(explain(0)->text, "1 failed login in 1 record, usual 0");
}
END_TEST

static bool is_odd_one(int i)
{
    return i == 4;
}

START_TEST(a_new_message_is_shown_as_it_will_be_known)
{
    make_batch("auth", "web");
    learn_and_look(3);
    batch[4] = info("auth", "session 17 of user bob was moved to node 9");
    batch[5] = info("web", "a thing of the other service");
    learn_and_look(0);
    uint64_t id = a.trace[4].id;
    j.news = 4;
    const struct reason *r = explain(0);
    ck_assert_int_eq(r->channel, CHANNEL_NEW_TEMPLATE);
    assert_names(r, is_odd_one);
    ck_assert_double_eq_tol(r->observed, 1, 1e-9);
    ck_assert_uint_eq(r->template_id, id);
    ck_assert_uint_eq(v.new_templates_n, 1);
    ck_assert_uint_eq(v.new_templates[0], id);
    CHECK_HAS(r->text, "new in auth: '");
    CHECK_HAS(r->text, r->template_text);
    char shown[REASON_TEMPLATE_BYTES];
    memcpy(shown, r->template_text, sizeof shown);
    school_learn(&school, batch, BATCH, LEARN_CLEAN);
    arena_reset(&school.arena);
    a = school_analyse(&school, batch, BATCH);
    CHECK_STR("text", templates_text(&school.m->templates, a.trace[4].slot),
              str_of(shown));
    ck_assert_uint_eq(school.m->template[a.trace[4].slot].id, id);
}
END_TEST

static bool is_one_of_two(int i)
{
    return i == 4 || i == 12;
}

START_TEST(new_messages_of_failure_go_first)
{
    make_batch("auth", "web");
    learn_and_look(3);
    batch[4] = info("auth", "the night shift begins");
    batch[12] = info("auth", "mirror seven is broken");
    learn_and_look(0);
    j.news = 4;
    const struct reason *r = explain(0);
    ck_assert_int_eq(r->channel, CHANNEL_NEW_FAILURE);
    assert_names(r, is_one_of_two); /* all that is new, for that is the cause */
    ck_assert_uint_eq(r->template_id, a.trace[12].id);
    CHECK_HAS(r->text, "mirror seven is broken");
}
END_TEST

START_TEST(an_attack_is_shown_with_its_value)
{
    make_batch("auth", "web");
    batch[4] = info("auth", WEB("/?id=1'%20OR%20'1'='1"));
    batch[5] = info("web", WEB("/?id=2'%20OR%20'2'='2"));
    learn_and_look(0);
    j.attack = 6;
    j.attack_kind = ATTACK_SQL_INJECTION;
    const struct reason *r = explain(0);
    ck_assert_int_eq(r->channel, CHANNEL_SIGNATURE);
    assert_names(r, is_odd_one);
    CHECK_HAS(r->text, attack_name(ATTACK_SQL_INJECTION));
    ck_assert_str_eq(r->value, "id=1'%20OR%20'1'='1");
    ck_assert_double_eq_tol(r->observed, 1, 1e-9);
}
END_TEST

static bool is_up(int i)
{
    return i % 8 == 4 || i % 8 == 6;
}

START_TEST(a_kind_that_came_too_often_is_counted)
{
    make_batch("auth", "web");
    learn_and_look(3);
    j.z[PART_COUNT] = 4;
    j.count_slot = a.trace[4].slot;
    j.count_key = a.trace[4].key;
    j.count_observed = 10;
    j.count_expected = 3;
    const struct reason *r = explain(0);
    ck_assert_int_eq(r->channel, CHANNEL_TEMPLATE_COUNT);
    assert_names(r, is_up);
    ck_assert_str_eq(r->template_text, "it is up");
    CHECK_HAS(r->text, "10 of 'it is up' in 20 records, usual 0 to ");
    ck_assert_int_ge(r->usual_max, 3);
}
END_TEST

START_TEST(what_is_odd_in_ones_records_is_shown)
{
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < BATCH; k++) {
            batch[k] = info("cron", "job backup ended with status=0");
        }
        school_learn(&school, batch, BATCH, LEARN_CLEAN);
    }
    batch[4] = info("cron", "job backup ended with status=137");
    learn_and_look(0);
    ck_assert_int_eq(a.group[0].window.peak[0].ref, 4);
    ck_assert_int_eq(a.group[0].window.peak[0].channel, TRACE_VALUE);
    j.z[PART_RECORDS] = 4;
    const struct reason *r = explain(0);
    ck_assert_int_eq(r->channel, CHANNEL_NEW_VALUE);
    assert_names(r, is_odd_one);
    ck_assert_str_eq(r->value, "137");
    CHECK_HAS(r->text, "137");
    CHECK_HAS(r->text, "in cron");
}
END_TEST

START_TEST(a_combination_says_what_is_missing)
{
    for (int i = 0; i < BATCH; i++) {
        batch[i] = info(
            "web", (const char *[]){"work begins", "work goes on", "work ends"}[i % 3]);
    }
    for (int i = 0; i < 100; i++) {
        school_learn(&school, batch, 3, LEARN_CLEAN);
    }
    arena_reset(&school.arena);
    a = school_analyse(&school, batch, 2);
    j.z[PART_VECTOR] = 3;
    const struct reason *r = explain(0);
    ck_assert_int_eq(r->channel, CHANNEL_COMBINATION);
    assert_sound(r);
    ck_assert_int_eq(r->records_total, 2);
    CHECK_HAS(r->text, "0 of 'work ends'");
    CHECK_HAS(r->text, "had 1");
}
END_TEST

START_TEST(of_many_somewhat_odd_records_it_is_told_how_many)
{
    make_batch("auth", "web");
    learn_and_look(3);
    int64_t low = 0;
    for (size_t i = 0; i < a.n; i++) { /* by hand: every fourth is odd */
        a.trace[i].z = i % 4 ? 0 : 2;
        low += i % 4 == 0;
    }
    a.group[0].window.low = low;
    j.z[PART_LOW] = 3;
    j.low_expected = 1.25;
    const struct reason *r = explain(0);
    ck_assert_int_eq(r->records_total, low);
    ck_assert_double_eq_tol(r->observed, (double)low, 1e-9);
    CHECK_HAS(r->text, "10 of 20 records in auth");
    CHECK_HAS(r->text, "1.2");
    assert_sound(r);
}
END_TEST

/* --- windows of stored records --- */

START_TEST(a_minutes_records_are_named_by_their_ids)
{
    struct explain_lists lists = {.n = 0};
    struct window w = {.n = 500, .logins = 20, .first = 900, .last = 1399};
    for (int i = 0; i < WINDOW_REFS; i++) {
        w.login_ref[i] = 1000 + 10 * i;
    }
    j.z[PART_LOGINS] = 7;
    struct explain x = {.m = school.m,
                        .service = -1,
                        .kind = WINDOW_MINUTE,
                        .w = &w,
                        .j = &j,
                        .name = STR("auth"),
                        .within = " within a minute",
                        .lists = &lists};
    explain_window(&x, &v);
    ck_assert_uint_eq(v.reasons_n, 1);
    const struct reason *r = &v.reasons[0];
    assert_sound(r);
    ck_assert(r->stored);
    ck_assert_int_eq(r->records_total, 20);
    ck_assert_uint_eq(r->records_n, WINDOW_REFS);
    ck_assert_int_eq(r->records[WINDOW_REFS - 1], 1000 + 10 * (WINDOW_REFS - 1));
    CHECK_HAS(r->text, "20 failed logins in 500 records within a minute");
    w.usual = 100;
    w.logins = 0;
    j.z[PART_LOGINS] = 0;
    j.z[PART_VOLUME] = 4;
    memset(&v, 0, sizeof v);
    explain_window(&x, &v);
    ck_assert_int_eq(v.reasons[0].channel, CHANNEL_VOLUME);
    CHECK_HAS(v.reasons[0].text, "500 records within a minute in auth, about 100 were");
}
END_TEST

/* --- which reasons --- */

START_TEST(the_strongest_reasons_stay_each_channel_once)
{
    uint64_t chance = 6;
    for (int run = 0; run < 3000; run++) {
        double best[CHANNELS_N] = {0};
        struct verdict w = {0};
        int n = (int)chance_below(&chance, 12);
        for (int i = 0; i < n; i++) {
            struct reason r = {.channel = (enum channel)chance_below(&chance, CHANNELS_N),
                               .evidence = 1 + chance_below(&chance, 100)};
            best[r.channel] = fmax(best[r.channel], r.evidence);
            explain_add(&w, &r);
        }
        for (size_t i = 0; i < VERDICT_REASONS_MAX; i++) {
            int c = 0;
            for (int k = 1; k < CHANNELS_N; k++) {
                c = best[k] > best[c] ? k : c;
            }
            ck_assert((i < w.reasons_n) == (best[c] > 0));
            ck_assert(i >= w.reasons_n || fabs(w.reasons[i].evidence - best[c]) < 1e-9);
            ck_assert(i >= w.reasons_n ||
                      fabs(best[w.reasons[i].channel] - best[c]) < 1e-9);
            if (i < w.reasons_n) {
                best[w.reasons[i].channel] = 0;
            }
        }
    }
}
END_TEST

START_TEST(what_is_ordinary_is_not_said_beside_what_is_odd)
{
    make_batch("auth", "web");
    learn_and_look(3);
    j.z[PART_LOGINS] = 5;
    j.z[PART_ERRORS] = .5;
    explain(0);
    ck_assert_uint_eq(v.reasons_n, 1);
    memset(&v, 0, sizeof v);
    j.z[PART_LOGINS] = 0; /* but if there is nothing else */
    ck_assert_int_eq(explain(0)->channel, CHANNEL_ERROR_SHARE);
}
END_TEST

/* --- hostile texts --- */

/* Names and messages of every length around what there is room for, of letters of one to
 * four bytes. */
static const char *const letters[] = {"x", "\xc3\xa9", "\xe2\x82\xac",
                                      "\xf0\x9f\x98\x80"};

static struct str repeat(const char *letter, size_t bytes, char *out)
{
    size_t one = strlen(letter), n = 0;
    for (; n + one <= bytes; n += one) {
        memcpy(out + n, letter, one);
    }
    return (struct str){out, n};
}

START_TEST(texts_are_cut_between_letters)
{
    static char name[CORE_SERVICE_BYTES], message[2000];
    const char *letter = letters[_i];
    for (size_t size = 1; size<700; size += size> 150 && size < 270 ? 1 : 13) {
        struct str service = repeat(
            letter, size < CORE_SERVICE_BYTES ? size : CORE_SERVICE_BYTES - 1, name);
        struct str text = repeat(letter, size, message);
        memset(&v, 0, sizeof v);
        batch[0] = record_of(service, "ERROR", text);
        arena_reset(&school.arena);
        a = school_analyse(&school, batch, 1);
        a.trace[0].z = 2;
        j.news = 4;
        j.z[PART_ERRORS] = 3;
        j.z[PART_RECORDS] = 2;
        explain(0);
        for (size_t i = 0; i < v.reasons_n; i++) {
            assert_sound(&v.reasons[i]);
        }
        ck_assert_uint_ge(v.reasons_n, 2);
    }
}
END_TEST

/* Cut or not, a value does not write over what is beside it. */
START_TEST(values_of_every_length_have_room)
{
    static char request[1200], value[1000];
    const char *letter = letters[_i];
    for (size_t size = 230; size < 300; size++) {
        struct str text = repeat(letter, size, value);
        int n =
            snprintf(request, sizeof request, WEB("/?q=<script>%.*s"), STR_ARGS(text));
        batch[0] = record_of(STR("web"), "INFO", (struct str){request, (size_t)n});
        memset(&v, 0, sizeof v);
        arena_reset(&school.arena);
        a = school_analyse(&school, batch, 1);
        if (a.trace[0].attack == ATTACK_NONE) {
            continue;
        }
        j.attack = 5;
        j.attack_kind = (enum attack)a.trace[0].attack;
        const struct reason *r = explain(0);
        assert_sound(r);
        size_t whole = text.n + strlen("q=<script>");
        ck_assert_msg(
            strlen(r->value) == whole ||
                (whole >= REASON_VALUE_BYTES && str_ends(str_of(r->value), STR("..."))),
            "%zu: %s", whole, r->value);
    }
}
END_TEST

START_TEST(a_values_end_is_not_written_beside_it)
{
    static char request[1200], value[1000];
    struct arena small;
    for (size_t size = 230; size < 300; size++) {
        struct str text = repeat("x", size, value);
        int n =
            snprintf(request, sizeof request, WEB("/?q=<script>%.*s"), STR_ARGS(text));
        batch[0] = record_of(STR("web"), "INFO", (struct str){request, (size_t)n});
        arena_reset(&school.arena);
        a = school_analyse(&school, batch, 1);
        j.attack_kind = (enum attack)a.trace[0].attack;
        arena_init(&small, sizeof(struct front) + 8); /* no room for the list */
        struct explain x = {.m = school.m,
                            .service = -1,
                            .w = &a.group[0].window,
                            .j = &j,
                            .name = STR("web"),
                            .within = "",
                            .records = batch,
                            .a = &a,
                            .arena = &small};
        memset(&v, 0, sizeof v);
        explain_window(&x, &v);
        ck_assert(v.reasons_n == 0 || v.reasons[0].records_n > 0 ||
                  v.reasons[0].records == NULL);
        arena_free(&small);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        failed_logins_are_those_that_it_names,
        errors_are_those_that_it_names,
        one_is_one,
        a_new_message_is_shown_as_it_will_be_known,
        new_messages_of_failure_go_first,
        an_attack_is_shown_with_its_value,
        a_kind_that_came_too_often_is_counted,
        what_is_odd_in_ones_records_is_shown,
        a_combination_says_what_is_missing,
        of_many_somewhat_odd_records_it_is_told_how_many,
        a_minutes_records_are_named_by_their_ids,
        the_strongest_reasons_stay_each_channel_once,
        what_is_ordinary_is_not_said_beside_what_is_odd,
        a_values_end_is_not_written_beside_it,
    };
    Suite *s = suite_create("explain");
    TCase *tc = tcase_create("explain");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    tcase_add_loop_test(tc, texts_are_cut_between_letters, 0, ROWS(letters));
    tcase_add_loop_test(tc, values_of_every_length_have_room, 0, ROWS(letters));
    suite_add_tcase(s, tc);
    return unit_run(s);
}
