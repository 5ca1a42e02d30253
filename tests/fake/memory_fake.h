/* memory_fake.h - memory that is short when told: for the product's own code and for SQLite,
 * one count for both. The program is linked with --wrap (tests/unit/units_faults.mk). Any
 * thread takes memory. */
#ifndef FAKE_MEMORY_FAKE_H
#define FAKE_MEMORY_FAKE_H

#include <stdbool.h>
#include <stdint.h>

void memory_fake_install(void); /* once, before SQLite is used */

/* From now on the n-th taking of memory fails, from 1; 0: none. stays: those after it, too. */
void memory_fake_fail_at(int64_t n, bool stays);
bool memory_fake_failed(void); /* since then: has one? */

#endif
