/* test_served.c - what is counted of requests does not fill the table of the counters,
 * whatever is asked for. */
#include "fcgi/web/served.h"

#include "fcgi/base/counters.h"
#include "fcgi/base/counts.h"
#include "fcgi/web/response.h"
#include "tests/unit/unit.h"

/* Routes with a method of all programs, those of one that is refused, and the answers that a
 * route can give; what else is counted, by the programs that there are. */
enum { ROUTES = 30, ANSWERS = 17, OTHERS = 400 };
_Static_assert(ROUTES *ANSWERS + OTHERS <= COUNTERS_MAX, "all of them have a place");

static void set_up(void)
{
    counters_close();
    counts_open("ingest");
}

static size_t series(void)
{
    struct counter_row row;
    size_t n = 0;
    for (size_t at = 0; counters_next(&at, &row);) {
        n += str_starts(str_of(row.name), STR("requests_total{"));
    }
    return n;
}

static void serve(const char *route, enum method method, bool taken, int status)
{
    struct served s;
    struct request r = {.route = route, .method = method};
    served_begin(&s);
    served_route(&s, &r, taken);
    served_end(&s, status);
}

static const enum method methods[] = {METHOD_GET,   METHOD_POST,  METHOD_PUT,
                                      METHOD_OTHER, METHOD_PATCH, METHOD_DELETE};

START_TEST(who_asks_for_what_there_is_not_makes_as_many_series_as_there_are_answers)
{
    static const char *const routes[] = {NULL, "/ingest", "/incidents/{id}"};
    for (enum err_code code = ERR_NONE; code <= ERR_BUG; code++) {
        for (size_t m = 0; m < ROWS(methods); m++) {
            for (size_t r = 0; r < ROWS(routes); r++) {
                serve(routes[r], methods[m], false, response_status_of(code));
            }
        }
        served_refused(response_status_of(code));
    }
    ck_assert_uint_le(series(), ANSWERS - 2); /* 201 and 202 are no error's */
}
END_TEST

START_TEST(a_route_is_told_with_its_method)
{
    serve("/ingest", METHOD_PUT, true, 400);
    serve("/ingest", METHOD_PUT, true, 400);
    serve("/ingest", METHOD_POST, true, 400);
    ck_assert_uint_eq(series(), 2);
    const char *name =
        "requests_total{program=\"ingest\",route=\"/ingest\",method=\"PUT\","
        "status=\"400\"}";
    ck_assert_int_eq(atomic_load(counters_find(name)), 2);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("served");
    TCase *tc = tcase_create("served");
    tcase_add_checked_fixture(tc, set_up, counters_close);
    tcase_add_test(
        tc, who_asks_for_what_there_is_not_makes_as_many_series_as_there_are_answers);
    tcase_add_test(tc, a_route_is_told_with_its_method);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
