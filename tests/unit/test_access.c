/* test_access.c - who is let in: without keys, with keys, while the file of them changes. */
#include "fcgi/web/access.h"

#include "fcgi/base/clock.h"
#include "fcgi/web/local_caller.h"
#include "fcgi/web/params.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RATE = 10, KEYS_N = 3 };

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static char texts[KEYS_N][API_KEY_TEXT_BYTES]; /* ingest, read, admin */
static struct access *a;
static struct access_caller caller;
static struct err e;

static void store(size_t first, size_t n)
{
    static const unsigned scopes[KEYS_N] = {SCOPE_INGEST, SCOPE_READ, SCOPE_ADMIN};
    struct api_key list[KEYS_N] = {0};
    for (size_t i = 0; i < n; i++) {
        list[i].scopes = scopes[first + i];
        ck_assert(api_key_read(str_of(texts[first + i]), list[i].id));
        api_key_digest(str_of(texts[first + i]), list[i].digest);
    }
    struct api_keys keys = {list, n};
    ck_assert_msg(!api_keys_store(path, &keys, &e), "%s", e.msg);
}

static void open_it(bool anonymous, int64_t rate)
{
    struct access_options o = {path, "https://logs.example.org:8443/x/", anonymous, rate};
    ck_assert(!access_open(&o, &a, &e));
}

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "keys", path);
    for (size_t i = 0; i < KEYS_N; i++) {
        ck_assert(!api_key_make(texts[i], &e));
    }
}

static void tear_down(void)
{
    access_close(a);
    a = NULL;
    temp_dir_remove(dir);
}

/* As a local client that sends this Authorization; NULL: none. */
static enum err_code ask(const char *authorization, int64_t now_us)
{
    struct access_asked asked = {.authorization = str_of(authorization),
                                 .address = STR("127.0.0.1"),
                                 .host = STR("localhost:3000")};
    return access_who(a, &asked, now_us, &caller, &e);
}

static enum err_code ask_with(const char *key, int64_t now_us)
{
    char text[API_KEY_TEXT_BYTES + 16];
    snprintf(text, sizeof text, "Bearer %s", key);
    return ask(text, now_us);
}

/* --- without keys --- */

static const struct {
    const char *address, *host;
    bool forwarded, cross, anonymous;
    enum err_code code;
} places[] = {
    {"127.0.0.1", "localhost", false, false, false, ERR_NONE},
    {"127.0.0.1", "localhost:3000", false, false, false, ERR_NONE},
    {"127.9.9.9", "127.0.0.1:3000", false, false, false, ERR_NONE},
    {"::1", "[::1]:3000", false, false, false, ERR_NONE},
    {"::ffff:127.0.0.1", "LocalHost.", false, false, false, ERR_NONE},
    {"127.0.0.1", "logs.localhost", false, false, false, ERR_NONE},
    {"127.0.0.1", "logs.example.org", false, false, false, ERR_NONE}, /* PUBLIC_URL */
    {"127.0.0.1", NULL, false, false, false, ERR_NONE},               /* HTTP/1.0 */
    {"/run/x/http", "anything", false, false, false, ERR_NONE},
    {"unix:", "anything", false, false, false, ERR_NONE},
    {"127.0.0.1", "evil.example.net", false, false, false, ERR_UNKNOWN_CALLER},
    {"127.0.0.1", "evil.example.net:3000", false, false, false, ERR_UNKNOWN_CALLER},
    {"127.0.0.1", "localhost.evil.example.net", false, false, false, ERR_UNKNOWN_CALLER},
    {"127.0.0.1", "127.0.0.1.evil.example.net", false, false, false, ERR_UNKNOWN_CALLER},
    {"127.0.0.1", "notlocalhost", false, false, false, ERR_UNKNOWN_CALLER},
    {"127.0.0.1", "[::1].evil.example.net", false, false, false, ERR_UNKNOWN_CALLER},
    {"127.0.0.1", "", false, false, false, ERR_UNKNOWN_CALLER},
    {"127.0.0.1", "localhost", true, false, false, ERR_UNKNOWN_CALLER},
    {"/run/x/http", "localhost", true, false, false, ERR_UNKNOWN_CALLER},
    {"192.0.2.7", "localhost", false, false, false, ERR_UNKNOWN_CALLER},
    {"10.0.0.1", "localhost", false, false, false, ERR_UNKNOWN_CALLER},
    {"::2", "localhost", false, false, false, ERR_UNKNOWN_CALLER},
    {"::ffff:192.0.2.7", "localhost", false, false, false, ERR_UNKNOWN_CALLER},
    {"127.0.0.1.example", "localhost", false, false, false, ERR_UNKNOWN_CALLER},
    {"127.1", "localhost", false, false, false, ERR_UNKNOWN_CALLER},
    {"", "localhost", false, false, false, ERR_UNKNOWN_CALLER},
    {NULL, "localhost", false, false, false, ERR_UNKNOWN_CALLER},
    {"127.0.0.1", "localhost", false, true, false, ERR_FORBIDDEN},
    {"192.0.2.7", "logs.example.org:8443", true, false, true, ERR_NONE},
    {"192.0.2.7", "logs.example.org", true, true, true, ERR_FORBIDDEN},
    {"192.0.2.7", NULL, true, false, true, ERR_NONE},
    {"192.0.2.7", "192.0.2.1:3000", false, false, true, ERR_NONE},
    {"192.0.2.7", "[2001:db8::1]:3000", false, false, true, ERR_NONE},
    {"192.0.2.7", "ml-service:8000", false, false, true, ERR_NONE}, /* a container's */
    {"192.0.2.7", "localhost:3000", false, false, true, ERR_NONE},
    {"192.0.2.7", "evil.example.net", false, false, true, ERR_UNKNOWN_CALLER},
    {"192.0.2.7", "evil.example.net", true, false, true, ERR_UNKNOWN_CALLER},
    {"127.0.0.1", "evil.example.net:3000", false, false, true, ERR_UNKNOWN_CALLER},
    {"192.0.2.7", "192.0.2.1.example.net", false, false, true, ERR_UNKNOWN_CALLER},
    {"192.0.2.7", "192.0.2.256", false, false, true, ERR_UNKNOWN_CALLER},
    {"192.0.2.7", "evil.example.net.", false, false, true, ERR_UNKNOWN_CALLER},
    {"192.0.2.7", "", false, false, true, ERR_UNKNOWN_CALLER},
    {"/run/x/http", "evil.example.net", true, false, true, ERR_NONE},
};

START_TEST(without_keys_only_this_machine_is_served)
{
    struct access_asked asked = {.authorization = STR("Bearer whatever"),
                                 .address = str_of(places[_i].address),
                                 .host = str_of(places[_i].host),
                                 .forwarded = places[_i].forwarded,
                                 .cross_site = places[_i].cross};
    open_it(places[_i].anonymous, 0);
    enum err_code code = access_who(a, &asked, 1, &caller, &e);
    ck_assert_msg(code == places[_i].code, "row %d: %d %s", _i, (int)code, e.msg);
    ck_assert_uint_eq(caller.scopes, code ? 0 : SCOPE_ALL);
    ck_assert_str_eq(caller.id, "");
    ck_assert_int_eq(code == ERR_UNKNOWN_CALLER, caller.challenge != NULL);
}
END_TEST

/* The TLS or the password of a web server in front says that Host is the right one. */
START_TEST(a_name_that_the_web_server_is_sure_of_is_one_for_everybody_alone)
{
    struct access_asked asked = {
        .address = STR("127.0.0.1"), .host = STR("any.example.net"), .host_sure = true};
    open_it(_i, 0);
    enum err_code code = access_who(a, &asked, 1, &caller, &e);
    ck_assert_int_eq(code, _i ? ERR_NONE : ERR_UNKNOWN_CALLER);
}
END_TEST

static const struct {
    const char *origin, *host;
    enum err_code code;
} origins[] = {
    {NULL, "localhost:3000", ERR_NONE},
    {"http://localhost:3000", "localhost:3000", ERR_NONE},
    {"http://LOCALHOST:3000", "localhost:3000", ERR_NONE},
    {"https://localhost", "localhost", ERR_NONE},
    {"https://logs.example.org:8443", "127.0.0.1:3000", ERR_NONE}, /* PUBLIC_URL */
    {"http://localhost:8080", "localhost:3000", ERR_FORBIDDEN},
    {"http://localhost", "localhost:3000", ERR_FORBIDDEN},
    {"http://127.0.0.1:3000", "localhost:3000", ERR_FORBIDDEN},
    {"https://logs.example.org", "127.0.0.1:3000", ERR_FORBIDDEN},
    {"https://evil.example.net", "localhost:3000", ERR_FORBIDDEN},
    {"http://localhost:3000.evil.example.net", "localhost:3000", ERR_FORBIDDEN},
    {"localhost:3000", "localhost:3000", ERR_FORBIDDEN},
    {"null", "localhost:3000", ERR_FORBIDDEN},
    {"", "localhost:3000", ERR_FORBIDDEN},
    {"http://", "localhost:3000", ERR_FORBIDDEN},
    {"http://localhost:3000", NULL, ERR_FORBIDDEN},
    {"http://", "", ERR_UNKNOWN_CALLER},
};

START_TEST(only_our_own_page_may_change_anything)
{
    struct access_asked asked = {.address = STR("127.0.0.1"),
                                 .host = str_of(origins[_i].host),
                                 .origin = str_of(origins[_i].origin),
                                 .changes = true};
    enum err_code wanted = origins[_i].code;
    open_it(false, 0);
    ck_assert_msg(access_who(a, &asked, 1, &caller, &e) == wanted, "row %d", _i);
    asked.changes = false; /* the other site's page cannot read the answer */
    enum err_code code = access_who(a, &asked, 1, &caller, &e);
    ck_assert_int_eq(code, wanted == ERR_FORBIDDEN ? ERR_NONE : wanted);
    char bearer[API_KEY_TEXT_BYTES + 8];
    snprintf(bearer, sizeof bearer, "Bearer %s", texts[2]);
    store(2, 1); /* no other site has the key */
    asked.changes = true;
    asked.authorization = str_of(bearer);
    ck_assert(!access_who(a, &asked, 1, &caller, &e));
}
END_TEST

START_TEST(knows_the_machine_by_its_own_name)
{
    char name[256] = "";
    ck_assert(gethostname(name, sizeof name - 1) == 0);
    struct access_asked asked = {.address = STR("127.0.0.1"), .host = str_of(name)};
    open_it(false, 0);
    ck_assert_msg(!access_who(a, &asked, 1, &caller, &e), "%s", e.msg);
}
END_TEST

/* --- with keys --- */

START_TEST(with_a_key_each_request_needs_one)
{
    char wrong[API_KEY_TEXT_BYTES], other[2 * API_KEY_TEXT_BYTES + 32];
    store(0, 2);
    open_it(true, 0); /* of no account any more */
    ck_assert_int_eq(ask(NULL, 1), ERR_UNKNOWN_CALLER);
    ck_assert_str_eq(caller.challenge, "Bearer realm=\"loganalyzer\"");
    ck_assert(!ask_with(texts[0], 1));
    ck_assert_uint_eq(caller.scopes, SCOPE_INGEST);
    ck_assert_int_eq(memcmp(caller.id, texts[0] + 12, API_KEY_ID_BYTES - 1), 0);
    ck_assert(!ask_with(texts[1], 1));
    ck_assert_uint_eq(caller.scopes, SCOPE_READ);
    ck_assert_int_eq(ask_with(texts[2], 1), ERR_UNKNOWN_CALLER); /* not in the file */
    ck_assert_uint_eq(caller.scopes, 0);
    ck_assert_str_eq(caller.id, "");
    CHECK_HAS(caller.challenge, "invalid_token");
    memcpy(wrong, texts[0], sizeof wrong);
    wrong[API_KEY_TEXT_BYTES - 2] = wrong[API_KEY_TEXT_BYTES - 2] == 'A' ? 'B' : 'A';
    ck_assert_int_eq(ask_with(wrong, 1), ERR_UNKNOWN_CALLER);
    ck_assert_int_eq(ask_with("", 1), ERR_UNKNOWN_CALLER);
    ck_assert_int_eq(ask("Basic dXNlcjpwYXNz", 1), ERR_UNKNOWN_CALLER);
    snprintf(other, sizeof other, "Bearer %s, Bearer %s", texts[0], texts[0]);
    ck_assert_int_eq(ask(other, 1), ERR_UNKNOWN_CALLER); /* the header came twice */
    snprintf(other, sizeof other, "bearer   %s ", texts[0]);
    ck_assert(!ask(other, 1));
    snprintf(other, sizeof other, "Bearer%s", texts[0]);
    ck_assert_int_eq(ask(other, 1), ERR_UNKNOWN_CALLER);
}
END_TEST

START_TEST(a_wrong_secret_an_unknown_id_and_no_key_at_all_get_the_same_words)
{
    char first[ERR_MSG_BYTES], wrong[API_KEY_TEXT_BYTES];
    store(0, 1);
    open_it(false, 0);
    memcpy(wrong, texts[0], sizeof wrong);
    wrong[API_KEY_TEXT_BYTES - 2] = wrong[API_KEY_TEXT_BYTES - 2] == 'A' ? 'B' : 'A';
    ck_assert_int_eq(ask_with(wrong, 1), ERR_UNKNOWN_CALLER);
    memcpy(first, e.msg, sizeof first);
    ck_assert_int_eq(ask_with(texts[1], 1), ERR_UNKNOWN_CALLER);
    ck_assert_str_eq(e.msg, first);
    ck_assert_int_eq(ask_with("nonsense", 1), ERR_UNKNOWN_CALLER);
    ck_assert_str_eq(e.msg, first);
}
END_TEST

START_TEST(says_which_scope_is_missing)
{
    store(0, 3);
    open_it(false, 0);
    ck_assert(!ask_with(texts[0], 1));
    ck_assert(!access_may(&caller, SCOPE_INGEST | SCOPE_READ, &e));
    ck_assert(!caller.challenge);
    ck_assert_int_eq(access_may(&caller, SCOPE_ADMIN, &e), ERR_FORBIDDEN);
    CHECK_HAS(e.msg, "admin");
    CHECK_HAS(caller.challenge, "insufficient_scope");
    CHECK_HAS(caller.challenge, "scope=\"admin\"");
    ck_assert(!ask_with(texts[2], 1)); /* admin */
    for (unsigned scope = 1; scope <= SCOPE_SCORE; scope *= 2) {
        ck_assert(!access_may(&caller, scope, &e));
    }
    ck_assert(!ask_with(texts[0], 1));
    ck_assert_int_eq(access_may(&caller, SCOPE_SCORE | SCOPE_READ, &e), ERR_FORBIDDEN);
    CHECK_HAS(e.msg, "lacks the scope read or score");
    caller.scopes = 0;
    ck_assert_int_eq(access_may(&caller, SCOPE_ALL, &e), ERR_FORBIDDEN);
    CHECK_HAS(e.msg, "lacks the scope ingest or read or admin or score");
    ck_assert_int_eq(access_may(&caller, 0, &e),
                     ERR_FORBIDDEN); /* a row that was left out */
}
END_TEST

START_TEST(what_is_added_or_taken_away_holds_at_once)
{
    open_it(false, 0);
    ck_assert(!ask(NULL, 1));
    store(0, 1);
    ck_assert_int_eq(ask(NULL, 1), ERR_UNKNOWN_CALLER);
    ck_assert(!ask_with(texts[0], 1));
    store(1, 1);
    ck_assert_int_eq(ask_with(texts[0], 1), ERR_UNKNOWN_CALLER);
    ck_assert(!ask_with(texts[1], 1));
    store(0, 0);
    ck_assert(!ask(NULL, 1));
    store(0, 1);
    ck_assert(unlink(path) == 0);
    ck_assert(!ask(NULL, 1));
}
END_TEST

START_TEST(keys_that_cannot_be_read_let_nobody_in)
{
    store(0, 1);
    open_it(true, 0);
    ck_assert(!ask_with(texts[0], 1));
    FILE *f = fopen(path, "we");
    ck_assert(f && fputs("nonsense\n", f) >= 0 && fclose(f) == 0);
    ck_assert_int_eq(ask_with(texts[0], 1), ERR_DOWN);
    ck_assert_int_eq(ask(NULL, 1), ERR_DOWN);
    ck_assert(!strstr(e.msg, dir)); /* no paths for strangers */
    store(0, 1);
    ck_assert(!ask_with(texts[0], 1));
    ck_assert(unlink(path) == 0 && mkdir(path, 0700) == 0);
    ck_assert_int_eq(ask(NULL, 1), ERR_DOWN);
    ck_assert(rmdir(path) == 0);
    ck_assert(!ask(NULL, 1));
}
END_TEST

START_TEST(a_key_has_a_second_worth_of_requests_at_once_and_its_rate_after)
{
    int64_t now = CLOCK_MINUTE_US;
    store(0, 2);
    open_it(false, RATE);
    for (int i = 0; i < RATE; i++) {
        ck_assert_msg(!ask_with(texts[0], now), "%d", i);
    }
    ck_assert_int_eq(ask_with(texts[0], now), ERR_RATE);
    ck_assert(!caller.challenge);
    ck_assert(!ask_with(texts[1], now)); /* another key's is its own */
    now += CLOCK_SECOND_US / RATE;
    ck_assert(!ask_with(texts[0], now));
    ck_assert_int_eq(ask_with(texts[0], now), ERR_RATE);
    store(0, 1); /* what was asked is not forgotten when the file changes */
    ck_assert_int_eq(ask_with(texts[0], now), ERR_RATE);
    now += CLOCK_MINUTE_US; /* and no more than a second's worth is saved */
    for (int i = 0; i < RATE; i++) {
        ck_assert(!ask_with(texts[0], now));
    }
    ck_assert_int_eq(ask_with(texts[0], now), ERR_RATE);
}
END_TEST

enum { THREADS = 4, CHANGES = 20 };
static atomic_bool ended;

/* As worker threads do: one key is always there, one comes and goes. */
static void *ask_on(void *arg)
{
    const char *const *keys = arg;
    size_t *asked = calloc(1, sizeof *asked);
    while (asked && !atomic_load(&ended)) {
        struct access_caller c;
        struct err why;
        char steady[API_KEY_TEXT_BYTES + 8], guest[API_KEY_TEXT_BYTES + 8];
        snprintf(steady, sizeof steady, "Bearer %s", keys[0]);
        snprintf(guest, sizeof guest, "Bearer %s", keys[1]);
        struct access_asked one = {.authorization = str_of(steady)},
                            two = {.authorization = str_of(guest)};
        if (access_who(a, &one, clock_mono_us(), &c, &why) || c.scopes != SCOPE_INGEST) {
            return NULL;
        }
        enum err_code code = access_who(a, &two, clock_mono_us(), &c, &why);
        if (code ? code != ERR_UNKNOWN_CALLER : c.scopes != SCOPE_READ) {
            return NULL;
        }
        ++*asked;
    }
    return asked;
}

START_TEST(threads_ask_while_the_file_changes)
{
    pthread_t thread[THREADS];
    const char *keys[] = {texts[0], texts[1]};
    store(0, 1);
    open_it(false, 1000000);
    atomic_store(&ended, false);
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert(pthread_create(&thread[i], NULL, ask_on, keys) == 0);
    }
    for (size_t i = 0; i < CHANGES; i++) {
        store(0, 1 + i % 2);
    }
    atomic_store(&ended, true);
    for (size_t i = 0; i < THREADS; i++) {
        void *asked;
        ck_assert(pthread_join(thread[i], &asked) == 0);
        ck_assert_msg(asked && *(size_t *)asked > 0, "thread %zu", i);
        free(asked);
    }
}
END_TEST

/* --- what the web server says --- */

static const struct {
    const char *parameters[4];
    bool forwarded;
} signs[] = {
    {{"HTTP_HOST=x", "SERVER_PROTOCOL=HTTP/1.1", NULL}, false},
    {{"HTTP_X_FORWARDED_FOR=192.0.2.1", NULL}, true},
    {{"HTTP_X_FORWARDED_FOR=", NULL}, true},
    {{"HTTP_X_FORWARDED_PROTO=https", NULL}, true},
    {{"HTTP_HOST=x", "HTTP_FORWARDED=for=192.0.2.1", NULL}, true},
    {{"HTTP_VIA=1.1 x", NULL}, true},
    {{"HTTP_X_REAL_IP=192.0.2.1", NULL}, true},
    {{"HTTP_CF_CONNECTING_IP=192.0.2.1", NULL}, true},
    {{"SERVER_PROTOCOL=HTTP/1.0", "HTTP_CONNECTION=close", NULL}, true}, /* nginx */
    {{"SERVER_PROTOCOL=HTTP/1.0", "HTTP_HOST=localhost", NULL}, false},
    {{"SERVER_PROTOCOL=HTTP/1.1", "HTTP_CONNECTION=close", NULL}, false},
    {{"HTTP_VIAX=1", NULL}, false},
};

START_TEST(sees_that_a_proxy_hands_a_request_on)
{
    char *list[4];
    memcpy(list, signs[_i].parameters, sizeof list);
    ck_assert_msg(local_caller_forwarded(list) == signs[_i].forwarded, "row %d", _i);
}
END_TEST

static const struct {
    const char *parameters[3];
    bool sure;
} sure[] = {
    {{"HTTPS=on", NULL}, true},
    {{"AUTH_TYPE=Basic", "REMOTE_USER=me", NULL}, true},
    {{"REMOTE_USER=me", NULL}, false}, /* nginx, of whoever says so */
    {{"HTTPS=off", NULL}, false},
    {{"AUTH_TYPE=", "HTTPS=", NULL}, false},
    {{"HTTP_HTTPS=on", "HTTP_AUTH_TYPE=Basic", NULL}, false}, /* the client's */
};

START_TEST(sees_that_the_web_server_is_sure_of_the_name)
{
    char *list[3];
    struct request r = {.method = METHOD_GET};
    memcpy(list, sure[_i].parameters, sizeof list);
    ck_assert_msg(params_read_sender(list, &r).host_sure == sure[_i].sure, "row %d", _i);
}
END_TEST

START_TEST(reads_a_request_out_of_the_parameters)
{
    char lines[][64] = {"REQUEST_METHOD=DELETE",
                        "SCRIPT_NAME=/x/normals",
                        "PATH_INFO=/7",
                        "QUERY_STRING=a=b",
                        "HTTP_AUTHORIZATION=k",
                        "HTTP_AUTHORIZATION=second",
                        "REMOTE_ADDR=::1",
                        "HTTP_HOST=h",
                        "HTTP_ORIGIN=http://o",
                        "HTTPS=on",
                        "HTTP_SEC_FETCH_SITE=cross-site"};
    char *params[sizeof lines / sizeof lines[0] + 1] = {NULL};
    struct arena arena;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        params[i] = lines[i];
    }
    arena_init(&arena, 1 << 16);
    struct request r = {.arena = &arena};
    ck_assert(!request_read(&r, (const char *const *)params, STR("/x"), &e));
    ck_assert_int_eq(r.method, METHOD_DELETE);
    CHECK_STR("path", r.path, STR("/normals/7"));
    CHECK_STR("query", r.query, STR("a=b"));
    struct access_asked asked = params_read_sender(params, &r);
    CHECK_STR("authorization", asked.authorization, STR("k"));
    CHECK_STR("address", asked.address, STR("::1"));
    CHECK_STR("origin", asked.origin, STR("http://o"));
    ck_assert(asked.cross_site && !asked.forwarded && asked.changes && asked.host_sure);
    ck_assert(!params_find(params, "CONTENT_TYPE").p);
    ck_assert(!params_find(params, "HTTP").p);
    r.method = METHOD_GET;
    asked = params_read_sender(params, &r);
    ck_assert(!asked.cross_site && !asked.changes);
    arena_free(&arena);
}
END_TEST

static void add(Suite *s, const char *name, const TTest *test, int rows)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60); /* the file is synced each time it changes */
    tcase_add_loop_test(tc, test, 0, rows);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("access");
    add(s, "place", without_keys_only_this_machine_is_served, ROWS(places));
    add(s, "sure", a_name_that_the_web_server_is_sure_of_is_one_for_everybody_alone, 2);
    add(s, "origin", only_our_own_page_may_change_anything, ROWS(origins));
    add(s, "name", knows_the_machine_by_its_own_name, 1);
    add(s, "key", with_a_key_each_request_needs_one, 1);
    add(s, "words", a_wrong_secret_an_unknown_id_and_no_key_at_all_get_the_same_words, 1);
    add(s, "scope", says_which_scope_is_missing, 1);
    add(s, "change", what_is_added_or_taken_away_holds_at_once, 1);
    add(s, "damage", keys_that_cannot_be_read_let_nobody_in, 1);
    add(s, "rate", a_key_has_a_second_worth_of_requests_at_once_and_its_rate_after, 1);
    add(s, "threads", threads_ask_while_the_file_changes, 1);
    unit_table(s, "forwarded", sees_that_a_proxy_hands_a_request_on, ROWS(signs));
    unit_table(s, "host_sure", sees_that_the_web_server_is_sure_of_the_name, ROWS(sure));
    unit_case(s, "params", reads_a_request_out_of_the_parameters);
    return temp_dir_run(s);
}
