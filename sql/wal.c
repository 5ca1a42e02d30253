/* wal.c - see wal.h. Who reads is seen in the locks on the file beside the store that SQLite
 * shares its memory by: one byte for each place in the journal that somebody reads from. They
 * are read from /proc/locks, for to open and close that file here would drop our own. */
#include "sql/wal.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096 + 8,
    LINE_BYTES = 256,
    NAME_BYTES = 64,
    READ_LOCKS_AT = 124, /* bytes of SQLite's WAL_READ_LOCK(1) to (4) */
    READ_LOCKS_END = 128
};

static bool look(const char *store, const char *suffix, struct stat *st)
{
    char path[PATH_BYTES];
    int n = snprintf(path, sizeof path, "%s%s", store, suffix);
    return n > 0 && (size_t)n < sizeof path && stat(path, st) == 0;
}

int64_t wal_bytes(const char *store)
{
    struct stat st;
    return look(store, "-wal", &st) ? (int64_t)st.st_size : 0;
}

enum err_code wal_empty(sqlite3 *db, int64_t wait_ms, struct err *e)
{
    sqlite3_busy_timeout(db, wait_ms < DB_BUSY_MS ? (int)wait_ms : DB_BUSY_MS);
    int rc = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    enum err_code code = rc == SQLITE_OK ? ERR_NONE : db_error(db, e);
    sqlite3_busy_timeout(db, DB_BUSY_MS);
    return code;
}

/* A line of /proc/locks: "1: POSIX  ADVISORY  READ 1234 fd:01:5678 124 124". The process, if it
 * is another one that reads this file's journal; else 0. */
static long reader_in(const char *line, const struct stat *st)
{
    unsigned major, minor;
    unsigned long inode;
    long pid, from;
    if (sscanf(line, "%*d: POSIX %*s %*s %ld %x:%x:%lu %ld", &pid, &major, &minor, &inode,
               &from) != 5) {
        return 0;
    }
    bool this_file = inode == (unsigned long)st->st_ino && major == major(st->st_dev) &&
                     minor == minor(st->st_dev);
    bool reads = from >= READ_LOCKS_AT && from < READ_LOCKS_END;
    return this_file && reads && pid != (long)getpid() ? pid : 0;
}

static void name_of(long pid, char out[static NAME_BYTES])
{
    char path[NAME_BYTES];
    snprintf(path, sizeof path, "/proc/%ld/comm", pid);
    FILE *f = fopen(path, "re");
    if (!f || !fgets(out, NAME_BYTES, f)) {
        snprintf(out, NAME_BYTES, "a program");
    }
    if (f) {
        fclose(f);
    }
    for (char *p = out; *p; p++) { /* it is what that process calls itself */
        *p = *p >= ' ' && *p <= '~' && *p != '<' && *p != '>' ? *p : '\0';
    }
}

void wal_reader(const char *store, char out[static WAL_WHO_BYTES])
{
    char line[LINE_BYTES], name[NAME_BYTES];
    struct stat st;
    long pid = 0;
    out[0] = '\0';
    FILE *f = look(store, "-shm", &st) ? fopen("/proc/locks", "re") : NULL;
    while (f && pid == 0 && fgets(line, sizeof line, f)) {
        pid = reader_in(line, &st);
    }
    if (f) {
        fclose(f);
    }
    if (pid != 0) {
        name_of(pid, name);
        snprintf(out, WAL_WHO_BYTES, "%s, process %ld", name, pid);
    }
}
