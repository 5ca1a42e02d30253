/* state_private.h - what a state is, for the files that make it: state.c, state_batches.c
 * and state_parts.c. */
#ifndef SCORING_STATE_PRIVATE_H
#define SCORING_STATE_PRIVATE_H

#include "scoring/state.h"

#include <pthread.h>

struct waiting { /* a finding that is not confirmed */
    int64_t number;
    struct window_slot slot;
};

struct state_file_mark { /* which file it was; all 0: none */
    int64_t number, bytes, changed_ns;
};

struct state {
    char path[STATE_PATH_BYTES];
    int lock_fd; /* -1: it is a replica */
    struct detector *detector;
    struct state_file_mark seen; /* the ticking thread's: the last trained model, or a
                                       replica's file */
    pthread_mutex_t saving;      /* held while the file is written; taken before lock */
    pthread_mutex_t lock;        /* of all below, and of learning */
    struct state_report report;
    char attached[STATE_ID_BYTES]; /* in process: the store */
    int64_t last_batch;            /* of it, as far as it is known */
    int64_t heard_us; /* monotonic: when its store was heard of, or this began */
    int64_t next_number;
    int64_t answers_seq;     /* answers up to this one are taken up; 0: none */
    struct waiting *waiting; /* STATE_WAITING_MAX of them, by number */
    size_t waiting_n;
    bool dirty; /* there is more than the file holds */
    int64_t saved_us, unsaved_records;
    struct arena arena; /* of what is being learned */
    struct finding finding;
};

/* With the lock held. The file, if there is one, is kept under another name, for a person;
 * learning begins anew. */
enum err_code state_put_aside(struct state *s, const char *suffix, const char *why,
                              struct err *e) MUST_USE;

/* The same: the store that is attached is the one that is learned from. */
enum err_code state_take_attached(struct state *s, struct err *e) MUST_USE;

/* The same: learns b, after which the state is at `after`. */
void state_learn_one(struct state *s, struct detector_batch b, int64_t n,
                     struct state_position after);

/* The same: state_answer. */
void state_answer_one(struct state *s, const struct state_answer *a);

/* The same: is it behind what the attached store holds? */
void state_look_behind(struct state *s);

#endif
