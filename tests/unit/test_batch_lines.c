/* test_batch_lines.c - which bodies are lines of text, and what becomes of them. */
#include "fcgi/core/batch.h"

#include "fcgi/base/clock.h"
#include "tests/unit/unit.h"

#define NOW_US (INT64_C(1795348848) * CLOCK_SECOND_US)
#define RECORD(message)                                                                  \
    "{\"timestamp\":\"2026-11-22T12:00:48Z\",\"service\":\"s\",\"level\":\"INFO\","      \
    "\"message\":\"" message "\"}"
#define A RECORD("a")
#define B RECORD("b")

enum { RECORDS_MAX = 5, RECORD_BYTES = 4096, BODIES_BYTES = 1 << 20, DEPTH = 4 };

static struct budget bodies;
static struct arena arena;
static struct batch_limits limits;
static struct batch batch;
static struct str content_type, service; /* of the body; none unless a test sets them */
static bool lenient;
static struct err e;
static char *body; /* ends where its memory ends, for AddressSanitizer */

static void set_up(void)
{
    bodies = (struct budget){.max = BODIES_BYTES};
    arena_init(&arena, 1 << 20);
    limits = (struct batch_limits){
        RECORDS_MAX, {RECORD_BYTES, 256, 32, DEPTH}, &bodies, NULL, false, NULL};
    content_type = service = STR_NONE;
    lenient = false;
    body = NULL;
}

static void tear_down(void)
{
    arena_free(&arena);
    free(body);
}

static enum err_code parse(struct str text)
{
    arena_reset(&arena);
    free(body);
    body = malloc(text.n > 0 ? text.n : 1);
    ck_assert_ptr_nonnull(body);
    memcpy(body, text.p, text.n);
    return batch_parse(
        &arena, (struct batch_body){body, text.n, NOW_US, content_type, service, lenient},
        &limits, &batch, &e);
}

#define ACCESS "10.0.0.9 - - [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1"

/* What a body is taken for: the services of its records, with ',' between them. */
static const struct {
    const char *name, *type, *service;
    struct str body;
    const char *services; /* NULL: refused, as JSON that is not right */
} sniffed[] = {
    {"lines", "text/plain", "", LIT("one\ntwo\n"), "text,text"},
    {"lines with a charset", "text/plain; charset=utf-8", "", LIT("one\r\n\r\ntwo"),
     "text,text"},
    {"lines for a service", "", "app", LIT("one\ntwo"), "app,app"},
    {"lines, labelled as a form", "application/x-www-form-urlencoded", "app",
     LIT("message=1&x=2"), "app"},
    {"syslog without a label", "", "", LIT("<34>Nov 22 10:14:15 h su: m\n<35>x: m"),
     "su,x"},
    {"octet counts for a service", "", "app", LIT("8 <34>a: b8 <35>c: d"), "a,c"},
    {"a form with files", "multipart/form-data; boundary=x", "app", LIT("--x\r\none"),
     NULL},
    {"text that begins with dashes", "text/plain", "", LIT("--x\none"), "text,text"},
    {"no label, no service", "", "", LIT("one\ntwo"), NULL},
    {"another label", "text/html", "", LIT("one"), NULL},
    {"nothing", "text/plain", "app", LIT(""), ""},
    {"empty lines", "text/plain", "", LIT("\n \n"), ""},
    {"a byte order mark", "text/plain", "", LIT("\xEF\xBB\xBFone"), "text"},
    {"UTF-16", "text/plain", "", LIT("\xFF\xFEo\0\n\0p\0"), "text,text"},
    {"JSON as text", "text/plain", "", LIT("[" A "," B "]"), "s,s"},
    {"JSON lines as text", "text/plain", "", LIT(A "\n" B), "s,s"},
    {"a wrapper as text", "text/plain", "app", LIT("{\"logs\":[" A "]}"), "s"},
    {"no records, as text", "text/plain", "", LIT(" [ ] "), ""},
    {"null as text", "text/plain", "", LIT("null\n"), ""},
    {"JSON as text that is not right", "text/plain", "", LIT("[" A ",x]"), NULL},
    {"JSON as text that is no record", "text/plain", "", LIT("{\"a\":1}"), NULL},
    {"JSON in a shell's quotes", "text/plain", "app", LIT("'[{\"a\":1}]'"), NULL},
    {"Apache's error log", "text/plain", "",
     LIT("[Sun Nov 22 10:00:00 2026] [error] m\n[Sun Nov 22 10:00:01 2026] [warn] m"),
     "web,web"},
    {"a kernel's log", "text/plain", "", LIT("[   12.345678] m"), "kernel"},
    {"brackets", "text/plain", "", LIT("[[main]] m\n[1,2]"), "text,text"},
    {"braces", "text/plain", "", LIT("{main} m"), "text"},
    {"an access log for a service", "", "shop", LIT(ACCESS), "shop"},
    {"an access log", "text/plain", "", LIT(ACCESS), "web"},
    {"records that name no service", "", "app",
     LIT("[{\"timestamp\":\"2026-11-22T12:00:48Z\",\"level\":\"INFO\","
         "\"message\":\"m\"}," A "]"),
     "app,s"},
    {"a record that names none, without one", "", "",
     LIT("{\"timestamp\":\"2026-11-22T12:00:48Z\",\"level\":\"INFO\","
         "\"message\":\"m\"}"),
     NULL},
    {"other JSON for a service", "", "app", LIT("[{\"msg\":\"m\"},{\"a\":[1]}]"),
     "app,app"},
    {"JSON lines and others", "", "app", LIT("{\"msg\":\"m\"}\npanic: x\n\tat y\n" A),
     "app,app,s"},
    {"an object over several lines", "", "app", LIT("{\n \"msg\":\"m\"\n}\n" A), "app,s"},
};

START_TEST(tells_lines_from_json)
{
    char got[256] = "";
    size_t n = 0;
    content_type = str_of(sniffed[_i].type);
    service = str_of(sniffed[_i].service);
    enum err_code code = parse(sniffed[_i].body);
    if (!sniffed[_i].services) {
        ck_assert_msg(code == ERR_INVALID, "%s: code %d", sniffed[_i].name, (int)code);
        return;
    }
    ck_assert_msg(code == ERR_NONE, "%s: %s", sniffed[_i].name, e.msg);
    for (size_t i = 0; i < batch.n; i++) {
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%.*s", i > 0 ? "," : "",
                              STR_ARGS(batch.records[i].service));
    }
    ck_assert_msg(strcmp(got, sniffed[_i].services) == 0, "%s: got %s", sniffed[_i].name,
                  got);
}
END_TEST

START_TEST(takes_lines_up_to_its_limits)
{
    char line[RECORD_BYTES + 8];
    content_type = STR("text/plain");
    ck_assert_int_eq(parse(STR("1\n2\n3\n4\n5\n")), ERR_NONE);
    ck_assert_uint_eq(batch.n, RECORDS_MAX);
    ck_assert_int_eq(parse(STR("1\n2\n3\n4\n5\n6")), ERR_TOO_LARGE);
    ck_assert_int_eq(e.index, RECORDS_MAX);
    memset(line, 'x', sizeof line);
    memcpy(line, "1\n2\n", 4);
    ck_assert_int_eq(parse((struct str){line, 4 + RECORD_BYTES}), ERR_NONE);
    ck_assert_int_eq(parse((struct str){line, 4 + RECORD_BYTES + 1}), ERR_INVALID);
    ck_assert_int_eq(e.index, 2);
    CHECK_HAS(e.msg, "record 2: it has 4097 bytes");
}
END_TEST

START_TEST(a_line_that_is_too_long_is_left_out_if_that_is_asked_for)
{
    char text[RECORD_BYTES + 16];
    content_type = STR("text/plain");
    memset(text, 'x', sizeof text);
    memcpy(text, "1\n", 2);
    memcpy(text + 2 + RECORD_BYTES + 1, "\n2\n", 3);
    lenient = true;
    ck_assert_int_eq(parse((struct str){text, 2 + RECORD_BYTES + 1 + 3}), ERR_NONE);
    ck_assert_uint_eq(batch.n, 2);
    ck_assert_uint_eq(batch.rejected_n, 1);
    ck_assert_uint_eq(batch.rejected[0].place, 1);
    ck_assert_uint_eq(batch.rejected[0].bytes, RECORD_BYTES + 1);
    CHECK_STR("reason", batch.rejected[0].reason,
              STR("it has 4097 bytes; the limit for one record is 4096"));
}
END_TEST

START_TEST(counts_what_it_mends_in_lines)
{
    service = STR("app");
    ck_assert_int_eq(parse(STR("a\xFF\nb\0\n")), ERR_NONE);
    ck_assert_uint_eq(batch.repaired, 2);
    ck_assert_int_eq(parse(STR("{\"a\":\"\\u0000\"}\n{\"b\":\"\\ud800\"}")), ERR_NONE);
    ck_assert_uint_eq(batch.n, 2);
    ck_assert_uint_eq(batch.repaired, 2);
    ck_assert_int_eq(batch.notes.unknown_fields, 0); /* the message has them */
}
END_TEST

static int64_t an_hour_ahead(int64_t local_us)
{
    return local_us - 60 * CLOCK_MINUTE_US;
}

START_TEST(reads_times_in_the_zone_that_it_is_given)
{
    limits.zone = an_hour_ahead;
    content_type = STR("text/plain");
    ck_assert_int_eq(parse(STR("2026-11-22 13:00:48 m")), ERR_NONE);
    ck_assert_int_eq(batch.records[0].event_us, NOW_US);
    ck_assert_int_eq(parse(STR("{\"timestamp\":\"2026-11-22 13:00:48\",\"service\":\"s\","
                               "\"level\":\"l\",\"message\":\"m\"}")),
                     ERR_NONE);
    ck_assert_int_eq(batch.records[0].event_us, NOW_US);
}
END_TEST

START_TEST(names_a_charset_that_is_not_known)
{
    content_type = STR("application/json; charset=koi8-r");
    ck_assert_int_eq(parse(STR(A)), ERR_NONE);
    CHECK_STR("charset", batch.unknown_charset, STR("koi8-r"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("batch_lines");
    TCase *tc = tcase_create("lines");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    tcase_add_loop_test(tc, tells_lines_from_json, 0, ROWS(sniffed));
    tcase_add_test(tc, takes_lines_up_to_its_limits);
    tcase_add_test(tc, a_line_that_is_too_long_is_left_out_if_that_is_asked_for);
    tcase_add_test(tc, counts_what_it_mends_in_lines);
    tcase_add_test(tc, reads_times_in_the_zone_that_it_is_given);
    tcase_add_test(tc, names_a_charset_that_is_not_known);
    return unit_run(s);
}
