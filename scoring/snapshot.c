/* snapshot.c - see snapshot.h. The checksum (FNV-1a, 64 bits) finds damage, not forgery:
 * who may write the file owns the service. */
#include "scoring/snapshot.h"

#include "fcgi/base/diag.h"
#include "fcgi/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
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

static void put_number(uint64_t v, char *p)
{
    for (int i = 0; i < NUMBER_BYTES; i++) {
        p[i] = (char)(unsigned char)(v >> (8 * i));
    }
}

void snapshot_put(struct buf *out, int64_t v)
{
    char bytes[NUMBER_BYTES];
    put_number((uint64_t)v, bytes);
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

/* --- blocks --- */

enum { GRAIN = 64 }; /* bytes; what is zero from one to the next is left out */

static size_t grain_at(size_t at, size_t n)
{
    return n - at < GRAIN ? n - at : GRAIN;
}

static bool is_zero(const char *p, size_t n)
{
    return p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

void snapshot_put_block(struct buf *out, const void *block, size_t n)
{
    const char *p = block;
    snapshot_put(out, (int64_t)n);
    for (size_t at = 0; at < n;) {
        size_t from = at, to;
        while (at < n && is_zero(p + at, grain_at(at, n))) {
            at += grain_at(at, n);
        }
        for (to = at; to < n && !is_zero(p + to, grain_at(to, n));) {
            to += grain_at(to, n);
        }
        snapshot_put(out, (int64_t)(at - from));
        snapshot_put_text(out, (struct str){p + at, to - at});
        at = to;
    }
}

/* Goes through a block that has been put; into block, if it is not NULL. What is zero there
 * already is not written: a page that was never used stays so. */
static bool take_block(struct snapshot_in *in, char *block, size_t n)
{
    (void)snapshot_get(in, (int64_t)n, (int64_t)n);
    for (size_t at = 0; at < n && !in->bad;) {
        size_t zero = (size_t)snapshot_get(in, 0, (int64_t)(n - at));
        struct str text = snapshot_get_text(in, n - at - zero);
        if (in->bad || zero + text.n == 0) {
            in->bad = true;
            return false;
        }
        for (size_t end = at + zero; block && at < end; at += grain_at(at, end)) {
            if (!is_zero(block + at, grain_at(at, end))) {
                memset(block + at, 0, grain_at(at, end));
            }
        }
        at += block ? 0 : zero;
        if (block) {
            memcpy(block + at, text.p, text.n);
        }
        at += text.n;
    }
    return !in->bad;
}

bool snapshot_get_block(struct snapshot_in *in, void *block, size_t n)
{
    struct snapshot_in trial = *in;
    if (!take_block(&trial, NULL, n)) {
        in->bad = true;
        return false;
    }
    return take_block(in, block, n);
}

/* --- writing --- */

static enum err_code io_error(struct err *e, const char *what)
{
    diag("the model file: %s failed: %s", what, strerror(errno));
    return err_set(e, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO,
                   "what was learned cannot be written to the file that MODEL names");
}

static enum err_code write_file(const char *path, struct str bytes, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return io_error(e, "open");
    }
    enum err_code code = ERR_NONE;
    if (!file_write_all(fd, bytes)) {
        code = io_error(e, "write");
    } else if (fsync(fd) != 0) {
        code = io_error(e, "fsync");
    }
    close(fd);
    return code;
}

void snapshot_begin(struct buf *out)
{
    buf_str(out, STR(MARK));
    snapshot_put(out, SNAPSHOT_FORMAT);
    snapshot_put(out, 0); /* the length */
}

static void complete(struct buf *file)
{
    char *length = file->p + HEAD_BYTES - NUMBER_BYTES;
    if (!file->failed) {
        put_number(file->n - HEAD_BYTES, length);
        snapshot_put(file, (int64_t)str_hash(buf_view(file)));
    }
}

enum err_code snapshot_write(const char *path, struct buf *file, struct err *e)
{
    char fresh[SNAPSHOT_PATH_BYTES];
    int n = snprintf(fresh, sizeof fresh, "%s-new", path);
    if (n < 0 || (size_t)n >= sizeof fresh) {
        return err_set(e, ERR_INVALID, "MODEL: the path is too long");
    }
    complete(file);
    enum err_code code =
        file->failed ? err_set(e, ERR_NOMEM, "not enough memory for what was learned")
                     : write_file(fresh, buf_view(file), e);
    if (!code && rename(fresh, path) != 0) {
        code = io_error(e, "rename");
    }
    if (!code && !file_sync_folder(path)) {
        code = io_error(e, "fsync");
    }
    return code;
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
    size_t room = (size_t)st.st_size + 1; /* and its end is seen */
    for (;;) {
        char *p = buf_room(bytes, room);
        if (!p) {
            return err_set(e, ERR_NOMEM, "not enough memory for what was learned");
        }
        ssize_t n = read(fd, p, room);
        if (n < 0) {
            return io_error(e, "read");
        }
        if (n == 0) {
            return ERR_NONE;
        }
        bytes->n += (size_t)n;
        room = room > (size_t)n ? room - (size_t)n : 1;
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
    uint64_t format = number_at(file.p + NUMBER_BYTES);
    if (format != SNAPSHOT_FORMAT) {
        return err_set(e, format < SNAPSHOT_FORMAT ? ERR_CONFLICT : ERR_UNSUPPORTED,
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
