/* test_request.c - methods, paths and query parameters of a request. */
#include "fcgi/web/request.h"

#include "tests/unit/unit.h"

static struct arena a;

static void set_up(void)
{
    arena_init(&a, 4096);
}

static void tear_down(void)
{
    arena_free(&a);
}

static const struct {
    const char *name;
    enum method method;
} methods[] = {
    {"GET", METHOD_GET},       {"HEAD", METHOD_GET},    {"POST", METHOD_POST},
    {"PUT", METHOD_PUT},       {"PATCH", METHOD_PATCH}, {"DELETE", METHOD_DELETE},
    {"OPTIONS", METHOD_OTHER}, {"get", METHOD_OTHER},   {"", METHOD_OTHER},
    {"POSTS", METHOD_OTHER},
};

START_TEST(knows_methods_by_name)
{
    ck_assert_msg(method_of(str_of(methods[_i].name)) == methods[_i].method, "%s",
                  methods[_i].name);
}
END_TEST

START_TEST(names_methods)
{
    ck_assert_str_eq(method_name(METHOD_GET), "GET"); /* of HEAD, too */
    ck_assert_str_eq(method_name(METHOD_DELETE), "DELETE");
    ck_assert_str_eq(method_name(METHOD_OTHER), "other");
}
END_TEST

static const struct {
    struct str script, info, prefix, path;
} paths[] = {
    {LIT("/ingest"), LIT(""), LIT("/loganalyzer"), LIT("/ingest")},
    {LIT(""), LIT("/ingest"), LIT("/loganalyzer"), LIT("/ingest")},
    {LIT("/"), LIT("/ingest"), LIT("/loganalyzer"), LIT("/ingest")},
    {LIT("/loganalyzer"), LIT("/ingest"), LIT("/loganalyzer"), LIT("/ingest")},
    {LIT("/loganalyzer/ingest"), {NULL, 0}, LIT("/loganalyzer"), LIT("/ingest")},
    {{NULL, 0}, {NULL, 0}, LIT("/loganalyzer"), LIT("/")},
    {LIT("/ingest/"), LIT(""), LIT(""), LIT("/ingest")},
    {LIT("//ingest//"), LIT("//x/"), LIT(""), LIT("/ingest/x")},
    {LIT("ingest"), LIT(""), LIT(""), LIT("/ingest")},
    {LIT("/"), LIT("/"), LIT(""), LIT("/")},
    {LIT("/loganalyzer"), LIT(""), LIT("/loganalyzer"), LIT("/")},
    {LIT("/loganalyzer/"), LIT(""), LIT("/loganalyzer"), LIT("/")},
    {LIT("/loganalyzers"), LIT("/ingest"), LIT("/loganalyzer"),
     LIT("/loganalyzers/ingest")},
    {LIT("/loganalyze"), LIT(""), LIT("/loganalyzer"), LIT("/loganalyze")},
    {LIT("/loganalyzer/loganalyzer/meta"), LIT(""), LIT("/loganalyzer"),
     LIT("/loganalyzer/meta")},
    {LIT("/ingest"), LIT(""), LIT(""), LIT("/ingest")},
};

START_TEST(makes_one_path_of_script_and_info)
{
    struct str got = request_path(&a, paths[_i].script, paths[_i].info, paths[_i].prefix);
    CHECK_STR("path", got, paths[_i].path);
}
END_TEST

START_TEST(has_no_path_when_memory_is_short)
{
    struct arena small;
    arena_init(&small, 8);
    ck_assert_ptr_null(request_path(&small, STR("/ingest"), STR(""), STR("")).p);
    ck_assert_ptr_nonnull(request_path(&small, STR("/score"), STR(""), STR("")).p);
    arena_free(&small);
}
END_TEST

/* --- from the variables of the web server --- */

static enum err_code read_variables(struct request *r, const char *const *environment,
                                    struct err *e)
{
    *r = (struct request){.arena = &a};
    return request_read(r, environment, STR("/loganalyzer"), e);
}

START_TEST(reads_a_request_out_of_its_variables)
{
    const char *const environment[] = {"SERVER_NAME=x",
                                       "REQUEST_METHOD=POST",
                                       "SCRIPT_NAME=/loganalyzer",
                                       "PATH_INFO=/ingest",
                                       "QUERY_STRING=service=a=b",
                                       "CONTENT_LENGTH=17",
                                       "CONTENT_TYPE=text/plain",
                                       "HTTP_SEC_FETCH_SITE=none",
                                       "HTTP_IDEMPOTENCY_KEY=k=1",
                                       "HTTP_PREFER=handling=lenient",
                                       NULL};
    struct request r;
    struct err e;
    ck_assert(!read_variables(&r, environment, &e));
    ck_assert_int_eq(r.method, METHOD_POST);
    CHECK_STR("path", r.path, STR("/ingest"));
    CHECK_STR("query", r.query, STR("service=a=b"));
    ck_assert_int_eq(r.length, 17);
    CHECK_STR("type", r.content_type, STR("text/plain"));
    CHECK_STR("site", r.fetch_site, STR("none"));
    CHECK_STR("key", r.key, STR("k=1"));
    CHECK_STR("prefer", r.prefer, STR("handling=lenient"));
    ck_assert_ptr_ne(r.key.p, environment[8] + 21); /* a copy */
}
END_TEST

START_TEST(what_is_not_sent_is_not_there)
{
    const char *const environment[] = {"REQUEST_METHOD=GET", "HTTP_IDEMPOTENCY_KEYS=k",
                                       "HTTP_PREFER", "CONTENT_LENGTH=", NULL};
    struct request r;
    struct err e;
    ck_assert(!read_variables(&r, environment, &e));
    ck_assert_ptr_null(r.key.p);
    ck_assert_ptr_null(r.prefer.p);
    ck_assert_ptr_null(r.content_type.p);
    ck_assert_int_eq(r.length, 0);
    CHECK_STR("path", r.path, STR("/"));
}
END_TEST

static const struct {
    const char *name;
    const char *const environment[3];
    const char *header; /* that is named; NULL: it is taken */
} doubles[] = {
    {"a key twice",
     {"HTTP_IDEMPOTENCY_KEY=a", "HTTP_IDEMPOTENCY_KEY=b"},
     "Idempotency-Key"},
    {"the same key twice",
     {"HTTP_IDEMPOTENCY_KEY=", "HTTP_IDEMPOTENCY_KEY="},
     "Idempotency-Key"},
    {"a preference twice", {"HTTP_PREFER=a", "HTTP_PREFER=b"}, "Prefer"},
    {"the site twice",
     {"HTTP_SEC_FETCH_SITE=none", "HTTP_SEC_FETCH_SITE=cross-site"},
     "Sec-Fetch-Site"},
    {"one that nobody reads", {"HTTP_ACCEPT=a", "HTTP_ACCEPT=b"}, NULL},
    {"the web server's own", {"QUERY_STRING=a", "QUERY_STRING=b"}, NULL},
};

START_TEST(a_header_that_counts_may_be_there_once)
{
    struct request r;
    struct err e = {.msg = ""};
    enum err_code code = read_variables(&r, doubles[_i].environment, &e);
    ck_assert_msg(code == (doubles[_i].header ? ERR_INVALID : ERR_NONE), "%s: %d",
                  doubles[_i].name, (int)code);
    if (doubles[_i].header) {
        CHECK_HAS(e.msg, doubles[_i].header);
    }
}
END_TEST

START_TEST(a_content_type_has_a_limit)
{
    char text[sizeof "CONTENT_TYPE=" + REQUEST_TYPE_BYTES_MAX + 1];
    const char *const environment[] = {text, NULL};
    struct request r;
    struct err e;
    memset(text, 'x', sizeof text);
    memcpy(text, "CONTENT_TYPE=", 13);
    text[13 + REQUEST_TYPE_BYTES_MAX] = '\0';
    ck_assert(!read_variables(&r, environment, &e));
    ck_assert_uint_eq(r.content_type.n, REQUEST_TYPE_BYTES_MAX);
    text[13 + REQUEST_TYPE_BYTES_MAX] = 'x';
    text[14 + REQUEST_TYPE_BYTES_MAX] = '\0';
    ck_assert(!read_variables(&r, environment, &e));
    ck_assert_uint_eq(r.content_type.n, 0);
}
END_TEST

START_TEST(says_when_memory_is_short_for_a_request)
{
    const char *const environment[] = {"SCRIPT_NAME=/ingest", "QUERY_STRING=abc",
                                       "HTTP_IDEMPOTENCY_KEY=k", NULL};
    for (size_t max = 1; max < 64; max++) {
        struct arena small;
        struct err e;
        struct request r = {.arena = &small};
        arena_init(&small, max);
        enum err_code code = request_read(&r, environment, STR(""), &e);
        ck_assert(code == ERR_NOMEM || (!code && r.key.n == 1 && r.query.n == 3));
        ck_assert(code || max >= 1 + 3 + 7);
        arena_free(&small);
    }
}
END_TEST

static const struct {
    const char *query;
    bool found;
    const char *value; /* of "limit"; NULL: it is refused */
} queries[] = {
    {"limit=5", true, "5"},
    {"limit=", true, ""},
    {"limit", true, ""},
    {"", false, ""},
    {"&", false, ""},
    {"limits=5", false, ""},
    {"LIMIT=5", false, ""},
    {"xlimit=5&limi=6", false, ""},
    {"a=1&limit=5&b=2", true, "5"},
    {"&&limit=5", true, "5"},
    {"limit=5&limit=6", true, "5"},
    {"limit=a=b", true, "a=b"},
    {"limit=a+b%20c", true, "a b c"},
    {"limit=%41%4a%4A", true, "AJJ"},
    {"limit=%2B%26%3d", true, "+&="},
    {"limit=%C3%A9", true, "\xC3\xA9"},
    {"limit=%", true, NULL},
    {"limit=%4", true, NULL},
    {"limit=%4&b=1", true, NULL},
    {"limit=%4g", true, NULL},
    {"limit=%u0041", true, NULL},
    {"limit=%00", true, NULL},
    {"limit=%FF", true, NULL},
    {"limit=%C3", true, NULL},
    {"limit=%ED%A0%80", true, NULL},
};

START_TEST(decodes_a_query_parameter)
{
    const char *query = queries[_i].query;
    struct request r = {.arena = &a, .query = str_of(query)};
    struct str value = STR("");
    struct err e = {.msg = ""};
    bool found;
    enum err_code code = request_param(&r, STR("limit"), &value, &found, &e);
    ck_assert_msg(found == queries[_i].found, "%s", query);
    ck_assert_msg(code == (queries[_i].value ? ERR_NONE : ERR_INVALID), "%s: %s", query,
                  e.msg);
    if (queries[_i].value) {
        CHECK_STR(query, value, str_of(queries[_i].value));
    }
}
END_TEST

START_TEST(says_when_memory_is_short_for_a_parameter)
{
    struct arena small;
    arena_init(&small, 3);
    struct request r = {.arena = &small, .query = STR("a=xyz")};
    struct str value;
    struct err e;
    bool found;
    ck_assert_int_eq(request_param(&r, STR("a"), &value, &found, &e), ERR_NOMEM);
    arena_free(&small);
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    return tc;
}

static const struct {
    const char *name, *type, *site;
    enum err_code code;
} changes[] = {
    {"json", "application/json", "", ERR_NONE},
    {"with a charset", "Application/JSON ; charset=utf-8", "", ERR_NONE},
    {"a page of ours", "application/json", "same-origin", ERR_NONE},
    {"typed by a person", "application/json", "none", ERR_NONE},
    {"no type", "", "", ERR_UNSUPPORTED},
    {"a form", "application/x-www-form-urlencoded", "", ERR_UNSUPPORTED},
    {"text", "text/plain", "", ERR_UNSUPPORTED},
    {"nearly json", "application/jsonx", "", ERR_UNSUPPORTED},
    {"another site", "application/json", "cross-site", ERR_FORBIDDEN},
    {"a neighbour", "application/json", "Same-Site", ERR_FORBIDDEN},
    {"a form of another site", "text/plain", " cross-site ", ERR_FORBIDDEN},
};

START_TEST(only_json_of_our_own_pages_may_change_things)
{
    struct err e = {.code = ERR_NONE};
    struct request r = {.content_type = str_of(changes[_i].type),
                        .fetch_site = str_of(changes[_i].site)};
    ck_assert_msg(request_may_change(&r, &e) == changes[_i].code, "%s", changes[_i].name);
    ck_assert_msg(e.code == changes[_i].code, "%s", changes[_i].name);
}
END_TEST

static const struct {
    const char *prefer;
    bool lenient;
} preferences[] = {
    {"handling=lenient", true},
    {"Handling = Lenient", true},
    {"handling=\"lenient\"", true},
    {"respond-async, handling=lenient; x=1 , wait=10", true},
    {"foo=\"a, b\",handling=lenient", true},
    {"", false},
    {"handling", false},
    {"handling=", false},
    {"handling=strict", false},
    {"handling=strict, handling=lenient", false},
    {"handling=lenient, handling=strict", true},
    {"handling=lenient2", false},
    {"xhandling=lenient", false},
    {"lenient", false},
    {"foo; handling=lenient", false},
    {"foo=\"a, handling=lenient\"", false},
    {"foo=\"a\\\", handling=lenient, \"", false},
    {"foo=\"a, handling=lenient", false},
    {"handling=\"", false},
    {",,;=,handling=lenient", true},
};

START_TEST(knows_what_is_preferred)
{
    struct request r = {.prefer = str_of(preferences[_i].prefer)};
    ck_assert_msg(request_prefers(&r, STR("handling"), STR("lenient")) ==
                      preferences[_i].lenient,
                  "%s", preferences[_i].prefer);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("request");
    unit_table(s, "method", knows_methods_by_name, ROWS(methods));
    unit_case(s, "method names", names_methods);
    unit_table(s, "changes", only_json_of_our_own_pages_may_change_things, ROWS(changes));
    unit_table(s, "prefer", knows_what_is_preferred, ROWS(preferences));
    TCase *tc = add_case(s, "path");
    tcase_add_loop_test(tc, makes_one_path_of_script_and_info, 0, ROWS(paths));
    tcase_add_test(tc, has_no_path_when_memory_is_short);
    tc = add_case(s, "variables");
    tcase_add_test(tc, reads_a_request_out_of_its_variables);
    tcase_add_test(tc, what_is_not_sent_is_not_there);
    tcase_add_loop_test(tc, a_header_that_counts_may_be_there_once, 0, ROWS(doubles));
    tcase_add_test(tc, a_content_type_has_a_limit);
    tcase_add_test(tc, says_when_memory_is_short_for_a_request);
    tc = add_case(s, "query");
    tcase_add_loop_test(tc, decodes_a_query_parameter, 0, ROWS(queries));
    tcase_add_test(tc, says_when_memory_is_short_for_a_parameter);
    return unit_run(s);
}
