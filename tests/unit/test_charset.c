/* test_charset.c - what a Content-Type says. */
#include "fcgi/base/charset.h"

#include "tests/unit/unit.h"

static const struct {
    const char *type;
    enum charset charset;
    const char *name;
} types[] = {
    {"", CHARSET_UTF8, ""},
    {"text/plain", CHARSET_UTF8, ""},
    {"application/json; charset=utf-8", CHARSET_UTF8, "utf-8"},
    {"application/json;charset=UTF-8", CHARSET_UTF8, "UTF-8"},
    {"application/json; charset=\"utf8\"", CHARSET_UTF8, "utf8"},
    {"text/plain; charset=us-ascii", CHARSET_UTF8, "us-ascii"},
    {"text/plain; charset=ISO-8859-1", CHARSET_CP1252, "ISO-8859-1"},
    {"text/plain; charset=latin1", CHARSET_CP1252, "latin1"},
    {"text/plain; format=flowed; Charset = windows-1252 ", CHARSET_CP1252,
     "windows-1252"},
    {"text/plain; charset=cp1252; x=y", CHARSET_CP1252, "cp1252"},
    {"text/plain; charset=utf-16", CHARSET_UTF16, "utf-16"},
    {"text/plain; charset=utf-16LE", CHARSET_UTF16LE, "utf-16LE"},
    {"text/plain; charset=utf-16be", CHARSET_UTF16BE, "utf-16be"},
    {"text/plain; charset=koi8-r", CHARSET_UNKNOWN, "koi8-r"},
    {"text/plain; charset=utf-88", CHARSET_UNKNOWN, "utf-88"},
    {"text/plain; charset=", CHARSET_UTF8, ""},
    {"text/plain; charset", CHARSET_UTF8, ""},
    {"text/plain; charset=\"", CHARSET_UNKNOWN, "\""},
    {"text/plain;;; ;charset=latin1", CHARSET_CP1252, "latin1"},
    {"text/plain; charset=latin1; charset=utf-16", CHARSET_CP1252, "latin1"},
    {"charset=latin1", CHARSET_UTF8, ""},
    {"text/plain; xcharset=latin1", CHARSET_UTF8, ""},
};

START_TEST(finds_the_charset)
{
    struct str name = STR("before");
    enum charset charset = charset_of(str_of(types[_i].type), &name);
    ck_assert_msg(charset == types[_i].charset, "%s: %d", types[_i].type, (int)charset);
    CHECK_STR(types[_i].type, name, str_of(types[_i].name));
}
END_TEST

START_TEST(compares_the_media_type_alone)
{
    ck_assert(charset_type_is(STR("text/plain"), STR("text/plain")));
    ck_assert(charset_type_is(STR("Text/Plain ; charset=utf-8"), STR("text/plain")));
    ck_assert(!charset_type_is(STR("text/plainer"), STR("text/plain")));
    ck_assert(!charset_type_is(STR("application/json; text/plain"), STR("text/plain")));
    ck_assert(!charset_type_is(STR_NONE, STR("text/plain")));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("charset");
    unit_table(s, "charset", finds_the_charset, ROWS(types));
    unit_case(s, "type", compares_the_media_type_alone);
    return unit_run(s);
}
