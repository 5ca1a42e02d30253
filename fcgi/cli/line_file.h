/* line_file.h - the lines of a file, one in memory at a time; plain or compressed with gzip.
 *
 * What is said of a file names it, and the line: "history.ndjson:7: ...". */
#ifndef CLI_LINE_FILE_H
#define CLI_LINE_FILE_H

#include "fcgi/base/err.h"
#include "fcgi/cli/progress.h"

struct line_file; /* opaque */

struct line {
    char *p; /* without its end; may be changed; until the next one */
    size_t n;
};

/* path "-" is standard input. A line has at most line_max bytes. */
enum err_code line_file_open(const char *path, size_t line_max, struct line_file **out,
                             struct err *e) MUST_USE;

/* ERR_TOO_LARGE; ERR_INVALID: it is UTF-16; ERR_IO, ERR_NOMEM. */
enum err_code line_file_next(struct line_file *f, struct line *out, bool *found,
                             struct err *e) MUST_USE;

/* The last one, from 1. */
int64_t line_file_number(const struct line_file *f);

/* Puts the file's name and the last line's number before what e says; returns e->code. */
enum err_code line_file_blame(const struct line_file *f, struct err *e);

void line_file_show(struct line_file *f, struct progress *p, int64_t records);
void line_file_close(struct line_file *f); /* NULL allowed */

#endif
