/* test_mail_text.c - what is made of a message for mail: no header can be smuggled in, every
 * line is short and plain ASCII, and a reader gets back what was said. */
#include "fcgi/core/mail_text.h"

#include "tests/unit/unit.h"

#include <stdlib.h>

enum { OUT_MAX = 4 << 20, LINE_MAX_BYTES = 998, WRAP = 76 };

static struct buf out;

static void set_up(void)
{
    buf_init(&out, OUT_MAX);
}

static void tear_down(void)
{
    buf_free(&out);
}

static const char *print(struct str subject, struct str body)
{
    struct mail_text m = {
        .from = STR("from@example.org"),
        .to = STR("a@example.org,  b@example.org"),
        .subject = subject,
        .body = body,
        .id = STR("0123"),
        .at_us = INT64_C(1795351448000000),
    };
    buf_clear(&out);
    mail_text_print(&out, &m);
    ck_assert(!out.failed);
    buf_byte(&out, '\0');
    out.n--;
    return out.p;
}

/* Lines end in CRLF, are not too long, and hold plain ASCII only. */
static void check_lines(void)
{
    size_t line = 0;
    bool ok = true;
    for (size_t i = 0; i < out.n; i++) {
        char c = out.p[i];
        bool before = i > 0 && out.p[i - 1] == '\r';
        ok = ok && (c == '\n') == before &&
             (c == '\n' || c == '\r' || (c >= ' ' && c <= '~'));
        line = c == '\n' ? 0 : line + 1;
        ok = ok && line <= LINE_MAX_BYTES + 1;
    }
    ck_assert(ok);
    ck_assert_uint_eq(line, 0);
}

/* Header lines: those that begin at the left before the empty line. */
static int headers(void)
{
    int n = 0;
    const char *end = strstr(out.p, "\r\n\r\n");
    for (const char *p = out.p; p < end + 2; p = strchr(p, '\n') + 1) {
        n += p[0] != ' ';
    }
    return n;
}

START_TEST(a_mail_has_its_headers_and_its_text)
{
    const char *text = print(STR("plain subject"), STR("one\ntwo\n"));
    ck_assert_str_eq(text, "From: from@example.org\r\n"
                           "To: a@example.org,\r\n b@example.org\r\n"
                           "Subject: plain subject\r\n"
                           "Date: Sun, 22 Nov 2026 12:44:08 +0000\r\n"
                           "Message-ID: <0123@example.org>\r\n"
                           "MIME-Version: 1.0\r\n"
                           "Content-Type: text/plain; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: quoted-printable\r\n"
                           "Auto-Submitted: auto-generated\r\n"
                           "\r\n"
                           "one\r\ntwo\r\n");
}
END_TEST

static const struct {
    const char *name;
    struct str subject;
} hostile[] = {
    {"CRLF", LIT("x\r\nBcc: evil@example.org\r\n\r\nbody")},
    {"LF", LIT("x\nBcc: evil@example.org")},
    {"CR", LIT("x\rBcc: evil@example.org")},
    {"NUL", LIT("x\0\r\nBcc: evil@example.org")},
    {"ESC", LIT("\x1b]0;title\x07")},
    {"right to left", LIT("\xE2\x80\xAEgro.elpmaxe")},
    {"encoded words", LIT("=?utf-8?q?=0D=0ABcc:_evil@example.org?=")},
    {"quotes", LIT("\"'<>(),;:\\")},
    {"no UTF-8", LIT("\xFF\xFE\r\nBcc: x")},
    {"long word",
     LIT("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")},
};

START_TEST(no_subject_is_more_than_a_subject)
{
    print(hostile[_i].subject, STR("body\n"));
    check_lines();
    ck_assert_int_eq(headers(), 9);
    ck_assert_ptr_null(strstr(out.p, "\nBcc"));
    const char *subject = strstr(out.p, "\r\nSubject: ") + 2, *end = subject;
    do { /* with the lines that go on */
        end = strchr(end, '\n') + 1;
        ck_assert_ptr_nonnull(end);
    } while (*end == ' ');
    for (const char *p = subject; p < end; p = strchr(p, '\n') + 1) {
        ck_assert_int_le(strchr(p, '\n') - p, WRAP + 1);
    }
}
END_TEST

START_TEST(a_subject_of_a_megabyte_is_bounded)
{
    enum { N = 1 << 20 };
    char *big = malloc(N);
    ck_assert_ptr_nonnull(big);
    memset(big, 'a', N);
    print((struct str){big, N}, (struct str){big, N});
    check_lines();
    const char *subject = strstr(out.p, "\r\nSubject: ");
    ck_assert_int_lt(strstr(out.p, "\r\nDate: ") - subject, 1200);
    CHECK_HAS(subject, "1048576=20bytes");
    free(big);
}
END_TEST

START_TEST(letters_of_a_subject_are_not_cut)
{
    print(STR("\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"
              "\xC3\xA4\xC3\xA4"),
          STR(""));
    check_lines();
    CHECK_HAS(out.p, "Subject: =?UTF-8?Q?=C3=A4=C3=A4=C3=A4=C3=A4=C3=A4=C3=A4=C3=A4=C3=A4"
                     "=C3=A4?=\r\n =?UTF-8?Q?=C3=A4=C3=A4?=\r\n");
}
END_TEST

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* As a mail program reads it. */
static struct str decode(char *p)
{
    char *to = p, *from = p, *begin = p;
    while (*from) {
        if (from[0] == '=' && from[1] == '\r') {
            from += 3;
        } else if (from[0] == '=') {
            *to++ = (char)(digit(from[1]) * 16 + digit(from[2]));
            from += 3;
        } else if (from[0] == '\r') {
            from++;
        } else {
            *to++ = *from++;
        }
    }
    return (struct str){begin, (size_t)(to - begin)};
}

static const struct {
    const char *name;
    struct str body;
} bodies[] = {
    {"plain", LIT("one\ntwo\n")},
    {"dots", LIT(".\n..\n.x\n")},
    {"From", LIT("From here\nFrom\n")},
    {"equals", LIT("a=b\n=3D\n")},
    {"spaces at the end", LIT("a \nb  \n \n")},
    {"umlauts", LIT("\xC3\xA4\xC3\xB6\n")},
    {"a long line", LIT("0123456789012345678901234567890123456789012345678901234567890123"
                        "456789012345678901"
                        "234567890123456789012345678901234567890123456789\xC3\xA4\n")},
    {"empty lines", LIT("\n\na\n")},
};

START_TEST(a_reader_gets_back_what_was_said)
{
    print(STR("s"), bodies[_i].body);
    check_lines();
    char *body = strstr(out.p, "\r\n\r\n") + 4;
    for (const char *p = body; *p; p = strchr(p, '\n') + 1) {
        ck_assert_int_le(strchr(p, '\n') - p - 1, WRAP);
        ck_assert_msg(p[0] != '.' && strncmp(p, "From", 4) != 0, "%s", bodies[_i].name);
    }
    CHECK_STR(bodies[_i].name, decode(body), bodies[_i].body);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("mail_text");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_mail_has_its_headers_and_its_text);
    tcase_add_loop_test(tc, no_subject_is_more_than_a_subject, 0, ROWS(hostile));
    tcase_add_test(tc, a_subject_of_a_megabyte_is_bounded);
    tcase_add_test(tc, letters_of_a_subject_are_not_cut);
    tcase_add_loop_test(tc, a_reader_gets_back_what_was_said, 0, ROWS(bodies));
    suite_add_tcase(s, tc);
    return unit_run(s);
}
