/* features.h - what is counted in a batch: for the reply, and for the detector. */
#ifndef CORE_FEATURES_H
#define CORE_FEATURES_H

#include "fcgi/core/record.h"

enum { FEATURES_SERVICES_MAX = 100 }; /* listed by name; records of others are counted */

struct tally {
    int64_t count, warn, error;
    int64_t other_error;     /* errors that are not failed logins by the wider rule */
    int64_t failed_login;    /* by the prototype's rule */
    int64_t failed_evidence; /* by the detector's wider one */
};

struct service_tally {
    struct str service; /* a view into the records */
    uint64_t hash;
    struct tally t;
};

struct features {
    struct tally all;
    struct service_tally services[FEATURES_SERVICES_MAX];
    size_t services_n;
    int64_t unlisted;  /* records whose service is not in services[] */
    int64_t latest_us; /* the newest event time, never after now_us; now_us if none */
    /* Of a long span or a session when it began; of a minute latest_us; of a batch 0. */
    int64_t from_us;
};

void features_tally(struct tally *t, const struct record *r); /* counts one record */

void features_count(const struct record *records, size_t n, int64_t now_us,
                    struct features *out);

/* The service with the most of what pick says; NULL if none has any. */
const struct service_tally *features_most(const struct features *f,
                                          int64_t (*pick)(const struct tally *));

/* The members "count", "warn_count", "error_count", "failed_login_count" and "services",
 * a list of names, into an object that the caller has opened. */
void features_print(struct json_out *o, const struct features *f);

#endif
