/* file.c - see file.h. */
#include "fcgi/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool file_folder(const char *path, char out[static FILE_FOLDER_BYTES])
{
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + 1 : 1;
    if (n >= FILE_FOLDER_BYTES) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(out, slash ? path : ".", n);
    out[n] = '\0';
    return true;
}

bool file_write_all(int fd, struct str s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n == 0) {
            errno = ENOSPC;
        }
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return false;
        }
        s = str_from(s, n > 0 ? (size_t)n : 0);
    }
    return true;
}

bool file_sync_folder(const char *path)
{
    char folder[FILE_FOLDER_BYTES];
    int fd =
        file_folder(path, folder) ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool ok = fd >= 0 && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0) {
        close(fd);
    }
    errno = why;
    return ok;
}
