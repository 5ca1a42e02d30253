/* test_zone.c - local time as UTC, where clocks are set forward and back. */
#include "fcgi/base/zone.h"

#include "tests/unit/unit.h"

static int64_t us_of(const char *utc)
{
    int64_t us = -1;
    ck_assert_msg(clock_parse(str_of(utc), &us), "%s", utc);
    return us;
}

static clock_zone_fn open_zone(const char *name)
{
    struct err e;
    clock_zone_fn zone = NULL;
    ck_assert_msg(zone_open(name, &zone, &e) == ERR_NONE, "%s: %s", name, e.msg);
    return zone;
}

static const struct {
    const char *zone, *local, *utc;
} times[] = {
    {"Europe/Berlin", "2026-11-22 13:00:48", "2026-11-22 12:00:48"},
    {"Europe/Berlin", "2026-07-01 13:00:48.123456", "2026-07-01 11:00:48.123456"},
    /* set forward at 2:00: 2:30 does not occur, and is what 3:30 is */
    {"Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29 00:59:59"},
    {"Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29 01:30:00"},
    {"Europe/Berlin", "2026-03-29 03:30:00", "2026-03-29 01:30:00"},
    {"Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29 01:00:00"},
    /* set back at 3:00: 2:30 occurs twice, and is the first */
    {"Europe/Berlin", "2026-10-25 01:59:59", "2026-10-24 23:59:59"},
    {"Europe/Berlin", "2026-10-25 02:00:00", "2026-10-25 00:00:00"},
    {"Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25 00:30:00"},
    {"Europe/Berlin", "2026-10-25 02:59:59", "2026-10-25 00:59:59"},
    {"Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25 02:00:00"},
    {"America/New_York", "2026-11-01 01:30:00", "2026-11-01 05:30:00"},
    {"America/New_York", "2026-11-01 02:00:00", "2026-11-01 07:00:00"},
    {"Asia/Kathmandu", "2026-11-22 12:00:00", "2026-11-22 06:15:00"},
    {"Australia/Lord_Howe", "2026-10-04 02:15:00", "2026-10-03 15:45:00"},
    {"Etc/UTC", "2026-11-22 12:00:00", "2026-11-22 12:00:00"},
};

START_TEST(converts_local_time)
{
    clock_zone_fn zone = open_zone(times[_i].zone);
    int64_t us = -1;
    ck_assert(zone != NULL);
    ck_assert(clock_parse_in(str_of(times[_i].local), zone, &us));
    ck_assert_msg(us == us_of(times[_i].utc), "%s in %s: got %lld, want %lld",
                  times[_i].local, times[_i].zone, (long long)us,
                  (long long)us_of(times[_i].utc));
}
END_TEST

START_TEST(leaves_alone_what_names_its_zone)
{
    clock_zone_fn zone = open_zone("Europe/Berlin");
    int64_t us = -1;
    ck_assert(clock_parse_in(STR("2026-11-22T12:00:48Z"), zone, &us));
    ck_assert_int_eq(us, us_of("2026-11-22 12:00:48"));
    ck_assert(clock_parse_in(STR("2026-11-22T12:00:48+05:00"), zone, &us));
    ck_assert_int_eq(us, us_of("2026-11-22 07:00:48"));
    ck_assert(clock_parse_in(STR("1795348848"), zone, &us));
    ck_assert_int_eq(us, us_of("2026-11-22 12:00:48"));
}
END_TEST

START_TEST(does_not_depend_on_what_was_asked_before)
{
    clock_zone_fn zone = open_zone("Europe/Berlin");
    int64_t twice = us_of("2026-10-25 02:30:00");
    for (int month = 1; month <= 12; month++) {
        char text[32];
        snprintf(text, sizeof text, "2026-%02d-15 12:00", month);
        zone(us_of(text));
        ck_assert_int_eq(zone(twice), us_of("2026-10-25 00:30:00"));
    }
}
END_TEST

/* Every local time of a year, a quarter of an hour apart. */
START_TEST(keeps_the_order_but_for_the_hour_that_is_missing)
{
    clock_zone_fn zone = open_zone("Europe/Berlin");
    int64_t missing = us_of("2026-03-29 02:00:00"), hour = 60 * CLOCK_MINUTE_US;
    int64_t before = 0, end = us_of("2027-01-01");
    for (int64_t t = us_of("2026-01-01"); t < end; t += 15 * CLOCK_MINUTE_US) {
        bool again = t >= missing + hour && t < missing + 2 * hour;
        int64_t utc = zone(t);
        ck_assert_msg(again ? utc == zone(t - hour) : utc > before, "%lld", (long long)t);
        before = again ? before : utc;
    }
}
END_TEST

START_TEST(utc_needs_no_conversion)
{
    ck_assert(open_zone("UTC") == NULL);
}
END_TEST

START_TEST(takes_the_zone_of_the_machine)
{
    ck_assert(open_zone("local") != NULL);
    ck_assert_str_eq(getenv("TZ"), ":/etc/localtime");
}
END_TEST

static const char *const unknown[] = {
    "",
    "Europe/Berlim",
    "Europe",
    "CEST+1",
    "/etc/localtime",
    "../../../etc/passwd",
    "Europe/../../../../etc/passwd",
    ":UTC",
    "utc ",
    "Europe/Berlin\n",
    "Local",
    "Europe/BerlinBerlinBerlinBerlinBerlinBerlinBerlinBerlinBerlinBerlin",
};

START_TEST(refuses_a_zone_that_does_not_exist)
{
    struct err e;
    clock_zone_fn zone;
    ck_assert_msg(zone_check(unknown[_i], &e) == ERR_INVALID, "\"%s\" was taken",
                  unknown[_i]);
    ck_assert_int_eq(zone_open(unknown[_i], &zone, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "TIME_ZONE is");
    CHECK_HAS(e.msg, "Europe/Berlin");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("zone");
    unit_table(s, "times", converts_local_time, ROWS(times));
    unit_case(s, "named", leaves_alone_what_names_its_zone);
    unit_case(s, "state", does_not_depend_on_what_was_asked_before);
    unit_case(s, "order", keeps_the_order_but_for_the_hour_that_is_missing);
    unit_case(s, "utc", utc_needs_no_conversion);
    unit_case(s, "local", takes_the_zone_of_the_machine);
    unit_table(s, "unknown", refuses_a_zone_that_does_not_exist, ROWS(unknown));
    return unit_run(s);
}
