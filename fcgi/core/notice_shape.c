/* notice_shape.c - see notice_shape.h. */
#include "fcgi/core/notice_shape.h"

#include "fcgi/base/json.h"
#include "fcgi/base/utf8.h"
#include "fcgi/core/notice_text.h"

/* --- ntfy --- */

/* As much of s as max bytes hold, in whole characters. */
static struct str head_of(struct str s, size_t max)
{
    return s.n <= max ? s : (struct str){s.p, utf8_valid_prefix((struct str){s.p, max})};
}

static int priority(enum notice_kind k)
{
    enum { LOW = 2, USUAL = 3, HIGH = 4, HIGHEST = 5 };
    return k == NOTICE_WORSE    ? HIGHEST
           : k == NOTICE_IMPORT ? LOW
           : k == NOTICE_TEST   ? USUAL
                                : HIGH;
}

static void put_ntfy(struct buf *out, const struct notice_shape *s)
{
    struct json_out o = json_out(out);
    struct buf link;
    buf_init(&link, 2 * NOTIFY_TEXT_BYTES);
    notice_put_link(&link, s->public_url, s->incident_id);
    json_open(&o, '{');
    json_key(&o, "topic");
    json_str(&o, str_of(strrchr(s->webhook_url, '/') + 1));
    json_key(&o, "title");
    json_str(&o, head_of(s->subject, NTFY_TITLE_BYTES));
    json_key(&o, "message");
    /* A title that had to be cut is in the message as a whole. */
    struct buf text;
    buf_init(&text, SHAPE_BYTES_MAX);
    if (s->subject.n > NTFY_TITLE_BYTES) {
        buf_str(&text, s->subject);
        buf_byte(&text, '\n');
    }
    buf_str(&text, s->body);
    json_str(&o, head_of(buf_view(&text), NTFY_MESSAGE_BYTES));
    json_key(&o, "priority");
    json_int(&o, priority(s->kind));
    if (link.n > 0) {
        json_key(&o, "click");
        json_str(&o, buf_view(&link));
    }
    json_close(&o, '}');
    out->failed = out->failed || text.failed || link.failed;
    buf_free(&text);
    buf_free(&link);
}

/* --- Slack, and what takes the same --- */

/* What Slack reads commands in ("<!channel>", "<http://...|bank>") and what could end the
 * code. A space without width after '@' is for receivers that look for names in code, too. */
static struct str escape_of(const char *c)
{
    return *c == '&'   ? STR("&amp;")
           : *c == '<' ? STR("&lt;")
           : *c == '>' ? STR("&gt;")
           : *c == '`' ? STR("'")
           : *c == '@' ? STR("@\xE2\x80\x8B")
                       : (struct str){c, 1};
}

/* As much of s as may be appended up to max bytes in out, in whole characters. */
static bool put_escaped(struct buf *out, struct str s, size_t max)
{
    for (size_t i = 0; i < s.n;) {
        size_t n = 1;
        while (i + n < s.n && ((unsigned char)s.p[i + n] & 0xC0) == 0x80) {
            n++;
        }
        struct str put = n > 1 ? (struct str){s.p + i, n} : escape_of(s.p + i);
        if (put.n > max - out->n) {
            return false;
        }
        buf_str(out, put);
        i += n;
    }
    return true;
}

/* All that logs may have written is in one block of code, in which nothing is a mark, a link
 * or a mention; only the link to the page stands outside. Receivers cut or split what is too
 * long for them, and with its end the block would be gone: so it is cut here. */
static void put_slack(struct buf *out, const struct notice_shape *s)
{
    struct json_out o = json_out(out);
    struct buf text;
    buf_init(&text, SHAPE_BYTES_MAX);
    buf_str(&text, STR("```\n"));
    bool whole = put_escaped(&text, s->subject, SLACK_TEXT_BYTES) &&
                 put_escaped(&text, STR("\n\n"), SLACK_TEXT_BYTES) &&
                 put_escaped(&text, s->body, SLACK_TEXT_BYTES);
    buf_str(&text, whole ? STR("```\n") : STR("\n... (cut)\n```\n"));
    notice_put_link(&text, s->public_url, s->incident_id);
    json_open(&o, '{');
    json_key(&o, "text");
    json_str(&o, buf_view(&text));
    json_close(&o, '}');
    out->failed = out->failed || text.failed;
    buf_free(&text);
}

/* --- all --- */

void notice_shape_body(struct buf *out, const struct notice_shape *s)
{
    switch (s->format) {
    case WEBHOOK_NTFY:
        put_ntfy(out, s);
        break;
    case WEBHOOK_SLACK:
        put_slack(out, s);
        break;
    case WEBHOOK_JSON:
    default:
        buf_str(out, s->json);
    }
}

bool notice_shape_url(const struct notice_shape *s, char out[static NOTIFY_TEXT_BYTES])
{
    size_t n = strlen(s->webhook_url);
    if (s->format == WEBHOOK_NTFY) {
        n = (size_t)(strrchr(s->webhook_url, '/') - s->webhook_url) + 1;
    }
    if (n >= NOTIFY_TEXT_BYTES) {
        return false;
    }
    memcpy(out, s->webhook_url, n);
    out[n] = '\0';
    return true;
}
