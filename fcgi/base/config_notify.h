/* config_notify.h - the settings of who is told, and how. A part of config.h. */
#ifndef BASE_CONFIG_NOTIFY_H
#define BASE_CONFIG_NOTIFY_H

#include "fcgi/base/err.h"

#include <stdbool.h>

enum { NOTIFY_TEXT_BYTES = 512, NOTIFY_TARGET_BYTES = 600, NOTIFY_MAIL_TO_MAX = 16 };

enum webhook_format { WEBHOOK_JSON, WEBHOOK_NTFY, WEBHOOK_SLACK };

struct config_notify {
    char webhook_url[NOTIFY_TEXT_BYTES]; /* "": no webhook. Its path may be a secret */
    char webhook_format[NOTIFY_TEXT_BYTES], webhook_token[NOTIFY_TEXT_BYTES];
    char smtp_url[NOTIFY_TEXT_BYTES]; /* "": no mail */
    char smtp_tls[NOTIFY_TEXT_BYTES], smtp_user[NOTIFY_TEXT_BYTES];
    char smtp_password[NOTIFY_TEXT_BYTES];
    char mail_from[NOTIFY_TEXT_BYTES], mail_to[NOTIFY_TEXT_BYTES];
    char public_url[NOTIFY_TEXT_BYTES]; /* ends in '/' after the check; "": not known */
    int64_t max;                        /* messages ... */
    double minutes;                     /* ... in so many */
    int64_t retry_ms;                   /* before the second try; then twice as long */
    int64_t private_ok;                 /* 1: own networks may be connected to */
};

/* Checks them together and completes public_url. ERR_INVALID names the key, and not what is
 * in it if that is a secret. */
enum err_code config_notify_check(struct config_notify *n, struct err *e) MUST_USE;

/* Of a checked one. */
enum webhook_format config_webhook_format(const struct config_notify *n);
bool config_has_mail(const struct config_notify *n);
bool config_starttls(const struct config_notify *n);

/* "https://hooks.example.com/...": an address without what may be a secret in it. */
void config_url_masked(const char *url, char out[static NOTIFY_TARGET_BYTES]);

#endif
