/* attack_sql.c - SQL that breaks out of a value: ' or 'a'='a, 1) or 2*3=6 --, admin'--.
 *
 * Words such as "and" and "or" say nothing by themselves. What counts is what stands on
 * both sides of them: a quotation mark that closes a text nobody opened, or a number, and
 * then a comparison. So this reads a little of SQL's grammar instead of more signatures. */
#include "scoring/attack_match.h"

enum { CONDITION_MAX = 192 }; /* bytes of one that are read: each join begins one */

enum operand {
    OPERAND_NONE,
    OPERAND_NUMBER,
    OPERAND_STRING,
    OPERAND_OPEN,
    OPERAND_NAME,
    OPERAND_CALL,
    OPERAND_SELECT
};

struct reader {
    struct str s;
    size_t at;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char peek(const struct reader *r)
{
    return r->at < r->s.n ? r->s.p[r->at] : '\0';
}

static void skip_any(struct reader *r, const char *of)
{
    while (r->at < r->s.n && r->s.p[r->at] != '\0' && strchr(of, r->s.p[r->at])) {
        r->at++;
    }
}

static bool looking_at(const struct reader *r, const char *pattern)
{
    return attack_matches(r->s, r->at, pattern);
}

/* Passes over a bracket and what is in it; to the end if it is not closed. */
static void skip_brackets(struct reader *r)
{
    int depth = 0;
    do {
        depth += peek(r) == '(' ? 1 : peek(r) == ')' ? -1 : 0;
        r->at++;
    } while (depth > 0 && r->at < r->s.n);
}

static enum operand take_string(struct reader *r)
{
    const char *begin = r->s.p + r->at;
    const char *end = memchr(begin + 1, *begin, r->s.n - r->at - 1);
    r->at = end ? (size_t)(end - r->s.p) + 1 : r->s.n;
    return end ? OPERAND_STRING : OPERAND_OPEN;
}

static enum operand take_operand(struct reader *r)
{
    skip_any(r, " (!~+-");
    if (looking_at(r, "notB")) {
        r->at += 3;
        skip_any(r, " (!~+-");
    }
    char c = peek(r);
    if (is_digit(c)) {
        while (attack_is_word(peek(r)) || peek(r) == '.') {
            r->at++;
        }
        return OPERAND_NUMBER;
    }
    if (c == '\'' || c == '"') {
        return take_string(r);
    }
    if (looking_at(r, "selectB")) {
        return OPERAND_SELECT;
    }
    size_t begin = r->at;
    while (attack_is_word(peek(r)) || peek(r) == '.' || peek(r) == '@') {
        r->at++;
    }
    if (r->at == begin) {
        return OPERAND_NONE;
    }
    if (looking_at(r, " (")) {
        skip_any(r, " ");
        skip_brackets(r);
        return OPERAND_CALL;
    }
    return OPERAND_NAME;
}

/* "+5-3*2" behind an operand. */
static void skip_arithmetic(struct reader *r)
{
    skip_any(r, " )");
    while (peek(r) != '\0' && strchr("+*/%^|-", peek(r)) && !looking_at(r, "--")) {
        struct reader next = *r;
        skip_any(&next, "+*/%^|- (");
        if (take_operand(&next) == OPERAND_NONE) {
            return;
        }
        *r = next;
        skip_any(r, " )");
    }
}

static bool take_comparison(struct reader *r)
{
    static const char *const words[] = {"like",    "rlike",    "regexp",  "in (",
                                        "between", "isBSnull", "isBSnot", "soundsSlike"};
    skip_any(r, " )");
    size_t begin = r->at;
    skip_any(r, "=<>!");
    if (r->at > begin) {
        return r->at - begin <= 3;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (looking_at(r, words[i])) {
            r->at += strcspn(words[i], " BS");
            return !attack_is_word(peek(r));
        }
    }
    return false;
}

static bool at_comment(const struct reader *r)
{
    struct reader next = *r;
    skip_any(&next, " );");
    return looking_at(&next, "--") || looking_at(&next, "#") || looking_at(&next, "/*");
}

/* May the quotation mark at `at` be the end of a text? One behind a blank or a sign begins
 * one: git "--help", ('-----'). The first byte of a value ends the text it is put into. */
static bool may_close(struct str s, size_t at)
{
    return at == 0 || (s.p[at - 1] != '\0' && !strchr(" (=,:[{<>", s.p[at - 1]));
}

/* What stands before the word at `at`. */
enum before { BEFORE_OTHER, BEFORE_NUMBER, BEFORE_BREAK };

static enum before before(struct str s, size_t at, unsigned open)
{
    while (at > 0 && (s.p[at - 1] == ' ' || s.p[at - 1] == ')' || s.p[at - 1] == '%')) {
        at--;
    }
    if (at == 0) {
        return BEFORE_OTHER;
    }
    char c = s.p[at - 1];
    if ((c == '\'' && (open & 1)) || (c == '"' && (open & 2))) {
        return may_close(s, at - 1) ? BEFORE_BREAK : BEFORE_OTHER;
    }
    return is_digit(c) ? BEFORE_NUMBER : BEFORE_OTHER;
}

/* Behind or, and, where: is it a condition that an attacker would add? */
static bool is_condition(struct str s, size_t at, enum before before)
{
    s.n = s.n - at > CONDITION_MAX ? at + CONDITION_MAX : s.n;
    struct reader r = {s, at};
    bool broken = before == BEFORE_BREAK;
    enum operand left = take_operand(&r);
    if (left == OPERAND_SELECT) {
        return before != BEFORE_OTHER;
    }
    if (left == OPERAND_OPEN) { /* ' or '1 */
        return broken && attack_matches(s, at, " Q NE");
    }
    if (left == OPERAND_NONE) {
        return false;
    }
    struct reader after = r;
    skip_arithmetic(&r);
    if (!take_comparison(&r)) {
        return broken && left != OPERAND_STRING && at_comment(&after);
    }
    enum operand right = take_operand(&r);
    if (left == OPERAND_NUMBER || left == OPERAND_STRING) {
        return right != OPERAND_NONE && (right != OPERAND_NAME || broken);
    }
    return right != OPERAND_NONE &&
           (broken || (left == OPERAND_CALL && before == BEFORE_NUMBER));
}

/* Behind a quotation mark that closes what nobody opened. */
static bool is_break(struct str s, size_t at)
{
    static const char *const then[] = {
        "--",           "# E",           "/*",          "; --",
        "unionSselect", "unionSall",     "orderSbySN",  "groupSbySN",
        "groupSbySW (", "havingSN",      "limitSN",     "procedureSanalyse",
        "intoSoutfile", "intoSdumpfile", "asSWSwhereS", "inSbooleanSmode",
        "; selectS",    "; W (",         "||W(",        "|| ( select",
        "+ ( select",   "and ( select",  "or ( select", ", ( select"};
    struct reader r = {s, at};
    size_t blanks = r.at;
    if (!may_close(s, at - 1)) {
        return false;
    }
    skip_any(&r, " )%");
    blanks = r.at - blanks;
    for (size_t i = 0; i < sizeof then / sizeof then[0]; i++) {
        if (looking_at(&r, then[i])) {
            /* "the boys' -- and": a dash, unless nothing is behind it */
            return i > 0 || (blanks == 0 && at > 1) || s.p[r.at - 1] == ')' ||
                   looking_at(&r, "-- E");
        }
    }
    return false;
}

/* The length of the word or sign that joins two conditions; 0: there is none. */
static size_t joins(struct str s, size_t i)
{
    static const char *const words[] = {"orB",     "andB", "xorB", "whereB",
                                        "havingB", "||",   "&&"};
    if (i > 0 && attack_is_word(s.p[i - 1]) && attack_is_word(s.p[i])) {
        return 0;
    }
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        if (s.p[i] == words[k][0] && attack_matches(s, i, words[k])) {
            return strlen(words[k]) - (k < 5); /* the B is none of it */
        }
    }
    return 0;
}

bool attack_is_sql(struct str text)
{
    unsigned open = 0; /* 1: in '...', 2: in "..." */
    for (size_t i = 0; i < text.n; i++) {
        unsigned quote = 0;
        size_t n = 0;
        switch (text.p[i]) {
        case '\'':
            quote = 1;
            break;
        case '"':
            quote = 2;
            break;
        case 'o':
        case 'a':
        case 'x':
        case 'w':
        case 'h':
        case '|':
        case '&':
            n = joins(text, i);
            break;
        default:
            break;
        }
        open ^= quote;
        if (((open & quote) && is_break(text, i + 1)) ||
            (n > 0 && is_condition(text, i + n, before(text, i, open)))) {
            return true;
        }
    }
    return false;
}
