/* score.h - POST /score and GET /model-info: the detector asked, nothing stored, nothing
 * learned. */
#ifndef SCORING_SCORE_H
#define SCORING_SCORE_H

#include "fcgi/core/batch.h"
#include "fcgi/web/router.h"
#include "scoring/detector.h"

#include <stdatomic.h>

enum { SCORE_COUNT_MAX = 1000000 }; /* records that bare numbers may speak of */

struct score_app {
    double threshold;
    struct batch_limits limits;
    atomic_bool replica; /* another process owns what is learned, and learns */
};

/* The records of a request to /ingest or /score: its body, with the service of
 * "?service=" for lines and records that name none. */
enum err_code score_read_batch(const struct score_app *app, const struct request *req,
                               struct batch *out, struct err *e) MUST_USE;

/* {"features":{"failed_logins":n,"error_rate":x}}, the same two flat, with optional
 * "count" (records; default the larger of 10 and n), or records as for /ingest. */
enum err_code score_post(struct score_app *app, const struct request *req,
                         struct response *resp, struct err *e) MUST_USE;

enum err_code score_model_info(struct score_app *app, struct response *resp,
                               struct err *e) MUST_USE;

#endif
