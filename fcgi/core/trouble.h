/* trouble.h - what goes wrong with this product itself and becomes an incident of the
 * service "loganalyzer": when one begins and ends, and what it says. Pure. */
#ifndef CORE_TROUBLE_H
#define CORE_TROUBLE_H

#include "fcgi/core/readiness.h"

#define TROUBLE_SERVICE "loganalyzer"

enum trouble {
    TROUBLE_SCORER,
    TROUBLE_WEBHOOK,
    TROUBLE_MAIL,
    TROUBLE_DISK,
    TROUBLE_RETENTION /* what is old cannot be deleted */
};
enum { TROUBLES_N = TROUBLE_RETENTION + 1 };

/* "scorer", "webhook", "mail", "disk", "retention": part of the incident's key. */
const char *trouble_name(enum trouble t);

/* What is seen of it now. */
enum trouble_sight { TROUBLE_UNKNOWN, TROUBLE_AWAY, TROUBLE_THERE };

/* How one is followed; all zero at first. open: there is an incident of it. */
struct trouble_watch {
    bool open;
    int64_t since_us; /* monotonic; 0: it is not there */
};

enum trouble_step {
    TROUBLE_STAYS,
    TROUBLE_BEGINS, /* it has been there for patience_us: the incident is to be opened */
    TROUBLE_ENDS    /* the open one is to be closed */
};

/* What is to be done is said again and again, until the caller has changed open. */
enum trouble_step trouble_look(struct trouble_watch *w, enum trouble_sight sight,
                               int64_t patience_us, int64_t mono_us);

/* The sentences, into out. last_error: what the other side's fault is, as far as it is
 * known, else "". */
enum { TROUBLE_TEXT_BYTES = 640 };
struct trouble_facts {
    int64_t for_us; /* so long it has been there */
    const char *last_error;
    bool scorer_is_service;
    int64_t waiting; /* messages */
    const struct disk_room *disk;
};
struct str trouble_text(enum trouble t, const struct trouble_facts *f,
                        char out[static TROUBLE_TEXT_BYTES]);
/* For the history, when it is over. */
const char *trouble_end_text(enum trouble t);

#endif
