/* ticker.h - a thread that calls a function again and again, so many microseconds apart. */
#ifndef BASE_TICKER_H
#define BASE_TICKER_H

#include "fcgi/base/err.h"

struct ticker;

/* The first call comes period_us from now. A call that takes longer than period_us is
 * followed by the next at once, never by two at a time. */
enum err_code ticker_start(int64_t period_us, void (*fn)(void *), void *arg,
                           struct ticker **out, struct err *e) MUST_USE;

/* When it returns, no call is under way and none will come. NULL allowed. */
void ticker_stop(struct ticker *t);

#endif
