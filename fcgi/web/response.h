/* response.h - one HTTP reply, built whole before a byte of it is sent, so that it has a
 * Content-Length of its own and a crash in the middle cannot look like success. */
#ifndef WEB_RESPONSE_H
#define WEB_RESPONSE_H

#include "fcgi/base/buf.h"
#include "fcgi/base/err.h"
#include "fcgi/base/json.h"

enum {
    RESPONSE_BODY_BYTES_MAX = 64 << 20,
    RESPONSE_LINK_BYTES = 3072,
    RETRY_AFTER_SECONDS = 1
};

struct response {
    int status;
    bool problem;                   /* Content-Type: application/problem+json */
    const char *content_type;       /* another one than JSON's; static; NULL: JSON's */
    unsigned allow;                 /* methods, for 405; 0: none */
    const char *challenge;          /* static value of WWW-Authenticate; NULL: none */
    char link[RESPONSE_LINK_BYTES]; /* value of Link, "" none; ASCII, ours */
    const char *applied;            /* of Preference-Applied; NULL: none; ASCII, ours */
    const char *fixed;              /* static text sent in place of body; NULL: none */
    struct buf body;                /* JSON, if content_type says nothing else */
};

void response_init(struct response *r);
void response_reset(
    struct response *r); /* for the next request; memory is kept if small */
void response_free(struct response *r);

/* Makes it the reply that says *e: status by code, problem details and "error". */
void response_error(struct response *r, const struct err *e);

/* The same, but for the bracket at the end: more members may be written to *o, which the
 * caller then closes. */
void response_problem(struct response *r, const struct err *e, struct json_out *o);

/* Status for a code: 400, 401, 413, 403, 404, 405, 409, 415, 422, 429, 503, 507, 502, 500. */
int response_status_of(enum err_code code);

/* What is to be sent after the head. */
struct str response_body(const struct response *r);

/* The head, "Status:" to the empty line, into out. */
void response_head(const struct response *r, struct buf *out);

#endif
