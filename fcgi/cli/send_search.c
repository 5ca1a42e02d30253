/* send_search.c - see send_search.h. What is opened is known by its inode, and read through
 * its descriptor: names may be given to other files at any moment. */
#include "fcgi/cli/send_search.h"

#include "fcgi/base/clock.h"

#include <unistd.h>

static bool is_it(const struct send_stream *s, const struct stat *st)
{
    return (int64_t)st->st_dev == s->dev && (int64_t)st->st_ino == s->ino;
}

/* Opens the rotated file; another one that has its name meanwhile is none. */
int send_open_rotated(const struct send_file *f, const struct rotated *file,
                      struct err *e)
{
    char path[SEND_PATH_BYTES];
    struct stat st;
    int fd = rotated_path(f->path, file->name, path, sizeof path)
                 ? rotated_open(path, &st, e)
                 : -1;
    if (fd >= 0 && (st.st_dev != file->dev || st.st_ino != file->ino)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* send_reader_finish of the open file, which is closed. */
enum send_look send_finish(struct send_reader *r, int fd, struct err *e)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum send_look look = send_reader_finish(r, path, e);
    close(fd);
    return look;
}

/* An open file that may hold the stream's content, or -1. NULL: f's own. */
static int open_holder(const struct send_file *f, const struct send_stream *s,
                       const struct rotated *file)
{
    struct stat st;
    struct err e;
    if (file && file->packing == ROTATED_OTHER) {
        return -1;
    }
    int fd = file ? send_open_rotated(f, file, &e) : rotated_open(f->path, &st, &e);
    bool packed = file && file->packing == ROTATED_GZ;
    if (fd >= 0 && !packed && (fstat(fd, &st) != 0 || !send_reader_matches(s, fd, &st))) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Sends the rest of r's stream out of whichever file has its content: SEND_IDLE, and which
 * (zeroed: f's own). SEND_CUT: none has. */
enum send_look send_search(struct send_file *f, struct send_reader *r,
                           struct rotated *found, struct err *e)
{
    struct rotated_list *list = &f->sender->rotated;
    enum send_look result = SEND_CUT;
    for (size_t i = 0; i <= list->n; i++) {
        const struct rotated *file = i < list->n ? &list->files[i] : NULL;
        int fd = open_holder(f, r->stream, file);
        if (fd < 0) {
            continue;
        }
        *found = file ? *file : (struct rotated){0};
        enum send_look look = send_finish(r, fd, e);
        if (look == SEND_IDLE ||
            (look == SEND_FAILED && (e->code == ERR_UPSTREAM || e->code == ERR_BUSY))) {
            return look;
        }
        result = look == SEND_FAILED ? look : result;
    }
    return result;
}

/* Opens s's file, whatever it is called now. False: it is not there as such. */
bool send_open_again(struct send_file *f, struct send_reader *r, struct send_stream *s)
{
    char path[SEND_PATH_BYTES];
    struct stat st;
    struct err e;
    const struct rotated *file = rotated_inode(&f->sender->rotated, s->dev, s->ino);
    if (file && !rotated_path(f->path, file->name, path, sizeof path)) {
        return false;
    }
    int fd = rotated_open(file ? path : f->path, &st, &e);
    if (fd < 0 || !is_it(s, &st) || !send_reader_matches(s, fd, &st)) {
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    send_reader_start(r, s, fd);
    return true;
}

enum send_look send_is_last(struct send_file *f, const struct rotated *file,
                            struct err *e)
{
    struct send_stream *last = &f->state.streams[1];
    if (!last->begun || file->packing == ROTATED_OTHER) {
        return SEND_CUT;
    }
    int fd = send_open_rotated(f, file, e);
    if (fd < 0) {
        err_set(e, ERR_IO, "%.100s is moved while it is looked at", file->name);
        return SEND_FAILED;
    }
    f->late.stream = last;
    return send_finish(&f->late, fd, e);
}

bool send_is_copy_in_work(const struct send_file *f, const struct rotated *file)
{
    char ours[SEND_EDGE_BYTES], theirs[SEND_EDGE_BYTES];
    struct stat st;
    struct err e;
    if (file->packing != ROTATED_PLAIN ||
        clock_now_us() - file->changed_us > SEND_COPY_S * CLOCK_SECOND_US) {
        return false;
    }
    int fd = send_open_rotated(f, file, &e), named = rotated_open(f->path, &st, &e);
    ssize_t n = fd >= 0 ? pread(fd, theirs, sizeof theirs, 0) : -1;
    ssize_t m = named >= 0 ? pread(named, ours, sizeof ours, 0) : -1;
    if (fd >= 0) {
        close(fd);
    }
    if (named >= 0) {
        close(named);
    }
    ssize_t least = n < m ? n : m;
    return least > 0 && memcmp(ours, theirs, (size_t)least) == 0;
}
