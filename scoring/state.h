/* state.h - what a scoring service has learned of one store: the detector, how far in the
 * store's batches it has come, and the unusual minutes that ingest has not yet confirmed.
 * All three are one file (snapshot.h), written before state_learn returns, so that after
 * kill -9 each batch is in the state once: what the file lacks is asked for again.
 *
 * One process owns a state file, by a lock beside it. Any thread may call. */
#ifndef SCORING_STATE_H
#define SCORING_STATE_H

#include "fcgi/base/random_id.h"
#include "scoring/detector.h"

/* Another store is learned from, anew, if its own was not heard of for so long. */
#define STATE_HANDOVER_US (60 * CLOCK_SECOND_US)

enum {
    STATE_ID_BYTES = RANDOM_ID_BYTES,
    STATE_WAITING_MAX = 1024, /* minutes not confirmed; more wait in the detector */
    STATE_TOLD_MAX = 64       /* of them in one answer */
};

/* All batches with a lower id are learned, and so many records of this one. */
struct state_position {
    int64_t batch, records;
};

/* A committed batch, or n records of it from offset on. */
struct state_part {
    int64_t id, received_us, batch_n, offset, n;
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
    struct str state;  /* id of the state that `confirmed` is about; p NULL: none */
    int64_t confirmed; /* minutes up to this number are in the store */
    int64_t mono_us;
};

struct state_report {
    char id[STATE_ID_BYTES];    /* of the state: another one for each that began anew */
    char store[STATE_ID_BYTES]; /* "" it has learned of none yet */
    struct state_position position;
    int64_t batches, records; /* learned in this state, raised ones too */
};

/* Told of an unusual minute, in the order of their numbers, with the state's lock held. */
struct state_listener {
    void (*tell)(void *arg, int64_t number, const struct window *w);
    void *arg;
};

struct state; /* opaque */

/* Reads the file, or begins anew if there is none. One that is damaged is put aside, with
 * "-damaged" after its name. Fails for one of another format or another program, which is
 * left as it is, and with ERR_BUSY if another process owns it. */
enum err_code state_open(const char *path, double threshold, struct state **out,
                         struct err *e) MUST_USE;
void state_close(struct state *s); /* NULL allowed */

/* Learns the parts if they begin at its own position (a new state takes the first one that
 * it is given for its own), and nothing otherwise: the report says where to begin. Then
 * looks at the minutes and tells those that are not confirmed. ERR_INVALID: another store
 * than the one it has learned of (until STATE_HANDOVER_US are over: then it begins anew for
 * that one), or parts that do not follow each other; ERR_FULL, ERR_IO,
 * ERR_NOMEM: not saved, to be asked again. */
enum err_code state_learn(struct state *s, const struct state_request *r,
                          struct state_report *report, struct state_listener listener,
                          struct err *e) MUST_USE;

void state_report(struct state *s, struct state_report *out);

#endif
