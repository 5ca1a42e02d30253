/* entry.h - one record of a file, from its text to the JSON that is posted.
 *
 * Lines are read by fcgi/core/line.h; journal entries and JSON objects here, since files
 * come from other programs, which call the fields by other names. Of a JSON object the
 * first of each of these that is a text or a number is taken:
 *     time     timestamp @timestamp time ts date _time datetime eventTime timeUnixNano
 *              __REALTIME_TIMESTAMP
 *     message  message msg _msg log short_message body text event line MESSAGE
 *     service  service service.name service_name app application job program appname
 *              SYSLOG_IDENTIFIER _SYSTEMD_UNIT logger source
 *     level    level severity severityText log.level levelname loglevel lvl PRIORITY
 * and the rest becomes metadata (of the journal's fields only host, pid, unit and command).
 * MESSAGE may also be an array of bytes.
 * An object without a message is one, as a whole. Numeric levels are syslog's up to 7, and
 * pino's from 10 on. */
#ifndef CLI_ENTRY_H
#define CLI_ENTRY_H

#include "fcgi/cli/split.h"
#include "fcgi/core/line.h"

struct entry_context {
    enum split_kind kind;
    struct str service; /* of records that name none */
    int64_t now_us;     /* time of records that have none */
    clock_zone_fn zone; /* of times that name none */
    const struct record_limits *limits;
    struct str w3c_fields; /* see lines.h */
};

/* Makes *out of the text of a record, in any encoding; what is no UTF-8 is repaired.
 * ERR_INVALID: over a limit; ERR_NOMEM. */
enum err_code entry_parse(struct arena *a, struct str text, const struct entry_context *c,
                          struct record *out, struct err *e) MUST_USE;

/* The record as POST /ingest takes it. Its time is its own text if that means the same
 * everywhere, else the time in UTC. */
void entry_put(struct json_out *o, const struct record *r);

/* entry_json.c: text as one JSON object; *is_object false: it is none, or one nested deeper
 * than json_depth_max. */
enum err_code entry_json(struct arena *a, struct str text, const struct entry_context *c,
                         struct record *out, bool *is_object, struct err *e) MUST_USE;

/* entry_journal.c: the fields of an entry of the export format. */
enum err_code entry_journal(struct arena *a, struct str text,
                            const struct entry_context *c, struct record *out,
                            struct err *e) MUST_USE;

/* A copy of s that is valid UTF-8. */
enum err_code entry_own(struct arena *a, struct str s, struct str *out,
                        struct err *e) MUST_USE;

/* What a field of the journal is called in metadata; NULL: it is not kept. */
const char *entry_journal_key(struct str field);

/* The name of a level that is given as a number; p NULL if it is none. */
struct str entry_level(struct str number);

/* Sets time and rank from texts; an unreadable time is the context's. */
void entry_set_time(struct record *r, struct str time, const struct entry_context *c);

#endif
