/* clock.h - time. Inside the product a time is int64_t microseconds since the epoch, UTC;
 * text only at the edges. The clock is read where a request or a timed job begins and
 * handed down as now_us. Durations and deadlines use the monotonic clock (mono_us). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "fcgi/base/str.h"

enum { CLOCK_TEXT_BYTES = 32 };
#define CLOCK_SECOND_US INT64_C(1000000)
#define CLOCK_MINUTE_US (60 * CLOCK_SECOND_US)

int64_t clock_now_us(void);
int64_t clock_mono_us(void);

/* "2026-11-22T13:00:48.123Z" into out; the text as a view. Years 1 to 9999. */
struct str clock_format(int64_t us, char out[static CLOCK_TEXT_BYTES]);

/* Reads what senders write: "2026-11-22T13:00:48.1234567+01:00" and its kin ('T' or a
 * space; seconds and their 1 to 9 digits, after '.' or ',', may be missing; "Z",
 * "+01:00", "+0100", "+01" or nothing, which means UTC), a bare date, Windows PowerShell's
 * "/Date(1795351418000)/" (milliseconds; an offset in it changes nothing), or a number of
 * seconds, milliseconds, microseconds or nanoseconds since the epoch, told apart by
 * size. Digits below a microsecond are dropped. False if it is none of these or the
 * year is not 1970 to 9999. */
bool clock_parse(struct str text, int64_t *us);

/* Local time as UTC: local_us counts as if the local clock were UTC (zone.h). */
typedef int64_t (*clock_zone_fn)(int64_t local_us);

/* The same, where a time without a zone is of the given one; NULL means UTC. */
bool clock_parse_in(struct str text, clock_zone_fn zone, int64_t *us);

#endif
