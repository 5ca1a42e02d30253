/* split.c - see split.h. */
#include "fcgi/cli/split.h"

#include "fcgi/base/utf8.h"
#include "fcgi/core/lines.h"

static const char WHITE[] = " \t\r\n";

/* How many bytes at the beginning of s are in set, a text of ASCII characters. */
static size_t span(struct str s, const char *set)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != '\0' && strchr(set, s.p[n])) {
        n++;
    }
    return n;
}

enum split_kind split_sniff(struct str head)
{
    struct str s = str_from(head, utf8_bom(head));
    s = str_from(s, span(s, WHITE));
    if (str_starts(s, STR("__CURSOR=")) || str_starts(s, STR("__REALTIME_TIMESTAMP="))) {
        return SPLIT_JOURNAL;
    }
    if (s.n == 0 || (s.p[0] != '[' && s.p[0] != '{')) {
        return SPLIT_LINES;
    }
    struct str inner = str_from(s, 1);
    size_t white = span(inner, WHITE);
    char next = white < inner.n ? inner.p[white] : '\0';
    if (s.p[0] == '[') { /* the head of an error log's line is no object */
        return next == '{' || next == ']' ? SPLIT_JSON : SPLIT_LINES;
    }
    bool wrapped = memchr(inner.p, '\n', white) != NULL;
    return wrapped && (next == '"' || next == '}') ? SPLIT_JSON : SPLIT_LINES;
}

/* --- lines --- */

/* A stanza of apt's history.log is complete when it says when it ended. */
static bool is_open_stanza(struct str record)
{
    return str_starts(record, STR("Start-Date: ")) &&
           !memmem(record.p, record.n, "\nEnd-Date: ", STR("\nEnd-Date: ").n);
}

static bool next_lines(struct split *s, struct piece *out)
{
    struct lines l = {s->left, SPLIT_RECORD_BYTES_MAX, s->more, s->w3c_fields};
    if (!lines_next(&l, &out->text)) {
        return false;
    }
    s->w3c_fields = l.w3c_fields;
    bool last = !s->more && span(l.left, WHITE) == l.left.n;
    bool ended = l.left.p > s->left.p && l.left.p[-1] == '\n';
    out->whole = !last || (ended && !is_open_stanza(out->text));
    s->left = l.left;
    return true;
}

/* --- the journal's export format --- */

uint64_t journal_size(const char p[static JOURNAL_SIZE_BYTES])
{
    uint64_t size = 0;
    for (size_t i = JOURNAL_SIZE_BYTES; i-- > 0;) {
        size = size << 8 | (uint8_t)p[i];
    }
    return size;
}

/* Length of the field at the beginning of s with its line end; 0: it is not all there. */
static size_t field_bytes(struct str s)
{
    const char *end = s.n > 0 ? memchr(s.p, '\n', s.n) : NULL;
    if (!end) {
        return 0;
    }
    size_t line = (size_t)(end - s.p) + 1;
    if (memchr(s.p, '=', line)) {
        return line;
    }
    if (s.n - line < JOURNAL_SIZE_BYTES) {
        return 0;
    }
    uint64_t size = journal_size(s.p + line);
    size_t left = s.n - line - JOURNAL_SIZE_BYTES;
    return size < left ? line + JOURNAL_SIZE_BYTES + (size_t)size + 1 : 0;
}

static bool next_entry(struct split *s, struct piece *out)
{
    s->left = str_from(s->left, span(s->left, "\n"));
    struct str rest = s->left;
    size_t n;
    while (rest.n > 0 && rest.p[0] != '\n' && (n = field_bytes(rest)) > 0) {
        rest = str_from(rest, n);
    }
    bool ended = rest.n > 0 && rest.p[0] == '\n';
    if ((!ended && s->more) || s->left.n == 0) {
        return false;
    }
    out->whole = ended;
    out->text = (struct str){s->left.p, ended ? s->left.n - rest.n : s->left.n};
    s->left = ended ? str_from(rest, 1) : str_from(s->left, s->left.n);
    return true;
}

/* --- JSON --- */

/* Length of the text in quotes that s begins with; s.n + 1 if it has no end. */
static size_t quoted_bytes(struct str s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '"') {
            return i + 1;
        }
        i += s.p[i] == '\\';
    }
    return s.n + 1;
}

/* Length of the object that s begins with; s.n + 1 if it has no end. */
static size_t object_bytes(struct str s)
{
    size_t depth = 0, i = 0;
    while (i < s.n) {
        char c = s.p[i];
        if (c == '"') {
            i += quoted_bytes(str_from(s, i));
            continue;
        }
        i++;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        if (depth == 0) {
            return i;
        }
    }
    return s.n + 1;
}

/* Length of what s begins with, an object, a text, or up to the next of those. */
static size_t value_bytes(struct str s)
{
    if (s.p[0] == '{') {
        return object_bytes(s);
    }
    if (s.p[0] == '"') {
        return quoted_bytes(s);
    }
    size_t n = 1;
    while (n < s.n && !strchr(",[]{\" \t\r\n", s.p[n])) {
        n++;
    }
    return n < s.n ? n : s.n + 1;
}

static bool next_value(struct split *s, struct piece *out)
{
    s->left = str_from(s->left, span(s->left, ",[] \t\r\n"));
    size_t n = s->left.n > 0 ? value_bytes(s->left) : 0;
    if (n == 0 || (n > s->left.n && s->more)) {
        return false;
    }
    out->whole = n <= s->left.n;
    out->text = (struct str){s->left.p, out->whole ? n : s->left.n};
    s->left = str_from(s->left, out->text.n);
    return true;
}

bool split_next(struct split *s, struct piece *out)
{
    if (s->kind != SPLIT_LINES) {
        s->left = str_from(s->left, utf8_bom(s->left));
    }
    switch (s->kind) {
    case SPLIT_JOURNAL:
        return next_entry(s, out);
    case SPLIT_JSON:
        return next_value(s, out);
    case SPLIT_LINES:
    default:
        return next_lines(s, out);
    }
}
