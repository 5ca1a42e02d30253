/* writer_notice.c - see writer_notice.h. */
#include "sql/writer_notice.h"

/* One that was old news and goes on now is told if it never was by itself. */
static enum err_code look_untold(struct store *s, const struct notice_case *about,
                                 const struct incident *before, enum notice_kind *untold,
                                 struct err *e)
{
    enum notice_kind last;
    bool found;
    *untold = NOTICE_NONE;
    if (!before || !notice_is_old(before->last_us, about->now_us)) {
        return ERR_NONE;
    }
    enum err_code code = store_find_notice(s, before->id, &last, &found, e);
    *untold = !code && found && notice_kind_is_old(last) ? last : NOTICE_NONE;
    return code;
}

enum err_code writer_notice(struct store *s, const struct notice_case *about,
                            const struct incident *before, const struct incident *i,
                            bool *pushed, struct err *e)
{
    struct notice_case c = *about;
    *pushed = false;
    enum err_code code = look_untold(s, about, before, &c.untold, e);
    enum notice_kind kind = notice_decide(&c);
    if (code || kind == NOTICE_NONE) {
        return code;
    }
    /* Logs that an import brought to one that was there are not as old as it. */
    bool began = kind != NOTICE_OLD_REGRESSION && kind != NOTICE_OLD_WORSE;
    struct store_notice n = {.incident_id = i->id,
                             .kind = kind,
                             .at_us = about->now_us,
                             .severity = i->severity,
                             .first_us = began ? i->first_us : i->last_us,
                             .last_us = i->last_us};
    code = store_push_notice(s, &n, e);
    *pushed = !code;
    return code;
}
