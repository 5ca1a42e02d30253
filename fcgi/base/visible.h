/* visible.h - text that strangers made, on its way to a person's mail program, telephone or
 * terminal: nothing in it may do more than be read.
 *
 * Control characters (C0, DEL, C1), line ends too, become \n, \t or \xNN; what changes the
 * direction of writing or cannot be seen (bidi marks, zero-width characters, tags, line
 * separators) becomes \u202e or \U000e0041. A backslash stays as it is: it is for readers,
 * not for decoding. What is not UTF-8 becomes U+FFFD. */
#ifndef BASE_VISIBLE_H
#define BASE_VISIBLE_H

#include "fcgi/base/buf.h"

/* So much of a text that is cut says at its end. */
enum { VISIBLE_CUT_BYTES = 40 };

/* Appends s. The result has at most max bytes (at least VISIBLE_CUT_BYTES); if s had to be
 * cut for it, it ends in "... (1048576 bytes)", the length of s. */
void visible_put(struct buf *out, struct str s, size_t max);

/* Is it a character that visible_put writes as an escape? */
bool visible_is_hidden(uint32_t cp);

#endif
