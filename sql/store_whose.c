/* store_whose.c - see store_whose.h. */
#include "sql/store_whose.h"

#include <sys/stat.h>

enum { URI_BYTES_MAX = 3 * 4096 };

enum err_code store_sqlite_open_checked(struct store_sqlite *s, const char *path,
                                        int flags, enum migrate_state *state,
                                        struct err *e)
{
    enum err_code code = db_open(path, flags, &s->db, e);
    return code ? code : migrate_inspect(s->db, state, e);
}

enum err_code store_sqlite_refuse(enum migrate_state state, struct err *e)
{
    if (state == MIGRATE_NEWER) {
        return err_set(e, ERR_INVALID,
                       "the store was written by a newer version of this "
                       "program; use that one, or set DATABASE to another file");
    }
    return err_set(e, ERR_INVALID,
                   "the file that DATABASE names was made by another program, or by the "
                   "prototype and changed since; it is left as it is: set DATABASE to "
                   "another file");
}

/* The path as a file: URI; what has a meaning there is written %XX. */
static void put_uri(struct buf *b, const char *path)
{
    buf_str(b, STR("file:"));
    for (; *path; path++) {
        if (strchr("%?#", *path)) {
            buf_fmt(b, "%%%02x", (unsigned)*path);
        } else {
            buf_byte(b, *path);
        }
    }
    buf_add(b, "?immutable=1", sizeof "?immutable=1"); /* with its NUL */
}

static bool has_beside(const char *path, const char *suffix)
{
    struct stat st;
    struct buf b;
    buf_init(&b, URI_BYTES_MAX);
    buf_str(&b, str_of(path));
    buf_add(&b, suffix, strlen(suffix) + 1); /* with its NUL */
    bool yes = !b.failed && stat(b.p, &st) == 0 && st.st_size > 0;
    buf_free(&b);
    return yes;
}

enum err_code store_sqlite_look(struct store_sqlite *s, enum migrate_state *state,
                                struct err *e)
{
    struct buf uri;
    buf_init(&uri, URI_BYTES_MAX);
    put_uri(&uri, s->path);
    enum err_code code =
        uri.failed ? err_set(e, ERR_INVALID, "DATABASE: the path is too long")
                   : store_sqlite_open_checked(
                         s, uri.p, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, state, e);
    buf_free(&uri);
    return code;
}

/* Whose file is it? Looked at without changing it. With a WAL beside it the file alone may
 * be torn (a process was killed in a checkpoint) or lack everything, so the two are read
 * together: read-only, which does not empty the WAL. Without one it is looked at as
 * immutable: else another program's rollback journal could be replayed. So it is beside such a
 * journal, too: the power failed as WAL was being turned on. */
enum err_code store_sqlite_refuse_foreign(struct store_sqlite *s,
                                          enum migrate_state *state, struct err *e)
{
    bool wal = has_beside(s->path, "-wal") && !has_beside(s->path, "-journal");
    enum err_code code =
        wal ? store_sqlite_open_checked(s, s->path, SQLITE_OPEN_READONLY, state, e)
            : store_sqlite_look(s, state, e);
    store_sqlite_disconnect(s);
    if (!code && (*state == MIGRATE_FOREIGN || *state == MIGRATE_NEWER)) {
        code = store_sqlite_refuse(*state, e);
    }
    return code;
}
