/* demo_plan.c - see demo_plan.h. Times are tried at random until one fits: faults keep two
 * hours apart if they can, and away from the planned work, so that it is plain which of
 * them an incident is about. */
#include "fcgi/cli/demo_plan.h"

#include "fcgi/base/clock.h"
#include "fcgi/cli/demo_text.h"

#include <assert.h>

enum { TRIES_A_GAP = 400, FAULTS_MAX = 64 };
#define DAY_US       (24 * 60 * CLOCK_MINUTE_US)
#define EVENT_GAP_US (40 * CLOCK_MINUTE_US)

static const int64_t gaps_us[] = {120 * CLOCK_MINUTE_US, 60 * CLOCK_MINUTE_US,
                                  15 * CLOCK_MINUTE_US};

static int64_t seconds(int64_t s)
{
    return s * CLOCK_SECOND_US;
}

/* The moment within 24 hours from the beginning of a day of the week that has this time
 * of day. */
static int64_t moment(const struct demo_options *o, int day, int64_t time_of_day_s)
{
    int64_t from_us = o->start_us + day * DAY_US;
    int64_t later_us = seconds(time_of_day_s) - from_us % DAY_US;
    return from_us + (later_us + DAY_US) % DAY_US;
}

static int64_t end_of(const struct demo_options *o)
{
    return o->start_us + o->days * DAY_US;
}

static struct demo_truth *add(struct demo_plan *plan, struct demo_item item,
                              const char *name, int64_t start_us, int64_t lasts_us)
{
    assert(plan->n < DEMO_TRUTH_MAX);
    struct demo_truth *t = &plan->truth[plan->n];
    plan->items[plan->n++] = item;
    *t = (struct demo_truth){.start_us = start_us, .end_us = start_us + lasts_us};
    snprintf(t->name, sizeof t->name, "%s", name);
    return t;
}

static void plan_events(struct demo_plan *plan, const struct demo_options *o)
{
    for (const struct demo_event *ev = demo_events; ev->name; ev++) {
        uint64_t group = demo_random_mix(o->seed, str_hash(str_of(ev->name)));
        struct demo_random r = {group};
        for (int day = ev->day, week = 1; day < o->days; day += 7, week++) {
            int64_t at = moment(o, day, demo_random_int(&r, ev->from_s, ev->to_s));
            char name[DEMO_NAME_BYTES];
            if (at + seconds(ev->lasts_s) > end_of(o)) {
                continue;
            }
            snprintf(name, sizeof name, week > 1 ? "%s-%d" : "%s", ev->name, week);
            struct demo_item item = {ev, NULL, demo_random_mix(group, (uint64_t)week)};
            struct demo_truth *t = add(plan, item, name, at, seconds(ev->lasts_s));
            t->service = "*";
            t->evident_us = t->start_us;
            snprintf(t->description, sizeof t->description, "%s", ev->description);
        }
    }
}

/* --- faults --- */

static int64_t time_of_day(const struct demo_fault *f, struct demo_random *r)
{
    switch (f->when) {
    case DEMO_NIGHT:
        return demo_random_int(r, AT(22, 0), AT(29, 0)) % DAY_S;
    case DEMO_BUSY:
        return demo_random_int(r, AT(8, 0), AT(17, 0));
    case DEMO_AT:
        return f->at_s;
    case DEMO_ANY:
    case DEMO_RELEASED:
    default:
        return demo_random_int(r, 0, DAY_S - 1);
    }
}

static bool fits(const struct demo_plan *plan, int64_t start_us, int64_t end_us,
                 int64_t gap_us)
{
    for (size_t i = 0; i < plan->n; i++) {
        const struct demo_truth *t = &plan->truth[i];
        int64_t apart = llabs(t->start_us - start_us);
        if (t->fault ? apart < gap_us
                     : start_us < t->end_us + EVENT_GAP_US &&
                           end_us > t->start_us - EVENT_GAP_US) {
            return false;
        }
    }
    return true;
}

static bool find_time(const struct demo_plan *plan, const struct demo_options *o,
                      const struct demo_fault *f, int64_t lasts_us, int64_t *start_us)
{
    struct demo_random r = {demo_random_mix(o->seed ^ 1, str_hash(str_of(f->name)))};
    int64_t release_us;
    if (f->when == DEMO_RELEASED) {
        demo_plan_releases(plan, 0, &release_us);
        *start_us = release_us;
        if (release_us < INT64_MAX) {
            *start_us += seconds(demo_random_int(&r, 180, 600));
        }
        return *start_us < end_of(o) - lasts_us;
    }
    for (size_t gap = 0; o->days > 1 && gap < sizeof gaps_us / sizeof gaps_us[0]; gap++) {
        for (int i = 0; i < TRIES_A_GAP; i++) {
            int day = (int)demo_random_int(&r, 1, o->days - 1);
            *start_us = moment(o, day, time_of_day(f, &r));
            if (*start_us + lasts_us <= end_of(o) &&
                fits(plan, *start_us, *start_us + lasts_us, gaps_us[gap])) {
                return true;
            }
        }
    }
    return false;
}

static bool plan_fault(struct demo_plan *plan, const struct demo_options *o,
                       const struct demo_fault *f)
{
    uint64_t group = demo_random_mix(o->seed, str_hash(str_of(f->name)));
    struct demo_random r = {group};
    int64_t lasts_us = seconds(demo_random_int(&r, f->lasts_s, f->lasts_max_s)), start_us;
    if (!find_time(plan, o, f, lasts_us, &start_us)) {
        return false;
    }
    struct demo_context context = {.at_us = start_us, .seed = o->seed, .group = group};
    struct demo_truth *t =
        add(plan, (struct demo_item){NULL, f, group}, f->name, start_us, lasts_us);
    struct buf text;
    t->fault = true;
    t->service = f->service;
    t->evident_us = start_us + seconds(f->evident_s);
    buf_init(&text, DEMO_DESCRIPTION_BYTES);
    demo_text(&text, f->description, &context, &r);
    snprintf(t->description, sizeof t->description, "%.*s", STR_ARGS(buf_view(&text)));
    buf_free(&text);
    return true;
}

/* Those that are in every week, bound times first, and others in an order by chance. */
static size_t order_faults(const struct demo_options *o, const struct demo_fault **out)
{
    static const struct demo_fault *const tables[] = {demo_attacks, demo_breakage};
    uint64_t rank[FAULTS_MAX];
    size_t n = 0;
    for (size_t table = 0; table < 2; table++) {
        for (const struct demo_fault *f = tables[table]; f->name; f++, n++) {
            assert(n < FAULTS_MAX);
            struct demo_random r = {
                demo_random_mix(o->seed ^ 2, str_hash(str_of(f->name)))};
            uint64_t key = demo_random_next(&r) >> 2;
            key |= f->always ? 0 : UINT64_C(1) << 63;
            key |= f->when == DEMO_RELEASED ? 0 : UINT64_C(1) << 62;
            size_t at = n;
            for (; at > 0 && rank[at - 1] > key; at--) {
                rank[at] = rank[at - 1];
                out[at] = out[at - 1];
            }
            rank[at] = key;
            out[at] = f;
        }
    }
    return n;
}

static void sort_by_start(struct demo_plan *plan)
{
    for (size_t i = 1; i < plan->n; i++) {
        struct demo_truth t = plan->truth[i];
        struct demo_item item = plan->items[i];
        size_t at = i;
        for (; at > 0 && plan->truth[at - 1].start_us > t.start_us; at--) {
            plan->truth[at] = plan->truth[at - 1];
            plan->items[at] = plan->items[at - 1];
        }
        plan->truth[at] = t;
        plan->items[at] = item;
    }
}

void demo_plan_make(struct demo_plan *plan, const struct demo_options *options)
{
    const struct demo_fault *faults[FAULTS_MAX];
    plan->n = 0;
    plan_events(plan, options);
    if (!options->clean) {
        /* In fewer days there is room for fewer. */
        int left =
            options->days >= 7 ? DEMO_FAULTS : DEMO_FAULTS * (options->days - 1) / 6;
        size_t n = order_faults(options, faults);
        for (size_t i = 0; i < n && left > 0; i++) {
            left -= plan_fault(plan, options, faults[i]) ? 1 : 0;
        }
    }
    sort_by_start(plan);
}

int demo_plan_releases(const struct demo_plan *plan, int64_t at_us, int64_t *first_us)
{
    int n = 0;
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < plan->n; i++) {
        const struct demo_event *ev = plan->items[i].event;
        if (ev && strcmp(ev->name, DEMO_RELEASE) == 0) {
            int64_t at = plan->truth[i].start_us;
            first = at < first ? at : first;
            n += at <= at_us ? 1 : 0;
        }
    }
    if (first_us) {
        *first_us = first;
    }
    return n;
}
