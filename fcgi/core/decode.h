/* decode.h - the bytes of a body as text: which encoding, and what of it was no text.
 *
 * A byte order mark decides before all labels. Otherwise a charset that the Content-Type
 * declares is honoured; but a body that is UTF-8 without a NUL was not sent as UTF-16. A
 * charset that is not known is read as UTF-8. In UTF-8, bytes that are none are read one
 * by one as Windows-1252 (utf8.h). */
#ifndef CORE_DECODE_H
#define CORE_DECODE_H

#include "fcgi/base/arena.h"
#include "fcgi/base/budget.h"
#include "fcgi/base/err.h"

struct decoded {
    char *p; /* valid UTF-8 without NUL, after any byte order mark */
    size_t n;
    size_t repaired;            /* characters that were none in the encoding it is in */
    struct str unknown_charset; /* what was declared, if it is not known */
};

/* *text comes with the bytes in p and n and leaves with the text: the same bytes, or a
 * copy that lives as long as the arena and is counted in bodies. ERR_UNSUPPORTED: it is
 * compressed; ERR_BUSY: bodies has no room for the copy; ERR_NOMEM. */
enum err_code decode_text(struct arena *a, struct str content_type, struct budget *bodies,
                          struct decoded *text, struct err *e) MUST_USE;

#endif
