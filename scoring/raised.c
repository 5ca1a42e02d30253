/* raised.c - see raised.h. The same steps as in sql/writer.c. */
#include "scoring/raised.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 16 };

struct found {
    struct incident_key key; /* that led to the incident, or the main one */
    struct raised_incident *incident;
};

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NOMEM, "not enough memory for the incidents");
}

/* The array with room for one more; NULL without memory, and it is as it was. */
static void *grown(void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) {
        return array;
    }
    size_t more = *cap ? 2 * *cap : FIRST_CAP;
    void *p = realloc(array, more * size);
    *cap = p ? more : *cap;
    return p;
}

static bool is_near(const struct raised_key *k, const struct incident *i,
                    int64_t reach_us, int64_t at_us)
{
    int64_t first = k->own ? i->first_us : k->first_us;
    int64_t last = k->own ? i->last_us : k->last_us;
    return last >= at_us - reach_us && first <= at_us + reach_us;
}

/* The one with the key that is near in time and was heard of last. */
static struct raised_incident *find_by(struct raised *r, const struct incident_key *key,
                                       int64_t at_us)
{
    struct raised_incident *best = NULL;
    uint64_t hash = str_hash(key->key);
    int64_t best_us = 0;
    for (size_t k = r->keys_n; k-- > 0;) {
        const struct raised_key *x = &r->key[k];
        struct raised_incident *i = &r->incident[x->incident_id - 1];
        int64_t last = x->own ? i->core.last_us : x->last_us;
        if (x->hash == hash && is_near(x, &i->core, key->reach_us, at_us) &&
            (!best || last > best_us)) {
            best = i;
            best_us = last;
        }
    }
    return best;
}

static struct found find(struct raised *r, const struct occurrence *o,
                         char bytes[static INCIDENT_KEY_BYTES])
{
    struct found f = {.incident = NULL};
    for (size_t i = 0; !f.incident; i++) {
        if (!incident_key(o->verdict, i, bytes, &f.key)) {
            break; /* the last one is the main one */
        }
        f.incident = find_by(r, &f.key, o->at_us);
    }
    return f;
}

static enum err_code add_key(struct raised *r, int64_t incident_id, struct str key,
                             const struct occurrence *o, bool own, struct err *e)
{
    uint64_t hash = str_hash(key);
    for (size_t k = 0; k < r->keys_n; k++) {
        struct raised_key *x = &r->key[k];
        if (x->incident_id == incident_id && x->hash == hash) {
            x->first_us = o->at_us < x->first_us ? o->at_us : x->first_us;
            x->last_us = o->at_us > x->last_us ? o->at_us : x->last_us;
            return ERR_NONE;
        }
    }
    struct raised_key *keys = grown(r->key, r->keys_n, &r->keys_cap, sizeof *keys);
    if (!keys) {
        return no_memory(e);
    }
    r->key = keys;
    r->key[r->keys_n++] = (struct raised_key){hash, incident_id, own, o->at_us, o->at_us};
    return ERR_NONE;
}

static enum err_code open_incident(struct raised *r, struct found *f,
                                   const struct occurrence *o, struct err *e)
{
    if (r->n == RAISED_MAX) {
        return err_set(e, ERR_TOO_LARGE,
                       "more than %d incidents: this model fits nothing here",
                       RAISED_MAX);
    }
    struct raised_incident *all = grown(r->incident, r->n, &r->cap, sizeof *all);
    if (!all) {
        return no_memory(e);
    }
    r->incident = all;
    f->incident = &r->incident[r->n++];
    *f->incident = (struct raised_incident){0};
    return add_key(r, (int64_t)r->n, f->key.key, o, true, e);
}

static enum err_code describe(struct raised_incident *i, const struct verdict *v,
                              struct err *e)
{
    free(i->service);
    free(i->sentence);
    i->service = strndup(v->service.p ? v->service.p : "", v->service.n);
    i->sentence = strdup(v->reasons[0].text);
    return i->service && i->sentence ? ERR_NONE : no_memory(e);
}

/* The new templates' keys; and the main key, if another one led to the incident. */
static enum err_code add_keys(struct raised *r, const struct found *f,
                              const struct occurrence *o, struct err *e)
{
    char bytes[INCIDENT_KEY_BYTES];
    struct incident_key key;
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && incident_key(o->verdict, i, bytes, &key); i++) {
        if (!key.template_id && !f->key.template_id) {
            break;
        }
        code = add_key(r, f->incident->core.id, key.key, o, false, e);
    }
    return code;
}

enum err_code raised_add(struct raised *r, double threshold, const struct occurrence *o,
                         struct err *e)
{
    char bytes[INCIDENT_KEY_BYTES];
    enum err_code code = ERR_NONE;
    if (!(o->verdict->score > threshold)) {
        return ERR_NONE;
    }
    struct found f = find(r, o, bytes);
    struct incident_change change = incident_decide(
        threshold, f.incident ? &f.incident->core : NULL, f.key.reach_us, o);
    if (change.act == INCIDENT_OPEN) {
        code = open_incident(r, &f, o, e);
        change.next.id = (int64_t)r->n;
    }
    if (code) {
        return code;
    }
    f.incident->core = change.next;
    code = change.worse ? describe(f.incident, o->verdict, e) : ERR_NONE;
    return code ? code : add_keys(r, &f, o, e);
}

void raised_free(struct raised *r)
{
    for (size_t i = 0; i < r->n; i++) {
        free(r->incident[i].service);
        free(r->incident[i].sentence);
    }
    free(r->incident);
    free(r->key);
    *r = (struct raised){0};
}
