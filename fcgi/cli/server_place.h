/* server_place.h - where the running server is: what --url says, or else PORT and BIND. */
#ifndef CLI_SERVER_PLACE_H
#define CLI_SERVER_PLACE_H

#include "fcgi/base/config.h"
#include "fcgi/cli/ledger.h"

struct server_place {
    char url[LEDGER_URL_BYTES];
    char socket[CONFIG_TEXT_BYTES + 8]; /* to connect to; "": the URL's host */
    char key[CONFIG_TEXT_BYTES];        /* API_KEY; "": none */
};

/* url NULL: not said. It has passed server_check_url. */
void server_find(const struct config *c, const char *url, struct server_place *out);

/* Is it the URL of a web server at all? ERR_INVALID. */
enum err_code server_check_url(const char *url, struct err *e) MUST_USE;

#endif
