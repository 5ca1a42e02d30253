/* keep.h - what is kept and for how long: decided from numbers that others have read. Pure.
 *
 * A store has a largest size, and may have a number of days. Beyond either the oldest goes.
 * Days are counted by our clock, from when records were received; and a clock that has
 * jumped ahead deletes nothing: it is doubted for KEEP_DOUBT_US first. */
#ifndef CORE_KEEP_H
#define CORE_KEEP_H

#include "fcgi/base/clock.h"

#define KEEP_DAY_US            (24 * 60 * CLOCK_MINUTE_US)
#define KEEP_DOUBT_US          KEEP_DAY_US /* a jump of more is doubted, and for so long */
#define KEEP_STORE_BYTES       INT64_C(10000000000)
#define KEEP_STORE_BYTES_LEAST INT64_C(64000000)
#define KEEP_FREE_BYTES        INT64_C(256000000)
#define KEEP_BALLAST_BYTES     (INT64_C(16) << 20)
#define KEEP_EXCESS_BYTES      (INT64_C(64) << 20)
#define KEEP_JOURNAL_BYTES     (INT64_C(16) << 20) /* a larger one is emptied */
#define KEEP_JOURNAL_MOST      (INT64_C(32) << 20) /* beyond it records alone add to it */
#define KEEP_JOURNAL_LEAST     (INT64_C(1) << 18)  /* the same when the disk is full */
enum {
    KEEP_BALLAST_SHARE = 16, /* a sixteenth of it at most */
    KEEP_STORE_SHARE = 5,    /* a fifth of the file system */
    KEEP_FREE_SHARE = 50,    /* a fiftieth */
    KEEP_SLACK_SHARE = 50,   /* of the largest size: so much more goes at a time */
    KEEP_UNUSED_SHARE = 10,  /* of it may be unused before the file is made smaller */
    KEEP_INCIDENTS_MAX = 20000,
    KEEP_IMPORT_SHARE = 2048 /* of the largest size: parts of files that are remembered */
};

struct keep_limits {
    int64_t store_bytes_max;
    int64_t free_bytes_min; /* of the file system; with less nothing more is taken */
    int64_t keep_us;        /* 0: as long as there is room */
    int64_t ballast_bytes;  /* kept free for the day on which the disk is full */
};

/* A setting of 0 bytes means by the file system, of disk_bytes in all: a fifth of it, at most
 * KEEP_STORE_BYTES and, however small it is, at least KEEP_STORE_BYTES_LEAST; a fiftieth, at
 * most KEEP_FREE_BYTES. */
struct keep_limits keep_limits(int64_t store_bytes_max, int64_t free_bytes_min,
                               int64_t days, int64_t disk_bytes);

/* Whether our clock may be believed. All zero: nothing is known yet. */
struct keep_clock {
    int64_t wall_us, mono_us; /* when it was last believed */
    int64_t doubted_wall_us,
        doubted_mono_us; /* when it was first doubted; 0: it is not */
};
/* Looks at it again. known_us is a time that has been, such as that of the newest record: it
 * counts at the first look; 0: none is known. */
bool keep_clock_look(struct keep_clock *c, int64_t wall_us, int64_t mono_us,
                     int64_t known_us);

/* What is to be done for a store of which so much is known. */
struct keep_state {
    int64_t used_bytes, unused_bytes, free_bytes;
    int64_t oldest_us;
    int64_t now_us; /* 0: the clock is not believed */
    bool shrinks;
    bool purging; /* a purge for size has begun and goes on to its end */
};
struct keep_plan {
    int64_t before_us; /* records received before it go; INT64_MIN: none; INT64_MAX: the
                        * oldest, for their size */
    bool shrink;       /* unused bytes are given back */
};
struct keep_plan keep_plan(const struct keep_limits *l, const struct keep_state *s);

/* How large the store may become at all, while what is beyond its size is being deleted: an
 * eighth more, and at least KEEP_EXCESS_BYTES. */
int64_t keep_bytes_at_all(const struct keep_limits *l);

/* With less free nothing more is taken, and /readyz says so: without a ballast its room
 * counts too, else what was let go to delete from would be filled again at once. */
int64_t keep_free_bytes_min(const struct keep_limits *l, bool has_ballast);

/* Whether there is so little free that a ballast is to go, for what is to be deleted; and so
 * much that one can be made. */
bool keep_needs_ballast(const struct keep_limits *l, int64_t free_bytes);
bool keep_has_room_for_ballast(const struct keep_limits *l, int64_t free_bytes);

/* Incidents to which nothing has happened since go; INT64_MIN: none. */
int64_t keep_incidents_before(const struct keep_limits *l, int64_t now_us);

#endif
