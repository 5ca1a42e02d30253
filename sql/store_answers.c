/* store_answers.c - answers to incidents in SQLite (store_answers.h). */
#include "sql/store_sqlite.h"

static enum err_code answers_seq(struct store *s, int64_t *seq, struct err *e)
{
    return store_read_number(sqlite(s), SQL_ANSWERS_SEQ, seq, e);
}

static enum err_code insert(struct store_sqlite *s, const struct store_answer *a,
                            int64_t seq, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, SQL_ADD_ANSWER, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, seq);
    sqlite3_bind_int64(stmt, 2, a->answered_us);
    db_bind_str(stmt, 3, a->real ? STR("real") : STR("normal"));
    db_bind_str(stmt, 4, a->scope);
    db_bind_str(stmt, 5, a->service);
    db_bind_str(stmt, 6, a->template_id);
    db_bind_str(stmt, 7, a->template);
    db_bind_str(stmt, 8, a->value);
    db_bind_str(stmt, 9, a->examples);
    sqlite3_bind_int64(stmt, 10, a->fresh);
    sqlite3_bind_int64(stmt, 11, a->incident_id);
    db_bind_str(stmt, 12, a->note);
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code;
}

static enum err_code run_with(struct store_sqlite *s, enum statement which, int64_t n,
                              struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, which, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, n);
    return db_run(stmt, e);
}

/* And of which incidents they were. */
static enum err_code drop_undone(struct store_sqlite *s, int64_t newest, struct err *e)
{
    enum err_code code = run_with(s, SQL_DROP_ANSWERS, STORE_ANSWERS_UNDONE_MAX, e);
    return code || sqlite3_changes(s->db) == 0
               ? code
               : run_with(s, SQL_DROP_ANSWERED, newest, e);
}

static enum err_code add_answer(struct store *store, const struct store_answer *a,
                                int64_t *id, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    int64_t n, seq;
    enum err_code code = store_read_number(s, SQL_COUNT_ANSWERS, &n, e);
    if (!code && n >= STORE_ANSWERS_MAX) {
        return err_set(e, ERR_CONFLICT,
                       "%d answers count already: undo those that are not needed",
                       STORE_ANSWERS_MAX);
    }
    code = code ? code : store_read_number(s, SQL_ANSWERS_SEQ, &seq, e);
    code = code ? code : insert(s, a, seq + 1, e);
    *id = code ? 0 : sqlite3_last_insert_rowid(s->db);
    return code ? code : drop_undone(s, *id, e);
}

static enum err_code undo_answer(struct store *store, int64_t id, int64_t now_us,
                                 struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    sqlite3_stmt *stmt;
    int64_t seq;
    enum err_code code = store_read_number(s, SQL_ANSWERS_SEQ, &seq, e);
    code = code ? code : store_statement(s, SQL_UNDO_ANSWER, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, seq + 1);
    sqlite3_bind_int64(stmt, 3, now_us);
    code = db_run(stmt, e);
    if (!code && sqlite3_changes(s->db) == 0) {
        code = err_set(e, ERR_NOT_FOUND, "there is no answer %lld", (long long)id);
    }
    return code;
}

static enum err_code call_for_rows(sqlite3_stmt *stmt, store_answer_fn fn, void *arg,
                                   struct err *e)
{
    bool row;
    enum err_code code;
    while (!(code = db_step(stmt, &row, e)) && row) {
        struct store_answer a = {
            .id = sqlite3_column_int64(stmt, 0),
            .seq = sqlite3_column_int64(stmt, 1),
            .answered_us = sqlite3_column_int64(stmt, 2),
            .real = str_eq(db_column_str(stmt, 3), STR("real")),
            .scope = db_column_str(stmt, 4),
            .service = db_column_str(stmt, 5),
            .template_id = db_column_str(stmt, 6),
            .template = db_column_str(stmt, 7),
            .value = db_column_str(stmt, 8),
            .examples = db_column_str(stmt, 9),
            .fresh = sqlite3_column_int(stmt, 10) != 0,
            .incident_id = sqlite3_column_int64(stmt, 11),
            .note = db_column_str(stmt, 12),
            .undone_seq = sqlite3_column_int64(stmt, 13),
            .undone_us = sqlite3_column_int64(stmt, 14),
        };
        fn(arg, &a);
    }
    return code;
}

static enum err_code add_answered(struct store *store, const struct store_answered *row,
                                  struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, SQL_ADD_ANSWERED, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, row->answer_id);
    sqlite3_bind_int64(stmt, 2, row->incident_id);
    db_bind_str(stmt, 3, row->status);
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code;
}

static enum err_code list_answered(struct store *s, int64_t answer_id,
                                   store_answered_fn fn, void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err_code code = store_read_statement(sqlite(s), SQL_LIST_ANSWERED, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, answer_id);
    while (!(code = db_step(stmt, &row, e)) && row) {
        struct store_answered r = {sqlite3_column_int64(stmt, 0),
                                   sqlite3_column_int64(stmt, 1), db_column_str(stmt, 2)};
        fn(arg, &r);
    }
    return code;
}

static enum err_code counting_answers(struct store *s, store_answer_fn fn, void *arg,
                                      struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(s), SQL_COUNTING_ANSWERS, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, STORE_ANSWERS_MAX);
    return call_for_rows(stmt, fn, arg, e);
}

static enum err_code list_answers(struct store *s, int64_t before_id, size_t limit,
                                  store_answer_fn fn, void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(s), SQL_LIST_ANSWERS, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, before_id);
    sqlite3_bind_int64(stmt, 2, (int64_t)limit);
    return call_for_rows(stmt, fn, arg, e);
}

static enum err_code changed_answers(struct store *s, int64_t seq, store_answer_fn fn,
                                     void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_read_statement(sqlite(s), SQL_CHANGED_ANSWERS, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, seq);
    sqlite3_bind_int64(stmt, 2, STORE_ANSWERS_MAX + STORE_ANSWERS_UNDONE_MAX);
    return call_for_rows(stmt, fn, arg, e);
}

const struct store_answer_ops store_sqlite_answers = {.add = add_answer,
                                                      .undo = undo_answer,
                                                      .counting = counting_answers,
                                                      .list = list_answers,
                                                      .add_answered = add_answered,
                                                      .list_answered = list_answered,
                                                      .seq = answers_seq,
                                                      .changed = changed_answers};
