/* store_lanes.c - what each service sent when, in SQLite (store_lanes.h). */
#include "sql/store_sqlite.h"

/* The one value of a statement with at most one parameter; none is bound if it is NULL. */
static enum err_code read_one(struct store_sqlite *s, enum statement which,
                              const int64_t *bound, int64_t *out, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = false;
    enum err_code code = store_statement(s, which, &stmt, e);
    *out = 0;
    if (code) {
        return code;
    }
    if (bound) {
        sqlite3_bind_int64(stmt, 1, *bound);
    }
    code = db_step(stmt, &row, e);
    *out = !code && row ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_reset(stmt);
    return code;
}

static enum err_code run_lane(struct store_sqlite *s, enum statement which,
                              const struct store_lane *l, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, which, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, l->bucket);
    db_bind_str(stmt, 2, l->service.p ? l->service : STR(""));
    sqlite3_bind_int64(stmt, 3, l->records);
    sqlite3_bind_int64(stmt, 4, l->last_us);
    if (l->score >= 0) {
        sqlite3_bind_double(stmt, 5, l->score);
    }
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    return code;
}

/* Adds to the row, or makes it. */
static enum err_code put_lane(struct store_sqlite *s, const struct store_lane *l,
                              bool *is_there, struct err *e)
{
    enum err_code code = run_lane(s, SQL_TOUCH_LANE, l, e);
    *is_there = !code && sqlite3_changes(s->db) > 0;
    return code;
}

static enum err_code add_lane(struct store_sqlite *s, const struct store_lane *l,
                              struct err *e)
{
    struct store_lane row = *l;
    bool is_there;
    int64_t n = 0;
    enum err_code code = put_lane(s, &row, &is_there, e);
    if (code || is_there) {
        return code;
    }
    code = read_one(s, SQL_COUNT_LANES, &row.bucket, &n, e);
    if (!code && n >= LANE_SERVICES_MAX) {
        row.service = STR("");
        code = put_lane(s, &row, &is_there, e);
    }
    return code || is_there ? code : run_lane(s, SQL_ADD_LANE, &row, e);
}

/* One piece of time that is too old, the oldest. */
static enum err_code drop_lanes(struct store_sqlite *s, int64_t oldest, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, SQL_DROP_LANES, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, oldest);
    return db_run(stmt, e);
}

enum err_code store_sqlite_add_lanes(struct store *store, const struct store_lane *lanes,
                                     size_t n, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    int64_t newest;
    enum err_code code = read_one(s, SQL_NEWEST_LANE, NULL, &newest, e);
    for (size_t i = 0; i < n; i++) {
        newest = lanes[i].bucket > newest ? lanes[i].bucket : newest;
    }
    int64_t oldest = newest - LANE_BUCKETS_MAX + 1;
    for (size_t i = 0; !code && i < n; i++) {
        code = lanes[i].bucket >= oldest ? add_lane(s, &lanes[i], e) : ERR_NONE;
    }
    return code ? code : drop_lanes(s, oldest, e);
}

enum err_code store_sqlite_list_lanes(struct store *s, int64_t from, int64_t to,
                                      store_lane_fn fn, void *arg, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = true;
    enum err_code code = store_read_statement(sqlite(s), SQL_LIST_LANES, &stmt, e);
    if (code || !stmt) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, from);
    sqlite3_bind_int64(stmt, 2, to);
    while (!(code = db_step(stmt, &row, e)) && row) {
        bool scored = sqlite3_column_type(stmt, 4) != SQLITE_NULL;
        struct store_lane l = {sqlite3_column_int64(stmt, 0), db_column_str(stmt, 1),
                               sqlite3_column_int64(stmt, 2),
                               sqlite3_column_int64(stmt, 3),
                               scored ? sqlite3_column_double(stmt, 4) : -1};
        fn(arg, &l);
    }
    return code;
}
