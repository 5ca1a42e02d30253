/* store_outbox.c - the verbs of store_outbox.h: checks what callers promise, then asks the
 * back end. */
#include "sql/store_outbox.h"

#include "sql/store_ops.h"

#include <assert.h>

enum err_code store_push_notice(struct store *s, const struct store_notice *n,
                                struct err *e)
{
    assert(s->in_transaction && n->incident_id > 0);
    assert(n->kind > NOTICE_NONE && n->kind <= NOTICE_OLD_WORSE);
    return s->ops->outbox->push_notice(s, n, e);
}

enum err_code store_sum_notices(struct store *s, const struct store_notice_range *r,
                                struct store_notice_sum *out, struct err *e)
{
    return s->ops->outbox->sum_notices(s, r, out, e);
}

enum err_code store_list_notices(struct store *s, const struct store_notice_range *r,
                                 size_t limit, store_notice_fn fn, void *arg,
                                 struct err *e)
{
    return s->ops->outbox->list_notices(s, r, limit, fn, arg, e);
}

enum err_code store_last_notice(struct store *s, int64_t *id, struct err *e)
{
    return s->ops->outbox->last_notice(s, id, e);
}

enum err_code store_find_notice(struct store *s, int64_t incident_id,
                                enum notice_kind *kind, bool *found, struct err *e)
{
    return s->ops->outbox->find_notice(s, incident_id, kind, found, e);
}

enum err_code store_add_message(struct store *s, const struct store_message *m,
                                struct err *e)
{
    assert(s->in_transaction && m->channel.n < OUTBOX_CHANNEL_BYTES);
    return s->ops->outbox->add_message(s, m, e);
}

enum err_code store_next_message(struct store *s, const char *channel, int64_t now_us,
                                 store_message_fn fn, void *arg, struct err *e)
{
    return s->ops->outbox->next_message(s, channel, now_us, fn, arg, e);
}

enum err_code store_put_outcome(struct store *s, const struct store_outcome *o,
                                struct err *e)
{
    assert(s->in_transaction && o->error.n < OUTBOX_ERROR_BYTES);
    return s->ops->outbox->put_outcome(s, o, e);
}

enum err_code store_list_messages(struct store *s, size_t limit, store_message_fn fn,
                                  void *arg, struct err *e)
{
    return s->ops->outbox->list_messages(s, limit, fn, arg, e);
}

enum err_code store_get_channel(struct store *s, const char *channel, int64_t recent_us,
                                int64_t now_us, struct store_channel *out, struct err *e)
{
    return s->ops->outbox->get_channel(s, channel, recent_us, now_us, out, e);
}

enum err_code store_purge_outbox(struct store *s, const struct store_outbox_purge *p,
                                 size_t *n, struct err *e)
{
    assert(s->in_transaction);
    return s->ops->outbox->purge(s, p, n, e);
}
