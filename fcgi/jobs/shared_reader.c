/* shared_reader.c - see shared_reader.h. */
#include "fcgi/jobs/shared_reader.h"

enum err_code shared_reader_open(struct shared_reader *r, const char *database,
                                 struct err *e)
{
    enum err_code code = store_open_reader(database, &r->store, e);
    if (!code) {
        pthread_mutex_init(&r->lock, NULL);
    }
    return code;
}

void shared_reader_close(struct shared_reader *r)
{
    if (r->store) {
        store_close(r->store);
        pthread_mutex_destroy(&r->lock);
        r->store = NULL;
    }
}
