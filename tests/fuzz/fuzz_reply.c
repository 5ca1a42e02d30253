/* fuzz_reply.c - what the scoring service answers to POST /score. First line: status, tab,
 * Content-Type. scorer_http.c is included: its reader is reached without a server. */
#include "scoring/scorer_http.c" /* NOLINT: see above */

#include "fcgi/core/incident.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

enum { ARENA_BYTES = 16 << 20, RECORDS_N = 5, STATUS_MAX = 999 };

static void check_used(const struct verdict *v)
{
    char summary[INCIDENT_SUMMARY_BYTES], bytes[INCIDENT_KEY_BYTES];
    struct incident_key key;
    fuzz_check_verdict(v, RECORDS_N);
    if (v->reasons_n > 0) {
        fuzz_check_text(incident_summary(v, summary));
        for (size_t i = 0; incident_key(v, i, bytes, &key); i++) {
            fuzz_check_text(key.key);
            FUZZ_CHECK(key.key.n > 0 && i < VERDICT_TEMPLATES_MAX);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str left = {(const char *)data, n}, type = fuzz_line(&left);
    struct str status = str_split(&type, '\t');
    struct client_options options = {.reply_bytes_max = SCORER_REPLY_BYTES_MAX};
    struct record records[RECORDS_N] = {{.service = STR("web")}};
    struct arena a;
    struct client_reply reply;
    struct verdict v;
    struct err e;
    int64_t number = 0;
    arena_init(&a, ARENA_BYTES);
    client_reply_init(&reply, &options);
    (void)str_to_i64(status, 0, STATUS_MAX, &number);
    reply.status = (int)number;
    snprintf(reply.content_type, sizeof reply.content_type, "%.*s", STR_ARGS(type));
    buf_str(&reply.body, left);
    if (!reply.body.failed) {
        struct scorer_batch b = {records, RECORDS_N, FUZZ_NOW_US, &a};
        enum err_code code = read_reply(&b, &reply, &v, &e);
        client_reply_free(&reply); /* the verdict does not need it */
        if (code) {
            fuzz_check_err(code, &e);
            FUZZ_CHECK(code == ERR_UPSTREAM || code == ERR_TOO_LARGE);
        } else {
            FUZZ_CHECK(number == 200);
            check_used(&v);
        }
    }
    client_reply_free(&reply);
    arena_free(&a);
    return 0;
}
