/* test_keeper.c - what is kept for a time goes then, in steps, and nothing else; and what goes
 * first when there is too much. Over the real store; the thread's function is called here, its
 * second is not waited for. */
#include "fcgi/jobs/keeper.c" /* NOLINT: for tick */
#include "sql/store_read.h"
#include "sql/store_rejected.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

enum {
    SOON_US = 1000000,
    MANY = 2 * EXPIRY_STEP_ROWS + 3,
    SMALL_BYTES = 2000000, /* a store: receipts have an eighth */
    LONG_BYTES = 20000,    /* a reply */
    LONG_N = 120           /* all of them are more than the store may take */
};

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES], long_reply[LONG_BYTES];
static struct store *store;
static struct keeper keeper;
static struct err e;

static void learn(void *arg, const struct write_job *job)
{
    (void)arg;
    (void)job;
}

static void set_up(void)
{
    struct writer_options o = {.threshold = 0.8, .wait_us = SOON_US, .learn = learn};
    temp_dir_make(dir);
    temp_dir_path(dir, "data.sqlite", path);
    memset(long_reply, '7', sizeof long_reply);
    keeper = (struct keeper){.limits = {.store_bytes_max = INT64_C(1) << 40},
                             .database = path,
                             .clock_known = true};
    ck_assert(!store_open_writer(path, SOON_US, &store, &e));
    ck_assert(!store_open_reader(path, &keeper.reader, &e));
    ck_assert(!writer_start(store, &o, &keeper.writer, &e));
}

static void tear_down(void)
{
    writer_stop(keeper.writer);
    store_close(keeper.reader);
    store_close(store);
    temp_dir_remove(dir);
}

/* As after so long. */
static void tick_again(void)
{
    keeper.expires_at_us = 0;
    tick(&keeper);
    ck_assert(!keeper.failing);
}

struct rows {
    int n;
    int64_t received_us;
    struct str reply;
};

static struct store_receipt row(int i, const struct rows *r, char key[static 16])
{
    snprintf(key, 16, "%d", i);
    return (struct store_receipt){.scope = STR(""),
                                  .key = str_of(key),
                                  .received_us = r->received_us,
                                  .reply = r->reply};
}

static enum err_code put_rows(void *arg, struct store *s, struct err *err)
{
    const struct rows *r = arg;
    enum err_code code = ERR_NONE;
    for (int i = 0; !code && i < r->n; i++) {
        char key[16];
        struct store_receipt one = row(r->n + i, r, key);
        code = store_add_receipt(s, &one, err);
    }
    return code;
}

static void write_also(enum err_code (*also)(void *, struct store *, struct err *),
                       void *arg)
{
    struct write_job job = {.also = also, .also_arg = arg};
    ck_assert_msg(!writer_submit(keeper.writer, &job, &e), "%s", e.msg);
    writer_wait_learned(&job);
}

/* n of them, with keys n .. 2n-1. */
static void put(int n, int64_t received_us)
{
    struct rows r = {n, received_us, STR("{}")};
    write_also(put_rows, &r);
}

static void put_long(int64_t received_us)
{
    struct rows r = {LONG_N, received_us, {long_reply, LONG_BYTES}};
    write_also(put_rows, &r);
}

static bool is_there(int i)
{
    char key[16];
    struct rows any = {0, 0, STR("")};
    struct store_receipt asked = row(i, &any, key);
    enum store_receipt_state state;
    struct buf reply;
    buf_init(&reply, RECEIPT_REPLY_BYTES_MAX);
    ck_assert(!store_find_receipt(keeper.reader, &asked, &state, &reply, &e));
    buf_free(&reply);
    return state != RECEIPT_NONE;
}

static void put_record(int64_t received_us)
{
    struct record r = {.timestamp = STR("t"),
                       .service = STR("web"),
                       .level = STR("INFO"),
                       .message = STR("m"),
                       .metadata = STR("{}"),
                       .event_us = received_us};
    struct features f = {0};
    struct write_job job = {.records = &r,
                            .n = 1,
                            .features = &f,
                            .scorer = "unavailable",
                            .now_us = received_us};
    ck_assert_msg(!writer_submit(keeper.writer, &job, &e), "%s", e.msg);
    writer_wait_learned(&job);
}

static struct store_usage usage(void)
{
    struct store_usage u;
    ck_assert(!store_get_usage(keeper.reader, &u, &e));
    return u;
}

START_TEST(receipts_go_after_a_week)
{
    int64_t week_ago = clock_now_us() - EXPIRY_RECEIPTS_US;
    put(1, week_ago - CLOCK_SECOND_US);       /* key 1 */
    put(2, week_ago + 600 * CLOCK_SECOND_US); /* keys 2, 3 */
    tick(&keeper);
    ck_assert(!is_there(1));
    ck_assert(is_there(2));
    ck_assert(is_there(3));
}
END_TEST

static enum err_code put_rejected(void *arg, struct store *s, struct err *err)
{
    const int64_t *received_us = arg;
    struct store_rejected r = {*received_us, 0, NULL, STR("why"), STR("{"), 1};
    return store_add_rejected(s, &r, err);
}

static enum err_code count_rejected(void *arg, struct store *s, struct err *err)
{
    return store_purge_rejected(s, INT64_MAX, 1000, arg, err);
}

START_TEST(refused_records_go_after_a_month)
{
    int64_t month_ago = clock_now_us() - EXPIRY_REJECTED_US;
    int64_t at_us[] = {month_ago - CLOCK_SECOND_US, month_ago + 600 * CLOCK_SECOND_US};
    size_t left = 0;
    write_also(put_rejected, &at_us[0]);
    write_also(put_rejected, &at_us[1]);
    tick(&keeper);
    write_also(count_rejected, &left);
    ck_assert_uint_eq(left, 1);
}
END_TEST

START_TEST(more_than_a_step_takes_goes_too)
{
    put(MANY, 1);
    tick(&keeper);
    ck_assert(!is_there(MANY));
    ck_assert(!is_there(2 * MANY - 1));
}
END_TEST

START_TEST(a_look_is_due_after_a_minute)
{
    tick(&keeper);
    put(1, 1);
    tick(&keeper);
    ck_assert(is_there(1));
    ck_assert_int_gt(keeper.expires_at_us, clock_mono_us());
    ck_assert_int_le(keeper.expires_at_us,
                     clock_mono_us() + KEEPER_EXPIRY_SECONDS * CLOCK_SECOND_US);
    tick_again();
    ck_assert(!is_there(1));
}
END_TEST

/* Else it would never come in a store that has something else to do each second. */
START_TEST(other_work_does_not_put_a_look_off)
{
    int64_t now_us = clock_now_us();
    tick(&keeper);
    int64_t at_us = keeper.expires_at_us;
    keeper.limits.keep_us = KEEP_DAY_US;
    put_record(now_us - 2 * KEEP_DAY_US);
    put_record(now_us);
    tick(&keeper);
    ck_assert_int_eq(usage().oldest_us, now_us); /* it had something to do */
    ck_assert_int_eq(keeper.expires_at_us, at_us);
}
END_TEST

START_TEST(a_small_store_keeps_fewer_receipts)
{
    keeper.limits.store_bytes_max = SMALL_BYTES;
    put(SMALL_BYTES / EXPIRY_STORE_SHARE / RECEIPT_BYTES + 1,
        clock_now_us()); /* 251 .. */
    tick(&keeper);
    ck_assert(!is_there(251));
    ck_assert(is_there(252));
    ck_assert_int_eq(expiry_receipts_max(INT64_C(64000000)), 8000);
    ck_assert_int_eq(expiry_receipts_max(INT64_C(16000000000)), EXPIRY_RECEIPTS_MAX);
    ck_assert_int_eq(expiry_receipts_max(INT64_MAX), EXPIRY_RECEIPTS_MAX);
}
END_TEST

/* Though the next look at what is old is not due yet. */
START_TEST(long_replies_go_before_records_do)
{
    keeper.limits.store_bytes_max = SMALL_BYTES;
    tick(&keeper);
    put_record(clock_now_us());
    int64_t oldest_us = usage().oldest_us;
    put_record(clock_now_us());
    put_long(clock_now_us());
    ck_assert_int_gt(usage().used_bytes, SMALL_BYTES);
    tick(&keeper);
    ck_assert_int_le(usage().used_bytes, SMALL_BYTES);
    ck_assert_int_eq(usage().oldest_us, oldest_us);
    ck_assert(!is_there(LONG_N));
    ck_assert(is_there(2 * LONG_N - 1));
}
END_TEST

/* Else a store that they have filled would take nothing for a week. */
START_TEST(where_no_records_are_left_young_receipts_go)
{
    keeper.limits.store_bytes_max = 1; /* never enough */
    put_record(clock_now_us());
    put(1, clock_now_us());
    tick(&keeper);
    ck_assert(!is_there(1));
    ck_assert_int_eq(usage().oldest_us, 0);
}
END_TEST

/* Else a request that is sent again would be stored twice. */
START_TEST(by_a_clock_that_has_jumped_nothing_goes)
{
    int64_t now_us = clock_now_us(), week_ago = now_us - EXPIRY_RECEIPTS_US;
    put(1, week_ago - CLOCK_SECOND_US);
    keeper.clock.clock = (struct keep_clock){week_ago, clock_mono_us(), 0, 0};
    tick_again();
    ck_assert(is_there(1));
    keeper.clock.clock = (struct keep_clock){now_us, clock_mono_us(), 0, 0};
    tick_again();
    ck_assert(!is_there(1));
}
END_TEST

static void put_note(int64_t wall_us, int64_t mono_us)
{
    char text[64];
    struct write_note note = {NOTE_CLOCK, text};
    struct write_job job = {.notes = &note, .notes_n = 1};
    snprintf(text, sizeof text, "%lld %lld", (long long)wall_us, (long long)mono_us);
    ck_assert(!writer_submit(keeper.writer, &job, &e));
    writer_wait_learned(&job);
}

/* Though all that has come since bears its mark. */
START_TEST(over_a_restart_it_is_known_that_the_clock_has_jumped)
{
    int64_t now_us = clock_now_us(), mono_us = clock_mono_us();
    keeper.limits.keep_us = KEEP_DAY_US;
    put_record(now_us - 3 * KEEP_DAY_US);
    put_record(now_us);
    put_note(now_us - 3 * KEEP_DAY_US, mono_us);
    ck_assert(!look_at_clock(&keeper, &e));
    tick(&keeper);
    ck_assert_int_eq(usage().oldest_us, now_us - 3 * KEEP_DAY_US);
    put_note(now_us - KEEP_DAY_US / 2,
             INT64_MAX); /* of before the machine started anew */
    ck_assert(!look_at_clock(&keeper, &e));
    tick(&keeper);
    ck_assert_int_eq(usage().oldest_us, now_us);
}
END_TEST

START_TEST(what_is_known_of_the_clock_is_noted)
{
    char note[STORE_NOTE_BYTES];
    ck_assert(!look_at_clock(&keeper, &e));
    ck_assert(!store_get_note(keeper.reader, NOTE_CLOCK, note, &e));
    ck_assert_int_gt(strtoll(note, NULL, 10), clock_now_us() - KEEP_DAY_US);
    put_note(1, 1);
    keeper.clock.clock.wall_us = clock_now_us();
    tick_again();
    ck_assert(!store_get_note(keeper.reader, NOTE_CLOCK, note, &e));
    ck_assert_int_gt(strtoll(note, NULL, 10), 1);
    put_note(1, 1);
    ck_assert(!look_at_clock(&keeper, &e)); /* by it the clock is doubted */
    tick_again();
    ck_assert(!store_get_note(keeper.reader, NOTE_CLOCK, note, &e));
    ck_assert_int_eq(strncmp(note, "1 1 ", 4), 0);
    ck_assert_int_gt(strtoll(note + 4, NULL, 10), clock_now_us() - KEEP_DAY_US);
}
END_TEST

static const struct {
    const char *name;
    int64_t last_us,
        for_us;       /* so long ago it was looked at last, so long it was doubted */
    int64_t least_us; /* so long it is doubted then; -1: it is believed */
} doubts[] = {
    {"half a day more is needed", KEEP_DAY_US / 2, KEEP_DOUBT_US / 2, KEEP_DOUBT_US / 2},
    {"it has been a day", KEEP_DAY_US / 2, KEEP_DOUBT_US, -1},
    {"it has jumped again", 2 * KEEP_DAY_US, KEEP_DOUBT_US, 0},
    {"that cannot be", 0, KEEP_DOUBT_US + 1, 0},
};

/* Though the machine is off every night. */
START_TEST(a_doubt_goes_on_over_a_restart)
{
    int64_t now_us = clock_now_us();
    char text[STORE_NOTE_BYTES];
    struct write_note note = {NOTE_CLOCK, text};
    struct write_job job = {.notes = &note, .notes_n = 1};
    snprintf(text, sizeof text, "%lld %lld %lld %lld",
             (long long)(now_us - 5 * KEEP_DAY_US), (long long)INT64_MAX,
             (long long)(now_us - doubts[_i].last_us), (long long)doubts[_i].for_us);
    ck_assert(!writer_submit(keeper.writer, &job, &e));
    writer_wait_learned(&job);
    ck_assert(!look_at_clock(&keeper, &e));
    ck_assert_int_eq(keeper.clock.doubted, doubts[_i].least_us >= 0);
    char read[STORE_NOTE_BYTES], *at = read;
    ck_assert(!store_get_note(keeper.reader, NOTE_CLOCK, read, &e));
    int64_t numbers[4] = {0};
    for (size_t i = 0; i < 4 && *at; i++) {
        numbers[i] = strtoll(at, &at, 10);
    }
    bool believed = doubts[_i].least_us < 0;
    ck_assert_int_eq(numbers[0] >= now_us, believed);
    ck_assert_int_eq(numbers[2] >= now_us, !believed); /* the next night is another one */
    ck_assert_int_ge(numbers[3], believed ? 0 : doubts[_i].least_us);
    ck_assert_int_lt(numbers[3], KEEP_DOUBT_US);
}
END_TEST

/* And it is not looked for them each second. */
START_TEST(what_a_clock_that_was_behind_has_marked_takes_no_other_with_it)
{
    int64_t now_us = clock_now_us(), month_us = 30 * KEEP_DAY_US;
    keeper.limits.keep_us = month_us;
    put_record(now_us - KEEP_DAY_US);
    put_record(now_us - 2 * month_us);
    put_record(now_us);
    tick(&keeper);
    ck_assert_int_eq(usage().oldest_us, now_us - 2 * month_us);
    ck_assert_int_gt(keeper.aged_at_us, clock_mono_us());
    put_record(now_us);
    keeper.limits.keep_us = KEEP_DAY_US / 2;
    keeper.aged_at_us = 0;
    tick(&keeper); /* now the one before it is too old */
    ck_assert_int_eq(usage().oldest_us, now_us);
}
END_TEST

START_TEST(at_the_end_no_more_is_begun)
{
    put(1, 1);
    atomic_store(&keeper.ending, true);
    tick(&keeper);
    ck_assert(is_there(1));
}
END_TEST

START_TEST(starts_and_stops)
{
    struct keeper *k;
    struct keep_limits limits = {.store_bytes_max = INT64_C(1) << 40};
    ck_assert(!keeper_start(&limits, path, keeper.writer, &k, &e));
    keeper_stop(k, true);
    keeper_stop(NULL, false);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("keeper");
    TCase *tc = tcase_create("expiry");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, receipts_go_after_a_week);
    tcase_add_test(tc, refused_records_go_after_a_month);
    tcase_add_test(tc, more_than_a_step_takes_goes_too);
    tcase_add_test(tc, a_look_is_due_after_a_minute);
    tcase_add_test(tc, other_work_does_not_put_a_look_off);
    tcase_add_test(tc, a_small_store_keeps_fewer_receipts);
    tcase_add_test(tc, long_replies_go_before_records_do);
    tcase_add_test(tc, where_no_records_are_left_young_receipts_go);
    tcase_add_test(tc, by_a_clock_that_has_jumped_nothing_goes);
    tcase_add_test(tc, over_a_restart_it_is_known_that_the_clock_has_jumped);
    tcase_add_test(tc, what_is_known_of_the_clock_is_noted);
    tcase_add_loop_test(tc, a_doubt_goes_on_over_a_restart, 0, ROWS(doubts));
    tcase_add_test(tc, what_a_clock_that_was_behind_has_marked_takes_no_other_with_it);
    tcase_add_test(tc, at_the_end_no_more_is_begun);
    tcase_add_test(tc, starts_and_stops);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
