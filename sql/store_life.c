/* store_life.c - what becomes of incidents, in SQLite (store_life.h). */
#include "sql/store_sqlite.h"

/* --- lists --- */

static void bind_unless(sqlite3_stmt *stmt, int at, int64_t us, int64_t whichever)
{
    if (us != whichever) {
        sqlite3_bind_int64(stmt, at, us);
    }
}

static bool has_filter(const struct store_incident_query *q)
{
    return q->status != STORE_STATUS_ALL || q->service.p || q->text.p ||
           q->severity > 0 || q->since_us != INT64_MIN || q->until_us != INT64_MAX;
}

static enum statement statement_of(const struct store_incident_query *q)
{
    switch (q->status) {
    case STORE_STATUS_OPEN:
    case STORE_STATUS_ACKNOWLEDGED:
    case STORE_STATUS_ACTIVE:
        return SQL_SELECT_UNRESOLVED;
    case STORE_STATUS_RESOLVED:
        return SQL_SELECT_RESOLVED;
    case STORE_STATUS_MUTED:
        return SQL_SELECT_MUTED;
    case STORE_STATUS_ALL:
    default:
        return has_filter(q) ? SQL_SELECT_ALL : SQL_LIST_INCIDENTS;
    }
}

static void bind_query(sqlite3_stmt *stmt, const struct store_incident_query *q)
{
    sqlite3_bind_int64(stmt, 1, q->before_id);
    sqlite3_bind_int64(stmt, 2, (int64_t)q->limit);
    if (!has_filter(q)) {
        return; /* the plain list has no more */
    }
    db_bind_str(stmt, 3, q->service);
    if (q->severity > 0) {
        sqlite3_bind_double(stmt, 4, q->severity);
    }
    bind_unless(stmt, 5, q->since_us, INT64_MIN);
    bind_unless(stmt, 6, q->until_us, INT64_MAX);
    db_bind_str(stmt, 7, q->text);
    if (q->status != STORE_STATUS_ALL && q->status != STORE_STATUS_RESOLVED) {
        sqlite3_bind_int64(stmt, 8, q->now_us);
    }
    if (statement_of(q) == SQL_SELECT_UNRESOLVED) { /* which it must not be */
        static const int acknowledged[] = {[STORE_STATUS_OPEN] = 1,
                                           [STORE_STATUS_ACKNOWLEDGED] = 0,
                                           [STORE_STATUS_ACTIVE] = 2};
        sqlite3_bind_int(stmt, 9, acknowledged[q->status]);
    }
}

static enum err_code list_rows(sqlite3_stmt *stmt, store_incident_fn fn, void *arg,
                               struct err *e)
{
    bool row = true;
    enum err_code code;
    while (!(code = db_step(stmt, &row, e)) && row) {
        struct store_incident_row r = store_sqlite_incident_row(stmt);
        fn(arg, &r);
    }
    sqlite3_clear_bindings(stmt);
    return code;
}

enum err_code store_sqlite_select_incidents(struct store *s,
                                            const struct store_incident_query *q,
                                            store_incident_fn fn, void *arg,
                                            struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(s), statement_of(q), &stmt, e);
    if (code || !stmt) {
        return code;
    }
    bind_query(stmt, q);
    return list_rows(stmt, fn, arg, e);
}

enum err_code store_sqlite_get_incident(struct store *s, int64_t id, store_incident_fn fn,
                                        void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(s), SQL_GET_INCIDENT, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, id);
    return list_rows(stmt, fn, arg, e);
}

/* --- what people say, and what happened --- */

enum err_code store_sqlite_put_life(struct store *s, const struct store_incident_life *l,
                                    struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(sqlite(s), SQL_PUT_LIFE, &stmt, e);
    if (code) {
        return code;
    }
    db_bind_str(stmt, 1, str_of(incident_status_name(l->status)));
    bind_unless(stmt, 2, l->muted_until_us, 0);
    db_bind_str(stmt, 3, l->note);
    db_bind_str(stmt, 4, l->verdict);
    sqlite3_bind_int64(stmt, 5, l->changed_us);
    sqlite3_bind_int64(stmt, 6, l->incident_id);
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code;
}

/* The oldest beyond STORE_HISTORY_MAX go. */
static enum err_code drop_history(struct store *s, int64_t incident_id, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(sqlite(s), SQL_DROP_HISTORY, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, incident_id);
    sqlite3_bind_int64(stmt, 2, STORE_HISTORY_MAX);
    return db_run(stmt, e);
}

enum err_code store_sqlite_add_history(struct store *s, const struct store_history *h,
                                       struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(sqlite(s), SQL_ADD_HISTORY, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, h->incident_id);
    sqlite3_bind_int64(stmt, 2, h->at_us);
    db_bind_str(stmt, 3, h->event);
    db_bind_str(stmt, 4, h->note);
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code ? code : drop_history(s, h->incident_id, e);
}

enum err_code store_sqlite_list_history(struct store *s, int64_t incident_id,
                                        store_history_fn fn, void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err_code code = store_read_statement(sqlite(s), SQL_LIST_HISTORY, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, incident_id);
    sqlite3_bind_int64(stmt, 2, STORE_HISTORY_MAX);
    while (!(code = db_step(stmt, &row, e)) && row) {
        struct store_history h = {incident_id, sqlite3_column_int64(stmt, 0),
                                  db_column_str(stmt, 1), db_column_str(stmt, 2)};
        fn(arg, &h);
    }
    return code;
}

/* --- when it came --- */

static enum err_code read_width(struct store_sqlite *s, int64_t incident_id,
                                int64_t *width_us, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = false;
    enum err_code code = store_read_statement(s, SQL_GET_WIDTH, &stmt, e);
    *width_us = 0;
    if (!code && stmt) {
        sqlite3_bind_int64(stmt, 1, incident_id);
        code = db_step(stmt, &row, e);
        *width_us = !code && row ? sqlite3_column_int64(stmt, 0) : 0;
        sqlite3_reset(stmt);
    }
    *width_us = *width_us > 0 ? *width_us : OCCURRENCES_LEAST_US;
    return code;
}

/* The pieces, up to max of them. */
static enum err_code read_pieces(struct store_sqlite *s, int64_t incident_id,
                                 struct occurrences *list, size_t max, size_t *n,
                                 struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err_code code = store_read_statement(s, SQL_LIST_OCCURRENCES, &stmt, e);
    *n = 0;
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, incident_id);
    sqlite3_bind_int64(stmt, 2, (int64_t)max);
    while (!(code = db_step(stmt, &row, e)) && row) {
        list[(*n)++] = (struct occurrences){sqlite3_column_int64(stmt, 0),
                                            sqlite3_column_int64(stmt, 1),
                                            sqlite3_column_double(stmt, 2)};
    }
    return code;
}

/* touch: adds to the piece if it is there; else makes it. */
static enum err_code put_piece(struct store_sqlite *s, bool touch, int64_t incident_id,
                               const struct occurrences *piece, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code =
        store_statement(s, touch ? SQL_TOUCH_OCCURRENCE : SQL_ADD_OCCURRENCE, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, incident_id);
    sqlite3_bind_int64(stmt, 2, piece->at_us);
    sqlite3_bind_int64(stmt, 3, piece->count);
    sqlite3_bind_double(stmt, 4, piece->severity);
    return db_run(stmt, e);
}

static enum err_code put_width(struct store_sqlite *s, int64_t incident_id,
                               int64_t width_us, struct err *e)
{
    sqlite3_stmt *drop, *put;
    enum err_code code = store_statement(s, SQL_DROP_OCCURRENCES, &drop, e);
    code = code ? code : store_statement(s, SQL_PUT_WIDTH, &put, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(drop, 1, incident_id);
    sqlite3_bind_int64(put, 1, incident_id);
    sqlite3_bind_int64(put, 2, width_us);
    code = db_run(drop, e);
    return code ? code : db_run(put, e);
}

/* One more than may be: they become wider until they are few enough. */
static enum err_code widen(struct store_sqlite *s, int64_t incident_id,
                           struct occurrences *list, size_t n, int64_t width_us,
                           struct err *e)
{
    while (n > OCCURRENCES_MAX) {
        width_us = occurrences_wider(width_us);
        n = occurrences_merge(list, n, width_us);
    }
    enum err_code code = put_width(s, incident_id, width_us, e);
    for (size_t i = 0; !code && i < n; i++) {
        code = put_piece(s, false, incident_id, &list[i], e);
    }
    return code;
}

enum err_code store_sqlite_add_occurrence(struct store *store,
                                          const struct store_occurrence *o, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    struct occurrences list[OCCURRENCES_MAX + 1];
    int64_t width_us;
    size_t n;
    enum err_code code = read_width(s, o->incident_id, &width_us, e);
    struct occurrences piece = {0, o->count, o->severity};
    if (code) {
        return code;
    }
    piece.at_us = occurrences_start(o->at_us, width_us);
    code = put_piece(s, true, o->incident_id, &piece, e);
    if (code || sqlite3_changes(s->db) > 0) {
        return code;
    }
    code = put_piece(s, false, o->incident_id, &piece, e);
    code = code ? code : read_pieces(s, o->incident_id, list, OCCURRENCES_MAX + 1, &n, e);
    return code || n <= OCCURRENCES_MAX ? code
                                        : widen(s, o->incident_id, list, n, width_us, e);
}

enum err_code
store_sqlite_list_occurrences(struct store *s, int64_t incident_id,
                              struct occurrences list[static OCCURRENCES_MAX], size_t *n,
                              int64_t *width_us, struct err *e)
{
    enum err_code code = read_width(sqlite(s), incident_id, width_us, e);
    return code ? code : read_pieces(sqlite(s), incident_id, list, OCCURRENCES_MAX, n, e);
}

/* --- what stands around a record --- */

static enum err_code list_ids(struct store_sqlite *s, enum statement which,
                              int64_t log_id, int64_t ids[static STORE_NEIGHBOURS_MAX],
                              size_t *n, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err_code code = store_read_statement(s, which, &stmt, e);
    *n = 0;
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, log_id);
    sqlite3_bind_int64(stmt, 2, STORE_NEIGHBOURS_WALK);
    sqlite3_bind_int64(stmt, 3, STORE_NEIGHBOURS_MAX);
    while (!(code = db_step(stmt, &row, e)) && row) {
        ids[(*n)++] = sqlite3_column_int64(stmt, 0);
    }
    return code;
}

enum err_code store_sqlite_find_neighbours(struct store *s, int64_t log_id,
                                           struct store_neighbours *out, struct err *e)
{
    enum err_code code =
        list_ids(sqlite(s), SQL_BEFORE_LOG, log_id, out->before, &out->before_n, e);
    return code
               ? code
               : list_ids(sqlite(s), SQL_AFTER_LOG, log_id, out->after, &out->after_n, e);
}
