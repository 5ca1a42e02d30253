/* test_told.c - what ingest says to POST /learn, and what it takes for an answer; and the
 * thread that does both, against a service that says what the test wants. */
#include "fcgi/base/clock.h"
#include "fcgi/core/wire.h"
#include "fcgi/jobs/outgoing.h"
#include "fcgi/jobs/scorer_note.h"
#include "fcgi/jobs/told.h"
#include "tests/fake/http_fake.h"
#include "tests/fake/store_mem.h"
#include "tests/unit/unit.h"

#include <sched.h>

#define STATE "0123456789abcdef0123456789abcdef"
#define MINUTE(number, before)                                                           \
    "{\"number\":" number ",\"counted_before\":" before                                  \
    ",\"from_us\":1767268800000000,\"latest_us\":1767268848000000,"                      \
    "\"count\":9,\"warn_count\":0,\"error_count\":1,\"failed_login_count\":9,"           \
    "\"score\":0.95,\"raw_score\":0.95,\"service\":\"auth\",\"reasons\":[{\"text\":\"9 " \
    "failed logins\",\"channel\":\"failed_logins\",\"observed\":9,\"expected\":0.5,"     \
    "\"of\":9,\"usual_max\":1,\"p\":0.001,\"bits\":9.9,\"log_ids\":[7,9],"               \
    "\"records_total\":2}],\"new_templates\":[\"t1f\"]}"
#define ANSWER(state, batch, minutes)                                                    \
    "{\"minutes\":[" minutes "],\"state\":\"" state "\",\"store\":null,\"position\":"    \
    "{\"batch\":" batch ",\"records\":0},\"learned\":{\"batches\":0,\"records\":0},"     \
    "\"version\":\"m-1\"}"
enum { SOON_US = 1000000, TEXT = 1 << 20 };

static struct store *writer_store, *reader;
static struct buf out;
static struct arena arena;
static struct told_answer answer;
static struct told_position to;
static bool more;
static struct err e;

static void set_up(void)
{
    writer_store = store_mem_open();
    reader = store_mem_reader(writer_store);
    buf_init(&out, 16 << 20);
    arena_init(&arena, 8 << 20);
}

static void tear_down(void)
{
    store_close(reader);
    store_close(writer_store);
    buf_free(&out);
    arena_free(&arena);
}

static struct record record_of(struct str message)
{
    return (struct record){.timestamp = STR("odd"),
                           .service = STR("web"),
                           .level = STR("INFO"),
                           .message = message,
                           .metadata = STR("{\"a\":[1]}"),
                           .event_us = 1767268848000000};
}

static void add(const struct record *records, size_t n, int64_t incident_id)
{
    struct store_batch b = {.received_us = 77,
                            .records = records,
                            .n = n,
                            .scorer = "http",
                            .incident_id = incident_id};
    struct store_batch_ids ids;
    ck_assert(!store_begin(writer_store, SOON_US, &e));
    ck_assert(!store_add_batch(writer_store, &b, &ids, &e));
    ck_assert(!store_commit(writer_store, &e));
}

static void print(int64_t batch, int64_t records)
{
    struct told_request r = {.store = STORE_MEM_ID,
                             .state = "",
                             .confirmed = 4,
                             .begin = 1,
                             .from = {batch, records}};
    buf_clear(&out);
    ck_assert_msg(!told_print(reader, &r, &out, &to, &more, &e), "%s", e.msg);
}

/* --- the request --- */

START_TEST(nothing_new_is_an_empty_list)
{
    print(1, 0);
    CHECK_STR("request", buf_view(&out),
              STR("{\"store\":\"" STORE_MEM_ID "\",\"state\":null,\"confirmed\":4,"
                  "\"begin\":1,"
                  "\"from\":{\"batch\":1,\"records\":0},\"answers\":[],\"batches\":[]}"));
    ck_assert(to.batch == 1 && to.records == 0 && !more);
}
END_TEST

START_TEST(batches_are_printed_as_the_service_reads_them)
{
    struct record r = record_of(STR("m"));
    add(&r, 1, 0);
    add(&r, 1, 5);
    print(1, 0);
    buf_byte(&out, '\0');
    ck_assert_ptr_nonnull(strstr(
        out.p,
        "\"batches\":[{\"id\":1,\"received_us\":77,\"batch_n\":1,\"offset\":0,"
        "\"first_log_id\":1,\"raised\":false,\"unscored\":true,\"logs\":[{\"timestamp\":"
        "\"2026-01-"
        "01T12:00:48.000Z\","
        "\"service\":\"web\",\"level\":\"INFO\",\"message\":\"m\",\"metadata\":"
        "{\"a\":[1]}}],\"n\":1},{\"id\":2,\"received_us\":77,\"batch_n\":1,"
        "\"offset\":0,\"first_log_id\":2,\"raised\":true,\"unscored\":true,\"logs\":[{"));
    ck_assert(to.batch == 3 && to.records == 0 && !more);
}
END_TEST

START_TEST(what_another_program_made_of_a_record_does_no_harm)
{
    struct record r = record_of(STR("\xff"));
    r.metadata = STR("{\"cut");
    r.level = STR("");
    add(&r, 1, 0);
    print(1, 0);
    buf_byte(&out, '\0');
    CHECK_HAS(out.p, "\"level\":\"-\",\"message\":\"\\ufffd\",\"metadata\":{}");
}
END_TEST

START_TEST(a_request_holds_so_many_records_and_no_more)
{
    static struct record many[WIRE_RECORDS_MAX + 1];
    for (size_t i = 0; i <= WIRE_RECORDS_MAX; i++) {
        many[i] = record_of(STR("m"));
    }
    add(many, WIRE_RECORDS_MAX, 0);
    print(1, 0);
    ck_assert(to.batch == 2 && to.records == 0 && !more);
    add(many, WIRE_RECORDS_MAX + 1, 0);
    print(2, 0);
    ck_assert(to.batch == 2 && to.records == WIRE_RECORDS_MAX && more);
    print(2, WIRE_RECORDS_MAX);
    ck_assert(to.batch == 3 && to.records == 0 && !more);
    print(1, 1);
    ck_assert(to.batch == 2 && to.records == 0 && more); /* the next one begins it */
    buf_byte(&out, '\0');
    CHECK_HAS(out.p, "\"offset\":1,\"first_log_id\":2,");
    ck_assert_ptr_null(strstr(out.p, "\"id\":2"));
}
END_TEST

START_TEST(a_request_ends_at_the_record_that_fills_it)
{
    static char text[TEXT];
    struct record r[6];
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < 6; i++) {
        r[i] = record_of((struct str){text, sizeof text});
    }
    add(r, 6, 0);
    print(1, 0);
    ck_assert(to.batch == 1 && to.records == 4 && more);
    ck_assert_uint_lt(out.n, 5 * TEXT);
    print(1, 4);
    ck_assert(to.batch == 2 && to.records == 0 && !more);
    add(r, 6, 0); /* cut at the same record with something before it and without */
    print(1, 4);
    ck_assert(to.batch == 2 && to.records == 0 && more);
    print(2, 0);
    ck_assert(to.batch == 2 && to.records == 4 && more);
}
END_TEST

START_TEST(a_place_past_a_batch_is_an_error)
{
    struct record r = record_of(STR("m"));
    struct told_request q = {
        .store = STORE_MEM_ID, .state = "", .begin = 1, .from = {1, 1}};
    add(&r, 1, 0);
    ck_assert_int_eq(told_print(reader, &q, &out, &to, &more, &e), ERR_UPSTREAM);
}
END_TEST

/* --- the answer --- */

static enum err_code read_text(const char *text)
{
    struct buf body;
    buf_init(&body, 64 << 10);
    buf_str(&body, str_of(text));
    enum err_code code = told_read(&arena, &body, &answer, &e);
    if (!code && answer.minutes_n > 0) { /* its texts are the body's */
        CHECK_STR("service", answer.minutes[0].verdict.service, STR("auth"));
    }
    buf_free(&body);
    return code;
}

START_TEST(a_good_answer_is_read)
{
    ck_assert_msg(
        !read_text(ANSWER(STATE, "7", MINUTE("3", "false") "," MINUTE("4", "true"))),
        "%s", e.msg);
    ck_assert_str_eq(answer.state, STATE);
    ck_assert_str_eq(answer.version, "m-1");
    ck_assert_int_eq(answer.position.batch, 7);
    ck_assert_uint_eq(answer.minutes_n, 2);
    ck_assert_int_eq(answer.minutes[0].number, 3);
    ck_assert(!answer.minutes[0].counted_before && answer.minutes[1].counted_before);
    ck_assert_int_eq(answer.minutes[0].features.all.failed_login, 9);
    ck_assert_uint_eq(answer.minutes[0].features.services_n, 1);
    const struct verdict *v = &answer.minutes[0].verdict;
    ck_assert(v->reasons[0].stored && v->reasons[0].records_n == 2);
    ck_assert_int_eq(v->reasons[0].records[1], 9);
    ck_assert(v->new_templates_n == 1 && v->new_templates[0] == 0x1f);
}
END_TEST

static const struct {
    const char *name, *text;
} bad[] = {
    {"nothing", ""},
    {"no object", "[]"},
    {"cut", "{\"minutes\":[]"},
    {"two", ANSWER(STATE, "1", "") ANSWER(STATE, "1", "")},
    {"no UTF-8", ANSWER("\xff", "1", "")},
    {"a short state", ANSWER("01", "1", "")},
    {"a state that is no id", ANSWER("0123456789abcdef0123456789abcde ", "1", "")},
    {"a negative place", ANSWER(STATE, "-1", "")},
    {"a place with a fraction", ANSWER(STATE, "1.5", "")},
    {"too large a place", ANSWER(STATE, "99999999999999999999", "")},
    {"a minute that is none", ANSWER(STATE, "1", "1")},
    {"a minute without parts", ANSWER(STATE, "1", "{}")},
    {"number 0", ANSWER(STATE, "1", MINUTE("0", "false"))},
    {"a flag that is none", ANSWER(STATE, "1", MINUTE("1", "1"))},
    {"minutes out of order",
     ANSWER(STATE, "1", MINUTE("2", "false") "," MINUTE("1", "false"))},
    {"the same twice", ANSWER(STATE, "1", MINUTE("1", "false") "," MINUTE("1", "false"))},
};

START_TEST(a_bad_answer_is_none)
{
    ck_assert_msg(read_text(bad[_i].text) == ERR_UPSTREAM, "%s", bad[_i].name);
}
END_TEST

START_TEST(so_many_minutes_and_no_more)
{
    static char text[128 << 10];
    for (int n = TOLD_MINUTES_MAX; n <= TOLD_MINUTES_MAX + 1; n++) {
        size_t at = (size_t)snprintf(text, sizeof text, "{\"minutes\":[");
        for (int i = 1; i <= n; i++) {
            static const char one[] = MINUTE("%d", "false");
            char number[16];
            const char *rest = strstr(one, "%d");
            snprintf(number, sizeof number, "%d", i);
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*s%s%s",
                                   i > 1 ? "," : "", (int)(rest - one), one, number,
                                   rest + 2);
        }
        snprintf(text + at, sizeof text - at,
                 "],\"state\":\"" STATE "\",\"position\":{\"batch\":1,\"records\":0},"
                 "\"version\":\"m\"}");
        struct buf body;
        buf_init(&body, sizeof text);
        buf_str(&body, str_of(text));
        ck_assert_int_eq(told_read(&arena, &body, &answer, &e),
                         n == TOLD_MINUTES_MAX ? ERR_NONE : ERR_UPSTREAM);
        buf_free(&body);
    }
}
END_TEST

/* --- the thread --- */

static void no_learn(void *arg, const struct write_job *job)
{
    (void)arg;
    (void)job;
}

static void count_rows(void *arg, const struct store_incident_row *row)
{
    int64_t *count = arg;
    ck_assert_int_eq(*count, 0); /* one incident */
    *count = row->core.count;
}

static struct http_fake *server;
static struct writer *writer;
static struct outgoing *outgoing;
static struct scorer *scorer;

static void set_up_thread(void)
{
    set_up();
    server = http_fake_start(NULL);
}

static void tear_down_thread(void)
{
    http_fake_stop(server);
    tear_down();
}

static void start_thread(void)
{
    static char url[64];
    struct writer_options w = {.threshold = 0.8, .wait_us = SOON_US, .learn = no_learn};
    struct scorer_http_options s = {url, 1 << 20, SCORER_TOTAL_MS, NULL};
    snprintf(url, sizeof url, "http://127.0.0.1:%d/score", http_fake_port(server));
    ck_assert(!scorer_open_http(&s, &scorer, &e));
    ck_assert(!writer_start(writer_store, &w, &writer, &e));
    struct outgoing_options o = {url, NULL, reader, writer, scorer, 1 << 20, NULL};
    ck_assert(!outgoing_start(&o, &outgoing, &e));
}

static void stop_thread(bool drain)
{
    outgoing_stop(outgoing, drain);
    writer_stop(writer);
    scorer_close(scorer);
}

/* The service answers the same minute to every request: one incident, one occurrence, and
 * its number confirmed. */
START_TEST(a_minute_that_is_told_again_and_again_is_one_occurrence)
{
    static char reply[4096], seen[4096], note[STORE_NOTE_BYTES];
    int64_t count = 0;
    const char *body = ANSWER(STATE, "1", MINUTE("1", "false"));
    int n = snprintf(reply, sizeof reply,
                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                     "Content-Length: %zu\r\n\r\n%s",
                     strlen(body), body);
    http_fake_do(server, HTTP_FAKE_REPLIES, (struct str){reply, (size_t)n});
    start_thread();
    while (http_fake_requests(server) < 3) {
        outgoing_wake(outgoing);
        sched_yield();
    }
    stop_thread(true);
    ck_assert(!store_list_incidents(reader, INT64_MAX, 10, count_rows, &count, &e));
    ck_assert_int_eq(count, 1);
    ck_assert(http_fake_seen(server, 0, seen, sizeof seen));
    CHECK_HAS(seen, "\"state\":null,\"confirmed\":0,");
    ck_assert(http_fake_seen(server, 1, seen, sizeof seen));
    CHECK_HAS(seen, "\"state\":\"" STATE "\",\"confirmed\":1,");
    ck_assert(!store_get_note(reader, NOTE_LEARNED, note, &e));
    ck_assert_str_eq(note, STATE " 1 1 0 1");
    ck_assert(!store_get_note(reader, NOTE_SCORER, note, &e));
    CHECK_HAS(note, "\"state\":\"ok\"");
    CHECK_HAS(note, "\"version\":\"m-1\"");
}
END_TEST

/* A service that hangs is not waited for at the end, nor asked once more: a process that
 * is to be replaced would leave requests without an answer meanwhile. */
START_TEST(a_service_that_hangs_is_asked_no_more_at_the_end)
{
    http_fake_do(server, HTTP_FAKE_HANGS, STR(""));
    start_thread();
    while (http_fake_requests(server) < 1) {
        sched_yield();
    }
    stop_thread(_i == 1);
    ck_assert_uint_eq(http_fake_requests(server), 1);
}
END_TEST

START_TEST(what_is_no_scoring_service_is_told_so)
{
    static char note[STORE_NOTE_BYTES];
    http_fake_do(server, HTTP_FAKE_REPLIES,
                 STR("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                     "Content-Length: 2\r\n\r\n{}"));
    start_thread();
    while (http_fake_requests(server) < 2) { /* what came of the first is noted then */
        sched_yield();
    }
    stop_thread(true);
    ck_assert(!store_get_note(reader, NOTE_SCORER, note, &e));
    CHECK_HAS(note, "\"state\":\"unavailable\"");
    CHECK_HAS(note, "is not a scoring service");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("told");
    TCase *tc = tcase_create("told");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, nothing_new_is_an_empty_list);
    tcase_add_test(tc, batches_are_printed_as_the_service_reads_them);
    tcase_add_test(tc, what_another_program_made_of_a_record_does_no_harm);
    tcase_add_test(tc, a_request_holds_so_many_records_and_no_more);
    tcase_add_test(tc, a_request_ends_at_the_record_that_fills_it);
    tcase_add_test(tc, a_place_past_a_batch_is_an_error);
    tcase_add_test(tc, a_good_answer_is_read);
    tcase_add_loop_test(tc, a_bad_answer_is_none, 0, ROWS(bad));
    tcase_add_test(tc, so_many_minutes_and_no_more);
    suite_add_tcase(s, tc);
    tc = tcase_create("thread");
    tcase_add_checked_fixture(tc, set_up_thread, tear_down_thread);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, a_minute_that_is_told_again_and_again_is_one_occurrence);
    tcase_add_loop_test(tc, a_service_that_hangs_is_asked_no_more_at_the_end, 0, 2);
    tcase_add_test(tc, what_is_no_scoring_service_is_told_so);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
