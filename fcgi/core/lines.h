/* lines.h - where the records of a text begin and end.
 *
 * A record is a line and the lines that continue it: those that begin with white space or
 * with "Caused by:" (stack traces), and the lines of a stanza of apt's history.log after
 * its "Start-Date:". A line that would make it longer than bytes_max begins a record of
 * its own, as does a continuation that comes first. Lines end in LF or CRLF; those of
 * white space only are none. Syslog's octet-counted frames ("123 <34>...") are records
 * whatever is in them. The heads of W3C extended logs, "#Fields: ..." and its like, are no
 * records; the columns that they name are kept for those who read the lines after them. */
#ifndef CORE_LINES_H
#define CORE_LINES_H

#include "fcgi/base/str.h"

struct lines {
    struct str left;
    size_t bytes_max;      /* of a record that is made of several lines */
    bool more;             /* text follows that is not there yet */
    struct str w3c_fields; /* "date time c-ip ...", a view of the text; empty: not said */
};

/* The next record, without its last line end: a view of the text. False at the end, or, if
 * more is set, when the record might go on in what is to come: then left still has it all.
 * A single line is handed out however long it is. */
bool lines_next(struct lines *l, struct str *record);

#endif
