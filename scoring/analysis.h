/* analysis.h - a batch as the model sees it: each record's evidence, and per service a
 * window of what was counted. Changes nothing in the model; any number of threads. */
#ifndef SCORING_ANALYSIS_H
#define SCORING_ANALYSIS_H

#include "fcgi/base/arena.h"
#include "fcgi/base/err.h"
#include "scoring/front.h"
#include "scoring/model.h"

struct trace {
    int64_t at_us;    /* when it happened, never after it was received */
    uint64_t session; /* 0: none */
    uint64_t id;      /* of the template (struct model_template) */
    uint32_t key;     /* of the template; MODEL_NEW_KEY set: not in the model */
    int32_t slot;     /* -1: not in the model */
    uint32_t group;
    float raw[TRACE_CHANNELS_N]; /* before calibration */
    float z;                     /* -log10 p of the oddest one, calibrated */
    uint8_t channel;             /* the oddest one */
    uint8_t hour;                /* of the day */
    int32_t day;
    uint8_t attack; /* enum attack */
    bool known, error, login, is_web;
    bool entrance; /* a login with something in it that never was */
    bool fresh;    /* its template is not in the model */
    bool told;     /* it is, and is no news: it was told, but is not known yet */
    bool grave;    /* of one that is not known: it speaks of failure */
    bool quiet;    /* normal by an answer (answers.h): it is counted, and says nothing */
    bool partial;  /* and it is not one of a kind that is: its number says nothing, too */
    bool real;     /* trouble by an answer, and not known: it is never learned */
};
#define TRACE_NOT_LOOKED (-1.0F) /* a raw value of a channel that the record has not */
#define ANALYSIS_DAY_US  (24 * 60 * CLOCK_MINUTE_US)

struct group {
    struct str name;
    uint64_t hash;
    int service; /* in the model; -1: not known yet */
    struct window window;
};

/* Records that are in no group: of more services than ANALYSIS_GROUPS_MAX. */
struct analysis_others {
    int64_t n, errors, logins;
};

struct analysis {
    struct trace *trace; /* one a record */
    const bool *gone;    /* records that are not counted; NULL: all are */
    size_t n;
    struct group *group;
    size_t groups_n;
    struct analysis_others others;
};
enum { ANALYSIS_GROUPS_MAX = 256 }; /* services; records of more of them are in none */
#define ANALYSIS_NO_GROUP UINT32_MAX

struct analysis_batch {
    const struct record *records;
    size_t n;
    int64_t received_us;
    struct arena *arena;
};

/* All in the arena. Refs in the windows are indexes in the batch. */
enum err_code analyse(const struct model *m, const struct analysis_batch *b,
                      struct analysis *out, struct err *e) MUST_USE;

/* The same traces for windows of their own, of which the records that are marked in gone
 * (one a record, the caller's, who may mark more) are not counted. False: no memory. */
bool analysis_copy(const struct analysis *a, const bool *gone, struct arena *arena,
                   struct analysis *out);
void analysis_count(struct analysis *a); /* fills the windows anew */
static inline bool analysis_counts(const struct analysis *a, size_t i)
{
    return !a->gone || !a->gone[i];
}

/* Counts one record in a window. */
void window_add(struct window *w, const struct trace *t, int64_t ref);

/* The variable tokens of a message of a template that the model has, in turn: those that
 * are masked, and those where the template's messages differ. */
struct analysis_value {
    uint64_t place; /* of values.h */
    struct str text;
};
struct analysis_values {
    size_t at; /* begin with 0 */
};
bool analysis_next_value(const struct model *m, const struct front *f, int slot,
                         struct analysis_values *it, struct analysis_value *out);

/* The value of the message that is least likely at its place; empty if none is new. */
struct str analysis_newest_value(const struct model *m, const struct front *f, int slot);

/* By what is spelled in a part of a request: its channel, TRACE_CHANNELS_N for none; and
 * its field of spelling.h. */
static inline enum trace_channel analysis_channel(enum front_part part)
{
    return part == FRONT_VALUE   ? TRACE_QUERY
           : part == FRONT_PATH  ? TRACE_PATH
           : part == FRONT_AGENT ? TRACE_AGENT
                                 : TRACE_CHANNELS_N;
}
static inline uint64_t analysis_field(uint32_t service, enum trace_channel c)
{
    return ((uint64_t)service << 8 | (uint64_t)c) << 20;
}

#endif
