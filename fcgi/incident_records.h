/* incident_records.h - the records that an incident's reasons point to, with those of the
 * same service before and after them.
 *
 * At most POINTED_MAX are looked at, as many of each reason as there is room for, and at
 * most LISTED_MAX are listed, each once: those pointed to, then their nearest neighbours. A
 * message or metadata of more than TEXT_BYTES_MAX are cut, which is said. */
#ifndef FCGI_INCIDENT_RECORDS_H
#define FCGI_INCIDENT_RECORDS_H

#include "fcgi/base/json.h"
#include "sql/store_life.h"

enum {
    INCIDENT_POINTED_MAX = 50,
    INCIDENT_AROUND = 3, /* records of the same service, before and after */
    INCIDENT_LISTED_MAX = 200,
    INCIDENT_TEXT_BYTES_MAX = 8192
};

struct incident_record {
    int64_t id;
    int64_t previous; /* the record of its service before it; 0: none, or not known */
    bool pointed;
};

/* Ascending by id. */
struct incident_records {
    struct incident_record list[INCIDENT_LISTED_MAX];
    size_t n;
    int64_t total; /* of those that the reasons point to */
};

/* Which records the reasons point to. reasons: the column, as json_read returned it. */
void incident_records_point(struct incident_records *r, struct json_value reasons);

/* Adds what stands around them. */
enum err_code incident_records_look(struct incident_records *r, struct store *s,
                                    struct err *e) MUST_USE;

/* "records":[..],"records_total":n,"records_deleted":n: what is no longer in the store is left
 * out, and as many as were looked at of those that the reasons point to are counted. */
enum err_code incident_records_put(const struct incident_records *r, struct store *s,
                                   struct json_out *o, struct err *e) MUST_USE;

#endif
