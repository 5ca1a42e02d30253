/* options.c - see options.h. */
#include "fcgi/cli/options.h"

#include <stdio.h>
#include <string.h>

bool options_ask_help(int argc, char **argv)
{
    const char *last = argc > 1 ? argv[argc - 1] : "";
    return strcmp(last, "--help") == 0 || strcmp(last, "-h") == 0;
}

static bool is_word(const char *arg)
{
    return arg[0] != '-' || arg[1] == '\0';
}

/* The option's value, after '=' or the next argument; NULL: none. */
static char *value_of(char **argv, int argc, int *i, size_t name_n)
{
    char *after = argv[*i] + name_n;
    if (*after == '=') {
        return after + 1;
    }
    return *i + 1 < argc && is_word(argv[*i + 1]) ? argv[++*i] : NULL;
}

static enum err_code take(const struct option *o, char **argv, int argc, int *i,
                          struct words *words, struct err *e)
{
    size_t n = strlen(o->name);
    bool flag_only = o->flag && !o->text;
    if (flag_only && argv[*i][n] == '=') {
        return err_set(e, ERR_INVALID, "%s takes no value", o->name);
    }
    char *value = flag_only ? NULL : value_of(argv, argc, i, n);
    if ((value && value[0] == '\0') || (!value && !o->flag)) {
        return err_set(e, ERR_INVALID, "%s lacks its value", o->name);
    }
    if (o->flag) {
        *o->flag = true;
    }
    if (value && o->text) {
        *o->text = value;
    }
    if (value && o->word) {
        words->list[words->n++] = value; /* not before what was read */
    }
    return ERR_NONE;
}

static const struct option *find(const struct option *options, size_t n, const char *arg)
{
    for (size_t k = 0; k < n; k++) {
        size_t len = strlen(options[k].name);
        if (strncmp(arg, options[k].name, len) == 0 &&
            (arg[len] == '\0' || arg[len] == '=')) {
            return &options[k];
        }
    }
    return NULL;
}

enum err_code options_read(int argc, char **argv, const struct option *options, size_t n,
                           struct words *words, struct err *e)
{
    bool ended = false;
    *words = (struct words){argv + 1, 0};
    for (int i = 1; i < argc; i++) {
        if (ended || is_word(argv[i])) {
            words->list[words->n++] = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--") == 0) {
            ended = true;
            continue;
        }
        const struct option *o = find(options, n, argv[i]);
        if (!o) {
            return err_set(e, ERR_INVALID, "there is no option %.64s", argv[i]);
        }
        enum err_code code = take(o, argv, argc, &i, words, e);
        if (code) {
            return code;
        }
    }
    return ERR_NONE;
}

int options_usage(const char *usage, const char *wrong)
{
    const char *rest = strstr(usage, "\n\n");
    if (!wrong) {
        fputs(usage, stdout);
        return 0;
    }
    fprintf(stderr, "loganalyzer: %s\n%.*s\n--help says more\n", wrong,
            (int)(rest ? rest - usage : (long)strlen(usage)), usage);
    return 2;
}
