/* fuzz_told.c - what the scoring service answers to POST /learn. */
#include "fcgi/core/incident.h"
#include "fcgi/jobs/told.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_BYTES = 64 << 20, FEATURES_BYTES = 1 << 20 };

static void check_minute(const struct told_minute *m, int64_t after)
{
    struct buf b;
    FUZZ_CHECK(m->number > after && m->verdict.service.n > 0);
    FUZZ_CHECK(m->verdict.reasons_n > 0 && m->features.all.count > 0);
    fuzz_check_verdict(&m->verdict, SIZE_MAX);
    buf_init(&b, FEATURES_BYTES);
    incident_features(&b, &m->features, &m->verdict);
    FUZZ_CHECK(!b.failed);
    fuzz_check_json(buf_view(&b), 8);
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct told_answer answer;
    struct arena a;
    struct buf body;
    struct err e;
    arena_init(&a, ARENA_BYTES);
    buf_init(&body, TOLD_REPLY_BYTES_MAX);
    buf_add(&body, data, n);
    enum err_code code = told_read(&a, &body, &answer, &e);
    if (code) {
        fuzz_check_err(code, &e);
        FUZZ_CHECK(code == ERR_UPSTREAM);
    } else {
        FUZZ_CHECK(strlen(answer.state) == TOLD_STATE_BYTES - 1);
        FUZZ_CHECK(answer.position.batch >= 0 && answer.position.records >= 0);
        int64_t last = 0;
        for (size_t i = 0; i < answer.minutes_n; i++) {
            check_minute(&answer.minutes[i], last);
            last = answer.minutes[i].number;
        }
    }
    buf_free(&body);
    arena_free(&a);
    return 0;
}
