/* choices.h - what of an incident can be declared normal, or real: from the records that its
 * reasons point to, without a model. Pure. */
#ifndef SCORING_CHOICES_H
#define SCORING_CHOICES_H

#include "fcgi/base/arena.h"
#include "scoring/answers.h"

enum {
    CHOICES_KINDS_MAX = 16, /* of messages; those of further ones are in no choice */
    CHOICES_VALUES_MAX = 4, /* of one kind */
    CHOICES_SERVICES_MAX = 4,
    CHOICES_MAX = CHOICES_KINDS_MAX * (1 + CHOICES_VALUES_MAX) + CHOICES_SERVICES_MAX
};

struct choice {
    struct answer answer; /* its id is 0 */
    uint64_t template_id; /* of the kind; 0: none */
    bool fresh;           /* the kind was new in the incident */
    size_t records;       /* that it fits */
};

/* A record that a reason points to, and whether that is one of what was new. */
struct choices_record {
    struct record r; /* service, message, metadata */
    bool fresh;
};

/* What a reason says beside its records: p NULL, 0 if nothing. */
struct choices_reason {
    uint64_t template_id;
    struct str text; /* the template's */
    struct str value;
};

struct choices_of {
    const struct choices_record *records;
    size_t n;
    const struct choices_reason *reasons;
    size_t reasons_n;
    struct str service; /* of the incident; p NULL: several */
};

struct choices {
    struct choice list[CHOICES_MAX];
    size_t n;
};

/* Kinds first, in the order in which they come, each with its values; then services. All
 * texts are views into `of` or the arena. */
enum err_code choices_make(const struct choices_of *of, struct arena *a,
                           struct choices *out, struct err *e) MUST_USE;

/* "messages like "..." in auth": as long as there is room, whole characters. */
size_t choice_label(const struct choice *c, char *out, size_t size);

#endif
