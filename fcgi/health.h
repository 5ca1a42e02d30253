/* health.h - GET /healthz: this process is there; GET /readyz: is all as it should be
 * (fcgi/core/readiness.h)? */
#ifndef HEALTH_H
#define HEALTH_H

#include "fcgi/base/config.h"
#include "fcgi/jobs/disk_usage.h"
#include "fcgi/programs.h"
#include "fcgi/scorer_status.h"
#include "fcgi/web/request.h"
#include "fcgi/web/response.h"

#define HEALTH_ALIVE "{\"status\":\"ok\"}" /* what /healthz answers */

/* All that there is to know, and what it means. Large. */
struct health {
    struct program_state ingest;
    struct scorer_status scorer;
    struct disk_usage disk;
    struct readiness_facts facts;
    struct readiness_answer answers[READINESS_CHECKS_N];
};
void health_look(const struct config *c, struct store *reader, int64_t now_us,
                 struct health *out);

/* 200 {"ready":true,"failing":[],"warnings":[],"store":{"state","why",...},"model":{...},
 * "lag":{...},"disk":{...}}; 503 with the same members beside those of an error. With
 * ?check=NAME only that one decides, and is there. */
enum err_code health_get_ready(const struct config *c, struct store *reader,
                               const struct request *req, struct response *resp,
                               struct err *e) MUST_USE;

#endif
