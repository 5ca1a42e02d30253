/* notify_send.h - how a message goes out: as a webhook, or as mail. */
#ifndef JOBS_NOTIFY_SEND_H
#define JOBS_NOTIFY_SEND_H

#include "fcgi/base/config_notify.h"
#include "fcgi/jobs/notify_channel.h"

enum {
    NOTIFY_CONNECT_MS = 5000,
    NOTIFY_WEBHOOK_MS = 15000,
    NOTIFY_MAIL_MS = 30000,
    NOTIFY_REPLY_BYTES_MAX = 64 * 1024
};

struct notify_sender; /* opaque; config must stay */

enum err_code notify_webhook_open(const struct config_notify *config,
                                  struct notify_sender **out, struct err *e) MUST_USE;
enum err_code notify_mail_open(const struct config_notify *config,
                               struct notify_sender **out, struct err *e) MUST_USE;

/* For struct notify_channel_options. 2xx is delivered; 408, 425, 429, 5xx, a redirect and
 * no answer are for later; 404 is NOTIFY_DOUBT; any other status is for never. Of mail,
 * what the server will never take is for never. */
void notify_sender_send(void *sender, const struct notify_letter *letter,
                        struct notify_result *result);

/* What is under way is broken off within a second. Any thread. */
void notify_sender_end(struct notify_sender *s);
void notify_sender_close(struct notify_sender *s); /* NULL allowed */

#endif
