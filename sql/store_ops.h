/* store_ops.h - what a back end of store.h has to be. Included by back ends only.
 *
 * A back end embeds struct store as its first member and fills ops with its own functions.
 * Each does what store.h and the other store_*.h say of the function of the same name;
 * store.c has checked what callers promise. */
#ifndef SQL_STORE_OPS_H
#define SQL_STORE_OPS_H

#include "sql/store_answers.h"
#include "sql/store_imports.h"
#include "sql/store_incidents.h"
#include "sql/store_keep_ops.h"
#include "sql/store_lanes.h"
#include "sql/store_life.h"
#include "sql/store_outbox_ops.h"
#include "sql/store_read.h"
#include "sql/store_receipt_ops.h"

struct store_answer_ops { /* store_answers.h */
    enum err_code (*add)(struct store *, const struct store_answer *, int64_t *id,
                         struct err *);
    enum err_code (*undo)(struct store *, int64_t id, int64_t now_us, struct err *);
    enum err_code (*counting)(struct store *, store_answer_fn, void *arg, struct err *);
    enum err_code (*list)(struct store *, int64_t before_id, size_t limit,
                          store_answer_fn, void *arg, struct err *);
    enum err_code (*add_answered)(struct store *, const struct store_answered *,
                                  struct err *);
    enum err_code (*list_answered)(struct store *, int64_t answer_id, store_answered_fn,
                                   void *arg, struct err *);
    enum err_code (*seq)(struct store *, int64_t *seq, struct err *);
    enum err_code (*changed)(struct store *, int64_t seq, store_answer_fn, void *arg,
                             struct err *);
};
extern const struct store_answer_ops store_sqlite_answers; /* of the SQLite back end */

struct store_ops {
    enum err_code (*begin)(struct store *, int64_t deadline_us, struct err *);
    enum err_code (*commit)(struct store *, struct err *);
    void (*rollback)(struct store *);
    enum err_code (*data_version)(struct store *, int64_t *version, struct err *);
    enum err_code (*add_batch)(struct store *, const struct store_batch *,
                               struct store_batch_ids *, struct err *);
    int64_t (*next_log_id)(struct store *);
    enum err_code (*find_incident)(struct store *, const struct store_span *,
                                   struct incident *, bool *found, struct err *);
    enum err_code (*put_incident)(struct store *, const struct store_incident *,
                                  int64_t *id, struct err *);
    enum err_code (*put_incident_key)(struct store *, const struct store_incident_key *,
                                      struct err *);
    enum err_code (*list_incidents)(struct store *, int64_t before_id, size_t limit,
                                    store_incident_fn, void *arg, struct err *);
    enum err_code (*select_incidents)(struct store *, const struct store_incident_query *,
                                      store_incident_fn, void *arg, struct err *);
    enum err_code (*get_incident)(struct store *, int64_t id, store_incident_fn,
                                  void *arg, struct err *);
    enum err_code (*put_life)(struct store *, const struct store_incident_life *,
                              struct err *);
    enum err_code (*add_history)(struct store *, const struct store_history *,
                                 struct err *);
    enum err_code (*list_history)(struct store *, int64_t incident_id, store_history_fn,
                                  void *arg, struct err *);
    enum err_code (*add_occurrence)(struct store *, const struct store_occurrence *,
                                    struct err *);
    enum err_code (*list_occurrences)(struct store *, int64_t incident_id,
                                      struct occurrences list[static OCCURRENCES_MAX],
                                      size_t *n, int64_t *width_us, struct err *);
    enum err_code (*find_neighbours)(struct store *, int64_t log_id,
                                     struct store_neighbours *, struct err *);
    enum err_code (*add_lanes)(struct store *, const struct store_lane *, size_t n,
                               struct err *);
    enum err_code (*list_lanes)(struct store *, int64_t from, int64_t to, store_lane_fn,
                                void *arg, struct err *);
    enum err_code (*next_batch)(struct store *, int64_t from_id, struct store_batch_row *,
                                bool *found, struct err *);
    enum err_code (*last_batch)(struct store *, int64_t *id, struct err *);
    enum err_code (*list_records)(struct store *, int64_t first_log_id, int64_t n,
                                  store_record_fn, void *arg, struct err *);
    enum err_code (*count_unscored)(struct store *, int64_t max, int64_t *n,
                                    struct err *);
    enum err_code (*put_note)(struct store *, const char *name, const char *value,
                              struct err *);
    enum err_code (*get_note)(struct store *, const char *name,
                              char out[static STORE_NOTE_BYTES], struct err *);
    enum err_code (*add_import)(struct store *, const struct store_import *,
                                enum store_import_state *, struct err *);
    enum err_code (*list_imports)(struct store *, const struct store_import_query *,
                                  store_import_fn, void *arg, struct err *);
    enum err_code (*find_import)(struct store *, const struct import_position *,
                                 store_import_fn, void *arg, struct err *);
    const struct store_answer_ops *answers;
    const struct store_outbox_ops *outbox;
    const struct store_keep_ops *keep;
    const struct store_receipt_ops *receipts;
    void (*close)(struct store *);
};
struct store {
    const struct store_ops *ops;
    bool in_transaction; /* kept by store.c: between begin and commit or rollback */
};

#endif
