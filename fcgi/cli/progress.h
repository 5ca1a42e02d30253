/* progress.h - how far an import has come: one line on the terminal, if standard error is
 * one, and numbers for people. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "fcgi/base/clock.h"

enum { PROGRESS_NUMBER_BYTES = 32, PROGRESS_NAME_BYTES = 128 };

struct progress {
    bool on, shown;
    char name[PROGRESS_NAME_BYTES]; /* of the file, for a terminal */
    int64_t started_us, next_us;
};

void progress_begin(struct progress *p, const char *path);

/* Shows it, unless that was done a moment ago. size 0: not known. */
void progress_show(struct progress *p, int64_t done, int64_t size, int64_t records);

/* Takes the line away: before anything else is printed. */
void progress_clear(struct progress *p);

/* "1,234,567" */
const char *progress_number(int64_t n, char out[static PROGRESS_NUMBER_BYTES]);

/* The end of a path, without what would move a terminal's cursor; "-" in words. */
void progress_name(const char *path, char out[static PROGRESS_NAME_BYTES]);

#endif
