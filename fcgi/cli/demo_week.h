/* demo_week.h - the log records of a small host, made up from a seed: days of ten services
 * (sshd, web, php, mail, cron, database, app, dns, backup, kernel) with the rhythms of
 * people, clocks and machines, and what goes wrong in them, with a list of that.
 *
 * Pure: no input, no output, no clock. The same options give the same records, and those of
 * a clean week are those of the faulty one without the faults' records and with what a
 * fault silenced. Memory is bounded, whatever the days: records are made one by one. */
#ifndef CLI_DEMO_WEEK_H
#define CLI_DEMO_WEEK_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

enum {
    DEMO_DAYS_MAX = 28,
    DEMO_FAULTS = 25, /* in seven days or more, from the second day on */
    DEMO_TRUTH_MAX = 40,
    DEMO_NAME_BYTES = 48,
    DEMO_DESCRIPTION_BYTES = 160
};

struct demo_options {
    uint64_t seed;
    int64_t start_us; /* 1970 to 9998; weekdays and hours are UTC */
    int days;         /* 1 to DEMO_DAYS_MAX */
    bool clean;       /* no faults */
};

/* The views are good until the next call. */
struct demo_record {
    int64_t at_us; /* never before the last one's; whole milliseconds */
    const char *service, *level;
    struct str message;  /* UTF-8 without control characters */
    struct str metadata; /* JSON */
    int truth;           /* which row of the truth it belongs to; -1: ordinary life */
};

/* What really happened. An event is planned work: an incident about it is no false one,
 * and none is no missed one. */
struct demo_truth {
    char name[DEMO_NAME_BYTES]; /* unique */
    bool fault;                 /* else an event */
    const char *service;        /* any of these, with commas, is right; "*": all */
    int64_t start_us, end_us;   /* its records are between these */
    int64_t evident_us;         /* when a careful reader of that log would know */
    char description[DEMO_DESCRIPTION_BYTES];
};

struct demo_week; /* opaque */

/* ERR_INVALID names the option that is out of its bounds; ERR_NOMEM. */
enum err_code demo_week_open(const struct demo_options *options, struct demo_week **out,
                             struct err *e) MUST_USE;
void demo_week_close(struct demo_week *w); /* NULL allowed */

/* The next record; false after the last one. */
bool demo_week_next(struct demo_week *w, struct demo_record *out);

/* The whole truth, by start; *n rows, which live as long as w. */
const struct demo_truth *demo_week_truth(const struct demo_week *w, size_t *n);

#endif
