/* notice_text.c - see notice_text.h. */
#include "fcgi/core/notice_text.h"

#include "fcgi/base/json.h"
#include "fcgi/base/visible.h"

#include <math.h>

enum { DAY_CHARS = 10 };

static const char *const prefixes[NOTICE_KINDS_N] = {
    [NOTICE_REGRESSION] = "back after it was resolved: ",
    [NOTICE_WORSE] = "much worse: ",
};

/* --- pieces --- */

static void put_time(struct buf *out, int64_t us)
{
    char when[CLOCK_TEXT_BYTES];
    buf_str(out, clock_format(us, when));
}

static void put_day(struct buf *out, int64_t us)
{
    char when[CLOCK_TEXT_BYTES];
    struct str day = clock_format(us, when);
    buf_str(out, (struct str){day.p, day.n < DAY_CHARS ? day.n : DAY_CHARS});
}

/* Downwards: 0.9996 is not 1. */
static void put_sentence(struct buf *out, const struct notice_incident *i)
{
    visible_put(out, i->summary, NOTICE_SENTENCE_BYTES);
    buf_fmt(out, " (severity %.2f)", floor(i->severity * 100) / 100);
}

void notice_put_link(struct buf *out, const char *public_url, int64_t incident_id)
{
    if (public_url[0]) {
        buf_str(out, str_of(public_url));
        if (incident_id > 0) {
            buf_fmt(out, "#/incident/%lld", (long long)incident_id);
        }
    }
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

/* --- the subject --- */

static void put_kind(struct buf *out, int64_t n, const char *what, bool *any)
{
    if (n > 0) {
        buf_fmt(out, "%s%lld %s", *any ? ", " : "", (long long)n, what);
        *any = true;
    }
}

static void put_kinds(struct buf *out, const struct notice_counts *c)
{
    bool any = false;
    buf_str(out, STR(": "));
    put_kind(out, c->fresh, "new", &any);
    put_kind(out, c->regressions, "back after being resolved", &any);
    put_kind(out, c->worse, "much worse", &any);
}

static void put_import(struct buf *out, const struct notice_counts *c)
{
    buf_fmt(out, "import: %lld incident%s in logs of ", (long long)c->incidents,
            plural(c->incidents));
    put_day(out, c->first_us);
    buf_str(out, STR(" to "));
    put_day(out, c->last_us);
    if (c->regressions > 0 || c->worse > 0) { /* else all of them are new */
        put_kinds(out, c);
    }
}

static void put_digest(struct buf *out, const struct notice_counts *c)
{
    buf_fmt(out, "%lld incident%s", (long long)c->incidents, plural(c->incidents));
    put_kinds(out, c);
}

void notice_put_subject(struct buf *out, const struct notice_about *a)
{
    if (a->kind == NOTICE_TEST) {
        buf_str(out, STR("test: messages about incidents arrive here"));
    } else if (a->kind == NOTICE_IMPORT) {
        put_import(out, &a->counts);
    } else if (a->kind == NOTICE_DIGEST) {
        put_digest(out, &a->counts);
    } else if (a->incidents_n > 0) {
        buf_str(out, str_of(prefixes[a->kind]));
        put_sentence(out, &a->incidents[0]);
    }
}

/* --- the body --- */

static void put_reasons(struct buf *out, const struct notice_incident *i)
{
    for (size_t k = 1; k < i->reasons_n; k++) {
        buf_str(out, STR("- "));
        visible_put(out, i->reasons[k], NOTICE_SENTENCE_BYTES);
        buf_byte(out, '\n');
    }
    if (i->reasons_n > 1) {
        buf_byte(out, '\n');
    }
}

static void put_lines(struct buf *out, const struct notice_incident *i)
{
    for (size_t k = 0; k < i->lines_n; k++) {
        const struct notice_line *l = &i->lines[k];
        buf_str(out, k == 0 ? STR("Lines of it:\n  ") : STR("  "));
        visible_put(out, l->timestamp, NOTICE_SERVICE_BYTES);
        buf_byte(out, ' ');
        visible_put(out, l->service, NOTICE_SERVICE_BYTES);
        buf_str(out, STR(": "));
        visible_put(out, l->message, NOTICE_LINE_BYTES);
        buf_byte(out, '\n');
    }
    if (i->lines_n > 0) {
        buf_byte(out, '\n');
    }
}

static void put_times(struct buf *out, const struct notice_incident *i)
{
    buf_fmt(out, "%lld time%s, ", (long long)i->count, plural(i->count));
    put_time(out, i->first_us);
    if (i->last_us != i->first_us) {
        buf_str(out, STR(" to "));
        put_time(out, i->last_us);
    }
    buf_byte(out, '\n');
}

/* The command that answers it, for who has no page. */
static void put_command(struct buf *out, const char *api, int64_t id)
{
    buf_str(out, STR("To say that you have seen it:\n"
                     "  curl -X PATCH -H 'Content-Type: application/json' -d "));
    buf_str(out, STR("'{\"status\":\"acknowledged\"}'"));
    buf_fmt(out, " %s/incidents/%lld\n", api, (long long)id);
}

static void put_what_to_do(struct buf *out, const struct notice_about *a)
{
    if (a->public_url[0]) {
        buf_str(out, STR("See it, answer it: "));
        notice_put_link(out, a->public_url, a->incidents[0].id);
        buf_byte(out, '\n');
    } else if (a->incidents[0].id > 0) {
        put_command(out, a->api, a->incidents[0].id);
    } else {
        buf_fmt(out, "Whether it is well again: curl %s/readyz\n", a->api);
    }
}

static void put_list(struct buf *out, const struct notice_about *a)
{
    for (size_t i = 0; i < a->incidents_n; i++) {
        buf_fmt(out, "- incident %lld: ", (long long)a->incidents[i].id);
        put_sentence(out, &a->incidents[i]);
        buf_byte(out, '\n');
    }
    int64_t more = a->counts.incidents - (int64_t)a->incidents_n;
    if (a->incidents_n > 0 && more > 0) {
        buf_fmt(out, "- and %lld more, less severe\n", (long long)more);
    }
    if (a->incidents_n > 0) {
        buf_byte(out, '\n');
    }
}

static void put_all(struct buf *out, const struct notice_about *a)
{
    buf_str(out, STR("All of them: "));
    if (a->public_url[0]) {
        notice_put_link(out, a->public_url, 0);
    } else {
        buf_fmt(out, "curl %s/incidents", a->api);
    }
    buf_byte(out, '\n');
}

static void put_host(struct buf *out, const struct notice_about *a)
{
    if (a->host[0]) {
        buf_str(out, STR("From "));
        visible_put(out, str_of(a->host), NOTICE_SERVICE_BYTES);
        buf_byte(out, '\n');
    }
}

void notice_put_body(struct buf *out, const struct notice_about *a)
{
    switch (a->kind) {
    case NOTICE_TEST:
        buf_str(out,
                STR("Somebody asked for this message (POST /notifications/test).\n"));
        break;
    case NOTICE_DIGEST:
        put_list(out, a);
        put_all(out, a);
        break;
    case NOTICE_IMPORT:
        buf_str(out, STR("What is more than an hour old is not told one by one.\n"));
        put_list(out, a);
        put_all(out, a);
        break;
    case NOTICE_NEW:
    case NOTICE_REGRESSION:
    case NOTICE_WORSE:
        put_reasons(out, &a->incidents[0]);
        put_lines(out, &a->incidents[0]);
        put_times(out, &a->incidents[0]);
        put_what_to_do(out, a);
        break;
    case NOTICE_NONE:
    case NOTICE_OLD:
    case NOTICE_OLD_REGRESSION:
    case NOTICE_OLD_WORSE:
    default:
        break;
    }
    put_host(out, a);
}

/* --- JSON --- */

/* A text as a string, made visible. */
static void put_text(struct json_out *o, struct buf *scratch, struct str text, size_t max)
{
    buf_clear(scratch);
    visible_put(scratch, text, max);
    o->b->failed = o->b->failed || scratch->failed;
    json_str(o, buf_view(scratch));
}

static void put_member_time(struct json_out *o, const char *key, int64_t us)
{
    char when[CLOCK_TEXT_BYTES];
    json_key(o, key);
    json_str(o, clock_format(us, when));
}

static void put_url(struct json_out *o, struct buf *scratch, const struct notice_about *a,
                    int64_t id)
{
    json_key(o, "url");
    if (!a->public_url[0]) {
        json_null(o);
        return;
    }
    buf_clear(scratch);
    notice_put_link(scratch, a->public_url, id);
    json_str(o, buf_view(scratch));
}

/* What is said of each incident, as members of the object that is open. */
static void put_incident(struct json_out *o, struct buf *scratch,
                         const struct notice_about *a, const struct notice_incident *i)
{
    json_key(o, "incident_id");
    if (i->id > 0) {
        json_int(o, i->id);
    } else {
        json_null(o);
    }
    json_key(o, "service");
    if (i->service.p) {
        put_text(o, scratch, i->service, 4 * NOTICE_SERVICE_BYTES);
    } else {
        json_null(o);
    }
    json_key(o, "severity");
    json_num(o, i->severity);
    json_key(o, "summary");
    put_text(o, scratch, i->summary, NOTICE_SENTENCE_BYTES);
    put_url(o, scratch, a, i->id);
}

static void put_details(struct json_out *o, struct buf *scratch,
                        const struct notice_incident *i)
{
    json_key(o, "reasons");
    json_open(o, '[');
    for (size_t k = 0; k < i->reasons_n; k++) {
        put_text(o, scratch, i->reasons[k], NOTICE_SENTENCE_BYTES);
    }
    json_close(o, ']');
    json_key(o, "count");
    json_int(o, i->count);
    put_member_time(o, "first_seen", i->first_us);
    put_member_time(o, "last_seen", i->last_us);
    json_key(o, "lines");
    json_open(o, '[');
    for (size_t k = 0; k < i->lines_n; k++) {
        json_open(o, '{');
        json_key(o, "timestamp");
        put_text(o, scratch, i->lines[k].timestamp, NOTICE_SERVICE_BYTES);
        json_key(o, "service");
        put_text(o, scratch, i->lines[k].service, NOTICE_SERVICE_BYTES);
        json_key(o, "message");
        put_text(o, scratch, i->lines[k].message, NOTICE_LINE_BYTES);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_counts(struct json_out *o, struct buf *scratch,
                       const struct notice_about *a)
{
    json_key(o, "incidents");
    json_int(o, a->counts.incidents);
    json_key(o, "new");
    json_int(o, a->counts.fresh);
    json_key(o, "regressions");
    json_int(o, a->counts.regressions);
    json_key(o, "worse");
    json_int(o, a->counts.worse);
    put_member_time(o, "first_seen", a->counts.first_us);
    put_member_time(o, "last_seen", a->counts.last_us);
    json_key(o, "listed");
    json_open(o, '[');
    for (size_t i = 0; i < a->incidents_n; i++) {
        json_open(o, '{');
        put_incident(o, scratch, a, &a->incidents[i]);
        json_close(o, '}');
    }
    json_close(o, ']');
    put_url(o, scratch, a, 0);
}

void notice_put_json(struct buf *out, const struct notice_about *a)
{
    struct json_out o = json_out(out);
    struct buf scratch;
    bool many = a->kind == NOTICE_DIGEST || a->kind == NOTICE_IMPORT;
    buf_init(&scratch, NOTICE_BODY_BYTES);
    json_open(&o, '{');
    json_key(&o, "event_id");
    json_str(&o, a->event_id);
    json_key(&o, "kind");
    json_str(&o, str_of(notice_kind_name(a->kind)));
    put_member_time(&o, "created_at", a->created_us);
    json_key(&o, "host");
    put_text(&o, &scratch, str_of(a->host), NOTICE_SERVICE_BYTES);
    if (!many && a->incidents_n > 0) {
        put_incident(&o, &scratch, a, &a->incidents[0]);
        put_details(&o, &scratch, &a->incidents[0]);
    } else {
        buf_clear(&scratch);
        notice_put_subject(&scratch, a);
        json_key(&o, "summary");
        json_str(&o, buf_view(&scratch));
    }
    if (many) {
        put_counts(&o, &scratch, a);
    }
    json_close(&o, '}');
    buf_free(&scratch);
}
