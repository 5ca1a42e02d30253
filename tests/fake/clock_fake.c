/* clock_fake.c - see clock_fake.h. All but the one function is the product's own. */
#define clock_mono_us clock_real_mono_us
#include "fcgi/base/clock.c" /* NOLINT: the point of it */
#undef clock_mono_us

#include "tests/fake/clock_fake.h"

#include <stdatomic.h>

static atomic_int_fast64_t fake_us;

int64_t clock_mono_us(void);

int64_t clock_mono_us(void)
{
    return atomic_load(&fake_us);
}

void clock_fake_set(int64_t mono_us)
{
    atomic_store(&fake_us, mono_us);
}
