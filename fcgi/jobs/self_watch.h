/* self_watch.h - a thread of ingest that watches ingest's own trades: every few seconds it
 * has the writer take the store's lock and let it go, which costs no disk access. So a store
 * that cannot be written is known before a batch meets it, and that it can be again without
 * one: GET /readyz (fcgi/health.h) looks at when the writer's last transaction was. */
#ifndef JOBS_SELF_WATCH_H
#define JOBS_SELF_WATCH_H

#include "sql/writer.h"

enum { SELF_WATCH_SECONDS = 2 };

struct self_watch;

/* The store is looked at before it returns, whatever comes of it. */
enum err_code self_watch_start(struct writer *writer, struct self_watch **out,
                               struct err *e) MUST_USE;

/* Ends the thread. Before the writer's stop. NULL allowed. */
void self_watch_stop(struct self_watch *w);

#endif
