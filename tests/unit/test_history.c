/* test_history.c - batches of the past: lines of a file as POST /ingest would take them, and
 * a store read back as what it was made of. */
#include "scoring/history.h"

#include "tests/unit/past.h"

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES], store_path[TEMP_DIR_BYTES];
static struct config config;
static struct arena arena;
static struct history *history;
static struct history_batch batch;
static struct err e;

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "h.ndjson", path);
    temp_dir_path(dir, "data.sqlite", store_path);
    ck_assert_int_eq(setenv("LOGANALYZER_HOME", dir, 1), 0);
    ck_assert_int_eq(setenv("MAX_BODY_BYTES", "4096", 1), 0);
    ck_assert_msg(!config_load(&config, &e), "%s", e.msg);
    arena_init(&arena, HISTORY_ARENA_BYTES);
    history = NULL;
}

static void tear_down(void)
{
    history_close(history);
    arena_free(&arena);
    temp_dir_remove(dir);
}

static void open_text(const char *text)
{
    past_put(path, "w", text);
    ck_assert_msg(!history_open_file(path, &config, &history, &e), "%s", e.msg);
}

static bool next(void)
{
    bool found = false;
    arena_reset(&arena);
    ck_assert_msg(!history_next(history, &arena, &batch, &found, &e), "%s", e.msg);
    return found;
}

#define R(time, message)                                                                 \
    "{\"timestamp\":\"" time "\",\"service\":\"web\",\"level\":\"ERROR\",\"message\":"   \
    "\"" message "\"}"

/* --- files --- */

static const struct row {
    const char *line;
    size_t n;
    const char *label;
} lines[] = {
    {"{\"label\":1,\"logs\":[" R("2026-11-22T12:00:00Z", "a") "]}", 1, "1"},
    {"{\"logs\":[" R("2026-11-22T12:00:00Z", "a") "],\"label\":0}", 1, "0"},
    {"{\"label\":true,\"logs\":[]}", 0, "1"},
    {"{\"label\":\"x\\u0031\",\"logs\":[]}", 0, "x1"},
    {"{\"label\":\"a\\tb\",\"logs\":[]}", 0, "0"},
    {"{\"label\":[2],\"logs\":[]}", 0, "0"},
    {"{\"label\":7,\"logs\":[" R("2026-11-22T12:00:00Z", "caf\xe9") "]}", 1, "7"},
    {"\xef\xbb\xbf{\"label\":3,\"logs\":[]}", 0, "3"},
    {"[" R("2026-11-22T12:00:00Z", "a") "," R("2026-11-22T12:00:00Z", "b") "]", 2, "0"},
    {R("2026-11-22T12:00:00Z", "label"), 1, "0"},
    {"<34>Nov 22 12:00:00 web1 sshd[1]: text", 1, "0"},
    {"[]\r", 0, "0"},
    {"", 0, "0"},
};

START_TEST(a_line_is_a_batch_and_has_a_label)
{
    const struct row *t = &lines[_i];
    char text[1024];
    snprintf(text, sizeof text, "%s\n%s\n%s", t->line, t->line, t->line);
    open_text(text);
    for (int i = 0; i < 2 + (t->line[0] != '\0'); i++) { /* the last one has no end */
        ck_assert(next());
        ck_assert_uint_eq(batch.n, t->n);
        ck_assert_int_eq(batch.id, i + 1);
        CHECK_STR(t->line, history_label(&batch, &arena), str_of(t->label));
    }
    ck_assert(!next());
    ck_assert(!next());
}
END_TEST

START_TEST(a_batch_came_with_its_latest_record)
{
    open_text("[" R("2026-11-22T12:00:05Z", "a") "," R(
        "2026-11-22T12:00:00Z",
        "b") "]\n"
             "[" R("yesterday", "c") "]\n[" R("yesterday", "d") "," R(
                 "2026-11-22T12:01:00Z", "e") "]\n" R("2999-01-01T00:00:00Z", "f") "\n");
    ck_assert(next());
    ck_assert_int_eq(batch.received_us, PAST_US + 5 * CLOCK_SECOND_US);
    ck_assert_int_eq(batch.records[1].event_us, PAST_US);
    ck_assert(next()); /* no time that is understood: with what was before it */
    ck_assert_int_eq(batch.received_us, PAST_US + 5 * CLOCK_SECOND_US);
    ck_assert_int_eq(batch.records[0].event_us, batch.received_us);
    ck_assert(next());
    ck_assert_int_eq(batch.records[0].event_us, PAST_US + CLOCK_MINUTE_US);
    ck_assert(next());
    ck_assert_int_le(batch.received_us, clock_now_us());
    ck_assert_int_gt(batch.records[0].event_us, batch.received_us);
}
END_TEST

static const struct {
    const char *text, *wrong; /* of the second line */
} bad[] = {
    {"{\"logs\":[{}]}", "h.ndjson:2: record 0: field 'timestamp' is missing"},
    {"{\"logs\":", "h.ndjson:2: "},
    {"hello", "h.ndjson:2: the body is not JSON"},
};

START_TEST(a_bad_line_is_named)
{
    bool found;
    char text[256];
    snprintf(text, sizeof text, "[]\n%s\n[]\n", bad[_i].text);
    open_text(text);
    ck_assert(next());
    ck_assert_int_eq(history_next(history, &arena, &batch, &found, &e), ERR_INVALID);
    CHECK_HAS(e.msg, bad[_i].wrong);
}
END_TEST

START_TEST(a_line_has_a_limit)
{
    static char text[8200];
    bool found;
    memset(text, ' ', 4096 + 1 + 4097);
    text[4096] = '\n';
    text[0] = text[4097] = '[';
    text[1] = text[4098] = ']';
    open_text(text);
    ck_assert(next());
    ck_assert_int_eq(history_next(history, &arena, &batch, &found, &e), ERR_TOO_LARGE);
    CHECK_HAS(e.msg, "h.ndjson:2: the line has more than 4096 bytes");
}
END_TEST

START_TEST(what_is_no_such_file_is_said)
{
    ck_assert_int_eq(history_open_file(path, &config, &history, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "h.ndjson: cannot be read: No such file");
    ck_assert_int_eq(history_open_file(dir, &config, &history, &e), ERR_INVALID);
    past_put(path, "w", "\xff\xfe[");
    ck_assert_int_eq(history_open_file(path, &config, &history, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "h.ndjson: it is UTF-16; save it as UTF-8");
}
END_TEST

START_TEST(a_long_file_is_read_to_its_end)
{
    past_put(path, "w", "");
    past_add_lines(path, 0, 300);
    ck_assert(!history_open_file(path, &config, &history, &e));
    for (int64_t i = 0; i < 300; i++) {
        char message[128];
        ck_assert(next());
        ck_assert_uint_eq(batch.n, PAST_RECORDS);
        past_message(i + PAST_RECORDS - 1, message, sizeof message);
        CHECK_STR("last", batch.records[PAST_RECORDS - 1].message, str_of(message));
    }
    ck_assert(!next());
}
END_TEST

/* --- stores --- */

START_TEST(a_store_gives_back_what_came)
{
    char store[RANDOM_ID_BYTES];
    int64_t end;
    past_store(store_path, &(struct past_store){3, 1, 1, true});
    ck_assert(!history_open_store(store_path, INT64_MIN, &history, &e));
    ck_assert(!history_store_end(history, store, &end, &e));
    ck_assert_uint_eq(strlen(store), RANDOM_ID_BYTES - 1);
    ck_assert_int_eq(end, 4);
    for (int64_t i = 0; i < 3; i++) {
        bool odd = i == 1;
        ck_assert(next());
        ck_assert_int_eq(batch.id, i + 1);
        ck_assert_int_eq(batch.received_us, PAST_US + i * CLOCK_SECOND_US);
        ck_assert_int_eq(batch.first_log_id, 1 + i * PAST_RECORDS);
        ck_assert_uint_eq(batch.n, PAST_RECORDS);
        ck_assert_int_eq(batch.stored_n, PAST_RECORDS);
        ck_assert_int_eq(batch.incident_id, odd ? 1 : 0);
        const struct record *r = &batch.records[PAST_RECORDS - 1];
        ck_assert_int_eq(r->event_us, batch.received_us);
        ck_assert_int_eq(r->rank, odd ? LEVEL_ERROR : LEVEL_INFO);
        ck_assert_int_eq(r->failed_login.evidence, odd);
        CHECK_STR("service", r->service, STR("shop"));
        CHECK_STR("metadata", r->metadata, STR("{}"));
    }
    ck_assert(!next());
}
END_TEST

START_TEST(a_store_is_read_from_a_time_on)
{
    past_store(store_path, &(struct past_store){5, 0, 0, false});
    ck_assert(
        !history_open_store(store_path, PAST_US + 3 * CLOCK_SECOND_US, &history, &e));
    ck_assert(next());
    ck_assert_int_eq(batch.id, 4);
    ck_assert(next());
    ck_assert(!next());
}
END_TEST

START_TEST(no_store_is_an_error)
{
    ck_assert_int_eq(history_open_store(store_path, INT64_MIN, &history, &e),
                     ERR_NOT_FOUND);
    CHECK_HAS(e.msg, "data.sqlite: there is no batch in it, or no such store");
    past_put(store_path, "w", "something else");
    ck_assert_int_ne(history_open_store(store_path, INT64_MIN, &history, &e), ERR_NONE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("history");
    TCase *tc = tcase_create("files");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, a_line_is_a_batch_and_has_a_label, 0, ROWS(lines));
    tcase_add_test(tc, a_batch_came_with_its_latest_record);
    tcase_add_loop_test(tc, a_bad_line_is_named, 0, ROWS(bad));
    tcase_add_test(tc, a_line_has_a_limit);
    tcase_add_test(tc, what_is_no_such_file_is_said);
    tcase_add_test(tc, a_long_file_is_read_to_its_end);
    suite_add_tcase(s, tc);
    tc = tcase_create("stores");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_store_gives_back_what_came);
    tcase_add_test(tc, a_store_is_read_from_a_time_on);
    tcase_add_test(tc, no_store_is_an_error);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
