/* normals_trial.c - see normals_trial.h. */
#include "fcgi/normals_trial.h"

#include "fcgi/jobs/answer_rows.h"
#include "sql/store_life.h"

#include <stdlib.h>

enum { TRIAL_ARENA_BYTES = 64 << 20 };

struct loading {
    struct incident_case *to;
    struct arena *arena;
    bool found, no_memory;
};

static void take_row(void *arg, const struct store_incident_row *row)
{
    struct loading *l = arg;
    l->found = true;
    l->no_memory = !incident_case_take(l->to, row, l->arena);
}

enum err_code normals_load(struct store *s, int64_t id, struct arena *a,
                           struct incident_case **out, struct err *e)
{
    struct loading l = {.to = arena_zalloc(a, sizeof **out), .arena = a};
    *out = l.to;
    if (!l.to) {
        return err_set(e, ERR_NOMEM, "not enough memory for the incident");
    }
    enum err_code code = store_get_incident(s, id, take_row, &l, e);
    if (!code && !l.found) {
        code = err_set(e, ERR_NOT_FOUND, "there is no incident %lld", (long long)id);
    }
    if (!code && l.no_memory) {
        code = err_set(e, ERR_NOMEM, "not enough memory for the incident");
    }
    return code ? code : incident_case_records(l.to, s, a, e);
}

struct trial {
    struct case_answers answers;
    struct answers *tried, *counting;
    struct arena arena; /* of one incident */
    struct store *reader;
    int64_t stop_us; /* monotonic */
    int64_t ids[NORMALS_INCIDENTS_MAX];
    size_t ids_n;
    struct incident_case now;
    int64_t newest_us;
    struct normals_trial *out;
};

static void note_newest(void *arg, const struct store_incident_row *row)
{
    struct trial *t = arg;
    t->newest_us = row->core.last_us;
}

static void note_id(void *arg, const struct store_incident_row *row)
{
    struct trial *t = arg;
    if (t->ids_n < NORMALS_INCIDENTS_MAX) {
        t->ids[t->ids_n++] = row->core.id;
    }
}

/* Of the last days up to the newest incident: an imported week has incidents of its own. */
static enum err_code list_incidents(struct trial *t, int64_t now_us, struct err *e)
{
    struct store_incident_query q = {.now_us = now_us,
                                     .since_us = INT64_MIN,
                                     .until_us = INT64_MAX,
                                     .before_id = INT64_MAX,
                                     .limit = 1};
    enum err_code code = store_select_incidents(t->reader, &q, note_newest, t, e);
    int64_t end_us = t->newest_us < now_us ? t->newest_us : now_us;
    q.since_us = end_us - NORMALS_DAYS * 24 * 60 * CLOCK_MINUTE_US;
    q.limit = NORMALS_INCIDENTS_MAX;
    return code ? code : store_select_incidents(t->reader, &q, note_id, t, e);
}

static enum err_code try_one(struct trial *t, int64_t id, struct err *e)
{
    struct loading l = {.to = &t->now, .arena = &t->arena};
    arena_reset(&t->arena);
    enum err_code code = store_get_incident(t->reader, id, take_row, &l, e);
    if (code || !l.found || l.no_memory) {
        return code;
    }
    code = incident_case_records(&t->now, t->reader, &t->arena, e);
    if (!code) {
        t->out->of++;
        if (incident_case_hidden(&t->now, &t->answers)) {
            t->out->hidden[t->out->hidden_n++] = id;
        }
    }
    return code;
}

/* A set of what is tried, in the order in which it is to be given. */
static enum err_code make_tried(struct trial *t, const struct normals_chosen *chosen,
                                struct err *e)
{
    struct answer *list = calloc(chosen->n + 1, sizeof *list);
    if (!list) {
        return err_set(e, ERR_NOMEM, "not enough memory to try the answer");
    }
    for (size_t i = 0; i < chosen->n; i++) {
        list[i] = chosen->list[i]->answer;
        list[i].id = (int64_t)i + 1;
    }
    enum err_code code = answers_make(list, chosen->n, &t->tried, e);
    free(list);
    return code;
}

static enum err_code try_all(struct trial *t, const struct normals_chosen *chosen,
                             int64_t own, int64_t now_us, struct err *e)
{
    enum err_code code = make_tried(t, chosen, e);
    code = code ? code : answer_rows_read(t->reader, &t->counting, e);
    code = code ? code : list_incidents(t, now_us, e);
    t->answers = (struct case_answers){chosen->list, chosen->n, t->tried, t->counting};
    code = code ? code : try_one(t, own, e);
    for (size_t i = 0; !code && i < t->ids_n && clock_mono_us() < t->stop_us; i++) {
        code = t->ids[i] != own ? try_one(t, t->ids[i], e) : ERR_NONE;
    }
    return code;
}

enum err_code normals_try(const struct normals_chosen *chosen, struct store *reader,
                          int64_t own, int64_t now_us, struct normals_trial *out,
                          struct err *e)
{
    struct trial *t = calloc(1, sizeof *t);
    if (!t) {
        return err_set(e, ERR_NOMEM, "not enough memory to try the answer");
    }
    t->reader = reader;
    t->out = out;
    t->stop_us = clock_mono_us() + NORMALS_TRIAL_MS * 1000;
    arena_init(&t->arena, TRIAL_ARENA_BYTES);
    enum err_code code = try_all(t, chosen, own, now_us, e);
    answers_free(t->tried);
    answers_free(t->counting);
    arena_free(&t->arena);
    free(t);
    return code;
}
