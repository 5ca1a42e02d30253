/* chunks.h - a file's content in parts, for the ledger of imports (fcgi/core/import.h).
 *
 * A part ends after CHUNK_RECORDS_MAX records or before it would pass CHUNK_BYTES_MAX, by
 * the content alone, so that everybody who starts at the same place cuts the same parts. A
 * record that the content ends in is a part by itself: if it has grown later, no other
 * record is in that part.
 *
 * What is followed while it grows (send_file.h, send_journal.h) has its own reader, which
 * fills the window and calls chunks_cut: positions are then counted from a place that the
 * reader has set. */
#ifndef CLI_CHUNKS_H
#define CLI_CHUNKS_H

#include "fcgi/base/buf.h"
#include "fcgi/base/err.h"
#include "fcgi/cli/content.h"
#include "fcgi/cli/digest.h"
#include "fcgi/cli/split.h"

enum {
    CHUNK_RECORDS_MAX = 1000,
    CHUNK_BYTES_MAX = 512 * 1024,
    CHUNK_RECORD_BYTES_MAX = 1 << 20, /* a longer one ends the import of its file */
    CHUNK_FIELDS_BYTES = 1024,        /* names of a W3C log's columns; longer: not kept */
    CHUNK_WINDOW_BYTES = 2 << 20      /* a part, and any record that begins in it */
};

/* The next part; the texts are valid until chunks_skip or chunks_close. */
struct chunk {
    size_t n; /* 0: the content is at its end */
    struct str records[CHUNK_RECORDS_MAX];
    size_t
        ends[CHUNK_RECORDS_MAX]; /* where each ends, counted from the part's beginning */
    uint8_t marks[CHUNK_RECORDS_MAX][IMPORT_MARK_BYTES];
    struct import_position position; /* after the part */
    bool last;                       /* no whole record comes after it */
    bool whole; /* its last record is known to be complete, and no piece of one */
    bool piece; /* it is a piece of a record that is too long */
};

struct chunks {
    struct content *content;
    enum split_kind kind;
    struct import_position here; /* where the next part begins; at first a digest of the
                                  * first line, so that not all files begin alike */
    /* private */
    struct buf window;
    size_t at;      /* in the window: where the next part begins */
    int64_t offset; /* in the content: the same */
    int64_t line;   /* number of the line there, from 1 */
    struct digest before;
    bool at_end;
    char w3c_fields[CHUNK_FIELDS_BYTES]; /* of the part on hand; "": not known */
    struct err broken;                   /* code set: the content ends with this error */
    struct chunk chunk;
    /* for what is followed: all zero for a file that is imported */
    bool follows;       /* somebody who knew a beginning, whichever, may go on there */
    size_t piece_max;   /* a longer record is handed out in pieces; 0: it is refused */
    bool by_cursor;     /* the journal: a position is that of the last entry's cursor, and
                       * bytes are counted as entries */
    struct digest seed; /* what comes before a cursor in its digest */
};

/* Opens path. ERR_INVALID: not a file that can be imported, says why. An empty file is
 * one. The struct is large; it must be zeroed. */
enum err_code chunks_open(const char *path, struct chunks *c, struct err *e) MUST_USE;
void chunks_close(struct chunks *c); /* a zeroed one too */

/* Cuts the next part into c->chunk, from where the last skip has led. ERR_INVALID: a record
 * is too long; ERR_IO: the content is broken here (what was good has been handed out). */
enum err_code chunks_next(struct chunks *c, struct err *e) MUST_USE;

/* The same of what is in the window; more may come to it unless at_end is set: then n == 0
 * may also mean that no record is known to be complete. */
enum err_code chunks_cut(struct chunks *c, struct err *e) MUST_USE;

/* Leaves only the first n records in the part on hand. */
void chunks_shorten(struct chunks *c, size_t n);

/* Goes over so many bytes without looking for records. False: the content ends before. */
bool chunks_pass(struct chunks *c, int64_t bytes);

/* Is a content that begins with head compressed, or else no text? ERR_INVALID: what to do. */
enum err_code chunks_refuse_packed(struct str head, struct err *e) MUST_USE;

/* Where the part on hand ends, counted from the content's beginning. */
int64_t chunks_end(const struct chunks *c);

/* The position after an entry of the journal; false: it has no cursor. */
bool chunks_cursor(struct str entry, struct str *cursor);

/* Does the content have `position` at so many bytes from its beginning, at a place where it
 * may be gone on from? *skip: how many bytes of the part on hand, or after it, that is. */
bool chunks_holds(struct chunks *c, const struct import_position *position, int64_t bytes,
                  size_t *skip);

/* Goes on n bytes further: a record's end, or what chunks_holds said. */
void chunks_skip(struct chunks *c, size_t n);

/* The number of the line in which the chunk's record i begins, from 1. */
int64_t chunks_line(const struct chunks *c, size_t i);

#endif
