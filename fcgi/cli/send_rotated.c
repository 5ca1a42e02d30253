/* send_rotated.c - see send_rotated.h. */
#include "fcgi/cli/send_rotated.h"

#include "fcgi/base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { NUMBER_DIGITS_MAX = 5, DATE_DIGITS_MIN = 6, READS_MAX = 100 };

static struct str take_packing(struct str name, enum rotated_packing *packing)
{
    static const struct {
        const char *end;
        enum rotated_packing packing;
    } known[] = {{".gz", ROTATED_GZ},
                 {".xz", ROTATED_OTHER},
                 {".zst", ROTATED_OTHER},
                 {".bz2", ROTATED_OTHER}};
    *packing = ROTATED_PLAIN;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct str end = str_of(known[i].end);
        if (str_ends(name, end)) {
            *packing = known[i].packing;
            name.n -= end.n;
        }
    }
    return name;
}

/* What stands between or behind the parts of the name: marks and digits. How many? */
static size_t read_digits(struct str s, char out[static ROTATED_DIGITS])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool digit = s.p[i] >= '0' && s.p[i] <= '9';
        if ((!digit && !strchr(".-_T:", s.p[i])) || (digit && n == ROTATED_DIGITS - 1)) {
            return 0;
        }
        if (digit) {
            out[n++] = s.p[i];
        }
    }
    out[n] = '\0';
    return n;
}

static bool begins_mark(struct str s)
{
    return s.n > 1 && (s.p[0] == '.' || s.p[0] == '-' || s.p[0] == '_');
}

/* app.log.1, app.log-20261125, app.log.old */
static bool read_behind(struct str rest, struct rotated *out)
{
    static const char *const words[] = {".old", "-old", ".bak", ".prev", "~"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_eq(rest, str_of(words[i]))) {
            out->scheme = ROTATED_SINGLE;
            return true;
        }
    }
    size_t n = begins_mark(rest) ? read_digits(rest, out->digits) : 0;
    out->scheme = n > NUMBER_DIGITS_MAX ? ROTATED_DATED : ROTATED_NUMBERED;
    return n > 0;
}

/* app-20261125.log, app.1.log */
static bool read_inside(struct str base, struct str name, struct rotated *out)
{
    const char *dot = memrchr(base.p, '.', base.n);
    if (!dot || dot == base.p) {
        return false;
    }
    struct str stem = {base.p, (size_t)(dot - base.p)}, ext = str_from(base, stem.n);
    if (!str_starts(name, stem) || !str_ends(name, ext) || name.n <= base.n) {
        return false;
    }
    struct str middle = {name.p + stem.n, name.n - base.n};
    size_t n = begins_mark(middle) ? read_digits(middle, out->digits) : 0;
    out->scheme = n >= DATE_DIGITS_MIN ? ROTATED_DATED : ROTATED_INSIDE;
    return n > 0;
}

bool rotated_name(const char *base, const char *name, struct rotated *out)
{
    struct str own = str_of(base), s = str_of(name);
    *out = (struct rotated){0};
    if (s.n >= sizeof out->name) {
        return false;
    }
    memcpy(out->name, s.p, s.n);
    s = take_packing(s, &out->packing);
    if (str_starts(s, own) && s.n > own.n) {
        return read_behind(str_from(s, own.n), out);
    }
    return read_inside(own, s, out);
}

static int compare_digits(const char *a, const char *b, bool number)
{
    size_t an = strlen(a), bn = strlen(b);
    if (number && an != bn) { /* no leading zeros: fewer digits, a smaller number */
        return an < bn ? -1 : 1;
    }
    return strcmp(a, b);
}

int rotated_compare(const struct rotated *a, const struct rotated *b)
{
    int order = 0;
    if (a->scheme == b->scheme && a->scheme != ROTATED_SINGLE) {
        order = a->scheme == ROTATED_DATED ? compare_digits(a->digits, b->digits, false)
                                           : compare_digits(b->digits, a->digits, true);
    } else {
        order = (a->changed_us > b->changed_us) - (a->changed_us < b->changed_us);
    }
    return order != 0 ? order : strcmp(b->name, a->name);
}

const struct rotated *rotated_next(const struct rotated_list *list,
                                   const struct rotated *last, int64_t changed_us)
{
    const struct rotated *next = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const struct rotated *f = &list->files[i];
        bool newer = last ? f->scheme == last->scheme && rotated_compare(last, f) < 0 &&
                                strcmp(f->name, last->name) != 0
                          : f->scheme != ROTATED_INSIDE && f->changed_us > changed_us;
        if (newer && (!next || rotated_compare(f, next) < 0)) {
            next = f;
        }
    }
    return next;
}

/* --- the folder --- */

static enum err_code add(int folder, struct rotated *file, struct rotated_list *out,
                         struct err *e)
{
    struct stat st;
    if (fstatat(folder, file->name, &st, 0) != 0 || !S_ISREG(st.st_mode)) {
        return ERR_NONE; /* gone meanwhile, or none of ours */
    }
    if (out->n == ROTATED_MAX) {
        return err_set(e, ERR_TOO_LARGE, "more than %d rotated files lie beside it",
                       ROTATED_MAX);
    }
    file->dev = st.st_dev;
    file->ino = st.st_ino;
    file->changed_us = st.st_mtim.tv_sec * CLOCK_SECOND_US + st.st_mtim.tv_nsec / 1000;
    out->files[out->n++] = *file;
    return ERR_NONE;
}

static bool has_plain(const struct rotated_list *list, const struct rotated *packed)
{
    struct str name = str_of(packed->name);
    for (size_t i = 0; i < list->n; i++) {
        struct str other = str_of(list->files[i].name);
        if (list->files[i].packing == ROTATED_PLAIN && str_starts(name, other) &&
            name.p[other.n] == '.' &&
            !memchr(name.p + other.n + 1, '.', name.n - other.n - 1)) {
            return true;
        }
    }
    return false;
}

static void leave_unfinished(struct rotated_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        const struct rotated *f = &list->files[i];
        if (f->packing == ROTATED_PLAIN || !has_plain(list, f)) {
            list->files[kept++] = *f;
        }
    }
    list->n = kept;
}

static enum err_code read_folder(const char *folder, const char *base,
                                 struct rotated_list *out, struct err *e)
{
    const struct dirent *entry;
    enum err_code code = ERR_NONE;
    DIR *dir = opendir(folder);
    out->n = 0;
    if (!dir) {
        return err_set(e, ERR_IO, "its folder cannot be read: %s", strerror(errno));
    }
    while (!code && (entry = readdir(dir))) {
        struct rotated file;
        if (rotated_name(base, entry->d_name, &file)) {
            code = add(dirfd(dir), &file, out, e);
        }
    }
    closedir(dir);
    return code;
}

/* The same names for the same files, in whatever order? */
static uint64_t print_of(const struct rotated_list *list)
{
    uint64_t sum = list->n;
    for (size_t i = 0; i < list->n; i++) {
        char text[ROTATED_NAME_BYTES + 64];
        snprintf(text, sizeof text, "%s/%lld/%lld", list->files[i].name,
                 (long long)list->files[i].dev, (long long)list->files[i].ino);
        sum += str_hash(str_of(text));
    }
    return sum;
}

/* A file that is renamed while a folder is read may be missed: it is read until it is the
 * same twice. */
enum err_code rotated_find(const char *path, struct rotated_list *out, struct err *e)
{
    const char *slash = strrchr(path, '/');
    char folder[4096];
    uint64_t before = 0;
    int n = snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path + 1) : 1,
                     slash ? path : ".");
    if (n < 0 || (size_t)n >= sizeof folder) {
        return err_set(e, ERR_INVALID, "its path is too long");
    }
    for (int i = 0; i < READS_MAX; i++) {
        enum err_code code = read_folder(folder, slash ? slash + 1 : path, out, e);
        if (code) {
            return code;
        }
        uint64_t now = print_of(out);
        if (i > 0 && now == before) {
            leave_unfinished(out);
            return ERR_NONE;
        }
        before = now;
    }
    return err_set(e, ERR_BUSY, "its folder changes all the time");
}

const struct rotated *rotated_inode(const struct rotated_list *list, int64_t dev,
                                    int64_t ino)
{
    for (size_t i = 0; i < list->n; i++) {
        if ((int64_t)list->files[i].dev == dev && (int64_t)list->files[i].ino == ino) {
            return &list->files[i];
        }
    }
    return NULL;
}

bool rotated_path(const char *path, const char *name, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    int n =
        snprintf(out, size, "%.*s%s", slash ? (int)(slash - path + 1) : 0, path, name);
    return n > 0 && (size_t)n < size;
}

int rotated_open(const char *path, struct stat *st, struct err *e)
{
    e->code = ERR_NONE;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 && errno == EACCES) {
        err_set(e, ERR_IO,
                "may not be read by this user; most logs may by group adm: usermod -aG "
                "adm USER, then log in anew. It is tried again and again");
    } else if (fd < 0 && errno != ENOENT) {
        err_set(e, ERR_IO, "cannot be opened: %s. It is tried again and again",
                strerror(errno));
    }
    if (fd >= 0 && (fstat(fd, st) != 0 || !S_ISREG(st->st_mode))) {
        err_set(e, ERR_INVALID, "is %s and no file; one is waited for",
                S_ISDIR(st->st_mode)    ? "a folder"
                : S_ISFIFO(st->st_mode) ? "a pipe (loganalyzer import - reads those)"
                                        : "a device");
        close(fd);
        return -1;
    }
    return fd;
}
