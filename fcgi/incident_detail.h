/* incident_detail.h - one incident with all that is known of it: the reply of GET
 * /incidents/{id}, and of what changes it. */
#ifndef FCGI_INCIDENT_DETAIL_H
#define FCGI_INCIDENT_DETAIL_H

#include "fcgi/incidents.h"

/* {"incident":{...}} into resp; ERR_NOT_FOUND if there is no incident req->id. */
enum err_code incident_detail_put(struct incidents *in, const struct request *req,
                                  struct response *resp, struct err *e) MUST_USE;

/* "there is no incident 7". */
enum err_code incident_detail_missing(int64_t id, struct err *e) MUST_USE;

#endif
