/* test_demo.c - the verb: its arguments, the batches it makes, how it talks to a server. */
#include "fcgi/cli/demo.h"

#include "fcgi/base/clock.h"
#include "fcgi/cli/demo_batch.h"
#include "fcgi/cli/demo_post.h"
#include "tests/fake/http_fake.h"
#include "tests/unit/streams.h"
#include "tests/unit/unit.h"

enum { ARGUMENTS_MAX = 4, WAITS_MAX = 100, OUT_BYTES = 4096 };

/* --- arguments --- */

static const struct {
    const char *line; /* arguments with a space between them */
    int status;
} rows[] = {
    {"--help", 0},
    {"--truth", 0},
    {"--truth --clean --seed=9 --days=28", 0},
    {"--print --days 1 --per-service", 0},
    {"--print --days 1 --start=2026-11-22T10:00:00Z", 0},
    {"--seed", 2},
    {"--seed -1", 2},
    {"--seed x", 2},
    {"--days 0", 2},
    {"--days=29", 2},
    {"--flush 0", 2},
    {"--flush 3601", 2},
    {"--speed 0", 2},
    {"--start yesterday", 2},
    {"--start 9999-12-01", 2},
    {"--clean=yes", 2},
    {"--url ftp://x", 2},
    {"--url http://x/?a", 2},
    {"week", 2},
};

START_TEST(understands_its_arguments)
{
    char line[256], *argv[ARGUMENTS_MAX + 2] = {line}; /* and a NULL */
    int argc = 0, n = snprintf(line, sizeof line, "demo %s", rows[_i].line);
    for (int i = 0; i <= n; i++) {
        if (i == 0 || line[i - 1] == '\0') {
            ck_assert_int_le(argc, ARGUMENTS_MAX);
            argv[argc++] = line + i;
        }
        line[i] = (char)(line[i] == ' ' ? '\0' : line[i]);
    }
    int out = streams_to(STDOUT_FILENO, "/dev/null");
    int err = streams_to(STDERR_FILENO, "/dev/null");
    int status = demo_main(argc, argv);
    streams_back(STDERR_FILENO, err);
    streams_back(STDOUT_FILENO, out);
    ck_assert_int_eq(status, rows[_i].status);
}
END_TEST

/* --- batches --- */

static char sent[OUT_BYTES];

static enum err_code take_batch(void *arg, const struct demo_batch *b, struct err *e)
{
    size_t n = strlen(sent);
    (void)arg, (void)e;
    ck_assert(b->records.p[0] == '[' && b->records.p[b->records.n - 1] == ']');
    snprintf(sent + n, sizeof sent - n, "%s%zu%s ", b->service ? b->service : "", b->n,
             b->fault ? "!" : "");
    return ERR_NONE;
}

/* Two services; the third record is a fault's, the fourth an event's. */
static void gather(struct demo_gatherer *g)
{
    static const struct demo_truth truth[] = {{.fault = true}, {.fault = false}};
    static const int64_t seconds[] = {1, 2, 9, 10, 19, 20, 40};
    struct err e;
    sent[0] = '\0';
    g->truth = truth;
    g->flush_us = 10 * CLOCK_SECOND_US;
    g->send = take_batch;
    for (int i = 0; i < ROWS(seconds); i++) {
        struct demo_record r = {.at_us = seconds[i] * CLOCK_SECOND_US,
                                .service = i % 2 ? "b" : "a",
                                .level = "INFO",
                                .message = STR("x"),
                                .metadata = STR("{}"),
                                .truth = i == 2   ? 0
                                         : i == 3 ? 1
                                                  : -1};
        ck_assert(!demo_gather(g, &r, &e));
    }
    ck_assert(!demo_gather_rest(g, &e));
    demo_gatherer_free(g);
}

START_TEST(a_batch_is_what_comes_within_a_flush)
{
    struct demo_gatherer g = {.records_max = DEMO_BATCH_RECORDS_MAX};
    gather(&g);
    ck_assert_str_eq(sent, "3! 2 1 1 ");
}
END_TEST

START_TEST(a_batch_has_a_largest_size)
{
    struct demo_gatherer g = {.records_max = 2};
    gather(&g);
    ck_assert_str_eq(sent, "2 1! 2 1 1 ");
}
END_TEST

START_TEST(each_service_may_have_batches_of_its_own)
{
    struct demo_gatherer g = {.records_max = 9, .per_service = true};
    gather(&g);
    ck_assert_str_eq(sent, "a2! b1 a1 b1 b1 a1 ");
}
END_TEST

/* --- a server --- */

static struct http_fake *server;
static struct demo_poster *poster;
static int64_t waited_s;
static size_t waits;
static const char *then; /* what it answers after a wait */
static struct err e;

static void reply(const char *status, const char *body)
{
    static char texts[2][OUT_BYTES]; /* the server may still be sending the last one */
    static size_t n;
    char *out = texts[n++ % 2];
    snprintf(out, OUT_BYTES, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status,
             strlen(body), body);
    http_fake_do(server, HTTP_FAKE_REPLIES, str_of(out));
}

static void take_wait(const char *why, int64_t seconds)
{
    CHECK_HAS(why, "trying again for up to");
    ck_assert_uint_lt(waits++, WAITS_MAX);
    waited_s += seconds;
    if (then) {
        reply("200 OK", then);
    }
}

static void set_up(void)
{
    static struct config c = {.bind = "0.0.0.0"};
    waited_s = 0;
    waits = 0;
    then = NULL;
    server = http_fake_start(NULL);
    c.port = http_fake_port(server);
    ck_assert_msg(!demo_poster_open(&c, NULL, take_wait, &poster, &e), "%s", e.msg);
}

static void tear_down(void)
{
    demo_poster_close(poster);
    http_fake_stop(server);
}

#define STORED "{\"stored\":2,\"incident_id\":57}"
#define BUSY   "503 Busy\r\nRetry-After: 7"

static enum err_code post(int64_t *id)
{
    *id = -1;
    return demo_post(poster, STR("[{}]"), id, &e);
}

START_TEST(posts_and_says_which_incident)
{
    char seen[OUT_BYTES];
    int64_t id;
    reply("200 OK", STORED);
    ck_assert_msg(!post(&id), "%s", e.msg);
    ck_assert_int_eq(id, 57);
    reply("200 OK", "{\"stored\":2,\"incident_id\":null}");
    ck_assert(!post(&id));
    ck_assert_int_eq(id, 0);
    ck_assert(http_fake_seen(server, 0, seen, sizeof seen));
    CHECK_HAS(seen, "POST /ingest HTTP/1.1");
    CHECK_HAS(seen, "\r\n\r\n[{}]");
}
END_TEST

START_TEST(waits_for_a_busy_server_as_long_as_it_says)
{
    int64_t id;
    reply(BUSY, "{}");
    then = STORED;
    ck_assert_msg(!post(&id), "%s", e.msg);
    ck_assert_int_eq(waited_s, 7);
    ck_assert_int_eq(id, 57);
}
END_TEST

START_TEST(gives_up_in_the_end)
{
    int64_t id;
    reply(BUSY, "{}");
    ck_assert_int_eq(post(&id), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "the server answers 503; given up");
    ck_assert(waited_s > DEMO_PATIENCE_S - 7 && waited_s <= DEMO_PATIENCE_S);
}
END_TEST

START_TEST(says_what_is_wrong)
{
    int64_t id;
    reply("400 Bad", "{\"error\":\"no good\"}");
    ck_assert_int_eq(post(&id), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "the server refuses a batch (400): \"no good\"");
    reply("200 OK", "{}");
    ck_assert_int_eq(post(&id), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "is not this program's server (status 200)");
    http_fake_do(server, HTTP_FAKE_CLOSES, STR_NONE);
    ck_assert_int_eq(post(&id), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "no server answers at http://127.0.0.1:");
    ck_assert_uint_eq(waits, 0);
}
END_TEST

START_TEST(a_server_that_has_answered_may_restart)
{
    int64_t id;
    reply("200 OK", STORED);
    ck_assert(!post(&id));
    http_fake_do(server, HTTP_FAKE_CLOSES, STR_NONE);
    then = STORED;
    ck_assert_msg(!post(&id), "%s", e.msg);
    ck_assert_uint_eq(waits, 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        posts_and_says_which_incident, waits_for_a_busy_server_as_long_as_it_says,
        gives_up_in_the_end, says_what_is_wrong, a_server_that_has_answered_may_restart};
    Suite *s = suite_create("demo");
    unit_table(s, "arguments", understands_its_arguments, ROWS(rows));
    unit_case(s, "flush", a_batch_is_what_comes_within_a_flush);
    unit_case(s, "size", a_batch_has_a_largest_size);
    unit_case(s, "per-service", each_service_may_have_batches_of_its_own);
    for (int i = 0; i < ROWS(tests); i++) {
        TCase *tc = tcase_create("server");
        tcase_add_checked_fixture(tc, set_up, tear_down);
        tcase_add_test(tc, tests[i]);
        suite_add_tcase(s, tc);
    }
    return unit_run(s);
}
