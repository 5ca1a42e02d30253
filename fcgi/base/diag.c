/* diag.c - see diag.h. A line is one write(2), so lines of several threads and programs
 * do not mix. */
#include "fcgi/base/diag.h"

#include "fcgi/base/clock.h"

#include <stdarg.h>
#include <unistd.h>

static const char *program_name = "loganalyzer";

void diag_init(const char *program)
{
    program_name = program;
}

void diag(const char *fmt, ...)
{
    char text[DIAG_LINE_BYTES], line[DIAG_LINE_BYTES * 4 + 128], when[CLOCK_TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct str now = clock_format(clock_now_us(), when);
    size_t n = (size_t)snprintf(line, 128, "%.*s %s: ", STR_ARGS(now), program_name);
    for (const char *p = text; *p; p++) {
        if (*p >= 0x20 && *p < 0x7F) {
            line[n++] = *p;
        } else {
            n += (size_t)snprintf(line + n, 5, "\\x%02x", (unsigned)(unsigned char)*p);
        }
    }
    line[n++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, n);
    (void)ignored;
}
