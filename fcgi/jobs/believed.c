/* believed.c - see believed.h. */
#include "fcgi/jobs/believed.h"

#include "fcgi/base/diag.h"
#include "sql/store_read.h"

enum { NOTE_BYTES = 48 };

/* The monotonic clock begins anew with the machine; then nothing is known of the time between. */
static void read_note(struct keep_clock *c, struct str rest)
{
    struct str wall = str_split(&rest, ' ');
    int64_t wall_us, mono_us, now_us = clock_mono_us();
    if (str_to_i64(wall, 1, INT64_MAX, &wall_us) &&
        str_to_i64(rest, 0, INT64_MAX, &mono_us)) {
        *c = (struct keep_clock){.wall_us = wall_us,
                                 .mono_us = mono_us < now_us ? mono_us : now_us};
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
    return believed ? now_us : 0;
}

enum err_code believed_note(const struct believed *b, struct writer *writer,
                            struct err *e)
{
    char text[NOTE_BYTES];
    struct write_note note = {NOTE_CLOCK, text};
    struct write_job job = {.notes = &note, .notes_n = 1};
    if (b->doubted) {
        return ERR_NONE;
    }
    snprintf(text, sizeof text, "%lld %lld", (long long)b->clock.wall_us,
             (long long)b->clock.mono_us);
    enum err_code code = writer_submit(writer, &job, e);
    writer_wait_learned(&job);
    return code;
}
