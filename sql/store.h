/* store.h - where records and incidents are kept, as verbs of the product. More of them in
 * store_incidents.h, store_read.h and store_imports.h.
 *
 * No SQL and no type of SQLite crosses this line. A writer is used by one thread of one
 * process at a time; a reader by one thread. What goes in is written between store_begin
 * and store_commit, all of it or nothing. A second back end (tests/fake/store_mem.c) has
 * to pass the same tests (tests/contract/test_store.c). */
#ifndef SQL_STORE_H
#define SQL_STORE_H

#include "fcgi/base/err.h"
#include "fcgi/core/record.h"

/* A batch to be added. */
struct store_batch {
    int64_t received_us;
    const struct record *records;
    size_t n;
    const char *scorer; /* "in-process", ... */
    bool scored;
    double score, raw_score; /* if scored */
    int64_t incident_id;     /* 0: none */
};

/* What store_add_batch made. The records' ids are first_log_id, + 1, ... */
struct store_batch_ids {
    int64_t batch_id, first_log_id;
};

struct store; /* opaque; what a back end has to be is in store_ops.h */

/* The SQLite back end. A writer makes the file if it is not there and becomes its owner:
 * ERR_BUSY if another process still is after wait_us. A file that another program made,
 * or a newer version of ours, is refused and not touched. */
enum err_code store_open_writer(const char *path, int64_t wait_us, struct store **out,
                                struct err *e) MUST_USE;

/* Whether store_open_writer would take the file now: looked at, not changed. ERR_BUSY if
 * another process owns it. */
enum err_code store_check(const char *path, struct err *e) MUST_USE;

/* Read-only, also in the writer's own process (then closed before it). The file need not be
 * there yet: lists are empty until it is. */
enum err_code store_open_reader(const char *path, struct store **out,
                                struct err *e) MUST_USE;

/* For a process beside the owner that changes what people decide: reads as a reader does,
 * and writes between store_begin and store_commit, under the same lock as the owner. The
 * file need not be there yet; store_begin is ERR_DOWN until it is. Used by one thread at a
 * time, and closed after all readers of its process (sql/filelock.h says why). */
enum err_code store_open_editor(const char *path, struct store **out,
                                struct err *e) MUST_USE;

/* A number that is another one when somebody else has committed since: another process, or
 * in this one another store. Its own commits do not change it. 0: there is no store yet. */
enum err_code store_data_version(struct store *s, int64_t *version,
                                 struct err *e) MUST_USE;

/* For a process that is about to end and has closed its reader: leaves one file behind
 * if nobody else has the store open (a reader that goes last cannot tidy up). */
void store_tidy(const char *path);

/* Waits for the right to write until deadline_us (monotonic): ERR_BUSY after it. */
enum err_code store_begin(struct store *s, int64_t deadline_us, struct err *e) MUST_USE;

/* When it returns ERR_NONE all since store_begin is on the disk. ERR_IO: not known;
 * any other error: nothing is stored. In both cases the transaction is over. */
enum err_code store_commit(struct store *s, struct err *e) MUST_USE;

/* Undoes what was done since store_begin; nothing if there was none. */
void store_rollback(struct store *s);

enum err_code store_add_batch(struct store *s, const struct store_batch *b,
                              struct store_batch_ids *ids, struct err *e) MUST_USE;

/* The id of the next record that is added in this transaction. */
int64_t store_next_log_id(struct store *s);

void store_close(struct store *s); /* NULL allowed; rolls back */

#endif
