/* test_record.c - one record from its JSON object. */
#include "fcgi/core/record.h"

#include "fcgi/base/clock.h"
#include "tests/unit/unit.h"

#define NOW_US   (INT64_C(1795348848) * CLOCK_SECOND_US)
#define NOW_TEXT "2026-11-22T12:00:48.000Z"
#define TIME     "\"timestamp\":\"2026-11-22T12:00:48Z\""
#define REST     "\"service\":\"auth\",\"level\":\"INFO\",\"message\":\"hello\""

enum { RECORD_BYTES = 2000, SERVICE_BYTES = 16, LEVEL_BYTES = 8, DEPTH = 4 };

static const struct record_limits limits = {
    .record_bytes_max = RECORD_BYTES,
    .service_bytes_max = SERVICE_BYTES,
    .level_bytes_max = LEVEL_BYTES,
    .json_depth_max = DEPTH,
};

static struct arena a;
static char text[2 * RECORD_BYTES];
static struct record r;
static struct record_notes notes;
static struct err e;
static struct str service; /* of objects that name none; none unless a test sets it */

static void set_up(void)
{
    arena_init(&a, 1 << 20);
    notes = (struct record_notes){0};
    e = (struct err){.index = 99};
    service = STR_NONE;
}

static void tear_down(void)
{
    arena_free(&a);
}

/* Makes r from json, which is copied because reading may change it. */
static enum err_code make(const char *json)
{
    struct json_value v;
    size_t n = strlen(json);
    ck_assert_uint_lt(n, sizeof text);
    memcpy(text, json, n);
    struct json_in in = {text, n, 0, 100, 0};
    ck_assert_msg(json_read(&in, &v, &e) == ERR_NONE, "%s: %s", json, e.msg);
    return record_from_json(
        &(struct record_reader){&a, &limits, NOW_US, NULL, &notes, false, service}, v, &r,
        &e);
}

START_TEST(takes_the_four_texts_and_metadata)
{
    ck_assert_int_eq(
        make("{" TIME ",\"service\":\"au\\u0074h\",\"level\":\"Warning\","
             "\"message\":\"two\\nlines\",\"metadata\":{\"ip\": \"10.0.0.1\"}}"),
        ERR_NONE);
    CHECK_STR("timestamp", r.timestamp, STR("2026-11-22T12:00:48Z"));
    CHECK_STR("service", r.service, STR("auth"));
    CHECK_STR("level", r.level, STR("Warning"));
    CHECK_STR("message", r.message, STR("two\nlines"));
    CHECK_STR("metadata", r.metadata, STR("{\"ip\": \"10.0.0.1\"}"));
    ck_assert_int_eq(r.event_us, NOW_US);
    ck_assert_int_eq(r.rank, LEVEL_WARN);
    ck_assert(!r.failed_login.contract);
    ck_assert_int_eq(notes.unread_times, 0);
    ck_assert_int_eq(notes.unknown_fields, 0);
}
END_TEST

static const struct {
    const char *name, *json, *metadata;
} metadata[] = {
    {"none", "{" TIME "," REST "}", "{}"},
    {"null", "{" TIME "," REST ",\"metadata\":null}", "{}"},
    {"empty", "{" TIME "," REST ",\"metadata\":{}}", "{}"},
    {"a text", "{" TIME "," REST ",\"metadata\":\"x\"}", "\"x\""},
    {"a number", "{" TIME "," REST ",\"metadata\":9007199254740993}", "9007199254740993"},
    {"not finite", "{" TIME "," REST ",\"metadata\":[1e999]}", "[1e999]"},
    {"false", "{" TIME "," REST ",\"metadata\":false}", "false"},
    {"a list", "{" TIME "," REST ",\"metadata\":[1, 2]}", "[1, 2]"},
    {"twice the same name in it", "{" TIME "," REST ",\"metadata\":{\"a\":1,\"a\":2}}",
     "{\"a\":1,\"a\":2}"},
    {"NUL in it", "{" TIME "," REST ",\"metadata\":{\"a\":\"x\\u0000y\"}}",
     "{\"a\":\"x\\ufffdy\"}"},
    {"our names in it", "{" TIME "," REST ",\"metadata\":{\"message\":1,\"message\":2}}",
     "{\"message\":1,\"message\":2}"},
};

START_TEST(keeps_metadata_as_it_was_sent)
{
    ck_assert_msg(make(metadata[_i].json) == ERR_NONE, "%s: %s", metadata[_i].name,
                  e.msg);
    CHECK_STR(metadata[_i].name, r.metadata, str_of(metadata[_i].metadata));
}
END_TEST

START_TEST(keeps_the_digits_of_numbers)
{
    ck_assert_int_eq(make("{\"timestamp\":1795348848.250,\"service\":9007199254740993,"
                          "\"level\":30,\"message\":1e999}"),
                     ERR_NONE);
    CHECK_STR("timestamp", r.timestamp, STR("1795348848.250"));
    CHECK_STR("service", r.service, STR("9007199254740993"));
    CHECK_STR("level", r.level, STR("30"));
    CHECK_STR("message", r.message, STR("1e999"));
    ck_assert_int_eq(r.event_us, NOW_US + 250000);
    ck_assert_int_eq(r.rank, LEVEL_UNKNOWN);
}
END_TEST

START_TEST(loses_nothing_behind_a_NUL_or_a_lone_surrogate)
{
    ck_assert_int_eq(make("{" TIME ",\"service\":\"a\",\"level\":\"INFO\","
                          "\"message\":\"x\\u0000y\\ud800z\"}"),
                     ERR_NONE);
    CHECK_STR("message", r.message, STR("x\xEF\xBF\xBDy\xEF\xBF\xBDz"));
}
END_TEST

static const struct {
    const char *json, *field, *what;
} refused[] = {
    {"{}", "timestamp", "missing"},
    {"{" REST "}", "timestamp", "missing"},
    {"{" TIME ",\"level\":\"a\",\"message\":\"b\"}", "service", "missing"},
    {"{" TIME ",\"service\":\"a\",\"message\":\"b\"}", "level", "missing"},
    {"{" TIME ",\"service\":\"a\",\"level\":\"b\"}", "message", "missing"},
    {"{" TIME ",\"service\":\"a\",\"level\":\"b\",\"Message\":\"c\"}", "message",
     "missing"},
    {"{" TIME ",\"service\":\"a\",\"level\":\"b\",\"message\":null}", "message",
     "missing"},
    {"{\"timestamp\":\"\"," REST "}", "timestamp", "empty"},
    {"{" TIME ",\"service\":\"\",\"level\":\"b\",\"message\":\"c\"}", "service", "empty"},
    {"{" TIME ",\"service\":\"a\",\"level\":\"\",\"message\":\"c\"}", "level", "empty"},
    {"{" TIME ",\"service\":\"a\",\"level\":\"b\",\"message\":\"\"}", "message", "empty"},
    {"{" TIME ",\"service\":\"a\",\"level\":\"b\",\"message\":true}", "message", "text"},
    {"{" TIME ",\"service\":[],\"level\":\"b\",\"message\":\"c\"}", "service", "text"},
    {"{" TIME ",\"service\":\"a\",\"level\":\"b\",\"message\":{}}", "message", "text"},
    {"{" TIME "," TIME "," REST "}", "timestamp", "twice"},
    {"{" TIME "," REST ",\"message\":\"again\"}", "message", "twice"},
    {"{" TIME "," REST ",\"mess\\u0061ge\":\"again\"}", "message", "twice"},
    {"{" TIME "," REST ",\"message\":null}", "message", "twice"},
    {"{" TIME "," REST ",\"metadata\":1,\"metadata\":2}", "metadata", "twice"},
};

START_TEST(names_the_field_at_fault)
{
    ck_assert_msg(make(refused[_i].json) == ERR_INVALID, "%s", refused[_i].json);
    ck_assert_ptr_nonnull(e.field);
    ck_assert_msg(strcmp(e.field, refused[_i].field) == 0, "%s: %s", refused[_i].json,
                  e.field);
    CHECK_HAS(e.msg, refused[_i].field);
    CHECK_HAS(e.msg, refused[_i].what);
    ck_assert_msg(!strpbrk(e.msg, "<>"), "%s", e.msg);
}
END_TEST

/* A record whose service and level have so many bytes. */
static enum err_code make_with(int service_n, int level_n)
{
    char json[256];
    snprintf(json, sizeof json,
             "{" TIME ",\"service\":\"%0*d\",\"level\":\"%0*d\",\"message\":\"m\"}",
             service_n, 1, level_n, 1);
    return make(json);
}

START_TEST(takes_service_and_level_up_to_their_limits)
{
    ck_assert_int_eq(make_with(SERVICE_BYTES, LEVEL_BYTES), ERR_NONE);
    ck_assert_uint_eq(r.service.n, SERVICE_BYTES);
    ck_assert_uint_eq(r.level.n, LEVEL_BYTES);
}
END_TEST

START_TEST(refuses_service_and_level_past_their_limits)
{
    ck_assert_int_eq(make_with(SERVICE_BYTES + 1, 1), ERR_INVALID);
    ck_assert_str_eq(e.field, "service");
    CHECK_HAS(e.msg, "has 17 bytes; the limit is 16");
    ck_assert_int_eq(make_with(1, LEVEL_BYTES + 1), ERR_INVALID);
    ck_assert_str_eq(e.field, "level");
    CHECK_HAS(e.msg, "has 9 bytes; the limit is 8");
}
END_TEST

/* A record of n bytes in all. */
static enum err_code make_of_size(int n)
{
    static const char frame[] =
        "{" TIME ",\"service\":\"s\",\"level\":\"l\",\"message\":\"\"}";
    char json[2 * RECORD_BYTES];
    snprintf(json, sizeof json,
             "{" TIME ",\"service\":\"s\",\"level\":\"l\",\"message\":\"%0*d\"}",
             n - (int)sizeof frame + 1, 1);
    ck_assert_uint_eq(strlen(json), (size_t)n);
    return make(json);
}

START_TEST(takes_a_record_up_to_its_limit_and_no_larger)
{
    ck_assert_int_eq(make_of_size(RECORD_BYTES), ERR_NONE);
    ck_assert_int_eq(make_of_size(RECORD_BYTES + 1), ERR_INVALID);
    CHECK_HAS(e.msg, "it has 2001 bytes; the limit for one record is 2000");
}
END_TEST

START_TEST(takes_metadata_up_to_its_depth_limit_and_no_deeper)
{
    ck_assert_int_eq(make("{" TIME "," REST ",\"metadata\":[[{\"a\":[]}]]}"), ERR_NONE);
    ck_assert_int_eq(make("{" TIME "," REST ",\"metadata\":[[{\"a\":[{}]}]]}"),
                     ERR_INVALID);
    ck_assert_str_eq(e.field, "metadata");
    CHECK_HAS(e.msg, "deeper than 4");
}
END_TEST

START_TEST(counts_names_that_it_does_not_know)
{
    ck_assert_int_eq(make("{" TIME "," REST ",\"host\":\"h\",\"Level\":1,\"\":{}}"),
                     ERR_NONE);
    ck_assert_int_eq(notes.unknown_fields, 3);
    CHECK_STR("level", r.level, STR("INFO"));
}
END_TEST

START_TEST(takes_the_time_of_receipt_for_a_time_it_cannot_read)
{
    ck_assert_int_eq(make("{\"timestamp\":\"yesterday\"," REST "}"), ERR_NONE);
    CHECK_STR("kept", r.timestamp, STR("yesterday"));
    ck_assert_int_eq(r.event_us, NOW_US);
    ck_assert_int_eq(notes.unread_times, 1);
}
END_TEST

START_TEST(sees_a_failed_login_in_the_decoded_message)
{
    ck_assert_int_eq(make("{" TIME ",\"service\":\"a\",\"level\":\"INFO\","
                          "\"message\":\"f\\u0061iled\\tlogin\"}"),
                     ERR_NONE);
    ck_assert(r.failed_login.contract);
}
END_TEST

START_TEST(takes_what_powershell_makes_of_a_date)
{
    ck_assert_int_eq(
        make("{\"timestamp\":{\"value\":\"\\/Date(1795348848000)\\/\",\"DisplayHint\":2,"
             "\"DateTime\":\"x\"},\"service\":\"a\",\"level\":\"INFO\",\"message\":"
             "\"m\"}"),
        ERR_NONE);
    ck_assert(str_eq(r.timestamp, STR("/Date(1795348848000)/")));
    ck_assert_int_eq(r.event_us, INT64_C(1795348848000000));
    ck_assert_int_eq(make("{\"timestamp\":{\"DisplayHint\":2},\"service\":\"a\","
                          "\"level\":\"INFO\",\"message\":\"m\"}"),
                     ERR_INVALID);
    ck_assert_str_eq(e.field, "timestamp");
}
END_TEST

static const struct {
    const char *metadata;
    int64_t flat;
} flattened[] = {
    {"\"@{ip=10.0.0.1; user=bob}\"", 1},
    {"\"System.Collections.Hashtable\"", 1},
    {"\"System.Collections.Generic.List\"", 1},
    {"\"@home\"", 0},
    {"{\"a\":\"@{b=c}\"}", 1},
    {"{\"a\":[1,{\"b\":\"System.Collections.Hashtable\"}]}", 1},
    {"{\"a\":\"\\\"@{b=c}\"}", 0},
    {"{\"a\":\"x @{b=c} System.Collections.Hashtable\"}", 0},
    {"[]", 0},
    {"\"\"", 0},
    {"7", 0},
};

START_TEST(notes_metadata_that_powershell_has_flattened)
{
    char json[256];
    snprintf(json, sizeof json,
             "{" TIME ",\"service\":\"a\",\"level\":\"INFO\","
             "\"message\":\"m\",\"metadata\":%s}",
             flattened[_i].metadata);
    ck_assert_int_eq(make(json), ERR_NONE);
    ck_assert_msg(notes.flat_metadata == flattened[_i].flat, "%s", json);
    ck_assert(str_eq(r.metadata, str_of(flattened[_i].metadata))); /* kept as it is */
}
END_TEST

START_TEST(says_when_memory_is_short)
{
    arena_free(&a);
    arena_init(&a, 1);
    ck_assert_int_eq(make("{" TIME ",\"service\":\"\\n\",\"level\":\"l\","
                          "\"message\":\"m\"}"),
                     ERR_NOMEM);
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    return tc;
}

/* Objects of other programs, when a service is given: timestamp, service, level, message,
 * metadata; NULL is the object itself. */
static const struct {
    const char *json, *timestamp, *service, *level, *message, *metadata;
} others[] = {
    {"{}", NOW_TEXT, "app", "INFO", NULL, "{}"},
    {"{\"msg\":\"m\",\"a\":1}", NOW_TEXT, "app", "INFO", NULL, "{}"},
    {"{\"message\":\"m\"}", NOW_TEXT, "app", "INFO", "m", "{}"},
    {"{\"message\":\"m\",\"a\":1}", NOW_TEXT, "app", "INFO", "m", NULL},
    {"{\"message\":\"m\",\"a\":1,\"metadata\":{\"b\":2}}", NOW_TEXT, "app", "INFO", "m",
     "{\"b\":2}"},
    {"{\"message\":\"\",\"level\":null,\"service\":[],\"timestamp\":true}", NOW_TEXT,
     "app", "INFO", NULL, "{}"},
    {"{\"message\":7,\"level\":\"ERROR\",\"service\":\"s\"," TIME "}",
     "2026-11-22T12:00:48Z", "s", "ERROR", "7", "{}"},
};

START_TEST(takes_objects_of_other_programs_if_a_service_is_given)
{
    const char *json = others[_i].json;
    bool complete = strcmp(others[_i].service, "app") != 0;
    ck_assert_int_eq(make(json), complete ? ERR_NONE : ERR_INVALID); /* without one */
    notes = (struct record_notes){0};
    service = STR("app");
    ck_assert_msg(make(json) == ERR_NONE, "%s: %s", json, e.msg);
    CHECK_STR(json, r.timestamp, str_of(others[_i].timestamp));
    CHECK_STR(json, r.service, str_of(others[_i].service));
    CHECK_STR(json, r.level, str_of(others[_i].level));
    CHECK_STR(json, r.message, str_of(others[_i].message ? others[_i].message : json));
    CHECK_STR(json, r.metadata, str_of(others[_i].metadata ? others[_i].metadata : json));
    ck_assert_int_eq(r.event_us, NOW_US);
    ck_assert_int_eq(notes.unread_times, 0);
}
END_TEST

START_TEST(refuses_objects_of_other_programs_past_the_limits)
{
    service = STR("app");
    ck_assert_int_eq(make("{\"service\":\"0123456789abcdef\"}"), ERR_NONE);
    ck_assert_int_eq(make("{\"service\":\"0123456789abcdefg\"}"), ERR_INVALID);
    ck_assert_str_eq(e.field, "service");
    /* the object is the metadata, and as deep as these may be */
    ck_assert_int_eq(make("{\"message\":\"m\",\"x\":[[[]]]}"), ERR_NONE);
    ck_assert_int_eq(make("{\"message\":\"m\",\"x\":[[[[]]]]}"), ERR_INVALID);
    ck_assert_str_eq(e.field, "metadata");
    ck_assert_int_eq(make("{\"message\":\"m\",\"metadata\":[[[[]]]]}"), ERR_NONE);
    ck_assert_int_eq(make("{\"message\":\"m\",\"metadata\":[[[[[]]]]]}"), ERR_INVALID);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("record");
    TCase *tc = add_case(s, "fields");
    tcase_add_test(tc, takes_the_four_texts_and_metadata);
    tcase_add_test(tc, keeps_the_digits_of_numbers);
    tcase_add_test(tc, loses_nothing_behind_a_NUL_or_a_lone_surrogate);
    tcase_add_test(tc, counts_names_that_it_does_not_know);
    tcase_add_test(tc, takes_the_time_of_receipt_for_a_time_it_cannot_read);
    tcase_add_test(tc, sees_a_failed_login_in_the_decoded_message);
    tcase_add_loop_test(add_case(s, "metadata"), keeps_metadata_as_it_was_sent, 0,
                        ROWS(metadata));
    tcase_add_loop_test(add_case(s, "refused"), names_the_field_at_fault, 0,
                        ROWS(refused));
    tc = add_case(s, "limit");
    tcase_add_test(tc, takes_service_and_level_up_to_their_limits);
    tcase_add_test(tc, refuses_service_and_level_past_their_limits);
    tcase_add_test(tc, takes_a_record_up_to_its_limit_and_no_larger);
    tcase_add_test(tc, takes_metadata_up_to_its_depth_limit_and_no_deeper);
    tcase_add_test(tc, says_when_memory_is_short);
    tcase_add_test(tc, takes_what_powershell_makes_of_a_date);
    tcase_add_loop_test(tc, notes_metadata_that_powershell_has_flattened, 0,
                        ROWS(flattened));
    tc = add_case(s, "others");
    tcase_add_loop_test(tc, takes_objects_of_other_programs_if_a_service_is_given, 0,
                        ROWS(others));
    tcase_add_test(tc, refuses_objects_of_other_programs_past_the_limits);
    return unit_run(s);
}
