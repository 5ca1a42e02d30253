/* self_watch.h - a thread of ingest that watches ingest's own trades.
 *
 * Once a second it has the writer take the store's lock and let it go, which costs no
 * disk access. So a store that cannot be written is known before a batch meets it, and that
 * it can be again without one: GET /readyz (fcgi/health.h) looks at when the writer's last
 * transaction was.
 *
 * What goes wrong for some minutes (who scores, a way by which people are told, that what is
 * old goes), or is about to (the disk), becomes an incident of the service "loganalyzer"
 * (trouble.h), told by the ways that work, and closed when it is over. A store that cannot be
 * written holds none: store_alarm.h. */
#ifndef JOBS_SELF_WATCH_H
#define JOBS_SELF_WATCH_H

#include "fcgi/base/config.h"
#include "fcgi/jobs/keeper.h"
#include "fcgi/jobs/outgoing.h"
#include "scoring/state.h"
#include "sql/writer.h"

enum {
    SELF_WATCH_SECONDS = 1,
    SELF_WATCH_DISK_SECONDS = 30, /* so often the disk is looked at, */
    SELF_WATCH_SEEN_SECONDS = 300 /* and an open incident is last seen */
};

struct self_watch;
struct self_watch_options {
    const struct config *config;
    struct writer *writer;
    struct state *state;       /* NULL: not scored in process; */
    struct outgoing *outgoing; /* then this is there */
    struct keeper *keeper;
};

/* The store is looked at before it returns, whatever comes of it. All must stay. */
enum err_code self_watch_start(const struct self_watch_options *options,
                               struct self_watch **out, struct err *e) MUST_USE;

/* Ends the thread. NULL allowed. */
void self_watch_stop(struct self_watch *w);

#endif
