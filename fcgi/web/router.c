/* router.c - see router.h. */
#include "fcgi/web/router.h"

enum err_code router_find(const struct route *routes, size_t n, struct str path,
                          enum method method, handler_fn *fn, unsigned *allow,
                          struct err *e)
{
    *allow = 0;
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(path, str_of(routes[i].path))) {
            continue;
        }
        if (routes[i].methods & method) {
            *fn = routes[i].fn;
            return ERR_NONE;
        }
        *allow |= routes[i].methods;
    }
    if (*allow) {
        return err_set(e, ERR_METHOD, "this path does not take that method; see Allow");
    }
    return err_set(e, ERR_NOT_FOUND, "no such path; there are POST /ingest, GET /incidents and "
                   "GET /meta, and on the scoring port POST /score and GET /model-info");
}
