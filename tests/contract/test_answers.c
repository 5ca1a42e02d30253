/* test_answers.c - what every back end of sql/store_answers.h has to do, over SQLite and over
 * the fake. */
#include "sql/store_answers.h"
#include "tests/contract/backends.h"

enum { LIST_MAX = STORE_ANSWERS_MAX + STORE_ANSWERS_UNDONE_MAX + 2 };

/* --- doing --- */

static const struct store_answer full = {
    .answered_us = 17,
    .real = true,
    .fresh = true,
    .scope = {"value", 5},
    .service = {"web", 3},
    .template_id = {"t1f", 3},
    .template = {"user *", 6},
    .value = {"bob", 3},
    .examples = {"[\"user bob\"]", 12},
    .incident_id = 9,
    .note = {"the tester", 10},
};

static const struct store_answer plain = {
    .scope = {"service", 7},
    .service = {"cron", 4},
    .examples = {"[]", 2},
};

/* In the open transaction. */
static int64_t add(const struct store_answer *a)
{
    int64_t id = 0;
    ck_assert_msg(!store_add_answer(writer, a, &id, &e), "%s", e.msg);
    return id;
}

static int64_t add_committed(const struct store_answer *a)
{
    must_begin();
    int64_t id = add(a);
    must_commit();
    return id;
}

static void undo_committed(int64_t id, int64_t now_us)
{
    must_begin();
    ck_assert_msg(!store_undo_answer(writer, id, now_us, &e), "%s", e.msg);
    must_commit();
}

static int64_t ids[LIST_MAX];
static size_t ids_n;

static void note_id(void *arg, const struct store_answer *a)
{
    (void)arg;
    ck_assert_uint_lt(ids_n, LIST_MAX);
    ids[ids_n++] = a->id;
}

static void list_counting(void)
{
    ids_n = 0;
    ck_assert(!store_counting_answers(reader, note_id, NULL, &e));
}

static void list_all(int64_t before_id, size_t limit)
{
    ids_n = 0;
    ck_assert(!store_list_answers(reader, before_id, limit, note_id, NULL, &e));
}

static void list_changed(int64_t seq)
{
    ids_n = 0;
    ck_assert(!store_changed_answers(reader, seq, note_id, NULL, &e));
}

static int64_t seq_now(void)
{
    int64_t seq = -1;
    ck_assert(!store_answers_seq(reader, &seq, &e));
    return seq;
}

/* --- tests --- */

static void expect_full(void *arg, const struct store_answer *a)
{
    ++*(int *)arg;
    ck_assert(a->answered_us == 17 && a->real && a->fresh && a->incident_id == 9);
    ck_assert(str_eq(a->scope, full.scope) && str_eq(a->service, full.service));
    ck_assert(str_eq(a->template_id, full.template_id));
    ck_assert(str_eq(a->template, full.template) && str_eq(a->value, full.value));
    ck_assert(str_eq(a->examples, full.examples) && str_eq(a->note, full.note));
    ck_assert(a->undone_seq == 0 && a->undone_us == 0 && a->seq == 1);
}

START_TEST(gives_back_what_was_answered)
{
    int n = 0;
    int64_t id = add_committed(&full);
    ck_assert_int_gt(id, 0);
    ck_assert(!store_list_answers(reader, INT64_MAX, 10, expect_full, &n, &e));
    ck_assert_int_eq(n, 1);
}
END_TEST

static void expect_plain(void *arg, const struct store_answer *a)
{
    ++*(int *)arg;
    ck_assert(!a->real && !a->fresh);
    ck_assert(!a->template_id.p && !a->template.p && !a->value.p && !a->note.p);
}

START_TEST(what_is_not_there_is_null)
{
    int n = 0;
    add_committed(&plain);
    ck_assert(!store_counting_answers(reader, expect_plain, &n, &e));
    ck_assert_int_eq(n, 1);
}
END_TEST

START_TEST(is_empty_at_first)
{
    ck_assert_int_eq(seq_now(), 0);
    list_counting();
    ck_assert_uint_eq(ids_n, 0);
    list_changed(0);
    ck_assert_uint_eq(ids_n, 0);
}
END_TEST

START_TEST(nothing_is_there_before_the_commit)
{
    must_begin();
    add(&plain);
    ck_assert_int_eq(seq_now(), 0);
    store_rollback(writer);
    list_all(INT64_MAX, 10);
    ck_assert_uint_eq(ids_n, 0);
    ck_assert_int_eq(add_committed(&plain), 1);
}
END_TEST

START_TEST(an_undone_one_does_not_count)
{
    int64_t a = add_committed(&plain), b = add_committed(&full);
    undo_committed(a, 55);
    list_counting();
    ck_assert_uint_eq(ids_n, 1);
    ck_assert_int_eq(ids[0], b);
    list_all(INT64_MAX, 10);
    ck_assert_uint_eq(ids_n, 2);
    ck_assert_int_eq(ids[0], b);
}
END_TEST

static void expect_undone_at_55(void *arg, const struct store_answer *a)
{
    (void)arg;
    ck_assert_int_eq(a->undone_us, 55);
    ck_assert_int_eq(a->undone_seq, 2);
}

START_TEST(is_undone_once)
{
    int64_t a = add_committed(&plain);
    undo_committed(a, 55);
    undo_committed(a, 66);
    ck_assert(!store_list_answers(reader, INT64_MAX, 10, expect_undone_at_55, NULL, &e));
    ck_assert_int_eq(seq_now(), 2);
}
END_TEST

START_TEST(knows_of_no_other_answer)
{
    must_begin();
    ck_assert_int_eq(store_undo_answer(writer, 4711, 1, &e), ERR_NOT_FOUND);
    store_rollback(writer);
}
END_TEST

START_TEST(tells_what_has_changed_in_order)
{
    int64_t a = add_committed(&plain), b = add_committed(&plain),
            c = add_committed(&plain);
    undo_committed(a, 1);
    ck_assert_int_eq(seq_now(), 4);
    list_changed(1);
    ck_assert_uint_eq(ids_n, 3);
    ck_assert(ids[0] == b && ids[1] == c && ids[2] == a);
    list_changed(3);
    ck_assert_uint_eq(ids_n, 1);
    ck_assert_int_eq(ids[0], a);
    list_changed(4);
    ck_assert_uint_eq(ids_n, 0);
}
END_TEST

START_TEST(lists_in_pages)
{
    for (int i = 0; i < 5; i++) {
        add_committed(&plain);
    }
    list_all(4, 2);
    ck_assert_uint_eq(ids_n, 2);
    ck_assert(ids[0] == 3 && ids[1] == 2);
}
END_TEST

START_TEST(refuses_to_pass_its_limit)
{
    int64_t id = 0;
    must_begin();
    for (int i = 0; i < STORE_ANSWERS_MAX; i++) {
        id = add(&plain);
    }
    int64_t more;
    ck_assert_int_eq(store_add_answer(writer, &plain, &more, &e), ERR_CONFLICT);
    ck_assert_ptr_nonnull(strstr(e.msg, "1000"));
    ck_assert(!store_undo_answer(writer, id, 1, &e));
    add(&plain);
    must_commit();
    list_counting();
    ck_assert_uint_eq(ids_n, STORE_ANSWERS_MAX);
}
END_TEST

START_TEST(keeps_so_many_undone_ones)
{
    must_begin();
    int64_t first = add(&full);
    ck_assert(!store_undo_answer(writer, first, 1, &e));
    for (int i = 1; i < STORE_ANSWERS_UNDONE_MAX; i++) {
        ck_assert(!store_undo_answer(writer, add(&plain), 1, &e));
    }
    add(&plain);
    must_commit();
    list_all(INT64_MAX, LIST_MAX);
    ck_assert_uint_eq(ids_n, STORE_ANSWERS_UNDONE_MAX + 1);
    ck_assert_int_eq(ids[ids_n - 1], first);
    undo_committed(ids[0], 1); /* one more than is kept, */
    add_committed(&plain);     /* and the next answer drops it */
    list_all(INT64_MAX, LIST_MAX);
    ck_assert_uint_eq(ids_n, STORE_ANSWERS_UNDONE_MAX + 1);
    ck_assert_int_eq(ids[ids_n - 1], first + 1);
}
END_TEST

static void expect_closed(void *arg, const struct store_answered *row)
{
    ck_assert_int_eq(row->answer_id, 1);
    ck_assert_int_eq(row->incident_id, 7 + *(int *)arg);
    ck_assert(str_eq(row->status, STR("open")));
    ++*(int *)arg;
}

START_TEST(knows_what_an_answer_has_closed)
{
    int n = 0;
    add_committed(&full);
    add_committed(&full);
    must_begin();
    struct store_answered rows[] = {
        {1, 7, STR("open")}, {1, 8, STR("open")}, {2, 9, STR("acknowledged")}};
    for (size_t i = 0; i < 3; i++) {
        ck_assert(!store_add_answered(writer, &rows[i], &e));
    }
    rows[0].status = STR("resolved");
    ck_assert(!store_add_answered(writer, &rows[0], &e)); /* it stays as it was */
    must_commit();
    ck_assert(!store_list_answered(reader, 1, expect_closed, &n, &e));
    ck_assert_int_eq(n, 2);
    ck_assert(!store_list_answered(reader, 3, expect_closed, &n, &e));
    ck_assert_int_eq(n, 2);
}
END_TEST

static TCase *answers_case(const char *name, void (*set_up)(void))
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, gives_back_what_was_answered);
    tcase_add_test(tc, what_is_not_there_is_null);
    tcase_add_test(tc, is_empty_at_first);
    tcase_add_test(tc, nothing_is_there_before_the_commit);
    tcase_add_test(tc, an_undone_one_does_not_count);
    tcase_add_test(tc, is_undone_once);
    tcase_add_test(tc, knows_of_no_other_answer);
    tcase_add_test(tc, tells_what_has_changed_in_order);
    tcase_add_test(tc, lists_in_pages);
    tcase_add_test(tc, refuses_to_pass_its_limit);
    tcase_add_test(tc, keeps_so_many_undone_ones);
    tcase_add_test(tc, knows_what_an_answer_has_closed);
    return tc;
}

int main(void)
{
    Suite *s = suite_create("answers");
    suite_add_tcase(s, answers_case("sqlite", set_up_sqlite));
    suite_add_tcase(s, answers_case("fake", set_up_mem));
    return temp_dir_run(s);
}
