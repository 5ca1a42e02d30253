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

enum err_code importer_open(struct importer *im, struct err *e) MUST_USE;
void importer_close(struct importer *im); /* a zeroed one too; not the ledger */

/* The counts are right after an error too. ERR_UPSTREAM: the server cannot be asked, so no
 * file can be imported; other errors are about this file. */
enum err_code import_file(struct importer *im, const char *path,
                          struct import_counts *counts, struct err *e) MUST_USE;

#endif
