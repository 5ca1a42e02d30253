/* charset.h - what a Content-Type says of a text. */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include "fcgi/base/str.h"

enum charset {
    CHARSET_UTF8,   /* also US-ASCII, and when nothing is said */
    CHARSET_CP1252, /* Windows-1252, and ISO-8859-1, which is read as it by all browsers */
    CHARSET_UTF16,  /* little endian if there is no byte order mark */
    CHARSET_UTF16LE,
    CHARSET_UTF16BE,
    CHARSET_UNKNOWN
};

/* By the charset parameter of a Content-Type, with or without quotes. *name is what it
 * says, a view of content_type; empty if it says nothing. */
enum charset charset_of(struct str content_type, struct str *name);

/* Is the media type this one ("text/plain"), whatever parameters follow? */
bool charset_type_is(struct str content_type, struct str media_type);

#endif
