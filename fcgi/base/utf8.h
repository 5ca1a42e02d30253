/* utf8.h - is it UTF-8, and if not, the nearest text that is.
 *
 * "Valid" here is RFC 3629 (no surrogates, no overlong forms, at most U+10FFFF) without
 * NUL, because a NUL would cut the text in every C string behind us. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "fcgi/base/buf.h"

/* How many bytes from the start are valid; s.n if all are. */
size_t utf8_valid_prefix(struct str s);

/* Appends s to out as valid text: what is valid stays, any other byte is read as
 * Windows-1252 (what old PowerShell and editors send), NUL and the five bytes that
 * Windows-1252 leaves open become U+FFFD. Returns how many bytes were changed. Output
 * is at most three times as long; out->failed tells if it did not fit. */
size_t utf8_repair(struct str s, struct buf *out);

/* Length of the byte order mark that s begins with: 3 or 0. */
size_t utf8_bom(struct str s);

/* How many bytes utf8_repair would append. */
size_t utf8_repaired_bytes(struct str s);

/* Appends Windows-1252 text as UTF-8. A NUL and the five bytes that it leaves open become
 * U+FFFD; returns how many did. */
size_t utf8_from_cp1252(struct str s, struct buf *out);

/* How many bytes utf8_from_cp1252 would append. */
size_t utf8_cp1252_bytes(struct str s);

/* Appends UTF-16 text as UTF-8: a NUL, half a surrogate pair and an odd last byte become
 * U+FFFD. Returns how many did. Output is at most one and a half times as long. */
size_t utf8_from_utf16(struct str s, bool big_endian, struct buf *out);

/* One code point at s.p[0], which must be valid; its length in bytes goes to *n. */
uint32_t utf8_decode(struct str s, size_t *n);

/* Writes cp to out (up to 4 bytes) and returns the length; cp must not be a surrogate. */
size_t utf8_encode(uint32_t cp, char out[static 4]);

#endif
