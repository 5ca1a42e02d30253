/* test_expiry.c - what is old goes, in steps, and nothing else, over the real store. The
 * thread's function is called here; its minute is not waited for. */
#include "fcgi/jobs/expiry.c" /* NOLINT: for tick */
#include "tests/fake/temp_dir.h"

#include <check.h>

enum { SOON_US = 1000000, MANY = 2 * EXPIRY_STEP_ROWS + 3 };

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct store *store, *reader;
static struct writer *writer;
static struct err e;

static void learn(void *arg, const struct write_job *job)
{
    (void)arg;
    ck_assert_msg(job == NULL, "nothing is to be learned");
}

static void set_up(void)
{
    struct writer_options o = {.threshold = 0.8, .wait_us = SOON_US, .learn = learn};
    temp_dir_make(dir);
    temp_dir_path(dir, "data.sqlite", path);
    ck_assert(!store_open_writer(path, SOON_US, &store, &e));
    ck_assert(!store_open_reader(path, &reader, &e));
    ck_assert(!writer_start(store, &o, &writer, &e));
}

static void tear_down(void)
{
    writer_stop(writer);
    store_close(reader);
    store_close(store);
    temp_dir_remove(dir);
}

struct rows {
    int n;
    int64_t received_us;
};

static struct store_receipt row(int i, int64_t received_us, char key[static 16])
{
    snprintf(key, 16, "%d", i);
    return (struct store_receipt){.scope = STR(""),
                                  .key = str_of(key),
                                  .received_us = received_us,
                                  .reply = STR("{}")};
}

static enum err_code put_rows(void *arg, struct store *s, struct err *err)
{
    const struct rows *r = arg;
    enum err_code code = ERR_NONE;
    for (int i = 0; !code && i < r->n; i++) {
        char key[16];
        struct store_receipt one = row(r->n + i, r->received_us, key);
        code = store_add_receipt(s, &one, err);
    }
    return code;
}

/* n of them, with keys n .. 2n-1. */
static void put(int n, int64_t received_us)
{
    struct rows r = {n, received_us};
    struct write_job job = {.also = put_rows, .also_arg = &r};
    ck_assert_msg(!writer_submit(writer, &job, &e), "%s", e.msg);
    writer_wait_learned(&job);
}

static bool is_there(int i)
{
    char key[16];
    struct store_receipt asked = row(i, 0, key);
    enum store_receipt_state state;
    struct buf reply;
    buf_init(&reply, RECEIPT_REPLY_BYTES_MAX);
    ck_assert(!store_find_receipt(reader, &asked, &state, &reply, &e));
    buf_free(&reply);
    return state != RECEIPT_NONE;
}

START_TEST(receipts_go_after_a_week)
{
    struct expiry x = {.writer = writer, .receipts_max = EXPIRY_RECEIPTS_MAX};
    int64_t week_ago = clock_now_us() - EXPIRY_RECEIPTS_US;
    put(1, week_ago - CLOCK_SECOND_US);       /* key 1 */
    put(2, week_ago + 600 * CLOCK_SECOND_US); /* keys 2, 3 */
    tick(&x);
    ck_assert(!is_there(1));
    ck_assert(is_there(2));
    ck_assert(is_there(3));
}
END_TEST

START_TEST(more_than_a_step_takes_goes_too)
{
    struct expiry x = {.writer = writer, .receipts_max = EXPIRY_RECEIPTS_MAX};
    put(MANY, 1);
    tick(&x);
    ck_assert(!is_there(MANY));
    ck_assert(!is_there(2 * MANY - 1));
}
END_TEST

START_TEST(a_small_store_keeps_fewer_receipts)
{
    struct expiry x = {.writer = writer, .receipts_max = 3};
    put(4, clock_now_us()); /* keys 4 .. 7 */
    tick(&x);
    ck_assert(!is_there(4));
    ck_assert(is_there(5));
    ck_assert_int_eq(expiry_receipts_max(INT64_C(64000000)), 8000);
    ck_assert_int_eq(expiry_receipts_max(INT64_C(16000000000)), EXPIRY_RECEIPTS_MAX);
    ck_assert_int_eq(expiry_receipts_max(INT64_MAX), EXPIRY_RECEIPTS_MAX);
}
END_TEST

/* Else a request that is sent again would be stored twice. */
START_TEST(by_a_clock_that_has_jumped_nothing_goes)
{
    struct expiry x = {.writer = writer, .receipts_max = EXPIRY_RECEIPTS_MAX};
    int64_t now_us = clock_now_us(), week_ago = now_us - EXPIRY_RECEIPTS_US;
    put(1, week_ago - CLOCK_SECOND_US);
    x.clock = (struct keep_clock){.wall_us = week_ago, .mono_us = clock_mono_us()};
    tick(&x);
    ck_assert(is_there(1));
    x.clock = (struct keep_clock){.wall_us = now_us, .mono_us = clock_mono_us()};
    tick(&x);
    ck_assert(!is_there(1));
}
END_TEST

START_TEST(at_the_end_no_more_is_begun)
{
    struct expiry x = {
        .writer = writer, .receipts_max = EXPIRY_RECEIPTS_MAX, .stopping = true};
    put(1, 1);
    tick(&x);
    ck_assert(is_there(1));
}
END_TEST

START_TEST(starts_and_stops)
{
    struct expiry *x;
    ck_assert(!expiry_start(writer, 1000000000, &x, &e));
    expiry_stop(x);
    expiry_stop(NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("expiry");
    TCase *tc = tcase_create("receipts");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, receipts_go_after_a_week);
    tcase_add_test(tc, more_than_a_step_takes_goes_too);
    tcase_add_test(tc, a_small_store_keeps_fewer_receipts);
    tcase_add_test(tc, by_a_clock_that_has_jumped_nothing_goes);
    tcase_add_test(tc, at_the_end_no_more_is_begun);
    tcase_add_test(tc, starts_and_stops);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
