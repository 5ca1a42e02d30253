/* writer_receipt.h - the receipt of a job, in its transaction: a part of writer.c. */
#ifndef SQL_WRITER_RECEIPT_H
#define SQL_WRITER_RECEIPT_H

#include "sql/writer.h"

/* Was the request answered before? Sets the receipt's state and reply. */
enum err_code writer_find_receipt(struct store *s, struct write_receipt *r,
                                  struct err *e) MUST_USE;

/* Has the reply printed, and keeps it. ERR_NOMEM: it did not fit. */
enum err_code writer_put_receipt(struct store *s, struct write_receipt *r,
                                 struct err *e) MUST_USE;

#endif
