/* store_sqlite.c - the SQLite back end of store.h.
 *
 * WAL with synchronous=FULL: a commit that returned is on the disk. One statement a verb,
 * prepared once a connection. A batch's records are numbered without a gap: its row names
 * the first and how many. */
#include "sql/store_sqlite.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"
#include "sql/filelock.h"
#include "sql/store_whose.h"
#include "sql/wal.h"

#include <assert.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROGRESS_OPS = 10000 /* some 100 us */, LOOKS_MAX = 5, LOOK_PAUSE_US = 20000 };

/* Asked by SQLite now and then: is it to give up? */
static int is_late(void *arg)
{
    const struct store_sqlite *s = arg;
    return s->read_until_us != 0 && clock_mono_us() > s->read_until_us;
}

enum err_code store_statement(struct store_sqlite *s, enum statement which,
                              sqlite3_stmt **out, struct err *e)
{
    enum err_code code = ERR_NONE;
    if (!s->stmt[which]) {
        code = db_prepare(s->db, store_sql[which], &s->stmt[which], e);
    }
    *out = s->stmt[which];
    return code;
}

static enum err_code run(struct store_sqlite *s, enum statement which, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, which, &stmt, e);
    return code ? code : db_run(stmt, e);
}

enum err_code store_change(struct store_sqlite *s, enum statement which, int64_t first,
                           int64_t second, int64_t *n, struct err *e)
{
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, which, &stmt, e);
    *n = 0;
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, second);
    code = db_run(stmt, e);
    *n = code ? 0 : sqlite3_changes64(s->db);
    return code;
}

/* --- transactions --- */

/* The next free id: read anew in each transaction, since a rolled back one used some. The
 * newest batch counts too, so that ids are not used again when all logs were purged. */
static enum err_code read_next_id(struct store_sqlite *s, struct err *e)
{
    sqlite3_stmt *stmt;
    bool row = false;
    enum err_code code = store_statement(s, SQL_NEXT_LOG_ID, &stmt, e);
    code = code ? code : db_step(stmt, &row, e);
    if (!code) {
        s->next_log_id = sqlite3_column_int64(stmt, 0);
        sqlite3_reset(stmt);
    }
    return code;
}

static void rollback(struct store *store)
{
    struct store_sqlite *s = sqlite(store);
    struct err ignored;
    int rc = sqlite3_errcode(s->db) & 0xff;
    s->damaged = s->damaged || rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB;
    if (!sqlite3_get_autocommit(s->db) && run(s, SQL_ROLLBACK, &ignored)) {
        diag("rollback failed: %s", ignored.msg);
    }
    filelock_give(s->lock_fd, FILELOCK_WRITE);
}

static enum err_code connect(struct store_sqlite *s, bool *ready, struct err *e);

/* An editor connects and opens its lock when it first writes. The lock then stays open until
 * the end: closing it would drop the locks that SQLite holds in this process. */
static enum err_code get_ready(struct store_sqlite *s, struct err *e)
{
    bool ready = true;
    enum err_code code = s->role == STORE_EDITOR ? connect(s, &ready, e) : ERR_NONE;
    if (!code && !ready) {
        code = err_set(e, ERR_DOWN, "there is no store yet; try again");
    }
    return code || s->lock_fd >= 0 ? code : filelock_open(s->path, &s->lock_fd, e);
}

static enum err_code begin(struct store *store, int64_t deadline_us, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    sqlite3_stmt *undo;
    assert(s->role != STORE_READER);
    if (s->damaged) {
        return err_set(e, ERR_DOWN,
                       "the store is damaged, so nothing more is written to it: put a "
                       "backup back, or move it away to begin anew");
    }
    enum err_code code = get_ready(s, e);
    code = code ? code : filelock_take(s->lock_fd, FILELOCK_WRITE, deadline_us, e);
    if (code) {
        return code;
    }
    int64_t left_ms = (deadline_us - clock_mono_us()) / 1000;
    left_ms = left_ms < 1 ? 1 : left_ms;
    sqlite3_busy_timeout(s->db, left_ms < DB_BUSY_MS ? (int)left_ms : DB_BUSY_MS);
    /* Made now: when it is needed memory may be short, and without it nobody could write. */
    code = store_statement(s, SQL_ROLLBACK, &undo, e);
    code = code ? code : run(s, SQL_BEGIN, e);
    code = code ? code : read_next_id(s, e);
    if (code) {
        rollback(store);
    }
    return code;
}

/* A journal that has grown is emptied, if its readers go soon. The lock is held. */
static void empty_large_journal(struct store_sqlite *s)
{
    struct err ignored;
    int64_t now_us = clock_mono_us();
    if (s->role != STORE_OWNER || wal_bytes(s->path) <= WAL_EMPTY_BYTES ||
        (s->emptied_us != 0 && now_us - s->emptied_us < WAL_RETRY_MS * 1000)) {
        return;
    }
    s->emptied_us = wal_empty(s->db, WAL_PATIENCE_MS, &ignored) ? now_us : 0;
}

static enum err_code commit(struct store *store, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    enum err_code code = run(s, SQL_COMMIT, e);
    if (!code) {
        empty_large_journal(s);
        filelock_give(s->lock_fd, FILELOCK_WRITE);
        return ERR_NONE;
    }
    int rc = sqlite3_errcode(s->db) & 0xff;
    /* Not so for want of memory: the frames can be in the WAL already by then. */
    bool undone = rc == SQLITE_BUSY || rc == SQLITE_FULL;
    rollback(store);
    return undone ? code
                  : err_set(e, ERR_IO,
                            "the disk failed while storing; whether the batch is "
                            "stored is not known");
}

/* --- records --- */

static enum err_code add_log(struct store_sqlite *s, sqlite3_stmt *stmt,
                             const struct record *r, struct err *e)
{
    sqlite3_bind_int64(stmt, 1, s->next_log_id);
    db_bind_str(stmt, 2, r->timestamp);
    db_bind_str(stmt, 3, r->service);
    db_bind_str(stmt, 4, r->level);
    db_bind_str(stmt, 5, r->message);
    db_bind_str(stmt, 6, r->metadata);
    sqlite3_bind_int64(stmt, 8, r->event_us);
    enum err_code code = db_run(stmt, e);
    s->next_log_id += !code;
    return code;
}

static enum err_code add_logs(struct store_sqlite *s, const struct store_batch *b,
                              struct err *e)
{
    char when[CLOCK_TEXT_BYTES];
    sqlite3_stmt *stmt;
    enum err_code code = store_statement(s, SQL_ADD_LOG, &stmt, e);
    if (code) {
        return code;
    }
    db_bind_str(stmt, 7, clock_format(b->received_us, when));
    for (size_t i = 0; !code && i < b->n; i++) {
        code = add_log(s, stmt, &b->records[i], e);
    }
    sqlite3_clear_bindings(stmt);
    return code;
}

static int64_t next_log_id(struct store *store)
{
    return sqlite(store)->next_log_id;
}

static enum err_code add_batch(struct store *store, const struct store_batch *b,
                               struct store_batch_ids *ids, struct err *e)
{
    struct store_sqlite *s = sqlite(store);
    sqlite3_stmt *stmt;
    ids->first_log_id = s->next_log_id;
    enum err_code code = add_logs(s, b, e);
    code = code ? code : store_statement(s, SQL_ADD_BATCH, &stmt, e);
    if (code) {
        return code;
    }
    sqlite3_bind_int64(stmt, 1, b->received_us);
    sqlite3_bind_int64(stmt, 2, ids->first_log_id);
    sqlite3_bind_int64(stmt, 3, (int64_t)b->n);
    db_bind_str(stmt, 4, str_of(b->scorer));
    if (b->scored) {
        sqlite3_bind_double(stmt, 5, b->score);
        sqlite3_bind_double(stmt, 6, b->raw_score);
    }
    if (b->incident_id > 0) {
        sqlite3_bind_int64(stmt, 7, b->incident_id);
    }
    code = db_run(stmt, e);
    sqlite3_clear_bindings(stmt);
    ids->batch_id = sqlite3_last_insert_rowid(s->db);
    return code;
}

/* --- opening and closing --- */

void store_sqlite_disconnect(struct store_sqlite *s)
{
    for (int i = 0; i < SQL_N; i++) {
        sqlite3_finalize(s->stmt[i]);
        s->stmt[i] = NULL;
    }
    sqlite3_close(s->db);
    s->db = NULL;
}

static void free_store(struct store_sqlite *s)
{
    store_sqlite_disconnect(s);
    if (s->lock_fd >= 0) {
        close(s->lock_fd); /* frees both locks */
    }
    free(s->path);
    free(s);
}

/* SQLite's last connection to go empties the WAL and deletes it: a kind of checkpoint,
 * so under the lock. */
static void close_store(struct store *store)
{
    struct store_sqlite *s = sqlite(store);
    struct err ignored;
    bool locked = false;
    if (s->lock_fd >= 0) {
        int64_t deadline = clock_mono_us() + DB_BUSY_MS * INT64_C(1000);
        locked = !filelock_take(s->lock_fd, FILELOCK_WRITE, deadline, &ignored);
        if (s->role == STORE_OWNER && s->db && locked &&
            db_exec(s->db, "PRAGMA wal_checkpoint(TRUNCATE)", &ignored)) {
            diag("the store was closed without emptying its journal: %s", ignored.msg);
        }
    }
    free_store(s);
}

/* Of every connection that writes: a commit that returned is on the disk. What is deleted is
 * overwritten only where that writes nothing more (Debian's default is everywhere). */
#define WRITER_SETTINGS                                                                  \
    "PRAGMA synchronous=FULL; PRAGMA secure_delete=FAST; PRAGMA "                        \
    "wal_autocheckpoint=1000;"                                                           \
    "PRAGMA journal_size_limit=16777216"

/* The caller holds FILELOCK_WRITE. */
static enum err_code prepare_store(struct store_sqlite *s, struct err *e)
{
    enum migrate_state state;
    enum err_code code = store_sqlite_refuse_foreign(s, &state, e);
    code = code ? code
                : store_sqlite_open_checked(
                      s, s->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &state, e);
    if (code) {
        return code;
    }
    if (state == MIGRATE_FOREIGN || state == MIGRATE_NEWER) {
        return store_sqlite_refuse(state, e);
    }
    if (state == MIGRATE_EMPTY) { /* can only be set before the first table */
        code = db_exec(s->db, "PRAGMA auto_vacuum=INCREMENTAL", e);
    }
    code = code ? code : db_exec(s->db, "PRAGMA journal_mode=WAL;" WRITER_SETTINGS, e);
    return code ? code : migrate_run(s->db, e);
}

static struct store_sqlite *new_store(const char *path, enum store_role role,
                                      struct err *e)
{
    static const struct store_ops ops = {
        .begin = begin,
        .commit = commit,
        .rollback = rollback,
        .data_version = store_sqlite_data_version,
        .add_batch = add_batch,
        .next_log_id = next_log_id,
        .find_incident = store_sqlite_find_incident,
        .put_incident = store_sqlite_put_incident,
        .put_incident_key = store_sqlite_put_incident_key,
        .list_incidents = store_sqlite_list_incidents,
        .select_incidents = store_sqlite_select_incidents,
        .get_incident = store_sqlite_get_incident,
        .put_life = store_sqlite_put_life,
        .add_history = store_sqlite_add_history,
        .list_history = store_sqlite_list_history,
        .add_occurrence = store_sqlite_add_occurrence,
        .list_occurrences = store_sqlite_list_occurrences,
        .find_neighbours = store_sqlite_find_neighbours,
        .add_lanes = store_sqlite_add_lanes,
        .list_lanes = store_sqlite_list_lanes,
        .next_batch = store_sqlite_next_batch,
        .last_batch = store_sqlite_last_batch,
        .list_records = store_sqlite_list_records,
        .count_unscored = store_sqlite_count_unscored,
        .put_note = store_sqlite_put_note,
        .get_note = store_sqlite_get_note,
        .add_import = store_sqlite_add_import,
        .list_imports = store_sqlite_list_imports,
        .find_import = store_sqlite_find_import,
        .answers = &store_sqlite_answers,
        .outbox = &outbox_sqlite,
        .keep = &store_sqlite_keep,
        .receipts = &receipts_sqlite,
        .close = close_store,
    };
    struct store_sqlite *s = calloc(1, sizeof *s);
    char *copy = s ? strdup(path) : NULL;
    if (!copy) {
        free(s);
        err_set(e, ERR_NOMEM, "not enough memory to open the store");
        return NULL;
    }
    *s = (struct store_sqlite){
        .base.ops = &ops, .role = role, .path = copy, .lock_fd = -1};
    return s;
}

enum err_code store_open_writer(const char *path, int64_t wait_us, struct store **out,
                                struct err *e)
{
    struct store_sqlite *s = new_store(path, STORE_OWNER, e);
    int64_t deadline = clock_mono_us() + wait_us;
    if (!s) {
        return e->code;
    }
    enum err_code code = filelock_open(path, &s->lock_fd, e);
    code = code ? code : filelock_take(s->lock_fd, FILELOCK_OWNER, deadline, e);
    code = code ? code : filelock_take(s->lock_fd, FILELOCK_WRITE, deadline, e);
    code = code ? code : prepare_store(s, e);
    if (code) {
        free_store(s); /* not close_store: a file that is not ours stays untouched */
        return code;
    }
    filelock_give(s->lock_fd, FILELOCK_WRITE);
    *out = &s->base;
    return ERR_NONE;
}

/* Is there an owner already? */
static enum err_code refuse_owned(struct store_sqlite *s, struct err *e)
{
    enum err_code code = filelock_open(s->path, &s->lock_fd, e);
    code = code ? code : filelock_take(s->lock_fd, FILELOCK_OWNER, 0, e);
    return code == ERR_BUSY ? err_set(e, ERR_BUSY,
                                      "an ingest process is running on this "
                                      "store already; stop it, or set DATABASE")
                            : code;
}

enum err_code store_check(const char *path, struct err *e)
{
    struct stat st;
    enum migrate_state state;
    if (stat(path, &st) != 0 || st.st_size == 0) {
        return ERR_NONE;
    }
    struct store_sqlite *s = new_store(path, STORE_READER, e);
    if (!s) {
        return e->code;
    }
    enum err_code code = store_sqlite_refuse_foreign(s, &state, e);
    code = code ? code : refuse_owned(s, e);
    free_store(s);
    return code;
}

static enum err_code open_later(const char *path, enum store_role role,
                                struct store **out, struct err *e)
{
    struct store_sqlite *s = new_store(path, role, e);
    if (!s) {
        return e->code;
    }
    *out = &s->base;
    return ERR_NONE;
}

enum err_code store_open_reader(const char *path, struct store **out, struct err *e)
{
    return open_later(path, STORE_READER, out, e);
}

enum err_code store_open_editor(const char *path, struct store **out, struct err *e)
{
    return open_later(path, STORE_EDITOR, out, e);
}

/* A file that is looked at while another process makes or migrates it can seem to be
 * anything: what is refused is looked at again. */
static enum err_code look_again(struct store_sqlite *s, enum migrate_state *state,
                                struct err *e)
{
    struct timespec ts = {.tv_nsec = LOOK_PAUSE_US * 1000};
    enum err_code code = store_sqlite_refuse_foreign(s, state, e);
    for (int i = 1; code && i < LOOKS_MAX; i++) {
        nanosleep(&ts, NULL);
        code = store_sqlite_refuse_foreign(s, state, e);
    }
    return code;
}

/* A reader or an editor, when there is a store. */
static enum err_code connect(struct store_sqlite *s, bool *ready, struct err *e)
{
    struct stat st;
    enum migrate_state state;
    int flags = s->role == STORE_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    *ready = s->db != NULL;
    if (s->db || stat(s->path, &st) != 0 || st.st_size == 0) {
        return ERR_NONE;
    }
    if (look_again(s, &state, e)) {
        return e->code = ERR_DOWN; /* not the fault of who asks */
    }
    enum err_code code = state == MIGRATE_OURS
                             ? store_sqlite_open_checked(s, s->path, flags, &state, e)
                             : ERR_NONE;
    *ready = !code && state == MIGRATE_OURS;
    if (*ready && s->role == STORE_READER) {
        sqlite3_progress_handler(s->db, PROGRESS_OPS, is_late, s);
    }
    if (*ready && s->role == STORE_EDITOR) {
        code = db_exec(s->db, WRITER_SETTINGS, e);
        *ready = !code;
    }
    if (!*ready) {
        store_sqlite_disconnect(s);
    }
    return code;
}

enum err_code store_read_statement(struct store_sqlite *s, enum statement which,
                                   sqlite3_stmt **out, struct err *e)
{
    bool ready;
    *out = NULL;
    s->read_until_us = clock_mono_us() + STORE_READ_US;
    enum err_code code = connect(s, &ready, e);
    return code || !ready ? code : store_statement(s, which, out, e);
}

void store_tidy(const char *path)
{
    struct err e;
    enum migrate_state state;
    struct store_sqlite *s =
        access(path, F_OK) == 0 ? new_store(path, STORE_READER, &e) : NULL;
    if (!s) {
        return;
    }
    int64_t deadline = clock_mono_us() + DB_BUSY_MS * INT64_C(1000);
    if (!filelock_open(path, &s->lock_fd, &e) &&
        !filelock_take(s->lock_fd, FILELOCK_WRITE, deadline, &e) &&
        !store_sqlite_refuse_foreign(s, &state, &e) && state == MIGRATE_OURS &&
        store_sqlite_open_checked(s, s->path, SQLITE_OPEN_READWRITE, &state, &e)) {
        diag("the store could not be tidied up: %s", e.msg);
    }
    free_store(s); /* the connection that goes last deletes the WAL */
}
