/* fuzz_learn.c - POST /learn to the scoring service, by a state of its own that grows over
 * inputs. Whatever comes, the answer is one that ingest understands. */
#include "fcgi/jobs/told.h"
#include "scoring/learn.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

enum { ARENA_BYTES = 128 << 20, BODIES_BYTES = 8 << 20, FORGET_AFTER = 256 };

static struct learn_app app;
static struct budget bodies = {.max = BODIES_BYTES};
static int64_t inputs;

static void begin(void)
{
    char path[640];
    struct err e;
    if (inputs++ % FORGET_AFTER != 0) {
        return;
    }
    state_close(app.state);
    snprintf(path, sizeof path, "%s/model", fuzz_folder());
    fuzz_clear_folder();
    FUZZ_CHECK(!state_open(path, 0.8, &app.state, &e));
    app.bodies = &bodies;
}

static void check_answer(struct arena *a, struct buf *body)
{
    static struct told_answer answer;
    struct err e;
    if (told_read(a, body, &answer, &e)) {
        fuzz_fail(__FILE__, __LINE__, e.msg);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena a;
    struct response resp;
    struct err e;
    begin();
    char *body = fuzz_own((struct str){(const char *)data, n});
    arena_init(&a, ARENA_BYTES);
    response_init(&resp);
    struct request req = {.method = METHOD_POST,
                          .body = body,
                          .body_n = n,
                          .now_us = FUZZ_NOW_US + inputs * CLOCK_SECOND_US,
                          .arena = &a};
    enum err_code code = learn_post(&app, &req, &resp, &e);
    if (code) {
        fuzz_check_err(code, &e);
    } else {
        check_answer(&a, &resp.body);
    }
    response_free(&resp);
    arena_free(&a);
    free(body);
    return 0;
}
