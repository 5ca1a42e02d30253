/* fuzz_time.c - times as senders write them: what is understood is in the years that may
 * be, and is the same time when it was written by us. */
#include "fcgi/base/clock.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#define LATEST_US (INT64_C(253402300800) * CLOCK_SECOND_US - 1)

static int64_t east(int64_t local_us)
{
    return local_us - 330 * CLOCK_MINUTE_US;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char when[CLOCK_TEXT_BYTES];
    int64_t us, again, there;
    char *p = fuzz_own((struct str){(const char *)data, n});
    struct str text = {p, n};
    if (clock_parse(text, &us)) {
        FUZZ_CHECK(us >= -24 * 60 * CLOCK_MINUTE_US && us <= LATEST_US + 86400000000);
        struct str out = clock_format(us, when);
        FUZZ_CHECK(out.n < CLOCK_TEXT_BYTES);
        FUZZ_CHECK(clock_parse(out, &again));
        FUZZ_CHECK(again == us - (us % 1000 + 1000) % 1000);
        if (clock_parse_in(text, east, &there)) {
            FUZZ_CHECK(there == us || there == east(us));
        } else { /* still in 1969 there */
            FUZZ_CHECK(east(us) < 0);
        }
    } else {
        FUZZ_CHECK(!clock_parse_in(text, NULL, &us));
    }
    free(p);
    return 0;
}
