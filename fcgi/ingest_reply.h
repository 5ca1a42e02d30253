/* ingest_reply.h - the reply to POST /ingest, for one who knows all that it says. */
#ifndef FCGI_INGEST_REPLY_H
#define FCGI_INGEST_REPLY_H

#include "fcgi/core/batch.h"
#include "fcgi/core/features.h"
#include "fcgi/core/verdict.h"

enum { INGEST_REJECTED_LISTED_MAX = 100 };

struct ingest_reply {
    const struct batch *batch;
    const struct features *features;
    const struct verdict *verdict; /* NULL: not scored */
    const char *scorer;
    bool lenient; /* what was left out is told, the first INGEST_REJECTED_LISTED_MAX */
    double threshold;
    int64_t incident_id;  /* 0: none */
    int64_t first_log_id; /* of the batch's first record; 0: no record was stored */
};

/* Appends it to *out, JSON. */
void ingest_reply_print(const struct ingest_reply *r, struct buf *out);

#endif
