/* size_text.h - how many bytes, for people. */
#ifndef BASE_SIZE_TEXT_H
#define BASE_SIZE_TEXT_H

#include <stdint.h>

enum { SIZE_TEXT_BYTES = 32 };

/* "3.2 GB" into out; returns it. */
const char *size_text(int64_t bytes, char out[static SIZE_TEXT_BYTES]);

#endif
