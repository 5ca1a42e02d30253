/* service_name.c - see service_name.h. */
#include "fcgi/cli/service_name.h"

#include "fcgi/base/utf8.h"

static const char *const endings[] = {".gz",     ".old",     ".bak",    ".log",
                                      ".txt",    ".json",    ".ndjson", ".jsonl",
                                      ".export", ".journal", ".out"};

/* Names that only their folder explains; with a dash: "nginx-access". */
static const char *const with_folder[] = {"access", "error", "other_vhosts_access",
                                          "debug"};
static const char *const folder_alone[] = {"history", "term",     "log", "current",
                                           "output",  "messages", "main"};

static const char *const folder_of_logs[] = {".", "..", "log", "logs"};

static bool is_one_of(struct str s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq_nocase(s, str_of(list[i]))) {
            return true;
        }
    }
    return false;
}
#define IS_ONE_OF(s, list) is_one_of(s, list, sizeof(list) / sizeof(list)[0])

/* How long a number of rotation at the end is: ".3", "-20261122", ".2026-11-22". */
static size_t rotation_bytes(struct str s)
{
    size_t n = 0, digits = 0;
    while (n < s.n && ((s.p[s.n - 1 - n] >= '0' && s.p[s.n - 1 - n] <= '9') ||
                       (s.p[s.n - 1 - n] == '-' && n > 0 && digits >= 2))) {
        digits += s.p[s.n - 1 - n] != '-';
        n++;
    }
    bool dot = n < s.n && s.p[s.n - 1 - n] == '.';
    bool dash = n > 0 && s.p[s.n - n] == '-'; /* the walk took it along */
    if (dot && digits > 0 && !dash) {
        return n + 1;
    }
    return dash && digits >= 6 ? n : 0;
}

static struct str without_ending(struct str s)
{
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct str end = str_of(endings[i]);
        if (s.n > end.n && str_eq_nocase(str_from(s, s.n - end.n), end)) {
            return (struct str){s.p, s.n - end.n};
        }
    }
    size_t n = rotation_bytes(s);
    return n < s.n ? (struct str){s.p, s.n - n} : s;
}

static struct str base_of(struct str *path)
{
    while (path->n > 1 && path->p[path->n - 1] == '/') {
        path->n--;
    }
    const char *slash = path->n > 0 ? memrchr(path->p, '/', path->n) : NULL;
    size_t at = slash ? (size_t)(slash - path->p) + 1 : 0;
    struct str base = str_from(*path, at);
    path->n = at > 0 ? at - 1 : 0;
    return base;
}

struct str service_name(struct arena *a, const char *path, size_t bytes_max)
{
    struct str left = str_of(path), name = base_of(&left), folder = base_of(&left), was;
    struct buf b;
    if (IS_ONE_OF(folder, folder_of_logs)) {
        folder.n = 0; /* says nothing either */
    }
    do {
        was = name;
        name = without_ending(name);
    } while (name.n < was.n);
    if (str_eq(str_of(path), STR("-"))) {
        name = STR("stdin");
    }
    bool joined = folder.n > 0 && IS_ONE_OF(name, with_folder);
    buf_init(&b, 3 * (folder.n + name.n) + 16);
    if (joined || (folder.n > 0 && IS_ONE_OF(name, folder_alone))) {
        utf8_repair(folder, &b);
    }
    if (joined) {
        buf_byte(&b, '-');
    }
    if (b.n == 0 || joined) {
        utf8_repair(name, &b);
    }
    struct str all = buf_view(&b);
    all = all.n > 0 && all.n <= bytes_max ? all : STR("file");
    all.n = all.n <= bytes_max ? all.n : bytes_max;
    struct str out = b.failed ? STR_NONE : arena_str(a, all);
    buf_free(&b);
    return out;
}
