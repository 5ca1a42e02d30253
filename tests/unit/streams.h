/* streams.h - for tests of verbs: where standard output or error goes meanwhile. A check that
 * fails in between leaves it there, and the program's summary is missing, which counts as a
 * failure. */
#ifndef TESTS_STREAMS_H
#define TESTS_STREAMS_H

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Descriptor fd goes to the file path; the return value is for streams_back. */
static inline int streams_to(int fd, const char *path)
{
    fflush(stdout);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int before = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    ck_assert(file >= 0 && before >= 0 && dup2(file, fd) == fd);
    close(file);
    return before;
}

static inline void streams_back(int fd, int before)
{
    fflush(stdout);
    ck_assert_int_eq(dup2(before, fd), fd);
    close(before);
}

#endif
