/* writer.h - the one thread of a store that writes: a group commit.
 *
 * Any thread submits a job and waits. The writer takes all that wait (at most
 * WRITER_GROUP_RECORDS_MAX records or _BYTES_MAX a transaction), writes them in one, and
 * wakes their threads when it is on the disk; then it lets the detector learn them, in
 * commit order. So the sync, which is what a commit costs, is shared, and nothing is
 * learned that was not stored. Measured with 32 connections, one record each: 8,090
 * requests a second against 3,160 with a commit a request.
 *
 * If a group fails after it was begun, and not in its commit with an unknown outcome, its
 * jobs are tried one by one, so that one bad batch does not take others with it. */
#ifndef SQL_WRITER_H
#define SQL_WRITER_H

#include "fcgi/core/incident_life.h"
#include "sql/store.h"
#include "sql/store_imports.h"
#include "sql/store_receipts.h"

#include <semaphore.h>

enum {
    WRITER_GROUP_RECORDS_MAX = 100000,
    WRITER_GROUP_JOBS_MAX = 512,
    WRITER_GROUP_BYTES_MAX = 16 << 20, /* of records; a larger batch goes alone */
    WRITER_RECORD_BYTES = 100          /* that a record takes beside its texts */
};

/* A note to be put (store_read.h). */
struct write_note {
    const char *name, *value;
};

/* A request that may come again. If it has been answered, nothing of its job is written. */
struct write_receipt {
    struct store_receipt row; /* without its reply */
    /* Appends the reply to *reply: called by the writer's thread in the transaction when
     * ids and incident are known, and again if that one failed. */
    void (*print)(void *arg, struct buf *reply);
    void *arg;
    struct buf *reply; /* the submitter's; RECEIPT_SAME: what was answered before */
    enum store_receipt_state state; /* set as the job's ids are */
};

/* What is to be written: a batch, or (records NULL) only what a minute's window says; and
 * notes. */
struct write_job {
    /* set by the submitter; all must stay until writer_wait_learned returned */
    const struct record *records;
    size_t n;
    const struct features *features;
    const struct verdict *verdict; /* NULL: not scored */
    const char *scorer;
    int64_t now_us;                    /* time of receipt */
    bool counted_before;               /* see struct occurrence */
    const struct store_import *import; /* the part of a file that they are; NULL: none */
    struct write_receipt *receipt;     /* NULL: none */
    const struct write_note *notes;
    size_t notes_n;
    /* More to be written in the transaction, by verbs of the store; NULL: nothing. It may be
     * called again, in another transaction, if the first one failed. */
    enum err_code (*also)(void *arg, struct store *s, struct err *e);
    void *also_arg;
    size_t also_bytes; /* that clients have sent of it: there must be room for them */
    /* Not NULL: only this, in no transaction: it makes its own, one or several small ones,
     * between the groups of others. records and the rest are not looked at. */
    enum err_code (*apart)(void *arg, struct store *s, int64_t deadline_us,
                           struct err *e);
    void *apart_arg;

    /* set when writer_submit returned ERR_NONE */
    struct store_batch_ids ids;
    int64_t incident_id;       /* 0: none was opened or extended */
    enum incident_event event; /* what that meant for the incident */
    /* Not IMPORT_ADDED: nothing was stored; nor with a receipt that is not RECEIPT_NONE. */
    enum store_import_state import_state;
    bool noticed; /* somebody is to be told of it */

    /* the writer's own */
    struct write_job *next;
    int64_t deadline_us;
    size_t bytes; /* of what clients have sent, in the store */
    enum err_code code;
    struct err err;
    sem_t done, learned;
};

struct writer;
struct writer_options {
    double threshold;
    int64_t wait_us; /* how long a job may wait for the store's lock */
    /* Called by the writer's thread for each committed batch, in commit order. */
    void (*learn)(void *arg, const struct write_job *job);
    void *learn_arg;
    /* Somebody is told of incidents: called by the writer's thread when there is something to
     * tell, after its commit. NULL: nobody is. */
    void (*noticed)(void *arg);
    void *noticed_arg;
};

/* Starts the thread. The store is the writer's until writer_stop. */
enum err_code writer_start(struct store *store, const struct writer_options *options,
                           struct writer **out, struct err *e) MUST_USE;

/* Hands over a job and waits until it is stored (ERR_NONE) or refused. Whatever it
 * returns, writer_wait_learned must be called once before the job and its records go. */
enum err_code writer_submit(struct writer *w, struct write_job *job,
                            struct err *e) MUST_USE;

/* Waits until the writer is done with the job: learned, or not to be. */
void writer_wait_learned(struct write_job *job);

/* Finishes what was submitted and ends the thread. Nothing may be submitted any more.
 * NULL allowed. */
void writer_stop(struct writer *w);

#endif
