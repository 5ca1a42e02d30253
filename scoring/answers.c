/* answers.c - see answers.h. The answers of a service are a chain, the youngest first: most
 * services have none, and that is found with one look. */
#include "scoring/answers.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 2048 };

struct rule {
    bool real, none; /* none: it fits nothing */
    enum answer_scope scope;
    struct str service, value; /* behind the rules */
    int next;                  /* of the same bucket, older; -1: none */
    struct kind kind;
};

struct answers {
    int bucket[BUCKETS]; /* the youngest of it; -1: none */
    size_t n;
    struct rule *rules;
    char *texts;
};

static const char *const scope_names[] = {[ANSWER_OF_KIND] = "template",
                                          [ANSWER_OF_SERVICE] = "service",
                                          [ANSWER_OF_VALUE] = "value"};
enum { SCOPES_N = sizeof scope_names / sizeof scope_names[0] };

struct str answer_scope_name(enum answer_scope scope)
{
    return str_of(scope_names[scope]);
}

bool answer_scope_find(struct str name, enum answer_scope *out)
{
    int i = 0;
    while (i < SCOPES_N && !str_eq(name, str_of(scope_names[i]))) {
        i++;
    }
    *out = i < SCOPES_N ? (enum answer_scope)i : ANSWER_OF_KIND;
    return i < SCOPES_N;
}

static void read_message(struct str message, struct front *f)
{
    struct record r = {.message = message, .metadata = STR("{}")};
    front_read(&r, f);
}

bool answer_kind(const struct answer *a, struct kind *out)
{
    struct front f;
    if (a->examples_n == 0) {
        return kind_of_text(a->text, out);
    }
    for (size_t i = 0; i < a->examples_n; i++) {
        if (a->examples[i].n > ANSWER_EXAMPLE_BYTES) {
            return false;
        }
        read_message(a->examples[i], &f);
        if (i == 0) {
            kind_of(&f, out);
        } else {
            (void)kind_join(out, &f);
        }
    }
    return true;
}

static struct str keep(char **to, struct str s)
{
    if (s.n > 0) {
        memcpy(*to, s.p, s.n);
    }
    struct str kept = {*to, s.n};
    *to += s.n;
    return kept;
}

static void fill(struct answers *out, const struct answer *list, size_t n)
{
    char *text = out->texts;
    for (size_t i = 0; i < n; i++) {
        struct rule *r = &out->rules[i];
        int *bucket = &out->bucket[str_hash(list[i].service) % BUCKETS];
        *r = (struct rule){.real = list[i].real, .scope = list[i].scope, .next = *bucket};
        r->service = keep(&text, list[i].service);
        r->value = keep(&text, list[i].value);
        r->none = r->scope != ANSWER_OF_SERVICE && !answer_kind(&list[i], &r->kind);
        *bucket = (int)i;
    }
    out->n = n;
}

enum err_code answers_make(const struct answer *list, size_t n, struct answers **out,
                           struct err *e)
{
    size_t bytes = 1;
    if (n > ANSWERS_MAX) {
        return err_set(e, ERR_TOO_LARGE, "%zu answers are more than %d", n, ANSWERS_MAX);
    }
    for (size_t i = 0; i < n; i++) {
        bytes += list[i].service.n + list[i].value.n;
    }
    struct answers *a = calloc(1, sizeof *a);
    if (a) {
        a->rules = calloc(n + 1, sizeof *a->rules);
        a->texts = malloc(bytes);
    }
    if (!a || !a->rules || !a->texts) {
        answers_free(a);
        return err_set(e, ERR_NOMEM, "not enough memory for the answers");
    }
    for (int i = 0; i < BUCKETS; i++) {
        a->bucket[i] = -1;
    }
    fill(a, list, n);
    *out = a;
    return ERR_NONE;
}

void answers_free(struct answers *a)
{
    if (a) {
        free(a->rules);
        free(a->texts);
        free(a);
    }
}

static bool fits(const struct rule *rule, const struct front *f)
{
    return !rule->none &&
           (rule->scope == ANSWER_OF_SERVICE ||
            (kind_fits(&rule->kind, f) &&
             (rule->scope == ANSWER_OF_KIND || kind_has_value(f, rule->value))));
}

static enum record_answer answer_to(const struct answers *a, int rule,
                                    const struct record *r)
{
    struct front f;
    bool is_read = false;
    for (; rule >= 0; rule = a->rules[rule].next) {
        const struct rule *one = &a->rules[rule];
        if (!str_eq(one->service, r->service)) {
            continue;
        }
        if (!is_read && one->scope != ANSWER_OF_SERVICE) {
            front_read(r, &f);
            is_read = true;
        }
        if (fits(one, &f)) {
            return one->real                      ? ANSWER_REAL
                   : one->scope == ANSWER_OF_KIND ? ANSWER_NORMAL
                                                  : ANSWER_NORMAL_CASE;
        }
    }
    return ANSWER_NONE;
}

void answers_mark(const struct answers *a, struct record *records, size_t n)
{
    struct str last = STR_NONE; /* services come in runs */
    int bucket = -1;
    for (size_t i = 0; i < n; i++) {
        struct record *r = &records[i];
        r->answer = ANSWER_NONE;
        if (!a || a->n == 0) {
            continue;
        }
        if (!last.p || !str_eq(last, r->service)) {
            last = r->service;
            bucket = a->bucket[str_hash(last) % BUCKETS];
        }
        r->answer = bucket >= 0 ? answer_to(a, bucket, r) : ANSWER_NONE;
    }
}
