/* window.h - how unusual is a window of one service? Pure: the model is only read.
 *
 * Each part gives a number, which the service's own history of such windows turns into
 * -log10 p. What they say together is the oddest of them, calibrated once more by its own
 * history. New templates are not among them, for calibration would swallow them:
 * their evidence is the chance of so many different ones by the service's own rate of new
 * templates. Before a service has MODEL_COLD_WINDOWS windows, only the priors of
 * evidence.h and new templates speak, the stronger of them less log10(2).
 *
 * What looks like an attack (attack.h) gives at least WINDOW_ATTACK_Z. Whether it is more
 * than the noise that every server on the internet hears is another question, which the
 * service's own history of such requests answers, for the alarm budget. */
#ifndef SCORING_WINDOW_H
#define SCORING_WINDOW_H

#include "scoring/analysis.h"

#define WINDOW_QUARANTINE_Z 2.30103 /* p = .005: what is odder is not learned */
#define WINDOW_NEWS_WEIGHT  1.5
#define WINDOW_SURE_Z       12.0   /* beyond every budget */
#define WINDOW_OVERDUE_Z    3.5363 /* the same */
#define WINDOW_ATTACK_Z     3.5363 /* a score of .85; of what is real by an answer, too */

struct judged {
    double raw[PARTS_N], z[PARTS_N];
    double pool_raw, pool; /* of all parts together */
    /* -log10 p of the new templates, not weighted. plain: for the alarm budget, of those
     * that were not told, several counting as a group. */
    double news, news_plain;
    double failures; /* struct alarm_window */
    double foreseen; /* the chance of any new template in such a window */
    /* -log10 p of the window. all: new templates weigh more in it; prior: of errors and
     * logins while it is cold, for the caller who knows the batch's other services;
     * plain: without weights, for the alarm budget; grave: that of errors, failed logins
     * and attacks alone. */
    double all, prior, plain, grave;
    double attack;           /* -log10 p of the kind of attack that is least usual here */
    enum attack attack_kind; /* that kind */
    int32_t count_slot;      /* PART_COUNT: the template that there is too much of; -1 */
    uint32_t count_key;      /* and its key */
    double count_observed, count_expected; /* of it */
    double low_expected;                   /* PART_LOW: records */
    double distance;                       /* PART_VECTOR */
    bool cold;
};

enum window_kind window_kind_of(int64_t n); /* of a batch with n records of the service */

/* The share of errors, or failed logins a record, that a service has; s NULL: the prior. */
double window_share(const struct model_service *s, bool logins);
/* The most of them in n records, in 99 of 100 ordinary cases. */
int64_t window_usual(const struct model_service *s, bool logins, int64_t n);

/* Seals v, without the slots that other templates have by now. False: it has too many
 * items. */
bool window_seal(const struct model *m, struct vector *v);

/* What in the window's vector is most unlike its nearest; false if there is nothing. */
bool window_odd_item(const struct model *m, int service, enum window_kind kind,
                     const struct window *w, struct vectors_odd *out);

/* service: in the model, or -1. */
void window_judge(const struct model *m, int service, enum window_kind kind,
                  const struct window *w, struct judged *out);

#endif
