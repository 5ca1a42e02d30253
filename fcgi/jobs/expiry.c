/* expiry.c - see expiry.h. */
#include "fcgi/jobs/expiry.h"

#include "sql/store_receipts.h"
#include "sql/store_rejected.h"

int64_t expiry_receipts_max(int64_t store_bytes_max)
{
    int64_t n = store_bytes_max / EXPIRY_STORE_SHARE / RECEIPT_BYTES;
    return n < EXPIRY_RECEIPTS_MAX ? n : EXPIRY_RECEIPTS_MAX;
}

enum err_code expiry_step(struct store *s, int64_t now_us, int64_t receipts_max,
                          size_t *n, struct err *e)
{
    struct store_receipt_purge what = {now_us - EXPIRY_RECEIPTS_US, receipts_max,
                                       EXPIRY_STEP_ROWS};
    size_t receipts, rejected = 0;
    enum err_code code = store_purge_receipts(s, &what, &receipts, e);
    code = code ? code
                : store_purge_rejected(s, now_us - EXPIRY_REJECTED_US, EXPIRY_STEP_ROWS,
                                       &rejected, e);
    *n = code ? 0 : receipts + rejected;
    return code;
}
