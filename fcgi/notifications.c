/* notifications.c - see notifications.h. */
#include "fcgi/notifications.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/random_id.h"
#include "fcgi/base/utf8.h"
#include "fcgi/incident_print.h"
#include "fcgi/incidents.h"
#include "fcgi/jobs/notify_channel.h"
#include "fcgi/jobs/notify_names.h"
#include "sql/store_outbox.h"

#include <unistd.h>

enum { HOST_BYTES = 256 };

/* A channel as it is configured. */
struct way {
    const char *name;
    bool configured;
    char target[NOTIFY_TARGET_BYTES]; /* without secrets */
};

static void describe(const struct config_notify *c, struct way out[static NOTIFY_WAYS_N])
{
    out[0] =
        (struct way){.name = NOTIFY_WEBHOOK, .configured = c->webhook_url[0] != '\0'};
    config_url_masked(c->webhook_url, out[0].target);
    out[1] = (struct way){.name = NOTIFY_MAIL, .configured = config_has_mail(c)};
    snprintf(out[1].target, sizeof out[1].target, "%s", c->mail_to);
}

/* --- GET --- */

static void put_number(struct json_out *o, const char *key, int64_t n)
{
    json_key(o, key);
    json_int(o, n);
}

static void put_channel(struct json_out *o, const struct way *w,
                        const struct store_channel *c, int64_t held)
{
    json_open(o, '{');
    json_key(o, "name");
    json_str(o, str_of(w->name));
    json_key(o, "target");
    json_str(o, str_of(w->target));
    incident_print_time(o, "last_delivered_at", c->last_delivered_us);
    json_key(o, "last_error");
    json_text(o, c->last_error_us != 0 ? str_of(c->last_error) : STR_NONE);
    incident_print_time(o, "last_error_at", c->last_error_us);
    put_number(o, "waiting", c->waiting);
    put_number(o, "undeliverable", c->undeliverable);
    put_number(o, "held", held);
    json_close(o, '}');
}

static void put_message(void *arg, const struct store_message *m)
{
    static const char *const states[] = {"waiting", "delivered", "undeliverable"};
    struct json_out *o = arg;
    bool delivered = m->state == OUTBOX_DELIVERED;
    json_open(o, '{');
    put_number(o, "id", m->id);
    json_key(o, "event_id");
    json_str(o, m->event_id);
    json_key(o, "channel");
    json_str(o, m->channel);
    json_key(o, "kind");
    json_str(o, str_of(notice_kind_name(m->kind)));
    json_key(o, "incident_id");
    if (m->incident_id > 0) {
        json_int(o, m->incident_id);
    } else {
        json_null(o);
    }
    put_number(o, "incidents", m->incidents);
    json_key(o, "subject");
    json_str(o, m->subject);
    incident_print_time(o, "created_at", m->created_us);
    json_key(o, "state");
    json_str(o, str_of(states[m->state <= OUTBOX_UNDELIVERABLE ? m->state : 0]));
    put_number(o, "attempts", m->attempts);
    json_key(o, "last_error");
    json_text(o, m->last_error);
    incident_print_time(o, "next_try_at", m->state == OUTBOX_WAITING ? m->next_us : 0);
    incident_print_time(o, "delivered_at", delivered ? m->ended_us : 0);
    json_close(o, '}');
}

/* Channels that are not configured are left out; what they left behind is listed. */
static enum err_code put_channels(struct incidents *in, const struct request *req,
                                  struct json_out *o, struct store_channel *all,
                                  struct err *e)
{
    struct way ways[NOTIFY_WAYS_N];
    struct store *reader = in->readers[req->worker];
    enum err_code code = ERR_NONE;
    describe(&in->process.config.notify, ways);
    json_key(o, "channels");
    json_open(o, '[');
    for (size_t i = 0; !code && i < NOTIFY_WAYS_N; i++) {
        struct store_channel c;
        int64_t held;
        code = store_get_channel(reader, ways[i].name, 0, req->now_us, &c, e);
        code = code ? code
                    : notify_channel_held(ways[i].name, reader, req->now_us, &held, e);
        if (!code && ways[i].configured) {
            put_channel(o, &ways[i], &c, held);
        }
        all->waiting += c.waiting;
        all->undeliverable += c.undeliverable;
    }
    json_close(o, ']');
    return code;
}

enum err_code notifications_get(void *app, const struct request *req,
                                struct response *resp, struct err *e)
{
    struct incidents *in = app;
    struct json_out o = json_out(&resp->body);
    struct store_channel all = {0};
    json_open(&o, '{');
    enum err_code code = put_channels(in, req, &o, &all, e);
    put_number(&o, "waiting", all.waiting);
    put_number(&o, "undeliverable", all.undeliverable);
    json_key(&o, "messages");
    json_open(&o, '[');
    code = code ? code
                : store_list_messages(in->readers[req->worker], NOTIFICATIONS_LISTED_MAX,
                                      put_message, &o, e);
    json_close(&o, ']');
    json_close(&o, '}');
    return code;
}

/* --- POST test --- */

static enum err_code check_body(const struct request *req, struct err *e)
{
    struct json_value v;
    struct json_in in = {req->body, req->body_n, 0, 1, 0};
    enum err_code code = request_may_change(req, e);
    if (code || req->body_n == 0) {
        return code;
    }
    if (utf8_valid_prefix((struct str){req->body, req->body_n}) < req->body_n) {
        return err_set(e, ERR_INVALID, "the body is not UTF-8");
    }
    code = json_read(&in, &v, e);
    return code ? code
           : v.type == JSON_OBJECT && v.text.n == 2 && json_at_end(&in)
               ? ERR_NONE
               : err_set(e, ERR_INVALID, "the body must be {}");
}

/* One that is not sent holds up nothing, but many of them would fill the store. */
static enum err_code check_room(struct incidents *in, const struct request *req,
                                const char *name, struct err *e)
{
    struct store_channel c;
    enum err_code code =
        store_get_channel(in->readers[req->worker], name, 0, req->now_us, &c, e);
    return code || c.waiting - c.recent < NOTIFICATIONS_TESTS_MAX
               ? code
               : err_set(e, ERR_BUSY, "%lld test messages wait to be sent already by %s",
                         (long long)(c.waiting - c.recent), name);
}

static enum err_code add_tests(struct incidents *in, const struct way *ways,
                               struct store_message *m, struct err *e)
{
    enum err_code code = incidents_begin(in, e);
    if (code) {
        return code;
    }
    for (size_t i = 0; !code && i < NOTIFY_WAYS_N; i++) {
        if (ways[i].configured) {
            m->channel = str_of(ways[i].name);
            code = store_add_message(in->editor, m, e);
        }
    }
    if (code) {
        incidents_rollback(in);
        return code;
    }
    return incidents_commit(in, e);
}

static enum err_code compose(struct incidents *in, struct notify_draft *d,
                             const struct request *req, const char *event_id,
                             struct store_message *out, struct err *e)
{
    static const struct notify_self nobody = {"", "", ""};
    char host[HOST_BYTES] = "";
    struct notify_self self = {host, in->process.config.notify.public_url, ""};
    if (gethostname(host, sizeof host - 1) != 0) {
        host[0] = '\0';
    }
    notify_draft_init(d, &self, NULL);
    enum err_code code = notify_compose_test(d, event_id, req->now_us, out, e);
    d->self = nobody; /* host goes */
    return code;
}

static enum err_code send_tests(struct incidents *in, const struct request *req,
                                const struct way *ways, const char *event_id,
                                struct err *e)
{
    struct notify_draft d;
    struct store_message m;
    enum err_code code = compose(in, &d, req, event_id, &m, e);
    code = code ? code : add_tests(in, ways, &m, e);
    notify_draft_free(&d);
    return code;
}

enum err_code notifications_test_post(void *app, const struct request *req,
                                      struct response *resp, struct err *e)
{
    struct incidents *in = app;
    struct way ways[NOTIFY_WAYS_N];
    char event_id[RANDOM_ID_BYTES];
    bool any = false;
    enum err_code code = check_body(req, e);
    describe(&in->process.config.notify, ways);
    for (size_t i = 0; !code && i < NOTIFY_WAYS_N; i++) {
        any = any || ways[i].configured;
        code = ways[i].configured ? check_room(in, req, ways[i].name, e) : ERR_NONE;
    }
    if (!code && !any) {
        code = err_set(e, ERR_CONFLICT,
                       "nobody is told yet: set WEBHOOK_URL, or SMTP_URL, MAIL_FROM and "
                       "MAIL_TO");
    }
    code = code ? code : random_id(event_id, e);
    code = code ? code : send_tests(in, req, ways, event_id, e);
    if (code) {
        return code;
    }
    struct json_out o = json_out(&resp->body);
    resp->status = 202;
    json_open(&o, '{');
    json_key(&o, "event_id");
    json_str(&o, str_of(event_id));
    json_close(&o, '}');
    return ERR_NONE;
}
