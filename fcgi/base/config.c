/* config.c - see config.h. A setting is one row of a table: key, kind, bounds, default,
 * help. Adding one is a field and a row. */
#include "fcgi/base/config.h"

#include "fcgi/base/api_key.h"
#include "fcgi/base/service_url.h"
#include "fcgi/base/zone.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <unistd.h>

enum { ML_RECORD_EXTRA_BYTES = 128, ML_TOLD_BYTES = 8 << 20 };

enum kind { KIND_INT, KIND_REAL, KIND_TEXT, KIND_PATH, KIND_SECRET, KIND_MASKED_URL };

struct setting {
    const char *key;
    enum kind kind;
    size_t at; /* offset of the field */
    double min, max;
    const char *def;
    const char *help;
};

#define ROW(key, kind, field, min, max, def, help)                                       \
    {                                                                                    \
        key, kind, offsetof(struct config, field), min, max, def, help                   \
    }

static const struct setting settings[] = {
    ROW("PORT", KIND_INT, port, 1, 65535, "3000", "port of /ingest, /incidents, /meta"),
    ROW("ML_PORT", KIND_INT, ml_port, 1, 65535, "8000", "port of /score, /model-info"),
    ROW("BIND", KIND_TEXT, bind, 1, 255, "127.0.0.1",
        "address to listen on; a folder (/...) means sockets http and ml in it"),
    ROW("URL_PREFIX", KIND_TEXT, prefix, 2, 255, "/loganalyzer",
        "the same paths are also served below this one"),
    ROW("THRESHOLD", KIND_REAL, threshold, 0, 1, "0.8",
        "a score above it is an incident"),
    ROW("ML_URL", KIND_TEXT, ml_url, 0, CONFIG_TEXT_BYTES - 8, "",
        "scoring service that ingest asks; empty: ingest scores by itself"),
    ROW("MODEL", KIND_PATH, model, 0, CONFIG_PATH_BYTES - 64, "",
        "what the scoring service has learned; default: the store's name with -model"),
    ROW("MODEL_VERSION", KIND_TEXT, model_version, 0, 255, "",
        "what /meta gives as model, if set"),
    ROW("DATABASE", KIND_PATH, database, 1, CONFIG_PATH_BYTES - 64, "data.sqlite",
        "the store"),
    ROW("RUN_DIR", KIND_PATH, run_dir, 0, CONFIG_PATH_BYTES - 64, "",
        "sockets and pid files; default: the store's name with -run"),
    ROW("MAX_BODY_BYTES", KIND_INT, body_bytes_max, 1024, 1 << 30, "16777216",
        "largest request body"),
    ROW("MAX_BODIES_BYTES", KIND_INT, bodies_bytes_max, 1024, 4.0 * (1 << 30), "67108864",
        "all bodies in work together"),
    ROW("MAX_BATCH_RECORDS", KIND_INT, batch_records_max, 1, 10000000, "100000",
        "records in a batch"),
    ROW("MAX_RECORD_BYTES", KIND_INT, record_bytes_max, 64, 1 << 28, "1048576",
        "one record, as JSON"),
    ROW("MAX_JSON_DEPTH", KIND_INT, json_depth_max, 1, 200, "32", "nesting in metadata"),
    ROW("MAX_SERVICE_BYTES", KIND_INT, service_bytes_max, 1, 512, "256",
        "name of a service"),
    ROW("MAX_LEVEL_BYTES", KIND_INT, level_bytes_max, 1, 4096, "32", "name of a level"),
    ROW("STORE_WAIT_MS", KIND_INT, store_wait_ms, 1, 10000, "1000",
        "wait for the store's lock before 503"),
    ROW("RETENTION_DAYS", KIND_INT, retention_days, 0, 36500, "0",
        "older records and incidents are deleted; 0: as long as there is room"),
    ROW("STORE_BYTES_MAX", KIND_INT, store_bytes_max, 0, 1e15, "0",
        "beyond it the oldest records are deleted; 0: 20 % of the file system, at most "
        "10 GB"),
    ROW("FREE_BYTES_MIN", KIND_INT, free_bytes_min, 0, 1e15, "0",
        "less free space: ingest answers 507; 0: 2 % of the file system, at most 256 MB"),
    ROW("INGEST_WORKERS", KIND_INT, workers, 1, 256, "32", "requests in work in ingest"),
    ROW("INGEST_QUEUE", KIND_INT, queue_max, 1, 4096, "256",
        "requests waiting in ingest"),
    ROW("HANG_SECONDS", KIND_INT, hang_seconds, 5, 50, "30",
        "a request that takes longer restarts ingest"),
    ROW("TROUBLE_SECONDS", KIND_INT, trouble_seconds, 1, 86400, "180",
        "who scores, or a way of being told, fails for so long: it is an incident"),
    ROW("TIME_ZONE", KIND_TEXT, time_zone, 1, 255, "UTC",
        "of times that name no zone: UTC, local, or a name such as Europe/Berlin"),
    ROW("KEYS_FILE", KIND_PATH, keys_file, 0, CONFIG_PATH_BYTES - 64, "",
        "API keys, see loganalyzer key; default: the store's name with -keys"),
    ROW("ALLOW_ANONYMOUS", KIND_INT, anonymous, 0, 1, "0",
        "1: while there is no API key, whoever reaches the port may do all"),
    ROW("KEY_REQUESTS", KIND_INT, key_requests_max, 0, 1000000, "1000",
        "requests a second of one API key; beyond: 429; 0: no limit"),
    ROW("API_KEY", KIND_SECRET, api_key, 0, 400, "",
        "sent by import, send, notify and demo"),
    ROW("SCORE_KEY", KIND_SECRET, score_key, 0, 400, "",
        "sent to the scoring service of ML_URL"),
    ROW("WEBHOOK_URL", KIND_MASKED_URL, notify.webhook_url, 0, CONFIG_TEXT_BYTES - 1, "",
        "where incidents are told; empty: nowhere"),
    ROW("WEBHOOK_FORMAT", KIND_TEXT, notify.webhook_format, 1, 16, "json",
        "json, ntfy or slack (and what takes the same)"),
    ROW("WEBHOOK_TOKEN", KIND_SECRET, notify.webhook_token, 0, 400, "",
        "sent as Authorization: Bearer"),
    ROW("SMTP_URL", KIND_TEXT, notify.smtp_url, 0, 255, "",
        "mail server, smtp://host:25 or smtps://host; empty: no mail"),
    ROW("SMTP_TLS", KIND_TEXT, notify.smtp_tls, 1, 16, "required",
        "off: mail by smtp:// in clear"),
    ROW("SMTP_USER", KIND_TEXT, notify.smtp_user, 0, 255, "", "of the mail server"),
    ROW("SMTP_PASSWORD", KIND_SECRET, notify.smtp_password, 0, 255, "", "its password"),
    ROW("MAIL_FROM", KIND_TEXT, notify.mail_from, 0, 253, "", "who sends the mail"),
    ROW("MAIL_TO", KIND_TEXT, notify.mail_to, 0, CONFIG_TEXT_BYTES - 1, "",
        "who gets it; several: with a comma between"),
    ROW("PUBLIC_URL", KIND_TEXT, notify.public_url, 0, 400, "",
        "where the page is, for the links in messages"),
    ROW("NOTIFY_MAX", KIND_INT, notify.max, 1, 1000, "5",
        "messages in NOTIFY_MINUTES; what is more is counted in the next"),
    ROW("NOTIFY_MINUTES", KIND_REAL, notify.minutes, 0, 1440, "10", "see NOTIFY_MAX"),
    ROW("NOTIFY_RETRY_MS", KIND_INT, notify.retry_ms, 10, 900000, "5000",
        "before a message is tried again; then twice as long, up to 15 minutes"),
    ROW("NOTIFY_PRIVATE", KIND_INT, notify.private_ok, 0, 1, "0",
        "1: messages may go to this machine and to private networks"),
};

enum { SETTINGS_N = sizeof settings / sizeof settings[0] };

static void *field(struct config *c, const struct setting *s)
{
    return (char *)c + s->at;
}

static size_t text_bytes(const struct setting *s)
{
    return s->kind == KIND_PATH ? CONFIG_PATH_BYTES : CONFIG_TEXT_BYTES;
}

static enum err_code bad_value(const struct setting *s, const char *value, struct err *e)
{
    if (s->kind != KIND_INT && s->kind != KIND_REAL) {
        return err_set(e, ERR_INVALID, "%s has %zu characters; allowed are %g to %g",
                       s->key, strlen(value), s->min, s->max);
    }
    return err_set(e, ERR_INVALID, "%s is \"%.64s\"; it must be a %s from %.0f to %.0f%s",
                   s->key, value, s->kind == KIND_INT ? "whole number" : "number", s->min,
                   s->max, s->kind == KIND_REAL ? ", with a point, as in 0.8" : "");
}

static bool parse_real(const char *value, double *out)
{
    char *end;
    errno = 0;
    *out = strtod(value, &end);
    bool plain = strspn(value, "0123456789.eE+-") == strlen(value); /* no hex, no nan */
    return plain && end != value && *end == '\0' && errno == 0 && isfinite(*out);
}

static enum err_code set(struct config *c, const struct setting *s, const char *value,
                         struct err *e)
{
    int64_t i = 0;
    double r = 0;
    size_t n = strlen(value);
    bool ok;
    switch (s->kind) {
    case KIND_INT:
        ok = str_to_i64(str_of(value), (int64_t)s->min, (int64_t)s->max, &i);
        memcpy(field(c, s), &i, ok ? sizeof i : 0);
        break;
    case KIND_REAL:
        ok = parse_real(value, &r) && r >= s->min && r <= s->max;
        memcpy(field(c, s), &r, ok ? sizeof r : 0);
        break;
    case KIND_TEXT:
    case KIND_PATH:
    case KIND_SECRET:
    case KIND_MASKED_URL:
    default:
        if (strpbrk(value, "\r\n")) {
            return err_set(e, ERR_INVALID, "%s holds a line break; its value is one line",
                           s->key);
        }
        ok = n >= (size_t)s->min && n <= (size_t)s->max;
        memcpy(field(c, s), value, ok ? n + 1 : 0);
    }
    return ok ? ERR_NONE : bad_value(s, value, e);
}

static const struct setting *find(const char *key)
{
    for (size_t i = 0; i < SETTINGS_N; i++) {
        if (strcmp(settings[i].key, key) == 0) {
            return &settings[i];
        }
    }
    return NULL;
}

/* --- .env --- */

/* One entry of .env: a setting of ours, one of others, or none. */
static enum err_code apply_env_entry(struct config *c, char *text, int64_t number,
                                     struct err *e)
{
    const char *key, *value;
    bool bad = false;
    if (config_env_line(text, &key, &value, &bad)) {
        const struct setting *s = find(key);
        return s ? set(c, s, value, e) : ERR_NONE;
    }
    return bad ? err_set(e, ERR_INVALID,
                         ".env, line %lld: not KEY=value, or a quote is not closed",
                         (long long)number)
               : ERR_NONE;
}

static enum err_code apply_env_text(struct config *c, char *text, struct err *e)
{
    int64_t number = 1;
    enum err_code code = ERR_NONE;
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
    }
    while (!code && *text) {
        char *end = config_env_end(text), *next = *end ? end + 1 : end;
        int64_t lines = 0;
        for (const char *p = text; p < next; p++) {
            lines += *p == '\n';
        }
        *end = '\0';
        code = apply_env_entry(c, text, number, e);
        number += lines;
        text = next;
    }
    return code;
}

static enum err_code apply_env_file(struct config *c, struct err *e)
{
    char path[CONFIG_PATH_BYTES + 8];
    snprintf(path, sizeof path, "%s/.env", c->home);
    FILE *f = fopen(path, "re");
    if (!f) {
        return errno == ENOENT
                   ? ERR_NONE
                   : err_set(e, ERR_INVALID, ".env cannot be read: %s", strerror(errno));
    }
    char *text = malloc(CONFIG_FILE_BYTES + 1);
    size_t n = text ? fread(text, 1, CONFIG_FILE_BYTES + 1, f) : 0;
    bool broken = ferror(f); /* a folder, for one */
    fclose(f);
    enum err_code code = ERR_NONE;
    if (broken) {
        code = err_set(e, ERR_INVALID, ".env cannot be read; is it a file?");
    } else if (!text) {
        code = err_set(e, ERR_NOMEM, "not enough memory to read .env");
    } else if (n > CONFIG_FILE_BYTES) {
        code = err_set(e, ERR_INVALID, ".env is larger than %d bytes", CONFIG_FILE_BYTES);
    } else if (memchr(text, '\0', n)) {
        code = err_set(e, ERR_INVALID, ".env holds a NUL byte; save it as UTF-8");
    } else {
        text[n] = '\0';
        code = apply_env_text(c, text, e);
    }
    free(text);
    return code;
}

/* --- all together --- */

static enum err_code set_home(struct config *c, struct err *e)
{
    const char *home = getenv("LOGANALYZER_HOME");
    if (home && home[0] == '/' && strlen(home) < sizeof c->home / 2) {
        memcpy(c->home, home, strlen(home) + 1);
        return ERR_NONE;
    }
    if (home && home[0]) {
        return err_set(e, ERR_INVALID,
                       "LOGANALYZER_HOME must be an absolute path of at most "
                       "%zu characters",
                       sizeof c->home / 2 - 1);
    }
    if (!getcwd(c->home, sizeof c->home / 2)) {
        return err_set(e, ERR_INVALID, "the working directory's path cannot be read");
    }
    return ERR_NONE;
}

static enum err_code set_half(struct config *c, struct err *e)
{
    const char *half = getenv("LOGANALYZER_HALF");
    if (!half || half[0] == '\0') {
        c->half = HALF_BOTH;
    } else if (strcmp(half, "backend") == 0) {
        c->half = HALF_BACKEND;
    } else if (strcmp(half, "ml-service") == 0) {
        c->half = HALF_ML_SERVICE;
    } else {
        return err_set(e, ERR_INVALID,
                       "LOGANALYZER_HALF is \"%.64s\"; it must be backend or ml-service, "
                       "or not be set",
                       half);
    }
    return ERR_NONE;
}

/* Makes the path in place absolute, from home. */
static enum err_code absolute(const struct config *c, char path[static CONFIG_PATH_BYTES],
                              const char *key, struct err *e)
{
    char full[2 * CONFIG_PATH_BYTES];
    int n = snprintf(full, sizeof full, "%s/%s", c->home, path);
    if (path[0] == '/') {
        return ERR_NONE;
    }
    if (n < 0 || n >= CONFIG_PATH_BYTES - 64) {
        return err_set(e, ERR_INVALID, "%s: the path is too long", key);
    }
    memcpy(path, full, (size_t)n + 1);
    return ERR_NONE;
}

/* A path that is not set is another one, of at most CONFIG_PATH_BYTES - 64, with something
 * after it. */
static void beside(const char *other, char path[static CONFIG_PATH_BYTES],
                   const char *suffix)
{
    if (path[0] == '\0') {
        size_t n = strlen(other);
        memcpy(path, other, n);
        memcpy(path + n, suffix, strlen(suffix) + 1);
    }
}

/* A batch that ingest takes is not to be too large for the scoring service: bytes that are
 * mended become up to three, a record of a few bytes is written out with its names, each
 * line of text with its service; and what was committed is told several batches at a time.
 * Only lines of which control characters are a third can pass it: they take six bytes. */
static int64_t ml_body_bytes(const struct config *c)
{
    return 3 * c->body_bytes_max +
           c->batch_records_max * (ML_RECORD_EXTRA_BYTES + c->service_bytes_max) +
           ML_TOLD_BYTES;
}

/* What no single row can say. */
static enum err_code check_together(struct config *c, struct err *e)
{
    size_t n = strlen(c->prefix);
    if (c->bodies_bytes_max < c->body_bytes_max) {
        return err_set(e, ERR_INVALID,
                       "MAX_BODIES_BYTES is smaller than MAX_BODY_BYTES: no "
                       "body of the largest size could ever be taken");
    }
    if (c->store_bytes_max > 0 && c->store_bytes_max < CONFIG_STORE_BYTES_LEAST) {
        return err_set(e, ERR_INVALID,
                       "STORE_BYTES_MAX is %lld; it must be 0 or at least %d bytes",
                       (long long)c->store_bytes_max, CONFIG_STORE_BYTES_LEAST);
    }
    while (n > 1 && c->prefix[n - 1] == '/') {
        c->prefix[--n] = '\0';
    }
    if (n < 2 || c->prefix[0] != '/' || strpbrk(c->prefix, "\"\\ \t\r\n")) {
        return err_set(e, ERR_INVALID, "URL_PREFIX must be a path such as /loganalyzer");
    }
    if ((c->api_key[0] && !api_key_is_token(c->api_key)) ||
        (c->score_key[0] && !api_key_is_token(c->score_key))) {
        return err_set(
            e, ERR_INVALID,
            "%s holds a blank or a character that is not ASCII; it is one word",
            api_key_is_token(c->api_key) || !c->api_key[0] ? "SCORE_KEY" : "API_KEY");
    }
    return zone_check(c->time_zone, e);
}

enum err_code config_load(struct config *c, struct err *e)
{
    *c = (struct config){0};
    enum err_code code = set_home(c, e);
    code = code ? code : set_half(c, e);
    for (size_t i = 0; !code && i < SETTINGS_N; i++) {
        code = set(c, &settings[i], settings[i].def, e);
    }
    code = code ? code : apply_env_file(c, e);
    for (size_t i = 0; !code && i < SETTINGS_N; i++) {
        const char *value = getenv(settings[i].key);
        code = value ? set(c, &settings[i], value, e) : ERR_NONE;
    }
    code = code ? code : check_together(c, e);
    code = code ? code : service_url_complete(c->ml_url, e);
    code = code ? code : config_notify_check(&c->notify, e);
    code = code ? code : absolute(c, c->database, "DATABASE", e);
    if (code) {
        return code;
    }
    c->ml_body_bytes_max = ml_body_bytes(c);
    beside(c->database, c->run_dir, "-run");
    beside(c->database, c->model, "-model");
    beside(c->database, c->keys_file, "-keys");
    code = absolute(c, c->run_dir, "RUN_DIR", e);
    if (!code && c->half == HALF_ML_SERVICE) {
        memcpy(c->run_dir + strlen(c->run_dir), "-ml", 4); /* 64 bytes are left for it */
    }
    code = code ? code : absolute(c, c->model, "MODEL", e);
    code = code ? code : absolute(c, c->keys_file, "KEYS_FILE", e);
    beside(c->half == HALF_ML_SERVICE ? c->model : c->database, c->metrics_file,
           "-metrics");
    if (!code && strcmp(c->model, c->database) == 0) { /* it is replaced as a whole */
        code = err_set(e, ERR_INVALID, "MODEL and DATABASE name the same file");
    }
    return code;
}

void config_print(const struct config *c, FILE *to)
{
    for (size_t i = 0; i < SETTINGS_N; i++) {
        const struct setting *s = &settings[i];
        const char *at = (const char *)c + s->at;
        int64_t number;
        double real;
        char masked[NOTIFY_TARGET_BYTES];
        switch (s->kind) {
        case KIND_INT:
            memcpy(&number, at, sizeof number);
            fprintf(to, "%s=%lld", s->key, (long long)number);
            break;
        case KIND_REAL:
            memcpy(&real, at, sizeof real);
            fprintf(to, "%s=%.15g", s->key, real);
            break;
        case KIND_SECRET:
            fprintf(to, "%s=%s", s->key, at[0] ? "***" : "");
            break;
        case KIND_MASKED_URL:
            config_url_masked(at, masked);
            fprintf(to, "%s=%s", s->key, masked);
            break;
        case KIND_TEXT:
        case KIND_PATH:
        default:
            fprintf(to, "%s=%.*s", s->key, (int)text_bytes(s), at);
        }
        fprintf(to, "  # %s\n", s->help);
    }
}
