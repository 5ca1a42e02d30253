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

int main(void)
{
    Suite *s = suite_create("request");
    unit_table(s, "method", knows_methods_by_name, ROWS(methods));
    unit_table(s, "changes", only_json_of_our_own_pages_may_change_things, ROWS(changes));
    TCase *tc = add_case(s, "path");
    tcase_add_loop_test(tc, makes_one_path_of_script_and_info, 0, ROWS(paths));
    tcase_add_test(tc, has_no_path_when_memory_is_short);
    tc = add_case(s, "query");
    tcase_add_loop_test(tc, decodes_a_query_parameter, 0, ROWS(queries));
    tcase_add_test(tc, says_when_memory_is_short_for_a_parameter);
    return unit_run(s);
}
