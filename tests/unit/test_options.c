/* test_options.c - arguments of a verb, as people type them. */
#include "fcgi/cli/options.h"
#include "tests/unit/unit.h"

enum { ARGS_MAX = 8 };

static const struct row {
    const char *args[ARGS_MAX];
    const char *wrong; /* NULL: it is right, and gives: */
    bool flag, maybe;
    const char *text, *maybe_text;
    const char *words; /* with a blank after each */
} rows[] = {
    {{NULL}, NULL, false, false, NULL, NULL, ""},
    {{"--flag"}, NULL, true, false, NULL, NULL, ""},
    {{"--text", "a"}, NULL, false, false, "a", NULL, ""},
    {{"--text=a", "--text=b=c"}, NULL, false, false, "b=c", NULL, ""},
    {{"a", "--flag", "b", "-"}, NULL, true, false, NULL, NULL, "a b - "},
    {{"--word", "a", "--word=b", "c"}, NULL, false, false, NULL, NULL, "a b c "},
    {{"--maybe"}, NULL, false, true, NULL, NULL, ""},
    {{"--maybe", "--flag"}, NULL, true, true, NULL, NULL, ""},
    {{"--maybe", "a", "b"}, NULL, false, true, NULL, "a", "b "},
    {{"--maybe=a"}, NULL, false, true, NULL, "a", ""},
    {{"--", "--flag", "a"}, NULL, false, false, NULL, NULL, "--flag a "},
    {{"--text"}, "--text lacks its value", false, false, NULL, NULL, ""},
    {{"--text="}, "--text lacks its value", false, false, NULL, NULL, ""},
    {{"--text", "--flag"}, "--text lacks its value", false, false, NULL, NULL, ""},
    {{"--maybe="}, "--maybe lacks its value", false, false, NULL, NULL, ""},
    {{"--flag=1"}, "--flag takes no value", false, false, NULL, NULL, ""},
    {{"--flags"}, "there is no option --flags", false, false, NULL, NULL, ""},
    {{"-x"}, "there is no option -x", false, false, NULL, NULL, ""},
};

static void check_same(const char *got, const char *want)
{
    ck_assert_msg((got == NULL) == (want == NULL), "row %d", (int)(want != NULL));
    if (want) {
        ck_assert_str_eq(got, want);
    }
}

START_TEST(arguments_are_read_as_people_type_them)
{
    const struct row *t = &rows[_i];
    char copies[ARGS_MAX][32], verb[] = "verb", words[128] = "";
    char *argv[ARGS_MAX + 1] = {verb};
    const char *text = NULL, *maybe_text = NULL;
    bool flag = false, maybe = false;
    int argc = 1;
    struct words w;
    struct err e;
    const struct option options[] = {{"--flag", &flag, NULL, false},
                                     {"--text", NULL, &text, false},
                                     {"--maybe", &maybe, &maybe_text, false},
                                     {"--word", NULL, NULL, true}};
    for (; argc < ARGS_MAX && t->args[argc - 1]; argc++) {
        snprintf(copies[argc], sizeof copies[argc], "%s", t->args[argc - 1]);
        argv[argc] = copies[argc];
    }
    enum err_code code = options_read(argc, argv, options, 4, &w, &e);
    ck_assert_msg((code == ERR_INVALID) == (t->wrong != NULL), "row %d: %d", _i, code);
    if (t->wrong) {
        ck_assert_str_eq(e.msg, t->wrong);
        return;
    }
    for (int i = 0; i < w.n; i++) {
        size_t n = strlen(words);
        snprintf(words + n, sizeof words - n, "%s ", w.list[i]);
    }
    ck_assert_str_eq(words, t->words);
    ck_assert_int_eq(flag, t->flag);
    ck_assert_int_eq(maybe, t->maybe);
    check_same(text, t->text);
    check_same(maybe_text, t->maybe_text);
}
END_TEST

START_TEST(help_is_asked_for_by_the_last_word)
{
    char tool[] = "key", add[] = "add", help[] = "--help", h[] = "-h";
    char *after[] = {tool, add, help, NULL}, *alone[] = {tool, h, NULL},
         *before[] = {tool, help, add, NULL}, *none[] = {tool, NULL};
    ck_assert(options_ask_help(3, after) && options_ask_help(2, alone));
    ck_assert(!options_ask_help(3, before) && !options_ask_help(1, none));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("options");
    unit_case(s, "help", help_is_asked_for_by_the_last_word);
    unit_table(s, "read", arguments_are_read_as_people_type_them, ROWS(rows));
    return unit_run(s);
}
