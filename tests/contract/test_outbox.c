/* test_outbox.c - what every back end of sql/store_outbox.h has to do, over SQLite and over
 * the fake. */
#include "sql/store_life.h"
#include "sql/store_outbox.h"
#include "tests/contract/backends.h"

enum { LIST_MAX = 64, T0 = 1000 };

/* --- doing --- */

static void push(int64_t incident_id, enum notice_kind kind, int64_t at_us,
                 double severity)
{
    struct store_notice n = {0, incident_id, kind, at_us, severity, at_us - 9, at_us - 5};
    must_begin();
    ck_assert_msg(!store_push_notice(writer, &n, &e), "%s", e.msg);
    must_commit();
}

static void add(const char *event, const char *channel, enum notice_kind kind,
                int64_t created_us)
{
    struct store_message m = {.event_id = str_of(event),
                              .channel = str_of(channel),
                              .kind = kind,
                              .incident_id = kind == NOTICE_DIGEST ? 0 : 7,
                              .incidents = 3,
                              .created_us = created_us,
                              .subject = STR("subject"),
                              .body = STR("body\nsecond line"),
                              .json = STR("{}")};
    must_begin();
    ck_assert_msg(!store_add_message(writer, &m, &e), "%s", e.msg);
    must_commit();
}

static void outcome(int64_t id, enum outbox_state state, int64_t at_us, int64_t next_us,
                    const char *error)
{
    struct store_outcome o = {id, at_us, state, next_us,
                              error ? str_of(error) : STR_NONE};
    must_begin();
    ck_assert_msg(!store_put_outcome(writer, &o, &e), "%s", e.msg);
    must_commit();
}

static struct store_notice_sum sum(int64_t after, int64_t to, bool old)
{
    struct store_notice_sum s;
    struct store_notice_range r = {after, to, old, 0};
    ck_assert_msg(!store_sum_notices(reader, &r, &s, &e), "%s", e.msg);
    return s;
}

struct notices {
    struct store_notice n[LIST_MAX];
    size_t count;
};

static void take_notice(void *arg, const struct store_notice *n)
{
    struct notices *l = arg;
    ck_assert_uint_lt(l->count, LIST_MAX);
    l->n[l->count++] = *n;
}

struct message {
    int64_t id, incident_id, incidents, created_us, attempts, next_us, ended_us;
    enum notice_kind kind;
    enum outbox_state state;
    char event_id[40], channel[20], subject[40], body[40], json[40], error[300];
    bool has_error;
};

struct messages {
    struct message m[LIST_MAX];
    size_t count;
};

static void copy(char *out, size_t n, struct str s)
{
    snprintf(out, n, "%.*s", (int)s.n, s.n > 0 ? s.p : "");
}

static void take_message(void *arg, const struct store_message *m)
{
    struct messages *l = arg;
    ck_assert_uint_lt(l->count, LIST_MAX);
    struct message *out = &l->m[l->count++];
    *out = (struct message){.id = m->id,
                            .incident_id = m->incident_id,
                            .incidents = m->incidents,
                            .created_us = m->created_us,
                            .attempts = m->attempts,
                            .next_us = m->next_us,
                            .ended_us = m->ended_us,
                            .kind = m->kind,
                            .state = m->state,
                            .has_error = m->last_error.p != NULL};
    copy(out->event_id, sizeof out->event_id, m->event_id);
    copy(out->channel, sizeof out->channel, m->channel);
    copy(out->subject, sizeof out->subject, m->subject);
    copy(out->body, sizeof out->body, m->body);
    copy(out->json, sizeof out->json, m->json);
    copy(out->error, sizeof out->error, m->last_error);
}

static struct messages next(const char *channel, int64_t now_us)
{
    struct messages l = {.count = 0};
    ck_assert_msg(!store_next_message(reader, channel, now_us, take_message, &l, &e),
                  "%s", e.msg);
    ck_assert_uint_le(l.count, 1);
    return l;
}

static struct messages list(size_t limit)
{
    struct messages l = {.count = 0};
    ck_assert_msg(!store_list_messages(reader, limit, take_message, &l, &e), "%s", e.msg);
    return l;
}

static struct store_channel channel_at(const char *name, int64_t recent_us,
                                       int64_t now_us)
{
    struct store_channel c;
    ck_assert_msg(!store_get_channel(reader, name, recent_us, now_us, &c, &e), "%s",
                  e.msg);
    return c;
}

static struct store_channel channel(const char *name, int64_t recent_us)
{
    return channel_at(name, recent_us, INT64_MAX);
}

static size_t purge(int64_t before_us, int64_t rows_max, int64_t told_id, size_t limit)
{
    size_t n;
    struct store_outbox_purge p = {before_us, rows_max, told_id, limit};
    must_begin();
    ck_assert_msg(!store_purge_outbox(writer, &p, &n, &e), "%s", e.msg);
    must_commit();
    return n;
}

/* --- notices --- */

START_TEST(an_empty_store_has_nothing_to_tell)
{
    int64_t id;
    bool found;
    enum notice_kind kind;
    ck_assert_int_eq(sum(0, INT64_MAX, false).n, 0);
    ck_assert(!store_last_notice(reader, &id, &e));
    ck_assert_int_eq(id, 0);
    ck_assert(!store_find_notice(reader, 1, &kind, &found, &e));
    ck_assert(!found);
    ck_assert_uint_eq(next("mail", INT64_MAX).count, 0);
    ck_assert_uint_eq(list(10).count, 0);
    ck_assert_int_eq(channel("mail", 0).waiting, 0);
    ck_assert_uint_eq(purge(INT64_MAX, 0, INT64_MAX, 10), 0);
}
END_TEST

START_TEST(notices_are_summed_old_ones_apart)
{
    push(1, NOTICE_NEW, 100, 0.9);
    push(2, NOTICE_NEW, 110, 0.95);
    push(1, NOTICE_WORSE, 120, 0.99);
    push(3, NOTICE_OLD, 130, 0.85);
    push(4, NOTICE_REGRESSION, 140, 0.9);
    struct store_notice_sum s = sum(0, INT64_MAX, false);
    ck_assert_int_eq(s.n, 4);
    ck_assert_int_eq(s.incidents, 3);
    ck_assert_int_eq(s.fresh, 2);
    ck_assert_int_eq(s.worse, 1);
    ck_assert_int_eq(s.regressions, 1);
    ck_assert_int_eq(s.first_id, 1);
    ck_assert_int_eq(s.last_id, 5);
    ck_assert_int_eq(s.first_at_us, 100);
    ck_assert_int_eq(s.last_at_us, 140);
    ck_assert_int_eq(s.first_us, 91);
    ck_assert_int_eq(s.last_us, 135);
    s = sum(0, INT64_MAX, true);
    ck_assert_int_eq(s.n, 1);
    ck_assert_int_eq(s.first_id, 4);
    ck_assert_int_eq(sum(1, 2, false).n, 1);
    ck_assert_int_eq(sum(5, INT64_MAX, false).n, 0);
}
END_TEST

START_TEST(old_news_is_counted_by_kind)
{
    push(1, NOTICE_OLD, 100, 0.9);
    push(2, NOTICE_OLD_REGRESSION, 110, 0.95);
    push(3, NOTICE_OLD_WORSE, 120, 0.99);
    push(1, NOTICE_OLD_WORSE, 130, 0.99);
    ck_assert_int_eq(sum(0, INT64_MAX, false).n, 0);
    struct store_notice_sum s = sum(0, INT64_MAX, true);
    ck_assert_int_eq(s.n, 4);
    ck_assert_int_eq(s.incidents, 3);
    ck_assert_int_eq(s.fresh, 1);
    ck_assert_int_eq(s.regressions, 1);
    ck_assert_int_eq(s.worse, 2);
    struct notices l = {.count = 0};
    struct store_notice_range all = {0, INT64_MAX, true, 0};
    ck_assert(!store_list_notices(reader, &all, 1, take_notice, &l, &e));
    ck_assert_int_eq(l.n[0].kind, NOTICE_OLD_WORSE);
}
END_TEST

static int64_t put_incident(void)
{
    int64_t id;
    struct store_incident i = {.core = {.count = 1, .severity = 0.9},
                               .threshold = 0.8,
                               .key = STR("k"),
                               .service = STR("auth"),
                               .summary = STR("odd"),
                               .features = STR("{}"),
                               .reasons = STR("[]")};
    must_begin();
    ck_assert_msg(!store_put_incident(writer, &i, &id, &e), "%s", e.msg);
    must_commit();
    return id;
}

static void say_of(int64_t id, int64_t muted_until_us, const char *verdict)
{
    struct store_incident_life l = {.incident_id = id,
                                    .muted_until_us = muted_until_us,
                                    .verdict = verdict ? str_of(verdict) : STR_NONE};
    must_begin();
    ck_assert_msg(!store_put_life(writer, &l, &e), "%s", e.msg);
    must_commit();
}

START_TEST(only_what_is_wanted_is_summed_and_listed_if_asked)
{
    enum { UNTIL = 1000 };
    struct notices l = {.count = 0};
    struct store_notice_range at = {0, INT64_MAX, false, UNTIL - 1};
    struct store_notice_sum s;
    int64_t plain = put_incident(), muted = put_incident(), normal = put_incident(),
            real = put_incident();
    push(normal, NOTICE_NEW, 100, 0.99);
    push(muted, NOTICE_NEW, 110, 0.95);
    push(plain, NOTICE_NEW, 120, 0.9);
    push(real, NOTICE_WORSE, 130, 0.85);
    push(99, NOTICE_NEW, 140, 0.9); /* which is not there */
    say_of(muted, UNTIL, NULL);
    say_of(normal, 0, "normal");
    say_of(real, 0, "real");
    ck_assert_int_eq(sum(0, INT64_MAX, false).n, 5);
    ck_assert(!store_sum_notices(reader, &at, &s, &e));
    ck_assert_int_eq(s.n, 2);
    ck_assert_int_eq(s.incidents, 2);
    ck_assert_int_eq(s.first_id, 3);
    ck_assert_int_eq(s.last_id, 4);
    ck_assert_int_eq(s.fresh, 1);
    ck_assert_int_eq(s.worse, 1);
    ck_assert_int_eq(s.first_us, 111);
    ck_assert(!store_list_notices(reader, &at, 2, take_notice, &l, &e));
    ck_assert_uint_eq(l.count, 2);
    ck_assert_int_eq(l.n[0].incident_id, plain);
    ck_assert_int_eq(l.n[1].incident_id, real);
    at.wanted_at_us = UNTIL; /* the mute is over */
    ck_assert(!store_sum_notices(reader, &at, &s, &e));
    ck_assert_int_eq(s.n, 3);
    at.to_id = 1; /* none is left */
    ck_assert(!store_sum_notices(reader, &at, &s, &e));
    ck_assert_int_eq(s.n, 0);
}
END_TEST

START_TEST(the_most_severe_are_listed_first)
{
    struct notices l = {.count = 0};
    struct store_notice_range all = {0, INT64_MAX, false, 0};
    push(1, NOTICE_NEW, 100, 0.9);
    push(2, NOTICE_NEW, 110, 0.95);
    push(3, NOTICE_WORSE, 120, 0.9);
    ck_assert(!store_list_notices(reader, &all, 2, take_notice, &l, &e));
    ck_assert_uint_eq(l.count, 2);
    ck_assert_int_eq(l.n[0].incident_id, 2);
    ck_assert_int_eq(l.n[1].incident_id, 1);
    ck_assert_int_eq(l.n[1].kind, NOTICE_NEW);
    ck_assert_int_eq(l.n[1].at_us, 100);
    ck_assert_int_eq(l.n[1].first_us, 91);
    ck_assert_int_eq(l.n[1].last_us, 95);
    ck_assert(l.n[1].severity == 0.9);
}
END_TEST

START_TEST(the_newest_notice_of_an_incident_is_found)
{
    bool found;
    enum notice_kind kind;
    push(1, NOTICE_OLD, 100, 0.9);
    push(1, NOTICE_NEW, 110, 0.9);
    push(2, NOTICE_OLD, 120, 0.9);
    ck_assert(!store_find_notice(reader, 1, &kind, &found, &e));
    ck_assert(found);
    ck_assert_int_eq(kind, NOTICE_NEW);
    ck_assert(!store_find_notice(reader, 2, &kind, &found, &e));
    ck_assert_int_eq(kind, NOTICE_OLD);
}
END_TEST

START_TEST(what_is_rolled_back_is_not_told)
{
    int64_t id;
    struct store_notice n = {0, 1, NOTICE_NEW, 5, 0.9, 1, 2};
    struct store_message m = {.event_id = STR("e"),
                              .channel = STR("mail"),
                              .kind = NOTICE_NEW,
                              .subject = STR("s"),
                              .body = STR("b"),
                              .json = STR("{}")};
    must_begin();
    ck_assert(!store_push_notice(writer, &n, &e));
    ck_assert(!store_add_message(writer, &m, &e));
    ck_assert_int_eq(sum(0, INT64_MAX, false).n, 0); /* not seen before the commit */
    store_rollback(writer);
    ck_assert_int_eq(sum(0, INT64_MAX, false).n, 0);
    ck_assert_uint_eq(next("mail", INT64_MAX).count, 0);
    push(1, NOTICE_NEW, 100, 0.9);
    ck_assert(!store_last_notice(reader, &id, &e));
    ck_assert_int_eq(id, 1);
}
END_TEST

START_TEST(ids_are_not_given_twice)
{
    int64_t id;
    push(1, NOTICE_NEW, 100, 0.9);
    push(2, NOTICE_NEW, 100, 0.9);
    ck_assert_uint_eq(purge(INT64_MAX, 0, 2, 10), 2);
    ck_assert(!store_last_notice(reader, &id, &e));
    ck_assert_int_eq(id, 2);
    push(3, NOTICE_NEW, 100, 0.9);
    ck_assert_int_eq(sum(2, INT64_MAX, false).first_id, 3);
}
END_TEST

/* --- messages --- */

START_TEST(the_longest_due_comes_first_and_only_its_channels)
{
    add("a", "mail", NOTICE_NEW, T0 + 10);
    add("b", "mail", NOTICE_NEW, T0 + 5);
    add("c", "webhook", NOTICE_DIGEST, T0);
    ck_assert_uint_eq(next("mail", T0 + 4).count, 0);
    struct messages l = next("mail", T0 + 10);
    ck_assert_uint_eq(l.count, 1);
    ck_assert_str_eq(l.m[0].event_id, "b");
    ck_assert_str_eq(l.m[0].channel, "mail");
    ck_assert_str_eq(l.m[0].subject, "subject");
    ck_assert_str_eq(l.m[0].body, "body\nsecond line");
    ck_assert_str_eq(l.m[0].json, "{}");
    ck_assert_int_eq(l.m[0].kind, NOTICE_NEW);
    ck_assert_int_eq(l.m[0].incident_id, 7);
    ck_assert_int_eq(l.m[0].incidents, 3);
    ck_assert_int_eq(l.m[0].created_us, T0 + 5);
    ck_assert_int_eq(l.m[0].attempts, 0);
    ck_assert(!l.m[0].has_error);
    l = next("webhook", T0);
    ck_assert_str_eq(l.m[0].event_id, "c");
    ck_assert_int_eq(l.m[0].incident_id, 0);
    ck_assert_uint_eq(next("pigeon", INT64_MAX).count, 0);
}
END_TEST

START_TEST(one_that_failed_lets_others_go_first)
{
    add("a", "mail", NOTICE_NEW, T0);
    add("b", "mail", NOTICE_NEW, T0 + 1);
    outcome(1, OUTBOX_WAITING, T0 + 2, T0 + 100, "away");
    ck_assert_str_eq(next("mail", T0 + 50).m[0].event_id, "b");
    outcome(2, OUTBOX_DELIVERED, T0 + 51, 0, NULL);
    ck_assert_uint_eq(next("mail", T0 + 99).count, 0);
    struct messages l = next("mail", T0 + 100);
    ck_assert_str_eq(l.m[0].event_id, "a");
    ck_assert_int_eq(l.m[0].attempts, 1);
    ck_assert_str_eq(l.m[0].error, "away");
}
END_TEST

/* What an earlier try met is no news of one that was delivered; what this one met is. The
 * channel keeps it with its time. */
START_TEST(what_has_ended_keeps_its_own_error_and_not_its_text)
{
    add("a", "mail", NOTICE_NEW, T0);
    outcome(1, OUTBOX_WAITING, T0 + 2, T0 + 3, "away");
    outcome(1, OUTBOX_DELIVERED, T0 + 4, 0, NULL);
    add("b", "mail", NOTICE_TEST, T0);
    outcome(2, OUTBOX_UNDELIVERABLE, T0 + 5, 0, "never");
    struct messages l = list(10);
    ck_assert_uint_eq(l.count, 2);
    ck_assert_str_eq(l.m[0].event_id, "b"); /* newest first */
    ck_assert_int_eq(l.m[0].state, OUTBOX_UNDELIVERABLE);
    ck_assert_str_eq(l.m[0].error, "never");
    ck_assert_int_eq(l.m[1].state, OUTBOX_DELIVERED);
    ck_assert_int_eq(l.m[1].ended_us, T0 + 4);
    ck_assert_int_eq(l.m[1].attempts, 2);
    ck_assert(!l.m[1].has_error);
    ck_assert_str_eq(l.m[1].subject, "subject");
    ck_assert_str_eq(l.m[1].body, "");
    ck_assert_uint_eq(list(1).count, 1);
    add("c", "mail", NOTICE_NEW, T0);
    outcome(3, OUTBOX_WAITING, T0 + 6, T0 + 7, "away");
    ck_assert_str_eq(list(1).m[0].error, "away");
    ck_assert_str_eq(channel("mail", 0).last_error, "away");
    outcome(3, OUTBOX_DELIVERED, T0 + 8, 0, "b@example.org is not known");
    ck_assert_str_eq(list(1).m[0].error, "b@example.org is not known");
    add("d", "webhook", NOTICE_NEW, T0);
    outcome(4, OUTBOX_WAITING, T0 + 6, T0 + 7, "away");
    outcome(4, OUTBOX_DELIVERED, T0 + 8, 0, NULL);
    ck_assert(!list(1).m[0].has_error);
    ck_assert_str_eq(channel("webhook", 0).last_error, "away");
    ck_assert_int_eq(channel("webhook", 0).last_error_us, T0 + 6);
}
END_TEST

START_TEST(a_channel_knows_how_it_is)
{
    add("a", "mail", NOTICE_NEW, T0);
    add("b", "mail", NOTICE_NEW, T0 + 1);
    add("c", "mail", NOTICE_NEW, T0 + 2);
    add("t", "mail", NOTICE_TEST, T0 + 3);
    add("w", "webhook", NOTICE_NEW, T0 + 4);
    struct store_channel c = channel("mail", 0);
    ck_assert_int_eq(c.waiting, 4);
    ck_assert_int_eq(c.recent, 3); /* a test message takes nobody's place */
    ck_assert_int_eq(c.next_us, T0);
    outcome(1, OUTBOX_DELIVERED, T0 + 20, 0, NULL);
    outcome(2, OUTBOX_UNDELIVERABLE, T0 + 30, 0, "never");
    outcome(3, OUTBOX_WAITING, T0 + 40, T0 + 90, "away");
    outcome(4, OUTBOX_DELIVERED, T0 + 25, 0, NULL);
    c = channel("mail", T0 + 20);
    ck_assert_int_eq(c.waiting, 1);
    ck_assert_int_eq(c.undeliverable, 1);
    ck_assert_int_eq(c.recent, 2); /* 3, and 2; 1 ended not after T0 + 20 */
    ck_assert_int_eq(channel("mail", T0 + 19).recent, 3);
    ck_assert_int_eq(channel_at("mail", T0 + 20, T0 + 30).recent, 2);
    ck_assert_int_eq(channel_at("mail", T0 + 20, T0 + 29).recent, 1);
    ck_assert_int_eq(c.next_us, T0 + 90);
    ck_assert_int_eq(c.last_delivered_us, T0 + 25);
    ck_assert_int_eq(c.last_error_us, T0 + 40);
    ck_assert_str_eq(c.last_error, "away");
    c = channel("webhook", 0);
    ck_assert_int_eq(c.waiting, 1);
    ck_assert_int_eq(c.last_error_us, 0);
    ck_assert_str_eq(c.last_error, "");
}
END_TEST

START_TEST(an_error_of_the_largest_size_is_kept)
{
    char text[OUTBOX_ERROR_BYTES];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    add("a", "mail", NOTICE_NEW, T0);
    outcome(1, OUTBOX_WAITING, T0, T0 + 9, text);
    ck_assert_str_eq(channel("mail", 0).last_error, text);
    ck_assert_str_eq(list(1).m[0].error, text);
}
END_TEST

START_TEST(old_rows_are_dropped_in_small_steps_waiting_ones_last)
{
    for (int i = 0; i < 5; i++) {
        add("a", "mail", NOTICE_NEW, T0);
        if (i != 1) {
            outcome(i + 1, OUTBOX_DELIVERED, T0 + i, 0, NULL);
        }
    }
    ck_assert_uint_eq(purge(T0, 100, 0, 10), 0);
    add("w", "mail", NOTICE_NEW, T0 + 9);
    outcome(6, OUTBOX_DELIVERED, T0 + 9, 0, NULL);
    ck_assert_uint_eq(purge(T0 + 3, 4, 0, 1), 1);
    ck_assert_uint_eq(purge(T0 + 3, 4, 0, 10), 2); /* 2, which waits too long, and 3 */
    ck_assert_uint_eq(list(10).count, 3);          /* 4 is not old, 5 and 6 neither */
    add("x", "mail", NOTICE_NEW, T0 + 9);
    ck_assert_uint_eq(purge(0, 1, 0, 10), 3); /* all but the newest one, which waits */
    struct messages l = list(10);
    ck_assert_uint_eq(l.count, 1);
    ck_assert_int_eq(l.m[0].id, 7);
    add("y", "mail", NOTICE_NEW, T0 + 9);
    ck_assert_uint_eq(purge(0, 1, 0, 10), 0); /* what waits is not too many */
}
END_TEST

START_TEST(notices_that_were_not_told_are_not_dropped)
{
    for (int i = 1; i <= 5; i++) {
        push(i, NOTICE_NEW, 100 + i, 0.9);
    }
    ck_assert_uint_eq(purge(INT64_MAX, 100, 2, 10), 2);
    ck_assert_uint_eq(purge(103, 100, 5, 10), 0);
    ck_assert_uint_eq(purge(104, 100, 5, 10), 1);
    ck_assert_uint_eq(purge(0, 1, 5, 10), 1);
    ck_assert_int_eq(sum(0, INT64_MAX, false).first_id, 5);
}
END_TEST

static void add_case(Suite *s, const char *name, void (*set_up)(void))
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, an_empty_store_has_nothing_to_tell);
    tcase_add_test(tc, notices_are_summed_old_ones_apart);
    tcase_add_test(tc, old_news_is_counted_by_kind);
    tcase_add_test(tc, only_what_is_wanted_is_summed_and_listed_if_asked);
    tcase_add_test(tc, the_most_severe_are_listed_first);
    tcase_add_test(tc, the_newest_notice_of_an_incident_is_found);
    tcase_add_test(tc, what_is_rolled_back_is_not_told);
    tcase_add_test(tc, ids_are_not_given_twice);
    tcase_add_test(tc, the_longest_due_comes_first_and_only_its_channels);
    tcase_add_test(tc, one_that_failed_lets_others_go_first);
    tcase_add_test(tc, what_has_ended_keeps_its_own_error_and_not_its_text);
    tcase_add_test(tc, a_channel_knows_how_it_is);
    tcase_add_test(tc, an_error_of_the_largest_size_is_kept);
    tcase_add_test(tc, old_rows_are_dropped_in_small_steps_waiting_ones_last);
    tcase_add_test(tc, notices_that_were_not_told_are_not_dropped);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("outbox");
    add_case(s, "sqlite", set_up_sqlite);
    add_case(s, "mem", set_up_mem);
    return temp_dir_run(s);
}
