/* normals.h - "that is normal": GET and POST /normals, DELETE /normals/{id}; and what the
 * handlers of incidents need of it. */
#ifndef FCGI_NORMALS_H
#define FCGI_NORMALS_H

#include "fcgi/incident_case.h"
#include "fcgi/incidents.h"

enum err_code normals_get(void *app, const struct request *req, struct response *resp,
                          struct err *e);
enum err_code normals_post(void *app, const struct request *req, struct response *resp,
                           struct err *e);
enum err_code normals_delete(void *app, const struct request *req, struct response *resp,
                             struct err *e);

/* "choices":[..]: what of the incident can be declared normal. */
enum err_code normals_put_choices(struct store *reader, int64_t incident_id,
                                  struct arena *a, struct json_out *o,
                                  struct err *e) MUST_USE;

/* In a transaction of the editor's: the incident is real, so what was new in it is never to
 * be learned. What of it was answered so before stays. */
enum err_code normals_add_real(struct incidents *in, int64_t incident_id, int64_t now_us,
                               struct arena *a, struct err *e) MUST_USE;
/* The same: it is not, after all. */
enum err_code normals_undo_real(struct incidents *in, int64_t incident_id, int64_t now_us,
                                struct err *e) MUST_USE;

#endif
