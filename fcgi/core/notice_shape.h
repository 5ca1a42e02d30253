/* notice_shape.h - a message as receivers of webhooks want it. Pure. */
#ifndef CORE_NOTICE_SHAPE_H
#define CORE_NOTICE_SHAPE_H

#include "fcgi/base/buf.h"
#include "fcgi/base/config_notify.h"
#include "fcgi/core/notice.h"

enum {
    NTFY_MESSAGE_BYTES = 4096, /* ntfy turns a longer one into a file */
    NTFY_TITLE_BYTES = 250,
    SLACK_TEXT_BYTES = 12000, /* of texts of logs, in a Slack message */
    SHAPE_BYTES_MAX = 256 * 1024
};

struct notice_shape {
    enum webhook_format format;
    const char *webhook_url, *public_url; /* of ntfy the topic is the url's last part */
    enum notice_kind kind;
    int64_t incident_id; /* 0: several or none */
    struct str subject, body, json;
};

/* The body of the request: always JSON. In Slack's, what logs have written is in a block of
 * code. out has failed if it could not be made as a whole. */
void notice_shape_body(struct buf *out, const struct notice_shape *s);

/* Where it goes: for ntfy, which takes JSON at its root, the url without the topic. False
 * if it does not fit. */
bool notice_shape_url(const struct notice_shape *s, char out[static NOTIFY_TEXT_BYTES]);

#endif
