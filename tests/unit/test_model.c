/* test_model.c - services are found, kept few, forgotten whole, and grow old. */
#include "scoring/model.h"
#include "tests/unit/lessons.h"

#include "scoring/mask.h"

static struct model *m;

static void set_up(void)
{
    m = malloc(sizeof *m);
    ck_assert_ptr_nonnull(m);
    memset(m, 0x5a, sizeof *m);
    model_init(m);
}

static void tear_down(void)
{
    free(m);
}

static struct str name_of(int number)
{
    static char text[4][16];
    static int turn;
    turn = (turn + 1) % 4;
    int n = snprintf(text[turn], sizeof text[turn], "service %d", number);
    return (struct str){text[turn], (size_t)n};
}

static int find(struct str name)
{
    return model_find(m, name, str_hash(name));
}

static int take(struct str name)
{
    int i = model_take(m, name, str_hash(name));
    ck_assert_int_eq(find(name), i);
    ck_assert_int_eq(m->youngest, i);
    ck_assert(m->service[i].in_use);
    CHECK_STR("name", ((struct str){m->service[i].name, m->service[i].name_n}), name);
    return i;
}

/* A template of the service, with something known of it. */
static int teach(int service, const char *message)
{
    struct tokens t;
    int evicted;
    mask_tokens(str_of(message), &t);
    int slot = templates_learn(&m->templates, m->service[service].number, &t,
                               str_of(message), &evicted);
    ck_assert_int_eq(evicted, -1);
    m->template[slot] =
        (struct model_template){.count = 8, .seen = 9, .grave = true, .id = 7};
    m->batch_spread[slot] = m->session_spread[slot] =
        (struct vector_spread){.sum = 8, .squares = 8, .weight = 3};
    return slot;
}

/* A vector of the service's batches and one of its sessions. */
static void teach_vectors(int service)
{
    struct probation_day day = {1, true};
    struct vector v = {0};
    vector_add(&v, 5, VECTOR_NO_SLOT);
    ck_assert(vector_seal(&v));
    for (int k = 0; k < 2; k++) {
        vectors_learn(&m->vectors,
                      model_vector_group(service, k ? WINDOW_SESSION : WINDOW_FEW),
                      m->batch_spread, &v, &day);
    }
}

static float vectors_of(int service)
{
    return m->vectors.group[model_vector_group(service, WINDOW_FEW)].windows +
           m->vectors.group[model_vector_group(service, WINDOW_SESSION)].windows;
}

/* --- finding --- */

START_TEST(knows_a_service_by_its_name)
{
    ck_assert_int_eq(find(STR("web")), -1);
    int web = take(STR("web")), auth = take(STR("auth"));
    ck_assert_int_ne(web, auth);
    ck_assert_int_eq(take(STR("web")), web);
    ck_assert_int_eq(find(STR("we")), -1);
    ck_assert_int_eq(find(STR("")), -1);
    ck_assert_uint_ne(m->service[web].number, m->service[auth].number);
    ck_assert(model_is_at(m, web, m->service[web].number));
    ck_assert(!model_is_at(m, web, m->service[auth].number));
}
END_TEST

START_TEST(names_of_one_hash_are_told_apart)
{
    int a = model_take(m, STR("a"), 5), b = model_take(m, STR("b"), 5);
    int c = model_take(m, STR("c"), 5 + MODEL_BUCKETS); /* the same chain */
    ck_assert(a != b && b != c && a != c);
    ck_assert_int_eq(model_find(m, STR("a"), 5), a);
    ck_assert_int_eq(model_find(m, STR("b"), 5), b);
    ck_assert_int_eq(model_find(m, STR("c"), 5 + MODEL_BUCKETS), c);
    ck_assert_int_eq(model_find(m, STR("c"), 5), -1);
}
END_TEST

START_TEST(keeps_the_longest_name_whole)
{
    static char text[CORE_SERVICE_BYTES - 1];
    memset(text, 'x', sizeof text);
    take((struct str){text, sizeof text});
    ck_assert_int_eq(find((struct str){text, sizeof text - 1}), -1);
}
END_TEST

START_TEST(a_new_service_has_no_history)
{
    int i = take(STR("web"));
    const struct model_service *s = &m->service[i];
    ck_assert(s->records <= 0 && s->counted <= 0 && s->errors <= 0 && s->logins <= 0);
    ck_assert(s->time.latest_us == INT64_MIN);
    ck_assert_int_eq(model_templates_n(m, i), 0);
    for (int k = 0; k < WINDOW_KINDS_N; k++) {
        ck_assert(s->kind[k].n <= 0 && s->kind[k].pool.n <= 0);
    }
}
END_TEST

/* --- room --- */

static void take_all(void)
{
    for (int i = 0; i < MODEL_SERVICES_MAX; i++) {
        take(name_of(i));
    }
}

START_TEST(as_many_as_there_is_room_for_are_kept)
{
    take_all();
    for (int i = 0; i < MODEL_SERVICES_MAX; i++) {
        ck_assert_int_ge(find(name_of(i)), 0);
    }
    ck_assert_uint_eq(m->forgotten, 0);
    ck_assert_int_eq(m->unused, -1);
}
END_TEST

START_TEST(one_more_takes_the_place_of_the_one_silent_longest)
{
    take_all();
    take(name_of(0)); /* it speaks again: now 1 is the oldest */
    int place = find(name_of(1));
    uint32_t number = m->service[place].number;
    int fresh = take(STR("one more"));
    ck_assert_int_eq(fresh, place);
    ck_assert_int_eq(find(name_of(1)), -1);
    ck_assert_int_ge(find(name_of(0)), 0);
    ck_assert_int_ge(find(name_of(2)), 0);
    ck_assert(!model_is_at(m, place, number));
    ck_assert_uint_eq(m->forgotten, 1);
    take(name_of(1)); /* back, as a new one */
    ck_assert_int_eq(find(name_of(2)), -1);
    ck_assert_uint_ne(m->service[find(name_of(1))].number, number);
    ck_assert_int_eq(model_evictions(m), 2);
}
END_TEST

START_TEST(of_a_service_that_is_forgotten_nothing_is_left)
{
    take_all();
    int gone = find(name_of(0)), stays = find(name_of(1));
    int slot = teach(gone, "it is up"), kept = teach(stays, "it is up");
    teach_vectors(gone);
    teach_vectors(stays);
    m->service[gone].records = 500;
    int fresh = take(STR("one more"));
    ck_assert_int_eq(fresh, gone);
    ck_assert(m->service[fresh].records <= 0);
    ck_assert_uint_eq(templates_id(&m->templates, slot), 0);
    ck_assert(m->template[slot].count <= 0 && m->template[slot].id == 0);
    ck_assert_uint_eq(m->template[slot].seen, 0);
    ck_assert(m->batch_spread[slot].sum <= 0 && m->session_spread[slot].weight <= 0);
    ck_assert(vectors_of(fresh) <= 0);
    ck_assert_int_eq(model_templates_n(m, fresh), 0);
    ck_assert_int_eq(model_templates_n(m, stays), 1);
    ck_assert_uint_eq(m->template[kept].seen, 9);
    ck_assert_double_eq_tol((double)vectors_of(stays), 2, .1);
}
END_TEST

START_TEST(services_that_come_and_go_without_end_leave_a_sound_model)
{
    uint64_t chance = 2;
    for (int i = 0; i < 20000; i++) {
        take(name_of((int)chance_below(&chance, 2 * MODEL_SERVICES_MAX)));
    }
    int n = 0, last = -1;
    for (int i = m->oldest; i >= 0; i = m->service[i].younger, n++) {
        ck_assert_int_eq(m->service[i].older, last);
        last = i;
    }
    ck_assert_int_eq(last, m->youngest);
    ck_assert_int_eq(n, MODEL_SERVICES_MAX);
    int chained = 0;
    for (int b = 0; b < MODEL_BUCKETS; b++) {
        for (int i = m->bucket[b]; i >= 0; i = m->service[i].next) {
            chained++;
        }
    }
    ck_assert_int_eq(chained, n);
    ck_assert_uint_eq(m->numbers - m->forgotten, (uint32_t)n);
}
END_TEST

/* --- growing old --- */

START_TEST(halving_is_for_one_service_alone)
{
    int old = take(STR("old")), other = take(STR("other"));
    int slot = teach(old, "it is up"), kept = teach(other, "it is up");
    for (int i = 0; i < 2; i++) {
        struct model_service *s = &m->service[i ? old : other];
        s->records = s->once = s->errors = s->logins = s->counted = s->low = 100;
        s->attacks[ATTACK_XSS] = s->alarms.crossings = 100;
        s->kind[WINDOW_FEW].n = 100;
        hist_add(&s->trace[TRACE_RARE], 1);
        hist_add(&s->kind[WINDOW_FEW].pool, 1);
        hist_add(&s->kind[WINDOW_HOUR].part[PART_ERRORS], 1);
        teach_vectors(i ? old : other);
    }
    struct model_service before = m->service[other];
    model_halve(m, old);
    ck_assert_mem_eq(&before, &m->service[other], sizeof before);
    ck_assert_double_eq_tol((double)m->template[kept].count, 8, .1);
    ck_assert_double_eq_tol((double)m->batch_spread[kept].sum, 8, .1);
    ck_assert_double_eq_tol((double)vectors_of(other), 2, .1);
    const struct model_service *s = &m->service[old];
    const float halves[] = {s->records,
                            s->once,
                            s->errors,
                            s->logins,
                            s->counted,
                            s->low,
                            s->attacks[ATTACK_XSS],
                            s->alarms.crossings,
                            s->kind[WINDOW_FEW].n};
    for (int i = 0; i < ROWS(halves); i++) {
        ck_assert_msg(halves[i] > 49 && halves[i] < 51, "%d: %g", i, (double)halves[i]);
    }
    ck_assert_double_eq_tol((double)s->trace[TRACE_RARE].n, .5, .1);
    ck_assert_double_eq_tol((double)s->kind[WINDOW_FEW].pool.n, .5, .1);
    ck_assert_double_eq_tol((double)s->kind[WINDOW_HOUR].part[PART_ERRORS].n, .5, .1);
    ck_assert_double_eq_tol((double)m->template[slot].count, 4, .1);
    ck_assert_double_eq_tol((double)m->session_spread[slot].squares, 4, .1);
    ck_assert_double_eq_tol((double)vectors_of(old), 1, .1);
    ck_assert_uint_eq(m->template[slot].seen, 9); /* that it was seen is not forgotten */
}
END_TEST

/* --- the rest --- */

START_TEST(templates_are_counted_by_service)
{
    int a = take(STR("a")), b = take(STR("b")), c = take(STR("c"));
    for (int i = 0; i < 3; i++) {
        teach(a, (const char *[]){"it is up", "disk is full now", "bye"}[i]);
    }
    teach(c, "it is up");
    ck_assert_int_eq(model_templates_n(m, a), 3);
    ck_assert_int_eq(model_templates_n(m, b), 0);
    ck_assert_int_eq(model_templates_n(m, c), 1);
}
END_TEST

START_TEST(every_service_has_its_own_groups_of_vectors)
{
    static uint8_t used[VECTOR_GROUPS_MAX];
    for (int i = 0; i < MODEL_SERVICES_MAX; i++) {
        for (int k = 0; k < 2; k++) {
            int g = model_vector_group(i, k ? WINDOW_SESSION : WINDOW_MANY);
            ck_assert(g >= 0 && g < VECTOR_GROUPS_MAX);
            ck_assert_int_eq(used[g]++, 0);
        }
        ck_assert_int_eq(model_vector_group(i, WINDOW_FEW),
                         model_vector_group(i, WINDOW_MANY));
    }
}
END_TEST

START_TEST(all_evictions_are_told)
{
    m->forgotten = 1;
    m->templates.evicted_n = 10;
    m->vectors.evicted = 100;
    m->values.evicted = 10000;
    ck_assert_int_eq(model_evictions(m), 10111);
}
END_TEST

START_TEST(it_is_a_block_that_may_be_copied)
{
    take_all();
    teach(find(name_of(3)), "it is up");
    struct model *copy = malloc(sizeof *copy), *first = m;
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, m, sizeof *m);
    memset(m, 0xa5, sizeof *m);
    m = copy;
    ck_assert_int_eq(model_templates_n(m, find(name_of(3))), 1);
    take(STR("one more"));
    ck_assert_int_eq(find(name_of(0)), -1);
    m = first;
    free(copy);
}
END_TEST

/* What windows remember of a template is worth nothing when another one has its slot. */
START_TEST(a_slot_is_a_templates_only_with_its_key)
{
    int web = take(STR("web"));
    int slot = teach(web, "it is up");
    uint32_t key = model_key(m, slot);
    struct vector_item item = {.key = key, .slot = (uint16_t)slot};
    ck_assert_int_eq(model_slot(m, slot, key), slot);
    ck_assert_int_eq(model_slot_of(m, &item), slot);
    ck_assert_int_eq(model_slot(m, slot, key + 1), -1);
    ck_assert_int_eq(model_slot(m, -1, key), -1);
    ck_assert_int_eq(model_slot(m, TEMPLATES_MAX, key), -1);
    templates_forget_service(&m->templates, m->service[web].number);
    ck_assert_int_eq(model_slot(m, slot, key), -1);
    int other = teach(take(STR("auth")), "nobody is here");
    ck_assert_int_eq(other, slot); /* it has the slot now */
    ck_assert_int_eq(model_slot(m, slot, key), -1);
    ck_assert_int_eq(model_slot_of(m, &item), -1);
    item.slot = VECTOR_NO_SLOT;
    ck_assert_int_eq(model_slot_of(m, &item), -1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        knows_a_service_by_its_name,
        names_of_one_hash_are_told_apart,
        keeps_the_longest_name_whole,
        a_new_service_has_no_history,
        as_many_as_there_is_room_for_are_kept,
        one_more_takes_the_place_of_the_one_silent_longest,
        of_a_service_that_is_forgotten_nothing_is_left,
        services_that_come_and_go_without_end_leave_a_sound_model,
        halving_is_for_one_service_alone,
        a_slot_is_a_templates_only_with_its_key,
        templates_are_counted_by_service,
        every_service_has_its_own_groups_of_vectors,
        all_evictions_are_told,
        it_is_a_block_that_may_be_copied,
    };
    Suite *s = suite_create("model");
    TCase *tc = tcase_create("model");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
