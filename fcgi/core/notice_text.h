/* notice_text.h - in which words an incident is told. Pure.
 *
 * A subject is one sentence with its numbers; a body follows it: the other reasons, some of
 * the lines, and what to do. Both are UTF-8 without control characters, bidi marks and
 * what else cannot be seen (visible.h), and bounded: NOTICE_SUBJECT_BYTES,
 * NOTICE_BODY_BYTES. The JSON says the same in parts, in ASCII. */
#ifndef CORE_NOTICE_TEXT_H
#define CORE_NOTICE_TEXT_H

#include "fcgi/base/buf.h"
#include "fcgi/core/notice.h"

enum {
    NOTICE_REASONS_MAX = 3,
    NOTICE_LINES_MAX = 3,
    NOTICE_LISTED_MAX = 20, /* incidents named in a digest */
    NOTICE_SENTENCE_BYTES = 700,
    NOTICE_LINE_BYTES = 300,
    NOTICE_SERVICE_BYTES = 100,
    NOTICE_SUBJECT_BYTES = 1024,
    NOTICE_BODY_BYTES = 24 * 1024,
    NOTICE_JSON_BYTES = 128 * 1024
};

/* One of the records that its reasons point to, as it was sent. */
struct notice_line {
    struct str timestamp, service, message;
};

struct notice_incident {
    int64_t id, count, first_us, last_us; /* id 0: it is in no store */
    double severity;
    struct str service; /* p NULL: several or none */
    struct str summary;
    struct str reasons[NOTICE_REASONS_MAX]; /* sentences; the first is in the summary */
    size_t reasons_n;
    struct notice_line lines[NOTICE_LINES_MAX];
    size_t lines_n;
};

/* How many a digest or an import tells of. */
struct notice_counts {
    int64_t incidents, fresh, regressions, worse;
    int64_t first_us, last_us; /* event times */
};

struct notice_about {
    enum notice_kind kind;
    struct str event_id;
    int64_t created_us;
    const char *host;       /* this machine's name; "" not known */
    const char *public_url; /* ends in '/'; "": not known */
    const char *api;        /* what curl takes: "http://127.0.0.1:3000" */
    /* The incident; for a digest those that are named. None: import, test. */
    const struct notice_incident *incidents;
    size_t incidents_n;
    struct notice_counts counts; /* of a digest or an import */
};

void notice_put_subject(struct buf *out, const struct notice_about *a);
void notice_put_body(struct buf *out, const struct notice_about *a);
void notice_put_json(struct buf *out, const struct notice_about *a);

/* Where the incident is on the page ("" if public_url is), 0: the page itself. */
void notice_put_link(struct buf *out, const char *public_url, int64_t incident_id);

#endif
