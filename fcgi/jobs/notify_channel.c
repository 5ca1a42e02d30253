/* notify_channel.c - see notify_channel.h. */
#include "fcgi/jobs/notify_channel.h"

#include "fcgi/base/counts.h"
#include "fcgi/base/diag.h"
#include "sql/store_read.h"

#include <stdatomic.h>
#include <sys/random.h>

enum { LETTER_BYTES_MAX = 1 << 20, NOTE_NAME_BYTES = 32 };

/* The last notices that became messages, of fresh ones and of old news. */
struct marks {
    int64_t fresh, old;
};

struct notify_channel {
    struct notify_channel_options o;
    struct notify_draft draft;
    struct arena letter; /* the message that is being sent */
    struct marks marks;
    _Atomic int64_t told;
    char note_name[NOTE_NAME_BYTES];
    /* What came of the last sending, if it could not be written yet. */
    bool unwritten;
    struct store_outcome outcome;
    char outcome_error[OUTBOX_ERROR_BYTES];
    bool failing; /* said so */
    struct notice_doubt doubt;
};

/* --- marks --- */

static void print_marks(const struct marks *m, char out[static STORE_NOTE_BYTES])
{
    snprintf(out, STORE_NOTE_BYTES, "%lld %lld", (long long)m->fresh, (long long)m->old);
}

static bool read_marks(const char *text, struct marks *out)
{
    struct str left = str_of(text), fresh = str_split(&left, ' ');
    return str_to_i64(fresh, 0, INT64_MAX, &out->fresh) &&
           str_to_i64(left, 0, INT64_MAX, &out->old);
}

static enum err_code put_note(struct writer *w, const char *name, const char *value,
                              struct err *e)
{
    struct write_note note = {name, value};
    struct write_job job = {.notes = &note, .notes_n = 1};
    enum err_code code = writer_submit(w, &job, e);
    writer_wait_learned(&job);
    return code;
}

static enum err_code find_marks(struct notify_channel *c, struct err *e)
{
    char note[STORE_NOTE_BYTES];
    int64_t last;
    enum err_code code = store_get_note(c->o.reader, c->note_name, note, e);
    code = code ? code : store_last_notice(c->o.reader, &last, e);
    if (code || read_marks(note, &c->marks)) {
        return code;
    }
    c->marks = (struct marks){last, last};
    print_marks(&c->marks, note);
    return put_note(c->o.writer, c->note_name, note, e);
}

static void name_note(const char *channel, char out[static NOTE_NAME_BYTES])
{
    snprintf(out, NOTE_NAME_BYTES, NOTIFY_NOTE "%s", channel);
}

enum err_code notify_channel_held(const char *name, struct store *reader, int64_t now_us,
                                  int64_t *n, struct err *e)
{
    char note_name[NOTE_NAME_BYTES], note[STORE_NOTE_BYTES];
    struct marks marks;
    struct store_notice_sum sum;
    *n = 0;
    name_note(name, note_name);
    enum err_code code = store_get_note(reader, note_name, note, e);
    if (code || !read_marks(note, &marks)) {
        return code;
    }
    struct store_notice_range fresh = {marks.fresh, INT64_MAX, false, now_us};
    code = store_sum_notices(reader, &fresh, &sum, e);
    *n = code ? 0 : sum.incidents;
    return code;
}

enum err_code notify_channel_forget(const char *name, struct store *reader,
                                    struct writer *writer, struct err *e)
{
    char note_name[NOTE_NAME_BYTES], note[STORE_NOTE_BYTES];
    name_note(name, note_name);
    enum err_code code = store_get_note(reader, note_name, note, e);
    return code || !note[0] ? code : put_note(writer, note_name, "", e);
}

/* --- messages out of notices --- */

static enum err_code add_message(void *arg, struct store *s, struct err *e)
{
    return store_add_message(s, arg, e);
}

/* The message, if there is one, and the marks, in one transaction. */
static enum err_code write_message(struct notify_channel *c, struct store_message *m,
                                   const struct marks *marks, struct err *e)
{
    char text[STORE_NOTE_BYTES];
    print_marks(marks, text);
    struct write_note note = {c->note_name, text};
    struct write_job job = {.notes = &note, .notes_n = 1};
    if (m) {
        m->channel = str_of(c->o.name);
        job.also = add_message;
        job.also_arg = m;
    }
    enum err_code code = writer_submit(c->o.writer, &job, e);
    writer_wait_learned(&job);
    if (!code) {
        c->marks = *marks;
    }
    return code;
}

static enum err_code make_message(struct notify_channel *c, struct notify_order *order,
                                  const struct marks *marks, struct err *e)
{
    struct store_message m;
    bool found = false;
    enum err_code code = random_id(order->event_id, e);
    code = code ? code : notify_compose(&c->draft, order, &m, &found, e);
    return code ? code : write_message(c, found ? &m : NULL, marks, e);
}

/* What waits: *last is the store's last notice before they were counted. */
struct backlog {
    int64_t last;
    struct store_notice_sum fresh, old;
    struct store_channel channel;
};

static enum err_code read_backlog(struct notify_channel *c, int64_t now_us,
                                  struct backlog *out, struct err *e)
{
    struct store_notice_range fresh = {c->marks.fresh, INT64_MAX, false, 0};
    struct store_notice_range old = {c->marks.old, INT64_MAX, true, 0};
    enum err_code code = store_last_notice(c->o.reader, &out->last, e);
    code = code ? code : store_sum_notices(c->o.reader, &fresh, &out->fresh, e);
    code = code ? code : store_sum_notices(c->o.reader, &old, &out->old, e);
    code = code ? code
                : store_get_channel(c->o.reader, c->o.name, now_us - c->o.window_us,
                                    now_us, &out->channel, e);
    if (!code) {
        int64_t a = out->fresh.n > 0 ? out->fresh.first_id - 1 : out->last;
        int64_t b = out->old.n > 0 ? out->old.first_id - 1 : out->last;
        atomic_store(&c->told, a < b ? a : b);
    }
    return code;
}

/* A message for the first notice that is wanted, or one for all of them. */
static enum err_code make_fresh(struct notify_channel *c, const struct backlog *b,
                                int64_t now_us, struct err *e)
{
    struct notify_order order = {
        .created_us = now_us,
        .range = {c->marks.fresh, b->fresh.last_id, false, now_us},
    };
    struct marks marks = {b->fresh.last_id, c->marks.old};
    enum err_code code = store_sum_notices(c->o.reader, &order.range, &order.sum, e);
    struct notice_backlog n = {b->fresh.n, order.sum.n, b->channel.recent, c->o.max};
    order.kind = notice_next(&n);
    if (order.kind == NOTICE_NEW) { /* those before it are not wanted any more */
        marks.fresh = order.sum.first_id;
        order.range.after_id = marks.fresh - 1;
        order.range.to_id = marks.fresh;
    }
    return code ? code : make_message(c, &order, &marks, e);
}

static enum err_code make_import(struct notify_channel *c, const struct backlog *b,
                                 int64_t now_us, struct err *e)
{
    struct marks marks = {c->marks.fresh, b->old.last_id};
    struct notify_order order = {
        .kind = NOTICE_IMPORT,
        .created_us = now_us,
        .range = {c->marks.old, b->old.last_id, true, now_us},
    };
    enum err_code code = store_sum_notices(c->o.reader, &order.range, &order.sum, e);
    return code ? code : make_message(c, &order, &marks, e);
}

/* *made: a message was, or notices put aside, and there may be more. */
static enum err_code make_next(struct notify_channel *c, int64_t now_us, bool *made,
                               struct err *e)
{
    struct backlog b;
    *made = false;
    enum err_code code = read_backlog(c, now_us, &b, e);
    if (code || b.channel.recent >= c->o.max) {
        return code;
    }
    if (b.fresh.n > 0) {
        code = make_fresh(c, &b, now_us, e);
        *made = !code;
    } else if (b.old.n > 0 &&
               notice_old_is_due(b.old.first_at_us, b.old.last_at_us, now_us)) {
        code = make_import(c, &b, now_us, e);
        *made = !code;
    }
    return code;
}

/* --- sending --- */

struct taking {
    struct arena *arena;
    struct notify_letter letter;
    bool found, failed;
};

static struct str keep(struct taking *t, struct str s)
{
    struct str copy = arena_str(t->arena, s.p ? s : STR(""));
    t->failed = t->failed || !copy.p;
    return copy;
}

static void take_letter(void *arg, const struct store_message *m)
{
    struct taking *t = arg;
    t->found = true;
    t->letter = (struct notify_letter){
        .id = m->id,
        .incident_id = m->incident_id,
        .created_us = m->created_us,
        .attempts = m->attempts,
        .kind = m->kind,
        .event_id = keep(t, m->event_id),
        .subject = keep(t, m->subject),
        .body = keep(t, m->body),
        .json = keep(t, m->json),
    };
}

static uint32_t jitter(void)
{
    uint32_t r = 0;
    if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r) {
        r = (uint32_t)clock_mono_us();
    }
    return r;
}

static void say(struct notify_channel *c, const struct notify_result *r,
                const struct store_outcome *o)
{
    if (o->state == OUTBOX_UNDELIVERABLE) {
        diag("%s: message %lld is undeliverable: %s", c->o.name, (long long)o->id,
             r->error);
    } else if (o->state == OUTBOX_WAITING && !c->failing) {
        diag("%s: a message cannot be delivered now and is tried again: %s", c->o.name,
             r->error);
    } else if (o->state == OUTBOX_DELIVERED && (c->failing || r->error[0])) {
        diag("%s: messages are delivered%s%s", c->o.name, r->error[0] ? "; but: " : "",
             r->error);
    }
    c->failing = o->state == OUTBOX_WAITING;
}

static void count(const struct notify_channel *c, enum outbox_state state)
{
    static const char *const outcomes[] = {"failed", "delivered", "undeliverable"};
    struct count_label labels[COUNT_LABELS_MAX] = {{"channel", c->o.name},
                                                   {"outcome", outcomes[state]}};
    counts_series("notifications_total", labels);
}

static void judge(struct notify_channel *c, const struct notify_letter *l,
                  const struct notify_result *r)
{
    int64_t now_us = c->o.now();
    struct notice_try t = {.attempts = l->attempts + 1,
                           .first_us = c->o.retry_us,
                           .asked_s = r->asked_s,
                           .created_us = l->created_us,
                           .now_us = now_us,
                           .random = jitter()};
    bool doubtful = r->end == NOTIFY_DOUBT && notice_doubt(&c->doubt, now_us);
    bool again = r->end == NOTIFY_LATER || doubtful;
    if (r->end != NOTIFY_DOUBT) {
        c->doubt = (struct notice_doubt){0};
    }
    c->outcome = (struct store_outcome){.id = l->id, .at_us = now_us};
    if (again && notice_retry(&t, &c->outcome.next_us)) {
        c->outcome.state = OUTBOX_WAITING;
    } else {
        c->outcome.state =
            r->end == NOTIFY_DELIVERED ? OUTBOX_DELIVERED : OUTBOX_UNDELIVERABLE;
    }
    memcpy(c->outcome_error, r->error, sizeof c->outcome_error);
    c->outcome.error = r->error[0] ? str_of(c->outcome_error) : STR_NONE;
    c->unwritten = true;
    count(c, c->outcome.state);
    say(c, r, &c->outcome);
}

static enum err_code add_outcome(void *arg, struct store *s, struct err *e)
{
    return store_put_outcome(s, arg, e);
}

static enum err_code write_outcome(struct notify_channel *c, struct err *e)
{
    if (!c->unwritten) {
        return ERR_NONE;
    }
    struct write_job job = {.also = add_outcome, .also_arg = &c->outcome};
    enum err_code code = writer_submit(c->o.writer, &job, e);
    writer_wait_learned(&job);
    c->unwritten = code != ERR_NONE;
    return code;
}

/* *sent: one was, whatever came of it. */
static enum err_code send_next(struct notify_channel *c, bool *sent, struct err *e)
{
    struct taking t = {.arena = &c->letter};
    struct notify_result r = {.error = ""};
    *sent = false;
    arena_reset(&c->letter);
    enum err_code code =
        store_next_message(c->o.reader, c->o.name, c->o.now(), take_letter, &t, e);
    if (code || !t.found) {
        return code;
    }
    if (t.failed) {
        return err_set(e, ERR_NOMEM, "not enough memory for a message");
    }
    c->o.send(c->o.send_arg, &t.letter, &r);
    if (r.end == NOTIFY_BROKEN_OFF) {
        return ERR_NONE;
    }
    judge(c, &t.letter, &r);
    *sent = true;
    return write_outcome(c, e);
}

/* What has come meanwhile is made into messages before each sending, which may take long. */
enum err_code notify_channel_step(struct notify_channel *c, struct err *e)
{
    bool made = true, sent = true;
    enum err_code code = write_outcome(c, e);
    for (int i = 0; !code && sent && i < NOTIFY_STEP_MESSAGES; i++) {
        for (made = true; !code && made;) { /* at most NOTIFY_MAX, then they wait */
            code = make_next(c, c->o.now(), &made, e);
        }
        code = code ? code : send_next(c, &sent, e);
    }
    return code;
}

int64_t notify_channel_told(struct notify_channel *c)
{
    return atomic_load(&c->told);
}

/* --- opening and closing --- */

enum err_code notify_channel_open(const struct notify_channel_options *options,
                                  struct notify_channel **out, struct err *e)
{
    struct notify_channel *c = calloc(1, sizeof *c);
    if (!c) {
        return err_set(e, ERR_NOMEM, "not enough memory for messages");
    }
    c->o = *options;
    name_note(options->name, c->note_name);
    notify_draft_init(&c->draft, &options->self, options->reader);
    arena_init(&c->letter, LETTER_BYTES_MAX);
    enum err_code code = find_marks(c, e);
    if (code) {
        notify_channel_close(c);
        return code;
    }
    *out = c;
    return ERR_NONE;
}

void notify_channel_close(struct notify_channel *c)
{
    if (c) {
        notify_draft_free(&c->draft);
        arena_free(&c->letter);
        free(c);
    }
}
