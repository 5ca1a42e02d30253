/* shown.c - see shown.h. */
#include "fcgi/cli/shown.h"

#include "fcgi/base/visible.h"

struct str shown_text(struct arena *a, struct str s)
{
    struct buf b;
    buf_init(&b, SHOWN_BYTES_MAX);
    visible_put(&b, s, SHOWN_BYTES_MAX);
    struct str copy = b.failed ? STR_NONE : arena_str(a, buf_view(&b));
    buf_free(&b);
    return copy.p ? copy : STR("");
}
