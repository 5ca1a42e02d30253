/* test_ledger.c - the importer's conversation with a server that answers well, badly, late
 * or not at all. Waiting is the test's: the clock is not waited for. */
#include "fcgi/cli/ledger.h"
#include "tests/fake/http_fake.h"
#include "tests/unit/unit.h"

#define JSON    "Content-Type: application/json\r\n"
#define ZERO8   "00000000"
#define ZEROES  ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8
#define ROW     "{\"id\":7,\"position\":\"" ZEROES "\",\"bytes\":10,\"records\":2"
#define EMPTY   "{\"imports\":[],\"next\":null}"
#define STORED  "{\"stored\":2,\"incident_id\":5}"
#define KNOWN   "{\"stored\":0,\"duplicate\":true}"
#define REFUSED "{\"error\":\"no good\",\"index\":1}"

enum { REPLY_BYTES = 4096, PATIENCE_S = 10, WAITS_MAX = 32 };

static struct http_fake *server;
static struct ledger *ledger;
static struct ledger_list list;
static struct err e;
static char url[64], texts[2][REPLY_BYTES];
static int64_t waits[WAITS_MAX];
static size_t waits_n;
static const char *then_status, *then_body; /* what the server says after a wait */

static void reply(const char *status, const char *body)
{
    char *out = texts[waits_n % 2];
    int n =
        snprintf(out, REPLY_BYTES, "HTTP/1.1 %s\r\n" JSON "Content-Length: %zu\r\n\r\n%s",
                 status, strlen(body), body);
    ck_assert_int_lt(n, REPLY_BYTES);
    http_fake_do(server, HTTP_FAKE_REPLIES, (struct str){out, (size_t)n});
}

static bool goes_on;
static int64_t patience_s;

static bool take_wait(const char *why, int64_t seconds)
{
    bool forever = patience_s == LEDGER_FOREVER_S;
    CHECK_HAS(why, "trying again");
    ck_assert((strstr(why, " for up to ") == NULL) == forever);
    ck_assert_uint_lt(waits_n, WAITS_MAX);
    waits[waits_n++] = seconds;
    if (then_status) {
        reply(then_status, then_body);
    }
    return goes_on;
}

static void open_ledger(void)
{
    struct ledger_options o = {.url = url,
                               .patience_s = patience_s,
                               .may_start_later = patience_s == LEDGER_FOREVER_S,
                               .wait = take_wait};
    ck_assert_msg(!ledger_open(&o, &ledger, &e), "%s", e.msg);
}

static void set_up(void)
{
    waits_n = 0;
    goes_on = true;
    patience_s = PATIENCE_S;
    then_status = NULL;
    server = http_fake_start(NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/p/", http_fake_port(server));
    list.rows = calloc(LEDGER_ROWS_MAX, sizeof *list.rows);
    ck_assert_ptr_nonnull(list.rows);
    open_ledger();
}

static void tear_down(void)
{
    ledger_close(ledger);
    http_fake_stop(server);
    free(list.rows);
}

static enum err_code get(void)
{
    struct import_position p = {{0}};
    return ledger_list(ledger, &p, &list, &e);
}

static enum err_code post(struct ledger_result *out)
{
    static const uint8_t marks[2 * IMPORT_MARK_BYTES] = {0xAB};
    struct ledger_part part = {
        .bytes = 10, .seen = 3, .marks = marks, .n = 2, .records = STR("[]")};
    return ledger_post(ledger, &part, out, &e);
}

/* The server has answered once, so that it is known to be ours. */
static void get_to_know(void)
{
    reply("200 OK", EMPTY);
    ck_assert_msg(!get(), "%s", e.msg);
}

START_TEST(asks_and_sends_as_the_server_wants_it)
{
    char seen[4096];
    struct ledger_result r;
    get_to_know();
    ck_assert(http_fake_seen(server, 0, seen, sizeof seen));
    CHECK_HAS(seen, "GET /p/imports?after=" ZEROES " HTTP/1.1");
    reply("200 OK", STORED);
    ck_assert(!post(&r));
    ck_assert(http_fake_seen(server, 1, seen, sizeof seen));
    CHECK_HAS(seen, "POST /p/imports HTTP/1.1");
    CHECK_HAS(seen, "\r\n\r\n{\"after\":\"" ZEROES "\",\"position\":\"" ZEROES
                    "\",\"bytes\":10,\"seen\":3,\"marks\":\"ab00000000000000"
                    "0000000000000000\"}\n[]");
}
END_TEST

START_TEST(reads_a_list_and_marks)
{
    uint8_t marks[4][IMPORT_MARK_BYTES];
    struct import_position p = {{0}};
    size_t n;
    reply("200 OK", "{\"imports\":[" ROW "}],\"next\":null}");
    ck_assert_msg(!get(), "%s", e.msg);
    ck_assert_uint_eq(list.n, 1);
    ck_assert_int_eq(list.seen, 7);
    ck_assert_int_eq(list.rows[0].bytes, 10);
    ck_assert_int_eq(list.rows[0].records, 2);
    reply("200 OK",
          "{\"imports\":[" ROW ",\"marks\":\"0123456789abcdef0000000000000001\"}],"
          "\"next\":null}");
    ck_assert(!ledger_marks(ledger, &p, marks, 4, &n, &e));
    ck_assert_uint_eq(n, 2);
    ck_assert_uint_eq(marks[0][7], 0xEF);
    ck_assert_uint_eq(marks[1][7], 1);
    ck_assert(!ledger_marks(ledger, &p, marks, 1, &n, &e));
    ck_assert_uint_eq(n, 1);
}
END_TEST

static const struct {
    const char *name, *status, *body;
} strangers[] = {
    {"another server", "404 Not Found", "<html>"},
    {"a page", "200 OK", "<html>hello</html>"},
    {"nothing", "200 OK", ""},
    {"no object", "200 OK", "[]"},
    {"no list", "200 OK", "{}"},
    {"a list that is none", "200 OK", "{\"imports\":1}"},
    {"a row without position", "200 OK",
     "{\"imports\":[{\"id\":1,\"bytes\":1,\"records\":1}]}"},
    {"a short position", "200 OK",
     "{\"imports\":[{\"id\":1,\"bytes\":1,\"records\":1,\"position\":\"00\"}]}"},
    {"a row that is none", "200 OK", "{\"imports\":[1]}"},
    {"not UTF-8", "200 OK", "{\"imports\":[\"\xFF\"]}"},
};

START_TEST(knows_a_stranger)
{
    reply(strangers[_i].status, strangers[_i].body);
    ck_assert_msg(get() == ERR_UPSTREAM, "%s", strangers[_i].name);
    CHECK_HAS(e.msg, "is not this program's server");
    ck_assert_uint_eq(waits_n, 0);
}
END_TEST

START_TEST(a_list_without_end_is_ended)
{
    reply("200 OK", "{\"imports\":[" ROW "}],\"next\":\"7\"}"); /* for ever */
    ck_assert_int_eq(get(), ERR_TOO_LARGE);
}
END_TEST

static const struct {
    const char *name, *status, *body;
    enum ledger_answer answer;
    int64_t incident_id, index;
} answers[] = {
    {"stored", "200 OK", STORED, LEDGER_STORED, 5, -1},
    {"known", "200 OK", KNOWN, LEDGER_KNOWN, 0, -1},
    {"overtaken", "409 Conflict", "{\"error\":\"look\"}", LEDGER_OVERTAKEN, 0, -1},
    {"refused", "400 Bad Request", REFUSED, LEDGER_REFUSED, 0, 1},
    {"refused without a record", "413 Content Too Large", "{\"error\":\"no good\"}",
     LEDGER_REFUSED, 0, -1},
};

START_TEST(understands_the_answer)
{
    struct ledger_result r;
    reply(answers[_i].status, answers[_i].body);
    ck_assert_msg(!post(&r), "%s: %s", answers[_i].name, e.msg);
    ck_assert_msg(r.answer == answers[_i].answer, "%s", answers[_i].name);
    ck_assert_int_eq(r.incident_id, answers[_i].incident_id);
    ck_assert_int_eq(r.index, answers[_i].index);
    ck_assert(r.answer != LEDGER_REFUSED || strcmp(r.why, "no good") == 0);
}
END_TEST

/* "Known" on the second try: was it the first try that was stored? Only if that may have
 * been carried out. */
static const struct {
    const char *status;
    enum http_fake_does does;
    enum ledger_answer answer;
} firsts[] = {
    {"503 Service Unavailable", HTTP_FAKE_REPLIES, LEDGER_KNOWN},
    {"507 Insufficient Storage", HTTP_FAKE_REPLIES, LEDGER_KNOWN},
    {"429 Too Many Requests", HTTP_FAKE_REPLIES, LEDGER_KNOWN},
    {"500 Internal Server Error", HTTP_FAKE_REPLIES, LEDGER_STORED},
    {"504 Gateway Timeout", HTTP_FAKE_REPLIES, LEDGER_STORED},
    {"", HTTP_FAKE_CUTS, LEDGER_STORED},
    {"", HTTP_FAKE_GARBAGE, LEDGER_STORED},
};

START_TEST(an_answer_that_was_lost_is_asked_for_again)
{
    struct ledger_result r;
    get_to_know();
    if (firsts[_i].does == HTTP_FAKE_REPLIES) {
        reply(firsts[_i].status, "{}");
    } else {
        http_fake_do(server, firsts[_i].does, STR_NONE);
    }
    then_status = "200 OK";
    then_body = KNOWN;
    ck_assert_msg(!post(&r), "%s", e.msg);
    ck_assert_uint_eq(waits_n, 1);
    ck_assert_int_eq(r.answer, firsts[_i].answer);
}
END_TEST

static const struct {
    const char *status;
    size_t n;
    int64_t each_s;
} patience[] = {
    {"503 Service Unavailable", PATIENCE_S, 1},
    {"503 Service Unavailable\r\nRetry-After: 4", 2, 4},
    {"503 Service Unavailable\r\nRetry-After: 11", 0, 0},
};

START_TEST(patience_has_an_end)
{
    struct ledger_result r;
    reply(patience[_i].status, "{}");
    ck_assert_int_eq(post(&r), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "the server answers 503; given up after 10 s");
    ck_assert_uint_eq(waits_n, patience[_i].n);
    for (size_t i = 0; i < waits_n; i++) {
        ck_assert_int_eq(waits[i], patience[_i].each_s);
    }
}
END_TEST

START_TEST(a_server_that_never_answered_is_not_waited_for)
{
    http_fake_do(server, HTTP_FAKE_CLOSES, STR_NONE);
    ck_assert_int_eq(get(), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "no server answers at");
    CHECK_HAS(e.msg, "start it with deploy/run");
    ck_assert_uint_eq(waits_n, 0);
}
END_TEST

START_TEST(who_has_time_waits_for_a_server_that_starts_later)
{
    ledger_close(ledger);
    patience_s = LEDGER_FOREVER_S;
    open_ledger();
    http_fake_do(server, HTTP_FAKE_CLOSES, STR_NONE);
    then_status = "200 OK";
    then_body = "{\"imports\":[],\"next\":null}";
    ck_assert_msg(!get(), "%s", e.msg);
    ck_assert_uint_eq(waits_n, 1);
}
END_TEST

START_TEST(who_is_to_end_does_not_wait_on)
{
    struct ledger_result r;
    reply("503 Service Unavailable", "{}");
    goes_on = false;
    ck_assert_int_eq(post(&r), ERR_UPSTREAM);
    ck_assert_uint_eq(waits_n, 1);
}
END_TEST

static const char *const not_let_in[] = {"401 Unauthorized", "403 Forbidden"};

START_TEST(a_key_is_sent_and_a_refused_one_is_no_refusal_of_records)
{
    char seen[4096];
    struct ledger_result r = {.answer = LEDGER_STORED};
    struct ledger_options o = {.url = url,
                               .key = _i ? "" : "k-1",
                               .patience_s = LEDGER_FOREVER_S,
                               .may_start_later = true,
                               .wait = take_wait};
    ledger_close(ledger);
    ck_assert(!ledger_open(&o, &ledger, &e));
    reply(not_let_in[_i], "{\"error\":\"no \\u001b[31m key\",\"index\":0}");
    ck_assert_int_eq(post(&r), ERR_UPSTREAM);
    ck_assert_uint_eq(waits_n, 0);
    CHECK_HAS(e.msg, "no \\x1b[31m key"); /* a terminal does nothing of it */
    CHECK_HAS(e.msg, _i ? "API_KEY is not set" : "it was sent API_KEY");
    ck_assert(http_fake_seen(server, 0, seen, sizeof seen));
    ck_assert_int_eq(strstr(seen, "\r\nAuthorization: Bearer k-1\r\n") != NULL, !_i);
    ck_assert_int_eq(strstr(seen, "Authorization") != NULL, !_i);
}
END_TEST

START_TEST(a_url_that_is_none_is_refused)
{
    struct ledger *l = NULL;
    struct ledger_options o = {.url = "http://x/?a=1", .wait = take_wait};
    ck_assert_int_eq(ledger_open(&o, &l, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "--url");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ledger");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, asks_and_sends_as_the_server_wants_it);
    tcase_add_test(tc, reads_a_list_and_marks);
    tcase_add_loop_test(tc, knows_a_stranger, 0, ROWS(strangers));
    tcase_add_test(tc, a_list_without_end_is_ended);
    tcase_add_loop_test(tc, understands_the_answer, 0, ROWS(answers));
    tcase_add_loop_test(tc, an_answer_that_was_lost_is_asked_for_again, 0, ROWS(firsts));
    tcase_add_loop_test(tc, patience_has_an_end, 0, ROWS(patience));
    tcase_add_test(tc, a_server_that_never_answered_is_not_waited_for);
    tcase_add_test(tc, who_has_time_waits_for_a_server_that_starts_later);
    tcase_add_test(tc, who_is_to_end_does_not_wait_on);
    tcase_add_loop_test(tc, a_key_is_sent_and_a_refused_one_is_no_refusal_of_records, 0,
                        ROWS(not_let_in));
    tcase_add_test(tc, a_url_that_is_none_is_refused);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
