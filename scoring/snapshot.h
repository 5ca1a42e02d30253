/* snapshot.h - what the detector has learned, as bytes in a file, and back.
 *
 * A snapshot is one block: a mark, the format's version, the payload's length, the payload,
 * a checksum of all before it. Numbers have 8 bytes, the lowest first, on every machine.
 * A file is replaced as a whole (a new one beside it, synced, renamed), so it is the old
 * or the new one whatever happens. What does not pass the checks is not read at all. */
#ifndef SCORING_SNAPSHOT_H
#define SCORING_SNAPSHOT_H

#include "fcgi/base/buf.h"
#include "fcgi/base/err.h"

enum {
    SNAPSHOT_FORMAT = 2, /* 1: counts of minutes only */
    SNAPSHOT_BYTES_MAX = 64 << 20,
    SNAPSHOT_PATH_BYTES = 4096 + 16
};

/* --- payload --- */

void snapshot_put(struct buf *out, int64_t v);
void snapshot_put_text(struct buf *out, struct str s);

/* Reads on after the end, and of too long a text, set bad; the results are 0 and "" then.
 * Check bad before what was read is used, and left.n == 0 at the end. */
struct snapshot_in {
    struct str left;
    bool bad;
};
int64_t snapshot_get(struct snapshot_in *in, int64_t min, int64_t max);
struct str snapshot_get_text(struct snapshot_in *in, size_t bytes_max); /* a view */

/* A block of plain data, as it lies in memory, without the stretches that are zero: of use
 * only to a program with the same layout, whose size is checked. On an error block is as it
 * was. */
void snapshot_put_block(struct buf *out, const void *block, size_t n);
bool snapshot_get_block(struct snapshot_in *in, void *block, size_t n);

/* --- file --- */

/* Begins one in out, which is empty; the payload is put behind it. snapshot_write completes
 * it and writes it to path. ERR_FULL, ERR_IO, ERR_NOMEM: the old file is still there. */
void snapshot_begin(struct buf *out);
enum err_code snapshot_write(const char *path, struct buf *file, struct err *e) MUST_USE;

/* Reads the file's payload into bytes (a view into it goes to *payload). ERR_NOT_FOUND;
 * ERR_INVALID: it is damaged; ERR_CONFLICT: it is of an older format; ERR_UNSUPPORTED: of a
 * newer one, or it does not begin as a snapshot does, and is another program's; ERR_IO,
 * ERR_NOMEM. */
enum err_code snapshot_read(const char *path, struct buf *bytes, struct str *payload,
                            struct err *e) MUST_USE;

#endif
