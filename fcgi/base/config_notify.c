/* config_notify.c - see config_notify.h. */
#include "fcgi/base/config_notify.h"

#include "fcgi/base/service_url.h"
#include "fcgi/base/str.h"

enum { ADDRESS_BYTES_MAX = 253 };

static const char *const formats[] = {"json", "ntfy", "slack"};

enum webhook_format config_webhook_format(const struct config_notify *n)
{
    size_t i = 0;
    while (i < WEBHOOK_SLACK && strcmp(n->webhook_format, formats[i]) != 0) {
        i++;
    }
    return (enum webhook_format)i;
}

bool config_has_mail(const struct config_notify *n)
{
    return n->smtp_url[0] != '\0';
}

bool config_starttls(const struct config_notify *n)
{
    return strcmp(n->smtp_tls, "off") != 0;
}

/* --- addresses of servers --- */

/* What follows "scheme://", the authority; p NULL if it is none of the two schemes. */
static struct str authority_of(const char *url, const char *scheme, const char *other)
{
    struct str all = str_of(url);
    for (int i = 0; i < 2; i++) {
        struct str s = str_of(i == 0 ? scheme : other);
        if (str_starts(all, s)) {
            struct str rest = str_from(all, s.n);
            return (struct str){rest.p, strcspn(rest.p, "/?#")};
        }
    }
    return STR_NONE;
}

static enum err_code check_url(const char *key, const char *url, const char *scheme,
                               const char *other, struct err *e)
{
    struct str host = authority_of(url, scheme, other);
    for (const char *p = url; *p; p++) {
        if (*p <= ' ' || *p > '~' || strchr("\"\\<>#", *p)) {
            return err_set(e, ERR_INVALID,
                           "%s holds a character that has no place in an address", key);
        }
    }
    if (!host.p) {
        return err_set(e, ERR_INVALID, "%s must begin with %s or %s", key, scheme, other);
    }
    if (memchr(host.p, '@', host.n)) {
        return err_set(e, ERR_INVALID,
                       "%s holds a user or password: set WEBHOOK_TOKEN, or SMTP_USER and "
                       "SMTP_PASSWORD",
                       key);
    }
    if (!service_url_has_host(host)) {
        return err_set(e, ERR_INVALID, "%s has no host, or a port that is none", key);
    }
    return ERR_NONE;
}

/* --- mail addresses --- */

static bool is_address(struct str a)
{
    const char *at = memchr(a.p, '@', a.n);
    if (!at || at == a.p || at + 1 == a.p + a.n || a.n > ADDRESS_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (a.p[i] <= ' ' || a.p[i] > '~' || strchr("<>()[]\\,;:\"", a.p[i])) {
            return false;
        }
    }
    return !memchr(at + 1, '@', (size_t)(a.p + a.n - at - 1));
}

static enum err_code check_addresses(const char *key, const char *list, size_t max,
                                     struct err *e)
{
    struct str left = str_of(list);
    size_t n = 0;
    while (left.n > 0) {
        struct str one = str_trim(str_split(&left, ','));
        if (!is_address(one)) {
            return err_set(e, ERR_INVALID,
                           "%s: \"%.*s\" is not a mail address such as "
                           "admin@example.org",
                           key, (int)(one.n < 100 ? one.n : 100), one.p ? one.p : "");
        }
        n++;
    }
    return n <= max ? ERR_NONE
                    : err_set(e, ERR_INVALID, "%s holds %zu addresses; allowed are %zu",
                              key, n, max);
}

static enum err_code check_mail(const struct config_notify *n, struct err *e)
{
    const char *set = n->smtp_url[0]    ? "SMTP_URL"
                      : n->mail_to[0]   ? "MAIL_TO"
                      : n->mail_from[0] ? "MAIL_FROM"
                                        : NULL;
    const char *missing = !n->smtp_url[0]    ? "SMTP_URL"
                          : !n->mail_from[0] ? "MAIL_FROM"
                          : !n->mail_to[0]   ? "MAIL_TO"
                                             : NULL;
    if (set && missing) {
        return err_set(e, ERR_INVALID, "%s is set without %s: mail needs both", set,
                       missing);
    }
    if (strcmp(n->smtp_tls, "required") != 0 && config_starttls(n)) {
        return err_set(e, ERR_INVALID,
                       "SMTP_TLS is \"%.64s\"; it must be required or off", n->smtp_tls);
    }
    if ((n->smtp_user[0] != '\0') != (n->smtp_password[0] != '\0')) {
        return err_set(e, ERR_INVALID, "SMTP_USER and SMTP_PASSWORD go together");
    }
    if (!set) {
        return ERR_NONE;
    }
    enum err_code code = check_url("SMTP_URL", n->smtp_url, "smtp://", "smtps://", e);
    struct str host = authority_of(n->smtp_url, "smtp://", "smtps://");
    if (!code && host.p[host.n] != '\0' && strcmp(host.p + host.n, "/") != 0) {
        code = err_set(e, ERR_INVALID, "SMTP_URL has a path; it is smtp://host:port");
    }
    code = code ? code : check_addresses("MAIL_FROM", n->mail_from, 1, e);
    code = code ? code : check_addresses("MAIL_TO", n->mail_to, NOTIFY_MAIL_TO_MAX, e);
    if (!code && n->smtp_user[0] && !config_starttls(n) && n->private_ok == 0 &&
        !str_starts(str_of(n->smtp_url), STR("smtps://"))) {
        code =
            err_set(e, ERR_INVALID,
                    "SMTP_PASSWORD would be sent in clear: take SMTP_TLS=off away, or, "
                    "if the mail server is on your own network, set NOTIFY_PRIVATE=1");
    }
    return code;
}

/* --- the webhook --- */

static enum err_code check_webhook(const struct config_notify *n, struct err *e)
{
    enum webhook_format f = config_webhook_format(n);
    if (strcmp(n->webhook_format, formats[f]) != 0) {
        return err_set(e, ERR_INVALID,
                       "WEBHOOK_FORMAT is \"%.64s\"; it must be json, ntfy or slack",
                       n->webhook_format);
    }
    for (const char *p = n->webhook_token; *p; p++) {
        if (*p <= ' ' || *p > '~') {
            return err_set(e, ERR_INVALID,
                           "WEBHOOK_TOKEN holds a character that no token has");
        }
    }
    if (!n->webhook_url[0]) {
        return n->webhook_token[0]
                   ? err_set(e, ERR_INVALID, "WEBHOOK_TOKEN is set without WEBHOOK_URL")
                   : ERR_NONE;
    }
    enum err_code code =
        check_url("WEBHOOK_URL", n->webhook_url, "http://", "https://", e);
    if (code || f != WEBHOOK_NTFY) {
        return code;
    }
    const char *topic = strrchr(n->webhook_url, '/') + 1;
    bool is_topic = topic[0] && topic[strcspn(topic, "?.:[")] == '\0';
    struct str host = authority_of(n->webhook_url, "http://", "https://");
    return is_topic && topic > host.p + host.n
               ? ERR_NONE
               : err_set(e, ERR_INVALID,
                         "WEBHOOK_URL names no topic: for ntfy it is "
                         "https://ntfy.example.org/TOPIC");
}

static enum err_code check_public(struct config_notify *n, struct err *e)
{
    size_t len = strlen(n->public_url);
    if (len == 0) {
        return ERR_NONE;
    }
    enum err_code code = check_url("PUBLIC_URL", n->public_url, "http://", "https://", e);
    if (!code && n->public_url[len - 1] != '/') {
        if (len + 2 > sizeof n->public_url) {
            return err_set(e, ERR_INVALID, "PUBLIC_URL is too long");
        }
        memcpy(n->public_url + len, "/", 2);
    }
    return code;
}

enum err_code config_notify_check(struct config_notify *n, struct err *e)
{
    enum err_code code = check_webhook(n, e);
    code = code ? code : check_mail(n, e);
    return code ? code : check_public(n, e);
}

void config_url_masked(const char *url, char out[static NOTIFY_TARGET_BYTES])
{
    const char *host = strstr(url, "://");
    size_t n = host ? (size_t)(host - url) + 3 : 0;
    n += strcspn(url + n, "/?#");
    bool more = url[n] != '\0' && strcmp(url + n, "/") != 0;
    snprintf(out, NOTIFY_TARGET_BYTES, "%.*s%s", (int)n, url, more ? "/..." : "");
}
