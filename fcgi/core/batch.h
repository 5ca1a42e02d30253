/* batch.h - the records of one POST /ingest, from the bytes of its body.
 *
 * JSON: a sequence of records, arrays of records, objects {"logs":[...]}, or
 * {"value":[...],"Count":n}, which is what Windows PowerShell 5.1 makes of an array that it
 * converts twice; with white space between them or nothing (NDJSON, concatenated objects).
 * An empty body, null and [] are a batch of no records. Records are read one by one.
 *
 * Lines of text (line.h, lines.h): if the Content-Type is text/plain, or a service is
 * given, or the body begins with a syslog PRI ("<34>"), and it is not JSON. What begins as
 * only JSON does, {" or [{ or [], is JSON whatever its label, with the errors of JSON.
 *
 * The service, if one is given, is that of lines and records that name none; a JSON object
 * needs no field then (record.h), and a body whose first line is one object is read by
 * lines, as logs are in which not every line is JSON. */
#ifndef CORE_BATCH_H
#define CORE_BATCH_H

#include "fcgi/base/budget.h"
#include "fcgi/core/record.h"

struct batch_limits {
    size_t records_max;
    struct record_limits record;
    struct budget *bodies; /* what a decoded copy of the body is counted in */
    clock_zone_fn zone;    /* of times that name none; NULL: UTC */
    bool answers;          /* see struct record_reader */
    /* What the records take beside the body, which is more than a body of short lines, is
     * counted here; NULL: it is not. */
    struct budget *records;
};

/* Of the records that are left out so many are kept, of each so many bytes. */
enum { BATCH_REJECTED_MAX = 1000, BATCH_REJECTED_BYTES = 8192 };

/* One that was left out. */
struct batch_rejected {
    size_t place;      /* in the request, from 0 */
    const char *field; /* that is wrong; NULL: the record as a whole */
    struct str reason; /* a sentence */
    struct str text;   /* the beginning of what was sent, valid UTF-8 */
    size_t bytes;      /* of all of it */
};

struct batch {
    struct record *records; /* freed when the arena is reset */
    size_t n;
    struct batch_rejected *rejected; /* the first kept_n of rejected_n; the arena's */
    size_t rejected_n, kept_n;
    struct record_notes notes;
    size_t repaired; /* characters that were not valid, NULs, lone surrogates */
    struct str unknown_charset; /* that was declared; empty: none, or a known one */
    struct budget *counted;     /* limits->records, to give counted_bytes back */
    size_t counted_bytes;
};

/* What a batch of n records takes of limits->records at most. */
size_t batch_records_bytes(size_t n);

/* A body as it came. */
struct batch_body {
    char *p; /* changed in place; must outlive the batch */
    size_t n;
    int64_t now_us; /* time of receipt */
    struct str content_type;
    struct str service; /* of what names none; at most service_bytes_max, or empty */
    bool lenient;       /* what is no record is left out; else the batch is refused */
};

/* Reads body (decode.h). All or nothing, unless it is lenient: then values and lines that
 * are no records are left out, as far as it can be told where they end; those in an array,
 * or under "logs" if that comes first, too. ERR_INVALID and ERR_TOO_LARGE name the record at
 * fault in e->index; ERR_UNSUPPORTED is a compressed body; ERR_BUSY: limits->bodies has no
 * room for a decoded copy, or limits->records for the records. */
enum err_code batch_parse(struct arena *a, struct batch_body body,
                          const struct batch_limits *limits, struct batch *out,
                          struct err *e) MUST_USE;

#endif
