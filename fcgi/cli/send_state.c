/* send_state.c - see send_state.h. The file is one line of JSON and one with its checksum.
 *
 * Each is put on the disk before it gets its name, at least once in SEND_SAVE_S of
 * send_file.h: without that a file system may have the new name before the content, and a
 * power cut leaves an empty file. That the name is on the disk, too, is waited for only when
 * a content begins (its nonce must not be forgotten) and at the end: an older note costs a
 * question to the server, no line. */
#include "fcgi/cli/send_state.h"

#include "fcgi/base/file.h"
#include "fcgi/base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    STATE_BYTES_MAX = 64 * 1024,
    NAME_CHARS = 48,
    SUFFIX_CHARS = 16, /* ".damaged" */
    DEPTH_MAX = 4,
    ARENA_BYTES = 256 * 1024,
    CHECK_CHARS = 2 * IMPORT_POSITION_BYTES
};

/* --- where --- */

enum err_code send_state_folder(char out[static SEND_PATH_BYTES], struct err *e)
{
    const char *given = getenv("STATE_DIRECTORY"), *xdg = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int n;
    if (given && given[0]) {
        n = snprintf(out, SEND_PATH_BYTES, "%.*s", (int)strcspn(given, ":"), given);
    } else if (geteuid() == 0) {
        n = snprintf(out, SEND_PATH_BYTES, "/var/lib/loganalyzer-send");
    } else if (xdg && xdg[0] == '/') {
        n = snprintf(out, SEND_PATH_BYTES, "%s/loganalyzer", xdg);
    } else if (home && home[0] == '/') {
        n = snprintf(out, SEND_PATH_BYTES, "%s/.local/state/loganalyzer", home);
    } else {
        return err_set(e, ERR_INVALID,
                       "say with --state in which folder to note how far files are sent: "
                       "HOME is not set");
    }
    return n > 0 && n < SEND_PATH_BYTES
               ? ERR_NONE
               : err_set(e, ERR_INVALID, "the path of the folder for states is too long");
}

static enum err_code make_folder(const char *folder, struct err *e)
{
    char path[SEND_PATH_BYTES];
    int n = snprintf(path, sizeof path, "%s", folder);
    if (n <= 0 || (size_t)n >= sizeof path) {
        return err_set(e, ERR_INVALID, "the path of the folder for states is too long");
    }
    for (char *p = path + 1; *p; p++) {
        if (*p == '/') {
            *p = '\0';
            (void)mkdir(path, 0755); /* what is wrong shows below */
            *p = '/';
        }
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST
               ? ERR_NONE
               : err_set(e, ERR_IO,
                         "the folder %.120s, to note how far files are sent, cannot be "
                         "made: %s; --state names another one",
                         folder, strerror(errno));
}

/* "auth.log-0123456789abcdef": the end of the subject for people, a digest of all of it. */
static void name_of(const char *subject, char out[static NAME_CHARS])
{
    const char *slash = strrchr(subject, '/');
    struct digest d;
    digest_begin(&d);
    digest_add(&d, str_of(subject));
    struct import_position p = digest_here(&d);
    int n = snprintf(out, NAME_CHARS, "%.24s-", slash ? slash + 1 : subject);
    for (size_t i = 0; i < 8; i++) {
        snprintf(out + n + 2 * i, 3, "%02x", p.b[i]);
    }
}

/* --- writing --- */

static void put_stream(struct json_out *o, const struct send_stream *s)
{
    json_open(o, '{');
    json_key(o, "dev");
    json_int(o, s->dev);
    json_key(o, "ino");
    json_int(o, s->ino);
    json_key(o, "offset");
    json_int(o, s->offset);
    json_key(o, "changed_us");
    json_int(o, s->changed_us);
    json_key(o, "kind");
    json_int(o, s->kind);
    json_key(o, "nonce");
    json_str(o, str_of(s->nonce));
    import_put_hex(o, "here", s->here.b, sizeof s->here.b);
    import_put_hex(o, "digest", &s->before, sizeof s->before);
    import_put_hex(o, "head", s->head, s->head_n);
    import_put_hex(o, "tail", s->tail, s->tail_n);
    json_key(o, "cursor");
    json_str(o, str_of(s->cursor));
    json_key(o, "w3c_fields");
    json_str(o, str_of(s->w3c_fields));
    json_close(o, '}');
}

static void put_state(struct buf *b, const char *subject, const struct send_state *state)
{
    struct json_out o = json_out(b);
    struct digest d;
    json_open(&o, '{');
    json_key(&o, "of");
    json_str(&o, str_of(subject));
    json_key(&o, "streams");
    json_open(&o, '[');
    for (size_t i = 0; i < SEND_STREAMS; i++) {
        if (state->streams[i].begun) {
            put_stream(&o, &state->streams[i]);
        } else {
            json_null(&o);
        }
    }
    json_close(&o, ']');
    json_key(&o, "last_dev");
    json_int(&o, state->last_dev);
    json_key(&o, "last_ino");
    json_int(&o, state->last_ino);
    json_key(&o, "after_us");
    json_int(&o, state->after_us);
    json_close(&o, '}');
    buf_byte(b, '\n');
    digest_begin(&d);
    digest_add(&d, buf_view(b));
    struct import_position check = digest_here(&d);
    for (size_t i = 0; i < sizeof check.b; i++) {
        buf_fmt(b, "%02x", check.b[i]);
    }
    buf_byte(b, '\n');
}

static void beside(const char *path, const char *suffix,
                   char out[static SEND_PATH_BYTES + SUFFIX_CHARS])
{
    snprintf(out, SEND_PATH_BYTES + SUFFIX_CHARS, "%s%s", path, suffix);
}

/* Puts text in place of what is at path, or leaves that as it is: errno says why. */
static bool replace(const char *path, struct str text, bool sync)
{
    char new_path[SEND_PATH_BYTES + SUFFIX_CHARS];
    beside(path, ".new", new_path);
    int fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return false;
    }
    bool ok = file_write_all(fd, text) && fdatasync(fd) == 0;
    int why = errno;
    close(fd);
    errno = why;
    return ok && rename(new_path, path) == 0 && (!sync || file_sync_folder(path));
}

enum err_code send_state_save(const struct send_note *note, const char *subject,
                              const struct send_state *state, bool sync, struct err *e)
{
    struct buf b;
    enum err_code code = ERR_NONE;
    buf_init(&b, STATE_BYTES_MAX);
    put_state(&b, subject, state);
    if (b.failed) {
        code = err_set(e, ERR_NOMEM, "not enough memory to note how far it is sent");
    } else if (!replace(note->path, buf_view(&b), sync)) {
        code =
            err_set(e, ERR_IO, "how far it is sent cannot be noted: %s", strerror(errno));
    }
    buf_free(&b);
    return code;
}

/* --- reading --- */

static bool number_of(struct json_value o, const char *name, int64_t *out)
{
    return json_member_i64(o, name, INT64_MIN, INT64_MAX, out);
}

static bool text_of(struct arena *a, struct json_value o, const char *name, char *out,
                    size_t size)
{
    struct json_value v;
    struct str s;
    struct err ignored;
    if (!json_member(o, name, &v) || v.type != JSON_STRING ||
        json_decode(a, v, &s, &ignored) || s.n >= size) {
        return false;
    }
    memcpy(out, s.p, s.n);
    out[s.n] = '\0';
    return true;
}

/* The bytes of a member; at most max of them, *n of them are there. */
static bool bytes_of(struct json_value o, const char *name, void *out, size_t max,
                     size_t *n)
{
    struct json_value v;
    if (!json_member(o, name, &v) || v.type != JSON_STRING || v.text.n < 2) {
        return false;
    }
    struct str hex = {v.text.p + 1, v.text.n - 2};
    *n = hex.n / 2;
    return *n <= max && import_read_hex(hex, out, *n);
}

/* The digest is its library's state as it lies in memory: it is good if it gives the
 * position that was noted. */
static bool read_stream(struct arena *a, struct json_value o, struct send_stream *s)
{
    int64_t kind;
    size_t here_n, digest_n;
    if (!number_of(o, "dev", &s->dev) || !number_of(o, "ino", &s->ino) ||
        !number_of(o, "offset", &s->offset) || s->offset < 0 ||
        !number_of(o, "changed_us", &s->changed_us) ||
        !json_member_i64(o, "kind", SPLIT_LINES, SPLIT_JSON, &kind) ||
        !text_of(a, o, "nonce", s->nonce, sizeof s->nonce) ||
        !text_of(a, o, "cursor", s->cursor, sizeof s->cursor) ||
        !text_of(a, o, "w3c_fields", s->w3c_fields, sizeof s->w3c_fields) ||
        !bytes_of(o, "here", s->here.b, sizeof s->here.b, &here_n) ||
        !bytes_of(o, "digest", &s->before, sizeof s->before, &digest_n) ||
        !bytes_of(o, "head", s->head, sizeof s->head, &s->head_n) ||
        !bytes_of(o, "tail", s->tail, sizeof s->tail, &s->tail_n) ||
        here_n != sizeof s->here.b || digest_n != sizeof s->before) {
        return false;
    }
    struct import_position here = digest_here(&s->before);
    s->kind = (enum split_kind)kind;
    s->begun = true;
    return s->cursor[0] || import_position_eq(&here, &s->here);
}

static bool read_streams(struct arena *a, struct str text, struct send_state *out)
{
    struct json_in in = {(char *)(uintptr_t)text.p, text.n, 0, DEPTH_MAX, 0};
    struct json_value object, list, item;
    struct err ignored;
    if (utf8_valid_prefix(text) != text.n || json_read(&in, &object, &ignored) ||
        object.type != JSON_OBJECT || !json_member(object, "streams", &list) ||
        list.type != JSON_ARRAY || !number_of(object, "last_dev", &out->last_dev) ||
        !number_of(object, "last_ino", &out->last_ino) ||
        !number_of(object, "after_us", &out->after_us)) {
        return false;
    }
    struct json_iter it = json_iter(list);
    size_t n = 0;
    while (n < SEND_STREAMS && json_next(&it, NULL, &item)) {
        if (item.type != JSON_NULL && !read_stream(a, item, &out->streams[n])) {
            return false;
        }
        n++;
    }
    return n == SEND_STREAMS;
}

static bool checks(struct str text, struct str sum)
{
    struct import_position want, is;
    struct digest d;
    digest_begin(&d);
    digest_add(&d, text);
    is = digest_here(&d);
    sum.n = sum.n < CHECK_CHARS ? sum.n : CHECK_CHARS;
    return import_read_hex(sum, want.b, sizeof want.b) && import_position_eq(&want, &is);
}

static bool understand(struct str all, struct send_state *out)
{
    struct arena a;
    const char *end = all.n > 0 ? memchr(all.p, '\n', all.n) : NULL;
    if (!end) {
        return false;
    }
    arena_init(&a, ARENA_BYTES);
    struct str text = {all.p, (size_t)(end - all.p) + 1};
    bool ok = checks(text, str_from(all, text.n)) && read_streams(&a, text, out);
    arena_free(&a);
    return ok;
}

/* One that is there is put aside if it is damaged, so that it can be looked at, and that
 * the next start does not say so again. */
static enum err_code read_state(const char *path, struct send_state *out,
                                enum send_found *found, struct err *e)
{
    char aside[SEND_PATH_BYTES + SUFFIX_CHARS];
    struct buf b;
    *out = (struct send_state){0};
    *found = SEND_NOTE_NONE;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) {
        return ERR_NONE;
    }
    buf_init(&b, STATE_BYTES_MAX);
    char *to = buf_room(&b, STATE_BYTES_MAX);
    ssize_t n = fd >= 0 && to ? pread(fd, to, STATE_BYTES_MAX, 0) : -1;
    int why = to ? errno : ENOMEM;
    if (fd >= 0) {
        close(fd);
    }
    *found = n >= 0 && understand((struct str){to, (size_t)n}, out) ? SEND_NOTE_READ
                                                                    : SEND_NOTE_DAMAGED;
    buf_free(&b);
    if (n < 0) {
        return err_set(e, ERR_IO, "%.180s cannot be read: %s", path, strerror(why));
    }
    if (*found == SEND_NOTE_DAMAGED) {
        *out = (struct send_state){0};
        beside(path, ".damaged", aside);
        (void)rename(path, aside); /* else the next note takes its place */
    }
    return ERR_NONE;
}

static enum err_code lock(struct send_note *note, struct err *e)
{
    char path[SEND_PATH_BYTES + SUFFIX_CHARS];
    beside(note->path, ".lock", path);
    note->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (note->lock_fd < 0) {
        return err_set(e, ERR_IO,
                       "%.180s cannot be opened: %s; --state names another "
                       "folder",
                       path, strerror(errno));
    }
    if (flock(note->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        return err_set(e, ERR_CONFLICT,
                       "is sent by another process already, which holds "
                       "%.160s",
                       path);
    }
    return ERR_NONE;
}

enum err_code send_state_open(const char *folder, const char *subject,
                              struct send_note *note, struct send_state *out,
                              enum send_found *found, struct err *e)
{
    char name[NAME_CHARS];
    enum err_code code = make_folder(folder, e);
    note->lock_fd = -1;
    if (code) {
        return code;
    }
    name_of(subject, name);
    int n = snprintf(note->path, sizeof note->path, "%s/%s", folder, name);
    if (n <= 0 || (size_t)n >= sizeof note->path) {
        return err_set(e, ERR_INVALID, "the path of the folder for states is too long");
    }
    code = lock(note, e);
    code = code ? code : read_state(note->path, out, found, e);
    if (code) {
        send_state_close(note);
    }
    return code;
}

void send_state_close(struct send_note *note)
{
    if (note->lock_fd >= 0) {
        close(note->lock_fd);
        note->lock_fd = -1;
    }
}
