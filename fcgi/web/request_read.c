/* request_read.c - a request out of the variables that the web server sends: see request.h.
 *
 * X-Y and X_Y are two headers for a client and one variable for us, and then it is there
 * twice; which of the two counts would be the web server's choice. So a header that we go
 * by and that is there twice is refused. */
#include "fcgi/web/request.h"

enum variable {
    VARIABLE_METHOD,
    VARIABLE_SCRIPT,
    VARIABLE_INFO,
    VARIABLE_QUERY,
    VARIABLE_LENGTH,
    VARIABLE_TYPE,
    VARIABLE_FETCH_SITE,
    VARIABLE_KEY,
    VARIABLE_PREFER
};
enum { VARIABLES_N = VARIABLE_PREFER + 1 };

/* header: what the client calls it; NULL: not the client's to choose the name. */
static const struct {
    const char *name, *header;
} variables[VARIABLES_N] = {
    [VARIABLE_METHOD] = {"REQUEST_METHOD", NULL},
    [VARIABLE_SCRIPT] = {"SCRIPT_NAME", NULL},
    [VARIABLE_INFO] = {"PATH_INFO", NULL},
    [VARIABLE_QUERY] = {"QUERY_STRING", NULL},
    [VARIABLE_LENGTH] = {"CONTENT_LENGTH", NULL},
    [VARIABLE_TYPE] = {"CONTENT_TYPE", NULL},
    [VARIABLE_FETCH_SITE] = {"HTTP_SEC_FETCH_SITE", "Sec-Fetch-Site"},
    [VARIABLE_KEY] = {"HTTP_IDEMPOTENCY_KEY", "Idempotency-Key"},
    [VARIABLE_PREFER] = {"HTTP_PREFER", "Prefer"},
};

/* The values of all, views of environment; p NULL: it is not there. */
static enum err_code find(const char *const *environment, struct str value[VARIABLES_N],
                          struct err *e)
{
    for (; *environment; environment++) {
        struct str left = str_of(*environment);
        struct str name = str_split(&left, '=');
        for (int i = 0; i < VARIABLES_N; i++) {
            if (!str_eq(name, str_of(variables[i].name))) {
                continue;
            }
            if (value[i].p && variables[i].header) {
                return err_set(e, ERR_INVALID,
                               "the header %s is there twice; send it once",
                               variables[i].header);
            }
            if (!value[i].p && left.p) {
                value[i] = left;
            }
            break;
        }
    }
    return ERR_NONE;
}

enum err_code request_read(struct request *r, const char *const *environment,
                           struct str prefix, struct err *e)
{
    struct str v[VARIABLES_N] = {{NULL, 0}};
    enum err_code code = find(environment, v, e);
    if (code) {
        return code;
    }
    r->method = method_of(v[VARIABLE_METHOD]);
    if (v[VARIABLE_TYPE].n > REQUEST_TYPE_BYTES_MAX) {
        v[VARIABLE_TYPE] = STR_NONE;
    }
    if (!str_to_i64(v[VARIABLE_LENGTH], 0, INT64_MAX, &r->length)) {
        r->length = 0;
    }
    r->path = request_path(r->arena, v[VARIABLE_SCRIPT], v[VARIABLE_INFO], prefix);
    bool ok = r->path.p && arena_copy(r->arena, v[VARIABLE_QUERY], &r->query) &&
              arena_copy(r->arena, v[VARIABLE_TYPE], &r->content_type) &&
              arena_copy(r->arena, v[VARIABLE_FETCH_SITE], &r->fetch_site) &&
              arena_copy(r->arena, v[VARIABLE_KEY], &r->key) &&
              arena_copy(r->arena, v[VARIABLE_PREFER], &r->prefer);
    return ok ? ERR_NONE : err_set(e, ERR_NOMEM, "not enough memory to read the request");
}
