/* raised.h - incidents that would be opened and extended, kept in memory and not in the
 * store, but grouped as the writer groups them (fcgi/core/incident.h). */
#ifndef SCORING_RAISED_H
#define SCORING_RAISED_H

#include "fcgi/core/incident.h"

enum { RAISED_MAX = 100000 }; /* incidents */

struct raised_incident {
    struct incident core; /* its id counts from 1 */
    char *service;        /* "": several or none */
    char *sentence;       /* of its worst occurrence */
};

struct raised_key {
    uint64_t hash;
    int64_t incident_id;
    bool own;                  /* by which it was opened: the incident's times count */
    int64_t first_us, last_us; /* else those of what came under it */
};

/* Zeroed is empty. */
struct raised {
    struct raised_incident *incident;
    size_t n, cap;
    struct raised_key *key;
    size_t keys_n, keys_cap;
};

/* o is over the threshold or not: then nothing happens. ERR_NOMEM; ERR_TOO_LARGE: there are
 * too many. */
enum err_code raised_add(struct raised *r, double threshold, const struct occurrence *o,
                         struct err *e) MUST_USE;
void raised_free(struct raised *r);

#endif
