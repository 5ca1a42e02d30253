/* streams.c - see streams.h. The texts are filled in by the demo's grammar (demo_text.h);
 * each record has random numbers of its own, whatever comes before it. */
#include "tests/bench/streams.h"

#include "fcgi/cli/demo_text.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_MAX  ((size_t)2 << 30)
#define MESSAGE_BYTES    4096
#define WORST_WORDS      12
#define EVERY_US         (300 * 1000) /* between two records */
#define STEADY_KINDS_MAX 8

static const char *const web_lines[] = {
    "%{peer:visitor/6000} - - [%{clf}] \"GET %{page} HTTP/1.1\" 200 %{log:6000-90000} "
    "\"%{ref}\" \"%{agent}\"",
    "%{peer:visitor/6000} - - [%{clf}] \"GET %{asset} HTTP/1.1\" 200 %{log:900-240000} "
    "\"%{site}\" \"%{agent}\"",
    "%{peer:visitor/6000} - - [%{clf}] \"GET %{api} HTTP/1.1\" 200 %{log:180-14000} "
    "\"%{site}\" \"%{agent}\"",
    "%{peer:visitor/6000} - - [%{clf}] \"GET %{asset} HTTP/1.1\" 304 0 \"%{site}\" "
    "\"%{agent}\"",
    "%{peer:crawler/60} - - [%{clf}] \"GET %{page} HTTP/1.1\" 200 %{log:6000-90000} "
    "\"-\" \"%{crawler}\"",
    "%{peer:visitor/6000} - - [%{clf}] \"POST /cart HTTP/1.1\" 302 0 \"%{site}\" "
    "\"%{agent}\"",
    "%{peer:crawler/60} - - [%{clf}] \"GET /product/%{int:2401-4000} HTTP/1.1\" 404 4182 "
    "\"-\" \"%{crawler}\"",
};

struct steady {
    const char *service, *kinds[STEADY_KINDS_MAX]; /* the first is the likeliest */
};
static const struct steady steady_services[] = {
    {"app",
     {"order %{int:41000-69000} paid by customer %{log:1000-24000} in %{log:20-400} ms",
      "cart of customer %{log:1000-24000} updated: %{log:1-20} items",
      "session %{hex:16} refreshed for customer %{log:1000-24000}",
      "mail to %{id:6}@%{domain} queued as %{id:10}",
      "cache miss for product %{log:1-2400}, loaded in %{log:1-90} ms"}},
    {"dns",
     {"client %{octets}#%{port} query: %{zone} IN A", "query: %{zone} IN AAAA answered",
      "cache refreshed: %{log:100-9000} entries"}},
    {"queue",
     {"job %{int:1000-99999} done in %{log:10-4000} ms", "job %{int:1000-99999} taken",
      "worker %{int:1-8} idle for %{log:1-60} s"}},
    {"store",
     {"checkpoint complete: wrote %{log:1-4000} buffers in %{dec:1-20} s",
      "connection received: host=%{octets} port=%{port}",
      "connection authorized: user=%{pick:app|report} database=shop",
      "duration: %{dec:1-900} ms statement: %{statement}"}},
};
enum { STEADY_SERVICES_N = sizeof steady_services / sizeof steady_services[0] };

/* --- one record --- */

struct making {
    struct stream *s;
    struct buf text;
    struct demo_random r;
    struct demo_context context;
};

/* Words of letters that were never seen and never come again. */
static void say_worst(struct making *m)
{
    for (int i = 0; i < WORST_WORDS; i++) {
        uint64_t x = demo_random_next(&m->r);
        for (size_t k = 0, n = 4 + x % 6; k < n; k++, x /= 26) {
            buf_byte(&m->text, (char)('a' + x % 26));
        }
        buf_byte(&m->text, ' ');
    }
}

static const char *say_steady(struct making *m)
{
    size_t n = 0, i = (size_t)demo_random_log(&m->r, 1, STEADY_SERVICES_N + 1 - 1e-9) - 1;
    const struct steady *of = &steady_services[i];
    while (n < STEADY_KINDS_MAX && of->kinds[n]) {
        n++;
    }
    n = (size_t)demo_random_log(&m->r, 1, (double)n + 1 - 1e-9) - 1;
    demo_text(&m->text, of->kinds[n], &m->context, &m->r);
    return of->service;
}

static const char *say(struct making *m, enum stream_kind kind)
{
    buf_clear(&m->text);
    if (kind == STREAM_WORST) {
        say_worst(m);
        return "worst";
    }
    if (kind == STREAM_STEADY) {
        return say_steady(m);
    }
    double n = sizeof web_lines / sizeof web_lines[0];
    size_t i = (size_t)demo_random_log(&m->r, 1, n + 1 - 1e-9) - 1;
    demo_text(&m->text, web_lines[i], &m->context, &m->r);
    return "web";
}

static struct record *grow(struct stream *s, struct err *e)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 1024;
        struct record *r = realloc(s->record, cap * sizeof *r);
        if (!r) {
            err_set(e, ERR_NOMEM, "not enough memory for records");
            return NULL;
        }
        s->record = r;
        s->cap = cap;
    }
    return &s->record[s->n++];
}

static enum err_code make_record(struct making *m, enum stream_kind kind, size_t i,
                                 struct err *e)
{
    m->r.state = demo_random_mix((uint64_t)kind, i);
    m->context = (struct demo_context){.at_us = FEED_START_US + (int64_t)i * EVERY_US,
                                       .seed = 1,
                                       .story = demo_random_next(&m->r),
                                       .releases = 1};
    const char *service = say(m, kind);
    struct str text = arena_str(&m->s->arena, buf_view(&m->text));
    struct record *r = grow(m->s, e);
    if (!r || !text.p) {
        return err_set(e, ERR_NOMEM, "not enough memory for records");
    }
    *r = (struct record){.timestamp = STR("now"),
                         .service = str_of(service),
                         .level = STR("INFO"),
                         .message = text,
                         .metadata = STR("{}"),
                         .event_us = m->context.at_us,
                         .rank = LEVEL_INFO,
                         .failed_login = failed_login_in(text)};
    return ERR_NONE;
}

/* --- streams --- */

enum err_code stream_cut(struct stream *s, size_t batch, struct err *e)
{
    size_t *end = realloc(s->end, (s->n / batch + 1) * sizeof *end);
    if (!end) {
        return err_set(e, ERR_NOMEM, "not enough memory for batches");
    }
    s->end = end;
    s->batches = 0;
    for (size_t at = 0; at < s->n;) {
        at = s->n - at > batch ? at + batch : s->n;
        s->end[s->batches++] = at;
    }
    return ERR_NONE;
}

enum err_code stream_make(struct stream *s, enum stream_kind kind, size_t n,
                          struct err *e)
{
    struct making m = {.s = s};
    enum err_code code = ERR_NONE;
    *s = (struct stream){0};
    arena_init(&s->arena, ARENA_BYTES_MAX);
    buf_init(&m.text, MESSAGE_BYTES);
    for (size_t i = 0; i < n && !code; i++) {
        code = make_record(&m, kind, i, e);
    }
    buf_free(&m.text);
    return code ? code : stream_cut(s, n > 0 ? n : 1, e);
}

static enum err_code take_week(void *arg, const struct feed_batch *b, struct err *e)
{
    struct stream *s = arg;
    for (size_t i = 0; i < b->n; i++) {
        struct record *r = grow(s, e);
        if (!r) {
            return e->code;
        }
        *r = b->records[i];
    }
    size_t *end = realloc(s->end, (s->batches + 1) * sizeof *end);
    if (!end) {
        return err_set(e, ERR_NOMEM, "not enough memory for batches");
    }
    s->end = end;
    s->end[s->batches++] = s->n;
    return ERR_NONE;
}

enum err_code stream_week(struct stream *s, int days, struct err *e)
{
    struct demo_options o = {
        .seed = 1, .start_us = FEED_START_US, .days = days, .clean = true};
    struct feed f = {.keep = true, .fn = take_week, .arg = s};
    struct demo_week *week;
    *s = (struct stream){0};
    arena_init(&s->arena, ARENA_BYTES_MAX);
    enum err_code code = demo_week_open(&o, &week, e);
    if (!code) {
        code = feed_week(&f, week, e);
        arena_free(&s->arena);
        s->arena = f.arena; /* the texts' */
        demo_week_close(week);
    }
    return code;
}

void stream_free(struct stream *s)
{
    arena_free(&s->arena);
    free(s->record);
    free(s->end);
    *s = (struct stream){0};
}

int64_t stream_receipt(const struct record *records, size_t n)
{
    int64_t latest = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        latest = records[i].event_us > latest ? records[i].event_us : latest;
    }
    return latest + FEED_TRANSPORT_US;
}
