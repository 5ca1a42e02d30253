/* backup.c - see backup.h. Both files are made beside the place where they are to be, as
 * FILE.part and FILE-model.part, and take it when they are whole. What was learned is copied
 * first: then it is of a moment before the store's, and what it lacks is learned from that. */
#include "fcgi/backup.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/config.h"
#include "fcgi/base/file.h"
#include "fcgi/base/size_text.h"
#include "fcgi/cli/options.h"
#include "sql/store.h"
#include "sql/store_backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = CONFIG_PATH_BYTES + 32, PIECE_BYTES = 64 * 1024 };
#define SAY_US CLOCK_SECOND_US

static const char USAGE[] = "usage: loganalyzer backup FILE [--force]\n"
                            "\n"
                            "makes FILE, a copy of the store (DATABASE) as it is now, "
                            "and FILE-model, one of what was\n"
                            "learned (MODEL). The server may run. The copy is checked "
                            "and on the disk when it is said\n"
                            "to be made. To put it back: README.md, \"Backup\".\n"
                            "\n"
                            "  --force  replaces a FILE that is there\n";

struct backup {
    struct config config;
    char file[PATH_BYTES], part[PATH_BYTES], model[PATH_BYTES], model_part[PATH_BYTES];
    bool force, with_model;
    int64_t said_us; /* mono */
};

/* --- looking --- */

static enum err_code set_paths(struct backup *b, const char *file, struct err *e)
{
    size_t n = strlen(file);
    if (n == 0 || n >= CONFIG_PATH_BYTES || file[n - 1] == '/') {
        return err_set(e, ERR_INVALID, "FILE must be the path of a file");
    }
    snprintf(b->file, PATH_BYTES, "%s", file);
    snprintf(b->part, PATH_BYTES, "%s.part", file);
    snprintf(b->model, PATH_BYTES, "%s-model", file);
    snprintf(b->model_part, PATH_BYTES, "%s-model.part", file);
    return ERR_NONE;
}

static bool is_same(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

/* Else the first thing that is made there fails, and it is said of that. */
static enum err_code check_folder(const struct backup *b, struct err *e)
{
    char name[FILE_FOLDER_BYTES] = "";
    struct stat st;
    bool ok = file_folder(b->file, name);
    size_t n = strlen(name);
    if (n > 1 && name[n - 1] == '/') { /* else a file of that name is "Not a directory" */
        name[n - 1] = '\0';
    }
    if (!ok || stat(name, &st) != 0) {
        return err_set(e, ERR_IO, "the folder for the copy, %s: %s%s", name,
                       strerror(errno), errno == ENOENT ? "; make it first" : "");
    }
    if (!S_ISDIR(st.st_mode)) {
        return err_set(e, ERR_INVALID, "%s is there and no folder", name);
    }
    return access(name, W_OK | X_OK) == 0
               ? ERR_NONE
               : err_set(e, ERR_IO, "the folder for the copy, %s, cannot be written: %s",
                         name, strerror(errno));
}

static enum err_code check_store(const struct config *c, struct err *e)
{
    return access(c->database, F_OK) == 0 || errno != ENOENT
               ? ERR_NONE
               : err_set(e, ERR_NOT_FOUND,
                         "there is no store yet, %s; which one it is depends on "
                         "DATABASE, and on LOGANALYZER_HOME or the folder you are in",
                         c->database);
}

static enum err_code check(const struct backup *b, struct err *e)
{
    const struct config *c = &b->config;
    struct stat st;
    if (is_same(b->file, c->database) || is_same(b->file, c->model) ||
        is_same(b->model, c->model) || is_same(b->model, c->database)) {
        return err_set(e, ERR_INVALID, "%s is the store itself, or what was learned",
                       b->file);
    }
    if (lstat(b->file, &st) != 0) {
        return errno == ENOENT ? ERR_NONE
                               : err_set(e, ERR_IO, "%s: %s", b->file, strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(e, ERR_INVALID, "%s is there and no file", b->file);
    }
    return b->force ? ERR_NONE
                    : err_set(e, ERR_CONFLICT, "%s is there already; --force replaces it",
                              b->file);
}

/* --- what was learned --- */

static enum err_code copy_bytes(int from, int to, struct err *e)
{
    static char piece[PIECE_BYTES];
    ssize_t n;
    while ((n = read(from, piece, sizeof piece)) > 0) {
        if (!file_write_all(to, (struct str){piece, (size_t)n})) {
            return err_set(e, ERR_IO, "what was learned cannot be copied: %s",
                           strerror(errno));
        }
    }
    if (n < 0 || fsync(to) != 0) {
        return err_set(e, ERR_IO, "what was learned cannot be copied: %s",
                       strerror(errno));
    }
    return ERR_NONE;
}

/* It is replaced as a whole by who writes it: what is open is of one moment. */
static enum err_code copy_model(struct backup *b, struct err *e)
{
    int from = open(b->config.model, O_RDONLY | O_CLOEXEC);
    if (from < 0 && errno == ENOENT) {
        return ERR_NONE; /* nothing was learned yet, or elsewhere */
    }
    int to = from < 0
                 ? -1
                 : open(b->model_part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    enum err_code code =
        from < 0 || to < 0
            ? err_set(e, ERR_IO, "what was learned cannot be copied: %s", strerror(errno))
            : copy_bytes(from, to, e);
    if (to >= 0) {
        close(to);
    }
    if (from >= 0) {
        close(from);
    }
    b->with_model = !code;
    return code;
}

/* --- the store --- */

static void say(void *arg, int64_t done, int64_t all, bool checking)
{
    struct backup *b = arg;
    char text[SIZE_TEXT_BYTES], of[SIZE_TEXT_BYTES];
    int64_t now_us = clock_mono_us();
    if (now_us - b->said_us < SAY_US) {
        return; /* it is quick */
    }
    b->said_us = now_us;
    fprintf(stderr, checking ? "%s of %s copied, checking\n" : "%s of %s copied\n",
            size_text(done, text), size_text(all, of));
}

static enum err_code sync_folder(const char *file, struct err *e)
{
    return file_sync_folder(file)
               ? ERR_NONE
               : err_set(e, ERR_IO, "the folder of the copy cannot be written: %s",
                         strerror(errno));
}

/* Without force nothing is replaced that has come there meanwhile. */
static enum err_code take_place(const struct backup *b, const char *part,
                                const char *file, struct err *e)
{
    int rc = b->force ? rename(part, file)
                      : renameat2(AT_FDCWD, part, AT_FDCWD, file, RENAME_NOREPLACE);
    if (rc != 0 && !b->force && errno == EINVAL) { /* the file system cannot do that */
        rc = access(file, F_OK) == 0 ? -1 : rename(part, file);
    }
    return rc == 0 ? ERR_NONE
                   : err_set(e, ERR_IO, "%s cannot be made: %s", file, strerror(errno));
}

/* A journal that is left of a copy that is replaced, or gone, would be read as the new one's. */
static enum err_code drop_journal(const struct backup *b, struct err *e)
{
    static const char *const ends[] = {"-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char path[PATH_BYTES + sizeof "-journal"];
        snprintf(path, sizeof path, "%s%s", b->file, ends[i]);
        if (unlink(path) != 0 && errno != ENOENT) {
            return err_set(e, ERR_IO, "%s cannot be removed: %s", path, strerror(errno));
        }
    }
    return ERR_NONE;
}

static enum err_code take_places(const struct backup *b, struct err *e)
{
    enum err_code code = drop_journal(b, e);
    if (!code && b->with_model) {
        /* One that is left of a copy that is gone is of no use to anybody. */
        code =
            rename(b->model_part, b->model) == 0
                ? ERR_NONE
                : err_set(e, ERR_IO, "%s cannot be made: %s", b->model, strerror(errno));
    } else if (!code) {
        unlink(b->model);
    }
    code = code ? code : take_place(b, b->part, b->file, e);
    return code ? code : sync_folder(b->file, e);
}

static enum err_code run(struct backup *b, struct store_backup *copy, struct err *e)
{
    *copy = (struct store_backup){
        .from = b->config.database, .to = b->part, .progress = say, .arg = b};
    b->said_us = clock_mono_us();
    enum err_code code = check_store(&b->config, e);
    code = code ? code : check_folder(b, e);
    code = code ? code : check(b, e);
    if (code) {
        return code;
    }
    code = copy_model(b, e);
    code = code ? code : store_backup(copy, e);
    code = code ? code : take_places(b, e);
    if (code && code != ERR_BUSY) { /* then they are another's */
        unlink(b->part);
        unlink(b->model_part);
    }
    if (access(b->config.database, F_OK) == 0) {
        store_tidy(b->config.database);
    }
    return code;
}

int backup_main(int argc, char **argv)
{
    static struct backup b;
    struct store_backup copy;
    struct words words;
    struct err e;
    char size[SIZE_TEXT_BYTES];
    const struct option options[] = {{.name = "--force", .flag = &b.force}};
    if (options_ask_help(argc, argv)) {
        return options_usage(USAGE, NULL);
    }
    if (options_read(argc, argv, options, 1, &words, &e)) {
        return options_usage(USAGE, e.msg);
    }
    if (words.n != 1) {
        return options_usage(USAGE, "backup takes one FILE");
    }
    umask(077);
    if (config_load(&b.config, &e) || set_paths(&b, words.list[0], &e) ||
        run(&b, &copy, &e)) {
        fprintf(stderr, "loganalyzer: no backup was made: %s\n", e.msg);
        return 1;
    }
    printf("%s: %lld records, %s, checked%s\n", b.file, (long long)copy.records,
           size_text(copy.bytes, size),
           b.with_model ? "; what was learned is beside it, -model" : "");
    return 0;
}
