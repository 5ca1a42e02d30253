/* receiver.c - see receiver.h. A thread accepts; a thread a connection, which ends when the
 * other side or the receiver does. */
#include "tests/fake/receiver.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, DOES_BYTES = 512, LINE_BYTES = 2048, LOOK_MS = 10 };

struct receiver {
    bool smtp;
    char dir[PATH_BYTES / 2];
    int listen_fd, end_fd[2], port;
    bool listening; /* the accepting thread's */
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t none;
    int connections, messages;
};

struct connection {
    struct receiver *r;
    int fd;
    char *text; /* what was received of this message */
    size_t n;
    size_t read_n, read_at;
    char read[LINE_BYTES];
};

static void must(bool ok, const char *what)
{
    if (!ok) {
        perror(what);
        abort();
    }
}

/* --- files --- */

static void write_file(const struct receiver *r, const char *name, const char *text,
                       size_t n)
{
    char path[PATH_BYTES], new[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", r->dir, name);
    snprintf(new, sizeof new, "%s/%s.new", r->dir, name);
    FILE *f = fopen(new, "w");
    must(f && fwrite(text, 1, n, f) == n && fclose(f) == 0, new);
    must(rename(new, path) == 0, path);
}

static void read_does(const struct receiver *r, char out[static DOES_BYTES])
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/does", r->dir);
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(out, 1, DOES_BYTES - 1, f) : 0;
    out[n] = '\0';
    out[strcspn(out, "\n")] = '\0';
    if (f) {
        fclose(f);
    }
    if (!out[0]) {
        snprintf(out, DOES_BYTES, "ok");
    }
}

static void keep_message(struct connection *c)
{
    char name[32];
    pthread_mutex_lock(&c->r->lock);
    snprintf(name, sizeof name, "%d", ++c->r->messages);
    write_file(c->r, name, c->text, c->n);
    pthread_mutex_unlock(&c->r->lock);
    c->n = 0;
}

/* --- a connection's bytes --- */

/* False: it is time to end. */
static bool ready(const struct connection *c, short events)
{
    struct pollfd p[] = {{c->r->end_fd[0], POLLIN, 0}, {c->fd, events, 0}};
    must(poll(p, 2, -1) > 0, "poll");
    return p[0].revents == 0;
}

static void wait_for_close(struct connection *c)
{
    while (ready(c, POLLIN) && recv(c->fd, c->read, sizeof c->read, 0) > 0) {
    }
}

static bool take_byte(struct connection *c, char *out)
{
    if (c->read_at == c->read_n) {
        ssize_t n = ready(c, POLLIN) ? recv(c->fd, c->read, sizeof c->read, 0) : 0;
        if (n <= 0) {
            return false;
        }
        c->read_n = (size_t)n;
        c->read_at = 0;
    }
    *out = c->read[c->read_at++];
    return true;
}

static void add(struct connection *c, const char *p, size_t n)
{
    must(c->n + n <= RECEIVER_MESSAGE_BYTES_MAX, "a message that is too large");
    memcpy(c->text + c->n, p, n);
    c->n += n;
}

/* A line with its end, as it came. */
static bool take_line(struct connection *c, char out[static LINE_BYTES])
{
    size_t n = 0;
    do {
        must(n + 1 < LINE_BYTES, "a line that is too long");
        if (!take_byte(c, &out[n])) {
            return false;
        }
    } while (out[n++] != '\n');
    out[n] = '\0';
    return true;
}

static bool say(struct connection *c, const char *text)
{
    return send(c->fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* --- HTTP --- */

static bool take_request(struct connection *c)
{
    char line[LINE_BYTES], byte;
    size_t body = 0;
    do {
        if (!take_line(c, line)) {
            return false;
        }
        add(c, line, strlen(line));
        if (strncasecmp(line, "Content-Length:", 15) == 0) {
            body = strtoul(line + 15, NULL, 10);
        }
    } while (strcmp(line, "\r\n") != 0);
    for (; body > 0; body--) {
        if (!take_byte(c, &byte)) {
            return false;
        }
        add(c, &byte, 1);
    }
    return true;
}

static void serve_http(struct connection *c)
{
    char does[DOES_BYTES], reply[2 * DOES_BYTES + LINE_BYTES], line[LINE_BYTES];
    while (take_request(c)) {
        read_does(c->r, does);
        snprintf(line, sizeof line, "%.*s\n", (int)strcspn(c->text, "\r"), c->text);
        keep_message(c);
        if (strcmp(does, "hang") == 0) {
            wait_for_close(c);
            return;
        }
        if (strcmp(does, "close") == 0) {
            return;
        }
        const char *header = strchr(does, ' ');
        bool echo = header && strcmp(header, " echo") == 0;
        const char *said = echo ? line : "said\n";
        snprintf(reply, sizeof reply,
                 "HTTP/1.1 %.3s Said\r\n%s%sContent-Length: %zu\r\n\r\n%s",
                 strcmp(does, "ok") == 0 ? "200" : does,
                 header && !echo ? header + 1 : "", header && !echo ? "\r\n" : "",
                 strlen(said), said);
        if (!say(c, reply)) {
            return;
        }
    }
}

/* --- SMTP --- */

static bool is(const char *line, const char *verb)
{
    return strncasecmp(line, verb, strlen(verb)) == 0;
}

/* The mail, to its end; false if it did not come. */
static bool take_mail(struct connection *c)
{
    char line[LINE_BYTES];
    add(c, "\r\n", 2);
    while (take_line(c, line)) {
        if (strcmp(line, ".\r\n") == 0) {
            return true;
        }
        const char *from = line[0] == '.' ? line + 1 : line;
        add(c, from, strlen(from));
    }
    return false;
}

/* False: the connection is through. */
static bool take_data(struct connection *c)
{
    char does[DOES_BYTES], reply[2 * DOES_BYTES];
    if (!say(c, "354 go on\r\n") || !take_mail(c)) {
        return false;
    }
    read_does(c->r, does);
    keep_message(c);
    if (strcmp(does, "hang") == 0) {
        wait_for_close(c);
        return false;
    }
    bool code = does[0] >= '1' && does[0] <= '5';
    snprintf(reply, sizeof reply, "%s\r\n", code ? does : "250 taken");
    return strcmp(does, "close") != 0 && say(c, reply);
}

/* The name and password come in a line of their own. */
static bool answer_auth(struct connection *c, bool good)
{
    char line[LINE_BYTES];
    if (!say(c, "334 \r\n") || !take_line(c, line)) {
        return false;
    }
    add(c, line, strlen(line));
    return say(c, good ? "235 welcome\r\n" : "535 no\r\n");
}

static bool answer_line(struct connection *c, const char *line)
{
    char does[DOES_BYTES];
    read_does(c->r, does);
    add(c, line, strlen(line));
    if (is(line, "EHLO")) {
        return say(c, "250-fake\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n");
    }
    if (is(line, "AUTH")) {
        return answer_auth(c, strcmp(does, "noauth") != 0);
    }
    if (is(line, "RCPT") && is(does, "rcpt ") && strstr(line, does + 5)) {
        return say(c, "550 5.1.1 nobody of that name\r\n");
    }
    if (is(line, "DATA")) {
        return take_data(c);
    }
    return !is(line, "QUIT") && say(c, "250 fine\r\n");
}

static void serve_smtp(struct connection *c)
{
    char line[LINE_BYTES], does[DOES_BYTES];
    read_does(c->r, does);
    bool refuses = is(does, "greet ");
    snprintf(line, sizeof line, "%s fake\r\n", refuses ? does + 6 : "220");
    if (!say(c, line)) {
        return;
    }
    while (take_line(c, line) && answer_line(c, line)) {
    }
}

/* --- threads --- */

static void *connection_main(void *arg)
{
    struct connection *c = arg;
    struct receiver *r = c->r;
    if (r->smtp) {
        serve_smtp(c);
    } else {
        serve_http(c);
    }
    close(c->fd);
    free(c->text);
    free(c);
    pthread_mutex_lock(&r->lock);
    r->connections--;
    pthread_cond_signal(&r->none);
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static void accept_one(struct receiver *r)
{
    pthread_t thread;
    struct connection *c = calloc(1, sizeof *c);
    must(c != NULL, "calloc");
    c->text = malloc(RECEIVER_MESSAGE_BYTES_MAX);
    must(c->text != NULL, "malloc");
    c->r = r;
    c->fd = accept4(r->listen_fd, NULL, NULL, SOCK_CLOEXEC);
    must(c->fd >= 0, "accept");
    pthread_mutex_lock(&r->lock);
    r->connections++;
    pthread_mutex_unlock(&r->lock);
    must(pthread_create(&thread, NULL, connection_main, c) == 0, "pthread_create");
    pthread_detach(thread);
}

static void listen_unless_away(struct receiver *r)
{
    char does[DOES_BYTES];
    read_does(r, does);
    if (!r->listening && strcmp(does, "away") != 0) {
        must(listen(r->listen_fd, 64) == 0, "listen");
        r->listening = true;
    }
}

static void *receiver_main(void *arg)
{
    struct receiver *r = arg;
    for (;;) {
        listen_unless_away(r);
        struct pollfd p[] = {{r->end_fd[0], POLLIN, 0}, {r->listen_fd, POLLIN, 0}};
        must(poll(p, r->listening ? 2 : 1, LOOK_MS) >= 0, "poll");
        if (p[0].revents != 0) {
            return NULL;
        }
        if (r->listening && p[1].revents != 0) {
            accept_one(r);
        }
    }
}

struct receiver *receiver_start(bool smtp, const char *dir)
{
    char port[16];
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof in;
    struct receiver *r = calloc(1, sizeof *r);
    must(r && strlen(dir) < sizeof r->dir, "receiver_start");
    r->smtp = smtp;
    snprintf(r->dir, sizeof r->dir, "%s", dir);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->none, NULL);
    must(pipe2(r->end_fd, O_CLOEXEC) == 0, "pipe");
    r->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(r->listen_fd >= 0, "socket");
    must(bind(r->listen_fd, (struct sockaddr *)&in, n) == 0, "bind");
    must(getsockname(r->listen_fd, (struct sockaddr *)&in, &n) == 0, "getsockname");
    r->port = ntohs(in.sin_port);
    listen_unless_away(r);
    must(pthread_create(&r->thread, NULL, receiver_main, r) == 0, "pthread_create");
    int len = snprintf(port, sizeof port, "%d\n", r->port);
    write_file(r, "port", port, (size_t)len);
    return r;
}

void receiver_stop(struct receiver *r)
{
    if (!r) {
        return;
    }
    must(write(r->end_fd[1], "", 1) == 1, "write");
    pthread_join(r->thread, NULL);
    pthread_mutex_lock(&r->lock);
    while (r->connections > 0) {
        pthread_cond_wait(&r->none, &r->lock);
    }
    pthread_mutex_unlock(&r->lock);
    close(r->listen_fd);
    close(r->end_fd[0]);
    close(r->end_fd[1]);
    pthread_cond_destroy(&r->none);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

int receiver_port(const struct receiver *r)
{
    return r->port;
}
