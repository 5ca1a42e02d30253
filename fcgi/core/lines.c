/* lines.c - see lines.h. */
#include "fcgi/core/lines.h"

enum { FRAME_DIGITS_MAX = 7 }; /* of an octet count */

static bool is_blank(struct str line)
{
    return str_trim(line).n == 0;
}

/* The first line of s; its end, line feed included, goes to *end. Is it whole? */
static bool first_line(struct str s, struct str *line, size_t *end)
{
    const char *lf = s.n > 0 ? memchr(s.p, '\n', s.n) : NULL;
    *line = (struct str){s.p, lf ? (size_t)(lf - s.p) : s.n};
    *end = lf ? line->n + 1 : s.n;
    return lf != NULL;
}

/* Does the line go on with the record that begins with head? */
static bool continues(struct str head, struct str line)
{
    if (is_blank(line)) {
        return false;
    }
    if (str_starts(head, STR("Start-Date: "))) {
        return line.p[0] >= 'A' && line.p[0] <= 'Z' &&
               !str_starts(line, STR("Start-Date: "));
    }
    return line.p[0] == ' ' || line.p[0] == '\t' || str_starts(line, STR("Caused by:"));
}

static struct str without_end(struct str s)
{
    while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r')) {
        s.n--;
    }
    return s;
}

/* "123 <34>...": how many bytes stand before the frame, and how many are in it. False if
 * s does not begin with a count. */
static bool frame_at(struct str s, size_t bytes_max, size_t *head, size_t *n)
{
    int64_t count;
    size_t digits = 0;
    while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9') {
        digits++;
    }
    if (digits == 0 || digits > FRAME_DIGITS_MAX ||
        !str_to_i64((struct str){s.p, digits}, 1, (int64_t)bytes_max, &count) ||
        s.n - digits < 3 || s.p[digits] != ' ' || s.p[digits + 1] != '<' ||
        s.p[digits + 2] < '0' || s.p[digits + 2] > '9') {
        return false;
    }
    *head = digits + 1;
    *n = (size_t)count;
    return true;
}

/* A count is believed if the frame ends where a line or another frame begins, or as much
 * of one as is there: any digit will not do, "12 <3 days> ..." may be a line. */
static bool frame_ends_well(struct str s)
{
    static const char head[] = {' ', '<'};
    size_t n = 0;
    if (s.n == 0 || s.p[0] == '\n' || s.p[0] == '\r') {
        return true;
    }
    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9') {
        n++;
    }
    s = str_from(s, n);
    size_t there = s.n < sizeof head ? s.n : sizeof head;
    return n > 0 && n <= FRAME_DIGITS_MAX && memcmp(s.p, head, there) == 0;
}

enum found { FOUND, FOUND_NOTHING, NOT_YET };

static enum found take_frame(struct lines *l, struct str *record)
{
    size_t head, n;
    if (!frame_at(l->left, l->bytes_max, &head, &n)) {
        return FOUND_NOTHING;
    }
    size_t after = l->more ? FRAME_DIGITS_MAX + 2 : 0; /* to see how the frame ends */
    if (l->left.n - head < n + after) {
        return l->more ? NOT_YET : FOUND_NOTHING;
    }
    struct str rest = str_from(l->left, head + n);
    if (!frame_ends_well(rest)) {
        return FOUND_NOTHING;
    }
    *record = without_end((struct str){l->left.p + head, n});
    l->left = rest;
    return FOUND;
}

static enum found take_lines(struct lines *l, struct str *record)
{
    struct str head, line;
    size_t n, end;
    bool whole = first_line(l->left, &head, &n);
    if (!whole && l->more) {
        return NOT_YET;
    }
    while (n < l->left.n || l->more) {
        whole = first_line(str_from(l->left, n), &line, &end);
        if (n + line.n > l->bytes_max) {
            break;
        }
        if (!whole && l->more) {
            return NOT_YET;
        }
        if (!continues(head, line)) {
            break;
        }
        n += end;
    }
    *record = without_end((struct str){l->left.p, n});
    l->left = str_from(l->left, n);
    return FOUND;
}

/* A head of a W3C extended log; IIS writes them at each start. */
static bool take_directive(struct lines *l, struct str line)
{
    static const char *const others[] = {"#Software: ", "#Version: ", "#Date: "};
    if (line.n == 0 || line.p[0] != '#') {
        return false;
    }
    if (str_starts(line, STR("#Fields: "))) {
        l->w3c_fields = str_trim(str_from(line, STR("#Fields: ").n));
        return true;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (str_starts(line, str_of(others[i]))) {
            return true;
        }
    }
    return false;
}

/* Passes over lines that are none. False if nothing else is there (yet). */
static bool skip_no_lines(struct lines *l)
{
    struct str line;
    size_t end;
    while (l->left.n > 0) {
        bool whole = first_line(l->left, &line, &end);
        if (!whole && l->more && (is_blank(line) || line.p[0] == '#')) {
            return false;
        }
        if (!is_blank(line) && !take_directive(l, line)) {
            return true;
        }
        l->left = str_from(l->left, end);
    }
    return false;
}

bool lines_next(struct lines *l, struct str *record)
{
    if (!skip_no_lines(l)) {
        return false;
    }
    enum found found = take_frame(l, record);
    return (found == FOUND_NOTHING ? take_lines(l, record) : found) == FOUND;
}
