/* filelock.c - see filelock.h. There is no way to wait for a lock with a timeout that is
 * safe with threads (a timer's signal goes to any of them), so it is polled. */
#include "sql/filelock.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define LOCK_BYTES_AT 0x40000400 /* SQLite uses 0x40000000 to 0x400001ff */
enum { POLL_FIRST_US = 200, POLL_MAX_US = 5000 };

enum err_code filelock_open(const char *path, int *fd, struct err *e)
{
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return err_set(e, ERR_IO, "the store cannot be opened for writing: %s",
                       strerror(errno));
    }
    return ERR_NONE;
}

static int set_lock(int fd, enum filelock_which which, short type)
{
    struct flock lock = {.l_type = type,
                         .l_whence = SEEK_SET,
                         .l_start = LOCK_BYTES_AT + (off_t)which,
                         .l_len = 1};
    return fcntl(fd, F_OFD_SETLK, &lock);
}

enum err_code filelock_take(int fd, enum filelock_which which, int64_t deadline_us,
                            struct err *e)
{
    int64_t pause_us = POLL_FIRST_US;
    while (set_lock(fd, which, F_WRLCK) != 0) {
        if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
            diag("the store cannot be locked: %s", strerror(errno));
            return err_set(e, ERR_DOWN, "the store cannot be locked");
        }
        int64_t left_us = deadline_us - clock_mono_us();
        if (left_us <= 0) {
            return err_set(e, ERR_BUSY,
                           "another program is writing to the store; try again");
        }
        int64_t us = pause_us < left_us ? pause_us : left_us;
        struct timespec ts = {0, us * 1000};
        nanosleep(&ts, NULL);
        pause_us = pause_us * 2 < POLL_MAX_US ? pause_us * 2 : POLL_MAX_US;
    }
    return ERR_NONE;
}

void filelock_give(int fd, enum filelock_which which)
{
    (void)set_lock(fd, which, F_UNLCK); /* of a lock we hold: cannot fail */
}
