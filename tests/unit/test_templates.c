/* test_templates.c - which messages are one template, that templates stay what they are,
 * and that they stay few whatever comes. */
#include "scoring/templates.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

enum { SERVICE = 7, OTHER = 8 };

static struct templates *s, *twin;
static struct tokens tokens;
static int evicted;

static void set_up(void)
{
    s = malloc(sizeof *s);
    twin = malloc(sizeof *twin);
    ck_assert(s != NULL && twin != NULL);
    memset(s, 0x5a, sizeof *s);
    memset(twin, 0xa5, sizeof *twin);
    templates_init(s);
    templates_init(twin);
}

static void tear_down(void)
{
    free(s);
    free(twin);
}

static int find(uint32_t service, const char *message)
{
    mask_tokens(str_of(message), &tokens);
    return templates_find(s, service, &tokens);
}

static int learn_str(uint32_t service, struct str message)
{
    mask_tokens(message, &tokens);
    int found = templates_find(s, service, &tokens);
    uint64_t ids = s->ids;
    int slot = templates_learn(s, service, &tokens, message, &evicted);
    ck_assert_int_ge(slot, 0);
    ck_assert_int_lt(slot, TEMPLATES_MAX);
    ck_assert_int_ge(evicted, -1);
    if (found >= 0) {
        ck_assert_int_eq(found, slot);
        ck_assert_int_eq(evicted, -1);
    }
    ck_assert_uint_eq(s->ids, ids + (found < 0));
    ck_assert(found >= 0 || templates_id(s, slot) == s->ids);
    ck_assert_int_eq(templates_find(s, service, &tokens), slot);
    return slot;
}

static int learn(uint32_t service, const char *message)
{
    return learn_str(service, str_of(message));
}

/* A message of one word that no other number has. */
static const char *word_of(unsigned number)
{
    static char text[8];
    for (int i = 0; i < 6; i++, number /= 20) {
        text[i] = (char)('g' + number % 20);
    }
    return text;
}

/* --- the same kind, or another --- */

enum { MESSAGES_MAX = 5 };

static const struct kinds {
    const char *text; /* of the template of the last message */
    const char *messages[MESSAGES_MAX];
    const char *ids; /* one letter a message: the same letter, the same template */
} kinds[] = {
    {"Failed password for * from * port * ssh*",
     {"Failed password for root from 10.0.0.1 port 22 ssh2",
      "Failed password for bob from 10.0.0.2 port 1022 ssh2"},
     "aa"},
    {"Failed password for root from * port * ssh*",
     {"Failed password for root from 10.0.0.1 port 22 ssh2",
      "Failed password for root from 10.0.0.2 port 1022 ssh2"},
     "aa"},
    {"Invalid user * from *",
     {"Invalid user webmaster from 10.0.0.1", "Invalid user test9 from 10.0.0.2",
      "Invalid user 0 from bad.example.com"},
     "aaa"},
    {"[instance: *] VM Stopped (Lifecycle Event)",
     {"[instance: 70293f72-844a-4b39-9ad6-fb0ad7e364e4] VM Started (Lifecycle Event)",
      "[instance: 80293f72-844a-4b39-9ad6-fb0ad7e364e4] VM Stopped (Lifecycle Event)",
      "[instance: 90293f72-844a-4b39-9ad6-fb0ad7e364e4] VM Started (Lifecycle Event)",
      "[instance: a0293f72-844a-4b39-9ad6-fb0ad7e364e4] VM Stopped (Lifecycle Event)"},
     "abab"},
    {"Took * to destroy the instance on the hypervisor.",
     {"Took 19.84 seconds to spawn the instance on the hypervisor.",
      "Took 0.56 seconds to destroy the instance on the hypervisor."},
     "ab"},
    {"task * now RUNNING",
     {"task 17 now RUNNING", "task 18 now FAILED", "task 19 now RUNNING"},
     "aba"},
    {"* close, * bytes sent, * bytes received, lifetime *",
     {"proxy.cse.cuhk.edu.hk:5070 close, 451 bytes sent, 0 bytes received, lifetime "
      "00:22",
      "proxy.cse.cuhk.edu.hk:5070 close, 0 bytes sent, 9 bytes received, lifetime <1 "
      "sec"},
     "aa"},
    {"* close, * bytes sent, * bytes (*) received, lifetime *",
     {"a.b.hk:70 close, 1451 bytes (1.4 KB) sent, 88 bytes received, lifetime 00:22",
      "a.b.hk:70 close, 51 bytes sent, 18846 bytes (18.4 KB) received, lifetime 00:22"},
     "ab"},
    {"* open through proxy * SOCKS*",
     {"a.b.hk:70 open through proxy p.b.hk:70 HTTPS",
      "a.b.hk:70 open through proxy p.b.hk:70 SOCKS5"},
     "ab"},
    {"logname=* uid=* tty=* ruser=* rhost=*  user=*",
     {"logname= uid=0 tty=NODEVssh ruser= rhost=10.0.0.1  user=root",
      "logname= uid=0 tty=ssh ruser=x rhost=h.example.com  user=test"},
     "aa"},
    {"* is deprecated",
     {"mapred.task.id is deprecated", "mapred.job.name is deprecated"},
     "aa"},
    {"up", {"up", "up 1", "up", "down", "up"}, "abaca"},
    {"node-* up", {"node-1 up", "node-17 up"}, "aa"},
    {"", {"", " "}, "aa"},
};

START_TEST(tells_kinds_of_messages_apart)
{
    const struct kinds *k = &kinds[_i];
    int slots[MESSAGES_MAX] = {0};
    size_t n = strlen(k->ids);
    for (size_t i = 0; i < n; i++) {
        slots[i] = learn(SERVICE, k->messages[i]);
        for (size_t before = 0; before < i; before++) {
            ck_assert_msg((slots[before] == slots[i]) == (k->ids[before] == k->ids[i]),
                          "%s / %s", k->messages[before], k->messages[i]);
        }
    }
    if (k->text[0]) {
        CHECK_STR(k->text, templates_text(s, slots[n - 1]), str_of(k->text));
    }
}
END_TEST

/* Words at one place: so many are templates of their own, the next joins one of them. */
static void check_limit(const char *format, unsigned limit)
{
    char message[64];
    int slot = -1;
    for (unsigned i = 0; i < limit; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(message, sizeof message, format, word_of(i));
        slot = learn(SERVICE, message);
        ck_assert_uint_eq(s->n, i + 1);
    }
    for (unsigned i = limit; i < limit + 20; i++) {
        snprintf(message, sizeof message, format, word_of(i));
        slot = learn(SERVICE, message);
        ck_assert_uint_eq(s->n, limit);
    }
    snprintf(message, sizeof message, format, word_of(0));
    ck_assert_int_ne(learn(SERVICE, message), slot); /* what was known stays */
    snprintf(message, sizeof message, format, "*");
#pragma GCC diagnostic pop
    CHECK_STR(format, templates_text(s, slot), str_of(message));
}

START_TEST(a_late_word_varies_after_three)
{
    check_limit("one two three %s and more", 3);
}
END_TEST

START_TEST(one_of_the_first_words_varies_after_twelve)
{
    check_limit("one two %s three and more", 12);
}
END_TEST

START_TEST(half_of_the_words_must_agree)
{
    char message[64];
    for (unsigned i = 0; i < 100; i++) {
        snprintf(message, sizeof message, "same %s ", word_of(2 * i));
        snprintf(message + 12, sizeof message - 12, "%s", word_of(2 * i + 1));
        learn(SERVICE, message);
    }
    ck_assert_uint_eq(s->n, 100);
    for (unsigned i = 0; i < 100; i++) {
        snprintf(message, sizeof message, "same %s", word_of(2 * i));
        learn(SERVICE, message);
    }
    ck_assert_uint_eq(s->n, 112);
}
END_TEST

START_TEST(services_share_nothing)
{
    int a = learn(SERVICE, "up and running"), b = learn(OTHER, "up and running");
    ck_assert_int_ne(a, b);
    ck_assert_int_eq(find(9, "up and running"), -1);
    ck_assert_uint_eq(templates_service_n(s, SERVICE), 1);
    ck_assert_uint_eq(templates_service_n(s, 9), 0);
}
END_TEST

START_TEST(a_message_of_too_many_tokens_has_a_template)
{
    char text[4 * MASK_TOKENS_MAX + 40];
    for (size_t i = 0; i < sizeof text / 4; i++) {
        memcpy(text + 4 * i, "abc ", 4);
    }
    int a = learn_str(SERVICE, (struct str){text, 4 * MASK_TOKENS_MAX});
    int b = learn_str(SERVICE, (struct str){text, 4 * MASK_TOKENS_MAX + 4});
    int c = learn_str(SERVICE, (struct str){text, sizeof text});
    ck_assert_int_eq(b, c);
    ck_assert_int_eq(find(SERVICE, "abc"), -1);
    ck_assert_uint_le(s->n, 2);
    ck_assert_int_ge(a, 0);
}
END_TEST

/* --- what is known of one --- */

START_TEST(counts_and_remembers_the_last_call)
{
    int a = learn(SERVICE, "first kind"), b = learn(SERVICE, "another sort");
    uint64_t id = templates_id(s, a);
    learn(SERVICE, "first kind");
    ck_assert_uint_eq(templates_count(s, a), 2);
    ck_assert_uint_eq(templates_count(s, b), 1);
    ck_assert_uint_eq(templates_learned(s, a), 3);
    ck_assert_uint_eq(templates_learned(s, b), 2);
    ck_assert_uint_eq(templates_id(s, a), id);
    ck_assert_uint_ne(templates_id(s, b), id);
    s->rows[a].count = UINT32_MAX - 1;
    learn(SERVICE, "first kind");
    ck_assert_uint_eq(templates_count(s, a), UINT32_MAX);
    learn(SERVICE, "first kind");
    ck_assert_uint_eq(templates_count(s, a), UINT32_MAX);
}
END_TEST

static const struct cut {
    const char *name, *end; /* behind TEMPLATE_TEXT_BYTES - 2 letters */
    size_t n;
} cuts[] = {
    {"below the limit", "a", TEMPLATE_TEXT_BYTES - 1},
    {"at the limit", "ab", TEMPLATE_TEXT_BYTES},
    {"beyond it", "abc", TEMPLATE_TEXT_BYTES},
    {"a letter of two bytes at the limit", "\xc3\xa9", TEMPLATE_TEXT_BYTES},
    {"a letter of two bytes beyond it", "a\xc3\xa9", TEMPLATE_TEXT_BYTES - 1},
    {"a letter of three bytes beyond it", "\xe6\x97\xa5", TEMPLATE_TEXT_BYTES - 2},
    {"a variable beyond it", "a 1", TEMPLATE_TEXT_BYTES},
    {"a variable at the limit", " 17", TEMPLATE_TEXT_BYTES},
    {"a letter beyond it, of a token with a number", "a\xc3\xa9\xc3\xa9-7",
     TEMPLATE_TEXT_BYTES - 1},
};

START_TEST(text_is_cut_between_letters)
{
    char message[TEMPLATE_TEXT_BYTES + 16];
    memset(message, 'g', TEMPLATE_TEXT_BYTES - 2);
    snprintf(message + TEMPLATE_TEXT_BYTES - 2, 16, "%s", cuts[_i].end);
    struct str text = templates_text(s, learn(SERVICE, message));
    ck_assert_msg(text.n == cuts[_i].n, "%s: %zu", cuts[_i].name, text.n);
    ck_assert_msg(text.p[text.n - 1] == '*' || memcmp(text.p, message, text.n) == 0, "%s",
                  cuts[_i].name);
}
END_TEST

/* --- few, whatever comes --- */

/* Everything hangs together: lists, counts, services. */
static void check_all(const struct templates *t)
{
    uint32_t used = 0, of_services = 0, in_ages[2] = {0}, in_buckets = 0, free_n = 0;
    for (unsigned i = 0; i < TEMPLATES_MAX; i++) {
        used += t->rows[i].id != 0;
        of_services += t->services[i].n;
        ck_assert_uint_le(t->services[i].n, TEMPLATES_SERVICE_MAX);
        for (int k = 0; k < 2; k++) {
            for (unsigned x = t->buckets[k][i]; x; x = t->rows[x - 1].next[k]) {
                ck_assert_uint_eq(t->rows[x - 1].bucket[k], i);
                in_buckets++;
            }
        }
        for (int k = 0; k < 2 && t->services[i].n > 0; k++) {
            for (unsigned x = t->services[i].ages.oldest[k]; x;
                 x = t->rows[x - 1].younger[1]) {
                ck_assert_uint_eq(t->rows[x - 1].service, i);
                in_ages[1]++;
            }
        }
    }
    for (int k = 0; k < 2; k++) {
        uint64_t last = 0;
        for (unsigned x = t->ages.oldest[k]; x; x = t->rows[x - 1].younger[0]) {
            ck_assert_uint_gt(t->rows[x - 1].learned, last);
            last = t->rows[x - 1].learned;
            ck_assert_int_eq(t->rows[x - 1].count > 1, k);
            in_ages[0]++;
        }
    }
    for (unsigned x = t->free; x; x = t->rows[x - 1].next_free) {
        free_n++;
    }
    ck_assert_uint_eq(used, t->n);
    ck_assert_uint_eq(of_services, t->n);
    ck_assert_uint_eq(in_ages[0], t->n);
    ck_assert_uint_eq(in_ages[1], t->n);
    ck_assert_uint_eq(in_buckets, 2 * t->n);
    ck_assert_uint_eq(free_n, TEMPLATES_MAX - t->n);
}

START_TEST(a_service_holds_so_many_and_loses_the_oldest_seen_once)
{
    int first = learn(SERVICE, word_of(0)), second = learn(SERVICE, word_of(1));
    int other = learn(OTHER, word_of(0));
    for (unsigned i = 2; i < TEMPLATES_SERVICE_MAX; i++) {
        learn(SERVICE, word_of(i));
    }
    ck_assert_uint_eq(templates_service_n(s, SERVICE), TEMPLATES_SERVICE_MAX);
    ck_assert_uint_eq(s->evicted_n, 0);
    learn(SERVICE, word_of(0)); /* seen twice: it stays */
    uint64_t id = templates_id(s, second);
    ck_assert_int_eq(learn(SERVICE, word_of(TEMPLATES_SERVICE_MAX)), second);
    ck_assert_int_eq(evicted, second);
    ck_assert_uint_ne(templates_id(s, second), id);
    ck_assert_uint_eq(s->evicted_n, 1);
    ck_assert_uint_eq(templates_service_n(s, SERVICE), TEMPLATES_SERVICE_MAX);
    ck_assert_int_eq(find(SERVICE, word_of(0)), first);
    ck_assert_int_eq(find(SERVICE, word_of(1)), -1);
    ck_assert_int_eq(find(OTHER, word_of(0)), other);
    check_all(s);
}
END_TEST

START_TEST(all_together_hold_so_many_and_lose_the_oldest_seen_once)
{
    int first = learn(OTHER, word_of(0));
    for (unsigned i = 1; i < TEMPLATES_MAX; i++) {
        learn(i % 4, word_of(i));
    }
    ck_assert_uint_eq(s->n, TEMPLATES_MAX);
    ck_assert_uint_eq(s->evicted_n, 0);
    learn(SERVICE, word_of(TEMPLATES_MAX));
    ck_assert_int_eq(evicted, first);
    ck_assert_uint_eq(s->n, TEMPLATES_MAX);
    ck_assert_uint_eq(templates_service_n(s, OTHER), 0);
    check_all(s);
}
END_TEST

START_TEST(when_all_were_seen_twice_the_oldest_goes)
{
    for (unsigned twice = 0; twice < 2; twice++) {
        for (unsigned i = 0; i < TEMPLATES_SERVICE_MAX; i++) {
            learn(SERVICE, word_of(i));
        }
    }
    learn(SERVICE, word_of(0)); /* the youngest now */
    int oldest = find(SERVICE, word_of(1));
    learn(SERVICE, word_of(TEMPLATES_SERVICE_MAX));
    ck_assert_int_eq(evicted, oldest);
    learn(SERVICE,
          word_of(TEMPLATES_SERVICE_MAX + 1)); /* and the one just new goes first */
    ck_assert_int_eq(evicted, oldest);
    check_all(s);
}
END_TEST

START_TEST(as_many_services_as_templates)
{
    for (unsigned i = 0; i < 3 * TEMPLATES_MAX; i++) {
        learn(i * 2654435761u, "up");
    }
    ck_assert_uint_eq(s->n, TEMPLATES_MAX);
    ck_assert_uint_eq(s->evicted_n, 2 * TEMPLATES_MAX);
    check_all(s);
}
END_TEST

START_TEST(many_different_messages_leave_the_cap_and_are_counted)
{
    enum { MESSAGES = 200000 };
    static uint64_t ids[TEMPLATES_MAX]; /* as somebody keeps arrays by slot */
    unsigned same = 0;
    for (unsigned i = 0; i < MESSAGES; i++) {
        struct str message = str_of(word_of(i));
        mask_tokens(message, &tokens);
        int slot = templates_learn(s, i % 3, &tokens, message, &evicted);
        if (evicted >= 0) {
            ck_assert_uint_ne(ids[evicted], 0);
            ids[evicted] = 0;
        }
        same += ids[slot] != 0;
        ids[slot] = templates_id(s, slot);
    }
    ck_assert_uint_eq(s->n, TEMPLATES_MAX);
    ck_assert_uint_eq(s->evicted_n, MESSAGES - TEMPLATES_MAX - same);
    ck_assert_uint_lt(same, 50); /* two words in 10^9 have the same hash */
    for (int i = 0; i < TEMPLATES_MAX; i++) {
        ck_assert_uint_eq(ids[i], templates_id(s, i));
    }
    check_all(s);
}
END_TEST

/* --- the same calls, the same contents --- */

static uint64_t x = 88172645463325252u;

static uint64_t draw(uint64_t n)
{
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return (x >> 20) % n;
}

/* A message of a few words, names, and numbers, of which some come often. */
static struct str some_message(void)
{
    static char text[256];
    size_t n = 0, words = 1 + draw(9);
    for (size_t i = 0; i < words; i++) {
        unsigned word = (unsigned)(draw(2) ? draw(4) : draw(2) ? draw(40) : draw(4000));
        const char *format = draw(4)   ? "%s "
                             : draw(2) ? "user %s "
                             : draw(2) ? "%s.x "
                                       : "%s7 ";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        n += (size_t)snprintf(text + n, sizeof text - n, format, word_of(word));
#pragma GCC diagnostic pop
    }
    return (struct str){text, n};
}

START_TEST(what_is_found_is_what_is_learned)
{
    for (int i = 0; i < 30000; i++) {
        learn_str((uint32_t)draw(3), some_message()); /* it looks first, and after */
    }
    ck_assert_uint_gt(s->evicted_n, 0);
    check_all(s);
}
END_TEST

START_TEST(an_id_never_changes_nor_comes_again)
{
    static uint64_t ids[TEMPLATES_MAX];
    uint64_t newest = 0;
    for (int i = 0; i < 30000; i++) {
        int slot = learn_str((uint32_t)draw(3), some_message());
        uint64_t id = templates_id(s, slot);
        ck_assert(id == ids[slot] || id > newest);
        newest = id > newest ? id : newest;
        ids[slot] = id;
    }
}
END_TEST

START_TEST(a_copy_of_the_bytes_goes_on_as_the_original_does)
{
    for (int i = 0; i < 20000; i++) {
        learn_str((uint32_t)draw(3), some_message());
    }
    memcpy(twin, s, sizeof *s);
    for (int i = 0; i < 20000; i++) {
        uint32_t service = (uint32_t)draw(3);
        struct str message = some_message();
        int evicted_there, slot = learn_str(service, message), evicted_here = evicted;
        ck_assert_int_eq(templates_learn(twin, service, &tokens, message, &evicted_there),
                         slot);
        ck_assert_int_eq(evicted_there, evicted_here);
    }
    ck_assert_int_eq(memcmp(s, twin, sizeof *s), 0);
}
END_TEST

START_TEST(finding_changes_nothing)
{
    for (int i = 0; i < 5000; i++) {
        learn_str((uint32_t)draw(3), some_message());
    }
    memcpy(twin, s, sizeof *s);
    for (int i = 0; i < 5000; i++) {
        mask_tokens(some_message(), &tokens);
        templates_find(s, (uint32_t)draw(4), &tokens);
    }
    ck_assert_int_eq(memcmp(s, twin, sizeof *s), 0);
}
END_TEST

/* --- a service goes --- */

START_TEST(a_forgotten_service_leaves_nothing)
{
    for (unsigned i = 0; i < 500; i++) {
        learn(SERVICE, word_of(i));
        learn(OTHER, word_of(i));
        learn(OTHER, word_of(i / 2));
    }
    uint64_t id = templates_id(s, find(SERVICE, word_of(3)));
    int other = find(OTHER, word_of(3));
    templates_forget_service(s, SERVICE);
    templates_forget_service(s, 9); /* nobody knows it */
    ck_assert_uint_eq(templates_service_n(s, SERVICE), 0);
    ck_assert_uint_eq(templates_service_n(s, OTHER), 500);
    ck_assert_uint_eq(s->n, 500);
    ck_assert_uint_eq(s->evicted_n, 0);
    ck_assert_int_eq(find(SERVICE, word_of(3)), -1);
    ck_assert_int_eq(find(OTHER, word_of(3)), other);
    ck_assert_uint_gt(templates_id(s, learn(SERVICE, word_of(3))), id);
    check_all(s);
}
END_TEST

static void add(Suite *suite, const char *name, const TTest *test, int rows)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, test, 0, rows);
    suite_add_tcase(suite, tc);
}

int main(void)
{
    Suite *suite = suite_create("templates");
    add(suite, "kinds", tells_kinds_of_messages_apart, ROWS(kinds));
    add(suite, "late", a_late_word_varies_after_three, 1);
    add(suite, "early", one_of_the_first_words_varies_after_twelve, 1);
    add(suite, "half", half_of_the_words_must_agree, 1);
    add(suite, "services", services_share_nothing, 1);
    add(suite, "tokens", a_message_of_too_many_tokens_has_a_template, 1);
    add(suite, "count", counts_and_remembers_the_last_call, 1);
    add(suite, "text", text_is_cut_between_letters, ROWS(cuts));
    add(suite, "limit", a_service_holds_so_many_and_loses_the_oldest_seen_once, 1);
    add(suite, "limit", all_together_hold_so_many_and_lose_the_oldest_seen_once, 1);
    add(suite, "limit", when_all_were_seen_twice_the_oldest_goes, 1);
    add(suite, "limit", as_many_services_as_templates, 1);
    add(suite, "many different", many_different_messages_leave_the_cap_and_are_counted,
        1);
    add(suite, "find", what_is_found_is_what_is_learned, 1);
    add(suite, "find", finding_changes_nothing, 1);
    add(suite, "ids", an_id_never_changes_nor_comes_again, 1);
    add(suite, "copy", a_copy_of_the_bytes_goes_on_as_the_original_does, 1);
    add(suite, "forget", a_forgotten_service_leaves_nothing, 1);
    return unit_run(suite);
}
