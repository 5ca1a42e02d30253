/* counts.h - what is counted of records that are judged together: a window. Plain data.
 *
 * A window is a batch's records of one service, a session, or a service's minute, ten
 * minutes or hour. analysis.h fills it, window.h judges it. */
#ifndef SCORING_COUNTS_H
#define SCORING_COUNTS_H

#include "scoring/attack.h"
#include "scoring/vectors.h"

/* What one record can be odd in; each has its own calibration per service. */
enum trace_channel {
    TRACE_RARE,  /* its template's share */
    TRACE_VALUE, /* a new value at a place of few */
    TRACE_PATH,  /* spelling, by field */
    TRACE_QUERY,
    TRACE_AGENT,
    TRACE_CHANNELS_N
};

enum window_kind {
    WINDOW_ONE, /* batches by their number of records: 1, to 15, to 127, more */
    WINDOW_FEW,
    WINDOW_SOME,
    WINDOW_MANY,
    WINDOW_SESSION,
    WINDOW_MINUTE,
    WINDOW_TEN, /* minutes */
    WINDOW_HOUR,
    WINDOW_KINDS_N
};

/* What a window can be odd in, each calibrated per service and kind. */
enum window_channel {
    PART_RECORDS, /* the three oddest records */
    PART_LOW,     /* how many records are somewhat odd */
    PART_COUNT,   /* one kind of message, too many of it */
    PART_ERRORS,
    PART_LOGINS,
    PART_NOISE,  /* probes and scanners, which come to every server */
    PART_VOLUME, /* minutes: records in it */
    PART_VECTOR, /* calibrates itself (vectors.h): no histogram */
    PARTS_N
};

enum { WINDOW_NEWS_MAX = 24, WINDOW_PEAKS = 3, WINDOW_REFS = 8 };

struct window_new { /* a template that is not known */
    uint32_t key, n;
    uint64_t id;  /* of the template (struct model_template) */
    int32_t slot; /* -1: not in the model when it was looked up */
    bool fresh;   /* it came for the first time */
    bool grave;   /* it speaks of failure */
    bool real;    /* by an answer */
    int64_t ref;  /* its first record: index in the batch, or id in the store */
};

struct window_peak { /* one of the oddest records */
    float z;
    int32_t slot; /* of its template; -1: not in the model when it was looked up */
    uint32_t key;
    uint8_t channel; /* enum trace_channel */
    int64_t ref;
};

/* What is counted in a batch's records of one service, a session or a minute. */
struct window {
    int64_t n, errors, logins, low, attacks;
    int64_t entrances;   /* logins with something never seen in them */
    int64_t first, last; /* refs of its first and last record */
    uint32_t news_n;     /* different new templates; WINDOW_NEWS_MAX are listed */
    uint32_t grave_n;    /* different ones of them that speak of failure */
    uint32_t untold_n, grave_untold_n; /* of both, those that were not told */
    struct window_new news[WINDOW_NEWS_MAX];
    struct window_peak peak[WINDOW_PEAKS]; /* the oddest first */
    uint16_t attack_n[ATTACKS_N];          /* requests that look like attacks, by kind */
    int64_t attack_ref[ATTACKS_N];         /* the first of each kind */
    int64_t error_ref[WINDOW_REFS], login_ref[WINDOW_REFS];
    int32_t day; /* of its first record, and hour of the day */
    uint8_t hour;
    uint64_t session; /* of its first record */
    bool mixed;       /* others have another one, or none */
    bool partial;     /* some of it is normal by an answer, and not in the vector */
    bool real;        /* some of it is never to be learned */
    uint32_t quiet;   /* records that are normal by an answer; stays at its end */
    int32_t
        overdue; /* a template that stays away (slot + 1), and nothing else; 0: none */
    uint32_t overdue_key;
    int64_t overdue_us; /* for so long */
    double usual;       /* minutes: records in one at this time; 0: not known */
    struct vector vector;
};

#endif
