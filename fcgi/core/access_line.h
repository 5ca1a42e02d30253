/* access_line.h - the parts of an access log's line, common or combined, as Apache, nginx
 * and lighttpd write it: what line.c needs for the head of a record and the detector for
 * the request. All parts are views of the line. No memory, no limits, any thread. */
#ifndef CORE_ACCESS_LINE_H
#define CORE_ACCESS_LINE_H

#include "fcgi/base/str.h"

struct access_line {
    struct str host;         /* virtual host, with its port; empty: not in the line */
    struct str client, user; /* "-" where the server did not know */
    struct str time;         /* between the brackets */
    struct str request; /* between the quotes, escaped as the server did; may be empty */
    int status;         /* three digits */
    struct str rest;    /* what follows the status: " 4711 \"-\" \"Mozilla/5.0\"" */
};

/* What is no such line is refused quickly. *out means nothing after a false. */
bool access_line_split(struct str line, struct access_line *out);

/* Takes the next text in quotes out of *s, with what stands before it. False: there is
 * none. One that does not end goes to the end. Backslashes escape. */
bool access_line_quoted(struct str *s, struct str *out);

#endif
