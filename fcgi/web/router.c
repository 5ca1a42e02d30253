/* router.c - see router.h. */
#include "fcgi/web/router.h"

enum err_code router_find(struct router r, const struct request *req, handler_fn *fn,
                          unsigned *allow, struct err *e)
{
    *allow = 0;
    for (size_t i = 0; i < r.n; i++) {
        const struct route *route = &r.routes[i];
        if (!str_eq(req->path, str_of(route->path))) {
            continue;
        }
        if (route->methods & req->method) {
            *fn = route->fn;
            return ERR_NONE;
        }
        *allow |= route->methods;
    }
    if (*allow) {
        return err_set(e, ERR_METHOD, "this path does not take that method; see Allow");
    }
    return err_set(e, ERR_NOT_FOUND,
                   "no such path; there are POST /ingest, GET /incidents and "
                   "GET /meta, and on the scoring port POST /score and GET /model-info");
}
