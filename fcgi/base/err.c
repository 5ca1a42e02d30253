/* err.c - see err.h. */
#include "fcgi/base/err.h"

#include <stdarg.h>

enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(e->msg, sizeof e->msg, fmt, ap);
    va_end(ap);
    if (n < 0) {
        e->msg[0] = '\0';
    } else if ((size_t)n >= sizeof e->msg) {
        memcpy(e->msg + sizeof e->msg - 4, "...", 4);
    }
    e->code = code;
    e->index = -1;
    e->field = NULL;
    return code;
}

enum err_code err_at(struct err *e, int64_t index, const char *field)
{
    e->index = index;
    e->field = field;
    return e->code;
}
