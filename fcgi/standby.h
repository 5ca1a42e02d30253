/* standby.h - what a responder does while its store cannot be used: it answers every request
 * with the reason, and looks now and then whether it can go on. To end and be started again
 * would give clients the web server's 500, which does not say whether anything was stored. */
#ifndef FCGI_STANDBY_H
#define FCGI_STANDBY_H

#include "fcgi/web/process.h"

enum { STANDBY_LOOK_SECONDS = 2, STANDBY_WORKERS = 2, STANDBY_ROUTES_MAX = 16 };
enum { STANDBY_FREE_BYTES = 1 << 20 }; /* less: a full disk is full still */

/* Until a signal ends it (as serve_run), or store_check finds nothing wrong any more: then
 * SERVE_RESTART. why: what is answered, as 503, or as 507 if the disk is full. */
enum serve_end standby_serve(struct process *p, struct router router,
                             const struct err *why);

#endif
