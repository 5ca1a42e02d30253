/* store_outbox_ops.h - the part of a back end (store_ops.h) that keeps notices and
 * messages. Each does what store_outbox.h says of the function of the same name. */
#ifndef SQL_STORE_OUTBOX_OPS_H
#define SQL_STORE_OUTBOX_OPS_H

#include "sql/store_outbox.h"

struct store_outbox_ops {
    enum err_code (*push_notice)(struct store *, const struct store_notice *,
                                 struct err *);
    enum err_code (*sum_notices)(struct store *, const struct store_notice_range *,
                                 struct store_notice_sum *, struct err *);
    enum err_code (*list_notices)(struct store *, const struct store_notice_range *,
                                  size_t limit, store_notice_fn, void *arg, struct err *);
    enum err_code (*last_notice)(struct store *, int64_t *id, struct err *);
    enum err_code (*find_notice)(struct store *, int64_t incident_id, enum notice_kind *,
                                 bool *found, struct err *);
    enum err_code (*add_message)(struct store *, const struct store_message *,
                                 struct err *);
    enum err_code (*next_message)(struct store *, const char *channel, int64_t now_us,
                                  store_message_fn, void *arg, struct err *);
    enum err_code (*put_outcome)(struct store *, const struct store_outcome *,
                                 struct err *);
    enum err_code (*list_messages)(struct store *, size_t limit, store_message_fn,
                                   void *arg, struct err *);
    enum err_code (*get_channel)(struct store *, const char *channel, int64_t recent_us,
                                 int64_t now_us, struct store_channel *, struct err *);
    enum err_code (*purge)(struct store *, const struct store_outbox_purge *, size_t *n,
                           struct err *);
};

extern const struct store_outbox_ops outbox_sqlite; /* of the SQLite back end */

#endif
