/* zone.h - the zone of times that name none, for the whole process. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "fcgi/base/clock.h"
#include "fcgi/base/err.h"

/* Is there such a zone: one of the system's zone database ("Europe/Berlin"), "local" for
 * the machine's own, or "UTC"? ERR_INVALID if not. */
enum err_code zone_check(const char *name, struct err *e) MUST_USE;

/* At start, before any thread: sets TZ. *out converts local time from then on, by any
 * thread; NULL for UTC. Fails as zone_check does. */
enum err_code zone_open(const char *name, clock_zone_fn *out, struct err *e) MUST_USE;

/* What zone_open gives: a time that occurs twice (clocks set back) is the first one, one
 * that does not occur (clocks set forward) is as much later as the clocks jump. */
int64_t zone_to_utc_us(int64_t local_us);

#endif
