/* test_demo_week.c - the demo's week for several seeds: that it is the same every time, in
 * order, of a sound size and shape, and that what the truth says is in the records. */
#include "fcgi/cli/demo_week.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/json.h"
#include "fcgi/base/utf8.h"
#include "tests/unit/unit.h"

enum { SAME_RECORDS = 15000, PLANS = 40, TIMEOUT_S = 120 };
#define DAY_US   (24 * 60 * CLOCK_MINUTE_US)
#define START_US (INT64_C(1795305600) * CLOCK_SECOND_US) /* 2026-11-22, a Sunday */
#define HOUR_US  (60 * CLOCK_MINUTE_US)

static const struct demo_options rows[] = {
    {1, START_US + 15 * HOUR_US + 20 * CLOCK_MINUTE_US, 7, false},
    {UINT64_MAX, START_US + 3 * DAY_US, 8, false},
};

static struct demo_week *open_week(const struct demo_options *o)
{
    struct demo_week *w = NULL;
    struct err e;
    ck_assert_msg(!demo_week_open(o, &w, &e), "%s", e.msg);
    return w;
}

static bool same(const struct demo_record *a, const struct demo_record *b)
{
    return a->at_us == b->at_us && strcmp(a->service, b->service) == 0 &&
           strcmp(a->level, b->level) == 0 && str_eq(a->message, b->message) &&
           str_eq(a->metadata, b->metadata);
}

/* Is one of the names of the list, with commas, this service? */
static bool names(const char *list, const char *service)
{
    struct str left = str_of(list);
    while (left.n > 0) {
        if (str_eq(str_split(&left, ','), str_of(service))) {
            return true;
        }
    }
    return strcmp(list, "*") == 0;
}

START_TEST(is_the_same_every_time_and_another_for_another_seed)
{
    struct demo_options other_options = rows[_i];
    other_options.seed ^= 1;
    struct demo_week *a = open_week(&rows[_i]), *b = open_week(&rows[_i]),
                     *other = open_week(&other_options);
    struct demo_record ra, rb, ro;
    size_t alike = 0;
    for (size_t n = 0; n < SAME_RECORDS; n++) {
        ck_assert(demo_week_next(a, &ra) && demo_week_next(b, &rb));
        ck_assert_msg(same(&ra, &rb) && ra.truth == rb.truth, "record %zu: %.*s", n,
                      STR_ARGS(ra.message));
        alike += demo_week_next(other, &ro) && same(&ra, &ro) ? 1 : 0;
    }
    ck_assert_uint_eq(alike, 0);
    demo_week_close(a);
    demo_week_close(b);
    demo_week_close(other);
}
END_TEST

static bool is_sound(const struct demo_record *r)
{
    struct str s = r->message;
    struct json_value v;
    struct err e;
    char metadata[1024];
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) {
            return false;
        }
    }
    snprintf(metadata, sizeof metadata, "%.*s", STR_ARGS(r->metadata));
    struct json_in in = {metadata, strlen(metadata), 0, 4, 0};
    return s.n > 0 && utf8_valid_prefix(s) == s.n && !memmem(s.p, s.n, "%{", 2) &&
           !json_read(&in, &v, &e) && v.type == JSON_OBJECT && json_at_end(&in) &&
           !json_member(v, "", &v);
}

/* Is something silenced at that time? */
static bool is_silenced(const struct demo_truth *t, size_t n, int64_t at_us)
{
    static const char *const silent[] = {"cron-stopped", "mail-queue", "backup-locked",
                                         "backup-small", "certificate-expiring"};
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof silent / sizeof silent[0]; k++) {
            if (strcmp(t[i].name, silent[k]) == 0 && at_us >= t[i].start_us &&
                at_us <= t[i].end_us) {
                return true;
            }
        }
    }
    return false;
}

START_TEST(a_clean_week_is_the_same_one_without_its_faults)
{
    struct demo_options o = rows[_i];
    o.clean = true;
    struct demo_week *faulty = open_week(&rows[_i]), *clean = open_week(&o);
    struct demo_record a, b;
    size_t n, clean_n, silenced = 0;
    const struct demo_truth *t = demo_week_truth(faulty, &n),
                            *events = demo_week_truth(clean, &clean_n);
    for (size_t i = 0; i < clean_n; i++) {
        ck_assert(!events[i].fault);
    }
    while (demo_week_next(faulty, &a)) {
        if (a.truth >= 0 && t[a.truth].fault) {
            continue;
        }
        ck_assert(demo_week_next(clean, &b));
        for (; !same(&a, &b); silenced++) {
            ck_assert_msg(is_silenced(t, n, b.at_us), "%s %.*s", b.service,
                          STR_ARGS(b.message));
            ck_assert(demo_week_next(clean, &b));
        }
    }
    while (demo_week_next(clean, &b)) {
        ck_assert(is_silenced(t, n, b.at_us));
    }
    ck_assert_uint_gt(silenced, 100); /* the queue job, every five minutes for hours */
    demo_week_close(faulty);
    demo_week_close(clean);
}
END_TEST

START_TEST(the_truth_has_25_faults_from_the_second_day_on)
{
    struct demo_options o = rows[_i];
    for (uint64_t seed = o.seed; seed != rows[_i].seed + PLANS; seed++) {
        size_t n, faults = 0, near = 0;
        o.seed = seed;
        struct demo_week *w = open_week(&o);
        const struct demo_truth *t = demo_week_truth(w, &n), *last = NULL;
        for (size_t i = 0; i < n; i++) {
            ck_assert(t[i].start_us >= o.start_us + (t[i].fault ? DAY_US : 0));
            ck_assert(t[i].start_us <= t[i].evident_us && t[i].evident_us < t[i].end_us);
            ck_assert(t[i].end_us <= o.start_us + o.days * DAY_US);
            ck_assert(t[i].description[0] &&
                      strlen(t[i].description) < DEMO_DESCRIPTION_BYTES - 1);
            ck_assert(i == 0 || t[i - 1].start_us <= t[i].start_us);
            near += last && t[i].fault && t[i].start_us - last->start_us < 2 * HOUR_US;
            last = t[i].fault ? &t[i] : last;
            faults += t[i].fault;
            for (size_t k = 0; k < i; k++) {
                ck_assert_str_ne(t[k].name, t[i].name);
            }
        }
        ck_assert_uint_eq(faults, DEMO_FAULTS);
        ck_assert_uint_le(near, 6);
        demo_week_close(w);
    }
}
END_TEST

/* What was counted of one fault or event. */
struct seen {
    size_t records, early; /* not after it is evident */
};

static void check_about(const struct demo_truth *about, const struct demo_record *r,
                        struct seen *seen)
{
    ck_assert(r->at_us >= about->start_us && r->at_us <= about->end_us);
    ck_assert_msg(names(about->service, r->service), "%s: %s", about->name, r->service);
    seen->records++;
    seen->early += r->at_us <= about->evident_us ? 1 : 0;
}

START_TEST(is_in_order_and_sound_and_each_fault_shows)
{
    struct demo_week *w = open_week(&rows[_i]);
    struct demo_record r;
    struct seen seen[DEMO_TRUTH_MAX] = {{0}};
    int64_t last_us = rows[_i].start_us, end_us = last_us + rows[_i].days * DAY_US;
    size_t n, all = 0;
    const struct demo_truth *t = demo_week_truth(w, &n);
    for (; demo_week_next(w, &r); all++, last_us = r.at_us) {
        ck_assert(r.at_us >= last_us && r.at_us < end_us && r.at_us % 1000 == 0);
        ck_assert_msg(is_sound(&r), "%.*s %.*s", STR_ARGS(r.message),
                      STR_ARGS(r.metadata));
        if (r.truth >= 0) {
            check_about(&t[r.truth], &r, &seen[r.truth]);
        }
    }
    ck_assert(all > 150000 && all < 340000);
    for (size_t i = 0; i < n; i++) {
        bool silence = strcmp(t[i].name, "cron-stopped") == 0;
        ck_assert_msg((seen[i].records == 0) == silence, "%s", t[i].name);
        ck_assert_msg(seen[i].early > 0 || silence || !t[i].fault, "%s", t[i].name);
    }
    demo_week_close(w);
}
END_TEST

/* The services, the shape of days and weeks, and what the stopped job leaves out. */
struct census {
    size_t service[10], day[7], night, noon, queued;
};

static void count(struct census *c, const struct demo_record *r)
{
    static const char *const services[] = {"web", "sshd", "php",    "mail",   "cron",
                                           "app", "dns",  "backup", "kernel", "database"};
    int64_t since = r->at_us - START_US, hour = since % DAY_US / HOUR_US;
    size_t s = 0;
    while (s < 10 && strcmp(r->service, services[s]) != 0) {
        s++;
    }
    ck_assert_uint_lt(s, 10);
    c->service[s]++;
    if (s == 0 && r->truth < 0) {
        c->day[since / DAY_US]++;
        c->night += hour >= 1 && hour < 5 ? 1 : 0;
        c->noon += hour >= 10 && hour < 14 ? 1 : 0;
    }
}

START_TEST(people_sleep_at_night_and_at_weekends_and_are_busy_on_mondays)
{
    struct demo_options o = {rows[_i].seed, START_US, 7, false}; /* from a Sunday on */
    struct demo_week *w = open_week(&o);
    struct census c = {{0}, {0}, 0, 0, 0};
    struct demo_record r;
    size_t n;
    const struct demo_truth *stopped = demo_week_truth(w, &n);
    while (strcmp(stopped->name, "cron-stopped") != 0) {
        stopped++;
    }
    while (demo_week_next(w, &r)) {
        bool inside = r.at_us >= stopped->start_us && r.at_us < stopped->end_us;
        c.queued += inside && memmem(r.message.p, r.message.n, "queue:run", 9) ? 1 : 0;
        count(&c, &r);
    }
    for (size_t s = 0; s < 10; s++) {
        ck_assert_msg(c.service[s] > 1000, "%zu: %zu", s, c.service[s]);
    }
    ck_assert_uint_gt(c.noon, 3 * c.night);
    ck_assert(c.day[0] < c.day[2] && c.day[6] < c.day[2]);
    ck_assert_msg(2 * c.day[1] > 3 * c.day[2] && c.day[1] < 3 * c.day[2], "%zu %zu",
                  c.day[1], c.day[2]);
    ck_assert_uint_eq(c.queued, 0);
    demo_week_close(w);
}
END_TEST

static const struct {
    const char *name;
    struct demo_options o;
    bool ok;
} limits[] = {
    {"no day", {1, START_US, 0, false}, false},
    {"one day", {1, START_US, 1, false}, true},
    {"three days", {1, START_US, 3, false}, true},
    {"most days", {1, START_US, DEMO_DAYS_MAX, false}, true},
    {"one day more", {1, START_US, DEMO_DAYS_MAX + 1, false}, false},
    {"before 1970", {1, -1, 7, false}, false},
    {"1970", {1, 0, 7, false}, true},
    {"9998", {1, INT64_C(253300000) * 1000000000, 7, false}, true},
    {"9999", {1, INT64_C(253370800) * 1000000000, 7, false}, false},
};

START_TEST(keeps_its_limits)
{
    struct demo_week *w = NULL;
    struct demo_record r;
    struct err e;
    bool ok = !demo_week_open(&limits[_i].o, &w, &e);
    ck_assert_msg(ok == limits[_i].ok, "%s", limits[_i].name);
    ck_assert(ok || e.code == ERR_INVALID);
    for (size_t i = 0; ok && i < 5000; i++) {
        ck_assert(demo_week_next(w, &r) && is_sound(&r));
    }
    demo_week_close(w);
}
END_TEST

/* As unit_table, for what takes longer, and much longer with sanitizers. */
static void long_table(Suite *s, const char *name, const TTest *test, int n)
{
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, TIMEOUT_S);
    tcase_add_loop_test(tc, test, 0, n);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("demo_week");
    long_table(s, "same", is_the_same_every_time_and_another_for_another_seed,
               ROWS(rows));
    long_table(s, "faults", is_in_order_and_sound_and_each_fault_shows, ROWS(rows));
    long_table(s, "clean", a_clean_week_is_the_same_one_without_its_faults, 1);
    long_table(s, "truth", the_truth_has_25_faults_from_the_second_day_on, ROWS(rows));
    long_table(s, "people", people_sleep_at_night_and_at_weekends_and_are_busy_on_mondays,
               1);
    long_table(s, "limits", keeps_its_limits, ROWS(limits));
    return unit_run(s);
}
