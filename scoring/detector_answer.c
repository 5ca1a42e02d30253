/* detector_answer.c - a detector takes up what a person has answered (detector.h). */
#include "scoring/detector_private.h"

/* What was odd in it so far is forgotten, and so are the records of these keys; the number of
 * the others stays. */
static void quiet_window(struct window *w, const struct learn_answered *a)
{
    uint32_t quiet = a->all || w->vector.n > VECTOR_ITEMS_MAX ? (uint32_t)w->n : w->quiet;
    for (uint32_t i = 0; i < w->vector.n && i < VECTOR_ITEMS_MAX; i++) {
        for (size_t k = 0; !a->all && k < a->n; k++) {
            quiet += w->vector.item[i].key == a->key[k] ? w->vector.item[i].count : 0;
        }
    }
    *w = (struct window){.n = w->n,
                         .quiet = quiet < (uint32_t)w->n ? quiet : (uint32_t)w->n,
                         .first = w->first,
                         .last = w->last,
                         .day = w->day,
                         .hour = w->hour,
                         .session = w->session,
                         .mixed = w->mixed,
                         .partial = true};
}

/* What is open of the service holds what the answer is about; what waits to be told is about
 * the same. */
static void quiet_open(struct detector *d, struct str service,
                       const struct learn_answered *a)
{
    struct memory *m = d->memory;
    for (int k = 0; k < SPANS; k++) {
        struct window_slot *slot = NULL;
        while ((slot = windows_after(&m->windows[k], slot)) != NULL) {
            if (str_eq((struct str){slot->service, slot->service_n}, service)) {
                quiet_window(&slot->w, a);
            }
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < m->ended_n; i++) {
        struct window_slot *slot = &m->ended[(m->ended_first + i) % DETECTOR_ENDED_MAX];
        if (!str_eq((struct str){slot->service, slot->service_n}, service)) {
            m->ended[(m->ended_first + kept++) % DETECTOR_ENDED_MAX] = *slot;
        }
    }
    m->ended_n = kept;
    int place = model_find(&m->model, service, str_hash(service));
    struct session *s = NULL;
    while (place >= 0 && (s = sessions_after(&m->sessions, s)) != NULL) {
        if (s->service == m->model.service[place].number) {
            quiet_window(&s->w, a);
        }
    }
}

void detector_answer(struct detector *d, const struct learn_answer *a)
{
    struct learn_answered answered;
    pthread_rwlock_wrlock(&d->lock);
    learn_answer(&d->memory->model, a, &answered);
    if (!a->real && !a->undone) {
        quiet_open(d, a->service, &answered);
    }
    pthread_rwlock_unlock(&d->lock);
}
