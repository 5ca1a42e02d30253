/* state.c - see state.h: the file, who owns it, and models that were trained meanwhile. */
#include "scoring/model_file.h"
#include "scoring/state_private.h"
#include "scoring/window_check.h"

#include "fcgi/base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NUMBER_MOST (INT64_MAX / 2) /* they are counted on */
enum { ARENA_BYTES_MAX = 1 << 30, STATE_PART_BYTES_MAX = 16 << 20 };

/* --- the file --- */

/* What the file holds beside the detector. */
static void put_own(const struct state *s, struct buf *out)
{
    snapshot_put_text(out, str_of(s->report.id));
    snapshot_put(out, s->report.batches);
    snapshot_put(out, s->report.records);
    snapshot_put(out, s->next_number);
    snapshot_put(out, s->answers_seq);
    snapshot_put(out, (int64_t)s->waiting_n);
    for (size_t i = 0; i < s->waiting_n; i++) {
        const struct waiting *w = &s->waiting[i];
        snapshot_put_text(out, (struct str){(const char *)w, sizeof *w});
    }
}

/* False: it is nothing that put_own has put. */
static bool get_own(struct state *s, struct str bytes)
{
    struct snapshot_in in = {bytes, false};
    struct str id = snapshot_get_text(&in, sizeof s->report.id - 1);
    memcpy(s->report.id, id.p, id.n);
    s->report.id[id.n] = '\0';
    s->report.batches = snapshot_get(&in, 0, NUMBER_MOST);
    s->report.records = snapshot_get(&in, 0, NUMBER_MOST);
    s->next_number = snapshot_get(&in, 1, NUMBER_MOST);
    s->answers_seq = snapshot_get(&in, 0, NUMBER_MOST);
    s->waiting_n = (size_t)snapshot_get(&in, 0, STATE_WAITING_MAX);
    for (size_t i = 0; !in.bad && i < s->waiting_n; i++) {
        struct str w = snapshot_get_text(&in, sizeof *s->waiting);
        in.bad = in.bad || w.n != sizeof *s->waiting;
        memcpy(&s->waiting[i], w.p, w.n);
        in.bad = in.bad || s->waiting[i].number < 1 ||
                 s->waiting[i].number >= s->next_number ||
                 !window_check_slot(&s->waiting[i].slot);
    }
    return !in.bad && in.left.n == 0 && id.n == sizeof s->report.id - 1;
}

static void put(struct state *s, struct buf *out)
{
    struct buf own;
    struct model_file_head head = {.batch = s->report.position.batch,
                                   .records = s->report.position.records};
    memcpy(head.store, s->report.store, sizeof head.store);
    buf_init(&own, STATE_PART_BYTES_MAX);
    put_own(s, &own);
    head.state = buf_view(&own);
    model_file_put(out, s->detector, &head);
    out->failed = out->failed || own.failed;
    buf_free(&own);
}

/* Copies with the lock held and writes without it. force: also if it lacks little. */
static enum err_code save(struct state *s, bool force, struct err *e)
{
    struct buf file;
    pthread_mutex_lock(&s->lock);
    int64_t now_us = clock_mono_us();
    bool due = s->dirty && (force || now_us - s->saved_us >= STATE_SAVE_US ||
                            s->unsaved_records >= STATE_SAVE_RECORDS);
    if (!due || s->report.replica) {
        pthread_mutex_unlock(&s->lock);
        return ERR_NONE;
    }
    buf_init(&file, SNAPSHOT_BYTES_MAX);
    put(s, &file);
    s->dirty = false;
    s->saved_us = now_us;
    s->unsaved_records = 0;
    pthread_mutex_unlock(&s->lock);
    enum err_code code = model_file_save(s->path, &file, e);
    buf_free(&file);
    if (code) {
        pthread_mutex_lock(&s->lock);
        s->dirty = true;
        pthread_mutex_unlock(&s->lock);
    }
    return code;
}

static enum err_code save_alone(struct state *s, bool force, struct err *e)
{
    pthread_mutex_lock(&s->saving);
    enum err_code code = save(s, force, e);
    pthread_mutex_unlock(&s->saving);
    return code;
}

enum err_code state_save(struct state *s, struct err *e)
{
    return save_alone(s, true, e);
}

/* --- beginning --- */

static enum err_code begin_anew(struct state *s, struct err *e)
{
    detector_clear(s->detector);
    s->report.store[0] = '\0';
    s->report.position = (struct state_position){0};
    s->report.batches = s->report.records = 0;
    s->next_number = 1;
    s->answers_seq = 0;
    s->waiting_n = 0;
    return random_id(s->report.id, e);
}

enum err_code state_put_aside(struct state *s, const char *suffix, const char *why,
                              struct err *e)
{
    char aside[STATE_PATH_BYTES + 16];
    snprintf(aside, sizeof aside, "%s%s", s->path, suffix);
    if (rename(s->path, aside) != 0 && errno != ENOENT) {
        return err_set(e, ERR_IO, "%s (MODEL: %s) cannot be renamed: %s", s->path, why,
                       strerror(errno));
    }
    diag("what was learned is put aside as %s (%s); learning begins anew, or with what "
         "`loganalyzer train --from-db` makes of the store",
         aside, why);
    snprintf(s->report.model_error, sizeof s->report.model_error,
             "what was learned is put aside as ...%s (%s); learning has begun anew",
             suffix, why);
    return begin_anew(s, e);
}

/* What was trained, and nothing else, has no part of ours: then it begins with that. */
static enum err_code take(struct state *s, const struct model_file *f, struct err *e)
{
    bool own = f->head.state.n > 0;
    if (own && !get_own(s, f->head.state)) {
        return err_set(e, ERR_INVALID, "it is damaged");
    }
    enum err_code code = model_file_load(f, s->detector, e);
    if (!code) {
        memcpy(s->report.store, f->head.store, sizeof s->report.store);
        s->report.position = (struct state_position){f->head.batch, f->head.records};
    }
    return code;
}

static enum err_code refuse(struct state *s, enum err_code code, const struct err *why,
                            struct err *e)
{
    if (s->report.replica) { /* the file is another's */
        return begin_anew(s, e);
    }
    if (code == ERR_INVALID) {
        return state_put_aside(s, "-damaged", why->msg, e);
    }
    if (code == ERR_CONFLICT) {
        return state_put_aside(s, "-before", why->msg, e);
    }
    if (code == ERR_UNSUPPORTED) {
        return err_set(e, code,
                       "%s (MODEL) is left as it is: %s; set MODEL to another file",
                       s->path, why->msg);
    }
    *e = *why;
    return code;
}

static enum err_code load(struct state *s, struct err *e)
{
    struct model_file f;
    struct err why;
    enum err_code code = begin_anew(s, e);
    if (code) {
        return code;
    }
    code = model_file_open(s->path, &f, &why);
    code = code ? code : take(s, &f, &why);
    model_file_close(&f);
    return code && code != ERR_NOT_FOUND ? refuse(s, code, &why, e) : ERR_NONE;
}

/* A lock of the open file, freed by kill -9; in a file of its own, for the state's is
 * replaced each time. */
static enum err_code take_ownership(struct state *s, struct err *e)
{
    char path[STATE_PATH_BYTES + 16];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    snprintf(path, sizeof path, "%s-lock", s->path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_set(e, ERR_IO, "%s, beside MODEL, cannot be made: %s", path,
                       strerror(errno));
    }
    if (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
        close(fd);
        return err_set(e, ERR_BUSY, "another process owns %s (MODEL), and learns",
                       s->path);
    }
    s->lock_fd = fd;
    return ERR_NONE;
}

/* Becomes the owner, and takes the file as it is then. */
static enum err_code own(struct state *s, struct err *e)
{
    enum err_code code = s->lock_fd >= 0 ? ERR_NONE : take_ownership(s, e);
    if (code || !s->report.replica) {
        return code;
    }
    s->report.replica = false;
    code = load(s, e);
    code = code || !s->attached[0] ? code : state_take_attached(s, e);
    if (code) {
        s->report.replica = true; /* and tries again: the lock is kept */
    }
    return code;
}

enum err_code state_own(struct state *s, struct err *e)
{
    pthread_mutex_lock(&s->lock);
    enum err_code code = own(s, e);
    pthread_mutex_unlock(&s->lock);
    return code;
}

static enum err_code begin(struct state *s, double threshold, struct err *e)
{
    s->report.replica = true; /* until it is the owner */
    s->report.ready = true;
    s->waiting = calloc(STATE_WAITING_MAX, sizeof *s->waiting);
    enum err_code code = s->waiting ? detector_open(threshold, &s->detector, e)
                                    : err_set(e, ERR_NOMEM, "not enough memory to begin");
    code = code ? code : own(s, e);
    if (code == ERR_BUSY) {
        diag("%s; this one does not", e->msg);
        code = load(s, e);
    }
    return code;
}

enum err_code state_open(const char *path, double threshold, struct state **out,
                         struct err *e)
{
    struct state *s = calloc(1, sizeof *s);
    if (!s) {
        return err_set(e, ERR_NOMEM, "not enough memory for the detector");
    }
    s->lock_fd = -1;
    s->heard_us = s->saved_us = clock_mono_us();
    snprintf(s->path, sizeof s->path, "%s", path);
    arena_init(&s->arena, ARENA_BYTES_MAX);
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->saving, NULL);
    enum err_code code = begin(s, threshold, e);
    if (code) {
        state_close(s);
        return code;
    }
    *out = s;
    return ERR_NONE;
}

void state_close(struct state *s)
{
    if (!s) {
        return;
    }
    detector_close(s->detector);
    if (s->lock_fd >= 0) {
        close(s->lock_fd);
    }
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->saving);
    arena_free(&s->arena);
    free(s->waiting);
    free(s);
}

/* --- once a second --- */

/* False: it is not there. */
static bool mark_of(const char *path, struct state_file_mark *out)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        *out = (struct state_file_mark){0};
        return false;
    }
    *out = (struct state_file_mark){(int64_t)st.st_ino, (int64_t)st.st_size,
                                    (int64_t)st.st_mtim.tv_sec * 1000000000 +
                                        (int64_t)st.st_mtim.tv_nsec};
    return true;
}

/* Is it another file than the one seen last? */
static bool is_news(struct state *s, const char *path)
{
    struct state_file_mark now;
    bool there = mark_of(path, &now);
    bool same = now.number == s->seen.number && now.bytes == s->seen.bytes &&
                now.changed_ns == s->seen.changed_ns;
    s->seen = now;
    return there && !same;
}

/* With the lock held. A model that was trained on no store, or not on a stored batch's
 * records, says nothing of where the state is. */
static enum err_code take_trained(struct state *s, const struct model_file *f,
                                  struct err *e)
{
    bool of_store = f->head.store[0] != '\0';
    if (of_store && s->report.store[0] && strcmp(f->head.store, s->report.store) != 0) {
        return err_set(e, ERR_CONFLICT, "it was trained from another store");
    }
    enum err_code code = model_file_load(f, s->detector, e);
    if (code) {
        return code;
    }
    if (of_store) {
        memcpy(s->report.store, f->head.store, sizeof s->report.store);
        s->report.position = (struct state_position){f->head.batch, f->head.records};
        state_look_behind(s);
    }
    s->answers_seq = 0; /* it has heard of none */
    s->dirty = true;
    return ERR_NONE;
}

static void put_trained_away(const struct state *s, const char *suffix)
{
    char from[STATE_PATH_BYTES + 16], to[STATE_PATH_BYTES + 32];
    snprintf(from, sizeof from, "%s" MODEL_FILE_TRAINED, s->path);
    snprintf(to, sizeof to, "%s%s", s->path, suffix);
    if (rename(from, to) != 0) {
        diag("the trained model cannot be renamed to ...%s: %s", suffix, strerror(errno));
    }
}

/* What was learned until the last save stays beside what takes its place, for a person. */
static void keep_replaced(const struct state *s)
{
    char kept[STATE_PATH_BYTES + 16], as[STATE_PATH_BYTES + 32];
    snprintf(kept, sizeof kept, "%s" MODEL_FILE_REPLACED, s->path);
    snprintf(as, sizeof as, "%s-new", kept);
    unlink(as);
    if (link(s->path, as) == 0 && rename(as, kept) == 0) {
        diag("what was learned before is kept as %s", kept);
    } else if (errno != ENOENT) {
        diag("what was learned before cannot be kept as %s: %s", kept, strerror(errno));
    }
}

static void look_for_trained(struct state *s)
{
    char path[STATE_PATH_BYTES + 16];
    struct model_file f;
    struct err e = {0};
    snprintf(path, sizeof path, "%s" MODEL_FILE_TRAINED, s->path);
    if (!is_news(s, path)) {
        return;
    }
    enum err_code code = model_file_open(path, &f, &e);
    pthread_mutex_lock(&s->lock);
    code = code ? code : take_trained(s, &f, &e);
    memcpy(s->report.model_error, e.msg, sizeof s->report.model_error);
    pthread_mutex_unlock(&s->lock);
    model_file_close(&f);
    if (code == ERR_NONE) {
        diag("a trained model is taken up");
        keep_replaced(s);
        code = state_save(s, &e);
        put_trained_away(s, MODEL_FILE_TAKEN);
    } else if (code == ERR_INVALID || code == ERR_CONFLICT || code == ERR_UNSUPPORTED) {
        diag("the trained model is put aside as ..." MODEL_FILE_REFUSED ": %s", e.msg);
        put_trained_away(s, MODEL_FILE_REFUSED);
    } else {
        diag("the trained model cannot be read, trying again: %s", e.msg);
        s->seen = (struct state_file_mark){0};
    }
}

/* A replica's, which scores by what the owner's file holds. */
static void look_for_newer(struct state *s)
{
    struct err e;
    if (state_own(s, &e) == ERR_NONE) {
        diag("%s (MODEL) is owned by this process now, which learns", s->path);
        s->seen = (struct state_file_mark){0};
    } else if (is_news(s, s->path)) {
        pthread_mutex_lock(&s->lock);
        if (load(s, &e)) {
            diag("%s (MODEL) cannot be read: %s", s->path, e.msg);
        }
        pthread_mutex_unlock(&s->lock);
    }
}

void state_tick(struct state *s)
{
    struct err e;
    struct state_report report;
    state_report(s, &report);
    if (report.replica) {
        look_for_newer(s);
        return;
    }
    look_for_trained(s);
    if (save_alone(s, false, &e)) {
        diag("what was learned could not be saved, trying again: %s", e.msg);
    }
}

/* --- about it --- */

struct detector *state_detector(struct state *s)
{
    return s->detector;
}

void state_report(struct state *s, struct state_report *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->report;
    pthread_mutex_unlock(&s->lock);
}

int64_t state_answers_seq(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    int64_t seq = s->report.replica ? INT64_MAX : s->answers_seq;
    pthread_mutex_unlock(&s->lock);
    return seq;
}

void state_answer_one(struct state *s, const struct state_answer *a)
{
    if (a->seq > s->answers_seq) {
        if (!a->undone || a->answered_seq <= s->answers_seq) {
            detector_answer(s->detector, &a->lesson);
        }
        s->answers_seq = a->seq;
        s->dirty = true;
    }
}

void state_answer(struct state *s, const struct state_answer *a)
{
    pthread_mutex_lock(&s->lock);
    if (!s->report.replica) {
        state_answer_one(s, a);
    }
    pthread_mutex_unlock(&s->lock);
}

void state_forget_answers(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    s->answers_seq = 0;
    pthread_mutex_unlock(&s->lock);
}

bool state_is_ready(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    bool ready = s->report.ready;
    pthread_mutex_unlock(&s->lock);
    return ready;
}
