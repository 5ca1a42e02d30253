/* clock.c - see clock.h. Days are counted by arithmetic: timegm takes a lock and ten
 * times as long, and every record has a time. */
#include "fcgi/base/clock.h"

#define LATEST_US INT64_C(253402300799999999) /* the end of the year 9999 */

int64_t clock_now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * CLOCK_SECOND_US + ts.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * CLOCK_SECOND_US + ts.tv_nsec / 1000;
}

/* A character and two digits: a list has tens of thousands of times, and strftime and
 * printf are slow. */
static char *put_two(char *p, char before, int v)
{
    *p++ = before;
    *p++ = (char)('0' + v / 10);
    *p++ = (char)('0' + v % 10);
    return p;
}

struct str clock_format(int64_t us, char out[static CLOCK_TEXT_BYTES])
{
    int64_t ms = us / 1000 - (us % 1000 < 0);
    time_t sec = (time_t)(ms / 1000 - (ms % 1000 < 0));
    struct tm tm;
    gmtime_r(&sec, &tm);
    size_t n = (size_t)snprintf(out, 8, "%04d", tm.tm_year + 1900);
    char *p = put_two(put_two(out + n, '-', tm.tm_mon + 1), '-', tm.tm_mday);
    p = put_two(put_two(put_two(p, 'T', tm.tm_hour), ':', tm.tm_min), ':', tm.tm_sec);
    int frac = (int)((ms % 1000 + 1000) % 1000);
    p = put_two(p, '.', frac / 10);
    *p++ = (char)('0' + frac % 10);
    *p++ = 'Z';
    *p = '\0';
    return (struct str){out, (size_t)(p - out)};
}

/* Takes between min and max digits from *s as a number; false if there are fewer. */
static bool take_digits(struct str *s, size_t min, size_t max, int *v)
{
    size_t i = 0;
    *v = 0;
    while (i < max && i < s->n && s->p[i] >= '0' && s->p[i] <= '9') {
        *v = *v * 10 + (s->p[i] - '0');
        i++;
    }
    *s = str_from(*s, i);
    return i >= min;
}

static bool take_char(struct str *s, const char *any)
{
    if (s->n == 0 || s->p[0] == '\0' || !strchr(any, s->p[0])) {
        return false;
    }
    *s = str_from(*s, 1);
    return true;
}

/* Days from 1970-01-01 to the date, Gregorian; year >= 1970, so all terms are >= 0.
 * With the year made to begin in March, leap days fall at its end. */
static int64_t days_to(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t m = month > 2 ? month - 3 : month + 9; /* 0 is March */
    int64_t leap = y / 4 - y / 100 + y / 400;
    int64_t day_of_year = (153 * m + 2) / 5 + day - 1;
    return 365 * y + leap + day_of_year - 719468; /* what 1970-01-01 gives */
}

static bool take_date(struct str *s, int64_t *days)
{
    static const int in_month[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int y, m, d;
    bool ok = take_digits(s, 4, 4, &y) && take_char(s, "-/") &&
              take_digits(s, 2, 2, &m) && take_char(s, "-/") && take_digits(s, 2, 2, &d);
    if (!ok || y < 1970 || m < 1 || m > 12 || d < 1 || d > in_month[m - 1]) {
        return false;
    }
    if (m == 2 && d == 29 && (y % 4 != 0 || (y % 100 == 0 && y % 400 != 0))) {
        return false;
    }
    *days = days_to(y, m, d);
    return true;
}

static bool take_fraction(struct str *s, int64_t *us)
{
    int64_t scale = 100000;
    size_t i = 0;
    for (; i < s->n && i < 9 && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
        *us += (s->p[i] - '0') * scale;
        scale /= 10;
    }
    *s = str_from(*s, i);
    return i > 0;
}

static bool take_clock(struct str *s, int64_t *us)
{
    int h, m, sec = 0;
    if (!take_digits(s, 2, 2, &h) || !take_char(s, ":") || !take_digits(s, 2, 2, &m)) {
        return false;
    }
    if (take_char(s, ":") && !take_digits(s, 2, 2, &sec)) {
        return false;
    }
    if (h > 23 || m > 59 || sec > 60) { /* 60: a leap second */
        return false;
    }
    *us = ((h * 60 + m) * 60 + sec) * CLOCK_SECOND_US;
    return take_char(s, ".,") ? take_fraction(s, us) : true;
}

/* *named: there is a zone. */
static bool take_zone(struct str *s, int64_t *offset_us, bool *named)
{
    int h, m = 0;
    take_char(s, " ");
    *named = s->n > 0;
    if (s->n == 0 || take_char(s, "Zz")) {
        return true;
    }
    bool minus = s->p[0] == '-';
    if (!take_char(s, "+-") || !take_digits(s, 2, 2, &h)) {
        return false;
    }
    bool colon = take_char(s, ":");
    if ((colon || s->n > 0) && !take_digits(s, 2, 2, &m)) {
        return false;
    }
    *offset_us = (minus ? -1 : 1) * (h * 60 + m) * CLOCK_MINUTE_US;
    return h <= 18 && m <= 59;
}

/* A number since the epoch. The bounds are those between which seconds, milliseconds,
 * microseconds and nanoseconds all mean a time of this century. */
static bool parse_number(struct str s, int64_t *us)
{
    struct str rest = s, whole = str_split(&rest, '.');
    int64_t v, frac = 0;
    if (!str_to_i64(whole, 0, INT64_MAX, &v) || s.p[0] < '0') { /* no sign */
        return false;
    }
    if (rest.p && (!take_fraction(&rest, &frac) || rest.n > 0)) {
        return false;
    }
    if (v < INT64_C(100000000000)) {
        *us = v * CLOCK_SECOND_US + frac;
    } else if (v < INT64_C(100000000000000)) {
        *us = v * 1000 + frac / 1000;
    } else if (v < INT64_C(100000000000000000)) {
        *us = v;
    } else {
        *us = v / 1000;
    }
    return true;
}

/* What Windows PowerShell 5.1 makes of a date: "/Date(1795351418000+0100)/". */
static bool parse_dotnet(struct str s, int64_t *us)
{
    int64_t ms, offset;
    size_t digits = 0;
    s = str_from(s, STR("/Date(").n);
    while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9') {
        digits++;
    }
    if (!str_to_i64((struct str){s.p, digits}, 0, LATEST_US / 1000, &ms)) {
        return false;
    }
    s = str_from(s, digits);
    bool zone = s.n == STR("+0100)/").n && take_char(&s, "+-") &&
                str_to_i64((struct str){s.p, 4}, 0, 1800, &offset);
    s = zone ? str_from(s, 4) : s;
    *us = ms * 1000;
    return str_eq(s, STR(")/"));
}

bool clock_parse(struct str text, int64_t *us)
{
    return clock_parse_in(text, NULL, us);
}

bool clock_parse_in(struct str text, clock_zone_fn zone, int64_t *us)
{
    struct str s = str_trim(text);
    if (str_starts(s, STR("/Date("))) {
        return parse_dotnet(s, us);
    }
    int64_t days, clock = 0, offset = 0;
    bool named = false;
    if (s.n > 4 && (s.p[4] == '-' || s.p[4] == '/')) {
        if (!take_date(&s, &days)) {
            return false;
        }
        if (s.n > 0 && !(take_char(&s, "Tt ") && take_clock(&s, &clock) &&
                         take_zone(&s, &offset, &named) && s.n == 0)) {
            return false;
        }
        int64_t utc = days * 24 * 60 * CLOCK_MINUTE_US + clock - offset;
        utc = zone && !named ? zone(utc) : utc;
        if (utc < 0 || utc > LATEST_US) {
            return false;
        }
        *us = utc;
        return true;
    }
    return s.n > 0 && parse_number(s, us);
}
