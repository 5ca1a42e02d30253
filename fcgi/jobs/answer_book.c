/* answer_book.c - see answer_book.h. The set in use is counted by those who hold it; another
 * one takes its place when the number of the last answer is another one. */
#include "fcgi/jobs/answer_book.h"

#include "fcgi/base/diag.h"
#include "fcgi/jobs/answer_rows.h"

#include <pthread.h>
#include <stdlib.h>

enum { BOOK_ARENA_BYTES = 1 << 30 };

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
    t->code = t->code ? t->code : answer_rows_lesson(&t->book->arena, row, &a, t->e);
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
    enum err_code code = answer_rows_read(b->reader, &n->set, e);
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

static void renew_if_changed(struct answer_book *b)
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
    renew_if_changed(b);
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

void answer_book_look(struct answer_book *b)
{
    pthread_mutex_lock(&b->lock);
    renew_if_changed(b);
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
