/* detector.h - what judges: batches as they are, and services by the minute.
 *
 * Scoring changes nothing and may be called from any thread at once. Learning is called
 * by one thread, in the order in which batches were committed. What a batch's records
 * add to their services' minutes comes back from detector_next_window, called by one
 * other thread about once a second. */
#ifndef SCORING_DETECTOR_H
#define SCORING_DETECTOR_H

#include "fcgi/core/features.h"
#include "fcgi/core/verdict.h"
#include "scoring/snapshot.h"
#include "scoring/windows.h"

#define DETECTOR_SHIPPED_VERSION "priors-1" /* of the model built into the program */

struct model_info {
    char version[MODEL_VERSION_BYTES];
    int64_t trained_at_us; /* 0: shipped with the program, not trained on any log */
};

/* A committed batch, or a part of one. */
struct detector_batch {
    const struct record *records;
    size_t n;
    uint64_t id;     /* another number for each batch, the same for its parts */
    int64_t batch_n; /* records of the whole batch */
    bool raised;     /* it made or extended an incident by itself, so its records do not
                        count for their minutes as well */
    bool unscored;   /* nobody judged it when it came: its records' minutes are, even if
                        they have nothing else */
    int64_t now_us, mono_us; /* when it came */
};

/* The counts of one minute of one service, judged. */
struct window {
    struct window_slot slot; /* a copy; what features and verdict point into */
    struct features features;
    struct verdict verdict;
    bool reported; /* an earlier look at the same minute was over the threshold too */
};

struct detector;

/* threshold: what a window's score must pass to be returned. */
enum err_code detector_open(double threshold, struct detector **out,
                            struct err *e) MUST_USE;
void detector_close(struct detector *d); /* NULL allowed */

/* Judges a batch by what was counted in it. The verdict points into f's texts. */
void detector_score(const struct features *f, struct verdict *out);

void detector_learn(struct detector *d, const struct detector_batch *b);

/* The next minute of a service that is over the threshold and has changed since it was
 * last returned; false if there is none. Minutes that are over are closed on the way:
 * the service went on to a later one, or was silent for 60 s, or all is set. */
bool detector_next_window(struct detector *d, int64_t mono_us, bool all,
                          struct window *out);

/* The window could not be told (the store was not writable): it is returned again. */
void detector_put_back(struct detector *d, const struct window *w);

/* slot's minute once more as a window, as when it was returned. */
void detector_judge(const struct detector *d, const struct window_slot *slot,
                    struct window *out);

/* All that was learned, into a snapshot's payload and back into a detector that has learned
 * nothing. Silence is kept as a length: time in which nobody listened does not count.
 * False: in is not what detector_save has put; the detector is of no use then. */
void detector_save(struct detector *d, int64_t mono_us, struct buf *out);
bool detector_load(struct detector *d, int64_t mono_us, struct snapshot_in *in);

/* A slot alone, for who keeps windows longer. */
void detector_put_slot(struct buf *out, const struct window_slot *slot, int64_t mono_us);
bool detector_get_slot(struct snapshot_in *in, struct window_slot *slot, int64_t mono_us);

void detector_info(struct model_info *out);

#endif
