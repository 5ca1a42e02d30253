/* test_failed_login.c - which messages report a login that failed. The rule that clients
 * know is three regular expressions; the C library's own engine is asked as well, so that
 * the table cannot be wrong about them. */
#include "fcgi/core/failed_login.h"

#include "tests/unit/unit.h"

#include <regex.h>

static const struct {
    struct str message;
    bool contract, evidence;
} messages[] = {
    {LIT("failed login"), true, true},
    {LIT("FAILED LOGIN"), true, true},
    {LIT("Failed Login for bob"), true, true},
    {LIT("failedlogin"), true, true},
    {LIT("failed   login"), true, true},
    {LIT("failed \t\r\n\v\f login"), true, true},
    {LIT("3 failed logins"), true, true},
    {LIT("failed failed login"), true, true},
    {LIT("unfailed login"), true, true},
    {LIT("auth fail"), true, true},
    {LIT("AuthFailure"), true, true},
    {LIT("oauth failed"), true, true},
    {LIT("authfa auth fail"), true, true},
    {LIT("invalid password"), true, true},
    {LIT("InvalidPassword!"), true, true},
    {LIT("x: invalid  passwords"), true, true},
    /* near misses of the three */
    {LIT("failed to login"), false, false},
    {LIT("failed-login"), false, false},
    {LIT("failed log in"), false, false},
    {LIT("faile dlogin"), false, false},
    {LIT("failed logi"), false, false},
    {LIT("f ailed login"), false, false},
    {LIT("auth: fail"), false, false},
    {LIT("author fails"), false, false},
    {LIT("invalid pass word"), false, false},
    {LIT("login ok"), false, false},
    {LIT(""), false, false},
    {LIT("a"), false, false},
    {{NULL, 0}, false, false},
    /* what real programs write */
    {LIT("Failed password for root from 10.0.0.1 port 4711 ssh2"), false, true},
    {LIT("Failed none for invalid user bob from 10.0.0.1 port 1 ssh2"), false, true},
    {LIT("Failed publickey for git from 10.0.0.1 port 1 ssh2"), false, true},
    {LIT("Failed keyboard-interactive/pam for root from 10.0.0.1"), false, true},
    {LIT("Invalid user admin from 10.0.0.1 port 4711"), false, true},
    {LIT("pam_unix(sshd:auth): authentication failure; logname= uid=0"), false, true},
    {LIT("error: PAM: Authentication error for root"), false, true},
    {LIT("FAILED SU (to root) bob on pts/0"), false, true},
    {LIT("pam_unix(su:auth): authentication failure; logname=bob"), false, true},
    {LIT("bob : 3 incorrect password attempts ; TTY=pts/0"), false, true},
    {LIT("unix_chkpwd[1]: password check failed for user (bob)"), false, true},
    {LIT("imap-login: Login failed: user=bob"), false, true},
    {LIT("SASL LOGIN authentication failed: UGFzc3dvcmQ6"), false, true},
    {LIT("user bob: authentication failure for \"/\": Password Mismatch"), false, true},
    {LIT("password authentication failed for user \"bob\""), false, true},
    {LIT("Access denied for user 'bob'@'localhost' (using password: YES)"), false, true},
    {LIT("LOGIN INCORRECT on tty1"), false, true},
    /* and what they write when all is well */
    {LIT("Accepted password for root from 10.0.0.1 port 4711 ssh2"), false, false},
    {LIT("session opened for user bob by (uid=0)"), false, false},
    {LIT("password changed for bob"), false, false},
    {LIT("failed to open file"), false, false},
};

/* Is there one of the three in it? regexec wants a NUL at the end. */
static bool matches_the_three(struct str message)
{
    regex_t three;
    char text[128];
    snprintf(text, sizeof text, "%.*s", STR_ARGS(message));
    ck_assert_int_eq(regcomp(&three,
                             "failed[[:space:]]*login|auth[[:space:]]*fail|"
                             "invalid[[:space:]]*password",
                             REG_EXTENDED | REG_ICASE | REG_NOSUB),
                     0);
    bool found = regexec(&three, text, 0, NULL, 0) == 0;
    regfree(&three);
    return found;
}

START_TEST(matches_what_clients_know_and_what_programs_write)
{
    struct str message = messages[_i].message;
    struct failed_login got = failed_login_in(message);
    ck_assert_msg(matches_the_three(message) == messages[_i].contract,
                  "the table is wrong about \"%.*s\"", STR_ARGS(message));
    ck_assert_msg(got.contract == messages[_i].contract, "contract: \"%.*s\"",
                  STR_ARGS(message));
    ck_assert_msg(got.evidence == messages[_i].evidence, "evidence: \"%.*s\"",
                  STR_ARGS(message));
}
END_TEST

START_TEST(looks_no_further_than_the_message_reaches)
{
    static const char whole[] = "failed login";
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        char *p = malloc(n + 1); /* ends where the message ends, for AddressSanitizer */
        ck_assert_ptr_nonnull(p);
        memcpy(p + 1, whole, n);
        ck_assert(!failed_login_in((struct str){p + 1, n}).evidence);
        free(p);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("failed_login");
    unit_table(s, "wording", matches_what_clients_know_and_what_programs_write,
               ROWS(messages));
    unit_case(s, "bounds", looks_no_further_than_the_message_reaches);
    return unit_run(s);
}
