/* self_watch.c - see self_watch.h. */
#include "fcgi/jobs/self_watch.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/ticker.h"
#include "fcgi/jobs/disk_usage.h"
#include "fcgi/jobs/notify.h"
#include "fcgi/jobs/notify_names.h"
#include "fcgi/jobs/store_alarm.h"
#include "fcgi/jobs/trouble_incident.h"
#include "sql/store_outbox.h"

#include <stdlib.h>

struct self_watch {
    struct self_watch_options o;
    struct store *reader;
    struct ticker *ticker;
    struct store_alarm *alarm;
    bool looked_back; /* which incidents a process before this one left open is known */
    struct trouble_watch watches[TROUBLES_N];
    int64_t seen_us[TROUBLES_N]; /* monotonic: when an open one was last written */
    struct disk_usage disk;
    int64_t disk_us; /* monotonic: when that was read; 0: never */
    bool failing;    /* it was said that an incident could not be stored */
};

/* What is seen, and what there is to say of it. */
struct sight {
    enum trouble_sight sight;
    struct trouble_facts facts;
    char last_error[ERR_MSG_BYTES];
};

/* --- looking --- */

/* What comes of it the writer counts; an incident it cannot be, for that is in the store. */
static void look_at_store(struct self_watch *w)
{
    struct err why;
    struct write_job nothing = {.now_us = clock_now_us()};
    enum err_code code = writer_submit(w->o.writer, &nothing, &why);
    writer_wait_learned(&nothing);
    store_alarm_set(w->alarm, code ? &why : NULL);
}

static void look_at_scorer(struct self_watch *w, struct sight *s)
{
    struct outgoing_health h;
    s->facts.scorer_is_service = w->o.outgoing != NULL;
    if (!w->o.outgoing) {
        s->sight = state_is_ready(w->o.state) ? TROUBLE_AWAY : TROUBLE_THERE;
        return;
    }
    outgoing_health(w->o.outgoing, &h);
    s->sight = !h.known ? TROUBLE_UNKNOWN : h.ok ? TROUBLE_AWAY : TROUBLE_THERE;
    memcpy(s->last_error, h.why, sizeof s->last_error);
}

/* Something could not be delivered, and nothing has been since. */
static void look_at_channel(struct self_watch *w, const char *name, bool configured,
                            struct sight *s)
{
    struct store_channel c;
    struct err ignored;
    int64_t now_us = clock_now_us();
    if (!configured) {
        s->sight = TROUBLE_AWAY;
        return;
    }
    if (store_get_channel(w->reader, name, 0, now_us, &c, &ignored)) {
        s->sight = TROUBLE_UNKNOWN;
        return;
    }
    s->sight = c.last_error_us > c.last_delivered_us ? TROUBLE_THERE : TROUBLE_AWAY;
    s->facts.waiting = c.waiting;
    memcpy(s->last_error, c.last_error, sizeof c.last_error);
}

static void look_at_disk(struct self_watch *w, bool was_low, struct sight *s)
{
    int64_t now = clock_mono_us();
    if (w->disk_us == 0 ||
        now - w->disk_us >= SELF_WATCH_DISK_SECONDS * CLOCK_SECOND_US) {
        disk_usage_read(w->o.config, w->reader, clock_now_us(), &w->disk);
        w->disk_us = now;
    }
    s->facts.disk = &w->disk.room;
    s->sight = !w->disk.room.known                        ? TROUBLE_UNKNOWN
               : disk_room_is_low(&w->disk.room, was_low) ? TROUBLE_THERE
                                                          : TROUBLE_AWAY;
}

static void look_at_retention(struct self_watch *w, struct sight *s)
{
    struct err why;
    s->sight = keeper_fails(w->o.keeper, &why) ? TROUBLE_THERE : TROUBLE_AWAY;
    memcpy(s->last_error, why.msg, sizeof s->last_error);
}

static void look(struct self_watch *w, enum trouble t, struct sight *s)
{
    const struct config_notify *c = &w->o.config->notify;
    *s = (struct sight){.last_error = ""};
    s->facts.last_error = s->last_error;
    switch (t) {
    case TROUBLE_SCORER:
        look_at_scorer(w, s);
        break;
    case TROUBLE_WEBHOOK:
        look_at_channel(w, NOTIFY_WEBHOOK, c->webhook_url[0] != '\0', s);
        break;
    case TROUBLE_MAIL:
        look_at_channel(w, NOTIFY_MAIL, config_has_mail(c), s);
        break;
    case TROUBLE_RETENTION:
        look_at_retention(w, s);
        break;
    case TROUBLE_DISK:
    default:
        look_at_disk(w, w->watches[TROUBLE_DISK].open, s);
    }
}

/* --- what becomes of it --- */

static enum err_code take_step(struct self_watch *w, enum trouble t,
                               enum trouble_step step, const struct trouble_incident *i,
                               struct err *e)
{
    struct trouble_watch *watch = &w->watches[t];
    int64_t now = clock_mono_us();
    enum err_code code = ERR_NONE;
    if (step == TROUBLE_BEGINS) {
        code = trouble_incident_begin(w->o.writer, i, e);
        watch->open = !code;
    } else if (step == TROUBLE_ENDS) {
        code = trouble_incident_end(w->o.writer, i, e);
        watch->open = code != ERR_NONE;
    } else if (watch->open && watch->since_us &&
               now - w->seen_us[t] >= SELF_WATCH_SEEN_SECONDS * CLOCK_SECOND_US) {
        code = trouble_incident_go_on(w->o.writer, i, e);
    } else {
        return ERR_NONE;
    }
    w->seen_us[t] = now;
    if (!code && step != TROUBLE_STAYS) {
        diag("%s: %.*s", step == TROUBLE_BEGINS ? "trouble" : "no trouble any more",
             STR_ARGS(step == TROUBLE_BEGINS ? i->text : str_of(trouble_end_text(t))));
    }
    return code;
}

static enum err_code follow(struct self_watch *w, enum trouble t, struct err *e)
{
    struct trouble_watch *watch = &w->watches[t];
    struct sight s;
    char text[TROUBLE_TEXT_BYTES];
    int64_t now = clock_mono_us();
    int64_t patience_us =
        t == TROUBLE_DISK ? 0 : w->o.config->trouble_seconds * CLOCK_SECOND_US;
    look(w, t, &s);
    enum trouble_step step = trouble_look(watch, s.sight, patience_us, now);
    s.facts.for_us = watch->since_us ? now - watch->since_us : 0;
    struct trouble_incident i = {.trouble = t,
                                 .text = trouble_text(t, &s.facts, text),
                                 .now_us = clock_now_us(),
                                 .tells = notify_is_configured(w->o.config)};
    return take_step(w, t, step, &i, e);
}

/* The incidents that were open when this process started. */
static enum err_code look_back(struct self_watch *w, struct err *e)
{
    enum err_code code = ERR_NONE;
    for (size_t t = 0; !code && !w->looked_back && t < TROUBLES_N; t++) {
        struct trouble_incident i = {.trouble = (enum trouble)t};
        code = trouble_incident_is_open(w->o.writer, &i, &w->watches[t].open, e);
    }
    w->looked_back = !code;
    return code;
}

static void tick(void *self_watch)
{
    struct self_watch *w = self_watch;
    struct err e;
    look_at_store(w);
    enum err_code code = look_back(w, &e);
    for (size_t t = 0; !code && t < TROUBLES_N; t++) {
        code = follow(w, (enum trouble)t, &e);
    }
    if (code && !w->failing) {
        diag("an incident of our own could not be stored, trying again: %s", e.msg);
    }
    w->failing = code != ERR_NONE;
}

/* --- start and stop --- */

enum err_code self_watch_start(const struct self_watch_options *options,
                               struct self_watch **out, struct err *e)
{
    struct self_watch *w = calloc(1, sizeof *w);
    if (!w) {
        return err_set(e, ERR_NOMEM, "not enough memory to watch the store");
    }
    w->o = *options;
    enum err_code code = store_open_reader(options->config->database, &w->reader, e);
    code = code ? code : store_alarm_start(options->config, &w->alarm, e);
    if (!code) {
        look_at_store(w);
        code = ticker_start(SELF_WATCH_SECONDS * CLOCK_SECOND_US, tick, w, &w->ticker, e);
    }
    if (code) {
        self_watch_stop(w);
        return code;
    }
    *out = w;
    return ERR_NONE;
}

void self_watch_stop(struct self_watch *w)
{
    if (w) {
        ticker_stop(w->ticker);
        store_alarm_stop(w->alarm);
        store_close(w->reader);
        free(w);
    }
}
