/* line_time.c - times at the beginning of a line, in the forms that log files have. All
 * but the epoch are put into ISO form, so that clock.c alone knows calendars. */
#include "fcgi/core/line_head.h"

#include <ctype.h>

enum { ISO_BYTES = 64, YEARS_BACK = 9 /* to a leap year, over the year 2100 */ };
#define DAY_US     (24 * 60 * CLOCK_MINUTE_US)
#define YEAR_2000  INT64_C(946684800000000)
#define FRACTION_N 10 /* more digits than that: not a time */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) != 0;
}

bool line_shape(struct str s, const char *pattern)
{
    size_t i = 0;
    for (; pattern[i]; i++) {
        if (i == s.n) {
            return false;
        }
        bool ok = pattern[i] == 'd'   ? is_digit(s.p[i])
                  : pattern[i] == 'a' ? is_letter(s.p[i])
                                      : s.p[i] == pattern[i];
        if (!ok) {
            return false;
        }
    }
    return true;
}

struct str line_take_word(struct str *s)
{
    struct str word = str_split(s, ' ');
    while (s->n > 0 && s->p[0] == ' ') {
        *s = str_from(*s, 1);
    }
    return word;
}

void line_add(struct line_head *h, const char *key, struct str value)
{
    if (value.n > 0 && !str_eq(value, STR("-")) && h->metadata_n < LINE_PAIRS_MAX) {
        h->metadata[h->metadata_n++] = (struct line_pair){key, value};
    }
}

/* How many bytes a '.' or ',' and digits take at the beginning of s; 0 if it is not so. */
static size_t fraction(struct str s)
{
    size_t n = 1;
    if (s.n < 2 || (s.p[0] != '.' && s.p[0] != ',')) {
        return 0;
    }
    while (n < s.n && n <= FRACTION_N && is_digit(s.p[n])) {
        n++;
    }
    return n > 1 ? n : 0;
}

/* The same for Z, +01:00, +0100, +01, " +0100". */
static size_t offset(struct str s)
{
    size_t blank = s.n > 0 && s.p[0] == ' ';
    struct str t = str_from(s, blank);
    if (t.n > 0 && t.p[0] == 'Z') {
        return blank ? 0 : 1;
    }
    if (t.n == 0 || (t.p[0] != '+' && t.p[0] != '-')) {
        return 0;
    }
    t = str_from(t, 1);
    if (line_shape(t, "dddd")) {
        return blank + 5;
    }
    if (blank) {
        return 0;
    }
    return line_shape(t, "dd:dd") ? 6 : line_shape(t, "dd") ? 3 : 0;
}

static bool ends_word(struct str s)
{
    return s.n == 0 || !isalnum((unsigned char)s.p[0]);
}

/* The first n bytes of *s are a time whose ISO form is iso. */
static bool take(struct str *s, size_t n, struct str iso, clock_zone_fn zone,
                 struct line_head *h)
{
    h->time = (struct str){s->p, n};
    h->time_read = clock_parse_in(iso, zone, &h->event_us);
    *s = str_from(*s, n);
    return true;
}

bool line_take_iso(struct str *s, const struct line_context *c, struct line_head *h)
{
    if (!(line_shape(*s, "dddd-dd-dd") || line_shape(*s, "dddd/dd/dd")) ||
        !line_shape(str_from(*s, 11 <= s->n ? 11 : s->n), "dd:dd") ||
        (s->p[10] != 'T' && s->p[10] != ' ')) {
        return false;
    }
    size_t n = 16;
    if (line_shape(str_from(*s, n), ":dd")) {
        n += 3;
        n += fraction(str_from(*s, n));
    }
    size_t zone = offset(str_from(*s, n));
    struct str after = str_from(*s, n + zone);
    if (!ends_word(after)) {
        return false;
    }
    bool utc = zone == 0 &&
               (str_starts(after, STR(" UTC")) || str_starts(after, STR(" GMT"))) &&
               ends_word(str_from(after, 4));
    h->time_zoned = zone > 0 || utc;
    take(s, n + zone, (struct str){s->p, n + zone}, utc ? NULL : c->zone, h);
    *s = utc ? str_from(*s, 4) : *s;
    return true;
}

static int month_of(struct str s)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int m = 0; m < 12; m++) {
        if (s.n >= 3 && memcmp(s.p, names + 3 * m, 3) == 0) {
            return m + 1;
        }
    }
    return 0;
}

struct parts {
    int year, month, day;
    struct str clock; /* 10:00:00 and its fraction */
    struct str zone;  /* " +0100", " UTC" or nothing */
};

static struct str iso_of(const struct parts *p, char out[static ISO_BYTES])
{
    int n = snprintf(out, ISO_BYTES, "%04d-%02d-%02d %.*s%.*s", p->year, p->month, p->day,
                     STR_ARGS(p->clock), STR_ARGS(p->zone));
    return (struct str){out, n > 0 && n < ISO_BYTES ? (size_t)n : 0};
}

static int number(struct str s, size_t at, size_t n)
{
    int v = 0;
    for (size_t i = at; i < at + n; i++) {
        v = v * 10 + (is_digit(s.p[i]) ? s.p[i] - '0' : 0);
    }
    return v;
}

/* "Nov 22 10:00:00.123": its length, or 0. */
static size_t month_day_clock(struct str s, struct parts *p)
{
    if (!(line_shape(s, "aaa dd dd:dd:dd") || line_shape(s, "aaa  d dd:dd:dd"))) {
        return 0;
    }
    size_t n = STR("Nov 22 10:00:00").n;
    n += fraction(str_from(s, n));
    p->month = month_of(s);
    p->day = number(s, 4, 2);
    p->clock = (struct str){s.p + 7, n - 7};
    return p->month > 0 ? n : 0;
}

static int year_of(int64_t us)
{
    char text[CLOCK_TEXT_BYTES];
    return number(clock_format(us, text), 0, 4);
}

bool line_take_bsd(struct str *s, const struct line_context *c, struct line_head *h)
{
    char iso[ISO_BYTES];
    struct parts p = {0};
    size_t n = month_day_clock(*s, &p);
    if (n == 0 || !ends_word(str_from(*s, n))) {
        return false;
    }
    int newest = year_of(c->now_us) + 1; /* near the end of a year, in zones ahead */
    struct str rest = *s;
    for (p.year = newest; p.year > newest - YEARS_BACK; p.year--) {
        *s = rest;
        take(s, n, iso_of(&p, iso), c->zone, h);
        if (h->time_read && h->event_us <= c->now_us + DAY_US) {
            return true;
        }
    }
    h->time_read = false;
    return true;
}

bool line_take_ctime(struct str *s, const struct line_context *c, struct line_head *h)
{
    char iso[ISO_BYTES];
    struct parts p = {0};
    if (!line_shape(*s, "aaa ")) {
        return false;
    }
    size_t n = month_day_clock(str_from(*s, 4), &p) + 4;
    if (n == 4 || !line_shape(str_from(*s, n), " dddd") ||
        !ends_word(str_from(*s, n + 5))) {
        return false;
    }
    p.year = number(*s, n + 1, 4);
    return take(s, n + 5, iso_of(&p, iso), c->zone, h);
}

/* A day, a month's name, a year, a clock, with the given marks between. */
static bool day_month_year(struct str s, const char *pattern, struct parts *p)
{
    if (!line_shape(s, pattern)) {
        return false;
    }
    p->day = number(s, 0, 2);
    p->month = month_of(str_from(s, 3));
    p->year = number(s, 7, 4);
    p->clock = (struct str){s.p + 12, 8};
    return p->month > 0;
}

bool line_take_clf(struct str *s, const struct line_context *c, struct line_head *h)
{
    char iso[ISO_BYTES];
    struct parts p;
    size_t n = STR("22/Nov/2026:10:00:00").n;
    if (!day_month_year(*s, "dd/aaa/dddd:dd:dd:dd", &p)) {
        return false;
    }
    p.zone = (struct str){s->p + n, offset(str_from(*s, n))};
    return take(s, n + p.zone.n, iso_of(&p, iso), c->zone, h);
}

bool line_take_php(struct str *s, const struct line_context *c, struct line_head *h)
{
    char iso[ISO_BYTES];
    struct parts p = {0};
    size_t n = STR("22-Nov-2026 10:00:00").n;
    if (!day_month_year(*s, "dd-aaa-dddd dd:dd:dd", &p)) {
        return false;
    }
    n += fraction(str_from(*s, n));
    p.clock.n += n - STR("22-Nov-2026 10:00:00").n;
    struct str zone = str_from(*s, n);
    bool utc = str_starts(zone, STR(" UTC]")) || str_starts(zone, STR(" GMT]"));
    return take(s, n, iso_of(&p, iso), utc ? NULL : c->zone, h);
}

bool line_take_epoch(struct str *s, const struct line_context *c, struct line_head *h)
{
    size_t n = 0;
    while (n < s->n && is_digit(s->p[n])) {
        n++;
    }
    if (n < 9 || n > 19) {
        return false;
    }
    n += fraction(str_from(*s, n));
    if (n == s->n || s->p[n] != ' ') {
        return false;
    }
    take(s, n, (struct str){s->p, n}, NULL, h);
    return h->time_read && h->event_us >= YEAR_2000 && h->event_us <= c->now_us + DAY_US;
}
