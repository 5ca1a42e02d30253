/* test_imports.c - what every back end of sql/store_imports.h has to do, over SQLite and
 * over the fake. */
#include "sql/store_imports.h"
#include "tests/contract/backends.h"

enum { LIST_MAX = 32 };

/* --- doing --- */

static struct import_position at(char name)
{
    struct import_position p;
    memset(p.b, name, sizeof p.b);
    return p;
}

/* In the open transaction: the part from parent to position. */
static enum store_import_state add(char parent, char position, int64_t seen)
{
    struct store_import i = {
        .position = at(position),
        .parent = at(parent),
        .bytes = 1000 + position,
        .records = 2,
        .seen = seen,
        .marks = STR("12345678\0bcdefgh"),
        .received_us = 5,
    };
    enum store_import_state state = IMPORT_OVERTAKEN;
    ck_assert_msg(!store_add_import(writer, &i, &state, &e), "%s", e.msg);
    return state;
}

static enum store_import_state add_committed(char parent, char position, int64_t seen)
{
    must_begin();
    enum store_import_state state = add(parent, position, seen);
    must_commit();
    return state;
}

struct list {
    struct store_import_row rows[LIST_MAX];
    char marks[64];
    size_t n;
};

static void take_row(void *arg, const struct store_import_row *row)
{
    struct list *l = arg;
    ck_assert_uint_lt(l->n, LIST_MAX);
    ck_assert_uint_le(row->marks.n, sizeof l->marks);
    if (row->marks.n > 0) {
        memcpy(l->marks, row->marks.p, row->marks.n);
    }
    l->rows[l->n++] = *row;
}

static struct list list_before(struct store *s, char parent, int64_t before_id,
                               size_t limit)
{
    struct list l = {.n = 0};
    struct store_import_query q = {at(parent), before_id, limit};
    ck_assert_msg(!store_list_imports(s, &q, take_row, &l, &e), "%s", e.msg);
    return l;
}

static struct list list_of(struct store *s, char parent)
{
    return list_before(s, parent, INT64_MAX, LIST_MAX);
}

static struct list find(struct store *s, char position)
{
    struct list l = {.n = 0};
    struct import_position p = at(position);
    ck_assert_msg(!store_find_import(s, &p, take_row, &l, &e), "%s", e.msg);
    return l;
}

/* --- the tests --- */

START_TEST(an_empty_store_knows_no_part)
{
    ck_assert_uint_eq(list_of(reader, 'r').n, 0);
    ck_assert_uint_eq(find(reader, 'a').n, 0);
}
END_TEST

START_TEST(a_part_keeps_all_it_has)
{
    ck_assert_int_eq(add_committed('r', 'a', 0), IMPORT_ADDED);
    struct list l = find(reader, 'a');
    struct import_position a = at('a');
    ck_assert_uint_eq(l.n, 1);
    ck_assert_int_gt(l.rows[0].id, 0);
    ck_assert_mem_eq(l.rows[0].position.b, a.b, sizeof a.b);
    ck_assert_int_eq(l.rows[0].bytes, 1000 + 'a');
    ck_assert_int_eq(l.rows[0].records, 2);
    ck_assert_uint_eq(l.rows[0].marks.n, 16);
    ck_assert_mem_eq(l.marks, "12345678\0bcdefgh", 16);
    l = list_of(reader, 'r');
    ck_assert_uint_eq(l.n, 1);
    ck_assert_mem_eq(l.rows[0].position.b, a.b, sizeof a.b);
    ck_assert_uint_eq(l.rows[0].marks.n, 0); /* a list is short */
    ck_assert_uint_eq(list_of(reader, 'a').n, 0);
}
END_TEST

START_TEST(a_part_without_marks_has_none)
{
    struct store_import i = {.position = at('a'), .parent = at('r'), .records = 1};
    enum store_import_state state;
    must_begin();
    ck_assert(!store_add_import(writer, &i, &state, &e));
    must_commit();
    struct list l = find(reader, 'a');
    ck_assert_uint_eq(l.n, 1);
    ck_assert_uint_eq(l.rows[0].marks.n, 0);
}
END_TEST

START_TEST(a_part_is_known_the_second_time_whatever_was_seen)
{
    ck_assert_int_eq(add_committed('r', 'a', 0), IMPORT_ADDED);
    ck_assert_int_eq(add_committed('r', 'a', 0), IMPORT_KNOWN);
    ck_assert_int_eq(add_committed('r', 'a', INT64_MAX), IMPORT_KNOWN);
    ck_assert_int_eq(add_committed('x', 'a', 0), IMPORT_KNOWN);
    ck_assert_uint_eq(list_of(reader, 'r').n, 1);
    ck_assert_uint_eq(list_of(reader, 'x').n, 0);
}
END_TEST

START_TEST(who_has_not_seen_the_newest_part_is_overtaken)
{
    ck_assert_int_eq(add_committed('r', 'a', 0), IMPORT_ADDED);
    ck_assert_int_eq(add_committed('r', 'b', 0), IMPORT_OVERTAKEN);
    ck_assert_uint_eq(find(reader, 'b').n, 0);
    int64_t seen = list_of(reader, 'r').rows[0].id;
    ck_assert_int_eq(add_committed('r', 'b', seen - 1), IMPORT_OVERTAKEN);
    ck_assert_int_eq(add_committed('r', 'b', seen), IMPORT_ADDED);
    ck_assert_int_eq(add_committed('a', 'c', 0), IMPORT_ADDED); /* another parent */
    ck_assert_int_eq(add_committed('r', 'd', seen), IMPORT_OVERTAKEN);
}
END_TEST

START_TEST(the_same_transaction_counts)
{
    must_begin();
    ck_assert_int_eq(add('r', 'a', 0), IMPORT_ADDED);
    ck_assert_int_eq(add('r', 'a', 0), IMPORT_KNOWN);
    ck_assert_int_eq(add('r', 'b', 0), IMPORT_OVERTAKEN);
    ck_assert_uint_eq(list_of(reader, 'r').n, 0);
    must_commit();
    ck_assert_uint_eq(list_of(reader, 'r').n, 1);
}
END_TEST

START_TEST(a_rolled_back_part_is_not_known)
{
    must_begin();
    ck_assert_int_eq(add('r', 'a', 0), IMPORT_ADDED);
    store_rollback(writer);
    ck_assert_uint_eq(find(reader, 'a').n, 0);
    ck_assert_int_eq(add_committed('r', 'a', 0), IMPORT_ADDED);
    ck_assert_uint_eq(list_of(reader, 'r').n, 1);
}
END_TEST

START_TEST(lists_the_newest_first_within_its_bounds)
{
    int64_t ids[3] = {0};
    for (int i = 0; i < 3; i++) {
        int64_t seen = i == 0 ? 0 : ids[i - 1];
        ck_assert_int_eq(add_committed('r', (char)('a' + i), seen), IMPORT_ADDED);
        ids[i] = list_of(reader, 'r').rows[0].id;
    }
    ck_assert_int_lt(ids[0], ids[1]);
    ck_assert_int_lt(ids[1], ids[2]);
    struct list l = list_before(reader, 'r', INT64_MAX, 2);
    ck_assert_uint_eq(l.n, 2);
    ck_assert_int_eq(l.rows[0].id, ids[2]);
    ck_assert_int_eq(l.rows[1].id, ids[1]);
    l = list_before(reader, 'r', ids[1], 2);
    ck_assert_uint_eq(l.n, 1);
    ck_assert_int_eq(l.rows[0].id, ids[0]);
    ck_assert_uint_eq(list_before(reader, 'r', INT64_MAX, 0).n, 0);
    ck_assert_uint_eq(list_before(reader, 'r', ids[0], 2).n, 0);
}
END_TEST

/* --- the suite --- */

static void add_backend(Suite *s, const char *name, SFun set_up)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, an_empty_store_knows_no_part);
    tcase_add_test(tc, a_part_keeps_all_it_has);
    tcase_add_test(tc, a_part_without_marks_has_none);
    tcase_add_test(tc, a_part_is_known_the_second_time_whatever_was_seen);
    tcase_add_test(tc, who_has_not_seen_the_newest_part_is_overtaken);
    tcase_add_test(tc, the_same_transaction_counts);
    tcase_add_test(tc, a_rolled_back_part_is_not_known);
    tcase_add_test(tc, lists_the_newest_first_within_its_bounds);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("imports");
    add_backend(s, "sqlite", set_up_sqlite);
    add_backend(s, "memory", set_up_mem);
    return temp_dir_run(s);
}
