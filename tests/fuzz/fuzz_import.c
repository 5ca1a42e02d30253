/* fuzz_import.c - the body of a POST /imports: the part's head, and where the records
 * begin. */
#include "fcgi/imports.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

enum { ARENA_BYTES = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena a;
    struct store_import part;
    struct request records;
    struct err e;
    char *body = fuzz_own((struct str){(const char *)data, n});
    arena_init(&a, ARENA_BYTES);
    struct request req = {.method = METHOD_POST,
                          .body = body,
                          .body_n = n,
                          .now_us = FUZZ_NOW_US,
                          .arena = &a};
    enum err_code code = imports_read(&req, &part, &records, &e);
    if (!code) {
        FUZZ_CHECK(part.bytes >= 1 && part.seen >= 0);
        FUZZ_CHECK(records.body > body && records.body + records.body_n == body + n);
        FUZZ_CHECK(part.marks.n <= (size_t)IMPORTS_RECORDS_MAX * IMPORT_MARK_BYTES);
        code = imports_check(&part, part.marks.n / IMPORT_MARK_BYTES, &e);
        FUZZ_CHECK(code || part.records > 0);
    }
    if (code) {
        fuzz_check_err(code, &e);
    }
    arena_free(&a);
    free(body);
    return 0;
}
