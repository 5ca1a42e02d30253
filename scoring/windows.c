/* windows.c - see windows.h. A hash table with chains over a fixed array of slots, which
 * also stand in a list in the order in which their services spoke last: finding, closing
 * and making room take the same time with one service and with four thousand. */
#include "scoring/windows.h"

#include <string.h>

static int *bucket_of(struct windows *w, uint64_t hash)
{
    return &w->bucket[hash % WINDOWS_MAX];
}

void windows_init(struct windows *w, enum window_kind kind, int64_t span_us)
{
    memset(w, 0, sizeof *w);
    w->kind = kind;
    w->span_us = span_us;
    for (int i = 0; i < WINDOWS_MAX; i++) {
        w->bucket[i] = -1;
        w->slots[i].next = i + 1 < WINDOWS_MAX ? i + 1 : -1;
    }
    w->oldest = w->youngest = -1;
}

static bool is_slot_of(const struct window_slot *s, struct str service, uint64_t hash)
{
    return s->in_use && s->hash == hash &&
           str_eq((struct str){s->service, s->service_n}, service);
}

static int find(struct windows *w, struct str service, uint64_t hash)
{
    if (is_slot_of(&w->slots[w->last], service, hash)) {
        return w->last;
    }
    int i = *bucket_of(w, hash);
    while (i >= 0 && !is_slot_of(&w->slots[i], service, hash)) {
        i = w->slots[i].next;
    }
    return i;
}

/* Takes the slot out of the order of speaking. */
static void unlink_slot(struct windows *w, struct window_slot *s)
{
    *(s->older >= 0 ? &w->slots[s->older].younger : &w->oldest) = s->younger;
    *(s->younger >= 0 ? &w->slots[s->younger].older : &w->youngest) = s->older;
}

static void link_youngest(struct windows *w, struct window_slot *s)
{
    int self = (int)(s - w->slots);
    s->older = w->youngest;
    s->younger = -1;
    *(w->youngest >= 0 ? &w->slots[w->youngest].younger : &w->oldest) = self;
    w->youngest = self;
}

void windows_close(struct windows *w, struct window_slot *slot)
{
    int self = (int)(slot - w->slots);
    int *link = bucket_of(w, slot->hash);
    while (*link != self) {
        link = &w->slots[*link].next;
    }
    *link = slot->next;
    unlink_slot(w, slot);
    slot->in_use = false;
    slot->next = w->unused;
    w->unused = self;
}

/* A free slot; if there is none, the one that was silent for longest is closed first. */
static struct window_slot *make_room(struct windows *w, struct windows_closing closing)
{
    if (w->unused < 0) {
        struct window_slot *oldest = &w->slots[w->oldest];
        if (closing.fn) {
            closing.fn(closing.arg, oldest);
        }
        windows_close(w, oldest);
    }
    struct window_slot *s = &w->slots[w->unused];
    w->unused = s->next;
    return s;
}

static struct window_slot *open_slot(struct windows *w, struct str service, uint64_t hash,
                                     struct windows_closing closing)
{
    struct window_slot *s = make_room(w, closing);
    int *head = bucket_of(w, hash);
    size_t n = service.n < CORE_SERVICE_BYTES ? service.n : CORE_SERVICE_BYTES - 1;
    *s = (struct window_slot){.hash = hash,
                              .service_n = n,
                              .in_use = true,
                              .next = *head,
                              .kind = w->kind,
                              .span = INT64_MIN,
                              .time.latest_us = INT64_MIN};
    memcpy(s->service, service.p, n);
    *head = (int)(s - w->slots);
    link_youngest(w, s);
    return s;
}

static void begin_span(struct window_slot *s, int64_t span)
{
    s->span = span;
    s->latest_us = INT64_MIN;
    s->t = (struct tally){0};
    s->w = (struct window){0};
    s->several = false;
    s->unscored = false;
    s->reported = false;
    s->is_judged = false;
}

static void count(struct window_slot *s, const struct windows_record *r, int64_t when_us,
                  const struct windows_arrival *arrival)
{
    s->several = s->several || (s->t.count > 0 && s->batch != arrival->batch);
    s->unscored = s->unscored || arrival->unscored;
    s->batch = arrival->batch;
    s->batch_n = arrival->batch_n;
    s->latest_us = when_us > s->latest_us ? when_us : s->latest_us;
    s->changed = true;
    features_tally(&s->t, r->record);
    window_add(&s->w, r->trace, r->ref);
}

void windows_add(struct windows *w, const struct windows_record *added,
                 const struct windows_arrival *arrival, struct windows_closing closing)
{
    const struct record *r = added->record;
    uint64_t hash = str_hash(r->service);
    int i = find(w, r->service, hash);
    struct window_slot *s =
        i >= 0 ? &w->slots[i] : open_slot(w, r->service, hash, closing);
    int64_t when_us = added->trace->at_us, span = when_us / w->span_us;
    w->last = (int)(s - w->slots);
    s->heard_us = arrival->now_us;
    unlink_slot(w, s);
    link_youngest(w, s);
    enum stream_step step = stream_note(&s->time, when_us, 1);
    if (span > s->span || (step == STREAM_BACK && span < s->span)) {
        if (s->t.count > 0 && closing.fn) {
            closing.fn(closing.arg, s);
        }
        begin_span(s, span);
    }
    if (span >= s->span - WINDOW_LATE_SPANS) {
        count(s, added, when_us, arrival);
    }
}

struct window_slot *windows_at(struct windows *w, size_t i)
{
    return w->slots[i].in_use ? &w->slots[i] : NULL;
}

struct window_slot *windows_after(struct windows *w, const struct window_slot *prev)
{
    int i = prev ? prev->younger : w->oldest;
    return i >= 0 ? &w->slots[i] : NULL;
}
