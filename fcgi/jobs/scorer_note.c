/* scorer_note.c - see scorer_note.h. */
#include "fcgi/jobs/scorer_note.h"

#include "fcgi/base/clock.h"

static void put_text(struct json_out *o, const char *key, const char *text)
{
    json_key(o, key);
    json_text(o, text[0] ? str_of(text) : STR_NONE);
}

bool scorer_note_print(const struct scorer_note *n, char out[static STORE_NOTE_BYTES])
{
    char when[CLOCK_TEXT_BYTES];
    struct buf text;
    buf_init(&text, STORE_NOTE_BYTES - 1);
    struct json_out o = json_out(&text);
    json_open(&o, '{');
    put_text(&o, "mode", n->mode);
    put_text(&o, "state", n->ok ? "ok" : "unavailable");
    json_key(&o, "since");
    json_text(&o, n->since_us ? clock_format(n->since_us, when) : STR_NONE);
    put_text(&o, "last_error", n->last_error);
    put_text(&o, "version", n->version);
    put_text(&o, "model_error", n->model_error);
    json_key(&o, "learned");
    if (n->learned >= 0) {
        json_int(&o, n->learned);
    } else {
        json_null(&o);
    }
    json_close(&o, '}');
    bool ok = !text.failed;
    if (ok) {
        memcpy(out, text.p, text.n);
        out[text.n] = '\0';
    }
    buf_free(&text);
    return ok;
}
