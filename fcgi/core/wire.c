/* wire.c - see wire.h. */
#include "fcgi/core/wire.h"

#include "fcgi/base/clock.h"

static void put(struct json_out *o, const char *key, struct str s)
{
    json_key(o, key);
    json_str(o, s.n > 0 ? s : STR("-")); /* a record without it would be refused */
}

/* With all its microseconds: what is learned there is what would be learned here. */
static struct str time_of(const struct record *r, char out[static CLOCK_TEXT_BYTES])
{
    struct str s = clock_format(r->event_us, out);
    int64_t below = (r->event_us % 1000 + 1000) % 1000;
    if (below == 0 || s.n + 4 > CLOCK_TEXT_BYTES) {
        return s;
    }
    int n = snprintf(out + s.n - 1, CLOCK_TEXT_BYTES - s.n + 1, "%03dZ", (int)below);
    return (struct str){out, s.n - 1 + (size_t)n};
}

void wire_record(struct json_out *o, const struct record *r)
{
    char when[CLOCK_TEXT_BYTES];
    json_open(o, '{');
    put(o, "timestamp", time_of(r, when));
    put(o, "service", r->service);
    put(o, "level", r->level);
    put(o, "message", r->message);
    json_key(o, "metadata");
    json_raw(o, r->metadata.n > 0 ? r->metadata : STR("{}"));
    if (r->answer != ANSWER_NONE) {
        json_key(o, "answer");
        json_int(o, r->answer);
    }
    json_close(o, '}');
}
