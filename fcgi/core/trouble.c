/* trouble.c - see trouble.h. */
#include "fcgi/core/trouble.h"

#include "fcgi/base/size_text.h"
#include "fcgi/base/utf8.h"

#include <stdio.h>

const char *trouble_name(enum trouble t)
{
    static const char *const names[TROUBLES_N] = {"scorer", "webhook", "mail", "disk",
                                                  "retention"};
    return names[t];
}

enum trouble_step trouble_look(struct trouble_watch *w, enum trouble_sight sight,
                               int64_t patience_us, int64_t mono_us)
{
    if (sight == TROUBLE_UNKNOWN) {
        return TROUBLE_STAYS;
    }
    if (sight == TROUBLE_AWAY) {
        w->since_us = 0;
        return w->open ? TROUBLE_ENDS : TROUBLE_STAYS;
    }
    w->since_us = w->since_us ? w->since_us : mono_us;
    return !w->open && mono_us - w->since_us >= patience_us ? TROUBLE_BEGINS
                                                            : TROUBLE_STAYS;
}

/* "3 minutes" */
static const char *duration(int64_t us, char out[static 32])
{
    int64_t seconds = us / CLOCK_SECOND_US, minutes = seconds / 60;
    int64_t n = minutes > 0 ? minutes : seconds;
    snprintf(out, 32, "%lld %s%s", (long long)n, minutes > 0 ? "minute" : "second",
             n == 1 ? "" : "s");
    return out;
}

static int print_scorer(const struct trouble_facts *f, const char *since, char *out)
{
    if (!f->scorer_is_service) {
        return snprintf(
            out, TROUBLE_TEXT_BYTES,
            "records have not been scored for %s: what was learned is read "
            "again from the store; they are stored, and learned in their turn",
            since);
    }
    return snprintf(out, TROUBLE_TEXT_BYTES,
                    "the scoring service has not answered for %s%s%s; records are stored "
                    "without a score, and looked at when it is back",
                    since, f->last_error[0] ? ": " : "", f->last_error);
}

static int print_channel(enum trouble t, const struct trouble_facts *f, const char *since,
                         char *out)
{
    return snprintf(out, TROUBLE_TEXT_BYTES,
                    "messages by %s have not been delivered for %s, %lld wait%s%s; "
                    "GET /notifications lists them",
                    trouble_name(t), since, (long long)f->waiting,
                    f->last_error[0] ? ": " : "", f->last_error);
}

static int print_disk(const struct disk_room *d, char *out)
{
    char left[SIZE_TEXT_BYTES], all[SIZE_TEXT_BYTES], days[64] = "";
    if (disk_room_days(d) >= 0) {
        snprintf(days, sizeof days, ", used up in %.1f days as things go",
                 disk_room_days(d));
    }
    return snprintf(out, TROUBLE_TEXT_BYTES,
                    "the disk is nearly full where the store is: %s of %s are free%s",
                    size_text(d->free_bytes, left), size_text(d->total_bytes, all), days);
}

struct str trouble_text(enum trouble t, const struct trouble_facts *f,
                        char out[static TROUBLE_TEXT_BYTES])
{
    char since[32];
    int n;
    duration(f->for_us, since);
    switch (t) {
    case TROUBLE_SCORER:
        n = print_scorer(f, since, out);
        break;
    case TROUBLE_DISK:
        n = print_disk(f->disk, out);
        break;
    case TROUBLE_RETENTION:
        n = snprintf(
            out, TROUBLE_TEXT_BYTES,
            "what is old could not be deleted for %s: %s; the store grows beyond "
            "its bounds",
            since, f->last_error);
        break;
    case TROUBLE_WEBHOOK:
    case TROUBLE_MAIL:
    default:
        n = print_channel(t, f, since, out);
    }
    size_t len = n < TROUBLE_TEXT_BYTES ? (size_t)n : TROUBLE_TEXT_BYTES - 1;
    len = utf8_valid_prefix((struct str){out, len}); /* cut, but not within a letter */
    out[len] = '\0';
    return (struct str){out, len};
}

const char *trouble_end_text(enum trouble t)
{
    static const char *const texts[TROUBLES_N] = {
        "by itself: records are scored again", "by itself: messages are delivered again",
        "by itself: messages are delivered again", "by itself: there is space again",
        "by itself: what is old is deleted again"};
    return texts[t];
}
