/* metrics_state.c - see metrics_state.h. */
#include "fcgi/metrics_state.h"

#include "fcgi/jobs/notify_names.h"
#include "sql/store_outbox.h"

#include <stdio.h>

/* One number without labels. */
static void put_gauge(struct buf *out, const char *name, const char *help, bool known,
                      double value)
{
    struct metrics_family f = {name, METRICS_GAUGE, false, help};
    if (known) {
        metrics_put_family(out, &f);
        metrics_put(out, name, "", value);
    }
}

static void put_ready(struct buf *out, const struct health *h)
{
    static const struct metrics_family f = {
        "ready", METRICS_GAUGE, false,
        "1: this check of /readyz is ok or a warning; 0: it is failing."};
    char label[64];
    metrics_put_family(out, &f);
    for (unsigned i = 0; i < READINESS_CHECKS_N; i++) {
        snprintf(label, sizeof label, "check=\"%s\"",
                 readiness_check_name((enum readiness_check)i));
        metrics_put(out, f.name, label, h->answers[i].state != READINESS_FAILING);
    }
}

static void put_disk(struct buf *out, const struct health *h)
{
    const struct disk_usage *d = &h->disk;
    double days = disk_room_days(&d->room);
    put_gauge(out, "store_bytes", "Size of the store's file.", d->store_bytes >= 0,
              (double)d->store_bytes);
    put_gauge(out, "store_wal_bytes", "Size of the journal beside it.", d->wal_bytes >= 0,
              (double)d->wal_bytes);
    put_gauge(out, "disk_free_bytes", "Free where the store is.", d->room.known,
              (double)d->room.free_bytes);
    put_gauge(out, "disk_total_bytes", "Size of that file system.", d->room.known,
              (double)d->room.total_bytes);
    put_gauge(
        out, "disk_days_until_full",
        "Days until there is no more space to take records, as the store has grown.",
        days >= 0, days);
}

static void put_scorer(struct buf *out, const struct health *h)
{
    const struct scorer_status *s = &h->scorer;
    bool known = !s->store_fails;
    put_gauge(out, "scorer_up", "1: who scores answers, and is not behind.",
              known && h->facts.scorer_known, h->facts.scorer_ok);
    put_gauge(out, "unscored_batches",
              "Batches in the store that have no score, counted up to 100000.", known,
              (double)s->unscored);
    put_gauge(out, "learn_lag_batches", "Batches that are stored and not learned yet.",
              known, (double)s->lag);
    put_gauge(out, "learn_lag_seconds", "Since when the first of them waits.", known,
              (double)h->facts.lag_us / 1e6);
}

/* --- messages --- */

static double waiting(const struct store_channel *c)
{
    return (double)c->waiting;
}

static double undeliverable(const struct store_channel *c)
{
    return (double)c->undeliverable;
}

static double delivered_at(const struct store_channel *c)
{
    return (double)c->last_delivered_us / 1e6;
}

static double error_at(const struct store_channel *c)
{
    return (double)c->last_error_us / 1e6;
}

static void put_messages(struct buf *out, const struct config *c, struct store *reader,
                         int64_t now_us)
{
    static const struct {
        struct metrics_family family;
        double (*of)(const struct store_channel *c);
    } numbers[] = {
        {{"notifications_waiting", METRICS_GAUGE, false, "Messages that are to be sent."},
         waiting},
        {{"notifications_undeliverable", METRICS_GAUGE, false,
          "Messages that could not be delivered and were given up."},
         undeliverable},
        {{"notifications_last_delivered_timestamp_seconds", METRICS_GAUGE, false,
          "When the last one was delivered; 0: never."},
         delivered_at},
        {{"notifications_last_error_timestamp_seconds", METRICS_GAUGE, false,
          "When one could not be; 0: never."},
         error_at},
    };
    const char *const names[NOTIFY_WAYS_N] = {NOTIFY_WEBHOOK, NOTIFY_MAIL};
    bool there[NOTIFY_WAYS_N] = {c->notify.webhook_url[0] != '\0',
                                 config_has_mail(&c->notify)};
    struct store_channel channels[NOTIFY_WAYS_N];
    bool any = false;
    char label[64];
    struct err ignored;
    for (size_t i = 0; i < NOTIFY_WAYS_N; i++) {
        there[i] = there[i] && !store_get_channel(reader, names[i], 0, now_us,
                                                  &channels[i], &ignored);
        any = any || there[i];
    }
    for (size_t n = 0; any && n < sizeof numbers / sizeof numbers[0]; n++) {
        metrics_put_family(out, &numbers[n].family);
        for (size_t i = 0; i < NOTIFY_WAYS_N; i++) {
            snprintf(label, sizeof label, "channel=\"%s\"", names[i]);
            if (there[i]) {
                metrics_put(out, numbers[n].family.name, label,
                            numbers[n].of(&channels[i]));
            }
        }
    }
}

void metrics_put_state(struct buf *out, const struct config *c, struct store *reader,
                       const struct health *h, int64_t now_us)
{
    put_ready(out, h);
    put_disk(out, h);
    put_scorer(out, h);
    put_messages(out, c, reader, now_us);
}
