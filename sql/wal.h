/* wal.h - inside the SQLite back end: the journal beside the store (the WAL) stays small.
 *
 * SQLite begins it anew only when nobody reads what is in it; a reader that stays, or many
 * that overlap, let it grow without bound. So from WAL_EMPTY_BYTES on the writer waits a
 * moment for readers to go and empties it, and what would take it beyond WAL_BYTES_MAX is
 * refused. Our own readers are never that long (STORE_READ_US in store_sqlite.h). */
#ifndef SQL_WAL_H
#define SQL_WAL_H

#include "sql/db.h"

#define WAL_EMPTY_BYTES (INT64_C(16) << 20)
#define WAL_BYTES_MAX   (INT64_C(64) << 20)
enum {
    WAL_PATIENCE_MS = 100, /* after a commit, for readers to go */
    WAL_RETRY_MS = 1000,   /* after they did not */
    WAL_WHO_BYTES = 128
};

/* Of the file beside the store; 0: there is none. */
int64_t wal_bytes(const char *store);

/* Empties it, if its readers go within wait_ms: ERR_BUSY if they do not. The caller holds
 * FILELOCK_WRITE and has no transaction. */
enum err_code wal_empty(sqlite3 *db, int64_t wait_ms, struct err *e) MUST_USE;

/* Which other process reads what is in it: "sqlite3, process 1234" into out; "": none is
 * known. */
void wal_reader(const char *store, char out[static WAL_WHO_BYTES]);

#endif
