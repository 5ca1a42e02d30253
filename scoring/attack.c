/* attack.c - see attack.h.
 *
 * Not a regex library: the signatures are fixed words with a few kinds of gaps, found by
 * their first byte, and most values and paths are let go after one look at what bytes they
 * are made of. SQL that works by its grammar is in attack_sql.c. */
#include "scoring/attack_match.h"

const char *attack_name(enum attack a)
{
    static const char *const names[ATTACKS_N] = {
        [ATTACK_NONE] = "",
        [ATTACK_SQL_INJECTION] = "SQL injection",
        [ATTACK_XSS] = "cross-site scripting",
        [ATTACK_TRAVERSAL] = "path traversal or file inclusion",
        [ATTACK_COMMAND] = "command injection",
        [ATTACK_CODE] = "code injection",
        [ATTACK_SCANNER] = "a vulnerability scanner",
        [ATTACK_PROBE] = "a probe for a file that nobody serves",
        [ATTACK_HEADER] = "header injection"};
    return names[a];
}

/* --- what a text is made of --- */

static unsigned bytes_of(struct str s)
{
    unsigned has = 0;
    for (size_t i = 0; i < s.n; i++) {
        has |= attack_bytes[(uint8_t)s.p[i]];
    }
    return has;
}

/* --- signatures --- */

static bool is_place(struct str s, size_t at, unsigned has, unsigned where)
{
    char prev = at > 0 ? s.p[at - 1] : '\0';
    if (((where & IN_MARKUP) && !(has & (HAS_MARKUP | HAS_QUOTE))) ||
        ((where & IN_LINES) && !(has & HAS_LINE)) || ((where & AT_START) && at > 0) ||
        ((where & NO_BLANK) && at > 1 && s.p[at - 2] == ' ') ||
        ((where & AFTER_SLASH) && at > 0 && prev != '/' && prev != '\\')) {
        return false;
    }
    while ((where & (AFTER_SIGN | IN_SQL)) && prev == ' ' && at > 1) {
        at--;
        prev = s.p[at - 1];
    }
    if ((where & AFTER_SIGN) && (prev == '\0' || !strchr("\"'`<>;()}{*+-|&,/", prev))) {
        return false;
    }
    if (where & IN_SQL) {
        static const char *const words[] = {"or",    "and",  "xor",  "select",
                                            "where", "then", "rlike"};
        bool found = prev != '\0' && strchr("\"'(),;*|&-", prev);
        for (size_t i = 0; !found && i < sizeof words / sizeof words[0]; i++) {
            found = str_ends((struct str){s.p, at}, str_of(words[i]));
        }
        return found;
    }
    return true;
}

static enum attack in_list(struct str s, size_t at, unsigned has,
                           const struct signature *list)
{
    for (; list && list->pattern; list++) {
        if (attack_may_match(s, at, list->pattern) &&
            attack_matches(s, at, list->pattern) && is_place(s, at, has, list->where)) {
            return (enum attack)list->attack;
        }
    }
    return ATTACK_NONE;
}

/* The first signature in a squeezed text. Those that begin with a letter are words. */
static enum attack in_text(struct str s, unsigned has)
{
    bool word = false;
    for (size_t i = 0; i < s.n; i++) {
        const struct signature_list *l = &attack_signatures[(uint8_t)s.p[i]];
        bool before = word;
        word = attack_is_word(s.p[i]);
        if (l->next && !(word && before) &&
            (i + 1 == s.n || (l->next & ATTACK_NEXT((uint8_t)s.p[i + 1])))) {
            enum attack a = in_list(s, i, has, l->list);
            if (a) {
                return a;
            }
        }
    }
    return ATTACK_NONE;
}

/* --- files --- */

static bool is_slash(char c)
{
    return c == '/' || c == '\\';
}

/* Parts of a path that are dots only: ".." twice climbs, and nobody writes "." so often. */
static bool has_dots(struct str s, int many)
{
    int up = 0, here = 0;
    const char *end = s.p + s.n, *dot = s.p;
    while (dot < end && (dot = memchr(dot, '.', (size_t)(end - dot)))) {
        const char *begin = dot;
        while (dot < end && *dot == '.') {
            dot++;
        }
        bool ends = dot == end || is_slash(*dot) || *dot == ';';
        up += ends && dot - begin > 1;
        here += ends && dot - begin == 1 && (begin == s.p || is_slash(begin[-1]));
    }
    return up >= many || here >= 4;
}

/* An address of a file elsewhere, with a '?' to take the ending that a script adds. */
static bool is_remote_file(struct str s)
{
    if (!attack_matches(s, 0, "http://") && !attack_matches(s, 0, "https://") &&
        !attack_matches(s, 0, "ftp://")) {
        return false;
    }
    struct str left = s;
    str_split(&left, '?');
    return left.p && (left.n == 0 || (left.p[0] == '.' && left.n <= 5));
}

/* A byte 0 cuts a name for C; in binary values there are other such bytes too. */
static bool has_cut(struct str s, unsigned has)
{
    if (!(has & HAS_NUL) || (has & HAS_BINARY)) {
        return false;
    }
    const char *nul = memchr(s.p, '\0', s.n);
    size_t at = (size_t)(nul - s.p);
    return at > 0 && (at + 1 == s.n || s.p[at + 1] == '.');
}

/* Apart from attack_in_value, which need not make room for most values. */
static __attribute__((noinline)) enum attack in_odd_value(struct str value, unsigned has)
{
    char squeezed[ATTACK_BYTES_MAX] __attribute__((uninitialized));
    struct str s = attack_squeeze(value, squeezed);
    if ((has & HAS_SLASH) && has_dots(s, 2)) {
        return ATTACK_TRAVERSAL;
    }
    enum attack a = in_text(s, has);
    if (a) {
        return a;
    }
    if ((has & (HAS_QUOTE | HAS_SPACE | HAS_BRACKET | HAS_JOIN)) && attack_is_sql(s)) {
        return ATTACK_SQL_INJECTION;
    }
    return has_cut(s, has) || is_remote_file(s) ? ATTACK_TRAVERSAL : ATTACK_NONE;
}

enum attack attack_in_value(struct str decoded)
{
    decoded.n = decoded.n > ATTACK_BYTES_MAX ? ATTACK_BYTES_MAX : decoded.n;
    unsigned has = bytes_of(decoded);
    return has & ~(unsigned)HAS_WORD ? in_odd_value(decoded, has) : ATTACK_NONE;
}

/* --- sixteen bytes at a time: paths and agents are in every line, and say nothing --- */

typedef int8_t lanes __attribute__((vector_size(16)));

/* Sixteen bytes of s, and in *at where they begin: in the last step that is before where
 * it would be, so that they are all there. A shorter text is filled up with '-'. */
static lanes lanes_of(struct str s, size_t *at)
{
    lanes bytes;
    if (s.n >= sizeof bytes) {
        *at = *at < s.n - sizeof bytes ? *at : s.n - sizeof bytes;
        memcpy(&bytes, s.p + *at, sizeof bytes);
        return bytes;
    }
    char few[sizeof bytes] = "---------------";
    for (size_t i = 0; i < s.n; i++) {
        few[i] = s.p[i];
    }
    few[sizeof few - 1] = '-';
    memcpy(&bytes, few, sizeof bytes);
    return bytes;
}

/* The answers to a comparison, eight and eight: the high bit of each byte. */
struct answers {
    uint64_t half[2];
};

static struct answers answers_of(lanes yes)
{
    struct answers a;
    memcpy(&a, &yes, sizeof a);
    for (int i = 0; i < 2; i++) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        a.half[i] = __builtin_bswap64(a.half[i]);
#endif
        a.half[i] &= 0x8080808080808080u;
    }
    return a;
}

static bool is_any(struct answers a)
{
    return (a.half[0] | a.half[1]) != 0;
}

/* The place of the first answer in one half; the next one: half & (half - 1). */
static size_t first_of(uint64_t half)
{
    return (size_t)__builtin_ctzll(half) / 8;
}

static lanes in_range(lanes bytes, char from, char to)
{
    return (bytes >= from) & (bytes <= to);
}

static enum attack in_place(struct str s, size_t at, const struct signature_list *l)
{
    bool may = at + 1 < s.n && (l->next & ATTACK_NEXT((uint8_t)s.p[at + 1]));
    return may ? in_list(s, at, HAS_SLASH, l->list) : ATTACK_NONE;
}

/* --- paths --- */

/* The source of a script, as an editor or a careful person left it. */
static bool is_leftover(struct str path)
{
    static const char *const scripts[] = {".phpB", ".jspB", ".aspB", ".aspxB", ".incB"};
    static const char *const endings[] = {"~E",     ".bakE", ".oldE",   ".origE",
                                          ".saveE", ".swpE", ".backupE"};
    const char *slash = path.n > 0 ? memrchr(path.p, '/', path.n) : NULL;
    struct str file = slash ? str_from(path, (size_t)(slash - path.p) + 1) : path;
    const char *dot = file.n > 0 ? memchr(file.p, '.', file.n) : NULL;
    if (!dot || (memrchr(file.p, '.', file.n) == dot && file.p[file.n - 1] != '~')) {
        return false;
    }
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        size_t at = (size_t)(dot - file.p), after = at + strlen(scripts[i]) - 1;
        for (size_t k = 0; attack_matches(file, at, scripts[i]) &&
                           k < sizeof endings / sizeof endings[0];
             k++) {
            if (attack_matches(file, after, endings[k])) {
                return true;
            }
        }
    }
    return false;
}

/* Behind one of the slashes, each a bit of eight bytes from at on. */
static enum attack behind_slashes(struct str path, size_t at, uint64_t slashes)
{
    enum attack a = ATTACK_NONE;
    for (; slashes && !a; slashes &= slashes - 1) {
        size_t i = at + first_of(slashes) + 1;
        if (i < path.n) {
            a = in_place(path, i, &attack_probes[(uint8_t)attack_lower(path.p[i])]);
        }
    }
    return a;
}

enum attack attack_in_path(struct str decoded_path)
{
    struct str path = decoded_path;
    lanes odd = {0}, dots = {0}; /* odd: others than letters, digits, and , - . / _ */
    path.n = path.n > ATTACK_BYTES_MAX ? ATTACK_BYTES_MAX : path.n;
    for (size_t at = 0; at < path.n; at += sizeof odd) {
        lanes bytes = lanes_of(path, &at), dot = bytes == '.';
        struct answers slashes = answers_of(bytes == '/');
        odd |= ~(in_range(bytes | 0x20, 'a', 'z') | in_range(bytes, ',', '9') |
                 (bytes == '_'));
        dots |= dot;
        for (size_t h = 0; h < 2; h++) {
            enum attack a = behind_slashes(path, at + 8 * h, slashes.half[h]);
            if (a) {
                return a;
            }
        }
    }
    bool plain = !is_any(answers_of(odd));
    bool dotted = is_any(answers_of(dots));
    if ((dotted || !plain) && is_leftover(path)) {
        return ATTACK_PROBE;
    }
    if (!plain) {
        return attack_in_value(path);
    }
    return dotted && has_dots(path, 3) ? ATTACK_TRAVERSAL : ATTACK_NONE;
}

/* --- agents --- */

/* Where one of the words begins, each a bit of eight bytes from at on. */
static bool is_scanner(struct str agent, size_t at, uint64_t begins)
{
    for (; begins; begins &= begins - 1) {
        size_t i = at + first_of(begins);
        if (in_place(agent, i, &attack_scanners[agent.p[i] & 31])) {
            return true;
        }
    }
    return false;
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

enum attack attack_in_agent(struct str agent)
{
    lanes strange = {0}; /* bytes that agents have not but attacks have */
    agent.n = agent.n > ATTACK_BYTES_MAX ? ATTACK_BYTES_MAX : agent.n;
    for (size_t at = 0; at < agent.n; at += sizeof strange) {
        lanes bytes = lanes_of(agent, &at), folded = bytes | 0x20;
        struct answers letters = answers_of(in_range(folded, 'a', 'z'));
        uint64_t before = at > 0 && is_letter(agent.p[at - 1]) ? 0x80 : 0;
        uint64_t first = letters.half[0], second = letters.half[1];
        strange |=
            in_range(bytes, '<', '>') | in_range(folded, '{', '}') | (bytes == '\'');
        if (is_scanner(agent, at, first & ~(first << 8 | before)) ||
            is_scanner(agent, at + 8, second & ~(second << 8 | first >> 56))) {
            return ATTACK_SCANNER;
        }
    }
    return is_any(answers_of(strange)) ? attack_in_value(agent) : ATTACK_NONE;
}
