/* fuzz.c - see fuzz.h. */
#include "tests/fuzz/fuzz.h"

#include "fcgi/base/diag.h"
#include "fcgi/base/utf8.h"

#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 512, COPY_BYTES_MAX = 64 << 20, VERDICT_DEPTH = 8 };

void fuzz_fail(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: it does not hold: %s\n", file, line, what);
    abort();
}

/* In place of base/diag.c: the arguments are looked at, and nothing is said. */
void diag(const char *fmt, ...)
{
    char text[DIAG_LINE_BYTES];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
}

void diag_init(const char *program)
{
    (void)program;
}

struct str fuzz_line(struct str *left)
{
    return str_split(left, '\n');
}

char *fuzz_own(struct str s)
{
    char *p = malloc(s.n > 0 ? s.n : 1);
    FUZZ_CHECK(p);
    if (s.n > 0) {
        memcpy(p, s.p, s.n);
    }
    return p;
}

char *fuzz_utf8(struct str s, size_t *n)
{
    struct buf b;
    buf_init(&b, COPY_BYTES_MAX);
    (void)utf8_repair(s, &b);
    FUZZ_CHECK(!b.failed);
    char *p = fuzz_own(buf_view(&b));
    *n = b.n;
    buf_free(&b);
    return p;
}

/* --- the folder --- */

static char folder[PATH_BYTES];

void fuzz_clear_folder(void)
{
    char path[2 * PATH_BYTES];
    DIR *d = opendir(folder);
    FUZZ_CHECK(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2) {
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            unlink(path);
        }
    }
    closedir(d);
}

static void remove_folder(void)
{
    fuzz_clear_folder();
    rmdir(folder);
}

const char *fuzz_folder(void)
{
    const char *tmp = getenv("TMPDIR");
    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "%s/loganalyzer-fuzz.XXXXXX", tmp ? tmp : "/tmp");
        FUZZ_CHECK(mkdtemp(folder) && atexit(remove_folder) == 0);
    }
    return folder;
}

/* --- promises --- */

void fuzz_check_text(struct str s)
{
    FUZZ_CHECK(s.n == 0 || s.p);
    FUZZ_CHECK(utf8_valid_prefix(s) == s.n);
}

void fuzz_check_json(struct str text, int depth_max)
{
    struct json_value v;
    struct err e;
    fuzz_check_text(text);
    char *copy = fuzz_own(text);
    struct json_in in = {copy, text.n, 0, depth_max, 0};
    FUZZ_CHECK(!json_read(&in, &v, &e) && json_at_end(&in));
    free(copy);
}

void fuzz_check_err(enum err_code code, const struct err *e)
{
    size_t n = strnlen(e->msg, sizeof e->msg);
    FUZZ_CHECK(code != ERR_NONE && code == e->code && code != ERR_BUG);
    FUZZ_CHECK(n > 0 && n < sizeof e->msg);
}

void fuzz_check_record(const struct record *r, const struct record_limits *limits)
{
    fuzz_check_text(r->timestamp);
    fuzz_check_text(r->service);
    fuzz_check_text(r->level);
    fuzz_check_text(r->message);
    fuzz_check_json(r->metadata, limits->json_depth_max + 1);
    FUZZ_CHECK(r->timestamp.n > 0 && r->message.n > 0);
    FUZZ_CHECK(r->service.n > 0 && r->service.n <= limits->service_bytes_max);
    FUZZ_CHECK(r->level.n > 0 && r->level.n <= limits->level_bytes_max);
}

static void check_reason(const struct reason *r, size_t n)
{
    FUZZ_CHECK((int)r->channel < CHANNELS_N && r->evidence >= 0 && isfinite(r->evidence));
    FUZZ_CHECK(isfinite(r->observed) && isfinite(r->expected));
    FUZZ_CHECK(r->text[0] != '\0');
    fuzz_check_text(str_of(r->text));
    fuzz_check_text(str_of(r->template_text));
    fuzz_check_text(str_of(r->value));
    FUZZ_CHECK(r->records_n <= REASON_RECORDS_MAX);
    FUZZ_CHECK(r->records_total >= (int64_t)r->records_n);
    for (size_t i = 0; i < r->records_n; i++) {
        FUZZ_CHECK(i == 0 ? r->records[i] >= 0 : r->records[i] > r->records[i - 1]);
        FUZZ_CHECK(r->stored || (uint64_t)r->records[i] < n);
    }
}

/* Who asks the scoring service must be able to read what it says. */
static void check_printed(const struct verdict *v)
{
    struct buf b;
    struct arena a;
    struct json_value object;
    struct verdict back;
    struct err e;
    buf_init(&b, COPY_BYTES_MAX);
    arena_init(&a, COPY_BYTES_MAX);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    verdict_print_members(&o, v, 0);
    json_close(&o, '}');
    FUZZ_CHECK(!b.failed);
    struct json_in in = {b.p, b.n, 0, VERDICT_DEPTH, 0};
    FUZZ_CHECK(!json_read(&in, &object, &e) && json_at_end(&in));
    if (verdict_read(&a, object, &back, &e)) {
        fuzz_fail(__FILE__, __LINE__, e.msg);
    }
    FUZZ_CHECK(back.score == v->score && back.raw_score == v->raw_score);
    FUZZ_CHECK(back.reasons_n == v->reasons_n);
    for (size_t i = 0; i < v->reasons_n; i++) {
        FUZZ_CHECK(strcmp(back.reasons[i].text, v->reasons[i].text) == 0);
        FUZZ_CHECK(back.reasons[i].records_total == v->reasons[i].records_total);
    }
    arena_free(&a);
    buf_free(&b);
}

void fuzz_check_verdict(const struct verdict *v, size_t n)
{
    FUZZ_CHECK(v->score >= 0 && v->score <= 1 && v->raw_score >= 0 && v->raw_score <= 1);
    FUZZ_CHECK(v->reasons_n <= VERDICT_REASONS_MAX);
    FUZZ_CHECK(v->reasons_n > 0 || v->score == 0);
    FUZZ_CHECK(v->new_templates_n <= VERDICT_TEMPLATES_MAX);
    fuzz_check_text(v->service);
    for (size_t i = 0; i < v->reasons_n; i++) {
        check_reason(&v->reasons[i], n);
    }
    check_printed(v);
}
