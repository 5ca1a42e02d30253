/* options.h - the arguments of a verb: flags, --name VALUE or --name=VALUE, and words. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

/* With flag alone it takes no value; with text alone it must have one; with both the value
 * may be left out, where no word follows. A word option's values are words, too. */
struct option {
    const char *name; /* "--model" */
    bool *flag;       /* set to true: it is there */
    const char **text;
    bool word;
};

/* What is no option, "-" too, in turn: in argv itself. */
struct words {
    char **list;
    int n;
};

/* Is --help or -h the last word? Also after others: "key add --help". */
bool options_ask_help(int argc, char **argv);

/* Reads argv[1..], which is changed. After "--" all are words. ERR_INVALID says what is
 * wrong with the call. */
enum err_code options_read(int argc, char **argv, const struct option *options, size_t n,
                           struct words *words, struct err *e) MUST_USE;

/* usage: synopsis, an empty line, the rest. wrong NULL: it was asked for, all of it is
 * printed. Else what is wrong, and the synopsis, to standard error. The exit status. */
int options_usage(const char *usage, const char *wrong);

#endif
