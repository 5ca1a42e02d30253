/* clock_shim.c - preloaded into the programs by tests/faults/run: their wall clock is off by as
 * many seconds as the text in the file that CLOCK_SHIM names says, also when that is changed.
 * The monotonic clock stays. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { TEXT_BYTES = 16 }; /* the file has them, filled with spaces */

static const char *text;

__attribute__((constructor)) static void open_text(void)
{
    const char *path = getenv("CLOCK_SHIM");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        void *p = mmap(NULL, TEXT_BYTES, PROT_READ, MAP_SHARED, fd, 0);
        text = p == MAP_FAILED ? NULL : p;
        close(fd);
    }
}

static time_t offset(void)
{
    char copy[TEXT_BYTES + 1] = "";
    if (text) {
        memcpy(copy, text, TEXT_BYTES);
    }
    return (time_t)strtoll(copy, NULL, 10);
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
    int rc = (int)syscall(SYS_clock_gettime, id, ts);
    if (rc == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) {
        ts->tv_sec += offset();
    }
    return rc;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    struct timespec ts;
    (void)zone;
    int rc = clock_gettime(CLOCK_REALTIME, &ts);
    *tv = (struct timeval){ts.tv_sec, ts.tv_nsec / 1000};
    return rc;
}

time_t time(time_t *out)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    if (out) {
        *out = ts.tv_sec;
    }
    return ts.tv_sec;
}
