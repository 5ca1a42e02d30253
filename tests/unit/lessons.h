/* lessons.h - for tests of the detector's modules: records by the line, a model and what
 * it is taught, numbers by chance that are the same each time. */
#ifndef TESTS_LESSONS_H
#define TESTS_LESSONS_H

#include "scoring/learning.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define LESSONS_START_US 1764547200000000 /* 2025-12-01, a Monday */
#define LESSONS_DAY_US   (24 * 60 * CLOCK_MINUTE_US)

/* --- by chance --- */

static inline uint32_t chance_next(uint64_t *state)
{
    uint64_t x = (*state += 0x9e3779b97f4a7c15U);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return (uint32_t)(x >> 32);
}

static inline uint32_t chance_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)((uint64_t)chance_next(state) * n >> 32);
}

static inline double chance_share(uint64_t *state) /* over 0, up to 1 */
{
    return ((double)chance_next(state) + 1) / 4294967296.0;
}

/* --- records --- */

/* The texts must stay. */
static inline struct record record_of(struct str service, const char *level,
                                      struct str message)
{
    struct record r = {.timestamp = STR("now"),
                       .service = service,
                       .level = str_of(level),
                       .message = message,
                       .metadata = STR("{}"),
                       .event_us = LESSONS_START_US,
                       .rank = level_of(str_of(level)),
                       .failed_login = failed_login_in(message)};
    return r;
}

static inline struct record info(const char *service, const char *message)
{
    return record_of(str_of(service), "INFO", str_of(message));
}

static inline struct record error(const char *service, const char *message)
{
    return record_of(str_of(service), "ERROR", str_of(message));
}

/* --- a model, and lessons --- */

struct school {
    struct model *m;
    struct arena arena; /* of one lesson; reset by the next */
    int64_t now_us;
};

enum { SCHOOL_ARENA_MAX = 64 << 20 };

/* garbage: what is in the memory before the model is made. */
static inline void school_open(struct school *s, int garbage)
{
    s->m = malloc(sizeof *s->m);
    ck_assert_ptr_nonnull(s->m);
    memset(s->m, garbage, sizeof *s->m);
    model_init(s->m);
    arena_init(&s->arena, SCHOOL_ARENA_MAX);
    s->now_us = LESSONS_START_US;
}

static inline void school_close(struct school *s)
{
    arena_free(&s->arena);
    free(s->m);
}

/* In the school's arena. */
static inline struct analysis school_analyse(struct school *s,
                                             const struct record *records, size_t n)
{
    struct analysis a;
    struct err e;
    struct analysis_batch b = {records, n, s->now_us, &s->arena};
    ck_assert(!analyse(s->m, &b, &a, &e));
    return a;
}

/* The batch came at this moment, and so did its records; raised: it made an incident. */
static inline void school_learn_raised(struct school *s, struct record *records, size_t n,
                                       enum learn_mode mode, bool raised)
{
    struct err e;
    arena_reset(&s->arena);
    for (size_t i = 0; i < n; i++) {
        records[i].event_us = s->now_us;
    }
    struct analysis a = school_analyse(s, records, n);
    struct learn_batch b = {records, &a, mode, raised, &s->arena};
    ck_assert(!learn_batch(s->m, &b, &e));
}

static inline void school_learn(struct school *s, struct record *records, size_t n,
                                enum learn_mode mode)
{
    school_learn_raised(s, records, n, mode, false);
}

static inline int school_find(const struct school *s, const char *service)
{
    return model_find(s->m, str_of(service), str_hash(str_of(service)));
}

/* The window of records that are all of one service, judged. */
static inline struct judged school_judge(struct school *s, const struct record *records,
                                         size_t n)
{
    struct judged j;
    arena_reset(&s->arena);
    struct analysis a = school_analyse(s, records, n);
    ck_assert_uint_eq(a.groups_n, 1);
    window_judge(s->m, a.group[0].service, window_kind_of((int64_t)n), &a.group[0].window,
                 &j);
    return j;
}

#endif
