/* progress.c - see progress.h. */
#include "fcgi/cli/progress.h"

#include <ctype.h>
#include <unistd.h>

#define SHOW_EVERY_US (CLOCK_SECOND_US / 10)

void progress_name(const char *path, char out[static PROGRESS_NAME_BYTES])
{
    size_t n = strlen(path), at = 0;
    const char *from = path;
    if (n >= PROGRESS_NAME_BYTES) {
        from += n - (PROGRESS_NAME_BYTES - 4);
        memcpy(out, "...", 3);
        at = 3;
    }
    for (; *from; from++) {
        out[at++] = iscntrl((unsigned char)*from) ? '?' : *from;
    }
    out[at] = '\0';
}

const char *progress_number(int64_t n, char out[static PROGRESS_NUMBER_BYTES])
{
    char plain[24];
    size_t digits = (size_t)snprintf(plain, sizeof plain, "%lld", (long long)n), to = 0;
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0) {
            out[to++] = ',';
        }
        out[to++] = plain[i];
    }
    out[to] = '\0';
    return out;
}

void progress_begin(struct progress *p, const char *path)
{
    *p = (struct progress){.on = isatty(STDERR_FILENO) != 0,
                           .started_us = clock_mono_us()};
    progress_name(path, p->name);
}

void progress_show(struct progress *p, int64_t done, int64_t size, int64_t records)
{
    char number[PROGRESS_NUMBER_BYTES], rate[PROGRESS_NUMBER_BYTES], percent[8] = "";
    int64_t now = clock_mono_us();
    if (!p->on || now < p->next_us) {
        return;
    }
    int64_t took = now - p->started_us > 0 ? now - p->started_us : 1;
    if (size > 0) {
        snprintf(percent, sizeof percent, "%3d%%",
                 (int)(done < size ? 100.0 * (double)done / (double)size : 100));
    }
    fprintf(stderr, "\r%.40s %s %s records, %s/s \x1b[K", p->name, percent,
            progress_number(records, number),
            progress_number((int64_t)(1e6 * (double)records / (double)took), rate));
    p->next_us = now + SHOW_EVERY_US;
    p->shown = true;
}

void progress_clear(struct progress *p)
{
    if (p->shown) {
        fprintf(stderr, "\r\x1b[K");
        p->shown = false;
    }
}
