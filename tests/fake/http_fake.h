/* http_fake.h - an HTTP server that does what a test tells it, good or bad, to every
 * request alike. A thread of its own; one connection at a time is served, so that what it
 * saw has an order. It listens at 127.0.0.1, at a port that the system chooses, or at a
 * unix socket. Runs out of memory by ending the test. */
#ifndef TESTS_FAKE_HTTP_FAKE_H
#define TESTS_FAKE_HTTP_FAKE_H

#include "fcgi/base/str.h"

enum http_fake_does {
    HTTP_FAKE_REPLIES,  /* sends the given reply, keeps the connection */
    HTTP_FAKE_CLOSES,   /* reads the request, closes */
    HTTP_FAKE_HANGS,    /* reads the request, says nothing */
    HTTP_FAKE_DRIPS,    /* a byte of a good reply at a time, without end */
    HTTP_FAKE_ENDLESS,  /* a body without end and without a length */
    HTTP_FAKE_TOO_LONG, /* says that a body of 1 TB comes */
    HTTP_FAKE_CUTS,     /* says 1000 bytes, sends 10, closes */
    HTTP_FAKE_GARBAGE,  /* bytes that are no HTTP */
    HTTP_FAKE_N
};

enum { HTTP_FAKE_SEEN_MAX = 64, HTTP_FAKE_REQUEST_BYTES_MAX = 1 << 20 };

struct http_fake;

const char *http_fake_name(enum http_fake_does does);

/* socket: path of a unix socket, or NULL for a port. */
struct http_fake *http_fake_start(const char *socket);
void http_fake_stop(struct http_fake *f); /* NULL allowed */

int http_fake_port(const struct http_fake *f);

/* What it does from the next request on. reply: the whole text of one, head and all, for
 * HTTP_FAKE_REPLIES; static. */
void http_fake_do(struct http_fake *f, enum http_fake_does does, struct str reply);

/* Requests and connections that there were so far. */
size_t http_fake_requests(struct http_fake *f);
size_t http_fake_connections(struct http_fake *f);

/* Request i, head and body, into out with a NUL; false if there was none yet. */
bool http_fake_seen(struct http_fake *f, size_t i, char *out, size_t out_bytes);

#endif
