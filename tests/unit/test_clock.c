/* test_clock.c - times as text, and back. */
#include "fcgi/base/clock.h"

#include "tests/unit/unit.h"

#define NOON INT64_C(1795348848) /* 2026-11-22T12:00:48Z */

static const struct {
    const char *text;
    int64_t us;
} readable[] = {
    {"2026-11-22T12:00:48Z", NOON * 1000000},
    {"2026-11-22t12:00:48z", NOON * 1000000},
    {"2026-11-22 12:00:48", NOON * 1000000},
    {"2026/11/22 12:00:48", NOON * 1000000},
    {"  2026-11-22T12:00:48Z\n", NOON * 1000000},
    {"2026-11-22T12:00Z", (NOON - 48) * 1000000},
    {"2026-11-22T12:00", (NOON - 48) * 1000000},
    {"2026-11-22", (NOON - 48 - 12 * 3600) * 1000000},
    /* Windows PowerShell */
    {"/Date(1795348848000)/", NOON * 1000000},
    {"/Date(1795348848123+0100)/", NOON * 1000000 + 123000},
    {"/Date(1795348848000-0530)/", NOON * 1000000},
    {"/Date(0)/", 0},
    /* fractions */
    {"2026-11-22T12:00:48.1Z", NOON * 1000000 + 100000},
    {"2026-11-22T12:00:48.123Z", NOON * 1000000 + 123000},
    {"2026-11-22T12:00:48,123Z", NOON * 1000000 + 123000},
    {"2026-11-22T12:00:48.123456Z", NOON * 1000000 + 123456},
    {"2026-11-22T12:00:48.1234567Z", NOON * 1000000 + 123456},
    {"2026-11-22T12:00:48.123456789Z", NOON * 1000000 + 123456},
    {"2026-11-22T12:00:48.999999999Z", NOON * 1000000 + 999999},
    {"2026-11-22T13:00:48.1234567+01:00", NOON * 1000000 + 123456},
    /* offsets */
    {"2026-11-22T13:00:48+01:00", NOON * 1000000},
    {"2026-11-22T13:00:48+0100", NOON * 1000000},
    {"2026-11-22T13:00:48+01", NOON * 1000000},
    {"2026-11-22 13:00:48 +0100", NOON * 1000000},
    {"2026-11-22T06:30:48-05:30", NOON * 1000000},
    {"2026-11-22T17:45:48+05:45", NOON * 1000000},
    {"2026-11-22T12:00:48-00:00", NOON * 1000000},
    {"2026-11-23T02:00:48+14:00", NOON * 1000000},
    {"2026-11-22 12:00:48 Z", NOON * 1000000},
    /* calendars */
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:00.000001Z", 1},
    {"1999-12-31T23:59:59Z", INT64_C(946684799000000)},
    {"2000-02-29T00:00:00Z", INT64_C(951782400000000)},
    {"2000-03-01T00:00:00Z", INT64_C(951868800000000)},
    {"2024-02-29T12:00:00Z", INT64_C(1709208000000000)},
    {"2038-01-19T03:14:08Z", INT64_C(2147483648000000)},
    {"2100-03-01T00:00:00Z", INT64_C(4107542400000000)},
    {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999)},
    {"2016-12-31T23:59:60Z", INT64_C(1483228800000000)}, /* a leap second */
    /* numbers since the epoch, told apart by size */
    {"0", 0},
    {"1795348848", NOON * 1000000},
    {"1795348848.357", NOON * 1000000 + 357000},
    {"1795348848.123456789", NOON * 1000000 + 123456},
    {"1795348848123", NOON * 1000000 + 123000},
    {"1795348848123.5", NOON * 1000000 + 123500},
    {"1795348848123456", NOON * 1000000 + 123456},
    {"1795348848123456789", NOON * 1000000 + 123456},
    {"99999999999", INT64_C(99999999999000000)},
    {"100000000000", INT64_C(100000000000000)},
    {"99999999999999", INT64_C(99999999999999000)},
    {"100000000000000", INT64_C(100000000000000)},
    {"99999999999999999", INT64_C(99999999999999999)},
    {"100000000000000000", INT64_C(100000000000000)},
    {"9223372036854775807", INT64_C(9223372036854775)},
};

START_TEST(reads_what_senders_write)
{
    int64_t us = -1;
    ck_assert_msg(clock_parse(str_of(readable[_i].text), &us), "\"%s\" is not read",
                  readable[_i].text);
    ck_assert_msg(us == readable[_i].us, "\"%s\": got %lld, want %lld", readable[_i].text,
                  (long long)us, (long long)readable[_i].us);
}
END_TEST

static const struct str rubbish[] = {
    LIT(""),
    LIT(" "),
    LIT("-"),
    LIT("now"),
    LIT("yesterday"),
    LIT("/Date("),
    LIT("/Date()/"),
    LIT("/Date(12"),
    LIT("/Date(12)"),
    LIT("/Date(-1)/"),
    LIT("/Date(12+01)/"),
    LIT("/Date(12+0x00)/"),
    LIT("/Date(12)/x"),
    LIT("/Date(99999999999999999)/"),
    LIT("null"),
    LIT("Nov 22 12:00:48"),
    LIT("22-11-2026"),
    LIT("22.11.2026 12:00"),
    LIT("2026-11"),
    LIT("2026-11-2"),
    LIT("2026-1-22"),
    LIT("202-11-22"),
    LIT("20266-11-22"),
    LIT("2026-00-10"),
    LIT("2026-13-10"),
    LIT("2026-11-00"),
    LIT("2026-11-31"),
    LIT("2026-02-29"),
    LIT("2100-02-29"),
    LIT("2026-04-31"),
    LIT("1969-12-31T23:59:59Z"),
    LIT("0000-01-01"),
    LIT("2026-11-22T"),
    LIT("2026-11-22T12"),
    LIT("2026-11-22T24:00:00Z"),
    LIT("2026-11-22T12:60:00Z"),
    LIT("2026-11-22T12:00:61Z"),
    LIT("2026-11-22T12:00:48.Z"),
    LIT("2026-11-22T12:00:48.1234567890Z"),
    LIT("2026-11-22T12:00:48Z "
        "x"),
    LIT("2026-11-22T12:00:48ZZ"),
    LIT("2026-11-22T12:00:48 CET"),
    LIT("2026-11-22T12:00:48+1"),
    LIT("2026-11-22T12:00:48+01:"),
    LIT("2026-11-22T12:00:48+01:6"),
    LIT("2026-11-22T12:00:48+01:60"),
    LIT("2026-11-22T12:00:48+19:00"),
    LIT("2026-11-22X12:00:48"),
    LIT("2026-11-22T12:00:48Z\0"),
    LIT("2026-11\0"
        "22"),
    LIT("2026-11-22\0"
        "12:00"),
    LIT("-1"),
    LIT("+1"),
    LIT("-0.5"),
    LIT("1e9"),
    LIT("0x10"),
    LIT("1795348848."),
    LIT(".5"),
    LIT("1795348848.1234567891"),
    LIT("1795348848,5"),
    LIT("1795348848s"),
    LIT("9223372036854775808"),
    LIT("99999999999999999999999"),
    /* in UTC these are outside 1970 to 9999 */
    LIT("1970-01-01T00:00:00+01:00"),
    LIT("9999-12-31T23:59:59-01:00"),
};

START_TEST(refuses_what_is_no_time)
{
    int64_t us = 0;
    ck_assert_msg(!clock_parse(rubbish[_i], &us), "\"%.*s\" is read as %lld",
                  STR_ARGS(rubbish[_i]), (long long)us);
}
END_TEST

static const struct {
    int64_t us;
    const char *text;
} formatted[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {999, "1970-01-01T00:00:00.000Z"},
    {1000, "1970-01-01T00:00:00.001Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
    {-1000000, "1969-12-31T23:59:59.000Z"},
    {NOON * 1000000 + 123999, "2026-11-22T12:00:48.123Z"},
    {INT64_C(951782400000000), "2000-02-29T00:00:00.000Z"},
    {INT64_C(253402300799999999), "9999-12-31T23:59:59.999Z"},
    {INT64_C(-62135596800000000), "0001-01-01T00:00:00.000Z"},
    {INT64_C(-30610224000000000), "1000-01-01T00:00:00.000Z"},
};

START_TEST(writes_rfc_3339_with_milliseconds)
{
    char text[CLOCK_TEXT_BYTES];
    struct str s = clock_format(formatted[_i].us, text);
    CHECK_STR("formatted", s, str_of(formatted[_i].text));
    ck_assert_str_eq(text, formatted[_i].text);
}
END_TEST

/* Every tenth day or so from 1970 to 2120, against the C library's calendar. */
START_TEST(agrees_with_its_own_text_on_every_date)
{
    char text[CLOCK_TEXT_BYTES];
    for (int64_t s = 0; s < INT64_C(150) * 366 * 86400; s += 86400 * 10 + 3671) {
        int64_t us = -1;
        ck_assert(clock_parse(clock_format(s * 1000000, text), &us));
        ck_assert_msg(us == s * 1000000, "%s", text);
    }
}
END_TEST

START_TEST(does_not_go_backwards)
{
    int64_t before = clock_mono_us();
    ck_assert_int_ge(clock_mono_us(), before);
    ck_assert_int_gt(clock_now_us(), INT64_C(1700000000) * 1000000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("clock");
    unit_table(s, "read", reads_what_senders_write, ROWS(readable));
    unit_table(s, "rubbish", refuses_what_is_no_time, ROWS(rubbish));
    unit_table(s, "write", writes_rfc_3339_with_milliseconds, ROWS(formatted));
    unit_case(s, "calendar", agrees_with_its_own_text_on_every_date);
    unit_case(s, "now", does_not_go_backwards);
    return unit_run(s);
}
