/* incident.c - see incident.h. */
#include "fcgi/core/incident.h"

#include "fcgi/base/utf8.h"
#include "fcgi/core/incident_life.h"

static int64_t min_i64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max_i64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool same_one(const struct incident *latest, int64_t reach_us, int64_t at_us)
{
    return latest && at_us >= latest->first_us - reach_us &&
           at_us <= latest->last_us + reach_us;
}

/* Does o say nothing but what the incident holds already? */
static bool told_before(const struct incident *known, const struct occurrence *o)
{
    return o->counted_before ||
           (o->window && o->at_us >= known->first_us && o->from_us <= known->last_us &&
            o->verdict->score <= known->severity);
}

/* It is told as it is now. */
static void tell(struct incident *i)
{
    i->told_severity = i->severity;
    i->told_count = i->count;
}

static struct incident_change open_one(const struct occurrence *o)
{
    struct incident_change c = {.act = INCIDENT_OPEN, .worse = true};
    c.next.first_us = c.next.last_us = o->at_us;
    c.next.count = 1;
    c.next.severity = o->verdict->score;
    tell(&c.next);
    return c;
}

struct incident_change incident_decide(double threshold, const struct incident *latest,
                                       int64_t reach_us, const struct occurrence *o)
{
    double score = o->verdict->score;
    if (!(score > threshold)) {
        return (struct incident_change){.act = INCIDENT_NONE};
    }
    if (!same_one(latest, reach_us, o->at_us) && !(latest && incident_lasts(latest, o))) {
        return open_one(o);
    }
    bool again = told_before(latest, o);
    bool back = !again && latest->status == INCIDENT_STATUS_RESOLVED &&
                !incident_is_muted(latest, o->now_us);
    struct incident_change c = {.act = back ? INCIDENT_REOPEN : INCIDENT_EXTEND,
                                .next = *latest,
                                .worse = score > latest->severity};
    c.next.first_us = min_i64(latest->first_us, o->at_us);
    c.next.last_us = max_i64(latest->last_us, o->at_us);
    c.next.count += !again;
    c.next.severity = c.worse ? score : latest->severity;
    c.next.status = back ? INCIDENT_STATUS_OPEN : latest->status;
    c.next.regressions += back;
    c.much_worse = !back && incident_is_much_worse(latest, &c.next) &&
                   !incident_is_muted(latest, o->now_us);
    if (back || c.much_worse) {
        tell(&c.next);
    }
    return c;
}

/* --- keys --- */

static bool is_attack(enum channel c)
{
    return c == CHANNEL_FAILED_LOGINS || c == CHANNEL_SIGNATURE;
}

/* Is the kind of message a part of what makes it the same one? Not for new ones, which are
 * one incident together. */
static bool is_of_template(enum channel c)
{
    return c == CHANNEL_TEMPLATE_COUNT || c == CHANNEL_NEW_VALUE ||
           c == CHANNEL_ODD_VALUE || c == CHANNEL_OVERDUE;
}

static struct str text_of(const struct verdict *v, uint64_t template_id)
{
    for (size_t i = 0; i < v->reasons_n; i++) {
        if (v->reasons[i].template_id == template_id) {
            return str_of(v->reasons[i].template_text);
        }
    }
    return STR("");
}

static struct str main_key(const struct verdict *v, char out[static INCIDENT_KEY_BYTES])
{
    const struct reason *top = &v->reasons[0];
    char id[TEMPLATE_ID_BYTES] = "";
    bool of_template = is_of_template(top->channel) && top->template_id;
    if (of_template) {
        verdict_template_id(top->template_id, id);
    }
    int n = snprintf(out, INCIDENT_KEY_BYTES, "%s|%.*s%s%s", channel_name(top->channel),
                     STR_ARGS(v->service), of_template ? "|" : "", id);
    size_t len = n < INCIDENT_KEY_BYTES ? (size_t)n : INCIDENT_KEY_BYTES - 1;
    return (struct str){out, len};
}

bool incident_key(const struct verdict *v, size_t i, char out[static INCIDENT_KEY_BYTES],
                  struct incident_key *key)
{
    size_t templates = is_attack(v->reasons[0].channel) ? 0 : v->new_templates_n;
    if (i < templates) {
        uint64_t id = v->new_templates[i];
        *key = (struct incident_key){verdict_template_id(id, out), INCIDENT_TEMPLATE_US,
                                     id, text_of(v, id)};
        return true;
    }
    *key = (struct incident_key){main_key(v, out), INCIDENT_QUIET_US, 0, STR("")};
    return i == templates;
}

/* The service stands before the sentence, unless that names it already. */
struct str incident_summary(const struct verdict *v,
                            char out[static INCIDENT_SUMMARY_BYTES])
{
    struct str text = str_of(v->reasons[0].text), name = v->service;
    bool named = name.n == 0 || memmem(text.p, text.n, name.p, name.n) != NULL;
    int n = snprintf(out, INCIDENT_SUMMARY_BYTES, "%.*s%s%s", named ? 0 : (int)name.n,
                     name.n > 0 ? name.p : "", named ? "" : ": ", text.p);
    size_t len = (size_t)n;
    if (n >= INCIDENT_SUMMARY_BYTES) { /* cut, but not within a letter */
        len = utf8_valid_prefix((struct str){out, INCIDENT_SUMMARY_BYTES - 1});
        out[len] = '\0';
    }
    return (struct str){out, len};
}

void incident_features(struct buf *out, const struct features *f, const struct verdict *v)
{
    struct json_out o = json_out(out);
    json_open(&o, '{');
    features_print(&o, f);
    json_key(&o, "reasons");
    verdict_print_sentences(&o, v);
    json_close(&o, '}');
}
