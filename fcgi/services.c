/* services.c - GET /services: what each service sent when, and how unusual it was: the lanes
 * of the last hours. If there are none, of as many hours up to the newest record: what was
 * imported is of another time, and of a host that fell silent one asks what was before.
 *
 * The rows are read twice: first they are added up, to choose the services, then the chosen
 * ones' are kept. So memory goes by the services that are shown. */
#include "fcgi/incidents.h"
#include "sql/store_lanes.h"

#include <stdlib.h>

enum {
    HOURS_MAX = 168,
    HOURS_DEFAULT = 24,
    BUCKETS_AN_HOUR = 6,
    SHOWN_MAX = 200,
    ODDEST_MAX = 100, /* of them for their scores, the others for their records */
    SEEN_MAX = 10000, /* so many are told apart; records of more are only counted */
    SLOTS_N = 4 * SEEN_MAX,
    SCORE_DIGITS_BYTES = 32
};

struct service {
    struct str name;
    int64_t records, last_us;
    double highest; /* below 0: none scored */
    bool shown;
    struct store_lane *lanes; /* of one that is shown; their names are not set */
    size_t n;
};

struct services {
    struct arena *arena;
    int64_t from, to; /* pieces of time */
    struct service *list, **sorted;
    size_t n, shown_n;
    uint16_t *slot;   /* 1 + index in list, by the name's hash; 0: free */
    int64_t unlisted; /* records of those that are not shown */
    bool no_memory;
};

/* --- adding up --- */

/* The service; made if add and there is room. */
static struct service *find(struct services *s, struct str name, bool add)
{
    size_t at = (size_t)(str_hash(name) % SLOTS_N);
    while (s->slot[at] != 0) {
        struct service *x = &s->list[s->slot[at] - 1];
        if (str_eq(x->name, name)) {
            return x;
        }
        at = (at + 1) % SLOTS_N;
    }
    struct str copy =
        add && name.n > 0 && s->n < SEEN_MAX ? arena_str(s->arena, name) : STR_NONE;
    if (!copy.p) {
        return NULL;
    }
    s->list[s->n] = (struct service){.name = copy, .highest = -1};
    s->slot[at] = (uint16_t)(s->n + 1);
    return &s->list[s->n++];
}

static void add_up(void *arg, const struct store_lane *l)
{
    struct services *s = arg;
    struct service *x = find(s, l->service, true);
    if (!x) {
        s->unlisted += l->records;
        return;
    }
    x->records += l->records;
    x->last_us = l->last_us > x->last_us ? l->last_us : x->last_us;
    x->highest = l->score > x->highest ? l->score : x->highest;
}

static void look_for_newest(void *arg, const struct store_lane *l)
{
    int64_t *after = arg;
    *after = l->bucket + 1; /* they come by bucket */
}

/* Moves a window in which nothing is, if there is something before it. Looked for in steps
 * that become longer: what is near is found without reading all. */
static enum err_code find_window(struct store *reader, struct services *s, struct err *e)
{
    int64_t after = 0, step = LANE_BUCKETS_A_DAY, to = s->from;
    bool look = s->n == 0 && s->unlisted == 0;
    enum err_code code = ERR_NONE;
    while (!code && look && after == 0 && to > 0) {
        int64_t from = to > step ? to - step : 0;
        code = store_list_lanes(reader, from, to, look_for_newest, &after, e);
        to = from;
        step *= 2;
    }
    if (code || after == 0) {
        return code;
    }
    s->from -= s->to - after;
    s->to = after;
    return store_list_lanes(reader, s->from, s->to, add_up, s, e);
}

/* --- choosing --- */

static int by_name(const struct service *a, const struct service *b)
{
    size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
    int c = memcmp(a->name.p, b->name.p, n);
    return c ? c : (a->name.n > b->name.n) - (a->name.n < b->name.n);
}

static int busiest_first(const void *left, const void *right)
{
    const struct service *a = *(struct service *const *)left;
    const struct service *b = *(struct service *const *)right;
    if (a->records != b->records) {
        return a->records > b->records ? -1 : 1;
    }
    return by_name(a, b);
}

static int oddest_first(const void *left, const void *right)
{
    const struct service *a = *(struct service *const *)left;
    const struct service *b = *(struct service *const *)right;
    if (a->highest > b->highest || a->highest < b->highest) {
        return a->highest > b->highest ? -1 : 1;
    }
    return busiest_first(left, right);
}

/* Shows the first ones in the order until so many are shown in all. */
static void show(struct services *s, int (*order)(const void *, const void *), size_t max)
{
    if (s->n > 0) {
        qsort(s->sorted, s->n, sizeof(struct service *), order);
    }
    for (size_t i = 0; i < s->n && s->shown_n < max; i++) {
        s->shown_n += !s->sorted[i]->shown;
        s->sorted[i]->shown = true;
    }
}

static void choose(struct services *s)
{
    for (size_t i = 0; i < s->n; i++) {
        s->sorted[i] = &s->list[i];
    }
    show(s, oddest_first, ODDEST_MAX);
    show(s, busiest_first, SHOWN_MAX);
    show(s, oddest_first, 0); /* in this order they are printed */
    for (size_t i = 0; i < s->n; i++) {
        struct service *x = &s->list[i];
        s->unlisted += x->shown ? 0 : x->records;
        size_t bytes = (size_t)(s->to - s->from) * sizeof *x->lanes;
        x->lanes = x->shown ? arena_alloc(s->arena, bytes) : NULL;
        s->no_memory = s->no_memory || (x->shown && !x->lanes);
    }
}

/* A row that came in since then may be one too many for its service. */
static void keep(void *arg, const struct store_lane *l)
{
    struct services *s = arg;
    struct service *x = find(s, l->service, false);
    if (x && x->shown && x->n < (size_t)(s->to - s->from)) {
        x->lanes[x->n++] = *l;
    }
}

/* --- printing --- */

/* To six digits, which is more than a colour needs. */
static void put_score(struct json_out *o, double score)
{
    char text[SCORE_DIGITS_BYTES];
    if (score < 0) {
        json_null(o);
        return;
    }
    snprintf(text, sizeof text, "%.6g", score);
    json_num(o, strtod(text, NULL));
}

static void put_time(struct json_out *o, const char *key, int64_t us)
{
    char when[CLOCK_TEXT_BYTES];
    json_key(o, key);
    json_str(o, clock_format(us, when));
}

static void put_service(struct json_out *o, const struct services *s,
                        const struct service *x)
{
    json_open(o, '{');
    json_key(o, "service");
    json_str(o, x->name);
    json_key(o, "records");
    json_int(o, x->records);
    put_time(o, "last_seen", x->last_us);
    json_key(o, "highest");
    put_score(o, x->highest);
    json_key(o, "buckets");
    json_open(o, '[');
    for (size_t i = 0; i < x->n; i++) {
        json_open(o, '[');
        json_int(o, x->lanes[i].bucket - s->from);
        json_int(o, x->lanes[i].records);
        put_score(o, x->lanes[i].score);
        json_close(o, ']');
    }
    json_close(o, ']');
    json_close(o, '}');
}

static void put_reply(struct json_out *o, const struct services *s)
{
    json_open(o, '{');
    put_time(o, "from", s->from * LANE_BUCKET_US);
    put_time(o, "to", s->to * LANE_BUCKET_US);
    json_key(o, "bucket_seconds");
    json_int(o, LANE_BUCKET_US / CLOCK_SECOND_US);
    json_key(o, "services");
    json_open(o, '[');
    for (size_t i = 0; i < s->n; i++) {
        if (s->sorted[i]->shown) {
            put_service(o, s, s->sorted[i]);
        }
    }
    json_close(o, ']');
    json_key(o, "services_total");
    json_int(o, (int64_t)s->n);
    json_key(o, "unlisted_records");
    json_int(o, s->unlisted);
    json_close(o, '}');
}

enum err_code services_get(void *app, const struct request *req, struct response *resp,
                           struct err *e)
{
    struct incidents *in = app;
    struct store *reader = in->readers[req->worker];
    struct services s = {.arena = req->arena, .to = req->now_us / LANE_BUCKET_US + 1};
    struct json_out o = json_out(&resp->body);
    int64_t hours;
    enum err_code code =
        incidents_number(req, STR("hours"), HOURS_MAX, HOURS_DEFAULT, &hours, e);
    if (code) {
        return code;
    }
    s.from = s.to - hours * BUCKETS_AN_HOUR;
    s.list = arena_alloc(s.arena, SEEN_MAX * sizeof *s.list);
    s.sorted = arena_alloc(s.arena, SEEN_MAX * sizeof *s.sorted);
    s.slot = arena_zalloc(s.arena, SLOTS_N * sizeof *s.slot);
    if (!s.list || !s.sorted || !s.slot) {
        return err_set(e, ERR_NOMEM, "not enough memory for the services");
    }
    code = store_list_lanes(reader, s.from, s.to, add_up, &s, e);
    code = code ? code : find_window(reader, &s, e);
    choose(&s);
    if (!code && s.no_memory) {
        code = err_set(e, ERR_NOMEM, "not enough memory for the services");
    }
    code = code ? code : store_list_lanes(reader, s.from, s.to, keep, &s, e);
    put_reply(&o, &s);
    return code;
}
