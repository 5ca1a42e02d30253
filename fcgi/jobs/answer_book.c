/* answer_book.c - see answer_book.h. The set in use is counted by those who hold it; another
 * one takes its place when the number of the last answer is another one. */
#include "fcgi/jobs/answer_book.h"

#include "fcgi/base/diag.h"
#include "fcgi/base/json.h"

#include <pthread.h>
#include <stdlib.h>

_Static_assert((int)ANSWERS_MAX == (int)STORE_ANSWERS_MAX, "all that count are taken");

enum { BOOK_ARENA_BYTES = 1 << 30, EXAMPLES_DEPTH = 1 };

struct edition { /* of the set */
    struct answers *set;
    size_t holds;
    struct edition *older;
};

struct answer_book {
    struct store *reader;
    struct state *state;
    pthread_mutex_t lock; /* of all below, and of the reader */
    int64_t seq;
    struct edition *latest; /* those behind it are still held */
    bool failing;           /* said */
    struct arena arena;
};

/* --- rows --- */

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NOMEM, "not enough memory for an answer");
}

static enum err_code take_examples(struct arena *a, struct str json, struct answer *out,
                                   struct err *e)
{
    char *bytes = arena_alloc(a, json.n + 1); /* json_read may change what it reads */
    struct json_value list, one;
    if (!bytes) {
        return no_memory(e);
    }
    memcpy(bytes, json.p, json.n);
    struct json_in in = {bytes, json.n, 0, EXAMPLES_DEPTH, 0};
    enum err_code code = json_read(&in, &list, e);
    struct json_iter it = json_iter(list);
    while (!code && list.type == JSON_ARRAY && out->examples_n < ANSWER_EXAMPLES_MAX &&
           json_next(&it, NULL, &one)) {
        if (one.type == JSON_STRING) {
            code = json_decode(a, one, &out->examples[out->examples_n++], e);
        }
    }
    return code;
}

static bool copy_text(struct arena *a, struct str from, struct str *to)
{
    *to = from.n > 0 ? arena_str(a, from) : STR("");
    return to->p != NULL;
}

enum err_code answer_book_row(struct arena *a, const struct store_answer *row,
                              struct answer *out, struct err *e)
{
    *out = (struct answer){.id = row->id, .real = row->real};
    (void)answer_scope_find(row->scope, &out->scope); /* the store checks it */
    if (!copy_text(a, row->service, &out->service) ||
        !copy_text(a, row->template, &out->text) ||
        !copy_text(a, row->value, &out->value)) {
        return no_memory(e);
    }
    return take_examples(a, row->examples, out, e);
}

enum err_code answer_book_lesson(struct arena *a, const struct store_answer *row,
                                 struct state_answer *out, struct err *e)
{
    struct answer answer;
    enum err_code code = answer_book_row(a, row, &answer, e);
    struct record *examples = arena_zalloc(a, ANSWER_EXAMPLES_MAX * sizeof *examples);
    if (code || !examples) {
        return code ? code : no_memory(e);
    }
    for (size_t i = 0; i < answer.examples_n; i++) {
        examples[i] = (struct record){.service = answer.service,
                                      .level = STR("INFO"),
                                      .message = answer.examples[i],
                                      .metadata = STR("{}")};
    }
    bool undone = row->undone_seq > 0;
    *out = (struct state_answer){
        .seq = undone ? row->undone_seq : row->seq,
        .answered_seq = row->seq,
        .undone = undone,
        .lesson = {.service = answer.service,
                   .scope = answer.scope,
                   .real = answer.real,
                   .undone = undone,
                   .fresh = row->fresh,
                   .text = answer.text,
                   .examples = examples,
                   .examples_n = answer.examples_n},
    };
    if (row->template_id.n > 0) {
        (void)verdict_parse_template_id(row->template_id, &out->lesson.template_id);
    }
    return ERR_NONE;
}

/* --- the set --- */

struct loading {
    struct arena *arena;
    struct answer *list;
    size_t n;
    enum err_code code;
    struct err *e;
};

static void load_row(void *arg, const struct store_answer *row)
{
    struct loading *l = arg;
    if (!l->code && l->n < ANSWERS_MAX) {
        l->code = answer_book_row(l->arena, row, &l->list[l->n++], l->e);
    }
}

static enum err_code read_set(struct store *reader, struct arena *a, struct answers **out,
                              struct err *e)
{
    struct loading l = {.arena = a, .e = e};
    *out = NULL;
    l.list = arena_alloc(a, ANSWERS_MAX * sizeof *l.list);
    if (!l.list) {
        return err_set(e, ERR_NOMEM, "not enough memory for the answers");
    }
    enum err_code code = store_counting_answers(reader, load_row, &l, e);
    code = code ? code : l.code;
    return code || l.n == 0 ? code : answers_make(l.list, l.n, out, e);
}

enum err_code answer_book_read(struct store *reader, struct answers **out, struct err *e)
{
    struct arena a;
    arena_init(&a, BOOK_ARENA_BYTES);
    enum err_code code = read_set(reader, &a, out, e);
    arena_free(&a);
    return code;
}

/* --- the state --- */

struct teaching {
    struct answer_book *book;
    enum err_code code;
    struct err *e;
};

static void teach_row(void *arg, const struct store_answer *row)
{
    struct teaching *t = arg;
    struct state_answer a;
    t->code = t->code ? t->code : answer_book_lesson(&t->book->arena, row, &a, t->e);
    if (!t->code) {
        state_answer(t->book->state, &a);
    }
}

static enum err_code teach(struct answer_book *b, int64_t known, struct err *e)
{
    struct teaching t = {.book = b, .e = e};
    enum err_code code = store_changed_answers(b->reader, known, teach_row, &t, e);
    return code ? code : t.code;
}

/* --- editions; with the lock held --- */

static void drop_unused(struct answer_book *b)
{
    struct edition **at = b->latest ? &b->latest->older : &b->latest;
    while (*at) {
        struct edition *old = *at;
        if (old->holds > 0) {
            at = &old->older;
        } else {
            *at = old->older;
            answers_free(old->set);
            free(old);
        }
    }
}

static enum err_code renew(struct answer_book *b, int64_t seq, struct err *e)
{
    struct edition *n = calloc(1, sizeof *n);
    if (!n) {
        return err_set(e, ERR_NOMEM, "not enough memory for the answers");
    }
    enum err_code code = read_set(b->reader, &b->arena, &n->set, e);
    if (code) {
        free(n);
        return code;
    }
    n->older = b->latest;
    b->latest = n;
    b->seq = seq;
    drop_unused(b);
    return ERR_NONE;
}

static void look(struct answer_book *b)
{
    struct err e;
    int64_t seq;
    int64_t known = b->state ? state_answers_seq(b->state) : INT64_MAX;
    enum err_code code = store_answers_seq(b->reader, &seq, &e);
    if (!code && (!b->latest || seq != b->seq)) {
        code = renew(b, seq, &e);
    }
    if (!code && known > seq && known < INT64_MAX) { /* the store is an older copy */
        state_forget_answers(b->state);
        known = 0;
    }
    if (!code && known < seq) {
        code = teach(b, known, &e);
    }
    if (code && !b->failing) {
        diag("what was answered to incidents cannot be read, trying again: %s", e.msg);
    }
    b->failing = code != ERR_NONE;
    arena_reset(&b->arena);
}

/* --- for the others --- */

const struct answers *answer_book_hold(struct answer_book *b)
{
    if (!b) {
        return NULL;
    }
    pthread_mutex_lock(&b->lock);
    look(b);
    struct answers *set = b->latest ? b->latest->set : NULL;
    if (set) {
        b->latest->holds++;
    }
    pthread_mutex_unlock(&b->lock);
    return set;
}

void answer_book_let_go(struct answer_book *b, const struct answers *held)
{
    if (!held) {
        return;
    }
    pthread_mutex_lock(&b->lock);
    struct edition *at = b->latest;
    while (at->set != held) {
        at = at->older;
    }
    at->holds--;
    drop_unused(b);
    pthread_mutex_unlock(&b->lock);
}

void answer_book_mark(struct answer_book *b, struct record *records, size_t n)
{
    const struct answers *set = answer_book_hold(b);
    answers_mark(set, records, n);
    answer_book_let_go(b, set);
}

enum err_code answer_book_open(struct store *reader, struct state *state,
                               struct answer_book **out, struct err *e)
{
    struct answer_book *b = calloc(1, sizeof *b);
    if (!b) {
        store_close(reader);
        return err_set(e, ERR_NOMEM, "not enough memory for the answers");
    }
    b->reader = reader;
    b->state = state;
    arena_init(&b->arena, BOOK_ARENA_BYTES);
    pthread_mutex_init(&b->lock, NULL);
    *out = b;
    return ERR_NONE;
}

void answer_book_close(struct answer_book *b)
{
    if (!b) {
        return;
    }
    if (b->latest) {
        drop_unused(b);
        answers_free(b->latest->set);
        free(b->latest);
    }
    store_close(b->reader);
    arena_free(&b->arena);
    pthread_mutex_destroy(&b->lock);
    free(b);
}
