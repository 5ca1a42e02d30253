/* server_place.c - see server_place.h. */
#include "fcgi/cli/server_place.h"

enum err_code server_check_url(const char *url, struct err *e)
{
    if (strlen(url) >= LEDGER_URL_BYTES) {
        return err_set(e, ERR_INVALID, "--url has more than %d bytes",
                       LEDGER_URL_BYTES - 1);
    }
    return str_starts(str_of(url), STR("http://")) ||
                   str_starts(str_of(url), STR("https://"))
               ? ERR_NONE
               : err_set(e, ERR_INVALID,
                         "--url must begin with http:// or https://, as in "
                         "http://127.0.0.1:3000");
}

void server_find(const struct config *c, const char *url, struct server_place *out)
{
    const char *host = c->bind;
    *out = (struct server_place){0};
    memcpy(out->key, c->api_key, sizeof out->key);
    if (url) {
        snprintf(out->url, sizeof out->url, "%s", url);
        return;
    }
    if (host[0] == '/') { /* a folder: a socket in it */
        snprintf(out->socket, sizeof out->socket, "%s/http", host);
        snprintf(out->url, sizeof out->url, "http://localhost");
        return;
    }
    host = strcmp(host, "0.0.0.0") == 0 ? "127.0.0.1" : host;
    host = strcmp(host, "::") == 0 ? "::1" : host;
    bool six = strchr(host, ':') != NULL;
    snprintf(out->url, sizeof out->url, "http://%s%s%s:%lld", six ? "[" : "", host,
             six ? "]" : "", (long long)c->port);
}
