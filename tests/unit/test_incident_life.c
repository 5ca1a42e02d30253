/* test_incident_life.c - what becomes of an incident: how long it lasts, when it comes back
 * and when it is told once more. */
#include "fcgi/core/incident_life.h"

#include "tests/unit/unit.h"

#include <math.h>

#define T         INT64_C(1795348848000000)
#define HOUR      (60 * CLOCK_MINUTE_US)
#define DAY       (24 * HOUR)
#define QUIET     INCIDENT_QUIET_US
#define THRESHOLD 0.8
#define OPEN      INCIDENT_STATUS_OPEN
#define ACK       INCIDENT_STATUS_ACKNOWLEDGED
#define RESOLVED  INCIDENT_STATUS_RESOLVED

/* An incident that lasted a second from T on, and one occurrence, some time after its end. */
static const struct {
    const char *name;
    enum incident_status status;
    int64_t muted_us; /* from the occurrence's now on: > 0 muted, < 0 no more; 0 never */
    int64_t after_us;
    enum incident_act act;
    enum incident_status next;
    enum incident_event event;
} rows[] = {
    {"open, near", OPEN, 0, QUIET, INCIDENT_EXTEND, OPEN, INCIDENT_EVENT_NONE},
    {"open, past near", OPEN, 0, QUIET + 1, INCIDENT_OPEN, OPEN, INCIDENT_EVENT_OPENED},
    {"acknowledged, near", ACK, 0, 1, INCIDENT_EXTEND, ACK, INCIDENT_EVENT_NONE},
    {"acknowledged, a day", ACK, 0, DAY, INCIDENT_EXTEND, ACK, INCIDENT_EVENT_NONE},
    {"acknowledged, 7 days", ACK, 0, 7 * DAY, INCIDENT_EXTEND, ACK, INCIDENT_EVENT_NONE},
    {"acknowledged, past 7 days", ACK, 0, 7 * DAY + 1, INCIDENT_OPEN, OPEN,
     INCIDENT_EVENT_OPENED},
    {"resolved, at once", RESOLVED, 0, 1, INCIDENT_REOPEN, OPEN,
     INCIDENT_EVENT_REGRESSION},
    {"resolved, 30 days", RESOLVED, 0, 30 * DAY, INCIDENT_REOPEN, OPEN,
     INCIDENT_EVENT_REGRESSION},
    {"resolved, past 30 days", RESOLVED, 0, 30 * DAY + 1, INCIDENT_OPEN, OPEN,
     INCIDENT_EVENT_OPENED},
    {"muted, near", OPEN, 1, 1, INCIDENT_EXTEND, OPEN, INCIDENT_EVENT_NONE},
    {"muted, a year", OPEN, 1, 365 * DAY, INCIDENT_EXTEND, OPEN, INCIDENT_EVENT_NONE},
    {"muted and resolved", RESOLVED, 1, DAY, INCIDENT_EXTEND, RESOLVED,
     INCIDENT_EVENT_NONE},
    {"the mute has just ended", OPEN, -1, 365 * DAY, INCIDENT_OPEN, OPEN,
     INCIDENT_EVENT_OPENED},
    {"the mute has ended, near", OPEN, -1, QUIET, INCIDENT_EXTEND, OPEN,
     INCIDENT_EVENT_NONE},
    {"the mute of a resolved one has ended", RESOLVED, -1, DAY, INCIDENT_REOPEN, OPEN,
     INCIDENT_EVENT_REGRESSION},
    {"resolved, older than it", RESOLVED, 0, -2 * QUIET, INCIDENT_OPEN, OPEN,
     INCIDENT_EVENT_OPENED},
    {"resolved, of a clock that is behind", RESOLVED, 0, -QUIET, INCIDENT_REOPEN, OPEN,
     INCIDENT_EVENT_REGRESSION},
    {"acknowledged, older than it", ACK, 0, -2 * QUIET, INCIDENT_OPEN, OPEN,
     INCIDENT_EVENT_OPENED},
};

static struct incident known_of(enum incident_status status)
{
    return (struct incident){.id = 7,
                             .first_us = T - 1000,
                             .last_us = T,
                             .count = 5,
                             .severity = 0.9,
                             .status = status,
                             .regressions = 2,
                             .told_severity = 0.9,
                             .told_count = 5};
}

START_TEST(lasts_as_long_as_people_say)
{
    struct verdict v = {.score = 0.85};
    struct incident known = known_of(rows[_i].status);
    int64_t at_us = T + rows[_i].after_us, now_us = at_us + HOUR;
    known.muted_until_us = rows[_i].muted_us ? now_us + (rows[_i].muted_us > 0) : 0;
    struct occurrence o = {.verdict = &v, .at_us = at_us, .now_us = now_us};
    struct incident_change c = incident_decide(THRESHOLD, &known, QUIET, &o);
    const char *name = rows[_i].name;
    ck_assert_msg(c.act == rows[_i].act, "%s: act %d", name, (int)c.act);
    ck_assert_msg(c.next.status == rows[_i].next, "%s: status", name);
    ck_assert_msg(incident_change_event(&c) == rows[_i].event, "%s: event", name);
    if (c.act == INCIDENT_OPEN) {
        ck_assert_msg(c.next.id == 0 && c.next.count == 1 && c.next.regressions == 0,
                      "%s", name);
    } else {
        ck_assert_msg(c.next.id == 7 && c.next.count == 6, "%s: count", name);
        ck_assert_msg(c.next.regressions == 2 + (c.act == INCIDENT_REOPEN), "%s", name);
        ck_assert_msg(c.next.muted_until_us == known.muted_until_us, "%s: mute", name);
    }
}
END_TEST

/* A finding that says nothing but what the incident holds does not bring it back. */
START_TEST(what_was_told_before_is_no_coming_back)
{
    struct verdict v = {.score = 0.85};
    struct incident known = known_of(RESOLVED);
    struct occurrence again = {&v, T - 500, false, true, T, T - 500},
                      counted = {&v, T, true, true, T, T};
    struct incident_change c = incident_decide(THRESHOLD, &known, QUIET, &again);
    ck_assert(c.act == INCIDENT_EXTEND && c.next.status == RESOLVED && c.next.count == 5);
    c = incident_decide(THRESHOLD, &known, QUIET, &counted);
    ck_assert(c.act == INCIDENT_EXTEND && c.next.status == RESOLVED && c.next.count == 5);
}
END_TEST

/* Scores whose evidence is this. */
static double score_of(double evidence)
{
    return 1 - pow(0.2, evidence / 3);
}

static const struct {
    const char *name;
    double told, severity;
    int64_t told_count, count;
    bool worse;
} worse[] = {
    {"the same", 0.9, 0.9, 1, 1, false},
    {"twice the evidence", 0.8, 0.9601, 1, 1, true},
    {"not quite twice", 0.8, 0.9599, 1, 1, false},
    {"ten times as often", 0.9, 0.9, 3, 30, true},
    {"nine times and some", 0.9, 0.9, 3, 29, false},
    {"from one to ten", 0.9, 0.9, 1, 10, true},
    {"from one to nine", 0.9, 0.9, 1, 9, false},
    {"from near one to one", 1 - 0x1p-53, 1, 1, 1, false},
    {"one and still one", 1, 1, 1, 1, false},
    {"from little to one", 0.8, 1, 1, 1, true},
    {"nothing was told", 0, 0.9, 0, 9, false},
};

START_TEST(much_worse_is_twice_the_evidence_or_ten_times_as_often)
{
    struct incident before = {.told_severity = worse[_i].told,
                              .told_count = worse[_i].told_count};
    struct incident after = {.severity = worse[_i].severity, .count = worse[_i].count};
    ck_assert_msg(incident_is_much_worse(&before, &after) == worse[_i].worse, "%s",
                  worse[_i].name);
}
END_TEST

/* One that grows is told at its opening and each time it is twice as bad, no more. */
START_TEST(is_told_again_only_when_much_worse_than_what_was_told)
{
    struct verdict v = {.score = 0.85};
    struct occurrence o = {.verdict = &v, .at_us = T, .now_us = T};
    struct incident_change c = incident_decide(THRESHOLD, NULL, QUIET, &o);
    struct incident now = c.next;
    int told = 0;
    for (int i = 0; i < 98; i++) { /* occurrences 2 to 99 */
        c = incident_decide(THRESHOLD, &now, QUIET, &o);
        told += incident_change_event(&c) == INCIDENT_EVENT_WORSE;
        now = c.next;
    }
    ck_assert_int_eq(told, 1); /* the tenth */
    ck_assert_int_eq(now.told_count, 10);
    v.score = score_of(60);
    c = incident_decide(THRESHOLD, &now, QUIET, &o);
    ck_assert_int_eq(incident_change_event(&c), INCIDENT_EVENT_WORSE);
    ck_assert_double_eq(c.next.told_severity, v.score);
}
END_TEST

START_TEST(a_muted_one_is_not_told_until_the_mute_has_ended)
{
    struct verdict v = {.score = score_of(50)};
    struct incident known = known_of(OPEN);
    known.muted_until_us = T + DAY;
    struct occurrence o = {.verdict = &v, .at_us = T, .now_us = T + DAY - 1};
    struct incident_change c = incident_decide(THRESHOLD, &known, QUIET, &o);
    ck_assert_int_eq(incident_change_event(&c), INCIDENT_EVENT_NONE);
    ck_assert(c.worse && c.next.told_count == 5 && c.next.told_severity == 0.9);
    o.now_us++;
    c = incident_decide(THRESHOLD, &known, QUIET, &o);
    ck_assert_int_eq(incident_change_event(&c), INCIDENT_EVENT_WORSE);
}
END_TEST

static const struct {
    int64_t after_us;
    const char *text;
} spans[] = {
    {1, "came back less than a minute after it was last seen, though it was resolved"},
    {CLOCK_MINUTE_US - 1,
     "came back less than a minute after it was last seen, though it was resolved"},
    {CLOCK_MINUTE_US,
     "came back 1 minute after it was last seen, though it was resolved"},
    {HOUR - 1, "came back 59 minutes after it was last seen, though it was resolved"},
    {HOUR, "came back 1 hour after it was last seen, though it was resolved"},
    {DAY - 1, "came back 23 hours after it was last seen, though it was resolved"},
    {3 * DAY, "came back 3 days after it was last seen, though it was resolved"},
    {-1000,
     "came back less than a minute after it was last seen, though it was resolved"},
};

START_TEST(says_after_how_long_it_came_back)
{
    char text[INCIDENT_EVENT_BYTES];
    struct incident known = known_of(RESOLVED);
    struct incident_change c = {.act = INCIDENT_REOPEN, .next = known};
    CHECK_STR("regression", incident_event_text(&known, &c, T + spans[_i].after_us, text),
              str_of(spans[_i].text));
}
END_TEST

START_TEST(says_how_much_worse_it_is)
{
    char text[INCIDENT_EVENT_BYTES];
    struct incident known = known_of(OPEN);
    struct incident_change c = {
        .act = INCIDENT_EXTEND, .next = known, .much_worse = true};
    c.next.count = 50;
    c.next.severity = 0.98765;
    CHECK_STR("worse", incident_event_text(&known, &c, T, text),
              STR("50 occurrences, severity 0.9877; when last told 5, severity 0.9"));
    c.much_worse = false;
    CHECK_STR("extended", incident_event_text(&known, &c, T, text), STR(""));
    c.act = INCIDENT_OPEN;
    CHECK_STR("opened", incident_event_text(NULL, &c, T, text), STR(""));
    c.next.count = c.next.told_count = INT64_MAX; /* the longest there is */
    known.told_count = INT64_MAX;
    known.told_severity = c.next.severity = -1.234567e-300;
    c.act = INCIDENT_EXTEND;
    c.much_worse = true;
    ck_assert_uint_lt(incident_event_text(&known, &c, T, text).n,
                      INCIDENT_EVENT_BYTES - 1);
}
END_TEST

START_TEST(has_names_for_every_status_and_event)
{
    enum incident_status s;
    for (int i = 0; i < INCIDENT_STATUSES_N; i++) {
        const char *name = incident_status_name((enum incident_status)i);
        ck_assert(incident_status_of(str_of(name), &s) && (int)s == i);
    }
    ck_assert(!incident_status_of(STR("Open"), &s) && s == OPEN);
    ck_assert(!incident_status_of(STR_NONE, &s) && s == OPEN);
    for (int i = 0; i < INCIDENT_EVENTS_N; i++) {
        const char *name = incident_event_name((enum incident_event)i);
        ck_assert(name && (name[0] != '\0') == (i != INCIDENT_EVENT_NONE));
        for (int k = 0; k < i; k++) {
            ck_assert_str_ne(name, incident_event_name((enum incident_event)k));
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("incident_life");
    TCase *tc = tcase_create("incident_life");
    tcase_add_loop_test(tc, lasts_as_long_as_people_say, 0, ROWS(rows));
    tcase_add_test(tc, what_was_told_before_is_no_coming_back);
    tcase_add_loop_test(tc, much_worse_is_twice_the_evidence_or_ten_times_as_often, 0,
                        ROWS(worse));
    tcase_add_test(tc, is_told_again_only_when_much_worse_than_what_was_told);
    tcase_add_test(tc, a_muted_one_is_not_told_until_the_mute_has_ended);
    tcase_add_loop_test(tc, says_after_how_long_it_came_back, 0, ROWS(spans));
    tcase_add_test(tc, says_how_much_worse_it_is);
    tcase_add_test(tc, has_names_for_every_status_and_event);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
