/* test_response.c - replies, and what errors become. */
#include "fcgi/web/response.h"

#include "fcgi/web/request.h"
#include "tests/unit/unit.h"

enum { KEPT_BYTES = 64 * 1024 };

static struct response r;
static struct buf head;

static void set_up(void)
{
    response_init(&r);
    buf_init(&head, 4096);
}

static void tear_down(void)
{
    response_free(&r);
    buf_free(&head);
}

static const char *head_text(void)
{
    response_head(&r, &head);
    buf_byte(&head, '\0');
    ck_assert(!head.failed);
    return head.p;
}

static const struct {
    enum err_code code;
    int status;
} statuses[] = {
    {ERR_NONE, 200},          {ERR_INVALID, 400},   {ERR_TOO_LARGE, 413},
    {ERR_NOT_FOUND, 404},     {ERR_METHOD, 405},    {ERR_BUSY, 503},
    {ERR_DOWN, 503},          {ERR_FULL, 507},      {ERR_IO, 500},
    {ERR_NOMEM, 503},         {ERR_BUG, 500},       {ERR_UNSUPPORTED, 415},
    {ERR_UPSTREAM, 502},      {ERR_FORBIDDEN, 403}, {ERR_CONFLICT, 409},
    {ERR_REUSED, 422},        {ERR_RATE, 429},      {ERR_UNKNOWN_CALLER, 401},
    {(enum err_code)99, 500},
};

START_TEST(has_a_status_for_every_code)
{
    ck_assert_msg(response_status_of(statuses[_i].code) == statuses[_i].status, "code %d",
                  (int)statuses[_i].code);
}
END_TEST

START_TEST(writes_a_head_with_the_length_of_the_body)
{
    buf_str(&r.body, STR("{\"a\":1}"));
    ck_assert_str_eq(head_text(), "Status: 200 OK\r\n"
                                  "Content-Type: application/json; charset=utf-8\r\n"
                                  "Content-Length: 7\r\n"
                                  "Cache-Control: no-store\r\n"
                                  "X-Content-Type-Options: nosniff\r\n"
                                  "Content-Security-Policy: default-src 'none'; "
                                  "frame-ancestors 'none'\r\n"
                                  "Cross-Origin-Resource-Policy: same-origin\r\n"
                                  "Referrer-Policy: no-referrer\r\n"
                                  "\r\n");
}
END_TEST

START_TEST(says_which_preference_it_follows)
{
    r.applied = "handling=lenient";
    CHECK_HAS(head_text(), "\r\nPreference-Applied: handling=lenient\r\n");
}
END_TEST

START_TEST(says_an_error_as_problem_and_as_plain_text)
{
    struct err e;
    err_set(&e, ERR_INVALID, "field 'level' is %s", "<empty>");
    err_at(&e, 3, "level");
    response_error(&r, &e);
    CHECK_STR(
        "body", buf_view(&r.body),
        STR("{\"error\":\"field 'level' is \\u003cempty>\",\"type\":\"about:blank\","
            "\"title\":\"Bad Request\",\"status\":400,"
            "\"detail\":\"field 'level' is \\u003cempty>\","
            "\"index\":3,\"field\":\"level\"}"));
    CHECK_HAS(head_text(), "Status: 400 Bad Request\r\n"
                           "Content-Type: application/problem+json; charset=utf-8\r\n");
}
END_TEST

START_TEST(names_no_record_when_none_is_at_fault)
{
    struct err e;
    err_set(&e, ERR_NOT_FOUND, "no such path");
    response_error(&r, &e);
    buf_byte(&r.body, '\0');
    ck_assert_ptr_null(strstr(r.body.p, "index"));
    ck_assert_ptr_null(strstr(r.body.p, "field"));
}
END_TEST

START_TEST(names_the_first_record)
{
    struct err e;
    err_set(&e, ERR_INVALID, "bad");
    err_at(&e, 0, NULL);
    response_error(&r, &e);
    buf_byte(&r.body, '\0');
    CHECK_HAS(r.body.p, ",\"index\":0}");
}
END_TEST

START_TEST(drops_what_was_built_before_the_error)
{
    struct err e;
    r.body.max = 400;
    for (int i = 0; i < 401; i++) {
        buf_byte(&r.body, 'x');
    }
    ck_assert(r.body.failed);
    err_set(&e, ERR_NOMEM, "short");
    response_error(&r, &e);
    ck_assert(!r.body.failed);
    ck_assert_int_eq(r.body.p[0], '{');
}
END_TEST

static const struct {
    enum err_code code;
    bool retry;
} retries[] = {
    {ERR_BUSY, true}, {ERR_DOWN, true},     {ERR_NOMEM, true},
    {ERR_FULL, true}, {ERR_INVALID, false}, {ERR_IO, false},
    {ERR_BUG, false}, {ERR_RATE, true},     {ERR_UNKNOWN_CALLER, false},
};

START_TEST(says_retry_after_only_if_a_retry_may_help)
{
    struct err e;
    err_set(&e, retries[_i].code, "x");
    response_error(&r, &e);
    ck_assert_msg((strstr(head_text(), "\r\nRetry-After: 1\r\n") != NULL) ==
                      retries[_i].retry,
                  "%s", head.p);
}
END_TEST

static const struct {
    unsigned allow;
    const char *line;
} allows[] = {
    {METHOD_GET, "\r\nAllow: GET, HEAD\r\n"},
    {METHOD_POST, "\r\nAllow: POST\r\n"},
    {METHOD_POST | METHOD_PUT, "\r\nAllow: POST, PUT\r\n"},
    {METHOD_GET | METHOD_POST | METHOD_PUT, "\r\nAllow: GET, HEAD, POST, PUT\r\n"},
    {METHOD_GET | METHOD_PATCH, "\r\nAllow: GET, HEAD, PATCH\r\n"},
    {METHOD_DELETE, "\r\nAllow: DELETE\r\n"},
};

START_TEST(lists_the_methods_that_there_are)
{
    r.allow = allows[_i].allow;
    CHECK_HAS(head_text(), allows[_i].line);
}
END_TEST

START_TEST(gives_a_link_if_there_is_one)
{
    snprintf(r.link, sizeof r.link, "<incidents?cursor=5>; rel=\"next\"");
    CHECK_HAS(head_text(), "\r\nLink: <incidents?cursor=5>; rel=\"next\"\r\n\r\n");
}
END_TEST

START_TEST(forgets_everything_on_reset)
{
    struct err e;
    err_set(&e, ERR_BUSY, "x");
    response_error(&r, &e);
    r.allow = METHOD_GET;
    r.link[0] = 'x';
    response_reset(&r);
    ck_assert_int_eq(r.status, 200);
    ck_assert(!r.problem);
    ck_assert_uint_eq(r.allow, 0);
    ck_assert_int_eq(r.link[0], '\0');
    ck_assert_uint_eq(r.body.n, 0);
    ck_assert_uint_eq(r.body.max, RESPONSE_BODY_BYTES_MAX);
}
END_TEST

START_TEST(keeps_memory_over_a_reset_only_if_it_is_small)
{
    ck_assert_ptr_nonnull(buf_room(&r.body, KEPT_BYTES));
    response_reset(&r);
    ck_assert_uint_eq(r.body.cap, KEPT_BYTES);
    ck_assert_ptr_nonnull(buf_room(&r.body, KEPT_BYTES + 1));
    response_reset(&r);
    ck_assert_uint_eq(r.body.cap, 0);
    buf_byte(&r.body, 'x');
    ck_assert(!r.body.failed);
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    return tc;
}

int main(void)
{
    Suite *s = suite_create("response");
    unit_table(s, "status", has_a_status_for_every_code, ROWS(statuses));
    TCase *tc = add_case(s, "head");
    tcase_add_test(tc, writes_a_head_with_the_length_of_the_body);
    tcase_add_test(tc, says_which_preference_it_follows);
    tcase_add_loop_test(tc, lists_the_methods_that_there_are, 0, ROWS(allows));
    tcase_add_loop_test(tc, says_retry_after_only_if_a_retry_may_help, 0, ROWS(retries));
    tcase_add_test(tc, gives_a_link_if_there_is_one);
    tc = add_case(s, "error");
    tcase_add_test(tc, says_an_error_as_problem_and_as_plain_text);
    tcase_add_test(tc, names_no_record_when_none_is_at_fault);
    tcase_add_test(tc, names_the_first_record);
    tcase_add_test(tc, drops_what_was_built_before_the_error);
    tc = add_case(s, "reset");
    tcase_add_test(tc, forgets_everything_on_reset);
    tcase_add_test(tc, keeps_memory_over_a_reset_only_if_it_is_small);
    return unit_run(s);
}
