/* test_scorer_http.c - batches scored by a service that is well, away or talks nonsense. */
#include "fcgi/core/wire.h"
#include "scoring/breaker.h"
#include "scoring/scorer_http.h"
#include "tests/fake/http_fake.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>

#define HEAD                                                                             \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s"
#define REASON                                                                           \
    "{\"text\":\"5 errors in 9 records\",\"channel\":\"error_share\",\"observed\":5,"    \
    "\"expected\":0.25,\"template_id\":\"t1f\",\"template\":\"a *\",\"value\":\"v\","    \
    "\"records\":[0],\"records_total\":1,\"of\":9,\"usual_max\":1,\"p\":0.001,\"bits\":" \
    "9.965784284662087}"
#define REPLY(score, service, reasons, version)                                          \
    "{\"score\":" score ",\"anomaly\":true,\"raw_score\":0.5,\"service\":" service       \
    ",\"reasons\":[" reasons "],\"version\":" version "}"
#define GOOD                                                                             \
    REPLY("0.9", "\"we\\u0062\"", REASON,                                                \
          "\"m-1\",\"ordinary_a_week\":12.5,\"new_templates\":[\"t1f\"]")
enum { REQUEST_MAX = 4096, SOON_MS = 300, LONG_MS = 5000 };

static struct http_fake *server;
static struct scorer *scorer;
static struct arena arena;
static struct record record;
static struct verdict v;
static struct err e;
static char url[64], text[8192];

static void open_scorer(int64_t total_ms)
{
    struct scorer_http_options o = {url, REQUEST_MAX, total_ms, NULL};
    ck_assert(!scorer_open_http(&o, &scorer, &e));
}

static void set_up(void)
{
    server = http_fake_start(NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/score", http_fake_port(server));
    arena_init(&arena, 1 << 20);
    open_scorer(LONG_MS);
    record = (struct record){.timestamp = STR("t"),
                             .service = STR("web"),
                             .level = STR("ERROR"),
                             .message = STR("m\n\"\xc3\xa9\""),
                             .metadata = STR("{\"a\":1}"),
                             .event_us = 1767268848000000};
}

static void tear_down(void)
{
    scorer_close(scorer);
    http_fake_stop(server);
    arena_free(&arena);
}

static enum err_code score(void)
{
    struct scorer_batch b = {&record, 1, record.event_us, &arena};
    return scorer_score(scorer, &b, &v, &e);
}

/* The server answers 200 with this body from now on. */
static void answers(const char *body)
{
    static char reply[65536];
    int n = snprintf(reply, sizeof reply, HEAD, strlen(body), body);
    http_fake_do(server, HTTP_FAKE_REPLIES, (struct str){reply, (size_t)n});
}

START_TEST(a_good_answer_becomes_the_verdict)
{
    struct scorer_health health;
    answers(GOOD);
    ck_assert_msg(!score(), "%s", e.msg);
    ck_assert(v.score == 0.9 && v.raw_score == 0.5);
    CHECK_STR("service", v.service, STR("web"));
    ck_assert_uint_eq(v.reasons_n, 1);
    ck_assert_int_eq(v.reasons[0].channel, CHANNEL_ERROR_SHARE);
    ck_assert(v.reasons[0].observed == 5 && v.reasons[0].expected == 0.25);
    ck_assert(v.reasons[0].template_id == 0x1f);
    ck_assert_str_eq(v.reasons[0].template_text, "a *");
    ck_assert_str_eq(v.reasons[0].value, "v");
    ck_assert_uint_eq(v.reasons[0].records_n, 1);
    ck_assert(v.reasons[0].records[0] == 0 && !v.reasons[0].stored);
    ck_assert(v.ordinary_a_week == 12.5);
    ck_assert(v.new_templates_n == 1 && v.new_templates[0] == 0x1f);
    ck_assert_int_eq(v.reasons[0].of, 9);
    ck_assert_int_eq(v.reasons[0].usual_max, 1);
    ck_assert(fabs(v.reasons[0].evidence - 3) < 1e-9);
    ck_assert_str_eq(v.reasons[0].text, "5 errors in 9 records");
    ck_assert_str_eq(scorer_name(scorer), "http");
    scorer_http_health(scorer, &health);
    ck_assert(!health.open && !health.why.code);
}
END_TEST

START_TEST(the_request_holds_the_records)
{
    answers(GOOD);
    ck_assert(!score());
    ck_assert(http_fake_seen(server, 0, text, sizeof text));
    ck_assert_ptr_nonnull(strstr(text, "POST /score?live=1 HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(
        text,
        "\r\n\r\n{\"logs\":[{\"timestamp\":\"2026-01-01T12:00:48.000Z\",\"service\":"
        "\"web\",\"level\":\"ERROR\",\"message\":\"m\\n\\\"\xc3\xa9\\\"\","
        "\"metadata\":{\"a\":1}}]}"));
}
END_TEST

static const struct {
    const char *name, *body;
} garbage[] = {
    {"nothing", ""},
    {"no object", "[1]"},
    {"no JSON", "{\"score\":0.9"},
    {"something after it", GOOD "x"},
    {"two of them", GOOD GOOD},
    {"no UTF-8", REPLY("0.9", "\"\xff\"", REASON, "\"m\"")},
    {"no members", "{}"},
    {"a score above 1", REPLY("1.0000001", "null", REASON, "\"m\"")},
    {"a score below 0", REPLY("-0.1", "null", REASON, "\"m\"")},
    {"an endless score", REPLY("1e999", "null", REASON, "\"m\"")},
    {"NaN", REPLY("NaN", "null", REASON, "\"m\"")},
    {"null", REPLY("null", "null", REASON, "\"m\"")},
    {"a score as a text", REPLY("\"0.9\"", "null", REASON, "\"m\"")},
    {"no reason", REPLY("0.9", "null", "", "\"m\"")},
    {"four reasons",
     REPLY("0.9", "null", REASON "," REASON "," REASON "," REASON, "\"m\"")},
    {"a reason that is none", REPLY("0.9", "null", "1", "\"m\"")},
    {"a reason without parts", REPLY("0.9", "null", "{}", "\"m\"")},
    {"a channel that nobody knows",
     REPLY("0.9", "null",
           "{\"text\":\"t\",\"channel\":\"x\",\"observed\":1,\"expected\":1,\"p\":0.5,"
           "\"bits\":1}",
           "\"m\"")},
    {"a negative count",
     REPLY("0.9", "null",
           "{\"text\":\"t\",\"channel\":\"error_share\",\"observed\":-1,\"expected\":1,"
           "\"p\":0.5,\"bits\":1}",
           "\"m\"")},
    {"a count with a fraction",
     REPLY("0.9", "null",
           "{\"text\":\"t\",\"channel\":\"error_share\",\"observed\":1,\"expected\":1,"
           "\"of\":1.5,\"p\":0.5,\"bits\":1}",
           "\"m\"")},
    {"a record that is not in the batch",
     REPLY("0.9", "null",
           "{\"text\":\"t\",\"channel\":\"rare\",\"observed\":1,\"expected\":1,\"p\":0.5,"
           "\"bits\":1,\"records\":[1]}",
           "\"m\"")},
    {"more records than the batch has",
     REPLY("0.9", "null",
           "{\"text\":\"t\",\"channel\":\"rare\",\"observed\":1,\"expected\":1,\"p\":0.5,"
           "\"bits\":1,\"records_total\":2}",
           "\"m\"")},
    {"a record by its id in the store",
     REPLY("0.9", "null",
           "{\"text\":\"t\",\"channel\":\"rare\",\"observed\":1,\"expected\":1,\"p\":0.5,"
           "\"bits\":1,\"log_ids\":[0]}",
           "\"m\"")},
    {"an empty service", REPLY("0.9", "\"\"", REASON, "\"m\"")},
    {"a number for a service", REPLY("0.9", "7", REASON, "\"m\"")},
    {"no version", REPLY("0.9", "null", REASON, "null")},
    {"an empty version", REPLY("0.9", "null", REASON, "\"\"")},
    {"too long a version",
     REPLY("0.9", "null", REASON,
           "\"1234567890123456789012345678901234567890123456789012345678901234\"")},
    {"too deep", "{\"score\":[[[[[[[[[1]]]]]]]]]}"},
};

START_TEST(garbage_is_a_failure)
{
    struct scorer_health health;
    answers(garbage[_i].body);
    ck_assert_msg(score() == ERR_UPSTREAM, "%s", garbage[_i].name);
    ck_assert_msg(strstr(e.msg, "cannot be used") != NULL, "%s: %s", garbage[_i].name,
                  e.msg);
    scorer_http_health(scorer, &health);
    ck_assert_str_eq(health.why.msg, e.msg);
}
END_TEST

START_TEST(texts_at_their_limits_are_taken_and_one_byte_more_is_not)
{
    static char body[8192], name[CORE_SERVICE_BYTES + 1];
    for (size_t n = CORE_SERVICE_BYTES - 1; n <= CORE_SERVICE_BYTES; n++) {
        memset(name, 's', n);
        name[n] = '\0';
        snprintf(body, sizeof body,
                 "{\"score\":0,\"raw_score\":0,\"service\":\"%s\","
                 "\"reasons\":[],\"version\":\"m\"}",
                 name);
        answers(body);
        ck_assert_int_eq(score(), n < CORE_SERVICE_BYTES ? ERR_NONE : ERR_UPSTREAM);
    }
}
END_TEST

static const struct {
    const char *reply;
    enum err_code code;
} statuses[] = {
    {"HTTP/1.1 500 x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
     ERR_UPSTREAM},
    {"HTTP/1.1 302 x\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", ERR_UPSTREAM},
    {"HTTP/1.1 201 x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
     ERR_UPSTREAM},
    {"HTTP/1.1 200 x\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}",
     ERR_UPSTREAM},
    {"HTTP/1.1 400 x\r\nContent-Length: 0\r\n\r\n", ERR_TOO_LARGE},
    {"HTTP/1.1 413 x\r\nContent-Length: 0\r\n\r\n", ERR_TOO_LARGE},
};

START_TEST(only_200_and_json_is_an_answer)
{
    http_fake_do(server, HTTP_FAKE_REPLIES, str_of(statuses[_i].reply));
    ck_assert_int_eq(score(), statuses[_i].code);
}
END_TEST

START_TEST(a_service_that_misbehaves_leaves_the_batch_unscored)
{
    enum http_fake_does does = (enum http_fake_does)_i;
    scorer_close(scorer);
    open_scorer(SOON_MS);
    http_fake_do(server, does, STR("")); /* "replies" sends nothing then */
    ck_assert_msg(score() == ERR_UPSTREAM, "%s", http_fake_name(does));
}
END_TEST

START_TEST(after_five_failures_it_is_not_asked)
{
    struct scorer_health health;
    http_fake_do(server, HTTP_FAKE_CLOSES, STR_NONE);
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        ck_assert_int_eq(score(), ERR_UPSTREAM);
    }
    size_t asked = http_fake_requests(server);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(score(), ERR_UPSTREAM);
    }
    ck_assert_uint_eq(http_fake_requests(server), asked);
    scorer_http_health(scorer, &health);
    ck_assert(health.open);
    CHECK_HAS(health.why.msg, "ended before the answer");
}
END_TEST

START_TEST(a_batch_that_the_service_refuses_does_not_make_it_away)
{
    struct scorer_health health;
    http_fake_do(server, HTTP_FAKE_REPLIES,
                 STR("HTTP/1.1 413 x\r\nContent-Length: 0\r\n\r\n"));
    for (int i = 0; i < 3 * BREAKER_FAILURES; i++) {
        ck_assert_int_eq(score(), ERR_TOO_LARGE);
    }
    ck_assert_uint_eq(http_fake_requests(server), 3 * BREAKER_FAILURES);
    scorer_http_health(scorer, &health);
    ck_assert(!health.open);
}
END_TEST

START_TEST(the_largest_request_is_sent_and_one_byte_more_is_not)
{
    struct buf probe;
    static char message[REQUEST_MAX];
    memset(message, 'x', sizeof message);
    buf_init(&probe, 2 * REQUEST_MAX);
    struct json_out o = json_out_utf8(&probe);
    record.message = STR("x");
    wire_record(&o, &record);
    size_t rest = probe.n - 1 + strlen("{\"logs\":[]}");
    buf_free(&probe);
    answers(GOOD);
    record.message = (struct str){message, REQUEST_MAX - rest};
    ck_assert_msg(!score(), "%s", e.msg);
    record.message.n++;
    ck_assert_int_eq(score(), ERR_TOO_LARGE);
    ck_assert_uint_eq(http_fake_requests(server), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("scorer_http");
    TCase *tc = tcase_create("scorer");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_good_answer_becomes_the_verdict);
    tcase_add_test(tc, the_request_holds_the_records);
    tcase_add_loop_test(tc, garbage_is_a_failure, 0, ROWS(garbage));
    tcase_add_test(tc, texts_at_their_limits_are_taken_and_one_byte_more_is_not);
    tcase_add_loop_test(tc, only_200_and_json_is_an_answer, 0, ROWS(statuses));
    tcase_add_loop_test(tc, a_service_that_misbehaves_leaves_the_batch_unscored,
                        HTTP_FAKE_CLOSES, HTTP_FAKE_N);
    tcase_add_test(tc, after_five_failures_it_is_not_asked);
    tcase_add_test(tc, a_batch_that_the_service_refuses_does_not_make_it_away);
    tcase_add_test(tc, the_largest_request_is_sent_and_one_byte_more_is_not);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
