/* err.h - how a function says what went wrong.
 *
 * A function that can fail returns enum err_code and takes a struct err * as its last
 * argument. On success the struct is untouched; on failure it holds one complete message:
 * what, which, limit, what to do. The message is written once, where the facts are, for
 * a person at the other end of the connection: no SQL, no paths, no errno, no angle
 * brackets (Windows PowerShell cuts them out of error bodies). serve.c alone turns the
 * code into an HTTP status. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdint.h>

enum err_code {
    ERR_NONE = 0,
    ERR_INVALID,        /* the sender must change the request */
    ERR_TOO_LARGE,      /* over a limit of the whole request */
    ERR_NOT_FOUND,      /* no such route or object */
    ERR_METHOD,         /* the route exists, not with this method */
    ERR_CONFLICT,       /* what the sender knew is no longer so: it must look again */
    ERR_REUSED,         /* an Idempotency-Key that belongs to another request */
    ERR_FORBIDDEN,      /* a request of a page, or with a key, that may not make it */
    ERR_UNKNOWN_CALLER, /* no API key, where one is needed, or one that is none */
    ERR_RATE,           /* nothing was stored; this caller asks too often */
    ERR_UNSUPPORTED,    /* a form of body that we do not read */
    ERR_BUSY,           /* nothing was stored; try again shortly */
    ERR_DOWN,     /* nothing was stored; the store cannot be used until it is mended */
    ERR_FULL,     /* nothing was stored; the disk has no space */
    ERR_IO,       /* the outcome is not known */
    ERR_UPSTREAM, /* another server, which we asked, gave no usable answer */
    ERR_NOMEM,    /* nothing was stored; memory was short */
    ERR_BUG       /* our own mistake */
};

enum { ERR_MSG_BYTES = 320 };

struct err {
    enum err_code code;
    int64_t index;     /* record in the batch that is at fault, from 0; -1: none */
    const char *field; /* static name of the field at fault, or NULL */
    char msg[ERR_MSG_BYTES];
};

/* Fills *e and returns code. A text too long for msg is cut and ends in "...". */
enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), nonnull));

/* Adds to a filled *e which record and field it is about; returns e->code. */
enum err_code err_at(struct err *e, int64_t index, const char *field)
    __attribute__((nonnull(1)));

#define MUST_USE __attribute__((warn_unused_result))

#endif
