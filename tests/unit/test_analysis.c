/* test_analysis.c - a batch as the model sees it: whose records, which are new, what is
 * counted, and where each of it is. */
#include "scoring/analysis.h"
#include "tests/unit/lessons.h"

#include <math.h>

static struct school school;

static void set_up(void)
{
    school_open(&school, 0x5a);
}

static void tear_down(void)
{
    school_close(&school);
}

/* A short day of a service, so often. */
static void teach(const char *service, int times)
{
    for (int i = 0; i < times; i++) {
        struct record r[] = {
            info(service, "it is up"), info(service, "request 17 served"),
            info(service, "request 18 served"), info(service, "it is idle")};
        for (int k = 0; k < ROWS(r); k++) {
            r[k].metadata = STR("{\"pid\":1}");
        }
        school_learn(&school, r, ROWS(r), LEARN_CLEAN);
    }
}

static struct analysis look(const struct record *r, size_t n)
{
    arena_reset(&school.arena);
    return school_analyse(&school, r, n);
}

/* --- services --- */

START_TEST(records_are_grouped_by_service)
{
    teach("auth", 1);
    const struct record r[] = {info("web", "a"), info("auth", "b"), info("web", "c"),
                               info("", "d"),    info("auth", "e"), info("web", "f")};
    struct analysis a = look(r, ROWS(r));
    ck_assert_uint_eq(a.n, ROWS(r));
    ck_assert_uint_eq(a.groups_n, 3);
    CHECK_STR("first", a.group[0].name, STR("web"));
    CHECK_STR("second", a.group[1].name, STR("auth"));
    ck_assert_int_eq(a.group[0].service, -1);
    ck_assert_int_eq(a.group[1].service, school_find(&school, "auth"));
    ck_assert_int_eq(a.group[0].window.n, 3);
    ck_assert_int_eq(a.group[1].window.n, 2);
    ck_assert_int_eq(a.group[2].window.n, 1);
    ck_assert_int_eq(a.group[1].window.first, 1);
    ck_assert_int_eq(a.group[1].window.last, 4);
    for (size_t i = 0; i < a.n; i++) {
        CHECK_STR("name", a.group[a.trace[i].group].name, r[i].service);
    }
}
END_TEST

START_TEST(records_of_too_many_services_are_in_none)
{
    enum { MANY = ANALYSIS_GROUPS_MAX + 1 };
    static struct record r[2 * MANY];
    static char names[MANY][8];
    for (int i = 0; i < 2 * MANY; i++) {
        snprintf(names[i % MANY], sizeof names[0], "s%d", i % MANY);
        r[i] = info(names[i % MANY], "it is up");
    }
    struct analysis a = look(r, ANALYSIS_GROUPS_MAX);
    ck_assert_uint_eq(a.groups_n, ANALYSIS_GROUPS_MAX);
    ck_assert_uint_ne(a.trace[ANALYSIS_GROUPS_MAX - 1].group, ANALYSIS_NO_GROUP);
    a = look(r, ROWS(r));
    ck_assert_uint_eq(a.groups_n, ANALYSIS_GROUPS_MAX);
    for (size_t i = 0; i < a.n; i++) {
        ck_assert((a.trace[i].group == ANALYSIS_NO_GROUP) == (i % MANY == MANY - 1));
    }
    for (size_t i = 0; i < a.groups_n; i++) {
        ck_assert_int_eq(a.group[i].window.n, 2);
    }
    school_learn(&school, r, ROWS(r), LEARN_CLEAN); /* the others are learned */
    ck_assert_int_ge(school_find(&school, "s0"), 0);
    ck_assert_int_eq(school_find(&school, names[MANY - 1]), -1);
}
END_TEST

START_TEST(no_records_are_no_groups)
{
    struct analysis a = look(NULL, 0);
    ck_assert_uint_eq(a.groups_n, 0);
}
END_TEST

/* --- what is known --- */

START_TEST(what_was_learned_is_known_and_other_kinds_are_new)
{
    teach("web", 5);
    const struct record r[] = {info("web", "request 99 served"),
                               info("web", "disk is full"), info("web", "it is up"),
                               info("auth", "it is up")};
    struct analysis a = look(r, ROWS(r));
    ck_assert(a.trace[0].known && a.trace[2].known);
    ck_assert(!a.trace[1].known && !a.trace[3].known); /* of another service */
    ck_assert(a.trace[1].fresh && a.trace[3].fresh);
    ck_assert_int_ge(a.trace[0].slot, 0);
    ck_assert_int_eq(a.trace[1].slot, -1);
    ck_assert(!(a.trace[0].key & MODEL_NEW_KEY));
    ck_assert((a.trace[1].key & MODEL_NEW_KEY) != 0);
    ck_assert_uint_eq(a.group[0].window.news_n, 1);
    ck_assert_int_eq(a.group[0].window.news[0].ref, 1);
    ck_assert_uint_eq(a.group[0].window.news[0].id, a.trace[1].id);
}
END_TEST

START_TEST(a_new_kind_counts_once_however_often_it_comes)
{
    teach("web", 5);
    const struct record r[] = {
        info("web", "it is up"), info("web", "worker 1 lost 2 frames"),
        info("web", "disk 1 of 4 is offline"), info("web", "worker 3 lost 9 frames"),
        info("web", "worker 7 lost 5 frames")};
    struct analysis a = look(r, ROWS(r));
    const struct window *w = &a.group[0].window;
    ck_assert_uint_eq(w->news_n, 2);
    ck_assert_int_eq(w->news[0].ref, 1);
    ck_assert_uint_eq(w->news[0].n, 3);
    ck_assert_int_eq(w->news[1].ref, 2);
    ck_assert_uint_eq(w->news[1].n, 1);
    ck_assert_uint_eq(a.trace[1].key, a.trace[4].key);
    ck_assert_uint_eq(a.trace[1].id, a.trace[4].id);
    ck_assert_uint_ne(a.trace[1].id, a.trace[2].id);
}
END_TEST

static const char *word_of(unsigned number, char out[static 8])
{
    for (int i = 0; i < 6; i++, number /= 20) {
        out[i] = (char)('g' + number % 20);
    }
    out[6] = '\0';
    return out;
}

START_TEST(as_many_new_kinds_are_listed_as_there_is_room_for)
{
    static struct record r[2 * WINDOW_NEWS_MAX];
    static char words[2 * WINDOW_NEWS_MAX][8];
    for (unsigned i = 0; i < 2 * WINDOW_NEWS_MAX; i++) {
        r[i] = info("web", word_of(i * 977, words[i]));
    }
    struct analysis a = look(r, WINDOW_NEWS_MAX);
    ck_assert_uint_eq(a.group[0].window.news_n, WINDOW_NEWS_MAX);
    a = look(r, ROWS(r));
    ck_assert_uint_eq(a.group[0].window.news_n, 2 * WINDOW_NEWS_MAX);
    for (int i = 0; i < WINDOW_NEWS_MAX; i++) {
        ck_assert_int_eq(a.group[0].window.news[i].ref, i);
    }
}
END_TEST

START_TEST(a_templates_id_is_the_same_after_another_training)
{
    const struct record r[] = {info("web", "request 5 served"), info("web", "it is odd")};
    struct analysis a = look(r, ROWS(r));
    uint64_t before[] = {a.trace[0].id, a.trace[1].id};
    teach("auth", 3);
    teach("web", 3); /* now it is in the model */
    a = look(r, ROWS(r));
    ck_assert_uint_eq(a.trace[0].id, before[0]);
    ck_assert_uint_eq(a.trace[1].id, before[1]);
    const struct record other = info("auth", "request 5 served");
    a = look(&other, 1);
    ck_assert_uint_ne(a.trace[0].id, before[0]); /* of each service another */
}
END_TEST

START_TEST(a_new_message_of_failure_is_grave)
{
    teach("web", 5);
    struct record r[] = {info("web", "mirror is broken since noon"),
                         info("web", "a new day begins"),
                         record_of(STR("web"), "WARN", STR("rather warm in here")),
                         error("web", "it is up")};
    struct analysis a = look(r, ROWS(r));
    ck_assert(a.trace[0].grave && !a.trace[1].grave && a.trace[2].grave);
    ck_assert(!a.trace[3].grave); /* known, whatever its level */
    ck_assert_uint_eq(a.group[0].window.grave_n, 2);
}
END_TEST

/* --- what is counted --- */

START_TEST(errors_and_failed_logins_are_counted_apart_and_named)
{
    enum { N = 3 * WINDOW_REFS };
    static struct record r[N];
    for (int i = 0; i < N; i++) {
        r[i] = i % 3 == 0   ? error("auth", "Failed password for root from 10.0.0.1")
               : i % 3 == 1 ? error("auth", "disk is full")
                            : info("auth", "it is up");
    }
    ck_assert(r[0].failed_login.evidence);
    struct analysis a = look(r, N);
    const struct window *w = &a.group[0].window;
    ck_assert_int_eq(w->logins, WINDOW_REFS);
    ck_assert_int_eq(w->errors, WINDOW_REFS); /* a failed login is no error besides */
    for (int i = 0; i < WINDOW_REFS; i++) {
        ck_assert_int_eq(w->login_ref[i], 3 * i);
        ck_assert_int_eq(w->error_ref[i], 3 * i + 1);
    }
}
END_TEST

START_TEST(more_refs_than_there_is_room_for_are_only_counted)
{
    enum { N = 2 * WINDOW_REFS };
    struct record r[N];
    for (int i = 0; i < N; i++) {
        r[i] = error("auth", "disk is full");
    }
    struct analysis a = look(r, N);
    ck_assert_int_eq(a.group[0].window.errors, N);
    ck_assert_int_eq(a.group[0].window.error_ref[WINDOW_REFS - 1], WINDOW_REFS - 1);
    ck_assert_int_eq(a.group[0].window.login_ref[0], 0);
}
END_TEST

#define WEB(request)                                                                     \
    "10.0.0.1 - - [22/Nov/2026:10:00:00 +0100] \"GET " request " HTTP/1.1\" 200 17 "     \
    "\"-\" \"Mozilla/5.0\""

START_TEST(attacks_are_counted_by_kind_with_the_first_of_each)
{
    const struct record r[] = {info("web", WEB("/")),
                               info("web", WEB("/?q=<script>alert(1)</script>")),
                               info("web", WEB("/?id=1'%20OR%20'1'='1")),
                               info("web", WEB("/?q=<script>alert(2)</script>"))};
    struct analysis a = look(r, ROWS(r));
    const struct window *w = &a.group[0].window;
    ck_assert_int_eq(w->attacks, 3);
    ck_assert_uint_eq(w->attack_n[ATTACK_XSS], 2);
    ck_assert_uint_eq(w->attack_n[ATTACK_SQL_INJECTION], 1);
    ck_assert_int_eq(w->attack_ref[ATTACK_XSS], 1);
    ck_assert_int_eq(w->attack_ref[ATTACK_SQL_INJECTION], 2);
    ck_assert(a.trace[1].is_web);
    ck_assert_int_eq(a.trace[1].attack, ATTACK_XSS);
    ck_assert_int_eq(a.trace[0].attack, ATTACK_NONE);
}
END_TEST

START_TEST(the_oddest_records_are_kept_the_oddest_first)
{
    struct window w = {0};
    uint64_t chance = 9;
    float z[50];
    for (int i = 0; i < 50; i++) {
        z[i] = (float)chance_below(&chance, 1000) / 100;
        struct trace t = {.z = z[i], .slot = i, .channel = TRACE_RARE, .known = true};
        window_add(&w, &t, i);
        for (int k = 0; k < WINDOW_PEAKS; k++) {
            int higher = 0;
            for (int q = 0; q <= i; q++) {
                higher += z[q] > w.peak[k].z;
            }
            ck_assert_int_le(higher, k);
            ck_assert(i < k || w.peak[k].z <= z[w.peak[k].ref]);
            ck_assert(i < k || w.peak[k].z <= 0 || w.peak[k].slot == (int)w.peak[k].ref);
        }
    }
}
END_TEST

START_TEST(a_window_knows_whether_it_is_one_session)
{
    struct record r[] = {info("web", "a"), info("web", "b"), info("web", "c")};
    r[0].metadata = r[1].metadata = STR("{\"pid\":1}");
    struct analysis a = look(r, 2);
    ck_assert(!a.group[0].window.mixed);
    ck_assert_uint_ne(a.group[0].window.session, 0);
    a = look(r, 3); /* the third has none */
    ck_assert(a.group[0].window.mixed);
}
END_TEST

/* --- values --- */

START_TEST(a_templates_variable_tokens_are_its_values)
{
    teach("web", 3);
    static struct front f;
    struct record r = info("web", "request 4711 served");
    struct analysis a = look(&r, 1);
    struct analysis_values it = {0};
    struct analysis_value v, other;
    front_read(&r, &f);
    ck_assert(analysis_next_value(school.m, &f, a.trace[0].slot, &it, &v));
    CHECK_STR("value", v.text, STR("4711"));
    ck_assert(!analysis_next_value(school.m, &f, a.trace[0].slot, &it, &other));
    it.at = 0; /* the same place each time */
    ck_assert(analysis_next_value(school.m, &f, a.trace[0].slot, &it, &other));
    ck_assert_uint_eq(v.place, other.place);
}
END_TEST

START_TEST(a_value_never_seen_there_is_odd_and_shown)
{
    static struct front f;
    for (int i = 0; i < 100; i++) {
        struct record r[] = {info("cron", "job backup ended with status=0"),
                             info("cron", "job backup ended with status=1")};
        school_learn(&school, r, i % 10 ? 1 : 2, LEARN_CLEAN);
    }
    struct record r[] = {info("cron", "job backup ended with status=0"),
                         info("cron", "job backup ended with status=137")};
    struct analysis a = look(r, 2);
    ck_assert_int_eq(a.trace[0].slot, a.trace[1].slot);
    ck_assert_double_le((double)a.trace[0].raw[TRACE_VALUE], 0);
    ck_assert_double_gt((double)a.trace[1].raw[TRACE_VALUE], 1.5);
    front_read(&r[1], &f);
    CHECK_STR("newest", analysis_newest_value(school.m, &f, a.trace[1].slot), STR("137"));
    front_read(&r[0], &f);
    CHECK_STR("none", analysis_newest_value(school.m, &f, a.trace[0].slot), STR(""));
}
END_TEST

START_TEST(a_login_of_somebody_who_never_came_is_an_entrance)
{
    for (int i = 0; i < 200; i++) {
        struct record r =
            info("sshd", i % 2 ? "Accepted password for anna from 10.0.0.7"
                               : "Accepted password for bert from 10.0.0.7");
        school_learn(&school, &r, 1, LEARN_CLEAN);
    }
    struct record r[] = {
        info("sshd", "Accepted password for bert from 10.0.0.7"),
        info("sshd", "Accepted password for root from 10.0.0.7"),
        info("sshd", "Accepted publickey for root with a key of long ago"),
        info("sshd", "nobody was here today at all")};
    struct analysis a = look(r, ROWS(r));
    for (int i = 0; i < ROWS(r); i++) {
        ck_assert_int_eq(a.trace[i].entrance, i == 1);
        ck_assert_int_eq(a.trace[i].grave, i == 2);
    }
    ck_assert_int_eq(a.group[0].window.entrances, 1);
}
END_TEST

/* --- and nothing else --- */

START_TEST(looking_changes_nothing)
{
    teach("web", 20);
    struct model *copy = malloc(sizeof *copy);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, school.m, sizeof *copy);
    const struct record r[] = {info("web", "it is odd"), info("new", "it is up"),
                               info("web", WEB("/x?a=b")), error("web", "it is up")};
    struct analysis a = look(r, ROWS(r)), again;
    struct trace first[ROWS(r)];
    memcpy(first, a.trace, sizeof first);
    again = look(r, ROWS(r));
    ck_assert_mem_eq(copy, school.m, sizeof *copy);
    for (int i = 0; i < ROWS(r); i++) {
        ck_assert(first[i].key == again.trace[i].key && first[i].id == again.trace[i].id);
        ck_assert(!(first[i].z < again.trace[i].z) && !(first[i].z > again.trace[i].z));
    }
    free(copy);
}
END_TEST

START_TEST(too_little_memory_is_an_error_and_no_more)
{
    static struct record r[300];
    struct arena small;
    struct analysis a;
    struct err e;
    int failed = 0;
    for (int i = 0; i < ROWS(r); i++) {
        r[i] = info("web", "it is up");
    }
    for (size_t max = 0; max < 1 << 20; max = max * 2 + 100) {
        arena_init(&small, max);
        struct analysis_batch b = {r, ROWS(r), school.now_us, &small};
        enum err_code code = analyse(school.m, &b, &a, &e);
        ck_assert(code == ERR_NONE || code == ERR_NOMEM);
        failed += code == ERR_NOMEM;
        arena_free(&small);
    }
    ck_assert_int_gt(failed, 3);
    ck_assert_uint_eq(a.groups_n, 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        records_are_grouped_by_service,
        records_of_too_many_services_are_in_none,
        no_records_are_no_groups,
        what_was_learned_is_known_and_other_kinds_are_new,
        a_new_kind_counts_once_however_often_it_comes,
        as_many_new_kinds_are_listed_as_there_is_room_for,
        a_templates_id_is_the_same_after_another_training,
        a_new_message_of_failure_is_grave,
        errors_and_failed_logins_are_counted_apart_and_named,
        more_refs_than_there_is_room_for_are_only_counted,
        attacks_are_counted_by_kind_with_the_first_of_each,
        the_oddest_records_are_kept_the_oddest_first,
        a_window_knows_whether_it_is_one_session,
        a_templates_variable_tokens_are_its_values,
        a_value_never_seen_there_is_odd_and_shown,
        a_login_of_somebody_who_never_came_is_an_entrance,
        looking_changes_nothing,
        too_little_memory_is_an_error_and_no_more,
    };
    Suite *s = suite_create("analysis");
    TCase *tc = tcase_create("analysis");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    for (int i = 0; i < ROWS(tests); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(s, tc);
    return unit_run(s);
}
