/* normals_wish.h - the body of POST /normals, and which of an incident's choices it means. */
#ifndef FCGI_NORMALS_WISH_H
#define FCGI_NORMALS_WISH_H

#include "fcgi/web/request.h"
#include "scoring/choices.h"

/* Texts are views into the request or its arena; p NULL: not said. */
struct normals_wish {
    int64_t incident_id;
    enum answer_scope scope;
    struct str template_id, value, service, note;
    bool preview;
};

enum err_code normals_wish_read(const struct request *req, struct normals_wish *w,
                                struct err *e) MUST_USE;

/* Those that are meant: of a template all kinds of messages in the incident if none is
 * named; else the only one that fits, of services the incident's own if none is named.
 * ERR_INVALID: none does, or several values do. */
struct normals_chosen {
    const struct choice *list[CHOICES_KINDS_MAX];
    size_t n;
};
enum err_code normals_wish_choose(const struct normals_wish *w, const struct choices *all,
                                  struct normals_chosen *out, struct err *e) MUST_USE;

#endif
