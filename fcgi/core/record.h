/* record.h - one log line, and the making of one from its JSON object.
 *
 * The texts are views into the request's bytes or its arena, valid UTF-8 without NUL. */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include "fcgi/base/clock.h"
#include "fcgi/base/json.h"
#include "fcgi/core/failed_login.h"
#include "fcgi/core/level.h"

enum { CORE_SERVICE_BYTES = 513 }; /* the longest name that may be configured, and NUL */

/* What a person has answered to an incident, of records like this one (scoring/answers.h). */
enum record_answer {
    ANSWER_NONE,
    ANSWER_NORMAL,      /* messages of its kind are normal */
    ANSWER_NORMAL_CASE, /* it is, for its service or for a value in it */
    ANSWER_REAL         /* its kind means trouble: it is not to be learned */
};

struct record {
    struct str timestamp; /* the sender's own digits */
    struct str service, level, message;
    struct str metadata; /* JSON text as it was sent; "{}" if there was none */
    int64_t event_us;    /* timestamp understood, else the time of receipt */
    enum level rank;
    struct failed_login failed_login;
    enum record_answer answer;
};

struct record_limits {
    size_t record_bytes_max, service_bytes_max, level_bytes_max;
    int json_depth_max; /* of metadata */
};

/* What was odd about records that were taken all the same: told in the reply. */
struct record_notes {
    int64_t unread_times;   /* timestamps that were not understood */
    int64_t unknown_fields; /* members with other names, which are not stored */
    int64_t flat_metadata;  /* metadata that PowerShell's ConvertTo-Json has cut short */
    int64_t repaired;       /* characters in lines of JSON that were not valid */
};

/* What the records of a batch have in common while they are read. */
struct record_reader {
    struct arena *arena;
    const struct record_limits *limits;
    int64_t now_us;     /* time of receipt */
    clock_zone_fn zone; /* of timestamps that name none; NULL: UTC */
    struct record_notes *notes;
    bool
        answers; /* they come from ingest, which knows what was answered: "answer" is taken */
    struct str
        service; /* of objects that name none; empty: all four texts must be there */
};

/* Makes *r from object, a JSON object that json_read returned. The four texts must be
 * there, non-empty strings or numbers (a number keeps its digits); timestamp may also be
 * what PowerShell 5.1 makes of Get-Date, {"value":"/Date(...)/",...}; metadata may be any
 * JSON. ERR_INVALID names the field in e->field; the caller knows the index.
 *
 * With reader->service set, an object of any program is a record: a text that is missing is
 * that service, the time of receipt, INFO, and for the message the object itself, which is
 * also the metadata if there are none and it has other members. */
enum err_code record_from_json(const struct record_reader *reader,
                               struct json_value object, struct record *r,
                               struct err *e) MUST_USE;

/* The time of receipt as the timestamp of a record that has none. */
enum err_code record_receipt_text(struct arena *a, int64_t now_us, struct str *out,
                                  struct err *e) MUST_USE;

#endif
