/* filelock.h - who may write: locks on the store's own file, between processes.
 *
 * Two locks, each one byte far behind those that SQLite uses, as "open file description"
 * locks. FILELOCK_WRITE is taken round every write transaction and every checkpoint,
 * because in Debian's SQLite 3.40.1 a checkpoint that races a commit can corrupt a WAL
 * store. FILELOCK_OWNER is held by the one ingest process of a store for its whole life.
 * Why on the store itself: no lock file is left over, none can be deleted while in use,
 * and kill -9 frees both.
 *
 * RULE: closing any descriptor of a file drops SQLite's own locks on it in this process,
 * so a filelock is closed after the last SQLite connection. It does not exclude threads
 * that share it: only one thread of a process writes. */
#ifndef SQL_FILELOCK_H
#define SQL_FILELOCK_H

#include "fcgi/base/err.h"

enum filelock_which { FILELOCK_WRITE, FILELOCK_OWNER };

/* Opens path, makes it (empty, mode 0600) if need be; the descriptor goes to *fd. */
enum err_code filelock_open(const char *path, int *fd, struct err *e) MUST_USE;

/* Tries until mono_us passes deadline_us, at least once. ERR_BUSY if others hold it. */
enum err_code filelock_take(int fd, enum filelock_which which, int64_t deadline_us,
                            struct err *e) MUST_USE;
void filelock_give(int fd, enum filelock_which which);

#endif
