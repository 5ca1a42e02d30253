/* memory_fake.c - see memory_fake.h. */
#include "tests/fake/memory_fake.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int_fast64_t left; /* until one fails; 0: none will */
static atomic_bool stays_so, failed;
static sqlite3_mem_methods real;

static bool is_short(void)
{
    int_fast64_t n = atomic_load(&left);
    while (n > 0 && !atomic_compare_exchange_weak(&left, &n, n - 1)) {
    }
    bool now = n == 1 || (atomic_load(&failed) && atomic_load(&stays_so));
    if (now) {
        atomic_store(&failed, true);
    }
    return now;
}

void memory_fake_fail_at(int64_t n, bool stays)
{
    atomic_store(&left, 0);
    atomic_store(&failed, false);
    atomic_store(&stays_so, stays);
    atomic_store(&left, n);
}

bool memory_fake_failed(void)
{
    return atomic_load(&failed);
}

/* --- the product's; the names are the linker's --- */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
    return is_short() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return is_short() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return is_short() ? NULL : __real_realloc(p, n);
}

/* --- SQLite's --- */

static void *sqlite_malloc(int n)
{
    return is_short() ? NULL : real.xMalloc(n);
}

static void *sqlite_realloc(void *p, int n)
{
    return is_short() ? NULL : real.xRealloc(p, n);
}

void memory_fake_install(void)
{
    sqlite3_mem_methods ours;
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
    ours = real;
    ours.xMalloc = sqlite_malloc;
    ours.xRealloc = sqlite_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); /* each taking is one */
}
