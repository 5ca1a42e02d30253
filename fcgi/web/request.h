/* request.h - one HTTP request as the handlers see it.
 *
 * Everything in it is a copy of ours that lives until the reply is out: what libfcgi
 * hands out dies earlier. */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include "fcgi/base/arena.h"
#include "fcgi/base/err.h"

enum method {
    METHOD_GET = 1, /* HEAD too: the web server drops the body */
    METHOD_POST = 2,
    METHOD_PUT = 4,
    METHOD_OTHER = 8,
    METHOD_PATCH = 16,
    METHOD_DELETE = 32
};

/* A longer Content-Type is taken for none. */
enum { REQUEST_TYPE_BYTES_MAX = 256 };

struct request {
    enum method method;
    struct str path;         /* decoded, without the prefix, "/ingest" */
    struct str query;        /* as it was sent, without '?' */
    struct str content_type; /* as it was sent */
    struct str caller;       /* id of the API key; "" without one */
    /* Headers as they were sent; p NULL: it was not. */
    struct str fetch_site; /* Sec-Fetch-Site */
    struct str key;        /* Idempotency-Key */
    struct str prefer;     /* Prefer */
    int64_t length;        /* Content-Length; 0: not known */
    const char *route;     /* the path of the row that fits (router.h); NULL: none */
    int64_t id;            /* of a path with an id in it (router.h); else 0 */
    char *body;            /* may be changed by the handler; NULL if empty */
    size_t body_n;
    size_t worker;  /* number of the thread that handles it, from 0 */
    int64_t now_us; /* when it was received */
    struct arena *arena;
};

enum method method_of(struct str name);
const char *method_name(enum method m); /* "other" of METHOD_OTHER */

/* Fills what comes of the variables NAME=VALUE that the web server sends, up to a NULL:
 * method, path, query, headers, length; copies in r->arena, which is there. ERR_INVALID: a
 * header that we go by is there twice; ERR_NOMEM. */
enum err_code request_read(struct request *r, const char *const *environment,
                           struct str prefix, struct err *e) MUST_USE;

/* SCRIPT_NAME followed by PATH_INFO as a route: runs of '/' become one, one at the end is
 * dropped, prefix (such as "/loganalyzer") is taken off. In a; p NULL if memory is short. */
struct str request_path(struct arena *a, struct str script, struct str info,
                        struct str prefix);

/* May the request change what people decide? Only JSON that says so (ERR_UNSUPPORTED), so
 * that no form of another site can send it, and none of which a browser says that another
 * site has sent it (ERR_FORBIDDEN). */
enum err_code request_may_change(const struct request *r, struct err *e) MUST_USE;
/* The same of one without a body, such as DELETE, which no form can send. */
enum err_code request_may_delete(const struct request *r, struct err *e) MUST_USE;

/* Does the request's Prefer header (RFC 7240) ask for name=value? Of a name that comes more
 * than once the first one counts. */
bool request_prefers(const struct request *r, struct str name, struct str value);

/* The decoded value of a query parameter; *found tells if it is there. ERR_INVALID for a
 * broken %XX or text that is not UTF-8, ERR_NOMEM. */
enum err_code request_param(const struct request *r, struct str name, struct str *value,
                            bool *found, struct err *e) MUST_USE;

#endif
