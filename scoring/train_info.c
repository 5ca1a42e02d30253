/* train_info.c - see train_info.h. */
#include "scoring/train_info.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { INFO_BYTES_MAX = 4 << 20 };

static void put_int(struct json_out *o, const char *key, int64_t v)
{
    json_key(o, key);
    json_int(o, v);
}

static void put_service(void *arg, const struct model_service_info *s)
{
    struct json_out *o = arg;
    json_open(o, '{');
    json_key(o, "service");
    json_str(o, s->name);
    put_int(o, "n", s->windows);
    put_int(o, "records", s->records);
    put_int(o, "templates", s->templates);
    json_key(o, "calibrated");
    json_bool(o, s->calibrated);
    json_close(o, '}');
}

void train_info_print(struct buf *out, struct detector *d)
{
    struct model_info m;
    char when[CLOCK_TEXT_BYTES];
    struct json_out o = json_out(out);
    detector_info(d, &m);
    json_open(&o, '{');
    json_key(&o, "version");
    json_str(&o, str_of(m.version));
    json_key(&o, "trained_at");
    json_text(&o, m.trained_at_us ? clock_format(m.trained_at_us, when) : STR_NONE);
    put_int(&o, "records", m.records);
    put_int(&o, "batches", m.batches);
    json_key(&o, "services");
    json_open(&o, '[');
    detector_services(d, put_service, &o);
    json_close(&o, ']');
    json_close(&o, '}');
    buf_byte(out, '\n');
}

static void count_calibrated(void *arg, const struct model_service_info *s)
{
    int64_t *n = arg;
    *n += s->calibrated;
}

int64_t train_info_calibrated(struct detector *d)
{
    int64_t n = 0;
    detector_services(d, count_calibrated, &n);
    return n;
}

/* --- the file --- */

static enum err_code cannot_write(const char *path, struct err *e)
{
    return err_set(e, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO,
                   "%s cannot be written: %s", path, strerror(errno));
}

static enum err_code write_file(const char *path, struct str bytes, struct err *e)
{
    FILE *f = fopen(path, "we");
    bool ok = f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fflush(f) == 0 &&
              fsync(fileno(f)) == 0;
    enum err_code code = ok ? ERR_NONE : cannot_write(path, e);
    if (f) {
        fclose(f);
    }
    return code;
}

enum err_code train_info_begin(struct train_info *i, const char *path, struct detector *d,
                               struct err *e)
{
    struct buf text;
    i->fresh[0] = '\0';
    int n = snprintf(i->path, sizeof i->path, "%s", path);
    int m = snprintf(i->fresh, sizeof i->fresh, "%s-new", path);
    if (n >= (int)sizeof i->path || m >= (int)sizeof i->fresh) {
        i->fresh[0] = '\0';
        return err_set(e, ERR_INVALID, "the path of model_info.json is too long");
    }
    buf_init(&text, INFO_BYTES_MAX);
    train_info_print(&text, d);
    enum err_code code =
        text.failed ? err_set(e, ERR_NOMEM, "not enough memory for model_info.json")
                    : write_file(i->fresh, buf_view(&text), e);
    buf_free(&text);
    return code;
}

enum err_code train_info_end(const struct train_info *i, enum err_code code,
                             struct err *e)
{
    if (!code && rename(i->fresh, i->path) != 0) {
        code = cannot_write(i->path, e);
    }
    if (code && i->fresh[0]) {
        unlink(i->fresh);
    }
    return code;
}
