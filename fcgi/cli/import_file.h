/* import_file.h - one file into the server: what it has already is found, the rest sent. */
#ifndef CLI_IMPORT_FILE_H
#define CLI_IMPORT_FILE_H

#include "fcgi/cli/chunks.h"
#include "fcgi/cli/entry.h"
#include "fcgi/cli/ledger.h"
#include "fcgi/cli/progress.h"

enum {
    IMPORT_OVERTAKEN_MAX = 1000, /* times that another importer may be faster, per file */
    IMPORT_JSON_BYTES_MAX = 24 << 20, /* a part as JSON */
    IMPORT_ARENA_BYTES_MAX = 64 << 20
};

/* What the files of one call share. Zeroed, then importer_open. */
struct importer {
    struct ledger *ledger;
    struct record_limits limits;
    clock_zone_fn zone;
    const char *service; /* NULL: by the file's name */
    int64_t now_us;
    void (*incident)(void *arg, int64_t id); /* told of each that came of it */
    void *incident_arg;
    struct progress *progress;
    /* private */
    struct arena arena;
    struct buf json;
    struct ledger_list list;
    struct chunks chunks;
    uint8_t marks[CHUNK_RECORDS_MAX][IMPORT_MARK_BYTES];
};

struct import_counts {
    int64_t stored, known;
};

/* A content on its way into the server, part by part. Whoever follows a file holds one. */
struct import_run {
    struct importer *im;
    struct chunks *chunks;
    struct entry_context context;
    struct import_counts *counts;
    bool ask;         /* the server may have something that begins here */
    bool wants_more;  /* it has a part that is longer than what is on hand */
    bool refused;     /* the part on hand cannot be stored as it is: the error says why */
    const char *stub; /* not NULL: stored in place of the record on hand, the only one */
    int64_t seen;     /* what the server said last */
    size_t overtaken;
};

/* One step with the part on hand, which is not empty: passes over what the server has, or
 * sends it, and goes on behind it. ERR_INVALID: it cannot be stored. */
enum err_code import_step(struct import_run *r, struct err *e) MUST_USE;

/* Goes over what the server has of the content already, part by part, and sends nothing. */
enum err_code import_pass(struct import_run *r, struct err *e) MUST_USE;

enum err_code importer_open(struct importer *im, struct err *e) MUST_USE;
void importer_close(struct importer *im); /* a zeroed one too; not the ledger */

/* The counts are right after an error too. ERR_UPSTREAM: the server cannot be asked, so no
 * file can be imported; other errors are about this file. */
enum err_code import_file(struct importer *im, const char *path,
                          struct import_counts *counts, struct err *e) MUST_USE;

#endif
