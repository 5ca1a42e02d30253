/* test_answers.c - records held against what people have answered. */
#include "scoring/answers.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static struct answers *set;
static struct err e;

static void set_up(void)
{
    set = NULL;
}

static void tear_down(void)
{
    answers_free(set);
}

static struct answer of_kind(int64_t id, const char *service, const char *example)
{
    return (struct answer){.id = id,
                           .scope = ANSWER_OF_KIND,
                           .service = str_of(service),
                           .examples = {str_of(example)},
                           .examples_n = 1};
}

static void make(const struct answer *list, size_t n)
{
    ck_assert_msg(!answers_make(list, n, &set, &e), "%s", e.msg);
}

static enum record_answer ask(const char *service, const char *message)
{
    struct record r = {.service = str_of(service),
                       .message = str_of(message),
                       .metadata = STR("{}"),
                       .answer = ANSWER_REAL};
    answers_mark(set, &r, 1);
    return r.answer;
}

START_TEST(without_answers_none_is_given)
{
    ck_assert_int_eq(ask("auth", "invalid password"), ANSWER_NONE);
    make(NULL, 0);
    ck_assert_int_eq(ask("auth", "invalid password"), ANSWER_NONE);
}
END_TEST

START_TEST(is_of_a_kind_in_its_service)
{
    struct answer a = of_kind(1, "auth", "session 7 of root is over");
    make(&a, 1);
    ck_assert_int_eq(ask("auth", "session 99 of root is over"), ANSWER_NORMAL);
    ck_assert_int_eq(ask("auth", "session 99 of alice has begun"), ANSWER_NONE);
    ck_assert_int_eq(ask("web", "session 7 of root is over"), ANSWER_NONE);
}
END_TEST

START_TEST(is_of_a_service)
{
    struct answer a = {.id = 1, .scope = ANSWER_OF_SERVICE, .service = STR("cron")};
    make(&a, 1);
    ck_assert_int_eq(ask("cron", "anything"), ANSWER_NORMAL_CASE);
    ck_assert_int_eq(ask("cron2", "anything"), ANSWER_NONE);
}
END_TEST

START_TEST(is_of_a_value)
{
    struct answer a = of_kind(1, "sshd", "Failed password for root from 10.1.2.3 port 5");
    a.scope = ANSWER_OF_VALUE;
    a.value = STR("10.1.2.3");
    make(&a, 1);
    ck_assert_int_eq(ask("sshd", "Failed password for bob from 10.1.2.3 port 9"),
                     ANSWER_NORMAL_CASE);
    ck_assert_int_eq(ask("sshd", "Failed password for bob from 10.1.2.4 port 9"),
                     ANSWER_NONE);
    ck_assert_int_eq(ask("sshd", "Closed by 10.1.2.3"), ANSWER_NONE);
}
END_TEST

START_TEST(the_youngest_counts)
{
    struct answer list[] = {of_kind(1, "db", "replica is gone"),
                            of_kind(2, "db", "replica is gone")};
    list[1].real = true;
    make(list, 2);
    ck_assert_int_eq(ask("db", "replica is gone"), ANSWER_REAL);
    answers_free(set);
    list[1].real = false;
    list[0].real = true;
    make(list, 2);
    ck_assert_int_eq(ask("db", "replica is gone"), ANSWER_NORMAL);
}
END_TEST

START_TEST(without_an_example_it_is_of_the_text)
{
    struct answer a = {.scope = ANSWER_OF_KIND,
                       .service = STR("backup"),
                       .text = STR("backup of * finished in * files")};
    make(&a, 1);
    ck_assert_int_eq(ask("backup", "backup of /srv finished in 35 s, 12 files"),
                     ANSWER_NORMAL);
}
END_TEST

START_TEST(more_examples_widen_it)
{
    struct answer a = of_kind(1, "unit", "unit nginx in state 3");
    make(&a, 1);
    ck_assert_int_eq(ask("unit", "unit whatever in state 3"), ANSWER_NONE);
    answers_free(set);
    a.examples[a.examples_n++] = STR("unit db7 in state 9");
    make(&a, 1);
    ck_assert_int_eq(ask("unit", "unit whatever in state 3"), ANSWER_NORMAL);
}
END_TEST

START_TEST(an_example_has_a_limit)
{
    struct answer a = of_kind(1, "x", "");
    static char text[ANSWER_EXAMPLE_BYTES + 2];
    memset(text, 'a', sizeof text - 1);
    struct str most = {text, ANSWER_EXAMPLE_BYTES},
               more = {text, ANSWER_EXAMPLE_BYTES + 1};
    struct kind k;
    a.examples[0] = most;
    ck_assert(answer_kind(&a, &k));
    a.examples[0] = more;
    ck_assert(!answer_kind(&a, &k));
    make(&a, 1);
    ck_assert_int_eq(ask("x", text), ANSWER_NONE);
}
END_TEST

START_TEST(there_are_so_many_at_most)
{
    struct answer *list = calloc(ANSWERS_MAX + 1, sizeof *list);
    ck_assert_ptr_nonnull(list);
    for (int i = 0; i <= ANSWERS_MAX; i++) {
        list[i] = of_kind(i + 1, "s", "it is over");
    }
    ck_assert_int_eq(answers_make(list, ANSWERS_MAX + 1, &set, &e), ERR_TOO_LARGE);
    set = NULL;
    make(list, ANSWERS_MAX);
    ck_assert_int_eq(ask("s", "it is over"), ANSWER_NORMAL);
    free(list);
}
END_TEST

START_TEST(runs_of_services_are_told_apart)
{
    struct answer a = of_kind(1, "b", "it is over");
    make(&a, 1);
    struct record r[4] = {{.service = STR("a"), .message = STR("it is over")},
                          {.service = STR("b"), .message = STR("it is over")},
                          {.service = STR("b"), .message = STR("it goes on")},
                          {.service = STR("a"), .message = STR("it is over")}};
    answers_mark(set, r, 4);
    ck_assert(r[0].answer == ANSWER_NONE && r[1].answer == ANSWER_NORMAL);
    ck_assert(r[2].answer == ANSWER_NONE && r[3].answer == ANSWER_NONE);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        without_answers_none_is_given,
        is_of_a_kind_in_its_service,
        is_of_a_service,
        is_of_a_value,
        the_youngest_counts,
        without_an_example_it_is_of_the_text,
        more_examples_widen_it,
        an_example_has_a_limit,
        there_are_so_many_at_most,
        runs_of_services_are_told_apart,
    };
    Suite *s = suite_create("answers");
    TCase *tc = tcase_create("answers");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
