/* snapshot.c - see snapshot.h. The checksum (FNV-1a, 64 bits) finds damage, not forgery:
 * who may write the file owns the service. */
#include "scoring/snapshot.h"

#include "fcgi/base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK "LogA-mod"
enum { NUMBER_BYTES = 8, HEAD_BYTES = 3 * NUMBER_BYTES };

static uint64_t number_at(const char *p)
{
    uint64_t v = 0;
    for (int i = NUMBER_BYTES; i-- > 0;) {
        v = v << 8 | (unsigned char)p[i];
    }
    return v;
}

void snapshot_put(struct buf *out, int64_t v)
{
    char bytes[NUMBER_BYTES];
    for (int i = 0; i < NUMBER_BYTES; i++) {
        bytes[i] = (char)(unsigned char)((uint64_t)v >> (8 * i));
    }
    buf_add(out, bytes, sizeof bytes);
}

void snapshot_put_text(struct buf *out, struct str s)
{
    snapshot_put(out, (int64_t)s.n);
    buf_str(out, s);
}

int64_t snapshot_get(struct snapshot_in *in, int64_t min, int64_t max)
{
    if (in->bad || in->left.n < NUMBER_BYTES) {
        in->bad = true;
        return 0;
    }
    int64_t v = (int64_t)number_at(in->left.p);
    in->left = str_from(in->left, NUMBER_BYTES);
    if (v < min || v > max) {
        in->bad = true;
        return 0;
    }
    return v;
}

struct str snapshot_get_text(struct snapshot_in *in, size_t bytes_max)
{
    size_t n = (size_t)snapshot_get(in, 0, (int64_t)bytes_max);
    if (in->bad || n > in->left.n) {
        in->bad = true;
        return STR("");
    }
    struct str s = {in->left.p, n};
    in->left = str_from(in->left, n);
    return s;
}

/* --- writing --- */

static enum err_code io_error(struct err *e, const char *what)
{
    diag("the model file: %s failed: %s", what, strerror(errno));
    return err_set(e, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO,
                   "what was learned cannot be written to the file that MODEL names");
}

static bool write_all(int fd, struct str s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        s = str_from(s, n > 0 ? (size_t)n : 0);
    }
    return true;
}

static enum err_code write_file(const char *path, struct str bytes, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return io_error(e, "open");
    }
    enum err_code code = ERR_NONE;
    if (!write_all(fd, bytes)) {
        code = io_error(e, "write");
    } else if (fsync(fd) != 0) {
        code = io_error(e, "fsync");
    }
    close(fd);
    return code;
}

/* The rename is on the disk when the folder is. */
static enum err_code sync_folder(const char *path, struct err *e)
{
    char folder[SNAPSHOT_PATH_BYTES];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash) {
        slash[slash == folder] = '\0';
    }
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err_code code = fd >= 0 && fsync(fd) == 0 ? ERR_NONE : io_error(e, "fsync");
    if (fd >= 0) {
        close(fd);
    }
    return code;
}

static void put_file(struct buf *out, struct str payload)
{
    buf_str(out, STR(MARK));
    snapshot_put(out, SNAPSHOT_FORMAT);
    snapshot_put_text(out, payload);
    if (!out->failed) {
        snapshot_put(out, (int64_t)str_hash(buf_view(out)));
    }
}

enum err_code snapshot_write(const char *path, struct str payload, struct err *e)
{
    char fresh[SNAPSHOT_PATH_BYTES];
    struct buf file;
    int n = snprintf(fresh, sizeof fresh, "%s-new", path);
    if (n < 0 || (size_t)n >= sizeof fresh) {
        return err_set(e, ERR_INVALID, "MODEL: the path is too long");
    }
    buf_init(&file, SNAPSHOT_BYTES_MAX);
    put_file(&file, payload);
    enum err_code code =
        file.failed ? err_set(e, ERR_NOMEM, "not enough memory for what was learned")
                    : write_file(fresh, buf_view(&file), e);
    buf_free(&file);
    if (!code && rename(fresh, path) != 0) {
        code = io_error(e, "rename");
    }
    return code ? code : sync_folder(path, e);
}

/* --- reading --- */

static enum err_code read_file(int fd, struct buf *bytes, struct err *e)
{
    char mark[NUMBER_BYTES];
    struct stat st;
    ssize_t marked = pread(fd, mark, sizeof mark, 0);
    if (marked > 0 && memcmp(mark, MARK, (size_t)marked) != 0) {
        return err_set(e, ERR_UNSUPPORTED, "it was made by another program");
    }
    if (fstat(fd, &st) != 0) {
        return io_error(e, "fstat");
    }
    if (st.st_size > SNAPSHOT_BYTES_MAX) {
        return err_set(e, ERR_INVALID, "it is larger than %d bytes", SNAPSHOT_BYTES_MAX);
    }
    for (;;) {
        char piece[16 * 1024];
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0) {
            return io_error(e, "read");
        }
        buf_add(bytes, piece, (size_t)n);
        if (bytes->failed) {
            return err_set(e, ERR_NOMEM, "not enough memory for what was learned");
        }
        if (n == 0) {
            return ERR_NONE;
        }
    }
}

static enum err_code check_file(struct str file, struct str *payload, struct err *e)
{
    size_t n = file.n;
    if (n < HEAD_BYTES + NUMBER_BYTES) {
        return err_set(e, ERR_INVALID, "it is cut");
    }
    struct str summed = {file.p, n - NUMBER_BYTES};
    if (number_at(file.p + summed.n) != str_hash(summed)) {
        return err_set(e, ERR_INVALID, "it is damaged");
    }
    if (number_at(file.p + NUMBER_BYTES) != SNAPSHOT_FORMAT) {
        return err_set(e, ERR_UNSUPPORTED,
                       "it was written by another version of this program");
    }
    if (number_at(file.p + 2 * NUMBER_BYTES) != summed.n - HEAD_BYTES) {
        return err_set(e, ERR_INVALID, "it is damaged");
    }
    *payload = str_from(summed, HEAD_BYTES);
    return ERR_NONE;
}

enum err_code snapshot_read(const char *path, struct buf *bytes, struct str *payload,
                            struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT ? err_set(e, ERR_NOT_FOUND, "it is not there")
                               : err_set(e, ERR_IO,
                                         "the file that MODEL names cannot be "
                                         "opened: %s",
                                         strerror(errno));
    }
    buf_clear(bytes);
    enum err_code code = read_file(fd, bytes, e);
    close(fd);
    return code ? code : check_file(buf_view(bytes), payload, e);
}
