/* occurrences.c - see occurrences.h. */
#include "fcgi/core/occurrences.h"

int64_t occurrences_wider(int64_t width_us)
{
    static const int64_t minutes[] = {1, 5, 15, 60, 6 * 60, 24 * 60, 7 * 24 * 60};
    for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
        if (width_us < minutes[i] * CLOCK_MINUTE_US) {
            return minutes[i] * CLOCK_MINUTE_US;
        }
    }
    return width_us <= INT64_MAX / 2 ? 2 * width_us : INT64_MAX;
}

int64_t occurrences_start(int64_t at_us, int64_t width_us)
{
    int64_t over = at_us % width_us;
    over += over < 0 ? width_us : 0;
    return at_us < INT64_MIN + over ? INT64_MIN : at_us - over;
}

size_t occurrences_merge(struct occurrences *list, size_t n, int64_t width_us)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct occurrences o = list[i];
        o.at_us = occurrences_start(o.at_us, width_us);
        if (kept > 0 && list[kept - 1].at_us == o.at_us) {
            struct occurrences *last = &list[kept - 1];
            last->count += o.count;
            last->severity = o.severity > last->severity ? o.severity : last->severity;
        } else {
            list[kept++] = o;
        }
    }
    return kept;
}
