/* content.h - the bytes of a file that is imported, decompressed on the way.
 *
 * A .gz is known by its first bytes, not by its name; one of several members is read to
 * its end. Any file that can be read from its beginning will do, a pipe too. */
#ifndef CLI_CONTENT_H
#define CLI_CONTENT_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

struct content; /* opaque */

/* path "-" is standard input. ERR_INVALID says why the file cannot be read. */
enum err_code content_open(const char *path, struct content **out,
                           struct err *e) MUST_USE;

/* At most n bytes to `to`; *got is 0 only at the end. ERR_IO: the compressed data ends too
 * early or is damaged, or the disk fails; what came before was good. */
enum err_code content_read(struct content *c, char *to, size_t n, size_t *got,
                           struct err *e) MUST_USE;

/* How many bytes of the file itself have been read, and how many it has; size 0: not
 * known. */
int64_t content_done(struct content *c);
int64_t content_size(const struct content *c);

/* When the file was last changed, by its own time stamp; 0 if it has none. */
int64_t content_changed_us(const struct content *c);

void content_close(struct content *c); /* NULL allowed */

#endif
