/* ledger.h - the conversation with a server about what it has of a file: GET and POST
 * /imports (fcgi/imports.h).
 *
 * A part may be sent as often as it takes: the server stores it once. So when it is busy,
 * restarts or does not answer, the request is made again, for at most patience_s seconds;
 * only a server that has not answered once is given up at once, unless may_start_later. */
#ifndef CLI_LEDGER_H
#define CLI_LEDGER_H

#include "fcgi/base/buf.h"
#include "fcgi/base/err.h"
#include "fcgi/core/import.h"

enum {
    LEDGER_ROWS_MAX = 4096, /* parts that begin at one place */
    LEDGER_URL_BYTES = 2048,
    LEDGER_WAIT_MAX_S = 30, /* one wait, whatever Retry-After says */
    LEDGER_PATIENCE_S = 60,
    LEDGER_FOREVER_S = INT32_MAX
};

struct ledger_row {
    int64_t id, bytes, records;
    struct import_position position;
};

/* The parts that begin at a position. */
struct ledger_list {
    struct ledger_row *rows; /* LEDGER_ROWS_MAX */
    size_t n;
    int64_t seen; /* id of the newest; 0: none */
};

/* A part to be stored. */
struct ledger_part {
    struct import_position parent, position;
    int64_t bytes, seen;
    const uint8_t *marks;
    size_t n;           /* records */
    struct str records; /* the JSON that is posted */
};

enum ledger_answer { LEDGER_STORED, LEDGER_KNOWN, LEDGER_OVERTAKEN, LEDGER_REFUSED };

struct ledger_result {
    enum ledger_answer answer;
    int64_t incident_id; /* 0: none */
    int64_t index;       /* REFUSED: the record at fault; -1: none */
    char why[512];       /* REFUSED: what the server said */
};

struct ledger_options {
    const char *url;         /* "http://host:port/prefix" */
    const char *unix_socket; /* NULL: none */
    const char *key;         /* API key; must stay. NULL or "": none */
    int64_t patience_s;
    bool may_start_later; /* a server that has never answered is waited for, too */
    /* Says why there is a wait, and returns when it is over; false: it is given up. */
    bool (*wait)(const char *why, int64_t seconds);
};

struct ledger; /* opaque */

enum err_code ledger_open(const struct ledger_options *o, struct ledger **out,
                          struct err *e) MUST_USE;
void ledger_close(struct ledger *l); /* NULL allowed */

/* ERR_UPSTREAM: no answer in time, or one that is not from our server. ERR_TOO_LARGE: more
 * than LEDGER_ROWS_MAX parts begin there. */
enum err_code ledger_list(struct ledger *l, const struct import_position *after,
                          struct ledger_list *out, struct err *e) MUST_USE;

/* The marks of the part that ends at position, at most max of them; *n of them are there. */
enum err_code ledger_marks(struct ledger *l, const struct import_position *position,
                           uint8_t (*marks)[IMPORT_MARK_BYTES], size_t max, size_t *n,
                           struct err *e) MUST_USE;

enum err_code ledger_post(struct ledger *l, const struct ledger_part *part,
                          struct ledger_result *out, struct err *e) MUST_USE;

#endif
