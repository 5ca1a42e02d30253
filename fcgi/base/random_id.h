/* random_id.h - names for what must not be taken for another: stores, states. */
#ifndef BASE_RANDOM_ID_H
#define BASE_RANDOM_ID_H

#include "fcgi/base/err.h"

enum { RANDOM_ID_BYTES = 33 }; /* 32 hex digits and NUL */

enum err_code random_id(char out[static RANDOM_ID_BYTES], struct err *e) MUST_USE;

#endif
