/* mail_text.h - a message as mail: RFC 5322 and MIME, plain ASCII lines. Pure.
 *
 * Nothing in a subject or a text can become a header: a subject is encoded as a whole (RFC
 * 2047) unless it is printable ASCII, and cut at MAIL_SUBJECT_BYTES; the text is
 * quoted-printable, lines of at most 76 characters, CRLF at their ends. */
#ifndef CORE_MAIL_TEXT_H
#define CORE_MAIL_TEXT_H

#include "fcgi/base/buf.h"

enum { MAIL_SUBJECT_BYTES = 200 };

struct mail_text {
    struct str from;    /* one address */
    struct str to;      /* one or several, comma between */
    struct str subject; /* UTF-8; hidden characters are made visible */
    struct str body;    /* UTF-8, lines end in \n */
    struct str id;      /* unique: the Message-ID is <id@domain of from> */
    int64_t at_us;      /* for Date */
};

void mail_text_print(struct buf *out, const struct mail_text *m);

#endif
