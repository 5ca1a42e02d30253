/* str.h - a piece of text that somebody else owns: pointer and length, no NUL needed.
 *
 * A struct str never owns memory. {NULL, 0} is the empty text. Comparisons without case
 * are for ASCII letters only. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *p;
    size_t n;
};

#define STR(lit)    ((struct str){"" lit, sizeof(lit) - 1})
#define STR_NONE    ((struct str){NULL, 0})
#define STR_ARGS(s) (int)((s).n > INT32_MAX ? INT32_MAX : (s).n), (s).p /* for %.*s */

struct str str_of(const char *z); /* z is NUL-terminated; NULL gives the empty text */
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s); /* without space, tab, CR, LF at both ends */
struct str str_from(struct str s, size_t at); /* what is left from byte at; at <= s.n */

/* Splits at the first sep: returns what stands before it, *s becomes what stands after
 * it; without a sep returns all and *s becomes empty with p == NULL. */
struct str str_split(struct str *s, char sep);

/* The whole text as a decimal integer in min..max: optional sign, digits, nothing else. */
bool str_to_i64(struct str s, int64_t min, int64_t max, int64_t *out);

/* FNV-1a, 64 bit: for hash tables in memory, not against an adversary. */
uint64_t str_hash(struct str s);

#endif
