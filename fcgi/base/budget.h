/* budget.h - bytes that may be in use at once, counted over all threads.
 *
 * Taking is refused, not waited for: the caller answers "busy". Any thread. */
#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct budget {
    atomic_size_t used;
    size_t max;
};

/* True, and n counted as used, if used + n is at most max. */
static inline bool budget_take(struct budget *b, size_t n)
{
    size_t used = atomic_load(&b->used);
    do {
        if (used > b->max || n > b->max - used) {
            return false;
        }
    } while (!atomic_compare_exchange_weak(&b->used, &used, used + n));
    return true;
}

static inline void budget_give(struct budget *b, size_t n)
{
    atomic_fetch_sub(&b->used, n);
}

#endif
