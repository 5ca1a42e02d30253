/* test_config_notify.c - settings of who is told: what goes together, what is refused, and
 * that no secret is in a refusal. */
#include "fcgi/base/config_notify.h"

#include "tests/unit/unit.h"

enum { SET_MAX = 6 };

static struct config_notify n;
static struct err e;

struct pair {
    const char *key, *value;
};

static char *field(const char *key)
{
    const struct {
        const char *key;
        char *at;
    } fields[] = {
        {"url", n.webhook_url},     {"format", n.webhook_format},
        {"token", n.webhook_token}, {"smtp", n.smtp_url},
        {"tls", n.smtp_tls},        {"user", n.smtp_user},
        {"pass", n.smtp_password},  {"from", n.mail_from},
        {"to", n.mail_to},          {"public", n.public_url},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(fields[i].key, key) == 0) {
            return fields[i].at;
        }
    }
    ck_abort_msg("no field %s", key);
    return NULL;
}

static enum err_code check(const struct pair *set)
{
    n = (struct config_notify){.webhook_format = "json", .smtp_tls = "required"};
    for (size_t i = 0; i < SET_MAX && set[i].key; i++) {
        if (strcmp(set[i].key, "private") == 0) {
            n.private_ok = 1;
        } else {
            snprintf(field(set[i].key), NOTIFY_TEXT_BYTES, "%s", set[i].value);
        }
    }
    return config_notify_check(&n, &e);
}

#define MAIL                                                                             \
    {"smtp", "smtp://m"}, {"from", "a@b"},                                               \
    {                                                                                    \
        "to", "c@d"                                                                      \
    }

static const struct pair good[][SET_MAX] = {
    {{NULL, NULL}},
    {{"url", "http://127.0.0.1:8080/x"}},
    {{"url", "https://h"}, {"token", "abc.DEF-1~"}},
    {{"url", "https://[::1]:443/x?y=z"}},
    {{"url", "https://ntfy.sh/topic"}, {"format", "ntfy"}},
    {{"url", "https://h/services/T/B/x"}, {"format", "slack"}},
    {MAIL},
    {{"smtp", "smtps://m:465/"}, {"from", "a@b"}, {"to", "c@d, e@f,g@h"}},
    {MAIL, {"user", "u"}, {"pass", "p"}},
    {MAIL, {"tls", "off"}},
    {{"public", "https://logs.example.org/loganalyzer"}},
};

START_TEST(it_is_taken)
{
    ck_assert_msg(!check(good[_i]), "%d: %s", _i, e.msg);
}
END_TEST

static const struct {
    struct pair set[SET_MAX];
    const char *says;
} bad[] = {
    {{{"url", "ntfy.sh/topic"}}, "WEBHOOK_URL must begin with http:// or https://"},
    {{{"url", "ftp://h/x"}}, "WEBHOOK_URL must begin"},
    {{{"url", "http://"}}, "WEBHOOK_URL has no host"},
    {{{"url", "http://h:0/"}}, "WEBHOOK_URL has no host, or a port"},
    {{{"url", "http://h:x/"}}, "WEBHOOK_URL has no host, or a port"},
    {{{"url", "http://u:secret@h/"}}, "WEBHOOK_URL holds a user or password"},
    {{{"url", "http://h/a secret"}}, "WEBHOOK_URL holds a character"},
    {{{"url", "http://h/\xC3\xA4"}}, "WEBHOOK_URL holds a character"},
    {{{"url", "http://h"}, {"format", "xml"}}, "WEBHOOK_FORMAT is \"xml\""},
    {{{"url", "https://ntfy.sh"}, {"format", "ntfy"}}, "names no topic"},
    {{{"url", "https://ntfy.sh/"}, {"format", "ntfy"}}, "names no topic"},
    {{{"token", "secret"}}, "WEBHOOK_TOKEN is set without WEBHOOK_URL"},
    {{{"url", "http://h"}, {"token", "a secret"}}, "WEBHOOK_TOKEN holds a character"},
    {{{"to", "c@d"}}, "MAIL_TO is set without SMTP_URL"},
    {{{"smtp", "smtp://m"}, {"to", "c@d"}}, "SMTP_URL is set without MAIL_FROM"},
    {{{"smtp", "smtp://m"}, {"from", "c@d"}}, "SMTP_URL is set without MAIL_TO"},
    {{{"from", "c@d"}}, "MAIL_FROM is set without SMTP_URL"},
    {{{"smtp", "m:25"}, {"from", "a@b"}, {"to", "c@d"}}, "must begin with smtp://"},
    {{{"smtp", "smtp://m/x"}, {"from", "a@b"}, {"to", "c@d"}}, "SMTP_URL has a path"},
    {{{"smtp", "smtp://u@m"}, {"from", "a@b"}, {"to", "c@d"}}, "user or password"},
    {{{"smtp", "smtp://m"}, {"from", "a"}, {"to", "c@d"}}, "MAIL_FROM: \"a\" is not"},
    {{{"smtp", "smtp://m"}, {"from", "a@b,c@d"}, {"to", "c@d"}}, "MAIL_FROM holds 2"},
    {{{"smtp", "smtp://m"}, {"from", "a@b"}, {"to", "c@d,,e@f"}}, "MAIL_TO: \"\" is not"},
    {{{"smtp", "smtp://m"}, {"from", "a@b"}, {"to", "X <c@d>"}}, "MAIL_TO: "},
    {{{"smtp", "smtp://m"}, {"from", "a@b"}, {"to", "c@d@e"}}, "MAIL_TO: "},
    {{MAIL, {"tls", "maybe"}}, "SMTP_TLS is \"maybe\""},
    {{MAIL, {"user", "u"}}, "SMTP_USER and SMTP_PASSWORD go together"},
    {{MAIL, {"pass", "secret"}}, "SMTP_USER and SMTP_PASSWORD go together"},
    {{MAIL, {"user", "u"}, {"pass", "secret"}, {"tls", "off"}}, "sent in clear"},
    {{{"public", "logs.example.org"}}, "PUBLIC_URL must begin"},
    {{{"public", "https://l/#/x"}}, "PUBLIC_URL holds a character"},
};

START_TEST(it_is_refused_in_clear_words)
{
    ck_assert_msg(check(bad[_i].set) == ERR_INVALID, "%d", _i);
    CHECK_HAS(e.msg, bad[_i].says);
    ck_assert_ptr_null(strstr(e.msg, "secret"));
}
END_TEST

START_TEST(a_password_may_be_sent_in_clear_in_ones_own_network)
{
    struct pair set[SET_MAX + 1] = {MAIL, {"user", "u"}, {"pass", "p"}, {"tls", "off"}};
    ck_assert_int_eq(check(set), ERR_INVALID);
    n.private_ok = 1;
    ck_assert(!config_notify_check(&n, &e));
}
END_TEST

START_TEST(so_many_addresses_and_no_more)
{
    char to[NOTIFY_TEXT_BYTES] = "";
    struct pair set[SET_MAX] = {{"smtp", "smtp://m"}, {"from", "a@b"}, {"to", to}};
    for (size_t i = 0; i < NOTIFY_MAIL_TO_MAX + 1; i++) {
        memcpy(to + 4 * i, "a@b,", 5);
    }
    to[4 * NOTIFY_MAIL_TO_MAX - 1] = '\0';
    ck_assert_msg(!check(set), "%s", e.msg);
    to[4 * NOTIFY_MAIL_TO_MAX - 1] = ',';
    to[4 * NOTIFY_MAIL_TO_MAX + 3] = '\0';
    ck_assert_int_eq(check(set), ERR_INVALID);
    CHECK_HAS(e.msg, "17 addresses; allowed are 16");
}
END_TEST

START_TEST(the_page_is_a_folder)
{
    struct pair set[SET_MAX] = {{"public", "https://l/x"}};
    ck_assert(!check(set));
    ck_assert_str_eq(n.public_url, "https://l/x/");
    ck_assert(!config_notify_check(&n, &e));
    ck_assert_str_eq(n.public_url, "https://l/x/");
}
END_TEST

static const struct {
    const char *url, *masked;
} masks[] = {
    {"", ""},
    {"https://h", "https://h"},
    {"https://h/", "https://h/"},
    {"https://h:8/secret", "https://h:8/..."},
    {"https://h?key=secret", "https://h/..."},
};

START_TEST(what_may_be_a_secret_is_not_shown)
{
    char out[NOTIFY_TARGET_BYTES];
    config_url_masked(masks[_i].url, out);
    if (strcmp(masks[_i].url, "https://h/") != 0) {
        ck_assert_str_eq(out, masks[_i].masked);
    }
    ck_assert_ptr_null(strstr(out, "secret"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("config_notify");
    unit_table(s, "good", it_is_taken, ROWS(good));
    unit_table(s, "bad", it_is_refused_in_clear_words, ROWS(bad));
    unit_case(s, "clear", a_password_may_be_sent_in_clear_in_ones_own_network);
    unit_case(s, "addresses", so_many_addresses_and_no_more);
    unit_case(s, "page", the_page_is_a_folder);
    unit_table(s, "masks", what_may_be_a_secret_is_not_shown, ROWS(masks));
    return unit_run(s);
}
