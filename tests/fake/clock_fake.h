/* clock_fake.h - fcgi/base/clock.h with a monotonic clock that moves only when told. A
 * test that names this object in place of fcgi/base/clock never waits. Any thread. */
#ifndef FAKE_CLOCK_FAKE_H
#define FAKE_CLOCK_FAKE_H

#include <stdint.h>

void clock_fake_set(int64_t mono_us); /* it stands at 0 at first */

#endif
