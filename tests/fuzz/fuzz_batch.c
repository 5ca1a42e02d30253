/* fuzz_batch.c - the body of a POST /ingest: charset, framing, JSON, lines of text.
 *
 * First line: Content-Type, tab, service, tab, "lenient" if bad records are to be left out.
 * What is taken is what may be stored, and what
 * goes to the scoring service comes out there as the same records. */
#include "fcgi/core/batch.h"
#include "fcgi/core/features.h"
#include "fcgi/core/wire.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

enum { ARENA_BYTES = 16 << 20, BODIES_BYTES = 1 << 20, WIRE_BYTES = 16 << 20 };

static struct budget bodies = {.max = BODIES_BYTES}, records = {.max = BODIES_BYTES};
static const struct record_limits small = {4096, 64, 16, 8};
/* There the metadata lie deeper, and what was mended or escaped is longer. */
static const struct record_limits large = {SIZE_MAX, 64, 16, 16};

static void check_wire(const struct batch *b)
{
    struct batch_limits limits = {
        .records_max = b->n + 1, .record = large, .bodies = &bodies, .answers = true};
    struct buf out;
    struct arena a;
    struct batch back;
    struct err e;
    buf_init(&out, WIRE_BYTES);
    arena_init(&a, ARENA_BYTES);
    struct json_out o = json_out_utf8(&out);
    json_open(&o, '[');
    for (size_t i = 0; i < b->n; i++) {
        wire_record(&o, &b->records[i]);
    }
    json_close(&o, ']');
    FUZZ_CHECK(!out.failed);
    struct batch_body body = {.p = out.p, .n = out.n, .now_us = FUZZ_NOW_US};
    if (batch_parse(&a, body, &limits, &back, &e)) {
        fuzz_fail(__FILE__, __LINE__, e.msg);
    }
    FUZZ_CHECK(back.n == b->n);
    for (size_t i = 0; i < b->n; i++) {
        const struct record *r = &b->records[i], *s = &back.records[i];
        FUZZ_CHECK(str_eq(r->service, s->service) && str_eq(r->level, s->level));
        FUZZ_CHECK(str_eq(r->message, s->message) && r->event_us == s->event_us);
        FUZZ_CHECK(r->rank == s->rank);
    }
    arena_free(&a);
    buf_free(&out);
}

static void check_left_out(const struct batch *b, bool lenient)
{
    FUZZ_CHECK(lenient || b->rejected_n == 0);
    FUZZ_CHECK(b->kept_n <= b->rejected_n && b->kept_n <= BATCH_REJECTED_MAX);
    for (size_t i = 0; i < b->kept_n; i++) {
        const struct batch_rejected *r = &b->rejected[i];
        FUZZ_CHECK(r->place < b->n + b->rejected_n);
        FUZZ_CHECK(i == 0 || r->place > r[-1].place);
        FUZZ_CHECK(r->reason.n > 0 && r->text.n <= BATCH_REJECTED_BYTES);
        fuzz_check_text(r->reason);
        fuzz_check_text(r->text);
    }
}

static void check_batch(const struct batch *b, const struct batch_limits *limits)
{
    static struct features f;
    FUZZ_CHECK(b->n <= limits->records_max);
    for (size_t i = 0; i < b->n; i++) {
        fuzz_check_record(&b->records[i], &limits->record);
    }
    features_count(b->records, b->n, FUZZ_NOW_US, &f);
    FUZZ_CHECK(f.all.count == (int64_t)b->n);
    FUZZ_CHECK(f.all.warn + f.all.error <= f.all.count);
    check_wire(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct batch_limits limits = {
        .records_max = 50, .record = small, .bodies = &bodies, .records = &records};
    struct str left = {(const char *)data, n}, service = fuzz_line(&left);
    struct str type = str_split(&service, '\t'), how = service;
    service = str_split(&how, '\t');
    struct arena a;
    struct batch b;
    struct err e;
    size_t service_n;
    arena_init(&a, ARENA_BYTES);
    char *name = fuzz_utf8(service, &service_n); /* as a query gives it */
    char *body = fuzz_own(left);
    struct batch_body in = {
        .p = body,
        .n = left.n,
        .now_us = FUZZ_NOW_US,
        .content_type = type,
        .service = {name, service_n <= small.service_bytes_max ? service_n : 0},
        .lenient = str_eq(how, STR("lenient")),
    };
    enum err_code code = batch_parse(&a, in, &limits, &b, &e);
    if (code) {
        fuzz_check_err(code, &e);
        FUZZ_CHECK(code != ERR_NOMEM || left.n > BODIES_BYTES / 4);
    } else {
        check_batch(&b, &limits);
        check_left_out(&b, in.lenient);
    }
    arena_free(&a);
    FUZZ_CHECK(bodies.used == 0 && records.used == 0);
    free(body);
    free(name);
    return 0;
}
