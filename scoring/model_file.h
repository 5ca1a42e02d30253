/* model_file.h - a file that holds all that a detector has learned, and of which store and
 * how much of it. MODEL is one, and what `loganalyzer train` makes (MODEL with "-trained"
 * after its name, where the running owner of MODEL takes it up).
 *
 * A file is written beside its place, synced and renamed, so it is the old or the new one
 * whatever happens. What does not pass the checks (mark, format, length, checksum, layout)
 * is not read at all. The detector's part is as it lies in memory: only a program with the
 * same layout, on a machine with the same byte order, reads it. */
#ifndef SCORING_MODEL_FILE_H
#define SCORING_MODEL_FILE_H

#include "fcgi/base/random_id.h"
#include "scoring/detector.h"

#define MODEL_FILE_TRAINED  "-trained"         /* after MODEL's name: to be taken up */
#define MODEL_FILE_TAKEN    "-trained-taken"   /* it was */
#define MODEL_FILE_REFUSED  "-trained-refused" /* it could not be */
#define MODEL_FILE_REPLACED "-replaced"        /* what there was before it was */

struct model_file_head {
    char store[RANDOM_ID_BYTES]; /* id of the store that was learned from; "": of none */
    /* All batches of it with a lower id are learned, and so many records of this one. */
    int64_t batch, records;
    struct str state; /* what state.c keeps beside the detector; empty if trained */
};

/* Writes d to path. For who has the detector for itself. ERR_FULL, ERR_IO, ERR_NOMEM: what
 * was at path is still there. */
enum err_code model_file_write(const char *path, struct detector *d,
                               const struct model_file_head *head,
                               struct err *e) MUST_USE;

/* Reads path into d: version, time of training and all. head->state is empty. On an error d
 * is as it was: see model_file_open. */
enum err_code model_file_read(const char *path, struct detector *d,
                              struct model_file_head *head, struct err *e) MUST_USE;

/* Can an owner of MODEL begin with what is at path, or anew? It says what is in the way. */
enum err_code model_file_check(const char *path, struct err *e) MUST_USE;

/* --- in steps, for who shares the detector --- */

/* Copies all into out, which buf_init(out, SNAPSHOT_BYTES_MAX) has made: learning has to be
 * kept out, scoring goes on. model_file_save writes it to path. */
void model_file_put(struct buf *out, struct detector *d,
                    const struct model_file_head *head);
enum err_code model_file_save(const char *path, struct buf *file, struct err *e) MUST_USE;

struct model_file {
    struct model_file_head head; /* its state is a view into bytes */
    struct str detector;
    struct buf bytes;
};

/* Reads and checks path. ERR_NOT_FOUND; ERR_INVALID: it is damaged; ERR_CONFLICT: ours, but
 * of an older format or of another layout; ERR_UNSUPPORTED: of a newer format, or not ours
 * at all; ERR_IO, ERR_NOMEM. model_file_close follows, whatever it returned. */
enum err_code model_file_open(const char *path, struct model_file *f,
                              struct err *e) MUST_USE;
enum err_code model_file_load(const struct model_file *f, struct detector *d,
                              struct err *e) MUST_USE; /* ERR_INVALID: d is as it was */
void model_file_close(struct model_file *f);

#endif
