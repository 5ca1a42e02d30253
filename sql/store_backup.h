/* store_backup.h - a copy of a store, also of one that is in use.
 *
 * The copy is the store as it was at one moment, and is checked. While it is made the journal
 * beside the store cannot be emptied (sql/wal.h): with very much coming in ingest may answer
 * 503 for a while. Measured: 55 MB a second with the check, on a
 * busy machine. */
#ifndef SQL_STORE_BACKUP_H
#define SQL_STORE_BACKUP_H

#include "fcgi/base/err.h"

#include <stdbool.h>

struct store_backup {
    const char *from,
        *to; /* to: made, or overwritten; if it fails, what is in it is of no use */
    /* Called now and then; NULL: it is not. checking: it is copied and now looked at. */
    void (*progress)(void *arg, int64_t done_bytes, int64_t all_bytes, bool checking);
    void *arg;
    int64_t bytes, records; /* set by it */
};

/* When it returns ERR_NONE the copy is on the disk, whole. ERR_NOT_FOUND: there is no store.
 * ERR_BUSY: another process makes a copy into the same file. ERR_INVALID, ERR_DOWN: from is not
 * a store of this version, or is damaged. ERR_FULL. The folder of `to` is not synced. */
enum err_code store_backup(struct store_backup *b, struct err *e) MUST_USE;

#endif
