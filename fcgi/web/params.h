/* params.h - what a web server in front of us says of who asks: FastCGI parameters,
 * "NAME=value" up to a NULL, with HTTP_X_Y for a header X-Y. */
#ifndef WEB_PARAMS_H
#define WEB_PARAMS_H

#include "fcgi/web/access.h"
#include "fcgi/web/request.h"

/* The value of the first of that name; p NULL: there is none. */
struct str params_find(char *const *params, const char *name);

/* What they say of the sender of r: views into the parameters. */
struct access_asked params_read_sender(char *const *params, const struct request *r);

#endif
