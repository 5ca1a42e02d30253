/* admit.c - see admit.h. */
#include "fcgi/web/admit.h"

#include "fcgi/base/clock.h"
#include "fcgi/web/params.h"

static enum err_code admit_sender(const struct serve_options *o, char *const *params,
                                  struct request *r, struct access_caller *caller,
                                  struct err *e)
{
    struct access_asked asked = params_read_sender(params, r);
    enum err_code code = access_who(o->access, &asked, clock_mono_us(), caller, e);
    r->caller = arena_str(r->arena, str_of(caller->id));
    return code || r->caller.p ? code
                               : err_set(e, ERR_NOMEM, "not enough memory to begin");
}

enum err_code admit_request(const struct serve_options *o, char *const *params,
                            struct request *r, struct response *resp,
                            const struct route **route, struct err *e)
{
    struct access_caller caller = {0};
    struct err lost;
    unsigned allow = 0;
    enum err_code code = request_read(r, (const char *const *)params, o->prefix, e);
    r->caller = STR("");
    if (code) {
        return code;
    }
    enum err_code unrouted = router_find(o->router, r, route, &allow, &lost);
    if (!unrouted && (*route)->scopes & ROUTE_OPEN) {
        return ERR_NONE;
    }
    code = admit_sender(o, params, r, &caller, e);
    if (!code && unrouted) {
        *e = lost;
        resp->allow = allow;
        return unrouted;
    }
    code = code ? code : access_may(&caller, (*route)->scopes, e);
    resp->challenge = caller.challenge;
    return code;
}
