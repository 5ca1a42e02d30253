/* send_file.c - see send_file.h. */
#include "fcgi/cli/send_file.h"

#include "fcgi/base/clock.h"
#include "fcgi/cli/send_search.h"

#include <unistd.h>

#define NOW(f)  (&(f)->state.streams[0])
#define LATE(f) (&(f)->state.streams[1])

static void say_damaged(const struct send_file *f)
{
    char text[SEND_PATH_BYTES + 512];
    snprintf(
        text, sizeof text,
        "what was noted of how far it is sent is damaged (kept as %s.damaged). It is "
        "read from its beginning; what the server knows of it is not stored again, "
        "but lines without a time of their own may be. Rotated files that were not "
        "sent yet are left out",
        f->note.path);
    f->sender->say(f->path, text);
}

enum err_code send_file_open(struct send_file *f, struct sender *sender, const char *path,
                             struct str service, struct err *e)
{
    enum send_found found;
    int n = snprintf(f->path, sizeof f->path, "%s", path);
    f->sender = sender;
    f->note.lock_fd = f->now.fd = f->late.fd = -1;
    if (n <= 0 || (size_t)n >= sizeof f->path) {
        return err_set(e, ERR_INVALID, "its path is too long");
    }
    struct send_reader reader = {.sender = sender, .subject = f->path, .fd = -1};
    reader.run.context = (struct entry_context){.service = service,
                                                .now_us = sender->im.now_us,
                                                .zone = sender->im.zone,
                                                .limits = &sender->im.limits};
    f->now = f->late = reader;
    enum err_code code =
        send_state_open(sender->folder, f->path, &f->note, &f->state, &found, e);
    if (code) {
        return code;
    }
    f->now.first = found != SEND_NOTE_READ;
    if (found != SEND_NOTE_READ) {
        f->state.after_us = INT64_MAX; /* without a state no rotated file is sent */
    }
    if (found == SEND_NOTE_DAMAGED) {
        say_damaged(f);
    }
    f->searched_late = !LATE(f)->begun;
    return ERR_NONE;
}

/* --- what is said, and noted --- */

static void say_once(struct send_file *f, const char *text)
{
    if (strncmp(f->said, text, sizeof f->said - 1) != 0) {
        snprintf(f->said, sizeof f->said, "%s", text);
        f->sender->say(f->path, text);
    }
}

static bool save(struct send_file *f, bool sync, int64_t now_us)
{
    struct err e;
    f->saved_us = now_us;
    if (send_state_save(&f->note, f->path, &f->state, sync, &e)) {
        say_once(f, e.msg);
        f->retry_us = now_us + SEND_RETRY_S * CLOCK_SECOND_US;
        return false;
    }
    f->dirty = false;
    return true;
}

/* What failed is tried again later. Returns false: nothing is to be done at once. */
static bool fail(struct send_file *f, const struct err *e, int64_t now_us)
{
    if (!*f->sender->stop) {
        say_once(f, e->msg);
        f->sender->gave_up =
            f->sender->gave_up || (e->code == ERR_UPSTREAM && !f->sender->waits_forever);
    }
    f->retry_us = now_us + SEND_RETRY_S * CLOCK_SECOND_US;
    return false;
}

/* A step was made. If the stream has begun with it, that is noted before anything else. */
static bool stepped(struct send_file *f, struct send_reader *r, int64_t now_us)
{
    f->dirty = true;
    if (r->stream->offset > 0) {
        r->first = false;
        f->said[0] = '\0';
        return true;
    }
    struct err e;
    if (r->first && r->fd >= 0 && send_reader_pass_imported(r, &e)) {
        *r->stream = (struct send_stream){0};
        return fail(f, &e, now_us);
    }
    if (!save(f, true, now_us)) {
        *r->stream = (struct send_stream){0};
        return false;
    }
    return true;
}

/* --- files --- */

static bool list_rotated(struct send_file *f, struct err *e)
{
    return !rotated_find(f->path, &f->sender->rotated, e);
}

static const struct rotated *find_inode(const struct send_file *f, int64_t dev,
                                        int64_t ino)
{
    return rotated_inode(&f->sender->rotated, dev, ino);
}

/* --- from one file to the next --- */

/* The stream 0 is through. Of its file that is known, or 0. */
static void turn_over(struct send_file *f, int64_t dev, int64_t ino)
{
    struct send_stream *s = NOW(f);
    if (s->begun) { /* nothing of it was sent: one that has not changed since may be it */
        f->state.after_us = s->changed_us - (s->offset == 0);
    }
    f->state.last_dev = dev;
    f->state.last_ino = ino;
    f->now.first = false;
    *s = (struct send_stream){0};
    f->dirty = true;
}

/* What is left of the one before the one that has been followed. */
static bool flush_late(struct send_file *f, int64_t now_us)
{
    struct err e;
    enum send_look look = SEND_MORE;
    while (f->late.fd >= 0 && look == SEND_MORE) {
        look = send_reader_look(&f->late, true, now_us, &e);
        if (look == SEND_FAILED && e.code != ERR_IO) {
            return fail(f, &e, now_us);
        }
    }
    send_reader_stop(&f->late);
    return true;
}

/* The file that has been followed is another one's predecessor from now on: what is written
 * to it yet is sent, and it is known again under another inode. */
static bool make_late(struct send_file *f, int64_t now_us)
{
    if (!flush_late(f, now_us)) {
        return false;
    }
    *LATE(f) = *NOW(f);
    f->late = f->now;
    f->late.stream = LATE(f);
    f->late.grown_us = now_us;
    f->now.fd = -1;
    f->searched_late = true;
    return true;
}

/* A compressed one that came between: all of it. */
static bool send_packed(struct send_file *f, const struct rotated *next, int64_t now_us)
{
    struct rotated file = *next;
    struct err e;
    if (file.packing == ROTATED_OTHER) {
        err_set(&e, ERR_INVALID,
                "%.100s is compressed in a way that is not read here: unpack it, and "
                "import it",
                file.name);
        f->sender->say(f->path, e.msg);
        turn_over(f, (int64_t)file.dev, (int64_t)file.ino);
        return true;
    }
    int fd = send_open_rotated(f, &file, &e);
    if (fd < 0) {
        return e.code ? fail(f, &e, now_us) : false;
    }
    f->now.stream = NOW(f);
    enum send_look look = send_finish(&f->now, fd, &e);
    if (look == SEND_MORE) {
        NOW(f)->dev = (int64_t)file.dev;
        NOW(f)->ino = (int64_t)file.ino;
        NOW(f)->changed_us = file.changed_us;
        return stepped(f, &f->now, now_us);
    }
    if (look == SEND_FAILED) {
        return fail(f, &e, now_us);
    }
    if (!make_late(f, now_us)) {
        return false;
    }
    turn_over(f, (int64_t)file.dev, (int64_t)file.ino);
    return true;
}

/* The rotated file that comes next, if one does. */
static bool find_next(struct send_file *f, struct rotated *next, bool *found,
                      struct err *e)
{
    struct send_state *s = &f->state;
    *found = false;
    if (f->now.first) {
        return true;
    }
    if (!list_rotated(f, e)) {
        return false;
    }
    for (;;) {
        const struct rotated *last = find_inode(f, s->last_dev, s->last_ino);
        const struct rotated *file = rotated_next(&f->sender->rotated, last, s->after_us);
        if (!file) {
            return true;
        }
        *next = *file;
        enum send_look look = last ? SEND_CUT : send_is_last(f, next, e);
        if (look == SEND_CUT && send_is_copy_in_work(f, next)) {
            err_set(e, ERR_BUSY, "is being copied");
            return false;
        }
        if (look != SEND_IDLE) {
            *found = look == SEND_CUT;
            return *found;
        }
        s->last_dev = (int64_t)next->dev;
        s->last_ino = (int64_t)next->ino;
        f->dirty = true;
    }
}

/* A name may be mistyped: that it is waited for is said again, but not for ever and ever. */
static void say_missing(struct send_file *f, int64_t now_us)
{
    if (f->missing_us == 0) {
        f->missing_said = 0;
        if (f->now.first) { /* else it is between two files */
            f->sender->say(f->path, "does not exist yet; it is waited for");
        }
    } else if (now_us >= f->missing_us) {
        f->missing_said++;
        f->sender->say(f->path, "still does not exist; it is waited for");
    } else {
        return;
    }
    int64_t next_s =
        f->missing_said < SEND_MISSING_TIMES ? SEND_MISSING_S : SEND_MISSING_LATER_S;
    f->missing_us = now_us + next_s * CLOCK_SECOND_US;
}

/* Opens what comes next: a rotated file, or the one that has the name now. That one is
 * opened first: if the name is given to yet another one then, it is a rotated file. */
static bool open_next(struct send_file *f, int64_t now_us)
{
    struct rotated next;
    struct stat st;
    struct err e = {0}, of_list;
    bool found;
    int fd = rotated_open(f->path, &st, &e);
    if (!find_next(f, &next, &found, &of_list)) {
        if (fd >= 0) {
            close(fd);
        }
        return of_list.code == ERR_BUSY ? false : fail(f, &of_list, now_us);
    }
    if (found) {
        if (fd >= 0) {
            close(fd);
        }
        if (next.packing != ROTATED_PLAIN) {
            return send_packed(f, &next, now_us);
        }
        fd = send_open_rotated(f, &next, &e);
    }
    if (fd < 0) {
        say_missing(f, now_us);
        return e.code ? fail(f, &e, now_us) : false;
    }
    f->missing_us = 0;
    send_reader_start(&f->now, NOW(f), fd);
    return true;
}

/* The name leads to another file now. */
static bool turn_to_next(struct send_file *f, const struct stat *held, int64_t now_us)
{
    struct err e;
    f->turning_us = f->turning_us ? f->turning_us : now_us;
    if (f->now.held && now_us - f->now.grown_us < SEND_QUIET_US &&
        now_us - f->turning_us < SEND_LATE_LINE_S * CLOCK_SECOND_US) {
        return false; /* its last line is not through yet */
    }
    if (!NOW(f)->begun && f->now.held) { /* a first line without an end */
        if (now_us - f->now.grown_us < SEND_LATE_LINE_S * CLOCK_SECOND_US) {
            return false;
        }
        enum send_look look = send_reader_look(&f->now, true, now_us, &e);
        if (look != SEND_IDLE) {
            return look == SEND_MORE ? stepped(f, &f->now, now_us) : fail(f, &e, now_us);
        }
    }
    if (!make_late(f, now_us)) {
        return false;
    }
    f->turning_us = 0;
    turn_over(f, (int64_t)held->st_dev, (int64_t)held->st_ino);
    return true;
}

/* Nothing more is to be had of the file: does its name lead to another one? */
static bool look_at_name(struct send_file *f, int64_t now_us)
{
    struct stat named, held;
    struct err e;
    if (stat(f->path, &named) != 0 || fstat(f->now.fd, &held) != 0) {
        return false; /* it is gone, but what is written to it can be read */
    }
    if (!S_ISREG(named.st_mode)) {
        err_set(&e, ERR_INVALID, "is no file any more; one is waited for");
        return fail(f, &e, now_us);
    }
    if (named.st_dev == held.st_dev && named.st_ino == held.st_ino) {
        return false;
    }
    return turn_to_next(f, &held, now_us);
}

/* --- finding again what was followed --- */

/* Not found: is it to be looked for once more? It may be renamed or compressed just now. */
static bool may_turn_up(struct send_file *f, enum send_look look, int64_t now_us)
{
    int64_t since_us = now_us - f->searching_us;
    int64_t patience_s = look == SEND_FAILED ? SEND_SEARCH_S : SEND_RETRY_S;
    f->retry_us = now_us + CLOCK_SECOND_US;
    return since_us < patience_s * CLOCK_SECOND_US;
}

/* The stream's file is not where it was. */
static bool search_now(struct send_file *f, int64_t now_us)
{
    struct rotated found;
    struct stat st;
    struct err e = {0};
    struct send_stream *s = NOW(f);
    enum send_look look = send_search(f, &f->now, &found, &e);
    f->dirty = true;
    if (look == SEND_FAILED && (e.code == ERR_UPSTREAM || e.code == ERR_BUSY)) {
        return fail(f, &e, now_us);
    }
    if (look != SEND_IDLE && may_turn_up(f, look, now_us)) {
        return false;
    }
    f->retry_us = 0;
    if (look == SEND_IDLE && !found.name[0]) { /* the name's own file, another inode */
        int fd = rotated_open(f->path, &st, &e);
        if (fd >= 0) {
            send_reader_start(&f->now, s, fd);
        }
        return fd >= 0;
    }
    if (look != SEND_IDLE) {
        f->sender->say(f->path, "what was followed is not there any more, nor is a copy "
                                "of it; what was written last to it may be lost. Going "
                                "on with what is there");
        found = (struct rotated){0};
    } else if (!make_late(f, now_us)) {
        return false;
    }
    turn_over(f, (int64_t)found.dev, (int64_t)found.ino);
    return true;
}

/* The one before it may have something left. */
static bool find_late(struct send_file *f, int64_t now_us)
{
    struct rotated found;
    struct err e;
    if (!list_rotated(f, &e)) {
        return fail(f, &e, now_us);
    }
    f->late.stream = LATE(f);
    if (send_open_again(f, &f->late, LATE(f))) {
        f->late.grown_us = now_us;
    } else if (send_search(f, &f->late, &found, &e) == SEND_FAILED &&
               (e.code == ERR_UPSTREAM || e.code == ERR_BUSY)) {
        return fail(f, &e, now_us);
    }
    f->searched_late = true;
    return true;
}

static bool find_again(struct send_file *f, int64_t now_us)
{
    struct err e;
    if (!list_rotated(f, &e)) {
        return fail(f, &e, now_us);
    }
    f->searching_us = f->searching_us ? f->searching_us : now_us;
    f->now.stream = NOW(f);
    if (!send_open_again(f, &f->now, NOW(f)) && !search_now(f, now_us)) {
        return false;
    }
    f->searching_us = 0;
    return true;
}

/* --- looking --- */

static bool look_at_late(struct send_file *f, int64_t now_us)
{
    struct err e;
    int64_t quiet_us = now_us - f->late.grown_us;
    bool final = quiet_us >= SEND_LATE_LINE_S * CLOCK_SECOND_US;
    enum send_look look = send_reader_look(&f->late, final, now_us, &e);
    if (look == SEND_MORE) {
        return stepped(f, &f->late, now_us);
    }
    if (look == SEND_FAILED && e.code != ERR_IO) {
        return fail(f, &e, now_us);
    }
    if (look != SEND_IDLE || quiet_us >= SEND_LATE_S * CLOCK_SECOND_US) {
        send_reader_stop(&f->late); /* what is noted of it goes when the next has begun */
    }
    return false;
}

static bool look_at_now(struct send_file *f, int64_t now_us)
{
    struct err e;
    if (!f->searched_late) {
        return find_late(f, now_us);
    }
    if (f->now.fd < 0) {
        return NOW(f)->begun ? find_again(f, now_us) : open_next(f, now_us);
    }
    switch (send_reader_look(&f->now, false, now_us, &e)) {
    case SEND_MORE:
        return stepped(f, &f->now, now_us);
    case SEND_CUT:
        send_reader_stop(&f->now);
        f->searching_us = 0;
        if (!NOW(f)->begun) {
            turn_over(f, 0, 0);
        }
        return true;
    case SEND_FAILED:
        return fail(f, &e, now_us);
    case SEND_IDLE:
    default:
        return look_at_name(f, now_us);
    }
}

bool send_file_look(struct send_file *f, int64_t now_us)
{
    bool more = false;
    if (now_us < f->retry_us) {
        return false;
    }
    if (f->late.fd >= 0) {
        more = look_at_late(f, now_us);
    }
    more = look_at_now(f, now_us) || more;
    if (f->late.fd < 0 && f->searched_late && LATE(f)->begun && NOW(f)->begun) {
        *LATE(f) = (struct send_stream){0};
        f->dirty = true;
    }
    if (f->dirty && now_us - f->saved_us >= SEND_SAVE_S * CLOCK_SECOND_US) {
        save(f, false, now_us);
    }
    return more;
}

void send_file_close(struct send_file *f)
{
    struct err e;
    if (f->note.lock_fd < 0) {
        return;
    }
    if (f->dirty && send_state_save(&f->note, f->path, &f->state, true, &e)) {
        f->sender->say(f->path, e.msg);
    }
    send_reader_stop(&f->now);
    send_reader_stop(&f->late);
    send_state_close(&f->note);
}
