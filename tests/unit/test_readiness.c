/* test_readiness.c - is all as it should be? */
#include "fcgi/core/readiness.h"

#include "tests/unit/unit.h"

#include <string.h>

#define NOW (1000 * CLOCK_SECOND_US)
#define GB  INT64_C(1000000000)

/* All is well. */
static struct readiness_facts well(void)
{
    return (struct readiness_facts){
        .store_there = true,
        .ingest_runs = true,
        .mono_us = NOW,
        .committed_us = NOW - CLOCK_SECOND_US,
        .scorer_known = true,
        .scorer_ok = true,
        .disk = {.known = true,
                 .free_bytes = 50 * GB,
                 .total_bytes = 100 * GB,
                 .floor_bytes = GB / 4,
                 .left_bytes = 60 * GB},
    };
}

/* What is changed of it, and what is then said of which check. */
static void ingest_is_away(struct readiness_facts *f)
{
    f->ingest_runs = false;
}
static void nothing_committed_yet(struct readiness_facts *f)
{
    f->committed_us = 0;
}
static void as_silent_as_may_be(struct readiness_facts *f)
{
    f->committed_us = NOW - READINESS_SILENT_US;
}
static void silent_for_too_long(struct readiness_facts *f)
{
    f->committed_us = NOW - READINESS_SILENT_US - 1;
}
static void failed_and_silent(struct readiness_facts *f)
{
    f->failed_us = NOW - READINESS_SILENT_US - 1;
    f->committed_us = 1;
    f->commit_error = ERR_BUSY;
}
static void locked(struct readiness_facts *f)
{
    f->failed_us = NOW;
    f->commit_error = ERR_BUSY;
}
static void locked_from_the_start(struct readiness_facts *f)
{
    locked(f);
    f->committed_us = 0;
}
static void was_locked(struct readiness_facts *f)
{
    f->failed_us = f->committed_us - 1;
    f->commit_error = ERR_BUSY;
}
static void disk_was_full(struct readiness_facts *f)
{
    f->failed_us = NOW;
    f->commit_error = ERR_FULL;
}
static void refused_of_late(struct readiness_facts *f)
{
    f->full_us = NOW - READINESS_REFUSED_US + 1;
}
static void refused_before(struct readiness_facts *f)
{
    f->full_us = NOW - READINESS_REFUSED_US;
}
static void disk_failed(struct readiness_facts *f)
{
    f->failed_us = NOW;
    f->commit_error = ERR_IO;
}
static void cannot_be_used(struct readiness_facts *f)
{
    f->failed_us = NOW;
    f->commit_error = ERR_DOWN;
}
static void cannot_be_read(struct readiness_facts *f)
{
    f->store_read_fails = true;
}
static void damaged(struct readiness_facts *f)
{
    cannot_be_used(f);
    f->store_read_fails = true;
    f->read_error = "the store is damaged";
}
static void damaged_from_the_start(struct readiness_facts *f)
{
    f->committed_us = 0;
    f->store_read_fails = true;
    f->read_error = "the store is damaged";
}
static void no_store(struct readiness_facts *f)
{
    f->store_there = false;
}
static void scorer_unknown(struct readiness_facts *f)
{
    f->scorer_known = false;
}
static void scorer_away(struct readiness_facts *f)
{
    f->scorer_ok = false;
}
static void refused(struct readiness_facts *f)
{
    f->model_refused = true;
}
static void lags_a_little(struct readiness_facts *f)
{
    f->lag_batches = 7;
    f->lag_us = READINESS_LAG_US;
}
static void lags(struct readiness_facts *f)
{
    f->lag_batches = 7;
    f->lag_us = READINESS_LAG_US + CLOCK_SECOND_US;
}
static void no_file_system(struct readiness_facts *f)
{
    f->disk.known = false;
}
static void disk_full(struct readiness_facts *f)
{
    f->disk.free_bytes = GB / 4 - 1;
}
static void disk_nearly_full(struct readiness_facts *f)
{
    f->disk.free_bytes = GB / 4;
}
static void disk_just_enough(struct readiness_facts *f)
{
    f->disk.free_bytes = READINESS_LOW_BYTES;
}
static void small_disk(struct readiness_facts *f)
{
    f->disk.total_bytes = 100000000;
    f->disk.floor_bytes = 2000000;
    f->disk.free_bytes = 5000000;
}
static void small_disk_low(struct readiness_facts *f)
{
    small_disk(f);
    f->disk.free_bytes--;
}
static void small_disk_full(struct readiness_facts *f)
{
    small_disk(f);
    f->disk.free_bytes = 1999999;
}
static void large_floor(struct readiness_facts *f)
{
    f->disk.floor_bytes = 25 * GB;
}
static void larger_floor(struct readiness_facts *f)
{
    f->disk.floor_bytes = 25 * GB + 1;
}
static void fills_up_soon(struct readiness_facts *f)
{
    f->disk.bytes_a_day = 19.9 * (double)GB;
}
static void fills_up_in_three_days(struct readiness_facts *f)
{
    f->disk.bytes_a_day = 49.75 * (double)GB / 3;
}
static void grows_no_more_before(struct readiness_facts *f)
{
    fills_up_soon(f);
    f->disk.left_bytes = 49 * GB;
}
static void nothing(struct readiness_facts *f)
{
    (void)f;
}

static const struct {
    void (*change)(struct readiness_facts *);
    enum readiness_check check;
    enum readiness_state state;
    const char *why;
} rows[] = {
    {nothing, READINESS_STORE, READINESS_OK, ""},
    {nothing, READINESS_MODEL, READINESS_OK, ""},
    {nothing, READINESS_LAG, READINESS_OK, ""},
    {nothing, READINESS_DISK, READINESS_OK, ""},
    {ingest_is_away, READINESS_STORE, READINESS_FAILING, "ingest does not run"},
    {ingest_is_away, READINESS_MODEL, READINESS_FAILING, "ingest does not run"},
    {nothing_committed_yet, READINESS_STORE, READINESS_FAILING, "being opened"},
    {as_silent_as_may_be, READINESS_STORE, READINESS_OK, ""},
    {silent_for_too_long, READINESS_STORE, READINESS_FAILING, "does not answer"},
    {failed_and_silent, READINESS_STORE, READINESS_FAILING, "does not answer"},
    {locked, READINESS_STORE, READINESS_FAILING, "locked"},
    {locked_from_the_start, READINESS_STORE, READINESS_FAILING, "locked"},
    {was_locked, READINESS_STORE, READINESS_OK, ""},
    {disk_was_full, READINESS_STORE, READINESS_FAILING, "the disk is full"},
    {disk_full, READINESS_STORE, READINESS_FAILING, "the disk is full"},
    {refused_of_late, READINESS_STORE, READINESS_FAILING, "the disk is full"},
    {refused_before, READINESS_STORE, READINESS_OK, ""},
    {disk_failed, READINESS_STORE, READINESS_FAILING, "the disk failed"},
    {cannot_be_used, READINESS_STORE, READINESS_FAILING, "cannot be used"},
    {cannot_be_read, READINESS_STORE, READINESS_FAILING, "cannot be read"},
    {damaged, READINESS_STORE, READINESS_FAILING, "the store is damaged"},
    {damaged_from_the_start, READINESS_STORE, READINESS_FAILING, "the store is damaged"},
    {no_store, READINESS_STORE, READINESS_FAILING, "there is none"},
    {scorer_unknown, READINESS_MODEL, READINESS_FAILING, "nothing was heard"},
    {scorer_away, READINESS_MODEL, READINESS_FAILING, "without a score"},
    {scorer_away, READINESS_STORE, READINESS_OK, ""},
    {refused, READINESS_MODEL, READINESS_WARNING, "refused"},
    {lags_a_little, READINESS_LAG, READINESS_OK, ""},
    {lags, READINESS_LAG, READINESS_FAILING,
     "7 batches are not learned yet, the first one for 61 s"},
    {no_file_system, READINESS_DISK, READINESS_FAILING, "cannot be looked at"},
    {disk_full, READINESS_DISK, READINESS_FAILING,
     "250 MB free where the store is, and it must be 250 MB (FREE_BYTES_MIN): nothing is "
     "taken"},
    {disk_nearly_full, READINESS_DISK, READINESS_WARNING, "250 MB free"},
    {disk_just_enough, READINESS_DISK, READINESS_OK, ""},
    {small_disk, READINESS_DISK, READINESS_OK, ""},
    {small_disk_low, READINESS_DISK, READINESS_WARNING, "5.0 MB free"},
    {small_disk_full, READINESS_DISK, READINESS_FAILING, "2.0 MB free"},
    {large_floor, READINESS_DISK, READINESS_OK, ""},
    {larger_floor, READINESS_DISK, READINESS_WARNING, "50 GB free"},
    {grows_no_more_before, READINESS_DISK, READINESS_OK, ""},
    {fills_up_soon, READINESS_DISK, READINESS_WARNING,
     "50 GB free where the store is, used up in 2.5 days as things go"},
    {fills_up_in_three_days, READINESS_DISK, READINESS_OK, ""},
};

START_TEST(says_what_is_wrong)
{
    struct readiness_answer out[READINESS_CHECKS_N];
    struct readiness_facts f = well();
    rows[_i].change(&f);
    readiness_decide(&f, out);
    const struct readiness_answer *a = &out[rows[_i].check];
    ck_assert_msg(a->state == rows[_i].state, "row %d: %s, \"%s\"", _i,
                  readiness_state_name(a->state), a->why);
    if (rows[_i].why[0]) {
        CHECK_HAS(a->why, rows[_i].why);
    } else {
        ck_assert_str_eq(a->why, "");
    }
}
END_TEST

START_TEST(a_disk_is_low_until_there_is_a_tenth_more)
{
    struct disk_room d = {.known = true,
                          .free_bytes = READINESS_LOW_BYTES,
                          .total_bytes = 100 * GB,
                          .left_bytes = 100 * GB};
    ck_assert(!disk_room_is_low(&d, false));
    ck_assert(disk_room_is_low(&d, true));
    d.free_bytes += READINESS_LOW_BYTES / 10;
    ck_assert(!disk_room_is_low(&d, true));
    d.bytes_a_day = (double)d.free_bytes / 3.2;
    ck_assert(!disk_room_is_low(&d, false));
    ck_assert(disk_room_is_low(&d, true));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("readiness");
    unit_table(s, "rows", says_what_is_wrong, ROWS(rows));
    unit_case(s, "low", a_disk_is_low_until_there_is_a_tenth_more);
    return unit_run(s);
}
