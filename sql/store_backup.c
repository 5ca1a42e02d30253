/* store_backup.c - see store_backup.h. SQLite's backup begins anew when another process writes
 * between two of its steps; so a transaction that reads is held open over all of them. */
#include "sql/store_backup.h"

#include "fcgi/base/clock.h"
#include "sql/filelock.h"
#include "sql/store_whose.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP_PAGES = 1024, CHECK_SAID_MAX = 1 };

struct copying {
    struct store_backup *b;
    struct store_sqlite from; /* as far as looking at it needs one */
    sqlite3 *to;
    int lock_fd;
};

static void tell(const struct copying *c, int64_t done, int64_t all, bool checking)
{
    if (c->b->progress) {
        c->b->progress(c->b->arg, done, all, checking);
    }
}

/* --- copying --- */

static enum err_code open_from(struct copying *c, struct err *e)
{
    enum migrate_state state;
    int64_t ignored;
    struct stat st;
    if (stat(c->b->from, &st) != 0 || st.st_size == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no store yet");
    }
    enum err_code code = store_sqlite_refuse_foreign(&c->from, &state, e);
    if (!code && state != MIGRATE_OURS) {
        code = err_set(e, ERR_INVALID,
                       "the store is not one of this version yet: start the server once");
    }
    code = code ? code
                : store_sqlite_open_checked(&c->from, c->b->from, SQLITE_OPEN_READONLY,
                                            &state, e);
    code = code ? code : db_exec(c->from.db, "BEGIN", e);
    /* From here on it is read as it is now. */
    return code ? code : db_number(c->from.db, "SELECT max(id) FROM logs", &ignored, e);
}

/* Nobody else makes the same file, and what is left of one that was killed goes. */
static enum err_code open_to(struct copying *c, struct err *e)
{
    enum err_code code = filelock_open(c->b->to, &c->lock_fd, e);
    code = code ? code : filelock_take(c->lock_fd, FILELOCK_OWNER, 0, e);
    if (code == ERR_BUSY) {
        return err_set(e, ERR_BUSY, "another process makes a copy into the same file");
    }
    if (!code && ftruncate(c->lock_fd, 0) != 0) {
        code = err_set(e, ERR_IO, "the copy cannot be written: %s", strerror(errno));
    }
    code = code ? code : db_open(c->b->to, SQLITE_OPEN_READWRITE, &c->to, e);
    return code ? code
                : db_exec(c->to, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", e);
}

static enum err_code copy_pages(struct copying *c, struct err *e)
{
    sqlite3_backup *backup = sqlite3_backup_init(c->to, "main", c->from.db, "main");
    if (!backup) {
        return db_error(c->to, e);
    }
    int rc;
    int64_t size = 0;
    enum err_code code = db_number(c->from.db, "PRAGMA page_size", &size, e);
    do {
        rc = sqlite3_backup_step(backup, STEP_PAGES);
        int64_t all = sqlite3_backup_pagecount(backup);
        c->b->bytes = all * size;
        tell(c, (all - sqlite3_backup_remaining(backup)) * size, c->b->bytes, false);
    } while (rc == SQLITE_OK);
    rc = sqlite3_backup_finish(backup);
    if (!code && rc != SQLITE_OK) {
        code = db_error(c->to, e);
    }
    return code;
}

/* --- checking --- */

static enum err_code check_pages(sqlite3 *db, struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    _Static_assert(CHECK_SAID_MAX == 1, "as in the text");
    enum err_code code = db_prepare(db, "PRAGMA integrity_check(1)", &stmt, e);
    code = code ? code : db_step(stmt, &row, e);
    struct str said = row ? db_column_str(stmt, 0) : STR("nothing was said");
    if (!code && !str_eq(said, STR("ok"))) {
        code = err_set(e, ERR_DOWN, "the store is damaged: %.*s",
                       said.n < 120 ? (int)said.n : 120, said.p);
    }
    sqlite3_finalize(stmt);
    return code;
}

/* Looked at as the file that it is: nothing is put beside it. */
static enum err_code check_copy(struct copying *c, struct err *e)
{
    enum migrate_state state = MIGRATE_FOREIGN;
    struct store_sqlite copy = {.role = STORE_READER, .lock_fd = -1};
    copy.path = strdup(c->b->to);
    if (!copy.path) {
        return err_set(e, ERR_NOMEM, "not enough memory to look at the copy");
    }
    enum err_code code = store_sqlite_look(&copy, &state, e);
    if (!code && state != MIGRATE_OURS) {
        code = err_set(e, ERR_DOWN, "the copy is not a store");
    }
    code = code ? code : check_pages(copy.db, e);
    code = code ? code
                : db_number(copy.db, "SELECT count(*) FROM logs /*scan*/", &c->b->records,
                            e);
    store_sqlite_disconnect(&copy);
    free(copy.path);
    return code;
}

static enum err_code sync_copy(struct copying *c, struct err *e)
{
    if (fsync(c->lock_fd) == 0) {
        return ERR_NONE;
    }
    return err_set(e, errno == ENOSPC ? ERR_FULL : ERR_IO,
                   "the copy cannot be written: %s", strerror(errno));
}

static enum err_code run(struct copying *c, struct err *e)
{
    enum err_code code = open_from(c, e);
    code = code ? code : open_to(c, e);
    code = code ? code : copy_pages(c, e);
    sqlite3_close(c->to);
    c->to = NULL;
    store_sqlite_disconnect(&c->from); /* who writes need not wait for the check */
    code = code ? code : sync_copy(c, e);
    if (!code) {
        tell(c, c->b->bytes, c->b->bytes, true);
    }
    return code ? code : check_copy(c, e);
}

enum err_code store_backup(struct store_backup *b, struct err *e)
{
    struct copying c = {.b = b, .from = {.role = STORE_READER, .lock_fd = -1}};
    c.lock_fd = -1;
    c.from.path = strdup(b->from);
    if (!c.from.path) {
        return err_set(e, ERR_NOMEM, "not enough memory for a copy");
    }
    enum err_code code = run(&c, e);
    if (c.lock_fd >= 0) {
        close(c.lock_fd);
    }
    free(c.from.path);
    return code;
}
