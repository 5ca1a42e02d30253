/* span_text.c - see span_text.h. */
#include "scoring/span_text.h"

#include <stdio.h>

void span_text(char *out, size_t size, double us)
{
    static const struct {
        double us;
        const char *name;
    } units[] = {
        {86400e6, "days"}, {3600e6, "hours"}, {60e6, "minutes"}, {1e6, "seconds"}};
    size_t i = 0;
    while (i < 3 && us < 1.95 * units[i].us) {
        i++;
    }
    snprintf(out, size, "%.0f %s", us / units[i].us, units[i].name);
}
