/* notice.c - see notice.h. */
#include "fcgi/core/notice.h"

static const char *const names[NOTICE_KINDS_N] = {
    "none",           "new",       "regression", "worse",  "old",
    "old_regression", "old_worse", "digest",     "import", "test"};

const char *notice_kind_name(enum notice_kind k)
{
    return names[k];
}

enum notice_kind notice_kind_of(struct str name)
{
    for (int i = NOTICE_NEW; i < NOTICE_KINDS_N; i++) {
        if (str_eq(name, str_of(names[i]))) {
            return (enum notice_kind)i;
        }
    }
    return NOTICE_NONE;
}

bool notice_is_old(int64_t last_us, int64_t now_us)
{
    return last_us < now_us - NOTICE_OLD_US;
}

bool notice_kind_is_old(enum notice_kind k)
{
    return k >= NOTICE_OLD && k <= NOTICE_OLD_WORSE;
}

static enum notice_kind as_old(enum notice_kind k)
{
    return k == NOTICE_NEW          ? NOTICE_OLD
           : k == NOTICE_REGRESSION ? NOTICE_OLD_REGRESSION
           : k == NOTICE_WORSE      ? NOTICE_OLD_WORSE
                                    : NOTICE_NONE;
}

/* What was old news is told by itself as what it was then. */
static enum notice_kind as_fresh(enum notice_kind k)
{
    return k == NOTICE_OLD              ? NOTICE_NEW
           : k == NOTICE_OLD_REGRESSION ? NOTICE_REGRESSION
           : k == NOTICE_OLD_WORSE      ? NOTICE_WORSE
                                        : NOTICE_NONE;
}

enum notice_kind notice_decide(const struct notice_case *c)
{
    enum notice_kind kind = c->opened       ? NOTICE_NEW
                            : c->reopened   ? NOTICE_REGRESSION
                            : c->much_worse ? NOTICE_WORSE
                                            : NOTICE_NONE;
    enum notice_kind untold = as_fresh(c->untold);
    if (c->muted) {
        return NOTICE_NONE;
    }
    if (notice_is_old(c->last_us, c->now_us)) {
        return as_old(kind);
    }
    return untold != NOTICE_NONE && !c->reopened ? untold : kind;
}

enum notice_kind notice_next(const struct notice_backlog *b)
{
    int64_t left = b->max - b->recent;
    if (b->notices == 0 || left <= 0) {
        return NOTICE_NONE;
    }
    return b->wanted > 0 && b->wanted <= left ? NOTICE_NEW : NOTICE_DIGEST;
}

bool notice_old_is_due(int64_t first_at_us, int64_t last_at_us, int64_t now_us)
{
    return now_us >= last_at_us + NOTICE_QUIET_US ||
           now_us >= first_at_us + NOTICE_LAST_US || now_us < first_at_us;
}

bool notice_retry(const struct notice_try *t, int64_t *next_us)
{
    enum { SPREAD = 400, WHOLE = 1000 };
    int64_t pause = t->first_us, end = t->created_us + NOTICE_GIVE_UP_US;
    for (int64_t i = 1; i < t->attempts && pause < NOTICE_RETRY_MAX_US; i++) {
        pause *= 2;
    }
    pause = pause < NOTICE_RETRY_MAX_US ? pause : NOTICE_RETRY_MAX_US;
    pause = pause / WHOLE * (WHOLE - SPREAD / 2 + t->random % (SPREAD + 1));
    int64_t asked = t->asked_s < NOTICE_GIVE_UP_US / CLOCK_SECOND_US
                        ? t->asked_s * CLOCK_SECOND_US
                        : NOTICE_GIVE_UP_US;
    pause = asked > pause ? asked : pause;
    *next_us = t->now_us + pause;
    return *next_us <= end;
}

bool notice_doubt(struct notice_doubt *d, int64_t now_us)
{
    bool goes_on =
        d->last_us != 0 && now_us >= d->last_us && now_us - d->last_us < NOTICE_DOUBT_US;
    d->since_us = goes_on ? d->since_us : now_us;
    d->last_us = now_us;
    return now_us - d->since_us < NOTICE_DOUBT_US;
}
