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

struct access_asked params_read_sender(char *const *params, const struct request *r)
{
    struct err ignored;
    return (struct access_asked){
        .authorization = params_find(params, "HTTP_AUTHORIZATION"),
        .address = params_find(params, "REMOTE_ADDR"),
        .host = params_find(params, "HTTP_HOST"),
        .forwarded = local_caller_forwarded(params),
        .cross_site = r->method != METHOD_GET && request_may_delete(r, &ignored),
    };
}
