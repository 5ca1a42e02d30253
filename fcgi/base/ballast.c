/* ballast.c - see ballast.h. */
#include "fcgi/base/ballast.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 + 16 };

/* "": it would be too long, and then there is none. */
static const char *path_of(const char *store, char out[static PATH_BYTES])
{
    int n = snprintf(out, PATH_BYTES, "%s" BALLAST_SUFFIX, store);
    out[n > 0 && n < PATH_BYTES ? n : 0] = '\0';
    return out;
}

enum err_code ballast_make(const char *store, int64_t bytes, struct err *e)
{
    char path[PATH_BYTES];
    int fd = open(path_of(store, path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) {
        return ERR_NONE;
    }
    int why = fd < 0 ? errno : posix_fallocate(fd, 0, (off_t)bytes);
    if (fd >= 0) {
        close(fd);
    }
    if (why == 0) {
        return ERR_NONE;
    }
    if (fd >= 0) {
        unlink(path);
    }
    return err_set(e, why == ENOSPC || why == EDQUOT ? ERR_FULL : ERR_IO,
                   "the ballast file cannot be made: %s", strerror(why));
}

bool ballast_is_there(const char *store)
{
    char path[PATH_BYTES];
    return access(path_of(store, path), F_OK) == 0;
}

void ballast_drop(const char *store)
{
    char path[PATH_BYTES];
    unlink(path_of(store, path));
}
