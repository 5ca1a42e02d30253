/* store_incidents.h - incidents in the store: more of the verbs of store.h, by the same
 * rules. */
#ifndef SQL_STORE_INCIDENTS_H
#define SQL_STORE_INCIDENTS_H

#include "fcgi/core/incident.h"
#include "sql/store.h"

/* An incident as it is kept; a mute is not changed by store_put_incident. In it the words
 * (all from service on) may be left out for an existing one: with summary.p NULL they stay
 * as they are. */
struct store_incident {
    struct incident core;
    int64_t detected_us; /* when it was opened, by our clock */
    double threshold;
    struct str key;
    struct str service; /* p NULL: several or none */
    struct str summary, features, reasons;
};

/* A key by which an incident is known beside its own. */
struct store_incident_key {
    int64_t incident_id;
    struct str key;
    int64_t at_us;   /* event time of what came under it */
    bool template;   /* it is the id of a template, which is listed with the incident */
    struct str text; /* the template's; empty: not known */
};

/* Which incident is looked for. */
struct store_span {
    struct str key;
    int64_t from_us, to_us; /* event times */
};

/* One row of a list; the texts are valid until the callback returns. p NULL: SQL NULL. */
struct store_incident_row {
    struct incident core;
    struct str detected_at, service, summary, features, reasons;
    struct str templates;     /* JSON: [{"id":..,"text":.. or null}, ..] */
    int64_t templates_n;      /* of all: the first STORE_TEMPLATES_MAX are listed */
    struct str note, verdict; /* by people; "real", "normal" */
    int64_t changed_us;       /* when they last changed it; 0: never */
};
enum { STORE_TEMPLATES_MAX = 100 };
typedef void (*store_incident_fn)(void *arg, const struct store_incident_row *row);

/* Of the incidents with this key whose time touches from_us..to_us, the one with the
 * latest last_us. For a further key the times of what came under it are those that count.
 * One that was declared normal is none of them: what comes now is something else. */
enum err_code store_find_incident(struct store *s, const struct store_span *span,
                                  struct incident *out, bool *found,
                                  struct err *e) MUST_USE;

/* Adds it (core.id 0) or changes the one with core.id; *id is its id. */
enum err_code store_put_incident(struct store *s, const struct store_incident *i,
                                 int64_t *id, struct err *e) MUST_USE;

/* The incident with k->incident_id is known by the key, too. Nothing if it is its own. */
enum err_code store_put_incident_key(struct store *s, const struct store_incident_key *k,
                                     struct err *e) MUST_USE;

/* Newest first: those with an id below before_id, at most limit. */
enum err_code store_list_incidents(struct store *s, int64_t before_id, size_t limit,
                                   store_incident_fn fn, void *arg,
                                   struct err *e) MUST_USE;

#endif
