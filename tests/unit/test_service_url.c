/* test_service_url.c - what ML_URL may be, and what follows from it. */
#include "fcgi/base/service_url.h"
#include "tests/unit/unit.h"

static char url[SERVICE_URL_BYTES];
static struct service_urls parts;
static struct err e;

static const struct good_row {
    const char *set, *score, *learn, *socket;
} good[] = {
    {"http://ml-service:8000/score", "http://ml-service:8000/score",
     "http://ml-service:8000/learn", NULL},
    {"http://h", "http://h/score", "http://h/learn", NULL},
    {"http://h:1/", "http://h:1/score", "http://h:1/learn", NULL},
    {"https://h:65535/score/", "https://h:65535/score", "https://h:65535/learn", NULL},
    {"http://[::1]:8000", "http://[::1]:8000/score", "http://[::1]:8000/learn", NULL},
    {"http://[::1]", "http://[::1]/score", "http://[::1]/learn", NULL},
    {"http://h/loganalyzer/score", "http://h/loganalyzer/score",
     "http://h/loganalyzer/learn", NULL},
    {"/run/x/ml", "http://localhost/score", "http://localhost/learn", "/run/x/ml"},
};

START_TEST(a_good_one_gives_the_addresses)
{
    snprintf(url, sizeof url, "%s", good[_i].set);
    ck_assert_msg(!service_url_complete(url, &e), "%s: %s", good[_i].set, e.msg);
    service_url_parts(url, &parts);
    ck_assert_str_eq(parts.score, good[_i].score);
    ck_assert_str_eq(parts.learn, good[_i].learn);
    ck_assert_msg(!parts.unix_socket == !good[_i].socket, "%s", good[_i].set);
    if (good[_i].socket) {
        ck_assert_str_eq(parts.unix_socket, good[_i].socket);
    }
}
END_TEST

START_TEST(none_stays_none)
{
    url[0] = '\0';
    ck_assert(!service_url_complete(url, &e));
    ck_assert_str_eq(url, "");
}
END_TEST

static const struct {
    const char *set, *says;
} bad[] = {
    {"ml-service:8000/score", "http:// or https://"},
    {"ftp://h/score", "http:// or https://"},
    {"HTTP://h/score", "http:// or https://"},
    {"file:///etc/passwd", "http:// or https://"},
    {"http://", "no host"},
    {"http:///score", "no host"},
    {"http://:8000/score", "no host"},
    {"http://h:0/score", "no host"},
    {"http://h:65536/score", "no host"},
    {"http://h:80x/score", "no host"},
    {"http://h:/score", "no host"},
    {"http://[::1]x/score", "no host"},
    {"http://u:secret@h/score", "user or password"},
    {"http://h/other", "does not end in /score"},
    {"http://h/myscore", "does not end in /score"},
    {"http://h/score?x=1", "no place"},
    {"http://h/score#x", "no place"},
    {"http://h h/score", "no place"},
};

START_TEST(a_bad_one_is_refused_in_words)
{
    snprintf(url, sizeof url, "%s", bad[_i].set);
    ck_assert_msg(service_url_complete(url, &e) == ERR_INVALID, "%s", bad[_i].set);
    ck_assert_msg(strstr(e.msg, bad[_i].says) != NULL, "%s: %s", bad[_i].set, e.msg);
    ck_assert_ptr_nonnull(strstr(e.msg, "http://127.0.0.1:8000/score"));
    ck_assert_ptr_null(strstr(e.msg, "secret"));
}
END_TEST

START_TEST(the_longest_that_can_be_completed)
{
    for (size_t n = SERVICE_URL_BYTES - 8; n <= SERVICE_URL_BYTES - 1; n++) {
        memset(url, 'h', n);
        memcpy(url, "http://", 7);
        url[n] = '\0';
        enum err_code want =
            n + strlen("/score") < SERVICE_URL_BYTES ? ERR_NONE : ERR_INVALID;
        ck_assert_msg(service_url_complete(url, &e) == want, "%zu", n);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("service_url");
    unit_table(s, "good", a_good_one_gives_the_addresses, ROWS(good));
    unit_table(s, "bad", a_bad_one_is_refused_in_words, ROWS(bad));
    unit_case(s, "rest", none_stays_none);
    unit_case(s, "longest", the_longest_that_can_be_completed);
    return unit_run(s);
}
