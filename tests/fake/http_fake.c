/* http_fake.c - see http_fake.h. Waits in poll for the connection and for the end, which
 * comes by a pipe. */
#include "tests/fake/http_fake.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PIECE_BYTES = 4096, DRIP_MS = 5 };

struct http_fake {
    pthread_t thread;
    int listen_fd, end_fd[2], port;
    char request[HTTP_FAKE_REQUEST_BYTES_MAX + 1]; /* the thread's own */
    pthread_mutex_t lock;                          /* of all below */
    enum http_fake_does does;
    struct str reply;
    char *seen[HTTP_FAKE_SEEN_MAX];
    size_t requests, connections;
};

static void must(bool ok, const char *what)
{
    if (!ok) {
        perror(what);
        abort();
    }
}

const char *http_fake_name(enum http_fake_does does)
{
    static const char *const names[HTTP_FAKE_N] = {
        "replies", "closes", "hangs", "drips", "endless", "too-long", "cuts", "garbage"};
    return names[does];
}

/* Waits until fd can be read or written; false: it is time to end. */
static bool ready(const struct http_fake *f, int fd, short events)
{
    struct pollfd p[] = {{f->end_fd[0], POLLIN, 0}, {fd, events, 0}};
    must(poll(p, 2, -1) > 0, "poll");
    return p[0].revents == 0;
}

static bool send_all(const struct http_fake *f, int fd, struct str s)
{
    while (s.n > 0 && ready(f, fd, POLLOUT)) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n <= 0) {
            return false;
        }
        s = str_from(s, (size_t)n);
    }
    return s.n == 0;
}

/* Is a whole request in it? Its length, or 0. */
static size_t whole(const char *p, size_t n)
{
    const char *end = memmem(p, n, "\r\n\r\n", 4);
    if (!end) {
        return 0;
    }
    size_t head = (size_t)(end - p) + 4, body = 0;
    const char *length = strcasestr(p, "\r\nContent-Length:");
    if (length && length < end) {
        body = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
    }
    return n >= head + body ? head + body : 0;
}

/* Reads one request; false if the other side closed, or at the end. */
static bool read_request(struct http_fake *f, int fd)
{
    size_t n = 0;
    f->request[0] = '\0';
    while (whole(f->request, n) == 0) {
        if (!ready(f, fd, POLLIN)) {
            return false;
        }
        ssize_t got = recv(fd, f->request + n, HTTP_FAKE_REQUEST_BYTES_MAX - n, 0);
        if (got <= 0) {
            return false;
        }
        n += (size_t)got;
        f->request[n] = '\0';
    }
    return true;
}

static enum http_fake_does note_request(struct http_fake *f, struct str *reply)
{
    pthread_mutex_lock(&f->lock);
    if (f->requests < HTTP_FAKE_SEEN_MAX) {
        f->seen[f->requests] = strdup(f->request);
        must(f->seen[f->requests] != NULL, "strdup");
    }
    f->requests++;
    enum http_fake_does does = f->does;
    *reply = f->reply;
    pthread_mutex_unlock(&f->lock);
    return does;
}

static void wait_for_close(const struct http_fake *f, int fd)
{
    char waste[PIECE_BYTES];
    while (ready(f, fd, POLLIN) && recv(fd, waste, sizeof waste, 0) > 0) {
    }
}

static void drip(const struct http_fake *f, int fd)
{
    struct str head = STR("HTTP/1.1 200 OK\r\nX: ");
    for (size_t i = 0;; i++) {
        char c = i < head.n ? head.p[i] : 'x';
        struct pollfd p = {f->end_fd[0], POLLIN, 0};
        if (poll(&p, 1, DRIP_MS) != 0 || !send_all(f, fd, (struct str){&c, 1})) {
            return;
        }
    }
}

static void flood(const struct http_fake *f, int fd)
{
    char piece[PIECE_BYTES];
    memset(piece, 'x', sizeof piece);
    send_all(f, fd, STR("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"));
    while (send_all(f, fd, (struct str){piece, sizeof piece})) {
    }
}

/* Answers one request; false if the connection is through. */
static bool answer(struct http_fake *f, int fd)
{
    struct str reply;
    switch (note_request(f, &reply)) {
    case HTTP_FAKE_REPLIES:
        return send_all(f, fd, reply);
    case HTTP_FAKE_HANGS:
        wait_for_close(f, fd);
        return false;
    case HTTP_FAKE_DRIPS:
        drip(f, fd);
        return false;
    case HTTP_FAKE_ENDLESS:
        flood(f, fd);
        return false;
    case HTTP_FAKE_TOO_LONG:
        send_all(f, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"));
        wait_for_close(f, fd);
        return false;
    case HTTP_FAKE_CUTS:
        send_all(f, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789"));
        return false;
    case HTTP_FAKE_GARBAGE:
        send_all(f, fd, STR("\x16\x03\x01\x02 what?\r\n\r\nnothing\r\n"));
        return false;
    case HTTP_FAKE_CLOSES:
    case HTTP_FAKE_N:
    default:
        return false;
    }
}

static void *fake_main(void *arg)
{
    struct http_fake *f = arg;
    while (ready(f, f->listen_fd, POLLIN)) {
        int fd = accept(f->listen_fd, NULL, NULL);
        must(fd >= 0, "accept");
        pthread_mutex_lock(&f->lock);
        f->connections++;
        pthread_mutex_unlock(&f->lock);
        while (read_request(f, fd) && answer(f, fd)) {
        }
        close(fd);
    }
    return NULL;
}

/* --- for the test --- */

static void listen_at(struct http_fake *f, const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof in;
    f->listen_fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(f->listen_fd >= 0, "socket");
    if (path) {
        must(strlen(path) < sizeof un.sun_path, "path of the socket");
        memcpy(un.sun_path, path, strlen(path) + 1);
        must(bind(f->listen_fd, (struct sockaddr *)&un, sizeof un) == 0, "bind");
    } else {
        must(bind(f->listen_fd, (struct sockaddr *)&in, n) == 0, "bind");
        must(getsockname(f->listen_fd, (struct sockaddr *)&in, &n) == 0, "getsockname");
        f->port = ntohs(in.sin_port);
    }
    must(listen(f->listen_fd, 64) == 0, "listen");
}

struct http_fake *http_fake_start(const char *socket)
{
    struct http_fake *f = calloc(1, sizeof *f);
    must(f != NULL, "calloc");
    pthread_mutex_init(&f->lock, NULL);
    must(pipe(f->end_fd) == 0, "pipe");
    listen_at(f, socket);
    must(pthread_create(&f->thread, NULL, fake_main, f) == 0, "pthread_create");
    return f;
}

void http_fake_stop(struct http_fake *f)
{
    if (!f) {
        return;
    }
    must(write(f->end_fd[1], "", 1) == 1, "write");
    pthread_join(f->thread, NULL);
    for (size_t i = 0; i < HTTP_FAKE_SEEN_MAX; i++) {
        free(f->seen[i]);
    }
    close(f->listen_fd);
    close(f->end_fd[0]);
    close(f->end_fd[1]);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

int http_fake_port(const struct http_fake *f)
{
    return f->port;
}

void http_fake_do(struct http_fake *f, enum http_fake_does does, struct str reply)
{
    pthread_mutex_lock(&f->lock);
    f->does = does;
    f->reply = reply;
    pthread_mutex_unlock(&f->lock);
}

size_t http_fake_requests(struct http_fake *f)
{
    pthread_mutex_lock(&f->lock);
    size_t n = f->requests;
    pthread_mutex_unlock(&f->lock);
    return n;
}

size_t http_fake_connections(struct http_fake *f)
{
    pthread_mutex_lock(&f->lock);
    size_t n = f->connections;
    pthread_mutex_unlock(&f->lock);
    return n;
}

bool http_fake_seen(struct http_fake *f, size_t i, char *out, size_t out_bytes)
{
    pthread_mutex_lock(&f->lock);
    const char *text = i < HTTP_FAKE_SEEN_MAX ? f->seen[i] : NULL;
    if (text) {
        snprintf(out, out_bytes, "%s", text);
    }
    pthread_mutex_unlock(&f->lock);
    return text != NULL;
}
