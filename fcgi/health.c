/* health.c - see health.h. */
#include "fcgi/health.h"

#include "fcgi/base/counts.h"

#include <math.h>
#include <stdio.h>

/* --- looking --- */

void health_look(const struct config *c, struct store *reader, int64_t now_us,
                 struct health *h)
{
    struct readiness_facts *f = &h->facts;
    int64_t version = 0;
    *h = (struct health){0};
    program_look("ingest", &h->ingest);
    scorer_status_read(reader, c, &h->scorer);
    disk_usage_read(c, reader, now_us, &h->disk);
    f->store_read_fails =
        h->scorer.store_fails ||
        store_data_version(reader, &version, &h->scorer.store_error) != ERR_NONE;
    f->read_error = f->store_read_fails ? h->scorer.store_error.msg : NULL;
    f->store_there = version > 0;
    f->ingest_runs = h->ingest.runs;
    f->mono_us = clock_mono_us();
    f->committed_us = counts_of("ingest", COUNT_COMMITTED_US);
    f->failed_us = counts_of("ingest", COUNT_COMMIT_FAILED_US);
    f->commit_error = (enum err_code)counts_of("ingest", COUNT_COMMIT_ERROR);
    f->full_us = counts_of("ingest", COUNT_FULL_US);
    f->scorer_known = !str_eq(h->scorer.state, STR("\"unknown\""));
    f->scorer_ok = str_eq(h->scorer.state, STR("\"ok\""));
    f->model_refused = !str_eq(h->scorer.model_error, STR("null"));
    f->lag_batches = h->scorer.lag;
    f->lag_us = h->scorer.lag_since_us > 0 && now_us > h->scorer.lag_since_us
                    ? now_us - h->scorer.lag_since_us
                    : 0;
    f->disk = h->disk.room;
    readiness_decide(f, h->answers);
}

/* --- printing --- */

static void put_int(struct json_out *o, const char *key, bool known, int64_t n)
{
    json_key(o, key);
    if (known) {
        json_int(o, n);
    } else {
        json_null(o);
    }
}

static void put_raw(struct json_out *o, const char *key, struct str json)
{
    json_key(o, key);
    json_raw(o, json);
}

static void put_disk(struct json_out *o, const struct disk_usage *d)
{
    double days = disk_room_days(&d->room);
    put_int(o, "free_bytes", d->room.known, d->room.free_bytes);
    put_int(o, "total_bytes", d->room.known, d->room.total_bytes);
    put_int(o, "free_bytes_min", d->room.known, d->room.floor_bytes);
    put_int(o, "bytes_a_day", d->room.bytes_a_day > 0,
            (int64_t)fmin(d->room.bytes_a_day, 9e15));
    json_key(o, "days_until_full");
    if (days >= 0) {
        json_num(o, round(days * 10) / 10);
    } else {
        json_null(o);
    }
}

static void put_check(struct json_out *o, const struct config *c, const struct health *h,
                      enum readiness_check check)
{
    const struct scorer_status *s = &h->scorer;
    const struct readiness_answer *a = &h->answers[check];
    json_key(o, readiness_check_name(check));
    json_open(o, '{');
    json_key(o, "state");
    json_str(o, str_of(readiness_state_name(a->state)));
    json_key(o, "why");
    json_text(o, a->why[0] ? str_of(a->why) : STR_NONE);
    switch (check) {
    case READINESS_STORE:
        put_int(o, "bytes", h->disk.store_bytes >= 0, h->disk.store_bytes);
        put_int(o, "wal_bytes", h->disk.wal_bytes >= 0, h->disk.wal_bytes);
        break;
    case READINESS_MODEL:
        json_key(o, "mode");
        json_str(o, c->ml_url[0] ? STR("http") : STR("in-process"));
        put_raw(o, "version", s->version);
        put_raw(o, "since", s->since);
        put_raw(o, "last_error", s->last_error);
        put_raw(o, "model_error", s->model_error);
        break;
    case READINESS_LAG:
        put_int(o, "batches", !s->store_fails, s->lag);
        put_int(o, "seconds", !s->store_fails, h->facts.lag_us / CLOCK_SECOND_US);
        put_int(o, "unscored_batches", !s->store_fails, s->unscored);
        break;
    case READINESS_DISK:
    default:
        put_disk(o, &h->disk);
    }
    json_close(o, '}');
}

/* Which checks are looked at: a set of 1 << enum readiness_check. */
static enum err_code read_wanted(const struct request *req, unsigned *wanted,
                                 struct err *e)
{
    struct str name;
    bool found;
    *wanted = (1U << READINESS_CHECKS_N) - 1;
    enum err_code code = request_param(req, STR("check"), &name, &found, e);
    if (code || !found) {
        return code;
    }
    for (unsigned i = 0; i < READINESS_CHECKS_N; i++) {
        if (str_eq(name, str_of(readiness_check_name((enum readiness_check)i)))) {
            *wanted = 1U << i;
            return ERR_NONE;
        }
    }
    err_set(e, ERR_INVALID, "check must be store, model, lag or disk");
    return err_at(e, -1, "check");
}

static void put_names(struct json_out *o, const char *key, const struct health *h,
                      unsigned wanted, enum readiness_state state)
{
    json_key(o, key);
    json_open(o, '[');
    for (unsigned i = 0; i < READINESS_CHECKS_N; i++) {
        if ((wanted & (1U << i)) && h->answers[i].state == state) {
            json_str(o, str_of(readiness_check_name((enum readiness_check)i)));
        }
    }
    json_close(o, ']');
}

/* "not ready: store (another program has it locked), disk (...)" */
static bool describe(const struct health *h, unsigned wanted, struct err *e)
{
    char text[READINESS_CHECKS_N * (READINESS_TEXT_BYTES + 16)] = "not ready:";
    size_t n = strlen(text);
    bool ready = true;
    for (unsigned i = 0; i < READINESS_CHECKS_N; i++) {
        const struct readiness_answer *a = &h->answers[i];
        if ((wanted & (1U << i)) && a->state == READINESS_FAILING && n < sizeof text) {
            n += (size_t)snprintf(text + n, sizeof text - n, "%s %s (%s)",
                                  ready ? "" : ",",
                                  readiness_check_name((enum readiness_check)i), a->why);
            ready = false;
        }
    }
    err_set(e, ERR_DOWN, "%s", text);
    return ready;
}

enum err_code health_get_ready(const struct config *c, struct store *reader,
                               const struct request *req, struct response *resp,
                               struct err *e)
{
    struct health *h = arena_zalloc(req->arena, sizeof *h);
    struct json_out o = json_out(&resp->body);
    struct err not_ready;
    unsigned wanted;
    enum err_code code = read_wanted(req, &wanted, e);
    if (code || !h) {
        return code ? code : err_set(e, ERR_NOMEM, "not enough memory to look at all");
    }
    health_look(c, reader, req->now_us, h);
    bool ready = describe(h, wanted, &not_ready);
    if (ready) {
        json_open(&o, '{');
    } else {
        response_problem(resp, &not_ready, &o);
    }
    json_key(&o, "ready");
    json_bool(&o, ready);
    put_names(&o, "failing", h, wanted, READINESS_FAILING);
    put_names(&o, "warnings", h, wanted, READINESS_WARNING);
    for (unsigned i = 0; i < READINESS_CHECKS_N; i++) {
        if (wanted & (1U << i)) {
            put_check(&o, c, h, (enum readiness_check)i);
        }
    }
    json_close(&o, '}');
    return ERR_NONE;
}
