/* ballast.c - see ballast.h. */
#include "fcgi/base/ballast.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum err_code ballast_make(const char *path, int64_t bytes, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
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

bool ballast_is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

void ballast_drop(const char *path)
{
    unlink(path);
}
