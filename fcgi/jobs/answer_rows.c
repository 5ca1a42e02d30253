/* answer_rows.c - see answer_rows.h. */
#include "fcgi/jobs/answer_rows.h"

#include "fcgi/base/json.h"

#include <string.h>

_Static_assert((int)ANSWERS_MAX == (int)STORE_ANSWERS_MAX, "all that count are taken");

enum { ARENA_BYTES_MAX = 1 << 30, EXAMPLES_DEPTH = 1 };

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

enum err_code answer_rows_one(struct arena *a, const struct store_answer *row,
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

enum err_code answer_rows_lesson(struct arena *a, const struct store_answer *row,
                                 struct state_answer *out, struct err *e)
{
    struct answer answer;
    enum err_code code = answer_rows_one(a, row, &answer, e);
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

/* --- all of them --- */

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
        l->code = answer_rows_one(l->arena, row, &l->list[l->n++], l->e);
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

enum err_code answer_rows_read(struct store *reader, struct answers **out, struct err *e)
{
    struct arena a;
    arena_init(&a, ARENA_BYTES_MAX);
    enum err_code code = read_set(reader, &a, out, e);
    arena_free(&a);
    return code;
}
