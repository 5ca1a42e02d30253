/* send_journal.c - see send_journal.h. Entries come through a pipe; those that are there
 * when none has come for a moment, or a whole part of them, are sent. */
#include "fcgi/cli/send_journal.h"

#include "fcgi/base/clock.h"
#include "fcgi/cli/send_journalctl.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 200 };

struct journal {
    struct sender *sender;
    struct send_note note;
    struct send_state state;
    struct send_reader reader;
    struct journalctl child;
    bool at_end, idle;    /* of the pipe: it is closed; nothing came for a moment */
    bool without_message; /* the next entry is too long to be read with it */
    bool dirty;
    int64_t saved_us, want_since_us, start_us; /* start_us: not before */
};

static struct chunks *window(struct journal *j)
{
    return &j->sender->im.chunks;
}

/* --- the pipe --- */

/* Moves what is left to the window's front, and reads behind it. */
static enum err_code take_input(struct journal *j, struct err *e)
{
    struct chunks *c = window(j);
    size_t left = c->window.n - c->at;
    struct pollfd p = {.fd = j->child.out, .events = POLLIN};
    memmove(c->window.p, c->window.p + c->at, left);
    c->window.n = left;
    c->at = 0;
    j->idle = true;
    if (left == CHUNK_WINDOW_BYTES || poll(&p, 1, TICK_MS) <= 0) {
        return ERR_NONE;
    }
    ssize_t n = read(j->child.out, c->window.p + left, CHUNK_WINDOW_BYTES - left);
    if (n < 0 && errno != EINTR && errno != EAGAIN) {
        return err_set(e, ERR_IO, "journalctl cannot be read: %s", strerror(errno));
    }
    j->at_end = n == 0;
    j->idle = n <= 0;
    c->window.n += n > 0 ? (size_t)n : 0;
    return ERR_NONE;
}

static void stop_child(struct journal *j)
{
    int status = journalctl_stop(&j->child);
    if (j->at_end && !*j->sender->stop) {
        struct err e;
        err_set(&e, ERR_IO, "journalctl has ended with status %d; it is started again",
                status);
        j->sender->say("journal", e.msg);
        j->start_us = clock_mono_us() + SEND_JOURNAL_RESTART_S * CLOCK_SECOND_US;
    }
}

static enum err_code start_child(struct journal *j, struct err *e)
{
    struct chunks *c = window(j);
    struct send_stream *s = &j->state.streams[0];
    c->at = c->window.n = 0;
    j->at_end = false;
    return journalctl_follow(&j->child, s->cursor, !j->without_message, e);
}

/* --- a part --- */

static void save(struct journal *j, bool sync)
{
    struct err e;
    j->saved_us = clock_mono_us();
    j->dirty = false;
    if (send_state_save(&j->note, "journal", &j->state, sync, &e)) {
        j->sender->say("journal", e.msg);
    }
}

/* The cursor of the last entry that is done with. */
static void note_cursor(struct journal *j, size_t n, size_t start)
{
    struct chunks *c = window(j);
    struct send_stream *s = &j->state.streams[0];
    struct str cursor;
    for (size_t i = 0; i < n; i++) {
        if (start + c->chunk.ends[i] == c->at &&
            chunks_cursor(c->chunk.records[i], &cursor) && cursor.n < sizeof s->cursor) {
            memcpy(s->cursor, cursor.p, cursor.n);
            s->cursor[cursor.n] = '\0';
        }
    }
    j->dirty = true;
}

/* The server has a part of which not all has come. It does come, as the journal is read in
 * its order, unless entries are gone since. */
static void wait_for_rest(struct journal *j)
{
    int64_t now_us = clock_mono_us();
    j->want_since_us = j->want_since_us ? j->want_since_us : now_us;
    if (now_us - j->want_since_us >= SEND_JOURNAL_WAIT_S * CLOCK_SECOND_US) {
        j->want_since_us = 0;
        j->reader.run.ask = false;
        j->sender->say("journal", "entries that were sent are not in it any more");
    }
}

static void set_window(struct journal *j)
{
    struct chunks *c = window(j);
    const struct send_stream *s = &j->state.streams[0];
    c->kind = SPLIT_JOURNAL;
    c->by_cursor = c->follows = true;
    c->piece_max = CHUNK_WINDOW_BYTES;
    c->here = s->here;
    c->before = c->seed = s->before;
    c->offset = s->offset;
    c->at_end = false;
}

/* Sends what is on hand, if it is a whole part, or no more comes. */
static enum err_code send_entries(struct journal *j, struct err *e)
{
    struct chunks *c = window(j);
    set_window(j);
    enum err_code code = chunks_cut(c, e);
    if (code || c->chunk.n == 0 || (c->chunk.last && !j->idle)) {
        return code;
    }
    if (!c->chunk.whole) { /* an entry that fills the window */
        j->without_message = true;
        j->sender->say("journal", "an entry is too long to be sent whole: it is sent "
                                  "without its message");
        journalctl_stop(&j->child);
        return ERR_NONE;
    }
    if (j->without_message) {
        chunks_shorten(c, 1);
    }
    size_t n = c->chunk.n, start = c->at;
    switch (send_reader_part(&j->reader, c, e)) {
    case SEND_FAILED:
        return e->code;
    case SEND_IDLE:
        wait_for_rest(j);
        return ERR_NONE;
    case SEND_MORE:
    case SEND_CUT:
    default:
        break;
    }
    j->want_since_us = 0;
    note_cursor(j, n, start);
    if (j->without_message && c->at > start) {
        j->without_message = false;
        journalctl_stop(&j->child);
    }
    return ERR_NONE;
}

static enum err_code step(struct journal *j, struct err *e)
{
    static const struct timespec tick = {0, TICK_MS * 1000 * 1000};
    if (j->child.pid == 0 && clock_mono_us() < j->start_us) {
        nanosleep(&tick, NULL);
        return ERR_NONE;
    }
    enum err_code code = j->child.pid == 0 ? start_child(j, e) : ERR_NONE;
    code = code ? code : take_input(j, e);
    code = code ? code : send_entries(j, e);
    if (j->child.pid != 0 && j->at_end && !code) {
        stop_child(j);
    }
    if (j->dirty &&
        clock_mono_us() - j->saved_us >= SEND_JOURNAL_SAVE_S * CLOCK_SECOND_US) {
        save(j, false);
    }
    return code;
}

/* --- beginning and end --- */

static void say_damaged(const struct journal *j)
{
    char text[SEND_PATH_BYTES + 256];
    snprintf(
        text, sizeof text,
        "what was noted of how far it is sent is damaged (kept as %s.damaged). It is "
        "read from its beginning; what the server knows of it is not stored again",
        j->note.path);
    j->sender->say("journal", text);
}

static enum err_code open_journal(struct journal *j, struct err *e)
{
    enum send_found found;
    struct send_stream *s = &j->state.streams[0];
    enum err_code code = journalctl_probe(e);
    code = code ? code
                : send_state_open(j->sender->folder, "journal", &j->note, &j->state,
                                  &found, e);
    if (code) {
        return code;
    }
    if (found == SEND_NOTE_DAMAGED) {
        say_damaged(j);
    }
    digest_begin(&s->before);
    digest_add(&s->before, STR("loganalyzer send --journal\n"));
    if (!s->begun) {
        s->here = digest_here(&s->before);
        s->kind = SPLIT_JOURNAL;
        s->begun = true;
    }
    j->reader.stream = s;
    j->reader.run.ask = true;
    return ERR_NONE;
}

enum err_code send_journal(struct sender *sender, const char *service, struct err *e)
{
    static struct journal j;
    j = (struct journal){.sender = sender, .note.lock_fd = -1};
    j.reader = (struct send_reader){.sender = sender, .subject = "journal", .fd = -1};
    j.reader.run.context = (struct entry_context){.kind = SPLIT_JOURNAL,
                                                  .service = str_of(service),
                                                  .now_us = sender->im.now_us,
                                                  .zone = sender->im.zone,
                                                  .limits = &sender->im.limits};
    enum err_code code = open_journal(&j, e);
    while (!code && !*sender->stop) {
        code = step(&j, e);
        if (code == ERR_UPSTREAM && sender->waits_forever && !*sender->stop) {
            sender->say("journal", e->msg);
            j.start_us = clock_mono_us() + SEND_JOURNAL_RESTART_S * CLOCK_SECOND_US;
            journalctl_stop(&j.child);
            j.reader.run.ask = true;
            code = ERR_NONE;
        }
    }
    journalctl_stop(&j.child);
    if (j.note.lock_fd >= 0 && j.dirty) {
        save(&j, true);
    }
    send_state_close(&j.note);
    return *sender->stop ? ERR_NONE : code;
}
