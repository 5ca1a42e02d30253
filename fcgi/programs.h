/* programs.h - the responders of this store as processes: do they run, and what do they
 * take? Each has written its number into the counters (fcgi/base/counts.h). */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>

enum { PROGRAMS_N = 4 };
extern const char
    *const programs[PROGRAMS_N]; /* "ingest", "incidents", "meta", "score" */

struct program_state {
    bool known; /* it was started at some time */
    bool runs;
    int64_t resident_bytes, descriptors, threads; /* if it runs; -1: not told */
};

void program_look(const char *program, struct program_state *out);

#endif
