/* test_vectors.c - what was seen is never odd, what varies costs little and what never
 * varied costs much, how unusual a distance is follows from what was seen once, and the
 * pool keeps its order and its size whatever comes. */
#include "scoring/vectors.h"
#include "tests/unit/lessons.h"

#include <math.h>

enum { GROUP = 7, OTHER = 8, SLOTS = 256 };

static struct vectors *s;
static struct vector_spread spread[SLOTS];
static const struct probation_day trusted = {100, true};

static void set_up(void)
{
    s = malloc(sizeof *s);
    ck_assert_ptr_nonnull(s);
    memset(s, 0x5a, sizeof *s);
    vectors_init(s);
    memset(spread, 0, sizeof spread);
}

/* Every place in the pool is free or in one group's list and in one chain. */
static void assert_sound(void)
{
    static uint8_t seen[VECTORS_MAX];
    int in_groups = 0, in_chains = 0, unused = 0;
    memset(seen, 0, sizeof seen);
    for (int g = 0; g < VECTOR_GROUPS_MAX; g++) {
        int n = 0;
        for (int i = s->group[g].first; i >= 0; i = s->kept[i].next, n++) {
            ck_assert_int_eq(s->kept[i].group, g);
            ck_assert_int_eq(seen[i]++, 0);
        }
        ck_assert_int_eq(s->group[g].n, n);
        ck_assert_int_le(n, VECTORS_GROUP_MAX);
        in_groups += n;
    }
    for (int i = s->free; i >= 0; i = s->kept[i].next, unused++) {
        ck_assert_int_eq(seen[i]++, 0);
    }
    for (int b = 0; b < VECTORS_MAX; b++) {
        for (int i = s->bucket[b]; i >= 0; i = s->kept[i].chain) {
            in_chains++;
        }
    }
    ck_assert_int_eq(in_groups + unused, VECTORS_MAX);
    ck_assert_int_eq(in_chains, in_groups);
}

static void tear_down(void)
{
    assert_sound();
    free(s);
}

/* A letter is a template, with its slot; in lower case it has none. */
static struct vector of(const char *letters)
{
    struct vector v = {0};
    for (; *letters; letters++) {
        bool slot = *letters >= 'A' && *letters <= 'Z';
        vector_add(&v, (uint32_t)*letters,
                   slot ? (uint16_t)(*letters - 'A') : (uint16_t)VECTOR_NO_SLOT);
    }
    ck_assert(vector_seal(&v));
    return v;
}

/* One that is like no other: of `number` and so many of another. */
static struct vector numbered(uint32_t number)
{
    struct vector v = {0};
    vector_add(&v, 1000 + number, VECTOR_NO_SLOT);
    vector_add(&v, 5, VECTOR_NO_SLOT);
    ck_assert(vector_seal(&v));
    return v;
}

static void learn_in(int group, const struct vector *v, const struct probation_day *day)
{
    vectors_learn(s, group, spread, v, day);
}

static void learn(const char *letters, int times)
{
    struct vector v = of(letters);
    for (int i = 0; i < times; i++) {
        learn_in(GROUP, &v, &trusted);
    }
}

static struct vector_view look_at(int group, const struct vector *v)
{
    struct vector_view view;
    vectors_look(s, group, spread, v, &view);
    return view;
}

static double z_of(const char *letters)
{
    struct vector v = of(letters);
    return look_at(GROUP, &v).z;
}

static bool is_there(int group, const struct vector *v)
{
    struct vector_view view = look_at(group, v);
    return view.nearest >= 0 && view.distance <= 0;
}

/* --- one vector --- */

START_TEST(the_order_of_records_does_not_matter)
{
    struct vector a = of("ABCAAB"), b = of("BAACBA"), c = of("BAACBB");
    ck_assert_uint_eq(a.hash, b.hash);
    ck_assert_mem_eq(a.item, b.item, 3 * sizeof a.item[0]);
    ck_assert_uint_ne(a.hash, c.hash);
    ck_assert_uint_eq(a.item[0].count, 3);
    ck_assert_double_eq_tol((double)a.item[0].log, log(4), 1e-6);
}
END_TEST

START_TEST(a_window_of_too_many_kinds_has_no_vector)
{
    struct vector v = {0};
    for (uint32_t i = 0; i < VECTOR_ITEMS_MAX; i++) {
        vector_add(&v, i + 1, VECTOR_NO_SLOT);
    }
    ck_assert(vector_seal(&v));
    vector_add(&v, 3, VECTOR_NO_SLOT); /* a kind that it has */
    ck_assert(vector_seal(&v));
    vector_add(&v, 1000, VECTOR_NO_SLOT);
    ck_assert(!vector_seal(&v));
    vector_add(&v, 3, VECTOR_NO_SLOT);
    ck_assert(!vector_seal(&v));
}
END_TEST

START_TEST(a_count_stays_at_its_highest)
{
    struct vector v = {0};
    for (int i = 0; i < 70000; i++) {
        vector_add(&v, 1, VECTOR_NO_SLOT);
    }
    ck_assert_uint_eq(v.item[0].count, UINT16_MAX);
}
END_TEST

/* --- looking --- */

START_TEST(what_was_seen_is_never_odd)
{
    uint64_t chance = 1;
    char text[3][12] = {""};
    for (int i = 0; i < 100; i++) {
        char *t = text[i % 3];
        uint32_t n = 1 + chance_below(&chance, 10);
        for (uint32_t k = 0; k < n; k++) {
            t[k] = (char)('A' + chance_below(&chance, 5));
        }
        t[n] = '\0';
        learn(t, 1);
        for (int k = 0; k < 3; k++) {
            struct vector v = of(text[k]);
            ck_assert(k > i || (is_there(GROUP, &v) && look_at(GROUP, &v).z <= 0));
        }
    }
}
END_TEST

START_TEST(nothing_is_odd_where_nothing_was_seen)
{
    struct vector_view view;
    struct vectors_odd odd;
    struct vector v = of("AB");
    learn("AC", 100);
    vectors_look(s, OTHER, spread, &v, &view); /* groups do not see each other */
    ck_assert(view.z <= 0 && view.nearest < 0);
    ck_assert(!vectors_odd_item(s, OTHER, spread, &v, &odd));
}
END_TEST

/* A opens, B closes, C comes as often as it will. */
static void learn_work(int windows)
{
    char text[40];
    for (int i = 0; i < windows; i++) {
        int n = i * 7 % 20;
        memset(text, 'C', sizeof text);
        memcpy(text, "AB", 2);
        text[2 + n + (n > 12)] = '\0'; /* never 13 */
        learn(text, 1);
    }
}

START_TEST(a_count_that_varies_is_near_and_a_missing_half_of_a_pair_is_far)
{
    learn_work(1000);
    struct vectors_odd odd;
    struct vector v = of("ACCCCCCCCCCCCC"); /* and a number of C that never was */
    double more = z_of("ABCCCCCCCCCCCCC"), half = z_of("ACCC"), twice = z_of("ABBCCC");
    ck_assert_msg(half > 2.3 && twice > 2.3, "%g, %g", half, twice);
    ck_assert_msg(more > 0 && more < half - .5 && more < twice - .5, "%g of %g", more,
                  half);
    ck_assert(vectors_odd_item(s, GROUP, spread, &v, &odd));
    ck_assert_int_eq(odd.slot, 'B' - 'A');
    ck_assert_int_eq(odd.count, 0);
    ck_assert_int_eq(odd.nearest_count, 1);
}
END_TEST

START_TEST(a_difference_costs_the_less_the_more_its_count_varies)
{
    learn_work(1000); /* of C up to 20, of B always 1 */
    struct vector twice = of("ABBCCC"),
                  more = of("ABCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC");
    double pair = look_at(GROUP, &twice).distance, many = look_at(GROUP, &more).distance;
    ck_assert_msg(many < pair / 3, "%g, %g", many, pair);
}
END_TEST

START_TEST(every_group_has_its_own_vectors)
{
    struct vector v = of("ab");
    for (int g = 0; g < VECTOR_GROUPS_MAX; g += 2) {
        learn_in(g, &v, &trusted);
    }
    for (int g = 0; g < VECTOR_GROUPS_MAX; g++) {
        ck_assert(is_there(g, &v) == (g % 2 == 0));
    }
}
END_TEST

/* Of n windows some were as far from all others as the one that is looked at. */
static const int seen_once[] = {1, 3, 10, 40};

START_TEST(a_distance_is_as_rare_as_the_windows_that_were_as_far)
{
    learn("ab", 1000);
    for (int i = 0; i < seen_once[_i]; i++) {
        struct vector v = of("ab");
        vector_add(&v, 1000 + (uint32_t)i, VECTOR_NO_SLOT);
        ck_assert(vector_seal(&v));
        learn_in(GROUP, &v, &trusted);
    }
    double want = -log10(seen_once[_i] / (1000.0 + seen_once[_i]));
    double got = z_of("abz"), farther = z_of("abxyz");
    ck_assert_msg(fabs(got - want) < .2, "%g, not %g", got, want);
    ck_assert_msg(farther > want + .25, "%g", farther);
}
END_TEST

START_TEST(farther_is_never_less_odd)
{
    learn_work(500);
    double last = 0;
    char text[40] = "ABCC";
    for (size_t i = 4; i < 30; i++) {
        text[i] = (char)('D' + i % 3);
        text[i + 1] = '\0';
        double z = z_of(text);
        ck_assert_msg(z >= last && isfinite(z), "%s: %g after %g", text, z, last);
        last = z;
    }
}
END_TEST

START_TEST(where_no_window_is_like_another_none_is_odd)
{
    for (uint32_t i = 0; i < 600; i++) {
        struct vector v = numbered(i);
        learn_in(GROUP, &v, &trusted);
    }
    ck_assert(z_of("abcde") <= 0);
}
END_TEST

START_TEST(looking_changes_nothing)
{
    static struct vector_spread before[SLOTS];
    learn_work(100);
    struct vectors *copy = malloc(sizeof *copy);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, s, sizeof *s);
    memcpy(before, spread, sizeof spread);
    z_of("ACCC");
    ck_assert_mem_eq(copy, s, sizeof *s);
    ck_assert_mem_eq(before, spread, sizeof spread);
    free(copy);
}
END_TEST

/* --- on probation --- */

static void learn_suspect(const char *letters, int32_t day)
{
    struct vector v = of(letters);
    struct probation_day d = {day, false};
    learn_in(GROUP, &v, &d);
}

START_TEST(a_suspect_is_odd_until_it_has_come_on_enough_days)
{
    learn("AB", 500);
    for (int32_t day = 0; day < PROBATION_DAYS; day++) {
        for (int i = 0; i < 20; i++) { /* often on one day is not enough */
            ck_assert_msg(z_of("ABZ") > 1, "day %d: %g", day, z_of("ABZ"));
            learn_suspect("ABZ", day);
            if (day == PROBATION_DAYS - 1) {
                break;
            }
        }
    }
    ck_assert(z_of("ABZ") <= 0);
}
END_TEST

START_TEST(nothing_is_near_to_a_suspect)
{
    struct vector v = of("ABYYYZ");
    learn("AB", 500);
    double before = look_at(GROUP, &v).distance;
    learn_suspect("ABYYY", 0);
    ck_assert_double_eq_tol(look_at(GROUP, &v).distance, before, .01);
    learn("ABYYY", 1); /* in ordinary company now */
    ck_assert(z_of("ABYYY") <= 0);
    ck_assert_double_lt(look_at(GROUP, &v).distance, before / 2);
}
END_TEST

START_TEST(that_suspects_came_makes_the_next_one_no_rarer)
{
    learn("ab", 500);
    double before = z_of("abz");
    learn_suspect("abx", 0);
    learn_suspect("aby", 0);
    ck_assert_double_lt(z_of("abz"), before);
    ck_assert_double_eq_tol((double)s->group[GROUP].windows, 502, .1);
}
END_TEST

/* --- room --- */

static void learn_numbers(int group, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        struct vector v = numbered(i);
        learn_in(group, &v, &trusted);
    }
}

static void assert_numbers(int group, uint32_t from, uint32_t to, bool there)
{
    for (uint32_t i = from; i < to; i++) {
        struct vector v = numbered(i);
        ck_assert_msg(is_there(group, &v) == there, "%u", i);
    }
}

START_TEST(a_group_keeps_its_most_and_one_more_takes_the_place_of_the_oldest)
{
    learn_numbers(GROUP, 0, VECTORS_GROUP_MAX);
    ck_assert_uint_eq(s->evicted, 0);
    assert_numbers(GROUP, 0, VECTORS_GROUP_MAX, true);
    learn_numbers(GROUP, 5000, 5001);
    ck_assert_uint_eq(s->evicted, 1);
    assert_numbers(GROUP, 0, 1, false);
    assert_numbers(GROUP, 1, VECTORS_GROUP_MAX, true);
    assert_numbers(GROUP, 5000, 5001, true);
    ck_assert_int_eq(s->group[GROUP].n, VECTORS_GROUP_MAX);
}
END_TEST

START_TEST(what_was_seen_twice_stays)
{
    learn_numbers(GROUP, 0, 3);
    learn_numbers(GROUP, 0, 2); /* the first two again */
    learn_numbers(GROUP, 3, VECTORS_GROUP_MAX + 99);
    learn_numbers(GROUP, VECTORS_GROUP_MAX + 98,
                  VECTORS_GROUP_MAX + 99); /* the newest, too */
    learn_numbers(GROUP, VECTORS_GROUP_MAX + 99, VECTORS_GROUP_MAX + 100);
    ck_assert_uint_eq(s->evicted, 100);
    assert_numbers(GROUP, 0, 2, true);
    assert_numbers(GROUP, 2, 102, false);
    assert_numbers(GROUP, 102, VECTORS_GROUP_MAX + 100, true);
}
END_TEST

START_TEST(of_a_full_pool_the_largest_group_gives)
{
    int full = VECTORS_MAX / VECTORS_GROUP_MAX - 1; /* groups as large as they may be */
    for (int g = 0; g < full; g++) {
        learn_numbers(100 + g, 0, VECTORS_GROUP_MAX);
    }
    learn_numbers(GROUP, 0, VECTORS_GROUP_MAX - 1);
    learn_numbers(OTHER, 0, 1);
    ck_assert_uint_eq(s->evicted, 0);
    learn_numbers(OTHER, 1, 2);
    ck_assert_uint_eq(s->evicted, 1);
    assert_numbers(GROUP, 0, VECTORS_GROUP_MAX - 1, true);
    assert_numbers(OTHER, 0, 2, true);
    assert_sound();
    vectors_forget(s, 100);
    vectors_forget(s, 101);
    assert_sound();
    ck_assert_int_eq(s->group[100].n, 0);
    assert_numbers(GROUP, 0, VECTORS_GROUP_MAX - 1, true);
    assert_numbers(OTHER, 0, 2, true);
    assert_numbers(100, 0, 10, false);
    learn_numbers(101, 0, VECTORS_GROUP_MAX); /* there is room again */
    ck_assert_uint_eq(s->evicted, 1);
}
END_TEST

START_TEST(a_group_that_was_forgotten_begins_anew)
{
    learn("AB", 300);
    learn("ABC", 1);
    vectors_forget(s, GROUP);
    ck_assert(z_of("ABD") <= 0);
    ck_assert_double_eq_tol((double)s->group[GROUP].windows, 0, .1);
    ck_assert_double_eq_tol((double)s->group[GROUP].learned, 0, .1);
}
END_TEST

START_TEST(vectors_of_one_hash_are_told_apart)
{
    struct vector v[3] = {of("ab"), of("abc"), of("ad")};
    for (size_t i = 0; i < 3; i++) {
        v[i].hash = 42;
    }
    learn_in(GROUP, &v[0], &trusted);
    learn_in(GROUP, &v[1], &trusted);
    learn_in(OTHER, &v[2], &trusted);
    ck_assert(is_there(GROUP, &v[0]) && is_there(GROUP, &v[1]));
    ck_assert(!is_there(GROUP, &v[2]));
    ck_assert(is_there(OTHER, &v[2]) && !is_there(OTHER, &v[0]));
    ck_assert_int_eq(s->group[GROUP].n, 2);
    vectors_forget(s, GROUP); /* out of the middle of one chain */
    ck_assert(is_there(OTHER, &v[2]) && !is_there(GROUP, &v[1]));
}
END_TEST

START_TEST(an_older_half_counts_half)
{
    learn("ab", 100);
    learn("abc", 2);
    learn_numbers(OTHER, 0, 4);
    vectors_halve(s, GROUP);
    ck_assert_double_eq_tol((double)s->group[GROUP].windows, 51, .1);
    ck_assert_double_eq_tol((double)s->group[OTHER].windows, 4, .1);
    double counts = 0;
    for (int i = s->group[GROUP].first; i >= 0; i = s->kept[i].next) {
        counts += (double)s->kept[i].count;
    }
    ck_assert_double_eq_tol(counts, 51, .1);
    ck_assert(z_of("ab") <= 0 && z_of("abc") <= 0); /* still known */
}
END_TEST

START_TEST(the_pool_stays_sound_whatever_comes)
{
    uint64_t chance = 3;
    for (int i = 0; i < 9000; i++) {
        int group = (int)chance_below(&chance, 6);
        struct vector v = numbered(chance_below(&chance, 1500));
        struct probation_day day = {(int32_t)chance_below(&chance, 6),
                                    chance_below(&chance, 3) > 0};
        learn_in(group, &v, &day);
        if (i % 4000 == 3999) {
            vectors_forget(s, (int)chance_below(&chance, 6));
            assert_sound();
        }
    }
    ck_assert_uint_gt(s->evicted, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_order_of_records_does_not_matter,
        a_window_of_too_many_kinds_has_no_vector,
        a_count_stays_at_its_highest,
        what_was_seen_is_never_odd,
        nothing_is_odd_where_nothing_was_seen,
        a_count_that_varies_is_near_and_a_missing_half_of_a_pair_is_far,
        a_difference_costs_the_less_the_more_its_count_varies,
        every_group_has_its_own_vectors,
        farther_is_never_less_odd,
        where_no_window_is_like_another_none_is_odd,
        looking_changes_nothing,
        a_suspect_is_odd_until_it_has_come_on_enough_days,
        nothing_is_near_to_a_suspect,
        that_suspects_came_makes_the_next_one_no_rarer,
        a_group_keeps_its_most_and_one_more_takes_the_place_of_the_oldest,
        what_was_seen_twice_stays,
        of_a_full_pool_the_largest_group_gives,
        a_group_that_was_forgotten_begins_anew,
        vectors_of_one_hash_are_told_apart,
        an_older_half_counts_half,
        the_pool_stays_sound_whatever_comes,
    };
    Suite *suite = suite_create("vectors");
    TCase *tc = tcase_create("vectors");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    tcase_add_loop_test(tc, a_distance_is_as_rare_as_the_windows_that_were_as_far, 0,
                        ROWS(seen_once));
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
