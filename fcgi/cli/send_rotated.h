/* send_rotated.h - what a log file is called after it has been rotated, and which of two
 * such files is the older one.
 *
 * Names are those that logrotate, rsyslog, savelog and the like make of "app.log":
 * NUMBERED app.log.1, app.log.2.gz (the smaller number is the newer file); DATED
 * app.log-20261125.gz, app.log.2026-11-25, app-20261125.log; SINGLE app.log.old. A name
 * with the number inside, app.1.log, may be another program's log as well: only if the file
 * that was followed is found under such a name are its neighbours taken for rotated ones. */
#ifndef CLI_SEND_ROTATED_H
#define CLI_SEND_ROTATED_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

#include <sys/stat.h>

enum { ROTATED_MAX = 1024, ROTATED_NAME_BYTES = 256, ROTATED_DIGITS = 32 };

enum rotated_scheme {
    ROTATED_NUMBERED,
    ROTATED_DATED,
    ROTATED_SINGLE,
    ROTATED_INSIDE /* app.1.log */
};

enum rotated_packing { ROTATED_PLAIN, ROTATED_GZ, ROTATED_OTHER /* not ours to read */ };

struct rotated {
    char name[ROTATED_NAME_BYTES];
    enum rotated_scheme scheme;
    enum rotated_packing packing;
    char digits[ROTATED_DIGITS]; /* of the number or the date */
    dev_t dev;
    ino_t ino;
    int64_t changed_us;
};

struct rotated_list {
    struct rotated *files; /* ROTATED_MAX */
    size_t n;
};

/* Is `name` a file called `base` after a rotation? Pure: sets no dev, ino, changed_us. */
bool rotated_name(const char *base, const char *name, struct rotated *out);

/* < 0: a is the older one. By their numbers or dates if they have the same scheme, else by
 * when they were changed last. */
int rotated_compare(const struct rotated *a, const struct rotated *b);

/* The regular files beside path that are older ones of it. Of app.log.1 and app.log.1.gz
 * just the first: it is being compressed. More than ROTATED_MAX: ERR_TOO_LARGE.
 * ERR_BUSY: look again. */
enum err_code rotated_find(const char *path, struct rotated_list *out,
                           struct err *e) MUST_USE;

/* Which comes next after the file `last`, or, NULL, after one that is gone and was changed
 * last at changed_us; NULL: none does. */
const struct rotated *rotated_next(const struct rotated_list *list,
                                   const struct rotated *last, int64_t changed_us);

/* The one with this inode, or NULL. */
const struct rotated *rotated_inode(const struct rotated_list *list, int64_t dev,
                                    int64_t ino);

/* The path of the file `name` beside path; false: it is too long. */
bool rotated_path(const char *path, const char *name, char *out, size_t size);

/* A regular file's descriptor, or -1: *e says why, or has no code if there is none. */
int rotated_open(const char *path, struct stat *st, struct err *e);

#endif
