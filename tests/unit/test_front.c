/* test_front.c - what a record is taken apart into: its shape, its session, its attack. */
#include "scoring/front.h"
#include "tests/unit/lessons.h"

static struct front f;

#define LINE(request, status, referer, agent)                                            \
    "10.0.0.1 - - [22/Nov/2026:10:00:00 +0100] \"" request "\" " status " 17 \"" referer \
    "\" \"" agent "\""

static void read_message(const char *message)
{
    struct record r = info("web", message);
    memset(&f, 0x5a, sizeof f);
    front_read(&r, &f);
}

/* --- shapes --- */

static const struct shape {
    const char *message, *shape;
} shapes[] = {
    {LINE("GET / HTTP/1.1", "200", "-", "UA"), "GET page, status 2xx"},
    {LINE("GET /a/b.png HTTP/1.1", "304", "-", "UA"), "GET *.png, status 3xx"},
    {LINE("POST /x?a=b HTTP/1.1", "500", "-", "UA"),
     "POST page with a query, status 5xx"},
    {LINE("GET /x? HTTP/1.1", "404", "http://r/", "UA"),
     "GET page with a query, status 4xx, referred"},
    {LINE("GET /a.php?q=1 HTTP/1.1", "200", "http://r/", "UA"),
     "GET *.php with a query, status 2xx, referred"},
    {LINE("\\x16\\x03\\x01", "400", "-", "-"), "malformed request, status 4xx"},
    {LINE("-", "408", "-", "-"), "malformed request, status 4xx"},
};

START_TEST(a_line_of_an_access_log_has_a_shape)
{
    read_message(shapes[_i].message);
    ck_assert(f.is_web);
    CHECK_STR(shapes[_i].message, f.text, str_of(shapes[_i].shape));
    ck_assert_ptr_eq(f.text.p, f.shape);
    ck_assert_uint_eq(f.tokens.n, 1);
    ck_assert(!f.tokens.t[0].wild);
    for (int i = 0; i < ROWS(shapes); i++) { /* one shape, one signature */
        uint64_t signature = f.tokens.signature;
        uint32_t hash = f.tokens.t[0].hash;
        bool same = strcmp(shapes[i].shape, shapes[_i].shape) == 0;
        read_message(shapes[i].message);
        ck_assert((f.tokens.signature == signature) == same);
        ck_assert((f.tokens.t[0].hash == hash) == same);
        read_message(shapes[_i].message);
    }
}
END_TEST

START_TEST(the_longest_shape_is_whole)
{
    read_message(LINE("ABCDEFGHIJKLMNOPQRSTUVWXYZ /a.abcdefgh?x HTTP/1.1", "200",
                      "http://r/", "UA"));
    if (f.is_web && !f.web.malformed) {
        ck_assert_uint_lt(f.text.n, FRONT_SHAPE_BYTES);
        ck_assert(str_ends(f.text, STR(", referred")) ||
                  f.text.n == FRONT_SHAPE_BYTES - 1);
    }
}
END_TEST

START_TEST(any_other_message_is_its_tokens)
{
    static struct tokens want;
    const char *message = "session opened for user root (uid=0)";
    read_message(message);
    mask_tokens(str_of(message), &want);
    ck_assert(!f.is_web);
    CHECK_STR("text", f.text, str_of(message));
    ck_assert_uint_eq(f.tokens.n, want.n);
    ck_assert_uint_eq(f.tokens.signature, want.signature);
    struct front_field field;
    ck_assert_int_eq(front_attack(&f, &field), ATTACK_NONE);
}
END_TEST

/* --- fields --- */

START_TEST(the_fields_of_a_request_come_in_turn)
{
    static const struct {
        enum front_part part;
        const char *sent, *shown;
    } want[] = {
        {FRONT_VALUE, "b%20c", "a=b%20c"},
        {FRONT_NAME, "a", "a=b%20c"},
        {FRONT_VALUE, "", "d"},
        {FRONT_NAME, "d", "d"},
        {FRONT_PATH, "/i", "/i"},
        {FRONT_REQUEST, "", ""},
        {FRONT_AGENT, "UA", "UA"},
        {FRONT_REFERER, "http://x/", "http://x/"},
    };
    read_message(LINE("GET /i?a=b%20c&&d HTTP/1.1", "200", "http://x/", "UA"));
    struct front_fields it = front_fields(&f);
    struct front_field field;
    for (int i = 0; i < ROWS(want); i++) {
        ck_assert(front_next_field(&f, &it, &field));
        ck_assert_int_eq(field.part, want[i].part);
        CHECK_STR("sent", field.sent, str_of(want[i].sent));
        if (want[i].part != FRONT_VALUE || field.sent.n > 0) {
            CHECK_STR("shown", field.shown, str_of(want[i].shown));
        }
    }
    ck_assert(!front_next_field(&f, &it, &field) && !front_next_field(&f, &it, &field));
    field = (struct front_field){FRONT_VALUE, STR("b%20c+"), STR("")};
    CHECK_STR("value", front_decode(&f, &field), STR("b c "));
    field.part = FRONT_PATH;
    CHECK_STR("path", front_decode(&f, &field), STR("b c+"));
}
END_TEST

/* --- attacks --- */

static const struct attacked {
    const char *message;
    enum attack attack;
    const char *value; /* as it was sent */
} attacked[] = {
    {LINE("GET /i?id=1'%20OR%20'1'='1 HTTP/1.1", "200", "-", "UA"), ATTACK_SQL_INJECTION,
     "id=1'%20OR%20'1'='1"},
    {LINE("GET /i?a=b&q=%3Cscript%3Ealert(1)%3C/script%3E&c=d HTTP/1.1", "200", "-",
          "UA"),
     ATTACK_XSS, "q=%3Cscript%3Ealert(1)%3C/script%3E"},
    {LINE("GET /i?<script>alert(1)</script> HTTP/1.1", "200", "-", "UA"), ATTACK_XSS,
     "<script>alert(1)</script>"},
    {LINE("GET /../../etc/passwd HTTP/1.1", "400", "-", "UA"), ATTACK_TRAVERSAL,
     "/../../etc/passwd"},
    {LINE("GET / HTTP/1.1", "200", "-", "sqlmap/1.0"), ATTACK_SCANNER, "sqlmap/1.0"},
    {LINE("GET / HTTP/1.1", "200", "http://x/?q=<script>alert(1)</script>", "UA"),
     ATTACK_XSS, "http://x/?q=<script>alert(1)</script>"},
    {LINE("GET /shop?q=select+a+plan&name=O'Brien HTTP/1.1", "200", "-", "Mozilla/5.0"),
     ATTACK_NONE, ""},
    {"id=1' OR '1'='1 came by mail", ATTACK_NONE, ""},
};

START_TEST(an_attack_is_named_with_the_value_as_it_was_sent)
{
    const struct attacked *a = &attacked[_i];
    read_message(a->message);
    struct front_field field;
    enum attack found = front_attack(&f, &field);
    ck_assert_msg(found == a->attack, "%s: %s, not %s", a->message, attack_name(found),
                  attack_name(a->attack));
    if (a->attack != ATTACK_NONE) {
        CHECK_STR(a->message, field.shown, str_of(a->value));
        ck_assert(field.shown.p >= a->message &&
                  field.shown.p + field.shown.n <= a->message + strlen(a->message));
    }
}
END_TEST

/* A value longer than what is decoded of it, and one as long. */
START_TEST(a_long_value_is_looked_at_as_far_as_there_is_room)
{
    static char text[4 * FRONT_VALUE_BYTES];
    static const char attack[] = "' OR '1'='1";
    struct front_field field;
    int n =
        snprintf(text, sizeof text,
                 "10.0.0.1 - - [22/Nov/2026:10:00:00 +0100] \"GET /i?a=%0*d&id=1'%%20OR"
                 "%%20'1'='1 HTTP/1.1\" 200 17",
                 3 * FRONT_VALUE_BYTES, 7);
    struct record r = record_of(STR("web"), "INFO", (struct str){text, (size_t)n});
    front_read(&r, &f);
    ck_assert(f.is_web);
    ck_assert_int_eq(front_attack(&f, &field), ATTACK_SQL_INJECTION);
    for (int more = 0; more < 2; more++) {
        int padding = FRONT_VALUE_BYTES - (int)strlen(attack) + 8 * more;
        n = snprintf(text, sizeof text,
                     "10.0.0.1 - - [22/Nov/2026:10:00:00 +0100] \"GET /i?a=%0*d%s "
                     "HTTP/1.1\" 200 17",
                     padding, 7, attack);
        r = record_of(STR("web"), "INFO", (struct str){text, (size_t)n});
        front_read(&r, &f);
        ck_assert_int_eq(front_attack(&f, &field) == ATTACK_SQL_INJECTION, !more);
    }
}
END_TEST

/* --- sessions --- */

static const struct session {
    const char *metadata, *same_as; /* another with the same session; NULL: it has none */
} sessions[] = {
    {"", NULL},
    {"{}", NULL},
    {"null", NULL},
    {"17", NULL},
    {"\"pid\"", NULL},
    {"[{\"pid\":17}]", NULL},
    {"{\"host\":\"a\",\"port\":22}", NULL},
    {"{\"pid\":null}", NULL},
    {"{\"pid\":\"\"}", NULL},
    {"{\"pid\":{\"pid\":17}}", NULL},
    {"{\"pid\":[17]}", NULL},
    {"{\"a\":{\"pid\":17}}", NULL},
    {"{\"a\":\"\\\"pid\\\":17\"}", NULL},
    {"{\"a\":\"pid\",\"b\":\":17\"}", NULL},
    {"{\"xpid\":17,\"pidx\":18}", NULL},
    {"{\"pid\":17}", "{\"pid\":17}"},
    {" { \"pid\" : 17 } ", "{\"pid\":17}"},
    {"{\"pid\"\n:\t17\r\n,\"a\":1}", "{\"pid\":17}"},
    {"{\"pid\":\"17\"}", "{\"pid\":17}"},
    {"{\"a\":{\"pid\":1},\"pid\":17}", "{\"pid\":17}"},
    {"{\"a\":{},\"pid\":17}", "{\"pid\":17}"},
    {"{\"a\":[],\"b\":[{}],\"pid\":17}", "{\"pid\":17}"},
    {"{\"a\":[1,{\"x\":\"}\"}],\"pid\":17}", "{\"pid\":17}"},
    {"{\"a\":\"}{][\",\"pid\":17}", "{\"pid\":17}"},
    {"{\"a\":\"\\\\\",\"pid\":17}", "{\"pid\":17}"},
    {"{\"a\\\"\":1,\"pid\":17}", "{\"pid\":17}"},
    {"{\"a\":true,\"pid\":17,\"b\":null}", "{\"pid\":17}"},
    {"{\"session_id\":null,\"pid\":17}", "{\"pid\":17}"},
    {"{\"session_id\":{\"a\":1},\"pid\":17}", "{\"pid\":17}"},
    {"{\"session_id\":\"x\",\"pid\":17}", "{\"session_id\":\"x\"}"},
    {"{\"pid\":17,\"session_id\":\"x\"}", "{\"session_id\":\"x\"}"},
    {"{\"pid\":17,\"request_id\":\"r\",\"a\":2}", "{\"request_id\":\"r\"}"},
    {"{\"block_id\":\"blk_-1\",\"n\":3}", "{\"block_id\":\"blk_-1\"}"},
};

START_TEST(the_session_is_what_the_metadata_name)
{
    const struct session *s = &sessions[_i];
    uint64_t got = front_session(str_of(s->metadata));
    ck_assert_msg((got != 0) == (s->same_as != NULL), "%s", s->metadata);
    ck_assert_msg(!s->same_as || got == front_session(str_of(s->same_as)), "%s",
                  s->metadata);
}
END_TEST

START_TEST(other_values_and_names_are_other_sessions)
{
    const char *const all[] = {"{\"pid\":17}", "{\"pid\":18}", "{\"session_id\":17}",
                               "{\"request_id\":17}", "{\"request_id\":\"17 \"}"};
    for (int i = 0; i < ROWS(all); i++) {
        for (int k = 0; k < i; k++) {
            ck_assert_uint_ne(front_session(str_of(all[i])),
                              front_session(str_of(all[k])));
        }
    }
}
END_TEST

/* Cut anywhere, in memory that ends there. */
START_TEST(metadata_that_are_no_json_are_never_read_past_their_end)
{
    for (int i = 0; i < ROWS(sessions); i++) {
        struct str whole = str_of(sessions[i].metadata);
        for (size_t n = 0; n <= whole.n; n++) {
            char *copy = malloc(n + (n == 0));
            ck_assert_ptr_nonnull(copy);
            memcpy(copy, whole.p, n);
            (void)front_session((struct str){copy, n});
            free(copy);
        }
    }
}
END_TEST

START_TEST(any_bytes_are_taken_as_metadata)
{
    static const char some[] = "{}[]\":,\\ pid17\n";
    uint64_t chance = 3;
    for (int run = 0; run < 20000; run++) {
        size_t n = chance_below(&chance, 24);
        char *text = malloc(n + 1);
        ck_assert_ptr_nonnull(text);
        for (size_t i = 0; i < n; i++) {
            text[i] = some[chance_below(&chance, sizeof some - 1)];
        }
        text = realloc(text, n + (n == 0));
        ck_assert_ptr_nonnull(text);
        (void)front_session((struct str){text, n});
        free(text);
    }
}
END_TEST

START_TEST(the_record_has_its_session)
{
    struct record r = info("web", LINE("GET / HTTP/1.1", "200", "-", "UA"));
    r.metadata = STR("{\"pid\":17}");
    front_read(&r, &f);
    ck_assert_uint_eq(f.session, front_session(r.metadata));
    ck_assert_uint_ne(f.session, 0);
    r.message = STR("hello");
    front_read(&r, &f);
    ck_assert_uint_eq(f.session, front_session(r.metadata));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("front");
    unit_table(s, "shapes", a_line_of_an_access_log_has_a_shape, ROWS(shapes));
    unit_case(s, "longest", the_longest_shape_is_whole);
    unit_case(s, "text", any_other_message_is_its_tokens);
    unit_case(s, "fields", the_fields_of_a_request_come_in_turn);
    unit_table(s, "attacks", an_attack_is_named_with_the_value_as_it_was_sent,
               ROWS(attacked));
    unit_case(s, "long values", a_long_value_is_looked_at_as_far_as_there_is_room);
    unit_table(s, "sessions", the_session_is_what_the_metadata_name, ROWS(sessions));
    unit_case(s, "others", other_values_and_names_are_other_sessions);
    unit_case(s, "cut", metadata_that_are_no_json_are_never_read_past_their_end);
    unit_case(s, "bytes", any_bytes_are_taken_as_metadata);
    unit_case(s, "record", the_record_has_its_session);
    return unit_run(s);
}
