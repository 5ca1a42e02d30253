/* programs.c - see programs.h. A process is what it says it is if its first argument is the
 * program: its number may be another's by now. */
#include "fcgi/programs.h"

#include "fcgi/base/counts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 64, TEXT_BYTES = 4096 };

const char *const programs[PROGRAMS_N] = {"ingest", "incidents", "meta", "score"};

/* The beginning of /proc/PID/NAME as a text. */
static bool read_proc(int64_t pid, const char *name, char out[static TEXT_BYTES])
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/proc/%lld/%s", (long long)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, TEXT_BYTES - 1);
    if (fd >= 0) {
        close(fd);
    }
    out[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static bool is_program(int64_t pid, const char *program)
{
    char text[TEXT_BYTES], name[PATH_BYTES];
    if (pid <= 0 || !read_proc(pid, "cmdline", text)) {
        return false;
    }
    const char *slash = strrchr(text, '/');
    snprintf(name, sizeof name, "loganalyzer-%s", program);
    return strcmp(slash ? slash + 1 : text, name) == 0;
}

/* A line "Name:   123 ..." of /proc/PID/status; -1: there is none. */
static int64_t status_line(const char *status, const char *name)
{
    const char *at = strstr(status, name);
    return at ? strtoll(at + strlen(name), NULL, 10) : -1;
}

static int64_t count_descriptors(int64_t pid)
{
    char path[PATH_BYTES];
    int64_t n = 0;
    snprintf(path, sizeof path, "/proc/%lld/fd", (long long)pid);
    DIR *d = opendir(path);
    if (!d) {
        return -1;
    }
    for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
        n += entry->d_name[0] != '.';
    }
    closedir(d);
    return n;
}

void program_look(const char *program, struct program_state *out)
{
    char status[TEXT_BYTES];
    int64_t pid = counts_of(program, COUNT_PID);
    *out = (struct program_state){.known = pid > 0, .runs = is_program(pid, program)};
    if (!out->runs) {
        return;
    }
    int64_t kilobytes = -1;
    out->threads = -1;
    out->descriptors = count_descriptors(pid);
    if (read_proc(pid, "status", status)) {
        kilobytes = status_line(status, "\nVmRSS:");
        out->threads = status_line(status, "\nThreads:");
    }
    out->resident_bytes = kilobytes >= 0 ? kilobytes * 1024 : -1;
}
