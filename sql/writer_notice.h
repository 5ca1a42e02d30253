/* writer_notice.h - a part of the writer: what is to be told of an incident, in the
 * transaction in which it changes. */
#ifndef SQL_WRITER_NOTICE_H
#define SQL_WRITER_NOTICE_H

#include "fcgi/core/incident.h"
#include "sql/store_outbox.h"

/* about says what has happened, but for untold; before: the incident as it was, NULL: it is
 * new; i: as it is now, with its id. *pushed: there is a notice. */
enum err_code writer_notice(struct store *s, const struct notice_case *about,
                            const struct incident *before, const struct incident *i,
                            bool *pushed, struct err *e) MUST_USE;

#endif
