/* store_read.h - what a store gives back of its batches and records, and its notes: more of
 * the verbs of store.h, by the same rules. A reader that finds no store yet finds nothing. */
#ifndef SQL_STORE_READ_H
#define SQL_STORE_READ_H

#include "sql/store.h"

/* A batch that is there. */
struct store_batch_row {
    int64_t id, received_us, first_log_id, n;
    int64_t incident_id; /* 0: none */
    bool unscored;
};

/* One record that is there; its texts, timestamp, service, level, message, metadata, are
 * valid until the callback returns, and of what another program may have made of them:
 * empty, no UTF-8, no JSON. The rest of the record is not filled, but event_us is. Returns
 * false to end the list. */
typedef bool (*store_record_fn)(void *arg, int64_t log_id, const struct record *r);

/* The batch with the lowest id that is at least from_id. */
enum err_code store_next_batch(struct store *s, int64_t from_id,
                               struct store_batch_row *out, bool *found,
                               struct err *e) MUST_USE;

/* The highest id of a batch; 0 if there is none. */
enum err_code store_last_batch(struct store *s, int64_t *id, struct err *e) MUST_USE;

/* The records with ids first_log_id .. first_log_id + n - 1 that are there, by id. */
enum err_code store_list_records(struct store *s, int64_t first_log_id, int64_t n,
                                 store_record_fn fn, void *arg, struct err *e) MUST_USE;

/* How many batches have no score, counted up to max. */
enum err_code store_count_unscored(struct store *s, int64_t max, int64_t *n,
                                   struct err *e) MUST_USE;

/* A note: a text of at most STORE_NOTE_BYTES - 1 bytes under a name. STORE_ID is there from
 * the beginning, another one for each store, and changes only if the store is found to have
 * been put back from a copy (fcgi/jobs/outgoing.c). */
#define STORE_ID "store_id"
enum { STORE_NOTE_BYTES = 2048 };
enum err_code store_put_note(struct store *s, const char *name, const char *value,
                             struct err *e) MUST_USE;
/* "" if there is none (or no store yet), or one that is too long. */
enum err_code store_get_note(struct store *s, const char *name,
                             char out[static STORE_NOTE_BYTES], struct err *e) MUST_USE;

#endif
