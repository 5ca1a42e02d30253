/* fuzz_request.c - what a URL says. First line: SCRIPT_NAME, tab, PATH_INFO; then the
 * method, tab, Sec-Fetch-Site; then the query. */
#include "fcgi/web/router.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

enum { ARENA_BYTES = 16 << 20 };

static enum err_code handle(void *app, const struct request *req, struct response *resp,
                            struct err *e)
{
    (void)app;
    (void)req;
    (void)resp;
    (void)e;
    return ERR_NONE;
}

static const struct route routes[] = {
    {"/incidents", METHOD_GET, handle, ROUTE_OPEN},
    {"/incidents/{id}", METHOD_GET, handle, ROUTE_OPEN},
    {"/incidents/{id}", METHOD_PATCH, handle, ROUTE_OPEN},
    {"/ingest", METHOD_POST | METHOD_PUT, handle, ROUTE_OPEN},
};

static void check_route(struct request *req)
{
    const struct route *route = NULL;
    unsigned allow = 0;
    struct err e;
    enum err_code code = router_find((struct router){routes, 4}, req, &route, &allow, &e);
    if (code) {
        fuzz_check_err(code, &e);
        FUZZ_CHECK(code == ERR_NOT_FOUND || code == ERR_METHOD);
        FUZZ_CHECK((code == ERR_METHOD) == (allow != 0));
    } else {
        FUZZ_CHECK(route->fn == handle && req->id >= 0);
        FUZZ_CHECK((req->id > 0) == str_starts(req->path, STR("/incidents/")));
    }
}

static void check_params(const struct request *req)
{
    static const char *const names[] = {"service", "limit", "a b", "", "text"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct str value;
        bool found;
        struct err e;
        enum err_code code = request_param(req, str_of(names[i]), &value, &found, &e);
        if (code) {
            fuzz_check_err(code, &e);
            FUZZ_CHECK(code == ERR_INVALID && found);
        } else if (found) {
            fuzz_check_text(value);
            FUZZ_CHECK(value.n <= req->query.n);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena a;
    struct err e;
    char *p = fuzz_own((struct str){(const char *)data, n});
    struct str left = {p, n}, info = fuzz_line(&left), script = str_split(&info, '\t');
    struct str site = fuzz_line(&left), method = str_split(&site, '\t');
    arena_init(&a, ARENA_BYTES);
    struct request req = {.method = method_of(method),
                          .path = request_path(&a, script, info, STR("/loganalyzer")),
                          .query = left,
                          .content_type = site,
                          .fetch_site = site,
                          .now_us = FUZZ_NOW_US,
                          .arena = &a};
    FUZZ_CHECK(req.path.n > 0 && req.path.p[0] == '/');
    FUZZ_CHECK(req.path.n <= script.n + info.n + 1);
    check_route(&req);
    check_params(&req);
    enum err_code code = request_may_change(&req, &e);
    if (code) {
        fuzz_check_err(code, &e);
    }
    arena_free(&a);
    free(p);
    return 0;
}
