/* model_file.c - see model_file.h. */
#include "scoring/model_file.h"

#include <string.h>

#define NUMBER_MOST (INT64_MAX / 2) /* they are counted on */
enum { STATE_PART_MAX = 16 << 20 };

void model_file_put(struct buf *out, struct detector *d,
                    const struct model_file_head *head)
{
    snapshot_begin(out);
    snapshot_put(out, detector_layout());
    snapshot_put_text(out, str_of(head->store));
    snapshot_put(out, head->batch);
    snapshot_put(out, head->records);
    snapshot_put_text(out, head->state);
    detector_save(d, out);
}

enum err_code model_file_save(const char *path, struct buf *file, struct err *e)
{
    return snapshot_write(path, file, e);
}

enum err_code model_file_write(const char *path, struct detector *d,
                               const struct model_file_head *head, struct err *e)
{
    struct buf file;
    buf_init(&file, SNAPSHOT_BYTES_MAX);
    model_file_put(&file, d, head);
    enum err_code code = model_file_save(path, &file, e);
    buf_free(&file);
    return code;
}

static enum err_code take_head(struct model_file *f, struct str payload, struct err *e)
{
    struct model_file_head *head = &f->head;
    struct snapshot_in in = {payload, false};
    int64_t layout = snapshot_get(&in, INT64_MIN, INT64_MAX);
    if (!in.bad && layout != detector_layout()) {
        return err_set(e, ERR_CONFLICT,
                       "it was written by another version of this program, or on another "
                       "kind of machine");
    }
    struct str store = snapshot_get_text(&in, sizeof head->store - 1);
    memcpy(head->store, store.p, store.n);
    head->batch = snapshot_get(&in, 0, NUMBER_MOST);
    head->records = snapshot_get(&in, 0, NUMBER_MOST);
    head->state = snapshot_get_text(&in, STATE_PART_MAX);
    f->detector = in.left;
    return in.bad ? err_set(e, ERR_INVALID, "it is damaged") : ERR_NONE;
}

enum err_code model_file_open(const char *path, struct model_file *f, struct err *e)
{
    struct str payload;
    *f = (struct model_file){0};
    buf_init(&f->bytes, SNAPSHOT_BYTES_MAX + 1);
    enum err_code code = snapshot_read(path, &f->bytes, &payload, e);
    return code ? code : take_head(f, payload, e);
}

enum err_code model_file_load(const struct model_file *f, struct detector *d,
                              struct err *e)
{
    struct snapshot_in in = {f->detector, false};
    return detector_load(d, &in, e);
}

void model_file_close(struct model_file *f)
{
    buf_free(&f->bytes);
}

enum err_code model_file_read(const char *path, struct detector *d,
                              struct model_file_head *head, struct err *e)
{
    struct model_file f;
    enum err_code code = model_file_open(path, &f, e);
    code = code ? code : model_file_load(&f, d, e);
    if (!code) {
        *head = f.head;
        head->state = STR_NONE;
    }
    model_file_close(&f);
    return code;
}

enum err_code model_file_check(const char *path, struct err *e)
{
    struct model_file f;
    struct err why;
    enum err_code code = model_file_open(path, &f, &why);
    model_file_close(&f);
    if (code == ERR_UNSUPPORTED || code == ERR_IO) { /* others are put aside */
        return err_set(e, code, "%s (MODEL): %s; set MODEL to another file", path,
                       why.msg);
    }
    return ERR_NONE;
}
