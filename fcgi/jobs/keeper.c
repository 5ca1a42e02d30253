/* keeper.c - see keeper.h. The looking is done by a reader of its own, so that a store that
 * is within its bounds costs the writer nothing. */
#include "fcgi/jobs/keeper.h"

#include "fcgi/base/ballast.h"
#include "fcgi/base/counts.h"
#include "fcgi/base/diag.h"
#include "fcgi/base/disk.h"
#include "fcgi/base/size_text.h"
#include "fcgi/base/ticker.h"
#include "fcgi/jobs/believed.h"
#include "fcgi/jobs/expiry.h"
#include "sql/store_keep.h"
#include "sql/store_lanes.h"
#include "sql/store_receipts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct keeper {
    struct keep_limits limits;
    const char *database;
    struct store *reader;
    struct writer *writer;
    struct ticker *ticker;
    atomic_bool ending;
    /* the thread's own */
    struct believed clock;
    bool clock_known;      /* what is noted of it was read */
    bool full, no_ballast; /* said so */
    pthread_mutex_t lock;  /* of the two below */
    bool failing;
    struct err why;
    int64_t expires_at_us; /* mono */
    int64_t aged_at_us;    /* mono: before it none is looked for that is too old */
    struct sweep {
        int64_t began_us; /* mono; 0: there was none yet */
        int64_t at;       /* the next incident; 0: it is not under way */
    } sweep;              /* through all incidents */
    struct purging {
        bool for_size;
        int64_t records, incidents; /* not said yet */
        int64_t said_us;            /* mono; 0: never */
    } purging;
};

/* One job of the writer's: what is known, and what comes of it. */
struct turn {
    struct keep_limits limits;
    struct keep_state state;
    struct store_incident_purge incidents; /* from_id 0: none is looked at */
    struct {
        int64_t records, incidents, next_incident;
    } step; /* what the transaction comes to, if it is through */
    int64_t records, incidents_gone;
    bool for_size;  /* so they went */
    bool none_aged; /* what looked too old was so by a clock that was behind */
    bool journal;   /* it is to be emptied */
    int64_t journal_bytes;
    int64_t lanes_after; /* lanes after it go; INT64_MAX: none */
    bool expires;        /* what is kept for a time is looked at */
    bool more;
};

/* --- in the writer's thread --- */

static enum err_code look(struct store *s, struct turn *t, struct err *e)
{
    struct store_usage u;
    enum err_code code = store_get_usage(s, &u, e);
    if (!code) {
        t->state.used_bytes = u.used_bytes;
        t->state.unused_bytes = u.unused_bytes;
        t->state.oldest_us = u.oldest_us;
        t->state.shrinks = u.shrinks;
        t->journal_bytes = u.journal_bytes;
    }
    return code;
}

static enum err_code expire(struct store *s, struct turn *t, struct err *e)
{
    size_t n;
    enum err_code code = expiry_step(
        s, t->state.now_us, expiry_receipts_max(t->limits.store_bytes_max), &n, e);
    if (!code) {
        t->expires = n > 0;
        t->more = t->more || n > 0;
    }
    return code;
}

/* When there are no records left to go: else a store that long replies have filled would take
 * nothing more until they are a week old. */
static enum err_code purge_receipts(struct store *s, struct turn *t, struct err *e)
{
    struct store_receipt_purge oldest = {INT64_MAX, INT64_MAX, EXPIRY_STEP_ROWS};
    size_t n;
    enum err_code code = store_purge_receipts(s, &oldest, &n, e);
    t->more = t->more || n > 0;
    return code;
}

static enum err_code purge(struct store *s, struct turn *t, int64_t before_us,
                           struct err *e)
{
    struct store_purged p;
    size_t n;
    enum err_code code = store_purge_records(s, before_us, &p, e);
    if (code) {
        return code;
    }
    t->step.records = p.records;
    t->none_aged = before_us != INT64_MAX && p.records + p.batches == 0;
    t->more = t->more || p.records + p.batches > 0;
    code = store_purge_imports(s, t->state.oldest_us,
                               t->limits.store_bytes_max / KEEP_IMPORT_SHARE, &n, e);
    return code || before_us != INT64_MAX || p.records + p.batches > 0
               ? code
               : purge_receipts(s, t, e);
}

static enum err_code sweep(struct store *s, struct turn *t, struct err *e)
{
    struct store_incidents_purged gone;
    enum err_code code = store_purge_incidents(s, &t->incidents, &gone, e);
    if (!code) {
        t->step.incidents = gone.incidents;
        t->step.next_incident = gone.next_id;
        t->more = t->more || gone.next_id > 0;
    }
    return code;
}

/* No record goes while there are receipts beyond their share: long replies
 * in a small store would have it deleted soon after it came. */
static enum err_code do_step(struct store *s, struct turn *t, const struct keep_plan *p,
                             struct err *e)
{
    enum err_code code = ERR_NONE;
    if (t->expires || p->before_us == INT64_MAX) {
        code = expire(s, t, e);
    }
    if (code || t->expires) {
        return code;
    }
    if (p->before_us != INT64_MIN) {
        code = purge(s, t, p->before_us, e);
    }
    if (!code && t->incidents.from_id > 0) {
        code = sweep(s, t, e);
    }
    if (!code && t->lanes_after != INT64_MAX) {
        size_t n;
        code = store_purge_lanes(s, t->lanes_after, &n, e);
        t->more = t->more || n > 0;
        t->lanes_after = n > 0 ? t->lanes_after : INT64_MAX;
    }
    if (!code && p->shrink) {
        code = store_shrink(s, e);
        t->more = true;
    }
    return code;
}

/* One transaction. What it has done is so when it is through. */
static enum err_code step(struct store *s, struct turn *t, const struct keep_plan *p,
                          struct err *e)
{
    t->step.records = t->step.incidents = 0;
    t->step.next_incident = t->incidents.from_id;
    enum err_code code = store_begin(s, clock_mono_us() + KEEPER_LONG_TURN_US, e);
    code = code ? code : do_step(s, t, p, e);
    code = code ? code : store_commit(s, e);
    if (!code) {
        counts_add(COUNT_RETENTION_ROWS, t->step.records);
        t->records += t->step.records;
        t->incidents_gone += t->step.incidents;
        t->incidents.from_id = t->step.next_incident;
    }
    return code;
}

/* With little free, what one step takes is to be free before the next. If somebody reads the
 * journal still, it is emptied in another turn: batches wait for the writer meanwhile. */
static void empty_journal(struct store *s, struct turn *t)
{
    struct err ignored;
    t->journal = t->journal && !store_empty_journal(s, clock_mono_us(), &ignored);
}

/* How long others wait for it: longer while more comes in than goes. */
static int64_t turn_us(const struct turn *t)
{
    int64_t max = t->limits.store_bytes_max;
    bool far = t->state.used_bytes > max + max / KEEPER_FAR_SHARE;
    return far ? KEEPER_LONG_TURN_US : KEEPER_TURN_US;
}

/* Other processes look for the lock every few milliseconds: it is free for long enough to be
 * found, now and then. */
static void let_others(int64_t *since_us)
{
    struct timespec ts = {.tv_nsec = KEEPER_FREE_US * 1000L};
    if (clock_mono_us() - *since_us >= KEEPER_HOLD_US) {
        nanosleep(&ts, NULL);
        *since_us = clock_mono_us();
    }
}

static bool is_to_do(const struct turn *t, const struct keep_plan *p)
{
    return p->before_us != INT64_MIN || p->shrink || t->incidents.from_id > 0 ||
           t->lanes_after != INT64_MAX || t->expires;
}

/* Several transactions, and the lock is free between them. */
static enum err_code take_turn(void *arg, struct store *s, int64_t deadline_us,
                               struct err *e)
{
    struct turn *t = arg;
    int64_t began_us = clock_mono_us(), held_us = began_us;
    (void)deadline_us; /* it may have passed in the queue, and this is not in a hurry */
    empty_journal(s, t);
    enum err_code code = look(s, t, e);
    do {
        struct keep_plan p = keep_plan(&t->limits, &t->state);
        t->more = false;
        t->state.purging = p.before_us == INT64_MAX;
        t->for_size = t->for_size || t->state.purging;
        if (code || !is_to_do(t, &p)) {
            return code;
        }
        if (t->journal_bytes > KEEP_JOURNAL_MOST) {
            return err_set(e, ERR_BUSY,
                           "somebody reads the store for so long that nothing can be "
                           "deleted until that ends");
        }
        code = step(s, t, &p, e);
        code = code ? code : look(s, t, e);
        empty_journal(s, t);
        let_others(&held_us);
    } while (t->more && clock_mono_us() < began_us + turn_us(t));
    return code;
}

/* --- the thread --- */

static void say_limits(const struct keeper *k)
{
    char size[SIZE_TEXT_BYTES], floor[SIZE_TEXT_BYTES], days[64];
    snprintf(days, sizeof days, "%lld days",
             (long long)(k->limits.keep_us / KEEP_DAY_US));
    diag("the store may take %s, then the oldest records are deleted; they are kept for "
         "%s; with less than %s free nothing more is taken (STORE_BYTES_MAX, "
         "RETENTION_DAYS, FREE_BYTES_MIN)",
         size_text(k->limits.store_bytes_max, size),
         k->limits.keep_us > 0 ? days : "as long as there is room",
         size_text(k->limits.free_bytes_min, floor));
}

/* A look at all incidents is begun when it is time, or when there are too many. */
static void plan_sweep(struct keeper *k, const struct store_usage *u, int64_t now_us,
                       struct turn *t)
{
    int64_t mono_us = clock_mono_us();
    int64_t before_us =
        now_us > 0 ? keep_incidents_before(&k->limits, now_us) : INT64_MIN;
    int64_t through = u->last_incident - KEEP_INCIDENTS_MAX;
    bool due = k->sweep.began_us == 0 ||
               mono_us - k->sweep.began_us >= KEEPER_INCIDENTS_SECONDS * CLOCK_SECOND_US;
    bool wanted = (due && before_us != INT64_MIN && u->first_incident > 0) ||
                  (u->first_incident > 0 && u->first_incident <= through);
    if (k->sweep.at == 0 && wanted) {
        k->sweep = (struct sweep){mono_us, u->first_incident};
    }
    t->incidents = (struct store_incident_purge){before_us, k->sweep.at, through};
}

/* That it has begun; then how much it was, once an hour: a full store goes on for ever. */
static void say_purged(struct keeper *k, const struct turn *t)
{
    struct purging *p = &k->purging;
    int64_t mono_us = clock_mono_us();
    p->records += t->records;
    p->incidents += t->incidents_gone;
    if (p->records + p->incidents == 0) {
        return;
    }
    if (p->said_us == 0) {
        diag("old records are deleted from now on: %s",
             t->for_size ? "the store has reached STORE_BYTES_MAX"
                         : "they are older than RETENTION_DAYS");
    } else if (mono_us - p->said_us >= KEEPER_SAY_SECONDS * CLOCK_SECOND_US) {
        diag("deleted since it was last said: %lld old records, %lld old incidents",
             (long long)p->records, (long long)p->incidents);
        p->records = p->incidents = 0;
    } else {
        return;
    }
    p->said_us = mono_us;
}

/* As the store itself decides it. */
static bool is_full(const struct keeper *k, const struct disk *disk)
{
    bool has_ballast = ballast_is_there(k->database);
    return disk->free_bytes < keep_free_bytes_min(&k->limits, has_ballast);
}

static void see_to_ballast(struct keeper *k, const struct disk *disk, bool to_do)
{
    struct err e;
    bool is_there = ballast_is_there(k->database);
    if (is_there && to_do && keep_needs_ballast(&k->limits, disk->free_bytes)) {
        diag("the disk is full: the ballast is let go, to delete what is old");
        ballast_drop(k->database);
    } else if (!is_there && k->limits.ballast_bytes > 0 &&
               keep_has_room_for_ballast(&k->limits, disk->free_bytes)) {
        bool fails = ballast_make(k->database, k->limits.ballast_bytes, &e) != ERR_NONE;
        if (fails && !k->no_ballast) {
            diag("%s", e.msg);
        }
        k->no_ballast = fails;
    }
    bool full = is_full(k, disk);
    if (full != k->full) {
        diag(full ? "the disk that holds the store is nearly full (FREE_BYTES_MIN): "
                    "nothing more is taken"
                  : "there is room on the disk again");
    }
    k->full = full;
}

/* None are of a day to come, but by a clock that was ahead. */
static int64_t lanes_after(const struct store_usage *u, int64_t now_us)
{
    int64_t end = now_us / LANE_BUCKET_US + LANE_BUCKETS_A_DAY;
    return now_us > 0 && u->newest_lane > end ? end : INT64_MAX;
}

/* Before anything is taken, if the store can be read then: else before anything goes. */
static enum err_code look_at_clock(struct keeper *k, struct err *e)
{
    struct store_usage u;
    enum err_code code = store_get_usage(k->reader, &u, e);
    code = code ? code : believed_open(&k->clock, k->reader, u.newest_us, e);
    if (!code) {
        k->clock_known = true;
        believed_note(&k->clock, k->writer);
    }
    return code;
}

/* *more: there is more to be done at once. */
static enum err_code keep(struct keeper *k, bool *more, struct err *e)
{
    struct store_usage u;
    struct disk disk;
    *more = false;
    enum err_code code = k->clock_known ? ERR_NONE : look_at_clock(k, e);
    code = code ? code : store_get_usage(k->reader, &u, e);
    code = code ? code : disk_look(k->database, &disk, e);
    if (code) {
        return code;
    }
    int64_t now_us = believed_now(&k->clock, u.newest_us);
    int64_t journal_most = is_full(k, &disk) ? KEEP_JOURNAL_LEAST : KEEP_JOURNAL_BYTES;
    struct turn t = {.limits = k->limits,
                     .journal = u.journal_bytes > journal_most,
                     .lanes_after = lanes_after(&u, now_us),
                     .state = {u.used_bytes, u.unused_bytes, disk.free_bytes, u.oldest_us,
                               now_us, u.shrinks, k->purging.for_size}};
    if (clock_mono_us() < k->aged_at_us) {
        t.limits.keep_us = 0;
    }
    struct keep_plan p = keep_plan(&t.limits, &t.state);
    plan_sweep(k, &u, now_us, &t);
    see_to_ballast(k, &disk, is_to_do(&t, &p) || t.journal);
    bool due = clock_mono_us() >= k->expires_at_us;
    t.expires = due; /* for this alone no ballast goes */
    if (!is_to_do(&t, &p) && !t.journal) {
        return ERR_NONE;
    }
    struct write_job job = {.apart = take_turn, .apart_arg = &t};
    code = writer_submit(k->writer, &job, e);
    writer_wait_learned(&job);
    k->purging.for_size = t.state.purging;
    k->sweep.at = t.incidents.from_id;
    if (t.none_aged) {
        k->aged_at_us = clock_mono_us() + KEEPER_AGED_SECONDS * CLOCK_SECOND_US;
    }
    if (!code && due && !t.expires) { /* not whenever there is something else to do */
        k->expires_at_us = clock_mono_us() + KEEPER_EXPIRY_SECONDS * CLOCK_SECOND_US;
        believed_note(&k->clock, k->writer);
    }
    say_purged(k, &t);
    *more = !code && t.more;
    return code;
}

static void tick(void *keeper)
{
    struct keeper *k = keeper;
    struct err e;
    bool more = true;
    enum err_code code = ERR_NONE;
    while (!code && more && !atomic_load(&k->ending)) {
        code = keep(k, &more, &e);
    }
    if (code && !k->failing) {
        diag("the store cannot be kept within its bounds now, trying again: %s", e.msg);
    }
    pthread_mutex_lock(&k->lock);
    k->failing = code != ERR_NONE;
    if (code) {
        k->why = e;
    }
    pthread_mutex_unlock(&k->lock);
}

/* --- for the others --- */

bool keeper_fails(struct keeper *k, struct err *why)
{
    pthread_mutex_lock(&k->lock);
    bool failing = k->failing;
    *why = k->why;
    pthread_mutex_unlock(&k->lock);
    return failing;
}

static void free_keeper(struct keeper *k)
{
    store_close(k->reader);
    pthread_mutex_destroy(&k->lock);
    free(k);
}

enum err_code keeper_limits(const struct config *config, struct keep_limits *out,
                            struct err *e)
{
    struct disk disk;
    enum err_code code = disk_look(config->database, &disk, e);
    if (!code) {
        *out = keep_limits(config->store_bytes_max, config->free_bytes_min,
                           config->retention_days, disk.bytes);
    }
    return code;
}

bool keeper_drop_ballast(const char *database)
{
    bool is_there = ballast_is_there(database);
    if (is_there) {
        diag("the disk is full: the ballast is let go, to open the store");
        ballast_drop(database);
    }
    return is_there;
}

enum err_code keeper_start(const struct keep_limits *limits, const char *database,
                           struct writer *writer, struct keeper **out, struct err *e)
{
    struct keeper *k = calloc(1, sizeof *k);
    if (!k) {
        return err_set(e, ERR_NOMEM, "not enough memory for a thread");
    }
    pthread_mutex_init(&k->lock, NULL);
    k->limits = *limits;
    k->database = database;
    k->writer = writer;
    enum err_code code = store_open_reader(database, &k->reader, e);
    struct err later;
    if (!code && look_at_clock(k, &later)) {
        diag("what is known of the clock cannot be read now: %s", later.msg);
    }
    code = code ? code
                : ticker_start(KEEPER_SECONDS * CLOCK_SECOND_US, tick, k, &k->ticker, e);
    if (code) {
        free_keeper(k);
        return code;
    }
    say_limits(k);
    *out = k;
    return ERR_NONE;
}

void keeper_stop(struct keeper *k, bool leaves)
{
    if (k) {
        atomic_store(&k->ending, true);
        ticker_stop(k->ticker);
        if (leaves) {
            ballast_drop(k->database);
        }
        free_keeper(k);
    }
}
