/* store_answers.h - what people have answered to incidents (scoring/answers.h): more of the
 * verbs of store.h, by the same rules. */
#ifndef SQL_STORE_ANSWERS_H
#define SQL_STORE_ANSWERS_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

struct store;

enum {
    STORE_ANSWERS_MAX = 1000,       /* that are not undone */
    STORE_ANSWERS_UNDONE_MAX = 1000 /* beyond, the oldest undone one is deleted */
};

/* An answer. In a list the texts are valid until the callback returns; p NULL: SQL NULL. */
struct store_answer {
    int64_t id, seq;
    int64_t answered_us;
    bool real; /* else: normal */
    bool fresh;
    struct str scope; /* "template", "service", "value" */
    struct str service, template_id, template, value;
    struct str examples; /* JSON: a list of messages */
    int64_t incident_id;
    struct str note;
    int64_t undone_seq, undone_us; /* 0: it counts */
};
typedef void (*store_answer_fn)(void *arg, const struct store_answer *a);

/* Adds it; id, seq and undone_* are given. ERR_CONFLICT: STORE_ANSWERS_MAX count already. */
enum err_code store_add_answer(struct store *s, const struct store_answer *a, int64_t *id,
                               struct err *e) MUST_USE;

/* It does not count any more; nothing if it did not before. ERR_NOT_FOUND: there is none. */
enum err_code store_undo_answer(struct store *s, int64_t id, int64_t now_us,
                                struct err *e) MUST_USE;

/* An incident that the answer has closed, and the status that it had. Nothing if it is noted
 * already. */
struct store_answered {
    int64_t answer_id, incident_id;
    struct str status;
};
typedef void (*store_answered_fn)(void *arg, const struct store_answered *row);
enum err_code store_add_answered(struct store *s, const struct store_answered *row,
                                 struct err *e) MUST_USE;
enum err_code store_list_answered(struct store *s, int64_t answer_id,
                                  store_answered_fn fn, void *arg,
                                  struct err *e) MUST_USE;

/* Those that count, by id. */
enum err_code store_counting_answers(struct store *s, store_answer_fn fn, void *arg,
                                     struct err *e) MUST_USE;

/* Those with an id below before_id, also undone ones, newest first, at most limit. */
enum err_code store_list_answers(struct store *s, int64_t before_id, size_t limit,
                                 store_answer_fn fn, void *arg, struct err *e) MUST_USE;

/* The highest seq or undone_seq; 0 if there is none, or no store yet. */
enum err_code store_answers_seq(struct store *s, int64_t *seq, struct err *e) MUST_USE;

/* Those that were answered or undone after seq, in the order of what came last of the two. */
enum err_code store_changed_answers(struct store *s, int64_t seq, store_answer_fn fn,
                                    void *arg, struct err *e) MUST_USE;

#endif
