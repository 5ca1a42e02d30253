/* watchdog.h - ends the process when a thread hangs.
 *
 * A thread of its own, which waits for nobody: each second it looks at when the watched
 * threads began what they are at. If one is at it for too long it says so and aborts; the
 * web server starts a new process, and only what was in flight is answered 500. */
#ifndef WEB_WATCHDOG_H
#define WEB_WATCHDOG_H

#include "fcgi/base/err.h"

#include <stdatomic.h>
#include <stddef.h>

enum { WATCHDOG_SECONDS = 1 };

/* When a thread began, monotonic, 0: it is idle. Written by that thread. */
typedef atomic_int_fast64_t watchdog_since;

struct watchdog;

/* Watches n of them, which must stay until watchdog_stop. */
enum err_code watchdog_start(watchdog_since *since_us, size_t n, int64_t hang_us,
                             struct watchdog **out, struct err *e) MUST_USE;

void watchdog_stop(struct watchdog *w); /* NULL allowed */

#endif
