/* content.c - see content.h. zlib's own reader of files: it tells compressed ones from
 * plain ones, and goes on from member to member, as the tools around it do. */
#include "fcgi/cli/content.h"

#include "fcgi/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* A read that comes to damaged data returns nothing, not even what was good before it in
 * the same read: so reads are small. */
enum { READ_BYTES = 32 * 1024 };

struct content {
    gzFile file;
    int64_t size, changed_us;
};

static enum err_code check_kind(const struct stat *st, struct err *e)
{
    if (S_ISDIR(st->st_mode)) {
        return err_set(e, ERR_INVALID, "is a folder; name the files in it");
    }
    return S_ISREG(st->st_mode) || S_ISFIFO(st->st_mode)
               ? ERR_NONE
               : err_set(e, ERR_INVALID, "is a device, not a file");
}

static enum err_code open_fd(const char *path, int *fd, struct stat *st, struct err *e)
{
    bool standard = strcmp(path, "-") == 0;
    *fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                   : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (*fd < 0) {
        return err_set(e, ERR_INVALID, "cannot be read: %s", strerror(errno));
    }
    enum err_code code =
        fstat(*fd, st) == 0
            ? ERR_NONE
            : err_set(e, ERR_INVALID, "cannot be read: %s", strerror(errno));
    code = code || standard ? code : check_kind(st, e);
    if (code) {
        close(*fd);
    }
    return code;
}

enum err_code content_open(const char *path, struct content **out, struct err *e)
{
    struct stat st;
    int fd;
    enum err_code code = open_fd(path, &fd, &st, e);
    if (code) {
        return code;
    }
    struct content *c = calloc(1, sizeof *c);
    gzFile file = c ? gzdopen(fd, "rb") : NULL;
    if (!file || gzbuffer(file, READ_BYTES) != 0) {
        if (file) {
            gzclose(file);
        } else {
            close(fd);
        }
        free(c);
        return err_set(e, ERR_NOMEM, "not enough memory to read the file");
    }
    *c = (struct content){.file = file};
    if (S_ISREG(st.st_mode)) {
        c->size = st.st_size;
        c->changed_us = st.st_mtim.tv_sec * CLOCK_SECOND_US + st.st_mtim.tv_nsec / 1000;
    }
    *out = c;
    return ERR_NONE;
}

enum err_code content_read(struct content *c, char *to, size_t n, size_t *got,
                           struct err *e)
{
    int why;
    int rc = gzread(c->file, to, n < READ_BYTES ? (unsigned)n : READ_BYTES);
    *got = rc > 0 ? (size_t)rc : 0;
    if (rc > 0) {
        return ERR_NONE;
    }
    gzerror(c->file, &why);
    switch (why) {
    case Z_OK:
    case Z_STREAM_END:
        return ERR_NONE;
    case Z_BUF_ERROR:
        return err_set(e, ERR_IO, "the compressed data ends too early");
    case Z_ERRNO:
        return err_set(e, ERR_IO, "cannot be read to its end: %s", strerror(errno));
    default:
        return err_set(e, ERR_IO, "the compressed data is damaged");
    }
}

int64_t content_done(struct content *c)
{
    z_off_t at = gzoffset(c->file);
    return at > 0 ? at : 0;
}

int64_t content_size(const struct content *c)
{
    return c->size;
}

int64_t content_changed_us(const struct content *c)
{
    return c->changed_us;
}

void content_close(struct content *c)
{
    if (c) {
        gzclose(c->file);
        free(c);
    }
}
