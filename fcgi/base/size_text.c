/* size_text.c - see size_text.h. */
#include "fcgi/base/size_text.h"

#include <stdio.h>

const char *size_text(int64_t bytes, char out[static SIZE_TEXT_BYTES])
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < sizeof units / sizeof units[0]; unit++) {
        value /= 1000;
    }
    int digits = unit > 0 && value < 9.95 ? 1 : 0;
    snprintf(out, SIZE_TEXT_BYTES, "%.*f %s", digits, value, units[unit]);
    return out;
}
