/* incident_print.h - an incident as JSON, as the list and the single one have it. */
#ifndef FCGI_INCIDENT_PRINT_H
#define FCGI_INCIDENT_PRINT_H

#include "fcgi/base/json.h"
#include "sql/store_incidents.h"

/* So many ids of records are listed with an incident; the store has the others. */
enum { INCIDENT_LOG_IDS_MAX = 100 };

struct incident_print {
    struct json_out out;
    struct buf scratch; /* its own */
    int64_t now_us;
};

void incident_print_begin(struct incident_print *p, struct buf *to, int64_t now_us);
void incident_print_end(struct incident_print *p);

/* All members of the incident, without its braces: more may follow. */
void incident_print_members(struct incident_print *p, const struct store_incident_row *r);

/* "key":"2026-..." or null if us is 0. */
void incident_print_time(struct json_out *o, const char *key, int64_t us);

/* "next": the cursor of a list that goes on after this id; null if it is 0. */
void incident_print_next(struct json_out *o, int64_t last_id);

/* A column that holds JSON. Another program can have written to the store, so it is checked,
 * in a copy, which *out points into until the next call. False: it is none. */
bool incident_print_read(struct incident_print *p, struct str text,
                         struct json_value *out);

#endif
