/* scorer_status.c - see scorer_status.h. */
#include "fcgi/scorer_status.h"

#include "fcgi/jobs/outgoing.h"
#include "fcgi/jobs/scorer_note.h"
#include "sql/store_keep.h"

enum { STATUS_DEPTH_MAX = 2 };

static struct str member(struct json_value object, const char *name)
{
    struct json_value v;
    bool ok =
        json_member(object, name, &v) && (v.type == JSON_STRING || v.type == JSON_NULL);
    return ok ? v.text : STR("null");
}

/* mode: as a JSON text, of the scorer that is configured; the note may be of another. */
static void read_note(struct scorer_status *s, struct str mode)
{
    struct json_value object = {0};
    struct err ignored;
    struct json_in in = {s->note, strlen(s->note), 0, STATUS_DEPTH_MAX, 0};
    bool ok = in.n > 0 && !json_read(&in, &object, &ignored) && json_at_end(&in) &&
              object.type == JSON_OBJECT && str_eq(member(object, "mode"), mode);
    s->learned = -1;
    if (!ok) { /* nothing heard of it yet */
        s->state = STR("\"unknown\"");
        s->since = s->last_error = s->version = s->model_error = STR("null");
        return;
    }
    s->state = member(object, "state");
    s->since = member(object, "since");
    s->last_error = member(object, "last_error");
    s->version = member(object, "version");
    s->model_error = member(object, "model_error");
    if (!json_member_i64(object, "learned", 0, INT64_MAX, &s->learned)) {
        s->learned = -1;
    }
}

/* Batches that the service has not heard of, from the note that says how far it is. */
static int64_t lag_of(char learned[static STORE_NOTE_BYTES], int64_t last)
{
    struct str left = str_of(learned);
    int64_t next;
    str_split(&left, ' ');
    str_split(&left, ' ');
    bool ok = str_to_i64(str_split(&left, ' '), 0, INT64_MAX, &next);
    return ok && last >= next ? last - next + 1 : 0;
}

/* When the first batch that is not learned came. */
static int64_t waits_since(struct store *reader, int64_t from_id)
{
    struct store_batch_row row;
    struct err ignored;
    bool found;
    return !store_next_batch(reader, from_id, &row, &found, &ignored) && found
               ? row.received_us
               : 0;
}

void scorer_status_read(struct store *reader, const struct config *c,
                        struct scorer_status *s)
{
    char learned[STORE_NOTE_BYTES];
    bool http = c->ml_url[0] != '\0';
    int64_t last;
    struct store_usage usage;
    *s = (struct scorer_status){0};
    struct err *e = &s->store_error;
    s->store_fails =
        store_get_usage(reader, &usage, e) || /* looks into all large tables */
        store_get_note(reader, NOTE_SCORER, s->note, e) ||
        store_get_note(reader, NOTE_LEARNED, learned, e) ||
        store_last_batch(reader, &last, e) ||
        store_count_unscored(reader, SCORER_STATUS_UNSCORED_MAX, &s->unscored, e);
    read_note(s, http ? STR("\"http\"") : STR("\"in-process\""));
    if (s->store_fails) {
        return;
    }
    if (http) {
        s->lag = lag_of(learned, last);
    } else if (s->learned >= 0 && last >= s->learned) {
        s->lag = last - s->learned + 1;
    }
    s->lag_since_us = s->lag > 0 ? waits_since(reader, last - s->lag + 1) : 0;
}
