/* test_state.c - what a scoring service keeps: learned once, saved whole, and not fooled
 * by a file that is cut, changed or of another store. Times are given. */
#include "scoring/model_file.h"
#include "scoring/state_parts.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STORE_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define STORE_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define T0      (INT64_C(29922480) * CLOCK_MINUTE_US)
#define LATER   (T0 + 60 * CLOCK_MINUTE_US)
enum { PARTS_MAX = 8, TOLD_MAX = 4096, MARK_BYTES = 8 /* who made the file */ };
enum { EVERY_BYTE = 400 /* of a file are tried, and some of those behind */ };

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES + 32], aside[TEMP_DIR_BYTES + 48];
static struct state *state;
static struct state_report report;
static struct err e;
static struct record login;
static struct {
    int64_t number;
    bool reported;
    char service[32];
    int64_t count;
} told[TOLD_MAX];
static size_t told_n; /* of minutes alone; tens and hours of the same come with them */
static int64_t told_last_n; /* the number of the last one of all */

static void open_state(void)
{
    ck_assert_msg(!state_open(path, 0.8, &state, &e), "%s", e.msg);
}

static void reopen(void)
{
    ck_assert(!state_save(state, &e));
    state_close(state);
    open_state();
}

static void set_up(void)
{
    temp_dir_make(dir);
    snprintf(path, sizeof path, "%s/model", dir);
    snprintf(aside, sizeof aside, "%s-damaged", path);
    login = (struct record){.timestamp = STR("t"),
                            .service = STR("auth"),
                            .level = STR("info"),
                            .message = STR("m"),
                            .metadata = STR("{}"),
                            .event_us = T0,
                            .rank = LEVEL_INFO,
                            .failed_login = {true, true}};
    open_state();
}

static void tear_down(void)
{
    state_close(state);
    temp_dir_remove(dir);
}

static void tell(void *arg, int64_t number, const struct finding *f)
{
    (void)arg;
    ck_assert_uint_lt(told_n, TOLD_MAX);
    ck_assert_int_gt(number, told_last_n);
    told_last_n = number;
    if (f->slot.kind != WINDOW_MINUTE) {
        return;
    }
    told[told_n].number = number;
    told[told_n].reported = f->reported;
    told[told_n].count = f->features.all.count;
    snprintf(told[told_n].service, sizeof told[0].service, "%.*s",
             STR_ARGS(f->verdict.service));
    told_n++;
}

static int64_t ahead_us; /* of the clock; 0 at the start of each test */

static enum err_code learn(struct state_request r)
{
    told_n = 0;
    told_last_n = 0;
    r.store = r.store.p ? r.store : STR(STORE_A);
    r.mono_us = clock_mono_us() + ahead_us;
    r.now_us = LATER;
    return state_learn(state, &r, &report, (struct state_listener){tell, NULL}, &e);
}

/* Batch id, of one failed login. */
static struct state_part single(int64_t id)
{
    return (struct state_part){.id = id,
                               .received_us = LATER,
                               .batch_n = 1,
                               .n = 1,
                               .records = &login,
                               .records_n = 1};
}

/* Batches from..to of one failed login each, beginning there. */
static enum err_code learn_singles(int64_t from, int64_t to)
{
    struct state_part parts[64];
    size_t n = 0;
    for (int64_t id = from; id <= to; id++) {
        parts[n++] = single(id);
    }
    return learn((struct state_request){.from = {from, 0}, .parts = parts, .parts_n = n});
}

static void assert_at(int64_t batch, int64_t in_batch, int64_t batches, int64_t records)
{
    state_report(state, &report);
    ck_assert_int_eq(report.position.batch, batch);
    ck_assert_int_eq(report.position.records, in_batch);
    ck_assert_int_eq(report.batches, batches);
    ck_assert_int_eq(report.records, records);
}

/* --- learning --- */

START_TEST(a_new_state_begins_where_it_is_told)
{
    state_report(state, &report);
    ck_assert_str_eq(report.store, "");
    ck_assert_uint_eq(strlen(report.id), STATE_ID_BYTES - 1);
    ck_assert(!learn((struct state_request){.from = {41, 0}}));
    ck_assert_str_eq(report.store, STORE_A);
    assert_at(41, 0, 0, 0);
}
END_TEST

START_TEST(a_batch_that_comes_again_is_not_learned_again)
{
    ck_assert(!learn_singles(1, 3));
    assert_at(4, 0, 3, 3);
    ck_assert(!learn_singles(1, 3));
    ck_assert(!learn_singles(3, 5));
    ck_assert(!learn_singles(7, 8)); /* 4 to 6 are missing */
    assert_at(4, 0, 3, 3);
    ck_assert(!learn_singles(4, 5));
    assert_at(6, 0, 5, 5);
}
END_TEST

START_TEST(what_ingest_learned_by_itself_is_left_out)
{
    ck_assert(!learn_singles(1, 3));
    ck_assert(!learn((struct state_request){.from = {9, 0}, .begin = 9}));
    assert_at(9, 0, 3, 3);
    reopen();
    assert_at(9, 0, 3, 3);
    ck_assert(!learn((struct state_request){.from = {9, 0}, .begin = 4})); /* not back */
    assert_at(9, 0, 3, 3);
}
END_TEST

START_TEST(a_large_batch_comes_in_parts)
{
    struct state_part p = single(1);
    p.batch_n = 3;
    for (int64_t i = 0; i < 3; i++) {
        p.offset = i;
        ck_assert(
            !learn((struct state_request){.from = {1, i}, .parts = &p, .parts_n = 1}));
        ck_assert(!learn((struct state_request){
            .from = {1, i}, .parts = &p, .parts_n = 1})); /* again */
        assert_at(i < 2 ? 1 : 2, i < 2 ? i + 1 : 0, i == 2, i + 1);
        reopen();
    }
}
END_TEST

START_TEST(raised_and_deleted_records_count_as_told)
{
    struct state_part p[] = {single(1), single(2)};
    p[0].raised = true;
    p[0].records = NULL;
    p[0].records_n = 0;
    p[0].batch_n = p[0].n = 7;
    p[1].batch_n = p[1].n = 5; /* four of five are gone from the store */
    ck_assert(!learn((struct state_request){.from = {1, 0}, .parts = p, .parts_n = 2}));
    assert_at(3, 0, 2, 12);
}
END_TEST

START_TEST(what_the_store_has_dropped_is_not_waited_for)
{
    struct state_part p = single(1), later = single(9);
    p.batch_n = 3;
    ck_assert(!learn((struct state_request){.from = {1, 0}, .parts = &p, .parts_n = 1}));
    assert_at(1, 1, 0, 1);
    ck_assert_msg(
        !learn((struct state_request){.from = {1, 1}, .parts = &later, .parts_n = 1}),
        "%s", e.msg);
    assert_at(10, 0, 1, 2);
}
END_TEST

static const struct bad_row {
    const char *name;
    struct state_position from;
    struct state_part p[2];
    size_t n;
} bad[] = {
    {"an offset past the end", {1, 0}, {{.id = 1, .batch_n = 2, .offset = 2, .n = 1}}, 1},
    {"more than there is", {1, 0}, {{.id = 1, .batch_n = 2, .n = 3}}, 1},
    {"none", {1, 0}, {{.id = 1, .batch_n = 2, .n = 0}}, 1},
    {"before the beginning", {5, 0}, {{.id = 4, .batch_n = 2, .n = 2}}, 1},
    {"another offset", {5, 1}, {{.id = 5, .batch_n = 2, .n = 2}}, 1},
    {"the middle of another batch",
     {5, 1},
     {{.id = 6, .batch_n = 2, .offset = 1, .n = 1}},
     1},
    {"twice the same",
     {1, 0},
     {{.id = 1, .batch_n = 1, .n = 1}, {.id = 1, .batch_n = 1, .n = 1}},
     2},
    {"a part after an unfinished one",
     {1, 0},
     {{.id = 1, .batch_n = 2, .n = 1}, {.id = 2, .batch_n = 1, .n = 1}},
     2},
};

START_TEST(parts_that_do_not_follow_are_refused)
{
    const struct bad_row *t = &bad[_i];
    ck_assert_msg(learn((struct state_request){
                      .from = t->from, .parts = t->p, .parts_n = t->n}) == ERR_INVALID,
                  "%s", t->name);
    state_report(state, &report);
    ck_assert_str_eq(report.store, ""); /* nothing happened */
}
END_TEST

START_TEST(another_store_is_learned_from_anew_when_the_first_is_silent_for_a_minute)
{
    ck_assert(!learn_singles(1, 3));
    struct state_request other = {.store = STR(STORE_B), .from = {9, 0}};
    ahead_us = STATE_HANDOVER_US - CLOCK_SECOND_US;
    ck_assert_int_eq(learn(other), ERR_INVALID);
    ck_assert(!learn_singles(4, 4)); /* it speaks: the minute begins again */
    ahead_us += STATE_HANDOVER_US - CLOCK_SECOND_US;
    ck_assert_int_eq(learn(other), ERR_INVALID);
    assert_at(5, 0, 4, 4);
    char before[sizeof report.id];
    memcpy(before, report.id, sizeof before);
    ahead_us += 2 * CLOCK_SECOND_US;
    ck_assert(!learn(other));
    assert_at(9, 0, 0, 0);
    ck_assert_str_eq(report.store, STORE_B);
    ck_assert_str_ne(report.id, before); /* minutes' numbers are those of a state */
    reopen();
    ahead_us = 0;
    assert_at(9, 0, 0, 0);
    char kept[STATE_PATH_BYTES];
    snprintf(kept, sizeof kept, "%s-before", path);
    ck_assert_int_eq(access(kept, F_OK), 0);
    ck_assert_int_eq(learn((struct state_request){.from = {5, 0}}), ERR_INVALID);
}
END_TEST

START_TEST(another_store_is_refused)
{
    ck_assert(!learn_singles(1, 3));
    struct state_request r = {.store = STR(STORE_B), .from = {4, 0}};
    ck_assert_int_eq(learn(r), ERR_INVALID);
    CHECK_HAS(e.msg, "another store");
    reopen();
    ck_assert_int_eq(learn(r), ERR_INVALID);
    assert_at(4, 0, 3, 3);
    r.store = STR("short");
    ck_assert_int_eq(learn(r), ERR_INVALID);
}
END_TEST

/* --- minutes --- */

START_TEST(an_unusual_minute_is_told_until_it_is_confirmed)
{
    ck_assert(!learn_singles(1, 20));
    ck_assert_uint_eq(told_n, 1);
    ck_assert_str_eq(told[0].service, "auth");
    ck_assert_int_eq(told[0].count, 20);
    ck_assert_int_eq(told[0].number, 1);
    char id[STATE_ID_BYTES];
    memcpy(id, report.id, sizeof id);
    struct state_request r = {.from = {21, 0}};
    ck_assert(!learn(r)); /* the answer was lost */
    ck_assert_uint_eq(told_n, 1);
    reopen();
    ck_assert(!learn(r));
    ck_assert_uint_eq(told_n, 1);
    ck_assert_int_eq(told[0].number, 1);
    ck_assert_int_eq(told[0].count, 20);
    r.confirmed = told_last_n;
    r.state = STR(STORE_B); /* a number of another state */
    ck_assert(!learn(r));
    ck_assert_uint_eq(told_n, 1);
    r.state = str_of(id);
    ck_assert(!learn(r));
    ck_assert_uint_eq(told_n, 0);
    reopen();
    ck_assert(!learn(r));
    ck_assert_uint_eq(told_n, 0);
    ck_assert(
        !learn_singles(21, 40)); /* it goes on: the same minute, not to be counted */
    ck_assert_uint_eq(told_n, 1);
    ck_assert_int_gt(told[0].number, r.confirmed);
    ck_assert(told[0].reported);
}
END_TEST

/* What came in one batch was judged when it came, unless nobody did. */
START_TEST(a_batch_that_was_not_scored_is_judged_by_its_minute)
{
    struct record logins[20];
    struct state_part p = single(1);
    for (size_t i = 0; i < 20; i++) {
        logins[i] = login;
    }
    p.batch_n = p.n = 20;
    p.records = logins;
    p.records_n = 20;
    ck_assert(!learn((struct state_request){.from = {1, 0}, .parts = &p, .parts_n = 1}));
    ck_assert_uint_eq(told_n, 0);
    for (size_t i = 0; i < 20; i++) {
        logins[i].event_us += CLOCK_MINUTE_US;
    }
    p.id = 2;
    p.unscored = true;
    ck_assert(!learn((struct state_request){.from = {2, 0}, .parts = &p, .parts_n = 1}));
    ck_assert_uint_eq(told_n, 1);
    ck_assert_int_eq(told[0].count, 20);
}
END_TEST

/* An old copy of the file numbers minutes as they were numbered before: what is found
 * after it was put back is not taken for what was confirmed. */
START_TEST(numbers_go_on_after_those_that_were_confirmed)
{
    ck_assert(!learn((struct state_request){.from = {1, 0}}));
    char id[STATE_ID_BYTES];
    memcpy(id, report.id, sizeof id);
    ck_assert(!learn(
        (struct state_request){.from = {1, 0}, .state = str_of(id), .confirmed = 7}));
    ck_assert(!learn_singles(1, 20));
    ck_assert_uint_eq(told_n, 1);
    ck_assert_int_eq(told[0].number, 8);
}
END_TEST

START_TEST(minutes_go_on_after_a_restart_as_without_one)
{
    for (int64_t i = 1; i <= 20; i++) {
        ck_assert(!learn_singles(i, i));
        reopen();
    }
    ck_assert_uint_ge(told_n, 17); /* from the second or third on each made it more */
    for (size_t i = 0; i < told_n; i++) {
        ck_assert_int_eq(told[i].count, (int64_t)(20 - told_n + i) + 1);
        ck_assert_int_eq(told[i].reported, i > 0); /* one occurrence */
    }
}
END_TEST

START_TEST(so_many_minutes_wait_and_the_rest_waits_in_the_detector)
{
    enum { HALF = 200, SERVICES = 2 * HALF }; /* with tens and hours more than may wait */
    static char names[SERVICES][16];
    static struct record logins[SERVICES * 10]; /* ten of each service, twice */
    struct state_part parts[4];
    int64_t seen = 0;
    char id[STATE_ID_BYTES];
    for (int i = 0; i < SERVICES * 10; i++) {
        snprintf(names[i / 10], sizeof names[0], "s%d", i / 10);
        login.service = str_of(names[i / 10]);
        logins[i] = login;
    }
    for (int k = 0; k < 4; k++) {
        parts[k] = single(k + 1);
        parts[k].batch_n = parts[k].n = HALF * 10;
        parts[k].records = &logins[k % 2 * HALF * 10];
        parts[k].records_n = HALF * 10;
    }
    ck_assert(
        !learn((struct state_request){.from = {1, 0}, .parts = parts, .parts_n = 4}));
    ck_assert_int_eq(told_last_n, STATE_TOLD_MAX);
    memcpy(id, report.id, sizeof id);
    while (told_last_n > 0) {
        ck_assert_int_le(told_last_n, seen + STATE_TOLD_MAX);
        seen = told_last_n;
        ck_assert(!learn((struct state_request){
            .from = {5, 0}, .state = str_of(id), .confirmed = seen}));
    }
    ck_assert_int_eq(seen, 3 * SERVICES);
}
END_TEST

/* --- the file --- */

static struct buf file_bytes(void)
{
    struct buf b;
    char piece[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    buf_init(&b, SNAPSHOT_BYTES_MAX);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0) {
        buf_add(&b, piece, n);
    }
    fclose(f);
    return b;
}

static void write_file(const char *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(p, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

/* What is in the file now is not taken: put aside, and learning begins anew. */
static void assert_put_aside(void)
{
    open_state();
    state_report(state, &report);
    ck_assert_str_eq(report.store, "");
    ck_assert_int_eq(report.position.batch, 0);
    state_close(state);
    state = NULL;
    ck_assert_int_eq(access(aside, F_OK), 0);
    ck_assert_int_ne(access(path, F_OK), 0);
}

/* Every damage is seen by snapshot_read; what state_open does then is tried with some. */
static void assert_damaged(const struct buf *b, size_t n, bool open)
{
    static struct buf bytes;
    struct str payload;
    buf_init(&bytes, SNAPSHOT_BYTES_MAX + 1);
    write_file(b->p, n);
    ck_assert_int_eq(snapshot_read(path, &bytes, &payload, &e), ERR_INVALID);
    buf_free(&bytes);
    if (open) {
        assert_put_aside();
    }
}

START_TEST(a_file_that_is_cut_anywhere_is_put_aside)
{
    ck_assert(!learn_singles(1, 20));
    ck_assert(!state_save(state, &e));
    state_close(state);
    struct buf b = file_bytes();
    size_t steps = b.n / 100;
    for (size_t n = 0; n < b.n; n += n < EVERY_BYTE ? 1 : steps) {
        assert_damaged(&b, n, n % 64 == 0);
    }
    write_file(b.p, b.n);
    open_state();
    assert_at(21, 0, 20, 20);
    buf_free(&b);
}
END_TEST

START_TEST(a_file_with_a_changed_bit_is_put_aside)
{
    ck_assert(!learn_singles(1, 20));
    ck_assert(!state_save(state, &e));
    state_close(state);
    struct buf b = file_bytes();
    size_t steps = 8 * b.n / 200;
    for (size_t bit = (size_t)8 * MARK_BYTES; bit < 8 * b.n;
         bit += bit < EVERY_BYTE ? 1 : steps) {
        b.p[bit / 8] = (char)(b.p[bit / 8] ^ (1 << (bit % 8)));
        assert_damaged(&b, b.n, bit % 509 == 0);
        b.p[bit / 8] = (char)(b.p[bit / 8] ^ (1 << (bit % 8)));
    }
    buf_add(&b, "x", 1);
    assert_damaged(&b, b.n, true);
    buf_free(&b);
}
END_TEST

/* What is before the detector's own part is not one of ours, with a good checksum. (That
 * part is only looked at as a whole: its layout and its checksum.) */
START_TEST(a_payload_that_lies_is_put_aside)
{
    enum { HEAD_MAX = 256 };
    struct buf whole = {0}, lie = {0};
    struct str payload;
    ck_assert(!learn_singles(1, 20));
    ck_assert(!state_save(state, &e));
    state_close(state);
    state = NULL;
    buf_init(&whole, SNAPSHOT_BYTES_MAX);
    buf_init(&lie, SNAPSHOT_BYTES_MAX);
    ck_assert(!snapshot_read(path, &whole, &payload, &e));
    for (size_t at = 0; at + 8 <= HEAD_MAX; at += 11) {
        buf_clear(&lie);
        snapshot_begin(&lie);
        buf_str(&lie, payload);
        memset(lie.p + 24 + at, 0xff, 8); /* a count of -1, a length past the end, ... */
        ck_assert(!snapshot_write(path, &lie, &e));
        if (!state_open(path, 0.8, &state, &e)) { /* or numbers that may be so */
            state_close(state);
            state = NULL;
        }
    }
    for (size_t n = 0; n < payload.n; n += n < HEAD_MAX ? 23 : payload.n / 8) {
        buf_clear(&lie);
        snapshot_begin(&lie);
        buf_str(&lie, (struct str){payload.p, n});
        ck_assert(!snapshot_write(path, &lie, &e));
        assert_put_aside();
    }
    buf_free(&whole);
    buf_free(&lie);
}
END_TEST

/* MODEL set to the store by mistake, say. */
START_TEST(a_file_of_another_program_is_left_alone)
{
    static const char sqlite[] = "SQLite format 3";
    state_close(state);
    state = NULL;
    for (off_t size = 1; size <= SNAPSHOT_BYTES_MAX + 1; size += SNAPSHOT_BYTES_MAX) {
        write_file(sqlite, sizeof sqlite);
        ck_assert_int_eq(truncate(path, size), 0);
        ck_assert_int_eq(state_open(path, 0.8, &state, &e), ERR_UNSUPPORTED);
        CHECK_HAS(e.msg, "another program");
        ck_assert_int_eq(access(path, F_OK), 0);
        ck_assert_int_ne(access(aside, F_OK), 0);
    }
}
END_TEST

START_TEST(a_file_of_a_newer_format_is_left_alone)
{
    struct buf b;
    buf_init(&b, 1 << 10);
    buf_str(&b, STR("LogA-mod"));
    snapshot_put(&b, SNAPSHOT_FORMAT + 1);
    snapshot_put_text(&b, STR("who knows"));
    snapshot_put(&b, (int64_t)str_hash(buf_view(&b)));
    state_close(state);
    state = NULL;
    write_file(b.p, b.n);
    ck_assert_int_eq(state_open(path, 0.8, &state, &e), ERR_UNSUPPORTED);
    CHECK_HAS(e.msg, "another version");
    struct buf after = file_bytes();
    CHECK_STR("file", buf_view(&after), buf_view(&b));
    buf_free(&after);
    buf_free(&b);
    state = NULL;
}
END_TEST

START_TEST(a_file_of_an_older_format_is_put_aside)
{
    struct buf b;
    char kept[STATE_PATH_BYTES];
    buf_init(&b, 1 << 10);
    buf_str(&b, STR("LogA-mod"));
    snapshot_put(&b, 1);
    snapshot_put_text(&b, STR("counts of minutes"));
    snapshot_put(&b, (int64_t)str_hash(buf_view(&b)));
    state_close(state);
    write_file(b.p, b.n);
    open_state();
    assert_at(0, 0, 0, 0);
    snprintf(kept, sizeof kept, "%s-before", path);
    ck_assert_int_eq(access(kept, F_OK), 0);
    buf_free(&b);
}
END_TEST

/* The detector's part is as it lies in memory. */
START_TEST(a_file_of_another_layout_is_put_aside)
{
    struct buf b, other;
    struct str payload;
    char kept[STATE_PATH_BYTES];
    ck_assert(!learn_singles(1, 3));
    ck_assert(!state_save(state, &e));
    state_close(state);
    buf_init(&b, SNAPSHOT_BYTES_MAX);
    buf_init(&other, SNAPSHOT_BYTES_MAX);
    ck_assert(!snapshot_read(path, &b, &payload, &e));
    snapshot_begin(&other);
    snapshot_put(&other, detector_layout() + 1);
    buf_str(&other, str_from(payload, 8));
    ck_assert(!snapshot_write(path, &other, &e));
    open_state();
    assert_at(0, 0, 0, 0);
    snprintf(kept, sizeof kept, "%s-before", path);
    ck_assert_int_eq(access(kept, F_OK), 0);
    buf_free(&b);
    buf_free(&other);
}
END_TEST

/* It scores by the owner's file, as it was and as it becomes, and takes over. */
START_TEST(a_second_one_is_a_replica_until_the_owner_is_gone)
{
    struct state *second;
    struct model_info info;
    ck_assert(!learn_singles(1, 3));
    ck_assert(!state_save(state, &e));
    ck_assert(!state_open(path, 0.8, &second, &e));
    state_report(second, &report);
    ck_assert(report.replica && report.ready);
    detector_info(state_detector(second), &info);
    ck_assert_int_eq(info.records, 3);
    ck_assert_int_eq(state_own(second, &e), ERR_BUSY);
    CHECK_HAS(e.msg, "another process");
    ck_assert(!learn_singles(4, 9));
    ck_assert(!state_save(state, &e));
    state_tick(second);
    detector_info(state_detector(second), &info);
    ck_assert_int_eq(info.records, 9);
    state_close(state);
    state = second;
    ck_assert_int_eq(learn((struct state_request){.from = {10, 0}}),
                     ERR_BUSY); /* still a replica */
    state_tick(second);
    assert_at(10, 0, 9, 9);
    ck_assert(!learn_singles(10, 10));
    assert_at(11, 0, 10, 10);
}
END_TEST

START_TEST(what_is_not_saved_is_asked_for_again)
{
    ck_assert(!learn_singles(5, 5)); /* a beginning is saved */
    ck_assert(!learn_singles(6, 9));
    state_close(state); /* as kill -9 does */
    open_state();
    assert_at(6, 0, 1, 1);
    ck_assert(!learn_singles(10, 10)); /* the report says where to begin */
    assert_at(6, 0, 1, 1);
    ck_assert(!learn_singles(6, 10));
    assert_at(11, 0, 6, 6);
}
END_TEST

START_TEST(what_cannot_be_saved_is_saved_later)
{
    char fresh[sizeof path + 8];
    snprintf(fresh, sizeof fresh, "%s-new", path);
    ck_assert(!learn_singles(1, 1));
    ck_assert_int_eq(mkdir(fresh, 0700), 0); /* where the new file would be written */
    ck_assert(!learn_singles(2, 2));         /* it is learned all the same */
    ck_assert_int_eq(state_save(state, &e), ERR_IO);
    ck_assert_int_eq(rmdir(fresh), 0);
    reopen();
    assert_at(3, 0, 2, 2);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("state");
    TCase *tc = tcase_create("state");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_new_state_begins_where_it_is_told);
    tcase_add_test(tc, a_batch_that_comes_again_is_not_learned_again);
    tcase_add_test(tc, what_ingest_learned_by_itself_is_left_out);
    tcase_add_test(tc, a_large_batch_comes_in_parts);
    tcase_add_test(tc, raised_and_deleted_records_count_as_told);
    tcase_add_test(tc, what_the_store_has_dropped_is_not_waited_for);
    tcase_add_loop_test(tc, parts_that_do_not_follow_are_refused, 0, ROWS(bad));
    tcase_add_test(tc, another_store_is_refused);
    tcase_add_test(
        tc, another_store_is_learned_from_anew_when_the_first_is_silent_for_a_minute);
    tcase_add_test(tc, an_unusual_minute_is_told_until_it_is_confirmed);
    tcase_add_test(tc, a_batch_that_was_not_scored_is_judged_by_its_minute);
    tcase_add_test(tc, numbers_go_on_after_those_that_were_confirmed);
    tcase_add_test(tc, minutes_go_on_after_a_restart_as_without_one);
    tcase_add_test(tc, so_many_minutes_wait_and_the_rest_waits_in_the_detector);
    tcase_add_test(tc, a_file_that_is_cut_anywhere_is_put_aside);
    tcase_add_test(tc, a_file_with_a_changed_bit_is_put_aside);
    tcase_add_test(tc, a_payload_that_lies_is_put_aside);
    tcase_add_test(tc, a_file_of_another_program_is_left_alone);
    tcase_add_test(tc, a_file_of_a_newer_format_is_left_alone);
    tcase_add_test(tc, a_file_of_an_older_format_is_put_aside);
    tcase_add_test(tc, a_file_of_another_layout_is_put_aside);
    tcase_add_test(tc, a_second_one_is_a_replica_until_the_owner_is_gone);
    tcase_add_test(tc, what_is_not_saved_is_asked_for_again);
    tcase_add_test(tc, what_cannot_be_saved_is_saved_later);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
