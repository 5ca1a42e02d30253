/* alarm.h - the alarm budget: not more than about one ordinary crossing of the threshold a
 * service and week, however its clients batch.
 *
 * A service with fifty single records a second has p = .001 by chance 4,320 times a day. So
 * a crossing counts only if it is news: if so unusual a window is expected less than
 * ALARM_A_WEEK times in a week of the service's windows of its kind (ALARM_GRAVE_A_WEEK by
 * its errors, failed logins and attacks alone), or if it has new messages that speak of
 * failure, of a service that has not more than ALARM_FAILURES_A_WEEK of them a week (to be
 * told of those, once, is what people have this program for; in its first week a service
 * may have as many), or if
 * there were more batches over the threshold in its minute, or in its hour, than happens in
 * a week (Poisson, with the rate of crossings that it has; a new message that was first seen
 * a day or more ago makes no crossing). Otherwise the score is held at the threshold. A
 * service in its first hour (ALARM_FRESH_US) has no budget to keep; nor, for the grave
 * things, has one with fewer than ALARM_FREE_A_WEEK batches a week. */
#ifndef SCORING_ALARM_H
#define SCORING_ALARM_H

#include "scoring/window.h"

#define ALARM_FREE_A_WEEK     1000.0
#define ALARM_A_WEEK          .05
#define ALARM_GRAVE_A_WEEK    .1
#define ALARM_FAILURES_A_WEEK 5.0
#define ALARM_FRESH_US        (60 * (double)CLOCK_MINUTE_US)
#define ALARM_BURST_LEAST     5 /* fewer are what one event makes that takes some seconds */
#define ALARM_CROSSING_Z      3.0

struct alarm_view {
    double ordinary_a_week; /* windows as unusual in an ordinary week; 0: not known */
    bool counts;
};

/* A window judged, and what the budget said of it then. */
struct judgement {
    struct judged judged;
    struct alarm_view view;
};

/* What the window is, in the budget's words. */
struct alarm_window {
    double z;     /* -log10 p, without weights */
    double grave; /* the same of errors, failed logins and attacks alone */
    double
        failures; /* if there are new messages that speak of failure, or logins that are
                        new: how many of them the service had in span_us, decayed, and a
                        half; 0: there are none */
    enum window_kind kind;
    int64_t at_us; /* stream time */
};
void alarm_look(const struct model_alarms *a, const struct alarm_window *w,
                struct alarm_view *out);

/* Notes a judged window of the service. */
void alarm_count(struct model_alarms *a, enum window_kind kind, bool crossing,
                 int64_t at_us);

/* Stream time went on by so much. */
void alarm_pass(struct model_alarms *a, int64_t passed_us);
void alarm_halve(struct model_alarms *a);

#endif
