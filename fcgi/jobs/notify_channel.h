/* notify_channel.h - one way by which people are told, webhook or mail: what waits in the
 * store becomes messages, and messages are sent until they have arrived.
 *
 * A step, which a thread takes again and again, makes messages of notices (notice.h says
 * when), sends what is due, and writes what came of it, by the writer. So after a kill -9
 * a message is there, with its event id, and is sent again unless its outcome was written:
 * at least once. Which notices it has told is a note in the store, written with the
 * message. What cannot be delivered is kept, for people to see, and holds up nothing:
 * who has failed waits, and the next one's turn comes. */
#ifndef JOBS_NOTIFY_CHANNEL_H
#define JOBS_NOTIFY_CHANNEL_H

#include "fcgi/jobs/notify_compose.h"
#include "sql/writer.h"

enum { NOTIFY_STEP_MESSAGES = 100 }; /* sent in one step */
#define NOTIFY_NOTE "told." /* and the channel's name: "FRESH OLD", the last ids told */

/* A message on its way out; texts are valid until the sender returned. */
struct notify_letter {
    int64_t id, incident_id, created_us, attempts;
    enum notice_kind kind;
    struct str event_id, subject, body, json;
};

enum notify_end {
    NOTIFY_DELIVERED,
    NOTIFY_LATER,     /* to be tried again */
    NOTIFY_DOUBT,     /* so, unless it is the answer for long (notice_doubt) */
    NOTIFY_NEVER,     /* the receiver does not want this one */
    NOTIFY_BROKEN_OFF /* this process ends: it was no try */
};

struct notify_result {
    enum notify_end end;
    int64_t asked_s; /* so long the receiver wants to be left alone; 0: not said */
    char error
        [OUTBOX_ERROR_BYTES]; /* why; if delivered, what is to be known; "" nothing */
};

struct notify_channel_options {
    const char *name;     /* "webhook", "mail"; must stay */
    struct store *reader; /* the channel's own */
    struct writer *writer;
    struct notify_self self;
    void (*send)(void *arg, const struct notify_letter *letter,
                 struct notify_result *result);
    void *send_arg;
    int64_t max, window_us; /* NOTIFY_MAX, NOTIFY_MINUTES */
    int64_t retry_us;
    int64_t (*now)(void); /* our clock: clock_now_us */
};

struct notify_channel; /* opaque; its functions by one thread at a time */

/* A channel that is new to the store begins with what comes from now on. */
enum err_code notify_channel_open(const struct notify_channel_options *options,
                                  struct notify_channel **out, struct err *e) MUST_USE;
void notify_channel_close(struct notify_channel *c); /* NULL allowed */

/* One step. ERR_NONE: all that was due has been done, or NOTIFY_STEP_MESSAGES. Any error is
 * one of the store's: the next step tries again. */
enum err_code notify_channel_step(struct notify_channel *c, struct err *e) MUST_USE;

/* All notices with ids up to it were told, or are of no concern any more. Any thread. */
int64_t notify_channel_told(struct notify_channel *c);

/* How many incidents are to be told and are not in a message yet, old news apart: those that
 * NOTIFY_MAX holds back. For any process: reads the store. */
enum err_code notify_channel_held(const char *name, struct store *reader, int64_t now_us,
                                  int64_t *n, struct err *e) MUST_USE;

/* A channel that is not configured (any more): what comes meanwhile is not for it. */
enum err_code notify_channel_forget(const char *name, struct store *reader,
                                    struct writer *writer, struct err *e) MUST_USE;

#endif
