/* weblog.h - the request that an access log's line is about, taken apart for the detector.
 *
 * Everything is a view into the message or a buffer of the caller: no memory, no I/O, any
 * thread. The texts are as they stand in the log: %-encoded, and with the escapes of the
 * server that wrote them (\" and \x22); weblog_decode undoes both. */
#ifndef SCORING_WEBLOG_H
#define SCORING_WEBLOG_H

#include "fcgi/base/str.h"

struct weblog {
    struct str host, client, user; /* host: the virtual host; all empty for "-" */
    struct str request;            /* all that stands between the quotes */
    bool malformed; /* no request of HTTP: "-", "\x16\x03\x01"; the next five are empty */
    struct str method;
    struct str path;      /* up to the '?'; of a proxy's request with scheme and host */
    struct str query;     /* after the '?'; p == NULL: there is none */
    struct str protocol;  /* "HTTP/1.1"; empty: an ancient or broken client */
    struct str extension; /* "png": letters and digits after the last dot of the path */
    int status;
    int64_t bytes;             /* -1: "-", or not in the line */
    struct str referer, agent; /* empty for "-", and where the log has none */
};

enum { WEBLOG_EXTENSION_MAX = 8 }; /* a longer one is none */

/* Is the message an access log's line (common, combined, and what Apache, nginx and
 * lighttpd make of it)? What is none is refused quickly. *out means nothing after a
 * false. */
bool weblog_parse(struct str message, struct weblog *out);

/* Plain bytes of a query's name or value: undoes the log's escapes, %-encoding once and,
 * where that leaves some, twice, and takes '+' for a blank. %u0041 as IIS has it becomes
 * UTF-8. What is no encoding stays as it is. Returns the bytes written to out; what does
 * not fit in max is left away. out may be s.p: the text never gets longer. */
size_t weblog_decode(struct str s, char *out, size_t max);

/* The same for a path, a referer or an agent, where '+' is a plus. */
size_t weblog_decode_path(struct str s, char *out, size_t max);

/* The query's next parameter, raw, and what follows it in *query: false after the last.
 * They are parted by '&' alone, for a ';' may be what an attack begins with. In "?a&b=" a
 * has no value: p == NULL. Empty ones ("a&&b") are passed over. */
struct weblog_parameter {
    struct str name, value;
};
bool weblog_next_parameter(struct str *query, struct weblog_parameter *out);

#endif
