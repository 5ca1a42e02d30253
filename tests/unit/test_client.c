/* test_client.c - our requests to other servers, against one that misbehaves as told. */
#include "fcgi/web/client.h"
#include "tests/fake/http_fake.h"
#include "tests/unit/unit.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#define HEAD_200 "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
#define OK_REPLY HEAD_200 "Content-Length: 2\r\n\r\n{}"
enum { REPLY_MAX = 1000, CONNECT_MS = 2000, TOTAL_MS = 5000, SOON_MS = 200, THREADS = 8 };

static struct http_fake *server;
static struct client *client;
static struct client_options options;
static struct client_reply reply;
static char url[64], seen[4096];
static struct err e;

static void open_client(int64_t total_ms)
{
    options = (struct client_options){
        .connect_ms = CONNECT_MS, .total_ms = total_ms, .reply_bytes_max = REPLY_MAX};
    ck_assert(!client_open(&options, &client, &e));
    client_reply_init(&reply, &options);
}

static void set_up(void)
{
    server = http_fake_start(NULL);
    http_fake_do(server, HTTP_FAKE_REPLIES, STR(OK_REPLY));
    snprintf(url, sizeof url, "http://127.0.0.1:%d/score", http_fake_port(server));
    open_client(TOTAL_MS);
}

static void tear_down(void)
{
    client_close(client);
    http_fake_stop(server);
    client_reply_free(&reply);
}

static enum err_code post(struct str body)
{
    struct client_request r = {
        .method = "POST", .url = url, .content_type = "application/json", .body = body};
    return client_send(client, &r, &reply, &e);
}

START_TEST(a_request_arrives_as_it_was_made)
{
    struct client_request r = {.method = "PUT",
                               .url = url,
                               .content_type = "text/plain",
                               .headers = {"X-One: 1", "X-Two: 2"},
                               .body = STR("body")};
    ck_assert_msg(!client_send(client, &r, &reply, &e), "%s", e.msg);
    ck_assert(http_fake_seen(server, 0, seen, sizeof seen));
    ck_assert_ptr_nonnull(strstr(seen, "PUT /score HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "\r\nContent-Type: text/plain\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "\r\nX-One: 1\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "\r\nX-Two: 2\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "\r\nContent-Length: 4\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "\r\n\r\nbody"));
    ck_assert_ptr_null(strstr(seen, "Expect"));
    ck_assert_ptr_null(strstr(seen, "Cookie"));
}
END_TEST

START_TEST(a_get_has_no_body_and_no_type)
{
    struct client_request r = {.method = "GET", .url = url};
    ck_assert(!client_send(client, &r, &reply, &e));
    ck_assert(http_fake_seen(server, 0, seen, sizeof seen));
    ck_assert_ptr_nonnull(strstr(seen, "GET /score HTTP/1.1\r\n"));
    ck_assert_ptr_null(strstr(seen, "Content-"));
}
END_TEST

START_TEST(a_reply_of_any_status_is_a_reply)
{
    http_fake_do(server, HTTP_FAKE_REPLIES,
                 STR("HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nRetry-After: 7\r\n"
                     "Content-Length: 4\r\n\r\nbusy"));
    ck_assert(!post(STR("{}")));
    ck_assert_int_eq(reply.status, 503);
    ck_assert_int_eq(reply.retry_after_s, 7);
    ck_assert_str_eq(reply.content_type, "text/html");
    CHECK_STR("body", buf_view(&reply.body), STR("busy"));
    http_fake_do(server, HTTP_FAKE_REPLIES, STR(OK_REPLY));
    ck_assert(!post(STR("{}"))); /* nothing of the last one is left */
    ck_assert_int_eq(reply.status, 200);
    ck_assert_int_eq(reply.retry_after_s, 0);
    CHECK_STR("body", buf_view(&reply.body), STR("{}"));
}
END_TEST

START_TEST(a_redirect_is_not_followed)
{
    http_fake_do(server, HTTP_FAKE_REPLIES,
                 STR("HTTP/1.1 302 Found\r\nLocation: /other\r\n"
                     "Content-Length: 0\r\n\r\n"));
    ck_assert(!post(STR("{}")));
    ck_assert_int_eq(reply.status, 302);
    ck_assert_uint_eq(http_fake_requests(server), 1);
}
END_TEST

static const struct {
    enum http_fake_does does;
    const char *says;
} misdeeds[] = {
    {HTTP_FAKE_CLOSES, "ended before the answer"},
    {HTTP_FAKE_HANGS, "no complete answer within 200 ms"},
    {HTTP_FAKE_DRIPS, "no complete answer within 200 ms"},
    {HTTP_FAKE_ENDLESS, "more than 1000 bytes"},
    {HTTP_FAKE_TOO_LONG, "more than 1000 bytes"},
    {HTTP_FAKE_CUTS, "ended before the answer"},
    {HTTP_FAKE_GARBAGE, "does not speak HTTP"},
};

START_TEST(a_server_that_misbehaves_is_an_error_in_words)
{
    bool slow = strstr(misdeeds[_i].says, "ms") != NULL;
    tear_down();
    server = http_fake_start(NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/score", http_fake_port(server));
    open_client(slow ? SOON_MS : TOTAL_MS);
    http_fake_do(server, misdeeds[_i].does, STR_NONE);
    const char *name = http_fake_name(misdeeds[_i].does);
    ck_assert_msg(post(STR("{}")) == ERR_UPSTREAM, "%s", name);
    ck_assert_msg(strstr(e.msg, misdeeds[_i].says) != NULL, "%s: %s", name, e.msg);
    ck_assert_msg(!strstr(e.msg, "127.0.0.1"), "%s: %s", name, e.msg);
}
END_TEST

START_TEST(a_port_that_nobody_listens_at)
{
    http_fake_stop(server);
    server = NULL;
    ck_assert_int_eq(post(STR("{}")), ERR_UPSTREAM);
    ck_assert_str_eq(e.msg, "nothing accepts connections there");
}
END_TEST

static const char *const bad_urls[] = {"file:///etc/hostname", "ftp://127.0.0.1/x",
                                       "gopher://127.0.0.1/x", "telnet://127.0.0.1/"};

START_TEST(only_http_is_spoken)
{
    snprintf(url, sizeof url, "%s", bad_urls[_i]);
    ck_assert_int_eq(post(STR("{}")), ERR_UPSTREAM);
}
END_TEST

START_TEST(a_reply_of_the_largest_size_is_taken_and_one_more_byte_is_not)
{
    static char text[REPLY_MAX + 200];
    for (int extra = 0; extra <= 1; extra++) {
        int n = snprintf(text, sizeof text, HEAD_200 "Content-Length: %d\r\n\r\n",
                         REPLY_MAX + extra);
        memset(text + n, 'x', (size_t)(REPLY_MAX + extra));
        http_fake_do(server, HTTP_FAKE_REPLIES,
                     (struct str){text, (size_t)(n + REPLY_MAX + extra)});
        ck_assert_int_eq(post(STR("{}")), extra ? ERR_UPSTREAM : ERR_NONE);
    }
}
END_TEST

START_TEST(connections_are_kept_and_used_again)
{
    for (int i = 0; i < 5; i++) {
        ck_assert(!post(STR("{}")));
    }
    ck_assert_uint_eq(http_fake_requests(server), 5);
    ck_assert_uint_eq(http_fake_connections(server), 1);
}
END_TEST

START_TEST(a_fresh_client_takes_a_connection_for_each)
{
    client_close(client);
    options.fresh = true;
    ck_assert(!client_open(&options, &client, &e));
    for (int i = 0; i < 3; i++) {
        ck_assert(!post(STR("{}")));
    }
    ck_assert_uint_eq(http_fake_connections(server), 3);
    http_fake_do(server, HTTP_FAKE_CLOSES, STR_NONE);
    ck_assert_int_eq(post(STR("{}")), ERR_UPSTREAM);
    ck_assert_uint_eq(http_fake_requests(server), 4); /* not tried again */
}
END_TEST

START_TEST(the_environment_has_no_say)
{
    setenv("http_proxy", "http://127.0.0.1:9", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:9", 1);
    ck_assert_msg(!post(STR("{}")), "%s", e.msg);
    ck_assert_int_eq(reply.status, 200);
}
END_TEST

START_TEST(a_unix_socket_is_connected_to)
{
    char path[] = "/tmp/la-client.XXXXXX", socket[64];
    ck_assert_ptr_nonnull(mkdtemp(path));
    snprintf(socket, sizeof socket, "%s/s", path);
    struct http_fake *at_socket = http_fake_start(socket);
    http_fake_do(at_socket, HTTP_FAKE_REPLIES, STR(OK_REPLY));
    client_close(client);
    options.unix_socket = socket;
    ck_assert(!client_open(&options, &client, &e));
    snprintf(url, sizeof url, "http://localhost/learn");
    enum err_code code = post(STR("{}"));
    size_t n = http_fake_requests(at_socket);
    http_fake_stop(at_socket);
    remove(socket);
    remove(path);
    ck_assert_msg(!code, "%s", e.msg);
    ck_assert_uint_eq(n, 1);
}
END_TEST

static void *post_many(void *arg)
{
    struct client_reply own;
    struct err own_e;
    struct client_request r = {.method = "POST", .url = url, .body = STR("{}")};
    bool *ok = arg;
    client_reply_init(&own, &options);
    *ok = true;
    for (int i = 0; i < 20; i++) {
        *ok = *ok && !client_send(client, &r, &own, &own_e) && own.status == 200;
    }
    client_reply_free(&own);
    return NULL;
}

static void *end_when_asked(void *arg)
{
    (void)arg;
    while (http_fake_requests(server) == 0) {
        sched_yield();
    }
    client_end_at(client, 0);
    return NULL;
}

START_TEST(a_request_under_way_is_given_up)
{
    pthread_t thread;
    client_close(client);
    client_reply_free(&reply);
    open_client(3600 * 1000); /* nothing else ends it */
    http_fake_do(server, HTTP_FAKE_HANGS, STR(""));
    ck_assert_int_eq(pthread_create(&thread, NULL, end_when_asked, NULL), 0);
    ck_assert_int_eq(post(STR("{}")), ERR_UPSTREAM);
    CHECK_HAS(e.msg, "given up");
    pthread_join(thread, NULL);
    ck_assert_int_eq(post(STR("{}")), ERR_UPSTREAM);
    ck_assert_uint_eq(http_fake_requests(server), 1); /* new ones are not begun */
}
END_TEST

START_TEST(threads_do_not_disturb_each_other)
{
    pthread_t threads[THREADS];
    bool ok[THREADS];
    http_fake_do(server, HTTP_FAKE_REPLIES,
                 STR(HEAD_200 "Connection: close\r\nContent-Length: 2\r\n\r\n{}"));
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, post_many, &ok[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert(ok[i]);
    }
    ck_assert_uint_eq(http_fake_requests(server), 20 * THREADS);
}
END_TEST

static const struct {
    const char *has, *is;
    bool want;
} types[] = {
    {"application/json", "application/json", true},
    {"Application/JSON ; charset=utf-8", "application/json", true},
    {"application/jsonp", "application/json", false},
    {"text/html", "application/json", false},
    {"", "application/json", false},
};

START_TEST(content_types_are_told_apart)
{
    struct client_reply r = {0};
    snprintf(r.content_type, sizeof r.content_type, "%s", types[_i].has);
    ck_assert_msg(client_reply_is(&r, types[_i].is) == types[_i].want, "%s",
                  types[_i].has);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("client");
    TCase *tc = tcase_create("requests");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_request_arrives_as_it_was_made);
    tcase_add_test(tc, a_get_has_no_body_and_no_type);
    tcase_add_test(tc, a_reply_of_any_status_is_a_reply);
    tcase_add_test(tc, a_redirect_is_not_followed);
    tcase_add_loop_test(tc, a_server_that_misbehaves_is_an_error_in_words, 0,
                        ROWS(misdeeds));
    tcase_add_test(tc, a_port_that_nobody_listens_at);
    tcase_add_loop_test(tc, only_http_is_spoken, 0, ROWS(bad_urls));
    tcase_add_test(tc, a_reply_of_the_largest_size_is_taken_and_one_more_byte_is_not);
    tcase_add_test(tc, connections_are_kept_and_used_again);
    tcase_add_test(tc, a_fresh_client_takes_a_connection_for_each);
    tcase_add_test(tc, the_environment_has_no_say);
    tcase_add_test(tc, a_unix_socket_is_connected_to);
    tcase_add_test(tc, a_request_under_way_is_given_up);
    tcase_add_test(tc, threads_do_not_disturb_each_other);
    suite_add_tcase(s, tc);
    tc = tcase_create("types");
    tcase_add_loop_test(tc, content_types_are_told_apart, 0, ROWS(types));
    suite_add_tcase(s, tc);
    return unit_run(s);
}
