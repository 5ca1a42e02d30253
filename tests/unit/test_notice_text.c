/* test_notice_text.c - in which words an incident is told, and that hostile text in it stays
 * text. */
#include "fcgi/core/notice_text.h"

#include "fcgi/base/json.h"
#include "fcgi/base/visible.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

#define T0 (INT64_C(1795351448) * CLOCK_SECOND_US) /* 2026-11-22T12:44:08Z */

static struct buf out;
static struct notice_incident incident;
static struct notice_about about;

static void set_up(void)
{
    buf_init(&out, NOTICE_JSON_BYTES);
    incident = (struct notice_incident){
        .id = 7,
        .count = 12,
        .first_us = T0,
        .last_us = T0 + CLOCK_MINUTE_US,
        .severity = 0.97999,
        .service = STR("auth"),
        .summary = STR("auth: 37 failed logins in 50 records, usual 0 to 2"),
        .reasons = {STR("37 failed logins in 50 records, usual 0 to 2"),
                    STR("a new kind of message"), STR("more records than usual")},
        .reasons_n = 3,
        .lines = {{STR("12:44"), STR("auth"), STR("Failed password for root")}},
        .lines_n = 1,
    };
    about = (struct notice_about){
        .kind = NOTICE_NEW,
        .event_id = STR("e1"),
        .created_us = T0,
        .host = "box",
        .public_url = "",
        .api = "http://127.0.0.1:3000",
        .incidents = &incident,
        .incidents_n = 1,
    };
}

static void tear_down(void)
{
    buf_free(&out);
}

static struct str print(void (*put)(struct buf *, const struct notice_about *))
{
    buf_clear(&out);
    put(&out, &about);
    ck_assert(!out.failed);
    return buf_view(&out);
}

START_TEST(a_new_incident_is_a_sentence_reasons_lines_and_what_to_do)
{
    CHECK_STR("subject", print(notice_put_subject),
              STR("auth: 37 failed logins in 50 records, usual 0 to 2 (severity 0.97)"));
    CHECK_STR("body", print(notice_put_body),
              STR("- a new kind of message\n"
                  "- more records than usual\n"
                  "\n"
                  "Lines of it:\n"
                  "  12:44 auth: Failed password for root\n"
                  "\n"
                  "12 times, 2026-11-22T12:44:08.000Z to 2026-11-22T12:45:08.000Z\n"
                  "To say that you have seen it:\n"
                  "  curl -X PATCH -H 'Content-Type: application/json' "
                  "-d '{\"status\":\"acknowledged\"}' "
                  "http://127.0.0.1:3000/incidents/7\n"
                  "From box\n"));
}
END_TEST

START_TEST(with_a_page_there_is_a_link)
{
    about.public_url = "https://logs.example.org/";
    struct str body = print(notice_put_body);
    ck_assert_ptr_nonnull(memmem(body.p, body.n, "\nSee it, answer it: ", 20));
    ck_assert_ptr_nonnull(
        memmem(body.p, body.n, "https://logs.example.org/#/incident/7\n", 38));
    ck_assert_ptr_null(memmem(body.p, body.n, "curl", 4));
}
END_TEST

static const struct {
    enum notice_kind kind;
    const char *subject;
} kinds[] = {
    {NOTICE_REGRESSION, "back after it was resolved: auth: 37 failed"},
    {NOTICE_WORSE, "much worse: auth: 37 failed"},
    {NOTICE_TEST, "test: messages about incidents arrive here"},
    {NOTICE_DIGEST, "31 incidents: 29 new, 1 back after being resolved, 2 much worse"},
    {NOTICE_IMPORT, "import: 31 incidents in logs of 2026-11-16 to 2026-11-22"},
};

START_TEST(each_kind_has_its_words)
{
    about.kind = kinds[_i].kind;
    about.counts =
        (struct notice_counts){31, 29, 1, 2, T0 - 6 * 24 * 60 * CLOCK_MINUTE_US, T0};
    ck_assert(str_starts(print(notice_put_subject), str_of(kinds[_i].subject)));
    struct str json = print(notice_put_json);
    char kind[64];
    snprintf(kind, sizeof kind, "\"kind\":\"%s\"", notice_kind_name(kinds[_i].kind));
    ck_assert_ptr_nonnull(memmem(json.p, json.n, kind, strlen(kind)));
    print(notice_put_body);
}
END_TEST

START_TEST(one_incident_is_not_plural)
{
    about.kind = NOTICE_IMPORT;
    about.counts = (struct notice_counts){1, 1, 0, 0, T0, T0};
    CHECK_STR("subject", print(notice_put_subject),
              STR("import: 1 incident in logs of 2026-11-22 to 2026-11-22"));
    incident.count = 1;
    incident.last_us = incident.first_us;
    about.kind = NOTICE_NEW;
    struct str body = print(notice_put_body);
    ck_assert_ptr_nonnull(
        memmem(body.p, body.n, "\n1 time, 2026-11-22T12:44:08.000Z\n", 34));
}
END_TEST

static const struct {
    const char *name;
    struct str text;
} hostile[] = {
    {"CRLF", LIT("a\r\nBcc: x\r\n.\r\nQUIT")},
    {"ESC", LIT("\x1b]8;;http://evil\x07link\x1b[2J")},
    {"right to left", LIT("\xE2\x80\xAE\xE2\x81\xA7x")},
    {"NUL", LIT("a\0b")},
    {"quotes", LIT("\"},{\"x\":\"'<script>alert(1)</script>")},
    {"no UTF-8", LIT("\xFF\xFE\xC3")},
};

static void make_hostile(struct str text)
{
    incident.summary = incident.service = text;
    for (size_t i = 0; i < NOTICE_REASONS_MAX; i++) {
        incident.reasons[i] = text;
    }
    for (size_t i = 0; i < NOTICE_LINES_MAX; i++) {
        incident.lines[i] = (struct notice_line){text, text, text};
    }
    incident.reasons_n = NOTICE_REASONS_MAX;
    incident.lines_n = NOTICE_LINES_MAX;
}

/* No control character but the line ends that are ours. */
static void check_harmless(struct str s, int lines)
{
    int n = 0;
    for (size_t i = 0; i < s.n; i++) {
        ck_assert((uint8_t)s.p[i] >= ' ' || s.p[i] == '\n');
        n += s.p[i] == '\n';
    }
    ck_assert_int_eq(n, lines);
    ck_assert_ptr_null(memmem(s.p, s.n, "\xE2\x80\xAE", 3));
    ck_assert_ptr_null(memmem(s.p, s.n, "\xE2\x81\xA7", 3));
}

/* Where the text shows an escape, its backslash is a character: there are two. */
static void check_no_escape(struct str s, const char *escape)
{
    const char *p;
    while ((p = memmem(s.p, s.n, escape, strlen(escape))) != NULL) {
        ck_assert(p[-1] == '\\');
        s = str_from(s, (size_t)(p - s.p) + strlen(escape));
    }
}

/* The JSON can be read, and its texts hold nothing that a terminal would obey. */
static void check_json(struct str s)
{
    struct json_value v;
    struct err e;
    char *copy = malloc(s.n);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, s.p, s.n);
    struct json_in in = {copy, s.n, 0, 8, 0};
    ck_assert_msg(!json_read(&in, &v, &e) && json_at_end(&in), "%.*s", STR_ARGS(s));
    check_no_escape(s, "\\u001b");
    check_no_escape(s, "\\u0000");
    check_no_escape(s, "\\u202e");
    free(copy);
}

START_TEST(hostile_text_stays_text)
{
    make_hostile(hostile[_i].text);
    check_harmless(print(notice_put_subject), 0);
    check_harmless(print(notice_put_body), 12);
    check_json(print(notice_put_json));
    about.kind = NOTICE_DIGEST;
    check_harmless(print(notice_put_body), 4);
    check_json(print(notice_put_json));
}
END_TEST

START_TEST(a_megabyte_everywhere_fits)
{
    enum { N = 1 << 20 };
    struct notice_incident list[NOTICE_LISTED_MAX];
    char *big = malloc(N);
    ck_assert_ptr_nonnull(big);
    for (size_t i = 0; i < N; i++) {
        big[i] = i % 3 == 0 ? '\x1b' : i % 3 == 1 ? '\xFF' : 'x';
    }
    make_hostile((struct str){big, N});
    ck_assert_uint_le(print(notice_put_subject).n, NOTICE_SUBJECT_BYTES);
    ck_assert_uint_le(print(notice_put_body).n, NOTICE_BODY_BYTES);
    print(notice_put_json);
    for (size_t i = 0; i < NOTICE_LISTED_MAX; i++) {
        list[i] = incident;
    }
    about.kind = NOTICE_DIGEST;
    about.incidents = list;
    about.incidents_n = NOTICE_LISTED_MAX;
    about.counts.incidents = INT64_MAX;
    ck_assert_uint_le(print(notice_put_body).n, NOTICE_BODY_BYTES);
    print(notice_put_json);
    free(big);
}
END_TEST

START_TEST(the_json_says_it_in_parts)
{
    about.public_url = "https://l/";
    incident.reasons_n = 1;
    CHECK_STR(
        "json", print(notice_put_json),
        STR("{\"event_id\":\"e1\",\"kind\":\"new\",\"created_at\":\"2026-11-22T12:44:"
            "08.000Z\",\"host\":\"box\",\"incident_id\":7,\"service\":\"auth\","
            "\"severity\":0.97999,\"summary\":\"auth: 37 failed logins in 50 "
            "records, usual 0 to 2\",\"url\":\"https://l/#/incident/7\",\"reasons\":["
            "\"37 failed logins in 50 records, usual 0 to 2\"],\"count\":12,"
            "\"first_seen\":\"2026-11-22T12:44:08.000Z\",\"last_seen\":\"2026-11-22T"
            "12:45:08.000Z\",\"lines\":[{\"timestamp\":\"12:44\",\"service\":\"auth\","
            "\"message\":\"Failed password for root\"}]}"));
}
END_TEST

/* Nobody is sent to incident 0. */
START_TEST(what_is_in_no_store_has_no_id)
{
    incident.id = 0;
    struct str body = print(notice_put_body);
    ck_assert_ptr_null(memmem(body.p, body.n, "/incidents/", 11));
    ck_assert_ptr_nonnull(memmem(body.p, body.n, "http://127.0.0.1:3000/readyz\n", 29));
    struct str json = print(notice_put_json);
    ck_assert_ptr_nonnull(memmem(json.p, json.n, "\"incident_id\":null,", 19));
    about.public_url = "https://l/";
    json = print(notice_put_json);
    ck_assert_ptr_nonnull(memmem(json.p, json.n, "\"url\":\"https://l/\"", 18));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("notice_text");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_new_incident_is_a_sentence_reasons_lines_and_what_to_do);
    tcase_add_test(tc, with_a_page_there_is_a_link);
    tcase_add_loop_test(tc, each_kind_has_its_words, 0, ROWS(kinds));
    tcase_add_test(tc, one_incident_is_not_plural);
    tcase_add_loop_test(tc, hostile_text_stays_text, 0, ROWS(hostile));
    tcase_add_test(tc, a_megabyte_everywhere_fits);
    tcase_add_test(tc, the_json_says_it_in_parts);
    tcase_add_test(tc, what_is_in_no_store_has_no_id);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
