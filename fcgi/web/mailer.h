/* mailer.h - mail of ours by SMTP, by libcurl. As in client.h what was configured is spoken
 * to and nothing else, within a longest time. A connection a mail; one thread. */
#ifndef WEB_MAILER_H
#define WEB_MAILER_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

#include <stdbool.h>

enum { MAILER_TO_MAX = 16, MAILER_ADDRESS_BYTES = 256, MAILER_REPLY_BYTES = 200 };

struct mailer_options {
    const char *url;             /* smtp://host:25, smtps://host; all texts must stay */
    const char *user, *password; /* "": the server asks for none */
    const char *from, *to;       /* plain addresses; to: one or several, comma between */
    bool starttls;               /* with smtp://: not without TLS */
    bool public_only;            /* see client.h */
    int64_t connect_ms, total_ms;
};

struct mailer; /* opaque */

/* ERR_INVALID: more than MAILER_TO_MAX addresses, or one that is too long. */
enum err_code mailer_open(const struct mailer_options *options, struct mailer **out,
                          struct err *e) MUST_USE;

/* Sends text, which is ASCII with CRLF (mail_text.h). ERR_NONE: the server has taken it,
 * for at least one of the addresses; *refused then says what it said to others, or is "".
 * ERR_INVALID: the server does not want it, now or later. ERR_UPSTREAM: another time. */
enum err_code mailer_send(struct mailer *m, struct str text,
                          char refused[static MAILER_REPLY_BYTES],
                          struct err *e) MUST_USE;

/* As client_end_at. Any thread. */
void mailer_end_at(struct mailer *m, int64_t mono_us);

void mailer_close(struct mailer *m); /* NULL allowed */

#endif
