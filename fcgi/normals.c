/* normals.c - "that is normal": GET and POST /normals, DELETE /normals/{id}.
 *
 * An answer is tried on the incidents of the last days before it is given: so many it would
 * have hidden. Those of them that are still open are closed with it, and opened again when
 * it is undone. */
#include "fcgi/normals.h"

#include "fcgi/normals_print.h"
#include "fcgi/normals_trial.h"
#include "fcgi/normals_wish.h"
#include "sql/store_answers.h"
#include "sql/store_life.h"

/* --- the change --- */

struct closing {
    struct arena *arena;
    struct store_incident_life life;
    bool found, no_memory;
};

static void take_life(void *arg, const struct store_incident_row *row)
{
    struct closing *c = arg;
    c->found = true;
    c->no_memory = !incidents_life(row, c->arena, &c->life);
}

static enum err_code get_life(struct incidents *in, int64_t id, struct closing *c,
                              struct err *e)
{
    enum err_code code = store_get_incident(in->editor, id, take_life, c, e);
    return !code && c->no_memory
               ? err_set(e, ERR_NOMEM, "not enough memory for the incident")
               : code;
}

static enum err_code put_life(struct incidents *in, const struct closing *c,
                              enum incident_event event, int64_t now_us, struct str note,
                              struct err *e)
{
    struct store_incident_life life = c->life;
    struct store_history h = {life.incident_id, now_us,
                              str_of(incident_event_name(event)), note};
    life.changed_us = now_us;
    enum err_code code = store_put_life(in->editor, &life, e);
    return code ? code : store_add_history(in->editor, &h, e);
}

/* The answers that are given at once. */
struct given {
    struct normals_row rows[CHOICES_KINDS_MAX];
    size_t n;
};

/* An incident that they hide is closed, if a person has not said that it is real. */
static enum err_code close_one(struct incidents *in, int64_t id, const struct given *g,
                               struct err *e)
{
    const struct normals_row *row = &g->rows[0];
    struct closing c = {.arena = row->arena};
    enum err_code code = get_life(in, id, &c, e);
    if (code || !c.found || c.life.verdict.p) {
        return code;
    }
    for (size_t i = 0; !code && i < g->n; i++) {
        struct store_answered answered = {g->rows[i].answer.id, id,
                                          str_of(incident_status_name(c.life.status))};
        code = store_add_answered(in->editor, &answered, e);
    }
    c.life.verdict = STR("normal");
    c.life.status = INCIDENT_STATUS_RESOLVED;
    return code ? code
                : put_life(in, &c, INCIDENT_EVENT_NORMAL, row->answer.answered_us,
                           row->label, e);
}

static enum err_code write_answers(struct incidents *in, const struct normals_trial *t,
                                   struct given *g, struct err *e)
{
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && i < g->n; i++) {
        struct store_answer *a = &g->rows[i].answer;
        code = store_add_answer(in->editor, a, &a->id, e);
    }
    for (size_t i = 0; !code && i < t->hidden_n; i++) {
        code = close_one(in, t->hidden[i], g, e);
    }
    return code;
}

static enum err_code end(struct incidents *in, enum err_code code, struct err *e)
{
    if (code) {
        incidents_rollback(in);
        return code;
    }
    return incidents_commit(in, e);
}

static enum err_code declare(struct incidents *in, const struct normals_trial *t,
                             struct given *g, struct err *e)
{
    enum err_code code = incidents_begin(in, e);
    return code ? code : end(in, write_answers(in, t, g, e), e);
}

static enum err_code make_rows(const struct request *req, const struct normals_wish *w,
                               const struct normals_chosen *chosen, struct given *g,
                               struct err *e)
{
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && i < chosen->n; i++) {
        struct normals_row *row = &g->rows[g->n++];
        code = normals_row_make(row, chosen->list[i], req->arena, e);
        row->answer.incident_id = w->incident_id;
        row->answer.answered_us = req->now_us;
        row->answer.note = w->note;
    }
    return code;
}

static enum err_code post_chosen(struct incidents *in, const struct request *req,
                                 const struct normals_wish *w,
                                 const struct normals_chosen *chosen,
                                 struct response *resp, struct err *e)
{
    struct given *g = arena_zalloc(req->arena, sizeof *g);
    struct normals_trial *t = arena_zalloc(req->arena, sizeof *t);
    if (!g || !t) {
        return err_set(e, ERR_NOMEM, "not enough memory for the answer");
    }
    enum err_code code =
        normals_try(chosen, in->readers[req->worker], w->incident_id, req->now_us, t, e);
    code = code ? code : make_rows(req, w, chosen, g, e);
    if (!code && !w->preview) {
        code = declare(in, t, g, e);
        resp->status = 201;
    }
    if (!code) {
        normals_print_reply(resp, g->rows, g->n, t);
    }
    return code;
}

enum err_code normals_post(void *app, const struct request *req, struct response *resp,
                           struct err *e)
{
    struct incidents *in = app;
    struct normals_wish w;
    struct normals_chosen chosen;
    struct incident_case *c;
    struct choices *all = arena_alloc(req->arena, sizeof *all);
    if (!all) {
        return err_set(e, ERR_NOMEM, "not enough memory for the answer");
    }
    enum err_code code = request_may_change(req, e);
    code = code ? code : normals_wish_read(req, &w, e);
    code = code
               ? code
               : normals_load(in->readers[req->worker], w.incident_id, req->arena, &c, e);
    code = code ? code : incident_case_choices(c, req->arena, all, e);
    code = code ? code : normals_wish_choose(&w, all, &chosen, e);
    return code ? code : post_chosen(in, req, &w, &chosen, resp, e);
}

/* --- undo --- */

struct undoing {
    struct incidents *in;
    struct arena *arena;
    int64_t now_us;
    enum err_code code;
    struct err *e;
    struct store_answered list[NORMALS_INCIDENTS_MAX + 1];
    size_t n;
};

static void note_answered(void *arg, const struct store_answered *row)
{
    struct undoing *u = arg;
    if (u->n <= NORMALS_INCIDENTS_MAX && !u->code) {
        struct str status = arena_str(u->arena, row->status);
        u->list[u->n++] =
            (struct store_answered){row->answer_id, row->incident_id, status};
        if (!status.p) {
            u->code = err_set(u->e, ERR_NOMEM, "not enough memory to undo it");
        }
    }
}

static enum err_code open_one(struct undoing *u, const struct store_answered *row,
                              struct err *e)
{
    struct closing c = {.arena = u->arena};
    enum err_code code = get_life(u->in, row->incident_id, &c, e);
    if (code || !c.found || !str_eq(c.life.verdict, STR("normal"))) {
        return code;
    }
    c.life.verdict = STR_NONE;
    if (c.life.status == INCIDENT_STATUS_RESOLVED) {
        (void)incident_status_of(row->status, &c.life.status);
    }
    return put_life(u->in, &c, INCIDENT_EVENT_NORMAL_UNDONE, u->now_us, STR_NONE, e);
}

static enum err_code undo(struct undoing *u, int64_t id, struct err *e)
{
    enum err_code code = store_undo_answer(u->in->editor, id, u->now_us, e);
    code = code ? code : store_list_answered(u->in->editor, id, note_answered, u, e);
    code = code ? code : u->code;
    for (size_t i = 0; !code && i < u->n; i++) {
        code = open_one(u, &u->list[i], e);
    }
    return code;
}

/* What DELETE names: a normal one, undone or not. */
struct finding_one {
    struct normals_row *row;
    struct arena *arena;
    int64_t id;
    bool found, no_memory;
};

static void find_one(void *arg, const struct store_answer *a)
{
    struct finding_one *f = arg;
    if (a->id == f->id && !a->real) {
        f->found = true;
        f->no_memory = !normals_row_copy(f->row, a, f->arena);
    }
}

static enum err_code find_row(struct store *s, int64_t id, struct arena *a,
                              struct normals_row *row, struct err *e)
{
    struct finding_one f = {.row = row, .arena = a, .id = id};
    enum err_code code =
        store_list_answers(s, id < INT64_MAX ? id + 1 : id, 1, find_one, &f, e);
    if (!code && !f.found) {
        code = err_set(e, ERR_NOT_FOUND, "there is nothing declared normal as %lld",
                       (long long)id);
    }
    return !code && f.no_memory ? err_set(e, ERR_NOMEM, "not enough memory for it")
                                : code;
}

enum err_code normals_delete(void *app, const struct request *req, struct response *resp,
                             struct err *e)
{
    struct incidents *in = app;
    struct normals_row row;
    struct store *reader = in->readers[req->worker];
    struct undoing *u = arena_zalloc(req->arena, sizeof *u);
    if (!u) {
        return err_set(e, ERR_NOMEM, "not enough memory to undo it");
    }
    *u = (struct undoing){.in = in, .arena = req->arena, .now_us = req->now_us, .e = e};
    enum err_code code = request_may_delete(req, e);
    code = code ? code : find_row(reader, req->id, req->arena, &row, e);
    if (!code && row.answer.undone_us == 0) {
        code = incidents_begin(in, e);
        code = code ? code : end(in, undo(u, req->id, e), e);
        code = code ? code : find_row(reader, req->id, req->arena, &row, e);
    }
    if (!code) {
        normals_print_one(resp, &row);
    }
    return code;
}

/* --- the list, and for others --- */

enum err_code normals_get(void *app, const struct request *req, struct response *resp,
                          struct err *e)
{
    struct incidents *in = app;
    return normals_print_list(resp, in->readers[req->worker], e);
}

enum err_code normals_put_choices(struct store *reader, int64_t incident_id,
                                  struct arena *a, struct json_out *o, struct err *e)
{
    struct incident_case *c;
    struct choices *all = arena_alloc(a, sizeof *all);
    if (!all) {
        return err_set(e, ERR_NOMEM, "not enough memory for the choices");
    }
    enum err_code code = normals_load(reader, incident_id, a, &c, e);
    code = code ? code : incident_case_choices(c, a, all, e);
    if (!code) {
        normals_print_choices(o, all);
    }
    return code;
}

/* --- real --- */

enum err_code normals_add_real(struct incidents *in, int64_t incident_id, int64_t now_us,
                               struct arena *a, struct err *e)
{
    struct incident_case *c;
    struct choices *all = arena_alloc(a, sizeof *all);
    if (!all) {
        return err_set(e, ERR_NOMEM, "not enough memory for the answer");
    }
    enum err_code code = normals_load(in->editor, incident_id, a, &c, e);
    code = code ? code : incident_case_choices(c, a, all, e);
    for (size_t i = 0; !code && i < all->n; i++) {
        struct normals_row row;
        if (all->list[i].answer.scope != ANSWER_OF_KIND || !all->list[i].fresh) {
            continue;
        }
        code = normals_row_make(&row, &all->list[i], a, e);
        row.answer.real = true;
        row.answer.incident_id = incident_id;
        row.answer.answered_us = now_us;
        code = code ? code : store_add_answer(in->editor, &row.answer, &row.answer.id, e);
    }
    return code;
}

struct real_ones {
    int64_t incident_id;
    int64_t ids[CHOICES_KINDS_MAX];
    size_t n;
};

static void note_real(void *arg, const struct store_answer *a)
{
    struct real_ones *r = arg;
    if (a->real && a->incident_id == r->incident_id && r->n < CHOICES_KINDS_MAX) {
        r->ids[r->n++] = a->id;
    }
}

enum err_code normals_undo_real(struct incidents *in, int64_t incident_id, int64_t now_us,
                                struct err *e)
{
    struct real_ones real = {.incident_id = incident_id};
    enum err_code code = store_counting_answers(in->editor, note_real, &real, e);
    for (size_t i = 0; !code && i < real.n; i++) {
        code = store_undo_answer(in->editor, real.ids[i], now_us, e);
    }
    return code;
}
