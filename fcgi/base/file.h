/* file.h - what those need who put a file in place of another: all of it written, and its
 * name on the disk. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "fcgi/base/str.h"

enum { FILE_FOLDER_BYTES = 4096 + 128 };

/* The folder in which path is, "." without a '/'. False: it is too long (ENAMETOOLONG). */
bool file_folder(const char *path, char out[static FILE_FOLDER_BYTES]);

/* All of s. False: errno says why. */
bool file_write_all(int fd, struct str s);

/* A rename in the folder of path is on the disk when this is true; else errno says why. */
bool file_sync_folder(const char *path);

#endif
