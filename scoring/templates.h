/* templates.h - the kinds of messages that a service writes: found, counted, kept few.
 *
 * A template is what messages of one kind share: their tokens (mask.h), with * where they
 * differ. A message belongs to the template that its signature is known to belong to, or
 * else to the one of its service and length that agrees best; else it makes a new one. It
 * agrees if half of its words do; a place where names differ varies at once, one where
 * words differ after a few of them (templates.c).
 *
 * struct templates has no pointers: it may be copied, saved and loaded as bytes. Zeroed is
 * not enough, templates_init makes it empty. Same calls, same contents. templates_find and
 * the accessors change nothing: any number of threads while nobody learns. */
#ifndef SCORING_TEMPLATES_H
#define SCORING_TEMPLATES_H

#include "scoring/template_text.h"

enum {
    TEMPLATES_MAX = 8192,
    TEMPLATES_SERVICE_MAX = 4096, /* of one service */
    TEMPLATES_CACHE_WAYS = 4,
    TEMPLATES_CACHE_SETS = 8192,
    TEMPLATES_MARKS = 16,
};

/* Two orders of use: of the templates seen once, and of those seen more often. Links here
 * and below are numbers of slots + 1; 0 is none. */
struct template_ages {
    uint16_t oldest[2], youngest[2];
};

struct template_row {
    uint64_t id;      /* 1, 2, ...; 0: the slot is free */
    uint64_t learned; /* the number of the call that counted it last */
    uint32_t count;   /* stays at UINT32_MAX */
    uint16_t service; /* its place in services */
    uint16_t tokens_n, text_n;
    uint16_t next_free;
    uint16_t bucket[2];            /* by length and first word, by length only */
    uint16_t next[2], prev[2];     /* in these, the newest first */
    uint16_t older[2], younger[2]; /* of all, of its service */
    uint8_t
        mark[TEMPLATES_MARKS]; /* the lowest bits of the first tokens: a word's kind and
                                      six of its hash; 0 where it varies */
};

struct template_service {
    uint32_t service, n;   /* n == 0: free */
    uint16_t bucket, next; /* next of the same bucket, or free */
    struct template_ages ages;
};

struct templates {
    uint64_t ids, learns, evicted_n; /* given out; calls; taken back for want of room */
    uint32_t n;
    uint16_t free, services_free;
    struct template_ages ages;
    uint16_t buckets[2][TEMPLATES_MAX], services_buckets[TEMPLATES_MAX];
    struct template_service services[TEMPLATES_MAX];
    struct {
        uint64_t key;
        uint32_t slot, id; /* id: the lower half of the template's id; not equal: stale */
    } cache[TEMPLATES_CACHE_SETS][TEMPLATES_CACHE_WAYS];
    struct template_row rows[TEMPLATES_MAX];
    uint32_t tokens[TEMPLATES_MAX][MASK_TOKENS_MAX]; /* hashes, or less: it varies */
    char text[TEMPLATES_MAX][TEMPLATE_TEXT_BYTES];
};

void templates_init(struct templates *s);

/* Where a service is looked for in services_buckets. */
static inline unsigned templates_service_bucket(uint32_t service)
{
    uint64_t h = (uint64_t)service * 0x9E3779B97F4A7C15u;
    return (unsigned)((h ^ h >> 29) >> 20) % TEMPLATES_MAX;
}

/* The slot of the template of a message of this service, 0..TEMPLATES_MAX - 1, or -1. */
int templates_find(const struct templates *s, uint32_t service, const struct tokens *t);

/* The same, and counts it; a new template if there is none, for which the least recently
 * used one may have to go, of those seen once if there are any: of the service if that has
 * as many as it may, else of all. *evicted: its slot, which may be the one returned, or
 * -1. tokens are those of message. */
int templates_learn(struct templates *s, uint32_t service, const struct tokens *t,
                    struct str message, int *evicted);

/* Forgets all templates of a service; its slots are free. */
void templates_forget_service(struct templates *s, uint32_t service);

uint32_t templates_service_n(const struct templates *s, uint32_t service);

/* Text with * for what varies, whole characters. Lives until the next learn or forget. */
static inline struct str templates_text(const struct templates *s, int slot)
{
    return (struct str){s->text[slot], s->rows[slot].text_n};
}

/* Never given to another template; 0: the slot is free. */
static inline uint64_t templates_id(const struct templates *s, int slot)
{
    return s->rows[slot].id;
}

static inline uint32_t templates_count(const struct templates *s, int slot)
{
    return s->rows[slot].count;
}

/* The number of the call of templates_learn that counted it last: 1, 2, ... */
static inline uint64_t templates_learned(const struct templates *s, int slot)
{
    return s->rows[slot].learned;
}

#endif
