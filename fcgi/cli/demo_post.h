/* demo_post.h - batches to a server's POST /ingest, and what it answers. A server that is
 * busy, or that restarts, is waited for; then the batch is sent again, and is stored twice
 * if only the answer was lost: good enough for what is made up. */
#ifndef CLI_DEMO_POST_H
#define CLI_DEMO_POST_H

#include "fcgi/base/config.h"

enum { DEMO_URL_BYTES = 2048, DEMO_PATIENCE_S = 60 };

struct demo_poster; /* opaque */

/* url NULL: the server of the settings in c. wait says why there is a wait and returns when
 * it is over. ERR_INVALID: no such URL; ERR_NOMEM. */
enum err_code demo_poster_open(const struct config *c, const char *url,
                               void (*wait)(const char *why, int64_t seconds),
                               struct demo_poster **out, struct err *e) MUST_USE;
void demo_poster_close(struct demo_poster *p); /* NULL allowed */

/* records: a JSON array. *incident_id: of the incident that was opened or extended, 0 if
 * none. ERR_UPSTREAM: no server, none in time, or it refuses the records, and why. */
enum err_code demo_post(struct demo_poster *p, struct str records, int64_t *incident_id,
                        struct err *e) MUST_USE;

/* Where the server is, for a person. */
const char *demo_poster_url(const struct demo_poster *p);

#endif
