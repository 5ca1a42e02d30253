/* demo_plan.h - when what happens in the demo's week: the events and the faults, with their
 * times, which follow from the seed. The events do not depend on whether faults are
 * planned. */
#ifndef CLI_DEMO_PLAN_H
#define CLI_DEMO_PLAN_H

#include "fcgi/cli/demo_tables.h"
#include "fcgi/cli/demo_week.h"

struct demo_item {
    const struct demo_event *event; /* one of the two */
    const struct demo_fault *fault;
    uint64_t group; /* the seed of what is the same all through it */
};

struct demo_plan {
    struct demo_truth truth[DEMO_TRUTH_MAX]; /* by their start */
    struct demo_item items[DEMO_TRUTH_MAX];  /* of each of them */
    size_t n;
};

/* The options must be those that demo_week_open takes. What would end after the last day is
 * left out. */
void demo_plan_make(struct demo_plan *plan, const struct demo_options *options);

/* How many releases there were before at_us; *first_us, if not NULL: the first one's time,
 * INT64_MAX if there is none. */
int demo_plan_releases(const struct demo_plan *plan, int64_t at_us, int64_t *first_us);

#endif
