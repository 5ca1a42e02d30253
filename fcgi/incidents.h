/* incidents.h - loganalyzer-incidents: what its handlers share. incidents.c is main and the
 * routes; each subject has a file of its own.
 *
 * Each worker reads by a store of its own. Changes go through one editor, one at a time: it
 * takes the store's file lock, so ingest and this process do not write at once. Nothing slow
 * may be done between begin and commit. */
#ifndef FCGI_INCIDENTS_H
#define FCGI_INCIDENTS_H

#include "fcgi/base/json.h"
#include "fcgi/web/process.h"
#include "sql/store_life.h"

#include <pthread.h>

enum { INCIDENTS_WORKERS = 4 };

struct incidents {
    struct process process;
    struct budget bodies;
    struct store *readers[INCIDENTS_WORKERS]; /* one a worker */
    struct store *editor;
    pthread_mutex_t lock; /* of: */
    bool editing;         /* from begin to commit or rollback */
    pthread_cond_t free;
};

/* Waits for the right to change at most STORE_WAIT_MS: ERR_BUSY after it, ERR_DOWN if there
 * is no store. Then incidents_commit or incidents_rollback must follow. */
enum err_code incidents_begin(struct incidents *in, struct err *e) MUST_USE;
enum err_code incidents_commit(struct incidents *in, struct err *e) MUST_USE;
void incidents_rollback(struct incidents *in);

/* A query parameter as a number in 1..max; def if it is not there. ERR_INVALID names it. */
enum err_code incidents_number(const struct request *req, struct str name, int64_t max,
                               int64_t def, int64_t *out, struct err *e) MUST_USE;

/* The body as one JSON object, which is changed in place. ERR_INVALID says what it must be. */
enum err_code incidents_object(const struct request *req, struct json_value *out,
                               struct err *e) MUST_USE;

/* What people have said of the incident in this row, its texts in the arena. False: no
 * memory. */
bool incidents_life(const struct store_incident_row *row, struct arena *a,
                    struct store_incident_life *out);

/* Handlers; app is the struct incidents. */
enum err_code incident_list_get(void *app, const struct request *req,
                                struct response *resp, struct err *e);
enum err_code incident_detail_get(void *app, const struct request *req,
                                  struct response *resp, struct err *e);
enum err_code incident_change_patch(void *app, const struct request *req,
                                    struct response *resp, struct err *e);
enum err_code services_get(void *app, const struct request *req, struct response *resp,
                           struct err *e);
enum err_code rejected_get(void *app, const struct request *req, struct response *resp,
                           struct err *e);

#endif
