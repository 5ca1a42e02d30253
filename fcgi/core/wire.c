/* wire.c - see wire.h. */
#include "fcgi/core/wire.h"

#include "fcgi/base/clock.h"

static void put(struct json_out *o, const char *key, struct str s)
{
    json_key(o, key);
    json_str(o, s.n > 0 ? s : STR("-")); /* a record without it would be refused */
}

void wire_record(struct json_out *o, const struct record *r)
{
    char when[CLOCK_TEXT_BYTES];
    json_open(o, '{');
    put(o, "timestamp", clock_format(r->event_us, when));
    put(o, "service", r->service);
    put(o, "level", r->level);
    put(o, "message", r->message);
    json_key(o, "metadata");
    json_raw(o, r->metadata.n > 0 ? r->metadata : STR("{}"));
    json_close(o, '}');
}
