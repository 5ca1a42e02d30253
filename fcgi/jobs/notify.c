/* notify.c - see notify.h. */
#include "fcgi/jobs/notify.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/ticker.h"
#include "fcgi/jobs/notify_names.h"
#include "fcgi/jobs/notify_send.h"

#include <unistd.h>

enum { HOST_BYTES = 256 };
#define PURGE_US (60 * CLOCK_SECOND_US)

struct way {
    struct notify *all;
    const char *name;
    struct store *reader;
    struct notify_sender *sender; /* NULL: not configured */
    struct notify_channel *channel;
    struct ticker *ticker;
    bool failing; /* the store was said to */
};

struct notify {
    const struct config *config;
    struct writer *writer;
    char host[HOST_BYTES], api[NOTIFY_API_BYTES];
    struct way ways[NOTIFY_WAYS_N];
    int64_t purged_us; /* mono; the first way's thread's */
};

bool notify_is_configured(const struct config *c)
{
    return c->notify.webhook_url[0] || config_has_mail(&c->notify);
}

/* --- the threads --- */

static enum err_code purge_step(void *arg, struct store *s, struct err *e)
{
    size_t n;
    return store_purge_outbox(s, arg, &n, e);
}

/* What was told on all channels, and is old, goes: a little at a time. */
static void purge(struct notify *n)
{
    struct err e;
    struct store_outbox_purge p = {
        .before_us = clock_now_us() - OUTBOX_KEEP_US,
        .rows_max = OUTBOX_ROWS_MAX,
        .told_id = INT64_MAX,
        .limit = OUTBOX_PURGE_ROWS,
    };
    for (size_t i = 0; i < NOTIFY_WAYS_N; i++) {
        int64_t told =
            n->ways[i].channel ? notify_channel_told(n->ways[i].channel) : INT64_MAX;
        p.told_id = told < p.told_id ? told : p.told_id;
    }
    struct write_job job = {.also = purge_step, .also_arg = &p};
    if (writer_submit(n->writer, &job, &e)) {
        diag("old messages could not be dropped: %s", e.msg);
    }
    writer_wait_learned(&job);
}

static void tick(void *arg)
{
    struct way *w = arg;
    struct err e;
    bool first = w == &w->all->ways[0] || !w->all->ways[0].channel;
    enum err_code code = notify_channel_step(w->channel, &e);
    if (code && !w->failing) {
        diag("%s: messages wait, for the store cannot be used: %s", w->name, e.msg);
    }
    w->failing = code != ERR_NONE;
    if (first && clock_mono_us() - w->all->purged_us > PURGE_US) {
        w->all->purged_us = clock_mono_us();
        purge(w->all);
    }
}

/* --- starting and stopping --- */

void notify_print_api(const struct config *c, char out[static NOTIFY_API_BYTES])
{
    const char *host = c->bind;
    if (host[0] == '/') { /* a folder: a socket in it */
        snprintf(out, NOTIFY_API_BYTES, "--unix-socket %s/http http://localhost", host);
        return;
    }
    host = strcmp(host, "0.0.0.0") == 0 ? "127.0.0.1" : host;
    host = strcmp(host, "::") == 0 ? "::1" : host;
    bool six = strchr(host, ':') != NULL;
    snprintf(out, NOTIFY_API_BYTES, "http://%s%s%s:%lld", six ? "[" : "", host,
             six ? "]" : "", (long long)c->port);
}

static enum err_code open_way(struct notify *n, struct way *w, struct err *e)
{
    const struct config_notify *c = &n->config->notify;
    struct notify_channel_options o = {
        .name = w->name,
        .reader = w->reader,
        .writer = n->writer,
        .self = {n->host, c->public_url, n->api},
        .send = notify_sender_send,
        .send_arg = w->sender,
        .max = c->max,
        .window_us = (int64_t)(c->minutes * (double)CLOCK_MINUTE_US),
        .retry_us = c->retry_ms * 1000,
        .now = clock_now_us,
    };
    return notify_channel_open(&o, &w->channel, e);
}

static enum err_code open_sender(struct notify *n, struct way *w, struct err *e)
{
    const struct config_notify *c = &n->config->notify;
    bool mail = strcmp(w->name, NOTIFY_MAIL) == 0;
    if (mail ? !config_has_mail(c) : !c->webhook_url[0]) {
        return ERR_NONE;
    }
    return mail ? notify_mail_open(c, &w->sender, e)
                : notify_webhook_open(c, &w->sender, e);
}

static enum err_code start_way(struct notify *n, struct way *w, struct err *e)
{
    enum err_code code = store_open_reader(n->config->database, &w->reader, e);
    code = code ? code : open_sender(n, w, e);
    if (code || !w->sender) {
        return code ? code : notify_channel_forget(w->name, w->reader, n->writer, e);
    }
    return open_way(n, w, e);
}

/* All channels are open before the first thread looks at them. */
static enum err_code start_threads(struct notify *n, struct err *e)
{
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && i < NOTIFY_WAYS_N; i++) {
        struct way *w = &n->ways[i];
        if (w->channel) {
            code = ticker_start(NOTIFY_SECONDS * CLOCK_SECOND_US, tick, w, &w->ticker, e);
        }
    }
    return code;
}

enum err_code notify_start(const struct config *config, struct writer *writer,
                           struct notify **out, struct err *e)
{
    static const char *const names[NOTIFY_WAYS_N] = {NOTIFY_WEBHOOK, NOTIFY_MAIL};
    struct notify *n = calloc(1, sizeof *n);
    enum err_code code = ERR_NONE;
    if (!n) {
        return err_set(e, ERR_NOMEM, "not enough memory for messages");
    }
    n->config = config;
    n->writer = writer;
    n->purged_us = clock_mono_us();
    notify_print_api(config, n->api);
    if (gethostname(n->host, sizeof n->host - 1) != 0) {
        n->host[0] = '\0';
    }
    for (size_t i = 0; !code && i < NOTIFY_WAYS_N; i++) {
        n->ways[i] = (struct way){.all = n, .name = names[i]};
        code = start_way(n, &n->ways[i], e);
    }
    code = code ? code : start_threads(n, e);
    if (code) {
        notify_stop(n);
        return code;
    }
    *out = n;
    notify_wake(n); /* what is left from before */
    return ERR_NONE;
}

void notify_wake(struct notify *n)
{
    for (size_t i = 0; n && i < NOTIFY_WAYS_N; i++) {
        ticker_wake(n->ways[i].ticker);
    }
}

void notify_stop(struct notify *n)
{
    for (size_t i = 0; n && i < NOTIFY_WAYS_N; i++) {
        if (n->ways[i].sender) {
            notify_sender_end(n->ways[i].sender);
        }
    }
    for (size_t i = 0; n && i < NOTIFY_WAYS_N; i++) {
        struct way *w = &n->ways[i];
        ticker_stop(w->ticker);
        notify_channel_close(w->channel);
        notify_sender_close(w->sender);
        store_close(w->reader);
    }
    free(n);
}
