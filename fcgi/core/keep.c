/* keep.c - see keep.h. */
#include "fcgi/core/keep.h"

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

struct keep_limits keep_limits(int64_t store_bytes_max, int64_t free_bytes_min,
                               int64_t days, int64_t disk_bytes)
{
    struct keep_limits l = {store_bytes_max, free_bytes_min, days * KEEP_DAY_US,
                            least(KEEP_BALLAST_BYTES, disk_bytes / KEEP_BALLAST_SHARE)};
    if (l.store_bytes_max == 0) {
        l.store_bytes_max = least(KEEP_STORE_BYTES, disk_bytes / KEEP_STORE_SHARE);
        l.store_bytes_max = most(KEEP_STORE_BYTES_LEAST, l.store_bytes_max);
    }
    if (l.free_bytes_min == 0) {
        l.free_bytes_min = least(KEEP_FREE_BYTES, disk_bytes / KEEP_FREE_SHARE);
    }
    return l;
}

/* --- the clock --- */

static bool is_near(int64_t a_us, int64_t b_us)
{
    return a_us - b_us <= KEEP_DOUBT_US && b_us - a_us <= KEEP_DOUBT_US;
}

static bool believe(struct keep_clock *c, int64_t wall_us, int64_t mono_us)
{
    *c = (struct keep_clock){.wall_us = wall_us, .mono_us = mono_us};
    return true;
}

bool keep_clock_look(struct keep_clock *c, int64_t wall_us, int64_t mono_us,
                     int64_t known_us)
{
    if (c->wall_us == 0) {
        c->wall_us = known_us > 0 ? known_us : wall_us;
        c->mono_us = mono_us;
    }
    if (is_near(wall_us, c->wall_us + (mono_us - c->mono_us))) {
        return believe(c, wall_us, mono_us);
    }
    bool same = c->doubted_wall_us != 0 &&
                is_near(wall_us, c->doubted_wall_us + (mono_us - c->doubted_mono_us));
    if (!same) {
        c->doubted_wall_us = wall_us;
        c->doubted_mono_us = mono_us;
    }
    return mono_us - c->doubted_mono_us >= KEEP_DOUBT_US && believe(c, wall_us, mono_us);
}

/* --- the plan --- */

struct keep_plan keep_plan(const struct keep_limits *l, const struct keep_state *s)
{
    struct keep_plan p = {INT64_MIN, false};
    int64_t slack = l->store_bytes_max / KEEP_SLACK_SHARE;
    int64_t end_us =
        l->keep_us > 0 && s->now_us > l->keep_us ? s->now_us - l->keep_us : 0;
    if (s->used_bytes > l->store_bytes_max - (s->purging ? slack : 0)) {
        p.before_us = INT64_MAX;
    } else if (s->oldest_us != 0 && s->oldest_us < end_us) {
        p.before_us = end_us;
    }
    int64_t unused_max = s->free_bytes < 2 * l->free_bytes_min
                             ? 0
                             : l->store_bytes_max / KEEP_UNUSED_SHARE;
    p.shrink = s->shrinks && s->unused_bytes > unused_max;
    return p;
}

int64_t keep_incidents_before(const struct keep_limits *l, int64_t now_us)
{
    return l->keep_us > 0 && now_us > l->keep_us ? now_us - l->keep_us : INT64_MIN;
}

int64_t keep_bytes_at_all(const struct keep_limits *l)
{
    return l->store_bytes_max + most(l->store_bytes_max / 8, KEEP_EXCESS_BYTES);
}

int64_t keep_free_bytes_min(const struct keep_limits *l, bool has_ballast)
{
    return l->free_bytes_min + (has_ballast ? 0 : l->ballast_bytes);
}

bool keep_needs_ballast(const struct keep_limits *l, int64_t free_bytes)
{
    return free_bytes < l->ballast_bytes / 2;
}

bool keep_has_room_for_ballast(const struct keep_limits *l, int64_t free_bytes)
{
    return free_bytes >= l->free_bytes_min + 2 * l->ballast_bytes;
}
