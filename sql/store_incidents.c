/* store_incidents.c - incidents in SQLite: find, put, list (store_incidents.h). */
#include "fcgi/base/clock.h"
#include "sql/store_sqlite.h"

/* Of a statement that begins with INCIDENT_CORE. */
static struct incident column_incident(sqlite3_stmt *stmt)
{
    struct incident i = {
        .id = sqlite3_column_int64(stmt, 0),
        .first_us = sqlite3_column_int64(stmt, 1),
        .last_us = sqlite3_column_int64(stmt, 2),
        .count = sqlite3_column_int64(stmt, 3),
        .severity = sqlite3_column_double(stmt, 4),
        .muted_until_us = sqlite3_column_int64(stmt, 6),
        .regressions = sqlite3_column_int64(stmt, 7),
        .told_severity = sqlite3_column_double(stmt, 8),
        .told_count = sqlite3_column_int64(stmt, 9),
    };
    incident_status_of(db_column_str(stmt, 5), &i.status);
    return i;
}

struct store_incident_row store_sqlite_incident_row(sqlite3_stmt *stmt)
{
    return (struct store_incident_row){
        .core = column_incident(stmt),
        .detected_at = db_column_str(stmt, 10),
        .service = db_column_str(stmt, 11),
        .summary = db_column_str(stmt, 12),
        .features = db_column_str(stmt, 13),
        .reasons = db_column_str(stmt, 14),
        .templates = db_column_str(stmt, 15),
        .templates_n = sqlite3_column_int64(stmt, 16),
        .note = db_column_str(stmt, 17),
        .verdict = db_column_str(stmt, 18),
        .changed_us = sqlite3_column_int64(stmt, 19),
    };
}

enum err_code store_sqlite_find_incident(struct store *store,
                                         const struct store_span *span,
                                         struct incident *out, bool *found, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, SQL_FIND_INCIDENT, &stmt, e);
    if (code) {
        return code;
    }
    db_bind_str(stmt, 1, span->key);
    sqlite3_bind_int64(stmt, 2, span->from_us);
    sqlite3_bind_int64(stmt, 3, span->to_us);
    code = db_step(stmt, found, e);
    if (!code && *found) {
        *out = column_incident(stmt);
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return code;
}

static void bind_core(sqlite3_stmt *stmt, const struct incident *i)
{
    sqlite3_bind_int64(stmt, 1, i->first_us);
    sqlite3_bind_int64(stmt, 2, i->last_us);
    sqlite3_bind_int64(stmt, 3, i->count);
    sqlite3_bind_double(stmt, 4, i->severity);
    db_bind_str(stmt, 5, str_of(incident_status_name(i->status)));
    sqlite3_bind_int64(stmt, 6, i->regressions);
    sqlite3_bind_double(stmt, 7, i->told_severity);
    sqlite3_bind_int64(stmt, 8, i->told_count);
}

enum err_code store_sqlite_put_incident(struct store *store,
                                        const struct store_incident *i, int64_t *id,
                                        struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    char when[CLOCK_TEXT_BYTES];
    sqlite3_stmt *stmt;
    bool is_new = i->core.id == 0, words = i->summary.p != NULL;
    enum statement which =
        is_new ? SQL_ADD_INCIDENT : (words ? SQL_WORSEN_INCIDENT : SQL_TOUCH_INCIDENT);
    enum err_code code = store_statement(s, which, &stmt, e);
    if (code) {
        return code;
    }
    bind_core(stmt, &i->core);
    if (words) {
        db_bind_str(stmt, 9, i->service);
        db_bind_str(stmt, 10, i->summary);
        db_bind_str(stmt, 11, i->features);
        db_bind_str(stmt, 12, i->reasons);
        sqlite3_bind_double(stmt, 13, i->threshold);
    }
    if (is_new) {
        db_bind_str(stmt, 14, i->key);
        db_bind_str(stmt, 15, clock_format(i->detected_us, when));
    } else {
        sqlite3_bind_int64(stmt, words ? 14 : 9, i->core.id);
    }
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    *id = is_new ? sqlite3_last_insert_rowid(s->db) : i->core.id;
    return code;
}

/* The incident's list of templates once more, with so many that are new in it. */
static enum err_code list_templates(struct store_sqlite *s, int64_t incident_id,
                                    int64_t added, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, SQL_LIST_TEMPLATES, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, incident_id);
    sqlite3_bind_int64(stmt, 2, added);
    sqlite3_bind_int64(stmt, 3, STORE_TEMPLATES_MAX);
    return db_run(stmt, e);
}

static enum err_code run_with_key(struct store_sqlite *s, enum statement which,
                                  const struct store_incident_key *k, int *changed,
                                  struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, which, &stmt, e);
    if (code) {
        return code;
    }
    struct str text = k->text.p ? k->text : STR("");
    sqlite3_bind_int64(stmt, 1, k->incident_id);
    db_bind_str(stmt, 2, k->key);
    sqlite3_bind_int64(stmt, 3, k->at_us);
    db_bind_str(stmt, 4, k->template ? text : STR_NONE);
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    *changed = sqlite3_changes(s->db);
    return code;
}

enum err_code store_sqlite_put_incident_key(struct store *store,
                                            const struct store_incident_key *k,
                                            struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    int touched = 0, added = 0;
    enum err_code code = run_with_key(s, SQL_TOUCH_KEY, k, &touched, e);
    if (!code && touched == 0) {
        code = run_with_key(s, SQL_ADD_KEY, k, &added, e);
    }
    return code || !k->template ? code : list_templates(s, k->incident_id, added, e);
}

enum err_code store_sqlite_list_incidents(struct store *store, int64_t before_id,
                                          size_t limit, store_incident_fn fn, void *arg,
                                          struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err_code code =
        store_read_statement(sqlite(store), SQL_LIST_INCIDENTS, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, before_id);
    sqlite3_bind_int64(stmt, 2, (int64_t)limit);
    while (!(code = db_step(stmt, &row, e)) && row) {
        struct store_incident_row r = store_sqlite_incident_row(stmt);
        fn(arg, &r);
    }
    return code;
}
