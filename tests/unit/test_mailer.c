/* test_mailer.c - mail by SMTP, to a server that does as it is told. */
#include "fcgi/web/mailer.h"

#include "tests/fake/receiver.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <unistd.h>

enum { CONNECT_MS = 2000, TOTAL_MS = 5000, SOON_MS = 300, SEEN_BYTES = 64 * 1024 };
#define TEXT "Subject: s\r\n\r\nfirst\r\n.hidden dot\r\n..\r\nlast\r\n"

static char dir[TEMP_DIR_BYTES], url[64], seen[SEEN_BYTES];
static char refused[MAILER_REPLY_BYTES];
static struct receiver *server;
static struct mailer *mailer;
static struct mailer_options options;
static struct err e;

static void does(const char *what)
{
    char path[TEMP_DIR_BYTES];
    temp_dir_path(dir, "does", path);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(what, f);
    fclose(f);
}

static void open_mailer(void)
{
    mailer_close(mailer);
    mailer = NULL;
    ck_assert_msg(!mailer_open(&options, &mailer, &e), "%s", e.msg);
}

static void set_up(void)
{
    temp_dir_make(dir);
    server = receiver_start(true, dir);
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", receiver_port(server));
    options = (struct mailer_options){.url = url,
                                      .user = "",
                                      .password = "",
                                      .from = "from@example.org",
                                      .to = "a@example.org, b@example.org",
                                      .connect_ms = CONNECT_MS,
                                      .total_ms = TOTAL_MS};
    open_mailer();
}

static void tear_down(void)
{
    mailer_close(mailer);
    mailer = NULL;
    receiver_stop(server);
    temp_dir_remove(dir);
}

static enum err_code send_mail(void)
{
    return mailer_send(mailer, STR(TEXT), refused, &e);
}

static bool read_seen(const char *name)
{
    char path[TEMP_DIR_BYTES];
    temp_dir_path(dir, name, path);
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(seen, 1, sizeof seen - 1, f) : 0;
    seen[n] = '\0';
    if (f) {
        fclose(f);
    }
    return f != NULL;
}

START_TEST(a_mail_arrives_as_it_was_made)
{
    ck_assert_msg(!send_mail(), "%s", e.msg);
    ck_assert(read_seen("1"));
    CHECK_HAS(seen, "MAIL FROM:<from@example.org>");
    CHECK_HAS(seen, "RCPT TO:<a@example.org>\r\n");
    CHECK_HAS(seen, "RCPT TO:<b@example.org>\r\n");
    CHECK_HAS(seen, "\r\n\r\n" TEXT);
    ck_assert_ptr_null(strstr(seen, "AUTH"));
    ck_assert_str_eq(refused, "");
    ck_assert(!send_mail());
    ck_assert(read_seen("2"));
}
END_TEST

START_TEST(who_has_a_password_says_it)
{
    options.user = "user";
    options.password = "secret";
    open_mailer();
    ck_assert_msg(!send_mail(), "%s", e.msg);
    ck_assert(read_seen("1"));
    CHECK_HAS(seen, "AUTH PLAIN\r\nAHVzZXIAc2VjcmV0\r\n"); /* NUL user NUL secret */
}
END_TEST

/* Later, unless the server will never take this mail. */
static const struct {
    const char *does, *says;
    enum err_code code;
} answers[] = {
    {"451 4.3.0 come again", "said: 451 4.3.0 come again", ERR_UPSTREAM},
    {"550 5.7.1 not this", "said: 550 5.7.1 not this", ERR_INVALID},
    {"552 too \x1b[31mlarge", "said: 552 too \\x1b[31mlarge", ERR_INVALID},
    {"close", "the connection ended before", ERR_UPSTREAM},
    {"hang", "no complete answer within 300 ms", ERR_UPSTREAM},
    {"rcpt @example.org", "said: 550 5.1.1 nobody", ERR_INVALID},
    {"greet 421", "421", ERR_UPSTREAM},
    {"greet HTTP/1.1 200", "no complete answer within 300 ms", ERR_UPSTREAM},
};

START_TEST(what_a_server_says_no_to_is_said)
{
    does(answers[_i].does);
    if (strstr(answers[_i].says, "300 ms")) {
        options.total_ms = SOON_MS;
        open_mailer();
    }
    enum err_code code = send_mail();
    ck_assert_msg(code == answers[_i].code, "%s: %d %s", answers[_i].does, (int)code,
                  code ? e.msg : "");
    CHECK_HAS(e.msg, answers[_i].says);
    ck_assert_ptr_null(strstr(e.msg, "127.0.0.1"));
}
END_TEST

START_TEST(a_wrong_password_may_be_mended)
{
    options.user = "user";
    options.password = "secret";
    open_mailer();
    does("noauth");
    ck_assert_int_eq(send_mail(), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "refused SMTP_USER: 535 no");
    ck_assert_ptr_null(strstr(e.msg, "secret"));
}
END_TEST

START_TEST(one_recipient_that_is_refused_does_not_stop_the_other)
{
    does("rcpt a@example.org");
    ck_assert_msg(!send_mail(), "%s", e.msg);
    CHECK_HAS(refused, "550 5.1.1 nobody of that name");
}
END_TEST

START_TEST(without_tls_nothing_is_said_unless_that_is_allowed)
{
    options.starttls = true;
    open_mailer();
    ck_assert_int_eq(send_mail(), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "SMTP_TLS=off");
    ck_assert(!read_seen("1"));
}
END_TEST

START_TEST(an_own_network_is_refused_and_how_to_allow_it_is_said)
{
    options.public_only = true;
    open_mailer();
    ck_assert_int_eq(send_mail(), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "NOTIFY_PRIVATE=1");
    ck_assert(!read_seen("1"));
}
END_TEST

START_TEST(only_smtp_is_spoken)
{
    options.url = "file:///etc/hostname";
    open_mailer();
    ck_assert_int_eq(send_mail(), ERR_UPSTREAM);
}
END_TEST

START_TEST(what_is_under_way_is_broken_off)
{
    mailer_end_at(mailer, 0);
    ck_assert_int_eq(send_mail(), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "this process ends");
}
END_TEST

static void list_of(char *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        memcpy(out + 4 * i, "a@b,", 4);
    }
    out[4 * n - 1] = '\0';
}

START_TEST(there_are_so_many_recipients_and_no_more)
{
    char to[8 * (MAILER_TO_MAX + 1)];
    options.to = to;
    list_of(to, MAILER_TO_MAX);
    open_mailer();
    list_of(to, MAILER_TO_MAX + 1);
    struct mailer *none = NULL;
    ck_assert_int_eq(mailer_open(&options, &none, &e), ERR_INVALID);
}
END_TEST

START_TEST(an_address_may_be_so_long_and_no_longer)
{
    char to[MAILER_ADDRESS_BYTES + 8];
    struct mailer *none = NULL;
    memset(to, 'x', sizeof to);
    options.to = to;
    to[MAILER_ADDRESS_BYTES - 3] = '\0';
    open_mailer();
    to[MAILER_ADDRESS_BYTES - 3] = 'x';
    to[MAILER_ADDRESS_BYTES - 2] = '\0';
    ck_assert_int_eq(mailer_open(&options, &none, &e), ERR_INVALID);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("mailer");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_mail_arrives_as_it_was_made);
    tcase_add_test(tc, who_has_a_password_says_it);
    tcase_add_loop_test(tc, what_a_server_says_no_to_is_said, 0, ROWS(answers));
    tcase_add_test(tc, a_wrong_password_may_be_mended);
    tcase_add_test(tc, one_recipient_that_is_refused_does_not_stop_the_other);
    tcase_add_test(tc, without_tls_nothing_is_said_unless_that_is_allowed);
    tcase_add_test(tc, an_own_network_is_refused_and_how_to_allow_it_is_said);
    tcase_add_test(tc, only_smtp_is_spoken);
    tcase_add_test(tc, what_is_under_way_is_broken_off);
    tcase_add_test(tc, there_are_so_many_recipients_and_no_more);
    tcase_add_test(tc, an_address_may_be_so_long_and_no_longer);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
