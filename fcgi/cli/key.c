/* key.c - see key.h. Works on the file of keys itself (base/api_keys.h), so the server need
 * not run, and one that runs notices. */
#include "fcgi/cli/key.h"

#include "fcgi/base/api_keys.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/config.h"
#include "fcgi/base/file.h"
#include "fcgi/cli/options.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char USAGE[] =
    "usage: loganalyzer key add [--scope SCOPES] [--label TEXT]\n"
    "       loganalyzer key list\n"
    "       loganalyzer key revoke ID\n"
    "\n"
    "add     makes an API key and prints it: this once, as only its digest is kept\n"
    "list    id, scopes, when it was made, label of each\n"
    "revoke  takes a key away: it is refused from the next request on\n"
    "\n"
    "  --scope SCOPES  what it may do, several with a comma between; without it: ingest\n"
    "      ingest  post records (/ingest, /imports)\n"
    "      read    read all that the server tells\n"
    "      admin   all of it, also answer incidents and say what is normal\n"
    "      score   ask the scoring service; of SCORE_KEY\n"
    "  --label TEXT    whose it is, at most 64 bytes\n"
    "\n"
    "As soon as there is a key, each request needs one, sent as Authorization: Bearer "
    "KEY.\n";

struct call {
    const char *scope, *label, *id;
    char path[CONFIG_PATH_BYTES];
    bool has_service; /* ML_URL is set */
    int lock;
};

/* --- the file --- */

/* Of two calls at once one waits: the lock is the folder's. */
static enum err_code lock_folder(struct call *c, struct err *e)
{
    char folder[FILE_FOLDER_BYTES];
    c->lock = file_folder(c->path, folder)
                  ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                  : -1;
    return c->lock >= 0 && flock(c->lock, LOCK_EX) == 0
               ? ERR_NONE
               : err_set(e, ERR_IO, "the folder of KEYS_FILE cannot be opened");
}

static enum err_code load(const struct call *c, struct api_keys *keys, struct err *e)
{
    struct stat st;
    return api_keys_load(c->path, keys, &st, e);
}

/* --- add --- */

static void explain(const struct call *c, const struct api_key *k, bool first)
{
    char names[SCOPE_NAMES_BYTES];
    scope_names(k->scopes, ",", names);
    fprintf(
        stderr,
        "The key %s, scope %s, is the line on standard output. It is not shown again.\n",
        k->id, names);
    if (first) {
        fprintf(
            stderr,
            "It is the first one in %s: from now on\neach request needs a key, also from "
            "this machine. The page asks for one; import, send, notify and demo take "
            "theirs from API_KEY%s.\n",
            c->path,
            c->has_service ? ",\nand the backend the one for the scoring service from "
                             "SCORE_KEY"
                           : "");
    }
}

static enum err_code fill(const struct call *c, const char *text, struct api_key *k,
                          struct err *e)
{
    struct str label = str_trim(str_of(c->label));
    *k = (struct api_key){.created_us = clock_now_us()};
    if (!scope_read(str_of(c->scope), &k->scopes)) {
        return err_set(e, ERR_INVALID,
                       "--scope must be one or several of ingest, read, admin and score, "
                       "with a comma between");
    }
    enum err_code code = api_keys_check_label(label, e);
    if (code) {
        return code;
    }
    memcpy(k->label, label.n > 0 ? label.p : "", label.n);
    api_key_digest(str_of(text), k->digest);
    return api_key_read(str_of(text), k->id)
               ? ERR_NONE
               : err_set(e, ERR_BUG, "a key was made that is none");
}

static enum err_code add(struct call *c, struct err *e)
{
    static struct api_key list[API_KEYS_MAX];
    char text[API_KEY_TEXT_BYTES];
    struct api_keys old;
    struct api_keys fresh = {list, 0};
    enum err_code code = load(c, &old, e);
    code = code ? code : api_key_make(text, e);
    if (!code && old.n == API_KEYS_MAX) {
        code =
            err_set(e, ERR_INVALID, "there are %d keys, as many as may be", API_KEYS_MAX);
    }
    if (!code) {
        memcpy(list, old.n > 0 ? old.list : list, old.n * sizeof *list);
        fresh.n = old.n + 1;
        code = fill(c, text, &list[old.n], e);
    }
    code = code ? code : api_keys_store(c->path, &fresh, e);
    if (!code) {
        puts(text);
        explain(c, &list[old.n], old.n == 0);
    }
    api_keys_free(&old);
    return code;
}

/* --- list, revoke --- */

static enum err_code list_all(struct call *c, struct err *e)
{
    struct api_keys keys;
    enum err_code code = load(c, &keys, e);
    if (code) {
        return code;
    }
    for (size_t i = 0; i < keys.n; i++) {
        char names[SCOPE_NAMES_BYTES], when[CLOCK_TEXT_BYTES];
        scope_names(keys.list[i].scopes, ",", names);
        struct str made = clock_format(keys.list[i].created_us, when);
        printf("%s  %-23s  %.*s  %s\n", keys.list[i].id, names, STR_ARGS(made),
               keys.list[i].label);
    }
    if (keys.n == 0) {
        fprintf(stderr, "There is no key.\n");
    }
    api_keys_free(&keys);
    return ERR_NONE;
}

static enum err_code take_away(struct call *c, struct err *e)
{
    struct api_keys keys;
    char id[API_KEY_ID_BYTES];
    struct str text = str_of(c->id);
    bool named = api_key_id_read(text, id) || api_key_read(text, id);
    enum err_code code = load(c, &keys, e);
    const struct api_key *k = !code && named ? api_keys_find(&keys, id) : NULL;
    if (!code && !k) {
        code = err_set(e, ERR_NOT_FOUND,
                       "there is no key %.64s; loganalyzer key list "
                       "shows which there are",
                       named ? id : "of this id");
    }
    if (!code) {
        size_t at = (size_t)(k - keys.list);
        memmove(&keys.list[at], &keys.list[at + 1],
                (keys.n - at - 1) * sizeof keys.list[0]);
        keys.n--;
        code = api_keys_store(c->path, &keys, e);
    }
    if (!code && keys.n == 0) {
        fprintf(stderr,
                "It was the last one: without a key, this machine itself is served "
                "again (and all with ALLOW_ANONYMOUS=1).\n");
    }
    api_keys_free(&keys);
    return code;
}

/* --- the verb --- */

static enum err_code begin(struct call *c, struct err *e)
{
    static struct config config;
    enum err_code code = config_load(&config, e);
    if (code) {
        return code;
    }
    memcpy(c->path, config.keys_file, sizeof c->path);
    c->has_service = config.ml_url[0] != '\0';
    return lock_folder(c, e);
}

int key_main(int argc, char **argv)
{
    static struct call c = {.scope = "ingest", .label = "", .lock = -1};
    const char *scope = NULL, *label = NULL;
    struct option options[] = {{"--scope", NULL, &scope, false},
                               {"--label", NULL, &label, false}};
    struct words words;
    struct err e;
    enum err_code (*verb)(struct call *, struct err *) = NULL;
    if (options_ask_help(argc, argv)) {
        return options_usage(USAGE, NULL);
    }
    if (options_read(argc, argv, options, 2, &words, &e)) {
        return options_usage(USAGE, e.msg);
    }
    const char *word = words.n > 0 ? words.list[0] : "";
    if (words.n == 1 && strcmp(word, "add") == 0) {
        verb = add;
    } else if (words.n == 1 && strcmp(word, "list") == 0) {
        verb = list_all;
    } else if (words.n == 2 && strcmp(word, "revoke") == 0) {
        verb = take_away;
        c.id = words.list[1];
    }
    if (!verb || (verb != add && (scope || label))) {
        return options_usage(USAGE, "say add, list, or revoke and an id");
    }
    c.scope = scope ? scope : c.scope;
    c.label = label ? label : c.label;
    enum err_code code = begin(&c, &e);
    code = code ? code : verb(&c, &e);
    if (c.lock >= 0) {
        close(c.lock);
    }
    if (code) {
        fprintf(stderr, "loganalyzer: %s\n", e.msg);
    }
    return code ? 1 : 0;
}
