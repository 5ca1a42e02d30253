/* test_weblog.c - access logs' lines taken apart, and their %-encoding undone. */
#include "scoring/weblog.h"

#include "tests/unit/unit.h"

#define TIME "[22/Nov/2026:10:00:00 +0100]"

static const struct {
    const char *line;
    struct weblog want; /* request is not compared */
} lines[] = {
    {"10.0.0.1 - bob " TIME
     " \"GET /a/b.PNG?x=1&y HTTP/1.1\" 200 17 \"http://r/\" \"UA/1\"",
     {.client = LIT("10.0.0.1"),
      .user = LIT("bob"),
      .method = LIT("GET"),
      .path = LIT("/a/b.PNG"),
      .query = LIT("x=1&y"),
      .protocol = LIT("HTTP/1.1"),
      .extension = LIT("PNG"),
      .status = 200,
      .bytes = 17,
      .referer = LIT("http://r/"),
      .agent = LIT("UA/1")}},
    {"::1 - - " TIME " \"POST / HTTP/2.0\" 304 -", /* common, nothing sent */
     {.client = LIT("::1"),
      .method = LIT("POST"),
      .path = LIT("/"),
      .protocol = LIT("HTTP/2.0"),
      .status = 304,
      .bytes = -1}},
    {"example.org:443 10.0.0.1 - - " TIME
     " \"GET /x? HTTP/1.1\" 404 0 \"-\" \"-\"", /* Debian */
     {.host = LIT("example.org:443"),
      .client = LIT("10.0.0.1"),
      .method = LIT("GET"),
      .path = LIT("/x"),
      .query = {"", 0},
      .protocol = LIT("HTTP/1.1"),
      .status = 404,
      .bytes = 0}},
    {"10.0.0.1 example.org - " TIME
     " \"GET /x HTTP/1.1\" 200 5 \"-\" \"UA\"", /* lighttpd */
     {.host = LIT("example.org"),
      .client = LIT("10.0.0.1"),
      .method = LIT("GET"),
      .path = LIT("/x"),
      .protocol = LIT("HTTP/1.1"),
      .status = 200,
      .bytes = 5,
      .agent = LIT("UA")}},
    {"10.0.0.1 - - " TIME " \"GET /x HTTP/1.1\" 200 5 0.003 \"-\" \"UA\" \"10.9.9.9\"",
     {.client = LIT("10.0.0.1"), /* a time taken, and who was forwarded for: nginx */
      .method = LIT("GET"),
      .path = LIT("/x"),
      .protocol = LIT("HTTP/1.1"),
      .status = 200,
      .bytes = 5,
      .agent = LIT("UA")}},
    {"10.0.0.1 - - " TIME " \"GET /a\\\"b HTTP/1.1\" 200 5 \"-\" \"say \\\"hi\\\\\" x",
     {.client = LIT("10.0.0.1"),
      .method = LIT("GET"),
      .path = LIT("/a\\\"b"),
      .protocol = LIT("HTTP/1.1"),
      .status = 200,
      .bytes = 5,
      .agent = LIT("say \\\"hi\\\\")}},
    {"10.0.0.1 - - " TIME " \"GET /a b c.php HTTP/1.1\" 400 5 \"-\" \"cut",
     {.client = LIT("10.0.0.1"),
      .method = LIT("GET"),
      .path = LIT("/a b c.php"),
      .extension = LIT("php"),
      .protocol = LIT("HTTP/1.1"),
      .status = 400,
      .bytes = 5,
      .agent = LIT("cut")}},
    {"10.0.0.1 - - " TIME " \"GET /old\" 200 5", /* HTTP/0.9 */
     {.client = LIT("10.0.0.1"),
      .method = LIT("GET"),
      .path = LIT("/old"),
      .status = 200,
      .bytes = 5}},
    {"10.0.0.1 - - " TIME " \"CONNECT h.example:443 HTTP/1.1\" 405 5",
     {.client = LIT("10.0.0.1"),
      .method = LIT("CONNECT"),
      .path = LIT("h.example:443"),
      .protocol = LIT("HTTP/1.1"),
      .status = 405,
      .bytes = 5}},
    {"10.0.0.1 - - " TIME " \"GET http://h.example/a.css HTTP/1.1\" 200 5",
     {.client = LIT("10.0.0.1"),
      .method = LIT("GET"),
      .path = LIT("http://h.example/a.css"),
      .extension = LIT("css"),
      .protocol = LIT("HTTP/1.1"),
      .status = 200,
      .bytes = 5}},
    {"10.0.0.1 - - " TIME " \"\\x16\\x03\\x01\" 400 226 \"-\" \"-\"",
     {.client = LIT("10.0.0.1"), .malformed = true, .status = 400, .bytes = 226}},
    {"10.0.0.1 - - " TIME " \"-\" 408 - \"-\" \"-\"",
     {.client = LIT("10.0.0.1"), .malformed = true, .status = 408, .bytes = -1}},
    {"10.0.0.1 - - " TIME " \"\" 400 0 \"-\" \"-\"", /* nginx */
     {.client = LIT("10.0.0.1"), .malformed = true, .status = 400, .bytes = 0}},
    {"10.0.0.1 - - " TIME " \"hello world\" 400 0",
     {.client = LIT("10.0.0.1"), .malformed = true, .status = 400, .bytes = 0}},
    {"10.0.0.1 - - " TIME " \"GET  HTTP/1.1\" 400 0",
     {.client = LIT("10.0.0.1"), .malformed = true, .status = 400, .bytes = 0}},
};

START_TEST(takes_a_line_apart)
{
    const char *line = lines[_i].line;
    const struct weblog *want = &lines[_i].want;
    struct weblog w;
    memset(&w, 0xff, sizeof w);
    ck_assert_msg(weblog_parse(str_of(line), &w), "refused: %s", line);
    CHECK_STR("host", w.host, want->host);
    CHECK_STR("client", w.client, want->client);
    CHECK_STR("user", w.user, want->user);
    CHECK_STR("method", w.method, want->method);
    CHECK_STR("path", w.path, want->path);
    CHECK_STR("query", w.query, want->query);
    ck_assert_msg((w.query.p != NULL) == (want->query.p != NULL), "query: %s", line);
    CHECK_STR("protocol", w.protocol, want->protocol);
    CHECK_STR("extension", w.extension, want->extension);
    CHECK_STR("referer", w.referer, want->referer);
    CHECK_STR("agent", w.agent, want->agent);
    ck_assert_int_eq(w.malformed, want->malformed);
    ck_assert_int_eq(w.status, want->status);
    ck_assert_int_eq(w.bytes, want->bytes);
}
END_TEST

static const char *const others[] = {
    "",
    "[",
    "Accepted password for root from 10.0.0.1 port 4711 ssh2",
    "[Sun Nov 22 10:00:00 2026] [error] [client 10.0.0.1] x",
    TIME,
    "a b c " TIME,
    "a b c " TIME " \"GET / HTTP/1.1\"",
    "a b c " TIME " \"GET / HTTP/1.1\" ",
    "a b c " TIME " \"GET / HTTP/1.1\" 20",
    "a b c " TIME " \"GET / HTTP/1.1\" 2000",
    "a b c " TIME " \"GET / HTTP/1.1 200 5",
    "a b " TIME " \"GET / HTTP/1.1\" 200 5",
    "a b c [22/Nov/2026] \"GET / HTTP/1.1\" 200 5",
    "a b c [22/Nov/2026:10:00:00 \"GET / HTTP/1.1\" 200 5",
    "a b c [22-11-2026:10:00:00] \"GET / HTTP/1.1\" 200 5",
};

START_TEST(refuses_what_is_no_line_of_an_access_log)
{
    struct weblog w;
    ck_assert_msg(!weblog_parse(str_of(others[_i]), &w), "taken: %s", others[_i]);
}
END_TEST

START_TEST(looks_no_further_than_the_line_reaches)
{
    struct str line = str_of(lines[0].line);
    for (size_t n = 0; n < line.n; n++) {
        char *p = malloc(n + 1); /* ends where the line ends, for AddressSanitizer */
        ck_assert_ptr_nonnull(p);
        struct weblog w;
        memcpy(p + 1, line.p, n);
        weblog_parse((struct str){p + 1, n}, &w);
        free(p);
    }
}
END_TEST

static const struct {
    const char *target;
    struct str extension;
} extensions[] = {
    {"/a.b/c", LIT("")},           {"/.htaccess", LIT("")},
    {"/a.tar.gz", LIT("gz")},      {"/a.", LIT("")},
    {"/a.jsp;id=1.x", LIT("jsp")}, {"/a.12345678", LIT("12345678")},
    {"/a.123456789", LIT("")},     {"/a.p%20", LIT("")},
    {"http://h.example", LIT("")}, {"*", LIT("")},
};

START_TEST(finds_the_extension)
{
    char line[256];
    struct weblog w;
    snprintf(line, sizeof line, "c - - " TIME " \"GET %s HTTP/1.1\" 200 5",
             extensions[_i].target);
    ck_assert(weblog_parse(str_of(line), &w));
    CHECK_STR(extensions[_i].target, w.extension, extensions[_i].extension);
}
END_TEST

/* --- decoding --- */

static const struct {
    struct str raw, decoded;
} encodings[] = {
    {LIT(""), LIT("")},
    {LIT("plain-text_1.0"), LIT("plain-text_1.0")},
    {LIT("a+b%20c"), LIT("a b c")},
    {LIT("a%2Bb"), LIT("a+b")},
    {LIT("%27%3c%3E"), LIT("'<>")},
    {LIT("%2527"), LIT("'")},
    {LIT("%252527"), LIT("%27")}, /* twice, and no more */
    {LIT("%252e%252e%252f"), LIT("../")},
    {LIT("%%32%37"), LIT("'")},
    {LIT("100%"), LIT("100%")},
    {LIT("50%+off"), LIT("50% off")},
    {LIT("%2"), LIT("%2")},
    {LIT("%zz%4"), LIT("%zz%4")},
    {LIT("%u0027"), LIT("'")},
    {LIT("%u00e9%u20AC"), LIT("\xc3\xa9\xe2\x82\xac")},
    {LIT("%uFF1Cscript%uff1e"), LIT("<script>")},
    {LIT("%u12"), LIT("%u12")},
    {LIT("%c0%ae%00x"), LIT("\xc0\xae\0x")},
    {LIT("a\\\"b\\\\c"), LIT("a\"b\\c")},
    {LIT("\\x22\\x16"), LIT("\"\x16")},
    {LIT("..\\..\\x"), LIT("..\\..\\x")},
    {LIT("\\"), LIT("\\")},
};

START_TEST(decodes_what_a_browser_encoded)
{
    struct str raw = encodings[_i].raw;
    char out[64];
    CHECK_STR(raw.p, ((struct str){out, weblog_decode(raw, out, sizeof out)}),
              encodings[_i].decoded);
    memcpy(out, raw.p, raw.n); /* in its own place */
    CHECK_STR(raw.p,
              ((struct str){out, weblog_decode((struct str){out, raw.n}, out, raw.n)}),
              encodings[_i].decoded);
}
END_TEST

START_TEST(decodes_no_more_than_there_is_room_for)
{
    for (int i = 0; i < ROWS(encodings); i++) {
        struct str raw = encodings[i].raw;
        for (size_t max = 0; max <= raw.n; max++) {
            char *p = malloc(raw.n + 1), *out = malloc(max + 1);
            ck_assert(p && out);
            memcpy(p + 1, raw.p, raw.n);
            ck_assert_uint_le(weblog_decode((struct str){p + 1, raw.n}, out + 1, max),
                              max);
            free(p);
            free(out);
        }
    }
    char out[3];
    CHECK_STR("cut", ((struct str){out, weblog_decode(STR("abcdef"), out, 3)}),
              STR("abc"));
}
END_TEST

START_TEST(takes_a_plus_in_a_path_for_a_plus)
{
    char out[16];
    size_t n = weblog_decode_path(STR("/c++%20/%252b"), out, sizeof out);
    CHECK_STR("path", ((struct str){out, n}), STR("/c++ /+"));
}
END_TEST

/* --- parameters --- */

START_TEST(walks_over_the_parameters)
{
    struct str query = STR("a=1&&b=x=y;z&c&d=&=e&");
    static const struct {
        struct str name, value;
        bool has_value;
    } want[] = {{LIT("a"), LIT("1"), true},
                {LIT("b"), LIT("x=y;z"), true},
                {LIT("c"), LIT(""), false},
                {LIT("d"), LIT(""), true},
                {LIT(""), LIT("e"), true}};
    struct weblog_parameter p;
    for (int i = 0; i < ROWS(want); i++) {
        ck_assert(weblog_next_parameter(&query, &p));
        CHECK_STR("name", p.name, want[i].name);
        CHECK_STR("value", p.value, want[i].value);
        ck_assert_int_eq(p.value.p != NULL, want[i].has_value);
    }
    ck_assert(!weblog_next_parameter(&query, &p));
    ck_assert(!weblog_next_parameter(&query, &p));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("weblog");
    unit_table(s, "line", takes_a_line_apart, ROWS(lines));
    unit_table(s, "other", refuses_what_is_no_line_of_an_access_log, ROWS(others));
    unit_case(s, "bounds", looks_no_further_than_the_line_reaches);
    unit_table(s, "extension", finds_the_extension, ROWS(extensions));
    unit_table(s, "decode", decodes_what_a_browser_encoded, ROWS(encodings));
    unit_case(s, "room", decodes_no_more_than_there_is_room_for);
    unit_case(s, "plus", takes_a_plus_in_a_path_for_a_plus);
    unit_case(s, "parameters", walks_over_the_parameters);
    return unit_run(s);
}
