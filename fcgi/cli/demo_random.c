/* demo_random.c - see demo_random.h. */
#include "fcgi/cli/demo_random.h"

#include <assert.h>
#include <math.h>

uint64_t demo_random_next(struct demo_random *r)
{
    uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t demo_random_mix(uint64_t a, uint64_t b)
{
    struct demo_random r = {a};
    r.state = demo_random_next(&r) ^ b;
    return demo_random_next(&r);
}

double demo_random_unit(struct demo_random *r)
{
    return (double)(demo_random_next(r) >> 11) * 0x1p-53;
}

int64_t demo_random_int(struct demo_random *r, int64_t low, int64_t high)
{
    assert(low <= high);
    return low + (int64_t)(demo_random_unit(r) * (double)(high - low + 1));
}

double demo_random_log(struct demo_random *r, double low, double high)
{
    assert(low > 0 && low <= high);
    return low * pow(high / low, demo_random_unit(r));
}

double demo_random_wait(struct demo_random *r, double mean)
{
    return -mean * log(1 - demo_random_unit(r));
}

bool demo_random_percent(struct demo_random *r, int percent)
{
    return demo_random_unit(r) * 100 < percent;
}
