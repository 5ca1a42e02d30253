/* store_imports.h - which parts of which files have been imported: verbs of store.h.
 *
 * The importer computes positions and marks (fcgi/core/import.h); the store only compares
 * them. */
#ifndef SQL_STORE_IMPORTS_H
#define SQL_STORE_IMPORTS_H

#include "fcgi/base/err.h"
#include "fcgi/core/import.h"

/* A part, on its way into the store with its records. */
struct store_import {
    struct import_position position, parent; /* where it ends and begins */
    int64_t bytes;                           /* of content up to position */
    int64_t records;
    int64_t seen; /* id of the newest part after parent that the importer knew; 0: none */
    struct str marks; /* IMPORT_MARK_BYTES a record: how the position after it begins */
    int64_t received_us;
};

enum store_import_state {
    IMPORT_ADDED,
    IMPORT_KNOWN,    /* this part is there already */
    IMPORT_OVERTAKEN /* another part after the same parent came in since: look again */
};

/* A part that is there; marks are valid until the callback returns. */
struct store_import_row {
    int64_t id;
    struct import_position position;
    int64_t bytes, records;
    struct str marks; /* empty in a list */
};
typedef void (*store_import_fn)(void *arg, const struct store_import_row *row);

/* Which parts are listed: those after parent with an id below before_id. */
struct store_import_query {
    struct import_position parent;
    int64_t before_id;
    size_t limit;
};

struct store;

/* In the transaction that stores the part's records: those belong there only if it is
 * IMPORT_ADDED. In the other two cases nothing was written. */
enum err_code store_add_import(struct store *s, const struct store_import *i,
                               enum store_import_state *state, struct err *e) MUST_USE;

/* Newest first. */
enum err_code store_list_imports(struct store *s, const struct store_import_query *q,
                                 store_import_fn fn, void *arg, struct err *e) MUST_USE;

/* The part that ends at position, with its marks; fn is not called if there is none. */
enum err_code store_find_import(struct store *s, const struct import_position *position,
                                store_import_fn fn, void *arg, struct err *e) MUST_USE;

#endif
