/* receipts.h - a request that may be sent again: the Idempotency-Key of POST /ingest.
 *
 * The key and what the request was answered are kept with its records, in one transaction
 * (sql/store_receipts.h), for some days (jobs/expiry.h). Asked again, the same is answered, with
 * "duplicate":true, and nothing is stored. */
#ifndef FCGI_RECEIPTS_H
#define FCGI_RECEIPTS_H

#include "fcgi/jobs/shared_reader.h"
#include "fcgi/web/router.h"
#include "sql/writer.h"

/* The receipt that the request asks for, in its arena; NULL if it has no key. Called before
 * the body is read, which may change its bytes. variant: what else changes the meaning of
 * the request. Looks if it was answered before, so that a repeat costs little; then, and
 * only then, state is RECEIPT_SAME and reply holds the answer. What counts is what the
 * writer finds. ERR_INVALID: no good key; ERR_REUSED; ERR_NOMEM. */
enum err_code receipts_ask(struct shared_reader *r, const struct request *req,
                           bool variant, struct buf *reply, struct write_receipt **out,
                           struct err *e) MUST_USE;

/* When the writer has been asked: makes a reply of before one to a repeat. NULL allowed.
 * ERR_REUSED: the key was taken meanwhile. */
enum err_code receipts_finish(const struct write_receipt *r, struct err *e) MUST_USE;

#endif
