/* state_parts.h - a state (state.h) that learns as a service: ingest tells of committed
 * batches, in parts, and takes back what was found in minutes and sessions. */
#ifndef SCORING_STATE_PARTS_H
#define SCORING_STATE_PARTS_H

#include "scoring/state.h"

/* Another store is learned from, anew, if its own was not heard of for so long. */
#define STATE_HANDOVER_US (60 * CLOCK_SECOND_US)
enum { STATE_TOLD_MAX = 64 }; /* findings in one answer */

/* A committed batch, or n records of it from offset on. */
struct state_part {
    int64_t id, received_us, batch_n, offset, n;
    int64_t first_log_id;  /* of the first of them in the store; the others follow it */
    bool raised, unscored; /* see struct detector_batch */
    const struct record *records;
    size_t records_n; /* at most n: some may have been deleted since */
};

struct state_request {
    struct str store;           /* id of the store */
    struct state_position from; /* where the parts begin */
    int64_t begin;              /* no batch with a lower id will come */
    const struct state_part *parts;
    size_t parts_n;
    const struct state_answer *answers; /* by seq, ascending */
    size_t answers_n;
    struct str state;  /* id of the state that `confirmed` is about; p NULL: none */
    int64_t confirmed; /* findings up to this number are in the store */
    int64_t mono_us, now_us;
};

/* Told of a finding, in the order of their numbers, with the state's lock held. */
struct state_listener {
    void (*tell)(void *arg, int64_t number, const struct finding *f);
    void *arg;
};

/* Learns the parts if they begin at its own position (a new state takes the first one that
 * it is given for its own), and nothing otherwise: the report says where to begin. Then
 * looks at the minutes and tells those that are not confirmed. ERR_INVALID: another store
 * than the one it has learned of (until STATE_HANDOVER_US are over: then it begins anew for
 * that one), or parts that do not follow each other; ERR_BUSY: it is a replica; ERR_NOMEM.
 * The file is not written: what it lacks after a crash is asked for again. */
enum err_code state_learn(struct state *s, const struct state_request *r,
                          struct state_report *report, struct state_listener listener,
                          struct err *e) MUST_USE;

#endif
