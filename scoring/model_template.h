/* model_template.h - what the model knows of a template beside what templates.h keeps: how
 * often it came, at which hours, in which bursts and intervals. Plain data. */
#ifndef SCORING_MODEL_TEMPLATE_H
#define SCORING_MODEL_TEMPLATE_H

#include "scoring/probation.h"
#include "scoring/rhythm.h"

/* What is known of a template beside what templates.h keeps. */
struct model_template {
    float count;             /* records learned, decayed; 0: not known yet */
    float once;              /* what it is of its service's `once` */
    uint32_t seen;           /* times learned */
    float bursts, in_bursts; /* minutes that had it, and records in them; decayed */
    /* Hours of the day, a bit each, in which it came: before day hours_day, and on it. */
    uint32_t hours, hours_today;
    int32_t hours_day;
    bool grave;  /* its first message spoke of failure */
    bool told;   /* it is in an incident, of when it was new */
    bool normal; /* by an answer: its number says nothing */
    uint64_t id; /* of the service's name and the message that it was made from: it was
                      known before it was learned, and is the same after another training */
    struct probation probation;
    struct rhythm rhythm;
};

/* Is it one that comes at some hours of the day only, and this (a bit) is one of them? */
enum { MODEL_HOURS_FEW = 6 };
static inline bool model_comes_at(const struct model_template *t, uint32_t hour,
                                  int32_t day)
{
    uint32_t hours = t->hours | (t->hours_day != day ? t->hours_today : 0);
    return (hours & hour) != 0 && __builtin_popcount(hours) <= MODEL_HOURS_FEW;
}

#endif
