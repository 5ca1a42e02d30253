/* trouble_incident.h - the incident that a trouble of this product's own is (trouble.h): it
 * is opened, goes on and is closed by the writer, like those of the detector, but by its own
 * key, and nobody has to resolve it. */
#ifndef JOBS_TROUBLE_INCIDENT_H
#define JOBS_TROUBLE_INCIDENT_H

#include "fcgi/core/trouble.h"
#include "sql/writer.h"

struct trouble_incident {
    enum trouble trouble;
    struct str text; /* what it says */
    int64_t now_us;
    bool tells; /* somebody is told of incidents */
};

/* Opens one, or the last one anew if that is resolved for less than 30 days, and has it
 * told; an open one goes on. */
enum err_code trouble_incident_begin(struct writer *w, const struct trouble_incident *i,
                                     struct err *e) MUST_USE;
/* It is still there: the open one was last seen now. One that was resolved by people stays
 * so. */
enum err_code trouble_incident_go_on(struct writer *w, const struct trouble_incident *i,
                                     struct err *e) MUST_USE;
/* It is over: the open one is resolved, and says why. */
enum err_code trouble_incident_end(struct writer *w, const struct trouble_incident *i,
                                   struct err *e) MUST_USE;

/* Is there one that is not resolved? Of *i only the trouble is looked at. */
enum err_code trouble_incident_is_open(struct writer *w, const struct trouble_incident *i,
                                       bool *open, struct err *e) MUST_USE;

#endif
