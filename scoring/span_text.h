/* span_text.h - a length of time in words: "5 minutes", in the largest unit of which there
 * are two at least. */
#ifndef SCORING_SPAN_TEXT_H
#define SCORING_SPAN_TEXT_H

#include <stddef.h>

void span_text(char *out, size_t size, double us); /* NUL-terminated, cut if need be */

#endif
