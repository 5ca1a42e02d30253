/* sessions.c - see sessions.h. */
#include "scoring/sessions.h"

#include <string.h>

void sessions_init(struct sessions *s)
{
    memset(s, 0, sizeof *s);
    for (int i = 0; i < SESSIONS_MAX; i++) {
        s->bucket[i] = -1;
        s->slot[i].next = (int16_t)(i + 1 < SESSIONS_MAX ? i + 1 : -1);
    }
    s->oldest = s->youngest = -1;
}

uint64_t session_id(uint32_t service, uint64_t session)
{
    uint64_t x = (session ^ service * 0xff51afd7ed558ccdU) * 0x9e3779b97f4a7c15U;
    return x ^ (x >> 29);
}

const struct session *sessions_find(const struct sessions *s, uint64_t id)
{
    int i = s->bucket[id % SESSIONS_MAX];
    while (i >= 0 && s->slot[i].id != id) {
        i = s->slot[i].next;
    }
    return i >= 0 ? &s->slot[i] : NULL;
}

static void unlink_session(struct sessions *s, struct session *x)
{
    *(x->older >= 0 ? &s->slot[x->older].younger : &s->oldest) = x->younger;
    *(x->younger >= 0 ? &s->slot[x->younger].older : &s->youngest) = x->older;
}

static void link_youngest(struct sessions *s, struct session *x)
{
    int16_t self = (int16_t)(x - s->slot);
    x->older = s->youngest;
    x->younger = -1;
    *(s->youngest >= 0 ? &s->slot[s->youngest].younger : &s->oldest) = self;
    s->youngest = self;
}

struct session *sessions_take(struct sessions *s, uint64_t id)
{
    const struct session *found = sessions_find(s, id);
    if (found) {
        struct session *x = &s->slot[found - s->slot];
        unlink_session(s, x);
        link_youngest(s, x);
        return x;
    }
    if (s->unused < 0) {
        return NULL;
    }
    struct session *x = &s->slot[s->unused];
    int16_t self = s->unused, *head = &s->bucket[id % SESSIONS_MAX];
    s->unused = x->next;
    *x = (struct session){.id = id, .in_use = true, .next = *head};
    *head = self;
    link_youngest(s, x);
    return x;
}

struct session *sessions_after(struct sessions *s, const struct session *prev)
{
    int i = prev ? prev->younger : s->oldest;
    return i >= 0 ? &s->slot[i] : NULL;
}

void sessions_end(struct sessions *s, struct session *x)
{
    int16_t self = (int16_t)(x - s->slot), *link = &s->bucket[x->id % SESSIONS_MAX];
    while (*link != self) {
        link = &s->slot[*link].next;
    }
    *link = x->next;
    unlink_session(s, x);
    x->in_use = false;
    x->next = s->unused;
    s->unused = self;
}
