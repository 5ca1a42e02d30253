/* test_sessions.c - sessions are found, kept few, and ended in the order in which they were
 * heard of. */
#include "scoring/sessions.h"
#include "tests/unit/lessons.h"

static struct sessions *s;

static void set_up(void)
{
    s = malloc(sizeof *s);
    ck_assert_ptr_nonnull(s);
    memset(s, 0x5a, sizeof *s);
    sessions_init(s);
}

/* The list and the chains hold each session once. */
static void tear_down(void)
{
    int listed = 0, chained = 0, unused = 0;
    for (struct session *x = NULL; (x = sessions_after(s, x)) != NULL; listed++) {
        ck_assert(x->in_use);
        ck_assert_ptr_eq(sessions_find(s, x->id), x);
    }
    for (int b = 0; b < SESSIONS_MAX; b++) {
        for (int i = s->bucket[b]; i >= 0; i = s->slot[i].next) {
            chained++;
        }
    }
    for (int i = s->unused; i >= 0; i = s->slot[i].next) {
        unused++;
    }
    ck_assert_int_eq(listed, chained);
    ck_assert_int_eq(listed + unused, SESSIONS_MAX);
    free(s);
}

START_TEST(a_session_is_found_by_its_id)
{
    ck_assert_ptr_null(sessions_find(s, 5));
    struct session *x = sessions_take(s, 5);
    ck_assert_ptr_nonnull(x);
    ck_assert(x->id == 5 && x->in_use && x->w.n == 0 && x->t.count == 0 && !x->several);
    x->w.n = 7;
    ck_assert_ptr_eq(sessions_take(s, 5), x);
    ck_assert_int_eq(x->w.n, 7);
    ck_assert_ptr_eq(sessions_find(s, 5), x);
    ck_assert_ptr_null(sessions_find(s, 5 + SESSIONS_MAX)); /* of the same chain */
}
END_TEST

START_TEST(an_ended_session_begins_anew)
{
    struct session *x = sessions_take(s, 5);
    x->w.n = 7;
    x->several = true;
    sessions_end(s, x);
    ck_assert_ptr_null(sessions_find(s, 5));
    x = sessions_take(s, 5);
    ck_assert(x->w.n == 0 && !x->several);
}
END_TEST

START_TEST(sessions_of_one_chain_are_told_apart)
{
    struct session *x[4];
    for (uint64_t i = 0; i < 4; i++) {
        x[i] = sessions_take(s, 3 + i * SESSIONS_MAX);
    }
    sessions_end(s, x[1]); /* out of the middle, */
    sessions_end(s, x[3]); /* the head, */
    sessions_end(s, x[0]); /* the end */
    ck_assert_ptr_eq(sessions_find(s, 3 + 2 * SESSIONS_MAX), x[2]);
    ck_assert_ptr_null(sessions_find(s, 3));
}
END_TEST

START_TEST(they_stand_in_the_order_in_which_they_were_heard_of)
{
    static const uint64_t order[] = {2, 4, 1};
    for (const char *c = "123431"; *c; c++) {
        sessions_take(s, (uint64_t)(*c - '0'));
    }
    struct session *x = NULL;
    sessions_end(s, sessions_take(s, 3));
    for (int i = 0; i < ROWS(order); i++) {
        x = sessions_after(s, x);
        ck_assert_uint_eq(x->id, order[i]);
    }
    ck_assert_ptr_null(sessions_after(s, x));
}
END_TEST

START_TEST(as_many_as_there_is_room_for_and_one_more_must_wait)
{
    for (uint64_t i = 0; i < SESSIONS_MAX; i++) {
        ck_assert_ptr_nonnull(sessions_take(s, i * 977));
    }
    ck_assert_ptr_null(sessions_take(s, 1));
    ck_assert_ptr_null(sessions_find(s, 1));
    ck_assert_ptr_nonnull(sessions_take(s, 0)); /* one that is open may go on */
    struct session *oldest = sessions_after(s, NULL);
    ck_assert_uint_eq(oldest->id, 977);
    sessions_end(s, oldest);
    ck_assert_ptr_nonnull(sessions_take(s, 1));
    ck_assert_ptr_null(sessions_take(s, 2));
}
END_TEST

START_TEST(nothing_is_the_first_of_none)
{
    ck_assert_ptr_null(sessions_after(s, NULL));
}
END_TEST

/* Services number from 1; sessions are hashes. */
START_TEST(each_service_has_its_own_sessions)
{
    uint64_t chance = 4;
    ck_assert_uint_ne(session_id(1, 100), session_id(2, 100));
    ck_assert_uint_eq(session_id(7, 100), session_id(7, 100));
    for (int i = 0; i < 1000; i++) { /* neighbours are another's */
        uint64_t session = (uint64_t)chance_next(&chance) << 32 | chance_next(&chance);
        ck_assert_uint_ne(session_id(1, session), session_id(1, session + 1));
        ck_assert_uint_ne(session_id(1, session + 1), session_id(2, session));
    }
}
END_TEST

START_TEST(whatever_comes_and_goes_it_stays_sound)
{
    uint64_t chance = 1;
    for (int i = 0; i < 30000; i++) {
        uint64_t id = chance_below(&chance, 3 * SESSIONS_MAX) * 977ULL;
        struct session *x = sessions_take(s, id);
        if (!x) {
            sessions_end(s, sessions_after(s, NULL));
            x = sessions_take(s, id);
        }
        ck_assert_ptr_nonnull(x);
        if (chance_below(&chance, 3) == 0) {
            sessions_end(s, x);
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_session_is_found_by_its_id,
        an_ended_session_begins_anew,
        sessions_of_one_chain_are_told_apart,
        they_stand_in_the_order_in_which_they_were_heard_of,
        as_many_as_there_is_room_for_and_one_more_must_wait,
        nothing_is_the_first_of_none,
        each_service_has_its_own_sessions,
        whatever_comes_and_goes_it_stays_sound,
    };
    Suite *suite = suite_create("sessions");
    TCase *tc = tcase_create("sessions");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
