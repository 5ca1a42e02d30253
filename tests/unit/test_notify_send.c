/* test_notify_send.c - what is sent, and what is made of the answers, against receivers that
 * do as they are told. */
#include "fcgi/jobs/notify_send.h"

#include "tests/fake/receiver.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

enum { SEEN_BYTES = 64 * 1024 };

static char dir[TEMP_DIR_BYTES], seen[SEEN_BYTES];
static struct receiver *server;
static struct notify_sender *sender;
static struct config_notify config;
static struct notify_result result;
static struct err e;

static const struct notify_letter letter = {
    .id = 1,
    .incident_id = 7,
    .kind = NOTICE_NEW,
    .event_id = {"0123456789abcdef", 16},
    .subject = {"subject", 7},
    .body = {"body\n", 5},
    .json = {"{\"a\":1}", 7},
};

static void does(const char *what)
{
    char path[TEMP_DIR_BYTES];
    FILE *f = fopen(temp_dir_path(dir, "does", path), "w");
    ck_assert_ptr_nonnull(f);
    fputs(what, f);
    fclose(f);
}

static const char *read_seen(const char *name)
{
    char path[TEMP_DIR_BYTES];
    FILE *f = fopen(temp_dir_path(dir, name, path), "r");
    ck_assert_ptr_nonnull(f);
    seen[fread(seen, 1, sizeof seen - 1, f)] = '\0';
    fclose(f);
    return seen;
}

static void set_up_webhook(void)
{
    temp_dir_make(dir);
    server = receiver_start(false, dir);
    config = (struct config_notify){
        .webhook_format = "json", .webhook_token = "sesame", .private_ok = 1};
    snprintf(config.webhook_url, sizeof config.webhook_url, "http://127.0.0.1:%d/topic",
             receiver_port(server));
    ck_assert(!notify_webhook_open(&config, &sender, &e));
    result = (struct notify_result){.end = NOTIFY_DELIVERED};
}

static void set_up_mail(void)
{
    temp_dir_make(dir);
    server = receiver_start(true, dir);
    config = (struct config_notify){.smtp_tls = "off",
                                    .mail_from = "from@example.org",
                                    .mail_to = "a@example.org,b@example.org",
                                    .private_ok = 1};
    snprintf(config.smtp_url, sizeof config.smtp_url, "smtp://127.0.0.1:%d",
             receiver_port(server));
    ck_assert(!notify_mail_open(&config, &sender, &e));
    result = (struct notify_result){.end = NOTIFY_DELIVERED};
}

static void tear_down(void)
{
    notify_sender_close(sender);
    receiver_stop(server);
    temp_dir_remove(dir);
}

START_TEST(a_webhook_has_its_key_and_its_token)
{
    notify_sender_send(sender, &letter, &result);
    ck_assert_int_eq(result.end, NOTIFY_DELIVERED);
    ck_assert_str_eq(result.error, "");
    read_seen("1");
    CHECK_HAS(seen, "POST /topic HTTP/1.1\r\n");
    CHECK_HAS(seen, "\r\nIdempotency-Key: 0123456789abcdef\r\n");
    CHECK_HAS(seen, "\r\nAuthorization: Bearer sesame\r\n");
    CHECK_HAS(seen, "\r\nContent-Type: application/json\r\n");
    CHECK_HAS(seen, "\r\n\r\n{\"a\":1}");
}
END_TEST

START_TEST(ntfy_is_asked_at_its_root)
{
    snprintf(config.webhook_format, sizeof config.webhook_format, "ntfy");
    notify_sender_send(sender, &letter, &result);
    CHECK_HAS(read_seen("1"), "POST / HTTP/1.1\r\n");
    CHECK_HAS(seen, "{\"topic\":\"topic\",\"title\":\"subject\"");
}
END_TEST

static const struct {
    const char *does;
    enum notify_end end;
    int64_t asked_s;
    const char *says;
} answers[] = {
    {"200", NOTIFY_DELIVERED, 0, ""},
    {"204", NOTIFY_DELIVERED, 0, ""},
    {"299", NOTIFY_DELIVERED, 0, ""},
    {"301 Location: http://127.0.0.1/", NOTIFY_LATER, 0,
     "301, a redirect: set WEBHOOK_URL"},
    {"400", NOTIFY_NEVER, 0, "the receiver answered 400: said"},
    {"401", NOTIFY_NEVER, 0, "401"},
    {"404", NOTIFY_DOUBT, 0, "404"},
    {"408", NOTIFY_LATER, 0, "408"},
    {"410", NOTIFY_NEVER, 0, "410"},
    {"413", NOTIFY_NEVER, 0, "413"},
    {"429 Retry-After: 7", NOTIFY_LATER, 7, "429"},
    {"500", NOTIFY_LATER, 0, "500"},
    {"503 Retry-After: 120", NOTIFY_LATER, 120, "503"},
    {"close", NOTIFY_LATER, 0, "ended before the answer"},
    {"404 echo", NOTIFY_DOUBT, 0, "the receiver answered 404"},
};

START_TEST(each_answer_means_something)
{
    does(answers[_i].does);
    notify_sender_send(sender, &letter, &result);
    ck_assert_msg(result.end == answers[_i].end, "%s: %d", answers[_i].does,
                  (int)result.end);
    ck_assert_int_eq(result.asked_s, answers[_i].asked_s);
    CHECK_HAS(result.error, answers[_i].says);
    ck_assert_ptr_null(strstr(result.error, "topic")); /* what only the two of us know */
}
END_TEST

/* What a URL can be written as to mean this machine. */
static const char *const tricks[] = {
    "http://127.0.0.1:%d/",
    "http://localhost:%d/",
    "http://0x7f.1:%d/",
    "http://2130706433:%d/",
    "http://127.1:%d/",
    "http://0177.0.0.1:%d/",
    "http://[::ffff:127.0.0.1]:%d/",
    "http://[::1]:%d/",
    "http://0.0.0.0:%d/",
    "http://0:%d/",
    "http://[::]:%d/",
    "http://localhost.:%d/",
    "http://10.0.0.1:%d/",
    "http://192.168.1.1:%d/",
    "http://169.254.169.254:%d/",
    "http://[fe80::1]:%d/",
    "http://[fd00::1]:%d/",
    "http://172.16.0.1:%d/",
    "http://[::ffff:7f00:1]:%d/",
    "http://224.0.0.1:%d/",
    "http://[ff02::1]:%d/",
};

START_TEST(own_networks_are_refused_however_they_are_written)
{
    notify_sender_close(sender);
    config.private_ok = 0;
    ck_assert(!notify_webhook_open(&config, &sender, &e));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(config.webhook_url, sizeof config.webhook_url, tricks[_i],
             receiver_port(server));
#pragma GCC diagnostic pop
    notify_sender_send(sender, &letter, &result);
    ck_assert_int_eq(result.end, NOTIFY_LATER);
    ck_assert_int_eq(temp_dir_files(dir), 1); /* the port's: nothing has come */
    bool not_a_name = strstr(result.error, "the host's name is not known") != NULL;
    ck_assert_msg(not_a_name || strstr(result.error, "NOTIFY_PRIVATE=1"), "%s: %s",
                  tricks[_i], result.error);
}
END_TEST

START_TEST(at_our_end_it_was_no_try)
{
    notify_sender_end(sender);
    notify_sender_send(sender, &letter, &result);
    ck_assert_int_eq(result.end, NOTIFY_BROKEN_OFF);
    ck_assert_int_eq(temp_dir_files(dir), 1);
}
END_TEST

START_TEST(a_mail_begins_with_its_sentence)
{
    notify_sender_send(sender, &letter, &result);
    ck_assert_int_eq(result.end, NOTIFY_DELIVERED);
    read_seen("1");
    CHECK_HAS(seen, "\r\nSubject: subject\r\n");
    CHECK_HAS(seen, "\r\nMessage-ID: <0123456789abcdef@example.org>\r\n");
    CHECK_HAS(seen, "\r\n\r\nsubject\r\n\r\nbody\r\n");
}
END_TEST

static const struct {
    const char *does;
    enum notify_end end;
    const char *says;
} mails[] = {
    {"451 busy", NOTIFY_LATER, "the mail server said: 451 busy"},
    {"550 no", NOTIFY_NEVER, "the mail server said: 550 no"},
    {"rcpt a@example.org", NOTIFY_DELIVERED, "550 5.1.1 nobody"},
    {"rcpt example.org", NOTIFY_NEVER, "550 5.1.1 nobody"},
    {"close", NOTIFY_LATER, "the connection ended"},
};

START_TEST(each_answer_of_a_mail_server_means_something)
{
    does(mails[_i].does);
    notify_sender_send(sender, &letter, &result);
    ck_assert_msg(result.end == mails[_i].end, "%s: %d %s", mails[_i].does,
                  (int)result.end, result.error);
    CHECK_HAS(result.error, mails[_i].says);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("notify_send");
    TCase *hook = tcase_create("webhook"), *mail = tcase_create("mail");
    tcase_add_checked_fixture(hook, set_up_webhook, tear_down);
    tcase_set_timeout(hook, 30);
    tcase_add_test(hook, a_webhook_has_its_key_and_its_token);
    tcase_add_test(hook, ntfy_is_asked_at_its_root);
    tcase_add_loop_test(hook, each_answer_means_something, 0, ROWS(answers));
    tcase_add_loop_test(hook, own_networks_are_refused_however_they_are_written, 0,
                        ROWS(tricks));
    tcase_add_test(hook, at_our_end_it_was_no_try);
    tcase_add_checked_fixture(mail, set_up_mail, tear_down);
    tcase_add_test(mail, a_mail_begins_with_its_sentence);
    tcase_add_loop_test(mail, each_answer_of_a_mail_server_means_something, 0,
                        ROWS(mails));
    suite_add_tcase(s, hook);
    suite_add_tcase(s, mail);
    return temp_dir_run(s);
}
