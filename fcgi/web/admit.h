/* admit.h - which route a request is for, and may its sender take it? */
#ifndef WEB_ADMIT_H
#define WEB_ADMIT_H

#include "fcgi/web/serve.h"

/* Fills r with what params say, and *route. Who asks is settled before what for: a stranger
 * does not learn which paths there are. What a refusal's head has to say is in resp. */
enum err_code admit_request(const struct serve_options *o, char *const *params,
                            struct request *r, struct response *resp,
                            const struct route **route, struct err *e) MUST_USE;

#endif
