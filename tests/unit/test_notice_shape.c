/* test_notice_shape.c - a message as ntfy and Slack-compatible receivers want it. */
#include "fcgi/core/notice_shape.h"

#include "tests/unit/unit.h"

#include <stdlib.h>

static struct buf out;
static struct notice_shape shape;

static void set_up(void)
{
    buf_init(&out, SHAPE_BYTES_MAX);
    shape = (struct notice_shape){.format = WEBHOOK_JSON,
                                  .webhook_url = "https://ntfy.example.org/topic",
                                  .public_url = "",
                                  .kind = NOTICE_NEW,
                                  .incident_id = 7,
                                  .subject = STR("subject"),
                                  .body = STR("one\ntwo\n"),
                                  .json = STR("{\"a\":1}")};
}

static void tear_down(void)
{
    buf_free(&out);
}

static struct str body(void)
{
    buf_clear(&out);
    notice_shape_body(&out, &shape);
    ck_assert(!out.failed);
    return buf_view(&out);
}

START_TEST(json_is_sent_as_it_is)
{
    char url[NOTIFY_TEXT_BYTES];
    CHECK_STR("json", body(), STR("{\"a\":1}"));
    ck_assert(notice_shape_url(&shape, url));
    ck_assert_str_eq(url, "https://ntfy.example.org/topic");
}
END_TEST

START_TEST(ntfy_gets_title_message_and_priority)
{
    char url[NOTIFY_TEXT_BYTES];
    shape.format = WEBHOOK_NTFY;
    CHECK_STR("ntfy", body(),
              STR("{\"topic\":\"topic\",\"title\":\"subject\",\"message\":"
                  "\"one\\u000atwo\\u000a\","
                  "\"priority\":4}"));
    ck_assert(notice_shape_url(&shape, url));
    ck_assert_str_eq(url, "https://ntfy.example.org/");
    shape.public_url = "https://l/";
    shape.kind = NOTICE_WORSE;
    CHECK_STR("ntfy", body(),
              STR("{\"topic\":\"topic\",\"title\":\"subject\",\"message\":"
                  "\"one\\u000atwo\\u000a\","
                  "\"priority\":5,\"click\":\"https://l/#/incident/7\"}"));
}
END_TEST

/* The bytes of the value of a member, which holds no quotes. */
static size_t value_bytes(struct str s, const char *key)
{
    const char *p = memmem(s.p, s.n, key, strlen(key));
    ck_assert_ptr_nonnull(p);
    p += strlen(key);
    return strcspn(p, "\"");
}

START_TEST(ntfy_would_make_a_file_of_more_than_this)
{
    static char big[NTFY_MESSAGE_BYTES + 1];
    memset(big, 'x', sizeof big);
    shape.format = WEBHOOK_NTFY;
    shape.body = (struct str){big, NTFY_MESSAGE_BYTES};
    ck_assert_uint_eq(value_bytes(body(), "\"message\":\""), NTFY_MESSAGE_BYTES);
    shape.body.n++;
    ck_assert_uint_eq(value_bytes(body(), "\"message\":\""), NTFY_MESSAGE_BYTES);
    shape.body = STR("rest");
    shape.subject = (struct str){big, NTFY_TITLE_BYTES};
    ck_assert_uint_eq(value_bytes(body(), "\"title\":\""), NTFY_TITLE_BYTES);
    ck_assert_uint_eq(value_bytes(body(), "\"message\":\""), 4);
    shape.subject.n++; /* the whole sentence is in the message then */
    ck_assert_uint_eq(value_bytes(body(), "\"title\":\""), NTFY_TITLE_BYTES);
    ck_assert_uint_eq(value_bytes(body(), "\"message\":\""),
                      NTFY_TITLE_BYTES + 1 + 6 + 4);
}
END_TEST

START_TEST(slack_gets_text_in_which_nothing_is_a_command)
{
    shape.format = WEBHOOK_SLACK;
    shape.subject = STR("<!channel> @all `x` a&b");
    shape.body = STR("```\n<http://evil|bank> @here\n");
    shape.public_url = "https://l/";
    CHECK_STR("slack", body(),
              STR("{\"text\":\"&lt;!channel&gt; @\\u200ball 'x' a&amp;b\\u000a```\\u000a"
                  "'''\\u000a&lt;http://evil|bank&gt; @\\u200bhere\\u000a```\\u000a"
                  "https://l/#/incident/7\"}"));
}
END_TEST

START_TEST(the_largest_message_fits)
{
    static char big[24 * 1024];
    memset(big, '&', sizeof big);
    shape.format = WEBHOOK_SLACK;
    shape.subject = (struct str){big, 1024};
    shape.body = (struct str){big, sizeof big};
    body();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("notice_shape");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, json_is_sent_as_it_is);
    tcase_add_test(tc, ntfy_gets_title_message_and_priority);
    tcase_add_test(tc, ntfy_would_make_a_file_of_more_than_this);
    tcase_add_test(tc, slack_gets_text_in_which_nothing_is_a_command);
    tcase_add_test(tc, the_largest_message_fits);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
