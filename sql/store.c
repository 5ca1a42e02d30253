/* store.c - the verbs of store.h: checks what callers promise, then asks the back end. */
#include "sql/store_ops.h"

#include <assert.h>

enum err_code store_begin(struct store *s, int64_t deadline_us, struct err *e)
{
    assert(!s->in_transaction);
    enum err_code code = s->ops->begin(s, deadline_us, e);
    s->in_transaction = !code;
    return code;
}

enum err_code store_commit(struct store *s, struct err *e)
{
    assert(s->in_transaction);
    s->in_transaction = false;
    return s->ops->commit(s, e);
}

enum err_code store_data_version(struct store *s, int64_t *version, struct err *e)
{
    return s->ops->data_version(s, version, e);
}

void store_rollback(struct store *s)
{
    if (s->in_transaction) {
        s->in_transaction = false;
        s->ops->rollback(s);
    }
}

enum err_code store_add_batch(struct store *s, const struct store_batch *b,
                              struct store_batch_ids *ids, struct err *e)
{
    assert(s->in_transaction && b->n > 0);
    return s->ops->add_batch(s, b, ids, e);
}

int64_t store_next_log_id(struct store *s)
{
    assert(s->in_transaction);
    return s->ops->next_log_id(s);
}

enum err_code store_find_incident(struct store *s, const struct store_span *span,
                                  struct incident *out, bool *found, struct err *e)
{
    return s->ops->find_incident(s, span, out, found, e);
}

enum err_code store_put_incident(struct store *s, const struct store_incident *i,
                                 int64_t *id, struct err *e)
{
    assert(s->in_transaction);
    assert(i->summary.p || i->core.id != 0); /* a new one has words */
    return s->ops->put_incident(s, i, id, e);
}

enum err_code store_put_incident_key(struct store *s, const struct store_incident_key *k,
                                     struct err *e)
{
    assert(s->in_transaction && k->incident_id > 0);
    return s->ops->put_incident_key(s, k, e);
}

enum err_code store_list_incidents(struct store *s, int64_t before_id, size_t limit,
                                   store_incident_fn fn, void *arg, struct err *e)
{
    return s->ops->list_incidents(s, before_id, limit, fn, arg, e);
}

enum err_code store_select_incidents(struct store *s,
                                     const struct store_incident_query *q,
                                     store_incident_fn fn, void *arg, struct err *e)
{
    return s->ops->select_incidents(s, q, fn, arg, e);
}

enum err_code store_get_incident(struct store *s, int64_t id, store_incident_fn fn,
                                 void *arg, struct err *e)
{
    return s->ops->get_incident(s, id, fn, arg, e);
}

enum err_code store_put_life(struct store *s, const struct store_incident_life *l,
                             struct err *e)
{
    assert(s->in_transaction && l->incident_id > 0);
    return s->ops->put_life(s, l, e);
}

enum err_code store_add_history(struct store *s, const struct store_history *h,
                                struct err *e)
{
    assert(s->in_transaction && h->incident_id > 0 && h->event.n > 0);
    return s->ops->add_history(s, h, e);
}

enum err_code store_list_history(struct store *s, int64_t incident_id,
                                 store_history_fn fn, void *arg, struct err *e)
{
    return s->ops->list_history(s, incident_id, fn, arg, e);
}

enum err_code store_add_occurrence(struct store *s, const struct store_occurrence *o,
                                   struct err *e)
{
    assert(s->in_transaction && o->incident_id > 0);
    return s->ops->add_occurrence(s, o, e);
}

enum err_code store_list_occurrences(struct store *s, int64_t incident_id,
                                     struct occurrences list[static OCCURRENCES_MAX],
                                     size_t *n, int64_t *width_us, struct err *e)
{
    return s->ops->list_occurrences(s, incident_id, list, n, width_us, e);
}

enum err_code store_find_neighbours(struct store *s, int64_t log_id,
                                    struct store_neighbours *out, struct err *e)
{
    return s->ops->find_neighbours(s, log_id, out, e);
}

enum err_code store_add_lanes(struct store *s, const struct store_lane *lanes, size_t n,
                              struct err *e)
{
    assert(s->in_transaction);
    return s->ops->add_lanes(s, lanes, n, e);
}

enum err_code store_list_lanes(struct store *s, int64_t from, int64_t to,
                               store_lane_fn fn, void *arg, struct err *e)
{
    return s->ops->list_lanes(s, from, to, fn, arg, e);
}

enum err_code store_next_batch(struct store *s, int64_t from_id,
                               struct store_batch_row *out, bool *found, struct err *e)
{
    return s->ops->next_batch(s, from_id, out, found, e);
}

enum err_code store_last_batch(struct store *s, int64_t *id, struct err *e)
{
    return s->ops->last_batch(s, id, e);
}

enum err_code store_list_records(struct store *s, int64_t first_log_id, int64_t n,
                                 store_record_fn fn, void *arg, struct err *e)
{
    return s->ops->list_records(s, first_log_id, n, fn, arg, e);
}

enum err_code store_count_unscored(struct store *s, int64_t max, int64_t *n,
                                   struct err *e)
{
    return s->ops->count_unscored(s, max, n, e);
}

enum err_code store_put_note(struct store *s, const char *name, const char *value,
                             struct err *e)
{
    assert(s->in_transaction && strlen(value) < STORE_NOTE_BYTES);
    return s->ops->put_note(s, name, value, e);
}

enum err_code store_get_note(struct store *s, const char *name,
                             char out[static STORE_NOTE_BYTES], struct err *e)
{
    return s->ops->get_note(s, name, out, e);
}

enum err_code store_add_import(struct store *s, const struct store_import *i,
                               enum store_import_state *state, struct err *e)
{
    assert(s->in_transaction && i->records > 0);
    return s->ops->add_import(s, i, state, e);
}

enum err_code store_list_imports(struct store *s, const struct store_import_query *q,
                                 store_import_fn fn, void *arg, struct err *e)
{
    return s->ops->list_imports(s, q, fn, arg, e);
}

enum err_code store_find_import(struct store *s, const struct import_position *position,
                                store_import_fn fn, void *arg, struct err *e)
{
    return s->ops->find_import(s, position, fn, arg, e);
}

enum err_code store_add_answer(struct store *s, const struct store_answer *a, int64_t *id,
                               struct err *e)
{
    assert(s->in_transaction);
    return s->ops->answers->add(s, a, id, e);
}

enum err_code store_undo_answer(struct store *s, int64_t id, int64_t now_us,
                                struct err *e)
{
    assert(s->in_transaction);
    return s->ops->answers->undo(s, id, now_us, e);
}

enum err_code store_add_answered(struct store *s, const struct store_answered *row,
                                 struct err *e)
{
    assert(s->in_transaction);
    return s->ops->answers->add_answered(s, row, e);
}

enum err_code store_list_answered(struct store *s, int64_t answer_id,
                                  store_answered_fn fn, void *arg, struct err *e)
{
    return s->ops->answers->list_answered(s, answer_id, fn, arg, e);
}

enum err_code store_counting_answers(struct store *s, store_answer_fn fn, void *arg,
                                     struct err *e)
{
    return s->ops->answers->counting(s, fn, arg, e);
}

enum err_code store_list_answers(struct store *s, int64_t before_id, size_t limit,
                                 store_answer_fn fn, void *arg, struct err *e)
{
    return s->ops->answers->list(s, before_id, limit, fn, arg, e);
}

enum err_code store_answers_seq(struct store *s, int64_t *seq, struct err *e)
{
    return s->ops->answers->seq(s, seq, e);
}

enum err_code store_changed_answers(struct store *s, int64_t seq, store_answer_fn fn,
                                    void *arg, struct err *e)
{
    return s->ops->answers->changed(s, seq, fn, arg, e);
}

void store_close(struct store *s)
{
    if (s) {
        store_rollback(s);
        s->ops->close(s);
    }
}
