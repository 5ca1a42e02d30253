/* mail_text.c - see mail_text.h. */
#include "fcgi/core/mail_text.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/utf8.h"
#include "fcgi/base/visible.h"

#include <time.h>

/* A line may have 76 characters before its end, with "Subject: " and a word's frame. */
enum {
    LINE_CHARS = 76,
    PLAIN_CHARS = 66,
    WORD_CHARS = 54,
    SUBJECT_BYTES_MAX = 4 * MAIL_SUBJECT_BYTES
};
#define WORD_BEGIN "=?UTF-8?Q?"
#define WORD_END   "?="

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < ' ' || s.p[i] > '~') {
            return false;
        }
    }
    return s.n <= PLAIN_CHARS && !memmem(s.p, s.n, "=?", 2);
}

/* In an encoded word only letters and digits stand for themselves. */
static bool stays_in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static void put_words(struct buf *out, struct str s)
{
    size_t line = 0;
    buf_str(out, STR(WORD_BEGIN));
    while (s.n > 0) {
        size_t n = 1;
        utf8_decode(s, &n); /* a word ends with a whole character */
        if (line + 3 * n > WORD_CHARS) {
            buf_str(out, STR(WORD_END "\r\n " WORD_BEGIN));
            line = 0;
        }
        for (size_t i = 0; i < n; i++) {
            if (stays_in_word(s.p[i])) {
                buf_byte(out, s.p[i]);
                line++;
            } else {
                buf_fmt(out, "=%02X", (unsigned)(uint8_t)s.p[i]);
                line += 3;
            }
        }
        s = str_from(s, n);
    }
    buf_str(out, STR(WORD_END));
}

static void put_subject(struct buf *out, struct str subject)
{
    struct buf shown;
    buf_init(&shown, SUBJECT_BYTES_MAX);
    visible_put(&shown, subject, MAIL_SUBJECT_BYTES);
    buf_str(out, STR("Subject: "));
    if (is_plain(buf_view(&shown))) {
        buf_str(out, buf_view(&shown));
    } else {
        put_words(out, buf_view(&shown));
    }
    buf_str(out, STR("\r\n"));
    out->failed = out->failed || shown.failed;
    buf_free(&shown);
}

static void put_date(struct buf *out, int64_t at_us)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(at_us / CLOCK_SECOND_US);
    struct tm tm;
    if (!gmtime_r(&seconds, &tm)) {
        return;
    }
    buf_fmt(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday,
            tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
            tm.tm_sec);
}

/* The addresses, one a line. */
static void put_to(struct buf *out, struct str to)
{
    buf_str(out, STR("To: "));
    for (bool first = true; to.n > 0; first = false) {
        struct str one = str_trim(str_split(&to, ','));
        buf_str(out, first ? STR("") : STR(",\r\n "));
        buf_str(out, one);
    }
    buf_str(out, STR("\r\n"));
}

/* One line of the text, without its end. A space at the end would get lost, and a dot at
 * the beginning is for SMTP's own use. */
static void put_line(struct buf *out, struct str s)
{
    size_t line = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i];
        bool last = i + 1 == s.n;
        bool as_is = c >= ' ' && c <= '~' && c != '=' && !(c == ' ' && last) &&
                     !(c == '.' && line == 0) && !(c == 'F' && line == 0);
        size_t n = as_is ? 1 : 3;
        if (line + n > LINE_CHARS - 1) {
            buf_str(out, STR("=\r\n"));
            line = 0;
            i--;
            continue;
        }
        if (as_is) {
            buf_byte(out, (char)c);
        } else {
            buf_fmt(out, "=%02X", (unsigned)c);
        }
        line += n;
    }
}

static void put_body(struct buf *out, struct str body)
{
    while (body.n > 0) {
        struct str line = str_split(&body, '\n');
        put_line(out, line);
        buf_str(out, STR("\r\n"));
    }
}

void mail_text_print(struct buf *out, const struct mail_text *m)
{
    const char *at = memchr(m->from.p, '@', m->from.n);
    struct str domain =
        at ? str_from(m->from, (size_t)(at - m->from.p) + 1) : STR("localhost");
    buf_fmt(out, "From: %.*s\r\n", STR_ARGS(m->from));
    put_to(out, m->to);
    put_subject(out, m->subject);
    put_date(out, m->at_us);
    buf_fmt(out, "Message-ID: <%.*s@%.*s>\r\n", STR_ARGS(m->id), STR_ARGS(domain));
    buf_str(out, STR("MIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: quoted-printable\r\n"
                     "Auto-Submitted: auto-generated\r\n"
                     "\r\n"));
    put_body(out, m->body);
}
