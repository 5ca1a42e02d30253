/* notify_send.c - see notify_send.h.
 *
 * Why 404 is not final at once: proxies (those of containers, of tunnels) answer so while
 * what is behind them starts anew, and what would be told in such a minute would be lost. To
 * try again costs little, as the error is shown meanwhile; but an address that is wrong or
 * was taken back answers 404 for ever, and messages for it are not to take the places of
 * others for three days. So it has an hour (notice_doubt). 410 says that it is gone. */
#include "fcgi/jobs/notify_send.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/visible.h"
#include "fcgi/core/mail_text.h"
#include "fcgi/core/notice_shape.h"
#include "fcgi/web/client.h"
#include "fcgi/web/mailer.h"

#include <stdatomic.h>

enum { HEADER_BYTES = 64 + NOTIFY_TEXT_BYTES, MAIL_BYTES_MAX = 512 * 1024 };

struct notify_sender {
    const struct config_notify *c;
    atomic_bool ending;
    struct buf out;
    /* a webhook's */
    struct client *client;
    struct client_options options;
    struct client_reply reply;
    char authorization[HEADER_BYTES];
    /* mail's */
    struct mailer *mailer;
};

static void set_error(struct notify_result *r, enum notify_end end, const char *text)
{
    r->end = end;
    snprintf(r->error, sizeof r->error, "%.*s", (int)sizeof r->error - 1, text);
}

/* --- the webhook --- */

static bool is_for_later(int status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500 ||
           (status >= 300 && status < 400);
}

static bool holds(struct str text, struct str part)
{
    return part.n > 0 && memmem(text.p, text.n, part.p, part.n) != NULL;
}

/* The receiver's own words, if they do not repeat what is secret. */
static struct str words_of(const struct notify_sender *s)
{
    struct str said = str_trim(buf_view(&s->reply.body));
    const char *host = strstr(s->c->webhook_url, "://");
    struct str path = str_of(strchr(host ? host + 3 : s->c->webhook_url, '/'));
    bool secret = said.n > 0 && (holds(said, str_of(s->c->webhook_token)) ||
                                 (path.n > 1 && holds(said, path)));
    return secret ? STR("") : said;
}

static void judge_status(const struct notify_sender *s, struct notify_result *r)
{
    char text[OUTBOX_ERROR_BYTES];
    struct buf said;
    int status = s->reply.status;
    if (status >= 200 && status < 300) {
        r->end = NOTIFY_DELIVERED;
        return;
    }
    buf_init(&said, OUTBOX_ERROR_BYTES);
    visible_put(&said, words_of(s), OUTBOX_ERROR_BYTES / 2);
    bool redirect = status >= 300 && status < 400;
    snprintf(text, sizeof text, "the receiver answered %d%s%s%.*s", status,
             redirect ? ", a redirect: set WEBHOOK_URL to where it leads" : "",
             said.n > 0 ? ": " : "", STR_ARGS(buf_view(&said)));
    buf_free(&said);
    set_error(r,
              is_for_later(status) ? NOTIFY_LATER
              : status == 404      ? NOTIFY_DOUBT
                                   : NOTIFY_NEVER,
              text);
    r->asked_s = s->reply.retry_after_s > 0 ? s->reply.retry_after_s : 0;
}

static void send_webhook(struct notify_sender *s, const struct notify_letter *l,
                         struct notify_result *r)
{
    char url[NOTIFY_TEXT_BYTES], key[HEADER_BYTES];
    struct err e;
    struct notice_shape shape = {
        .format = config_webhook_format(s->c),
        .webhook_url = s->c->webhook_url,
        .public_url = s->c->public_url,
        .kind = l->kind,
        .incident_id = l->incident_id,
        .subject = l->subject,
        .body = l->body,
        .json = l->json,
    };
    notice_shape_body(&s->out, &shape);
    if (s->out.failed || !notice_shape_url(&shape, url)) {
        set_error(r, NOTIFY_LATER, "not enough memory for a message");
        return;
    }
    snprintf(key, sizeof key, "Idempotency-Key: %.*s", STR_ARGS(l->event_id));
    struct client_request request = {
        .method = "POST",
        .url = url,
        .content_type = "application/json",
        .headers = {key, s->c->webhook_token[0] ? s->authorization : NULL},
        .body = buf_view(&s->out),
    };
    if (client_send(s->client, &request, &s->reply, &e)) {
        set_error(r, NOTIFY_LATER, e.msg);
    } else {
        judge_status(s, r);
    }
}

enum err_code notify_webhook_open(const struct config_notify *config,
                                  struct notify_sender **out, struct err *e)
{
    struct notify_sender *s = calloc(1, sizeof *s);
    if (!s) {
        return err_set(e, ERR_NOMEM, "not enough memory for the webhook");
    }
    s->c = config;
    s->options = (struct client_options){
        .connect_ms = NOTIFY_CONNECT_MS,
        .total_ms = NOTIFY_WEBHOOK_MS,
        .reply_bytes_max = NOTIFY_REPLY_BYTES_MAX,
        .fresh = true,
        .public_only = config->private_ok == 0,
    };
    snprintf(s->authorization, sizeof s->authorization, "Authorization: Bearer %s",
             config->webhook_token);
    buf_init(&s->out, SHAPE_BYTES_MAX);
    client_reply_init(&s->reply, &s->options);
    enum err_code code = client_open(&s->options, &s->client, e);
    if (code) {
        notify_sender_close(s);
        return code;
    }
    *out = s;
    return ERR_NONE;
}

/* --- mail --- */

static void send_mail(struct notify_sender *s, const struct notify_letter *l,
                      struct notify_result *r)
{
    char refused[MAILER_REPLY_BYTES];
    struct err e;
    struct buf body;
    buf_init(&body, MAIL_BYTES_MAX);
    buf_str(&body, l->subject);
    buf_str(&body, STR("\n\n"));
    buf_str(&body, l->body);
    struct mail_text m = {
        .from = str_of(s->c->mail_from),
        .to = str_of(s->c->mail_to),
        .subject = l->subject,
        .body = buf_view(&body),
        .id = l->event_id,
        .at_us = l->created_us,
    };
    mail_text_print(&s->out, &m);
    if (body.failed || s->out.failed) {
        set_error(r, NOTIFY_LATER, "not enough memory for a message");
    } else {
        enum err_code code = mailer_send(s->mailer, buf_view(&s->out), refused, &e);
        set_error(r,
                  !code                 ? NOTIFY_DELIVERED
                  : code == ERR_INVALID ? NOTIFY_NEVER
                                        : NOTIFY_LATER,
                  code ? e.msg : refused);
    }
    buf_free(&body);
}

enum err_code notify_mail_open(const struct config_notify *config,
                               struct notify_sender **out, struct err *e)
{
    struct notify_sender *s = calloc(1, sizeof *s);
    if (!s) {
        return err_set(e, ERR_NOMEM, "not enough memory for mail");
    }
    s->c = config;
    buf_init(&s->out, MAIL_BYTES_MAX);
    struct mailer_options o = {
        .url = config->smtp_url,
        .user = config->smtp_user,
        .password = config->smtp_password,
        .from = config->mail_from,
        .to = config->mail_to,
        .starttls = config_starttls(config),
        .public_only = config->private_ok == 0,
        .connect_ms = NOTIFY_CONNECT_MS,
        .total_ms = NOTIFY_MAIL_MS,
    };
    enum err_code code = mailer_open(&o, &s->mailer, e);
    if (code) {
        notify_sender_close(s);
        return code;
    }
    *out = s;
    return ERR_NONE;
}

/* --- both --- */

void notify_sender_send(void *sender, const struct notify_letter *letter,
                        struct notify_result *result)
{
    struct notify_sender *s = sender;
    if (atomic_load(&s->ending)) {
        result->end = NOTIFY_BROKEN_OFF;
        return;
    }
    buf_clear(&s->out);
    if (s->mailer) {
        send_mail(s, letter, result);
    } else {
        send_webhook(s, letter, result);
    }
    if (result->end == NOTIFY_LATER && atomic_load(&s->ending)) {
        result->end = NOTIFY_BROKEN_OFF; /* its failure may be our doing */
    }
}

void notify_sender_end(struct notify_sender *s)
{
    atomic_store(&s->ending, true);
    if (s->client) {
        client_end_at(s->client, clock_mono_us());
    }
    if (s->mailer) {
        mailer_end_at(s->mailer, clock_mono_us());
    }
}

void notify_sender_close(struct notify_sender *s)
{
    if (s) {
        client_close(s->client);
        client_reply_free(&s->reply);
        mailer_close(s->mailer);
        buf_free(&s->out);
        free(s);
    }
}
