/* send_journal.h - the systemd journal into the server, by `journalctl --follow -o export`.
 *
 * Why not libsystemd: journalctl is on every machine that has a journal, knows its format
 * in all its versions, and its export format and cursors are documented to stay. The
 * library would be one more package for those who have no journal at all.
 *
 * The position after an entry is a digest of its cursor, so that the server knows how far it
 * is even if this process was killed before it could note it. */
#ifndef CLI_SEND_JOURNAL_H
#define CLI_SEND_JOURNAL_H

#include "fcgi/cli/send_reader.h"

enum {
    SEND_JOURNAL_WAIT_S = 10, /* for entries that the server has already, at a start */
    SEND_JOURNAL_RESTART_S = 2,
    SEND_JOURNAL_SAVE_S = 5 /* each note is an fsync; an older one costs a question */
};

/* Runs until *sender->stop. ERR_NOT_FOUND: there is no journal here, or none that may be
 * read; ERR_UPSTREAM as ledger.h; ERR_CONFLICT, ERR_IO. */
enum err_code send_journal(struct sender *sender, const char *service,
                           struct err *e) MUST_USE;

#endif
