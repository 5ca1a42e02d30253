/* outbox_sqlite.c - notices and messages in SQLite (store_outbox.h). */
#include "sql/store_outbox_ops.h"
#include "sql/store_sqlite.h"

/* --- notices --- */

static enum err_code push_notice(struct store *store, const struct store_notice *n,
                                 struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(sqlite(store), SQL_PUSH_NOTICE, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, n->incident_id);
    db_bind_str(stmt, 2, str_of(notice_kind_name(n->kind)));
    sqlite3_bind_int(stmt, 3, notice_kind_is_old(n->kind));
    sqlite3_bind_int64(stmt, 4, n->at_us);
    sqlite3_bind_double(stmt, 5, n->severity);
    sqlite3_bind_int64(stmt, 6, n->first_us);
    sqlite3_bind_int64(stmt, 7, n->last_us);
    return db_run(stmt, e);
}

static void bind_range(sqlite3_stmt *stmt, const struct store_notice_range *r)
{
    sqlite3_bind_int(stmt, 1, r->old);
    sqlite3_bind_int64(stmt, 2, r->after_id);
    sqlite3_bind_int64(stmt, 3, r->to_id);
    sqlite3_bind_int64(stmt, 4, r->wanted_at_us);
}

static enum err_code sum_notices(struct store *store, const struct store_notice_range *r,
                                 struct store_notice_sum *out, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = false;
    enum err_code code = store_read_statement(sqlite(store), SQL_SUM_NOTICES, &stmt, e);
    *out = (struct store_notice_sum){0};
    if (code || !stmt) {
        return code;
    }
    bind_range(stmt, r);
    code = db_step(stmt, &row, e);
    if (!code && row) {
        *out = (struct store_notice_sum){
            .n = sqlite3_column_int64(stmt, 0),
            .first_id = sqlite3_column_int64(stmt, 1),
            .last_id = sqlite3_column_int64(stmt, 2),
            .incidents = sqlite3_column_int64(stmt, 3),
            .fresh = sqlite3_column_int64(stmt, 4),
            .regressions = sqlite3_column_int64(stmt, 5),
            .worse = sqlite3_column_int64(stmt, 6),
            .first_at_us = sqlite3_column_int64(stmt, 7),
            .last_at_us = sqlite3_column_int64(stmt, 8),
            .first_us = sqlite3_column_int64(stmt, 9),
            .last_us = sqlite3_column_int64(stmt, 10),
        };
    }
    sqlite3_reset(stmt);
    return code;
}

static enum err_code list_notices(struct store *store, const struct store_notice_range *r,
                                  size_t limit, store_notice_fn fn, void *arg,
                                  struct err *e)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err_code code = store_read_statement(sqlite(store), SQL_LIST_NOTICES, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    bind_range(stmt, r);
    sqlite3_bind_int64(stmt, 5, (int64_t)limit);
    while (!(code = db_step(stmt, &row, e)) && row) {
        struct store_notice n = {
            .id = sqlite3_column_int64(stmt, 0),
            .incident_id = sqlite3_column_int64(stmt, 1),
            .kind = notice_kind_of(db_column_str(stmt, 2)),
            .at_us = sqlite3_column_int64(stmt, 3),
            .severity = sqlite3_column_double(stmt, 4),
            .first_us = sqlite3_column_int64(stmt, 5),
            .last_us = sqlite3_column_int64(stmt, 6),
        };
        fn(arg, &n);
    }
    return code;
}

static enum err_code last_notice(struct store *store, int64_t *id, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = false;
    enum err_code code = store_read_statement(sqlite(store), SQL_LAST_NOTICE, &stmt, e);
    *id = 0;
    if (code || !stmt) {
        return code;
    }
    code = db_step(stmt, &row, e);
    *id = !code && row ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_reset(stmt);
    return code;
}

static enum err_code find_notice(struct store *store, int64_t incident_id,
                                 enum notice_kind *kind, bool *found, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(store), SQL_FIND_NOTICE, &stmt, e);
    *found = false;
    *kind = NOTICE_NONE;
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, incident_id);
    code = db_step(stmt, found, e);
    if (!code && *found) {
        *kind = notice_kind_of(db_column_str(stmt, 0));
    }
    sqlite3_reset(stmt);
    return code;
}

/* --- messages --- */

static enum err_code add_message(struct store *store, const struct store_message *m,
                                 struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(sqlite(store), SQL_ADD_MESSAGE, &stmt, e);
    if (code) {
        return code;
    }
    db_bind_str(stmt, 1, m->event_id);
    db_bind_str(stmt, 2, m->channel);
    db_bind_str(stmt, 3, str_of(notice_kind_name(m->kind)));
    if (m->incident_id > 0) {
        sqlite3_bind_int64(stmt, 4, m->incident_id);
    }
    sqlite3_bind_int64(stmt, 5, m->incidents);
    sqlite3_bind_int64(stmt, 6, m->created_us);
    db_bind_str(stmt, 7, m->subject);
    db_bind_str(stmt, 8, m->body);
    db_bind_str(stmt, 9, m->json);
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code;
}

static enum err_code call_for_messages(sqlite3_stmt *stmt, store_message_fn fn, void *arg,
                                       struct err *e)
{
    bool row;
    enum err_code code;
    while (!(code = db_step(stmt, &row, e)) && row) {
        struct store_message m = {
            .id = sqlite3_column_int64(stmt, 0),
            .event_id = db_column_str(stmt, 1),
            .channel = db_column_str(stmt, 2),
            .kind = notice_kind_of(db_column_str(stmt, 3)),
            .incident_id = sqlite3_column_int64(stmt, 4),
            .incidents = sqlite3_column_int64(stmt, 5),
            .created_us = sqlite3_column_int64(stmt, 6),
            .state = (enum outbox_state)sqlite3_column_int(stmt, 7),
            .attempts = sqlite3_column_int64(stmt, 8),
            .next_us = sqlite3_column_int64(stmt, 9),
            .ended_us = sqlite3_column_int64(stmt, 10),
            .last_error = db_column_str(stmt, 11),
            .subject = db_column_str(stmt, 12),
            .body = db_column_str(stmt, 13),
            .json = db_column_str(stmt, 14),
        };
        fn(arg, &m);
    }
    sqlite3_clear_bindings(stmt);
    return code;
}

static enum err_code next_message(struct store *store, const char *channel,
                                  int64_t now_us, store_message_fn fn, void *arg,
                                  struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(store), SQL_NEXT_MESSAGE, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    db_bind_str(stmt, 1, str_of(channel));
    sqlite3_bind_int64(stmt, 2, now_us);
    return call_for_messages(stmt, fn, arg, e);
}

static enum err_code put_outcome(struct store *store, const struct store_outcome *o,
                                 struct err *e)
{
    sqlite3_stmt *stmt;
    bool ended = o->state != OUTBOX_WAITING;
    enum err_code code = store_statement(
        sqlite(store), ended ? SQL_END_MESSAGE : SQL_RETRY_MESSAGE, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, o->id);
    db_bind_str(stmt, 2, o->error);
    sqlite3_bind_int64(stmt, 3, o->at_us);
    sqlite3_bind_int64(stmt, 4, ended ? (int64_t)o->state : o->next_us);
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code;
}

static enum err_code list_messages(struct store *store, size_t limit, store_message_fn fn,
                                   void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(store), SQL_LIST_MESSAGES, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, (int64_t)limit);
    return call_for_messages(stmt, fn, arg, e);
}

static void take_channel(sqlite3_stmt *stmt, struct store_channel *out)
{
    struct str error = db_column_str(stmt, 6);
    *out = (struct store_channel){
        .waiting = sqlite3_column_int64(stmt, 0),
        .undeliverable = sqlite3_column_int64(stmt, 1),
        .recent = sqlite3_column_int64(stmt, 2),
        .next_us = sqlite3_column_int64(stmt, 3),
        .last_delivered_us = sqlite3_column_int64(stmt, 4),
        .last_error_us = sqlite3_column_int64(stmt, 5),
    };
    size_t n = error.n < OUTBOX_ERROR_BYTES ? error.n : OUTBOX_ERROR_BYTES - 1;
    memcpy(out->last_error, error.n > 0 ? error.p : "", n);
}

static enum err_code get_channel(struct store *store, const char *channel,
                                 int64_t recent_us, int64_t now_us,
                                 struct store_channel *out, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = false;
    enum err_code code = store_read_statement(sqlite(store), SQL_GET_CHANNEL, &stmt, e);
    *out = (struct store_channel){0};
    if (code || !stmt) {
        return code;
    }
    db_bind_str(stmt, 1, str_of(channel));
    sqlite3_bind_int64(stmt, 2, recent_us);
    sqlite3_bind_int64(stmt, 3, now_us);
    code = db_step(stmt, &row, e);
    if (!code && row) {
        take_channel(stmt, out);
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return code;
}

static enum err_code purge_table(struct store_sqlite *s, enum statement which,
                                 const struct store_outbox_purge *p, size_t *n,
                                 struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, which, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, p->before_us);
    sqlite3_bind_int64(stmt, 2, p->rows_max);
    sqlite3_bind_int64(stmt, 3, (int64_t)p->limit);
    if (which == SQL_PURGE_NOTICES) {
        sqlite3_bind_int64(stmt, 4, p->told_id);
    }
    code = db_run(stmt, e);
    *n += code ? 0 : (size_t)sqlite3_changes(s->db);
    return code;
}

static enum err_code purge(struct store *store, const struct store_outbox_purge *p,
                           size_t *n, struct err *e)
{
    *n = 0;
    enum err_code code = purge_table(sqlite(store), SQL_PURGE_MESSAGES, p, n, e);
    return code ? code : purge_table(sqlite(store), SQL_PURGE_NOTICES, p, n, e);
}

const struct store_outbox_ops outbox_sqlite = {
    .push_notice = push_notice,
    .sum_notices = sum_notices,
    .list_notices = list_notices,
    .last_notice = last_notice,
    .find_notice = find_notice,
    .add_message = add_message,
    .next_message = next_message,
    .put_outcome = put_outcome,
    .list_messages = list_messages,
    .get_channel = get_channel,
    .purge = purge,
};
