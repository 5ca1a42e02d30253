/* notify.h - people are told of incidents: a thread of ingest for each of the ways that are
 * configured, so that a receiver that hangs holds up neither the other one nor ingest. */
#ifndef JOBS_NOTIFY_H
#define JOBS_NOTIFY_H

#include "fcgi/base/config.h"
#include "sql/writer.h"

enum { NOTIFY_SECONDS = 1 }; /* at least so often the store is looked at */

/* Is anybody told? Then the writer must have an option noticed, which wakes this. */
bool notify_is_configured(const struct config *c);

/* Where this server is, as curl takes it. */
enum { NOTIFY_API_BYTES = 2 * CONFIG_TEXT_BYTES };
void notify_print_api(const struct config *c, char out[static NOTIFY_API_BYTES]);

struct notify;

/* config must stay. What was not sent before is sent now. */
enum err_code notify_start(const struct config *config, struct writer *writer,
                           struct notify **out, struct err *e) MUST_USE;

/* There is something to tell. Any thread; does not wait. NULL allowed. */
void notify_wake(struct notify *n);

/* Ends the threads: what is under way is broken off within a second, and sent after the next
 * start. Before the writer's stop. NULL allowed. */
void notify_stop(struct notify *n);

#endif
