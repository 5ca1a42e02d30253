/* incident_detail.c - GET /incidents/{id}: the incident as in the list, its history, when it
 * came, and the records that it points to with those around them. */
#include "fcgi/incident_detail.h"

#include "fcgi/incident_print.h"
#include "fcgi/incident_records.h"
#include "fcgi/normals.h"

struct detail {
    struct incident_print print;
    struct incident_records records;
    struct arena *arena;
    bool found;
};

static void put_members(void *arg, const struct store_incident_row *row)
{
    struct detail *d = arg;
    struct json_value reasons;
    d->found = true;
    incident_print_members(&d->print, row);
    if (incident_print_read(&d->print, row->reasons, &reasons)) {
        incident_records_point(&d->records, reasons);
    }
}

static void put_event(void *arg, const struct store_history *h)
{
    struct json_out *o = arg;
    json_open(o, '{');
    incident_print_time(o, "at", h->at_us);
    json_key(o, "event");
    json_text(o, h->event);
    json_key(o, "note");
    json_text(o, h->note);
    json_close(o, '}');
}

static enum err_code put_history(struct json_out *o, struct store *s, int64_t id,
                                 struct err *e)
{
    json_key(o, "history");
    json_open(o, '[');
    enum err_code code = store_list_history(s, id, put_event, o, e);
    json_close(o, ']');
    return code;
}

static void put_piece(struct json_out *o, const struct occurrences *piece)
{
    char when[CLOCK_TEXT_BYTES];
    json_open(o, '{');
    json_key(o, "at");
    json_str(o, clock_format(piece->at_us, when));
    json_key(o, "count");
    json_int(o, piece->count);
    json_key(o, "severity");
    json_num(o, piece->severity);
    json_close(o, '}');
}

static enum err_code put_occurrences(struct json_out *o, struct store *s, int64_t id,
                                     struct err *e)
{
    struct occurrences list[OCCURRENCES_MAX];
    size_t n = 0;
    int64_t width_us = OCCURRENCES_LEAST_US;
    enum err_code code = store_list_occurrences(s, id, list, &n, &width_us, e);
    json_key(o, "occurrences");
    json_open(o, '[');
    for (size_t i = 0; !code && i < n; i++) {
        put_piece(o, &list[i]);
    }
    json_close(o, ']');
    json_key(o, "bucket_seconds");
    json_int(o, width_us / CLOCK_SECOND_US);
    return code;
}

static enum err_code put_all(struct detail *d, struct store *s, int64_t id, struct err *e)
{
    struct json_out *o = &d->print.out;
    json_open(o, '{');
    json_key(o, "incident");
    json_open(o, '{');
    enum err_code code = store_get_incident(s, id, put_members, d, e);
    if (!code && !d->found) {
        code = incident_detail_missing(id, e);
    }
    code = code ? code : put_history(o, s, id, e);
    code = code ? code : put_occurrences(o, s, id, e);
    code = code ? code : incident_records_look(&d->records, s, e);
    code = code ? code : incident_records_put(&d->records, s, o, e);
    code = code ? code : normals_put_choices(s, id, d->arena, o, e);
    json_close(o, '}');
    json_close(o, '}');
    return code;
}

enum err_code incident_detail_missing(int64_t id, struct err *e)
{
    return err_set(e, ERR_NOT_FOUND, "there is no incident %lld", (long long)id);
}

enum err_code incident_detail_put(struct incidents *in, const struct request *req,
                                  struct response *resp, struct err *e)
{
    struct detail *d = arena_zalloc(req->arena, sizeof *d);
    if (!d) {
        return err_set(e, ERR_NOMEM, "not enough memory for the incident");
    }
    d->arena = req->arena;
    incident_print_begin(&d->print, &resp->body, req->now_us);
    enum err_code code = put_all(d, in->readers[req->worker], req->id, e);
    incident_print_end(&d->print);
    return code;
}

enum err_code incident_detail_get(void *app, const struct request *req,
                                  struct response *resp, struct err *e)
{
    return incident_detail_put(app, req, resp, e);
}
