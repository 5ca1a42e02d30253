/* client.h - HTTP requests of ours to other servers, by libcurl.
 *
 * A client keeps connections open between requests, at most CLIENT_KEPT_MAX. Any thread;
 * each request uses a handle of its own, so that none waits for another. What an operator
 * has configured is asked and nothing else: only http and https, no redirect is followed,
 * no proxy of the environment, no .netrc, no cookies, and a reply has a largest size and a
 * longest time in all. Whether a status, a content type or a body is what was wanted is
 * for the caller to check. */
#ifndef WEB_CLIENT_H
#define WEB_CLIENT_H

#include "fcgi/base/buf.h"
#include "fcgi/base/err.h"

enum {
    CLIENT_KEPT_MAX = 32,
    CLIENT_TYPE_BYTES = 128,
    CLIENT_HEADERS_MAX = 8,
    CLIENT_BEARER_BYTES = 512
};

struct client_options {
    int64_t connect_ms, total_ms; /* of one request, from its start */
    size_t reply_bytes_max;
    /* Path to connect to, whatever the URL's host is; NULL: none. */
    const char *unix_socket;
    /* Each request on a connection of its own. On a kept one libcurl sends a request once
     * more if the other side closed it without an answer: for what must not be done twice
     * and has no key of its own. */
    bool fresh;
    /* Sent with each request as Authorization: Bearer; must stay. NULL or "": none. */
    const char *bearer;
    /* Refuses addresses of this machine and of private networks (address.h). */
    bool public_only;
};

struct client_request {
    const char *method; /* "GET", "POST", ... */
    const char *url;
    const char *content_type;                /* NULL: none */
    const char *headers[CLIENT_HEADERS_MAX]; /* lines "Name: value", up to a NULL */
    struct str body; /* p NULL: none; must stay until client_send returned */
};

struct client_reply {
    int status;
    char content_type[CLIENT_TYPE_BYTES]; /* "" none */
    int64_t retry_after_s;                /* 0: not said */
    struct buf body;
};

struct client; /* opaque */

enum err_code client_open(const struct client_options *options, struct client **out,
                          struct err *e) MUST_USE;

/* When it returns ERR_NONE a complete reply, of any status, is in *reply. ERR_UPSTREAM
 * says in a sentence without URL or address why there is none; ERR_NOMEM. reply is
 * initialised by client_reply_init, and may be used for one request after the other. */
enum err_code client_send(struct client *c, const struct client_request *request,
                          struct client_reply *reply, struct err *e) MUST_USE;

/* From mono_us (clock.h) on, requests under way and new ones are given up: ERR_UPSTREAM
 * within a second. For a process that is about to end. Any thread. */
void client_end_at(struct client *c, int64_t mono_us);

/* No request may be under way. NULL allowed. */
void client_close(struct client *c);

void client_reply_init(struct client_reply *r, const struct client_options *options);
void client_reply_free(struct client_reply *r);

/* Is the reply's content type this one ("application/json"), whatever parameters follow? */
bool client_reply_is(const struct client_reply *r, const char *type);

#endif
