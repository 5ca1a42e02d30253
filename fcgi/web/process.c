/* process.c - see process.h. */
#include "fcgi/web/process.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/counters.h"
#include "fcgi/base/counts.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/ticker.h"

#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGE_BYTES = 256 * 1024, ARENAS_MAX = 2 };

#define NAME_START "loganalyzer-"

static char program_path[CONFIG_PATH_BYTES]; /* where a restart finds the new image */

static void pid_path(const struct process *p, char out[static CONFIG_PATH_BYTES + 80])
{
    snprintf(out, CONFIG_PATH_BYTES + 80, "%s/%s.pid", p->config.run_dir, p->name);
}

static bool write_pid_file(const struct process *p)
{
    char path[CONFIG_PATH_BYTES + 80];
    pid_path(p, path);
    FILE *f = fopen(path, "we");
    if (!f) {
        diag("the pid file cannot be written in RUN_DIR: %s", strerror(errno));
        return false;
    }
    fprintf(f, "%ld\n", (long)getpid());
    if (fclose(f) != 0) { /* a full disk: who asks is to be told so, by us */
        diag("the pid file cannot be written in RUN_DIR: %s", strerror(errno));
        unlink(path);
    }
    return true;
}

/* Only our own: a successor may have written its number already. */
static void remove_pid_file(const struct process *p)
{
    char path[CONFIG_PATH_BYTES + 80];
    long pid = 0;
    pid_path(p, path);
    FILE *f = fopen(path, "re");
    bool ours = f && fscanf(f, "%ld", &pid) == 1 && pid == (long)getpid();
    if (f) {
        fclose(f);
    }
    if (ours) {
        unlink(path);
    }
}

static void retry_counts(void *process)
{
    const struct process *p = process;
    struct err ignored;
    static bool done; /* the ticker's */
    if (!counts_retry(p->config.metrics_file, &ignored) && !done) {
        done = true;
        diag("/metrics shows what this program does, also what it did until now");
    }
}

/* Without the file all goes on, and is counted for the day on which there is one. */
static void open_counts(struct process *p)
{
    struct err e, why;
    assert(strncmp(p->name, NAME_START, strlen(NAME_START)) == 0);
    bool fails = counters_open(p->config.metrics_file, &why) != ERR_NONE;
    counts_open(p->name + strlen(NAME_START));
    if (fails) {
        diag("/metrics does not show what this program does, trying again: %s", why.msg);
    }
    if (fails && ticker_start(PROCESS_COUNTS_SECONDS * CLOCK_SECOND_US, retry_counts, p,
                              &p->uncounted, &e)) {
        diag("%s", e.msg);
    }
}

bool process_begin(struct process *p, const char *name)
{
    struct err e;
    p->name = name;
    diag_init(name);
    serve_signals();
    umask(077);
    /* Large blocks go back to the system when freed, whatever was allocated before;
     * and 32 threads do not make 16 heaps. */
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    mallopt(M_ARENA_MAX, ARENAS_MAX);
    ssize_t n = readlink("/proc/self/exe", program_path, sizeof program_path - 1);
    program_path[n > 0 ? n : 0] = '\0';
    if (config_load(&p->config, &e)) {
        diag("%s", e.msg);
        return false;
    }
    open_counts(p);
    const struct access_options who = {.keys_file = p->config.keys_file,
                                       .public_url = p->config.notify.public_url,
                                       .anonymous = p->config.anonymous != 0,
                                       .rate_max = p->config.key_requests_max};
    if (access_open(&who, &p->access, &e)) {
        diag("%s", e.msg);
        return false;
    }
    return write_pid_file(p);
}

int process_fail(struct process *p, const struct err *e)
{
    diag("%s", e->msg);
    ticker_stop(p->uncounted);
    access_close(p->access);
    remove_pid_file(p);
    return 1;
}

int process_end(struct process *p, enum serve_end end)
{
    ticker_stop(p->uncounted);
    access_close(p->access);
    if (end == SERVE_RESTART) {
        char *const argv[] = {program_path, NULL};
        execv(program_path, argv);
        diag("restart in place failed, leaving it to the web server: %s",
             strerror(errno));
    }
    remove_pid_file(p);
    return end == SERVE_RESTART;
}

/* A new image would refuse to start with settings that it does not understand: better to
 * go on with the old ones and say so. */
static bool may_restart(void)
{
    static struct config next; /* the accepting thread's */
    struct err e;
    if (config_load(&next, &e)) {
        diag("not restarted, because the new one would not start: %s", e.msg);
        return false;
    }
    return true;
}

struct serve_options process_serve_options(const struct process *p, struct router router,
                                           void *app, struct budget *bodies)
{
    const struct config *c = &p->config;
    bodies->max = (size_t)c->bodies_bytes_max;
    return (struct serve_options){
        .router = router,
        .app = app,
        .prefix = str_of(c->prefix),
        .access = p->access,
        .workers = (size_t)c->workers,
        .queue_max = (size_t)c->queue_max,
        .body_bytes_max = (size_t)c->body_bytes_max,
        .bodies = bodies,
        .hang_us = c->hang_seconds * CLOCK_SECOND_US,
        .may_restart = may_restart,
    };
}
