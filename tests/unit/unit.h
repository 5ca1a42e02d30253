/* unit.h - what the unit tests share: the runner, rows of tables, checks of texts.
 *
 * One program a module, one suite, a TCase a behaviour; a table runs as a loop test, so
 * that each row passes or fails by itself and its name is in the message. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include "fcgi/base/str.h"

#include <check.h>

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

/* A text in a static table: STR() is no constant expression. NULs inside are kept. */
#define LIT(text)                                                                        \
    {                                                                                    \
        "" text, sizeof(text) - 1                                                        \
    }

/* Macros, so that a failure names the line of the test. row: what is being checked. */
#define CHECK_STR(row, got, want)                                                        \
    do {                                                                                 \
        struct str got_ = (got), want_ = (want);                                         \
        ck_assert_msg(str_eq(got_, want_), "%s: got \"%.*s\", want \"%.*s\"", (row),     \
                      STR_ARGS(got_), STR_ARGS(want_));                                  \
    } while (0)
#define CHECK_HAS(text, part)                                                            \
    do {                                                                                 \
        const char *text_ = (text), *part_ = (part);                                     \
        ck_assert_msg(strstr(text_, part_) != NULL, "\"%s\" does not hold \"%s\"",       \
                      text_, part_);                                                     \
    } while (0)

/* For main: CK_ENV takes CK_RUN_CASE, CK_FORK and CK_VERBOSITY from the environment. */
static inline int unit_run(Suite *s)
{
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}

/* Adds a case that has one test without a table. */
static inline void unit_case(Suite *s, const char *name, const TTest *test)
{
    TCase *tc = tcase_create(name);
    tcase_add_test(tc, test);
    suite_add_tcase(s, tc);
}

/* Adds a case that runs one test for every row of a table. */
static inline void unit_table(Suite *s, const char *name, const TTest *test, int rows)
{
    TCase *tc = tcase_create(name);
    tcase_add_loop_test(tc, test, 0, rows);
    suite_add_tcase(s, tc);
}

#endif
