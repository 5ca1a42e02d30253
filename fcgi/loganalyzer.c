/* loganalyzer.c - the command line tool. */
#include "fcgi/backup.h"
#include "fcgi/base/api_keys.h"
#include "fcgi/base/config.h"
#include "fcgi/base/file.h"
#include "fcgi/cli/demo.h"
#include "fcgi/cli/import.h"
#include "fcgi/cli/key.h"
#include "fcgi/cli/notify.h"
#include "fcgi/cli/send.h"
#include "fcgi/web/frontend.h"
#include "scoring/evaluate.h"
#include "scoring/model_file.h"
#include "scoring/train.h"
#include "sql/store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct verb {
    const char *name;
    int (*fn)(int argc, char **argv); /* argv[0] is the verb */
    bool has_arguments;
    const char *help;
};

static int fail(const struct err *e)
{
    fprintf(stderr, "loganalyzer: %s\n", e->msg);
    return 1;
}

static int print_config(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    struct config c;
    struct err e;
    if (config_load(&c, &e)) {
        return fail(&e);
    }
    config_print(&c, stdout);
    return 0;
}

/* path is absolute. */
static enum err_code check_folder(const char *setting, const char *path, struct err *e)
{
    char folder[FILE_FOLDER_BYTES] = "";
    return file_folder(path, folder) && access(folder, W_OK | X_OK) == 0
               ? ERR_NONE
               : err_set(e, ERR_IO, "%s is %s, but no file can be made in %s: %s",
                         setting, path, folder, strerror(errno));
}

static enum err_code check_store(const char *path, struct err *e)
{
    enum err_code code = store_check(path, e);
    struct err why = *e;
    return code == ERR_DOWN
               ? err_set(e, code, "%s: %s; README, Backup, says what can be done", path,
                         why.msg)
               : code;
}

/* Of the halves that are started, the backend has the store, and who scores has MODEL. */
static enum err_code check_files(const struct config *c, struct err *e)
{
    struct api_keys keys;
    struct stat st;
    enum err_code code = api_keys_load(c->keys_file, &keys, &st, e);
    api_keys_free(&keys);
    if (!code && c->half != HALF_ML_SERVICE) {
        code = check_folder("DATABASE", c->database, e);
        code = code ? code : check_store(c->database, e);
    }
    if (c->half != HALF_BACKEND || !c->ml_url[0]) {
        code = code ? code : check_folder("MODEL", c->model, e);
        code = code ? code : model_file_check(c->model, e);
    }
    return code;
}

static int check(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    struct config c;
    struct err e;
    if (config_load(&c, &e) || frontend_check(&c, &e) || check_files(&c, &e)) {
        return fail(&e);
    }
    return 0;
}

static int print_lighttpd(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    struct config c;
    struct err e;
    if (config_load(&c, &e) || frontend_lighttpd(&c, stdout, &e)) {
        return fail(&e);
    }
    return 0;
}

static const struct verb verbs[] = {
    {"config", print_config, false, "print every setting with its value and meaning"},
    {"check", check, false,
     "can it start? settings, ports, store and model are looked at"},
    {"lighttpd", print_lighttpd, false,
     "make RUN_DIR and print what lighttpd.conf includes"},
    {"import", import_main, true, "send log files to the server, each record once"},
    {"send", send_main, true, "follow log files or the journal, and send what is new"},
    {"train", train_main, true,
     "make a model of the detector from times when all was well"},
    {"evaluate", evaluate_main, true,
     "what a model says of batches, or of what is stored"},
    {"notify", notify_main, true,
     "send a test message to those who are told of incidents"},
    {"backup", backup_main, true, "make a copy of the store, also of one that is in use"},
    {"key", key_main, true, "make, list and take away API keys"},
    {"demo", demo_main, true, "send a made-up week of a small host, with faults in it"},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc >= 2 && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0 &&
            (argc == 2 || verbs[i].has_arguments)) {
            return verbs[i].fn(argc - 1, argv + 1);
        }
    }
    bool asked = argc == 2 && strcmp(argv[1], "help") == 0;
    FILE *to = asked ? stdout : stderr;
    fprintf(to, "usage: loganalyzer VERB [ARGUMENTS]\n");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].help);
    }
    return asked ? 0 : 2;
}
