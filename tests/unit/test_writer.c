/* test_writer.c - the group commit, over a store in memory that fails, stands still or is
 * busy when told, and a clock that moves when told: nothing here waits for time.
 *
 * The writer is included, so that a test can see when a job has reached its queue. */
#include "sql/store_read.h"
#include "sql/writer.c" /* NOLINT: see above */
#include "tests/fake/clock_fake.h"
#include "tests/fake/store_mem.h"

#include <check.h>
#include <sched.h>

enum { JOBS_MAX = 600, WAIT_US = 1000000, RECORDS_MAX = 8 };

/* One submitted job, with the thread that waits for it. */
struct client {
    pthread_t thread;
    struct write_job job;
    struct features features;
    struct verdict verdict;
    struct record records[RECORDS_MAX];
    struct write_receipt receipt;
    struct buf reply;
    int printed; /* times */
    char service[32];
    enum err_code code;
    struct err e;
};

static struct store *store;
static struct writer *writer;
static struct client *clients;
static struct record *many; /* WRITER_GROUP_RECORDS_MAX + 1 of them */

static struct {
    const struct write_job *jobs[JOBS_MAX];
    int64_t first_ids[JOBS_MAX];
    size_t stored_then[JOBS_MAX]; /* records committed when it was learned */
    size_t n;
} learned; /* by the writer's thread, under this lock while other jobs may be at work */
static pthread_mutex_t learned_lock = PTHREAD_MUTEX_INITIALIZER;

static void learn(void *arg, const struct write_job *job)
{
    (void)arg;
    pthread_mutex_lock(&learned_lock);
    ck_assert_uint_lt(learned.n, JOBS_MAX);
    learned.jobs[learned.n] = job;
    learned.first_ids[learned.n] = job->ids.first_log_id;
    learned.stored_then[learned.n] = store_mem_logs_n(store);
    learned.n++;
    pthread_mutex_unlock(&learned_lock);
}

static void set_up(void)
{
    struct err e;
    struct writer_options o = {.threshold = 0.8, .wait_us = WAIT_US, .learn = learn};
    clock_fake_set(0);
    memset(&learned, 0, sizeof learned);
    store = store_mem_open();
    clients = calloc(JOBS_MAX, sizeof *clients);
    ck_assert_ptr_nonnull(clients);
    ck_assert(!writer_start(store, &o, &writer, &e));
}

static void tear_down(void)
{
    writer_stop(writer);
    store_close(store);
    for (size_t i = 0; i < JOBS_MAX; i++) {
        buf_free(&clients[i].reply);
    }
    free(clients);
    free(many);
    many = NULL;
}

/* --- doing --- */

static size_t queued(void)
{
    size_t n = 0;
    pthread_mutex_lock(&writer->lock);
    for (const struct write_job *j = writer->first; j; j = j->next) {
        n++;
    }
    pthread_mutex_unlock(&writer->lock);
    return n;
}

static void *client_main(void *arg)
{
    struct client *c = arg;
    c->code = writer_submit(writer, &c->job, &c->e);
    writer_wait_learned(&c->job);
    return NULL;
}

/* Client i with n records of service "s<i>", not unusual. */
static struct client *client(size_t i, size_t n)
{
    struct client *c = &clients[i];
    ck_assert_uint_le(n, RECORDS_MAX);
    snprintf(c->service, sizeof c->service, "s%zu", i);
    for (size_t k = 0; k < n; k++) {
        c->records[k] = (struct record){.timestamp = STR("t"),
                                        .service = str_of(c->service),
                                        .level = STR("info"),
                                        .message = STR("m"),
                                        .metadata = STR("{}"),
                                        .event_us = 1000};
    }
    features_count(c->records, n, 1000, &c->features);
    c->job = (struct write_job){.records = c->records,
                                .n = n,
                                .features = &c->features,
                                .verdict = &c->verdict,
                                .scorer = "in-process",
                                .now_us = 1000};
    return c;
}

/* The client's batch is unusual: an incident of the service. */
static void make_unusual(struct client *c, const char *service, double score)
{
    c->verdict = (struct verdict){.raw_score = score,
                                  .score = score,
                                  .service = str_of(service),
                                  .reasons = {{.channel = CHANNEL_FAILED_LOGINS,
                                               .evidence = 9,
                                               .observed = 9,
                                               .of = 9,
                                               .text = "9 failed logins in 9 records"}},
                                  .reasons_n = 1};
}

/* The client's batch is the part of a file that ends at position. */
static void make_import(struct client *c, struct store_import *part, char position)
{
    *part = (struct store_import){.records = (int64_t)c->job.n};
    memset(part->position.b, position, sizeof part->position.b);
    c->job.import = part;
}

static void start(struct client *c)
{
    ck_assert_int_eq(pthread_create(&c->thread, NULL, client_main, c), 0);
}

/* Starts it and returns when it stands in the queue behind `before` others. */
static void start_queued(struct client *c, size_t before)
{
    start(c);
    while (queued() != before + 1) {
        sched_yield();
    }
}

static void finish_client(struct client *c)
{
    ck_assert_int_eq(pthread_join(c->thread, NULL), 0);
}

/* Client 0 holds the writer in its commit, so that what comes next becomes one group. */
static void hold_writer(void)
{
    store_mem_shut(store, STORE_MEM_COMMIT);
    start(client(0, 1));
    store_mem_await(store, STORE_MEM_COMMIT);
}

static void let_writer_go(void)
{
    store_mem_let_go(store, STORE_MEM_COMMIT);
    finish_client(&clients[0]);
}

static size_t stored_of(const char *service)
{
    struct store_mem_log l;
    size_t n = 0;
    for (size_t i = 0; store_mem_log(store, i, &l); i++) {
        n += str_eq(l.service, str_of(service));
    }
    return n;
}

static size_t times_learned(const struct write_job *job)
{
    size_t n = 0;
    pthread_mutex_lock(&learned_lock);
    for (size_t i = 0; i < learned.n; i++) {
        n += learned.jobs[i] == job;
    }
    pthread_mutex_unlock(&learned_lock);
    return n;
}

static void assert_stored(struct client *c)
{
    struct store_mem_log l;
    ck_assert_msg(!c->code, "%s: %s", c->service, c->e.msg);
    ck_assert_uint_eq(stored_of(c->service), c->job.n);
    ck_assert_uint_eq(times_learned(&c->job), 1);
    for (size_t i = 0; i < c->job.n; i++) {
        ck_assert(store_mem_log(store, (size_t)c->job.ids.first_log_id - 1 + i, &l));
        ck_assert(str_eq(l.service, str_of(c->service)));
    }
}

static void assert_refused(struct client *c, enum err_code code)
{
    ck_assert_int_eq(c->code, code);
    ck_assert_int_eq(c->e.code, code);
    ck_assert_uint_gt(strlen(c->e.msg), 0);
    ck_assert_uint_eq(stored_of(c->service), 0);
    ck_assert_uint_eq(times_learned(&c->job), 0);
}

struct incidents {
    size_t n;
    struct incident last, all[16];
    char summary[16][128], reasons[16][1024], templates[16][256];
    int64_t templates_n[16];
};

static void take_incident(void *arg, const struct store_incident_row *row)
{
    struct incidents *in = arg;
    ck_assert_uint_lt(in->n, 16);
    snprintf(in->summary[in->n], sizeof in->summary[0], "%.*s", STR_ARGS(row->summary));
    snprintf(in->reasons[in->n], sizeof in->reasons[0], "%.*s", STR_ARGS(row->reasons));
    snprintf(in->templates[in->n], sizeof in->templates[0], "%.*s",
             STR_ARGS(row->templates));
    in->templates_n[in->n] = row->templates_n;
    in->all[in->n++] = row->core;
}

static struct incidents incidents(void)
{
    struct incidents in = {.n = 0};
    struct err e;
    ck_assert(!store_list_incidents(store, INT64_MAX, 16, take_incident, &in, &e));
    return in;
}

/* --- group commit --- */

START_TEST(a_job_is_stored_and_then_learned)
{
    struct client *c = client(0, 3);
    start(c);
    finish_client(c);
    assert_stored(c);
    ck_assert_uint_eq(store_mem_batches_n(store), 1);
    ck_assert_int_eq(c->job.incident_id, 0);
    ck_assert_uint_eq(learned.stored_then[0], 3);
    ck_assert_uint_eq(store_mem_calls(store),
                      4); /* begin, add_batch, add_lanes, commit */
}
END_TEST

START_TEST(what_waits_during_a_commit_is_stored_in_one_transaction)
{
    enum { N = 8 };
    hold_writer();
    for (size_t i = 1; i <= N; i++) {
        start_queued(client(i, i % RECORDS_MAX + 1), i - 1);
    }
    size_t calls = store_mem_calls(store);
    let_writer_go();
    for (size_t i = 1; i <= N; i++) {
        finish_client(&clients[i]);
        assert_stored(&clients[i]);
    }
    /* the first one's commit, then begin, N times add_batch, add_lanes, commit */
    ck_assert_uint_eq(store_mem_calls(store) - calls, 1 + 1 + N + 2);
    ck_assert_uint_eq(store_mem_batches_n(store), 1 + N);
}
END_TEST

START_TEST(nobody_is_answered_before_the_commit)
{
    hold_writer();
    int value = -1;
    ck_assert_int_eq(sem_getvalue(&clients[0].job.done, &value), 0);
    ck_assert_int_eq(value, 0);
    ck_assert_uint_eq(store_mem_logs_n(store), 0);
    ck_assert_uint_eq(learned.n, 0);
    let_writer_go();
    assert_stored(&clients[0]);
}
END_TEST

START_TEST(batches_are_learned_in_the_order_of_their_commits)
{
    enum { N = 20 };
    hold_writer();
    for (size_t i = 1; i <= N; i++) {
        start_queued(client(i, 1 + i % 3), i - 1);
    }
    let_writer_go();
    for (size_t i = 1; i <= N; i++) {
        finish_client(&clients[i]);
    }
    ck_assert_uint_eq(learned.n, N + 1);
    for (size_t i = 0; i <= N; i++) {
        ck_assert_ptr_eq(learned.jobs[i], &clients[i].job);
        ck_assert(i == 0 || learned.first_ids[i] > learned.first_ids[i - 1]);
        size_t through = (size_t)learned.first_ids[i] - 1 + clients[i].job.n;
        ck_assert_uint_ge(learned.stored_then[i], through); /* only after its commit */
    }
}
END_TEST

START_TEST(threads_without_any_order_all_get_their_own_answer)
{
    enum { N = 32, ROUNDS = 10 };
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < N; i++) {
            start(client(round * N + i, 1 + i % 4));
        }
        for (size_t i = 0; i < N; i++) {
            finish_client(&clients[round * N + i]);
        }
    }
    for (size_t i = 0; i < N * ROUNDS; i++) {
        assert_stored(&clients[i]);
    }
    for (size_t i = 1; i < learned.n; i++) {
        ck_assert_int_gt(learned.first_ids[i], learned.first_ids[i - 1]);
    }
    ck_assert_uint_eq(store_mem_batches_n(store), N * ROUNDS);
}
END_TEST

START_TEST(a_minute_without_records_stores_an_incident_and_no_batch)
{
    struct client *c = client(0, 0);
    make_unusual(c, "auth", 0.9);
    c->job.records = NULL;
    start(c);
    finish_client(c);
    ck_assert_int_eq(c->code, ERR_NONE);
    ck_assert_int_gt(c->job.incident_id, 0);
    ck_assert_uint_eq(store_mem_batches_n(store), 0);
    ck_assert_uint_eq(incidents().n, 1);
    ck_assert_uint_eq(learned.n, 0);
}
END_TEST

/* --- limits of a group --- */

/* --- jobs that make their own transactions --- */

struct apart {
    size_t transactions, stored_before;
    enum err_code ends_with;
    bool leaves_open;
};

static enum err_code work_apart(void *arg, struct store *s, int64_t deadline_us,
                                struct err *e)
{
    struct apart *a = arg;
    a->stored_before = store_mem_logs_n(store);
    for (int i = 0; i < 2; i++) {
        ck_assert_msg(!store_begin(s, deadline_us, e), "%s", e->msg);
        ck_assert(!store_put_note(s, "n", "v", e) && !store_commit(s, e));
        a->transactions++;
    }
    if (a->leaves_open) {
        ck_assert(!store_begin(s, deadline_us, e));
    }
    return a->ends_with ? err_set(e, a->ends_with, "as the test wants") : ERR_NONE;
}

START_TEST(a_job_apart_makes_its_own_transactions_between_the_groups)
{
    struct apart a = {.leaves_open = true};
    hold_writer();
    start_queued(client(1, 1), 0);
    client(2, 0)->job = (struct write_job){.apart = work_apart, .apart_arg = &a};
    start_queued(&clients[2], 1);
    start_queued(client(3, 1), 2);
    let_writer_go();
    for (size_t i = 1; i <= 3; i++) {
        finish_client(&clients[i]);
    }
    assert_stored(&clients[1]);
    assert_stored(&clients[3]);
    ck_assert_int_eq(clients[2].code, ERR_NONE);
    ck_assert_uint_eq(a.transactions, 2);
    ck_assert_uint_eq(a.stored_before, 2); /* what came before it, not what came after */
    ck_assert_uint_eq(times_learned(&clients[2].job), 0);
}
END_TEST

START_TEST(a_job_apart_that_fails_says_so_and_costs_nobody_anything)
{
    struct apart a = {.ends_with = ERR_FULL, .leaves_open = true};
    client(0, 0)->job = (struct write_job){.apart = work_apart, .apart_arg = &a};
    start(&clients[0]);
    finish_client(&clients[0]);
    ck_assert_int_eq(clients[0].code, ERR_FULL);
    start(client(1, 2));
    finish_client(&clients[1]);
    assert_stored(&clients[1]);
}
END_TEST

START_TEST(a_group_has_at_most_so_many_jobs)
{
    enum { N = WRITER_GROUP_JOBS_MAX + 1 };
    size_t batches_then = 0;
    hold_writer();
    for (size_t i = 1; i <= N; i++) {
        start_queued(client(i, 1), i - 1);
    }
    size_t calls = store_mem_calls(store);
    let_writer_go();
    for (size_t i = 1; i <= N; i++) {
        finish_client(&clients[i]);
        assert_stored(&clients[i]);
    }
    /* the held commit, then two transactions of WRITER_GROUP_JOBS_MAX and 1 */
    ck_assert_uint_eq(store_mem_calls(store) - calls, 1 + 3 + 3 + N);
    for (size_t i = 0; i < learned.n; i++) {
        batches_then += learned.stored_then[i] == 1 + WRITER_GROUP_JOBS_MAX;
    }
    ck_assert_uint_eq(batches_then, WRITER_GROUP_JOBS_MAX); /* the last one came later */
}
END_TEST

static void use_many(struct client *c, size_t n)
{
    if (!many) {
        many = calloc(WRITER_GROUP_RECORDS_MAX + 1, sizeof *many);
        ck_assert_ptr_nonnull(many);
        for (size_t i = 0; i <= WRITER_GROUP_RECORDS_MAX; i++) {
            many[i] = (struct record){.service = STR("many"), .event_us = 1000};
        }
    }
    c->job.records = many;
    c->job.n = n;
}

static const struct size_row {
    const char *name;
    size_t first, second;
    size_t transactions;
} sizes[] = {
    {"just the limit together", WRITER_GROUP_RECORDS_MAX - 1, 1, 1},
    {"one past the limit together", WRITER_GROUP_RECORDS_MAX, 1, 2},
    {"a large one behind a small one", 1, WRITER_GROUP_RECORDS_MAX, 2},
    {"one past the limit alone", WRITER_GROUP_RECORDS_MAX + 1, 1, 2},
};

START_TEST(a_group_has_at_most_so_many_records)
{
    const struct size_row *t = &sizes[_i];
    hold_writer();
    use_many(client(1, 0), t->first);
    use_many(client(2, 0), t->second);
    start_queued(&clients[1], 0);
    start_queued(&clients[2], 1);
    size_t calls = store_mem_calls(store);
    let_writer_go();
    finish_client(&clients[1]);
    finish_client(&clients[2]);
    ck_assert_msg(!clients[1].code && !clients[2].code, "%s", t->name);
    size_t used = store_mem_calls(store) - calls - 1; /* but for the held commit */
    ck_assert_msg(used == 2 + 3 * t->transactions, "%s: %zu calls", t->name, used);
    ck_assert_uint_eq(store_mem_logs_n(store), 1 + t->first + t->second);
}
END_TEST

/* --- faults --- */

static const enum err_code codes[] = {ERR_BUSY, ERR_DOWN, ERR_FULL, ERR_IO, ERR_NOMEM};
enum { CODES_N = sizeof codes / sizeof codes[0], SWEEP_JOBS = 3 };

/* Only an outcome that is not known may have stored something; what it has stored is
 * whole and single. */
static void assert_truthful(struct client *c, const char *what)
{
    size_t n = stored_of(c->service);
    ck_assert_msg(n == 0 || n == c->job.n, "%s: %zu of %zu records", what, n, c->job.n);
    if (!c->code) {
        assert_stored(c);
    } else if (c->code == ERR_IO) {
        ck_assert_uint_eq(times_learned(&c->job), 0);
    } else {
        assert_refused(c, c->code);
    }
}

/* Runs three jobs as a group of which the nth call fails; true if there was such a call.
 */
static bool sweep_once(size_t nth, enum err_code code, bool stored)
{
    char what[96];
    hold_writer();
    for (size_t i = 1; i <= SWEEP_JOBS; i++) {
        struct client *c = client(i, i);
        if (i < SWEEP_JOBS) {
            make_unusual(c, "same", 0.9); /* two that meet in one incident */
        }
        start_queued(c, i - 1);
    }
    store_mem_fail(store, 1 + nth, code, stored); /* 1: the held commit */
    size_t calls = store_mem_calls(store);
    let_writer_go();
    for (size_t i = 1; i <= SWEEP_JOBS; i++) {
        finish_client(&clients[i]);
    }
    snprintf(what, sizeof what, "call %zu fails with %d%s", nth, (int)code,
             stored ? ", stored" : "");
    for (size_t i = 1; i <= SWEEP_JOBS; i++) {
        assert_truthful(&clients[i], what);
    }
    size_t unusual = (stored_of("s1") > 0) + (size_t)(stored_of("s2") > 0);
    struct incidents in = incidents();
    ck_assert_msg(in.n == (unusual > 0), "%s: %zu incidents", what, in.n);
    ck_assert_msg(unusual == 0 || in.all[0].count == (int64_t)unusual, "%s: count", what);
    return store_mem_calls(store) - calls >= 1 + nth;
}

START_TEST(whichever_call_fails_every_job_gets_a_truthful_answer)
{
    enum err_code code = codes[_i % CODES_N];
    bool stored = _i >= CODES_N, more = true;
    size_t nth = 1;
    for (; more; nth++) {
        more = sweep_once(nth, code, stored);
        tear_down();
        set_up();
    }
    ck_assert_uint_gt(nth, 10); /* begin, 2 find, 2 put, 3 add, commit: it did sweep */
}
END_TEST

START_TEST(a_failing_call_that_does_not_come_again_costs_nobody_his_batch)
{
    for (size_t nth = 2; nth <= 9; nth++) { /* all but begin; commit is the ninth */
        sweep_once(nth, ERR_DOWN, false);
        for (size_t i = 1; i <= SWEEP_JOBS; i++) {
            assert_stored(&clients[i]);
        }
        tear_down();
        set_up();
    }
}
END_TEST

START_TEST(a_bad_batch_does_not_take_the_others_of_its_group_with_it)
{
    enum { N = 5, BAD = 3 };
    hold_writer();
    for (size_t i = 1; i <= N; i++) {
        start_queued(client(i, 2), i - 1);
    }
    store_mem_refuse(store, str_of(clients[BAD].service), ERR_DOWN);
    let_writer_go();
    for (size_t i = 1; i <= N; i++) {
        finish_client(&clients[i]);
        if (i != BAD) {
            assert_stored(&clients[i]);
        }
    }
    assert_refused(&clients[BAD], ERR_DOWN);
    ck_assert_uint_eq(learned.n, N);
    ck_assert_uint_eq(store_mem_logs_n(store), 1 + 2 * (N - 1));
}
END_TEST

START_TEST(a_failed_commit_of_unknown_outcome_is_not_tried_again)
{
    hold_writer();
    start_queued(client(1, 1), 0);
    start_queued(client(2, 1), 1);
    size_t calls = store_mem_calls(store);
    store_mem_fail(store, 6, ERR_IO,
                   true); /* held commit, begin, add, add, lanes, commit */
    let_writer_go();
    finish_client(&clients[1]);
    finish_client(&clients[2]);
    ck_assert_int_eq(clients[1].code, ERR_IO);
    ck_assert_int_eq(clients[2].code, ERR_IO);
    ck_assert_uint_eq(store_mem_calls(store) - calls, 6);
    ck_assert_uint_eq(stored_of("s1"), 1); /* as it happens */
    ck_assert_uint_eq(learned.n, 1);       /* client 0 only */
}
END_TEST

START_TEST(nothing_is_learned_when_the_commit_fails)
{
    store_mem_fail(store, 3, ERR_FULL, false);
    struct client *c = client(0, 2);
    start(c);
    finish_client(c);
    assert_refused(c, ERR_FULL);
    ck_assert_uint_eq(learned.n, 0);
    start(client(1, 1)); /* and the writer goes on */
    finish_client(&clients[1]);
    assert_stored(&clients[1]);
}
END_TEST

/* People's decisions, messages, incidents of our own: they wait in the same queue. */
START_TEST(what_holds_no_records_is_stored_on_a_full_disk_whatever_waits_beside_it)
{
    static const struct write_note note = {"n", "v"};
    char value[STORE_NOTE_BYTES];
    struct err e;
    hold_writer();
    for (size_t i = 1; i <= 3; i++) {
        client(i, 1);
    }
    clients[2].job = (struct write_job){.notes = &note, .notes_n = 1, .now_us = 1000};
    for (size_t i = 1; i <= 3; i++) {
        start_queued(&clients[i], i - 1);
    }
    store_mem_fill(store);
    let_writer_go();
    for (size_t i = 1; i <= 3; i++) {
        finish_client(&clients[i]);
    }
    assert_refused(&clients[1], ERR_FULL);
    ck_assert_msg(!clients[2].code, "%s", clients[2].e.msg);
    assert_refused(&clients[3], ERR_FULL);
    ck_assert(!store_get_note(store, "n", value, &e));
    ck_assert_str_eq(value, "v");
}
END_TEST

/* --- a busy store --- */

enum { TAKES_MAX = 16 };
static struct {
    int64_t until_us; /* others hold the lock until then */
    int free;         /* but so often it can be had at first */
    int early;        /* then so often it says "busy" before the deadline */
    int64_t deadlines[TAKES_MAX];
    size_t n;
} lock;

/* Waits for the lock, on the test's clock. */
static bool take_lock(void *arg, int64_t deadline_us)
{
    (void)arg;
    if (lock.n < TAKES_MAX) {
        lock.deadlines[lock.n++] = deadline_us;
    }
    if (lock.free > 0) {
        lock.free--;
        return true;
    }
    if (lock.early > 0) {
        lock.early--;
        return false;
    }
    if (lock.until_us > deadline_us) {
        clock_fake_set(deadline_us);
        return false;
    }
    if (lock.until_us > clock_mono_us()) {
        clock_fake_set(lock.until_us);
    }
    return true;
}

static void make_busy(int64_t until_us, int free, int early)
{
    memset(&lock, 0, sizeof lock);
    lock.until_us = until_us;
    lock.free = free;
    lock.early = early;
    store_mem_set_lock(store, take_lock, NULL);
}

START_TEST(a_job_is_refused_when_its_time_is_up)
{
    make_busy(INT64_MAX, 0, 0);
    struct client *c = client(0, 1);
    start(c);
    finish_client(c);
    assert_refused(c, ERR_BUSY);
    ck_assert_int_eq(clock_mono_us(), WAIT_US);
    ck_assert_uint_eq(lock.n, 1);
}
END_TEST

START_TEST(a_job_waits_as_long_as_it_may)
{
    make_busy(WAIT_US - 1, 0, 0);
    struct client *c = client(0, 1);
    start(c);
    finish_client(c);
    assert_stored(c);
}
END_TEST

/* Three jobs in one group that came at 0, 400 ms and 800 ms. */
static void queue_at_three_times(void)
{
    hold_writer();
    for (size_t i = 1; i <= 3; i++) {
        clock_fake_set((int64_t)(i - 1) * 400000);
        start_queued(client(i, 1), i - 1);
    }
}

static const struct busy_row {
    const char *name;
    int64_t until_us;
    size_t refused; /* the first so many of the three */
} busy[] = {
    {"free before any time is up", 999999, 0},
    {"free when the first one's time is up", 1000000, 0},
    {"free when the first one has gone", 1000001, 1},
    {"free when the second one's time is up", 1400000, 1},
    {"free when the second one has gone", 1400001, 2},
    {"free when the third one's time is up", 1800000, 2},
    {"not free in time", 1800001, 3},
};

START_TEST(a_busy_store_refuses_those_whose_time_is_up_and_no_others)
{
    const struct busy_row *t = &busy[_i];
    queue_at_three_times();
    make_busy(t->until_us, 0, 0);
    let_writer_go();
    for (size_t i = 1; i <= 3; i++) {
        finish_client(&clients[i]);
        if (i <= t->refused) {
            ck_assert_msg(clients[i].code == ERR_BUSY, "%s: job %zu", t->name, i);
            assert_refused(&clients[i], ERR_BUSY);
        } else {
            ck_assert_msg(!clients[i].code, "%s: job %zu", t->name, i);
            assert_stored(&clients[i]);
        }
    }
    for (size_t i = 0; i < lock.n; i++) { /* each wait ends with the first one's time */
        ck_assert_int_eq(lock.deadlines[i], WAIT_US + (int64_t)i * 400000);
    }
}
END_TEST

START_TEST(busy_before_the_deadline_is_tried_again)
{
    queue_at_three_times();
    make_busy(0, 0, 5);
    let_writer_go();
    for (size_t i = 1; i <= 3; i++) {
        finish_client(&clients[i]);
        assert_stored(&clients[i]);
    }
    ck_assert_uint_eq(lock.n, 6);
    for (size_t i = 1; i <= 3; i++) { /* still in the order in which they came */
        ck_assert_ptr_eq(learned.jobs[i], &clients[i].job);
    }
}
END_TEST

/* The group fails for another reason, and when its jobs are tried one by one the store
 * has become busy. */
START_TEST(jobs_tried_one_by_one_still_wait_only_as_long_as_they_may)
{
    queue_at_three_times();
    make_busy(INT64_MAX, 1, 3);
    store_mem_fail(store, 3, ERR_DOWN, false); /* held commit, begin, add_batch */
    let_writer_go();
    for (size_t i = 1; i <= 3; i++) {
        finish_client(&clients[i]);
        assert_refused(&clients[i], ERR_BUSY);
    }
    ck_assert_uint_eq(lock.n, 1 + 3 + 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(lock.deadlines[4 + i], WAIT_US + (int64_t)i * 400000);
    }
}
END_TEST

START_TEST(jobs_tried_one_by_one_are_stored_when_the_store_is_free_again)
{
    queue_at_three_times();
    make_busy(0, 1, 3);
    store_mem_fail(store, 3, ERR_DOWN, false);
    let_writer_go();
    for (size_t i = 1; i <= 3; i++) {
        finish_client(&clients[i]);
        assert_stored(&clients[i]);
    }
}
END_TEST

/* --- incidents --- */

START_TEST(two_batches_at_once_open_one_incident)
{
    hold_writer();
    make_unusual(client(1, 1), "auth", 0.9);
    make_unusual(client(2, 1), "auth", 0.95);
    start_queued(&clients[1], 0);
    start_queued(&clients[2], 1);
    let_writer_go();
    finish_client(&clients[1]);
    finish_client(&clients[2]);
    struct incidents in = incidents();
    ck_assert_uint_eq(in.n, 1);
    ck_assert_int_eq(in.all[0].count, 2);
    ck_assert(in.all[0].severity >= 0.95 && in.all[0].severity <= 0.95);
    ck_assert_int_eq(clients[1].job.incident_id, in.all[0].id);
    ck_assert_int_eq(clients[2].job.incident_id, in.all[0].id);
    ck_assert_str_eq(in.summary[0], "auth: 9 failed logins in 9 records");
}
END_TEST

START_TEST(a_batch_knows_its_incident)
{
    struct store_mem_batch b;
    struct client *c = client(0, 1);
    make_unusual(c, "auth", 0.9);
    start(c);
    finish_client(c);
    ck_assert(store_mem_batch(store, 0, &b));
    ck_assert_int_eq(b.incident_id, c->job.incident_id);
    ck_assert(b.scored && b.score >= 0.9 && b.score <= 0.9);
}
END_TEST

START_TEST(a_score_of_just_the_threshold_makes_no_incident)
{
    struct client *c = client(0, 1);
    make_unusual(c, "auth", 0.8);
    start(c);
    finish_client(c);
    assert_stored(c);
    ck_assert_int_eq(c->job.incident_id, 0);
    ck_assert_uint_eq(incidents().n, 0);
}
END_TEST

START_TEST(an_unscored_batch_is_stored_without_an_incident)
{
    struct store_mem_batch b;
    struct client *c = client(0, 2);
    c->job.verdict = NULL;
    c->job.scorer = "unavailable";
    start(c);
    finish_client(c);
    assert_stored(c);
    ck_assert(store_mem_batch(store, 0, &b));
    ck_assert(!b.scored);
    ck_assert_str_eq(b.scorer, "unavailable");
}
END_TEST

START_TEST(a_minute_that_was_told_before_is_not_counted_again)
{
    for (size_t i = 0; i < 3; i++) {
        struct client *c = client(i, 0);
        make_unusual(c, "auth", 0.9 + 0.01 * (double)i);
        c->job.records = NULL;
        c->job.counted_before = i > 0;
        start(c);
        finish_client(c);
        ck_assert_int_eq(c->job.incident_id, 1);
    }
    struct incidents in = incidents();
    ck_assert_uint_eq(in.n, 1);
    ck_assert_int_eq(in.all[0].count, 1);
    ck_assert(in.all[0].severity > 0.91);
}
END_TEST

static const int64_t first_and_third[] = {0, 2};

/* Its strongest reason points to records of the batch. */
static void point_to_records(struct client *c)
{
    c->verdict.reasons[0].records = first_and_third;
    c->verdict.reasons[0].records_n = 2;
    c->verdict.reasons[0].records_total = 2;
}

START_TEST(an_incidents_reasons_name_its_records_in_the_store)
{
    hold_writer(); /* one record */
    for (size_t i = 1; i <= 2; i++) {
        struct client *c = client(i, 3);
        make_unusual(c, i == 1 ? "auth" : "web", 0.9);
        point_to_records(c);
        start_queued(c, i - 1);
    }
    let_writer_go();
    finish_client(&clients[1]);
    finish_client(&clients[2]);
    assert_stored(&clients[1]);
    assert_stored(&clients[2]);
    struct incidents in = incidents();
    ck_assert_uint_eq(in.n, 2);
    ck_assert_ptr_nonnull(strstr(in.reasons[1], "\"log_ids\":[2,4],\"records_total\":2"));
    ck_assert_ptr_nonnull(strstr(in.reasons[0], "\"log_ids\":[5,7],\"records_total\":2"));
}
END_TEST

/* The first of the group fails, so the others are tried again, with other ids. */
START_TEST(records_are_named_by_the_ids_that_they_have_in_the_end)
{
    hold_writer();
    start_queued(client(1, 3), 0);
    store_mem_refuse(store, STR("s1"), ERR_DOWN);
    struct client *c = client(2, 3);
    make_unusual(c, "auth", 0.9);
    point_to_records(c);
    start_queued(c, 1);
    let_writer_go();
    finish_client(&clients[1]);
    finish_client(c);
    assert_stored(c);
    ck_assert_int_eq(c->job.ids.first_log_id, 2);
    ck_assert_ptr_nonnull(strstr(incidents().reasons[0], "\"log_ids\":[2,4]"));
}
END_TEST

/* Client i tells a window of the service at at_us; its incident. */
static int64_t tell_window(size_t i, int64_t at_us, double score)
{
    struct client *c = client(i, 0);
    make_unusual(c, "auth", score);
    c->job.records = NULL;
    c->features.latest_us = c->features.from_us = at_us;
    start(c);
    finish_client(c);
    ck_assert(!c->code);
    return c->job.incident_id;
}

START_TEST(a_window_that_is_told_again_changes_nothing)
{
    tell_window(0, 1000, 0.9);
    tell_window(1, 5000, 0.85);
    for (size_t i = 2; i < 8; i += 2) { /* as after kill -9 */
        ck_assert_int_eq(tell_window(i, 1000, 0.9), 1);
        ck_assert_int_eq(tell_window(i + 1, 5000, 0.85), 1);
    }
    struct incidents in = incidents();
    ck_assert_uint_eq(in.n, 1);
    ck_assert_int_eq(in.all[0].count, 2);
    ck_assert(in.all[0].first_us == 1000 && in.all[0].last_us == 5000);
    tell_window(8, 3000, 0.95); /* worse: not the same */
    ck_assert_int_eq(incidents().all[0].count, 3);
}
END_TEST

/* --- new templates --- */

#define HOUR_US (60 * CLOCK_MINUTE_US)

/* A batch at at_us with these new templates (0: none), strongest in channel; its incident.
 * A client is used once: i counts them. */
static int64_t come(enum channel channel, int64_t at_us, uint64_t first, uint64_t second)
{
    static size_t i;
    struct client *c = client(i++, 1);
    make_unusual(c, "web", 0.9);
    struct reason *r = &c->verdict.reasons[0];
    r->channel = channel;
    r->template_id = first;
    snprintf(r->template_text, sizeof r->template_text, "text %llx",
             (unsigned long long)first);
    c->verdict.new_templates[0] = first;
    c->verdict.new_templates[1] = second;
    c->verdict.new_templates_n = (size_t)(first != 0) + (second != 0);
    c->features.latest_us = c->features.from_us = at_us;
    start(c);
    finish_client(c);
    ck_assert(!c->code);
    return c->job.incident_id;
}

START_TEST(new_templates_within_half_an_hour_are_one_incident_with_a_list)
{
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, 0, 1, 0), 1);
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, HOUR_US / 2, 2, 3), 1);
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, HOUR_US + 1, 4, 0), 2);
    struct incidents in = incidents();
    ck_assert_uint_eq(in.n, 2);
    ck_assert_str_eq(in.templates[1],
                     "[{\"id\":\"t1\",\"text\":\"text 1\"},{\"id\":\"t2\",\"text\":"
                     "\"text 2\"},{\"id\":\"t3\",\"text\":null}]");
    ck_assert_int_eq(in.templates_n[1], 3);
    ck_assert_int_eq(in.templates_n[0], 1);
    ck_assert_int_eq(in.all[1].count, 2);
}
END_TEST

START_TEST(a_new_template_that_comes_again_within_a_day_extends_its_incident)
{
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, 0, 1, 2), 1);
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, 3 * HOUR_US, 3, 0), 2);
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, 3 * HOUR_US + 1, 4, 2), 1);
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, 6 * HOUR_US, 5, 1), 1);
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, 29 * HOUR_US, 5, 0), 1);
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, 53 * HOUR_US, 5, 0), 1); /* just a day */
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, 77 * HOUR_US + 1, 5, 0), 3);
}
END_TEST

START_TEST(it_does_so_whatever_else_is_in_the_batch)
{
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, 0, 1, 0), 1);
    ck_assert_int_eq(come(CHANNEL_COMBINATION, 2 * HOUR_US, 1, 0), 1);
    /* and what it came with is known, too, for half an hour */
    ck_assert_int_eq(come(CHANNEL_COMBINATION, 2 * HOUR_US + 1, 0, 0), 1);
    ck_assert_int_eq(come(CHANNEL_COMBINATION, 5 * HOUR_US, 0, 0), 2);
    ck_assert_int_eq(come(CHANNEL_FAILED_LOGINS, 5 * HOUR_US, 1, 0), 3); /* an attack */
    ck_assert_int_eq(come(CHANNEL_NEW_TEMPLATE, 6 * HOUR_US, 1, 0), 1);
}
END_TEST

START_TEST(an_incident_of_a_batch_that_fails_is_not_stored)
{
    struct client *c = client(0, 1);
    make_unusual(c, "auth", 0.9);
    /* begin, find twice, put, add_occurrence, add_history, add_batch */
    store_mem_fail(store, 7, ERR_DOWN, false);
    start(c);
    finish_client(c);
    assert_refused(c, ERR_DOWN);
    ck_assert_uint_eq(incidents().n, 0);
}
END_TEST

/* --- end --- */

/* --- the life of an incident --- */

static struct {
    char events[256];
    size_t n;
} told;

static void take_event(void *arg, const struct store_history *h)
{
    (void)arg;
    size_t used = strlen(told.events);
    snprintf(told.events + used, sizeof told.events - used, "%s%.*s", told.n++ ? " " : "",
             STR_ARGS(h->event));
    ck_assert_int_eq(h->at_us, 1000); /* our clock, not the events' */
}

static const char *history_of(int64_t id)
{
    struct err e;
    told.events[0] = '\0';
    told.n = 0;
    ck_assert(!store_list_history(store, id, take_event, NULL, &e));
    return told.events;
}

static void say(int64_t id, enum incident_status status, int64_t muted_until_us)
{
    struct err e;
    struct store *editor = store_mem_editor(store);
    struct store_incident_life l = {
        .incident_id = id, .status = status, .muted_until_us = muted_until_us};
    ck_assert(!store_begin(editor, INT64_MAX, &e));
    ck_assert(!store_put_life(editor, &l, &e));
    ck_assert(!store_commit(editor, &e));
    store_close(editor);
}

static struct incident incident(int64_t id)
{
    struct incidents in = incidents();
    ck_assert_int_le(id, (int64_t)in.n);
    return in.all[in.n - (size_t)id]; /* newest first */
}

#define DAY_US (24 * HOUR_US)

START_TEST(a_resolved_incident_comes_back_as_a_regression)
{
    ck_assert_int_eq(come(CHANNEL_VOLUME, 0, 0, 0), 1);
    say(1, INCIDENT_STATUS_RESOLVED, 0);
    ck_assert_int_eq(come(CHANNEL_VOLUME, 29 * DAY_US, 0, 0), 1);
    ck_assert_int_eq(incident(1).status, INCIDENT_STATUS_OPEN);
    ck_assert_int_eq(incident(1).regressions, 1);
    ck_assert_int_eq(incident(1).count, 2);
    ck_assert_str_eq(history_of(1), "opened regression");
    say(1, INCIDENT_STATUS_RESOLVED, 0);
    ck_assert_int_eq(come(CHANNEL_VOLUME, 59 * DAY_US + 1, 0, 0), 2);
    ck_assert_int_eq(incident(1).status, INCIDENT_STATUS_RESOLVED);
    ck_assert_str_eq(history_of(2), "opened");
}
END_TEST

START_TEST(an_acknowledged_incident_takes_more_for_days)
{
    ck_assert_int_eq(come(CHANNEL_VOLUME, 0, 0, 0), 1);
    say(1, INCIDENT_STATUS_ACKNOWLEDGED, 0);
    ck_assert_int_eq(come(CHANNEL_VOLUME, 6 * DAY_US, 0, 0), 1);
    ck_assert_int_eq(come(CHANNEL_VOLUME, 13 * DAY_US, 0, 0), 1);
    ck_assert_int_eq(incident(1).status, INCIDENT_STATUS_ACKNOWLEDGED);
    ck_assert_int_eq(come(CHANNEL_VOLUME, 20 * DAY_US + 1, 0, 0), 2);
    ck_assert_str_eq(history_of(1), "opened");
}
END_TEST

START_TEST(a_muted_incident_takes_all_until_the_mute_ends)
{
    ck_assert_int_eq(come(CHANNEL_VOLUME, 0, 0, 0), 1);
    say(1, INCIDENT_STATUS_OPEN, 1001); /* now is 1000 */
    ck_assert_int_eq(come(CHANNEL_VOLUME, 99 * DAY_US, 0, 0), 1);
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(come(CHANNEL_VOLUME, 99 * DAY_US, 0, 0), 1);
    }
    ck_assert_str_eq(history_of(1), "opened");
    say(1, INCIDENT_STATUS_OPEN, 1000); /* has just ended */
    ck_assert_int_eq(come(CHANNEL_VOLUME, 99 * DAY_US, 0, 0), 1);
    ck_assert_str_eq(history_of(1), "opened worse");
    ck_assert_int_eq(come(CHANNEL_VOLUME, 100 * DAY_US, 0, 0), 2);
}
END_TEST

/* The newest one under the key decides: an older one that was acknowledged takes nothing. */
START_TEST(the_newest_incident_of_the_key_decides)
{
    ck_assert_int_eq(come(CHANNEL_VOLUME, 0, 0, 0), 1);
    ck_assert_int_eq(come(CHANNEL_VOLUME, HOUR_US, 0, 0), 2);
    say(1, INCIDENT_STATUS_ACKNOWLEDGED, 0);
    ck_assert_int_eq(come(CHANNEL_VOLUME, 2 * HOUR_US, 0, 0), 3);
    say(3, INCIDENT_STATUS_ACKNOWLEDGED, 0);
    ck_assert_int_eq(come(CHANNEL_VOLUME, 3 * HOUR_US, 0, 0), 3);
}
END_TEST

START_TEST(occurrences_are_counted_where_they_came)
{
    struct err e;
    struct occurrences list[OCCURRENCES_MAX];
    size_t n;
    int64_t width_us;
    tell_window(0, 0, 0.9);
    tell_window(1, 30 * CLOCK_SECOND_US, 0.95);
    tell_window(2, 90 * CLOCK_SECOND_US, 0.85);
    tell_window(3, 10 * CLOCK_SECOND_US, 0.85); /* told before */
    ck_assert(!store_list_occurrences(store, 1, list, &n, &width_us, &e));
    ck_assert_uint_eq(n, 2);
    ck_assert(list[0].at_us == 0 && list[0].count == 2 && list[0].severity == 0.95);
    ck_assert(list[1].at_us == CLOCK_MINUTE_US && list[1].count == 1);
}
END_TEST

/* --- lanes --- */

static struct {
    char text[1024];
} lanes;

static void take_lane(void *arg, const struct store_lane *l)
{
    (void)arg;
    size_t used = strlen(lanes.text);
    snprintf(lanes.text + used, sizeof lanes.text - used, "%lld %.*s %lld %lld %g\n",
             (long long)l->bucket, STR_ARGS(l->service), (long long)l->records,
             (long long)l->last_us, l->score);
}

static const char *lanes_text(void)
{
    struct err e;
    lanes.text[0] = '\0';
    ck_assert(!store_list_lanes(store, 0, INT64_MAX, take_lane, NULL, &e));
    return lanes.text;
}

START_TEST(a_group_adds_one_row_a_service_and_ten_minutes)
{
    hold_writer(); /* its one record is of s0 */
    for (size_t i = 1; i <= 4; i++) {
        struct client *c = client(i, 2);
        snprintf(c->service, sizeof c->service, "s%zu", i % 2);
        c->records[0].service = c->records[1].service = str_of(c->service);
        c->verdict.score = 0.1 * (double)i;
        c->verdict.service = str_of(c->service);
        start_queued(c, i - 1);
    }
    size_t calls = store_mem_calls(store);
    let_writer_go();
    for (size_t i = 1; i <= 4; i++) {
        finish_client(&clients[i]);
    }
    ck_assert_uint_eq(store_mem_calls(store) - calls, 1 + 1 + 4 + 2);
    ck_assert_str_eq(lanes_text(), "0 s0 5 1000 0.4\n0 s1 4 1000 0.3\n");
}
END_TEST

START_TEST(lanes_go_by_the_events_time_but_not_past_our_clock)
{
    struct client *c = client(0, 4);
    c->job.now_us = 25 * CLOCK_MINUTE_US;
    c->records[0].event_us = 10 * CLOCK_MINUTE_US - 1;
    c->records[1].event_us = 10 * CLOCK_MINUTE_US;
    c->records[2].event_us = 99 * CLOCK_MINUTE_US;
    c->records[3].event_us = -5;
    c->job.verdict = NULL;
    start(c);
    finish_client(c);
    ck_assert_str_eq(lanes_text(), "0 s0 2 599999999 -1\n1 s0 1 600000000 -1\n"
                                   "2 s0 1 1500000000 -1\n");
}
END_TEST

START_TEST(the_score_goes_where_the_reasons_point)
{
    struct client *c = client(0, 3);
    static const int64_t named[] = {1, 2}; /* the other one was odd, too, but less so */
    c->job.now_us = 60 * CLOCK_MINUTE_US;
    c->records[1].event_us = 15 * CLOCK_MINUTE_US;
    c->records[2].event_us = 15 * CLOCK_MINUTE_US;
    c->records[2].service = STR("other");
    make_unusual(c, "s0", 0.9);
    c->verdict.reasons[0].records = named;
    c->verdict.reasons[0].records_n = 2;
    start(c);
    finish_client(c);
    ck_assert_str_eq(lanes_text(), "0 s0 1 1000 0\n1 other 1 900000000 0\n"
                                   "1 s0 1 900000000 0.9\n");
}
END_TEST

START_TEST(a_window_gives_its_service_a_score_and_no_records)
{
    tell_window(0, 700 * CLOCK_SECOND_US, 0.9);
    const char *name = strchr(lanes_text() + 2, ' ');
    ck_assert_ptr_nonnull(name);
    ck_assert_str_eq(name, " 0 1000 0.9\n"); /* at our clock: it is before the event */
}
END_TEST

START_TEST(lanes_of_a_batch_that_fails_are_not_counted)
{
    store_mem_fail(store, 2, ERR_DOWN, false); /* begin, add_batch */
    struct client *c = client(0, 1);
    start(c);
    finish_client(c);
    ck_assert_str_eq(lanes_text(), "");
    c = client(1, 1);
    start(c);
    finish_client(c);
    ck_assert_str_eq(lanes_text(), "0 s1 1 1000 0\n");
}
END_TEST

static void count_records(void *arg, const struct store_lane *l)
{
    int64_t *n = arg;
    *n += l->records;
}

/* More services and times than are counted at once: none is lost. */
START_TEST(more_lanes_than_are_counted_at_once_go_to_the_store_in_parts)
{
    static char names[LANE_COUNTS_MAX + 1][8];
    struct err e;
    int64_t n = 0;
    struct client *c = client(0, 1);
    struct record *records = calloc(LANE_COUNTS_MAX + 1, sizeof *records);
    ck_assert_ptr_nonnull(records);
    for (size_t i = 0; i <= LANE_COUNTS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "n%zu", i / 2);
        records[i] = (struct record){.service = str_of(names[i]),
                                     .event_us = (int64_t)(i % 2) *
                                                 LANE_BUCKET_US}; /* two times for each */
    }
    c->job.records = records;
    c->job.n = LANE_COUNTS_MAX + 1;
    c->job.now_us = LANE_BUCKET_US;
    size_t calls = store_mem_calls(store);
    start(c);
    finish_client(c);
    ck_assert(!c->code);
    ck_assert_uint_eq(store_mem_calls(store) - calls, 5); /* lanes twice */
    ck_assert(!store_list_lanes(store, 0, 9, count_records, &n, &e));
    ck_assert_int_eq(n, LANE_COUNTS_MAX + 1);
    free(records);
}
END_TEST

static void *stop_main(void *arg)
{
    (void)arg;
    writer_stop(writer);
    return NULL;
}

static bool is_stopping(void)
{
    pthread_mutex_lock(&writer->lock);
    bool stopping = writer->stopping;
    pthread_mutex_unlock(&writer->lock);
    return stopping;
}

START_TEST(stop_finishes_what_was_submitted)
{
    enum { N = 6 };
    pthread_t stopper;
    hold_writer();
    for (size_t i = 1; i <= N; i++) {
        start_queued(client(i, 2), i - 1);
    }
    ck_assert_int_eq(pthread_create(&stopper, NULL, stop_main, NULL), 0);
    while (!is_stopping()) {
        sched_yield();
    }
    let_writer_go();
    ck_assert_int_eq(pthread_join(stopper, NULL), 0);
    writer = NULL;
    for (size_t i = 1; i <= N; i++) {
        finish_client(&clients[i]);
        assert_stored(&clients[i]);
    }
}
END_TEST

START_TEST(stopping_an_idle_writer_or_none_is_allowed)
{
    writer_stop(NULL);
} /* tear_down stops the idle one */
END_TEST

/* --- imported parts of files --- */

static void assert_left_alone(struct client *c, enum store_import_state why)
{
    ck_assert_msg(!c->code, "%s: %s", c->service, c->e.msg);
    ck_assert_int_eq(c->job.import_state, why);
    ck_assert_int_eq(c->job.incident_id, 0);
    ck_assert_uint_eq(stored_of(c->service), 0);
    ck_assert_uint_eq(times_learned(&c->job), 0);
}

START_TEST(a_part_that_comes_twice_in_one_group_is_stored_once)
{
    struct store_import parts[3];
    hold_writer();
    for (size_t i = 1; i <= 3; i++) {
        struct client *c = client(i, 2);
        make_unusual(c, "auth", 0.9);
        make_import(c, &parts[i - 1], i == 3 ? 'b' : 'a');
        start_queued(c, i - 1);
    }
    let_writer_go();
    for (size_t i = 1; i <= 3; i++) {
        finish_client(&clients[i]);
    }
    assert_stored(&clients[1]);
    ck_assert_int_eq(clients[1].job.import_state, IMPORT_ADDED);
    assert_left_alone(&clients[2], IMPORT_KNOWN);
    assert_left_alone(&clients[3], IMPORT_OVERTAKEN);
    struct incidents in = incidents();
    ck_assert_uint_eq(in.n, 1);
    ck_assert_int_eq(in.all[0].count, 1);
}
END_TEST

START_TEST(a_part_whose_records_fail_is_not_known)
{
    struct store_import part;
    struct client *c = client(0, 2);
    make_import(c, &part, 'a');
    store_mem_fail(store, 3, ERR_FULL, false); /* begin, add_import, add_batch */
    start(c);
    finish_client(c);
    assert_refused(c, ERR_FULL);
    c = client(1, 2);
    make_import(c, &part, 'a');
    start(c);
    finish_client(c);
    assert_stored(c);
    ck_assert_int_eq(c->job.import_state, IMPORT_ADDED);
}
END_TEST

/* --- requests that come again --- */

static void print_reply(void *arg, struct buf *reply)
{
    struct client *c = arg;
    c->printed++;
    buf_fmt(reply, "{\"first\":%d,\"incident\":%d}", (int)c->job.ids.first_log_id,
            (int)c->job.incident_id);
}

/* The client's request has this key, and a digest of this letter. */
static void give_key(struct client *c, const char *key, char digest)
{
    c->receipt = (struct write_receipt){
        .row = {.scope = STR(""), .key = str_of(key), .received_us = 1000},
        .print = print_reply,
        .arg = c,
        .reply = &c->reply};
    memset(c->receipt.row.digest, digest, RECEIPT_DIGEST_BYTES);
    c->printed = 0;
    buf_free(&c->reply);
    buf_init(&c->reply, RECEIPT_REPLY_BYTES_MAX);
    c->job.receipt = &c->receipt;
}

static void run(struct client *c)
{
    start(c);
    finish_client(c);
}

static void assert_reply(const struct client *c, const char *want)
{
    ck_assert_msg(str_eq(buf_view(&c->reply), str_of(want)), "%.*s",
                  STR_ARGS(buf_view(&c->reply)));
}

static void assert_not_stored_again(struct client *c, enum store_receipt_state state)
{
    ck_assert_msg(!c->code, "%s: %s", c->service, c->e.msg);
    ck_assert_int_eq(c->receipt.state, state);
    ck_assert_int_eq(c->printed, 0);
    ck_assert_uint_eq(stored_of(c->service), 0);
    ck_assert_uint_eq(times_learned(&c->job), 0);
}

START_TEST(a_request_that_comes_again_is_answered_as_before_and_not_stored)
{
    struct client *first = client(0, 2), *again = client(1, 2), *other = client(2, 2);
    make_unusual(first, "auth", 0.9);
    make_unusual(again, "auth", 0.9);
    give_key(first, "k", 'd');
    give_key(again, "k", 'd');
    give_key(other, "k", 'x');
    run(first);
    assert_stored(first);
    ck_assert_int_eq(first->receipt.state, RECEIPT_NONE);
    assert_reply(first, "{\"first\":1,\"incident\":1}");
    run(again);
    assert_not_stored_again(again, RECEIPT_SAME);
    assert_reply(again, "{\"first\":1,\"incident\":1}");
    run(other);
    assert_not_stored_again(other, RECEIPT_OTHER);
    ck_assert_int_eq(incidents().all[0].count, 1);
    ck_assert_uint_eq(store_mem_logs_n(store), 2);
}
END_TEST

START_TEST(of_two_that_wait_in_one_group_one_is_stored)
{
    hold_writer();
    for (size_t i = 1; i <= 3; i++) {
        give_key(client(i, 2), "k", i == 3 ? 'x' : 'd');
        start_queued(&clients[i], i - 1);
    }
    size_t calls = store_mem_calls(store);
    let_writer_go();
    for (size_t i = 1; i <= 3; i++) {
        finish_client(&clients[i]);
    }
    assert_stored(&clients[1]);
    assert_not_stored_again(&clients[2], RECEIPT_SAME);
    assert_reply(&clients[2], "{\"first\":2,\"incident\":0}");
    assert_not_stored_again(&clients[3], RECEIPT_OTHER);
    /* the first one's commit; begin, 3 find, batch, receipt, lanes, commit */
    ck_assert_uint_eq(store_mem_calls(store) - calls, 1 + 1 + 3 + 4);
}
END_TEST

START_TEST(what_fails_leaves_no_receipt)
{
    struct client *c = client(0, 2);
    give_key(c, "k", 'd');
    store_mem_fail(store, 5, ERR_FULL, false); /* begin, find, batch, receipt, lanes */
    run(c);
    assert_refused(c, ERR_FULL);
    c = client(1, 2);
    give_key(c, "k", 'd');
    run(c);
    assert_stored(c);
    ck_assert_int_eq(c->receipt.state, RECEIPT_NONE);
    assert_reply(c, "{\"first\":1,\"incident\":0}");
}
END_TEST

START_TEST(a_reply_is_printed_anew_when_its_group_failed)
{
    hold_writer();
    give_key(client(1, 2), "a", 'd');
    give_key(client(2, 2), "b", 'd');
    start_queued(&clients[1], 0);
    start_queued(&clients[2], 1);
    store_mem_fail(store, 1 + 1 + 3 + 2, ERR_FULL,
                   false); /* the second one's batch ... */
    let_writer_go();
    finish_client(&clients[1]);
    finish_client(&clients[2]);
    assert_stored(&clients[1]); /* ... and alone they succeed */
    assert_stored(&clients[2]);
    ck_assert_int_eq(clients[1].printed, 2);
    assert_reply(&clients[1], "{\"first\":2,\"incident\":0}");
    assert_reply(&clients[2], "{\"first\":4,\"incident\":0}");
}
END_TEST

START_TEST(an_empty_batch_has_a_receipt_too)
{
    struct client *c = client(0, 0), *again = client(1, 3);
    c->job.records = NULL;
    c->job.verdict = NULL;
    give_key(c, "k", 'd');
    give_key(again, "k", 'x');
    run(c);
    ck_assert_int_eq(c->code, ERR_NONE);
    ck_assert_int_eq(c->printed, 1);
    run(again);
    assert_not_stored_again(again, RECEIPT_OTHER);
    ck_assert_uint_eq(store_mem_batches_n(store), 0);
}
END_TEST

START_TEST(a_reply_for_which_there_is_no_room_stores_nothing)
{
    struct client *c = client(0, 2);
    give_key(c, "k", 'd');
    buf_init(&c->reply, 4);
    run(c);
    assert_refused(c, ERR_NOMEM);
}
END_TEST

/* --- the suite --- */

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return tc;
}

static void add_group_tests(Suite *s)
{
    TCase *tc = add_case(s, "group");
    tcase_add_test(tc, a_job_is_stored_and_then_learned);
    tcase_add_test(tc, what_waits_during_a_commit_is_stored_in_one_transaction);
    tcase_add_test(tc, nobody_is_answered_before_the_commit);
    tcase_add_test(tc, batches_are_learned_in_the_order_of_their_commits);
    tcase_add_test(tc, threads_without_any_order_all_get_their_own_answer);
    tcase_add_test(tc, a_minute_without_records_stores_an_incident_and_no_batch);
    tcase_add_test(tc, a_job_apart_makes_its_own_transactions_between_the_groups);
    tcase_add_test(tc, a_job_apart_that_fails_says_so_and_costs_nobody_anything);
    tcase_add_test(tc, a_group_has_at_most_so_many_jobs);
    tcase_add_loop_test(tc, a_group_has_at_most_so_many_records, 0,
                        sizeof sizes / sizeof sizes[0]);
}

static void add_fault_tests(Suite *s)
{
    TCase *tc = add_case(s, "faults");
    tcase_add_loop_test(tc, whichever_call_fails_every_job_gets_a_truthful_answer, 0,
                        2 * CODES_N);
    tcase_add_test(tc, a_failing_call_that_does_not_come_again_costs_nobody_his_batch);
    tcase_add_test(tc, a_bad_batch_does_not_take_the_others_of_its_group_with_it);
    tcase_add_test(tc, a_failed_commit_of_unknown_outcome_is_not_tried_again);
    tcase_add_test(tc, nothing_is_learned_when_the_commit_fails);
    tcase_add_test(
        tc, what_holds_no_records_is_stored_on_a_full_disk_whatever_waits_beside_it);
    tc = add_case(s, "busy");
    tcase_add_test(tc, a_job_is_refused_when_its_time_is_up);
    tcase_add_test(tc, a_job_waits_as_long_as_it_may);
    tcase_add_loop_test(tc, a_busy_store_refuses_those_whose_time_is_up_and_no_others, 0,
                        sizeof busy / sizeof busy[0]);
    tcase_add_test(tc, busy_before_the_deadline_is_tried_again);
    tcase_add_test(tc, jobs_tried_one_by_one_still_wait_only_as_long_as_they_may);
    tcase_add_test(tc, jobs_tried_one_by_one_are_stored_when_the_store_is_free_again);
}

static void add_other_tests(Suite *s)
{
    TCase *tc = add_case(s, "incidents");
    tcase_add_test(tc, two_batches_at_once_open_one_incident);
    tcase_add_test(tc, a_batch_knows_its_incident);
    tcase_add_test(tc, a_score_of_just_the_threshold_makes_no_incident);
    tcase_add_test(tc, an_unscored_batch_is_stored_without_an_incident);
    tcase_add_test(tc, a_minute_that_was_told_before_is_not_counted_again);
    tcase_add_test(tc, an_incident_of_a_batch_that_fails_is_not_stored);
    tcase_add_test(tc, an_incidents_reasons_name_its_records_in_the_store);
    tcase_add_test(tc, records_are_named_by_the_ids_that_they_have_in_the_end);
    tcase_add_test(tc, a_window_that_is_told_again_changes_nothing);
    tcase_add_test(tc, new_templates_within_half_an_hour_are_one_incident_with_a_list);
    tcase_add_test(tc, a_new_template_that_comes_again_within_a_day_extends_its_incident);
    tcase_add_test(tc, it_does_so_whatever_else_is_in_the_batch);
    tc = add_case(s, "life");
    tcase_add_test(tc, a_resolved_incident_comes_back_as_a_regression);
    tcase_add_test(tc, an_acknowledged_incident_takes_more_for_days);
    tcase_add_test(tc, a_muted_incident_takes_all_until_the_mute_ends);
    tcase_add_test(tc, the_newest_incident_of_the_key_decides);
    tcase_add_test(tc, occurrences_are_counted_where_they_came);
    tc = add_case(s, "lanes");
    tcase_add_test(tc, a_group_adds_one_row_a_service_and_ten_minutes);
    tcase_add_test(tc, lanes_go_by_the_events_time_but_not_past_our_clock);
    tcase_add_test(tc, the_score_goes_where_the_reasons_point);
    tcase_add_test(tc, a_window_gives_its_service_a_score_and_no_records);
    tcase_add_test(tc, lanes_of_a_batch_that_fails_are_not_counted);
    tcase_add_test(tc, more_lanes_than_are_counted_at_once_go_to_the_store_in_parts);
    tc = add_case(s, "imports");
    tcase_add_test(tc, a_part_that_comes_twice_in_one_group_is_stored_once);
    tcase_add_test(tc, a_part_whose_records_fail_is_not_known);
    tc = add_case(s, "receipts");
    tcase_add_test(tc, a_request_that_comes_again_is_answered_as_before_and_not_stored);
    tcase_add_test(tc, of_two_that_wait_in_one_group_one_is_stored);
    tcase_add_test(tc, what_fails_leaves_no_receipt);
    tcase_add_test(tc, a_reply_is_printed_anew_when_its_group_failed);
    tcase_add_test(tc, an_empty_batch_has_a_receipt_too);
    tcase_add_test(tc, a_reply_for_which_there_is_no_room_stores_nothing);
    tc = add_case(s, "end");
    tcase_add_test(tc, stop_finishes_what_was_submitted);
    tcase_add_test(tc, stopping_an_idle_writer_or_none_is_allowed);
}

int main(void)
{
    Suite *s = suite_create("writer");
    add_group_tests(s);
    add_fault_tests(s);
    add_other_tests(s);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
