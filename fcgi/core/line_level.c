/* line_level.c - levels as programs write them into their lines. */
#include "fcgi/core/line_head.h"

#include <ctype.h>

enum {
    LEVEL_BYTES_MAX = 16, /* the longest name, with room */
    WORDS_NEAR = 3        /* how far into a line a logger's level is looked for */
};

static bool is_capitals(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < 'A' || s.p[i] > 'Z') {
            return false;
        }
    }
    return s.n > 0;
}

static struct str skip(struct str s, const char *any)
{
    while (s.n > 0 && strchr(any, s.p[0])) {
        s = str_from(s, 1);
    }
    return s;
}

/* What stands in the bracket that s begins with; n == 0 if it does not. */
static struct str in_bracket(struct str s)
{
    char close = s.n == 0        ? '\0'
                 : s.p[0] == '[' ? ']'
                 : s.p[0] == '<' ? '>'
                 : s.p[0] == '(' ? ')'
                                 : '\0';
    size_t n = s.n < LEVEL_BYTES_MAX + 2 ? s.n : LEVEL_BYTES_MAX + 2;
    const char *end = close ? memchr(s.p, close, n) : NULL;
    return end ? (struct str){s.p + 1, (size_t)(end - s.p) - 1} : STR_NONE;
}

static struct str letters(struct str s)
{
    size_t n = 0;
    while (n < s.n && n <= LEVEL_BYTES_MAX && isalpha((unsigned char)s.p[n])) {
        n++;
    }
    return (struct str){s.p, n};
}

enum level line_level_first(struct str text, struct str *after)
{
    struct str inner = in_bracket(text), word = letters(text);
    enum level level = inner.n > 0 ? level_of(str_trim(inner)) : LEVEL_UNKNOWN;
    *after = text;
    if (level != LEVEL_UNKNOWN) {
        *after = skip(str_from(text, inner.n + 2), " \t:-|");
        return level;
    }
    struct str rest = str_from(text, word.n);
    bool marked = rest.n > 0 && rest.p[0] == ':';
    bool bare = rest.n == 0 || rest.p[0] == ' ' || rest.p[0] == '\t';
    level = marked || (bare && is_capitals(word)) ? level_of(word) : LEVEL_UNKNOWN;
    if (level != LEVEL_UNKNOWN) {
        *after = skip(rest, " \t:-|");
    }
    return level;
}

/* The last place of any of these bytes in s; NULL if there is none. */
static const char *last_of(struct str s, const char *any)
{
    for (size_t i = s.n; i-- > 0;) {
        if (strchr(any, s.p[i])) {
            return s.p + i;
        }
    }
    return NULL;
}

/* "[main]", "ERROR", "(INFO):", "app.ERROR:", "[main][Error]", "error:" */
static enum level level_in_word(struct str word)
{
    bool marked = word.n > 0 && (strchr("[(<", word.p[0]) || str_ends(word, STR(":")));
    while (word.n > 0 && !isalpha((unsigned char)word.p[0])) {
        word = str_from(word, 1);
    }
    while (word.n > 0 && !isalpha((unsigned char)word.p[word.n - 1])) {
        word.n--;
    }
    const char *before = last_of(word, ".[(<");
    word = before ? str_from(word, (size_t)(before - word.p) + 1) : word;
    return marked || is_capitals(word) ? level_of(word) : LEVEL_UNKNOWN;
}

/* The level that text's first word is; "error_log" and "info.txt" are others. */
static enum level level_as_word(struct str text)
{
    struct str word = letters(text), rest = str_from(text, word.n);
    bool whole = rest.n == 0 || strchr(" \t[](){}|,;:=", rest.p[0]);
    return whole ? level_of(word) : LEVEL_UNKNOWN;
}

enum level line_level_near(struct str text, struct str *after)
{
    enum level level = line_level_first(text, after);
    level = level == LEVEL_UNKNOWN ? level_as_word(text) : level;
    for (int i = 0; level == LEVEL_UNKNOWN && text.n > 0 && i < WORDS_NEAR; i++) {
        level = level_in_word(line_take_word(&text));
    }
    return level;
}
