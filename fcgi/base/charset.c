/* charset.c - see charset.h. */
#include "fcgi/base/charset.h"

static const struct {
    const char *name;
    enum charset charset;
} names[] = {
    {"utf-8", CHARSET_UTF8},          {"utf8", CHARSET_UTF8},
    {"us-ascii", CHARSET_UTF8},       {"ascii", CHARSET_UTF8},
    {"iso-8859-1", CHARSET_CP1252},   {"iso8859-1", CHARSET_CP1252},
    {"iso_8859-1", CHARSET_CP1252},   {"latin1", CHARSET_CP1252},
    {"windows-1252", CHARSET_CP1252}, {"cp1252", CHARSET_CP1252},
    {"utf-16", CHARSET_UTF16},        {"utf-16le", CHARSET_UTF16LE},
    {"utf-16be", CHARSET_UTF16BE},    {"unicode", CHARSET_UTF16},
};

static struct str unquoted(struct str s)
{
    if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"') {
        return (struct str){s.p + 1, s.n - 2};
    }
    return s;
}

enum charset charset_of(struct str content_type, struct str *name)
{
    struct str left = content_type;
    *name = STR_NONE;
    str_split(&left, ';');
    while (left.n > 0 && name->n == 0) {
        struct str value = str_split(&left, ';');
        struct str key = str_split(&value, '=');
        if (str_eq_nocase(str_trim(key), STR("charset"))) {
            *name = unquoted(str_trim(value));
        }
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq_nocase(*name, str_of(names[i].name))) {
            return names[i].charset;
        }
    }
    return name->n == 0 ? CHARSET_UTF8 : CHARSET_UNKNOWN;
}

bool charset_type_is(struct str content_type, struct str media_type)
{
    struct str left = content_type;
    return str_eq_nocase(str_trim(str_split(&left, ';')), media_type);
}
