/* batch.h - the records of one POST /ingest, from the bytes of its body.
 *
 * The body is a sequence of JSON values: records, arrays of records, objects
 * {"logs":[...]}, or {"value":[...],"Count":n}, which is what Windows PowerShell 5.1 makes
 * of an array that it converts twice; with white space between them or nothing (NDJSON, concatenated objects).
 * An empty body, null and [] are a batch of no records. A byte
 * order mark is passed over; that of UTF-16 means UTF-16. Records are read one by one. */
#ifndef CORE_BATCH_H
#define CORE_BATCH_H

#include "fcgi/base/budget.h"
#include "fcgi/core/record.h"

struct batch_limits {
    size_t records_max;
    struct record_limits record;
    struct budget *bodies; /* what a mended copy of the body is counted in */
};

struct batch {
    struct record *records; /* freed when the arena is reset */
    size_t n;
    struct record_notes notes;
    size_t repaired; /* bytes that were not UTF-8, NULs, lone surrogates */
};

/* A body as it came. */
struct batch_body {
    char *p; /* changed in place; must outlive the batch */
    size_t n;
    int64_t now_us; /* time of receipt */
};

/* Reads body. All or nothing: ERR_INVALID and ERR_TOO_LARGE name the record at
 * fault in e->index; ERR_UNSUPPORTED is a compressed body; ERR_BUSY: limits->bodies has no
 * room for a mended copy. */
enum err_code batch_parse(struct arena *a, struct batch_body body,
                          const struct batch_limits *limits, struct batch *out,
                          struct err *e) MUST_USE;

#endif
