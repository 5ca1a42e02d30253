/* send_journalctl.h - journalctl as a child process whose output is read. */
#ifndef CLI_SEND_JOURNALCTL_H
#define CLI_SEND_JOURNALCTL_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

#include <sys/types.h>

struct journalctl {
    pid_t pid; /* 0: none */
    int out;   /* what it prints; does not block */
};

/* Is there a journal that this user may read? ERR_NOT_FOUND says what to do. */
enum err_code journalctl_probe(struct err *e) MUST_USE;

/* Entries after the cursor ("": all there are), and those that come, in export format.
 * message: with their texts. The child ends when this process does. ERR_IO. */
enum err_code journalctl_follow(struct journalctl *j, const char *after_cursor,
                                bool message, struct err *e) MUST_USE;

/* Ends and awaits it, if there is one. Its exit status; 128 + N: it died of signal N. */
int journalctl_stop(struct journalctl *j);

#endif
