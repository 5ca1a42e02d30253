/* ledger_fake.c - see ledger_fake.h. */
#include "tests/fake/ledger_fake.h"

struct row {
    struct ledger_row row;
    struct import_position parent;
    uint8_t *marks;
};

struct ledger {
    struct row rows[LEDGER_FAKE_ROWS_MAX];
    size_t n, posts, lists, marks, records;
    struct buf stored; /* what was posted, records and line ends */
    size_t stop_at, refuse_at, before_at;
    bool stop_stored;
    int64_t refuse_index;
    void (*before)(void *);
    void *before_arg;
};

struct ledger *ledger_fake_open(void)
{
    struct ledger *l = calloc(1, sizeof *l);
    if (!l) {
        abort();
    }
    buf_init(&l->stored, 256 << 20);
    return l;
}

void ledger_close(struct ledger *l)
{
    for (size_t i = 0; l && i < l->n; i++) {
        free(l->rows[i].marks);
    }
    if (l) {
        buf_free(&l->stored);
    }
    free(l);
}

void ledger_fake_stop(struct ledger *l, size_t nth, bool stored)
{
    l->stop_at = l->posts + nth;
    l->stop_stored = stored;
}

void ledger_fake_refuse(struct ledger *l, size_t nth, int64_t index)
{
    l->refuse_at = l->posts + nth;
    l->refuse_index = index;
}

void ledger_fake_before(struct ledger *l, size_t nth, void (*fn)(void *), void *arg)
{
    l->before_at = l->posts + nth;
    l->before = fn;
    l->before_arg = arg;
}

size_t ledger_fake_stored(const struct ledger *l, const char *text)
{
    size_t n = 0, bytes = strlen(text);
    struct str left = buf_view(&l->stored);
    const char *at;
    while (left.n > 0 && (at = memmem(left.p, left.n, text, bytes))) {
        n++;
        left = str_from(left, (size_t)(at - left.p) + bytes);
    }
    return n;
}

size_t ledger_fake_records(const struct ledger *l)
{
    return l->records;
}

size_t ledger_fake_posts(const struct ledger *l)
{
    return l->posts;
}

size_t ledger_fake_lists(const struct ledger *l)
{
    return l->lists;
}

size_t ledger_fake_marks(const struct ledger *l)
{
    return l->marks;
}

enum err_code ledger_list(struct ledger *l, const struct import_position *after,
                          struct ledger_list *out, struct err *e)
{
    (void)e;
    l->lists++;
    *out = (struct ledger_list){.rows = out->rows};
    for (size_t i = l->n; i-- > 0;) {
        if (import_position_eq(&l->rows[i].parent, after)) {
            out->rows[out->n++] = l->rows[i].row;
            out->seen = out->seen > 0 ? out->seen : l->rows[i].row.id;
        }
    }
    return ERR_NONE;
}

enum err_code ledger_marks(struct ledger *l, const struct import_position *position,
                           uint8_t (*marks)[IMPORT_MARK_BYTES], size_t max, size_t *n,
                           struct err *e)
{
    (void)e;
    l->marks++;
    *n = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (import_position_eq(&l->rows[i].row.position, position)) {
            size_t records = (size_t)l->rows[i].row.records;
            *n = records < max ? records : max;
            memcpy(marks, l->rows[i].marks, *n * IMPORT_MARK_BYTES);
        }
    }
    return ERR_NONE;
}

static enum ledger_answer look(const struct ledger *l, const struct ledger_part *part)
{
    enum ledger_answer answer = LEDGER_STORED;
    for (size_t i = 0; i < l->n; i++) {
        if (import_position_eq(&l->rows[i].row.position, &part->position)) {
            return LEDGER_KNOWN;
        }
        if (import_position_eq(&l->rows[i].parent, &part->parent) &&
            l->rows[i].row.id > part->seen) {
            answer = LEDGER_OVERTAKEN;
        }
    }
    return answer;
}

static void store(struct ledger *l, const struct ledger_part *part)
{
    uint8_t *marks = malloc(part->n * IMPORT_MARK_BYTES);
    if (!marks || l->n == LEDGER_FAKE_ROWS_MAX) {
        abort();
    }
    memcpy(marks, part->marks, part->n * IMPORT_MARK_BYTES);
    l->rows[l->n] =
        (struct row){{(int64_t)l->n + 1, part->bytes, (int64_t)part->n, part->position},
                     part->parent,
                     marks};
    l->n++;
    l->records += part->n;
    buf_str(&l->stored, part->records);
}

enum err_code ledger_post(struct ledger *l, const struct ledger_part *part,
                          struct ledger_result *out, struct err *e)
{
    bool stops = ++l->posts == l->stop_at;
    if (l->posts == l->before_at) {
        l->before(l->before_arg);
    }
    *out = (struct ledger_result){.answer = look(l, part), .index = -1};
    if (l->posts == l->refuse_at) {
        out->answer = LEDGER_REFUSED;
        out->index = l->refuse_index;
        snprintf(out->why, sizeof out->why, "the test refuses it");
        return ERR_NONE;
    }
    if (out->answer == LEDGER_STORED && (!stops || l->stop_stored)) {
        store(l, part);
        out->incident_id = (int64_t)l->n;
    }
    return stops ? err_set(e, ERR_UPSTREAM, "gone, as the test wants") : ERR_NONE;
}
