/* demo_week.c - see demo_week.h. A heap holds what comes next: of each source its next
 * story, of each story that is being told its next step. All that is drawn by chance comes
 * from the seed and from what it is drawn for, so that no source feels another. */
#include "fcgi/cli/demo_week.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/json.h"
#include "fcgi/cli/demo_plan.h"
#include "fcgi/cli/demo_text.h"

#include <assert.h>

enum {
    SOURCES_MAX = 256,
    HEAP_MAX = 8192, /* stories being told; about 200 are */
    TEXT_BYTES_MAX = 8192
};
#define HOUR_US   (60 * CLOCK_MINUTE_US)
#define DAY_US    (24 * HOUR_US)
#define SUNDAY_US (3 * DAY_US) /* 1970-01-04 was one */
#define PEAK      8.0          /* no rhythm goes beyond */

/* A source in this week. */
struct source {
    const struct demo_source *of;
    struct demo_random stories; /* a seed for each, and when it comes */
    int64_t from_us, to_us;
    uint64_t group;
    int truth; /* -1: ordinary life */
};

struct next {
    int64_t at_us;
    uint64_t story;
    int source, step, repeats; /* step -1: a new story */
};

/* While a fault silences a source (or, where name is NULL, the host is dark). */
struct mute {
    const char *name;
    int64_t from_us, to_us;
};

struct demo_week {
    struct demo_options o;
    struct demo_plan plan;
    int64_t end_us, release_us;
    struct source sources[SOURCES_MAX];
    int sources_n;
    struct mute mutes[DEMO_TRUTH_MAX];
    size_t mutes_n;
    struct next heap[HEAP_MAX];
    size_t heap_n;
    struct buf text, scratch, metadata;
};

/* --- the heap; its order is total, so that it does not depend on who else is there --- */

static bool is_before(const struct next *a, const struct next *b)
{
    return a->at_us != b->at_us     ? a->at_us < b->at_us
           : a->source != b->source ? a->source < b->source
                                    : a->story < b->story;
}

static void push(struct demo_week *w, struct next item)
{
    assert(w->heap_n < HEAP_MAX);
    size_t i = w->heap_n++;
    item.at_us -= item.at_us % 1000;
    for (; i > 0 && is_before(&item, &w->heap[(i - 1) / 2]); i = (i - 1) / 2) {
        w->heap[i] = w->heap[(i - 1) / 2];
    }
    w->heap[i] = item;
}

static struct next pop(struct demo_week *w)
{
    struct next top = w->heap[0], last = w->heap[--w->heap_n];
    size_t i = 0, child;
    while ((child = 2 * i + 1) < w->heap_n) {
        if (child + 1 < w->heap_n && is_before(&w->heap[child + 1], &w->heap[child])) {
            child++;
        }
        if (!is_before(&w->heap[child], &last)) {
            break;
        }
        w->heap[i] = w->heap[child];
        i = child;
    }
    w->heap[i] = last;
    return top;
}

/* --- rhythms --- */

/* How much happens at a time, 1 being the mean of an ordinary weekday. */
static double people(int64_t at_us)
{
    static const double hours[24] = {0.35, 0.22, 0.15, 0.13, 0.15, 0.28, 0.55, 0.9,
                                     1.25, 1.5,  1.6,  1.55, 1.4,  1.45, 1.55, 1.55,
                                     1.5,  1.45, 1.4,  1.45, 1.5,  1.3,  0.95, 0.6};
    static const double weekdays[7] = {0.55, 1, 1, 1, 1, 0.95, 0.65}; /* from Sunday */
    int64_t in_week = (at_us + 7 * DAY_US - SUNDAY_US) % (7 * DAY_US);
    int64_t in_day = in_week % DAY_US;
    int64_t hour = in_day / HOUR_US, day = in_week / DAY_US;
    double part = (double)(in_day % HOUR_US) / (double)HOUR_US;
    double level = hours[hour] * (1 - part) + hours[(hour + 1) % 24] * part;
    bool busy = day == 1 && hour >= 8 && hour < 19; /* Monday: the newsletter */
    return level * weekdays[day] * (busy ? 2.4 : 1);
}

/* Each hour of a service has a mood of its own, 0.75 to 1.3. */
static double mood(const struct demo_week *w, const struct demo_source *s, int64_t at_us)
{
    struct demo_random r = {demo_random_mix(w->o.seed ^ str_hash(str_of(s->service)),
                                            (uint64_t)(at_us / HOUR_US))};
    return 0.75 + 0.55 * demo_random_unit(&r);
}

static double activity(const struct demo_week *w, const struct demo_source *s,
                       int64_t at_us)
{
    return mood(w, s, at_us) * (s->rhythm == DEMO_PEOPLE ? people(at_us) : 1);
}

/* By chance, and thinned out to the rhythm (Lewis and Shedler, 1979). */
static int64_t next_by_chance(struct demo_week *w, struct source *s, int64_t at_us)
{
    double mean_us = (double)DAY_US / s->of->per_day;
    if (s->of->rhythm == DEMO_STEADY) {
        return at_us + (int64_t)demo_random_wait(&s->stories, mean_us);
    }
    do {
        at_us += (int64_t)demo_random_wait(&s->stories, mean_us / PEAK);
    } while (at_us < s->to_us &&
             demo_random_unit(&s->stories) * PEAK >= activity(w, s->of, at_us));
    return at_us;
}

static int64_t next_by_clock(struct source *s, int64_t at_us)
{
    int64_t every_us = s->of->every_s * CLOCK_SECOND_US;
    int64_t phase_us = SUNDAY_US + s->of->at_s * CLOCK_SECOND_US;
    int64_t since_us = (at_us - phase_us % every_us) % every_us;
    int64_t jitter_us = (int64_t)(400000 * demo_random_unit(&s->stories));
    since_us += since_us < 0 ? every_us : 0;
    return at_us - since_us + every_us + jitter_us;
}

/* Puts the source's next story after at_us into the heap, if there is one. */
static void await_story(struct demo_week *w, int source, int64_t at_us)
{
    struct source *s = &w->sources[source];
    if (s->of->rhythm == DEMO_CLOCK) {
        at_us = next_by_clock(s, at_us);
    } else {
        at_us = next_by_chance(w, s, at_us);
    }
    if (at_us < s->to_us) {
        push(w, (struct next){at_us, demo_random_next(&s->stories), source, -1, 0});
    }
}

/* --- sources --- */

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void add_source(struct demo_week *w, const struct demo_source *of, int truth,
                       uint64_t group, uint64_t number)
{
    assert(w->sources_n < SOURCES_MAX);
    int i = w->sources_n++;
    struct source *s = &w->sources[i];
    *s = (struct source){
        of, {demo_random_mix(group, number)}, w->o.start_us, w->end_us, group, truth};
    if (truth >= 0) {
        s->from_us = w->plan.truth[truth].start_us;
        s->to_us = w->plan.truth[truth].end_us;
    } else if (of->after_release) {
        s->from_us = later(s->from_us, w->release_us);
    }
    if (of->rhythm == DEMO_ONCE || of->rhythm == DEMO_STEADY) {
        s->from_us += of->at_s * CLOCK_SECOND_US;
    }
    if (of->rhythm == DEMO_ONCE || of->rhythm == DEMO_STEADY) {
        push(w, (struct next){s->from_us, demo_random_next(&s->stories), i, -1, 0});
    } else if (s->from_us < s->to_us) {
        await_story(w, i, s->from_us - 1);
    }
}

static void add_life(struct demo_week *w)
{
    static const struct demo_source *const tables[] = {demo_life_web, demo_life_mail,
                                                       demo_life_system, demo_life_data};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct demo_source *s = tables[i]; s->steps; s++) {
            uint64_t name =
                demo_random_mix(str_hash(str_of(s->service)), str_hash(str_of(s->name)));
            add_source(w, s, -1, demo_random_mix(w->o.seed, name), 0);
        }
    }
}

static void add_mute(struct demo_week *w, const char *name, int64_t from_us,
                     int64_t to_us)
{
    w->mutes[w->mutes_n++] = (struct mute){name, from_us, to_us};
}

/* Events before faults: a source's number is part of the order. */
static void add_planned(struct demo_week *w, bool faults)
{
    for (size_t i = 0; i < w->plan.n; i++) {
        const struct demo_truth *t = &w->plan.truth[i];
        const struct demo_item *item = &w->plan.items[i];
        if (t->fault != faults) {
            continue;
        }
        for (uint64_t k = 0; faults && k < DEMO_FAULT_SOURCES_MAX; k++) {
            if (item->fault->sources[k].steps) {
                add_source(w, &item->fault->sources[k], (int)i, item->group, k + 1);
            }
        }
        if (faults && item->fault->mutes) {
            add_mute(w, item->fault->mutes, t->start_us, t->end_us);
        }
        if (!faults) {
            const struct demo_event *ev = item->event;
            add_source(w, &ev->source, (int)i, item->group, 1);
            add_mute(w, NULL, t->start_us + ev->dark_s * CLOCK_SECOND_US,
                     t->start_us + ev->dark_to_s * CLOCK_SECOND_US);
        }
    }
}

/* --- telling stories --- */

/* What is drawn for one step of a story; two uses of the same step differ by use. */
static struct demo_random draw(const struct next *at, uint64_t use)
{
    return (struct demo_random){demo_random_mix(
        at->story, ((uint64_t)at->step << 32) + (uint64_t)at->repeats * 2 + use)};
}

/* What comes after a step: the same again, or the next one that happens. */
static void await_step(struct demo_week *w, struct next at)
{
    const struct demo_step *steps = w->sources[at.source].of->steps;
    struct demo_random r = draw(&at, 0);
    if (at.step >= 0 && demo_random_percent(&r, steps[at.step].again)) {
        at.repeats++;
    } else {
        at.repeats = 0;
        do {
            at.step++;
        } while (steps[at.step].text && !demo_random_percent(&r, steps[at.step].chance));
    }
    if (steps[at.step].text) {
        double wait_ms = steps[at.step].wait_ms;
        wait_ms += demo_random_wait(&r, steps[at.step].spread_ms);
        at.at_us += (int64_t)(1000 * wait_ms);
        push(w, at);
    }
}

static bool is_muted(const struct demo_week *w, const struct source *s, int64_t at_us)
{
    for (size_t i = 0; i < w->mutes_n; i++) {
        const struct mute *m = &w->mutes[i];
        bool meant = m->name ? s->truth < 0 && strcmp(m->name, s->of->name) == 0
                             : s->truth < 0 || w->plan.truth[s->truth].fault;
        if (meant && at_us >= m->from_us && at_us < m->to_us) {
            return true;
        }
    }
    return false;
}

static void put_value(struct json_out *o, struct str value)
{
    int64_t n;
    if (value.n < 16 && str_to_i64(value, 0, INT64_MAX, &n)) {
        json_int(o, n);
    } else {
        json_str(o, value);
    }
}

/* "key=value key=value" as members. */
static void put_members(struct json_out *o, struct str list)
{
    char key[32];
    while (list.n > 0) {
        struct str value = str_split(&list, ' '), name = str_split(&value, '=');
        snprintf(key, sizeof key, "%.*s", STR_ARGS(name));
        json_key(o, key);
        put_value(o, value);
    }
}

static void put_metadata(struct demo_week *w, const char *members, struct str program,
                         const struct demo_context *c)
{
    struct demo_random r = {demo_random_mix(c->story, 3)};
    struct json_out o = json_out(&w->metadata);
    buf_clear(&w->metadata);
    buf_clear(&w->scratch);
    demo_text(&w->scratch, "host=web1", c, &r);
    if (program.n > 0) {
        struct demo_random pid = {demo_random_mix(c->story, str_hash(program))};
        buf_fmt(&w->scratch, " program=%.*s pid=", STR_ARGS(program));
        demo_text(&w->scratch, "%{pid}", c, &pid);
    }
    if (members) {
        buf_byte(&w->scratch, ' ');
        demo_text(&w->scratch, members, c, &r);
    }
    json_open(&o, '{');
    put_members(&o, buf_view(&w->scratch));
    json_close(&o, '}');
}

static void tell(struct demo_week *w, const struct next *at, struct demo_record *out)
{
    static const char *const levels[] = {"DEBUG", "INFO", "WARN", "ERROR"};
    const struct source *s = &w->sources[at->source];
    const struct demo_step *step = &s->of->steps[at->step];
    struct demo_context c = {at->at_us, w->o.seed, at->story, s->group,
                             demo_plan_releases(&w->plan, at->at_us, NULL)};
    struct demo_random r = draw(at, 1);
    buf_clear(&w->text);
    demo_text(&w->text, step->text, &c, &r);
    struct str message = buf_view(&w->text), program = STR_NONE;
    if (message.p[0] == '@') {
        program = str_from(str_split(&message, ' '), 1);
    }
    put_metadata(w, step->service ? NULL : s->of->metadata, program, &c);
    assert(!w->text.failed && !w->scratch.failed && !w->metadata.failed);
    *out = (struct demo_record){
        .at_us = at->at_us,
        .service = step->service ? step->service : s->of->service,
        .level = levels[step->level],
        .message = message,
        .metadata = buf_view(&w->metadata),
        .truth = s->truth,
    };
}

bool demo_week_next(struct demo_week *w, struct demo_record *out)
{
    while (w->heap_n > 0 && w->heap[0].at_us < w->end_us) {
        struct next at = pop(w);
        const struct source *s = &w->sources[at.source];
        if (s->truth >= 0 && at.at_us > w->plan.truth[s->truth].end_us) {
            continue; /* it is over */
        }
        if (at.step < 0 && s->of->rhythm != DEMO_ONCE) {
            await_story(w, at.source, at.at_us);
        }
        await_step(w, at);
        if (at.step >= 0 && !is_muted(w, s, at.at_us)) {
            tell(w, &at, out);
            return true;
        }
    }
    return false;
}

/* --- opening and closing --- */

static enum err_code check(const struct demo_options *o, struct err *e)
{
    int64_t end_max_us = INT64_C(253370764800) * CLOCK_SECOND_US; /* the year 9999 */
    if (o->days < 1 || o->days > DEMO_DAYS_MAX) {
        return err_set(e, ERR_INVALID, "the days are 1 to %d", DEMO_DAYS_MAX);
    }
    if (o->start_us < 0 || o->start_us >= end_max_us - DEMO_DAYS_MAX * DAY_US) {
        return err_set(e, ERR_INVALID, "the start is in the years 1970 to 9998");
    }
    return ERR_NONE;
}

enum err_code demo_week_open(const struct demo_options *options, struct demo_week **out,
                             struct err *e)
{
    if (check(options, e)) {
        return e->code;
    }
    struct demo_week *w = calloc(1, sizeof *w);
    if (!w) {
        return err_set(e, ERR_NOMEM, "not enough memory for the demo");
    }
    w->o = *options;
    w->o.start_us -= w->o.start_us % 1000;
    w->end_us = w->o.start_us + w->o.days * DAY_US;
    demo_plan_make(&w->plan, &w->o);
    demo_plan_releases(&w->plan, 0, &w->release_us);
    buf_init(&w->text, TEXT_BYTES_MAX);
    buf_init(&w->scratch, TEXT_BYTES_MAX);
    buf_init(&w->metadata, TEXT_BYTES_MAX);
    add_life(w);
    add_planned(w, false);
    add_planned(w, true);
    *out = w;
    return ERR_NONE;
}

void demo_week_close(struct demo_week *w)
{
    if (w) {
        buf_free(&w->text);
        buf_free(&w->scratch);
        buf_free(&w->metadata);
        free(w);
    }
}

const struct demo_truth *demo_week_truth(const struct demo_week *w, size_t *n)
{
    *n = w->plan.n;
    return w->plan.truth;
}
