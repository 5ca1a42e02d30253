/* disk.h - how much room a file system has. */
#ifndef BASE_DISK_H
#define BASE_DISK_H

#include "fcgi/base/err.h"

struct disk {
    int64_t bytes;      /* of the file system */
    int64_t free_bytes; /* that this user can still fill */
};

/* Of the file system on which path is: a file that need not be there, in a folder that is. */
enum err_code disk_look(const char *path, struct disk *out, struct err *e) MUST_USE;

#endif
