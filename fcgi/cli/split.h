/* split.h - where the records of a file's content begin and end. Pure.
 *
 * LINES: a line and those that continue it (fcgi/core/lines.h). JOURNAL: the entries of
 * `journalctl -o export`, KEY=value lines, or KEY and a binary value, up to an empty line.
 * JSON: the elements of an array, or objects that span several lines, one after the other;
 * an object a line is LINES, so that a line that is not JSON does not end all. */
#ifndef CLI_SPLIT_H
#define CLI_SPLIT_H

#include "fcgi/base/str.h"

enum {
    SPLIT_RECORD_BYTES_MAX = 1 << 20
}; /* made of several lines; a line may be longer */

enum split_kind { SPLIT_LINES, SPLIT_JOURNAL, SPLIT_JSON };

struct split {
    enum split_kind kind;
    struct str left;
    bool more;             /* there is content after left */
    struct str w3c_fields; /* see lines.h; empty: none came */
};

struct piece {
    struct str text; /* the record; a view of left */
    bool whole;      /* false: the content ends before it is known to be complete */
};

/* A binary value in the journal's export format has its length before it, in so many bytes,
 * little endian. */
enum { JOURNAL_SIZE_BYTES = 8 };
uint64_t journal_size(const char p[static JOURNAL_SIZE_BYTES]);

/* Which kind a content is that begins with head. */
enum split_kind split_sniff(struct str head);

/* The next record; left then begins after it. False at the end, or if more is set and it
 * cannot be told yet where the record ends. */
bool split_next(struct split *s, struct piece *out);

#endif
