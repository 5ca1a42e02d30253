/* test_choices.c - what of an incident can be declared normal. */
#include "scoring/choices.h"
#include "tests/unit/unit.h"

#include <string.h>

enum { MANY = 60 };

static struct arena arena;
static struct choices choices;
static struct choices_record records[MANY];
static struct choices_reason reasons[4];
static struct choices_of of;

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    memset(records, 0, sizeof records);
    memset(reasons, 0, sizeof reasons);
    of = (struct choices_of){.records = records, .reasons = reasons};
}

static void tear_down(void)
{
    arena_free(&arena);
}

static void add(const char *service, const char *message)
{
    ck_assert_uint_lt(of.n, MANY);
    records[of.n++].r = (struct record){
        .service = str_of(service), .message = str_of(message), .metadata = STR("{}")};
}

static void make(void)
{
    struct err e;
    ck_assert(!choices_make(&of, &arena, &choices, &e));
}

static const struct choice *find(enum answer_scope scope, const char *text,
                                 const char *value)
{
    for (size_t i = 0; i < choices.n; i++) {
        const struct answer *a = &choices.list[i].answer;
        if (a->scope == scope && str_eq(a->text, str_of(text)) &&
            str_eq(a->value, str_of(value))) {
            return &choices.list[i];
        }
    }
    return NULL;
}

#define SSH "Failed password for * from * port * ssh*"

static void add_guesses(void)
{
    add("sshd", "Failed password for root from 10.1.2.3 port 5001 ssh2");
    add("sshd", "Failed password for admin from 10.1.2.3 port 5002 ssh2");
    add("sshd", "Failed password for admin from 10.1.2.3 port 5003 ssh2");
}

START_TEST(records_of_a_kind_are_one_choice)
{
    add_guesses();
    make();
    const struct choice *c = find(ANSWER_OF_KIND, SSH, "");
    ck_assert_ptr_nonnull(c);
    ck_assert_ptr_eq(c, &choices.list[0]);
    ck_assert_uint_eq(c->records, 3);
    ck_assert(!c->fresh && c->template_id != 0);
    ck_assert_uint_eq(c->answer.examples_n, 2); /* the third says nothing more */
    struct kind k;
    ck_assert(answer_kind(&c->answer, &k));
}
END_TEST

START_TEST(a_value_is_one_that_all_have)
{
    add_guesses();
    make();
    ck_assert_ptr_nonnull(find(ANSWER_OF_VALUE, SSH, "10.1.2.3"));
    ck_assert_ptr_null(find(ANSWER_OF_VALUE, SSH, "root"));
    ck_assert_ptr_null(find(ANSWER_OF_VALUE, SSH, "admin"));
    ck_assert_ptr_null(find(ANSWER_OF_VALUE, SSH, "5001"));
    ck_assert_ptr_null(
        find(ANSWER_OF_VALUE, SSH, "ssh2")); /* a word of the kind itself */
}
END_TEST

START_TEST(services_come_last)
{
    add_guesses();
    add("web", "worker is gone");
    of.service = STR("sshd");
    make();
    ck_assert_uint_ge(choices.n, 4);
    const struct answer *a = &choices.list[choices.n - 2].answer;
    ck_assert_int_eq(a->scope, ANSWER_OF_SERVICE);
    ck_assert(str_eq(a->service, STR("sshd")));
    ck_assert(str_eq(choices.list[choices.n - 1].answer.service, STR("web")));
}
END_TEST

START_TEST(a_web_request_has_its_fields)
{
    add("shop", "10.0.0.9 - - [22/Nov/2026:10:00:00 +0000] \"GET "
                "/item.php?id=1'+OR+'1'='1 HTTP/1.1\" "
                "200 12 \"-\" \"probe/1.0\"");
    reasons[of.reasons_n++].value = STR("id=1'+OR+'1'='1");
    make();
    const char *text = "GET *.php with a query, status 2xx";
    ck_assert_ptr_nonnull(find(ANSWER_OF_KIND, text, ""));
    ck_assert_ptr_eq(find(ANSWER_OF_VALUE, text, "id=1'+OR+'1'='1"), &choices.list[1]);
    ck_assert_ptr_nonnull(find(ANSWER_OF_VALUE, text, "/item.php"));
    ck_assert_ptr_nonnull(find(ANSWER_OF_VALUE, text, "probe/1.0"));
}
END_TEST

START_TEST(what_is_new_is_said_to_be)
{
    add("db", "replica is lost");
    records[0].fresh = true;
    add("db", "worker is busy");
    make();
    ck_assert(find(ANSWER_OF_KIND, "replica is lost", "")->fresh);
    ck_assert(!find(ANSWER_OF_KIND, "worker is busy", "")->fresh);
}
END_TEST

START_TEST(what_stays_away_is_known_by_its_text)
{
    of.service = STR("cron");
    reasons[of.reasons_n++] =
        (struct choices_reason){.template_id = 7, .text = STR("backup of * is through")};
    make();
    const struct choice *c = find(ANSWER_OF_KIND, "backup of * is through", "");
    ck_assert_ptr_nonnull(c);
    ck_assert_uint_eq(c->template_id, 7);
    ck_assert_uint_eq(c->answer.examples_n, 0);
}
END_TEST

START_TEST(what_a_record_shows_is_not_named_twice)
{
    add_guesses();
    of.service = STR("sshd");
    reasons[of.reasons_n++] = (struct choices_reason){.template_id = 7, .text = STR(SSH)};
    make();
    size_t kinds = 0;
    for (size_t i = 0; i < choices.n; i++) {
        kinds += choices.list[i].answer.scope == ANSWER_OF_KIND;
    }
    ck_assert_uint_eq(kinds, 1);
}
END_TEST

START_TEST(there_are_so_many_kinds_at_most)
{
    static char text[MANY][32];
    for (int i = 0; i <= CHOICES_KINDS_MAX; i++) {
        snprintf(text[i], sizeof text[i], "%c%c happened", 'a' + i % 26, 'x');
        add("app", text[i]);
    }
    make();
    size_t kinds = 0;
    for (size_t i = 0; i < choices.n; i++) {
        kinds += choices.list[i].answer.scope == ANSWER_OF_KIND;
    }
    ck_assert_uint_eq(kinds, CHOICES_KINDS_MAX);
}
END_TEST

START_TEST(a_message_too_long_is_no_example)
{
    static char text[ANSWER_EXAMPLE_BYTES + 2];
    memset(text, 'a', ANSWER_EXAMPLE_BYTES + 1);
    add("app", text);
    make();
    ck_assert_uint_eq(choices.n, 1);
    ck_assert_int_eq(choices.list[0].answer.scope, ANSWER_OF_SERVICE);
    text[ANSWER_EXAMPLE_BYTES] = '\0';
    records[0].r.message = str_of(text);
    make();
    ck_assert_uint_eq(choices.n, 2);
}
END_TEST

START_TEST(is_told_in_a_sentence)
{
    char label[128];
    add_guesses();
    make();
    size_t n = choice_label(find(ANSWER_OF_VALUE, SSH, "10.1.2.3"), label, sizeof label);
    ck_assert(str_eq((struct str){label, n},
                     STR("messages like \"" SSH "\" in sshd with \"10.1.2.3\"")));
    n = choice_label(&choices.list[choices.n - 1], label, sizeof label);
    ck_assert(str_eq((struct str){label, n}, STR("everything from sshd")));
    ck_assert_uint_eq(choice_label(&choices.list[0], label, 8), 7);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        records_of_a_kind_are_one_choice,
        a_value_is_one_that_all_have,
        services_come_last,
        a_web_request_has_its_fields,
        what_is_new_is_said_to_be,
        what_stays_away_is_known_by_its_text,
        what_a_record_shows_is_not_named_twice,
        there_are_so_many_kinds_at_most,
        a_message_too_long_is_no_example,
        is_told_in_a_sentence,
    };
    Suite *s = suite_create("choices");
    TCase *tc = tcase_create("choices");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
