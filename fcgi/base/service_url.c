/* service_url.c - see service_url.h. */
#include "fcgi/base/service_url.h"

#include "fcgi/base/str.h"

#define LAST     "/score"
#define EXAMPLE  "such as http://127.0.0.1:8000/score"
#define FOR_UNIX "http://localhost"

static enum err_code refuse(struct err *e, const char *what)
{
    return err_set(e, ERR_INVALID, "ML_URL %s; it must be empty or an address %s", what,
                   EXAMPLE);
}

static bool port_is_good(struct str authority)
{
    int64_t port;
    size_t at = authority.n;
    while (at > 0 && authority.p[at - 1] != ':' && authority.p[at - 1] != ']') {
        at--;
    }
    if (at == 0 || authority.p[at - 1] == ']') {
        return at == 0 || at == authority.n; /* none */
    }
    return at > 1 && str_to_i64(str_from(authority, at), 1, 65535, &port);
}

bool service_url_has_host(struct str authority)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789.-_:[]";
    return authority.n > 0 && strspn(authority.p, allowed) >= authority.n &&
           port_is_good(authority);
}

static enum err_code check_authority(struct str authority, struct err *e)
{
    if (memchr(authority.p, '@', authority.n)) {
        return refuse(e, "holds a user or password, which are not for settings");
    }
    if (!service_url_has_host(authority)) {
        return refuse(e, "has no host, or a port that is none");
    }
    return ERR_NONE;
}

enum err_code service_url_complete(char url[static SERVICE_URL_BYTES], struct err *e)
{
    struct str all = str_of(url), path = all;
    if (all.n == 0 || url[0] == '/') {
        return ERR_NONE;
    }
    if (strcspn(url, " \t\r\n\"\\<>?#") < all.n) {
        return refuse(e, "holds a character that has no place in it");
    }
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) {
        return refuse(e, "does not begin with http:// or https://");
    }
    path = str_from(all, strcspn(url, "/") + 2);
    struct str authority = {path.p, strcspn(path.p, "/")};
    enum err_code code = check_authority(authority, e);
    if (code) {
        return code;
    }
    path = str_from(path, authority.n);
    while (path.n > 0 && path.p[path.n - 1] == '/') {
        path.n--;
    }
    size_t n = (size_t)(path.p - url) + path.n;
    if (path.n == 0 && n + sizeof LAST <= SERVICE_URL_BYTES) {
        memcpy(url + n, LAST, sizeof LAST);
        return ERR_NONE;
    }
    url[n] = '\0';
    return str_ends(path, STR(LAST)) ? ERR_NONE : refuse(e, "does not end in /score");
}

void service_url_parts(const char *url, struct service_urls *out)
{
    const char *score = url[0] == '/' ? FOR_UNIX LAST : url;
    int n = (int)(strlen(score) - strlen(LAST));
    out->unix_socket = url[0] == '/' ? url : NULL;
    snprintf(out->score, sizeof out->score, "%s", score);
    snprintf(out->learn, sizeof out->learn, "%.*s/learn", n, score);
}
