/* access_line.c - see access_line.h.
 *
 * A line is known by its time in brackets, [22/Nov/2026:10:00:00 +0100], with a request in
 * quotes and three digits behind it: no other log has that. What stands before the time
 * differs between servers, and is told apart by its words. */
#include "fcgi/core/access_line.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* 22/Nov/2026: */
static bool begins_time(struct str s)
{
    return s.n >= 12 && s.p[2] == '/' && s.p[6] == '/' && s.p[11] == ':' &&
           is_digit(s.p[0]) && is_digit(s.p[1]) && is_letter(s.p[3]) &&
           is_letter(s.p[4]) && is_letter(s.p[5]) && is_digit(s.p[7]) &&
           is_digit(s.p[8]) && is_digit(s.p[9]) && is_digit(s.p[10]);
}

static struct str take_word(struct str *s)
{
    *s = str_trim(*s);
    return str_split(s, ' ');
}

/* What stands before the time: client, identity and user; with the virtual host before
 * them (Debian's Apache), or in the place of the identity (lighttpd). */
static bool take_names(struct str names, struct access_line *out)
{
    struct str left = str_trim(names);
    struct str first = take_word(&left), second = take_word(&left);
    struct str third = take_word(&left);
    if (third.n == 0) {
        return false;
    }
    out->host = STR_NONE;
    out->client = first;
    out->user = left.p ? str_trim(left) : third;
    /* Four words, but not because a user's name has a blank: "10.0.0.1 - eve x". */
    if (left.p && str_eq(third, STR("-")) && !str_eq(second, STR("-"))) {
        out->host = first;
        out->client = second;
    } else if (memchr(second.p, '.', second.n) || memchr(second.p, ':', second.n) ||
               str_eq(second, STR("localhost"))) {
        out->host = second;
    }
    if (str_eq(first, STR("-"))) { /* a virtual host or a client that is not known */
        out->host = STR_NONE;
    }
    return true;
}

/* The quotation mark that ends the text at s.p[begin]; s.n: none does. */
static size_t quoted_end(struct str s, size_t begin)
{
    for (size_t from = begin; from < s.n;) {
        const char *quote = memchr(s.p + from, '"', s.n - from);
        if (!quote) {
            break;
        }
        size_t at = (size_t)(quote - s.p), escapes = 0;
        while (at - escapes > begin && s.p[at - escapes - 1] == '\\') {
            escapes++;
        }
        if (escapes % 2 == 0) {
            return at;
        }
        from = at + 1;
    }
    return s.n;
}

bool access_line_quoted(struct str *s, struct str *out)
{
    const char *quote = s->n > 0 ? memchr(s->p, '"', s->n) : NULL;
    if (!quote) {
        return false;
    }
    size_t begin = (size_t)(quote - s->p) + 1, i = quoted_end(*s, begin);
    *out = (struct str){s->p + begin, i - begin};
    *s = str_from(*s, i < s->n ? i + 1 : i);
    return true;
}

/* " 200", and a blank or nothing */
static bool take_status(struct str s, struct access_line *out)
{
    if (s.n < 4 || s.p[0] != ' ' || !is_digit(s.p[1]) || !is_digit(s.p[2]) ||
        !is_digit(s.p[3]) || (s.n > 4 && s.p[4] != ' ')) {
        return false;
    }
    out->status = (s.p[1] - '0') * 100 + (s.p[2] - '0') * 10 + (s.p[3] - '0');
    out->rest = str_from(s, 4);
    return true;
}

bool access_line_split(struct str line, struct access_line *out)
{
    struct str left = line;
    do { /* there may be an IPv6 address or a name in brackets before the time */
        const char *bracket = left.n > 0 ? memchr(left.p, '[', left.n) : NULL;
        if (!bracket) {
            return false;
        }
        left = str_from(left, (size_t)(bracket - left.p) + 1);
    } while (!begins_time(left));
    struct str names = {line.p, (size_t)(left.p - line.p) - 1};
    out->time = str_split(&left, ']');
    return left.p && str_starts(left, STR(" \"")) && take_names(names, out) &&
           access_line_quoted(&left, &out->request) && take_status(left, out);
}
