/* fuzz_entry.c - a file as `loganalyzer import` and `send` read it: what they make of it is
 * what POST /ingest takes, or the file would stay where it is for ever. */
#include "fcgi/cli/entry.h"
#include "fcgi/core/batch.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

enum { ARENA_BYTES = 64 << 20, OUT_BYTES = 64 << 20, RECORD_BYTES = 1 << 20 };

static struct budget bodies = {.max = OUT_BYTES};
static const struct record_limits limits = {RECORD_BYTES, 256, 32, 32};

static void check_taken(const struct record *r)
{
    const struct batch_limits server = {
        .records_max = 1, .record = limits, .bodies = &bodies};
    struct arena a;
    struct buf out;
    struct batch b;
    struct err e;
    arena_init(&a, ARENA_BYTES);
    buf_init(&out, OUT_BYTES);
    struct json_out o = json_out_utf8(&out);
    entry_put(&o, r);
    FUZZ_CHECK(!out.failed);
    struct batch_body body = {.p = out.p,
                              .n = out.n,
                              .now_us = FUZZ_NOW_US,
                              .content_type = STR("application/json")};
    if (out.n < RECORD_BYTES && batch_parse(&a, body, &server, &b, &e)) {
        fuzz_fail(__FILE__, __LINE__, e.msg);
    }
    buf_free(&out);
    arena_free(&a);
}

static void check_piece(struct str text, const struct entry_context *c)
{
    struct arena a;
    struct record r;
    struct err e;
    arena_init(&a, ARENA_BYTES);
    enum err_code code = entry_parse(&a, text, c, &r, &e);
    if (code) {
        fuzz_check_err(code, &e);
    } else {
        fuzz_check_json(r.metadata, limits.json_depth_max + 1);
        check_taken(&r);
    }
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *p = fuzz_own((struct str){(const char *)data, n});
    struct split s = {.left = {p, n}};
    struct piece piece;
    s.kind = split_sniff(s.left);
    while (s.left.n > 0) {
        struct split part = s;
        struct piece first;
        size_t before = s.left.n;
        part.more = true;
        bool early = split_next(&part, &first);
        bool found = split_next(&s, &piece);
        FUZZ_CHECK(!early || (found && str_eq(first.text, piece.text)));
        if (!found) {
            break;
        }
        FUZZ_CHECK(s.left.n < before);
        struct entry_context c = {s.kind, STR("file"), FUZZ_NOW_US,
                                  NULL,   &limits,     s.w3c_fields};
        check_piece(piece.text, &c);
    }
    free(p);
    return 0;
}
