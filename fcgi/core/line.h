/* line.h - one line of a text log as a record: syslog, the logs of web servers, dpkg and
 * apt, JSON, and any other text.
 *
 * SYSLOG: service is the tag or app-name; level by the PRI, else one that the message
 *     begins with; message what follows the tag; metadata host, pid, msgid,
 *     structured_data.
 * ACCESS: service is the virtual host, if the line has it; level by the status, 5xx ERROR
 *     and 4xx WARN; message the whole line.
 * W3C: what IIS writes: its words as an access log's line (line_w3c.c), and each in the
 *     metadata; service is the host of the request, if that is logged.
 * ERROR_LOG: its level; message what follows the heads; metadata module, pid, client.
 * DPKG, APT, KERNEL: service is dpkg, apt, kernel; message what follows the time.
 * JSON: the four fields where the object has them; without "message" that is the whole
 *     line, and without "metadata", if it has other members, so is that.
 * TIMED: a time, perhaps a level, and the message.
 * OTHER: the message is the whole line; a level, if it begins with one ("ERROR: ...").
 *
 * What a line does not say: service is the context's, level INFO, time that of receipt.
 * Levels are stored by their plain names (INFO, WARN, ERROR ...), times by the line's own
 * digits. */
#ifndef CORE_LINE_H
#define CORE_LINE_H

#include "fcgi/base/clock.h"
#include "fcgi/core/record.h"

enum line_format {
    LINE_OTHER,
    LINE_TIMED, /* TIME [LEVEL] message, as most programs write */
    LINE_SYSLOG,
    LINE_ACCESS,
    LINE_ERROR_LOG,
    LINE_DPKG,
    LINE_APT, /* a stanza of apt's history.log */
    LINE_KERNEL,
    LINE_W3C,
    LINE_JSON
};

struct line_context {
    /* Of lines that name none, at most service_bytes_max long. Empty: "web" for ACCESS, W3C
     * and ERROR_LOG, "syslog" for SYSLOG without a tag, else "text". */
    struct str service;
    int64_t now_us;     /* time of receipt: of lines without a time; syslog's year */
    clock_zone_fn zone; /* of times that name none; NULL: UTC */
    const struct record_limits *limits;
    struct record_notes *notes; /* unread_times: there was a time, and it is none */
    struct str w3c_fields;      /* names of the columns (lines.h); empty: not known */
};

/* Makes *out of one line, or of a line and those that continue it (lines.h), without the
 * last line end. text must be valid UTF-8 without NUL (utf8.h), not empty, and live as long
 * as the record, which has views of it. Any text is a record: what is not understood is
 * LINE_OTHER; a name longer than service_bytes_max is not taken for a service.
 * ERR_INVALID: more than record_bytes_max bytes; ERR_NOMEM. format may be NULL. */
enum err_code line_parse(struct arena *a, struct str text,
                         const struct line_context *context, struct record *out,
                         enum line_format *format, struct err *e) MUST_USE;

#endif
