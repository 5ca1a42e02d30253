/* test_state_batches.c - what an ingest learns that scores by itself: each batch once,
 * whatever is killed when, and to the same state; and models that were trained meanwhile. */
#include "scoring/model_file.h"
#include "scoring/state.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define STORE_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define STORE_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define T0      (INT64_C(29922480) * CLOCK_MINUTE_US)
enum { BATCHES = 1500, BATCH_MAX = 12, PROBES = 40, TEXT_BYTES = 160 };

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES + 32];
static struct state *state;
static struct state_report report;
static struct arena arena;
static struct finding finding;
static struct err e;

/* --- a stream, the same each time --- */

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(seed >> 33) % below;
}

struct stored {
    struct record records[BATCH_MAX];
    char message[BATCH_MAX][TEXT_BYTES], metadata[BATCH_MAX][TEXT_BYTES];
    size_t n;
    int64_t received_us;
    bool raised, unscored;
};
static struct stored stream[BATCHES + PROBES];

static void make_message(char out[static TEXT_BYTES])
{
    static const char *const words[] = {"open", "close", "accept", "flush", "rotate"};
    uint32_t kind = draw(12);
    if (kind == 0) {
        snprintf(out, TEXT_BYTES, "Failed password for root from 10.0.0.%u port %u ssh2",
                 draw(250), draw(60000));
    } else if (kind < 4) {
        snprintf(
            out, TEXT_BYTES,
            "10.0.0.%u - - [22/Nov/2026:12:00:00 +0000] \"GET /a/%u?id=%u HTTP/1.1\" "
            "%u %u \"-\" \"curl\"",
            draw(9), draw(20), draw(1000), draw(20) ? 200 : 500, draw(9000));
    } else if (kind == 5 && draw(20) == 0) {
        snprintf(out, TEXT_BYTES, "never seen %x%x before", draw(1000000), draw(1000000));
    } else {
        snprintf(out, TEXT_BYTES, "%s of unit %u took %u ms state=%s", words[draw(5)],
                 draw(40), draw(900), words[draw(3)]);
    }
}

static void make_batch(struct stored *b, int64_t now_us)
{
    static const char *const services[] = {"sshd", "web", "app", "cron"};
    b->n = 1 + draw(BATCH_MAX);
    b->received_us = now_us;
    b->raised = draw(15) == 0;
    b->unscored = draw(15) == 0;
    for (size_t i = 0; i < b->n; i++) {
        make_message(b->message[i]);
        snprintf(b->metadata[i], TEXT_BYTES, "{\"session\":\"s%u\"}", draw(30));
        enum level rank = draw(25) ? LEVEL_INFO : LEVEL_ERROR;
        struct str message = str_of(b->message[i]);
        b->records[i] = (struct record){.timestamp = STR("t"),
                                        .service = str_of(services[draw(4)]),
                                        .level = level_name(rank),
                                        .message = message,
                                        .metadata = str_of(b->metadata[i]),
                                        .event_us = now_us - draw(20 * 1000 * 1000),
                                        .rank = rank,
                                        .failed_login = failed_login_in(message)};
    }
}

/* Some seconds from one to the next, at times some minutes of silence. */
static void make_stream(void)
{
    int64_t now_us = T0;
    seed = 4;
    for (size_t i = 0; i < BATCHES + PROBES; i++) {
        now_us += draw(40) ? draw(8 * 1000 * 1000) : 4 * CLOCK_MINUTE_US;
        make_batch(&stream[i], now_us);
    }
}

static struct detector_batch batch_of(size_t i)
{
    const struct stored *b = &stream[i];
    return (struct detector_batch){.records = b->records,
                                   .n = b->n,
                                   .id = i + 1,
                                   .batch_n = (int64_t)b->n,
                                   .first_log_id = (int64_t)i * BATCH_MAX + 1,
                                   .raised = b->raised,
                                   .unscored = b->unscored,
                                   .now_us = b->received_us};
}

/* --- doing --- */

static void open_state(int64_t last)
{
    ck_assert_msg(!state_open(path, 0.8, &state, &e), "%s", e.msg);
    ck_assert_msg(!state_attach(state, STORE_A, last, &e), "%s", e.msg);
}

static void set_up(void)
{
    temp_dir_make(dir);
    snprintf(path, sizeof path, "%s/model", dir);
    arena_init(&arena, 64 << 20);
    make_stream();
    open_state(0);
}

static void tear_down(void)
{
    state_close(state);
    arena_free(&arena);
    temp_dir_remove(dir);
}

/* As the housekeeper does, at any time between two batches. */
static void look(int64_t now_us)
{
    while (state_next(state, now_us, &finding)) {
    }
}

static void learn(size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        struct detector_batch b = batch_of(i);
        state_learn_batch(state, &b);
    }
}

/* What fcgi/jobs/replay.c does, with the stream for the store. */
static size_t replay(size_t stored)
{
    struct state_place at;
    size_t n = 0;
    while (state_behind(state, &at)) {
        size_t i = (size_t)at.position.batch - 1;
        if (i >= stored) {
            state_replay_end(state, &at);
            continue;
        }
        struct detector_batch b = batch_of(i);
        state_replay(state, &at, &b);
        n++;
    }
    return n;
}

static void crash(size_t stored)
{
    state_close(state);
    open_state((int64_t)stored);
}

static void probe(double out[static PROBES])
{
    for (size_t i = 0; i < PROBES; i++) {
        const struct stored *b = &stream[BATCHES + i];
        struct verdict v;
        struct detector_question q = {b->records, b->n, b->received_us, false, &arena};
        ck_assert(!detector_score(state_detector(state), &q, &v, &e));
        arena_reset(&arena);
        out[i] = v.raw_score;
    }
}

static void assert_same(const double a[static PROBES], const double b[static PROBES])
{
    double most = 0;
    for (size_t i = 0; i < PROBES; i++) {
        ck_assert_msg(!(fabs(a[i] - b[i]) > 0), "probe %zu: %.17g, not %.17g", i, b[i],
                      a[i]);
        most = a[i] > most ? a[i] : most;
    }
    ck_assert(most > .5); /* else there would be nothing to see */
}

/* All of it, without a break, and never looked at. */
static void undisturbed(double out[static PROBES])
{
    learn(0, BATCHES);
    probe(out);
    state_close(state);
    ck_assert_int_eq(unlink(path), 0);
    open_state(0);
}

/* --- one state, whatever happens --- */

START_TEST(looking_changes_no_score)
{
    double a[PROBES], b[PROBES];
    undisturbed(a);
    for (size_t i = 0; i < BATCHES; i++) {
        learn(i, i + 1);
        look(stream[i].received_us);
        look((stream[i].received_us + stream[i + 1].received_us) / 2);
    }
    look(stream[BATCHES - 1].received_us + 60 * CLOCK_MINUTE_US);
    probe(b);
    assert_same(a, b);
}
END_TEST

START_TEST(clean_restarts_change_no_score)
{
    double a[PROBES], b[PROBES];
    undisturbed(a);
    for (size_t i = 0; i < BATCHES; i += 100) {
        learn(i, i + 100);
        look(stream[i + 99].received_us);
        ck_assert(!state_save(state, &e));
        state_close(state);
        open_state((int64_t)i + 100);
        ck_assert(state_is_ready(state));
    }
    probe(b);
    assert_same(a, b);
}
END_TEST

START_TEST(a_crash_and_a_replay_change_no_score)
{
    double a[PROBES], b[PROBES];
    undisturbed(a);
    for (size_t i = 0; i < BATCHES; i += 100) {
        learn(i, i + 37);
        look(stream[i + 36].received_us);
        ck_assert(!state_save(state, &e));
        learn(i + 37, i + 90);
        look(stream[i + 90].received_us);
        crash(i + 90);
        ck_assert(!state_is_ready(state));
        learn(i + 90, i + 95); /* comes meanwhile, and is not learned yet */
        ck_assert_uint_eq(replay(i + 95), 95 - 37);
        ck_assert(state_is_ready(state));
        learn(i + 95, i + 100);
    }
    state_report(state, &report);
    ck_assert_int_eq(report.position.batch, BATCHES + 1);
    ck_assert_int_eq(report.batches, BATCHES);
    probe(b);
    assert_same(a, b);
}
END_TEST

START_TEST(a_batch_that_the_replay_has_read_before_it_was_handed_over_is_learned_once)
{
    learn(0, 5);
    crash(5);
    ck_assert_uint_eq(replay(8),
                      8); /* 6 to 8 are committed, their thread is not so far */
    learn(5, 10);
    state_report(state, &report);
    ck_assert_int_eq(report.batches, 10);
    ck_assert(report.ready);
}
END_TEST

START_TEST(a_new_state_begins_at_the_stores_end)
{
    state_close(state);
    ck_assert_int_eq(unlink(path), 0);
    open_state(70);
    state_report(state, &report);
    ck_assert(report.ready);
    ck_assert_int_eq(report.position.batch, 71);
    crash(80); /* where it began is in the file at once */
    state_report(state, &report);
    ck_assert(!report.ready);
    ck_assert_int_eq(report.position.batch, 71);
}
END_TEST

START_TEST(a_state_of_another_store_is_put_aside)
{
    char kept[TEMP_DIR_BYTES + 64];
    learn(0, 9);
    ck_assert(!state_save(state, &e));
    state_close(state);
    ck_assert(!state_open(path, 0.8, &state, &e));
    ck_assert(!state_attach(state, STORE_B, 4, &e));
    state_report(state, &report);
    ck_assert_str_eq(report.store, STORE_B);
    ck_assert_int_eq(report.position.batch, 5);
    ck_assert_int_eq(report.batches, 0);
    snprintf(kept, sizeof kept, "%s-before", path);
    ck_assert_int_eq(access(kept, F_OK), 0);
}
END_TEST

START_TEST(a_store_that_was_put_back_from_a_copy_goes_on_from_its_end)
{
    learn(0, 9);
    ck_assert(!state_save(state, &e));
    crash(6);
    state_report(state, &report);
    ck_assert(report.ready);
    ck_assert_int_eq(report.position.batch, 7);
    learn(6, 7);
    state_report(state, &report);
    ck_assert_int_eq(report.batches, 10);
}
END_TEST

START_TEST(nothing_is_written_when_nothing_has_changed)
{
    learn(0, 9);
    ck_assert(!state_save(state, &e));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert(!state_save(state, &e));
    state_tick(state);
    ck_assert_int_ne(access(path, F_OK), 0);
    learn(9, 10);
    state_tick(state); /* not yet */
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert(!state_save(state, &e));
    ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

/* --- trained models --- */

static bool there(const char *suffix)
{
    char name[TEMP_DIR_BYTES + 64];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return access(name, F_OK) == 0;
}

/* A model of `batches` of the stream, as train makes it. */
static void train(const char *store, size_t batches)
{
    char name[TEMP_DIR_BYTES + 64];
    struct detector *d;
    struct model_file_head head = {.batch = store[0] ? (int64_t)batches + 1 : 0};
    snprintf(head.store, sizeof head.store, "%s", store);
    ck_assert(!detector_open(0.8, &d, &e));
    for (size_t i = 0; i < batches; i++) {
        struct detector_batch b = batch_of(i);
        b.arena = &arena;
        ck_assert(!detector_learn(d, &b, &e));
        arena_reset(&arena);
    }
    detector_set_version(d, "trained-1", T0);
    snprintf(name, sizeof name, "%s" MODEL_FILE_TRAINED, path);
    ck_assert(!model_file_write(name, d, &head, &e));
    detector_close(d);
}

static void assert_version(const char *version)
{
    struct model_info info;
    detector_info(state_detector(state), &info);
    ck_assert_str_eq(info.version, version);
}

START_TEST(a_model_that_was_trained_on_files_is_taken_up_where_the_state_is)
{
    learn(0, 9);
    train("", 50);
    state_tick(state);
    assert_version("trained-1");
    ck_assert(there("-trained-taken") && !there("-trained"));
    state_report(state, &report);
    ck_assert_int_eq(report.position.batch, 10);
    ck_assert(report.ready);
    ck_assert_str_eq(report.model_error, "");
    crash(9); /* it was saved at once */
    assert_version("trained-1");
    ck_assert(state_is_ready(state));
}
END_TEST

START_TEST(a_model_that_was_trained_on_the_store_is_replayed_to_the_end)
{
    double a[PROBES], b[PROBES];
    undisturbed(a);
    learn(0, BATCHES);
    train(STORE_A, BATCHES - 100);
    state_tick(state);
    assert_version("trained-1");
    ck_assert(!state_is_ready(state));
    ck_assert_uint_eq(replay(BATCHES), 100);
    ck_assert(state_is_ready(state));
    probe(b);
    assert_same(a, b);
}
END_TEST

START_TEST(a_model_of_another_store_is_refused)
{
    learn(0, 9);
    train(STORE_B, 50);
    state_tick(state);
    assert_version(DETECTOR_SHIPPED_VERSION);
    ck_assert(there("-trained-refused") && !there("-trained"));
    state_report(state, &report);
    CHECK_HAS(report.model_error, "another store");
    ck_assert_int_eq(report.batches, 9);
    train("", 5); /* a good one heals it */
    state_tick(state);
    state_report(state, &report);
    ck_assert_str_eq(report.model_error, "");
}
END_TEST

START_TEST(a_damaged_model_is_refused)
{
    char name[TEMP_DIR_BYTES + 64];
    double a[PROBES], b[PROBES];
    learn(0, 900);
    probe(a);
    train("", 50);
    snprintf(name, sizeof name, "%s-trained", path);
    ck_assert_int_eq(truncate(name, 5000), 0);
    state_tick(state);
    state_tick(state);
    assert_version(DETECTOR_SHIPPED_VERSION);
    ck_assert(there("-trained-refused") && !there("-trained"));
    state_report(state, &report);
    CHECK_HAS(report.model_error, "damaged");
    probe(b);
    assert_same(a, b);
}
END_TEST

START_TEST(a_model_file_is_read_as_it_was_written)
{
    struct model_file_head head;
    struct detector *d;
    struct model_info info;
    char name[TEMP_DIR_BYTES + 64];
    train(STORE_A, 50);
    snprintf(name, sizeof name, "%s-trained", path);
    ck_assert(!detector_open(0.8, &d, &e));
    ck_assert(!model_file_read(name, d, &head, &e));
    ck_assert_str_eq(head.store, STORE_A);
    ck_assert(head.batch == 51 && head.records == 0 && head.state.n == 0);
    detector_info(d, &info);
    ck_assert_str_eq(info.version, "trained-1");
    ck_assert_int_eq(info.trained_at_us, T0);
    ck_assert_int_eq(info.batches, 50);
    ck_assert_int_eq(model_file_read(dir, d, &head, &e), ERR_IO);
    snprintf(name, sizeof name, "%s-nothing", path);
    ck_assert_int_eq(model_file_read(name, d, &head, &e), ERR_NOT_FOUND);
    detector_close(d);
}
END_TEST

/* --- answers --- */

static struct record example;

static void answer(int64_t seq, int64_t answered_seq)
{
    struct state_answer a = {.seq = seq,
                             .answered_seq = answered_seq,
                             .undone = seq != answered_seq,
                             .lesson = {.service = example.service,
                                        .undone = seq != answered_seq,
                                        .fresh = true,
                                        .examples = &example,
                                        .examples_n = 1}};
    state_answer(state, &a);
}

/* How odd it is that it comes. */
static double oddness(void)
{
    struct verdict v;
    struct detector_question q = {
        .records = &example, .n = 1, .now_us = example.event_us, .arena = &arena};
    ck_assert(!detector_score(state_detector(state), &q, &v, &e));
    return v.raw_score;
}

static void learn_and_ask(void)
{
    for (size_t i = 0; i < 400; i++) {
        struct detector_batch b = batch_of(i);
        state_learn_batch(state, &b);
    }
    example = (struct record){.service = STR("cron"),
                              .level = STR("ERROR"),
                              .message = STR("mirror of the vault is broken"),
                              .metadata = STR("{}"),
                              .event_us = stream[400].received_us,
                              .rank = LEVEL_ERROR};
}

START_TEST(answers_are_taken_up_once_and_kept)
{
    learn_and_ask();
    double odd = oddness();
    answer(1, 1);
    double taught = oddness();
    ck_assert_double_lt(taught, odd - .1);
    ck_assert(state_answers_seq(state) == 1);
    ck_assert(!state_save(state, &e));
    state_close(state);
    open_state(400);
    ck_assert(state_answers_seq(state) == 1);
    answer(1, 1); /* once more */
    ck_assert_double_eq_tol(oddness(), taught, 1e-12);
    answer(2, 1);
    ck_assert_double_gt(oddness(), taught + .1);
    ck_assert(state_answers_seq(state) == 2);
}
END_TEST

START_TEST(one_that_was_undone_before_it_was_heard_of_teaches_nothing)
{
    learn_and_ask();
    double odd = oddness();
    answer(5, 3);
    ck_assert(state_answers_seq(state) == 5);
    ck_assert_double_eq_tol(oddness(), odd, 1e-12);
    answer(4, 4); /* it is older */
    ck_assert(state_answers_seq(state) == 5);
    ck_assert_double_eq_tol(oddness(), odd, 1e-12);
    state_forget_answers(state);
    answer(4, 4);
    ck_assert(state_answers_seq(state) == 4);
    ck_assert_double_lt(oddness(), odd - .1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("state_batches");
    TCase *tc = tcase_create("state_batches");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, looking_changes_no_score);
    tcase_add_test(tc, clean_restarts_change_no_score);
    tcase_add_test(tc, a_crash_and_a_replay_change_no_score);
    tcase_add_test(
        tc, a_batch_that_the_replay_has_read_before_it_was_handed_over_is_learned_once);
    tcase_add_test(tc, a_new_state_begins_at_the_stores_end);
    tcase_add_test(tc, a_state_of_another_store_is_put_aside);
    tcase_add_test(tc, a_store_that_was_put_back_from_a_copy_goes_on_from_its_end);
    tcase_add_test(tc, nothing_is_written_when_nothing_has_changed);
    tcase_add_test(tc, a_model_that_was_trained_on_files_is_taken_up_where_the_state_is);
    tcase_add_test(tc, a_model_that_was_trained_on_the_store_is_replayed_to_the_end);
    tcase_add_test(tc, a_model_of_another_store_is_refused);
    tcase_add_test(tc, a_damaged_model_is_refused);
    tcase_add_test(tc, a_model_file_is_read_as_it_was_written);
    tcase_add_test(tc, answers_are_taken_up_once_and_kept);
    tcase_add_test(tc, one_that_was_undone_before_it_was_heard_of_teaches_nothing);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
