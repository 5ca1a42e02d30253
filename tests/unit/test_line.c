/* test_line.c - lines of many logs as records, and lines that are none of them. */
#include "fcgi/core/line.h"

#include "fcgi/base/utf8.h"
#include "tests/unit/unit.h"

#define NOW_US (INT64_C(1795348848) * CLOCK_SECOND_US) /* 2026-11-22T12:00:48Z */

enum { RECORD_BYTES = 4096, SERVICE_BYTES = 32, DEPTH = 4 };

static struct arena arena;
static struct record_limits limits;
static struct record_notes notes;
static struct line_context context;
static struct record record;
static enum line_format format;
static struct err e;
static char *bytes; /* end where their memory ends, for AddressSanitizer */

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    limits = (struct record_limits){RECORD_BYTES, SERVICE_BYTES, 32, DEPTH};
    notes = (struct record_notes){0};
    context = (struct line_context){STR_NONE, NOW_US, NULL, &limits, &notes, STR_NONE};
    bytes = NULL;
}

static void tear_down(void)
{
    arena_free(&arena);
    free(bytes);
}

static enum err_code parse(struct str line)
{
    arena_reset(&arena);
    free(bytes);
    bytes = malloc(line.n > 0 ? line.n : 1);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, line.p, line.n);
    format = (enum line_format)99;
    return line_parse(&arena, (struct str){bytes, line.n}, &context, &record, &format,
                      &e);
}

/* What must hold for every record, whatever the line. */
static void check_record(struct str line)
{
    struct str texts[] = {record.timestamp, record.service, record.level, record.message,
                          record.metadata};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_msg(texts[i].n > 0, "\"%.*s\": text %zu is empty", STR_ARGS(line), i);
        ck_assert(utf8_valid_prefix(texts[i]) == texts[i].n);
    }
    struct json_in in = {(char *)arena_alloc(&arena, record.metadata.n),
                         record.metadata.n, 0, DEPTH + 1, 0};
    struct json_value v;
    memcpy(in.p, record.metadata.p, record.metadata.n);
    ck_assert_msg(json_read(&in, &v, &e) == ERR_NONE && json_at_end(&in),
                  "\"%.*s\": metadata %.*s", STR_ARGS(line), STR_ARGS(record.metadata));
    ck_assert_uint_le(record.service.n, SERVICE_BYTES);
    ck_assert(format <= LINE_JSON);
}

#define OWN_TIME "2026-11-22T12:00:48.000Z" /* of a line that has none */

static const struct row {
    const char *line;
    enum line_format format;
    const char *service, *level, *timestamp, *time, *message, *metadata;
} good[] = {
    /* syslog: RFC 5424 */
    {"<165>1 2026-11-22T10:14:15.003Z web1 shop 111 ID47 [ex@1 k=\"v\"] cart is empty",
     LINE_SYSLOG, "shop", "NOTICE", "2026-11-22T10:14:15.003Z",
     "2026-11-22T10:14:15.003Z", "cart is empty",
     "{\"host\":\"web1\",\"pid\":\"111\",\"msgid\":\"ID47\","
     "\"structured_data\":\"[ex@1 k=\\\"v\\\"]\"}"},
    {"<34>1 2026-11-22T10:14:15+01:00 web1 su - - - \xEF\xBB\xBFgr\xC3\xBC\xC3\x9F",
     LINE_SYSLOG, "su", "FATAL", "2026-11-22T10:14:15+01:00", "2026-11-22T09:14:15.000Z",
     "gr\xC3\xBC\xC3\x9F", "{\"host\":\"web1\"}"},
    {"<14>1 - - - - - - only a message", LINE_SYSLOG, "syslog", "INFO", OWN_TIME,
     OWN_TIME, "only a message", "{}"},
    {"<11>1 2026-11-22T10:14:15Z h a 1 - [a b=\"]\\\"\"][c] two", LINE_SYSLOG, "a",
     "ERROR", "2026-11-22T10:14:15Z", "2026-11-22T10:14:15.000Z", "two",
     "{\"host\":\"h\",\"pid\":\"1\",\"structured_data\":\"[a b=\\\"]\\\\\\\"\\\"][c]\"}"},
    {"<15>1 2026-11-22T10:14:15Z h a 1 m - ", LINE_SYSLOG, "a", "DEBUG",
     "2026-11-22T10:14:15Z", "2026-11-22T10:14:15.000Z",
     "<15>1 2026-11-22T10:14:15Z h a 1 m - ",
     "{\"host\":\"h\",\"pid\":\"1\",\"msgid\":\"m\"}"},
    {"<14>1 gestern h a - - - m", LINE_SYSLOG, "a", "INFO", "gestern", OWN_TIME, "m",
     "{\"host\":\"h\"}"},
    /* W3C extended, with the columns that IIS writes unless it is told otherwise */
    {"2026-11-22 10:14:15 10.0.0.1 GET /a%20b x=1&y=\"2 443 eve 10.0.0.9 Mozilla/5.0+(x) "
     "http://h/ 404 0 2 15",
     LINE_W3C, "web", "WARN", "2026-11-22T10:14:15Z", "2026-11-22T10:14:15.000Z",
     "10.0.0.9 - eve [22/Nov/2026:10:14:15 +0000] \"GET /a%20b?x=1&y=%222 HTTP/1.1\" 404 "
     "- "
     "\"http://h/\" \"Mozilla/5.0+(x)\"",
     "{\"server\":\"10.0.0.1\",\"method\":\"GET\",\"path\":\"/"
     "a%20b\",\"query\":\"x=1&y=\\\"2\","
     "\"port\":\"443\",\"user\":\"eve\",\"client\":\"10.0.0.9\",\"user_agent\":\"Mozilla/"
     "5.0+(x)\","
     "\"status\":\"404\",\"substatus\":\"0\",\"win32_status\":\"2\",\"time_taken_ms\":"
     "\"15\"}"},
    {"2026-11-22 10:14:15 10.0.0.1 POST / - 80 - ::1 - 503 0 0 9", LINE_W3C, "web",
     "ERROR", "2026-11-22T10:14:15Z", "2026-11-22T10:14:15.000Z",
     "::1 - - [22/Nov/2026:10:14:15 +0000] \"POST / HTTP/1.1\" 503 - \"-\" \"-\"",
     "{\"server\":\"10.0.0.1\",\"method\":\"POST\",\"path\":\"/\",\"port\":\"80\","
     "\"client\":\"::1\",\"status\":\"503\",\"substatus\":\"0\",\"win32_status\":\"0\","
     "\"time_taken_ms\":\"9\"}"},
    /* as many words, but none of it */
    {"2026-11-22 10:14:15 a b c d e f g h i j k l", LINE_TIMED, "text", "INFO",
     "2026-11-22 10:14:15", "2026-11-22T10:14:15.000Z", "a b c d e f g h i j k l", "{}"},
    {"2026-11-22 10:14:15 10.0.0.1 GET / - 80 - ::1 - 503 0 0", LINE_TIMED, "text",
     "INFO", "2026-11-22 10:14:15", "2026-11-22T10:14:15.000Z",
     "10.0.0.1 GET / - 80 - ::1 - 503 0 0", "{}"},
    /* syslog: RFC 3164 and files */
    {"<34>Nov 22 10:14:15 web1 su: 'su root' failed for eve", LINE_SYSLOG, "su", "FATAL",
     "Nov 22 10:14:15", "2026-11-22T10:14:15.000Z", "'su root' failed for eve",
     "{\"host\":\"web1\"}"},
    {"Nov  2 10:14:15 web1 sshd[812]: Failed password for root from 10.0.0.9 port 22 "
     "ssh2",
     LINE_SYSLOG, "sshd", "INFO", "Nov  2 10:14:15", "2026-11-02T10:14:15.000Z",
     "Failed password for root from 10.0.0.9 port 22 ssh2",
     "{\"pid\":\"812\",\"host\":\"web1\"}"},
    {"Nov 23 11:00:00 web1 a: within a day", LINE_SYSLOG, "a", "INFO", "Nov 23 11:00:00",
     "2026-11-23T11:00:00.000Z", "within a day", "{\"host\":\"web1\"}"},
    {"Nov 23 13:00:00 web1 a: more than a day ahead", LINE_SYSLOG, "a", "INFO",
     "Nov 23 13:00:00", "2025-11-23T13:00:00.000Z", "more than a day ahead",
     "{\"host\":\"web1\"}"},
    {"Dec 31 23:59:59 web1 a: last year", LINE_SYSLOG, "a", "INFO", "Dec 31 23:59:59",
     "2025-12-31T23:59:59.000Z", "last year", "{\"host\":\"web1\"}"},
    {"Feb 29 01:00:00 web1 a: leap", LINE_SYSLOG, "a", "INFO", "Feb 29 01:00:00",
     "2024-02-29T01:00:00.000Z", "leap", "{\"host\":\"web1\"}"},
    {"Feb 30 01:00:00 web1 a: never", LINE_SYSLOG, "a", "INFO", "Feb 30 01:00:00",
     OWN_TIME, "never", "{\"host\":\"web1\"}"},
    {"<28>Nov 22 10:14:15 cron[9]: no host", LINE_SYSLOG, "cron", "WARN",
     "Nov 22 10:14:15", "2026-11-22T10:14:15.000Z", "no host", "{\"pid\":\"9\"}"},
    {"Nov 22 10:14:15 web1 last message repeated 3 times", LINE_SYSLOG, "syslog", "INFO",
     "Nov 22 10:14:15", "2026-11-22T10:14:15.000Z", "last message repeated 3 times",
     "{\"host\":\"web1\"}"},
    {"Nov 22 10:14:15 web1 postfix/smtpd[77]: connect from unknown[10.0.0.9]",
     LINE_SYSLOG, "postfix/smtpd", "INFO", "Nov 22 10:14:15", "2026-11-22T10:14:15.000Z",
     "connect from unknown[10.0.0.9]", "{\"pid\":\"77\",\"host\":\"web1\"}"},
    {"Nov 22 10:14:15 web1 app[1]: ERROR: no space", LINE_SYSLOG, "app", "ERROR",
     "Nov 22 10:14:15", "2026-11-22T10:14:15.000Z", "ERROR: no space",
     "{\"pid\":\"1\",\"host\":\"web1\"}"},
    {"Nov 22 10:14:15 web1 a-tag-that-is-longer-than-the-limit-of-services: m",
     LINE_SYSLOG, "syslog", "INFO", "Nov 22 10:14:15", "2026-11-22T10:14:15.000Z", "m",
     "{\"host\":\"web1\"}"},
    {"2026-11-22T13:00:48.123456+01:00 web1 systemd[1]: Started cron.service.",
     LINE_SYSLOG, "systemd", "INFO", "2026-11-22T13:00:48.123456+01:00",
     "2026-11-22T12:00:48.123Z", "Started cron.service.",
     "{\"pid\":\"1\",\"host\":\"web1\"}"},
    {"<30>2026-11-22T10:00:00Z web1 app: m", LINE_SYSLOG, "app", "INFO",
     "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z", "m", "{\"host\":\"web1\"}"},
    {"<191>app: no time", LINE_SYSLOG, "app", "DEBUG", OWN_TIME, OWN_TIME, "no time",
     "{}"},
    {"<0>hello", LINE_SYSLOG, "syslog", "FATAL", OWN_TIME, OWN_TIME, "hello", "{}"},
    {"2026-11-22T10:00:00Z web1 /usr/sbin/cron[9]: m", LINE_SYSLOG, "/usr/sbin/cron",
     "INFO", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z", "m",
     "{\"pid\":\"9\",\"host\":\"web1\"}"},
    /* the kernel */
    {"[   12.345678] usb 1-1: new device", LINE_KERNEL, "kernel", "INFO", OWN_TIME,
     OWN_TIME, "usb 1-1: new device", "{}"},
    {"<4>[12345.678901] Out of memory", LINE_KERNEL, "kernel", "WARN", OWN_TIME, OWN_TIME,
     "Out of memory", "{}"},
    {"Nov 22 10:14:15 web1 kernel: [   12.345678] eth0: link up", LINE_SYSLOG, "kernel",
     "INFO", "Nov 22 10:14:15", "2026-11-22T10:14:15.000Z",
     "[   12.345678] eth0: link up", "{\"host\":\"web1\"}"},
};

static const struct row web[] = {
    /* access logs; NULL: the message is the line */
    {"10.0.0.9 - - [22/Nov/2026:11:00:00 +0100] \"GET / HTTP/1.1\" 200 512", LINE_ACCESS,
     "web", "INFO", "22/Nov/2026:11:00:00 +0100", "2026-11-22T10:00:00.000Z", NULL, "{}"},
    {"10.0.0.9 - eve [22/Nov/2026:10:00:00 +0000] \"GET /x HTTP/1.1\" 404 0 \"-\" "
     "\"curl\"",
     LINE_ACCESS, "web", "WARN", "22/Nov/2026:10:00:00 +0000", "2026-11-22T10:00:00.000Z",
     NULL, "{}"},
    {"shop.example:443 10.0.0.9 - - [22/Nov/2026:10:00:00 +0000] \"POST /buy HTTP/1.1\" "
     "503 "
     "99 \"-\" \"x\"",
     LINE_ACCESS, "shop.example", "ERROR", "22/Nov/2026:10:00:00 +0000",
     "2026-11-22T10:00:00.000Z", NULL, "{}"},
    {"10.0.0.9 shop.example - [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1 "
     "\"-\" "
     "\"x\"",
     LINE_ACCESS, "shop.example", "INFO", "22/Nov/2026:10:00:00 +0000",
     "2026-11-22T10:00:00.000Z", NULL, "{}"},
    {"10.0.0.9 localhost:3000 - [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1",
     LINE_ACCESS, "localhost", "INFO", "22/Nov/2026:10:00:00 +0000",
     "2026-11-22T10:00:00.000Z", NULL, "{}"},
    {"::1 - - [22/Nov/2026:10:00:00 +0000] \"\\x16\\x03\\x01\" 400 226", LINE_ACCESS,
     "web", "WARN", "22/Nov/2026:10:00:00 +0000", "2026-11-22T10:00:00.000Z", NULL, "{}"},
    {"[2001:db8::1]:80 ::1 - - [22/Nov/2026:10:00:00 +0000] \"GET /\\\"q\\\" HTTP/1.0\" "
     "500 "
     "-",
     LINE_ACCESS, "[2001:db8::1]", "ERROR", "22/Nov/2026:10:00:00 +0000",
     "2026-11-22T10:00:00.000Z", NULL, "{}"},
    {"h - - [22/Nov/2026:25:00:00 +0000] \"GET / HTTP/1.1\" 200 1", LINE_ACCESS, "web",
     "INFO", "22/Nov/2026:25:00:00 +0000", OWN_TIME, NULL, "{}"},
    /* Apache's error log, new and old */
    {"[Sun Nov 22 10:00:00.123456 2026] [core:error] [pid 71:tid 1400] [client "
     "10.0.0.9:5012] AH00126: Invalid URI",
     LINE_ERROR_LOG, "web", "ERROR", "Sun Nov 22 10:00:00.123456 2026",
     "2026-11-22T10:00:00.123Z", "AH00126: Invalid URI",
     "{\"module\":\"core\",\"pid\":\"71\",\"client\":\"10.0.0.9:5012\"}"},
    {"[Sun Nov  1 10:00:00 2026] [warn] [client 10.0.0.9] slow", LINE_ERROR_LOG, "web",
     "WARN", "Sun Nov  1 10:00:00 2026", "2026-11-01T10:00:00.000Z", "slow",
     "{\"client\":\"10.0.0.9\"}"},
    {"[Sun Nov 22 10:00:00 2026] [http2:trace3] [pid 7] [x] y", LINE_ERROR_LOG, "web",
     "TRACE", "Sun Nov 22 10:00:00 2026", "2026-11-22T10:00:00.000Z", "[x] y",
     "{\"module\":\"http2\",\"pid\":\"7\"}"},
    /* nginx's */
    {"2026/11/22 10:00:00 [error] 12#13: *1 open() \"/x\" failed, client: 10.0.0.9, "
     "server: "
     "s",
     LINE_ERROR_LOG, "web", "ERROR", "2026/11/22 10:00:00", "2026-11-22T10:00:00.000Z",
     "open() \"/x\" failed, client: 10.0.0.9, server: s",
     "{\"pid\":\"12\",\"client\":\"10.0.0.9\"}"},
    {"2026/11/22 10:00:00 [notice] 12#12: signal process started", LINE_ERROR_LOG, "web",
     "NOTICE", "2026/11/22 10:00:00", "2026-11-22T10:00:00.000Z",
     "signal process started", "{\"pid\":\"12\"}"},
    /* lighttpd's */
    {"2026-11-22 10:00:00: (server.c.1909) server started", LINE_ERROR_LOG, "web", "INFO",
     "2026-11-22 10:00:00", "2026-11-22T10:00:00.000Z", "server started",
     "{\"module\":\"server.c.1909\"}"},
    /* PHP's */
    {"[22-Nov-2026 10:00:00 UTC] PHP Warning:  Undefined variable $x in /a.php on line 3",
     LINE_ERROR_LOG, "web", "WARN", "22-Nov-2026 10:00:00", "2026-11-22T10:00:00.000Z",
     "PHP Warning:  Undefined variable $x in /a.php on line 3", "{}"},
};

static const struct row others[] = {
    /* Debian's packages */
    {"2026-11-22 10:00:00 install foo:amd64 <none> 1.0-1", LINE_DPKG, "dpkg", "INFO",
     "2026-11-22 10:00:00", "2026-11-22T10:00:00.000Z", "install foo:amd64 <none> 1.0-1",
     "{}"},
    {"2026-11-22 10:00:00 startup archives unpack", LINE_DPKG, "dpkg", "INFO",
     "2026-11-22 10:00:00", "2026-11-22T10:00:00.000Z", "startup archives unpack", "{}"},
    {"update-alternatives 2026-11-22 10:00:00: link group vi updated", LINE_DPKG,
     "update-alternatives", "INFO", "2026-11-22 10:00:00", "2026-11-22T10:00:00.000Z",
     "link group vi updated", "{}"},
    {"Start-Date: 2026-11-22  10:00:00\nCommandline: apt-get install jq\nEnd-Date: "
     "2026-11-22  10:00:01",
     LINE_APT, "apt", "INFO", "2026-11-22  10:00:00", "2026-11-22T10:00:00.000Z",
     "Commandline: apt-get install jq\nEnd-Date: 2026-11-22  10:00:01", "{}"},
    {"Start-Date: 2026-11-22  10:00:00\r\nError: Sub-process returned 1", LINE_APT, "apt",
     "ERROR", "2026-11-22  10:00:00", "2026-11-22T10:00:00.000Z",
     "Error: Sub-process returned 1", "{}"},
    /* JSON */
    {"{\"timestamp\":\"2026-11-22T10:00:00Z\",\"service\":\"s\",\"level\":\"warn\","
     "\"message\":\"m\"}",
     LINE_JSON, "s", "warn", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z", "m",
     "{}"},
    {"{\"level\":\"error\",\"msg\":\"m\"}", LINE_JSON, "text", "error", OWN_TIME,
     OWN_TIME, NULL, "{}"},
    {"{\"message\":\"a\\u0000b\\u00fc\"}", LINE_JSON, "text", "INFO", OWN_TIME, OWN_TIME,
     "a\xEF\xBF\xBD"
     "b\xC3\xBC",
     "{}"},
    {"{\"message\":\"m\",\"logger\":\"x\"}", LINE_JSON, "text", "INFO", OWN_TIME,
     OWN_TIME, "m", "{\"message\":\"m\",\"logger\":\"x\"}"},
    {"{\"message\":\"m\",\"metadata\":{\"a\":1},\"x\":2}", LINE_JSON, "text", "INFO",
     OWN_TIME, OWN_TIME, "m", "{\"a\":1}"},
    {"{\"x\":1,\"service\":\"a name that is longer than its limit\"}", LINE_OTHER, "text",
     "INFO", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"{\"message\":\"m\"} and more", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME, NULL,
     "{}"},
    {"{main} thrown", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME, NULL, "{}"},
    /* a time, a level, a message */
    {"2026-11-22 10:00:00 ERROR no space left", LINE_TIMED, "text", "ERROR",
     "2026-11-22 10:00:00", "2026-11-22T10:00:00.000Z", "no space left", "{}"},
    {"2026-11-22T10:00:00.5+00:00 [warn] slow", LINE_TIMED, "text", "WARN",
     "2026-11-22T10:00:00.5+00:00", "2026-11-22T10:00:00.500Z", "slow", "{}"},
    {"[2026-11-22 10:00:00] production.ERROR: no space {\"a\":1}", LINE_TIMED, "text",
     "ERROR", "2026-11-22 10:00:00", "2026-11-22T10:00:00.000Z",
     "production.ERROR: no space {\"a\":1}", "{}"},
    {"2026-11-22 10:00:00,123 - shop.cart - WARNING - slow", LINE_TIMED, "text", "WARN",
     "2026-11-22 10:00:00,123", "2026-11-22T10:00:00.123Z", "shop.cart - WARNING - slow",
     "{}"},
    {"2026-11-22 10:00:00,123 fail2ban.actions [77]: NOTICE [sshd] Ban 10.0.0.9",
     LINE_TIMED, "text", "NOTICE", "2026-11-22 10:00:00,123", "2026-11-22T10:00:00.123Z",
     "fail2ban.actions [77]: NOTICE [sshd] Ban 10.0.0.9", "{}"},
    {"2026-11-22 10:00:00.123 UTC [12] eve@shop ERROR:  no such table", LINE_TIMED,
     "text", "ERROR", "2026-11-22 10:00:00.123", "2026-11-22T10:00:00.123Z",
     "[12] eve@shop ERROR:  no such table", "{}"},
    {"2026-11-22 10:00:00.123 | DEBUG    | m:f:12 - hello", LINE_TIMED, "text", "DEBUG",
     "2026-11-22 10:00:00.123", "2026-11-22T10:00:00.123Z", "m:f:12 - hello", "{}"},
    {"2026-11-22T10:00:00Z GET /path: gone", LINE_TIMED, "text", "INFO",
     "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z", "GET /path: gone", "{}"},
    {"2026-11-22T10:00:00Z info server: up", LINE_TIMED, "text", "INFO",
     "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z", "info server: up", "{}"},
    {"2026-11-22T10:00:00Z plain words", LINE_TIMED, "text", "INFO",
     "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z", "plain words", "{}"},
    {"2026/11/22 10:00:00 [error] item#4 is gone", LINE_TIMED, "text", "ERROR",
     "2026/11/22 10:00:00", "2026-11-22T10:00:00.000Z", "item#4 is gone", "{}"},
    {"2026-13-22 10:00:00 no month", LINE_TIMED, "text", "INFO", "2026-13-22 10:00:00",
     OWN_TIME, "no month", "{}"},
    {"Sun Nov 22 10:00:00 2026 up", LINE_TIMED, "text", "INFO",
     "Sun Nov 22 10:00:00 2026", "2026-11-22T10:00:00.000Z", "up", "{}"},
    {"1795341600.250 12 10.0.0.9 TCP_MISS/200", LINE_TIMED, "text", "INFO",
     "1795341600.250", "2026-11-22T10:00:00.250Z", "12 10.0.0.9 TCP_MISS/200", "{}"},
    {"time=\"2026-11-22T10:00:00Z\" level=warning msg=\"slow\"", LINE_TIMED, "text",
     "WARN", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z", NULL, "{}"},
    {"2026-11-22 10:00:00", LINE_TIMED, "text", "INFO", "2026-11-22 10:00:00",
     "2026-11-22T10:00:00.000Z", NULL, "{}"},
    {"2026-11-22 10:00:00 ERROR", LINE_TIMED, "text", "ERROR", "2026-11-22 10:00:00",
     "2026-11-22T10:00:00.000Z", "ERROR", "{}"},
    /* a level first */
    {"ERROR: no space left", LINE_OTHER, "text", "ERROR", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"Warning: slow", LINE_OTHER, "text", "WARN", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"[notice] turned", LINE_OTHER, "text", "NOTICE", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"CRITICAL:root:broken", LINE_OTHER, "text", "FATAL", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"FATAL out of memory", LINE_OTHER, "text", "FATAL", OWN_TIME, OWN_TIME, NULL, "{}"},
    /* none of these */
    {"hello", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"Error handling is hard", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME, NULL,
     "{}"},
    {"1795341600", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"49301234567 called", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"<html>", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"<192>1 too much", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"[12] x", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME, NULL, "{}"},
    {"  at Foo.bar(Foo.java:1)", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME, NULL,
     "{}"},
    {"boom\r\n\tat Foo\r\n\tat Bar", LINE_OTHER, "text", "INFO", OWN_TIME, OWN_TIME,
     "boom\n\tat Foo\n\tat Bar", "{}"},
    {"2026-11-22 10:00:00 ERROR boom\n\tat Foo\nCaused by: x", LINE_TIMED, "text",
     "ERROR", "2026-11-22 10:00:00", "2026-11-22T10:00:00.000Z",
     "boom\n\tat Foo\nCaused by: x", "{}"},
};

static void check_row(const struct row *r)
{
    char text[CLOCK_TEXT_BYTES];
    struct str line = str_of(r->line);
    ck_assert_int_eq(parse(line), ERR_NONE);
    check_record(line);
    ck_assert_msg(format == r->format, "\"%s\": format %d", r->line, (int)format);
    CHECK_STR(r->line, record.service, str_of(r->service));
    CHECK_STR(r->line, record.level, str_of(r->level));
    CHECK_STR(r->line, record.timestamp, str_of(r->timestamp));
    CHECK_STR(r->line, clock_format(record.event_us, text), str_of(r->time));
    CHECK_STR(r->line, record.message, r->message ? str_of(r->message) : line);
    CHECK_STR(r->line, record.metadata, str_of(r->metadata));
    ck_assert_int_eq(record.rank, level_of(record.level));
    bool unread = !str_eq(record.timestamp, STR(OWN_TIME)) && record.event_us == NOW_US;
    ck_assert_int_eq(notes.unread_times, unread ? 1 : 0);
    ck_assert_int_eq(notes.unknown_fields,
                     format == LINE_JSON ? notes.unknown_fields : 0);
}

/* Where a level, a tag or a virtual host is nearly one. */
static const struct {
    const char *line, *service, *level, *message; /* NULL: the message is the line */
} judged[] = {
    {"Nov 22 10:00:00 web1 ERROR: no disk", "syslog", "ERROR", "ERROR: no disk"},
    {"2026-11-22T10:00:00Z shop Error: no disk", "text", "ERROR", "shop Error: no disk"},
    {"<14>error: no disk", "syslog", "INFO", "error: no disk"},
    {"2026-11-22 10:00:00 error_log opened", "text", "INFO", "error_log opened"},
    {"2026-11-22 10:00:00 trace.txt is gone", "text", "INFO", "trace.txt is gone"},
    {"2026-11-22 10:00:00 NOTICE[7] x", "text", "NOTICE", "NOTICE[7] x"},
    {"[2026-11-22 10:00:00][shop.cart][Error] x", "text", "ERROR",
     "[shop.cart][Error] x"},
    {"[2026-11-22 10:00:00] [12] [a][INFO][b] x", "text", "INFO", "[12] [a][INFO][b] x"},
    {"22-Nov-2026 10:00:00.123 general: error: no zone", "text", "ERROR",
     "general: error: no zone"},
    {"22-Nov-2026 10:00:00.123 SEVERE [main] a.B x", "text", "ERROR", "[main] a.B x"},
    {"[22-Nov-2026 10:00:00] WARNING: [pool www] busy", "web", "WARN",
     "WARNING: [pool www] busy"},
    {"[22-Nov-2026 10:00:00] NOTICE: ready", "web", "NOTICE", "NOTICE: ready"},
    {"10.0.0.9 - eve x [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 401 1", "web",
     "WARN", NULL},
    {"10.0.0.9 shop.example eve x [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1",
     "shop.example", "INFO", NULL},
    {"a.example:80 10.0.0.9 - eve x [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 "
     "1",
     "a.example", "INFO", NULL},
    {"- 10.0.0.9 - - [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1", "web",
     "INFO", NULL},
};

START_TEST(does_not_take_the_nearly_right)
{
    struct str line = str_of(judged[_i].line);
    ck_assert_int_eq(parse(line), ERR_NONE);
    check_record(line);
    CHECK_STR(judged[_i].line, record.service, str_of(judged[_i].service));
    CHECK_STR(judged[_i].line, record.level, str_of(judged[_i].level));
    CHECK_STR(judged[_i].line, record.message,
              judged[_i].message ? str_of(judged[_i].message) : line);
}
END_TEST

START_TEST(reads_system_logs)
{
    check_row(&good[_i]);
}
END_TEST

START_TEST(reads_logs_of_web_servers)
{
    check_row(&web[_i]);
}
END_TEST

START_TEST(reads_other_logs)
{
    check_row(&others[_i]);
}
END_TEST

/* Every prefix of a line, and the line with one byte changed, is a record too. */
static void check_damaged(const struct row *r)
{
    static const char odd[] = "[]<>{}\"\\: -0zZ\n";
    struct str line = str_of(r->line);
    char copy[512];
    ck_assert_uint_lt(line.n, sizeof copy);
    for (size_t n = 1; n <= line.n; n++) {
        struct str prefix = {line.p, n};
        if (utf8_valid_prefix(prefix) == n) {
            ck_assert_int_eq(parse(prefix), ERR_NONE);
            check_record(prefix);
        }
    }
    for (size_t i = 0; i < line.n * (sizeof odd - 1); i++) {
        struct str changed = {copy, line.n};
        memcpy(copy, line.p, line.n);
        copy[i / (sizeof odd - 1)] = odd[i % (sizeof odd - 1)];
        if (utf8_valid_prefix(changed) == line.n) {
            ck_assert_int_eq(parse(changed), ERR_NONE);
            check_record(changed);
        }
    }
}

START_TEST(takes_damaged_lines)
{
    check_damaged(&good[_i]);
}
END_TEST

START_TEST(takes_damaged_lines_of_web_servers)
{
    check_damaged(&web[_i]);
}
END_TEST

START_TEST(takes_other_damaged_lines)
{
    check_damaged(&others[_i]);
}
END_TEST

START_TEST(gives_the_service_of_the_context_to_lines_that_name_none)
{
    context.service = STR("given");
    ck_assert_int_eq(parse(STR("hello")), ERR_NONE);
    CHECK_STR("other", record.service, STR("given"));
    ck_assert_int_eq(parse(str_of(web[0].line)), ERR_NONE);
    CHECK_STR("access", record.service, STR("given"));
    ck_assert_int_eq(parse(STR("{\"message\":\"m\"}")), ERR_NONE);
    CHECK_STR("JSON", record.service, STR("given"));
    ck_assert_int_eq(parse(STR("Nov 22 10:14:15 web1 su: m")), ERR_NONE);
    CHECK_STR("a tag wins", record.service, STR("su"));
}
END_TEST

START_TEST(takes_a_name_up_to_the_limit_for_a_service)
{
    ck_assert_int_eq(parse(STR("<1>abcdefghijklmnopqrstuvwxyz012345: m")), ERR_NONE);
    CHECK_STR("at the limit", record.service, STR("abcdefghijklmnopqrstuvwxyz012345"));
    ck_assert_int_eq(parse(STR("<1>abcdefghijklmnopqrstuvwxyz0123456: m")), ERR_NONE);
    CHECK_STR("past it", record.service, STR("syslog"));
}
END_TEST

static int64_t an_hour_behind(int64_t local_us)
{
    return local_us + 60 * CLOCK_MINUTE_US;
}

static const struct {
    const char *line, *time;
} zoned[] = {
    {"2026-11-22 10:00:00 m", "2026-11-22T11:00:00.000Z"},
    {"2026-11-22 10:00:00 UTC m", "2026-11-22T10:00:00.000Z"},
    {"2026-11-22 10:00:00+02:00 m", "2026-11-22T08:00:00.000Z"},
    {"Nov 22 10:00:00 h t: m", "2026-11-22T11:00:00.000Z"},
    {"[Sun Nov 22 10:00:00 2026] [error] m", "2026-11-22T11:00:00.000Z"},
    {"2026/11/22 10:00:00 [error] 1#1: m", "2026-11-22T11:00:00.000Z"},
    {"[22-Nov-2026 10:00:00 UTC] PHP Notice:  m", "2026-11-22T10:00:00.000Z"},
    {"[22-Nov-2026 10:00:00 Europe/Paris] PHP Notice:  m", "2026-11-22T11:00:00.000Z"},
    {"h - - [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1",
     "2026-11-22T10:00:00.000Z"},
    {"Start-Date: 2026-11-22  10:00:00", "2026-11-22T11:00:00.000Z"},
    {"{\"timestamp\":\"2026-11-22 10:00:00\"}", "2026-11-22T11:00:00.000Z"},
    {"1795341600 m", "2026-11-22T10:00:00.000Z"},
};

static int64_t an_hour_ahead(int64_t local_us)
{
    return local_us - 60 * CLOCK_MINUTE_US;
}

START_TEST(reads_times_without_a_zone_in_the_given_one)
{
    char text[CLOCK_TEXT_BYTES];
    context.zone = an_hour_behind;
    ck_assert_int_eq(parse(str_of(zoned[_i].line)), ERR_NONE);
    CHECK_STR(zoned[_i].line, clock_format(record.event_us, text),
              str_of(zoned[_i].time));
}
END_TEST

/* Where it is next year already. */
START_TEST(reads_the_first_hour_of_a_year_in_a_zone_ahead)
{
    char text[CLOCK_TEXT_BYTES];
    context.now_us = INT64_C(1798759800) * CLOCK_SECOND_US; /* 2026-12-31T23:30:00Z */
    context.zone = an_hour_ahead;
    ck_assert_int_eq(parse(STR("Jan  1 00:20:00 web1 a: m")), ERR_NONE);
    CHECK_STR("next year", clock_format(record.event_us, text),
              STR("2026-12-31T23:20:00.000Z"));
    ck_assert_int_eq(parse(STR("Dec 31 23:20:00 web1 a: m")), ERR_NONE);
    CHECK_STR("this year", clock_format(record.event_us, text),
              STR("2026-12-31T22:20:00.000Z"));
}
END_TEST

START_TEST(counts_failed_logins)
{
    ck_assert_int_eq(parse(STR("Nov 22 10:14:15 h sshd[1]: Failed password for root from "
                               "10.0.0.9 port 1 ssh2")),
                     ERR_NONE);
    ck_assert(memcmp(&record.failed_login, &(struct failed_login){0},
                     sizeof record.failed_login) != 0);
}
END_TEST

START_TEST(takes_a_line_up_to_the_limit_of_a_record)
{
    char text[RECORD_BYTES + 1];
    memset(text, 'x', sizeof text);
    ck_assert_int_eq(parse((struct str){text, RECORD_BYTES}), ERR_NONE);
    ck_assert_uint_eq(record.message.n, RECORD_BYTES);
    ck_assert_int_eq(parse((struct str){text, RECORD_BYTES + 1}), ERR_INVALID);
    CHECK_HAS(e.msg, "4097 bytes; the limit for one record is 4096");
}
END_TEST

START_TEST(says_when_memory_is_short)
{
    static const char *const lines[] = {"hello", "Nov 22 10:14:15 web1 su: m",
                                        "{\"message\":\"m\"}", "a\r\n b"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        arena_free(&arena);
        arena_init(&arena, 2);
        ck_assert_int_eq(parse(str_of(lines[i])), ERR_NOMEM);
    }
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    return tc;
}

int main(void)
{
    Suite *s = suite_create("line");
    TCase *tc = add_case(s, "formats");
    tcase_add_loop_test(tc, reads_system_logs, 0, ROWS(good));
    tcase_add_loop_test(tc, reads_logs_of_web_servers, 0, ROWS(web));
    tcase_add_loop_test(tc, reads_other_logs, 0, ROWS(others));
    tcase_add_loop_test(tc, does_not_take_the_nearly_right, 0, ROWS(judged));
    tc = add_case(s, "damaged");
    tcase_add_loop_test(tc, takes_damaged_lines, 0, ROWS(good));
    tcase_add_loop_test(tc, takes_damaged_lines_of_web_servers, 0, ROWS(web));
    tcase_add_loop_test(tc, takes_other_damaged_lines, 0, ROWS(others));
    tc = add_case(s, "context");
    tcase_add_test(tc, gives_the_service_of_the_context_to_lines_that_name_none);
    tcase_add_loop_test(tc, reads_times_without_a_zone_in_the_given_one, 0, ROWS(zoned));
    tcase_add_test(tc, reads_the_first_hour_of_a_year_in_a_zone_ahead);
    tcase_add_test(tc, counts_failed_logins);
    tc = add_case(s, "limit");
    tcase_add_test(tc, takes_a_name_up_to_the_limit_for_a_service);
    tcase_add_test(tc, takes_a_line_up_to_the_limit_of_a_record);
    tcase_add_test(tc, says_when_memory_is_short);
    return unit_run(s);
}
