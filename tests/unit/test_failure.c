/* test_failure.c - which messages speak of a failure: by the beginnings of words. */
#include "scoring/failure.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static const struct message {
    const char *text;
    bool speaks;
} messages[] = {
    {"", false},
    {" ", false},
    {"disk read failed", true},
    {"FAILED to start", true},
    {"Failure", true},
    {"[fail]", true},
    {"x=fail", true},
    {"job_failed", false},              /* within a name, */
    {"open /var/log/error.log", false}, /* a path */
    {"not-failed is a state", false},   /* or a word nothing begins */
    {"unfailing service", false},
    {"default route set", false},
    {"fai", false},
    {"a fai", false},
    {"2fail", false},
    {"kernel: Out of memory: Killed process 17", true},
    {"No space left on device", true},
    {"no  space", false},
    {"can't open file", true},
    {"cant open file", false},
    {"session opened for user root", false},
    {"GET /index.html 200", false},
    {"connection timed out", true},
    {"Connection Timeout", true},
    {"skilled worker", false},
    {"échec: fail", true},
    {"éerror", false},
    {"segfault at 0", true},
    {"(error) 7", true},
    {"badge printed", false},
    {"accepted publickey for bob", false},
    {"Traceback (most recent call last):", true},
    {"denied", true},
};

START_TEST(knows_what_speaks_of_failure)
{
    const struct message *m = &messages[_i];
    ck_assert_msg(failure_in(str_of(m->text)) == m->speaks, "'%s'", m->text);
}
END_TEST

/* Cut at every place, in memory that ends there. */
START_TEST(never_reads_past_the_end)
{
    const char *text = "it was not permitted, and is temporarily unavailable";
    for (size_t n = 0; n <= strlen(text); n++) {
        char *copy = malloc(n + (n == 0));
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, text, n);
        bool speaks = failure_in((struct str){copy, n});
        ck_assert_msg(speaks == (n >= strlen("it was not permitted")), "%zu", n);
        free(copy);
    }
}
END_TEST

START_TEST(takes_any_bytes)
{
    char text[256];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)i;
    }
    ck_assert(!failure_in((struct str){text, sizeof text}));
    ck_assert(failure_in(STR("\xff\xfe\0 error")));
}
END_TEST

START_TEST(knows_what_speaks_of_a_login)
{
    static const struct message entrances[] = {
        {"", false},
        {"Accepted publickey for bob from 10.0.0.1", true},
        {"pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)", false},
        {"user bob logged in from 10.0.0.1", true},
        {"login succeeded for bob", true},
        {"Failed password for bob", false},
        {"session closed for user root", false},
        {"accepted connection", false},
        {"blogged in", false},
    };
    for (int i = 0; i < ROWS(entrances); i++) {
        ck_assert_msg(entrance_in(str_of(entrances[i].text)) == entrances[i].speaks,
                      "'%s'", entrances[i].text);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("failure");
    unit_table(s, "messages", knows_what_speaks_of_failure, ROWS(messages));
    unit_case(s, "logins", knows_what_speaks_of_a_login);
    unit_case(s, "end", never_reads_past_the_end);
    unit_case(s, "bytes", takes_any_bytes);
    return unit_run(s);
}
