/* serve.c - see serve.h.
 *
 * libfcgi reads a request's parameters inside accept, which the accepting thread does for
 * all: the web server sends them in one piece, and nobody else may reach the socket (its
 * folder is 0700). FCGI_KEEP_CONN is not honoured: a kept connection would occupy a
 * thread; lighttpd never asks for it, the others take a close for an answer. */
#include "fcgi/web/serve.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/counts.h"
#include "fcgi/base/diag.h"
#include "fcgi/web/admit.h"
#include "fcgi/web/body.h"
#include "fcgi/web/served.h"
#include "fcgi/web/watchdog.h"

#include <assert.h>
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HEAD_BYTES_MAX = 4096,
    DISCARD_BYTES_MAX = 256 * 1024 * 1024, /* of a refused body, read to be polite */
    ARENA_EXTRA_BYTES = 32 * 1024 * 1024,
    ACCEPT_RETRY_MS = 20
};
#define DRAIN_US CLOCK_SECOND_US /* at the end, so long is still accepted */

/* A FastCGI request object. There are workers + queue_max + 1 of them: the last one is
 * what the accepting thread says "busy" with. */
struct slot {
    FCGX_Request fcgx;
    struct slot *next;
};

struct worker {
    struct serve *serve;
    pthread_t thread;
    size_t number;
    struct served served;
    struct arena arena;
    struct body body;
    struct buf head;
    struct response response;
};

struct serve {
    struct serve_options o;
    struct slot *slots;
    struct worker *workers;
    size_t workers_started;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t work;
    struct slot *free_slots;
    struct slot *first, **last; /* waiting requests */
    bool stopping;
    int signal_fd;
    watchdog_since *busy_since_us; /* of each worker */
    struct watchdog *watchdog;
};

/* --- one request --- */

/* Reads and drops what is left of the body, so that the web server can finish sending. */
static void discard_body(FCGX_Stream *in)
{
    char waste[BODY_PIECE_BYTES];
    for (size_t n = 0; n < DISCARD_BYTES_MAX; n += sizeof waste) {
        if (FCGX_GetStr(waste, sizeof waste, in) < (int)sizeof waste) {
            return;
        }
    }
}

static size_t read_stream(void *stream, char *to, size_t n)
{
    int got = FCGX_GetStr(to, (int)n, stream);
    return got > 0 ? (size_t)got : 0;
}

static enum err_code read_body(struct worker *w, struct slot *slot, int64_t length,
                               struct err *e)
{
    enum err_code code = body_read(&w->body, length, read_stream, slot->fcgx.in, e);
    if (!code && FCGX_GetError(slot->fcgx.in) != 0) {
        code = err_set(e, ERR_INVALID, "the body was cut on its way");
    }
    return code;
}

static enum err_code answer(struct worker *w, struct slot *slot, struct err *e)
{
    const struct serve_options *o = &w->serve->o;
    const struct route *route = NULL;
    struct request req = {
        .worker = w->number,
        .now_us = clock_now_us(),
        .arena = &w->arena,
    };
    enum err_code code = admit_request(o, slot->fcgx.envp, &req, &w->response, &route, e);
    served_route(&w->served, &req, route != NULL);
    code = code ? code : read_body(w, slot, req.length, e);
    if (code) {
        return code;
    }
    req.body = w->body.bytes.p;
    req.body_n = w->body.bytes.n;
    return route->fn(o->app, &req, &w->response, e);
}

/* Faults of ours go to the log, at most one line a second: an outage is one fault. */
static void note_fault(const struct response *r, const struct err *e)
{
    static atomic_int_fast64_t last_us;
    int64_t now = clock_mono_us(), last = atomic_load(&last_us);
    if (r->status >= 500 && now - last >= CLOCK_SECOND_US &&
        atomic_compare_exchange_strong(&last_us, &last, now)) {
        diag("answered %d: %s", r->status, e->msg);
    }
}

static void send_response(struct slot *slot, const struct response *r, struct buf *head)
{
    struct str body = response_body(r);
    buf_clear(head);
    response_head(r, head);
    if (!head->failed) {
        FCGX_PutStr(head->p, (int)head->n, slot->fcgx.out);
        FCGX_PutStr(body.p ? body.p : "", (int)body.n, slot->fcgx.out);
    }
}

static void finish_slot(struct slot *slot)
{
    FCGX_Finish_r(&slot->fcgx);
    FCGX_Free(&slot->fcgx, 1); /* closes a connection that was to be kept */
}

/* Has the web server closed the connection? It does when its client has gone, or when it
 * has given up waiting. On a unix socket a peer that only sends no more is not hung up. */
static bool is_abandoned(const struct slot *slot)
{
    struct pollfd p = {slot->fcgx.ipcFd, 0, 0};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

static void handle(struct worker *w, struct slot *slot)
{
    struct err e = {0};
    if (is_abandoned(slot)) { /* nobody would hear the answer: nothing is done */
        finish_slot(slot);
        return;
    }
    served_begin(&w->served);
    enum err_code code = answer(w, slot, &e);
    if (!code &&
        w->response.body.failed) { /* what it did is done: not "nothing stored" */
        code = err_set(&e, ERR_IO,
                       "not enough memory for the reply; whether a batch is "
                       "stored is not known");
    }
    if (code) {
        response_error(&w->response, &e);
        discard_body(slot->fcgx.in);
        note_fault(&w->response, &e);
    }
    served_end(&w->served, w->response.status);
    send_response(slot, &w->response, &w->head);
    finish_slot(slot);
}

/* After the reply is out: what may take a moment (learning) is waited for here. */
static void clean_up(struct worker *w)
{
    arena_reset(&w->arena);
    response_reset(&w->response);
    body_reset(&w->body);
}

/* --- queue and workers --- */

static struct slot *next_waiting(struct serve *s)
{
    struct slot *slot = NULL;
    pthread_mutex_lock(&s->lock);
    while (!s->first && !s->stopping) {
        pthread_cond_wait(&s->work, &s->lock);
    }
    if (s->first) {
        slot = s->first;
        s->first = slot->next;
        s->last = s->first ? s->last : &s->first;
        counts_add(COUNT_REQUESTS_WAITING, -1);
        counts_add(COUNT_REQUESTS_IN_WORK, 1);
    }
    pthread_mutex_unlock(&s->lock);
    return slot;
}

static void put_free(struct serve *s, struct slot *slot)
{
    pthread_mutex_lock(&s->lock);
    slot->next = s->free_slots;
    s->free_slots = slot;
    pthread_mutex_unlock(&s->lock);
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    watchdog_since *since = &w->serve->busy_since_us[w->number];
    struct slot *slot;
    while ((slot = next_waiting(w->serve)) != NULL) {
        atomic_store(since, clock_mono_us());
        handle(w, slot);
        clean_up(w);
        atomic_store(since, 0);
        counts_add(COUNT_REQUESTS_IN_WORK, -1);
        put_free(w->serve, slot);
    }
    return NULL;
}

/* Says "busy" to a request that the queue has no place for. */
static void refuse(struct slot *slot)
{
    struct response r;
    struct buf head;
    struct err e;
    err_set(&e, ERR_BUSY, "too many requests are waiting; try again");
    response_init(&r);
    buf_init(&head, HEAD_BYTES_MAX);
    response_error(&r, &e);
    note_fault(&r, &e);
    served_refused(r.status);
    discard_body(slot->fcgx.in);
    send_response(slot, &r, &head);
    finish_slot(slot);
    buf_free(&head);
    response_free(&r);
}

/* Puts an accepted request into the queue; false if that is full: no other slot is free,
 * so as many wait and are in work as may. */
static bool enqueue(struct serve *s, struct slot *slot)
{
    pthread_mutex_lock(&s->lock);
    bool room = s->free_slots != NULL;
    if (room) {
        slot->next = NULL;
        *s->last = slot;
        s->last = &slot->next;
        counts_add(COUNT_REQUESTS_WAITING, 1);
        pthread_cond_signal(&s->work);
    }
    pthread_mutex_unlock(&s->lock);
    return room;
}

static struct slot *take_free(struct serve *s)
{
    pthread_mutex_lock(&s->lock);
    struct slot *slot = s->free_slots; /* there is one more than may wait and work */
    assert(slot);
    s->free_slots = slot->next;
    pthread_mutex_unlock(&s->lock);
    return slot;
}

/* Accepts one connection, if there is one. */
static void accept_one(struct serve *s)
{
    struct slot *slot = take_free(s);
    int rc = FCGX_Accept_r(&slot->fcgx);
    if (rc == 0 && enqueue(s, slot)) {
        return;
    }
    if (rc == 0) {
        refuse(slot);
    } else if (rc != -EAGAIN && rc != -EINTR) {
        diag("accept failed: %s", rc < 0 ? strerror(-rc) : "protocol error");
        poll(NULL, 0, ACCEPT_RETRY_MS); /* out of descriptors, most likely */
    }
    put_free(s, slot);
}

/* --- start and end --- */

void serve_signals(void)
{
    sigset_t blocked;
    pid_t parent = getppid();
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGUSR1); /* libfcgi would take it for an end */
    sigaddset(&blocked, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) { /* it ended before we asked to be told */
        raise(SIGTERM);
    }
}

static enum err_code check_listening(struct err *e)
{
    int listening = 0;
    socklen_t n = sizeof listening;
    if (getsockopt(SERVE_LISTEN_FD, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) != 0 ||
        !listening) {
        return err_set(e, ERR_INVALID,
                       "this is a FastCGI responder: the web server starts "
                       "it, with a listening socket as standard input");
    }
    int flags = fcntl(SERVE_LISTEN_FD, F_GETFL);
    fcntl(SERVE_LISTEN_FD, F_SETFL, flags | O_NONBLOCK);
    return ERR_NONE;
}

static enum err_code make_slots(struct serve *s, struct err *e)
{
    size_t n = s->o.workers + s->o.queue_max + 1;
    s->slots = calloc(n, sizeof *s->slots);
    if (!s->slots) {
        return err_set(e, ERR_NOMEM, "not enough memory for %zu requests", n);
    }
    for (size_t i = 0; i < n; i++) {
        FCGX_InitRequest(&s->slots[i].fcgx, SERVE_LISTEN_FD, 0);
        put_free(s, &s->slots[i]);
    }
    return ERR_NONE;
}

static enum err_code start_workers(struct serve *s, struct err *e)
{
    s->workers = calloc(s->o.workers, sizeof *s->workers);
    s->busy_since_us = calloc(s->o.workers, sizeof *s->busy_since_us);
    if (!s->workers || !s->busy_since_us) {
        return err_set(e, ERR_NOMEM, "not enough memory for %zu threads", s->o.workers);
    }
    for (size_t i = 0; i < s->o.workers; i++) {
        struct worker *w = &s->workers[i];
        w->serve = s;
        w->number = i;
        arena_init(&w->arena, s->o.body_bytes_max + ARENA_EXTRA_BYTES);
        body_init(&w->body, s->o.body_bytes_max, s->o.bodies);
        buf_init(&w->head, HEAD_BYTES_MAX);
        response_init(&w->response);
        int rc = pthread_create(&w->thread, NULL, worker_main, w);
        if (rc != 0) {
            return err_set(e, ERR_NOMEM, "thread %zu cannot be started: %s", i,
                           strerror(rc));
        }
        s->workers_started++;
    }
    return ERR_NONE;
}

enum err_code serve_new(const struct serve_options *options, struct serve **out,
                        struct err *e)
{
    sigset_t watched;
    enum err_code code = check_listening(e);
    if (code) {
        return code;
    }
    struct serve *s = calloc(1, sizeof *s);
    if (!s || FCGX_Init() != 0) {
        free(s);
        return err_set(e, ERR_NOMEM, "not enough memory to start");
    }
    s->o = *options;
    s->last = &s->first;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->work, NULL);
    sigemptyset(&watched);
    sigaddset(&watched, SIGTERM);
    sigaddset(&watched, SIGUSR2);
    s->signal_fd = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    code = s->signal_fd < 0 ? err_set(e, ERR_IO, "no descriptor for signals") : ERR_NONE;
    code = code ? code : make_slots(s, e);
    code = code ? code : start_workers(s, e);
    code = code ? code
                : watchdog_start(s->busy_since_us, s->o.workers, s->o.hang_us,
                                 &s->watchdog, e);
    if (code) {
        serve_free(s);
        return code;
    }
    *out = s;
    return ERR_NONE;
}

static bool connection_waits(void)
{
    struct pollfd p = {SERVE_LISTEN_FD, POLLIN, 0};
    return poll(&p, 1, 0) > 0;
}

/* Waits for a connection, which sets *connection, or a signal, whose number it returns. */
static int wait_for_event(const struct serve *s, bool *connection)
{
    struct pollfd p[] = {{s->signal_fd, POLLIN, 0}, {SERVE_LISTEN_FD, POLLIN, 0}};
    struct signalfd_siginfo info;
    poll(p, 2, -1);
    *connection = p[1].revents != 0;
    if (p[0].revents && read(s->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        return (int)info.ssi_signo;
    }
    return 0;
}

/* What has reached the listening socket is still answered, then the socket is closed:
 * new requests are refused by the web server rather than lost in a queue. */
static void drain(struct serve *s)
{
    int64_t until = clock_mono_us() + DRAIN_US;
    while (clock_mono_us() < until && connection_waits()) {
        accept_one(s);
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, SERVE_LISTEN_FD); /* keeps descriptor 0 from being used otherwise */
        close(null);
    } else {
        close(SERVE_LISTEN_FD);
    }
}

static void stop_workers(struct serve *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < s->workers_started; i++) {
        pthread_join(s->workers[i].thread, NULL);
    }
    s->workers_started = 0;
}

enum serve_end serve_run(struct serve *s)
{
    int signal_number;
    bool connection;
    while ((signal_number = wait_for_event(s, &connection)) == 0 ||
           (signal_number == SIGUSR2 && s->o.may_restart && !s->o.may_restart())) {
        if (connection) {
            accept_one(s);
        }
    }
    if (signal_number != SIGUSR2) {
        drain(s);
    }
    stop_workers(s);
    return signal_number == SIGUSR2 ? SERVE_RESTART : SERVE_STOPPED;
}

void serve_free(struct serve *s)
{
    if (!s) {
        return;
    }
    stop_workers(s);
    watchdog_stop(s->watchdog);
    free(s->busy_since_us);
    for (size_t i = 0; s->workers && i < s->o.workers; i++) {
        struct worker *w = &s->workers[i];
        arena_free(&w->arena);
        body_free(&w->body);
        buf_free(&w->head);
        response_free(&w->response);
    }
    if (s->signal_fd >= 0) {
        close(s->signal_fd);
    }
    pthread_cond_destroy(&s->work);
    pthread_mutex_destroy(&s->lock);
    free(s->workers);
    free(s->slots);
    free(s);
}
