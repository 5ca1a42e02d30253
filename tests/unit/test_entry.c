/* test_entry.c - records of files as they are posted. */
#include "fcgi/cli/entry.h"
#include "tests/unit/unit.h"

enum { NOW_S = 1795348800 }; /* 2026-11-22T12:00:00Z */

static struct arena arena;
static struct buf out;

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    buf_init(&out, 1 << 20);
}

static void tear_down(void)
{
    arena_free(&arena);
    buf_free(&out);
}

/* Two hours east of Greenwich. */
static int64_t east(int64_t local_us)
{
    return local_us - 120 * CLOCK_MINUTE_US;
}

/* What is posted for the text. */
static struct str posted(enum split_kind kind, struct str text)
{
    static const struct record_limits limits = {1 << 20, 20, 10, 32};
    struct entry_context c = {kind, STR("file"), NOW_S * CLOCK_SECOND_US,
                              east, &limits,     STR_NONE};
    struct record r;
    struct err e;
    ck_assert_msg(!entry_parse(&arena, text, &c, &r, &e), "%s", e.msg);
    buf_clear(&out);
    struct json_out o = json_out(&out);
    entry_put(&o, &r);
    return buf_view(&out);
}

#define OPEN_31                                                                          \
    "[[[[[[[["                                                                           \
    "[[[[[[[["                                                                           \
    "[[[[[[[["                                                                           \
    "[[[[[[["
#define CLOSE_31                                                                         \
    "]]]]]]]]"                                                                           \
    "]]]]]]]]"                                                                           \
    "]]]]]]]]"                                                                           \
    "]]]]]]]"
#define ARRAYS_31 OPEN_31 CLOSE_31

#define T_NOW     "\"timestamp\":\"2026-11-22T12:00:00.000000Z\","
#define T_RECEIPT "\"timestamp\":\"2026-11-22T12:00:00.000Z\"," /* line.h's */
#define T         "\"timestamp\":\"2026-11-22T10:00:00Z\","
#define RECORD(time, service, level, message, rest)                                      \
    "{" time "\"service\":\"" service "\",\"level\":\"" level                            \
    "\",\"message\":\"" message "\"" rest "}"

static const struct {
    const char *name;
    struct str in;
    const char *out;
} lines[] =
    {
        {"plain text", LIT("hello"), RECORD(T_RECEIPT, "file", "INFO", "hello", "")},
        {"a time without a zone is the machine's", LIT("2026-11-22 10:00:00 x"),
         RECORD("\"timestamp\":\"2026-11-22T08:00:00.000000Z\",", "file", "INFO", "x",
                "")},
        {"a time with a zone stays as it is",
         LIT("2026-11-22T10:00:00.1234567+01:00 WARN x"),
         RECORD("\"timestamp\":\"2026-11-22T10:00:00.1234567+01:00\",", "file", "WARN",
                "x", "")},
        {"syslog names its service", LIT("Nov 22 10:00:00 web1 sshd[7]: hi"),
         RECORD("\"timestamp\":\"2026-11-22T08:00:00.000000Z\",", "sshd", "INFO", "hi",
                ",\"metadata\":{\"pid\":\"7\",\"host\":\"web1\"}")},
        {"not UTF-8", LIT("caf\xE9"),
         RECORD(T_RECEIPT, "file", "INFO", "caf\\u00e9", "")},
        {"a mark at the beginning", LIT("\xEF\xBB\xBFhello"),
         RECORD(T_RECEIPT, "file", "INFO", "hello", "")},
        {"the five fields",
         LIT("{\"timestamp\":\"2026-11-22T10:00:00Z\",\"service\":\"s\",\"level\":"
             "\"warn\","
             "\"message\":\"m\",\"metadata\":[1,2]}"),
         RECORD(T, "s", "warn", "m", ",\"metadata\":[1,2]")},
        {"the first name wins, whatever comes first",
         LIT("{\"msg\":\"b\",\"message\":\"a\",\"app\":\"x\",\"service\":\"y\","
             "\"ts\":1795341600,\"time\":\"2026-11-22T10:00:00Z\",\"lvl\":\"a\","
             "\"severity\":\"b\"}"),
         RECORD(T, "y", "b", "a",
                ",\"metadata\":{\"msg\":\"b\",\"app\":\"x\",\"ts\":1795341600,\"lvl\":"
                "\"a\"}")},
        {"the rest and the metadata",
         LIT("{\"@timestamp\":\"2026-11-22T10:00:00Z\",\"msg\":\"m\",\"metadata\":{\"a\":"
             "1},"
             "\"user\":\"bob\"}"),
         RECORD(T, "file", "INFO", "m",
                ",\"metadata\":{\"metadata\":{\"a\":1},\"user\":\"bob\"}")},
        {"a time by number", LIT("{\"ts\":1795341600.5,\"msg\":\"m\"}"),
         RECORD("\"timestamp\":\"1795341600.5\",", "file", "INFO", "m", "")},
        {"a time without a zone in JSON",
         LIT("{\"time\":\"2026-11-22 10:00:00\",\"msg\":\"m\"}"),
         RECORD("\"timestamp\":\"2026-11-22T08:00:00.000000Z\",", "file", "INFO", "m",
                "")},
        {"a time that is none", LIT("{\"time\":\"soon\",\"msg\":\"m\"}"),
         RECORD(T_NOW, "file", "INFO", "m", "")},
        {"pino's levels",
         LIT("{\"level\":50,\"time\":1795341600000,\"msg\":\"m\",\"pid\":1}"),
         RECORD("\"timestamp\":\"1795341600000\",", "file", "ERROR", "m",
                ",\"metadata\":{\"pid\":1}")},
        {"syslog's levels", LIT("{\"level\":\"4\",\"message\":\"m\"}"),
         RECORD(T_NOW, "file", "WARN", "m", "")},
        {"a number that is no level", LIT("{\"level\":8,\"message\":\"m\"}"),
         RECORD(T_NOW, "file", "8", "m", "")},
        {"nested names",
         LIT("{\"message\":\"m\",\"log\":{\"level\":\"error\"},\"service\":{\"name\":"
             "\"s\"}}"),
         RECORD(T_NOW, "s", "error", "m",
                ",\"metadata\":{\"log\":{\"level\":\"error\"},\"service\":{\"name\":"
                "\"s\"}}")},
        {"names in dots",
         LIT("{\"message\":\"m\",\"log.level\":\"error\",\"service.name\":\"s\"}"),
         RECORD(T_NOW, "s", "error", "m", "")},
        {"a service that is too long",
         LIT("{\"message\":\"m\",\"app\":\"123456789012345678901\"}"),
         RECORD(T_NOW, "file", "INFO", "m",
                ",\"metadata\":{\"app\":\"123456789012345678901\"}")},
        {"an empty message", LIT("{\"message\":\"\",\"msg\":\"m\"}"),
         RECORD(T_NOW, "file", "INFO", "m", ",\"metadata\":{\"message\":\"\"}")},
        {"no message", LIT("{\"a\":1}"),
         RECORD(T_NOW, "file", "INFO", "{\\\"a\\\":1}", "")},
        {"a message of journalctl -o json as bytes",
         LIT("{\"__REALTIME_TIMESTAMP\":\"1795341600000000\",\"MESSAGE\":[27,91,109,255,"
             "97],\"_COMM\":\"x\"}"),
         RECORD("\"timestamp\":\"1795341600000000\",", "file", "INFO",
                "\\u001b[m\\u00ffa", ",\"metadata\":{\"command\":\"x\"}")},
        {"an array that is no bytes", LIT("{\"MESSAGE\":[27,256],\"msg\":\"m\"}"),
         RECORD(T_NOW, "file", "INFO", "m", ",\"metadata\":{\"MESSAGE\":[27,256]}")},
        {"JSON as deep as may be", LIT("{\"message\":\"m\",\"a\":" ARRAYS_31 "}"),
         RECORD(T_NOW, "file", "INFO", "m", ",\"metadata\":{\"a\":" ARRAYS_31 "}")},
        {"JSON that is deeper is text", LIT("{\"message\":\"m\",\"a\":[" ARRAYS_31 "]}"),
         RECORD(T_RECEIPT, "file", "INFO",
                "{\\\"message\\\":\\\"m\\\",\\\"a\\\":[" ARRAYS_31 "]}", "")},
        {"metadata as deep as may be",
         LIT("{\"message\":\"m\",\"metadata\":[" ARRAYS_31 "]}"),
         RECORD(T_RECEIPT, "file", "INFO", "m", ",\"metadata\":[" ARRAYS_31 "]")},
        {"JSON and more", LIT("{\"message\":\"m\"} tail"),
         RECORD(T_RECEIPT, "file", "INFO", "{\\\"message\\\":\\\"m\\\"} tail", "")},
        {"a line of journalctl -o json",
         LIT("{\"__CURSOR\":\"c\",\"__REALTIME_TIMESTAMP\":\"1795341600000000\","
             "\"MESSAGE\":\"m\","
             "\"PRIORITY\":\"3\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"_PID\":\"7\",\"_UID\":"
             "\"0\","
             "\"_SYSTEMD_UNIT\":\"ssh.service\"}"),
         RECORD("\"timestamp\":\"1795341600000000\",", "sshd", "ERROR", "m",
                ",\"metadata\":{\"pid\":\"7\",\"unit\":\"ssh.service\"}")},
},
  entries[] = {
      {"an entry",
       LIT("__CURSOR=c\n__REALTIME_TIMESTAMP=1795341600000000\nMESSAGE=a=b\nPRIORITY=3\n"
           "SYSLOG_IDENTIFIER=sshd\n_PID=7\n_HOSTNAME=web1\n_SYSTEMD_UNIT=ssh.service\n"
           "_COMM=sshd\n_UID=0\n"),
       RECORD("\"timestamp\":\"1795341600000000\",", "sshd", "ERROR", "a=b",
              ",\"metadata\":{\"pid\":\"7\",\"host\":\"web1\",\"unit\":\"ssh.service\","
              "\"command\":\"sshd\"}")},
      {"a binary message", LIT("MESSAGE\n\4\0\0\0\0\0\0\0a\nb\0\n_SYSTEMD_UNIT=x\n"),
       RECORD(T_NOW, "x", "INFO", "a\\u000ab\\ufffd", ",\"metadata\":{\"unit\":\"x\"}")},
      {"a size beyond the end", LIT("MESSAGE\n\377\377\377\377\0\0\0\0ab"),
       RECORD(T_NOW, "file", "INFO", "ab", "")},
      {"a size that is cut", LIT("MESSAGE\n\4\0"),
       RECORD(T_NOW, "file", "INFO", "(no message)", "")},
      {"no message", LIT("__REALTIME_TIMESTAMP=1795341600000000\nPRIORITY=7\n"),
       RECORD("\"timestamp\":\"1795341600000000\",", "file", "DEBUG", "(no message)",
              "")},
      {"the time of the sender",
       LIT("__REALTIME_TIMESTAMP=1795341600000001\n"
           "_SOURCE_REALTIME_TIMESTAMP=1795341600000000\nMESSAGE=m\n"),
       RECORD("\"timestamp\":\"1795341600000000\",", "file", "INFO", "m", "")},
      {"an identifier that is too long",
       LIT("MESSAGE=m\nSYSLOG_IDENTIFIER=123456789012345678901\n_COMM=c\n"),
       RECORD(T_NOW, "c", "INFO", "m", ",\"metadata\":{\"command\":\"c\"}")},
};

START_TEST(lines_are_posted)
{
    CHECK_STR(lines[_i].name, posted(SPLIT_LINES, lines[_i].in), str_of(lines[_i].out));
}
END_TEST

START_TEST(entries_are_posted)
{
    CHECK_STR(entries[_i].name, posted(SPLIT_JOURNAL, entries[_i].in),
              str_of(entries[_i].out));
}
END_TEST

/* Whatever the bytes are, there is a record, and it has all its four texts. */
START_TEST(any_bytes_are_a_record)
{
    char text[1024];
    bool journal = _i >= ROWS(lines);
    struct str in = journal ? entries[_i - ROWS(lines)].in : lines[_i].in;
    ck_assert_uint_le(in.n, sizeof text);
    for (size_t at = 0; at < in.n; at++) {
        memcpy(text, in.p, in.n);
        text[at] = "\n\"{}\377=\0x"[at % 8];
        posted(journal ? SPLIT_JOURNAL : SPLIT_LINES, (struct str){text, in.n});
        ck_assert_ptr_null(memmem(out.p, out.n, "\":\"\",\"", 7));
        arena_reset(&arena);
        posted(journal ? SPLIT_JOURNAL : SPLIT_LINES, (struct str){in.p, at + 1});
        arena_reset(&arena);
    }
}
END_TEST

START_TEST(a_record_over_the_limit_is_refused)
{
    static const struct record_limits limits = {4, 20, 10, 32};
    struct entry_context c = {SPLIT_LINES, STR("file"), 0, NULL, &limits, STR_NONE};
    struct record r;
    struct err e;
    ck_assert(!entry_parse(&arena, STR("1234"), &c, &r, &e));
    ck_assert_int_eq(entry_parse(&arena, STR("12345"), &c, &r, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "4");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("entry");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, lines_are_posted, 0, ROWS(lines));
    tcase_add_loop_test(tc, entries_are_posted, 0, ROWS(entries));
    tcase_add_loop_test(tc, any_bytes_are_a_record, 0, ROWS(lines) + ROWS(entries));
    tcase_add_test(tc, a_record_over_the_limit_is_refused);
    suite_add_tcase(s, tc);
    return unit_run(s);
}
