/* store_outbox.h - what is to be told of incidents, and the messages that are made of it:
 * verbs of store.h, by its rules. When one is told is decided in fcgi/core/notice.h. */
#ifndef SQL_STORE_OUTBOX_H
#define SQL_STORE_OUTBOX_H

#include "fcgi/core/notice.h"
#include "sql/store.h"

enum {
    OUTBOX_CHANNEL_BYTES = 16,
    OUTBOX_ERROR_BYTES = 256,
    OUTBOX_ROWS_MAX = 10000, /* that have ended; older ones are dropped */
    OUTBOX_PURGE_ROWS = 100  /* in one step */
};
#define OUTBOX_KEEP_US (30 * 24 * 60 * CLOCK_MINUTE_US)

/* --- notices --- */

struct store_notice {
    int64_t id; /* given by the store */
    int64_t incident_id;
    enum notice_kind kind;
    int64_t at_us; /* our clock */
    double severity;
    int64_t first_us, last_us; /* event times */
};
typedef void (*store_notice_fn)(void *arg, const struct store_notice *n);

/* Those with ids from after_id + 1 to to_id that are old news, or all others; with a time in
 * wanted_at_us only of incidents that are there, and neither normal nor muted at it. */
struct store_notice_range {
    int64_t after_id, to_id;
    bool old;
    int64_t wanted_at_us; /* our clock */
};

struct store_notice_sum {
    int64_t n, first_id, last_id;
    int64_t incidents;                 /* each once */
    int64_t fresh, regressions, worse; /* notices of each kind, old news or not */
    int64_t first_at_us, last_at_us;   /* our clock */
    int64_t first_us, last_us;         /* event times */
};

enum err_code store_push_notice(struct store *s, const struct store_notice *n,
                                struct err *e) MUST_USE;
/* All zero: there are none. */
enum err_code store_sum_notices(struct store *s, const struct store_notice_range *r,
                                struct store_notice_sum *out, struct err *e) MUST_USE;
/* The most severe first, then by id. */
enum err_code store_list_notices(struct store *s, const struct store_notice_range *r,
                                 size_t limit, store_notice_fn fn, void *arg,
                                 struct err *e) MUST_USE;
/* The highest id ever given; 0: none. */
enum err_code store_last_notice(struct store *s, int64_t *id, struct err *e) MUST_USE;
/* The incident's newest one. */
enum err_code store_find_notice(struct store *s, int64_t incident_id, enum notice_kind *k,
                                bool *found, struct err *e) MUST_USE;

/* --- messages --- */

enum outbox_state { OUTBOX_WAITING, OUTBOX_DELIVERED, OUTBOX_UNDELIVERABLE };

/* Of a new one id, state and what follows are not looked at; it is due at created_us. */
struct store_message {
    int64_t id;
    struct str event_id, channel;
    enum notice_kind kind;
    int64_t incident_id; /* 0: several or none */
    int64_t incidents;   /* that it tells of */
    int64_t created_us;
    struct str subject, body, json;
    enum outbox_state state;
    int64_t attempts, next_us;
    int64_t ended_us;      /* 0: it waits */
    struct str last_error; /* p NULL: none; of a delivered one not that of a try before */
};
typedef void (*store_message_fn)(void *arg, const struct store_message *m);

/* What came of a try, which is counted. When it has ended, body and JSON are dropped. */
struct store_outcome {
    int64_t id, at_us;
    enum outbox_state state;
    int64_t next_us;  /* if it waits */
    struct str error; /* p NULL: none */
};

struct store_channel {
    int64_t waiting, undeliverable;
    int64_t recent;  /* that wait or ended after recent_us and up to now_us; no tests */
    int64_t next_us; /* when the first of the waiting is due; 0: none waits */
    int64_t last_delivered_us, last_error_us; /* 0: never */
    char last_error[OUTBOX_ERROR_BYTES];
};

enum err_code store_add_message(struct store *s, const struct store_message *m,
                                struct err *e) MUST_USE;
/* The channel's one that has been due the longest at now_us; if none is, no call of fn. */
enum err_code store_next_message(struct store *s, const char *channel, int64_t now_us,
                                 store_message_fn fn, void *arg, struct err *e) MUST_USE;
enum err_code store_put_outcome(struct store *s, const struct store_outcome *o,
                                struct err *e) MUST_USE;
/* Newest first; without body and json. */
enum err_code store_list_messages(struct store *s, size_t limit, store_message_fn fn,
                                  void *arg, struct err *e) MUST_USE;
enum err_code store_get_channel(struct store *s, const char *channel, int64_t recent_us,
                                int64_t now_us, struct store_channel *out,
                                struct err *e) MUST_USE;

/* Drops what has ended before before_us, or is not of the newest rows_max; what waits since
 * before it, for nobody sends it any more; and notices up to told_id that are as old or not
 * of the newest. At most limit of each; *n were dropped. */
struct store_outbox_purge {
    int64_t before_us, rows_max, told_id;
    size_t limit;
};
enum err_code store_purge_outbox(struct store *s, const struct store_outbox_purge *p,
                                 size_t *n, struct err *e) MUST_USE;

#endif
