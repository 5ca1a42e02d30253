/* store_alarm.c - see store_alarm.h. */
#include "fcgi/jobs/store_alarm.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/random_id.h"
#include "fcgi/base/ticker.h"
#include "fcgi/core/notice_text.h"
#include "fcgi/core/trouble.h"
#include "fcgi/jobs/notify.h"
#include "fcgi/jobs/notify_names.h"
#include "fcgi/jobs/notify_send.h"

#include <pthread.h>
#include <unistd.h>

enum { HOST_BYTES = 256, TEXT_BYTES = ERR_MSG_BYTES + 128 };

struct way {
    const char *name;
    struct notify_sender *sender; /* NULL: not configured */
    bool told;
    int64_t pause_us, next_us; /* mono */
};

struct store_alarm {
    const struct config *config;
    struct ticker *ticker;
    pthread_mutex_t lock; /* of the two below */
    bool there;
    struct err why;
    /* the thread's own */
    struct way ways[NOTIFY_WAYS_N];
    struct trouble_watch watch;
    char event_id[RANDOM_ID_BYTES];
    int64_t began_us;
    char host[HOST_BYTES], api[NOTIFY_API_BYTES];
};

/* --- a message --- */

struct message {
    struct buf subject, body, json;
};

static bool compose(const struct store_alarm *a, const struct err *why, struct message *m)
{
    char text[TEXT_BYTES];
    snprintf(text, sizeof text,
             TROUBLE_SERVICE ": the store cannot be used, records are refused: %s",
             why->msg);
    struct notice_incident incident = {.count = 1,
                                       .first_us = a->began_us,
                                       .last_us = a->began_us,
                                       .severity = 1,
                                       .service = STR(TROUBLE_SERVICE),
                                       .summary = str_of(text)};
    struct notice_about about = {.kind = NOTICE_NEW,
                                 .event_id = str_of(a->event_id),
                                 .created_us = a->began_us,
                                 .host = a->host,
                                 .public_url = a->config->notify.public_url,
                                 .api = a->api,
                                 .incidents = &incident,
                                 .incidents_n = 1};
    buf_init(&m->subject, NOTICE_SUBJECT_BYTES);
    buf_init(&m->body, NOTICE_BODY_BYTES);
    buf_init(&m->json, NOTICE_JSON_BYTES);
    notice_put_subject(&m->subject, &about);
    notice_put_body(&m->body, &about);
    notice_put_json(&m->json, &about);
    return !m->subject.failed && !m->body.failed && !m->json.failed;
}

static void free_message(struct message *m)
{
    buf_free(&m->subject);
    buf_free(&m->body);
    buf_free(&m->json);
}

static void send_by(struct store_alarm *a, struct way *w, const struct message *m)
{
    struct notify_result r = {.end = NOTIFY_LATER};
    struct notify_letter letter = {.created_us = a->began_us,
                                   .kind = NOTICE_NEW,
                                   .event_id = str_of(a->event_id),
                                   .subject = buf_view(&m->subject),
                                   .body = buf_view(&m->body),
                                   .json = buf_view(&m->json)};
    notify_sender_send(w->sender, &letter, &r);
    w->told = r.end == NOTIFY_DELIVERED || r.end == NOTIFY_NEVER;
    if (r.end != NOTIFY_DELIVERED && w->pause_us == 0) {
        diag("that the store cannot be used could not be told by %s: %s", w->name,
             r.error);
    }
    int64_t pause_us =
        w->pause_us > 0 ? 2 * w->pause_us : a->config->notify.retry_ms * 1000;
    w->pause_us =
        pause_us < STORE_ALARM_RETRY_MAX_US ? pause_us : STORE_ALARM_RETRY_MAX_US;
    w->next_us = clock_mono_us() + w->pause_us;
}

/* --- the thread --- */

static void begin(struct store_alarm *a)
{
    struct err ignored;
    for (size_t i = 0; i < NOTIFY_WAYS_N; i++) {
        a->ways[i].told = false;
        a->ways[i].pause_us = a->ways[i].next_us = 0;
    }
    a->began_us = clock_now_us();
    a->watch.open = !random_id(a->event_id, &ignored); /* else the next time */
}

static void tell(struct store_alarm *a, const struct err *why)
{
    struct message m;
    bool ok = compose(a, why, &m);
    for (size_t i = 0; ok && i < NOTIFY_WAYS_N; i++) {
        struct way *w = &a->ways[i];
        if (w->sender && !w->told && clock_mono_us() >= w->next_us) {
            send_by(a, w, &m);
        }
    }
    free_message(&m);
}

static void tick(void *store_alarm)
{
    struct store_alarm *a = store_alarm;
    pthread_mutex_lock(&a->lock);
    bool there = a->there;
    struct err why = a->why;
    pthread_mutex_unlock(&a->lock);
    enum trouble_step step =
        trouble_look(&a->watch, there ? TROUBLE_THERE : TROUBLE_AWAY,
                     a->config->trouble_seconds * CLOCK_SECOND_US, clock_mono_us());
    if (step == TROUBLE_BEGINS) {
        begin(a);
    }
    a->watch.open = a->watch.open && step != TROUBLE_ENDS;
    if (a->watch.open) {
        tell(a, &why);
    }
}

/* --- for the others --- */

static enum err_code open_ways(struct store_alarm *a, struct err *e)
{
    const struct config_notify *c = &a->config->notify;
    a->ways[0].name = NOTIFY_WEBHOOK;
    a->ways[1].name = NOTIFY_MAIL;
    enum err_code code =
        c->webhook_url[0] ? notify_webhook_open(c, &a->ways[0].sender, e) : ERR_NONE;
    return code || !config_has_mail(c) ? code
                                       : notify_mail_open(c, &a->ways[1].sender, e);
}

enum err_code store_alarm_start(const struct config *config, struct store_alarm **out,
                                struct err *e)
{
    struct store_alarm *a = NULL;
    *out = NULL;
    if (!notify_is_configured(config)) {
        return ERR_NONE;
    }
    if ((a = calloc(1, sizeof *a)) == NULL) {
        return err_set(e, ERR_NOMEM, "not enough memory for messages");
    }
    a->config = config;
    pthread_mutex_init(&a->lock, NULL);
    notify_print_api(config, a->api);
    if (gethostname(a->host, sizeof a->host - 1) != 0) {
        a->host[0] = '\0';
    }
    enum err_code code = open_ways(a, e);
    code = code ? code
                : ticker_start(STORE_ALARM_SECONDS * CLOCK_SECOND_US, tick, a, &a->ticker,
                               e);
    if (code) {
        store_alarm_stop(a);
        return code;
    }
    *out = a;
    return ERR_NONE;
}

void store_alarm_set(struct store_alarm *a, const struct err *why)
{
    if (a) {
        pthread_mutex_lock(&a->lock);
        a->there = why != NULL;
        a->why = why ? *why : a->why;
        pthread_mutex_unlock(&a->lock);
    }
}

void store_alarm_stop(struct store_alarm *a)
{
    for (size_t i = 0; a && i < NOTIFY_WAYS_N; i++) {
        if (a->ways[i].sender) {
            notify_sender_end(a->ways[i].sender);
        }
    }
    if (a) {
        ticker_stop(a->ticker);
        for (size_t i = 0; i < NOTIFY_WAYS_N; i++) {
            notify_sender_close(a->ways[i].sender);
        }
        pthread_mutex_destroy(&a->lock);
        free(a);
    }
}
