/* line_file.c - see line_file.h. */
#include "fcgi/cli/line_file.h"

#include "fcgi/base/buf.h"
#include "fcgi/cli/content.h"

enum { READ_BYTES = 64 * 1024 };

struct line_file {
    char name[PROGRESS_NAME_BYTES];
    struct content *content;
    struct buf data; /* what was read; the next line begins at `at` */
    size_t at, line_max;
    bool ended;
    int64_t number;
};

static enum err_code blame(const struct line_file *f, int64_t number, struct err *e)
{
    char what[ERR_MSG_BYTES], text[32] = "";
    memcpy(what, e->msg, sizeof what);
    if (number > 0) {
        snprintf(text, sizeof text, ":%lld", (long long)number);
    }
    return err_set(e, e->code, "%s%s: %s", f->name, text, what);
}

enum err_code line_file_blame(const struct line_file *f, struct err *e)
{
    return blame(f, f->number, e);
}

static enum err_code check_length(const struct line_file *f, size_t n, struct err *e)
{
    if (n <= f->line_max) {
        return ERR_NONE;
    }
    err_set(e, ERR_TOO_LARGE, "the line has more than %zu bytes", f->line_max);
    return blame(f, f->number + 1, e);
}

static enum err_code read_more(struct line_file *f, struct err *e)
{
    size_t got, left = f->data.n - f->at;
    if (f->at > 0) {
        memmove(f->data.p, f->data.p + f->at, left);
        f->data.n = left;
        f->at = 0;
    }
    char *room = buf_room(&f->data, READ_BYTES);
    if (!room) {
        return err_set(e, ERR_NOMEM, "not enough memory to read %s", f->name);
    }
    if (content_read(f->content, room, READ_BYTES, &got, e)) {
        return blame(f, 0, e);
    }
    f->data.n += got;
    f->ended = got == 0;
    return ERR_NONE;
}

enum err_code line_file_next(struct line_file *f, struct line *out, bool *found,
                             struct err *e)
{
    size_t seen = 0;
    for (;;) {
        size_t left = f->data.n - f->at;
        char *from = f->data.p + f->at;
        char *end = left > seen ? memchr(from + seen, '\n', left - seen) : NULL;
        *found = end != NULL || (f->ended && left > 0);
        size_t n = end ? (size_t)(end - from) : left;
        enum err_code code = check_length(f, n, e);
        if (!code && *found) {
            *out = (struct line){from, n};
            f->at += n + (end != NULL);
            f->number++;
        }
        if (code || *found || f->ended) {
            return code;
        }
        seen = left;
        code = read_more(f, e);
        if (code) {
            return code;
        }
    }
}

int64_t line_file_number(const struct line_file *f)
{
    return f->number;
}

static bool is_utf16(const struct buf *b)
{
    return b->n >= 2 &&
           (memcmp(b->p, "\xff\xfe", 2) == 0 || memcmp(b->p, "\xfe\xff", 2) == 0);
}

static enum err_code begin(struct line_file *f, const char *path, struct err *e)
{
    if (content_open(path, &f->content, e)) {
        return blame(f, 0, e);
    }
    enum err_code code = read_more(f, e);
    if (!code && is_utf16(&f->data)) {
        err_set(e, ERR_INVALID, "it is UTF-16; save it as UTF-8");
        code = blame(f, 0, e);
    }
    return code;
}

enum err_code line_file_open(const char *path, size_t line_max, struct line_file **out,
                             struct err *e)
{
    struct line_file *f = calloc(1, sizeof *f);
    if (!f) {
        return err_set(e, ERR_NOMEM, "not enough memory to read a file");
    }
    progress_name(path, f->name);
    f->line_max = line_max;
    buf_init(&f->data, line_max + 2 * (size_t)READ_BYTES);
    enum err_code code = begin(f, path, e);
    if (code) {
        line_file_close(f);
        return code;
    }
    *out = f;
    return ERR_NONE;
}

void line_file_show(struct line_file *f, struct progress *p, int64_t records)
{
    if (p->on) {
        progress_show(p, content_done(f->content), content_size(f->content), records);
    }
}

void line_file_close(struct line_file *f)
{
    if (f) {
        content_close(f->content);
        buf_free(&f->data);
        free(f);
    }
}
