/* shared_reader.h - a reader of the store that all threads of a process use, one at a time:
 * for looks that are short. */
#ifndef JOBS_SHARED_READER_H
#define JOBS_SHARED_READER_H

#include "sql/store.h"

#include <pthread.h>

struct shared_reader {
    pthread_mutex_t lock;
    struct store *store; /* used with the lock held; NULL: not open */
};

enum err_code shared_reader_open(struct shared_reader *r, const char *database,
                                 struct err *e) MUST_USE;

/* A zeroed one may be closed. */
void shared_reader_close(struct shared_reader *r);

#endif
