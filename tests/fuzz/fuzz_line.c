/* fuzz_line.c - lines of text logs as records. First line: service, tab, the columns of a
 * W3C log. Any text is a record, and where records begin does not depend on how much of the
 * text is there already. */
#include "fcgi/core/line.h"
#include "fcgi/core/lines.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

enum { ARENA_BYTES = 16 << 20, TOGETHER_BYTES = 200 };

static const struct record_limits limits = {4096, 64, 16, 8};

static int64_t east(int64_t local_us)
{
    return local_us - 60 * CLOCK_MINUTE_US;
}

static void check_line(struct arena *a, struct str text, struct line_context *c)
{
    struct record r;
    enum line_format format;
    struct err e;
    enum err_code code = line_parse(a, text, c, &r, &format, &e);
    if (code) {
        FUZZ_CHECK(code == ERR_INVALID && text.n > limits.record_bytes_max);
        fuzz_check_err(code, &e);
        return;
    }
    FUZZ_CHECK(format <= LINE_JSON);
    fuzz_check_record(&r, &limits);
}

/* The same record whether what follows it is there or not. */
static void check_more(const struct lines *before, struct str record, bool found)
{
    struct lines l = *before;
    struct str part;
    l.more = true;
    if (lines_next(&l, &part)) {
        FUZZ_CHECK(found && str_eq(part, record));
    }
}

static void check_text(struct str text, struct line_context *c)
{
    struct lines l = {text, TOGETHER_BYTES, false, STR_NONE};
    struct arena a;
    struct str record;
    size_t taken = 0;
    arena_init(&a, ARENA_BYTES);
    for (;;) {
        struct lines before = l;
        bool found = lines_next(&l, &record);
        check_more(&before, record, found);
        if (!found) {
            break;
        }
        FUZZ_CHECK(record.n > 0 && record.p >= text.p + taken);
        taken = (size_t)(record.p - text.p) + record.n;
        FUZZ_CHECK(taken <= text.n);
        if (l.w3c_fields.n > 0) {
            c->w3c_fields = l.w3c_fields;
        }
        check_line(&a, record, c);
    }
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct record_notes notes = {0};
    size_t all, head_n;
    struct str left = {(const char *)data, n}, first = fuzz_line(&left);
    char *head = fuzz_utf8(first, &head_n), *p = fuzz_utf8(left, &all);
    struct str fields = {head, head_n}, service = str_split(&fields, '\t');
    struct line_context c = {.service = service.n <= 64 ? service : STR_NONE,
                             .now_us = FUZZ_NOW_US,
                             .zone = n % 2 ? east : NULL,
                             .limits = &limits,
                             .notes = &notes,
                             .w3c_fields = fields};
    check_text((struct str){p, all}, &c);
    free(p);
    free(head);
    return 0;
}
