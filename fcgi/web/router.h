/* router.h - which handler answers which path: a table, one row a route. */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include "fcgi/base/api_key.h"
#include "fcgi/web/request.h"
#include "fcgi/web/response.h"

/* Fills *resp and returns ERR_NONE, or says in *e why not. app is the program's own. */
typedef enum err_code (*handler_fn)(void *app, const struct request *req,
                                    struct response *resp, struct err *e);

/* A path may end in "/{id}": then a whole number from 1 on, in its plain form, stands there
 * and comes to the handler as the request's id. Everything else is matched exactly. */
struct route {
    const char *path;
    unsigned methods; /* enum method, or-ed */
    handler_fn fn;
    unsigned scopes; /* enum scope, or-ed: a caller needs one of them; or ROUTE_OPEN */
};

/* For everybody, with a key or without. */
enum { ROUTE_OPEN = 1 << 16 };

struct router {
    const struct route *routes;
    size_t n;
};

/* The route for path and method; sets req->id and req->route. ERR_NOT_FOUND; ERR_METHOD, with
 * the methods that there are in *allow. *out is NULL then. */
enum err_code router_find(struct router r, struct request *req, const struct route **out,
                          unsigned *allow, struct err *e) MUST_USE;

#endif
