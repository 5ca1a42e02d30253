/* counters.h - numbers that are counted by several processes, seen by each of them, and
 * outlive them: a file of named slots that every program of ours maps.
 *
 * A slot is made at the first use of its name and stays; adding to it is one atomic
 * instruction, so nobody waits for anybody, and kill -9 leaves whole numbers. Two processes
 * that make the same name at once make two slots: who lists them adds them up. When all
 * slots are in use, further names share one that nobody sees, and COUNTERS_LOST tells how
 * many names were refused.
 *
 * The file's blocks are reserved when it is made, so that a full disk later does not end
 * who writes to them. Any thread, after counters_open; before it, and until counters_retry
 * if it fails, the numbers are this process's own. */
#ifndef BASE_COUNTERS_H
#define BASE_COUNTERS_H

#include "fcgi/base/err.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { COUNTERS_MAX = 1024, COUNTER_NAME_BYTES = 116 };

#define COUNTERS_LOST "metrics_refused_total" /* the first slot */

typedef _Atomic int64_t counter;

/* Maps the file at path, which is made, or made anew if it is another version's or damaged.
 * While there is one thread. */
enum err_code counters_open(const char *path, struct err *e) MUST_USE;

/* What a number means for one that is there before this process counts. */
enum counters_kind {
    COUNTERS_SUM,     /* it goes on */
    COUNTERS_BALANCE, /* added to and taken from, and nothing at a start */
    COUNTERS_LATEST   /* said again and again, and nothing at a start */
};

/* As counters_open, if that has failed, but while others count: what they have counted
 * meanwhile is added. Called again, it adds what was still counted in the old place: who has
 * kept what counters_find gave is to ask for it anew. One thread at a time. */
enum err_code counters_retry(const char *path,
                             enum counters_kind (*kind_of)(const char *),
                             struct err *e) MUST_USE;

/* The slot of that name, which is made if there is none; never NULL. */
counter *counters_find(const char *name);

/* The next slot from *at on (0 at first); false: there is no other. name is valid until
 * counters_close. */
struct counter_row {
    const char *name;
    int64_t value;
};
bool counters_next(size_t *at, struct counter_row *out);

/* For tests: the slots found so far are not to be used any more. */
void counters_close(void);

#endif
