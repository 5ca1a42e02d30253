/* learn.h - POST /learn and GET /learn: the scoring service hears of committed batches.
 *
 * The request, from ingest (fcgi/jobs/outgoing.h), is
 *   {"store":ID, "from":{"batch":B,"records":R}, "state":ID or null, "confirmed":N,
 *    "begin":B, "batches":[{"id":..,"received_us":..,"raised":..,"unscored":..,"batch_n":..,
 *                "offset":..,"n":..,"first_log_id":..,"logs":[record, ...]}, ...],
 *    "answers":[{"answered_seq":..,"undone_seq":.. (0: it counts),"real":..,"fresh":..,
 *                "scope":..,"service":..,"template_id":..,"template":..,"examples":[..]}, ...]}
 * "first_log_id" is the store's id of the first of these n records; the others follow it.
 * "begin": batches with a lower id are not told, for they were learned by ingest itself or
 * were there before a service was named. The answer to both is
 *   {"state":ID, "store":ID or null, "position":{"batch":B,"records":R},
 *    "answers_seq":N, "learned":{"batches":..,"records":..}, "version":..,
 *    "model_error":TEXT or null}
 * and to POST also "minutes":[{"number":N,"counted_before":..,"from_us":..,"latest_us":..,
 * "count":..,"warn_count":..,"error_count":..,"failed_login_count":..,
 * and what verdict_print_members prints}, ...]: those up to "confirmed" do not come again. */
#ifndef SCORING_LEARN_H
#define SCORING_LEARN_H

#include "fcgi/core/batch.h"
#include "fcgi/web/router.h"
#include "scoring/state_parts.h"

struct learn_app {
    struct state *state;
    struct budget *bodies;
};

enum err_code learn_post(struct learn_app *app, const struct request *req,
                         struct response *resp, struct err *e) MUST_USE;
enum err_code learn_get(struct learn_app *app, struct response *resp,
                        struct err *e) MUST_USE;

#endif
