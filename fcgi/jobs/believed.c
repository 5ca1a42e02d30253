/* believed.c - see believed.h. */
#include "fcgi/jobs/believed.h"

#include "fcgi/base/diag.h"
#include "sql/store_read.h"

#define WALL_MOST (INT64_MAX / 4) /* it is counted on */
enum { NOTE_BYTES = 96, NUMBERS_MOST = 4 };

/* When it was believed: wall, mono. Of one that is doubted also what it said last, and for how
 * long it has gone on. The monotonic clock begins anew with the machine; then nothing is known
 * of the time between. */
static void read_note(struct keep_clock *c, struct str rest)
{
    int64_t n[NUMBERS_MOST], now_us = clock_mono_us();
    size_t found = 0;
    while (found < NUMBERS_MOST &&
           str_to_i64(str_split(&rest, ' '), 0, INT64_MAX, &n[found])) {
        found++;
    }
    if (found < 2 || n[0] == 0 || n[0] > WALL_MOST) {
        return;
    }
    *c = (struct keep_clock){.wall_us = n[0], .mono_us = n[1] < now_us ? n[1] : now_us};
    if (found == NUMBERS_MOST && n[2] <= WALL_MOST && n[3] <= KEEP_DOUBT_US &&
        n[2] > n[3]) {
        c->doubted_wall_us = n[2] - n[3];
        c->doubted_mono_us = now_us - n[3];
    }
}

enum err_code believed_open(struct believed *b, struct store *reader, int64_t newest_us,
                            struct err *e)
{
    char note[STORE_NOTE_BYTES];
    enum err_code code = store_get_note(reader, NOTE_CLOCK, note, e);
    if (!code) {
        *b = (struct believed){0};
        read_note(&b->clock, str_of(note));
        believed_now(b, newest_us);
    }
    return code;
}

int64_t believed_now(struct believed *b, int64_t newest_us)
{
    int64_t now_us = clock_now_us();
    bool believed = keep_clock_look(&b->clock, now_us, clock_mono_us(), newest_us);
    if (!believed && !b->doubted) {
        diag("the clock is more than a day from where it was expected: for a day nothing "
             "is deleted for its age");
    }
    b->doubted = !believed;
    b->seen_us = now_us;
    return believed ? now_us : 0;
}

void believed_note(struct believed *b, struct writer *writer)
{
    struct err e;
    char text[NOTE_BYTES];
    struct write_note note = {NOTE_CLOCK, text};
    struct write_job job = {.notes = &note, .notes_n = 1};
    const struct keep_clock *c = &b->clock;
    int n = snprintf(text, sizeof text, "%lld %lld", (long long)c->wall_us,
                     (long long)c->mono_us);
    if (b->doubted) {
        int64_t for_us = clock_mono_us() - c->doubted_mono_us;
        snprintf(text + n, sizeof text - (size_t)n, " %lld %lld", (long long)b->seen_us,
                 (long long)for_us);
    }
    bool fails = writer_submit(writer, &job, &e) != ERR_NONE;
    writer_wait_learned(&job);
    if (fails && !b->unnoted) {
        diag("what is known of the clock could not be noted, trying again: %s", e.msg);
    }
    b->unnoted = fails;
}
