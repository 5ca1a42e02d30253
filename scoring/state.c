/* state.c - see state.h. */
#include "scoring/state.h"

#include "fcgi/base/diag.h"
#include "fcgi/base/random_id.h"
#include "scoring/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

struct waiting {
    int64_t number;
    struct window_slot slot;
};

struct state {
    char path[SNAPSHOT_PATH_BYTES];
    double threshold;
    int lock_fd;
    pthread_mutex_t lock; /* of all below */
    int64_t heard_us;     /* monotonic: when its store was heard of, or this began */
    struct detector *detector;
    struct state_report report;
    int64_t next_number;
    struct waiting *waiting; /* STATE_WAITING_MAX of them, by number */
    size_t waiting_n;
    bool dirty; /* there is more than the file holds */
    struct window window;
};

/* --- the file --- */

static void put(struct state *s, struct buf *out, int64_t mono_us)
{
    snapshot_put_text(out, str_of(s->report.id));
    snapshot_put_text(out, str_of(s->report.store));
    snapshot_put(out, s->report.position.batch);
    snapshot_put(out, s->report.position.records);
    snapshot_put(out, s->report.batches);
    snapshot_put(out, s->report.records);
    snapshot_put(out, s->next_number);
    snapshot_put(out, (int64_t)s->waiting_n);
    for (size_t i = 0; i < s->waiting_n; i++) {
        snapshot_put(out, s->waiting[i].number);
        detector_put_slot(out, &s->waiting[i].slot, mono_us);
    }
    detector_save(s->detector, mono_us, out);
}

static void get_id(struct snapshot_in *in, char out[static STATE_ID_BYTES])
{
    struct str text = snapshot_get_text(in, STATE_ID_BYTES - 1);
    memcpy(out, text.p, text.n);
    out[text.n] = '\0';
}

static bool get(struct state *s, struct str payload, int64_t mono_us)
{
    struct snapshot_in in = {payload, false};
    bool ok = true;
    get_id(&in, s->report.id);
    get_id(&in, s->report.store);
    s->report.position.batch = snapshot_get(&in, 0, INT64_MAX);
    s->report.position.records = snapshot_get(&in, 0, INT64_MAX);
    s->report.batches = snapshot_get(&in, 0, INT64_MAX);
    s->report.records = snapshot_get(&in, 0, INT64_MAX);
    s->next_number = snapshot_get(&in, 1, INT64_MAX);
    s->waiting_n = (size_t)snapshot_get(&in, 0, STATE_WAITING_MAX);
    for (size_t i = 0; ok && i < s->waiting_n; i++) {
        s->waiting[i].number = snapshot_get(&in, 1, s->next_number - 1);
        ok = detector_get_slot(&in, &s->waiting[i].slot, mono_us);
    }
    return ok && detector_load(s->detector, mono_us, &in) && in.left.n == 0;
}

static enum err_code save(struct state *s, int64_t mono_us, struct err *e)
{
    struct buf payload;
    buf_init(&payload, SNAPSHOT_BYTES_MAX);
    put(s, &payload, mono_us);
    enum err_code code =
        payload.failed ? err_set(e, ERR_NOMEM, "not enough memory for what was learned")
                       : snapshot_write(s->path, buf_view(&payload), e);
    buf_free(&payload);
    s->dirty = code != ERR_NONE;
    return code;
}

/* --- opening --- */

static enum err_code begin_anew(struct state *s, struct err *e)
{
    detector_close(s->detector);
    s->detector = NULL;
    s->report = (struct state_report){0};
    s->next_number = 1;
    s->waiting_n = 0;
    enum err_code code = random_id(s->report.id, e);
    return code ? code : detector_open(s->threshold, &s->detector, e);
}

/* The file, if there is one, is kept under another name, for a person; learning begins
 * anew. */
static enum err_code put_aside(struct state *s, const char *suffix, const char *why,
                               struct err *e)
{
    char aside[SNAPSHOT_PATH_BYTES + 16];
    snprintf(aside, sizeof aside, "%s%s", s->path, suffix);
    if (rename(s->path, aside) != 0 && errno != ENOENT) {
        return err_set(e, ERR_IO, "the file that MODEL names (%s) cannot be renamed: %s",
                       why, strerror(errno));
    }
    diag("the file that MODEL names is put aside as ...%s (%s); learning begins anew",
         suffix, why);
    return begin_anew(s, e);
}

static enum err_code load(struct state *s, struct err *e)
{
    struct buf bytes;
    struct str payload;
    struct err why;
    buf_init(&bytes, SNAPSHOT_BYTES_MAX);
    enum err_code code = begin_anew(s, e);
    if (code) {
        return code;
    }
    code = snapshot_read(s->path, &bytes, &payload, &why);
    if (!code && !get(s, payload, clock_mono_us())) {
        code = err_set(&why, ERR_INVALID, "it is damaged");
    }
    buf_free(&bytes);
    if (code == ERR_INVALID) {
        return put_aside(s, "-damaged", why.msg, e);
    }
    if (code == ERR_UNSUPPORTED) {
        return err_set(e, code,
                       "the file that MODEL names is left as it is: %s; set MODEL to "
                       "another file",
                       why.msg);
    }
    if (code && code != ERR_NOT_FOUND) {
        *e = why;
        return code;
    }
    return ERR_NONE;
}

/* A lock of the open file, freed by kill -9; in a file of its own, for the state's is
 * replaced each time. */
static enum err_code take_ownership(struct state *s, struct err *e)
{
    char path[SNAPSHOT_PATH_BYTES + 16];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    snprintf(path, sizeof path, "%s-lock", s->path);
    s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock_fd < 0) {
        return err_set(e, ERR_IO, "a file beside MODEL cannot be made: %s",
                       strerror(errno));
    }
    return fcntl(s->lock_fd, F_OFD_SETLK, &lock) == 0
               ? ERR_NONE
               : err_set(e, ERR_BUSY,
                         "another scoring service owns the file that MODEL names, and "
                         "learns");
}

enum err_code state_open(const char *path, double threshold, struct state **out,
                         struct err *e)
{
    struct state *s = calloc(1, sizeof *s);
    if (!s) {
        return err_set(e, ERR_NOMEM, "not enough memory for the detector");
    }
    s->threshold = threshold;
    s->lock_fd = -1;
    s->heard_us = clock_mono_us();
    snprintf(s->path, sizeof s->path, "%s", path);
    pthread_mutex_init(&s->lock, NULL);
    s->waiting = calloc(STATE_WAITING_MAX, sizeof *s->waiting);
    enum err_code code = s->waiting ? take_ownership(s, e)
                                    : err_set(e, ERR_NOMEM, "not enough memory to begin");
    code = code ? code : load(s, e);
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
    free(s->waiting);
    free(s);
}

/* --- learning --- */

static struct state_position after(const struct state_part *p)
{
    return p->offset + p->n == p->batch_n
               ? (struct state_position){p->id + 1, 0}
               : (struct state_position){p->id, p->offset + p->n};
}

static enum err_code check_parts(const struct state_request *r, struct err *e)
{
    struct state_position at = r->from;
    for (size_t i = 0; i < r->parts_n; i++) {
        const struct state_part *p = &r->parts[i];
        bool fits = p->n > 0 && p->offset >= 0 && p->offset <= p->batch_n - p->n;
        bool follows = at.records > 0 ? p->id == at.batch && p->offset == at.records
                                      : p->id >= at.batch && p->offset == 0;
        if (!fits || !follows) {
            return err_set(e, ERR_INVALID,
                           "part %zu of 'batches' does not follow what is before it", i);
        }
        at = after(p);
    }
    return ERR_NONE;
}

/* Is it the store that is learned from? A new state takes the first one that comes, and one
 * whose own store has gone begins anew. */
static enum err_code take_store(struct state *s, const struct state_request *r,
                                struct err *e)
{
    if (r->store.n != STATE_ID_BYTES - 1) {
        return err_set(e, ERR_INVALID, "'store' must have %d characters",
                       STATE_ID_BYTES - 1);
    }
    if (!s->report.store[0] || str_eq(r->store, str_of(s->report.store))) {
        s->heard_us = r->mono_us;
        return ERR_NONE;
    }
    if (r->mono_us - s->heard_us < STATE_HANDOVER_US) {
        return err_set(e, ERR_INVALID,
                       "this scoring service has learned from another store; if that one "
                       "is not heard of for a minute, it begins anew for this one");
    }
    s->heard_us = r->mono_us;
    s->dirty = true;
    return put_aside(s, "-before", "it was of another store", e);
}

static void learn_parts(struct state *s, const struct state_request *r)
{
    for (size_t i = 0; i < r->parts_n; i++) {
        const struct state_part *p = &r->parts[i];
        struct detector_batch b = {.records = p->records,
                                   .n = p->records_n,
                                   .id = (uint64_t)p->id,
                                   .batch_n = p->batch_n,
                                   .raised = p->raised,
                                   .unscored = p->unscored,
                                   .now_us = p->received_us,
                                   .mono_us = r->mono_us};
        detector_learn(s->detector, &b);
        s->report.position = after(p);
        s->report.records += p->n;
        s->report.batches += s->report.position.records == 0;
        s->dirty = true;
    }
}

static void drop_confirmed(struct state *s, const struct state_request *r)
{
    size_t n = 0;
    if (!str_eq(r->state, str_of(s->report.id))) {
        return;
    }
    if (r->confirmed >= s->next_number) { /* the file was put back from a copy */
        s->next_number = r->confirmed + 1;
    }
    while (n < s->waiting_n && s->waiting[n].number <= r->confirmed) {
        n++;
    }
    if (n > 0) {
        s->waiting_n -= n;
        memmove(s->waiting, s->waiting + n, s->waiting_n * sizeof *s->waiting);
        s->dirty = true;
    }
}

static void look(struct state *s, int64_t mono_us)
{
    while (s->waiting_n < STATE_WAITING_MAX &&
           detector_next_window(s->detector, mono_us, false, &s->window)) {
        s->waiting[s->waiting_n++] = (struct waiting){s->next_number++, s->window.slot};
        s->dirty = true;
    }
}

static enum err_code learn(struct state *s, const struct state_request *r, struct err *e)
{
    enum err_code code = check_parts(r, e);
    code = code ? code : take_store(s, r, e);
    if (code) {
        return code;
    }
    if (!s->report.store[0]) {
        memcpy(s->report.store, r->store.p, r->store.n);
        s->report.position = r->from;
        s->dirty = true;
    }
    if (r->begin > s->report.position.batch) {
        s->report.position = (struct state_position){r->begin, 0};
        s->dirty = true;
    }
    drop_confirmed(s, r);
    if (r->from.batch == s->report.position.batch &&
        r->from.records == s->report.position.records) {
        learn_parts(s, r);
    }
    look(s, r->mono_us);
    return s->dirty ? save(s, r->mono_us, e) : ERR_NONE;
}

enum err_code state_learn(struct state *s, const struct state_request *r,
                          struct state_report *report, struct state_listener listener,
                          struct err *e)
{
    pthread_mutex_lock(&s->lock);
    enum err_code code = learn(s, r, e);
    for (size_t i = 0; !code && i < s->waiting_n && i < STATE_TOLD_MAX; i++) {
        detector_judge(s->detector, &s->waiting[i].slot, &s->window);
        listener.tell(listener.arg, s->waiting[i].number, &s->window);
    }
    *report = s->report;
    pthread_mutex_unlock(&s->lock);
    return code;
}

void state_report(struct state *s, struct state_report *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->report;
    pthread_mutex_unlock(&s->lock);
}
