/* detector.h - what judges: batches as they are, sessions when they end, and services by
 * the minute.
 *
 * Scoring changes nothing and may be called from any thread at once. Learning is called
 * by one thread, in the order in which batches were committed: with the same batches and
 * times of receipt it makes the same state, so that a state that was saved and what is in
 * the store since make again what was lost. What is unusual in minutes and sessions comes
 * back from detector_next, called by one other thread about once a second. */
#ifndef SCORING_DETECTOR_H
#define SCORING_DETECTOR_H

#include "fcgi/core/features.h"
#include "scoring/explain.h"
#include "scoring/learning.h"
#include "scoring/snapshot.h"
#include "scoring/windows.h"

#define DETECTOR_SHIPPED_VERSION "priors-2" /* of the model built into the program */
enum { DETECTOR_ENDED_MAX = 256 };          /* findings that wait to be told */

struct model_info {
    char version[MODEL_VERSION_BYTES];
    int64_t trained_at_us;       /* 0: shipped with the program, not trained on any log */
    int64_t records, batches;    /* learned */
    int64_t services, templates; /* known now */
    int64_t evictions; /* templates, values and the like forgotten for want of room */
};

struct model_service_info {
    struct str name; /* lives as long as the callback */
    int64_t records, windows, templates;
    bool calibrated;
};
typedef void (*model_service_fn)(void *arg, const struct model_service_info *);

/* A batch that is to be judged. */
struct detector_question {
    const struct record *records;
    size_t n;
    int64_t now_us; /* time of receipt */
    bool budget;    /* a live one: the alarm budget may hold its score at the threshold */
    struct arena *arena; /* for the verdict's lists */
};

/* A committed batch, or a part of one. */
struct detector_batch {
    const struct record *records;
    size_t n;
    uint64_t id;          /* another number for each batch, the same for its parts */
    int64_t batch_n;      /* records of the whole batch */
    int64_t first_log_id; /* of records[0] in the store; 0: it is in none */
    bool raised;    /* it made or extended an incident by itself, so its records do not
                        count for their minutes as well */
    bool unscored;  /* nobody judged it when it came: its records' minutes are, even if
                        they have nothing else */
    int64_t now_us; /* when it came */
    enum learn_mode mode;
    struct arena *arena; /* reset by the caller afterwards */
};

/* The counts of a service's minute, ten minutes or hour, or of a session, judged. */
struct finding {
    struct window_slot slot; /* a copy; what features and verdict point into */
    struct features features;
    struct verdict verdict;
    bool reported; /* an earlier look at the same minute was over the threshold too */
    struct explain_lists lists;
};

struct detector;

/* threshold: what a finding's score must pass to be returned. */
enum err_code detector_open(double threshold, struct detector **out,
                            struct err *e) MUST_USE;
void detector_close(struct detector *d); /* NULL allowed */

/* Judges a batch. The verdict points into the records' texts and the arena. */
enum err_code detector_score(struct detector *d, const struct detector_question *q,
                             struct verdict *out, struct err *e) MUST_USE;

/* ERR_NOMEM: it was not learned. Loading and clearing are for the same thread, or one that
 * keeps it out. */
enum err_code detector_learn(struct detector *d, const struct detector_batch *b,
                             struct err *e) MUST_USE;

/* Takes up what a person has answered. If it is normal, what is open of the service, minutes
 * to sessions, forgets what was odd so far, and the records like those. For who learns. */
void detector_answer(struct detector *d, const struct learn_answer *a);

/* The next minute or session that is over the threshold and has changed since it was last
 * returned; false: none. A session is looked at after WINDOW_SILENCE_US of silence. Nothing
 * is ended or learned by it: only batches do that, at the times of their receipt. */
bool detector_next(struct detector *d, int64_t now_us, struct finding *out);

/* Is there one of what is over? It waits with DETECTOR_ENDED_MAX others at most; one more is
 * lost, and said to be. */
bool detector_waits(struct detector *d);

/* It could not be told: it is returned again. */
void detector_put_back(struct detector *d, const struct finding *f);

/* slot once more, as when it was returned. */
void detector_judge(struct detector *d, const struct window_slot *slot,
                    struct finding *out);

void detector_end(struct detector *d); /* all that is open, as the end of a history */
/* All that was learned into out, and back. ERR_INVALID: in is not what detector_save has put, or
 * holds what cannot be; the detector is as it was. Another program takes it if detector_layout
 * says the same to both. */
void detector_save(struct detector *d, struct buf *out);
enum err_code detector_load(struct detector *d, struct snapshot_in *in, struct err *e);
int64_t detector_layout(void);           /* of what is put: sizes and byte order */
void detector_clear(struct detector *d); /* as it was when it was opened */

void detector_set_version(struct detector *d, const char *version, int64_t trained_at_us);
void detector_info(struct detector *d, struct model_info *out);
/* From the service that spoke last. */
void detector_services(struct detector *d, model_service_fn fn, void *arg);

#endif
