/* choices.c - see choices.h. The records' kinds are found as templates are, by joining what
 * is alike. */
#include "scoring/choices.h"

#include "fcgi/base/utf8.h"

#include <stdio.h>
#include <string.h>

struct heap { /* of records of one kind */
    struct kind kind;
    struct choice *choice;
    struct str values[CHOICES_VALUES_MAX];
    size_t values_n, first; /* the first of its records */
};

struct work {
    const struct choices_of *of;
    struct choices *out;
    struct front front, other;
    struct heap heap[CHOICES_KINDS_MAX];
    struct choice choice[CHOICES_KINDS_MAX];
    size_t heaps_n;
};

static bool is_example(const struct record *r)
{
    return r->message.n <= ANSWER_EXAMPLE_BYTES && r->service.n > 0;
}

/* --- kinds --- */

static struct heap *find_heap(struct work *w, struct str service)
{
    for (size_t i = 0; i < w->heaps_n; i++) {
        struct heap *g = &w->heap[i];
        if (str_eq(g->choice->answer.service, service) &&
            kind_fits(&g->kind, &w->front)) {
            return g;
        }
    }
    return NULL;
}

static struct heap *new_heap(struct work *w, struct str service)
{
    struct heap *g = &w->heap[w->heaps_n];
    *g = (struct heap){.choice = &w->choice[w->heaps_n]};
    *g->choice = (struct choice){.answer = {.scope = ANSWER_OF_KIND, .service = service}};
    w->heaps_n++;
    return g;
}

static void add_example(struct choice *c, struct str message)
{
    struct answer *a = &c->answer;
    if (a->examples_n < ANSWER_EXAMPLES_MAX) {
        a->examples[a->examples_n++] = message;
    }
}

static void add_record(struct work *w, size_t i)
{
    const struct choices_record *one = &w->of->records[i];
    if (!is_example(&one->r)) {
        return;
    }
    front_read(&one->r, &w->front);
    struct heap *g = find_heap(w, one->r.service);
    if (!g && w->heaps_n == CHOICES_KINDS_MAX) {
        return;
    }
    if (!g) {
        g = new_heap(w, one->r.service);
        g->first = i;
        kind_of(&w->front, &g->kind);
        g->choice->template_id = kind_id(one->r.service, &w->front.tokens);
        add_example(g->choice, one->r.message);
    } else if (g->choice->answer.examples_n < ANSWER_EXAMPLES_MAX &&
               kind_join(&g->kind, &w->front)) {
        add_example(g->choice, one->r.message);
    }
    g->choice->fresh = g->choice->fresh || one->fresh;
    g->choice->records++;
}

/* --- what a reason names and no record shows: what stays away, say --- */

static bool is_shown(struct work *w, const struct kind *k)
{
    for (size_t i = 0; i < w->heaps_n; i++) {
        if (w->heap[i].choice->answer.examples_n > 0) {
            front_read(&w->of->records[w->heap[i].first].r, &w->other);
            if (kind_fits(k, &w->other)) {
                return true;
            }
        }
    }
    return false;
}

static void add_named(struct work *w, const struct choices_reason *r)
{
    struct kind k;
    if (r->text.n == 0 || w->of->service.n == 0 || w->heaps_n == CHOICES_KINDS_MAX ||
        !kind_of_text(r->text, &k) || is_shown(w, &k)) {
        return;
    }
    struct heap *g = new_heap(w, w->of->service);
    g->kind = k;
    g->choice->template_id = r->template_id;
    g->choice->answer.text = r->text;
}

/* --- values --- */

/* Have all records of the heap's kind the value? */
static bool is_shared(struct work *w, const struct heap *g, struct str value)
{
    for (size_t i = g->first; i < w->of->n; i++) {
        const struct record *r = &w->of->records[i].r;
        if (!is_example(r) || !str_eq(r->service, g->choice->answer.service)) {
            continue;
        }
        front_read(r, &w->other);
        if (kind_fits(&g->kind, &w->other) && !kind_has_value(&w->other, value)) {
            return false;
        }
    }
    return true;
}

static void add_value(struct work *w, struct heap *g, struct str value)
{
    bool ok =
        value.n > 0 && value.n <= ANSWER_VALUE_BYTES && g->values_n < CHOICES_VALUES_MAX;
    for (size_t i = 0; ok && i < g->values_n; i++) {
        ok = !str_eq(g->values[i], value);
    }
    if (ok && is_shared(w, g, value)) {
        g->values[g->values_n++] = value;
    }
}

/* Something with a letter, or an address: a number alone is nobody's name. */
static bool is_telling(struct str s)
{
    bool letter = false, digits = s.n > 0;
    size_t dots = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        letter = letter || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80);
        digits = digits && c >= '0' && c <= '9';
        dots += c == '.' || c == ':';
    }
    return letter || (!digits && dots >= 3);
}

static void add_tokens(struct work *w, struct heap *g)
{
    for (size_t i = 0; i < w->front.tokens.n; i++) {
        const struct token *t = &w->front.tokens.t[i];
        struct str value = {w->front.text.p + t->at, t->n};
        bool variable = g->kind.varies[i] || mask_kind(t->hash) != MASK_WORD;
        if (variable && is_telling(value)) {
            add_value(w, g, value);
        }
    }
}

static void add_fields(struct work *w, struct heap *g)
{
    struct front_fields it = front_fields(&w->front);
    struct front_field f;
    while (front_next_field(&w->front, &it, &f)) {
        if (f.part == FRONT_PATH || f.part == FRONT_AGENT || f.part == FRONT_VALUE) {
            add_value(w, g, f.shown);
        }
    }
}

static void add_values(struct work *w, struct heap *g)
{
    if (g->choice->answer.examples_n == 0) {
        return;
    }
    front_read(&w->of->records[g->first].r, &w->front);
    for (size_t i = 0; i < w->of->reasons_n; i++) { /* what was odd comes first */
        add_value(w, g, w->of->reasons[i].value);
    }
    if (w->front.is_web) {
        add_fields(w, g);
    } else {
        add_tokens(w, g);
    }
}

/* --- together --- */

static enum err_code set_text(struct work *w, struct heap *g, struct arena *a,
                              struct err *e)
{
    char text[TEMPLATE_TEXT_BYTES];
    if (g->choice->answer.examples_n == 0) {
        return ERR_NONE;
    }
    front_read(&w->of->records[g->first].r, &w->front);
    size_t n = kind_text(&g->kind, &w->front, text);
    g->choice->answer.text = arena_str(a, (struct str){text, n});
    return g->choice->answer.text.p
               ? ERR_NONE
               : err_set(e, ERR_NOMEM, "not enough memory for the choices");
}

static void put_heap(struct work *w, const struct heap *g)
{
    struct choices *out = w->out;
    out->list[out->n++] = *g->choice;
    for (size_t i = 0; i < g->values_n; i++) {
        struct choice *c = &out->list[out->n++];
        *c = *g->choice;
        c->answer.scope = ANSWER_OF_VALUE;
        c->answer.value = g->values[i];
    }
}

static void put_service(struct work *w, struct str service, size_t *services_n)
{
    struct choices *out = w->out;
    bool ok = service.n > 0 && *services_n < CHOICES_SERVICES_MAX;
    for (size_t i = 0; ok && i < *services_n; i++) {
        ok = !str_eq(out->list[out->n - 1 - i].answer.service, service);
    }
    if (!ok) {
        return;
    }
    out->list[out->n++] =
        (struct choice){.answer = {.scope = ANSWER_OF_SERVICE, .service = service}};
    ++*services_n;
}

enum err_code choices_make(const struct choices_of *of, struct arena *a,
                           struct choices *out, struct err *e)
{
    struct work *w = arena_zalloc(a, sizeof *w);
    if (!w) {
        return err_set(e, ERR_NOMEM, "not enough memory for the choices");
    }
    enum err_code code = ERR_NONE;
    size_t services_n = 0;
    out->n = 0;
    w->of = of;
    w->out = out;
    for (size_t i = 0; i < of->n; i++) {
        add_record(w, i);
    }
    for (size_t i = 0; i < of->reasons_n; i++) {
        add_named(w, &of->reasons[i]);
    }
    for (size_t i = 0; !code && i < w->heaps_n; i++) {
        add_values(w, &w->heap[i]);
        code = set_text(w, &w->heap[i], a, e);
        put_heap(w, &w->heap[i]);
    }
    put_service(w, of->service, &services_n);
    for (size_t i = 0; i < of->n; i++) {
        put_service(w, of->records[i].r.service, &services_n);
    }
    return code;
}

size_t choice_label(const struct choice *c, char *out, size_t size)
{
    const struct answer *a = &c->answer;
    int n;
    if (a->scope == ANSWER_OF_SERVICE) {
        n = snprintf(out, size, "everything from %.*s", STR_ARGS(a->service));
    } else {
        bool value = a->scope == ANSWER_OF_VALUE;
        n = snprintf(out, size, "messages like \"%.*s\" in %.*s%s%.*s%s",
                     STR_ARGS(a->text), STR_ARGS(a->service), value ? " with \"" : "",
                     STR_ARGS(a->value), value ? "\"" : "");
    }
    size_t written = n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
    return utf8_valid_prefix((struct str){out, written});
}
