/* verdict.h - what the detector says of a batch or of a service's minute. */
#ifndef CORE_VERDICT_H
#define CORE_VERDICT_H

#include "fcgi/base/json.h"
#include "fcgi/core/record.h"

enum channel { CHANNEL_FAILED_LOGINS, CHANNEL_ERROR_SHARE };

enum { VERDICT_REASONS_MAX = 3, REASON_TEXT_BYTES = 640, MODEL_VERSION_BYTES = 64 };

struct reason {
    enum channel channel;
    double evidence; /* -log10 of p, the chance of this much or more when all is well */
    int64_t observed, of;         /* so many in so many records */
    int64_t usual_max;            /* not more than this in 99 of 100 ordinary cases */
    char text[REASON_TEXT_BYTES]; /* one sentence, UTF-8 */
};

struct verdict {
    double raw_score, score; /* 0..1; raw: before the alarm budget */
    struct str service;      /* whom it is about; p == NULL: several or none */
    struct reason reasons[VERDICT_REASONS_MAX]; /* strongest first */
    size_t reasons_n;                           /* at least 1 if score > 0 */
};

const char *channel_name(enum channel c); /* "failed_logins", "error_share" */

/* The reasons as an array of objects with all their parts, or of sentences only. */
void verdict_print_reasons(struct json_out *o, const struct verdict *v);
void verdict_print_sentences(struct json_out *o, const struct verdict *v);

/* The members "score", "raw_score", "service" and "reasons" of object back into a verdict,
 * as the scoring service writes them. Strict: scores finite and in 0..1, at least one
 * reason for a score above 0, texts within their limits; ERR_INVALID says what is wrong.
 * service is the object's or the arena's. */
enum err_code verdict_read(struct arena *a, struct json_value object, struct verdict *out,
                           struct err *e) MUST_USE;

#endif
