/* test_split.c - records out of contents of every kind, and those that are cut. */
#include "fcgi/cli/split.h"
#include "tests/unit/unit.h"

enum { OUT_BYTES = 4096 };

/* Pieces as "a|b|", with ~ after one that is not whole. */
static const struct {
    const char *name;
    enum split_kind kind;
    struct str in;
    const char *out;
} rows[] = {
    {"nothing", SPLIT_LINES, LIT(""), ""},
    {"blank lines", SPLIT_LINES, LIT("\n \n\r\n"), ""},
    {"lines", SPLIT_LINES, LIT("a\nb\r\n\nc\n"), "a|b|c|"},
    {"a line without an end", SPLIT_LINES, LIT("a\nb"), "a|b~|"},
    {"a continued line", SPLIT_LINES, LIT("a\n  at x\nb\n"), "a\n  at x|b|"},
    {"a continued line without an end", SPLIT_LINES, LIT("a\n  at"), "a\n  at~|"},
    {"an object a line", SPLIT_LINES, LIT("{\"a\":1}\n{\"a\":2}\n"),
     "{\"a\":1}|{\"a\":2}|"},
    {"an error log", SPLIT_LINES, LIT("[Sun Nov 22] [error] x\n"),
     "[Sun Nov 22] [error] x|"},
    {"a bracket alone", SPLIT_LINES, LIT("["), "[~|"},
    {"stanzas", SPLIT_LINES,
     LIT("\nStart-Date: 1\nInstall: a\nEnd-Date: 2\n\nStart-Date: 3\nEnd-Date: 4\n"),
     "Start-Date: 1\nInstall: a\nEnd-Date: 2|Start-Date: 3\nEnd-Date: 4|"},
    {"a stanza that has not ended", SPLIT_LINES,
     LIT("Start-Date: 1\nInstall: a\nEnd-Date: 2\n\nStart-Date: 3\nInstall: b\n"),
     "Start-Date: 1\nInstall: a\nEnd-Date: 2|Start-Date: 3\nInstall: b~|"},
    {"a stanza without an end before another", SPLIT_LINES,
     LIT("Start-Date: 1\nInstall: a\n\nStart-Date: 3\nEnd-Date: 4\n"),
     "Start-Date: 1\nInstall: a|Start-Date: 3\nEnd-Date: 4|"},
    {"entries of a journal", SPLIT_JOURNAL,
     LIT("__CURSOR=1\nMESSAGE=a=b\n\n\n__CURSOR=2\nMESSAGE=c\n\n"),
     "__CURSOR=1\nMESSAGE=a=b\n|__CURSOR=2\nMESSAGE=c\n|"},
    {"an entry with a binary field", SPLIT_JOURNAL,
     LIT("__CURSOR=1\nMESSAGE\n\5\0\0\0\0\0\0\0a\n\nb=\nX=1\n\n"),
     "__CURSOR=1\nMESSAGE\n\5.......a\n\nb=\nX=1\n|"},
    {"an entry without its empty line", SPLIT_JOURNAL, LIT("__CURSOR=1\nMESSAGE=a\n"),
     "__CURSOR=1\nMESSAGE=a\n~|"},
    {"an entry cut in a field", SPLIT_JOURNAL, LIT("__CURSOR=1\nMESSA"),
     "__CURSOR=1\nMESSA~|"},
    {"an entry cut in a size", SPLIT_JOURNAL, LIT("__CURSOR=1\nMESSAGE\n\5\0\0"),
     "__CURSOR=1\nMESSAGE\n\5..~|"},
    {"a size beyond all", SPLIT_JOURNAL,
     LIT("__CURSOR=1\nM\n\377\377\377\377\377\377\377\377a\n\n"),
     "__CURSOR=1\nM\n\377\377\377\377\377\377\377\377a\n\n~|"},
    {"an array", SPLIT_JSON, LIT("[{\"a\":\"]}\"},{\"b\":[1,{}]}]"),
     "{\"a\":\"]}\"}|{\"b\":[1,{}]}|"},
    {"an array on several lines", SPLIT_JSON, LIT("[\n {\"a\":\n1},\n {\"b\":2}\n]\n"),
     "{\"a\":\n1}|{\"b\":2}|"},
    {"an empty array", SPLIT_JSON, LIT("[ ]"), ""},
    {"objects on several lines", SPLIT_JSON, LIT("{\n\"a\":1\n}\n{\n\"b\":\"\\\"}\"\n}"),
     "{\n\"a\":1\n}|{\n\"b\":\"\\\"}\"\n}|"},
    {"an array that ends too early", SPLIT_JSON, LIT("[{\"a\":1},{\"b\":"),
     "{\"a\":1}|{\"b\":~|"},
    {"an array that ends in a text", SPLIT_JSON, LIT("[{\"a\":\"\\"), "{\"a\":\"\\~|"},
    {"an array with other things in it", SPLIT_JSON, LIT("[{},1,\"a b\",null]"),
     "{}|1|\"a b\"|null|"},
    {"brackets without partners", SPLIT_JSON, LIT("[{}}]]{\"a\":1}"), "{}|}|{\"a\":1}|"},
    {"a mark at the beginning", SPLIT_JSON, LIT("\xEF\xBB\xBF[{\"a\":1}]"), "{\"a\":1}|"},
};

static void put(char *out, const struct piece *p)
{
    size_t n = strlen(out);
    ck_assert_uint_lt(n + p->text.n + 3, OUT_BYTES);
    for (size_t i = 0; i < p->text.n; i++) {
        out[n++] = p->text.p[i] ? p->text.p[i] : '.';
    }
    snprintf(out + n, 3, "%s|", p->whole ? "" : "~");
}

START_TEST(splits)
{
    char out[OUT_BYTES] = "";
    struct split s = {split_sniff(rows[_i].in), rows[_i].in, false, STR_NONE};
    struct piece p;
    ck_assert_msg(s.kind == rows[_i].kind, "%s: kind %d", rows[_i].name, (int)s.kind);
    while (split_next(&s, &p)) {
        put(out, &p);
    }
    ck_assert_msg(strcmp(out, rows[_i].out) == 0, "%s: %s", rows[_i].name, out);
}
END_TEST

/* Fed byte by byte it gives the same, as far as the records are whole. */
START_TEST(splits_the_same_when_the_content_comes_in_pieces)
{
    char whole[OUT_BYTES] = "", pieces[OUT_BYTES] = "";
    struct str in = rows[_i].in;
    struct split s = {split_sniff(in), in, false, STR_NONE};
    struct piece p;
    while (split_next(&s, &p)) {
        put(whole, &p);
    }
    s.left = (struct str){in.p, 0};
    for (size_t n = 0; n <= in.n; n++) {
        s.left.n = (size_t)(in.p + n - s.left.p);
        s.more = n < in.n;
        while (split_next(&s, &p)) {
            put(pieces, &p);
        }
    }
    ck_assert_msg(strcmp(whole, pieces) == 0, "%s: %s", rows[_i].name, pieces);
}
END_TEST

/* Each beginning of a content, and each with one byte changed: no end without progress. */
START_TEST(always_comes_to_an_end)
{
    char text[OUT_BYTES];
    struct str in = rows[_i].in;
    for (size_t at = 0; at < in.n; at++) {
        memcpy(text, in.p, in.n);
        text[at] = "\n\"{}[]=\0"[at % 8];
        for (size_t n = 0; n <= in.n; n++) {
            struct split s = {rows[_i].kind, {text, n}, false, STR_NONE};
            struct piece p;
            size_t pieces = 0;
            while (split_next(&s, &p)) {
                ck_assert_uint_gt(p.text.n, 0);
                ck_assert_uint_le(++pieces, n);
            }
            ck_assert_uint_le(s.left.n, n);
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("split");
    unit_table(s, "pieces", splits, ROWS(rows));
    unit_table(s, "stream", splits_the_same_when_the_content_comes_in_pieces, ROWS(rows));
    unit_table(s, "hostile", always_comes_to_an_end, ROWS(rows));
    return unit_run(s);
}
