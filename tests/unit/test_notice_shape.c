/* test_notice_shape.c - a message as ntfy and Slack-compatible receivers want it. */
#include "fcgi/core/notice_shape.h"

#include "fcgi/base/arena.h"
#include "fcgi/base/json.h"
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

START_TEST(slack_gets_all_of_it_in_code_and_the_link_after_it)
{
    shape.format = WEBHOOK_SLACK;
    shape.subject = STR("<!channel> @all `x` a&b");
    shape.body = STR("```\n<http://evil|bank> @here\n");
    shape.public_url = "https://l/";
    CHECK_STR("slack", body(),
              STR("{\"text\":\"```\\u000a&lt;!channel&gt; @\\u200ball 'x' a&amp;b"
                  "\\u000a\\u000a"
                  "'''\\u000a&lt;http://evil|bank&gt; @\\u200bhere\\u000a```\\u000a"
                  "https://l/#/incident/7\"}"));
}
END_TEST

static const char *const hostile[] = {
    "http://evil.example/login",
    "www.evil.example evil.example",
    "mailto:a@evil.example",
    "<http://evil.example|your bank>",
    "&lt;http://evil.example|your bank&gt;",
    "<!channel> <!here> <!everyone>",
    "<@U012AB3CD> <#C012AB3CD> <!subteam^S012AB3CD>",
    "<!date^1392734382^{date}^https://evil.example/|x>",
    "@channel @all @here",
    "*bold* _slanted_ ~gone~ :skull: **b** [bank](http://evil.example)",
    "`http://evil.example`",
    "```\nhttp://evil.example\n```",
    "\n```\n<!channel>\n",
    "````` http://evil.example",
    "> quoted\n# head\n- item\n| a | b |",
    "\" http://evil.example \\",
    "\xC3\xA9`\xE2\x80\xA6<\xF0\x9F\x92\xA9>",
};

/* Nothing of it outside of the one block of code, and nothing in it that ends the block or
 * that Slack reads commands in. */
START_TEST(in_slack_nothing_that_logs_write_is_live)
{
    struct err e;
    struct arena arena;
    struct json_value all, v;
    struct str text;
    char bodies[512];
    snprintf(bodies, sizeof bodies, "%s\n", hostile[_i]);
    shape.format = WEBHOOK_SLACK;
    shape.subject = str_of(hostile[_i]);
    shape.body = str_of(bodies);
    body();
    struct json_in in = {out.p, out.n, 0, 4, 0};
    arena_init(&arena, 1 << 20);
    ck_assert(!json_read(&in, &all, &e) && json_member(all, "text", &v));
    ck_assert(!json_decode(&arena, v, &text, &e));
    ck_assert_msg(text.n > 9 && memcmp(text.p, "```\n", 4) == 0 &&
                      memcmp(text.p + text.n - 5, "\n```\n", 5) == 0,
                  "%.*s", STR_ARGS(text));
    for (size_t i = 4; i < text.n - 4; i++) {
        const char *p = text.p + i;
        ck_assert_msg(*p != '`' && *p != '<' && *p != '>', "%.*s", STR_ARGS(text));
        ck_assert(*p != '@' || memcmp(p + 1, "\xE2\x80\x8B", 3) == 0);
        ck_assert(*p != '&' || memcmp(p, "&amp;", 5) == 0 || memcmp(p, "&lt;", 4) == 0 ||
                  memcmp(p, "&gt;", 4) == 0);
    }
    arena_free(&arena);
}
END_TEST

static const char cut[] = "\\u000a... (cut)\\u000a```\\u000a\"}";
static const char whole[] = "```\\u000a\"}";

static bool ends_in(struct str s, const char *end)
{
    size_t n = strlen(end);
    return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

START_TEST(what_is_too_long_for_slack_is_cut_and_the_code_ends)
{
    enum { REST = SLACK_TEXT_BYTES - 4 - 2 }; /* without its begin and the empty line */
    static char big[SLACK_TEXT_BYTES + 2];
    memset(big, 'x', sizeof big);
    shape.format = WEBHOOK_SLACK;
    shape.subject = STR("");
    shape.body = (struct str){big, REST};
    ck_assert(ends_in(body(), whole) && !ends_in(body(), cut));
    shape.body.n++;
    ck_assert(ends_in(body(), cut));
    shape.body.n = REST;
    big[REST - 1] = '<'; /* an escape is not cut in two */
    ck_assert(ends_in(body(), cut));
    ck_assert_ptr_null(memmem(out.p, out.n, "&", 1));
    memcpy(big + REST - 1, "\xC3\xA9", 2); /* nor is a character */
    shape.body.n = REST + 1;
    ck_assert(ends_in(body(), cut));
    ck_assert_ptr_null(memmem(out.p, out.n, "\\u00e9", 6));
    memcpy(big + REST - 2, "\xC3\xA9", 2);
    shape.body.n = REST;
    ck_assert(ends_in(body(), whole) && !ends_in(body(), cut));
}
END_TEST

/* A message of which a part is missing is not sent. */
START_TEST(what_does_not_fit_has_failed)
{
    static char big[SHAPE_BYTES_MAX];
    memset(big, 'x', sizeof big);
    shape.format = WEBHOOK_NTFY;
    shape.subject = (struct str){big, NTFY_TITLE_BYTES + 1};
    shape.body = (struct str){big, SHAPE_BYTES_MAX - NTFY_TITLE_BYTES - 2};
    body();
    shape.body.n++;
    buf_clear(&out);
    notice_shape_body(&out, &shape);
    ck_assert(out.failed);
    static char url[2 * NOTIFY_TEXT_BYTES + 1];
    memset(url, 'u', sizeof url - 1);
    shape.body.n = 1;
    shape.public_url = url;
    buf_clear(&out);
    notice_shape_body(&out, &shape);
    ck_assert(out.failed);
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
    tcase_add_test(tc, slack_gets_all_of_it_in_code_and_the_link_after_it);
    tcase_add_loop_test(tc, in_slack_nothing_that_logs_write_is_live, 0, ROWS(hostile));
    tcase_add_test(tc, what_is_too_long_for_slack_is_cut_and_the_code_ends);
    tcase_add_test(tc, what_does_not_fit_has_failed);
    tcase_add_test(tc, the_largest_message_fits);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
