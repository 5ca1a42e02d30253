/* test_notify_channel.c - what waits becomes messages, and messages are sent until they have
 * arrived: over the store in memory, a writer, a clock of the test and a sender that does as
 * it is told. */
#include "fcgi/jobs/notify_channel.h"

#include "sql/store_life.h"
#include "sql/store_read.h"
#include "tests/fake/store_mem.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

enum { SENT_MAX = 64, MAX = 5, FAILURES_MAX = 32 };
#define T0        (INT64_C(1800000000) * CLOCK_SECOND_US)
#define WINDOW_US (10 * CLOCK_MINUTE_US)
#define RETRY_US  (5 * CLOCK_SECOND_US)

struct sent {
    int64_t at_us, incident_id;
    enum notice_kind kind;
    char event_id[64], subject[512], body[8192], json[16384];
};

static struct store *store, *reader;
static struct writer *writer;
static struct notify_channel *channel;
static struct notify_channel_options options;
static struct err e;
static int64_t now_us, notices_n;
static struct sent sent[SENT_MAX];
static size_t sent_n;
static struct notify_result result; /* of the next sendings */
static int fails;                   /* so many fail with it, then all arrive; -1: all */

static int64_t clock_of_test(void)
{
    return now_us;
}

static void copy(char *out, size_t n, struct str s)
{
    ck_assert_uint_lt(s.n, n);
    snprintf(out, n, "%.*s", STR_ARGS(s));
}

static void send_letter(void *arg, const struct notify_letter *l, struct notify_result *r)
{
    (void)arg;
    ck_assert_uint_lt(sent_n, SENT_MAX);
    struct sent *s = &sent[sent_n++];
    *s = (struct sent){.at_us = now_us, .incident_id = l->incident_id, .kind = l->kind};
    copy(s->event_id, sizeof s->event_id, l->event_id);
    copy(s->subject, sizeof s->subject, l->subject);
    copy(s->body, sizeof s->body, l->body);
    copy(s->json, sizeof s->json, l->json);
    if (fails != 0) {
        fails -= fails > 0;
        *r = result;
    } else {
        r->end = NOTIFY_DELIVERED;
    }
}

static void learn(void *arg, const struct write_job *job)
{
    (void)arg;
    (void)job;
}

static void noticed(void *arg)
{
    (void)arg;
}

static void open_channel(void)
{
    ck_assert_msg(!notify_channel_open(&options, &channel, &e), "%s", e.msg);
}

static void set_up(void)
{
    struct writer_options w = {0.8, CLOCK_SECOND_US, learn, NULL, noticed, NULL};
    sent_n = 0;
    store = store_mem_open();
    reader = store_mem_reader(store);
    ck_assert(!writer_start(store, &w, &writer, &e));
    now_us = T0;
    options = (struct notify_channel_options){
        .name = "webhook",
        .reader = reader,
        .writer = writer,
        .self = {"box", "", "http://127.0.0.1:3000"},
        .send = send_letter,
        .max = MAX,
        .window_us = WINDOW_US,
        .retry_us = RETRY_US,
        .now = clock_of_test,
    };
    open_channel();
}

static void tear_down(void)
{
    notify_channel_close(channel);
    writer_stop(writer);
    store_close(reader);
    store_close(store);
}

/* --- doing --- */

static enum err_code submit(enum err_code (*fn)(void *, struct store *, struct err *),
                            void *arg)
{
    struct write_job job = {.also = fn, .also_arg = arg, .now_us = now_us};
    enum err_code code = writer_submit(writer, &job, &e);
    writer_wait_learned(&job);
    return code;
}

struct happening {
    int64_t incident_id; /* 0: a new one */
    enum notice_kind kind;
    double severity;
    int64_t at_us;
    const char *summary;
};

static enum err_code put_happening(void *arg, struct store *s, struct err *err)
{
    struct happening *h = arg;
    struct store_incident i = {
        .core = {.id = h->incident_id,
                 .first_us = h->at_us,
                 .last_us = h->at_us,
                 .count = 3,
                 .severity = h->severity},
        .detected_us = now_us,
        .threshold = 0.8,
        .key = STR("k"),
        .service = STR("auth"),
        .summary = str_of(h->summary),
        .features = STR("{\"reasons\":[\"one\",\"two\",\"three\"]}"),
        .reasons = STR("[{\"log_ids\":[1,2,3,4]}]"),
    };
    enum err_code code = store_put_incident(s, &i, &h->incident_id, err);
    struct store_notice n = {0,           h->incident_id, h->kind, now_us,
                             h->severity, h->at_us,       h->at_us};
    return code ? code : store_push_notice(s, &n, err);
}

static int64_t happen(enum notice_kind kind, int64_t incident_id, double severity)
{
    struct happening h = {incident_id, kind, severity, now_us, "auth: something odd"};
    ck_assert_msg(!submit(put_happening, &h), "%s", e.msg);
    notices_n++;
    return h.incident_id;
}

static void happen_many(int n)
{
    for (int i = 0; i < n; i++) {
        happen(NOTICE_NEW, 0, 0.9);
    }
}

static void step(void)
{
    ck_assert_msg(!notify_channel_step(channel, &e), "%s", e.msg);
}

static void all_fail(enum notify_end end, const char *error)
{
    result = (struct notify_result){.end = end};
    snprintf(result.error, sizeof result.error, "%s", error);
    fails = -1;
}

static struct store_channel state(void)
{
    struct store_channel c;
    ck_assert(!store_get_channel(reader, "webhook", 0, INT64_MAX, &c, &e));
    return c;
}

/* --- one message --- */

START_TEST(a_new_incident_is_told_once)
{
    int64_t id = happen(NOTICE_NEW, 0, 0.91);
    step();
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_int_eq(sent[0].kind, NOTICE_NEW);
    ck_assert_int_eq(sent[0].incident_id, id);
    ck_assert_uint_eq(strlen(sent[0].event_id), 32);
    ck_assert_str_eq(sent[0].subject, "auth: something odd (severity 0.91)");
    CHECK_HAS(sent[0].body, "- two\n- three\n");
    ck_assert_ptr_null(strstr(sent[0].body, "- one"));
    CHECK_HAS(sent[0].body, "http://127.0.0.1:3000/incidents/1\n");
    CHECK_HAS(sent[0].json, sent[0].event_id);
    ck_assert_int_eq(state().waiting, 0);
    ck_assert_int_eq(state().last_delivered_us, T0);
}
END_TEST

START_TEST(what_is_worse_or_back_is_told_in_its_own_words)
{
    int64_t id = happen(NOTICE_NEW, 0, 0.9);
    happen(NOTICE_WORSE, id, 0.99);
    happen(NOTICE_REGRESSION, id, 0.99);
    step();
    ck_assert_uint_eq(sent_n, 3);
    ck_assert_str_eq(sent[1].subject, "much worse: auth: something odd (severity 0.99)");
    ck_assert_str_eq(sent[2].subject,
                     "back after it was resolved: auth: something odd (severity 0.99)");
    ck_assert_str_ne(sent[1].event_id, sent[2].event_id);
}
END_TEST

static enum err_code add_lines(void *arg, struct store *s, struct err *err)
{
    struct record r[] = {
        {.timestamp = STR("t1"), .service = STR("auth"), .message = STR("first\x1b[31m")},
        {.timestamp = STR("t2"), .service = STR("auth"), .message = STR("second")},
        {.timestamp = STR("t3"), .service = STR("auth"), .message = STR("third")},
        {.timestamp = STR("t4"), .service = STR("auth"), .message = STR("fourth")},
    };
    struct store_batch b = {.records = r, .n = 4, .scorer = "x"};
    struct store_batch_ids ids;
    (void)arg;
    return store_add_batch(s, &b, &ids, err);
}

START_TEST(three_of_its_lines_are_shown)
{
    ck_assert(!submit(add_lines, NULL));
    happen(NOTICE_NEW, 0, 0.9);
    step();
    CHECK_HAS(sent[0].body, "  t1 auth: first\\x1b[31m\n  t2 auth: second\n");
    CHECK_HAS(sent[0].body, "third");
    ck_assert_ptr_null(strstr(sent[0].body, "fourth"));
}
END_TEST

/* --- storms --- */

START_TEST(as_many_as_are_allowed_come_one_by_one)
{
    happen_many(MAX);
    step();
    ck_assert_uint_eq(sent_n, MAX);
    for (size_t i = 0; i < MAX; i++) {
        ck_assert_int_eq(sent[i].kind, NOTICE_NEW);
    }
}
END_TEST

START_TEST(one_more_and_all_of_them_are_a_digest)
{
    happen_many(MAX + 1);
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_int_eq(sent[0].kind, NOTICE_DIGEST);
    ck_assert_str_eq(sent[0].subject, "6 incidents: 6 new");
    CHECK_HAS(sent[0].body, "- incident 1: auth: something odd (severity 0.90)\n");
    CHECK_HAS(sent[0].body, "- incident 6: ");
    CHECK_HAS(sent[0].json, "\"incidents\":6,");
}
END_TEST

START_TEST(the_rest_waits_for_the_end_of_the_window_and_is_counted)
{
    for (int i = 0; i < MAX; i++) {
        happen_many(1);
        step();
    }
    happen_many(3);
    step();
    now_us += WINDOW_US - 1;
    step();
    ck_assert_uint_eq(sent_n, MAX);
    now_us += 1;
    step();
    ck_assert_uint_gt(sent_n, MAX); /* the five are out of the window: three by three */
    ck_assert_uint_eq(sent_n, MAX + 3);
}
END_TEST

START_TEST(a_storm_is_few_messages_that_add_up)
{
    int64_t told = 0;
    for (int i = 0; i < 300; i++) {
        happen_many(1);
        now_us += CLOCK_SECOND_US;
        step();
    }
    ck_assert_uint_le(sent_n, MAX); /* in five minutes */
    now_us += WINDOW_US;
    step();
    ck_assert_uint_le(sent_n, MAX + 1);
    for (size_t i = 0; i < sent_n; i++) {
        int n = 0;
        told += sscanf(sent[i].subject, "%d incident", &n) == 1 ? n : 1;
    }
    ck_assert_int_eq(told, 300);
    CHECK_HAS(sent[sent_n - 1].body, "- and 275 more, less severe\n");
}
END_TEST

START_TEST(the_most_severe_are_named)
{
    happen_many(30);
    happen(NOTICE_NEW, 0, 0.999);
    step();
    CHECK_HAS(sent[0].body, "- incident 31: auth: something odd (severity 0.99)\n- inc");
    CHECK_HAS(sent[0].body, "- and 11 more, less severe\n");
}
END_TEST

START_TEST(an_incident_counts_once_in_a_digest)
{
    int64_t id = happen(NOTICE_NEW, 0, 0.9);
    happen(NOTICE_WORSE, id, 0.99);
    happen_many(MAX - 1);
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_str_eq(sent[0].subject, "5 incidents: 5 new, 1 much worse");
}
END_TEST

/* --- old news --- */

static void happen_old(int64_t days_ago)
{
    struct happening h = {0, NOTICE_OLD, 0.9,
                          now_us - days_ago * 24 * 60 * CLOCK_MINUTE_US, "old"};
    ck_assert(!submit(put_happening, &h));
}

START_TEST(old_news_is_one_message_when_the_import_is_through)
{
    happen_old(4);
    happen_old(9);
    step();
    now_us += NOTICE_QUIET_US - 1;
    step();
    ck_assert_uint_eq(sent_n, 0);
    happen_old(6); /* it goes on */
    now_us += NOTICE_QUIET_US - 1;
    step();
    ck_assert_uint_eq(sent_n, 0);
    now_us += 1;
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_int_eq(sent[0].kind, NOTICE_IMPORT);
    ck_assert_str_eq(sent[0].subject,
                     "import: 3 incidents in logs of 2027-01-06 to 2027-01-11");
    step();
    ck_assert_uint_eq(sent_n, 1);
}
END_TEST

START_TEST(a_long_import_is_told_of_in_between)
{
    for (int64_t us = 0; us < NOTICE_LAST_US; us += NOTICE_QUIET_US / 2) {
        ck_assert_uint_eq(sent_n, 0);
        happen_old(4);
        now_us += NOTICE_QUIET_US / 2;
        step();
    }
    ck_assert_uint_eq(sent_n, 1);
}
END_TEST

START_TEST(new_ones_do_not_wait_for_an_import)
{
    happen_old(4);
    happen(NOTICE_NEW, 0, 0.9);
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_int_eq(sent[0].kind, NOTICE_NEW);
    now_us += NOTICE_QUIET_US;
    step();
    ck_assert_uint_eq(sent_n, 2);
    ck_assert_int_eq(sent[1].kind, NOTICE_IMPORT);
}
END_TEST

START_TEST(an_import_says_what_came_back_and_what_is_worse)
{
    happen_old(9);
    happen_old(9);
    happen(NOTICE_OLD_REGRESSION, 1, 0.9);
    happen(NOTICE_OLD_WORSE, 2, 0.99);
    happen(NOTICE_OLD_WORSE, 0, 0.99);
    now_us += NOTICE_QUIET_US;
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_str_eq(sent[0].subject,
                     "import: 3 incidents in logs of 2027-01-06 to 2027-01-15: "
                     "2 new, 1 back after being resolved, 2 much worse");
    CHECK_HAS(sent[0].json, "\"new\":2,\"regressions\":1,\"worse\":2,");
}
END_TEST

/* --- when it fails --- */

START_TEST(a_receiver_that_is_away_gets_it_once_it_is_back)
{
    happen(NOTICE_NEW, 0, 0.9);
    all_fail(NOTIFY_LATER, "away");
    step();
    step();
    ck_assert_uint_eq(sent_n, 1); /* not at once again */
    ck_assert_int_eq(state().waiting, 1);
    ck_assert_str_eq(state().last_error, "away");
    fails = 0;
    now_us += RETRY_US * 8 / 10 - 1;
    step();
    ck_assert_uint_eq(sent_n, 1);
    now_us += RETRY_US * 4 / 10 + 1;
    step();
    step();
    ck_assert_uint_eq(sent_n, 2);
    ck_assert_str_eq(sent[0].event_id, sent[1].event_id);
    ck_assert_str_eq(sent[0].json, sent[1].json);
    ck_assert_int_eq(state().waiting, 0);
}
END_TEST

START_TEST(it_is_left_alone_as_long_as_it_asks)
{
    happen(NOTICE_NEW, 0, 0.9);
    all_fail(NOTIFY_LATER, "busy");
    result.asked_s = 100;
    step();
    fails = 0;
    now_us += 100 * CLOCK_SECOND_US - 1;
    step();
    ck_assert_uint_eq(sent_n, 1);
    now_us += 1;
    step();
    ck_assert_uint_eq(sent_n, 2);
}
END_TEST

START_TEST(after_three_days_it_is_undeliverable)
{
    happen(NOTICE_NEW, 0, 0.9);
    all_fail(NOTIFY_LATER, "away");
    while (state().undeliverable == 0) {
        step();
        if (state().undeliverable == 0) {
            now_us = state().next_us;
        }
        ck_assert_int_le(now_us, T0 + NOTICE_GIVE_UP_US);
        sent_n = sent_n > 32 ? 32 : sent_n; /* about 290 tries */
    }
    ck_assert_int_gt(now_us, T0 + NOTICE_GIVE_UP_US - 2 * NOTICE_RETRY_MAX_US);
    ck_assert_int_eq(state().waiting, 0);
    fails = 0;
    sent_n = 0;
    now_us += WINDOW_US;
    step();
    ck_assert_uint_eq(sent_n, 0);
}
END_TEST

START_TEST(what_nobody_wants_is_undeliverable_at_once_and_blocks_nothing)
{
    happen(NOTICE_NEW, 0, 0.9);
    all_fail(NOTIFY_NEVER, "the receiver answered 400");
    fails = 1;
    happen(NOTICE_NEW, 0, 0.9);
    step();
    ck_assert_uint_eq(sent_n, 2);
    ck_assert_int_eq(state().undeliverable, 1);
    ck_assert_int_eq(state().waiting, 0);
    ck_assert_str_eq(state().last_error, "the receiver answered 400");
}
END_TEST

START_TEST(one_that_is_not_there_has_an_hour_to_come_back)
{
    happen(NOTICE_NEW, 0, 0.9);
    all_fail(NOTIFY_DOUBT, "the receiver answered 404");
    while (state().undeliverable == 0) {
        step();
        if (state().undeliverable == 0) {
            ck_assert_int_lt(now_us, T0 + NOTICE_DOUBT_US);
            now_us = state().next_us;
        }
    }
    ck_assert_int_ge(now_us, T0 + NOTICE_DOUBT_US);
    happen(NOTICE_NEW, 0, 0.9); /* no more hours for those that follow */
    step();
    ck_assert_int_eq(state().undeliverable, 2);
    happen(NOTICE_NEW, 0, 0.9);
    fails = 0; /* it is back */
    step();
    ck_assert_int_eq(state().undeliverable, 2);
    happen(NOTICE_NEW, 0, 0.9);
    all_fail(NOTIFY_DOUBT, "the receiver answered 404");
    step();
    ck_assert_int_eq(state().undeliverable, 2);
    ck_assert_int_eq(state().waiting, 1);
    fails = 0;
    now_us = state().next_us;
    step();
    ck_assert_int_eq(state().waiting, 0);
    ck_assert_int_eq(state().undeliverable, 2);
}
END_TEST

START_TEST(a_receiver_that_was_away_long_gets_few_messages)
{
    all_fail(NOTIFY_LATER, "away");
    for (int i = 0; i < 50; i++) {
        happen_many(1);
        step();
        now_us += CLOCK_MINUTE_US;
        sent_n = 0;
    }
    ck_assert_int_le(state().waiting, MAX);
    fails = 0;
    now_us += NOTICE_RETRY_MAX_US * 2;
    step();
    ck_assert_uint_eq(sent_n, MAX);
    now_us += WINDOW_US;
    step();
    ck_assert_uint_eq(sent_n, MAX + 1);
    ck_assert_int_eq(sent[MAX].kind, NOTICE_DIGEST);
    ck_assert_str_eq(sent[MAX].subject, "45 incidents: 45 new");
}
END_TEST

START_TEST(what_was_broken_off_by_our_end_was_no_try)
{
    happen(NOTICE_NEW, 0, 0.9);
    all_fail(NOTIFY_BROKEN_OFF, "");
    step();
    ck_assert_uint_eq(sent_n, 1);
    fails = 0;
    step();
    ck_assert_uint_eq(sent_n, 2);
    ck_assert_str_eq(sent[0].event_id, sent[1].event_id);
}
END_TEST

/* --- the process or the store fails --- */

START_TEST(a_new_process_goes_on_where_the_old_one_was)
{
    happen(NOTICE_NEW, 0, 0.9);
    all_fail(NOTIFY_LATER, "away");
    step();
    notify_channel_close(channel); /* killed: the message waits, another notice comes */
    happen(NOTICE_NEW, 0, 0.9);
    fails = 0;
    open_channel();
    now_us += 2 * RETRY_US;
    step();
    ck_assert_uint_eq(sent_n, 3);
    ck_assert_int_eq(sent[1].incident_id + sent[2].incident_id, 3); /* each once */
    bool first = sent[1].incident_id == 1;
    ck_assert_str_eq(sent[0].event_id, sent[first ? 1 : 2].event_id);
    step();
    ck_assert_uint_eq(sent_n, 3);
}
END_TEST

START_TEST(a_channel_that_is_new_begins_with_what_comes)
{
    happen(NOTICE_NEW, 0, 0.9);
    notify_channel_close(channel);
    channel = NULL;
    ck_assert(!notify_channel_forget("webhook", reader, writer, &e));
    happen(NOTICE_NEW, 0, 0.9);
    open_channel();
    step();
    ck_assert_uint_eq(sent_n, 0);
    happen(NOTICE_NEW, 0, 0.9);
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_int_eq(sent[0].incident_id, 3);
}
END_TEST

/* Each call of the store fails once, at every place of a step: what is there to be told is
 * told in the end, under one event id, and written down. A sending may be repeated only if
 * its outcome could not be known to be written. */
START_TEST(a_store_that_fails_loses_nothing)
{
    static const enum err_code codes[] = {ERR_BUSY, ERR_IO, ERR_FULL, ERR_DOWN};
    enum err_code code = codes[_i % 4];
    size_t nth = (size_t)_i / 4 + 1;
    happen(NOTICE_NEW, 0, 0.9);
    store_mem_fail(store, nth, code, false);
    enum err_code first = notify_channel_step(channel, &e);
    store_mem_fail(store, 0, ERR_NONE, false);
    now_us += CLOCK_SECOND_US;
    step();
    step();
    ck_assert_msg(sent_n >= 1 && sent_n <= 2, "%zu sent", sent_n);
    ck_assert(sent_n == 1 || strcmp(sent[0].event_id, sent[1].event_id) == 0);
    ck_assert(sent_n == 1 || first != ERR_NONE);
    ck_assert_int_eq(state().waiting, 0);
    ck_assert_int_eq(state().undeliverable, 0);
}
END_TEST

/* --- what is not told --- */

static enum err_code push_for_nobody(void *arg, struct store *s, struct err *err)
{
    struct store_notice n = {0, 99, NOTICE_NEW, now_us, 0.9, now_us, now_us};
    (void)arg;
    return store_push_notice(s, &n, err); /* of an incident that is not there */
}

START_TEST(an_incident_that_is_gone_is_not_told)
{
    ck_assert(!submit(push_for_nobody, NULL));
    happen(NOTICE_NEW, 0, 0.9);
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_int_eq(sent[0].incident_id, 1);
}
END_TEST

static enum err_code put_said(void *arg, struct store *s, struct err *err)
{
    return store_put_life(s, arg, err);
}

/* A person was faster than the message. */
START_TEST(what_is_muted_or_normal_meanwhile_is_not_told)
{
    struct store_incident_life muted = {.incident_id = happen(NOTICE_NEW, 0, 0.9),
                                        .muted_until_us = now_us + 1};
    struct store_incident_life normal = {.incident_id = happen(NOTICE_NEW, 0, 0.9),
                                         .verdict = STR("normal")};
    struct store_incident_life real = {.incident_id = happen(NOTICE_NEW, 0, 0.9),
                                       .verdict = STR("real")};
    ck_assert(!submit(put_said, &muted));
    ck_assert(!submit(put_said, &normal));
    ck_assert(!submit(put_said, &real));
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_int_eq(sent[0].incident_id, real.incident_id);
}
END_TEST

static void mute(int64_t id, int64_t until_us)
{
    struct store_incident_life l = {.incident_id = id, .muted_until_us = until_us};
    ck_assert(!submit(put_said, &l));
}

static void declare_normal(int64_t id)
{
    struct store_incident_life l = {.incident_id = id, .verdict = STR("normal")};
    ck_assert(!submit(put_said, &l));
}

static int64_t held(void)
{
    int64_t n;
    ck_assert(!notify_channel_held("webhook", reader, now_us, &n, &e));
    return n;
}

/* The storm is over when it is told: what people have answered meanwhile is no part of it,
 * however severe it is. */
START_TEST(a_digest_counts_and_names_only_what_is_still_to_be_told)
{
    enum { MUTED = 70 }; /* more than are looked at for names */
    for (int i = 0; i < MUTED; i++) {
        mute(happen(NOTICE_NEW, 0, 0.99), now_us + 1);
    }
    declare_normal(happen(NOTICE_NEW, 0, 0.99));
    happen_many(MAX);
    int64_t id = happen(NOTICE_NEW, 0, 0.9);
    happen(NOTICE_WORSE, id, 0.91);
    ck_assert_int_eq(held(), MAX + 1);
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_str_eq(sent[0].subject, "6 incidents: 6 new, 1 much worse");
    CHECK_HAS(sent[0].body, "- incident 72: ");
    CHECK_HAS(sent[0].body, "- incident 77: ");
    ck_assert_ptr_null(strstr(sent[0].body, "- incident 71: "));
    ck_assert_ptr_null(strstr(sent[0].body, "more, less severe"));
    CHECK_HAS(sent[0].json, "\"incidents\":6,\"new\":6,");
    ck_assert_int_eq(held(), 0);
    now_us += WINDOW_US; /* the mute is over: what is past is past */
    step();
    ck_assert_uint_eq(sent_n, 1);
}
END_TEST

START_TEST(few_that_are_left_come_one_by_one)
{
    for (int i = 0; i < 2 * MAX; i++) {
        mute(happen(NOTICE_NEW, 0, 0.99), now_us + 1);
    }
    happen_many(MAX);
    step();
    ck_assert_uint_eq(sent_n, MAX);
    for (int i = 0; i < MAX; i++) {
        ck_assert_int_eq(sent[i].kind, NOTICE_NEW);
        ck_assert_int_eq(sent[i].incident_id, 2 * MAX + 1 + i);
    }
}
END_TEST

START_TEST(a_storm_of_which_nothing_is_left_is_no_message)
{
    for (int i = 0; i < MAX + 1; i++) {
        declare_normal(happen(NOTICE_NEW, 0, 0.9));
    }
    happen_old(4);
    declare_normal(MAX + 2);
    ck_assert_int_eq(held(), 0);
    now_us += NOTICE_QUIET_US;
    step();
    step();
    ck_assert_uint_eq(sent_n, 0);
    ck_assert_int_eq(notify_channel_told(channel), MAX + 2); /* the marks went on */
    happen(NOTICE_NEW, 0, 0.9);
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_int_eq(sent[0].kind, NOTICE_NEW);
}
END_TEST

START_TEST(an_import_counts_only_what_is_still_to_be_told)
{
    happen_old(20);
    happen_old(4);
    happen_old(6);
    declare_normal(1);
    now_us += NOTICE_QUIET_US;
    mute(2, now_us + 1);
    step();
    ck_assert_uint_eq(sent_n, 1);
    ck_assert_str_eq(sent[0].subject,
                     "import: 1 incident in logs of 2027-01-09 to 2027-01-09");
    ck_assert_ptr_null(strstr(sent[0].body, "incident 1:"));
    ck_assert_ptr_null(strstr(sent[0].body, "incident 2:"));
    CHECK_HAS(sent[0].body, "- incident 3: ");
}
END_TEST

START_TEST(what_was_told_may_be_dropped_and_not_more)
{
    happen(NOTICE_NEW, 0, 0.9);
    happen_old(3);
    step();
    ck_assert_int_eq(notify_channel_told(channel), 1);
    now_us += NOTICE_QUIET_US;
    step();
    step();
    ck_assert_int_eq(notify_channel_told(channel), 2);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("notify_channel");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, a_new_incident_is_told_once);
    tcase_add_test(tc, what_is_worse_or_back_is_told_in_its_own_words);
    tcase_add_test(tc, three_of_its_lines_are_shown);
    tcase_add_test(tc, as_many_as_are_allowed_come_one_by_one);
    tcase_add_test(tc, one_more_and_all_of_them_are_a_digest);
    tcase_add_test(tc, the_rest_waits_for_the_end_of_the_window_and_is_counted);
    tcase_add_test(tc, a_storm_is_few_messages_that_add_up);
    tcase_add_test(tc, the_most_severe_are_named);
    tcase_add_test(tc, an_incident_counts_once_in_a_digest);
    tcase_add_test(tc, old_news_is_one_message_when_the_import_is_through);
    tcase_add_test(tc, a_long_import_is_told_of_in_between);
    tcase_add_test(tc, new_ones_do_not_wait_for_an_import);
    tcase_add_test(tc, an_import_says_what_came_back_and_what_is_worse);
    tcase_add_test(tc, a_receiver_that_is_away_gets_it_once_it_is_back);
    tcase_add_test(tc, it_is_left_alone_as_long_as_it_asks);
    tcase_add_test(tc, after_three_days_it_is_undeliverable);
    tcase_add_test(tc, what_nobody_wants_is_undeliverable_at_once_and_blocks_nothing);
    tcase_add_test(tc, one_that_is_not_there_has_an_hour_to_come_back);
    tcase_add_test(tc, a_receiver_that_was_away_long_gets_few_messages);
    tcase_add_test(tc, what_was_broken_off_by_our_end_was_no_try);
    tcase_add_test(tc, a_new_process_goes_on_where_the_old_one_was);
    tcase_add_test(tc, a_channel_that_is_new_begins_with_what_comes);
    tcase_add_loop_test(tc, a_store_that_fails_loses_nothing, 0, 4 * FAILURES_MAX);
    tcase_add_test(tc, an_incident_that_is_gone_is_not_told);
    tcase_add_test(tc, what_is_muted_or_normal_meanwhile_is_not_told);
    tcase_add_test(tc, a_digest_counts_and_names_only_what_is_still_to_be_told);
    tcase_add_test(tc, few_that_are_left_come_one_by_one);
    tcase_add_test(tc, a_storm_of_which_nothing_is_left_is_no_message);
    tcase_add_test(tc, an_import_counts_only_what_is_still_to_be_told);
    tcase_add_test(tc, what_was_told_may_be_dropped_and_not_more);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
