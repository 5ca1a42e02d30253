/* keep_sqlite.c - how old rows go, in SQLite (store_keep.h).
 *
 * A record's id is higher than those of all that came before it, and a batch's too. So what
 * is oldest is a range of ids at the beginning of each table, and is deleted as one. */
#include "fcgi/base/ballast.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/disk.h"
#include "fcgi/base/size_text.h"
#include "sql/filelock.h"
#include "sql/store_keep_ops.h"
#include "sql/store_sqlite.h"
#include "sql/wal.h"

/* --- how much there is --- */

enum {
    AUTO_VACUUM_INCREMENTAL = 2,
    PAUSE_US = 20000 /* others write */
};

static enum err_code pages(struct store_sqlite *s, struct store_usage *out, struct err *e)
{
    int64_t size, all, unused, vacuum;
    enum err_code code = store_read_number(s, SQL_PAGE_SIZE, &size, e);
    code = code ? code : store_read_number(s, SQL_PAGE_COUNT, &all, e);
    code = code ? code : store_read_number(s, SQL_FREE_PAGES, &unused, e);
    code = code ? code : store_read_number(s, SQL_AUTO_VACUUM, &vacuum, e);
    if (!code) {
        unused =
            unused < all ? unused : all; /* two looks: others may write between them */
        out->used_bytes = (all - unused) * size;
        out->unused_bytes = unused * size;
        out->shrinks = vacuum == AUTO_VACUUM_INCREMENTAL;
    }
    return code;
}

static enum err_code get_usage(struct store *store, struct store_usage *out,
                               struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    *out = (struct store_usage){.journal_bytes = wal_bytes(s->path)};
    enum err_code code = pages(s, out, e);
    code = code ? code : store_read_number(s, SQL_OLDEST_US, &out->oldest_us, e);
    code = code ? code : store_read_number(s, SQL_NEWEST_US, &out->newest_us, e);
    code =
        code ? code : store_read_number(s, SQL_FIRST_INCIDENT, &out->first_incident, e);
    code = code ? code : store_read_number(s, SQL_LAST_INCIDENT, &out->last_incident, e);
    return code ? code : store_read_number(s, SQL_NEWEST_LANE, &out->newest_lane, e);
}

/* --- records --- */

/* Up to which batch, and below which record; 0: there is nothing to do. */
struct purge_end {
    int64_t batch, log;
};

static enum err_code find_end(struct store_sqlite *s, int64_t before_us,
                              struct purge_end *out, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = false;
    *out = (struct purge_end){0, before_us == INT64_MAX ? INT64_MAX : 0};
    enum err_code code = store_statement(s, SQL_PURGE_END, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, before_us);
    sqlite3_bind_int64(stmt, 2, STORE_PURGE_WALK);
    code = db_step(stmt, &row, e);
    if (!code && row) {
        out->batch = sqlite3_column_int64(stmt, 0);
        out->log = sqlite3_column_int64(stmt, 1);
    }
    sqlite3_reset(stmt);
    return code;
}

static enum err_code purge_records(struct store *store, int64_t before_us,
                                   struct store_purged *out, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    struct purge_end end;
    *out = (struct store_purged){0};
    enum err_code code = find_end(s, before_us, &end, e);
    if (code || end.log == 0) {
        return code;
    }
    code = store_change(s, SQL_PURGE_LOGS, end.log, STORE_PURGE_ROWS, &out->records, e);
    return code ? code
                : store_change(s, SQL_PURGE_BATCHES, end.batch, INT64_MAX, &out->batches,
                               e);
}

/* --- parts of files --- */

static enum err_code purge_imports(struct store *store, int64_t before_us,
                                   int64_t rows_kept, size_t *n, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    sqlite3_stmt *stmt;
    int64_t marks = 0;
    *n = 0;
    enum err_code code =
        store_change(s, SQL_PURGE_MARKS, before_us, STORE_PURGE_ROWS, &marks, e);
    code = code ? code : store_statement(s, SQL_PURGE_IMPORTS, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, before_us);
    sqlite3_bind_int64(stmt, 2, STORE_PURGE_ROWS);
    sqlite3_bind_int64(stmt, 3, rows_kept);
    code = db_run(stmt, e);
    *n = code ? 0 : (size_t)(marks + sqlite3_changes64(s->db));
    return code;
}

static enum err_code purge_lanes(struct store *store, int64_t after_bucket, size_t *n,
                                 struct err *e)
{
    int64_t gone;
    enum err_code code = store_change(sqlite(store), SQL_PURGE_LANES, after_bucket,
                                      STORE_PURGE_ROWS, &gone, e);
    *n = (size_t)gone;
    return code;
}

/* --- incidents --- */

/* What hangs on it; *gone: all of it has gone. */
static enum err_code drop_parts(struct store_sqlite *s, int64_t id, int64_t *rows,
                                bool *gone, struct err *e)
{
    static const enum statement parts[] = {SQL_PURGE_KEYS, SQL_PURGE_HISTORY,
                                           SQL_PURGE_OCCURRENCES, SQL_PURGE_NOTICES_OF};
    enum err_code code = ERR_NONE;
    *gone = true;
    for (size_t i = 0; !code && *gone && i < sizeof parts / sizeof parts[0]; i++) {
        int64_t n;
        code = store_change(s, parts[i], id, STORE_PURGE_ROWS, &n, e);
        *rows += n;
        *gone = n < STORE_PURGE_ROWS;
    }
    return code;
}

static enum err_code drop_incident(struct store_sqlite *s, int64_t id,
                                   struct store_incidents_purged *out, bool *gone,
                                   struct err *e)
{
    int64_t n;
    enum err_code code = drop_parts(s, id, &out->rows, gone, e);
    if (!code && *gone) {
        code = store_change(s, SQL_PURGE_INCIDENT, id, 0, &n, e);
        out->incidents += n;
    }
    return code;
}

/* The next ones, with what happened to them last. Read before any is dropped. */
struct walked {
    int64_t id[STORE_INCIDENTS_WALK], last_us[STORE_INCIDENTS_WALK];
    size_t n;
};

static enum err_code walk(struct store_sqlite *s, int64_t from_id, struct walked *w,
                          struct err *e)
{
    sqlite3_stmt *stmt;
    bool row;
    enum err_code code = store_statement(s, SQL_WALK_INCIDENTS, &stmt, e);
    w->n = 0;
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, from_id);
    sqlite3_bind_int64(stmt, 2, STORE_INCIDENTS_WALK);
    while (!(code = db_step(stmt, &row, e)) && row) {
        w->id[w->n] = sqlite3_column_int64(stmt, 0);
        w->last_us[w->n++] = sqlite3_column_int64(stmt, 1);
    }
    return code;
}

static enum err_code purge_incidents(struct store *store,
                                     const struct store_incident_purge *p,
                                     struct store_incidents_purged *out, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    struct walked w;
    *out = (struct store_incidents_purged){0};
    enum err_code code = walk(s, p->from_id, &w, e);
    for (size_t i = 0; !code && i < w.n; i++) {
        bool gone = true;
        if (w.last_us[i] < p->before_us || w.id[i] <= p->through_id) {
            code = drop_incident(s, w.id[i], out, &gone, e);
        }
        out->next_id = w.id[i] + gone;
        if (!gone || out->rows >= STORE_PURGE_ROWS) {
            return code;
        }
    }
    if (w.n < STORE_INCIDENTS_WALK) {
        out->next_id = 0;
    }
    return code;
}

/* --- the file, and the journal beside it --- */

/* What so many bytes of records become in the journal, with their indexes. */
static int64_t journal_of(size_t bytes)
{
    return (int64_t)(bytes + bytes / 3);
}

/* One try. The lock is not held for longer than others wait for it. */
static enum err_code try_to_empty(struct store_sqlite *s, int64_t deadline_us,
                                  struct err *e)
{
    enum err_code code = filelock_take(s->lock_fd, FILELOCK_WRITE, deadline_us, e);
    if (!code) {
        code = wal_empty(s->db, WAL_PATIENCE_MS, e);
        filelock_give(s->lock_fd, FILELOCK_WRITE);
    }
    return code;
}

static enum err_code empty_journal(struct store *store, int64_t deadline_us,
                                   struct err *e)
{
    enum err_code code = try_to_empty(sqlite(store), deadline_us, e);
    while (code == ERR_BUSY && clock_mono_us() < deadline_us) {
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_US * 1000}, NULL);
        code = try_to_empty(sqlite(store), deadline_us, e);
    }
    return code;
}

static enum err_code set_limits(struct store *store, const struct keep_limits *l,
                                struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    char sql[64]; /* PRAGMA takes no bound parameters; the number is ours */
    int64_t size, pages;
    enum err_code code = store_read_number(s, SQL_PAGE_SIZE, &size, e);
    if (code || size <= 0) {
        return code;
    }
    s->limits = *l;
    snprintf(sql, sizeof sql, "PRAGMA max_page_count=%lld",
             (long long)(keep_bytes_at_all(l) / size));
    return db_number(s->db, sql, &pages, e);
}

static enum err_code look_at_disk(const struct store_sqlite *s, struct err *e)
{
    char is[SIZE_TEXT_BYTES], must_be[SIZE_TEXT_BYTES];
    struct disk disk;
    int64_t least = keep_free_bytes_min(&s->limits, ballast_is_there(s->path));
    enum err_code code = disk_look(s->path, &disk, e);
    if (!code && disk.free_bytes < least) {
        code =
            err_set(e, ERR_FULL,
                    "the disk that holds the store is nearly full: %s are free, and it "
                    "must be %s (FREE_BYTES_MIN)",
                    size_text(disk.free_bytes, is), size_text(least, must_be));
    }
    return code;
}

/* An empty journal takes whatever one transaction brings. */
static enum err_code make_room(struct store *store, size_t bytes, int64_t deadline_us,
                               struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    struct err why;
    char who[WAL_WHO_BYTES];
    int64_t now = wal_bytes(s->path);
    enum err_code code = s->limits.free_bytes_min > 0 ? look_at_disk(s, e) : ERR_NONE;
    if (code || now == 0 || now + journal_of(bytes) <= WAL_BYTES_MAX) {
        return code;
    }
    code = empty_journal(store, deadline_us, &why);
    if (code != ERR_BUSY) {
        return code ? err_set(e, code, "%s", why.msg) : ERR_NONE;
    }
    wal_reader(s->path, who);
    return err_set(e, ERR_BUSY,
                   "the store has been read for so long that nothing more can be written "
                   "until that ends%s%s; try again",
                   who[0] ? ": by " : "", who);
}

/* One page is one row of the pragma's. */
static enum err_code shrink(struct store *store, struct err *e)
{
    _Static_assert(STORE_SHRINK_PAGES == 1000, "as in the text");
    return db_exec(sqlite(store)->db, "PRAGMA incremental_vacuum(1000)", e);
}

const struct store_keep_ops store_sqlite_keep = {
    .get_usage = get_usage,
    .purge_records = purge_records,
    .purge_imports = purge_imports,
    .purge_lanes = purge_lanes,
    .purge_incidents = purge_incidents,
    .set_limits = set_limits,
    .make_room = make_room,
    .empty_journal = empty_journal,
    .shrink = shrink,
};
