/* test_mask.c - what of a message is masked, what stays, and where it stood. */
#include "fcgi/base/buf.h"
#include "scoring/mask.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

static struct tokens tokens;
static struct buf shown;

static void set_up(void)
{
    buf_init(&shown, 1 << 16);
}

static void tear_down(void)
{
    buf_free(&shown);
}

/* The tokens in one line: a word as it is, a name as <name>, one that is masked but for
 * its letters as ~word or ~<name>, what is masked as *, an empty value as []. */
static struct str show(struct str message)
{
    buf_clear(&shown);
    mask_tokens(message, &tokens);
    for (size_t i = 0; i < tokens.n; i++) {
        const struct token *t = &tokens.t[i];
        struct str text = {message.p + t->at, t->n};
        bool word = mask_kind(t->hash) == MASK_WORD;
        ck_assert(t->alpha == (word && !t->wild));
        buf_str(&shown, i > 0 ? STR(" ") : STR_NONE);
        if (t->hash == MASK_STAR) {
            buf_str(&shown, t->n > 0 ? STR("*") : STR("[]"));
        } else {
            buf_fmt(&shown, word ? "%s%.*s" : "%s<%.*s>", t->wild ? "~" : "",
                    STR_ARGS(text));
        }
    }
    ck_assert(!shown.failed);
    return buf_view(&shown);
}

/* --- what is masked --- */

static const struct row {
    const char *message, *shown;
} rows[] = {
    {"", ""},
    {"  \t ", ""},
    {"-- :: ... /", ""},
    {"Link error", "Link error"},
    {"Failed password for root from 10.0.0.1 port 22 ssh2",
     "Failed password for <root> from * port * ~ssh2"},
    {"Failed password for invalid user test9 from ::1 port 22",
     "Failed password for invalid user ~<test9> from * port *"},
    {"session opened for user root by (uid=0)",
     "session opened for user <root> by uid *"},
    {"Killed process 17 (httpd).", "Killed process * <httpd>"},
    /* numbers */
    {"took 160 times -1 +5 #7 $9 12% 5th", "took * times *"},
    {"0x0b85eee0 0XFF 3.14e-7 1,000,000", "*"},
    {"code 2b000002 or 6eaaf00 or fade", "code * or * or fade"},
    {"(1.26 KB) sent, lifetime <1 sec", "* sent lifetime *"},
    {"lifetime 00:22", "lifetime *"},
    {"after 5 seconds or 2 minutes 3 ms", "after * or *"},
    {"5 second hand 7 MBit", "* hand * MBit"},
    {"nodes 1, 2, 3 and (4) [5]", "nodes * and * *"},
    {"Times: total = 1072, boot = 856", "Times total * boot *"},
    {"size.........0 (0M)", "size * *"},
    /* dates and times */
    {"at Sat Jul  9 22:53:22 2005", "at *"},
    {"at Mon, 12 Jan 2004", "at *"},
    {"2024-01-08T09:00:01.123Z up", "* up"},
    {"17/May/2015:10:05:03 +0000", "*"},
    {"May we go in Mar", "May we go in Mar"},
    /* addresses */
    {"to 10.10.34.11:8030.", "to *"},
    {"10.251.30.85:50010:Got it", "* Got it"},
    {"from /10.10.34.13:57707 to host/10.1.1.1", "from * to *"},
    {"at fe80::1%eth0 and [2001:db8::8:800]:443", "at * and * *"},
    {"by 00:0d:60:e9:1f:25 or FF:F2:9F:16:E0:DA", "by * or *"},
    {"proxy.cse.cuhk.edu.hk:5070 close", "* close"},
    {"in state.clipTopAmount:180", "in <state.clipTopAmount> *"},
    {"ec2-52-80-34-196.cn-north-1.amazonaws.com left", "* left"},
    {"ns.example.com left for a@b.org", "<ns.example.com> left for <a@b.org>"},
    /* ids */
    {"blk_-4980916519894289629 at node-148",
     "~<blk_-4980916519894289629> at ~<node-148>"},
    {"attempt_1445144423722_0020_m_000002_0 died", "* died"},
    {"70293f72-844a-4b39-9ad6-fb0ad7e364e4 fb0ad7e3-844a-4b39-9ad6-70293f72", "*"},
    {"Event@7317849d jk2_init()", "~<Event@7317849d> ~<jk2_init>"},
    {"SOCKS5 NAT64 IPv6 L3", "~SOCKS5 ~NAT64 ~IPv6 ~<L3>"},
    /* paths */
    {"file /var/log/x.log, C:\\Windows\\x.dll", "file *"},
    {"./run ../x/y ~/z hdfs://a/b?c=d", "* * * *"},
    {"n/a read/write org/apache/x1", "n/a read/write *"},
    /* values */
    {"logname= uid=0 tty=NODEVssh ruser= user=root",
     "logname [] uid * tty * ruser [] user *"},
    {"id = abc, error =", "id * error []"},
    {"tag=\"View Lock\", name=x", "tag * name *"},
    {"a==b x=[y, z] c=(d)", "a * x y z c <d>"},
    {"a=\"b", "a *"},
    {"level=error msg=\"cannot reach 10.0.0.1:5432\" user=bob err=\"timed out\" n=7",
     "level error msg cannot reach * user * err timed out n *"},
    {"msg=\"stopped\" reason=killed", "msg stopped reason killed"},
    {"omsg=\"not one\" msgs=\"not one\" e=\"x y\"", "omsg * msgs * e *"},
    {"msg=\"left open", "msg left open"},
    {"msg= level=", "msg level"},
    {"{\"level\":\"error\",\"user\":\"bob\",\"msg\": \"stopped\"}",
     "level error user * msg stopped"},
    {"done:true, not:false, is null", "done * not * is *"},
    {"service 'abc' on \"def\" and \"g h\"", "service * on * and g h"},
    {"{\"level\":\"error\",\"n\":5}", "level error n *"},
    {"can't stop", "can't stop"},
    /* words */
    {"Task RUNNING to FAILED", "Task RUNNING to FAILED"},
    {"**** BLOCK* ask", "**** BLOCK* ask"},
    {"\xc3\xa9t\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac 5",
     "\xc3\xa9t\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac *"},
};

START_TEST(masks_what_varies)
{
    CHECK_STR(rows[_i].message, show(str_of(rows[_i].message)), str_of(rows[_i].shown));
}
END_TEST

static const struct pair {
    const char *a, *b;
    bool same;
} pairs[] = {
    {"node-1 up", "node-148 up", true},
    {"blk_-17 up", "blk_17 up", true},
    {"rdd_2_0 up", "rdd_17_23 up", true},
    {"rdd_2_0 up", "rdd_2 up", false},
    {"rdd_2_0 up", "blk_2_0 up", false},
    {"eth0 up", "eth1 up", true},
    {"eth0 up", "eth10 up", true},
    {"up", "up ", true},
    {"up", "Up", false},
    {"a b", "b a", false},
    {"a b", "ab", false},
    {"a", "a a", false},
    {"", "a", false},
    {"abcdefgh", "abcdefghi", false},
    {"abcdefghi", "abcdefghj", false},
    {"x=1", "x=true", true},
    {"x=", "x=1", true},
    {"1 2 3", "7", true},
};

START_TEST(a_signature_is_of_the_masked_tokens)
{
    struct tokens b;
    mask_tokens(str_of(pairs[_i].a), &tokens);
    mask_tokens(str_of(pairs[_i].b), &b);
    ck_assert_msg((tokens.signature == b.signature) == pairs[_i].same, "%s, %s",
                  pairs[_i].a, pairs[_i].b);
}
END_TEST

static const struct view {
    const char *message;
    size_t i;
    const char *text;
} views[] = {
    {"for root from 10.0.0.1 port 22", 3, "10.0.0.1"},
    {"took 18.4 KB, 1 sec", 1, "18.4 KB, 1 sec"},
    {"user='root' x", 1, "'root'"},
    {"tag=\"View Lock\" x", 1, "View Lock"},
    {"uid= x", 1, ""},
    {"uid=", 1, ""},
    {"(uid=0)", 1, "0"},
    {"blk_-17.", 0, "blk_-17"},
    {"to /a/b:", 1, "/a/b"},
};

START_TEST(a_value_is_seen_where_it_stood)
{
    const struct view *v = &views[_i];
    mask_tokens(str_of(v->message), &tokens);
    ck_assert_uint_lt(v->i, tokens.n);
    struct str text = {v->message + tokens.t[v->i].at, tokens.t[v->i].n};
    CHECK_STR(v->message, text, str_of(v->text));
    ck_assert(tokens.t[v->i].wild);
}
END_TEST

/* --- the limit --- */

START_TEST(what_is_beyond_the_limit_is_part_of_the_last_token)
{
    char text[4 * MASK_TOKENS_MAX + 16];
    struct tokens at_limit, beyond;
    for (size_t i = 0; i < MASK_TOKENS_MAX + 2; i++) {
        memcpy(text + 4 * i, "abc ", 4);
    }
    mask_tokens((struct str){text, 4 * MASK_TOKENS_MAX}, &at_limit);
    ck_assert_uint_eq(at_limit.n, MASK_TOKENS_MAX);
    ck_assert(at_limit.t[MASK_TOKENS_MAX - 1].alpha);
    mask_tokens((struct str){text, 4 * MASK_TOKENS_MAX + 4}, &tokens);
    ck_assert_uint_eq(tokens.n, MASK_TOKENS_MAX);
    const struct token *last = &tokens.t[MASK_TOKENS_MAX - 1];
    ck_assert(last->wild && last->hash == MASK_STAR);
    ck_assert_uint_eq(last->at, 4 * (MASK_TOKENS_MAX - 1));
    ck_assert_uint_eq(last->n, 8);
    ck_assert(tokens.signature != at_limit.signature);
    mask_tokens((struct str){text, 4 * MASK_TOKENS_MAX + 8}, &beyond);
    ck_assert(tokens.signature == beyond.signature);
}
END_TEST

/* --- any bytes --- */

/* In memory of just its size, so that a step beyond it is found. */
static void check_any(const char *p, size_t n)
{
    char *copy = malloc(n > 0 ? n : 1);
    ck_assert_ptr_nonnull(copy);
    if (n > 0) {
        memcpy(copy, p, n);
    }
    struct tokens again;
    mask_tokens((struct str){n > 0 ? copy : NULL, n}, &tokens);
    mask_tokens((struct str){p, n}, &again);
    ck_assert_uint_le(tokens.n, MASK_TOKENS_MAX);
    ck_assert_uint_eq(tokens.n, again.n);
    ck_assert(tokens.signature == again.signature);
    size_t end = 0;
    for (size_t i = 0; i < tokens.n; i++) {
        const struct token *t = &tokens.t[i];
        ck_assert_uint_ge(t->at, end);
        end = (size_t)t->at + t->n;
        ck_assert_uint_le(end, n);
        ck_assert(!(t->wild && t->alpha));
        ck_assert(t->wild || mask_kind(t->hash) != MASK_WILD);
        ck_assert(t->hash == MASK_STAR || (t->hash >= 16 && t->n > 0));
    }
    free(copy);
}

START_TEST(a_message_may_end_anywhere)
{
    struct str message = str_of(rows[_i].message);
    for (size_t n = 0; n <= message.n; n++) {
        check_any(message.p, n);
        check_any(message.p + message.n - n, n);
    }
}
END_TEST

START_TEST(any_bytes_are_safe)
{
    static const char likely[] = " =:.,/\\'\"-_()[]{}<>#*@%01fgAZ\xc3\xa9";
    uint64_t x = 88172645463325252u + (uint64_t)_i;
    char text[300];
    for (int round = 0; round < 3000; round++) {
        size_t n = 0;
        for (; n < sizeof text; n++) {
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            text[n] = _i ? likely[(x >> 20) % (sizeof likely - 1)] : (char)(x >> 20);
        }
        check_any(text, (size_t)(x >> 33) % (sizeof text + 1));
    }
}
END_TEST

static const char *const pieces[] = {
    "a",   " ",    "1",    "1 ",    "a ",   "=",    "=\"",   "a=",          ":",
    "a:",  "1:",   ".",    "..",    "a..",  "'",    "\"",    "/",           "\\",
    "-",   "*",    "a1",   "a.1:",  "Fri ", "Jan ", "Sun,",  "(",           "a= ",
    "x::", "0 s ", "\xc3", "true ", "~",    "@",    "a@b:1", "for a from ", "[1] ",
};

START_TEST(a_mebibyte_of_anything_is_read_in_one_pass)
{
    enum { BYTES = 1 << 20 };
    size_t n = strlen(pieces[_i]);
    char *text = malloc(BYTES);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < BYTES; i++) {
        text[i] = pieces[_i][i % n];
    }
    check_any(text, BYTES);
    free(text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("mask");
    TCase *tc = tcase_create("masked");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, masks_what_varies, 0, ROWS(rows));
    suite_add_tcase(s, tc);
    unit_table(s, "signature", a_signature_is_of_the_masked_tokens, ROWS(pairs));
    unit_table(s, "views", a_value_is_seen_where_it_stood, ROWS(views));
    unit_case(s, "limit", what_is_beyond_the_limit_is_part_of_the_last_token);
    unit_table(s, "cut", a_message_may_end_anywhere, ROWS(rows));
    unit_table(s, "any", any_bytes_are_safe, 2);
    unit_table(s, "long", a_mebibyte_of_anything_is_read_in_one_pass, ROWS(pieces));
    return unit_run(s);
}
