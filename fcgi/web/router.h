/* router.h - which handler answers which path: a table, one row a route. */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include "fcgi/web/request.h"
#include "fcgi/web/response.h"

/* Fills *resp and returns ERR_NONE, or says in *e why not. app is the program's own. */
typedef enum err_code (*handler_fn)(void *app, const struct request *req,
                                    struct response *resp, struct err *e);

struct route {
    const char *path;
    unsigned methods; /* enum method, or-ed */
    handler_fn fn;
};

struct router {
    const struct route *routes;
    size_t n;
};

/* The handler for path and method. ERR_NOT_FOUND; ERR_METHOD, with the methods that there
 * are in *allow. */
enum err_code router_find(struct router r, const struct request *req, handler_fn *fn,
                          unsigned *allow, struct err *e) MUST_USE;

#endif
