/* line_packages.c - the logs of Debian's package tools: dpkg.log, alternatives.log and
 * apt's history.log, whose record is a stanza. */
#include "fcgi/core/line_head.h"

static bool is_verb(struct str word)
{
    static const char *const verbs[] = {"startup",  "status",   "install",  "upgrade",
                                        "remove",   "purge",    "trigproc", "configure",
                                        "conffile", "disappear"};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (str_eq(word, str_of(verbs[i]))) {
            return true;
        }
    }
    return false;
}

/* 2026-11-22 13:00:48 install foo:amd64 <none> 1.0 */
static bool read_dpkg(struct str s, const struct line_context *c, struct line_head *h)
{
    if (!line_take_iso(&s, c, h) || !line_shape(s, " a")) {
        return false;
    }
    s = str_from(s, 1);
    struct str rest = s;
    h->service = STR("dpkg");
    h->message = s.p;
    return is_verb(line_take_word(&rest));
}

/* update-alternatives 2026-11-22 13:00:48: link group ... */
static bool read_alternatives(struct str s, const struct line_context *c,
                              struct line_head *h)
{
    struct str name = STR("update-alternatives");
    if (!str_starts(s, STR("update-alternatives "))) {
        return false;
    }
    s = str_from(s, name.n + 1);
    if (!line_take_iso(&s, c, h) || !str_starts(s, STR(": "))) {
        return false;
    }
    h->service = name;
    h->message = s.p + 2;
    return true;
}

/* Start-Date: 2026-11-22  13:00:48, and lines such as "Commandline: apt-get ..." */
static bool read_apt(struct str s, const struct line_context *c, struct line_head *h)
{
    char iso[] = "2026-11-22 13:00:48";
    if (!str_starts(s, STR("Start-Date: "))) {
        return false;
    }
    s = str_from(s, STR("Start-Date: ").n);
    if (!line_shape(s, "dddd-dd-dd  dd:dd:dd")) {
        return false;
    }
    memcpy(iso, s.p, 10);
    memcpy(iso + 11, s.p + 12, 8);
    h->time = (struct str){s.p, 20};
    h->time_read = clock_parse_in(str_of(iso), c->zone, &h->event_us);
    h->format = LINE_APT;
    h->service = STR("apt");
    h->message = s.p + 20; /* the lines after this one */
    const char *fault = memmem(h->text.p, h->text.n, "\nError: ", 8);
    h->level = fault ? LEVEL_ERROR : LEVEL_UNKNOWN;
    return true;
}

bool line_read_packages(struct str line, const struct line_context *c,
                        struct line_head *h)
{
    h->format = LINE_DPKG;
    return read_dpkg(line, c, h) || read_alternatives(line, c, h) || read_apt(line, c, h);
}
