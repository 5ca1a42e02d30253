/* fuzz_json.c - the reader and the writer of JSON: what was read and written again reads
 * the same, and every text in it is one. */
#include "fcgi/base/utf8.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>

enum { DEPTH_MAX = 24, ARENA_BYTES = 16 << 20, OUT_BYTES = 16 << 20 };

static struct arena arena;

/* How deep it is, by the values in it. */
static int walk(struct json_value v, int above)
{
    struct json_iter it = json_iter(v);
    struct json_value key = {0}, one;
    struct str text;
    struct err e;
    double d;
    int deepest = 0;
    FUZZ_CHECK(above <= DEPTH_MAX);
    if (v.type == JSON_STRING) {
        FUZZ_CHECK(!json_decode(&arena, v, &text, &e));
        fuzz_check_text(text);
    }
    if (v.type == JSON_NUMBER) {
        FUZZ_CHECK(!json_number(v, &d) || isfinite(d));
    }
    while (json_next(&it, &key, &one)) {
        if (v.type == JSON_OBJECT) {
            FUZZ_CHECK(key.type == JSON_STRING);
            (void)walk(key, above + 1);
        }
        int depth = walk(one, above + 1);
        deepest = depth > deepest ? depth : deepest;
    }
    return v.type == JSON_ARRAY || v.type == JSON_OBJECT ? deepest + 1 : 0;
}

static void check_written(struct json_value v, bool utf8)
{
    struct buf out;
    struct err e;
    struct json_value back;
    buf_init(&out, OUT_BYTES);
    struct json_out o = utf8 ? json_out_utf8(&out) : json_out(&out);
    json_raw(&o, v.text);
    FUZZ_CHECK(!out.failed);
    struct json_in in = {out.p, out.n, 0, DEPTH_MAX, 0};
    FUZZ_CHECK(!json_read(&in, &back, &e) && json_at_end(&in));
    FUZZ_CHECK(back.type == v.type && back.depth == v.depth && in.repaired == 0);
    for (size_t i = 0; !utf8 && i < out.n; i++) {
        FUZZ_CHECK(out.p[i] >= 0x20 && out.p[i] < 0x7F && out.p[i] != '<');
    }
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str text = {(const char *)data, n};
    struct json_value v, member;
    struct err e;
    int64_t number;
    char *p = fuzz_utf8(text, &n);
    struct json_in in = {p, n, 0, DEPTH_MAX, 0};
    arena_init(&arena, ARENA_BYTES);
    while (!json_at_end(&in)) {
        enum err_code code = json_read(&in, &v, &e);
        if (code) {
            fuzz_check_err(code, &e);
            break;
        }
        fuzz_check_text(v.text);
        FUZZ_CHECK(walk(v, 0) == v.depth);
        check_written(v, false);
        check_written(v, true);
        (void)json_member(v, "a", &member);
        (void)json_member_i64(v, "b", -5, 5, &number);
    }
    arena_free(&arena);
    free(p);
    return 0;
}
