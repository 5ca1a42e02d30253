/* store_receipt_ops.h - the part of a back end (store_ops.h) that keeps what is known of
 * requests beside their records. Each does what store_receipts.h or store_rejected.h says of
 * the function of the same name. */
#ifndef SQL_STORE_RECEIPT_OPS_H
#define SQL_STORE_RECEIPT_OPS_H

#include "sql/store_receipts.h"
#include "sql/store_rejected.h"

struct store_receipt_ops {
    enum err_code (*find)(struct store *, const struct store_receipt *,
                          enum store_receipt_state *, struct buf *reply, struct err *);
    enum err_code (*add)(struct store *, const struct store_receipt *, struct err *);
    enum err_code (*purge)(struct store *, const struct store_receipt_purge *, size_t *n,
                           struct err *);
    enum err_code (*add_rejected)(struct store *, const struct store_rejected *,
                                  struct err *);
    enum err_code (*purge_rejected)(struct store *, int64_t before_us, size_t limit,
                                    size_t *n, struct err *);
    enum err_code (*list_rejected)(struct store *, int64_t before_id, size_t limit,
                                   store_rejected_fn, void *arg, struct err *);
};

extern const struct store_receipt_ops receipts_sqlite; /* of the SQLite back end */

#endif
