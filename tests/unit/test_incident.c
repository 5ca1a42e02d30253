/* test_incident.c - when is something an incident, and which one. incident_decide is a
 * pure function; each row gives it one occurrence and the newest incident of its key. */
#include "fcgi/core/incident.h"

#include "fcgi/base/utf8.h"
#include "tests/unit/unit.h"

#include <math.h>

#define T         INT64_C(1795348848000000)
#define QUIET     (30 * CLOCK_MINUTE_US)
#define THRESHOLD 0.8

static const struct incident known = {
    .id = 7, .first_us = T, .last_us = T + 1000, .count = 3, .severity = 0.9};

/* What is to come out, so that a row of the table is a line or two. */
#define NONE                                                                             \
    {                                                                                    \
        .act = INCIDENT_NONE                                                             \
    }
#define OPENS(at, score)                                                                 \
    {                                                                                    \
        .act = INCIDENT_OPEN,                                                            \
        .next = {.first_us = (at), .last_us = (at), .count = 1, .severity = (score)},    \
        .worse = true                                                                    \
    }
#define EXTENDS(first, last, times, score, is_worse)                                     \
    {                                                                                    \
        .act = INCIDENT_EXTEND,                                                          \
        .next = {.id = 7,                                                                \
                 .first_us = (first),                                                    \
                 .last_us = (last),                                                      \
                 .count = (times),                                                       \
                 .severity = (score)},                                                   \
        .worse = (is_worse)                                                              \
    }

static const struct {
    const char *name;
    bool none_known;
    double score;
    int64_t at_us;
    bool counted_before, window;
    struct incident_change want;
} decisions[] = {
    {"equal to the threshold makes none", true, 0.8, T, false, false, NONE},
    {"equal to the threshold extends none", false, 0.8, T, false, false, NONE},
    {"below it", true, 0.1, T, false, false, NONE},
    {"no number", true, NAN, T, false, false, NONE},
    {"just above it opens", true, 0.8 + 0x1p-52, T, false, false,
     OPENS(T, 0.8 + 0x1p-52)},
    {"one opens", true, 1, T, false, false, OPENS(T, 1)},
    {"opens though counted before", true, 1, T, true, false, OPENS(T, 1)},
    {"weaker extends", false, 0.85, T + 2000, false, false,
     EXTENDS(T, T + 2000, 4, 0.9, false)},
    {"as strong extends, not worse", false, 0.9, T + 2000, false, false,
     EXTENDS(T, T + 2000, 4, 0.9, false)},
    {"stronger extends, worse", false, 0.95, T + 2000, false, false,
     EXTENDS(T, T + 2000, 4, 0.95, true)},
    {"counted before extends, not counted again", false, 0.85, T + 2000, true, false,
     EXTENDS(T, T + 2000, 3, 0.9, false)},
    {"counted before and stronger", false, 0.99, T + 2000, true, false,
     EXTENDS(T, T + 2000, 3, 0.99, true)},
    {"half an hour later extends", false, 0.85, T + 1000 + QUIET, false, false,
     EXTENDS(T, T + 1000 + QUIET, 4, 0.9, false)},
    {"past half an hour later opens", false, 0.85, T + 1001 + QUIET, false, false,
     OPENS(T + 1001 + QUIET, 0.85)},
    {"within it moves no end", false, 0.85, T + 500, false, false,
     EXTENDS(T, T + 1000, 4, 0.9, false)},
    {"out of order, before it, moves the beginning", false, 0.85, T - 5000, false, false,
     EXTENDS(T - 5000, T + 1000, 4, 0.9, false)},
    {"half an hour before extends", false, 0.85, T - QUIET, false, false,
     EXTENDS(T - QUIET, T + 1000, 4, 0.9, false)},
    {"past half an hour before opens", false, 0.85, T - QUIET - 1, false, false,
     OPENS(T - QUIET - 1, 0.85)},
    {"a window within it is the same one told again", false, 0.85, T + 500, false, true,
     EXTENDS(T, T + 1000, 3, 0.9, false)},
    {"a window at its beginning", false, 0.9, T, false, true,
     EXTENDS(T, T + 1000, 3, 0.9, false)},
    {"a window at its end", false, 0.9, T + 1000, false, true,
     EXTENDS(T, T + 1000, 3, 0.9, false)},
    {"a stronger window within it counts", false, 0.95, T + 500, false, true,
     EXTENDS(T, T + 1000, 4, 0.95, true)},
    {"a window before it counts", false, 0.85, T - 1, false, true,
     EXTENDS(T - 1, T + 1000, 4, 0.9, false)},
    {"a window after it counts", false, 0.85, T + 1001, false, true,
     EXTENDS(T, T + 1001, 4, 0.9, false)},
    {"a window alone opens", true, 0.85, T, false, true, OPENS(T, 0.85)},
};

START_TEST(decides_by_score_key_and_time)
{
    const char *name = decisions[_i].name;
    struct verdict v = {.score = decisions[_i].score};
    struct occurrence o = {&v,
                           decisions[_i].at_us,
                           decisions[_i].counted_before,
                           decisions[_i].window,
                           decisions[_i].at_us,
                           decisions[_i].at_us};
    struct incident_change want = decisions[_i].want;
    struct incident_change got =
        incident_decide(THRESHOLD, decisions[_i].none_known ? NULL : &known, QUIET, &o);
    ck_assert_msg(got.act == want.act, "%s: act %d", name, (int)got.act);
    if (want.act != INCIDENT_NONE) {
        ck_assert_msg(got.next.id == want.next.id, "%s: id", name);
        ck_assert_msg(got.next.first_us == want.next.first_us, "%s: first", name);
        ck_assert_msg(got.next.last_us == want.next.last_us, "%s: last", name);
        ck_assert_msg(got.next.count == want.next.count, "%s: count", name);
        ck_assert_msg(got.next.severity == want.next.severity, "%s: severity", name);
        ck_assert_msg(got.worse == want.worse, "%s: worse", name);
    }
}
END_TEST

/* Such as the ten minutes round a minute that was told, a moment later. */
START_TEST(a_window_that_reaches_back_to_it_counts_only_if_it_is_stronger)
{
    struct verdict v = {.score = 0.85};
    struct occurrence o = {.verdict = &v,
                           .at_us = T + 3000,
                           .window = true,
                           .now_us = T,
                           .from_us = T + 1000};
    struct incident_change c = incident_decide(THRESHOLD, &known, QUIET, &o);
    ck_assert_int_eq(c.next.count, known.count);
    ck_assert_int_eq(c.next.last_us, T + 3000);
    o.from_us++; /* it begins after what was told */
    c = incident_decide(THRESHOLD, &known, QUIET, &o);
    ck_assert_int_eq(c.next.count, known.count + 1);
    o.from_us = T;
    v.score = 0.95;
    c = incident_decide(THRESHOLD, &known, QUIET, &o);
    ck_assert_int_eq(c.next.count, known.count + 1);
}
END_TEST

START_TEST(opens_none_at_the_highest_threshold)
{
    struct verdict v = {.score = 1};
    struct occurrence o = {.verdict = &v, .at_us = T, .now_us = T};
    ck_assert_int_eq(incident_decide(1, NULL, QUIET, &o).act, INCIDENT_NONE);
    v.score = 0.001;
    ck_assert_int_eq(incident_decide(0, NULL, QUIET, &o).act, INCIDENT_OPEN);
}
END_TEST

/* Replayed in another order, the same occurrences make the same incident. */
START_TEST(does_not_depend_on_the_order_of_neighbours)
{
    static const int64_t orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}};
    for (size_t k = 0; k < 4; k++) {
        struct incident one = {0};
        for (size_t i = 0; i < 3; i++) {
            struct verdict v = {.score = 0.9};
            struct occurrence o = {.verdict = &v,
                                   .at_us = T + orders[k][i] * 25 * CLOCK_MINUTE_US,
                                   .now_us = T};
            struct incident_change c =
                incident_decide(THRESHOLD, i > 0 ? &one : NULL, QUIET, &o);
            ck_assert_int_eq(c.act, i > 0 ? INCIDENT_EXTEND : INCIDENT_OPEN);
            one = c.next;
        }
        ck_assert_int_eq(one.first_us, T);
        ck_assert_int_eq(one.last_us, T + 50 * CLOCK_MINUTE_US);
        ck_assert_int_eq(one.count, 3);
    }
}
END_TEST

static struct verdict verdict_of(struct str service, const char *text)
{
    struct verdict v = {.score = 0.9, .service = service, .reasons_n = 1};
    v.reasons[0].channel = CHANNEL_FAILED_LOGINS;
    snprintf(v.reasons[0].text, sizeof v.reasons[0].text, "%s", text);
    return v;
}

START_TEST(a_key_reaches_as_far_as_it_is_said)
{
    struct verdict v = {.score = 0.9};
    struct occurrence o = {
        .verdict = &v, .at_us = T + 1000 + 24 * 60 * CLOCK_MINUTE_US, .now_us = T};
    struct incident_change c =
        incident_decide(THRESHOLD, &known, INCIDENT_TEMPLATE_US, &o);
    ck_assert_int_eq(c.act, INCIDENT_EXTEND);
    o.at_us++;
    c = incident_decide(THRESHOLD, &known, INCIDENT_TEMPLATE_US, &o);
    ck_assert_int_eq(c.act, INCIDENT_OPEN);
}
END_TEST

/* --- keys --- */

static char key_bytes[INCIDENT_KEY_BYTES];

/* The main key, which is the last one. */
static struct str main_key(const struct verdict *v)
{
    struct incident_key key = {0};
    size_t n = 0;
    while (incident_key(v, n, key_bytes, &key)) {
        n++;
    }
    ck_assert_uint_gt(n, 0);
    ck_assert(incident_key(v, n - 1, key_bytes, &key));
    ck_assert(key.reach_us == INCIDENT_QUIET_US && key.template_id == 0);
    ck_assert_uint_eq(key.text.n, 0);
    ck_assert_ptr_eq(key.key.p, key_bytes);
    return key.key;
}

static const struct {
    const char *name;
    enum channel channel;
    struct str key;
} keys[] = {
    {"failed logins", CHANNEL_FAILED_LOGINS, LIT("failed_logins|auth")},
    {"errors", CHANNEL_ERROR_SHARE, LIT("error_share|auth")},
    {"signature", CHANNEL_SIGNATURE, LIT("signature|auth")},
    {"new templates are one", CHANNEL_NEW_TEMPLATE, LIT("new_template|auth")},
    {"new failures are another", CHANNEL_NEW_FAILURE, LIT("new_failure|auth")},
    {"template count", CHANNEL_TEMPLATE_COUNT, LIT("template_count|auth|t2f")},
    {"combination", CHANNEL_COMBINATION, LIT("combination|auth")},
    {"new value", CHANNEL_NEW_VALUE, LIT("new_value|auth|t2f")},
    {"odd value", CHANNEL_ODD_VALUE, LIT("odd_value|auth|t2f")},
    {"rare", CHANNEL_RARE, LIT("rare|auth")},
    {"volume", CHANNEL_VOLUME, LIT("volume|auth")},
    {"overdue", CHANNEL_OVERDUE, LIT("overdue|auth|t2f")},
};

START_TEST(has_a_key_of_channel_and_service_and_for_some_of_the_template)
{
    struct verdict v = verdict_of(STR("auth"), "");
    ck_assert_int_eq(ROWS(keys), CHANNELS_N);
    v.reasons[0].channel = keys[_i].channel;
    v.reasons[0].template_id = 0x2f;
    CHECK_STR(keys[_i].name, main_key(&v), keys[_i].key);
    ck_assert_uint_eq(strlen(key_bytes), keys[_i].key.n);
}
END_TEST

START_TEST(does_without_a_service_and_a_template)
{
    struct verdict v = verdict_of(STR_NONE, "");
    CHECK_STR("no service", main_key(&v), STR("failed_logins|"));
    v.reasons[0].channel = CHANNEL_NEW_VALUE;
    CHECK_STR("no template", main_key(&v), STR("new_value|"));
}
END_TEST

START_TEST(tells_the_longest_names_apart)
{
    char name[CORE_SERVICE_BYTES - 1], one[INCIDENT_KEY_BYTES];
    memset(name, 's', sizeof name);
    struct verdict v = verdict_of((struct str){name, sizeof name}, "");
    v.reasons[0].channel = CHANNEL_TEMPLATE_COUNT;
    v.reasons[0].template_id = UINT64_MAX;
    struct str key = main_key(&v);
    ck_assert_uint_lt(key.n, sizeof one);
    memcpy(one, key.p, key.n);
    v.reasons[0].template_id--;
    ck_assert(!str_eq(main_key(&v), (struct str){one, key.n}));
}
END_TEST

START_TEST(new_templates_are_keys_of_a_day_before_the_main_one)
{
    struct incident_key key;
    struct verdict v = verdict_of(STR("auth"), "");
    v.reasons[0].channel = CHANNEL_NEW_TEMPLATE;
    v.reasons[0].template_id = 0x1b;
    snprintf(v.reasons[0].template_text, sizeof v.reasons[0].template_text, "a * b");
    v.new_templates[0] = 0x1a;
    v.new_templates[1] = 0x1b;
    v.new_templates_n = 2;
    ck_assert(incident_key(&v, 0, key_bytes, &key));
    CHECK_STR("first", key.key, STR("t1a"));
    ck_assert(key.reach_us == INCIDENT_TEMPLATE_US && key.template_id == 0x1a);
    CHECK_STR("not known", key.text, STR(""));
    ck_assert(incident_key(&v, 1, key_bytes, &key));
    CHECK_STR("second", key.key, STR("t1b"));
    CHECK_STR("known", key.text, STR("a * b"));
    ck_assert(incident_key(&v, 2, key_bytes, &key));
    CHECK_STR("main", key.key, STR("new_template|auth"));
    ck_assert(!incident_key(&v, 3, key_bytes, &key));
    CHECK_STR("none", key.key, STR("new_template|auth"));
}
END_TEST

/* Its words would be lost in the incident of some new message that comes with it. */
START_TEST(an_attack_is_an_incident_of_its_own)
{
    static const enum channel attacks[] = {CHANNEL_FAILED_LOGINS, CHANNEL_SIGNATURE};
    struct incident_key key;
    struct verdict v = verdict_of(STR("auth"), "");
    v.new_templates[0] = 0x1a;
    v.new_templates_n = 1;
    for (size_t i = 0; i < 2; i++) {
        v.reasons[0].channel = attacks[i];
        ck_assert(incident_key(&v, 0, key_bytes, &key));
        ck_assert(key.template_id == 0);
        ck_assert(!incident_key(&v, 1, key_bytes, &key));
    }
}
END_TEST

START_TEST(says_service_and_strongest_reason)
{
    char text[INCIDENT_SUMMARY_BYTES];
    struct verdict v = verdict_of(STR("auth"), "37 failed logins in 50 records");
    CHECK_STR("summary", incident_summary(&v, text),
              STR("auth: 37 failed logins in 50 records"));
    v = verdict_of(STR_NONE, "37 failed logins");
    CHECK_STR("no service", incident_summary(&v, text), STR("37 failed logins"));
    ck_assert_str_eq(text, "37 failed logins");
}
END_TEST

/* The longest service and the longest reason that there can be, in two-byte letters. */
START_TEST(keeps_a_summary_valid_text_when_it_is_cut)
{
    char name[CORE_SERVICE_BYTES - 1], reason[REASON_TEXT_BYTES];
    char text[INCIDENT_SUMMARY_BYTES];
    for (size_t i = 0; i < sizeof name; i++) {
        name[i] = i % 2 ? '\xA9' : '\xC3';
    }
    for (size_t i = 0; i < sizeof reason; i++) {
        reason[i] = i % 2 ? '\xA9' : '\xC3';
    }
    reason[sizeof reason - 2] = '\0';
    struct verdict v = verdict_of((struct str){name, sizeof name}, reason);
    struct str summary = incident_summary(&v, text);
    ck_assert_uint_lt(summary.n, INCIDENT_SUMMARY_BYTES);
    ck_assert_msg(utf8_valid_prefix(summary) == summary.n, "a letter is cut in two");
}
END_TEST

START_TEST(prints_features_with_reasons_as_sentences)
{
    struct buf b;
    struct record r = {.service = STR("auth"), .rank = LEVEL_WARN};
    struct verdict v = verdict_of(STR("auth"), "37 failed logins");
    struct features f;
    features_count(&r, 1, T, &f);
    buf_init(&b, 4096);
    incident_features(&b, &f, &v);
    CHECK_STR(
        "features", buf_view(&b),
        STR("{\"count\":1,\"warn_count\":1,\"error_count\":0,\"failed_login_count\":0,"
            "\"services\":[\"auth\"],\"reasons\":[\"37 failed logins\"]}"));
    buf_free(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("incident");
    unit_table(s, "decide", decides_by_score_key_and_time, ROWS(decisions));
    unit_case(s, "threshold", opens_none_at_the_highest_threshold);
    unit_case(s, "windows",
              a_window_that_reaches_back_to_it_counts_only_if_it_is_stronger);
    unit_case(s, "order", does_not_depend_on_the_order_of_neighbours);
    unit_case(s, "reach", a_key_reaches_as_far_as_it_is_said);
    unit_table(s, "key", has_a_key_of_channel_and_service_and_for_some_of_the_template,
               ROWS(keys));
    unit_case(s, "key-none", does_without_a_service_and_a_template);
    unit_case(s, "key-limit", tells_the_longest_names_apart);
    unit_case(s, "key-templates", new_templates_are_keys_of_a_day_before_the_main_one);
    unit_case(s, "key-attack", an_attack_is_an_incident_of_its_own);
    unit_case(s, "summary", says_service_and_strongest_reason);
    unit_case(s, "summary-limit", keeps_a_summary_valid_text_when_it_is_cut);
    unit_case(s, "features", prints_features_with_reasons_as_sentences);
    return unit_run(s);
}
