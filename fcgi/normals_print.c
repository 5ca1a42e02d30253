/* normals_print.c - see normals_print.h. */
#include "fcgi/normals_print.h"

#include "fcgi/incident_print.h"

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NOMEM, "not enough memory for the answer");
}

/* --- rows --- */

static struct str print_examples(const struct answer *a, struct arena *arena)
{
    struct buf b;
    buf_init(&b, NORMALS_ARENA_BYTES);
    struct json_out o = json_out(&b);
    json_open(&o, '[');
    for (size_t i = 0; i < a->examples_n; i++) {
        json_str(&o, a->examples[i]);
    }
    json_close(&o, ']');
    struct str text = b.failed ? STR_NONE : arena_str(arena, buf_view(&b));
    buf_free(&b);
    return text;
}

static bool set_label(struct normals_row *row, const struct choice *c)
{
    char label[NORMALS_LABEL_BYTES];
    size_t n = choice_label(c, label, sizeof label);
    row->label = arena_str(row->arena, (struct str){label, n});
    return row->label.p != NULL;
}

static struct str or_none(struct str s)
{
    return s.n > 0 ? s : STR_NONE;
}

enum err_code normals_row_make(struct normals_row *row, const struct choice *c,
                               struct arena *a, struct err *e)
{
    const struct answer *from = &c->answer;
    *row = (struct normals_row){.arena = a};
    row->answer = (struct store_answer){
        .fresh = c->fresh,
        .scope = answer_scope_name(from->scope),
        .service = from->service,
        .template = or_none(from->text),
        .value = or_none(from->value),
        .examples = print_examples(from, a),
    };
    if (c->template_id != 0) {
        row->answer.template_id = verdict_template_id(c->template_id, row->template_id);
    }
    return row->answer.examples.p && set_label(row, c) ? ERR_NONE : no_memory(e);
}

bool normals_row_copy(struct normals_row *row, const struct store_answer *a,
                      struct arena *arena)
{
    struct store_answer *to = &row->answer;
    *row = (struct normals_row){.arena = arena, .answer = *a};
    struct choice c = {
        .answer = {.service = a->service, .text = a->template, .value = a->value}};
    (void)answer_scope_find(a->scope, &c.answer.scope);
    return arena_copy(arena, a->scope, &to->scope) &&
           arena_copy(arena, a->service, &to->service) &&
           arena_copy(arena, a->template_id, &to->template_id) &&
           arena_copy(arena, a->template, &to->template) &&
           arena_copy(arena, a->value, &to->value) &&
           arena_copy(arena, a->note, &to->note) && set_label(row, &c);
}

/* --- JSON --- */

static void put_text(struct json_out *o, const char *key, struct str s)
{
    json_key(o, key);
    json_text(o, s);
}

static void put_int(struct json_out *o, const char *key, int64_t n)
{
    json_key(o, key);
    json_int(o, n);
}

static void put_row(struct json_out *o, const struct normals_row *row)
{
    const struct store_answer *a = &row->answer;
    json_open(o, '{');
    json_key(o, "id");
    if (a->id > 0) {
        json_int(o, a->id);
    } else {
        json_null(o); /* a preview */
    }
    incident_print_time(o, "declared_at", a->id > 0 ? a->answered_us : 0);
    put_text(o, "scope", a->scope);
    put_text(o, "service", a->service);
    put_text(o, "template_id", a->template_id);
    put_text(o, "template", a->template);
    put_text(o, "value", a->value);
    put_text(o, "label", row->label);
    put_int(o, "incident_id", a->incident_id);
    put_text(o, "note", a->note);
    incident_print_time(o, "undone_at", a->undone_us);
    json_close(o, '}');
}

static void put_sentence(struct json_out *o, size_t hidden, size_t of)
{
    char text[160];
    int n = snprintf(text, sizeof text,
                     "would have hidden %zu of the %zu incident%s of the last %d days",
                     hidden, of, of == 1 ? "" : "s", NORMALS_DAYS);
    put_text(o, "sentence", (struct str){text, (size_t)n});
}

void normals_print_reply(struct response *resp, const struct normals_row *rows, size_t n,
                         const struct normals_trial *t)
{
    struct json_out o = json_out(&resp->body);
    json_open(&o, '{');
    json_key(&o, "normal");
    put_row(&o, &rows[0]);
    json_key(&o, "normals");
    json_open(&o, '[');
    for (size_t i = 0; i < n; i++) {
        put_row(&o, &rows[i]);
    }
    json_close(&o, ']');
    put_int(&o, "hidden", (int64_t)t->hidden_n);
    put_int(&o, "of", (int64_t)t->of);
    put_int(&o, "days", NORMALS_DAYS);
    put_sentence(&o, t->hidden_n, t->of);
    json_close(&o, '}');
}

void normals_print_one(struct response *resp, const struct normals_row *row)
{
    struct json_out o = json_out(&resp->body);
    json_open(&o, '{');
    json_key(&o, "normal");
    put_row(&o, row);
    json_close(&o, '}');
}

struct listing {
    struct json_out *o;
    struct arena arena; /* of one row */
    bool no_memory;
};

static void put_listed(void *arg, const struct store_answer *a)
{
    struct listing *l = arg;
    struct normals_row row;
    if (a->real) {
        return;
    }
    arena_reset(&l->arena);
    if (normals_row_copy(&row, a, &l->arena)) {
        put_row(l->o, &row);
    } else {
        l->no_memory = true;
    }
}

enum err_code normals_print_list(struct response *resp, struct store *s, struct err *e)
{
    struct json_out o = json_out(&resp->body);
    struct listing l = {.o = &o};
    arena_init(&l.arena, NORMALS_ARENA_BYTES);
    json_open(&o, '{');
    json_key(&o, "normals");
    json_open(&o, '[');
    enum err_code code = store_list_answers(
        s, INT64_MAX, STORE_ANSWERS_MAX + STORE_ANSWERS_UNDONE_MAX, put_listed, &l, e);
    json_close(&o, ']');
    json_close(&o, '}');
    arena_free(&l.arena);
    return code || !l.no_memory ? code : no_memory(e);
}

void normals_print_choices(struct json_out *o, const struct choices *all)
{
    char label[NORMALS_LABEL_BYTES], id[TEMPLATE_ID_BYTES];
    json_key(o, "choices");
    json_open(o, '[');
    for (size_t i = 0; i < all->n; i++) {
        const struct choice *c = &all->list[i];
        json_open(o, '{');
        put_text(o, "scope", answer_scope_name(c->answer.scope));
        put_text(o, "template_id",
                 c->template_id ? verdict_template_id(c->template_id, id) : STR_NONE);
        put_text(o, "template", or_none(c->answer.text));
        put_text(o, "service", c->answer.service);
        put_text(o, "value", or_none(c->answer.value));
        put_text(o, "label", (struct str){label, choice_label(c, label, sizeof label)});
        put_int(o, "records", (int64_t)c->records);
        json_close(o, '}');
    }
    json_close(o, ']');
}
