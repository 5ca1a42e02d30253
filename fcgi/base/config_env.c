/* config_env.c - .env as people write it: quotes, comments, export, CRLF. */
#include "fcgi/base/config.h"

static char *skip_blank(char *p)
{
    while (*p == ' ' || *p == '\t') {
        p++;
    }
    return p;
}

static bool only_comment(const char *p)
{
    p += strspn(p, " \t\r\n");
    return *p == '\0' || *p == '#';
}

/* A quoted value, in place; p is at the quote. In double quotes \" \\ \$ \n mean what
 * they do in a shell. Returns NULL if the quote is not closed or text follows it. */
static char *unquote(char *p)
{
    char quote = *p, *from = ++p, *to = from;
    while (*p && *p != quote) {
        if (quote == '"' && *p == '\\' && p[1] && strchr("\"\\$n", p[1])) {
            p++;
            *to++ = *p == 'n' ? '\n' : *p;
        } else {
            *to++ = *p;
        }
        p++;
    }
    if (*p != quote || !only_comment(p + 1)) {
        return NULL;
    }
    *to = '\0';
    return from;
}

/* A bare value ends at the line's end or at a # after a blank. */
static char *bare(char *p)
{
    char *end = p;
    for (char *q = p; *q && *q != '\r' && *q != '\n'; q++) {
        if (*q == '#' && (q == p || q[-1] == ' ' || q[-1] == '\t')) {
            break;
        }
        if (*q != ' ' && *q != '\t') {
            end = q + 1;
        }
    }
    *end = '\0';
    return p;
}

/* Where the value in KEY=value begins, and the key; NULL if p is something else. */
static char *find_value(char *p, char **key, size_t *key_n)
{
    p = skip_blank(p);
    if (strncmp(p, "export", 6) == 0 && (p[6] == ' ' || p[6] == '\t')) {
        p = skip_blank(p + 6);
    }
    size_t n =
        strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    char *eq = skip_blank(p + n);
    *key = p;
    *key_n = n;
    return n == 0 || *eq != '=' ? NULL : skip_blank(eq + 1);
}

bool config_env_line(char *line, const char **key, const char **value, bool *bad)
{
    char *name;
    size_t name_n;
    if (only_comment(line)) {
        return false;
    }
    char *v = find_value(line, &name, &name_n);
    if (v) {
        v = (*v == '"' || *v == '\'') ? unquote(v) : bare(v);
    }
    if (!v) {
        *bad = true;
        return false;
    }
    name[name_n] = '\0';
    *key = name;
    *value = v;
    return true;
}

/* A quote that is never closed does not go over the line. */
char *config_env_end(char *text)
{
    char *key;
    size_t key_n;
    char *v = find_value(text, &key, &key_n);
    char *p = text;
    if (v && (*v == '"' || *v == '\'')) {
        for (p = v + 1; *p && *p != *v; p++) {
            p += *v == '"' && *p == '\\' && p[1];
        }
        p = *p ? p : text;
    }
    return p + strcspn(p, "\n");
}
