/* test_kinds.c - kinds of messages, known from examples. */
#include "scoring/kinds.h"
#include "tests/unit/unit.h"

static struct front front_of(const char *message)
{
    struct front f;
    struct record r = {.message = str_of(message), .metadata = STR("{}")};
    front_read(&r, &f);
    return f;
}

static struct kind kind_from(const char *example)
{
    struct kind k;
    struct front f = front_of(example);
    kind_of(&f, &k);
    return k;
}

static const struct {
    const char *example, *message;
    bool fits;
} pairs[] = {
    {"Failed password for root from 10.1.2.3 port 52144 ssh2",
     "Failed password for root from 10.9.9.9 port 1 ssh2", true},
    {"Failed password for root from 10.1.2.3 port 52144 ssh2",
     "Failed password for alice from 10.9.9.9 port 1 ssh2", true},
    {"Failed password for root from 10.1.2.3 port 52144 ssh2",
     "Accepted password for root from 10.1.2.3 port 52144 ssh2", false},
    {"Failed password for root from 10.1.2.3 port 52144 ssh2",
     "Failed password for root from 10.1.2.3 port 52144", false},
    {"invalid password", "invalid password", true},
    {"invalid password", "invalid passphrase", false},
    {"disk sda1 is full", "disk sdb7 is slow", false},
    {"10.0.0.1 - - [22/Nov/2026:10:00:00 +0000] \"GET /a.php?id=1 HTTP/1.1\" 200 1",
     "10.0.0.2 - - [23/Nov/2026:10:00:00 +0000] \"GET /b.php?x=y HTTP/1.1\" 200 2", true},
    {"10.0.0.1 - - [22/Nov/2026:10:00:00 +0000] \"GET /a.php?id=1 HTTP/1.1\" 200 1",
     "10.0.0.1 - - [22/Nov/2026:10:00:00 +0000] \"GET /a.php?id=1 HTTP/1.1\" 500 1",
     false},
    {"GET .php with a query, status 2xx",
     "10.0.0.1 - - [22/Nov/2026:10:00:00 +0000] \"GET /a.php?id=1 HTTP/1.1\" 200 1",
     false},
};

START_TEST(a_message_fits_if_no_word_differs)
{
    struct kind k = kind_from(pairs[_i].example);
    struct front f = front_of(pairs[_i].message);
    ck_assert_msg(kind_fits(&k, &f) == pairs[_i].fits, "%s", pairs[_i].message);
}
END_TEST

START_TEST(examples_say_what_varies)
{
    struct kind k = kind_from("unit nginx in state 3"), before = k;
    struct front other = front_of("unit db7 in state 9"),
                 same = front_of("unit nginx in state 4");
    ck_assert(!kind_join(&k, &same));
    ck_assert_mem_eq(&k, &before, sizeof k);
    ck_assert(kind_join(&k, &other));
    ck_assert(!kind_join(&k, &other));
    struct front third = front_of("unit whatever in state 1");
    ck_assert(kind_fits(&k, &third));
}
END_TEST

static const struct {
    const char *message, *text;
} texts[] = {
    {"Failed password for root from 10.1.2.3 port 52144 ssh2",
     "Failed password for * from * port * ssh*"},
    {"invalid password", "invalid password"},
    {"node-17 is down", "node-* is down"},
    {"user=bob action=login", "user=* action=*"},
};

START_TEST(is_told_in_words_that_make_it_again)
{
    char text[TEMPLATE_TEXT_BYTES];
    struct kind k = kind_from(texts[_i].message), again;
    struct front f = front_of(texts[_i].message);
    size_t n = kind_text(&k, &f, text);
    ck_assert(str_eq((struct str){text, n}, str_of(texts[_i].text)));
    ck_assert(kind_of_text((struct str){text, n}, &again));
    ck_assert(kind_fits(&again, &f));
}
END_TEST

START_TEST(a_text_that_may_be_cut_is_no_kind)
{
    char text[TEMPLATE_TEXT_BYTES];
    struct kind k;
    memset(text, 'x', sizeof text);
    ck_assert(kind_of_text((struct str){text, sizeof text - 4}, &k));
    ck_assert(!kind_of_text((struct str){text, sizeof text - 3}, &k));
    ck_assert(!kind_of_text(STR(""), &k));
}
END_TEST

static const struct {
    const char *message, *value;
    bool has;
} values[] = {
    {"Failed password for root from 10.1.2.3 port 1 ssh2", "10.1.2.3", true},
    {"Failed password for root from 10.1.2.3 port 1 ssh2", "root", true},
    {"Failed password for root from 10.1.2.3 port 1 ssh2", "roo", false},
    {"Failed password for root from 10.1.2.3 port 1 ssh2", "10.1.2", false},
    {"1.2.3.4 - - [22/Nov/2026:10:00:00 +0000] \"GET /a?id=7 HTTP/1.1\" 200 1 \"-\" "
     "\"nagios\"",
     "id=7", true},
    {"1.2.3.4 - - [22/Nov/2026:10:00:00 +0000] \"GET /a?id=7 HTTP/1.1\" 200 1 \"-\" "
     "\"nagios\"",
     "nagios", true},
    {"1.2.3.4 - - [22/Nov/2026:10:00:00 +0000] \"GET /a?id=7 HTTP/1.1\" 200 1 \"-\" "
     "\"nagios\"",
     "/a", true},
    {"1.2.3.4 - - [22/Nov/2026:10:00:00 +0000] \"GET /a?id=7 HTTP/1.1\" 200 1 \"-\" "
     "\"nagios\"",
     "GET", false},
};

START_TEST(a_value_is_a_whole_one)
{
    struct front f = front_of(values[_i].message);
    ck_assert(kind_has_value(&f, str_of(values[_i].value)) == values[_i].has);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("kinds");
    TCase *tc = tcase_create("kinds");
    tcase_add_loop_test(tc, a_message_fits_if_no_word_differs, 0, ROWS(pairs));
    tcase_add_test(tc, examples_say_what_varies);
    tcase_add_loop_test(tc, is_told_in_words_that_make_it_again, 0, ROWS(texts));
    tcase_add_test(tc, a_text_that_may_be_cut_is_no_kind);
    tcase_add_loop_test(tc, a_value_is_a_whole_one, 0, ROWS(values));
    suite_add_tcase(s, tc);
    return unit_run(s);
}
