/* wire.h - records as they go to the scoring service: what its POST /score and POST /learn
 * read back as the same records, whatever form they came in. The time is the one that was
 * understood, in UTC, so that the service need not know of time zones and odd clocks. */
#ifndef CORE_WIRE_H
#define CORE_WIRE_H

#include "fcgi/core/record.h"

/* One record as an object. Its texts may be empty or no UTF-8, as another program may have
 * changed them in the store; metadata must be JSON. */
void wire_record(struct json_out *o, const struct record *r);

#endif
