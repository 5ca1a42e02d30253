/* store_keep.c - the verbs of store_keep.h: checks what callers promise, then asks the back
 * end. */
#include "sql/store_ops.h"

#include <assert.h>

enum err_code store_get_usage(struct store *s, struct store_usage *out, struct err *e)
{
    return s->ops->keep->get_usage(s, out, e);
}

enum err_code store_purge_records(struct store *s, int64_t before_us,
                                  struct store_purged *out, struct err *e)
{
    assert(s->in_transaction);
    return s->ops->keep->purge_records(s, before_us, out, e);
}

enum err_code store_purge_imports(struct store *s, int64_t before_us, int64_t rows_kept,
                                  size_t *n, struct err *e)
{
    assert(s->in_transaction && rows_kept >= 0);
    return s->ops->keep->purge_imports(s, before_us, rows_kept, n, e);
}

enum err_code store_purge_lanes(struct store *s, int64_t after_bucket, size_t *n,
                                struct err *e)
{
    assert(s->in_transaction);
    return s->ops->keep->purge_lanes(s, after_bucket, n, e);
}

enum err_code store_purge_incidents(struct store *s, const struct store_incident_purge *p,
                                    struct store_incidents_purged *out, struct err *e)
{
    assert(s->in_transaction && p->from_id > 0);
    return s->ops->keep->purge_incidents(s, p, out, e);
}

enum err_code store_set_limits(struct store *s, const struct keep_limits *l,
                               struct err *e)
{
    assert(!s->in_transaction);
    return s->ops->keep->set_limits(s, l, e);
}

enum err_code store_make_room(struct store *s, size_t bytes, int64_t deadline_us,
                              struct err *e)
{
    assert(!s->in_transaction);
    return s->ops->keep->make_room(s, bytes, deadline_us, e);
}

enum err_code store_empty_journal(struct store *s, int64_t deadline_us, struct err *e)
{
    assert(!s->in_transaction);
    return s->ops->keep->empty_journal(s, deadline_us, e);
}

enum err_code store_shrink(struct store *s, struct err *e)
{
    assert(s->in_transaction);
    return s->ops->keep->shrink(s, e);
}
