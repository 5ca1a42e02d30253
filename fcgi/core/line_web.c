/* line_web.c - what web servers write: access logs (common, combined, with a virtual host
 * before or in it) and the error logs of Apache, nginx, lighttpd and PHP. */
#include "fcgi/core/access_line.h"
#include "fcgi/core/line_head.h"

#include <ctype.h>

/* --- access logs --- */

/* The name of a host without its port: "example.org:443", "[::1]:80". */
static struct str without_port(struct str host)
{
    const char *colon = host.n > 0 ? memrchr(host.p, ':', host.n) : NULL;
    if (!colon) {
        return host;
    }
    struct str port = str_from(host, (size_t)(colon - host.p) + 1);
    int64_t number;
    if (str_to_i64(port, 0, 65535, &number)) {
        host.n = (size_t)(colon - host.p);
    }
    return host;
}

bool line_read_access(struct str line, const struct line_context *c, struct line_head *h)
{
    struct access_line parts;
    if (!access_line_split(line, &parts) || !line_take_clf(&parts.time, c, h) ||
        parts.time.n > 0) {
        return false;
    }
    h->format = LINE_ACCESS;
    h->service = without_port(parts.host);
    h->level = parts.status / 100 == 5   ? LEVEL_ERROR
               : parts.status / 100 == 4 ? LEVEL_WARN
                                         : LEVEL_INFO;
    return true;
}

/* --- error logs --- */

/* "core:error", "error", "http2:trace3" */
static bool take_module_level(struct str s, struct line_head *h)
{
    const char *colon = s.n > 0 ? memrchr(s.p, ':', s.n) : NULL;
    struct str name = colon ? str_from(s, (size_t)(colon - s.p) + 1) : s;
    if (str_starts(name, STR("trace")) && name.n == 6) {
        name.n--;
    }
    h->level = level_of(name);
    if (h->level != LEVEL_UNKNOWN && colon) {
        line_add(h, "module", (struct str){s.p, (size_t)(colon - s.p)});
    }
    return h->level != LEVEL_UNKNOWN;
}

/* [Sun Nov 22 10:00:00.123456 2026] [core:error] [pid 1:tid 2] [client 1.2.3.4:5] text */
static bool read_apache(struct str s, const struct line_context *c, struct line_head *h)
{
    if (s.n == 0 || s.p[0] != '[') {
        return false;
    }
    s = str_from(s, 1);
    if (!line_take_ctime(&s, c, h) || !str_starts(s, STR("] "))) {
        return false;
    }
    s = str_from(s, 2);
    while (s.n > 0 && s.p[0] == '[') {
        struct str rest = str_from(s, 1), group = str_split(&rest, ']');
        if (!rest.p) {
            break;
        }
        if (str_starts(group, STR("pid "))) {
            group = str_from(group, 4);
            line_add(h, "pid", str_split(&group, ':'));
        } else if (str_starts(group, STR("client "))) {
            line_add(h, "client", str_from(group, 7));
        } else if (h->level != LEVEL_UNKNOWN || !take_module_level(group, h)) {
            break;
        }
        s = str_trim(rest);
    }
    h->message = s.p;
    return true;
}

/* 2026/11/22 10:00:00 [error] 12#34: *1 text, client: 1.2.3.4, server: ... */
static bool read_nginx(struct str s, struct line_head *h)
{
    if (!line_shape(h->time, "dddd/dd/dd") || !str_starts(s, STR(" ["))) {
        return false;
    }
    s = str_from(s, 2);
    struct str level = str_split(&s, ']');
    h->level = level_of(level);
    s = str_trim(s);
    struct str rest = s, ids = line_take_word(&rest);
    struct str pid = str_split(&ids, '#');
    if (h->level == LEVEL_UNKNOWN || !str_ends(ids, STR(":"))) {
        return false;
    }
    line_add(h, "pid", pid);
    if (rest.n > 0 && rest.p[0] == '*') {
        line_take_word(&rest); /* the number of the connection */
    }
    h->message = rest.p;
    const char *client = rest.n > 0 ? memmem(rest.p, rest.n, ", client: ", 10) : NULL;
    if (client) {
        rest = str_from(rest, (size_t)(client - rest.p) + 10);
        line_add(h, "client", str_split(&rest, ','));
    }
    return true;
}

/* 2026-11-22 10:00:00: (mod.c.123) text */
static bool read_lighttpd(struct str s, struct line_head *h)
{
    if (!line_shape(h->time, "dddd-dd-dd") || !str_starts(s, STR(": ("))) {
        return false;
    }
    s = str_from(s, 3);
    struct str module = str_split(&s, ')');
    if (!s.p || !memmem(module.p, module.n, ".c.", 3)) {
        return false;
    }
    line_add(h, "module", module);
    h->message = str_trim(s).p;
    return true;
}

/* [22-Nov-2026 10:00:00 UTC] PHP Warning:  text in /x.php on line 1 */
static bool read_php(struct str s, const struct line_context *c, struct line_head *h)
{
    static const struct {
        const char *says;
        enum level level;
    } kinds[] = {{"PHP Fatal error", LEVEL_FATAL},
                 {"PHP Parse error", LEVEL_FATAL},
                 {"PHP Recoverable fatal error", LEVEL_ERROR},
                 {"PHP Warning", LEVEL_WARN},
                 {"PHP Notice", LEVEL_NOTICE},
                 {"PHP Deprecated", LEVEL_NOTICE}};
    if (s.n == 0 || s.p[0] != '[') {
        return false;
    }
    s = str_from(s, 1);
    if (!line_take_php(&s, c, h)) {
        return false;
    }
    str_split(&s, ']');
    s = str_trim(s);
    struct str after;
    h->level =
        line_level_first(s, &after); /* php-fpm's own log: "WARNING: [pool www] ..." */
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        h->level = str_starts(s, str_of(kinds[i].says)) ? kinds[i].level : h->level;
    }
    h->message = s.p;
    return s.n > 0;
}

bool line_read_error_log(struct str line, const struct line_context *c,
                         struct line_head *h)
{
    struct str s = line;
    h->format = LINE_ERROR_LOG;
    if (line_take_iso(&s, c, h)) {
        return read_nginx(s, h) || read_lighttpd(s, h);
    }
    return read_apache(line, c, h) || read_php(line, c, h);
}
