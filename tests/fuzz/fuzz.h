/* fuzz.h - what the fuzz targets, fuzz_NAME.c, share.
 *
 * A target is LLVMFuzzerTestOneInput: it hands the bytes to one of the product's readers and
 * checks what that promises in its header. libFuzzer calls it (make fuzz), and so does
 * replay.c in every test run, with the inputs in corpus/NAME and regress/NAME and what it
 * makes of them. Inputs are texts as far as that goes: what a reader is told beside the
 * bytes stands in the first line. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "fcgi/base/arena.h"
#include "fcgi/base/err.h"
#include "fcgi/base/json.h"
#include "fcgi/core/record.h"
#include "fcgi/core/verdict.h"

/* 2026-11-22T12:00:48Z, when all inputs are received. */
#define FUZZ_NOW_US (INT64_C(1795348848) * 1000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A promise that is not kept is a crash. */
#define FUZZ_CHECK(x) ((x) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #x))
_Noreturn void fuzz_fail(const char *file, int line, const char *what);

/* Takes the first line, without its end, from *left. */
struct str fuzz_line(struct str *left);

/* A copy that ends where its memory ends, for AddressSanitizer; to be freed. */
char *fuzz_own(struct str s);

/* The same of s as valid UTF-8 without NUL; its length to *n. */
char *fuzz_utf8(struct str s, size_t *n);

/* A folder of this process, removed at its end with the files in it; always the same. */
const char *fuzz_folder(void);
void fuzz_clear_folder(void);

/* --- promises --- */

void fuzz_check_text(struct str s); /* UTF-8 without NUL */
void fuzz_check_json(struct str text, int depth_max);
void fuzz_check_err(enum err_code code,
                    const struct err *e); /* an error and its message */

/* A record that may be stored: texts within their limits, metadata JSON. */
void fuzz_check_record(const struct record *r, const struct record_limits *limits);

/* A verdict of n records: scores, reasons, and that verdict_read takes what
 * verdict_print_members prints of it. stored: the records are ids in a store. */
void fuzz_check_verdict(const struct verdict *v, size_t n);

#endif
