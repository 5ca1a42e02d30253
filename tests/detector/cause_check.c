/* cause_check.c - see cause_check.h. */
#include "tests/detector/cause_check.h"

static bool is_named(const struct verdict *v, int64_t at)
{
    for (size_t i = 0; i < v->reasons_n; i++) {
        for (size_t k = 0; k < v->reasons[i].records_n; k++) {
            if (v->reasons[i].records[k] == at) {
                return true;
            }
        }
    }
    return false;
}

static bool make_verdict(const struct cause_batch *b, struct verdict *out)
{
    struct err e;
    struct analysis *a = arena_alloc(b->arena, sizeof *a);
    struct analysis_batch read = {b->records, b->n, b->now_us, b->arena};
    struct verdicts_batch v = {.m = b->m,
                               .records = b->records,
                               .n = b->n,
                               .a = a,
                               .threshold = b->threshold,
                               .arena = b->arena};
    *out = (struct verdict){0};
    if (!a || analyse(b->m, &read, a, &e)) {
        return false;
    }
    verdicts_make(&v, out);
    return true;
}

enum cause cause_check(const struct cause_batch *b, struct cause_found *out)
{
    struct cause_batch rest = *b;
    struct verdict *of_rest = arena_alloc(b->arena, sizeof *of_rest);
    struct record *records = arena_alloc(b->arena, (b->n + 1) * sizeof *records);
    out->left = 0;
    out->named = 0;
    if (!of_rest || !records || !make_verdict(b, &out->verdict)) {
        return CAUSE_NO_MEMORY;
    }
    if (!(out->verdict.raw_score > b->threshold)) {
        return CAUSE_NOT_FLAGGED;
    }
    rest.n = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (!is_named(&out->verdict, (int64_t)i)) {
            records[rest.n++] = b->records[i];
        }
    }
    out->named = b->n - rest.n;
    rest.records = records;
    if (rest.n == 0) {
        return CAUSE_NAMED;
    }
    if (!make_verdict(&rest, of_rest)) {
        return CAUSE_NO_MEMORY;
    }
    out->left = of_rest->raw_score;
    return out->left > b->threshold ? CAUSE_MISSED : CAUSE_NAMED;
}
