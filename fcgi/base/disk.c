/* disk.c - see disk.h. */
#include "fcgi/base/disk.h"

#include "fcgi/base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

enum err_code disk_look(const char *path, struct disk *out, struct err *e)
{
    char folder[FILE_FOLDER_BYTES];
    struct statvfs v;
    if (!file_folder(path, folder)) {
        return err_set(e, ERR_INVALID, "the store's path is too long");
    }
    if (statvfs(folder, &v) != 0) {
        return err_set(e, ERR_IO, "the store's file system cannot be looked at: %s",
                       strerror(errno));
    }
    out->bytes = (int64_t)(v.f_blocks * v.f_frsize);
    out->free_bytes = (int64_t)(v.f_bavail * v.f_frsize);
    return ERR_NONE;
}
