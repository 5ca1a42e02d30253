/* import.h - positions in the contents of files: what the importer and the store agree on.
 *
 * A file's content is imported in parts. The position after a part is the SHA-256 of the
 * content from its very beginning up to there, so that it does not matter what the file is
 * called, whether it is compressed, or how much has come to it. A mark is how the position
 * after one record begins. Both are written as lower-case hex. */
#ifndef CORE_IMPORT_H
#define CORE_IMPORT_H

#include "fcgi/base/json.h"

enum { IMPORT_POSITION_BYTES = 32, IMPORT_MARK_BYTES = 8 };

struct import_position {
    uint8_t b[IMPORT_POSITION_BYTES];
};

bool import_position_eq(const struct import_position *a, const struct import_position *b);

/* A member whose value is n bytes as hex, into an object that the caller has opened. */
void import_put_hex(struct json_out *o, const char *key, const void *bytes, size_t n);

/* Exactly n bytes from hex of any case; false if it is not that. */
bool import_read_hex(struct str hex, void *to, size_t n);

#endif
