/* imports.h - GET and POST /imports: parts of files, so that importing one again stores
 * nothing twice (sql/store_imports.h).
 *
 * POST: the first line of the body is the part, {"after":..,"position":..,"bytes":..,
 * "seen":..,"marks":..}, positions and marks as hex; what follows are its records, as for
 * POST /ingest. GET: ?after=POSITION lists the parts that begin there, newest first;
 * ?position=POSITION is the one that ends there, with its marks. */
#ifndef FCGI_IMPORTS_H
#define FCGI_IMPORTS_H

#include "fcgi/jobs/shared_reader.h"
#include "fcgi/web/router.h"
#include "sql/store_imports.h"

enum { IMPORTS_LISTED_MAX = 256, IMPORTS_RECORDS_MAX = 10000 };

/* in: a reader of ingest's own. */
enum err_code imports_get(struct shared_reader *in, const struct request *req,
                          struct response *resp, struct err *e) MUST_USE;

/* Reads the part that req sends into *part, in the request's arena; *records becomes the
 * same request with only the records in its body. ERR_INVALID, ERR_NOMEM. */
enum err_code imports_read(const struct request *req, struct store_import *part,
                           struct request *records, struct err *e) MUST_USE;

/* How many records the body was found to have: does it agree with the part? Sets it. */
enum err_code imports_check(struct store_import *part, size_t records,
                            struct err *e) MUST_USE;

/* The reply to a part that was there already: nothing was stored. */
void imports_put_duplicate(struct response *resp);

#endif
