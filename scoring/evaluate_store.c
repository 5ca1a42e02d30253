/* evaluate_store.c - see evaluate_store.h. */
#include "scoring/evaluate_store.h"

#include "fcgi/base/json.h"
#include "fcgi/base/visible.h"
#include "scoring/history.h"
#include "scoring/raised.h"
#include "sql/store_incidents.h"

enum { LIST_BYTES_MAX = 256 << 20, PAGE = 1000, PLAIN_BYTES_MAX = 8192 };
/* After the last batch so much time is let pass: what is open then ends. */
#define AFTERWARDS_US (2 * 60 * CLOCK_MINUTE_US)

struct replay {
    const struct evaluate_store *o;
    struct detector *d;
    struct arena arena;
    struct progress progress;
    struct raised raised;
    struct finding finding;
    struct features features;
    int64_t gone_through;           /* records */
    int64_t batches, records, over; /* in time; over: batches above the threshold */
    int64_t stored;                 /* incidents in the store of the same time */
};

/* --- batches --- */

static enum err_code look(struct replay *r, int64_t now_us, struct err *e)
{
    struct finding *f = &r->finding;
    enum err_code code = ERR_NONE;
    while (!code && detector_next(r->d, now_us, f)) {
        if (now_us < r->o->since_us) {
            continue;
        }
        struct occurrence o = {&f->verdict, f->features.latest_us, f->reported, true,
                               now_us,      f->features.from_us};
        code = raised_add(&r->raised, r->o->threshold, &o, e);
    }
    return code;
}

static enum err_code replay_batch(struct replay *r, const struct history_batch *h,
                                  struct err *e)
{
    struct verdict v;
    struct detector_question q = {h->records, h->n, h->received_us, true, &r->arena};
    enum err_code code = detector_score(r->d, &q, &v, e);
    if (code) {
        return code;
    }
    bool raised = v.score > r->o->threshold, in_time = h->received_us >= r->o->since_us;
    features_count(h->records, h->n, h->received_us, &r->features);
    struct occurrence o = {
        .verdict = &v, .at_us = r->features.latest_us, .now_us = h->received_us};
    code = in_time ? raised_add(&r->raised, r->o->threshold, &o, e) : ERR_NONE;
    struct detector_batch b = {.records = h->records,
                               .n = h->n,
                               .id = (uint64_t)h->id,
                               .batch_n = h->stored_n,
                               .first_log_id = h->first_log_id,
                               .raised = raised,
                               .now_us = h->received_us,
                               .mode = LEARN_LIVE,
                               .arena = &r->arena};
    code = code ? code : detector_learn(r->d, &b, e);
    r->gone_through += (int64_t)h->n;
    if (in_time) {
        r->batches++;
        r->records += (int64_t)h->n;
        r->over += raised;
    }
    return code ? code : look(r, h->received_us, e);
}

static enum err_code replay_all(struct replay *r, struct history *h, struct err *e)
{
    struct history_batch b;
    enum err_code code = ERR_NONE;
    bool found = true;
    int64_t last_us = 0;
    while (!code && found) {
        code = history_next(h, &r->arena, &b, &found, e);
        if (!code && found && b.n > 0 && b.received_us < r->o->until_us) {
            code = replay_batch(r, &b, e);
            last_us = b.received_us;
        }
        arena_reset(&r->arena);
        history_show(h, &r->progress, r->gone_through);
    }
    progress_clear(&r->progress);
    return code || last_us == 0 ? code : look(r, last_us + AFTERWARDS_US, e);
}

/* --- what was raised then --- */

struct page {
    const struct evaluate_store *o;
    int64_t lowest, n, in_time;
};

static void count_incident(void *arg, const struct store_incident_row *row)
{
    struct page *p = arg;
    int64_t at;
    p->lowest = row->core.id;
    p->n++;
    p->in_time +=
        clock_parse(row->detected_at, &at) && at >= p->o->since_us && at < p->o->until_us;
}

static enum err_code count_stored(struct replay *r, struct err *e)
{
    struct store *s = NULL;
    struct page p = {r->o, INT64_MAX, PAGE, 0};
    enum err_code code = store_open_reader(r->o->store, &s, e);
    while (!code && p.n == PAGE) {
        p.n = 0;
        code = store_list_incidents(s, p.lowest, PAGE, count_incident, &p, e);
    }
    store_close(s);
    r->stored = p.in_time;
    return code;
}

/* --- printing --- */

/* Without what would move a terminal's cursor or end a column. */
static void print_plain(const char *text)
{
    struct buf b;
    buf_init(&b, PLAIN_BYTES_MAX);
    visible_put(&b, str_of(text), PLAIN_BYTES_MAX);
    fwrite(b.p ? b.p : "", 1, b.n, stdout);
    buf_free(&b);
}

static void print_table(const struct replay *r)
{
    char when[CLOCK_TEXT_BYTES];
    for (size_t i = 0; i < r->raised.n; i++) {
        const struct raised_incident *x = &r->raised.incident[i];
        printf("%.*s\t%.3f\t", STR_ARGS(clock_format(x->core.first_us, when)),
               x->core.severity);
        print_plain(x->service[0] ? x->service : "-");
        printf("\t%lldx\t", (long long)x->core.count);
        print_plain(x->sentence);
        putchar('\n');
    }
    printf(
        "%zu incident%s instead of %lld, in %lld records of %lld batches, %lld of them "
        "above the threshold\n",
        r->raised.n, r->raised.n == 1 ? "" : "s", (long long)r->stored,
        (long long)r->records, (long long)r->batches, (long long)r->over);
}

static void put_int(struct json_out *o, const char *key, int64_t v)
{
    json_key(o, key);
    json_int(o, v);
}

static void put_time(struct json_out *o, const char *key, int64_t us)
{
    char when[CLOCK_TEXT_BYTES];
    json_key(o, key);
    json_str(o, clock_format(us, when));
}

static void put_incident(struct json_out *o, const struct raised_incident *x)
{
    json_open(o, '{');
    json_key(o, "service");
    json_text(o, x->service[0] ? str_of(x->service) : STR_NONE);
    json_key(o, "severity");
    json_num(o, x->core.severity);
    put_int(o, "count", x->core.count);
    put_time(o, "first_seen", x->core.first_us);
    put_time(o, "last_seen", x->core.last_us);
    json_key(o, "reason");
    json_str(o, str_of(x->sentence));
    json_close(o, '}');
}

static enum err_code print_json(const struct replay *r, struct err *e)
{
    struct buf text;
    struct model_info m;
    buf_init(&text, LIST_BYTES_MAX);
    struct json_out o = json_out(&text);
    detector_info(r->d, &m);
    json_open(&o, '{');
    json_key(&o, "model");
    json_str(&o, str_of(m.version));
    json_key(&o, "threshold");
    json_num(&o, r->o->threshold);
    put_int(&o, "batches", r->batches);
    put_int(&o, "records", r->records);
    put_int(&o, "batches_over", r->over);
    put_int(&o, "stored_incidents", r->stored);
    json_key(&o, "incidents");
    json_open(&o, '[');
    for (size_t i = 0; i < r->raised.n; i++) {
        put_incident(&o, &r->raised.incident[i]);
    }
    json_close(&o, ']');
    json_close(&o, '}');
    buf_byte(&text, '\n');
    enum err_code code =
        text.failed ? err_set(e, ERR_NOMEM, "not enough memory for the list") : ERR_NONE;
    fwrite(text.p, 1, code ? 0 : text.n, stdout);
    buf_free(&text);
    return code;
}

static enum err_code replay_store(struct replay *r, struct err *e)
{
    struct history *h = NULL;
    progress_begin(&r->progress, r->o->store);
    enum err_code code = history_open_store(r->o->store, r->o->begin_us, &h, e);
    code = code ? code : replay_all(r, h, e);
    history_close(h);
    code = code ? code : count_stored(r, e);
    if (!code && r->batches == 0) {
        return err_set(e, ERR_NOT_FOUND, "no batch of the store is of that time");
    }
    if (!code && r->o->json) {
        return print_json(r, e);
    }
    if (!code) {
        print_table(r);
    }
    return code;
}

enum err_code evaluate_store(const struct evaluate_store *o, struct detector *d,
                             struct err *e)
{
    struct replay *r = calloc(1, sizeof *r);
    if (!r) {
        return err_set(e, ERR_NOMEM, "not enough memory to read the store");
    }
    r->o = o;
    r->d = d;
    arena_init(&r->arena, HISTORY_ARENA_BYTES);
    enum err_code code = replay_store(r, e);
    arena_free(&r->arena);
    raised_free(&r->raised);
    free(r);
    return code;
}
