/* api_keys.c - see api_keys.h. */
#include "fcgi/base/api_keys.h"

#include "fcgi/base/buf.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/file.h"
#include "fcgi/base/utf8.h"
#include "fcgi/base/visible.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 + 8 };

/* --- one line --- */

enum err_code api_keys_check_label(struct str label, struct err *e)
{
    if (label.n >= API_KEYS_LABEL_BYTES) {
        return err_set(e, ERR_INVALID, "the label has %zu bytes; it may have %d", label.n,
                       API_KEYS_LABEL_BYTES - 1);
    }
    if (utf8_valid_prefix(label) < label.n) {
        return err_set(e, ERR_INVALID, "the label is not UTF-8");
    }
    for (size_t n; label.n > 0; label = str_from(label, n)) {
        if (visible_is_hidden(utf8_decode(label, &n))) {
            return err_set(e, ERR_INVALID,
                           "the label holds a character that cannot be seen");
        }
    }
    return ERR_NONE;
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_digest(struct str s, uint8_t out[static API_KEY_DIGEST_BYTES])
{
    if (s.n != (size_t)2 * API_KEY_DIGEST_BYTES) {
        return false;
    }
    for (size_t i = 0; i < API_KEY_DIGEST_BYTES; i++) {
        int high = hex(s.p[2 * i]), low = hex(s.p[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool read_line(struct str line, struct api_key *k)
{
    struct err ignored;
    *k = (struct api_key){0};
    bool ok = api_key_id_read(str_split(&line, ' '), k->id) &&
              scope_read(str_split(&line, ' '), &k->scopes) &&
              read_digest(str_split(&line, ' '), k->digest) &&
              clock_parse(str_split(&line, ' '), &k->created_us);
    struct str label = str_trim(line);
    if (!ok || api_keys_check_label(label, &ignored)) {
        return false;
    }
    memcpy(k->label, label.n > 0 ? label.p : "", label.n);
    return true;
}

/* --- all of them --- */

const struct api_key *api_keys_find(const struct api_keys *k,
                                    const char id[static API_KEY_ID_BYTES])
{
    const struct api_key *found = NULL;
    for (size_t i = 0; i < k->n; i++) {
        if (memcmp(k->list[i].id, id, API_KEY_ID_BYTES) == 0) {
            found = &k->list[i];
        }
    }
    return found;
}

void api_keys_free(struct api_keys *k)
{
    free(k->list);
    *k = (struct api_keys){0};
}

static enum err_code add(struct api_keys *k, struct str line, int64_t number,
                         struct err *e)
{
    struct api_key one;
    if (!read_line(line, &one)) {
        return err_set(e, ERR_INVALID,
                       "the file of API keys is not understood in line %lld: id, scopes, "
                       "SHA-256, time and label must be there",
                       (long long)number);
    }
    if (k->n == API_KEYS_MAX) {
        return err_set(e, ERR_INVALID, "there are more than %d API keys", API_KEYS_MAX);
    }
    if (api_keys_find(k, one.id)) {
        return err_set(e, ERR_INVALID, "the file of API keys has %s twice", one.id);
    }
    if (!k->list) {
        k->list = calloc(API_KEYS_MAX, sizeof *k->list);
        if (!k->list) {
            return err_set(e, ERR_NOMEM, "not enough memory for the API keys");
        }
    }
    k->list[k->n++] = one;
    return ERR_NONE;
}

enum err_code api_keys_parse(struct str text, struct api_keys *out, struct err *e)
{
    *out = (struct api_keys){0};
    enum err_code code = ERR_NONE;
    for (int64_t number = 1; !code && text.n > 0; number++) {
        struct str line = str_trim(str_split(&text, '\n'));
        if (line.n > 0 && line.p[0] != '#') {
            code = add(out, line, number, e);
        }
    }
    if (code) {
        api_keys_free(out);
    }
    return code;
}

static enum err_code read_open(int fd, struct api_keys *out, struct stat *st,
                               struct err *e)
{
    if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) {
        return err_set(e, ERR_IO, "KEYS_FILE is not a file");
    }
    if (st->st_mode & (S_IWGRP | S_IWOTH)) {
        return err_set(e, ERR_INVALID,
                       "others may write to the file of API keys: chmod go-w it, and "
                       "look who has");
    }
    char *text = malloc(API_KEYS_FILE_BYTES + 1);
    if (!text) {
        return err_set(e, ERR_NOMEM, "not enough memory for the API keys");
    }
    size_t n = 0;
    ssize_t got;
    while ((got = read(fd, text + n, API_KEYS_FILE_BYTES + 1 - n)) > 0) {
        n += (size_t)got;
    }
    enum err_code code =
        got < 0 ? err_set(e, ERR_IO, "the file of API keys cannot be read: %s",
                          strerror(errno))
        : n > API_KEYS_FILE_BYTES
            ? err_set(e, ERR_INVALID, "the file of API keys is larger than %d bytes",
                      API_KEYS_FILE_BYTES)
            : api_keys_parse((struct str){text, n}, out, e);
    free(text);
    return code;
}

enum err_code api_keys_load(const char *path, struct api_keys *out, struct stat *st,
                            struct err *e)
{
    *out = (struct api_keys){0};
    *st = (struct stat){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return errno == ENOENT
                   ? ERR_NONE
                   : err_set(e, ERR_IO, "the file of API keys cannot be opened: %s",
                             strerror(errno));
    }
    enum err_code code = read_open(fd, out, st, e);
    close(fd);
    return code;
}

/* --- storing --- */

static void put(struct buf *b, const struct api_key *k)
{
    char names[SCOPE_NAMES_BYTES], when[CLOCK_TEXT_BYTES];
    scope_names(k->scopes, ",", names);
    buf_fmt(b, "%s %s ", k->id, names);
    for (size_t i = 0; i < API_KEY_DIGEST_BYTES; i++) {
        buf_fmt(b, "%02x", k->digest[i]);
    }
    buf_byte(b, ' ');
    buf_str(b, clock_format(k->created_us, when));
    buf_fmt(b, " %s\n", k->label);
}

/* Root writes for the user who reads: the owner of what was there, else of the folder. */
static bool give_to_owner(int fd, const char *path, const char *folder)
{
    struct stat st;
    if (geteuid() != 0 || (stat(path, &st) != 0 && stat(folder, &st) != 0)) {
        return true;
    }
    return fchown(fd, st.st_uid, st.st_gid) == 0;
}

static bool replace(const char *path, const struct buf *b)
{
    char fresh[PATH_BYTES], folder[FILE_FOLDER_BYTES];
    int n = snprintf(fresh, sizeof fresh, "%s-new", path);
    if (n < 0 || (size_t)n >= sizeof fresh) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (!file_folder(path, folder)) {
        return false;
    }
    unlink(fresh); /* of one that was interrupted */
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && give_to_owner(fd, path, folder) &&
              file_write_all(fd, buf_view(b)) && fsync(fd) == 0 &&
              rename(fresh, path) == 0 && file_sync_folder(path);
    int why = errno;
    if (fd >= 0) {
        close(fd);
        if (!ok) {
            unlink(fresh);
        }
    }
    errno = why;
    return ok;
}

enum err_code api_keys_store(const char *path, const struct api_keys *k, struct err *e)
{
    struct buf b;
    buf_init(&b, API_KEYS_FILE_BYTES);
    buf_str(&b, STR("# API keys of System Logs Analyzer: id, scopes, SHA-256 of the key, "
                    "made at, label. loganalyzer key --help\n"));
    for (size_t i = 0; i < k->n; i++) {
        put(&b, &k->list[i]);
    }
    enum err_code code =
        b.failed ? err_set(e, ERR_NOMEM, "not enough memory for the API keys")
        : replace(path, &b)
            ? ERR_NONE
            : err_set(e, ERR_IO, "the file of API keys cannot be written: %s",
                      strerror(errno));
    buf_free(&b);
    return code;
}
