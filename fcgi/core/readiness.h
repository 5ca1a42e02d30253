/* readiness.h - is all as it should be? From facts that were gathered elsewhere
 * (fcgi/health.h) to four answers, each with a sentence. Pure: same inputs, same answer. */
#ifndef CORE_READINESS_H
#define CORE_READINESS_H

#include "fcgi/base/clock.h"
#include "fcgi/base/err.h"

/* The writer looks at the store at least every few seconds (fcgi/jobs/self_watch.h); if it
 * has not for so long, it hangs. */
#define READINESS_SILENT_US (20 * CLOCK_SECOND_US)
/* So long after a batch was refused for want of space it is taken to be so still. */
#define READINESS_REFUSED_US (15 * CLOCK_SECOND_US)
/* What was committed so long ago is learned, or the detector is behind. */
#define READINESS_LAG_US (60 * CLOCK_SECOND_US)

/* So much free space is little: bytes, or a part of the file system if that is less, but
 * twice as much as that below which nothing is taken any more. */
#define READINESS_LOW_BYTES INT64_C(1000000000)
enum { READINESS_LOW_PART = 20, READINESS_LOW_FLOORS = 2, READINESS_LOW_DAYS = 3 };

enum { READINESS_TEXT_BYTES = 256 };

enum readiness_state { READINESS_OK, READINESS_WARNING, READINESS_FAILING };

enum readiness_check {
    READINESS_STORE, /* can be written */
    READINESS_MODEL, /* is loaded, and who scores answers */
    READINESS_LAG,   /* of learning */
    READINESS_DISK
};
enum { READINESS_CHECKS_N = READINESS_DISK + 1 };

struct disk_room {
    bool known;
    int64_t free_bytes, total_bytes;
    int64_t floor_bytes; /* with less free nothing more is taken (keep.h) */
    int64_t left_bytes;  /* so much more the store may take before the oldest goes */
    double bytes_a_day;  /* by which the store grows; 0: not known, or not at all */
};

struct readiness_facts {
    bool store_read_fails, store_there;
    const char *read_error; /* why it fails; NULL: not known */
    bool ingest_runs;
    /* Of ingest's writer, by the monotonic clock, 0: not since it began; and why it failed. */
    int64_t mono_us, committed_us, failed_us;
    enum err_code commit_error;
    int64_t
        full_us; /* records were refused for want of space; 0: not since the last ones */
    bool scorer_known, scorer_ok;
    bool model_refused; /* a newer one than that which scores */
    int64_t lag_batches, lag_us;
    struct disk_room disk;
};

struct readiness_answer {
    enum readiness_state state;
    char why[READINESS_TEXT_BYTES]; /* "": all is well */
};

void readiness_decide(const struct readiness_facts *f,
                      struct readiness_answer out[static READINESS_CHECKS_N]);

const char *readiness_check_name(enum readiness_check c); /* "store", ... */
const char *readiness_state_name(enum readiness_state s); /* "ok", "warning", "failing" */

/* Days until nothing more is taken for want of space, at most 36500; -1: not known, or the
 * oldest goes before. */
double disk_room_days(const struct disk_room *d);
/* Is there so little left that somebody is to be told? Asked again while it is so, a tenth
 * more is needed for it to be over. */
bool disk_room_is_low(const struct disk_room *d, bool was_low);

#endif
