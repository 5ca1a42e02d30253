/* answers.h - what people have answered to incidents: "that is normal", "that is real", as
 * rules that records are held against before they are scored and before they are learned.
 *
 * An answer is of one service and of the messages of a kind (kinds.h, by examples), or of
 * those of them that hold a value, or, if normal, of all that the service says. Where several
 * fit, the youngest one counts. A set does not change once it is made: any thread. */
#ifndef SCORING_ANSWERS_H
#define SCORING_ANSWERS_H

#include "fcgi/base/err.h"
#include "scoring/kinds.h"

enum {
    ANSWERS_MAX = 1000, /* that count at a time */
    ANSWER_EXAMPLES_MAX = 8,
    ANSWER_EXAMPLE_BYTES = 16384, /* a longer message is no example */
    ANSWER_VALUE_BYTES = 4096
};

enum answer_scope { ANSWER_OF_KIND, ANSWER_OF_SERVICE, ANSWER_OF_VALUE };

/* As it is written everywhere: "template", "service", "value". Another name is false. */
struct str answer_scope_name(enum answer_scope scope);
bool answer_scope_find(struct str name, enum answer_scope *out);

struct answer {
    int64_t id; /* ascending */
    bool real;
    enum answer_scope scope;
    struct str service;
    struct str examples[ANSWER_EXAMPLES_MAX]; /* messages */
    size_t examples_n;
    struct str text; /* the kind's, with *: taken if there is no example */
    struct str value;
};

struct answers; /* opaque */

/* Copies what it needs of them; by id, ascending, at most ANSWERS_MAX. */
enum err_code answers_make(const struct answer *list, size_t n, struct answers **out,
                           struct err *e) MUST_USE;
void answers_free(struct answers *a); /* NULL allowed */

/* Sets each record's answer. a NULL: there are none. */
void answers_mark(const struct answers *a, struct record *records, size_t n);

/* The kind that an answer is about. False: it is about none, or an example is too long. */
bool answer_kind(const struct answer *a, struct kind *out);

#endif
