/* frontend.h - what a web server in front of us has to know, from our configuration. */
#ifndef WEB_FRONTEND_H
#define WEB_FRONTEND_H

#include "fcgi/base/config.h"

enum { FRONTEND_RUN_DIR_BYTES_MAX = 88 }; /* a socket's path has at most 107 bytes */

/* Can the ports be listened on, is RUN_DIR short enough, does the store's folder exist? */
enum err_code frontend_check(const struct config *c, struct err *e) MUST_USE;

/* Makes RUN_DIR (0700, of the user who is to run the responders) and prints the settings
 * that lighttpd.conf includes: addresses, sizes, paths, and, when run by root, the owner
 * of the store's folder as the user to run as. */
enum err_code frontend_lighttpd(const struct config *c, FILE *to, struct err *e) MUST_USE;

#endif
