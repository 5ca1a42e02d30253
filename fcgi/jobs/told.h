/* told.h - what ingest says to POST /learn and reads from its answer: the words of
 * scoring/learn.h on this side. */
#ifndef JOBS_TOLD_H
#define JOBS_TOLD_H

#include "fcgi/core/features.h"
#include "fcgi/core/verdict.h"
#include "scoring/answers.h"
#include "sql/store_answers.h"
#include "sql/store_read.h"

enum { TOLD_STATE_BYTES = 33, TOLD_MINUTES_MAX = 64, TOLD_REPLY_BYTES_MAX = 8 << 20 };

/* How far the service is: all batches with a lower id, and so many records of this one. */
struct told_position {
    int64_t batch, records;
};

struct told_request {
    const char *store, *state; /* ids; state "": none heard of yet */
    int64_t confirmed;         /* minutes up to this number are in the store */
    int64_t begin;             /* batches with a lower id are not for the service */
    struct told_position from;
    bool asks_only;                /* where the service is; no batches are told */
    const struct answers *answers; /* of the records that are told; NULL: none */
    int64_t answers_seq;           /* those after it are told too */
};

/* Prints the request, with what the store has from `from` on, as much as one may hold. *to
 * is where that ends; *more tells if there is more. A batch that one cannot hold with what
 * is before it begins the next; so where one is cut depends on nothing but itself, and it is
 * learned in the same parts whenever it is told. */
enum err_code told_print(struct store *reader, const struct told_request *r,
                         struct buf *out, struct told_position *to, bool *more,
                         struct err *e) MUST_USE;

/* An unusual minute of a service. */
struct told_minute {
    int64_t number;
    bool counted_before;
    struct features features;
    struct verdict verdict;
};

struct told_answer {
    char state[TOLD_STATE_BYTES];
    struct told_position position;
    int64_t answers_seq; /* answers up to it are taken up */
    char version[MODEL_VERSION_BYTES];
    char model_error[ERR_MSG_BYTES]; /* why it refused a trained model; "": it did not */
    struct told_minute *minutes;     /* in the arena */
    size_t minutes_n;
};

/* body is UTF-8 without NUL or not: checked. ERR_UPSTREAM: it is not such an answer. */
enum err_code told_read(struct arena *a, struct buf *body, struct told_answer *out,
                        struct err *e) MUST_USE;

#endif
