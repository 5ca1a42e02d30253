/* test_store_alarm.c - that the store cannot be used is told once by each way, and tried again
 * until it is. The thread's function is called here; what sends is a fake. */
#include "fcgi/jobs/store_alarm.c" /* NOLINT: for tick */

#include "tests/unit/unit.h"

static struct config config;
static struct store_alarm *a;
static struct err e;
static const struct err damaged = {.code = ERR_DOWN, .msg = "the store is damaged"};

/* What a way does, and what has come to it. */
struct notify_sender {
    enum notify_end end;
    int sent;
    char event_id[RANDOM_ID_BYTES], subject[TEXT_BYTES];
};
static struct notify_sender webhook, mail;

enum err_code notify_webhook_open(const struct config_notify *c,
                                  struct notify_sender **out, struct err *why)
{
    (void)c, (void)why;
    *out = &webhook;
    return ERR_NONE;
}
enum err_code notify_mail_open(const struct config_notify *c, struct notify_sender **out,
                               struct err *why)
{
    (void)c, (void)why;
    *out = &mail;
    return ERR_NONE;
}
void notify_sender_send(void *sender, const struct notify_letter *l,
                        struct notify_result *r)
{
    struct notify_sender *s = sender;
    s->sent++;
    r->end = s->end;
    r->error[0] = '\0';
    snprintf(s->event_id, sizeof s->event_id, "%.*s", STR_ARGS(l->event_id));
    snprintf(s->subject, sizeof s->subject, "%.*s", STR_ARGS(l->subject));
    ck_assert(l->body.n > 0 && l->json.n > 0);
}
void notify_sender_end(struct notify_sender *s)
{
    (void)s;
}
void notify_sender_close(struct notify_sender *s)
{
    (void)s;
}
bool notify_is_configured(const struct config *c)
{
    return c->notify.webhook_url[0] || config_has_mail(&c->notify);
}
void notify_print_api(const struct config *c, char out[static NOTIFY_API_BYTES])
{
    (void)c;
    snprintf(out, NOTIFY_API_BYTES, "http://127.0.0.1:3000");
}

static void set_up(void)
{
    config = (struct config){.trouble_seconds = 0};
    snprintf(config.notify.webhook_url, sizeof config.notify.webhook_url,
             "http://127.0.0.1:1/");
    snprintf(config.notify.smtp_url, sizeof config.notify.smtp_url, "smtp://127.0.0.1:1");
    webhook = mail = (struct notify_sender){.end = NOTIFY_DELIVERED};
    ck_assert_msg(!store_alarm_start(&config, &a, &e), "%s", e.msg);
    ticker_stop(a->ticker); /* its second is not waited for */
    a->ticker = NULL;
    webhook.sent = mail.sent = 0;
}

static void tear_down(void)
{
    store_alarm_stop(a);
}

START_TEST(each_way_tells_it_once)
{
    tick(a);
    ck_assert_int_eq(webhook.sent + mail.sent, 0);
    store_alarm_set(a, &damaged);
    for (int i = 0; i < 3; i++) {
        tick(a);
    }
    ck_assert_int_eq(webhook.sent, 1);
    ck_assert_int_eq(mail.sent, 1);
    ck_assert_str_eq(webhook.event_id, mail.event_id);
    CHECK_HAS(webhook.subject,
              "loganalyzer: the store cannot be used, records are refused: "
              "the store is damaged");
}
END_TEST

START_TEST(what_has_not_arrived_is_sent_again_and_nothing_else)
{
    webhook.end = NOTIFY_LATER;
    store_alarm_set(a, &damaged);
    tick(a);
    tick(a);
    ck_assert_int_eq(webhook.sent, 2);
    webhook.end = NOTIFY_DELIVERED;
    tick(a);
    tick(a);
    ck_assert_int_eq(webhook.sent, 3);
    ck_assert_int_eq(mail.sent, 1);
}
END_TEST

START_TEST(a_pause_comes_before_it_is_tried_again)
{
    config.notify.retry_ms = 1000000;
    webhook.end = NOTIFY_LATER;
    store_alarm_set(a, &damaged);
    tick(a);
    tick(a);
    ck_assert_int_eq(webhook.sent, 1);
    ck_assert_int_eq(a->ways[0].pause_us, STORE_ALARM_RETRY_MAX_US);
}
END_TEST

START_TEST(the_next_time_is_another_event)
{
    char first[RANDOM_ID_BYTES];
    store_alarm_set(a, &damaged);
    tick(a);
    memcpy(first, webhook.event_id, sizeof first);
    store_alarm_set(a, NULL);
    tick(a);
    ck_assert_int_eq(webhook.sent, 1); /* that it is over is not told */
    store_alarm_set(a, &damaged);
    tick(a);
    ck_assert_int_eq(webhook.sent, 2);
    ck_assert_str_ne(first, webhook.event_id);
}
END_TEST

START_TEST(what_does_not_last_is_not_told)
{
    config.trouble_seconds = 3600;
    store_alarm_set(a, &damaged);
    tick(a);
    ck_assert_int_eq(webhook.sent + mail.sent, 0);
}
END_TEST

START_TEST(without_a_way_there_is_none)
{
    struct store_alarm *none;
    struct config nobody = {.trouble_seconds = 0};
    ck_assert(!store_alarm_start(&nobody, &none, &e));
    ck_assert_ptr_null(none);
    store_alarm_set(none, &damaged);
    store_alarm_stop(none);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("store_alarm");
    TCase *tc = tcase_create("store_alarm");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, each_way_tells_it_once);
    tcase_add_test(tc, what_has_not_arrived_is_sent_again_and_nothing_else);
    tcase_add_test(tc, a_pause_comes_before_it_is_tried_again);
    tcase_add_test(tc, the_next_time_is_another_event);
    tcase_add_test(tc, what_does_not_last_is_not_told);
    tcase_add_test(tc, without_a_way_there_is_none);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
