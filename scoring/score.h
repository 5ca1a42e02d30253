/* score.h - POST /score and GET /model-info: the detector asked, nothing stored, nothing
 * learned. */
#ifndef SCORING_SCORE_H
#define SCORING_SCORE_H

#include "fcgi/core/batch.h"
#include "fcgi/web/router.h"
#include "scoring/state.h"

enum {
    SCORE_COUNT_MAX = 1000000, /* records that bare numbers may speak of */
    SCORE_SERVICES_MAX = 100   /* that GET /model-info lists */
};

struct score_app {
    double threshold;
    struct batch_limits limits;
    struct state *state; /* what scores; NULL: only score_read_batch is used */
    /* Marks records by what was answered; NULL: who asks has done that. */
    void (*mark)(void *arg, struct record *records, size_t n);
    void *mark_arg;
};

/* The records of a request to /ingest or /score: its body, with the service of
 * "?service=" for lines and records that name none; lenient: see batch.h. */
enum err_code score_read_batch(const struct score_app *app, const struct request *req,
                               bool lenient, struct batch *out, struct err *e) MUST_USE;

/* Records as for /ingest: their raw score; with "?live=1", as ingest asks, the score is the
 * one after the alarm budget. Or {"features":{"failed_logins":n,"error_rate":x}}, the same
 * two flat, with optional "count" (records; default the larger of 10 and n). ERR_BUSY: a
 * replay is under way. */
enum err_code score_post(struct score_app *app, const struct request *req,
                         struct response *resp, struct err *e) MUST_USE;

enum err_code score_model_info(struct score_app *app, struct response *resp,
                               struct err *e) MUST_USE;

#endif
