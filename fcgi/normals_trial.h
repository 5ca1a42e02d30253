/* normals_trial.h - an answer tried on the incidents of the last days: which of them it would
 * have hidden. */
#ifndef FCGI_NORMALS_TRIAL_H
#define FCGI_NORMALS_TRIAL_H

#include "fcgi/incident_case.h"
#include "fcgi/normals_wish.h"

enum {
    NORMALS_DAYS = 7,             /* up to the newest incident, */
    NORMALS_INCIDENTS_MAX = 1000, /* the newest of them, */
    NORMALS_TRIAL_MS = 2000       /* and as many as can be looked at in this time */
};

struct normals_trial {
    int64_t hidden[NORMALS_INCIDENTS_MAX + 1]; /* ids */
    size_t hidden_n, of;                       /* of so many incidents */
};

/* The incident, in the arena. ERR_NOT_FOUND. */
enum err_code normals_load(struct store *s, int64_t id, struct arena *a,
                           struct incident_case **out, struct err *e) MUST_USE;

/* Together with the answers that count already. own: the incident that they are an answer to,
 * which is tried whatever its age. */
enum err_code normals_try(const struct normals_chosen *chosen, struct store *reader,
                          int64_t own, int64_t now_us, struct normals_trial *out,
                          struct err *e) MUST_USE;

#endif
