/* test_trouble_incident.c - the incidents that troubles of the product's own are: over the
 * writer and a store in memory. */
#include "fcgi/jobs/trouble_incident.h"

#include "sql/store_life.h"
#include "sql/store_outbox.h"
#include "tests/fake/store_mem.h"
#include "tests/unit/unit.h"

#include <stdatomic.h>
#include <string.h>

#define T0     (INT64_C(1800000000) * CLOCK_SECOND_US)
#define MINUTE CLOCK_MINUTE_US
#define DAY    (24 * 60 * CLOCK_MINUTE_US)
enum { TEXT_BYTES = 512, CALLS_MAX = 100 };

static struct store *store, *reader;
static struct writer *writer;
static struct err e;
static atomic_int called;
static bool tells;

static void noticed(void *arg)
{
    (void)arg;
    atomic_fetch_add(&called, 1);
}

static void learn(void *arg, const struct write_job *job)
{
    (void)arg;
    (void)job;
}

static void set_up(void)
{
    struct writer_options o = {0.8, CLOCK_SECOND_US, learn, NULL, noticed, NULL};
    atomic_store(&called, 0);
    tells = true;
    store = store_mem_open();
    reader = store_mem_reader(store);
    ck_assert(!writer_start(store, &o, &writer, &e));
}

static void tear_down(void)
{
    writer_stop(writer);
    store_close(reader);
    store_close(store);
}

typedef enum err_code (*step_fn)(struct writer *, const struct trouble_incident *,
                                 struct err *);

static enum err_code step(step_fn fn, enum trouble t, int64_t now_us)
{
    struct trouble_incident i = {t, STR("it is broken"), now_us, tells};
    return fn(writer, &i, &e);
}

static void must(step_fn fn, int64_t now_us)
{
    ck_assert_msg(!step(fn, TROUBLE_SCORER, now_us), "%s", e.msg);
}

static bool is_open(void)
{
    struct trouble_incident i = {.trouble = TROUBLE_SCORER};
    bool open;
    ck_assert(!trouble_incident_is_open(writer, &i, &open, &e));
    return open;
}

/* What the list holds of the newest incident. */
static struct {
    int64_t n, changed_us;
    struct incident core;
    char summary[TEXT_BYTES], reasons[TEXT_BYTES], note[TEXT_BYTES], service[TEXT_BYTES];
} list;

static void copy(struct str from, char to[static TEXT_BYTES])
{
    snprintf(to, TEXT_BYTES, "%.*s", (int)from.n, from.p ? from.p : "");
}

static void take(void *arg, const struct store_incident_row *row)
{
    (void)arg;
    if (list.n++ == 0) {
        list.core = row->core;
        list.changed_us = row->changed_us;
        copy(row->summary, list.summary);
        copy(row->reasons, list.reasons);
        copy(row->note, list.note);
        copy(row->service, list.service);
    }
}

static int64_t look(void)
{
    memset(&list, 0, sizeof list);
    ck_assert(!store_list_incidents(reader, INT64_MAX, 100, take, NULL, &e));
    return list.n;
}

static void add_event(void *arg, const struct store_history *row)
{
    char *all = arg;
    size_t n = strlen(all);
    snprintf(all + n, TEXT_BYTES - n, "%s%.*s", n > 0 ? " " : "", (int)row->event.n,
             row->event.p);
}

static const char *history(int64_t id)
{
    static char all[TEXT_BYTES];
    all[0] = '\0';
    ck_assert(!store_list_history(reader, id, add_event, all, &e));
    return all;
}

static void people(enum incident_status status, int64_t muted_until_us,
                   const char *verdict)
{
    struct store_incident_life c = {.incident_id = 1,
                                    .status = status,
                                    .muted_until_us = muted_until_us,
                                    .note = STR("asked them"),
                                    .verdict = verdict ? str_of(verdict) : STR_NONE,
                                    .changed_us = T0 + 7};
    ck_assert(!store_begin(store, clock_mono_us() + CLOCK_SECOND_US, &e));
    ck_assert(!store_put_life(store, &c, &e));
    ck_assert(!store_commit(store, &e));
}

START_TEST(begins_goes_on_and_ends)
{
    ck_assert(!is_open());
    must(trouble_incident_begin, T0);
    ck_assert(is_open());
    ck_assert_int_eq(atomic_load(&called), 1);
    must(trouble_incident_go_on, T0 + MINUTE);
    must(trouble_incident_begin, T0 + 2 * MINUTE); /* it is there already */
    ck_assert_int_eq(look(), 1);
    ck_assert_str_eq(list.service, "loganalyzer");
    ck_assert_str_eq(list.summary, "loganalyzer: it is broken");
    ck_assert_str_eq(list.reasons, "[{\"channel\":\"self\",\"text\":\"it is broken\"}]");
    ck_assert_int_eq(list.core.first_us, T0);
    ck_assert_int_eq(list.core.last_us, T0 + 2 * MINUTE);
    ck_assert_int_eq(list.core.count, 1);
    must(trouble_incident_end, T0 + 3 * MINUTE);
    ck_assert(!is_open());
    must(trouble_incident_end, T0 + 4 * MINUTE);
    must(trouble_incident_go_on, T0 + 5 * MINUTE);
    look();
    ck_assert_int_eq(list.core.status, INCIDENT_STATUS_RESOLVED);
    ck_assert_int_eq(list.core.last_us, T0 + 3 * MINUTE);
    ck_assert_int_eq(list.changed_us, 0);
    ck_assert_str_eq(history(1), "opened resolved");
    ck_assert_int_eq(atomic_load(&called), 1);
}
END_TEST

START_TEST(comes_back_as_the_same_within_thirty_days_and_as_another_after)
{
    must(trouble_incident_begin, T0);
    must(trouble_incident_end, T0);
    must(trouble_incident_begin, T0 + 30 * DAY);
    ck_assert_int_eq(look(), 1);
    ck_assert_int_eq(list.core.regressions, 1);
    ck_assert_int_eq(list.core.count, 2);
    ck_assert_str_eq(history(1), "opened resolved regression");
    ck_assert_int_eq(atomic_load(&called), 2);
    must(trouble_incident_end, T0 + 30 * DAY);
    must(trouble_incident_begin, T0 + 60 * DAY + 1);
    ck_assert_int_eq(look(), 2);
    ck_assert_int_eq(list.core.regressions, 0);
}
END_TEST

START_TEST(troubles_are_incidents_of_their_own)
{
    for (size_t t = 0; t < TROUBLES_N; t++) {
        ck_assert(!step(trouble_incident_begin, (enum trouble)t, T0));
    }
    ck_assert_int_eq(look(), TROUBLES_N);
    ck_assert(!step(trouble_incident_end, TROUBLE_DISK, T0));
    ck_assert(is_open());
}
END_TEST

START_TEST(what_people_have_said_stays)
{
    must(trouble_incident_begin, T0);
    people(INCIDENT_STATUS_ACKNOWLEDGED, T0 + DAY, "real");
    ck_assert(is_open());
    must(trouble_incident_end, T0 + MINUTE);
    look();
    ck_assert_int_eq(list.core.status, INCIDENT_STATUS_RESOLVED);
    ck_assert_int_eq(list.core.muted_until_us, T0 + DAY);
    ck_assert_str_eq(list.note, "asked them");
    ck_assert_int_eq(list.changed_us, T0 + 7);
    must(trouble_incident_begin, T0 + 2 * MINUTE); /* muted: not told */
    ck_assert_int_eq(atomic_load(&called), 1);
}
END_TEST

START_TEST(one_that_people_have_resolved_stays_so_while_it_goes_on)
{
    must(trouble_incident_begin, T0);
    people(INCIDENT_STATUS_RESOLVED, 0, NULL);
    must(trouble_incident_go_on, T0 + MINUTE);
    must(trouble_incident_end, T0 + MINUTE);
    look();
    ck_assert_int_eq(list.core.status, INCIDENT_STATUS_RESOLVED);
    ck_assert_str_eq(history(1), "opened");
}
END_TEST

START_TEST(one_that_is_normal_takes_nothing_more)
{
    must(trouble_incident_begin, T0);
    people(INCIDENT_STATUS_RESOLVED, 0, "normal");
    must(trouble_incident_begin, T0 + MINUTE);
    ck_assert_int_eq(look(), 2);
}
END_TEST

START_TEST(nobody_is_told_where_nobody_is_to_be)
{
    tells = false;
    must(trouble_incident_begin, T0);
    ck_assert_int_eq(atomic_load(&called), 0);
    ck_assert_int_eq(look(), 1);
}
END_TEST

/* The n-th call to the store fails: nothing is half done, and it works the next time. */
START_TEST(a_store_that_fails_leaves_nothing_half_done)
{
    step_fn fns[] = {trouble_incident_begin, trouble_incident_end};
    const char *before[] = {"", "opened"}, *after[] = {"opened", "opened resolved"};
    for (size_t i = 0; i < 2; i++) {
        enum err_code code = ERR_FULL;
        size_t n = 1;
        for (; code && n < CALLS_MAX; n++) {
            store_mem_fail(store, n, ERR_FULL, false);
            code = step(fns[i], TROUBLE_SCORER, T0);
            store_mem_fail(store, 0, ERR_FULL, false);
            ck_assert_str_eq(history(1), code ? before[i] : after[i]);
        }
        ck_assert_uint_gt(n, 3);
        ck_assert_uint_lt(n, CALLS_MAX);
    }
    ck_assert_int_eq(look(), 1);
    ck_assert_int_eq(atomic_load(&called), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("trouble_incident");
    const TTest *tests[] = {
        begins_goes_on_and_ends,
        comes_back_as_the_same_within_thirty_days_and_as_another_after,
        troubles_are_incidents_of_their_own,
        what_people_have_said_stays,
        one_that_people_have_resolved_stays_so_while_it_goes_on,
        one_that_is_normal_takes_nothing_more,
        nobody_is_told_where_nobody_is_to_be,
        a_store_that_fails_leaves_nothing_half_done};
    TCase *tc = tcase_create("trouble_incident");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
