/* receipts.c - see receipts.h. */
#include "fcgi/receipts.h"

#include "fcgi/base/charset.h"

#include <sha2.h>

/* A header that came twice arrives as one, "a, b": of two keys neither is meant. */
static bool is_joined(struct str key)
{
    for (size_t i = 0; i + 1 < key.n; i++) {
        if (key.p[i] == ',' && key.p[i + 1] == ' ') {
            return true;
        }
    }
    return false;
}

static enum err_code check_key(struct str key, struct err *e)
{
    bool printable = true;
    for (size_t i = 0; i < key.n; i++) {
        printable = printable && key.p[i] >= ' ' && key.p[i] <= '~';
    }
    if (key.n == 0 || key.n > RECEIPT_KEY_BYTES_MAX || !printable) {
        return err_set(e, ERR_INVALID,
                       "Idempotency-Key must have 1 to %d printable ASCII characters",
                       RECEIPT_KEY_BYTES_MAX);
    }
    if (is_joined(key)) {
        return err_set(e, ERR_INVALID,
                       "Idempotency-Key was sent twice, or holds a comma and a space; "
                       "send one key without them");
    }
    return ERR_NONE;
}

/* All that changes what the request means: one that is sent again has the same. */
static void digest(const struct request *req, bool variant,
                   uint8_t out[static RECEIPT_DIGEST_BYTES])
{
    SHA2_CTX c;
    struct str name;
    uint8_t rest[] = {0, (uint8_t)charset_of(req->content_type, &name),
                      charset_type_is(req->content_type, STR("text/plain")), variant};
    SHA256Init(&c);
    SHA256Update(&c, (const uint8_t *)req->query.p, req->query.n);
    SHA256Update(&c, rest, sizeof rest);
    SHA256Update(&c, (const uint8_t *)req->body, req->body_n);
    SHA256Final(out, &c);
}

static enum err_code refuse_other(struct err *e)
{
    return err_set(e, ERR_REUSED,
                   "this Idempotency-Key was used for another request; a new batch needs "
                   "a new key");
}

/* What cannot be looked up now is decided by the writer. */
static void look(struct shared_reader *r, struct write_receipt *w)
{
    struct err ignored;
    pthread_mutex_lock(&r->lock);
    if (store_find_receipt(r->store, &w->row, &w->state, w->reply, &ignored)) {
        w->state = RECEIPT_NONE;
        buf_clear(w->reply);
    }
    pthread_mutex_unlock(&r->lock);
}

enum err_code receipts_ask(struct shared_reader *r, const struct request *req,
                           bool variant, struct buf *reply, struct write_receipt **out,
                           struct err *e)
{
    *out = NULL;
    if (!req->key.p) {
        return ERR_NONE;
    }
    enum err_code code = check_key(req->key, e);
    if (code) {
        return code;
    }
    struct write_receipt *w = arena_zalloc(req->arena, sizeof *w);
    if (!w) {
        return err_set(e, ERR_NOMEM, "not enough memory for the batch");
    }
    w->row = (struct store_receipt){
        .scope = req->caller, .key = req->key, .received_us = req->now_us};
    w->reply = reply;
    digest(req, variant, w->row.digest);
    look(r, w);
    *out = w;
    return w->state == RECEIPT_OTHER  ? refuse_other(e)
           : w->state == RECEIPT_SAME ? receipts_finish(w, e)
                                      : ERR_NONE;
}

enum err_code receipts_finish(const struct write_receipt *r, struct err *e)
{
    if (!r || r->state == RECEIPT_NONE) {
        return ERR_NONE;
    }
    if (r->state == RECEIPT_OTHER) {
        return refuse_other(e);
    }
    r->reply->n--; /* the object's end */
    buf_str(r->reply, STR(",\"duplicate\":true}"));
    return ERR_NONE;
}
