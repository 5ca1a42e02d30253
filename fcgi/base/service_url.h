/* service_url.h - where the scoring service is: the setting ML_URL, checked, and the
 * addresses that follow from it. Pure. */
#ifndef BASE_SERVICE_URL_H
#define BASE_SERVICE_URL_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

enum { SERVICE_URL_BYTES = 512 }; /* as much as a text setting has */

/* Checks and completes ML_URL in place: "http://host:8000" becomes
 * "http://host:8000/score"; "/run/x/ml" is a unix socket and stays. ERR_INVALID says what
 * it may be. A user or password in it is refused: the setting is printed. */
enum err_code service_url_complete(char url[static SERVICE_URL_BYTES],
                                   struct err *e) MUST_USE;

/* "host", "host:port", "[::1]:port": characters that such have, and a port that is one. */
bool service_url_has_host(struct str authority);

struct service_urls {
    char score[SERVICE_URL_BYTES], learn[SERVICE_URL_BYTES];
    const char *unix_socket; /* into url; NULL: none */
};

/* Of a completed one, not empty, which must stay. */
void service_url_parts(const char *url, struct service_urls *out);

#endif
