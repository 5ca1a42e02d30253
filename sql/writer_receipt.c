/* writer_receipt.c - see writer_receipt.h. */
#include "sql/writer_receipt.h"

enum err_code writer_find_receipt(struct store *s, struct write_receipt *r, struct err *e)
{
    return store_find_receipt(s, &r->row, &r->state, r->reply, e);
}

enum err_code writer_put_receipt(struct store *s, struct write_receipt *r, struct err *e)
{
    struct store_receipt row = r->row;
    r->print(r->arg, r->reply);
    if (r->reply->failed) {
        return err_set(e, ERR_NOMEM, "not enough memory for the reply");
    }
    row.reply = buf_view(r->reply);
    return store_add_receipt(s, &row, e);
}
