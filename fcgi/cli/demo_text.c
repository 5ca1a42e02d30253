/* demo_text.c - see demo_text.h. */
#include "fcgi/cli/demo_text.h"

#include "fcgi/base/clock.h"

#include <assert.h>

struct text {
    struct buf *out;
    const struct demo_context *context;
    int depth;
};

static void expand(struct text *t, struct str text, struct demo_random *r);

/* --- reading --- */

/* Where the first stop outside of inner places is; s.n if nowhere. */
static size_t find_outside(struct str s, char stop)
{
    int depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (depth == 0 && s.p[i] == stop) {
            return i;
        }
        if (s.p[i] == '%' && i + 1 < s.n && s.p[i + 1] == '{') {
            depth++;
            i++;
        } else if (s.p[i] == '}' && depth > 0) {
            depth--;
        }
    }
    return s.n;
}

static struct str take_until(struct str *s, char stop)
{
    size_t n = find_outside(*s, stop);
    struct str taken = {s->p, n};
    *s = str_from(*s, n < s->n ? n + 1 : n);
    return taken;
}

static int64_t number(struct str s)
{
    int64_t n = 0;
    bool ok = str_to_i64(s, 0, INT64_MAX, &n);
    assert(ok);
    return n;
}

/* --- the kinds of places --- */

static int64_t count(struct str list)
{
    int64_t n = 0;
    for (; list.n > 0; n++) {
        take_until(&list, '|');
    }
    return n;
}

/* The one of that rank, from 1. */
static void put_ranked(struct text *t, struct str list, int64_t rank,
                       struct demo_random *r)
{
    struct str chosen = STR_NONE;
    for (int64_t i = 0; i < rank; i++) {
        chosen = take_until(&list, '|');
    }
    expand(t, chosen, r);
}

static void put_one_of(struct text *t, struct str list, struct demo_random *r)
{
    double beyond = (double)count(list) + 1;
    put_ranked(t, list, (int64_t)demo_random_log(r, 1, beyond), r);
}

static void put_any(struct text *t, struct str list, struct demo_random *r)
{
    put_ranked(t, list, demo_random_int(r, 1, count(list)), r);
}

static void put_int(struct text *t, struct str range, struct demo_random *r)
{
    int64_t low = number(str_split(&range, '-'));
    buf_fmt(t->out, "%lld", (long long)demo_random_int(r, low, number(range)));
}

static double log_of(struct str range, struct demo_random *r)
{
    double low = (double)number(str_split(&range, '-'));
    return demo_random_log(r, low, (double)number(range));
}

static void put_log(struct text *t, struct str range, struct demo_random *r)
{
    buf_fmt(t->out, "%lld", (long long)log_of(range, r));
}

static void put_dec(struct text *t, struct str range, struct demo_random *r)
{
    buf_fmt(t->out, "%.3f", log_of(range, r));
}

static void put_digits(struct text *t, struct str n, const char *digits,
                       struct demo_random *r)
{
    int64_t last = (int64_t)strlen(digits) - 1;
    for (int64_t i = number(n); i > 0; i--) {
        buf_byte(t->out, digits[demo_random_int(r, 0, last)]);
    }
}

static void put_hex(struct text *t, struct str n, struct demo_random *r)
{
    put_digits(t, n, "0123456789abcdef", r);
}

static void put_upper_hex(struct text *t, struct str n, struct demo_random *r)
{
    put_digits(t, n, "0123456789ABCDEF", r);
}

static void put_id(struct text *t, struct str n, struct demo_random *r)
{
    put_digits(t, n, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", r);
}

/* Not private, not reserved. */
static void put_ip(struct text *t, struct str ignored, struct demo_random *r)
{
    static const char no[] = {0, 10, 100, 127};
    int64_t first;
    (void)ignored;
    do {
        first = demo_random_int(r, 1, 223);
    } while (memchr(no, (int)first, sizeof no) || first == 169 || first == 172 ||
             first == 192 || first == 198 || first == 203);
    buf_fmt(t->out, "%d.%d.%d.%d", (int)first, (int)demo_random_int(r, 0, 255),
            (int)demo_random_int(r, 0, 255), (int)demo_random_int(r, 1, 254));
}

static void put_peer(struct text *t, struct str arg, struct demo_random *r)
{
    uint64_t name = str_hash(str_split(&arg, '/'));
    uint64_t rank = (uint64_t)demo_random_log(r, 1, (double)number(arg) + 1);
    struct demo_random peer = {
        demo_random_mix(demo_random_mix(t->context->seed, name), rank)};
    put_ip(t, STR_NONE, &peer);
}

/* As strftime does in the C locale: here a format need not be a literal, and no locale and
 * no zone can come between. */
static void put_time(struct text *t, struct str format, struct demo_random *r)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(t->context->at_us / CLOCK_SECOND_US);
    struct tm tm;
    (void)r;
    gmtime_r(&seconds, &tm);
    for (size_t i = 0; i < format.n; i++) {
        char c = format.p[i];
        int n = c == 'm'   ? tm.tm_mon + 1
                : c == 'd' ? tm.tm_mday
                : c == 'H' ? tm.tm_hour
                : c == 'M' ? tm.tm_min
                : c == 'S' ? tm.tm_sec
                           : -1;
        if (c == 'Y') {
            buf_fmt(t->out, "%d", tm.tm_year + 1900);
        } else if (c == 'b') {
            buf_add(t->out, months + 3 * (ptrdiff_t)tm.tm_mon, 3);
        } else if (n >= 0) {
            buf_fmt(t->out, "%02d", n);
        } else {
            buf_byte(t->out, c);
        }
    }
}

static void put_clf(struct text *t, struct str ignored, struct demo_random *r)
{
    (void)ignored;
    put_time(t, STR("d/b/Y:H:M:S +0000"), r);
}

static void put_epoch(struct text *t, struct str ignored, struct demo_random *r)
{
    (void)ignored, (void)r;
    buf_fmt(t->out, "%lld", (long long)(t->context->at_us / CLOCK_SECOND_US));
}

static void put_version(struct text *t, struct str ignored, struct demo_random *r)
{
    int n = t->context->releases;
    (void)ignored, (void)r;
    buf_fmt(t->out, "2.%d.%d", 14 + n, n > 0 ? 0 : 6);
}

static const struct kind {
    const char *name;
    void (*put)(struct text *t, struct str argument, struct demo_random *r);
} kinds[] = {
    {"int", put_int},   {"any", put_any},     {"log", put_log},
    {"ip", put_ip},     {"dec", put_dec},     {"pick", put_one_of},
    {"clf", put_clf},   {"hex", put_hex},     {"HEX", put_upper_hex},
    {"id", put_id},     {"peer", put_peer},   {"version", put_version},
    {"time", put_time}, {"epoch", put_epoch},
};

/* --- places --- */

static const struct demo_rule *find_rule(struct str name)
{
    size_t low = 0, high = demo_rules_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *z = demo_rules[middle].name;
        int order = strncmp(name.p, z, name.n);
        order = order == 0 && z[name.n] != '\0' ? -1 : order;
        if (order == 0) {
            return &demo_rules[middle];
        }
        low = order < 0 ? low : middle + 1;
        high = order < 0 ? middle : high;
    }
    return NULL;
}

static void put_rule(struct text *t, const struct demo_rule *rule, struct demo_random *r)
{
    size_t n = 0;
    while (rule->alternatives[n]) {
        n++;
    }
    size_t rank = (size_t)demo_random_log(r, 1, (double)n + 1);
    expand(t, str_of(rule->alternatives[rank - 1]), r);
}

static void put_place(struct text *t, struct str place, struct demo_random *r)
{
    size_t tag = find_outside(place, '#'), group = find_outside(place, '@');
    struct demo_random bound = {demo_random_mix(
        tag < place.n ? t->context->story : t->context->group, str_hash(place))};
    if (tag < place.n || group < place.n) {
        r = &bound;
    }
    struct str argument = {place.p, tag < group ? tag : group};
    struct str name = take_until(&argument, ':');
    const struct demo_rule *rule = find_rule(name);
    if (rule) {
        put_rule(t, rule, r);
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (str_eq(name, str_of(kinds[i].name))) {
            kinds[i].put(t, argument, r);
            return;
        }
    }
    assert(!"a place in a table of the demo that is none");
}

static void expand(struct text *t, struct str text, struct demo_random *r)
{
    assert(t->depth < DEMO_TEXT_DEPTH_MAX);
    t->depth++;
    for (size_t i = 0; i < text.n;) {
        const char *percent = memchr(text.p + i, '%', text.n - i);
        size_t at = percent ? (size_t)(percent - text.p) : text.n;
        buf_add(t->out, text.p + i, at - i);
        i = at;
        if (at + 1 < text.n && text.p[at + 1] == '{') {
            struct str left = str_from(text, at + 2);
            put_place(t, take_until(&left, '}'), r);
            i = text.n - left.n;
        } else if (at < text.n) {
            buf_byte(t->out, '%');
            i++;
        }
    }
    t->depth--;
}

void demo_text(struct buf *out, const char *text, const struct demo_context *context,
               struct demo_random *r)
{
    struct text t = {out, context, 0};
    expand(&t, str_of(text), r);
}
