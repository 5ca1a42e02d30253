/* serve.h - the FastCGI loop: accept, queue, workers, drain.
 *
 * One thread (the caller of serve_run) accepts; requests wait in a queue of ours, at most
 * queue_max, and one more is answered 503 at once; workers handle them. A body is read to
 * its end, whatever CONTENT_LENGTH says, up to body_bytes_max (413) and within a budget
 * for all bodies together (503). A request whose connection the web server has closed before
 * its turn is dropped.
 *
 * Signals, blocked in all threads and read from a descriptor, so none is lost and none
 * interrupts a call: SIGTERM ends, SIGUSR2 asks for a restart in place (what is accepted
 * is answered, what waits in the listening socket is left for the next image). SIGINT,
 * SIGHUP and SIGPIPE are ignored: a terminal sends the first two to every process.
 *
 * A request in work for longer than hang_us ends the process (watchdog.h). */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include "fcgi/base/budget.h"
#include "fcgi/web/access.h"
#include "fcgi/web/router.h"

enum { SERVE_LISTEN_FD = 0 };

struct serve_options {
    struct router router;
    void *app; /* handed to the handlers */
    struct str prefix;
    struct access *access; /* who may; asked before a body is read */
    size_t workers, queue_max;
    size_t body_bytes_max;
    struct budget *bodies;
    int64_t hang_us;           /* a request in work for longer is a hang */
    bool (*may_restart)(void); /* asked before a restart in place; NULL: always */
};

enum serve_end { SERVE_STOPPED, SERVE_RESTART };

struct serve; /* opaque */

/* First thing in main, before any thread: signal masks, and the end of this process when
 * the one that started it ends. */
void serve_signals(void);

enum err_code serve_new(const struct serve_options *options, struct serve **out,
                        struct err *e) MUST_USE;

/* Until a signal ends it; all accepted requests are answered when it returns. */
enum serve_end serve_run(struct serve *s);

void serve_free(struct serve *s);

#endif
