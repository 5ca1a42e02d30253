/* chunks.c - see chunks.h. The content is read into a window of fixed size, which moves
 * over it: memory does not depend on the file. */
#include "fcgi/cli/chunks.h"

enum { SNIFF_BYTES = 4096 };

static struct str ahead(const struct chunks *c)
{
    return str_from(buf_view(&c->window), c->at);
}

/* Fills the window up. An error of the content is kept for when its good part is used. */
static void fill(struct chunks *c)
{
    struct str left = ahead(c);
    memmove(c->window.p, left.p, left.n);
    c->window.n = left.n;
    c->at = 0;
    while (!c->at_end && c->window.n < CHUNK_WINDOW_BYTES) {
        size_t got = 0;
        if (content_read(c->content, c->window.p + c->window.n,
                         CHUNK_WINDOW_BYTES - c->window.n, &got, &c->broken) ||
            got == 0) {
            c->at_end = true;
        }
        c->window.n += got;
    }
}

/* --- what can be imported --- */

enum err_code chunks_refuse_packed(struct str head, struct err *e)
{
    static const struct {
        const char *magic;
        size_t n;
        const char *what;
    } known[] = {
        {"\xFD"
         "7zXZ",
         5, "is compressed by xz: xz -dc FILE | loganalyzer import -"},
        {"\x28\xB5\x2F\xFD", 4,
         "is compressed by zstd: zstd -dc FILE | loganalyzer import -"},
        {"BZh", 3, "is compressed by bzip2: bzip2 -dc FILE | loganalyzer import -"},
        {"LPKSHHRH", 8,
         "is a journal: journalctl --file FILE -o export | loganalyzer import -"},
        {"\xFF\xFE", 2,
         "is UTF-16: iconv -f UTF-16 -t UTF-8 FILE | loganalyzer import -"},
        {"\xFE\xFF", 2,
         "is UTF-16: iconv -f UTF-16 -t UTF-8 FILE | loganalyzer import -"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_starts(head, (struct str){known[i].magic, known[i].n})) {
            return err_set(e, ERR_INVALID, "%s", known[i].what);
        }
    }
    return ERR_NONE;
}

static enum err_code refuse_binary(const struct chunks *c, struct err *e)
{
    struct str head = ahead(c);
    head.n = head.n < SNIFF_BYTES ? head.n : SNIFF_BYTES;
    enum err_code code = chunks_refuse_packed(head, e);
    if (!code && c->kind != SPLIT_JOURNAL && head.n > 0 && memchr(head.p, '\0', head.n)) {
        code = err_set(e, ERR_INVALID, "is no text: it holds NUL bytes");
    }
    return code;
}

/* Content that was never text at all because it is broken from the start. */
static enum err_code check_start(struct chunks *c, struct err *e)
{
    fill(c);
    if (c->window.n == 0 && c->broken.code) {
        *e = c->broken;
        return e->code;
    }
    c->kind = split_sniff(ahead(c));
    return refuse_binary(c, e);
}

/* Where all contents that begin with the same record begin. */
static void set_root(struct chunks *c)
{
    struct split s = {c->kind, ahead(c), !c->at_end, STR_NONE};
    struct piece first;
    struct digest d;
    digest_begin(&d);
    digest_add(&d, STR("loganalyzer import\n"));
    if (split_next(&s, &first)) {
        struct str text = first.text;
        digest_add(&d, str_trim(c->kind == SPLIT_LINES ? str_split(&text, '\n') : text));
    }
    c->here = digest_here(&d);
}

enum err_code chunks_open(const char *path, struct chunks *c, struct err *e)
{
    buf_init(&c->window, CHUNK_WINDOW_BYTES);
    if (!buf_room(&c->window, CHUNK_WINDOW_BYTES)) {
        return err_set(e, ERR_NOMEM, "not enough memory to read the file");
    }
    enum err_code code = content_open(path, &c->content, e);
    if (!code) {
        c->line = 1;
        digest_begin(&c->before);
        code = check_start(c, e);
    }
    if (!code) {
        set_root(c);
    }
    return code;
}

void chunks_close(struct chunks *c)
{
    content_close(c->content);
    c->content = NULL;
    buf_free(&c->window);
}

/* --- parts --- */

static enum err_code too_long(const struct chunks *c, size_t start, struct err *e)
{
    struct str before = {c->window.p + c->at, start};
    int64_t line = c->line;
    for (size_t i = 0; i < before.n; i++) {
        line += before.p[i] == '\n';
    }
    return err_set(e, ERR_INVALID, "line %lld: the record has more than %d bytes",
                   (long long)line, CHUNK_RECORD_BYTES_MAX);
}

/* Columns with other names begin a part. False: they do, and there is one before. */
static bool take_fields(struct chunks *c, struct str fields)
{
    if (fields.n == 0 || fields.n >= sizeof c->w3c_fields ||
        str_eq(fields, str_of(c->w3c_fields))) {
        return true;
    }
    if (c->chunk.n > 0) {
        return false;
    }
    memcpy(c->w3c_fields, fields.p, fields.n);
    c->w3c_fields[fields.n] = '\0';
    return true;
}

/* Does the record belong to this part? It ends at `end`. */
static bool belongs(struct chunks *c, const struct piece *piece, struct str fields,
                    size_t end)
{
    const struct chunk *k = &c->chunk;
    if (!take_fields(c, fields)) {
        return false;
    }
    if (!piece->whole) {
        return k->n == 0 && !c->broken.code; /* a cut line of a broken file is none */
    }
    return k->n == 0 || end <= CHUNK_BYTES_MAX;
}

bool chunks_cursor(struct str entry, struct str *cursor)
{
    static const char name[] = "__CURSOR=";
    struct str left = entry;
    *cursor = str_split(&left, '\n');
    if (!str_starts(*cursor, STR("__CURSOR="))) {
        return false;
    }
    *cursor = str_from(*cursor, sizeof name - 1);
    return true;
}

/* An entry without a cursor is told apart by all its bytes. */
static struct import_position after_entry(const struct chunks *c, struct str entry)
{
    struct digest d = c->seed;
    struct str cursor;
    digest_add(&d, chunks_cursor(entry, &cursor) ? cursor : entry);
    return digest_here(&d);
}

static void add_record(struct chunks *c, struct str text, size_t end, struct digest *d)
{
    struct chunk *k = &c->chunk;
    size_t start = k->n > 0 ? k->ends[k->n - 1] : 0;
    digest_add(d, (struct str){c->window.p + c->at + start, end - start});
    k->position = c->by_cursor ? after_entry(c, text) : digest_here(d);
    memcpy(k->marks[k->n], k->position.b, IMPORT_MARK_BYTES);
    k->records[k->n] = text;
    k->ends[k->n] = end;
    k->n++;
}

/* The beginning of a record that is longer than may be; not in the midst of a character. */
static void add_piece(struct chunks *c, struct str record, struct digest *d)
{
    size_t n = record.n < c->piece_max ? record.n : c->piece_max;
    for (size_t back = 0; back < 4 && n < record.n && n > 1; back++) {
        if (((uint8_t)record.p[n] & 0xC0) != 0x80) {
            break;
        }
        n--;
    }
    add_record(c, (struct str){record.p, n},
               (size_t)(record.p - (c->window.p + c->at)) + n, d);
    c->chunk.last = c->chunk.whole = false;
    c->chunk.piece = true;
}

static bool window_is_full(const struct chunks *c)
{
    return c->window.n - c->at >= CHUNK_WINDOW_BYTES;
}

/* No record could be taken: why? left: what begins with the first one. */
static enum err_code nothing_cut(struct chunks *c, struct str left, struct err *e)
{
    if (!c->at_end && window_is_full(c)) { /* its first record has no end */
        if (c->piece_max == 0) {
            return too_long(c, (size_t)(left.p - (c->window.p + c->at)), e);
        }
        struct digest d = c->before;
        add_piece(c, left, &d);
        return ERR_NONE;
    }
    if (c->broken.code) {
        *e = c->broken;
    }
    return c->broken.code;
}

enum err_code chunks_next(struct chunks *c, struct err *e)
{
    fill(c);
    return chunks_cut(c, e);
}

enum err_code chunks_cut(struct chunks *c, struct err *e)
{
    size_t record_max = c->piece_max > 0 ? c->piece_max : CHUNK_RECORD_BYTES_MAX;
    struct split s = {c->kind, ahead(c), !c->at_end, STR_NONE};
    struct digest d = c->before;
    struct piece piece;
    bool takes_more = true;
    c->chunk.n = 0;
    c->chunk.whole = true;
    c->chunk.piece = false;
    while (takes_more && c->chunk.n < CHUNK_RECORDS_MAX) {
        bool found = split_next(&s, &piece);
        size_t end = (size_t)(s.left.p - (c->window.p + c->at));
        c->chunk.last = !found || !piece.whole;
        if (!found || !belongs(c, &piece, s.w3c_fields, end)) {
            break;
        }
        if (piece.text.n > record_max && c->chunk.n > 0) {
            return ERR_NONE;
        }
        if (piece.text.n > record_max && c->piece_max > 0) {
            add_piece(c, piece.text, &d);
            return ERR_NONE;
        }
        if (piece.text.n > record_max) {
            return too_long(c, (size_t)(piece.text.p - (c->window.p + c->at)), e);
        }
        add_record(c, piece.text, end, &d);
        takes_more = c->chunk.whole = piece.whole;
    }
    return c->chunk.n > 0 ? ERR_NONE : nothing_cut(c, s.left, e);
}

void chunks_shorten(struct chunks *c, size_t n)
{
    struct chunk *k = &c->chunk;
    if (n == 0 || n >= k->n) {
        return;
    }
    struct digest d = c->before;
    digest_add(&d, (struct str){c->window.p + c->at, k->ends[n - 1]});
    k->position = c->by_cursor ? after_entry(c, k->records[n - 1]) : digest_here(&d);
    k->n = n;
    k->last = false;
    k->whole = true;
}

int64_t chunks_end(const struct chunks *c)
{
    const struct chunk *k = &c->chunk;
    return c->offset + (int64_t)(c->by_cursor ? k->n : k->ends[k->n - 1]);
}

/* May somebody who knew the content up to n bytes from here go on there? Not inside the
 * first record, if that was cut: it is imported anew. But a line that came later and
 * continues the one before does not undo what is stored. */
static bool may_go_on(const struct chunks *c, size_t n)
{
    const struct chunk *k = &c->chunk;
    if (c->follows || k->n == 0 || n >= k->ends[0]) {
        return true;
    }
    struct str rest = {ahead(c).p + n, k->ends[0] - n};
    if (str_trim(rest).n == 0) { /* all that came was the line's end */
        return true;
    }
    return c->kind == SPLIT_LINES && ahead(c).p[n - 1] == '\n' &&
           !str_starts(k->records[0], STR("Start-Date: "));
}

/* The same of entries of the journal. */
static bool holds_entry(const struct chunks *c, const struct import_position *position,
                        int64_t bytes, size_t *skip)
{
    const struct chunk *k = &c->chunk;
    if (bytes <= c->offset || (uint64_t)(bytes - c->offset) > k->n) {
        return false;
    }
    size_t i = (size_t)(bytes - c->offset) - 1;
    struct import_position here = after_entry(c, k->records[i]);
    *skip = k->ends[i];
    return import_position_eq(&here, position);
}

bool chunks_holds(struct chunks *c, const struct import_position *position, int64_t bytes,
                  size_t *skip)
{
    struct str left = ahead(c);
    if (c->by_cursor) {
        return holds_entry(c, position, bytes, skip);
    }
    if (bytes <= c->offset || (uint64_t)(bytes - c->offset) > left.n) {
        return false;
    }
    size_t n = (size_t)(bytes - c->offset);
    const struct chunk *k = &c->chunk;
    *skip = n;
    if (k->n > 0 && n == k->ends[k->n - 1]) {
        return import_position_eq(&k->position, position);
    }
    if (!may_go_on(c, n)) {
        return false;
    }
    struct digest d = c->before;
    digest_add(&d, (struct str){left.p, n});
    struct import_position here = digest_here(&d);
    return import_position_eq(&here, position);
}

static void skip_entries(struct chunks *c, size_t n)
{
    const struct chunk *k = &c->chunk;
    for (size_t i = 0; i < k->n && k->ends[i] <= n; i++) {
        c->here = after_entry(c, k->records[i]);
        c->offset++;
    }
}

void chunks_skip(struct chunks *c, size_t n)
{
    struct str gone = {c->window.p + c->at, n};
    for (const char *p = gone.p; (p = memchr(p, '\n', (size_t)(gone.p + gone.n - p)));
         p++) {
        c->line++;
    }
    if (c->by_cursor) {
        skip_entries(c, n);
    } else {
        digest_add(&c->before, gone);
        c->here = digest_here(&c->before);
        c->offset += (int64_t)n;
    }
    c->at += n;
    c->chunk.n = 0;
}

bool chunks_pass(struct chunks *c, int64_t bytes)
{
    while (bytes > 0) {
        fill(c);
        size_t n = ahead(c).n;
        n = (uint64_t)bytes < n ? (size_t)bytes : n;
        if (n == 0) {
            return false;
        }
        chunks_skip(c, n);
        bytes -= (int64_t)n;
    }
    return true;
}

int64_t chunks_line(const struct chunks *c, size_t i)
{
    const char *start = c->window.p + c->at, *end = c->chunk.records[i].p;
    int64_t line = c->line;
    for (const char *p = start; (p = memchr(p, '\n', (size_t)(end - p))); p++) {
        line++;
    }
    return line;
}
