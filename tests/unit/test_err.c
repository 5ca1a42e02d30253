/* test_err.c - how a function says what went wrong (err), and what our programs say about
 * themselves (diag), read back from a pipe in the place of stderr. */
#include "fcgi/base/err.h"

#include "fcgi/base/diag.h"
#include "tests/unit/unit.h"

#include <unistd.h>

START_TEST(fills_in_code_and_text_and_returns_the_code)
{
    struct err e = {.index = 7, .field = "old"};
    ck_assert_int_eq(err_set(&e, ERR_BUSY, "%s is %d", "it", 5), ERR_BUSY);
    ck_assert_int_eq(e.code, ERR_BUSY);
    ck_assert_str_eq(e.msg, "it is 5");
    ck_assert_int_eq(e.index, -1);
    ck_assert_ptr_null(e.field);
}
END_TEST

START_TEST(adds_record_and_field)
{
    struct err e;
    err_set(&e, ERR_INVALID, "bad");
    ck_assert_int_eq(err_at(&e, 3, "level"), ERR_INVALID);
    ck_assert_int_eq(e.index, 3);
    ck_assert_str_eq(e.field, "level");
    ck_assert_str_eq(e.msg, "bad");
}
END_TEST

START_TEST(holds_a_text_up_to_its_limit_and_marks_the_cut_past_it)
{
    char text[ERR_MSG_BYTES + 1];
    struct err e;
    memset(text, 'x', sizeof text);
    text[ERR_MSG_BYTES - 1] = '\0';
    err_set(&e, ERR_INVALID, "%s", text);
    ck_assert_str_eq(e.msg, text);

    text[ERR_MSG_BYTES - 1] = 'x';
    text[ERR_MSG_BYTES] = '\0';
    err_set(&e, ERR_INVALID, "%s", text);
    ck_assert_uint_eq(strlen(e.msg), ERR_MSG_BYTES - 1);
    CHECK_STR("end", str_from(str_of(e.msg), ERR_MSG_BYTES - 5), STR("x..."));
}
END_TEST

/* What diag writes for text, in out. Check's own output goes to stdout. */
static void capture(const char *text, char out[static 8192])
{
    int ends[2], saved = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    diag("%s", text);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(ends[1]);
    ssize_t n = read(ends[0], out, 8191);
    close(ends[0]);
    ck_assert_int_gt(n, 0);
    out[n] = '\0';
}

START_TEST(says_time_program_and_text_in_one_line)
{
    char line[8192];
    diag_init("loganalyzer-test");
    capture("ready", line);
    CHECK_HAS(line, "Z loganalyzer-test: ready\n");
    ck_assert_uint_eq(strcspn(line, "T"), 10); /* 2026-11-22T... */
}
END_TEST

START_TEST(lets_no_text_forge_a_line)
{
    char line[8192];
    capture("a\nb\r\x1b[2J\t\x7f\xc3\xa9", line);
    CHECK_HAS(line, "a\\x0ab\\x0d\\x1b[2J\\x09\\x7f\\xc3\\xa9\n");
    ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
}
END_TEST

START_TEST(stays_one_line_when_the_text_is_longer_than_a_line)
{
    char text[2 * DIAG_LINE_BYTES], line[8192];
    memset(text, '\n', sizeof text); /* four bytes each when written */
    text[sizeof text - 1] = '\0';
    capture(text, line);
    ck_assert_uint_ge(strlen(line), 4 * (DIAG_LINE_BYTES - 1));
    ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("err");
    unit_case(s, "set", fills_in_code_and_text_and_returns_the_code);
    unit_case(s, "at", adds_record_and_field);
    unit_case(s, "limit", holds_a_text_up_to_its_limit_and_marks_the_cut_past_it);
    unit_case(s, "diag", says_time_program_and_text_in_one_line);
    unit_case(s, "diag-escapes", lets_no_text_forge_a_line);
    unit_case(s, "diag-limit", stays_one_line_when_the_text_is_longer_than_a_line);
    return unit_run(s);
}
