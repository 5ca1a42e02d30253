/* rejected.c - GET /rejected: records that were left out of batches which were stored
 * otherwise (Prefer: handling=lenient), the newest first, in pages. */
#include "fcgi/incident_print.h"
#include "fcgi/incidents.h"
#include "sql/store_rejected.h"

/* A page that has grown to PAGE_BYTES ends early, with a cursor. */
enum { LIMIT_MAX = 1000, LIMIT_DEFAULT = 100, PAGE_BYTES = 8 << 20 };

/* A list while it is printed. */
struct listing {
    struct json_out out;
    int64_t limit, printed, last_id;
    bool more;
};

static void put_row(void *arg, const struct store_rejected_row *r)
{
    struct listing *l = arg;
    struct json_out *o = &l->out;
    if (l->printed == l->limit || o->b->n > PAGE_BYTES || l->more) {
        l->more = true;
        return;
    }
    json_open(o, '{');
    json_key(o, "id");
    json_int(o, r->id);
    incident_print_time(o, "received_at", r->received_us);
    json_key(o, "index");
    json_int(o, r->place);
    json_key(o, "field");
    json_text(o, r->field);
    json_key(o, "error");
    json_str(o, r->reason);
    json_key(o, "bytes");
    json_int(o, r->bytes);
    json_key(o, "record");
    json_str(o, r->text);
    json_close(o, '}');
    l->printed++;
    l->last_id = r->id;
}

static void put_next(struct listing *l, struct response *resp)
{
    incident_print_next(&l->out, l->more ? l->last_id : 0);
    if (l->more) {
        snprintf(resp->link, sizeof resp->link, "<?limit=%lld&cursor=%lld>; rel=\"next\"",
                 (long long)l->limit, (long long)l->last_id);
    }
}

enum err_code rejected_get(void *app, const struct request *req, struct response *resp,
                           struct err *e)
{
    struct incidents *in = app;
    struct listing l = {.out = json_out(&resp->body)};
    int64_t before_id;
    enum err_code code =
        incidents_number(req, STR("limit"), LIMIT_MAX, LIMIT_DEFAULT, &l.limit, e);
    if (code || (code = incidents_number(req, STR("cursor"), INT64_MAX, INT64_MAX,
                                         &before_id, e))) {
        return code;
    }
    json_open(&l.out, '{');
    json_key(&l.out, "rejected");
    json_open(&l.out, '[');
    code = store_list_rejected(in->readers[req->worker], before_id, (size_t)l.limit + 1,
                               put_row, &l, e);
    json_close(&l.out, ']');
    put_next(&l, resp);
    json_close(&l.out, '}');
    return code;
}
