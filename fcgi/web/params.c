/* params.c - see params.h. */
#include "fcgi/web/params.h"

#include "fcgi/web/local_caller.h"

#include <string.h>

struct str params_find(char *const *params, const char *name)
{
    size_t n = strlen(name);
    for (; *params; params++) {
        if (strncmp(*params, name, n) == 0 && (*params)[n] == '=') {
            return str_of(*params + n + 1);
        }
    }
    return STR_NONE;
}

/* A browser goes on only if the certificate is the name's, and has a password for that name
 * alone. nginx says REMOTE_USER of whoever calls himself so, but no AUTH_TYPE. */
static bool is_host_sure(char *const *params)
{
    return str_eq_nocase(params_find(params, "HTTPS"), STR("on")) ||
           params_find(params, "AUTH_TYPE").n > 0;
}

struct access_asked params_read_sender(char *const *params, const struct request *r)
{
    struct err ignored;
    return (struct access_asked){
        .authorization = params_find(params, "HTTP_AUTHORIZATION"),
        .address = params_find(params, "REMOTE_ADDR"),
        .host = params_find(params, "HTTP_HOST"),
        .origin = params_find(params, "HTTP_ORIGIN"),
        .forwarded = local_caller_forwarded(params),
        .changes = r->method != METHOD_GET,
        .cross_site = r->method != METHOD_GET && request_may_delete(r, &ignored),
        .host_sure = is_host_sure(params),
    };
}
