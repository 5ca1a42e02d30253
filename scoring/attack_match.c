/* attack_match.c - see attack_match.h. */
#include "scoring/attack_match.h"

/* Three letters a byte, as a picture of ASCII. */
#define OFF 0
#define NUL HAS_NUL
#define EOL (HAS_SPACE | HAS_LINE)
#define SPC HAS_SPACE
#define BIN HAS_BINARY
#define QUO HAS_QUOTE
#define MRK HAS_MARKUP
#define BRA HAS_BRACKET
#define SLA HAS_SLASH
#define JOI HAS_JOIN
#define SIG HAS_SIGN
#define WRD HAS_WORD
#define WRD_16                                                                           \
    WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD
/* clang-format off */
const uint16_t attack_bytes[256] = {
    NUL, BIN, BIN, BIN, BIN, BIN, BIN, BIN, BIN, SPC, EOL, SPC, SPC, EOL, BIN, BIN,
    BIN, BIN, BIN, BIN, BIN, BIN, BIN, BIN, BIN, BIN, BIN, BIN, BIN, BIN, BIN, BIN,
    SPC, SIG, QUO, SIG, JOI, SIG, JOI, QUO, BRA, BRA, SIG, SIG, OFF, OFF, OFF, SLA,
    WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, SIG, JOI, MRK, SIG, MRK, SIG,
    OFF, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD,
    WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, BRA, SLA, BRA, SIG, WRD,
    QUO, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD,
    WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, BRA, JOI, BRA, SIG, BIN,
    WRD_16, WRD_16, WRD_16, WRD_16, WRD_16, WRD_16, WRD_16, WRD_16};
/* clang-format on */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"' || c == '`';
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_separator(char c)
{
    return c == ' ' || c == '(' || c == '+';
}

static bool is_gap_in_markup(char c)
{
    return c == ' ' || c == '/';
}

static bool is_dotted(char c)
{
    return attack_is_word(c) || c == '.' || c == '-' || c == '$';
}

static bool is_command(struct str text)
{
    if (text.n == 0 || text.p[0] < 'A') {
        return false;
    }
    for (const char *const *c = attack_commands; *c; c++) {
        if (attack_lower(text.p[0]) == **c && attack_may_match(text, 0, *c) &&
            attack_matches(text, 0, *c)) {
            return true;
        }
    }
    return false;
}

/* Matches one that is not a gap: how much of the text it takes, or -1. */
static int take_one(struct str text, char pattern)
{
    bool (*is)(char) = pattern == 'S'   ? is_separator
                       : pattern == 'V' ? is_gap_in_markup
                                        : is_digit;
    bool some = text.n > 0;
    int n = 0;
    switch (pattern) {
    case ' ':
        return some && is_space(text.p[0]);
    case 'S':
    case 'V':
    case 'N':
        while ((size_t)n < text.n && is(text.p[n])) {
            n++;
        }
        return n > 0 ? n : -1;
    case 'Q':
        return some && is_quote(text.p[0]) ? 1 : -1;
    case 'C':
        return is_command(text) ? 0 : -1;
    case 'B':
        return some && attack_is_word(text.p[0]) ? -1 : 0;
    case 'E':
        return some ? -1 : 0;
    default:
        return some && attack_lower(text.p[0]) == pattern ? 1 : -1;
    }
}

/* The pattern without gaps; stops at a gap. NULL: no match. */
static const char *take_plain(struct str text, size_t *at, const char *pattern)
{
    while (*pattern && *pattern != 'G' && *pattern != 'W') {
        bool literal = *pattern > ' ' && (*pattern < 'A' || *pattern > 'Z');
        if (literal) {
            if (*at >= text.n || attack_lower(text.p[*at]) != *pattern) {
                return NULL;
            }
            ++*at;
            pattern++;
            continue;
        }
        int n = take_one(str_from(text, *at), *pattern);
        if (n < 0) {
            return NULL;
        }
        *at += (size_t)n;
        pattern++;
    }
    return pattern;
}

/* A gap is as short as it can be, and what was taken before it stays: after the first
 * gap's text is found, only the last one is moved. That is enough for signatures whose
 * parts between gaps say enough by themselves, and it takes no recursion. */
bool attack_matches(struct str text, size_t at, const char *pattern)
{
    pattern = take_plain(text, &at, pattern);
    while (pattern && *pattern) {
        bool any = *pattern == 'G';
        const char *next = NULL;
        for (int skipped = 0; !next && skipped <= ATTACK_GAP && at <= text.n; skipped++) {
            size_t after = at;
            next = take_plain(text, &after, pattern + 1);
            if (next) {
                at = after;
            } else if (at < text.n && (any || is_dotted(text.p[at]))) {
                at++;
            } else {
                break;
            }
        }
        pattern = next;
    }
    return pattern != NULL;
}

/* The end of the comment that begins at s.p[at]; at if there is none. One of MySQL's that
 * is carried out after all ends behind its version number. */
static size_t comment_end(struct str s, size_t at)
{
    if (s.n - at < 4 || s.p[at] != '/' || s.p[at + 1] != '*') {
        return at;
    }
    if (s.p[at + 2] == '!') {
        for (at += 3; at < s.n && is_digit(s.p[at]); at++) {
        }
        return at;
    }
    const char *end = memmem(s.p + at + 2, s.n - at - 2, "*/", 2);
    return end ? (size_t)(end - s.p) + 2 : at;
}

struct str attack_squeeze(struct str s, char *out)
{
    size_t n = 0;
    s.n = s.n > ATTACK_BYTES_MAX ? ATTACK_BYTES_MAX : s.n;
    for (size_t i = 0; i < s.n;) {
        size_t end = s.p[i] == '/' ? comment_end(s, i) : i;
        if (s.p[i] == '*' && i + 1 < s.n && s.p[i + 1] == '/') {
            end = i + 2; /* of one of MySQL's, or of none */
        }
        bool blank = end > i || is_space(s.p[i]);
        char c = blank ? ' ' : attack_lower(s.p[i]);
        if (!blank || n == 0 || out[n - 1] != ' ') {
            out[n++] = c;
        }
        i = end > i ? end : i + 1;
    }
    return (struct str){out, n};
}
