/* attack_match.h - the signatures' little language, and what matches it; for attack*.c only.
 *
 * A signature is matched at one place of a text that attack_squeeze made: lower case, one
 * blank for white space and comments. In it, capital letters have a meaning:
 *   S  one or more of blank ( +              ' '  a blank or none
 *   G  a gap of at most ATTACK_GAP bytes     W    the same of word bytes and dots
 *   N  a number                              Q    a quotation mark
 *   V  one or more of blank /                C    one of attack_commands; last
 *   B  no word byte here                     E    the end of the text
 * and all else is itself. */
#ifndef SCORING_ATTACK_MATCH_H
#define SCORING_ATTACK_MATCH_H

#include "scoring/attack.h"

enum { ATTACK_GAP = 48 };

/* What bytes are in a text. */
enum {
    HAS_SPACE = 1,
    HAS_QUOTE = 2,   /* ' " ` */
    HAS_MARKUP = 4,  /* < > */
    HAS_BRACKET = 8, /* ( ) { } [ ] */
    HAS_SLASH = 16,  /* / \ */
    HAS_JOIN = 32,   /* ; | & $ */
    HAS_SIGN = 64,   /* = + * : ? % ^ ! # */
    HAS_LINE = 128,  /* CR, LF */
    HAS_NUL = 256,
    HAS_BINARY = 512, /* other control characters */
    HAS_WORD = 1024   /* letters, digits, '_' and bytes beyond ASCII */
};
extern const uint16_t attack_bytes[256];

/* Where a signature counts, besides what it says. */
enum {
    AFTER_SLASH = 1, /* behind a slash, or first in the text */
    AT_START = 2,
    IN_MARKUP = 4,   /* the text has < > or a quotation mark */
    IN_LINES = 8,    /* the text has a line's end */
    AFTER_SIGN = 16, /* behind a sign that ends what was before: " ' > ; ( */
    IN_SQL = 32,     /* behind a bracket, a quotation mark, and, or, select, ... */
    NO_BLANK = 64    /* no blank before the slash */
};

struct signature {
    const char *pattern;
    uint8_t attack;
    uint8_t where;
};

/* Signatures that begin with the same byte, up to one without a pattern. next: a bit for
 * each second byte that there is, so that most places need no look at the list. */
struct signature_list {
    uint32_t next;
    const struct signature *list;
};
#define ATTACK_NEXT(c) (1u << ((c)&31))

/* attack_signatures.c. Commands are up to NULL, the probes behind a slash of a path, the
 * scanners by a letter & 31 in an agent. */
extern const struct signature_list attack_signatures[256];
extern const struct signature_list attack_probes[256];
extern const struct signature_list attack_scanners[32];
extern const char *const attack_commands[];

/* Does it match at byte at? The text may have capitals. */
bool attack_matches(struct str text, size_t at, const char *pattern);

static inline char attack_lower(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c + ('a' - 'A')) : c;
}

static inline bool attack_is_word(char c)
{
    return attack_bytes[(uint8_t)c] & HAS_WORD;
}

/* May it match there, by its second byte? For all but a few the answer is no. */
static inline bool attack_may_match(struct str text, size_t at, const char *pattern)
{
    char second = pattern[1];
    bool literal = second > ' ' && (second < 'A' || second > 'Z');
    return !literal || (at + 1 < text.n && attack_lower(text.p[at + 1]) == second);
}

/* The text for the signatures; out has ATTACK_BYTES_MAX bytes. */
struct str attack_squeeze(struct str s, char *out);

/* Is it SQL that breaks out of a value? text is squeezed. attack_sql.c */
bool attack_is_sql(struct str text);

#endif
