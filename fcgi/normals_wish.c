/* normals_wish.c - see normals_wish.h. */
#include "fcgi/normals_wish.h"

#include "fcgi/core/verdict.h"
#include "fcgi/incidents.h"

enum { NOTE_BYTES_MAX = 4096 };

static enum err_code refuse(struct err *e, const char *field, const char *what)
{
    err_set(e, ERR_INVALID, "'%s' %s", field, what);
    return err_at(e, -1, field);
}

static enum err_code take_text(struct arena *a, struct json_value object,
                               const char *name, size_t max, struct str *out,
                               struct err *e)
{
    struct json_value v;
    *out = STR_NONE;
    if (!json_member(object, name, &v) || v.type == JSON_NULL) {
        return ERR_NONE;
    }
    enum err_code code = v.type == JSON_STRING ? json_decode(a, v, out, e)
                                               : refuse(e, name, "must be a text");
    if (!code && out->n > max) {
        err_set(e, ERR_INVALID, "'%s' may have at most %zu bytes", name, max);
        code = err_at(e, -1, name);
    }
    return code;
}

static enum err_code take_members(struct arena *a, struct json_value object,
                                  struct normals_wish *w, struct err *e)
{
    struct str scope;
    struct json_value v;
    if (!json_member_i64(object, "incident_id", 1, INT64_MAX, &w->incident_id)) {
        return refuse(e, "incident_id", "must be the id of an incident");
    }
    enum err_code code = take_text(a, object, "scope", 32, &scope, e);
    if (!code && !answer_scope_find(scope, &w->scope)) {
        code = refuse(e, "scope", "must be template, service or value");
    }
    code =
        code ? code
             : take_text(a, object, "template_id", TEMPLATE_ID_BYTES, &w->template_id, e);
    code = code ? code : take_text(a, object, "value", ANSWER_VALUE_BYTES, &w->value, e);
    code =
        code ? code : take_text(a, object, "service", CORE_SERVICE_BYTES, &w->service, e);
    code = code ? code : take_text(a, object, "note", NOTE_BYTES_MAX, &w->note, e);
    if (!code && json_member(object, "preview", &v)) {
        w->preview = str_eq(v.text, STR("true"));
        code = v.type == JSON_BOOL ? ERR_NONE
                                   : refuse(e, "preview", "must be true or false");
    }
    return code;
}

static enum err_code check_names(struct json_value object, struct err *e)
{
    static const char *const names[] = {
        "\"incident_id\"", "\"scope\"",   "\"template_id\"", "\"value\"",   "\"service\"",
        "\"note\"",        "\"preview\"", "\"label\"",       "\"template\""};
    struct json_iter it = json_iter(object);
    struct json_value key, v;
    while (json_next(&it, &key, &v)) {
        size_t i = 0, n = sizeof names / sizeof names[0];
        while (i < n && !str_eq(key.text, str_of(names[i]))) {
            i++;
        }
        if (i == n) {
            return err_set(e, ERR_INVALID,
                           "%.*s is no member of this request: incident_id, scope, "
                           "template_id, value, service, note and preview are",
                           (int)(key.text.n < 64 ? key.text.n : 64), key.text.p);
        }
    }
    return ERR_NONE;
}

enum err_code normals_wish_read(const struct request *req, struct normals_wish *w,
                                struct err *e)
{
    struct json_value object;
    *w = (struct normals_wish){0};
    enum err_code code = incidents_object(req, &object, e);
    code = code ? code : check_names(object, e);
    return code ? code : take_members(req->arena, object, w, e);
}

/* --- which of them --- */

static bool is_wished(const struct normals_wish *w, const struct choice *c)
{
    char id[TEMPLATE_ID_BYTES];
    return c->answer.scope == w->scope &&
           (!w->template_id.p || w->scope == ANSWER_OF_SERVICE ||
            str_eq(w->template_id, verdict_template_id(c->template_id, id))) &&
           (!w->value.p || w->scope != ANSWER_OF_VALUE ||
            str_eq(w->value, c->answer.value)) &&
           (!w->service.p || str_eq(w->service, c->answer.service));
}

static bool is_one_enough(const struct normals_wish *w, const struct normals_chosen *out)
{
    return w->scope == ANSWER_OF_SERVICE && out->n == 1;
}

enum err_code normals_wish_choose(const struct normals_wish *w, const struct choices *all,
                                  struct normals_chosen *out, struct err *e)
{
    size_t n = 0;
    out->n = 0;
    for (size_t i = 0; i < all->n && !is_one_enough(w, out); i++) {
        if (is_wished(w, &all->list[i])) {
            n++;
            if (out->n < CHOICES_KINDS_MAX) {
                out->list[out->n++] = &all->list[i];
            }
        }
    }
    if (n == 0) {
        return err_set(e, ERR_INVALID,
                       "the incident has no such choice: GET /incidents/%lld lists them "
                       "in 'choices'",
                       (long long)w->incident_id);
    }
    if (n > 1 && w->scope == ANSWER_OF_VALUE) {
        return err_set(e, ERR_INVALID,
                       "the incident has %zu such choices: name one by its template_id "
                       "and value, as 'choices' in GET /incidents/%lld has them",
                       n, (long long)w->incident_id);
    }
    return ERR_NONE;
}
