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

/* The only one that fits; a service is the incident's own if none is named. ERR_INVALID: none
 * does, or several do. */
enum err_code normals_wish_choose(const struct normals_wish *w, const struct choices *all,
                                  const struct choice **out, struct err *e) MUST_USE;

#endif
