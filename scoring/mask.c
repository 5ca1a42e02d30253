/* mask.c - which parts of a log message are variable, from their look and place alone.
 *
 * What is masked too little makes a new template of every user, block and task; what is
 * masked too much hides the words that say what happened. So numbers are masked, with
 * their letters kept ("rdd_2_0" and "blk_-17" differ), and a path, a value behind '=' and
 * a quoted word even without digits, but not what logfmt says as msg= or level=. What else
 * varies is found out by comparing messages: templates.c.
 *
 * Driven by a table of byte classes. No step looks back further than the token it is at,
 * or ahead further than a few bytes: time grows with the length alone. */
#include "scoring/mask_classes.h"

#include <string.h>

/* --- the pass --- */

struct pass {
    const char *p;
    size_t n;
    struct tokens *out;
    size_t value_at; /* a token that begins here is the value of "key=" */
    size_t text_end; /* up to here it is a text in quotation marks: the value of msg= */
    bool full;       /* all tokens are used: what follows is part of the last */
};

static unsigned class_at(const struct pass *s, size_t i)
{
    return i < s->n ? class_of[(unsigned char)s->p[i]] : 0;
}

static char byte_at(const struct pass *s, size_t i)
{
    return i < s->n ? s->p[i] : '\0';
}

/* Up to 8 bytes from i, the first lowest; 0 beyond n. */
static uint64_t bytes_at(const struct pass *s, size_t i, size_t n)
{
    uint64_t w = 0;
    if (s->n - i >= 8) {
        memcpy(&w, s->p + i, 8);
        return n >= 8 ? w : w & ((UINT64_C(1) << 8 * n) - 1);
    }
    for (size_t k = 0; k < n; k++) {
        w |= (uint64_t)(unsigned char)s->p[i + k] << 8 * k;
    }
    return w;
}

static uint64_t mix(uint64_t h, uint64_t w)
{
    h = (h ^ w) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

static uint32_t hash_end(uint64_t h, enum mask_kind kind)
{
    uint32_t hash = ((uint32_t)(h >> 32) & ~3u) | (uint32_t)kind;
    return hash < MASK_LEAST ? hash + MASK_LEAST : hash;
}

/* Does what stands between two masked tokens make one list, address or time of them? */
static bool joins(const struct pass *s, size_t from, size_t to)
{
    if (to - from > 3) {
        return false;
    }
    for (size_t i = from; i < to; i++) {
        char c = s->p[i];
        if (c != ' ' && c != ',' && c != ':' && c != '|' && c != '-' && c != '+' &&
            c != '/' && c != '%') {
            return false;
        }
    }
    return true;
}

static void add(struct pass *s, size_t at, size_t n, uint32_t hash, bool wild)
{
    struct tokens *out = s->out;
    struct token *last = out->n > 0 ? &out->t[out->n - 1] : NULL;
    if (hash == MASK_STAR && last && last->hash == MASK_STAR && last->n > 0 && n > 0 &&
        joins(s, last->at + last->n, at)) {
        last->n = (uint32_t)(at + n) - last->at;
    } else if (out->n < MASK_TOKENS_MAX) {
        out->t[out->n++] = (struct token){hash, (uint32_t)at, (uint32_t)n, wild,
                                          !wild && mask_kind(hash) == MASK_WORD};
    } else if (last) {
        uint32_t rest = (uint32_t)s->n - last->at;
        *last = (struct token){MASK_STAR, last->at, rest, true, false};
        s->full = true;
    }
}

static void add_star(struct pass *s, size_t at, size_t end)
{
    add(s, at, end - at, MASK_STAR, true);
}

/* --- one token --- */

/* A host in front of ":port": its last label is short and in small letters. */
static bool is_host(const struct pass *s, size_t at, size_t end)
{
    size_t label = 0;
    while (end - label > at && class_at(s, end - label - 1) & F_LOWER) {
        label++;
    }
    return label >= 2 && label <= 6 && end - label > at && s->p[end - label - 1] == '.';
}

/* Past one of the names at this place, and what separates it; or just at. */
static size_t after_name(const struct pass *s, size_t at, const char *names)
{
    for (; at + 3 < s->n && *names; names += 3) {
        if (memcmp(names, s->p + at, 3) == 0) {
            at += s->p[at + 3] == ',' ? 4 : 3;
            at += byte_at(s, at) == ' ';
            return at + (byte_at(s, at) == ' ');
        }
    }
    return at;
}

/* "Jul  1", "Fri Jul 01", "Sun 12": a name of a month or day that is part of a date? */
static bool begins_date(const struct pass *s, size_t at)
{
    size_t month = after_name(s, at, "MonTueWedThuFriSatSun");
    size_t day = after_name(s, month, "JanFebMarAprMayJunJulAugSepOctNovDec");
    return day > at && class_at(s, day) & F_DIGIT;
}

#define WORD1(a)          ((uint64_t)(a))
#define WORD2(a, b)       (WORD1(a) | WORD1(b) << 8)
#define WORD3(a, b, c)    (WORD2(a, b) | WORD1(c) << 16)
#define WORD4(a, b, c, d) (WORD2(a, b) | WORD2(c, d) << 16)

/* Is w a unit, as in "18.4 KB", "<1 sec"? */
static bool is_unit(uint64_t w)
{
    static const char units[][8] = {
        "B",    "KB",     "kB",      "MB",   "GB",    "TB",   "KiB",    "MiB",     "GiB",
        "s",    "ms",     "us",      "ns",   "sec",   "secs", "second", "seconds", "min",
        "mins", "minute", "minutes", "hour", "hours", "day",  "days"};
    bool may = (char)w != '\0' && strchr("BkKMGTsmunhd", (char)w);
    for (size_t i = 0; may && i < sizeof units / sizeof units[0]; i++) {
        if (memcmp(units[i], &w, sizeof w) == 0) {
            return true;
        }
    }
    return false;
}

/* A single word behind one of the first three, and before one of all, is the name of
 * somebody or something: "for root from". */
static bool is_preposition(uint64_t w, bool behind)
{
    switch (w) {
    case WORD3('f', 'o', 'r'):
    case WORD4('f', 'r', 'o', 'm'):
    case WORD2('b', 'y'):
        return true;
    case WORD2('t', 'o'):
    case WORD2('o', 'n'):
    case WORD2('a', 't'):
    case WORD2('i', 'n'):
    case WORD3('v', 'i', 'a'):
    case WORD4('w', 'i', 't', 'h'):
        return behind;
    default:
        return false;
    }
}

/* Does it stand where a name stands: "user root", "for root from", "process 7 (init)"? */
static bool in_place_of_name(const struct pass *s, size_t at, size_t end)
{
    if (byte_at(s, end) == ')' && at > 0 && s->p[at - 1] == '(' && !class_at(s, at - 2)) {
        return true;
    }
    const struct token *last = s->out->n > 0 ? &s->out->t[s->out->n - 1] : NULL;
    if (!last || last->n > 4 || !last->alpha) {
        return false;
    }
    uint64_t w = bytes_at(s, last->at, last->n);
    if (w == WORD4('u', 's', 'e', 'r') || w == WORD4('U', 's', 'e', 'r')) {
        return true;
    }
    size_t n = 0;
    while (n < 5 && class_at(s, end + 1 + n) & F_LOWER) {
        n++;
    }
    return n > 0 && n < 5 && byte_at(s, end) == ' ' && is_preposition(w, false) &&
           is_preposition(bytes_at(s, end + 1, n), true);
}

/* Letters and digits: every number, with the mark before it, counts as '#', and so does
 * every piece of hexadecimal digits. Three numbers, or no letters: an id, an address.
 * Letters with a digit or two ("ssh2") are a word. */
static uint32_t hash_mixed(const struct pass *s, size_t at, size_t end, unsigned seen)
{
    const size_t begin = at;
    uint64_t h = 0;
    size_t numbers = 0, letters = 0;
    while (at < end && numbers < 3) {
        size_t i = at;
        unsigned in_run = 0;
        while (i < end && class_at(s, i) & (F_DIGIT | F_ALPHA)) {
            in_run |= class_at(s, i++);
        }
        if (i == at) {
            while (i < end && !(class_at(s, i) & (F_DIGIT | F_ALPHA))) {
                i++;
            }
            for (; at < i && !(i < end && class_at(s, i) & F_DIGIT); at++) {
                h = mix(h, (unsigned char)s->p[at]);
            }
        } else if (!(in_run & F_LETTER) && in_run & F_DIGIT &&
                   (i - at >= 3 || !(in_run & F_HEX))) {
            h = mix(h, '#');
            numbers++;
        } else {
            for (bool in_number = false; at < i; at++) {
                bool digit = class_at(s, at) & F_DIGIT;
                if (!digit || !in_number) {
                    h = mix(h, digit ? '#' : (unsigned char)s->p[at]);
                    numbers += digit;
                    letters += !digit;
                }
                in_number = digit;
            }
        }
        at = i;
    }
    if (numbers >= 3 || letters == 0) {
        return MASK_STAR;
    }
    bool word = numbers == 1 && letters >= 2 && end - begin <= letters + 2 &&
                !(seen & ~(unsigned)(F_ALPHA | F_LOWER | F_DIGIT)) &&
                !in_place_of_name(s, begin, end);
    return hash_end(h, word ? MASK_WORD : MASK_WILD);
}

/* A token without digits. */
static void add_word(struct pass *s, size_t at, size_t end, unsigned seen)
{
    size_t n = end - at;
    uint64_t w = bytes_at(s, at, n < 8 ? n : 8), h = n;
    if (n <= 7) {
        const struct token *last = s->out->n > 0 ? &s->out->t[s->out->n - 1] : NULL;
        if (w == WORD4('t', 'r', 'u', 'e') || w == WORD4('n', 'u', 'l', 'l') ||
            w == (WORD4('f', 'a', 'l', 's') | WORD1('e') << 32) ||
            (n == 3 && !(class_at(s, at) & F_LOWER) && begins_date(s, at)) ||
            (last && last->hash == MASK_STAR && last->at + last->n + 1 == at &&
             s->p[at - 1] == ' ' && class_at(s, at - 2) & F_DIGIT && is_unit(w))) {
            add_star(s, at, end);
            return;
        }
    }
    bool name = seen & (F_DOT | F_AT) || (seen & F_LOWER && in_place_of_name(s, at, end));
    size_t i = at;
    for (h = mix(h, w); n > 8; n -= 8) {
        i += 8;
        h = mix(h, bytes_at(s, i, n - 8 < 8 ? n - 8 : 8));
    }
    add(s, at, end - at, hash_end(mix(h, 0), name ? MASK_NAME : MASK_WORD), false);
}

static bool has_two_dots(const struct pass *s, size_t at, size_t end)
{
    const char *dot = memchr(s->p + at, '.', end - at);
    return dot && memchr(dot + 1, '.', (size_t)(s->p + end - dot - 1));
}

/* A chunk, or a part of one between colons or "..". seen: its classes, or more. */
static void add_part(struct pass *s, size_t at, size_t end, unsigned seen)
{
    while (at < end && class_at(s, at) & F_EDGE &&
           !(at + 1 < end && class_at(s, at + 1) & F_DIGIT)) {
        at++;
    }
    while (end > at && class_at(s, end - 1) & (F_EDGE | F_BACK)) {
        end--;
    }
    if (seen & F_EDGE) { /* it may have had them at its ends only, or in another part */
        seen = 0;
        for (size_t i = at; i < end; i++) {
            seen |= class_of[(unsigned char)s->p[i]];
        }
    }
    if (!(seen & (F_ALPHA | F_DIGIT | F_STAR))) {
        return;
    }
    bool masked = class_at(s, at) & (F_DIGIT | F_SLASH | F_EDGE) || seen & F_BACK;
    if (!masked && seen & F_SLASH) {
        masked = seen & (F_DIGIT | F_AT);
    }
    if (!masked && seen & F_DOT) {
        masked = (seen & F_DIGIT && has_two_dots(s, at, end)) ||
                 (byte_at(s, end) == ':' && class_at(s, end + 1) & F_DIGIT &&
                  is_host(s, at, end));
    }
    if (masked) {
        add_star(s, at, end);
    } else if (seen & F_DIGIT) {
        add(s, at, end - at, hash_mixed(s, at, end, seen), true);
    } else {
        add_word(s, at, end, seen);
    }
}

/* A MAC or IPv6 address: hexadecimal, with two colons or more. */
static bool is_colon_address(const struct pass *s, size_t at, size_t end)
{
    size_t colons = 0, run = 0;
    for (size_t i = at; i < end; i++) {
        run = s->p[i] == ':' ? 0 : run + 1;
        colons += run == 0;
        if (run > 4) {
            return false;
        }
    }
    return colons >= 2;
}

static bool begins_part(const struct pass *s, size_t i, char c)
{
    return c == ':' || (c == '.' && byte_at(s, i + 1) == '.');
}

/* Is the value of the key that ends at `end` what the record says, and no variable? As
 * logfmt has it: level=error msg="cannot connect" err="timed out". */
static bool is_text_key(const struct pass *s, size_t end)
{
    static const char *const keys[] = {"msg",   "message",  "err",   "error", "reason",
                                       "level", "severity", "event", "lvl"};
    size_t at = end;
    while (at > 0 && class_at(s, at - 1) & F_ALPHA) {
        at--;
    }
    if (end - at < 3 || end - at > 8 || class_at(s, at - 1)) {
        return false;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strlen(keys[i]) == end - at && memcmp(keys[i], s->p + at, end - at) == 0) {
            return true;
        }
    }
    return false;
}

/* Is it "error" in {"level":"error"}: what JSON says under such a key? */
static bool is_json_text(const struct pass *s, size_t at)
{
    size_t quote = at - 1, key = byte_at(s, quote - 1) == ' ' ? quote - 2 : quote - 1;
    return byte_at(s, key) == ':' && byte_at(s, key - 1) == '"' &&
           is_text_key(s, key - 1);
}

/* A chunk: all from one separator to the next. */
static void add_chunk(struct pass *s, size_t at, size_t end, unsigned seen)
{
    bool in_text = at < s->text_end;
    bool quoted = (s->p[at] == '\'' && end - at > 2 && s->p[end - 1] == '\'') ||
                  (at > 0 && s->p[at - 1] == '"' && byte_at(s, end) == '"' &&
                   byte_at(s, end + 1) != ':');
    if (s->value_at == at ||
        (quoted && !in_text && seen & (F_ALPHA | F_DIGIT) && !is_json_text(s, at))) {
        add_star(s, at, end);
        return;
    }
    if (!(seen & (F_ALPHA | F_STAR | F_BACK)) && class_at(s, at) & F_DIGIT &&
        class_at(s, end - 1) & F_DIGIT) {
        add_star(s, at, end); /* a number, an IPv4 address, a date, a time */
        return;
    }
    if (!(seen & (F_COLON | F_DOT))) {
        if (seen & ~(unsigned)(F_ALPHA | F_LOWER)) {
            add_part(s, at, end, seen);
        } else {
            add_word(s, at, end, seen);
        }
        return;
    }
    if (seen & F_COLON && seen & (F_DIGIT | F_HEX) &&
        !(seen & (F_LETTER | F_SLASH | F_MARK | F_DOT)) && is_colon_address(s, at, end)) {
        add_star(s, at, end);
        return;
    }
    for (size_t i = at; i < end; i++) {
        if (begins_part(s, i, s->p[i])) {
            if (s->p[i] == ':' && i + 1 < end &&
                class_at(s, i + 1) & (F_SLASH | F_BACK)) {
                break; /* a URL, C:\... */
            }
            if (i > at) {
                add_part(s, at, i, seen);
            }
            at = i + 1;
        }
    }
    if (at < end) {
        const char *colon = seen & F_COLON ? memchr(s->p + at, ':', end - at) : NULL;
        if (colon) {
            add_star(s, at, end);
        } else {
            add_part(s, at, end, seen);
        }
    }
}

/* At '=': where does its value begin? "key=" without a value has an empty one. */
static size_t after_equals(struct pass *s, size_t i)
{
    enum { QUOTED_MAX = 256 };
    size_t at = i + 1;
    bool spaced = i > 0 && s->p[i - 1] == ' ';
    at += spaced && byte_at(s, at) == ' ';
    char c = byte_at(s, at);
    bool text = !spaced && is_text_key(s, i);
    if (text && c != '"') {
        return at;
    }
    if (c == '"') {
        size_t room = s->n - at - 1;
        const char *close =
            memchr(s->p + at + 1, '"', room < QUOTED_MAX ? room : QUOTED_MAX);
        if (close) {
            size_t end = (size_t)(close - s->p);
            if (text) {
                s->text_end = end;
                return at + 1;
            }
            add_star(s, at + 1, end);
            return end + 1;
        }
    }
    if (text) {
        return at + 1; /* the quotation mark is not closed */
    }
    if (c == '"' || c == '<') {
        at++;
    } else if ((spaced || (i > 0 && class_at(s, i - 1))) &&
               (c == ' ' || c == ',' || c == ';' || c == ')' || c == ']' || c == '\0')) {
        add_star(s, at < s->n ? at : s->n, at < s->n ? at : s->n);
    }
    s->value_at = at;
    return at;
}

void mask_tokens(struct str message, struct tokens *out)
{
    struct pass s = {.p = message.p,
                     .n = message.n < UINT32_MAX ? message.n : UINT32_MAX,
                     .out = out,
                     .value_at = SIZE_MAX};
    out->n = 0;
    const unsigned char *p = (const unsigned char *)message.p;
    const size_t n = s.n;
    for (size_t i = 0; i < n && !s.full;) {
        unsigned class = class_of[p[i]], seen = 0;
        if (!class) {
            i = p[i] == '=' ? after_equals(&s, i) : i + 1;
            continue;
        }
        size_t at = i;
        do {
            seen |= class;
        } while (++i < n && (class = class_of[p[i]]) != 0);
        add_chunk(&s, at, i, seen);
    }
    uint64_t h = out->n;
    for (size_t i = 0; i < out->n; i++) {
        h = mix(h, out->t[i].hash);
    }
    out->signature = h;
}
