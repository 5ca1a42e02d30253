/* test_writer_notice.c - what the writer notes down to be told: in the incident's own
 * transaction, and whoever tells is called when it is committed. */
#include "sql/store_life.h"
#include "sql/store_outbox.h"
#include "sql/writer.h"
#include "tests/fake/store_mem.h"
#include "tests/unit/unit.h"

#include <stdatomic.h>

#define T0 (INT64_C(1800000000) * CLOCK_SECOND_US)
enum { NOTICES_MAX = 16 };

static struct store *store, *reader;
static struct writer *writer;
static struct err e;
static atomic_int called;
static int64_t seen; /* notices that were committed when it was called last */
static int64_t now_us;

static int64_t notices_n(bool old)
{
    struct store_notice_sum sum;
    struct store_notice_range all = {0, INT64_MAX, old, 0};
    ck_assert(!store_sum_notices(reader, &all, &sum, &e));
    return sum.n;
}

static void noticed(void *arg)
{
    struct store_notice_sum sum;
    struct store_notice_range fresh = {0, INT64_MAX, false, 0};
    (void)arg;
    /* Not by the calls that are to fail. */
    seen = store_sum_notices(reader, &fresh, &sum, &e) ? -1 : sum.n;
    atomic_fetch_add(&called, 1);
}

static void learn(void *arg, const struct write_job *job)
{
    (void)arg;
    (void)job;
}

static void start_writer(void (*fn)(void *arg))
{
    struct writer_options o = {0.8, CLOCK_SECOND_US, learn, NULL, fn, NULL};
    ck_assert(!writer_start(store, &o, &writer, &e));
}

static void set_up(void)
{
    now_us = T0;
    atomic_store(&called, 0);
    store = store_mem_open();
    reader = store_mem_reader(store);
    start_writer(noticed);
}

static void tear_down(void)
{
    writer_stop(writer);
    store_close(reader);
    store_close(store);
}

/* An unusual minute of the service auth, whose event time is at_us; the incident's id. */
static enum err_code unusual(double score, int64_t at_us, int64_t *id)
{
    struct features f = {.latest_us = at_us, .from_us = at_us};
    struct verdict v = {.raw_score = score,
                        .score = score,
                        .service = STR("auth"),
                        .reasons = {{.channel = CHANNEL_FAILED_LOGINS,
                                     .evidence = 9,
                                     .text = "9 failed logins"}},
                        .reasons_n = 1};
    struct write_job job = {.features = &f, .verdict = &v, .now_us = now_us};
    enum err_code code = writer_submit(writer, &job, &e);
    writer_wait_learned(&job);
    *id = job.incident_id;
    return code;
}

static int64_t must(double score, int64_t at_us)
{
    int64_t id;
    ck_assert_msg(!unusual(score, at_us, &id), "%s", e.msg);
    ck_assert_int_gt(id, 0);
    return id;
}

struct notices {
    enum notice_kind kinds[NOTICES_MAX];
    size_t n;
};

static void take(void *arg, const struct store_notice *n)
{
    struct notices *l = arg;
    ck_assert_uint_lt(l->n, NOTICES_MAX);
    l->kinds[l->n++] = n->kind;
}

/* The kind of the incident's newest notice. */
static enum notice_kind last(int64_t id)
{
    enum notice_kind kind;
    bool found;
    ck_assert(!store_find_notice(reader, id, &kind, &found, &e));
    return kind;
}

static void change(int64_t id, enum incident_status status, int64_t muted_until_us)
{
    struct store_incident_life c = {.incident_id = id,
                                    .status = status,
                                    .muted_until_us = muted_until_us,
                                    .changed_us = now_us};
    ck_assert(!store_begin(store, clock_mono_us() + CLOCK_SECOND_US, &e));
    ck_assert(!store_put_life(store, &c, &e));
    ck_assert(!store_commit(store, &e));
}

START_TEST(a_new_incident_is_noted_with_it_and_told_when_it_is_committed)
{
    struct notices l = {.n = 0};
    struct store_notice_range all = {0, INT64_MAX, false, 0};
    must(0.9, T0);
    ck_assert_int_eq(atomic_load(&called), 1);
    ck_assert_int_eq(seen, 1);
    must(0.9, T0 + CLOCK_SECOND_US); /* it goes on */
    ck_assert_int_eq(atomic_load(&called), 1);
    ck_assert(!store_list_notices(reader, &all, NOTICES_MAX, take, &l, &e));
    ck_assert_uint_eq(l.n, 1);
    ck_assert_int_eq(l.kinds[0], NOTICE_NEW);
}
END_TEST

START_TEST(what_is_not_committed_is_not_told)
{
    int64_t id;
    for (size_t nth = 1; nth < 12; nth++) {
        store_mem_fail(store, nth, ERR_FULL, false);
        enum err_code code = unusual(0.9, T0, &id);
        store_mem_fail(store, 0, ERR_NONE, false);
        if (!code) {
            break; /* there are no more calls */
        }
        ck_assert_int_eq(atomic_load(&called), 0);
        ck_assert_int_eq(notices_n(false), 0);
    }
    must(0.9, T0);
    ck_assert_int_eq(atomic_load(&called), 1);
    ck_assert_int_eq(notices_n(false), 1);
}
END_TEST

START_TEST(with_nobody_to_tell_nothing_is_noted)
{
    writer_stop(writer);
    start_writer(NULL);
    must(0.9, T0);
    ck_assert_int_eq(notices_n(false), 0);
}
END_TEST

START_TEST(much_worse_is_noted_again)
{
    int64_t id = must(0.9, T0);
    ck_assert_int_eq(must(0.9999, T0), id);
    ck_assert_int_eq(last(id), NOTICE_WORSE);
    ck_assert_int_eq(notices_n(false), 2);
    must(0.9999, T0 + 1);
    ck_assert_int_eq(notices_n(false), 2);
}
END_TEST

START_TEST(old_news_is_noted_apart_and_once_more_if_it_goes_on_now)
{
    int64_t at = T0 - NOTICE_OLD_US - 1;
    int64_t id = must(0.9, at);
    ck_assert_int_eq(last(id), NOTICE_OLD);
    ck_assert_int_eq(must(0.9, at + 20 * CLOCK_MINUTE_US - CLOCK_MINUTE_US), id);
    ck_assert_int_eq(last(id), NOTICE_NEW); /* within the last hour */
    ck_assert_int_eq(must(0.9, at + 40 * CLOCK_MINUTE_US), id);
    ck_assert_int_eq(notices_n(false), 1);
    ck_assert_int_eq(notices_n(true), 1);
}
END_TEST

/* An import that makes worse, or brings back, what was told: counted as what it is, of the
 * time at which it happened. */
START_TEST(old_news_of_one_that_was_there_is_noted_as_what_it_is)
{
    struct store_notice_range old = {0, INT64_MAX, true, 0};
    struct store_notice_sum sum;
    int64_t id = must(0.9, T0), at = T0 + CLOCK_MINUTE_US;
    now_us += 3 * NOTICE_OLD_US;
    ck_assert_int_eq(must(0.9999, at), id);
    ck_assert_int_eq(last(id), NOTICE_OLD_WORSE);
    change(id, INCIDENT_STATUS_RESOLVED, 0);
    ck_assert_int_eq(must(0.9, at + 1), id);
    ck_assert_int_eq(last(id), NOTICE_OLD_REGRESSION);
    ck_assert(!store_sum_notices(reader, &old, &sum, &e));
    ck_assert_int_eq(sum.incidents, 1);
    ck_assert_int_eq(sum.regressions, 1);
    ck_assert_int_eq(sum.worse, 1);
    ck_assert_int_eq(sum.first_us, at);
    ck_assert_int_eq(sum.last_us, at + 1);
    ck_assert_int_eq(notices_n(false), 1);
    now_us = at + 1 + NOTICE_OLD_US + CLOCK_MINUTE_US; /* it was old, and goes on now */
    ck_assert_int_eq(must(0.9, at + 20 * CLOCK_MINUTE_US), id);
    ck_assert_int_eq(last(id), NOTICE_REGRESSION);
}
END_TEST

START_TEST(what_was_told_and_comes_after_hours_is_not_new)
{
    int64_t id = must(0.9, T0);
    now_us += 2 * NOTICE_OLD_US;
    ck_assert_int_ne(must(0.9, now_us), id); /* under its own key: another incident */
    ck_assert_int_eq(notices_n(false), 2);
}
END_TEST

START_TEST(resolved_it_is_noted_when_it_comes_back)
{
    int64_t id = must(0.9, T0);
    change(id, INCIDENT_STATUS_RESOLVED, 0);
    now_us += CLOCK_MINUTE_US;
    ck_assert_int_eq(must(0.9, now_us), id);
    ck_assert_int_eq(last(id), NOTICE_REGRESSION);
}
END_TEST

START_TEST(muted_it_is_not_until_the_mute_ends)
{
    int64_t id = must(0.9, T0);
    change(id, INCIDENT_STATUS_OPEN, T0 + CLOCK_MINUTE_US);
    ck_assert_int_eq(must(0.9999, T0), id);
    ck_assert_int_eq(notices_n(false), 1);
    now_us += CLOCK_MINUTE_US;
    ck_assert_int_eq(must(0.9999999, now_us), id);
    ck_assert_int_eq(last(id), NOTICE_WORSE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("writer_notice");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_new_incident_is_noted_with_it_and_told_when_it_is_committed);
    tcase_add_test(tc, what_is_not_committed_is_not_told);
    tcase_add_test(tc, with_nobody_to_tell_nothing_is_noted);
    tcase_add_test(tc, much_worse_is_noted_again);
    tcase_add_test(tc, old_news_is_noted_apart_and_once_more_if_it_goes_on_now);
    tcase_add_test(tc, old_news_of_one_that_was_there_is_noted_as_what_it_is);
    tcase_add_test(tc, what_was_told_and_comes_after_hours_is_not_new);
    tcase_add_test(tc, resolved_it_is_noted_when_it_comes_back);
    tcase_add_test(tc, muted_it_is_not_until_the_mute_ends);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
