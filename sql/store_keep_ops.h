/* store_keep_ops.h - the part of a back end (store_ops.h) that keeps a store within its
 * bounds. Each does what store_keep.h says of the function of the same name. */
#ifndef SQL_STORE_KEEP_OPS_H
#define SQL_STORE_KEEP_OPS_H

#include "sql/store_keep.h"

struct store_keep_ops {
    enum err_code (*get_usage)(struct store *, struct store_usage *, struct err *);
    enum err_code (*purge_records)(struct store *, int64_t before_us,
                                   struct store_purged *, struct err *);
    enum err_code (*purge_imports)(struct store *, int64_t before_us, int64_t rows_kept,
                                   size_t *n, struct err *);
    enum err_code (*purge_lanes)(struct store *, int64_t after_bucket, size_t *n,
                                 struct err *);
    enum err_code (*purge_incidents)(struct store *, const struct store_incident_purge *,
                                     struct store_incidents_purged *, struct err *);
    enum err_code (*set_limits)(struct store *, const struct keep_limits *, struct err *);
    enum err_code (*make_room)(struct store *, size_t bytes, int64_t deadline_us,
                               struct err *);
    enum err_code (*empty_journal)(struct store *, int64_t deadline_us, struct err *);
    enum err_code (*shrink)(struct store *, struct err *);
};

extern const struct store_keep_ops store_sqlite_keep; /* of the SQLite back end */

#endif
