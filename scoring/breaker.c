/* breaker.c - see breaker.h. */
#include "scoring/breaker.h"

void breaker_init(struct breaker *b, uint64_t seed)
{
    *b = (struct breaker){.random = seed | 1};
}

static void enter(struct breaker *b, enum breaker_state state)
{
    b->state = state;
    b->failures = 0;
    b->turn++;
}

/* us, give or take BREAKER_JITTER_PERCENT: xorshift64 is random enough for that. */
static int64_t jitter(struct breaker *b, int64_t us)
{
    int64_t span = us * BREAKER_JITTER_PERCENT / 100;
    b->random ^= b->random << 13;
    b->random ^= b->random >> 7;
    b->random ^= b->random << 17;
    return us - span + (int64_t)(b->random % (uint64_t)(2 * span + 1));
}

static void open_it(struct breaker *b, int64_t mono_us)
{
    int64_t twice = b->pause_us > 0 ? 2 * b->pause_us : BREAKER_FIRST_US;
    b->pause_us = twice < BREAKER_MAX_US ? twice : BREAKER_MAX_US;
    b->until_us = mono_us + jitter(b, b->pause_us);
    enter(b, BREAKER_OPEN);
}

bool breaker_ask(struct breaker *b, int64_t mono_us, struct breaker_pass *pass)
{
    if (b->state == BREAKER_OPEN && mono_us >= b->until_us) {
        enter(b, BREAKER_PROBING);
    } else if (b->state != BREAKER_CLOSED) {
        return false;
    }
    pass->turn = b->turn;
    return true;
}

bool breaker_rests(const struct breaker *b, int64_t mono_us)
{
    return b->state == BREAKER_OPEN && mono_us < b->until_us;
}

void breaker_tell(struct breaker *b, struct breaker_pass pass, bool ok, int64_t mono_us)
{
    if (pass.turn != b->turn) {
        return;
    }
    if (ok && b->state == BREAKER_CLOSED) {
        b->failures = 0;
    } else if (ok) {
        b->pause_us = 0;
        enter(b, BREAKER_CLOSED);
    } else if (b->state == BREAKER_PROBING || ++b->failures == BREAKER_FAILURES) {
        open_it(b, mono_us);
    }
}

void breaker_drop(struct breaker *b, struct breaker_pass pass)
{
    if (pass.turn == b->turn && b->state == BREAKER_PROBING) {
        enter(b, BREAKER_OPEN); /* until_us has passed */
    }
}
