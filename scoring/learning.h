/* learning.h - what the model takes from a batch that was committed, after it was judged.
 *
 * Every window adds to the calibrations, and errors and failed logins, up to what is usual, to
 * the service's shares. Its content (templates, counts, order, values) is
 * learned only if the window was not odd (WINDOW_QUARANTINE_Z); what is new in an odd one
 * is on probation until it has come on enough days. One thread, with the model locked;
 * the same calls in the same order make the same model. */
#ifndef SCORING_LEARNING_H
#define SCORING_LEARNING_H

#include "scoring/answers.h"
#include "scoring/window.h"

enum learn_mode {
    LEARN_LIVE, /* with quarantine */
    LEARN_CLEAN /* history that its owner vouches for: all of it is normal */
};

/* a: of the same records, by the model as it is; its templates become those learned. */
struct learn_batch {
    const struct record *records;
    struct analysis *a;
    enum learn_mode mode;
    bool raised; /* an incident: what is odd in it was told */
    struct arena *arena;
};
enum err_code learn_batch(struct model *m, const struct learn_batch *b,
                          struct err *e) MUST_USE;

/* What a person has answered (answers.h), or taken back. Normal: the examples are learned
 * as if each had come LEARN_ANSWER_WEIGHT times in ordinary company, and how often such
 * messages come, or stay away, says nothing any more. Real, or not normal after all: what was
 * new then (fresh) is not known, and comes as news again. */
enum { LEARN_ANSWER_WEIGHT = 5 };
struct learn_answer {
    struct str service;
    enum answer_scope scope;
    bool real, undone, fresh;
    uint64_t template_id; /* of the kind; 0: not known */
    struct str text;      /* the kind's */
    const struct record *examples;
    size_t examples_n;
};
struct learn_answered { /* which keys (analysis.h) such messages have */
    bool all;
    uint32_t key[2 * ANSWER_EXAMPLES_MAX];
    size_t n;
};
void learn_answer(struct model *m, const struct learn_answer *a,
                  struct learn_answered *out);

/* What is new in a window was told: that it comes again, on probation, is no news. */
void learn_told(struct model *m, const struct window *w);

/* A session or a minute is over. */
void learn_window(struct model *m, int service, enum window_kind kind,
                  const struct window *w, int64_t at_us);

/* The next template after slot prev (-1: the first) of the service that is overdue at this
 * time, noted as said; -1: there is none. */
int learn_overdue(struct model *m, int service, int prev, int64_t at_us);

#endif
