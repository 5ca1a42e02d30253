/* ticker.h - a thread that calls a function again and again, with so many microseconds
 * between two calls. */
#ifndef BASE_TICKER_H
#define BASE_TICKER_H

#include "fcgi/base/err.h"

struct ticker;

/* The first call comes period_us from now. */
enum err_code ticker_start(int64_t period_us, void (*fn)(void *), void *arg,
                           struct ticker **out, struct err *e) MUST_USE;

/* The next call comes now; after it the period begins anew. NULL allowed. */
void ticker_wake(struct ticker *t);

/* When it returns, no call is under way and none will come. NULL allowed. */
void ticker_stop(struct ticker *t);

#endif
