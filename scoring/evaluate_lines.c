/* evaluate_lines.c - see evaluate_lines.h. The model is one of its own, and a line takes the
 * way that a record takes in the running detector. */
#include "scoring/evaluate_lines.h"

#include "fcgi/base/utf8.h"
#include "fcgi/cli/line_file.h"
#include "fcgi/core/verdict.h"
#include "scoring/learning.h"

enum { LINE_BYTES_MAX = 1 << 20, ARENA_BYTES_MAX = 64 << 20 };

struct lines {
    struct model *model;
    struct arena arena;
    struct buf valid; /* a line that was not UTF-8 */
};

static enum err_code take_line(struct lines *l, struct str message, struct err *e)
{
    struct analysis a;
    char id[TEMPLATE_ID_BYTES];
    buf_clear(&l->valid);
    if (utf8_valid_prefix(message) < message.n) {
        utf8_repair(message, &l->valid);
        message = buf_view(&l->valid);
    }
    struct record r = {.timestamp = STR("0"),
                       .service = STR("lines"),
                       .level = STR("INFO"),
                       .message = message,
                       .metadata = STR("{}"),
                       .rank = LEVEL_INFO};
    struct analysis_batch read = {&r, 1, 0, &l->arena};
    enum err_code code = analyse(l->model, &read, &a, e);
    struct learn_batch b = {&r, &a, LEARN_CLEAN, false, &l->arena};
    code = code ? code : learn_batch(l->model, &b, e);
    if (!code) {
        uint64_t template = l->model->template[a.trace[0].slot].id;
        printf("%.*s\n", STR_ARGS(verdict_template_id(template, id)));
    }
    arena_reset(&l->arena);
    return code;
}

static enum err_code take_lines(struct lines *l, struct line_file *f, struct err *e)
{
    struct line line;
    bool found = true;
    enum err_code code = ERR_NONE;
    while (!(code = line_file_next(f, &line, &found, e)) && found) {
        struct str message = {line.p, line.n};
        message.n -= message.n > 0 && message.p[message.n - 1] == '\r';
        str_split(&message, '\t');
        if (!message.p) {
            err_set(e, ERR_INVALID, "there is no tab; a line is an id, a tab, a message");
            return line_file_blame(f, e);
        }
        code = take_line(l, message, e);
        if (code) {
            break;
        }
    }
    return code;
}

enum err_code evaluate_lines(const char *path, struct err *e)
{
    struct line_file *f = NULL;
    struct lines l = {.model = malloc(sizeof *l.model)};
    if (!l.model) {
        return err_set(e, ERR_NOMEM, "not enough memory for a model");
    }
    model_init(l.model);
    arena_init(&l.arena, ARENA_BYTES_MAX);
    buf_init(&l.valid, 3 * (size_t)LINE_BYTES_MAX);
    enum err_code code = line_file_open(path, LINE_BYTES_MAX, &f, e);
    code = code ? code : take_lines(&l, f, e);
    line_file_close(f);
    buf_free(&l.valid);
    arena_free(&l.arena);
    free(l.model);
    return code;
}
