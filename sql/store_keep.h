/* store_keep.h - how a store is kept within its bounds: what it takes, and how what is old
 * goes. More of the verbs of store.h, by the same rules.
 *
 * What goes, goes in small steps, each a transaction of its own, so that nobody waits long
 * for the lock: a step is at most STORE_PURGE_ROWS records, measured 16 ms (99 of 100 within
 * 60 ms, on a busy machine). */
#ifndef SQL_STORE_KEEP_H
#define SQL_STORE_KEEP_H

#include "fcgi/core/keep.h"
#include "sql/store.h"

enum {
    STORE_PURGE_ROWS = 2000,   /* of a table, in one step */
    STORE_PURGE_WALK = 2000,   /* batches that one step looks at */
    STORE_SHRINK_PAGES = 1000, /* given back to the file system in one step */
    STORE_INCIDENTS_WALK = 100 /* incidents that one step looks at */
};

/* All zero while there is no store. */
struct store_usage {
    int64_t used_bytes,
        unused_bytes;             /* of the file: what holds something, and the rest */
    int64_t journal_bytes;        /* of the file beside it */
    int64_t oldest_us, newest_us; /* receipt of the oldest batch that has records, and of
                                       * the newest; 0: none */
    int64_t first_incident, last_incident; /* ids; 0: none */
    int64_t newest_lane;                   /* a piece of time (store_lanes.h); 0: none */
    bool shrinks; /* unused bytes can be given back: the store was made by us */
};

enum err_code store_get_usage(struct store *s, struct store_usage *out,
                              struct err *e) MUST_USE;

/* What has gone. A batch's row goes after the last of its records; the newest row stays. */
struct store_purged {
    int64_t records, batches;
};

/* Drops the oldest records that were received before before_us, up to STORE_PURGE_ROWS: those
 * up to the batch at which the older ones outnumber the others by most. So a few that a clock
 * which was ahead has marked go with those beside them, and a few that one which was behind has
 * marked take no others with them. Records that were taken over from the prototype are as old as
 * the first batch after them. INT64_MAX: the oldest, whenever they came. */
enum err_code store_purge_records(struct store *s, int64_t before_us,
                                  struct store_purged *out, struct err *e) MUST_USE;

/* Of parts of files that were imported before before_us the marks go; and the parts
 * themselves, but for the newest rows_kept: then they would be stored again if they were
 * imported again. Up to STORE_PURGE_ROWS of each; *n have changed. */
enum err_code store_purge_imports(struct store *s, int64_t before_us, int64_t rows_kept,
                                  size_t *n, struct err *e) MUST_USE;

/* Drops the lanes after that piece of time, which a clock that was ahead has made: with them
 * all that comes at its right time would be too old to be kept. STORE_PURGE_ROWS at most. */
enum err_code store_purge_lanes(struct store *s, int64_t after_bucket, size_t *n,
                                struct err *e) MUST_USE;

/* Looks at the next STORE_INCIDENTS_WALK incidents from the id from on. Those to which
 * nothing has happened since before_us, by their records' times or by our clock, and that are
 * not muted beyond it, go with all that hangs on them; so do those with an id up to
 * through_id. */
struct store_incident_purge {
    int64_t before_us, from_id, through_id;
};
struct store_incidents_purged {
    int64_t incidents,
        rows;        /* rows: of other tables; STORE_PURGE_ROWS or a little more */
    int64_t next_id; /* where the next step goes on; 0: that was the last incident */
};
enum err_code store_purge_incidents(struct store *s, const struct store_incident_purge *p,
                                    struct store_incidents_purged *out,
                                    struct err *e) MUST_USE;

/* Sets what store_make_room goes by, and how large the file may become at all: what would make
 * it larger is ERR_FULL. A store that is larger already does not grow. */
enum err_code store_set_limits(struct store *s, const struct keep_limits *l,
                               struct err *e) MUST_USE;

/* In no transaction, before a write of so many bytes of records: is there room for it? It is
 * waited for until deadline_us (monotonic). ERR_FULL: the disk has less free than it should.
 * ERR_BUSY: somebody reads the store for so long that the journal beside it would grow beyond
 * its bound (sql/wal.h); the message says who. */
enum err_code store_make_room(struct store *s, size_t bytes, int64_t deadline_us,
                              struct err *e) MUST_USE;

/* In no transaction: makes the journal empty. ERR_BUSY: others write or read all the time. */
enum err_code store_empty_journal(struct store *s, int64_t deadline_us,
                                  struct err *e) MUST_USE;

/* Gives up to STORE_SHRINK_PAGES unused pages back to the file system; nothing where
 * store_usage.shrinks is false. */
enum err_code store_shrink(struct store *s, struct err *e) MUST_USE;

#endif
