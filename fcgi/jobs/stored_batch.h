/* stored_batch.h - the records of a batch out of the store, as they were when it was
 * committed: for who learns it once more. */
#ifndef JOBS_STORED_BATCH_H
#define JOBS_STORED_BATCH_H

#include "fcgi/base/arena.h"
#include "sql/store_read.h"

struct stored_batch {
    struct record *records; /* in the arena, texts too */
    size_t n;               /* some may have been deleted since */
};

/* Those of row from record offset on. ERR_NOMEM: the arena has no room for them. */
enum err_code stored_batch_read(struct store *reader, const struct store_batch_row *row,
                                int64_t offset, struct arena *a, struct stored_batch *out,
                                struct err *e) MUST_USE;

#endif
