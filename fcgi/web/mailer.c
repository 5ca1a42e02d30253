/* mailer.c - see mailer.h. What the server says comes line by line as "headers"; the last
 * line that says no is kept, for the operator. libcurl doubles dots and ends the text. */
#include "fcgi/web/mailer.h"

#include "fcgi/base/buf.h"
#include "fcgi/base/visible.h"
#include "fcgi/web/outbound.h"

enum { CODE_DIGITS = 3, CODE_LATER = 4, CODE_NEVER = 5 };

struct mailer {
    struct mailer_options o;
    struct curl_slist *to;
    size_t to_n;
    char from[MAILER_ADDRESS_BYTES];
    _Atomic int64_t end_us;
};

/* One mail on its way. */
struct sending {
    struct str left;               /* of the text */
    char said[MAILER_REPLY_BYTES]; /* the last refusal; "" none */
};

/* --- what libcurl calls --- */

static size_t give_text(char *to, size_t size, size_t n, void *arg)
{
    struct sending *s = arg;
    size_t take = size * n < s->left.n ? size * n : s->left.n;
    memcpy(to, s->left.p, take);
    s->left = str_from(s->left, take);
    return take;
}

static size_t take_line(char *p, size_t size, size_t n, void *arg)
{
    struct sending *s = arg;
    struct buf shown;
    struct str line = str_trim((struct str){p, size * n});
    if (line.n >= CODE_DIGITS &&
        (line.p[0] == '0' + CODE_LATER || line.p[0] == '0' + CODE_NEVER)) {
        buf_init(&shown, MAILER_REPLY_BYTES);
        visible_put(&shown, line, MAILER_REPLY_BYTES - 1);
        snprintf(s->said, sizeof s->said, "%.*s", STR_ARGS(buf_view(&shown)));
        buf_free(&shown);
    }
    return size * n;
}

/* --- one mail --- */

static bool set_all(CURL *h, const struct mailer *m, struct sending *s,
                    struct outbound *out)
{
    const struct mailer_options *o = &m->o;
    *out = (struct outbound){
        .protocols = "smtp,smtps",
        .connect_ms = o->connect_ms,
        .total_ms = o->total_ms,
        .public_only = o->public_only,
        .end_us = &m->end_us,
    };
    bool ok = outbound_set(h, out) && !curl_easy_setopt(h, CURLOPT_URL, o->url) &&
              !curl_easy_setopt(h, CURLOPT_USE_SSL,
                                (long)(o->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE)) &&
              !curl_easy_setopt(h, CURLOPT_MAIL_FROM, m->from) &&
              !curl_easy_setopt(h, CURLOPT_MAIL_RCPT, m->to) &&
              !curl_easy_setopt(h, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L) &&
              !curl_easy_setopt(h, CURLOPT_UPLOAD, 1L) &&
              !curl_easy_setopt(h, CURLOPT_READFUNCTION, give_text) &&
              !curl_easy_setopt(h, CURLOPT_READDATA, s) &&
              !curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)s->left.n) &&
              !curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_line) &&
              !curl_easy_setopt(h, CURLOPT_HEADERDATA, s);
    if (ok && o->user[0]) {
        ok = !curl_easy_setopt(h, CURLOPT_USERNAME, o->user) &&
             !curl_easy_setopt(h, CURLOPT_PASSWORD, o->password);
    }
    return ok;
}

static enum err_code say(const struct outbound *out, CURLcode rc, const char *said,
                         struct err *e)
{
    switch ((int)rc) {
    case CURLE_USE_SSL_FAILED:
        return err_set(e, ERR_UPSTREAM,
                       "the mail server offers no TLS (STARTTLS): set SMTP_TLS=off if "
                       "that is what is wanted");
    case CURLE_LOGIN_DENIED:
        return err_set(e, ERR_UPSTREAM, "the mail server refused SMTP_USER: %s", said);
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
        if (said[0]) {
            return err_set(e, said[0] == '0' + CODE_NEVER ? ERR_INVALID : ERR_UPSTREAM,
                           "the mail server said: %s", said);
        }
        return err_set(e, ERR_UPSTREAM,
                       rc == CURLE_WEIRD_SERVER_REPLY
                           ? "what answers there does not speak SMTP"
                           : "the connection ended before the mail was taken");
    default:
        return outbound_say(out, rc, e);
    }
}

/* libcurl says QUIT, and would wait for an answer for two minutes, whatever was set. It is
 * told that none will come. */
static void close_without_waiting(CURL *h)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (!curl_easy_getinfo(h, CURLINFO_ACTIVESOCKET, &fd) && fd != CURL_SOCKET_BAD) {
        shutdown(fd, SHUT_RD);
    }
    curl_easy_cleanup(h);
}

enum err_code mailer_send(struct mailer *m, struct str text,
                          char refused[static MAILER_REPLY_BYTES], struct err *e)
{
    struct sending s = {.left = text};
    struct outbound out;
    CURL *h = curl_easy_init();
    enum err_code code = ERR_NONE;
    if (!h || !set_all(h, m, &s, &out)) {
        code = err_set(e, ERR_NOMEM, "not enough memory for a mail");
    } else {
        CURLcode rc = curl_easy_perform(h);
        code = rc == CURLE_OK ? ERR_NONE : say(&out, rc, s.said, e);
    }
    if (h) {
        close_without_waiting(h);
    }
    snprintf(refused, MAILER_REPLY_BYTES, "%s", m->to_n > 1 ? s.said : "");
    return code;
}

/* --- the rest --- */

/* "<a@b>": libcurl would add the brackets, but not to all. */
static enum err_code bracket(struct str address, char out[static MAILER_ADDRESS_BYTES],
                             struct err *e)
{
    int n = snprintf(out, MAILER_ADDRESS_BYTES, "<%.*s>", STR_ARGS(address));
    return n < MAILER_ADDRESS_BYTES
               ? ERR_NONE
               : err_set(e, ERR_INVALID, "a mail address has more than %d characters",
                         MAILER_ADDRESS_BYTES - 3);
}

static enum err_code add_to(struct mailer *m, struct str address, struct err *e)
{
    char line[MAILER_ADDRESS_BYTES];
    enum err_code code = bracket(address, line, e);
    if (!code && m->to_n == MAILER_TO_MAX) {
        code = err_set(e, ERR_INVALID, "there are more than %d mail addresses",
                       MAILER_TO_MAX);
    }
    if (code) {
        return code;
    }
    struct curl_slist *longer = curl_slist_append(m->to, line);
    if (!longer) {
        return err_set(e, ERR_NOMEM, "not enough memory for a mail address");
    }
    m->to = longer;
    m->to_n++;
    return ERR_NONE;
}

enum err_code mailer_open(const struct mailer_options *options, struct mailer **out,
                          struct err *e)
{
    struct mailer *m = outbound_init() ? calloc(1, sizeof *m) : NULL;
    if (!m) {
        return err_set(e, ERR_NOMEM, "not enough memory for mail");
    }
    m->o = *options;
    atomic_init(&m->end_us, INT64_MAX);
    struct str to = str_of(options->to);
    enum err_code code = bracket(str_of(options->from), m->from, e);
    while (!code && to.n > 0) {
        code = add_to(m, str_trim(str_split(&to, ',')), e);
    }
    if (code) {
        mailer_close(m);
        return code;
    }
    *out = m;
    return ERR_NONE;
}

void mailer_end_at(struct mailer *m, int64_t mono_us)
{
    atomic_store(&m->end_us, mono_us);
}

void mailer_close(struct mailer *m)
{
    if (m) {
        curl_slist_free_all(m->to);
        free(m);
    }
}
