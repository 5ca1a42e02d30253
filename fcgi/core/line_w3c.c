/* line_w3c.c - W3C extended logs, as IIS writes them: words in columns whose names a line
 * "#Fields: date time s-ip cs-method ..." says before them (lines.h keeps it). Without one,
 * as after a part that was sent before, the columns are IIS's usual ones.
 *
 * What is stored reads as a combined access log's line, so that all that knows those knows
 * IIS's too; each column is in the metadata under a plain name. Times are UTC. */
#include "fcgi/core/line_head.h"

enum { COLUMNS_MAX = 64 };

static const char *const USUAL[] = {
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
    "cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
    "cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken"};

/* Where the words of a line go. */
static const struct {
    const char *name;
    enum w3c_column column;
} columns[] = {{"date", W3C_DATE},           {"time", W3C_TIME},
               {"cs-method", W3C_METHOD},    {"cs-uri-stem", W3C_PATH},
               {"cs-uri-query", W3C_QUERY},  {"cs-username", W3C_USER},
               {"c-ip", W3C_CLIENT},         {"cs(User-Agent)", W3C_AGENT},
               {"cs(Referer)", W3C_REFERER}, {"sc-status", W3C_STATUS},
               {"sc-bytes", W3C_BYTES},      {"cs-version", W3C_VERSION},
               {"cs-host", W3C_HOST}};

/* What else is kept, and those above that are not in the line by their names. */
static const struct {
    const char *name, *key;
} kept[] = {{"cs-method", "method"},
            {"cs-uri-stem", "path"},
            {"cs-uri-query", "query"},
            {"sc-status", "status"},
            {"cs(User-Agent)", "user_agent"},
            {"c-ip", "client"},
            {"cs-username", "user"},
            {"s-ip", "server"},
            {"s-port", "port"},
            {"s-sitename", "site"},
            {"s-computername", "host"},
            {"sc-substatus", "substatus"},
            {"sc-win32-status", "win32_status"},
            {"time-taken", "time_taken_ms"},
            {"X-Forwarded-For", "forwarded_for"}};

static size_t count_words(struct str s)
{
    size_t n = 0;
    while (s.n > 0) {
        n += line_take_word(&s).n > 0;
    }
    return n;
}

static void take_column(struct line_head *h, struct str name, struct str value)
{
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        if (str_eq(name, str_of(columns[i].name))) {
            h->w3c[columns[i].column] = str_eq(value, STR("-")) ? STR_NONE : value;
        }
    }
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (str_eq(name, str_of(kept[i].name))) {
            line_add(h, kept[i].key, value);
        }
    }
}

/* Three digits, and a time and a request or a path: then it is one. */
static bool makes_sense(const struct line_head *h)
{
    const struct str *w = h->w3c;
    return line_shape(w[W3C_DATE], "dddd-dd-dd") && w[W3C_DATE].n == 10 &&
           line_shape(w[W3C_TIME], "dd:dd:dd") && w[W3C_TIME].n <= 16 &&
           line_shape(w[W3C_STATUS], "ddd") && w[W3C_STATUS].n == 3 &&
           w[W3C_METHOD].n > 0 && w[W3C_PATH].n > 0;
}

static bool read_columns(struct str line, struct str names, struct line_head *h)
{
    struct str left = str_trim(line);
    if (count_words(left) != count_words(names) || count_words(names) > COLUMNS_MAX) {
        return false;
    }
    while (left.n > 0) {
        struct str name = line_take_word(&names);
        take_column(h, name, line_take_word(&left));
    }
    return makes_sense(h);
}

bool line_read_w3c(struct str line, const struct line_context *c, struct line_head *h)
{
    if (!memchr("0123456789", line.p[0], 10) || !memchr(line.p, ' ', line.n)) {
        return false;
    }
    bool found = c->w3c_fields.n > 0 && read_columns(line, c->w3c_fields, h);
    for (size_t i = 0; !found && i < sizeof USUAL / sizeof USUAL[0]; i++) {
        *h = (struct line_head){.text = h->text};
        found = line_shape(line, "dddd-dd-dd dd:dd:dd ") &&
                read_columns(line, str_of(USUAL[i]), h);
    }
    if (!found) {
        return false;
    }
    char status = h->w3c[W3C_STATUS].p[0];
    h->format = LINE_W3C;
    h->service = h->w3c[W3C_HOST];
    h->level = status == '5' ? LEVEL_ERROR : status == '4' ? LEVEL_WARN : LEVEL_INFO;
    return true;
}

/* --- the record --- */

static void put_or_dash(struct buf *b, struct str s)
{
    buf_str(b, s.n > 0 ? s : STR("-"));
}

/* In quotes; blanks come as '+' and stay so, for nobody knows which of them were. */
static void put_quoted(struct buf *b, struct str s)
{
    buf_byte(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') {
            buf_byte(b, '\\');
        }
        buf_byte(b, s.p[i]);
    }
    buf_str(b, s.n > 0 ? STR("\"") : STR("-\""));
}

static void put_request(struct buf *b, const struct str *w)
{
    buf_byte(b, '"');
    buf_str(b, w[W3C_METHOD]);
    buf_byte(b, ' ');
    for (size_t i = 0; i < w[W3C_PATH].n; i++) {
        char c = w[W3C_PATH].p[i];
        buf_str(b, c == '"' ? STR("%22") : (struct str){&c, 1});
    }
    for (size_t i = 0; i < w[W3C_QUERY].n; i++) {
        char c = w[W3C_QUERY].p[i];
        buf_str(b, i == 0 ? STR("?") : STR_NONE);
        buf_str(b, c == '"' ? STR("%22") : (struct str){&c, 1});
    }
    buf_byte(b, ' ');
    buf_str(b, w[W3C_VERSION].n > 0 ? w[W3C_VERSION] : STR("HTTP/1.1"));
    buf_byte(b, '"');
}

/* 2026-11-25 as 25/Nov/2026 */
static void put_date(struct buf *b, struct str date)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t month;
    bool known = str_to_i64((struct str){date.p + 5, 2}, 1, 12, &month);
    buf_str(b, (struct str){date.p + 8, 2});
    buf_byte(b, '/');
    buf_str(b, known ? (struct str){months + 3 * (month - 1), 3}
                     : (struct str){date.p + 5, 2});
    buf_byte(b, '/');
    buf_str(b, (struct str){date.p, 4});
}

static void put_line(struct buf *b, const struct str *w)
{
    put_or_dash(b, w[W3C_CLIENT]);
    buf_str(b, STR(" - "));
    put_or_dash(b, w[W3C_USER]);
    buf_str(b, STR(" ["));
    put_date(b, w[W3C_DATE]);
    buf_byte(b, ':');
    buf_str(b, (struct str){w[W3C_TIME].p, 8});
    buf_str(b, STR(" +0000] "));
    put_request(b, w);
    buf_byte(b, ' ');
    buf_str(b, w[W3C_STATUS]);
    buf_byte(b, ' ');
    put_or_dash(b, w[W3C_BYTES]);
    buf_byte(b, ' ');
    put_quoted(b, w[W3C_REFERER]);
    buf_byte(b, ' ');
    put_quoted(b, w[W3C_AGENT]);
}

enum err_code line_w3c_record(struct arena *a, const struct line_head *h,
                              struct record *out, struct err *e)
{
    const struct str *w = h->w3c;
    struct buf b;
    buf_init(&b, 3 * h->text.n + 128); /* a mark in quotes becomes three */
    put_line(&b, w);
    out->message = b.failed ? STR_NONE : arena_str(a, buf_view(&b));
    buf_clear(&b);
    buf_fmt(&b, "%.*sT%.*sZ", STR_ARGS(w[W3C_DATE]), STR_ARGS(w[W3C_TIME]));
    out->timestamp = b.failed ? STR_NONE : arena_str(a, buf_view(&b));
    buf_free(&b);
    return out->message.p && out->timestamp.p
               ? ERR_NONE
               : err_set(e, ERR_NOMEM, "not enough memory for a line");
}
