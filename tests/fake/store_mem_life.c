/* store_mem_life.c - see store_mem_life.h. Everything is looked for from the beginning. */
#include "tests/fake/store_mem_life.h"

#include <stdlib.h>
#include <string.h>

struct mem_occurrences {
    int64_t incident_id, width_us;
    struct occurrences list[OCCURRENCES_MAX + 1];
    size_t n;
};

static void *must(void *p)
{
    if (!p) {
        abort();
    }
    return p;
}

static void *add_row(struct mem_rows *r, const void *row)
{
    if (r->n == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 16;
        r->p = must(realloc(r->p, r->cap * r->size));
    }
    memcpy(r->p + r->n * r->size, row, r->size);
    return r->p + r->n++ * r->size;
}

static void drop_row(struct mem_rows *r, size_t i)
{
    r->n--;
    memmove(r->p + i * r->size, r->p + (i + 1) * r->size, (r->n - i) * r->size);
}

static void begin_rows(struct mem_rows *r)
{
    r->before_n = r->n;
    r->before = must(malloc((r->n + 1) * r->size));
    if (r->n > 0) {
        memcpy(r->before, r->p, r->n * r->size);
    }
}

static void end_rows(struct mem_rows *r, bool stays)
{
    if (!stays) {
        r->n = r->before_n;
        if (r->n > 0) {
            memcpy(r->p, r->before, r->n * r->size);
        }
    }
    free(r->before);
    r->before = NULL;
}

void mem_life_init(struct mem_life *l)
{
    *l = (struct mem_life){.history.size = sizeof(struct store_history),
                           .occurrences.size = sizeof(struct mem_occurrences),
                           .lanes.size = sizeof(struct store_lane)};
}

void mem_life_free(struct mem_life *l)
{
    free(l->history.p);
    free(l->occurrences.p);
    free(l->lanes.p);
}

void mem_life_begin(struct mem_life *l)
{
    begin_rows(&l->history);
    begin_rows(&l->occurrences);
    begin_rows(&l->lanes);
    l->in_transaction = true;
}

void mem_life_end(struct mem_life *l, bool stays)
{
    end_rows(&l->history, stays);
    end_rows(&l->occurrences, stays);
    end_rows(&l->lanes, stays);
    l->in_transaction = false;
}

static const void *rows_of(const struct mem_life *l, const struct mem_rows *r,
                           bool committed, size_t *n)
{
    bool old = committed && l->in_transaction;
    *n = old ? r->before_n : r->n;
    return old ? r->before : r->p;
}

/* --- history --- */

void mem_life_add_history(struct mem_life *l, const struct store_history *h)
{
    size_t own = 0;
    add_row(&l->history, h);
    for (size_t i = l->history.n; i-- > 0;) {
        const struct store_history *row = (const struct store_history *)l->history.p + i;
        own += row->incident_id == h->incident_id;
        if (row->incident_id == h->incident_id && own > STORE_HISTORY_MAX) {
            drop_row(&l->history, i);
        }
    }
}

struct store_history *mem_life_history(const struct mem_life *l, bool committed,
                                       int64_t incident_id, size_t *n)
{
    size_t all;
    const struct store_history *rows = rows_of(l, &l->history, committed, &all);
    struct store_history *out = must(malloc((all + 1) * sizeof *out));
    *n = 0;
    for (size_t i = 0; i < all; i++) {
        if (rows[i].incident_id == incident_id) {
            out[(*n)++] = rows[i];
        }
    }
    return out;
}

/* --- occurrences --- */

static struct mem_occurrences *take_occurrences(struct mem_life *l, int64_t incident_id)
{
    struct mem_occurrences *rows = (struct mem_occurrences *)l->occurrences.p;
    for (size_t i = 0; i < l->occurrences.n; i++) {
        if (rows[i].incident_id == incident_id) {
            return &rows[i];
        }
    }
    struct mem_occurrences *fresh = must(calloc(1, sizeof *fresh));
    fresh->incident_id = incident_id;
    fresh->width_us = OCCURRENCES_LEAST_US;
    struct mem_occurrences *row = add_row(&l->occurrences, fresh);
    free(fresh);
    return row;
}

void mem_life_add_occurrence(struct mem_life *l, const struct store_occurrence *o)
{
    struct mem_occurrences *m = take_occurrences(l, o->incident_id);
    struct occurrences piece = {occurrences_start(o->at_us, m->width_us), o->count,
                                o->severity};
    size_t at = m->n;
    while (at > 0 && m->list[at - 1].at_us > piece.at_us) {
        at--;
    }
    memmove(&m->list[at + 1], &m->list[at], (m->n - at) * sizeof piece);
    m->list[at] = piece;
    m->n = occurrences_merge(m->list, m->n + 1, m->width_us);
    while (m->n > OCCURRENCES_MAX) {
        m->width_us = occurrences_wider(m->width_us);
        m->n = occurrences_merge(m->list, m->n, m->width_us);
    }
}

size_t mem_life_occurrences(const struct mem_life *l, bool committed, int64_t incident_id,
                            struct occurrences *list, int64_t *width_us)
{
    size_t all;
    const struct mem_occurrences *rows = rows_of(l, &l->occurrences, committed, &all);
    *width_us = OCCURRENCES_LEAST_US;
    for (size_t i = 0; i < all; i++) {
        if (rows[i].incident_id == incident_id) {
            *width_us = rows[i].width_us;
            memcpy(list, rows[i].list, rows[i].n * sizeof *list);
            return rows[i].n;
        }
    }
    return 0;
}

/* --- lanes, in the order of a list --- */

static int order(const struct store_lane *a, const struct store_lane *b)
{
    if (a->bucket != b->bucket) {
        return a->bucket < b->bucket ? -1 : 1;
    }
    size_t n = a->service.n < b->service.n ? a->service.n : b->service.n;
    int c = n > 0 ? memcmp(a->service.p, b->service.p, n) : 0;
    return c ? c : (a->service.n > b->service.n) - (a->service.n < b->service.n);
}

static struct store_lane *find_lane(struct mem_life *l, const struct store_lane *lane)
{
    struct store_lane *rows = (struct store_lane *)l->lanes.p;
    for (size_t i = 0; i < l->lanes.n; i++) {
        if (order(&rows[i], lane) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static size_t count_lanes(const struct mem_life *l, int64_t bucket)
{
    const struct store_lane *rows = (const struct store_lane *)l->lanes.p;
    size_t n = 0;
    for (size_t i = 0; i < l->lanes.n; i++) {
        n += rows[i].bucket == bucket;
    }
    return n;
}

static void insert_lane(struct mem_life *l, const struct store_lane *lane)
{
    struct store_lane row = *lane;
    add_row(&l->lanes, &row);
    struct store_lane *rows = (struct store_lane *)l->lanes.p;
    size_t at = l->lanes.n - 1;
    while (at > 0 && order(&rows[at - 1], &row) > 0) {
        rows[at] = rows[at - 1];
        at--;
    }
    rows[at] = row;
}

static void drop_oldest(struct mem_life *l, int64_t oldest)
{
    const struct store_lane *rows = (const struct store_lane *)l->lanes.p;
    int64_t first = l->lanes.n > 0 ? rows[0].bucket : oldest;
    while (first < oldest && l->lanes.n > 0 && rows[0].bucket == first) {
        drop_row(&l->lanes, 0);
    }
}

void mem_life_add_lanes(struct mem_life *l, const struct store_lane *lanes, size_t n,
                        struct str (*keep)(void *arg, struct str s), void *arg)
{
    const struct store_lane *rows = (const struct store_lane *)l->lanes.p;
    int64_t newest = l->lanes.n > 0 ? rows[l->lanes.n - 1].bucket : 0;
    for (size_t i = 0; i < n; i++) {
        newest = lanes[i].bucket > newest ? lanes[i].bucket : newest;
    }
    int64_t oldest = newest - LANE_BUCKETS_MAX + 1;
    for (size_t i = 0; i < n; i++) {
        struct store_lane lane = lanes[i];
        struct store_lane *row = find_lane(l, &lane);
        if (!row && count_lanes(l, lane.bucket) >= LANE_SERVICES_MAX) {
            lane.service = STR("");
            row = find_lane(l, &lane);
        }
        if (row) {
            row->records += lane.records;
            row->last_us = lane.last_us > row->last_us ? lane.last_us : row->last_us;
            row->score = lane.score > row->score ? lane.score : row->score;
        } else if (lane.bucket >= oldest) {
            lane.service = keep(arg, lane.service);
            insert_lane(l, &lane);
        }
    }
    drop_oldest(l, oldest);
}

struct store_lane *mem_life_lanes(const struct mem_life *l, bool committed, int64_t from,
                                  int64_t to, size_t *n)
{
    size_t all;
    const struct store_lane *rows = rows_of(l, &l->lanes, committed, &all);
    struct store_lane *out = must(malloc((all + 1) * sizeof *out));
    *n = 0;
    for (size_t i = 0; i < all; i++) {
        if (rows[i].bucket >= from && rows[i].bucket < to) {
            out[(*n)++] = rows[i];
        }
    }
    return out;
}
