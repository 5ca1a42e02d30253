/* progress.c - see progress.h. */
#include "fcgi/cli/progress.h"

#include <ctype.h>
#include <unistd.h>

enum { NAME_CHARS = 24, BAR_CHARS = 20 };
#define SHOW_EVERY_US (CLOCK_SECOND_US / 10)

void progress_name(const char *path, char out[static PROGRESS_NAME_BYTES])
{
    const char *from = strcmp(path, "-") == 0 ? "standard input" : path;
    size_t n = strlen(from), at = 0;
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

/* "[#####               ]  25% "; nothing if the size is not known. */
static void put_bar(int64_t done, int64_t size)
{
    static const char full[] = "####################";
    if (size > 0) {
        double part = done < size ? (double)done / (double)size : 1;
        fprintf(stderr, "[%-*.*s] %3d%% ", BAR_CHARS, (int)(BAR_CHARS * part), full,
                (int)(100 * part));
    }
}

void progress_show(struct progress *p, int64_t done, int64_t size, int64_t records)
{
    char number[PROGRESS_NUMBER_BYTES], rate[PROGRESS_NUMBER_BYTES];
    int64_t now = clock_mono_us();
    if (!p->on || now < p->next_us) {
        return;
    }
    size_t n = strlen(p->name), skip = n > NAME_CHARS ? n - NAME_CHARS : 0;
    int64_t took = now - p->started_us > 0 ? now - p->started_us : 1;
    fprintf(stderr, "\r%s ", p->name + skip);
    put_bar(done, size);
    fprintf(stderr, "%s records, %s/s \x1b[K", progress_number(records, number),
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
