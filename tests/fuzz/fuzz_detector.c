/* fuzz_detector.c - records of any kind, scored and learned, a minute from batch to batch:
 * first line as in fuzz_batch.c. What is said of them can be printed, and read again. The
 * model grows over inputs; replay's and the first after FORGET_AFTER begin anew. */
#include "fcgi/core/batch.h"
#include "scoring/detector.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

enum { ARENA_BYTES = 64 << 20, BODIES_BYTES = 8 << 20, FORGET_AFTER = 256 };

static struct detector *detector;
static struct budget bodies = {.max = BODIES_BYTES};
static int64_t inputs;

static void begin(void)
{
    struct err e;
    if (!detector) {
        FUZZ_CHECK(!detector_open(0.8, &detector, &e));
    } else if (inputs % FORGET_AFTER == 0) {
        detector_clear(detector);
    }
    inputs++;
}

static void look(int64_t now_us)
{
    static struct finding f;
    while (detector_next(detector, now_us, &f)) {
        FUZZ_CHECK(f.verdict.score > 0.8 && f.verdict.service.n > 0);
        fuzz_check_verdict(&f.verdict, SIZE_MAX);
    }
}

static void judge(const struct batch *b, struct arena *a)
{
    struct verdict raw, live;
    struct err e;
    int64_t now_us = FUZZ_NOW_US + inputs % FORGET_AFTER * CLOCK_MINUTE_US;
    struct detector_question q = {b->records, b->n, now_us, false, a};
    FUZZ_CHECK(!detector_score(detector, &q, &raw, &e));
    fuzz_check_verdict(&raw, b->n);
    q.budget = true;
    FUZZ_CHECK(!detector_score(detector, &q, &live, &e));
    fuzz_check_verdict(&live, b->n);
    FUZZ_CHECK(live.raw_score == raw.raw_score);
    struct detector_batch lesson = {.records = b->records,
                                    .n = b->n,
                                    .id = (uint64_t)inputs,
                                    .batch_n = (int64_t)b->n,
                                    .first_log_id = 1 + inputs * 1000,
                                    .raised = live.score > 0.8,
                                    .now_us = now_us,
                                    .arena = a};
    FUZZ_CHECK(!detector_learn(detector, &lesson, &e));
    look(now_us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct batch_limits limits = {
        .records_max = 200, .record = {65536, 256, 32, 32}, .bodies = &bodies};
    struct str left = {(const char *)data, n}, service = fuzz_line(&left);
    struct str type = str_split(&service, '\t');
    struct arena a;
    struct batch b;
    struct err e;
    size_t service_n;
    begin();
    arena_init(&a, ARENA_BYTES);
    char *name = fuzz_utf8(service, &service_n), *body = fuzz_own(left);
    struct batch_body in = {.p = body,
                            .n = left.n,
                            .now_us = FUZZ_NOW_US,
                            .content_type = type,
                            .service = {name, service_n <= 256 ? service_n : 0}};
    if (!batch_parse(&a, in, &limits, &b, &e) && b.n > 0) {
        judge(&b, &a);
    }
    arena_free(&a);
    free(body);
    free(name);
    return 0;
}
