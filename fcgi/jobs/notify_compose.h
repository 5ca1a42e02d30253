/* notify_compose.h - makes a message of notices: reads the incidents and some of the lines
 * that they point to out of the store, and puts them into words (fcgi/core/notice_text.h). */
#ifndef JOBS_NOTIFY_COMPOSE_H
#define JOBS_NOTIFY_COMPOSE_H

#include "fcgi/base/arena.h"
#include "fcgi/base/buf.h"
#include "fcgi/base/random_id.h"
#include "sql/store_outbox.h"

/* Who tells: all texts must stay. */
struct notify_self {
    const char *host, *public_url, *api; /* see struct notice_about */
};

/* A message in the making; its texts are the bufs'. */
struct notify_draft {
    struct notify_self self;
    struct store *reader;
    struct arena arena; /* for one message */
    struct buf subject, body, json;
};

void notify_draft_init(struct notify_draft *d, const struct notify_self *self,
                       struct store *reader);
void notify_draft_free(struct notify_draft *d);

struct notify_order {
    enum notice_kind kind; /* of the message: that of a notice, or NOTICE_DIGEST ... */
    char event_id[RANDOM_ID_BYTES];
    int64_t created_us;
    /* The notices that it tells of, those that are wanted when it is made: the one in the
     * range, or all of them with their sum. */
    struct store_notice_range range;
    struct store_notice_sum sum;
};

/* Fills *out, but for the channel, with views of the draft. *found is false if there is
 * nothing to tell: what is in the range is gone, or is muted or normal meanwhile. */
enum err_code notify_compose(struct notify_draft *d, const struct notify_order *order,
                             struct store_message *out, bool *found,
                             struct err *e) MUST_USE;

/* The test message needs no store. */
enum err_code notify_compose_test(struct notify_draft *d, const char *event_id,
                                  int64_t created_us, struct store_message *out,
                                  struct err *e) MUST_USE;

#endif
