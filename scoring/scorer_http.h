/* scorer_http.h - batches scored by the scoring service (scorer.h).
 *
 * One try within SCORER_CONNECT_MS and SCORER_TOTAL_MS, under a circuit breaker
 * (breaker.h): a service that is away costs a batch at most that, and then nothing. A reply
 * is used only if it is 200, JSON, names its model's version and holds a verdict that
 * verdict_read takes; all else is a failure, and the batch is unscored. */
#ifndef SCORING_SCORER_HTTP_H
#define SCORING_SCORER_HTTP_H

#include "scoring/scorer.h"

enum {
    SCORER_CONNECT_MS = 100,
    SCORER_TOTAL_MS = 1000,
    SCORER_REPLY_BYTES_MAX = 64 * 1024
};

struct scorer_http_options {
    const char *url;          /* ML_URL, completed (service_url.h); must stay */
    size_t request_bytes_max; /* a batch that needs more is unscored */
    int64_t total_ms;         /* SCORER_TOTAL_MS */
    const char *key;          /* SCORE_KEY; must stay. NULL or "": none */
};

enum err_code scorer_open_http(const struct scorer_http_options *options,
                               struct scorer **out, struct err *e) MUST_USE;

/* How it went lately. Any thread. */
struct scorer_health {
    bool open;      /* the breaker's pause is on: batches are not scored */
    struct err why; /* of the last batch that was not; code 0: there was none */
};
void scorer_http_health(struct scorer *s, struct scorer_health *out);

#endif
