/* test_receipts.c - what every back end of sql/store_receipts.h and sql/store_rejected.h has
 * to do, over SQLite and over the fake. */
#include "sql/store_receipts.h"
#include "sql/store_rejected.h"
#include "tests/contract/backends.h"

static struct buf reply;

static void begin_sqlite(void)
{
    set_up_sqlite();
    buf_init(&reply, RECEIPT_REPLY_BYTES_MAX);
}

static void begin_mem(void)
{
    set_up_mem();
    buf_init(&reply, RECEIPT_REPLY_BYTES_MAX);
}

static void end(void)
{
    buf_free(&reply);
    tear_down();
}

/* --- doing --- */

/* The request of this scope and key whose digest is made of one letter. */
static struct store_receipt asked(const char *scope, const char *key, char digest)
{
    struct store_receipt r = {
        .scope = str_of(scope), .key = str_of(key), .received_us = 1000};
    memset(r.digest, digest, sizeof r.digest);
    return r;
}

static enum store_receipt_state find(struct store *s, struct store_receipt r)
{
    enum store_receipt_state state = RECEIPT_OTHER;
    buf_str(&reply, STR("what was there before"));
    ck_assert_msg(!store_find_receipt(s, &r, &state, &reply, &e), "%s", e.msg);
    ck_assert(state == RECEIPT_SAME || reply.n == 0);
    return state;
}

/* In the open transaction. */
static void add(struct store_receipt r, struct str text)
{
    r.reply = text;
    ck_assert_int_eq(find(writer, r), RECEIPT_NONE);
    ck_assert_msg(!store_add_receipt(writer, &r, &e), "%s", e.msg);
}

static void add_at(const char *key, int64_t received_us)
{
    struct store_receipt r = asked("", key, 'd');
    r.received_us = received_us;
    must_begin();
    add(r, STR("{}"));
    must_commit();
}

static size_t purge(int64_t before_us, int64_t rows_max, size_t limit)
{
    struct store_receipt_purge p = {before_us, rows_max, limit};
    size_t n = 99;
    must_begin();
    ck_assert_msg(!store_purge_receipts(writer, &p, &n, &e), "%s", e.msg);
    must_commit();
    return n;
}

static bool is_there(const char *key)
{
    return find(reader, asked("", key, 'd')) == RECEIPT_SAME;
}

/* --- the tests --- */

START_TEST(an_empty_store_knows_no_request)
{
    ck_assert_int_eq(find(reader, asked("", "k", 'd')), RECEIPT_NONE);
    ck_assert_int_eq(find(writer, asked("", "k", 'd')), RECEIPT_NONE);
}
END_TEST

START_TEST(a_request_that_was_answered_has_its_reply)
{
    must_begin();
    add(asked("", "k", 'd'), STR("{\"stored\":1}"));
    ck_assert_int_eq(find(reader, asked("", "k", 'd')), RECEIPT_NONE); /* not yet */
    ck_assert_int_eq(find(writer, asked("", "k", 'd')), RECEIPT_SAME); /* in it */
    must_commit();
    ck_assert_int_eq(find(reader, asked("", "k", 'd')), RECEIPT_SAME);
    ck_assert(str_eq(buf_view(&reply), STR("{\"stored\":1}")));
}
END_TEST

START_TEST(another_request_of_the_same_key_is_told_apart)
{
    must_begin();
    add(asked("", "k", 'd'), STR("{}"));
    must_commit();
    ck_assert_int_eq(find(reader, asked("", "k", 'x')), RECEIPT_OTHER);
    ck_assert_int_eq(find(reader, asked("", "K", 'd')), RECEIPT_NONE);
    ck_assert_int_eq(find(reader, asked("", "k ", 'd')), RECEIPT_NONE);
}
END_TEST

START_TEST(two_scopes_may_use_the_same_key)
{
    must_begin();
    add(asked("", "k", 'd'), STR("{\"whose\":\"nobody's\"}"));
    add(asked("a", "k", 'x'), STR("{\"whose\":\"a's\"}"));
    must_commit();
    ck_assert_int_eq(find(reader, asked("a", "k", 'x')), RECEIPT_SAME);
    ck_assert(str_eq(buf_view(&reply), STR("{\"whose\":\"a's\"}")));
    ck_assert_int_eq(find(reader, asked("", "k", 'd')), RECEIPT_SAME);
    ck_assert_int_eq(find(reader, asked("b", "k", 'd')), RECEIPT_NONE);
}
END_TEST

START_TEST(what_is_rolled_back_was_not_answered)
{
    must_begin();
    add(asked("", "k", 'd'), STR("{}"));
    store_rollback(writer);
    ck_assert_int_eq(find(writer, asked("", "k", 'd')), RECEIPT_NONE);
    must_begin();
    add(asked("", "k", 'x'), STR("{}"));
    must_commit();
    ck_assert_int_eq(find(reader, asked("", "k", 'x')), RECEIPT_SAME);
}
END_TEST

START_TEST(a_key_may_be_as_long_as_it_may_and_a_reply_too)
{
    char key[RECEIPT_KEY_BYTES_MAX + 1];
    char *text = malloc(RECEIPT_REPLY_BYTES_MAX + 1);
    struct store_receipt r;
    ck_assert_ptr_nonnull(text);
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    memset(text, 'r', RECEIPT_REPLY_BYTES_MAX + 1);
    must_begin();
    add(asked("", key, 'd'), (struct str){text, RECEIPT_REPLY_BYTES_MAX});
    r = asked("", "other", 'd');
    r.reply = (struct str){text, RECEIPT_REPLY_BYTES_MAX + 1};
    ck_assert_int_eq(store_add_receipt(writer, &r, &e), ERR_TOO_LARGE);
    must_commit();
    ck_assert_int_eq(find(reader, asked("", key, 'd')), RECEIPT_SAME);
    ck_assert_uint_eq(reply.n, RECEIPT_REPLY_BYTES_MAX);
    ck_assert_int_eq(find(reader, asked("", "other", 'd')), RECEIPT_NONE);
    free(text);
}
END_TEST

START_TEST(a_reply_that_finds_no_room_is_an_error)
{
    struct buf small;
    struct store_receipt r = asked("", "k", 'd');
    enum store_receipt_state state;
    must_begin();
    add(r, STR("{\"stored\":1}"));
    must_commit();
    buf_init(&small, 4);
    ck_assert_int_eq(store_find_receipt(reader, &r, &state, &small, &e), ERR_NOMEM);
    buf_free(&small);
}
END_TEST

START_TEST(old_ones_go_and_others_stay)
{
    add_at("a", 10);
    add_at("b", 20);
    add_at("c", 30);
    ck_assert_uint_eq(purge(20, 100, 100), 1);
    ck_assert(!is_there("a"));
    ck_assert(is_there("b"));
    ck_assert(is_there("c"));
    ck_assert_uint_eq(purge(20, 100, 100), 0);
}
END_TEST

START_TEST(one_step_takes_at_most_so_many)
{
    add_at("a", 10);
    add_at("b", 11);
    add_at("c", 12);
    ck_assert_uint_eq(purge(100, 100, 2), 2);
    ck_assert(!is_there("a"));
    ck_assert(!is_there("b"));
    ck_assert(is_there("c"));
    ck_assert_uint_eq(purge(100, 100, 2), 1);
    ck_assert(!is_there("c"));
}
END_TEST

START_TEST(of_too_many_the_first_ones_go)
{
    add_at("a", 10);
    add_at("b", 11);
    add_at("c", 12);
    ck_assert_uint_eq(purge(0, 3, 100), 0); /* as many as may be */
    ck_assert_uint_eq(purge(0, 2, 100), 1); /* one more */
    ck_assert(!is_there("a"));
    ck_assert(is_there("b"));
    ck_assert(is_there("c"));
}
END_TEST

START_TEST(of_long_ones_fewer_stay)
{
    static char text[10 * RECEIPT_BYTES];
    char key[2] = "a";
    memset(text, '7', sizeof text);
    must_begin();
    for (; key[0] < 'k'; key[0]++) {
        add(asked("", key, 'd'), (struct str){text, sizeof text});
    }
    must_commit();
    ck_assert_uint_eq(purge(0, 20, 11), 2); /* and fewer go at a time */
    ck_assert_uint_eq(purge(0, 20, 100), 6);
    ck_assert(!is_there("h"));
    ck_assert(is_there("i"));
    ck_assert_uint_eq(purge(0, 20, 100), 0);
}
END_TEST

START_TEST(a_clock_that_was_ahead_holds_up_no_others)
{
    add_at("ahead", INT64_MAX / 2);
    add_at("old", 10);
    ck_assert_uint_eq(purge(100, 100, 1), 1);
    ck_assert(!is_there("old"));
    ck_assert(is_there("ahead"));
}
END_TEST

/* --- rejected records --- */

static void reject(int64_t received_us, int n)
{
    struct store_rejected r = {received_us,          3, "level", STR("a reason"),
                               STR("{\"level\":7}"), 11};
    must_begin();
    for (int i = 0; i < n; i++) {
        ck_assert_msg(!store_add_rejected(writer, &r, &e), "%s", e.msg);
    }
    must_commit();
}

static size_t purge_rejected(int64_t before_us, size_t limit)
{
    size_t n = 99;
    must_begin();
    ck_assert_msg(!store_purge_rejected(writer, before_us, limit, &n, &e), "%s", e.msg);
    must_commit();
    return n;
}

START_TEST(old_rejected_records_go)
{
    ck_assert_uint_eq(purge_rejected(100, 100), 0);
    reject(10, 3);
    reject(20, 2);
    ck_assert_uint_eq(purge_rejected(10, 100), 0);
    ck_assert_uint_eq(purge_rejected(20, 2), 2);
    ck_assert_uint_eq(purge_rejected(20, 100), 1);
    ck_assert_uint_eq(purge_rejected(21, 100), 2);
}
END_TEST

START_TEST(rejected_records_are_limited)
{
    reject(10, 2);
    reject(20, REJECTED_ROWS_MAX - 2); /* as many as may be */
    reject(20, 1);                     /* one more: the oldest one goes */
    ck_assert_uint_eq(purge_rejected(20, 100), 1);
    ck_assert_uint_eq(purge_rejected(21, SIZE_MAX / 2), REJECTED_ROWS_MAX - 1);
}
END_TEST

static struct store_rejected_row seen[4];
static size_t seen_n;

static void see(void *arg, const struct store_rejected_row *row)
{
    ck_assert(arg == &seen_n && seen_n < sizeof seen / sizeof seen[0]);
    ck_assert_int_eq(row->received_us, row->id * 10);
    ck_assert_int_eq(row->place, row->id + 7);
    ck_assert_int_eq(row->bytes, row->id * 1000);
    ck_assert(str_eq(row->reason, STR("a reason")));
    ck_assert(str_eq(row->text, STR("\"\xc3\xa9\"")));
    ck_assert(row->id % 2 ? !row->field.p : str_eq(row->field, STR("level")));
    seen[seen_n++].id = row->id;
}

static size_t list_rejected(struct store *s, int64_t before_id, size_t limit)
{
    seen_n = 0;
    ck_assert_msg(!store_list_rejected(s, before_id, limit, see, &seen_n, &e), "%s",
                  e.msg);
    return seen_n;
}

START_TEST(rejected_records_are_listed_newest_first)
{
    ck_assert_uint_eq(list_rejected(reader, INT64_MAX, 4), 0);
    must_begin();
    for (size_t i = 1; i <= 3; i++) {
        struct store_rejected r = {(int64_t)i * 10,        i + 7,
                                   i % 2 ? NULL : "level", STR("a reason"),
                                   STR("\"\xc3\xa9\""),    i * 1000};
        ck_assert(!store_add_rejected(writer, &r, &e));
    }
    ck_assert_uint_eq(list_rejected(reader, INT64_MAX, 4), 0);
    must_commit();
    ck_assert_uint_eq(list_rejected(reader, INT64_MAX, 4), 3);
    ck_assert(seen[0].id == 3 && seen[1].id == 2 && seen[2].id == 1);
    ck_assert_uint_eq(list_rejected(reader, INT64_MAX, 3), 3);
    ck_assert_uint_eq(list_rejected(reader, INT64_MAX, 2), 2);
    ck_assert(seen[0].id == 3 && seen[1].id == 2);
    ck_assert_uint_eq(list_rejected(reader, 2, 2), 1);
    ck_assert(seen[0].id == 1);
    ck_assert_uint_eq(list_rejected(reader, 1, 2), 0);
    ck_assert_uint_eq(purge_rejected(21, 100), 2); /* ids are not given again */
    ck_assert_uint_eq(list_rejected(reader, INT64_MAX, 4), 1);
    ck_assert_int_eq(seen[0].id, 3);
}
END_TEST

START_TEST(a_rejected_record_that_is_rolled_back_is_not_kept)
{
    struct store_rejected r = {10, 0, NULL, STR("a reason"), STR(""), 0};
    must_begin();
    ck_assert(!store_add_rejected(writer, &r, &e));
    store_rollback(writer);
    ck_assert_uint_eq(purge_rejected(100, 100), 0);
}
END_TEST

static void add_tests(Suite *s, const char *name, void (*set_up)(void))
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, end);
    tcase_add_test(tc, an_empty_store_knows_no_request);
    tcase_add_test(tc, a_request_that_was_answered_has_its_reply);
    tcase_add_test(tc, another_request_of_the_same_key_is_told_apart);
    tcase_add_test(tc, two_scopes_may_use_the_same_key);
    tcase_add_test(tc, what_is_rolled_back_was_not_answered);
    tcase_add_test(tc, a_key_may_be_as_long_as_it_may_and_a_reply_too);
    tcase_add_test(tc, a_reply_that_finds_no_room_is_an_error);
    tcase_add_test(tc, old_ones_go_and_others_stay);
    tcase_add_test(tc, one_step_takes_at_most_so_many);
    tcase_add_test(tc, of_too_many_the_first_ones_go);
    tcase_add_test(tc, of_long_ones_fewer_stay);
    tcase_add_test(tc, a_clock_that_was_ahead_holds_up_no_others);
    tcase_add_test(tc, old_rejected_records_go);
    tcase_add_test(tc, rejected_records_are_limited);
    tcase_add_test(tc, rejected_records_are_listed_newest_first);
    tcase_add_test(tc, a_rejected_record_that_is_rolled_back_is_not_kept);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("receipts");
    add_tests(s, "sqlite", begin_sqlite);
    add_tests(s, "mem", begin_mem);
    return temp_dir_run(s);
}
