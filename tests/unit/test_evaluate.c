/* test_evaluate.c - `loganalyzer evaluate`: the scores are those of the detector that made
 * the model, to the last bit; and what a model would have raised of a store. */
#include "scoring/evaluate.h"

#include "scoring/history.h"
#include "scoring/model_file.h"
#include "tests/unit/past.h"

#define THRESHOLD .8
enum { LEARNED = 10000, FEW = 4, PROBES = 9 };

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES], model[TEMP_DIR_BYTES],
    store[TEMP_DIR_BYTES], out[TEMP_DIR_BYTES];
static struct config config;
static struct detector *detector;
static struct arena arena;
static struct err e;

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "h.ndjson", path);
    temp_dir_path(dir, "a.model", model);
    temp_dir_path(dir, "data.sqlite", store);
    temp_dir_path(dir, "out", out);
    ck_assert_int_eq(setenv("LOGANALYZER_HOME", dir, 1), 0);
    ck_assert(!config_load(&config, &e));
    ck_assert(!detector_open(THRESHOLD, &detector, &e));
    arena_init(&arena, HISTORY_ARENA_BYTES);
}

static void tear_down(void)
{
    detector_close(detector);
    arena_free(&arena);
    temp_dir_remove(dir);
}

#define EVALUATE(...)                                                                    \
    past_run(evaluate_main, out, (const char *const[]){"evaluate", __VA_ARGS__, NULL})

/* --- a detector and its file --- */

static void learn(struct detector *d, struct record *r, size_t n, int64_t id, bool raised,
                  int64_t now_us)
{
    struct detector_batch b = {.records = r,
                               .n = n,
                               .id = (uint64_t)id,
                               .batch_n = (int64_t)n,
                               .first_log_id = id * 100,
                               .raised = raised,
                               .now_us = now_us,
                               .mode = LEARN_LIVE,
                               .arena = &arena};
    ck_assert(!detector_learn(d, &b, &e));
    arena_reset(&arena);
}

static void learn_ordinary(int64_t batches)
{
    static char messages[FEW][128];
    static struct finding f;
    struct record r[FEW];
    for (int64_t i = 0; i < batches; i++) {
        int64_t at = PAST_US + i * CLOCK_SECOND_US;
        for (int64_t k = 0; k < FEW; k++) {
            past_message(i * FEW + k, messages[k], sizeof messages[k]);
            r[k] = (struct record){.timestamp = STR("t"),
                                   .service = i % 9 ? STR("shop") : STR("mail"),
                                   .level = STR("INFO"),
                                   .message = str_of(messages[k]),
                                   .metadata = STR("{\"pid\":7}"),
                                   .event_us = at,
                                   .rank = LEVEL_INFO};
        }
        learn(detector, r, FEW, i + 1, false, at);
        while (i % 100 == 0 && detector_next(detector, at, &f)) {
        }
    }
}

static void save(void)
{
    struct model_file_head head = {.store = ""};
    ck_assert_msg(!model_file_write(model, detector, &head, &e), "%s", e.msg);
}

static struct detector *load(void)
{
    struct model_file_head head;
    struct detector *d = NULL;
    ck_assert(!detector_open(THRESHOLD, &d, &e));
    ck_assert_msg(!model_file_read(model, d, &head, &e), "%s", e.msg);
    return d;
}

/* Batches that are ordinary, odd, and in between. */
static void put_probes(void)
{
    static const char *const odd[] = {
        "Failed password for root from 10.0.0.1 port 22",
        "out of memory: killed process 17",
        "order 12 paid with card",
        "session 99 opened for user mallory",
        "10.0.0.1 - - [22/Nov/2026:10:00:00 +0000] \\\"GET /?id=1'+OR+1=1-- HTTP/1.1\\\" "
        "200 5",
    };
    char line[8192];
    past_put(path, "w", "");
    past_add_lines(path, LEARNED, PROBES - ROWS(odd));
    for (int i = 0; i < ROWS(odd); i++) {
        snprintf(line, sizeof line,
                 "{\"label\":%d,\"logs\":[{\"timestamp\":\"2026-11-22T15:00:0%dZ\","
                 "\"service\":\"shop\",\"level\":\"WARN\",\"message\":\"%s\"}]}\n",
                 i, i, odd[i]);
        past_put(path, "a", line);
    }
}

/* --- raw scores --- */

typedef double (*score_fn)(void *arg, const struct history_batch *b);

/* The probes' scores, by fn. */
static size_t score_probes(score_fn fn, void *arg, double *scores)
{
    struct history *h = NULL;
    struct history_batch b;
    bool found = true;
    size_t n = 0;
    ck_assert(!history_open_file(path, &config, &h, &e));
    while (!history_next(h, &arena, &b, &found, &e) && found) {
        scores[n++] = fn(arg, &b);
        arena_reset(&arena);
    }
    history_close(h);
    return n;
}

struct asking {
    struct detector *d;
    bool budget, learns;
};

static double ask(void *arg, const struct history_batch *b)
{
    const struct asking *a = arg;
    struct verdict v;
    struct detector_question q = {b->records, b->n, b->received_us, a->budget, &arena};
    ck_assert(!detector_score(a->d, &q, &v, &e));
    double raw = v.raw_score;
    if (a->learns) {
        learn(a->d, b->records, b->n, b->id, raw > THRESHOLD, b->received_us);
    }
    return raw;
}

/* What evaluate has printed. */
static size_t read_scores(double *scores, size_t max)
{
    char *text = past_text(out), *at = text, *end;
    size_t n = 0;
    for (; *at && n < max; n++) {
        scores[n] = strtod(at, &end);
        ck_assert_int_eq(*end, '\t');
        at = strchr(end, '\n');
        ck_assert_ptr_nonnull(at);
        at++;
    }
    free(text);
    return n;
}

static void check_same(const double *got, const double *want, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(!(got[i] < want[i]) && !(got[i] > want[i]),
                      "batch %zu: %.17g, not %.17g", i, got[i], want[i]);
    }
}

START_TEST(after_10000_batches_a_score_is_the_same_everywhere)
{
    double plain[PROBES], live[PROBES], loaded[PROBES], printed[PROBES];
    learn_ordinary(LEARNED);
    save();
    put_probes();
    struct detector *copy = load();
    ck_assert_uint_eq(score_probes(ask, &(struct asking){detector, false, false}, plain),
                      PROBES);
    score_probes(ask, &(struct asking){detector, true, false}, live); /* as /ingest */
    score_probes(ask, &(struct asking){copy, false, false}, loaded);
    detector_close(copy);
    ck_assert_int_eq(EVALUATE("--model", model, path), 0);
    ck_assert_uint_eq(read_scores(printed, PROBES), PROBES);
    check_same(live, plain, PROBES);
    check_same(loaded, plain, PROBES);
    check_same(printed, plain, PROBES);
    ck_assert_double_lt(plain[0], .7);
    ck_assert_double_gt(plain[PROBES - 1], THRESHOLD);
}
END_TEST

START_TEST(a_model_that_is_not_learned_into_stays)
{
    double printed[2 * PROBES];
    learn_ordinary(500);
    save();
    put_probes();
    char *before = past_text(model);
    ck_assert_int_eq(EVALUATE("--model", model, path, path), 0);
    ck_assert_uint_eq(read_scores(printed, ROWS(printed)), 2 * PROBES);
    check_same(printed + PROBES, printed, PROBES);
    ck_assert_int_eq(EVALUATE("--learn", "--model", model, path), 0);
    char *after = past_text(model);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}
END_TEST

START_TEST(learning_comes_after_the_score)
{
    double want[PROBES], printed[PROBES];
    learn_ordinary(500);
    save();
    put_probes();
    ck_assert_int_eq(EVALUATE("--learn", "--model", model, path), 0);
    ck_assert_uint_eq(read_scores(printed, PROBES), PROBES);
    struct detector *copy = load();
    score_probes(ask, &(struct asking){copy, false, true}, want);
    detector_close(copy);
    check_same(printed, want, PROBES);
}
END_TEST

static void check_says(const char *part)
{
    char *text = past_text(out);
    CHECK_HAS(text, part);
    free(text);
}

START_TEST(each_line_has_a_score_and_its_label)
{
    save();
    past_put(path, "w",
             "{\"label\":1,\"logs\":[]}\n\n{\"logs\":[],\"label\":\"odd\"}\n[]");
    ck_assert_int_eq(EVALUATE("--model", model, path), 0);
    char *text = past_text(out);
    ck_assert_str_eq(text, "0\t1\n0\t0\n0\todd\n0\t0\n");
    free(text);
    past_put(path, "a", "\nno\n");
    ck_assert_int_eq(EVALUATE("--model", model, path), 1);
}
END_TEST

/* --- templates --- */

START_TEST(lines_get_the_kind_that_they_are_of)
{
    past_put(path, "w",
             "E1\tsession 17 opened for user alice\nE2\tcaf\xe9 is closed\n"
             "E1\tsession 18 opened for user alice\r\nE3\t\n");
    ck_assert_int_eq(EVALUATE("--templates", path), 0);
    char *text = past_text(out), *line[4], *rest = text;
    for (int i = 0; i < 4; i++) {
        line[i] = strsep(&rest, "\n");
        ck_assert_ptr_nonnull(line[i]);
        ck_assert_int_eq(line[i][0], 't');
    }
    ck_assert_str_eq(line[0], line[2]);
    ck_assert_str_ne(line[0], line[1]);
    ck_assert_str_ne(line[3], line[1]);
    ck_assert_str_eq(rest, "");
    free(text);
    past_put(path, "a", "no tab\n");
    ck_assert_int_eq(EVALUATE("--templates", path), 1);
}
END_TEST

/* --- a store --- */

/* 300 ordinary batches are learned, 200 more are stored after them, two of which are odd. */
static void make_store(bool raised)
{
    char line[8192];
    struct history *h = NULL;
    struct history_batch b;
    bool found = true;
    past_put(path, "w", "");
    for (int64_t i = 0; i < 300; i++) {
        past_line(i - 300, "", line, sizeof line);
        past_put(path, "a", line);
    }
    ck_assert(!history_open_file(path, &config, &h, &e));
    while (!history_next(h, &arena, &b, &found, &e) && found) {
        learn(detector, b.records, b.n, b.id, false, b.received_us);
    }
    history_close(h);
    save();
    past_store(store, &(struct past_store){200, 150, 2, raised});
}

START_TEST(a_store_is_gone_through_once_more)
{
    make_store(true);
    ck_assert_int_eq(EVALUATE("--from-db", "--model", model), 0);
    check_says("2026-11-22T12:02:30.000Z\t");
    check_says("\tshop\t");
    check_says("20 failed logins in 20 records");
    check_says(" instead of 1, in 4000 records of 200 batches, 2 of them above");
    ck_assert_int_eq(
        EVALUATE("--from-db", store, "--model", model, "--since", "2026-11-22T12:02:40Z"),
        0);
    check_says("0 incidents instead of 0, in 800 records of 40 batches, 0 of them above");
    ck_assert_int_eq(
        EVALUATE("--from-db", store, "--model", model, "--until", "2026-11-22T12:00:10Z"),
        0);
    check_says("0 incidents instead of 0, in 200 records of 10 batches, ");
}
END_TEST

START_TEST(what_would_be_raised_is_there_as_json)
{
    make_store(false);
    ck_assert_int_eq(
        EVALUATE("--from-db", "--model", model, "--json", "--since", "2026-11-22"), 0);
    check_says("\"batches\":200,\"records\":4000,");
    check_says(
        "\"stored_incidents\":0,\"incidents\":[{\"service\":\"shop\",\"severity\":");
    check_says("\"first_seen\":\"2026-11-22T12:02:30.000Z\"");
}
END_TEST

START_TEST(nothing_of_that_time_is_an_error)
{
    make_store(false);
    ck_assert_int_eq(EVALUATE("--from-db", "--model", model, "--since", "2027-01-01"), 1);
    ck_assert_int_eq(EVALUATE("--from-db", path, "--model", model), 1);
}
END_TEST

/* --- what cannot be done --- */

START_TEST(a_model_must_be_one)
{
    past_put(path, "w", "[]\n");
    ck_assert_int_eq(EVALUATE(path), 1); /* MODEL is not there */
    past_put(model, "w", "no model");
    ck_assert_int_eq(EVALUATE("--model", model, path), 1);
}
END_TEST

START_TEST(a_wrong_call_is_2)
{
    ck_assert_int_eq(EVALUATE("--learn"), 2);
    ck_assert_int_eq(EVALUATE("--since", "2026-11-22", path), 2);
    ck_assert_int_eq(EVALUATE("--from-db", "--since", "yesterday"), 2);
    ck_assert_int_eq(EVALUATE("--from-db", store, path), 2);
    ck_assert_int_eq(EVALUATE("--from-db", "--learn"), 2);
    ck_assert_int_eq(EVALUATE("--templates", path, "--model", model), 2);
    ck_assert_int_eq(EVALUATE("--help"), 0);
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 120);
    suite_add_tcase(s, tc);
    return tc;
}

int main(void)
{
    Suite *s = suite_create("evaluate");
    TCase *tc = add_case(s, "scores");
    tcase_add_test(tc, after_10000_batches_a_score_is_the_same_everywhere);
    tcase_add_test(tc, a_model_that_is_not_learned_into_stays);
    tcase_add_test(tc, learning_comes_after_the_score);
    tcase_add_test(tc, each_line_has_a_score_and_its_label);
    tc = add_case(s, "others");
    tcase_add_test(tc, lines_get_the_kind_that_they_are_of);
    tcase_add_test(tc, a_store_is_gone_through_once_more);
    tcase_add_test(tc, what_would_be_raised_is_there_as_json);
    tcase_add_test(tc, nothing_of_that_time_is_an_error);
    tcase_add_test(tc, a_model_must_be_one);
    tcase_add_test(tc, a_wrong_call_is_2);
    return temp_dir_run(s);
}
