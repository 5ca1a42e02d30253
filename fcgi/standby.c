/* standby.c - see standby.h. */
#include "fcgi/standby.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/disk.h"
#include "fcgi/base/ticker.h"
#include "fcgi/jobs/store_alarm.h"
#include "sql/store.h"

#include <assert.h>
#include <signal.h>
#include <unistd.h>

struct standby {
    struct process *process;
    struct err why;
    struct budget bodies;
    struct route routes[STANDBY_ROUTES_MAX];
};

static enum err_code refuse(void *app, const struct request *req, struct response *resp,
                            struct err *e)
{
    const struct standby *s = app;
    (void)req, (void)resp;
    return err_set(e, s->why.code == ERR_FULL ? ERR_FULL : ERR_DOWN, "%s", s->why.msg);
}

/* The store can be used again, it seems: as a new process. */
static void look(void *arg)
{
    const struct standby *s = arg;
    struct err ignored;
    struct disk disk;
    if (s->why.code == ERR_FULL &&
        (disk_look(s->process->config.database, &disk, &ignored) ||
         disk.free_bytes < STANDBY_FREE_BYTES)) {
        return;
    }
    if (!store_check(s->process->config.database, &ignored)) {
        kill(getpid(), SIGUSR2);
    }
}

enum serve_end standby_serve(struct process *p, struct router router,
                             const struct err *why)
{
    struct standby s = {.process = p, .why = *why};
    struct serve *serve = NULL;
    struct ticker *ticker = NULL;
    struct store_alarm *alarm = NULL;
    struct err e;
    assert(router.n <= STANDBY_ROUTES_MAX);
    for (size_t i = 0; i < router.n; i++) {
        s.routes[i] = router.routes[i];
        s.routes[i].fn = refuse;
    }
    diag("%s; requests are answered so until it can be used", why->msg);
    struct serve_options o =
        process_serve_options(p, (struct router){s.routes, router.n}, &s, &s.bodies);
    o.workers = STANDBY_WORKERS;
    enum serve_end end = SERVE_STOPPED;
    if (store_alarm_start(&p->config, &alarm, &e)) {
        diag("nobody is told of it: %s", e.msg);
    }
    store_alarm_set(alarm, why);
    if (serve_new(&o, &serve, &e) ||
        ticker_start(STANDBY_LOOK_SECONDS * CLOCK_SECOND_US, look, &s, &ticker, &e)) {
        diag("%s", e.msg);
    } else {
        end = serve_run(serve);
    }
    ticker_stop(ticker);
    store_alarm_stop(alarm);
    serve_free(serve);
    return end;
}
