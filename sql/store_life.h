/* store_life.h - the life of incidents in the store: what people say of them, what happened
 * to them and when they came. More of the verbs of store.h, by the same rules. */
#ifndef SQL_STORE_LIFE_H
#define SQL_STORE_LIFE_H

#include "fcgi/core/incident_life.h"
#include "fcgi/core/occurrences.h"
#include "sql/store_incidents.h"

enum {
    STORE_HISTORY_MAX = 500, /* of one incident; the oldest go */
    STORE_NEIGHBOURS_MAX = 4,
    STORE_NEIGHBOURS_WALK =
        1000 /* so many ids are looked at for them, before and after */
};

/* Which incidents are listed; p NULL, 0 and the ends of int64_t say: whichever. */
enum store_status {
    STORE_STATUS_ALL,
    STORE_STATUS_OPEN, /* this and the next two without those that are muted */
    STORE_STATUS_ACKNOWLEDGED,
    STORE_STATUS_ACTIVE, /* open or acknowledged */
    STORE_STATUS_RESOLVED,
    STORE_STATUS_MUTED
};
struct store_incident_query {
    enum store_status status;
    int64_t now_us; /* our clock, for what is muted */
    struct str service,
        text;        /* the service's name; a part of the summary, ASCII's case does
                                 not matter */
    double severity; /* at least */
    int64_t since_us, until_us; /* last_us at least since_us, first_us below until_us */
    int64_t before_id;
    size_t limit;
};

/* What people have said; the columns as they are to be. */
struct store_incident_life {
    int64_t incident_id;
    enum incident_status status;
    int64_t muted_until_us;   /* 0: not muted */
    struct str note, verdict; /* p NULL: none; "real", "normal" */
    int64_t changed_us;
};

struct store_history {
    int64_t incident_id, at_us;
    struct str event; /* incident_event_name; a list may have others' */
    struct str note;  /* p NULL: none */
};
typedef void (*store_history_fn)(void *arg, const struct store_history *row);

struct store_occurrence {
    int64_t incident_id, at_us;
    int64_t count; /* how many came: 1, or 0 if it was counted before */
    double severity;
};

/* Ids of records of a record's service that are next to it, nearest first. */
struct store_neighbours {
    int64_t before[STORE_NEIGHBOURS_MAX], after[STORE_NEIGHBOURS_MAX];
    size_t before_n, after_n;
};

/* As store_list_incidents; newest first. */
enum err_code store_select_incidents(struct store *s,
                                     const struct store_incident_query *q,
                                     store_incident_fn fn, void *arg,
                                     struct err *e) MUST_USE;

/* fn is not called if there is none. */
enum err_code store_get_incident(struct store *s, int64_t id, store_incident_fn fn,
                                 void *arg, struct err *e) MUST_USE;

/* The incident must be there. */
enum err_code store_put_life(struct store *s, const struct store_incident_life *l,
                             struct err *e) MUST_USE;

enum err_code store_add_history(struct store *s, const struct store_history *h,
                                struct err *e) MUST_USE;

/* Oldest first. */
enum err_code store_list_history(struct store *s, int64_t incident_id,
                                 store_history_fn fn, void *arg, struct err *e) MUST_USE;

/* Into the piece of time it belongs to; pieces become wider when they would be more than
 * OCCURRENCES_MAX. The incident must be there. */
enum err_code store_add_occurrence(struct store *s, const struct store_occurrence *o,
                                   struct err *e) MUST_USE;

/* Ascending, *n of them, each *width_us wide. */
enum err_code store_list_occurrences(struct store *s, int64_t incident_id,
                                     struct occurrences list[static OCCURRENCES_MAX],
                                     size_t *n, int64_t *width_us,
                                     struct err *e) MUST_USE;

/* None if the record is not there. */
enum err_code store_find_neighbours(struct store *s, int64_t log_id,
                                    struct store_neighbours *out, struct err *e) MUST_USE;

#endif
