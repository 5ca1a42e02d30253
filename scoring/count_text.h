/* count_text.h - how reasons say counts: "3 records", "usual 0 to 2". */
#ifndef SCORING_COUNT_TEXT_H
#define SCORING_COUNT_TEXT_H

#include <stdint.h>
#include <stdio.h>

#define COUNT_USUAL_BYTES 48

/* The end of a noun of which there are n. */
static inline const char *count_plural(double n)
{
    return n == 1 ? "" : "s";
}

/* out: COUNT_USUAL_BYTES. */
static inline void count_usual(char *out, int64_t usual_max)
{
    if (usual_max == 0) {
        snprintf(out, COUNT_USUAL_BYTES, "usual 0");
    } else {
        snprintf(out, COUNT_USUAL_BYTES, "usual 0 to %lld", (long long)usual_max);
    }
}

#endif
