/* router.c - see router.h. */
#include "fcgi/web/router.h"

#define ID_SEGMENT STR("/{id}")

/* "7" is an id; "07", "+7", "0" and "" are not: one thing has one path. */
static bool read_id(struct str s, int64_t *id)
{
    return s.n > 0 && s.p[0] >= '1' && s.p[0] <= '9' && str_to_i64(s, 1, INT64_MAX, id);
}

static bool matches(const char *pattern, struct str path, int64_t *id)
{
    struct str p = str_of(pattern);
    *id = 0;
    if (!str_ends(p, ID_SEGMENT)) {
        return str_eq(path, p);
    }
    p.n -= ID_SEGMENT.n - 1; /* up to and with the slash */
    return str_starts(path, p) && read_id(str_from(path, p.n), id);
}

enum err_code router_find(struct router r, struct request *req, const struct route **out,
                          unsigned *allow, struct err *e)
{
    *allow = 0;
    req->route = NULL;
    *out = NULL;
    for (size_t i = 0; i < r.n; i++) {
        const struct route *route = &r.routes[i];
        if (!matches(route->path, req->path, &req->id)) {
            continue;
        }
        req->route = route->path;
        if (route->methods & req->method) {
            *out = route;
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
