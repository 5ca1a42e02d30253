/* entry_journal.c - an entry of `journalctl -o export` as a record. */
#include "fcgi/cli/entry.h"

#include "fcgi/base/utf8.h"

enum { METADATA_BYTES_MAX = 64 * 1024 };

struct fields {
    struct str time, source_time, message, priority, identifier, unit, comm;
};

const char *entry_journal_key(struct str field)
{
    static const struct {
        const char *field, *key;
    } kept[] = {{"_HOSTNAME", "host"},
                {"_PID", "pid"},
                {"_SYSTEMD_UNIT", "unit"},
                {"_COMM", "command"}};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (str_eq(field, str_of(kept[i].field))) {
            return kept[i].key;
        }
    }
    return NULL;
}

/* Takes the next field from *s; split.c has seen that it is all there, or else it is cut. */
static void take_field(struct str *s, struct str *name, struct str *value)
{
    struct str line = str_split(s, '\n');
    const char *equals = line.n > 0 ? memchr(line.p, '=', line.n) : NULL;
    *name = line;
    if (equals || !s->p) {
        *name = str_split(&line, '=');
        *value = line;
        return;
    }
    bool sized = s->n >= JOURNAL_SIZE_BYTES;
    uint64_t size = sized ? journal_size(s->p) : 0;
    struct str rest = str_from(*s, sized ? JOURNAL_SIZE_BYTES : s->n);
    *value = (struct str){rest.p, size < rest.n ? (size_t)size : rest.n};
    rest = str_from(rest, value->n);
    *s = str_from(rest, rest.n > 0);
}

static void sort_field(struct fields *f, struct str name, struct str value)
{
    const struct {
        struct str name;
        struct str *to;
    } known[] = {{STR("__REALTIME_TIMESTAMP"), &f->time},
                 {STR("_SOURCE_REALTIME_TIMESTAMP"), &f->source_time},
                 {STR("MESSAGE"), &f->message},
                 {STR("PRIORITY"), &f->priority},
                 {STR("SYSLOG_IDENTIFIER"), &f->identifier},
                 {STR("_SYSTEMD_UNIT"), &f->unit},
                 {STR("_COMM"), &f->comm}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_eq(name, known[i].name)) {
            *known[i].to = value;
        }
    }
}

static struct str first_of(struct str a, struct str b, struct str c, size_t bytes_max)
{
    const struct str all[] = {a, b, c};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].n > 0 && all[i].n <= bytes_max &&
            utf8_valid_prefix(all[i]) == all[i].n) {
            return all[i];
        }
    }
    return STR_NONE;
}

enum err_code entry_journal(struct arena *a, struct str text,
                            const struct entry_context *c, struct record *out,
                            struct err *e)
{
    struct fields f = {0};
    struct buf metadata;
    buf_init(&metadata, METADATA_BYTES_MAX);
    struct json_out o = json_out(&metadata);
    json_open(&o, '{');
    for (struct str rest = text; rest.n > 0;) {
        struct str name, value;
        take_field(&rest, &name, &value);
        sort_field(&f, name, value);
        const char *key = entry_journal_key(name);
        if (key) {
            json_key(&o, key);
            json_str(&o, value);
        }
    }
    json_close(&o, '}');
    *out = (struct record){
        .metadata = metadata.failed ? STR("{}") : arena_str(a, buf_view(&metadata))};
    buf_free(&metadata);
    struct str service =
        first_of(f.identifier, f.unit, f.comm, c->limits->service_bytes_max);
    out->service = service.n > 0 ? service : c->service;
    struct str level = entry_level(f.priority);
    out->level = level.n > 0 ? level : STR("INFO");
    entry_set_time(out, f.source_time.n > 0 ? f.source_time : f.time, c);
    struct str message = str_trim(f.message);
    enum err_code code =
        entry_own(a, message.n > 0 ? message : STR("(no message)"), &out->message, e);
    return code || out->metadata.p
               ? code
               : err_set(e, ERR_NOMEM, "not enough memory to read a record");
}
