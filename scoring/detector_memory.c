/* detector_memory.c - a detector's beginning and end, its memory as bytes, and what is to be
 * said about it (detector.h). */
#include "scoring/detector_private.h"
#include "scoring/model_check.h"
#include "scoring/window_check.h"

#include <string.h>

enum { MEMORY_MEANING = 2 }; /* another one when what is saved means something else */

static const struct {
    enum window_kind kind;
    int64_t us;
} spans[SPANS] = {
    {WINDOW_MINUTE, CLOCK_MINUTE_US},
    {WINDOW_TEN, 10 * CLOCK_MINUTE_US},
    {WINDOW_HOUR, 60 * CLOCK_MINUTE_US},
};

/* --- saving --- */

void detector_save(struct detector *d, struct buf *out)
{
    pthread_rwlock_rdlock(&d->lock);
    snapshot_put_block(out, d->memory, sizeof *d->memory);
    pthread_rwlock_unlock(&d->lock);
}

bool memory_check(const struct memory *m)
{
    bool ok = model_check(&m->model) && m->ended_first < DETECTOR_ENDED_MAX &&
              m->ended_n <= DETECTOR_ENDED_MAX && window_check_sessions(&m->sessions);
    for (int i = 0; ok && i < SPANS; i++) {
        ok = m->windows[i].kind == spans[i].kind &&
             m->windows[i].span_us == spans[i].us && window_check_windows(&m->windows[i]);
    }
    for (size_t i = 0; ok && i < m->ended_n; i++) {
        ok = window_check_slot(&m->ended[(m->ended_first + i) % DETECTOR_ENDED_MAX]);
    }
    return ok;
}

enum err_code detector_load(struct detector *d, struct snapshot_in *in, struct err *e)
{
    struct memory *fresh = calloc(1, sizeof *fresh), *old = fresh;
    if (!fresh) {
        return err_set(e, ERR_NOMEM, "not enough memory for what was learned");
    }
    bool whole = snapshot_get_block(in, fresh, sizeof *fresh);
    bool ok = whole && memory_check(fresh);
    if (ok) {
        pthread_rwlock_wrlock(&d->lock);
        old = d->memory;
        d->memory = fresh;
        d->look = 0;
        pthread_rwlock_unlock(&d->lock);
    }
    free(old);
    return ok ? ERR_NONE
           : whole
               ? err_set(e, ERR_INVALID, "it is damaged: it holds numbers that cannot be")
               : err_set(e, ERR_INVALID, "it is damaged");
}

_Static_assert(sizeof(struct memory) <= 30 << 20, "what is learned is 30 MB at most");

/* Each part's size, and how the machine writes numbers; and a number of its own for when
 * the same places come to mean something else. */
int64_t detector_layout(void)
{
    static const uint64_t parts[] = {MEMORY_MEANING,
                                     0x0102030405060708,
                                     sizeof(struct memory),
                                     sizeof(struct model),
                                     sizeof(struct model_service),
                                     sizeof(struct model_template),
                                     sizeof(struct model_kind),
                                     sizeof(struct templates),
                                     sizeof(struct vectors),
                                     sizeof(struct values),
                                     sizeof(struct spelling),
                                     sizeof(struct hist),
                                     sizeof(struct window),
                                     sizeof(struct window_slot),
                                     sizeof(struct session),
                                     offsetof(struct model, service),
                                     offsetof(struct model_service, trace),
                                     offsetof(struct model_service, kind),
                                     offsetof(struct window, peak),
                                     offsetof(struct window, vector)};
    return (int64_t)str_hash((struct str){(const char *)parts, sizeof parts});
}

static void begin(struct detector *d)
{
    struct memory *m = d->memory;
    model_init(&m->model);
    for (int i = 0; i < SPANS; i++) {
        windows_init(&m->windows[i], spans[i].kind, spans[i].us);
    }
    sessions_init(&m->sessions);
    m->ended_first = m->ended_n = 0;
    snprintf(m->model.version, sizeof m->model.version, "%s", DETECTOR_SHIPPED_VERSION);
    d->look = 0;
}

void detector_clear(struct detector *d)
{
    pthread_rwlock_wrlock(&d->lock);
    begin(d);
    pthread_rwlock_unlock(&d->lock);
}

/* --- about it --- */

void detector_set_version(struct detector *d, const char *version, int64_t trained_at_us)
{
    pthread_rwlock_wrlock(&d->lock);
    snprintf(d->memory->model.version, sizeof d->memory->model.version, "%s", version);
    d->memory->model.trained_at_us = trained_at_us;
    pthread_rwlock_unlock(&d->lock);
}

void detector_info(struct detector *d, struct model_info *out)
{
    pthread_rwlock_rdlock(&d->lock);
    const struct model *m = &d->memory->model;
    *out = (struct model_info){.trained_at_us = m->trained_at_us,
                               .records = m->records,
                               .batches = m->batches,
                               .templates = m->templates.n,
                               .evictions = model_evictions(m)};
    memcpy(out->version, m->version, sizeof out->version);
    for (int i = m->oldest; i >= 0; i = m->service[i].younger) {
        out->services++;
    }
    pthread_rwlock_unlock(&d->lock);
}

void detector_services(struct detector *d, model_service_fn fn, void *arg)
{
    pthread_rwlock_rdlock(&d->lock);
    const struct model *m = &d->memory->model;
    for (int i = m->youngest; i >= 0; i = m->service[i].older) {
        const struct model_service *s = &m->service[i];
        struct model_service_info info = {.name = {s->name, s->name_n},
                                          .records = (int64_t)s->counted,
                                          .templates = model_templates_n(m, i)};
        for (int k = 0; k < WINDOW_KINDS_N; k++) {
            info.windows += (int64_t)s->kind[k].n;
            info.calibrated = info.calibrated || s->kind[k].n >= MODEL_COLD_WINDOWS;
        }
        fn(arg, &info);
    }
    pthread_rwlock_unlock(&d->lock);
}

void detector_close(struct detector *d)
{
    if (d) {
        free(d->memory);
        pthread_rwlock_destroy(&d->lock);
        free(d);
    }
}

enum err_code detector_open(double threshold, struct detector **out, struct err *e)
{
    pthread_rwlockattr_t attr;
    struct detector *d = calloc(1, sizeof *d);
    if (!d) {
        return err_set(e, ERR_NOMEM, "not enough memory for the detector");
    }
    d->threshold = threshold;
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&d->lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    d->memory = calloc(1, sizeof *d->memory);
    if (!d->memory) {
        detector_close(d);
        return err_set(e, ERR_NOMEM, "not enough memory for the detector");
    }
    begin(d);
    *out = d;
    return ERR_NONE;
}
