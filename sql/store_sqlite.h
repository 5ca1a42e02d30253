/* store_sqlite.h - inside the SQLite back end: what its files share. Nobody else includes
 * it; the verbs are in store.h. */
#ifndef SQL_STORE_SQLITE_H
#define SQL_STORE_SQLITE_H

#include "fcgi/core/keep.h"
#include "sql/db.h"
#include "sql/statements.h"
#include "sql/store_ops.h"

enum store_role { STORE_READER, STORE_EDITOR, STORE_OWNER };

struct store_sqlite {
    struct store base;
    enum store_role role;
    char *path;
    sqlite3 *db;
    sqlite3_stmt *stmt[SQL_N];
    int lock_fd; /* -1 in a reader, and in an editor that has not written yet */
    int64_t next_log_id;
    int64_t read_until_us;     /* mono; a reader's statement ends by then; 0: no bound */
    struct keep_limits limits; /* all zero: none are set */
    bool damaged;              /* it was found to be: nothing more is written */
    int64_t emptied_us;        /* mono; when it was last tried to empty the journal */
};
/* A reader's statement takes no longer: for as long the journal cannot be emptied. */
#define STORE_READ_US (INT64_C(10) * 1000 * 1000)

static inline struct store_sqlite *sqlite(struct store *s)
{
    return (struct store_sqlite *)s;
}

enum err_code store_statement(struct store_sqlite *s, enum statement which,
                              sqlite3_stmt **out, struct err *e) MUST_USE;
/* Runs one that changes rows and has these two parameters; *n rows have changed. */
enum err_code store_change(struct store_sqlite *s, enum statement which, int64_t first,
                           int64_t second, int64_t *n, struct err *e) MUST_USE;
/* A statement that readers use too, who connect when there is something to read: *out is
 * NULL if there is nothing yet. */
enum err_code store_read_statement(struct store_sqlite *s, enum statement which,
                                   sqlite3_stmt **out, struct err *e) MUST_USE;
/* The only number that a statement without parameters gives; 0 if none, or no store yet. */
enum err_code store_read_number(struct store_sqlite *s, enum statement which,
                                int64_t *out, struct err *e) MUST_USE;

/* store_incidents.c */
enum err_code store_sqlite_find_incident(struct store *, const struct store_span *,
                                         struct incident *, bool *found,
                                         struct err *) MUST_USE;
enum err_code store_sqlite_put_incident(struct store *, const struct store_incident *,
                                        int64_t *id, struct err *) MUST_USE;
enum err_code store_sqlite_put_incident_key(struct store *,
                                            const struct store_incident_key *,
                                            struct err *) MUST_USE;
enum err_code store_sqlite_list_incidents(struct store *, int64_t before_id, size_t limit,
                                          store_incident_fn, void *arg,
                                          struct err *) MUST_USE;

/* One row of a list whose statement selects INCIDENT_ROW. */
struct store_incident_row store_sqlite_incident_row(sqlite3_stmt *stmt);

/* store_life.c: what becomes of incidents. */
enum err_code store_sqlite_select_incidents(struct store *,
                                            const struct store_incident_query *,
                                            store_incident_fn, void *arg,
                                            struct err *) MUST_USE;
enum err_code store_sqlite_get_incident(struct store *, int64_t id, store_incident_fn,
                                        void *arg, struct err *) MUST_USE;
enum err_code store_sqlite_put_life(struct store *, const struct store_incident_life *,
                                    struct err *) MUST_USE;
enum err_code store_sqlite_add_history(struct store *, const struct store_history *,
                                       struct err *) MUST_USE;
enum err_code store_sqlite_list_history(struct store *, int64_t incident_id,
                                        store_history_fn, void *arg,
                                        struct err *) MUST_USE;
enum err_code store_sqlite_add_occurrence(struct store *, const struct store_occurrence *,
                                          struct err *) MUST_USE;
enum err_code
store_sqlite_list_occurrences(struct store *, int64_t incident_id,
                              struct occurrences list[static OCCURRENCES_MAX], size_t *n,
                              int64_t *width_us, struct err *) MUST_USE;
enum err_code store_sqlite_find_neighbours(struct store *, int64_t log_id,
                                           struct store_neighbours *,
                                           struct err *) MUST_USE;

/* store_lanes.c: what each service sent when. */
enum err_code store_sqlite_add_lanes(struct store *, const struct store_lane *, size_t n,
                                     struct err *) MUST_USE;
enum err_code store_sqlite_list_lanes(struct store *, int64_t from, int64_t to,
                                      store_lane_fn, void *arg, struct err *) MUST_USE;

/* store_read.c: who else has written, what is read back of batches and records, and the notes. */
enum err_code store_sqlite_data_version(struct store *, int64_t *version,
                                        struct err *) MUST_USE;
enum err_code store_sqlite_next_batch(struct store *, int64_t from_id,
                                      struct store_batch_row *, bool *found,
                                      struct err *) MUST_USE;
enum err_code store_sqlite_last_batch(struct store *, int64_t *id, struct err *) MUST_USE;
enum err_code store_sqlite_list_records(struct store *, int64_t first_log_id, int64_t n,
                                        store_record_fn, void *arg,
                                        struct err *) MUST_USE;
enum err_code store_sqlite_count_unscored(struct store *, int64_t max, int64_t *n,
                                          struct err *) MUST_USE;
enum err_code store_sqlite_put_note(struct store *, const char *name, const char *value,
                                    struct err *) MUST_USE;
enum err_code store_sqlite_get_note(struct store *, const char *name,
                                    char out[static STORE_NOTE_BYTES],
                                    struct err *) MUST_USE;

enum err_code store_sqlite_add_import(struct store *, const struct store_import *,
                                      enum store_import_state *, struct err *) MUST_USE;
enum err_code store_sqlite_list_imports(struct store *, const struct store_import_query *,
                                        store_import_fn, void *arg,
                                        struct err *) MUST_USE;
enum err_code store_sqlite_find_import(struct store *, const struct import_position *,
                                       store_import_fn, void *arg, struct err *) MUST_USE;

#endif
