/* send_reader.c - see send_reader.h.
 *
 * Positions (fcgi/core/import.h) are of the host, the path and the content from its
 * beginning, so that two logs that begin alike are two. The same path's next file may begin
 * with the same line, too ("started"): it gets a nonce, unless its lines carry their time,
 * and so are told apart, whatever happens to the noted state. */
#include "fcgi/cli/send_reader.h"

#include "fcgi/base/clock.h"

#include <errno.h>
#include <unistd.h>

enum { STUB_TEXT_BYTES = 200, STUB_BYTES = 768 };

enum err_code sender_open(struct sender *s, struct err *e)
{
    enum err_code code = importer_open(&s->im, e);
    if (code) {
        return code;
    }
    buf_init(&s->im.chunks.window, CHUNK_WINDOW_BYTES);
    s->rotated.files = calloc(ROTATED_MAX, sizeof *s->rotated.files);
    return s->rotated.files && buf_room(&s->im.chunks.window, CHUNK_WINDOW_BYTES)
               ? ERR_NONE
               : err_set(e, ERR_NOMEM, "not enough memory to follow files");
}

void sender_close(struct sender *s)
{
    importer_close(&s->im);
    free(s->rotated.files);
    s->rotated.files = NULL;
}

void send_reader_start(struct send_reader *r, struct send_stream *stream, int fd)
{
    send_reader_stop(r);
    r->stream = stream;
    r->fd = fd;
    r->held = true;
    r->singly = 0;
    r->pieces_until = 0;
    r->unreadable = false;
    r->size = -1;
    r->run.ask = true;
    r->run.seen = 0;
}

void send_reader_stop(struct send_reader *r)
{
    if (r->fd >= 0) {
        close(r->fd);
        r->fd = -1;
    }
}

/* --- is it the same content? --- */

static bool same_bytes(int fd, int64_t at, const uint8_t *bytes, size_t n)
{
    uint8_t there[SEND_EDGE_BYTES];
    return n == 0 ||
           (pread(fd, there, n, (off_t)at) == (ssize_t)n && memcmp(there, bytes, n) == 0);
}

bool send_reader_matches(const struct send_stream *s, int fd, const struct stat *st)
{
    return st->st_size >= s->offset && same_bytes(fd, 0, s->head, s->head_n) &&
           same_bytes(fd, s->offset - (int64_t)s->tail_n, s->tail, s->tail_n);
}

/* --- the stream and the window --- */

static void set_chunks(const struct send_reader *r, struct chunks *c)
{
    const struct send_stream *s = r->stream;
    c->kind = s->kind;
    c->here = s->here;
    c->before = s->before;
    c->offset = s->offset;
    memcpy(c->w3c_fields, s->w3c_fields, sizeof c->w3c_fields);
    c->follows = true;
    c->piece_max =
        s->offset < r->pieces_until ? SEND_PIECE_BYTES : CHUNK_RECORD_BYTES_MAX;
}

/* n bytes more are done with. */
static void note_edges(struct send_stream *s, const char *p, size_t n)
{
    for (size_t i = 0; i < n && s->head_n < SEND_EDGE_BYTES; i++) {
        if (s->offset + (int64_t)i == (int64_t)s->head_n) { /* the next one of it */
            s->head[s->head_n++] = (uint8_t)p[i];
        }
    }
    if (n >= SEND_EDGE_BYTES) {
        memcpy(s->tail, p + n - SEND_EDGE_BYTES, SEND_EDGE_BYTES);
        s->tail_n = SEND_EDGE_BYTES;
        return;
    }
    size_t kept = s->tail_n + n > SEND_EDGE_BYTES ? SEND_EDGE_BYTES - n : s->tail_n;
    memmove(s->tail, s->tail + s->tail_n - kept, kept);
    memcpy(s->tail + kept, p, n);
    s->tail_n = kept + n;
}

/* What lies between `from` in the window and where the chunks are now is done with. */
static void take_chunks(struct send_reader *r, const struct chunks *c, size_t from)
{
    struct send_stream *s = r->stream;
    note_edges(s, c->window.p + from, c->at - from);
    s->here = c->here;
    s->before = c->before;
    s->offset = c->offset;
    memcpy(s->w3c_fields, c->w3c_fields, sizeof s->w3c_fields);
}

static bool is_white(char b)
{
    return b == '\0' || b == '\n' || b == '\r' || b == ' ' || b == '\t';
}

/* NULs: a file that was emptied under a program that goes on writing where it was. And white
 * space that fills the window. They are no records. */
static bool skip_nothing(struct send_reader *r, struct chunks *c)
{
    size_t n = 0, start = c->at;
    const char *p = c->window.p + c->at;
    size_t left = c->window.n - c->at;
    while (n < left && is_white(p[n])) {
        n++;
    }
    bool nul = n > 0 && memchr(p, '\0', n);
    if (n == 0 || (!nul && n < CHUNK_WINDOW_BYTES)) {
        return false;
    }
    chunks_skip(c, n);
    take_chunks(r, c, start);
    r->run.ask = true;
    return true;
}

/* --- where it begins --- */

static bool has_own_time(struct send_reader *r, struct str text, enum split_kind kind)
{
    struct entry_context context = r->run.context;
    struct record a, b;
    struct err ignored;
    context.kind = kind;
    arena_reset(&r->sender->im.arena);
    if (entry_parse(&r->sender->im.arena, text, &context, &a, &ignored)) {
        return false;
    }
    context.now_us += CLOCK_SECOND_US;
    return !entry_parse(&r->sender->im.arena, text, &context, &b, &ignored) &&
           a.event_us == b.event_us;
}

static void begin_digest(const struct send_reader *r, struct send_stream *s)
{
    const struct str parts[] = {STR("loganalyzer send"), str_of(r->sender->host),
                                str_of(r->subject), str_of(s->nonce)};
    digest_begin(&s->before);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        digest_add(&s->before, parts[i]);
        digest_add(&s->before, STR("\n"));
    }
    s->here = digest_here(&s->before);
    s->begun = true;
}

/* The first record of what c has on hand; all of it, if that has no end. */
static bool first_record(const struct chunks *c, bool more, struct str *out)
{
    struct str head = str_from(buf_view(&c->window), c->at);
    while (head.n > 0 && is_white(head.p[0])) {
        head = str_from(head, 1);
    }
    struct split split = {split_sniff(head), head, more, STR_NONE};
    struct piece piece;
    *out = head;
    if (split_next(&split, &piece)) {
        *out = piece.text;
        return true;
    }
    return c->window.n >= CHUNK_WINDOW_BYTES;
}

/* Begins the stream, if its first record is on hand; else SEND_IDLE. */
static enum send_look begin(struct send_reader *r, const struct chunks *c, bool more,
                            struct err *e)
{
    struct send_stream *s = r->stream;
    struct str text;
    if (!first_record(c, more, &text)) {
        return SEND_IDLE;
    }
    if (chunks_refuse_packed(str_from(buf_view(&c->window), c->at), e)) {
        r->unreadable = true;
        return SEND_FAILED;
    }
    s->kind = split_sniff(text);
    text.n = text.n < CHUNK_RECORD_BYTES_MAX ? text.n : CHUNK_RECORD_BYTES_MAX;
    if (!r->first && !has_own_time(r, text, s->kind) && random_id(s->nonce, e)) {
        return SEND_FAILED;
    }
    begin_digest(r, s);
    s->head_n = c->window.n < SEND_EDGE_BYTES ? c->window.n : SEND_EDGE_BYTES;
    memcpy(s->head, c->window.p, s->head_n);
    return SEND_MORE;
}

/* --- a part into the server --- */

/* A record that the server does not take as it is: what is tried next. */
static void go_round(struct send_reader *r, const struct chunks *c, const struct err *why,
                     char stub[static STUB_BYTES])
{
    const struct chunk *k = &c->chunk;
    struct str text = k->records[0];
    stub[0] = '\0';
    if (k->n > 1) {
        r->singly = k->n;
    } else if (text.n > SEND_PIECE_BYTES && !c->by_cursor) {
        r->pieces_until = c->offset + (int64_t)k->ends[0];
        r->sender->say(r->subject, "a record is too long to be stored as one: it is sent "
                                   "in pieces");
    } else {
        snprintf(stub, STUB_BYTES,
                 "A record of %zu bytes, %lld into %.100s, cannot be stored: %.240s It "
                 "begins: %.*s",
                 text.n, (long long)c->offset, r->subject, why->msg,
                 text.n < STUB_TEXT_BYTES ? (int)text.n : STUB_TEXT_BYTES, text.p);
        r->sender->say(r->subject, stub);
    }
}

enum send_look send_reader_part(struct send_reader *r, struct chunks *c, struct err *e)
{
    char stub[STUB_BYTES];
    size_t start = c->at, n;
    if (r->singly > 0) {
        chunks_shorten(c, 1);
    }
    n = c->chunk.n;
    r->run.im = &r->sender->im;
    r->run.counts = &r->counts;
    r->run.chunks = c;
    r->run.context.kind = c->kind;
    r->run.stub = NULL;
    enum err_code code = import_step(&r->run, e);
    if (code && r->run.refused) {
        struct err why = *e;
        go_round(r, c, &why, stub);
        if (!stub[0]) {
            return SEND_MORE;
        }
        r->run.stub = stub;
        code = import_step(&r->run, e);
    }
    if (code) {
        return SEND_FAILED;
    }
    r->sender->answered();
    if (r->run.wants_more) {
        return SEND_IDLE;
    }
    if (c->at > start) {
        r->singly -= r->singly < n ? r->singly : n;
        take_chunks(r, c, start);
    }
    return SEND_MORE;
}

/* --- looking --- */

/* What is there, from the stream's place on, into the window. */
static enum err_code fill(struct send_reader *r, struct chunks *c, struct err *e)
{
    set_chunks(r, c);
    c->at = c->window.n = 0;
    c->at_end = false;
    ssize_t n;
    do {
        n = pread(r->fd, c->window.p + c->window.n, CHUNK_WINDOW_BYTES - c->window.n,
                  (off_t)(c->offset + (int64_t)c->window.n));
        c->window.n += n > 0 ? (size_t)n : 0;
    } while ((n > 0 && c->window.n < CHUNK_WINDOW_BYTES) || (n < 0 && errno == EINTR));
    return n < 0 ? err_set(e, ERR_IO, "cannot be read: %s", strerror(errno)) : ERR_NONE;
}

/* The last record may go on: is it time to send it as it is? */
static bool is_due(const struct send_reader *r, const struct chunks *c, bool final,
                   int64_t now_us)
{
    const struct chunk *k = &c->chunk;
    int64_t quiet_us = now_us - r->grown_us;
    if (k->whole || k->piece || final) {
        return true;
    }
    bool ended = c->window.p[c->at + k->ends[k->n - 1] - 1] == '\n';
    return quiet_us >=
           (ended ? SEND_STANZA_WAIT_S * CLOCK_SECOND_US : r->sender->line_wait_us);
}

static enum send_look look_at_window(struct send_reader *r, struct chunks *c, bool final,
                                     int64_t now_us, struct err *e)
{
    bool quiet = final || now_us - r->grown_us >= SEND_QUIET_US;
    if (!r->stream->begun) { /* on a whole line, if one comes */
        bool whole = c->window.n > 0 && memchr(c->window.p, '\n', c->window.n);
        bool due = final || now_us - r->grown_us >= r->sender->line_wait_us;
        return begin(r, c, whole ? !quiet : !due, e);
    }
    if (skip_nothing(r, c)) {
        return SEND_MORE;
    }
    if (chunks_cut(c, e)) {
        return SEND_FAILED;
    }
    if (c->chunk.n == 0 && quiet) {
        c->at_end = true;
        if (chunks_cut(c, e)) {
            return SEND_FAILED;
        }
        if (c->chunk.n > 0 && !is_due(r, c, final, now_us)) {
            c->chunk.n = 0;
        }
    }
    return c->chunk.n > 0 ? send_reader_part(r, c, e) : SEND_IDLE;
}

/* Notes how the file is now. False: it is not what it was. */
static bool note_file(struct send_reader *r, const struct stat *st, int64_t now_us)
{
    struct send_stream *s = r->stream;
    int64_t changed = st->st_mtim.tv_sec * CLOCK_SECOND_US + st->st_mtim.tv_nsec / 1000;
    if (st->st_size == r->size && changed == r->changed_us) {
        return true;
    }
    if (!send_reader_matches(s, r->fd, st)) {
        return false;
    }
    r->size = st->st_size;
    r->changed_us = s->changed_us = changed;
    r->grown_us = now_us;
    r->held = st->st_size > s->offset;
    s->dev = (int64_t)st->st_dev;
    s->ino = (int64_t)st->st_ino;
    r->run.context.now_us = changed;
    return true;
}

enum send_look send_reader_look(struct send_reader *r, bool final, int64_t now_us,
                                struct err *e)
{
    struct chunks *c = &r->sender->im.chunks;
    struct stat st;
    if (fstat(r->fd, &st) != 0) {
        err_set(e, ERR_IO, "cannot be read: %s", strerror(errno));
        return SEND_FAILED;
    }
    if (!note_file(r, &st, now_us)) {
        return SEND_CUT;
    }
    r->held = r->held && st.st_size > r->stream->offset;
    if (!r->held || r->unreadable) {
        return SEND_IDLE;
    }
    return fill(r, c, e) ? SEND_FAILED : look_at_window(r, c, final, now_us, e);
}

/* --- a file that is not followed any more, or not yet --- */

/* Goes to where the stream is. SEND_CUT: it is another content. */
static enum send_look go_to_stream(struct send_reader *r, struct chunks *c)
{
    struct send_stream begin_of = *r->stream, *s = r->stream;
    if (!s->begun) {
        return SEND_IDLE;
    }
    if (c->window.n < s->head_n || memcmp(c->window.p, s->head, s->head_n) != 0) {
        return SEND_CUT;
    }
    begin_digest(r, &begin_of);
    c->kind = s->kind;
    c->here = begin_of.here;
    c->before = begin_of.before;
    c->follows = true;
    if (!chunks_pass(c, s->offset) || !import_position_eq(&c->here, &s->here)) {
        return c->broken.code ? SEND_FAILED : SEND_CUT;
    }
    return SEND_IDLE;
}

static enum send_look send_rest(struct send_reader *r, struct chunks *c, struct err *e)
{
    if (!r->stream->begun) {
        return begin(r, c, false, e);
    }
    r->run.ask = true;
    while (!*r->sender->stop) {
        set_chunks(r, c);
        if (chunks_next(c, e)) {
            return SEND_FAILED;
        }
        if (c->chunk.n == 0) {
            return SEND_IDLE;
        }
        enum send_look look = send_reader_part(r, c, e);
        if (look == SEND_FAILED) {
            return look;
        }
    }
    err_set(e, ERR_BUSY, "stopped");
    return SEND_FAILED;
}

enum send_look send_reader_finish(struct send_reader *r, const char *path, struct err *e)
{
    struct chunks *c = &r->sender->old;
    *c = (struct chunks){0};
    enum send_look look = SEND_FAILED;
    if (!chunks_open(path, c, e)) {
        r->run.context.now_us = content_changed_us(c->content);
        look = go_to_stream(r, c);
        if (look == SEND_FAILED) {
            *e = c->broken;
        } else if (look == SEND_IDLE) {
            look = send_rest(r, c, e);
        }
    }
    chunks_close(c);
    return look;
}

/* So many bytes of the open file are done with. */
static enum err_code pass_bytes(struct send_reader *r, const char *path, int64_t bytes,
                                struct err *e)
{
    struct chunks *c = &r->sender->old;
    *c = (struct chunks){0};
    enum err_code code = chunks_open(path, c, e);
    if (!code) {
        set_chunks(r, c);
        if (!chunks_pass(c, bytes)) {
            code = err_set(e, ERR_IO, "has changed while it was read");
        }
        struct send_stream *s = r->stream;
        s->here = c->here;
        s->before = c->before;
        s->offset = c->offset;
        s->tail_n = c->at < SEND_EDGE_BYTES ? c->at : SEND_EDGE_BYTES;
        memcpy(s->tail, c->window.p + c->at - s->tail_n, s->tail_n);
    }
    chunks_close(c);
    return code;
}

enum err_code send_reader_pass_imported(struct send_reader *r, struct err *e)
{
    struct chunks *c = &r->sender->old;
    struct import_run run = r->run;
    char path[64];
    int64_t imported = 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", r->fd); /* this very file */
    *c = (struct chunks){0};
    enum err_code code = chunks_open(path, c, e);
    if (!code) {
        run.im = &r->sender->im;
        run.chunks = c;
        run.counts = &r->counts;
        code = import_pass(&run, e);
        imported = c->offset;
    }
    chunks_close(c);
    return code || imported == 0 ? code : pass_bytes(r, path, imported, e);
}
