/* test_router.c - which handler answers. */
#include "fcgi/web/router.h"

#include "tests/unit/unit.h"

static enum err_code ingest(void *app, const struct request *req, struct response *resp,
                            struct err *e)
{
    (void)app, (void)req, (void)resp, (void)e;
    return ERR_NONE;
}

static enum err_code list(void *app, const struct request *req, struct response *resp,
                          struct err *e)
{
    (void)app, (void)req, (void)resp;
    return err_set(e, ERR_BUG, "not called");
}

static const struct route routes[] = {
    {"/ingest", METHOD_POST | METHOD_PUT, ingest, 1},
    {"/incidents", METHOD_GET, list, 1},
    {"/incidents", METHOD_POST, ingest, 1},
    {"/incidents/{id}", METHOD_GET, list, 1},
    {"/incidents/{id}", METHOD_PATCH, ingest, 1},
};
static const struct router router = {routes, sizeof routes / sizeof routes[0]};

static const struct {
    const char *path;
    enum method method;
    enum err_code code;
    handler_fn fn;
    unsigned allow;
    int64_t id;
} requests[] = {
    {"/ingest", METHOD_POST, ERR_NONE, ingest, 0, 0},
    {"/ingest", METHOD_PUT, ERR_NONE, ingest, 0, 0},
    {"/ingest", METHOD_GET, ERR_METHOD, NULL, METHOD_POST | METHOD_PUT, 0},
    {"/ingest", METHOD_OTHER, ERR_METHOD, NULL, METHOD_POST | METHOD_PUT, 0},
    {"/incidents", METHOD_GET, ERR_NONE, list, 0, 0},
    {"/incidents", METHOD_POST, ERR_NONE, ingest, 0, 0},
    {"/incidents", METHOD_PUT, ERR_METHOD, NULL, METHOD_GET | METHOD_POST, 0},
    {"/", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
    {"", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
    {"/inges", METHOD_POST, ERR_NOT_FOUND, NULL, 0, 0},
    {"/ingests", METHOD_POST, ERR_NOT_FOUND, NULL, 0, 0},
    {"/Ingest", METHOD_POST, ERR_NOT_FOUND, NULL, 0, 0},
    {"/ingest/", METHOD_POST, ERR_NOT_FOUND, NULL, 0, 0},
    {"/incidents/1", METHOD_GET, ERR_NONE, list, 0, 1},
    {"/incidents/9223372036854775807", METHOD_PATCH, ERR_NONE, ingest, 0, INT64_MAX},
    {"/incidents/12", METHOD_POST, ERR_METHOD, NULL, METHOD_GET | METHOD_PATCH, 12},
    {"/incidents/9223372036854775808", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
    {"/incidents/0", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
    {"/incidents/01", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
    {"/incidents/+1", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
    {"/incidents/-1", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
    {"/incidents/1x", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
    {"/incidents/1/2", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
    {"/incidents/", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
    {"/incidents/{id}", METHOD_GET, ERR_NOT_FOUND, NULL, 0, 0},
};

START_TEST(finds_the_handler_of_path_and_method)
{
    const struct route *route = NULL;
    unsigned allow = 99;
    struct err e = {.msg = ""};
    struct request req = {.path = str_of(requests[_i].path),
                          .method = requests[_i].method};
    enum err_code code = router_find(router, &req, &route, &allow, &e);
    ck_assert_msg(code == requests[_i].code, "%s: %s", requests[_i].path, e.msg);
    ck_assert_msg((route ? route->fn : NULL) == requests[_i].fn, "%s", requests[_i].path);
    ck_assert_msg(code || req.id == requests[_i].id, "%s: id", requests[_i].path);
    if (code == ERR_METHOD) {
        ck_assert_msg(allow == requests[_i].allow, "%s: %u", requests[_i].path, allow);
    }
}
END_TEST

START_TEST(says_what_there_is_where_a_path_is_not_known)
{
    const struct route *route;
    unsigned allow;
    struct err e;
    struct request req = {.path = STR("/x"), .method = METHOD_GET};
    ck_assert_int_eq(router_find(router, &req, &route, &allow, &e), ERR_NOT_FOUND);
    CHECK_HAS(e.msg, "/ingest");
    ck_assert_uint_eq(allow, 0);
    ck_assert(!strpbrk(e.msg, "<>"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("router");
    unit_table(s, "find", finds_the_handler_of_path_and_method, ROWS(requests));
    unit_case(s, "unknown", says_what_there_is_where_a_path_is_not_known);
    return unit_run(s);
}
