/* store_receipts.c - the verbs of store_receipts.h and store_rejected.h: checks what callers
 * promise, then asks the back end. */
#include "sql/store_receipts.h"

#include "sql/store_ops.h"

#include <assert.h>

enum err_code store_find_receipt(struct store *s, const struct store_receipt *asked,
                                 enum store_receipt_state *state, struct buf *reply,
                                 struct err *e)
{
    *state = RECEIPT_NONE;
    buf_clear(reply);
    return s->ops->receipts->find(s, asked, state, reply, e);
}

enum err_code store_add_receipt(struct store *s, const struct store_receipt *r,
                                struct err *e)
{
    assert(s->in_transaction && r->key.n > 0 && r->key.n <= RECEIPT_KEY_BYTES_MAX);
    if (r->reply.n > RECEIPT_REPLY_BYTES_MAX) {
        return err_set(e, ERR_TOO_LARGE, "a reply of more than %d bytes is not kept",
                       RECEIPT_REPLY_BYTES_MAX);
    }
    return s->ops->receipts->add(s, r, e);
}

enum err_code store_purge_receipts(struct store *s, const struct store_receipt_purge *p,
                                   size_t *n, struct err *e)
{
    assert(s->in_transaction);
    return s->ops->receipts->purge(s, p, n, e);
}

enum err_code store_add_rejected(struct store *s, const struct store_rejected *r,
                                 struct err *e)
{
    assert(s->in_transaction && r->reason.n > 0);
    return s->ops->receipts->add_rejected(s, r, e);
}

enum err_code store_purge_rejected(struct store *s, int64_t before_us, size_t limit,
                                   size_t *n, struct err *e)
{
    assert(s->in_transaction);
    *n = 0;
    return s->ops->receipts->purge_rejected(s, before_us, limit, n, e);
}

enum err_code store_list_rejected(struct store *s, int64_t before_id, size_t limit,
                                  store_rejected_fn fn, void *arg, struct err *e)
{
    assert(limit > 0 && limit <= REJECTED_ROWS_MAX);
    return s->ops->receipts->list_rejected(s, before_id, limit, fn, arg, e);
}
