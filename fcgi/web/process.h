/* process.h - what every responder does at its start and its end. */
#ifndef WEB_PROCESS_H
#define WEB_PROCESS_H

#include "fcgi/base/config.h"
#include "fcgi/web/serve.h"

struct process {
    const char *name; /* "loganalyzer-ingest"; static */
    struct config config;
    struct access *access;
    struct ticker *uncounted; /* while the counters' file could not be opened */
};

enum { PROCESS_COUNTS_SECONDS = 2 }; /* so often that is tried */

/* First thing in main: signals, memory settings, configuration, the pid file
 * (RUN_DIR/NAME.pid). False after saying why: main then returns 1. */
bool process_begin(struct process *p, const char *name);

/* Says why the process cannot go on; removes the pid file. For main: returns 1. */
int process_fail(struct process *p, const struct err *e);

/* Last thing in main, when all is closed: removes the pid file. After SERVE_RESTART it
 * becomes the program that stands at this program's path now, with the listening socket
 * in place, and does not return. */
int process_end(struct process *p, enum serve_end end);

/* The settings of serve.h that come from the configuration. */
struct serve_options process_serve_options(const struct process *p, struct router router,
                                           void *app, struct budget *bodies);

#endif
