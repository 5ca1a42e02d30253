/* test_level.c - the many names of levels. */
#include "fcgi/core/level.h"

#include "tests/unit/unit.h"

static const struct {
    const char *name;
    enum level level;
} levels[] = {
    {"TRACE", LEVEL_TRACE},    {"verbose", LEVEL_TRACE},    {"debug", LEVEL_DEBUG},
    {"INFO", LEVEL_INFO},      {"Information", LEVEL_INFO}, {"notice", LEVEL_NOTICE},
    {"warn", LEVEL_WARN},      {"WARNING", LEVEL_WARN},     {"err", LEVEL_ERROR},
    {"Error", LEVEL_ERROR},    {"severe", LEVEL_ERROR},     {"crit", LEVEL_FATAL},
    {"CRITICAL", LEVEL_FATAL}, {"fatal", LEVEL_FATAL},      {"alert", LEVEL_FATAL},
    {"emerg", LEVEL_FATAL},    {"panic", LEVEL_FATAL},      {"", LEVEL_UNKNOWN},
    {"warned", LEVEL_UNKNOWN}, {"wa", LEVEL_UNKNOWN},       {" info", LEVEL_UNKNOWN},
    {"3", LEVEL_UNKNOWN},
};

START_TEST(knows_levels_by_name_without_case)
{
    enum level got = level_of(str_of(levels[_i].name));
    ck_assert_msg(got == levels[_i].level, "%s: got %d", levels[_i].name, (int)got);
}
END_TEST

START_TEST(counts_each_level_as_warning_or_error_or_neither)
{
    ck_assert(!level_is_warn(LEVEL_UNKNOWN) && !level_is_error(LEVEL_UNKNOWN));
    ck_assert(!level_is_warn(LEVEL_NOTICE) && !level_is_error(LEVEL_NOTICE));
    ck_assert(level_is_warn(LEVEL_WARN) && !level_is_error(LEVEL_WARN));
    ck_assert(!level_is_warn(LEVEL_ERROR) && level_is_error(LEVEL_ERROR));
    ck_assert(!level_is_warn(LEVEL_FATAL) && level_is_error(LEVEL_FATAL));
}
END_TEST

START_TEST(gives_each_level_a_name_that_it_knows)
{
    for (int i = LEVEL_UNKNOWN + 1; i <= LEVEL_FATAL; i++) {
        struct str name = level_name((enum level)i);
        ck_assert_int_eq(level_of(name), name.n > 0 ? i : LEVEL_UNKNOWN);
    }
    CHECK_STR("error", level_name(LEVEL_ERROR), STR("ERROR"));
    ck_assert_uint_eq(level_name(LEVEL_UNKNOWN).n, 0);
}
END_TEST

START_TEST(knows_syslogs_numbers)
{
    static const char *const names[] = {"emerg",   "alert",  "crit", "err",
                                        "warning", "notice", "info", "debug"};
    for (int i = 0; i < (int)ROWS(names); i++) {
        ck_assert_int_eq(level_of_syslog(i), level_of(str_of(names[i])));
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("level");
    unit_table(s, "name", knows_levels_by_name_without_case, ROWS(levels));
    unit_case(s, "kind", counts_each_level_as_warning_or_error_or_neither);
    unit_case(s, "syslog", knows_syslogs_numbers);
    unit_case(s, "names", gives_each_level_a_name_that_it_knows);
    return unit_run(s);
}
