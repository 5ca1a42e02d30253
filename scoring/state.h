/* state.h - what was learned of one store: the detector, how far in the store's batches it
 * has come, and the findings that ingest has not yet confirmed. All three are one file
 * (model_file.h), MODEL, so that after kill -9 each batch is in the state once: what the
 * file lacks is learned once more from the store.
 *
 * One process owns MODEL, by a lock beside it; another one that opens it is a replica: it
 * scores by what the file held, and learns nothing, until it can own it.
 *
 * In process, ingest hands over each committed batch (state_learn_batch); after a crash a
 * thread of its own (fcgi/jobs/replay.h) hands over those that the file lacks, and until it
 * is through nothing is scored. As a service: state_parts.h.
 * Any thread may call. */
#ifndef SCORING_STATE_H
#define SCORING_STATE_H

#include "fcgi/base/random_id.h"
#include "scoring/detector.h"

/* The file is written when a store is begun with, and then when it lacks so much. */
#define STATE_SAVE_US (60 * CLOCK_SECOND_US)
enum { STATE_SAVE_RECORDS = 200000 };

enum {
    STATE_ID_BYTES = RANDOM_ID_BYTES,
    STATE_WAITING_MAX = 1024, /* findings not confirmed; more wait in the detector */
    STATE_PATH_BYTES = 4096 + 64
};

/* All batches with a lower id are learned, and so many records of this one. */
struct state_position {
    int64_t batch, records;
};

struct state_report {
    char id[STATE_ID_BYTES];    /* of the state: another one for each that began anew */
    char store[STATE_ID_BYTES]; /* "" it has learned of none yet */
    struct state_position position;
    int64_t batches, records; /* learned in this state, raised ones too */
    bool replica;
    bool ready;                      /* not behind: it may score */
    char model_error[ERR_MSG_BYTES]; /* why a trained model was refused; "": it was not */
};

struct state; /* opaque */

/* Reads the file, or begins anew if there is none. One that is damaged, or was written by
 * an older version, is put aside, with "-damaged" or "-before" after its name. Fails for one
 * of a newer format or another program, which is left as it is. If another process owns
 * MODEL it is a replica. */
enum err_code state_open(const char *path, double threshold, struct state **out,
                         struct err *e) MUST_USE;
void state_close(struct state *s); /* saves nothing; NULL allowed */

struct detector *state_detector(struct state *s); /* to score; the state's */
void state_report(struct state *s, struct state_report *out);
bool state_is_ready(struct state *s);

/* Becomes the owner, if it is not. ERR_BUSY: another process is. */
enum err_code state_own(struct state *s, struct err *e) MUST_USE;

/* Once a second, by one thread: takes up a model that was trained meanwhile, writes the file
 * if it lacks much (also behind the answers of others: the lock is not held meanwhile), and
 * a replica looks for a newer file. */
void state_tick(struct state *s);

/* Writes the file if it lacks anything. */
enum err_code state_save(struct state *s, struct err *e) MUST_USE;

/* --- answers --- */

/* What was answered, or undone, as number seq (sql/store_answers.h). */
struct state_answer {
    int64_t seq, answered_seq; /* the same, or of an undone one when it was answered */
    bool undone;
    struct learn_answer lesson;
};

/* Up to which number they are taken up. It may go back, to 0, when another model is taken up
 * or learning begins anew: then those that count are to be told again. A replica: INT64_MAX,
 * for it takes up none. */
int64_t state_answers_seq(struct state *s);

/* Takes it up, if its number is higher; of one that it never heard of before it was undone,
 * only the number. */
void state_answer(struct state *s, const struct state_answer *a);
void state_forget_answers(struct state *s); /* their numbers: the store is another one */

/* --- in process --- */

/* The store that is learned from, and its last batch. What was learned of another one is
 * put aside; where nothing was, it begins at the store's end. */
enum err_code state_attach(struct state *s, const char *store, int64_t last,
                           struct err *e) MUST_USE;

/* Each batch after its commit, in that order. Left for the replay if that is under way. True:
 * there is a finding to be told. */
bool state_learn_batch(struct state *s, const struct detector_batch *b);

/* The next finding to be told, as detector_next. */
bool state_next(struct state *s, int64_t now_us, struct finding *out);

/* Where a replay has to begin, and the last batch that was heard of then; false if there is
 * nothing to be replayed. */
struct state_place {
    struct state_position position;
    int64_t last;
};
bool state_behind(struct state *s, struct state_place *at);

/* Learns b, which is the store's first batch from there on, or what is left of it. Nothing
 * if the state is elsewhere by now. */
void state_replay(struct state *s, const struct state_place *at,
                  const struct detector_batch *b);

/* The store has nothing from there on: the replay is through, unless more has come. */
void state_replay_end(struct state *s, const struct state_place *at);

#endif
