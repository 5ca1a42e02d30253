/* wire.h - records as they go to the scoring service: what its POST /score and POST /learn
 * read back as the same records, whatever form they came in. The time is the one that was
 * understood, in UTC, so that the service need not know of time zones and odd clocks. */
#ifndef CORE_WIRE_H
#define CORE_WIRE_H

#include "fcgi/core/record.h"

/* What one POST /learn holds at most: parts of batches, records, bytes of them (no record
 * is begun beyond it), answers to incidents. What is left comes in the next. */
enum {
    WIRE_PARTS_MAX = 512,
    WIRE_RECORDS_MAX = 5000,
    WIRE_BYTES_MAX = 4 << 20,
    WIRE_ANSWERS_MAX = 100
};

/* One record as an object. Its texts may be empty or no UTF-8, as another program may have
 * changed them in the store; metadata must be JSON. */
void wire_record(struct json_out *o, const struct record *r);

#endif
