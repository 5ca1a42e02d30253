/* test_store_life.c - what every back end of sql/store_life.h and sql/store_lanes.h has to
 * do, over SQLite and over the fake. */
#include "tests/fake/store_mem.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include "sql/store_lanes.h"
#include "sql/store_life.h"

#define SOON_US (5 * CLOCK_SECOND_US)
#define NOW     INT64_C(1795348800000000)

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct store *writer, *reader, *editor;
static struct err e;

static void set_up_sqlite(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "data.sqlite", path);
    ck_assert_msg(!store_open_writer(path, SOON_US, &writer, &e), "%s", e.msg);
    ck_assert(!store_open_reader(path, &reader, &e));
    ck_assert(!store_open_editor(path, &editor, &e));
}

static void set_up_mem(void)
{
    dir[0] = '\0';
    writer = store_mem_open();
    reader = store_mem_reader(writer);
    editor = store_mem_editor(writer);
}

static void tear_down(void)
{
    store_close(reader);
    store_close(editor);
    store_close(writer);
    if (dir[0] != '\0') {
        temp_dir_remove(dir);
    }
}

static void must(enum err_code code)
{
    ck_assert_msg(!code, "%s", e.msg);
}

static void begin(struct store *s)
{
    must(store_begin(s, clock_mono_us() + SOON_US, &e));
}

static void commit(struct store *s)
{
    must(store_commit(s, &e));
}

/* --- lists --- */

static int64_t put_incident(const char *service, const char *summary, double severity,
                            int64_t first_us, int64_t last_us)
{
    int64_t id;
    struct store_incident i = {.core = {.first_us = first_us,
                                        .last_us = last_us,
                                        .count = 1,
                                        .severity = severity,
                                        .told_severity = severity,
                                        .told_count = 1},
                               .detected_us = NOW,
                               .threshold = 0.8,
                               .key = STR("k"),
                               .service = service ? str_of(service) : STR_NONE,
                               .summary = str_of(summary),
                               .features = STR("{}"),
                               .reasons = STR("[]")};
    must(store_put_incident(writer, &i, &id, &e));
    return id;
}

static void put_life(struct store *s, int64_t id, enum incident_status status,
                     int64_t muted_until_us)
{
    struct store_incident_life l = {.incident_id = id,
                                    .status = status,
                                    .muted_until_us = muted_until_us,
                                    .changed_us = NOW};
    must(store_put_life(s, &l, &e));
}

static struct {
    char text[256];
    size_t n;
} ids;

static void take_id(void *arg, const struct store_incident_row *row)
{
    (void)arg;
    size_t used = strlen(ids.text);
    snprintf(ids.text + used, sizeof ids.text - used, "%s%lld", ids.n++ ? " " : "",
             (long long)row->core.id);
}

static struct store_incident_query all(void)
{
    return (struct store_incident_query){.now_us = NOW,
                                         .since_us = INT64_MIN,
                                         .until_us = INT64_MAX,
                                         .before_id = INT64_MAX,
                                         .limit = 100};
}

static const char *selected(struct store *s, struct store_incident_query q)
{
    ids.text[0] = '\0';
    ids.n = 0;
    must(store_select_incidents(s, &q, take_id, NULL, &e));
    return ids.text;
}

/* 1 open, 2 acknowledged, 3 resolved, 4 muted, 5 muted and acknowledged, 6 its mute has
 * just ended, 7 muted and resolved */
static void put_seven(void)
{
    begin(writer);
    for (int i = 1; i <= 7; i++) {
        put_incident(i % 2 ? "web" : NULL, i == 3 ? "Many FAILED logins" : "quiet",
                     0.8 + 0.01 * i, 100 * i, 100 * i + 50);
    }
    put_life(writer, 2, INCIDENT_STATUS_ACKNOWLEDGED, 0);
    put_life(writer, 3, INCIDENT_STATUS_RESOLVED, 0);
    put_life(writer, 4, INCIDENT_STATUS_OPEN, NOW + 1);
    put_life(writer, 5, INCIDENT_STATUS_ACKNOWLEDGED, NOW + 1);
    put_life(writer, 6, INCIDENT_STATUS_OPEN, NOW);
    put_life(writer, 7, INCIDENT_STATUS_RESOLVED, NOW + 1);
    commit(writer);
}

static const struct {
    enum store_status status;
    const char *ids;
} statuses[] = {
    {STORE_STATUS_ALL, "7 6 5 4 3 2 1"}, {STORE_STATUS_OPEN, "6 1"},
    {STORE_STATUS_ACKNOWLEDGED, "2"},    {STORE_STATUS_ACTIVE, "6 2 1"},
    {STORE_STATUS_RESOLVED, "7 3"},      {STORE_STATUS_MUTED, "7 5 4"},
};

START_TEST(lists_by_status)
{
    struct store_incident_query q = all();
    put_seven();
    q.status = statuses[_i].status;
    ck_assert_str_eq(selected(reader, q), statuses[_i].ids);
    ck_assert_str_eq(selected(writer, q), statuses[_i].ids);
    ck_assert_str_eq(selected(editor, q), statuses[_i].ids);
}
END_TEST

START_TEST(lists_by_the_other_filters)
{
    struct store_incident_query q = all();
    put_seven();
    q.service = STR("web");
    ck_assert_str_eq(selected(reader, q), "7 5 3 1");
    q.service = STR("we");
    ck_assert_str_eq(selected(reader, q), "");
    q = all();
    q.severity = 0.8 + 0.01 * 5;
    ck_assert_str_eq(selected(reader, q), "7 6 5");
    q = all();
    q.since_us = 350; /* the third's end */
    ck_assert_str_eq(selected(reader, q), "7 6 5 4 3");
    q.since_us = 351;
    ck_assert_str_eq(selected(reader, q), "7 6 5 4");
    q.until_us = 600; /* the sixth's beginning */
    ck_assert_str_eq(selected(reader, q), "5 4");
    q.until_us = 601;
    ck_assert_str_eq(selected(reader, q), "6 5 4");
    q = all();
    q.text = STR("failed");
    ck_assert_str_eq(selected(reader, q), "3");
    q.text = STR("MANY failed LOGINS");
    ck_assert_str_eq(selected(reader, q), "3");
    q.text = STR("logins ");
    ck_assert_str_eq(selected(reader, q), "");
    q.text = STR("%");
    ck_assert_str_eq(selected(reader, q), "");
}
END_TEST

START_TEST(filters_come_together_and_pages_go_on)
{
    struct store_incident_query q = all();
    put_seven();
    q.status = STORE_STATUS_ACTIVE;
    q.limit = 2;
    ck_assert_str_eq(selected(reader, q), "6 2");
    q.before_id = 2;
    ck_assert_str_eq(selected(reader, q), "1");
    q = all();
    q.service = STR("web");
    q.limit = 2;
    q.before_id = 7;
    ck_assert_str_eq(selected(reader, q), "5 3");
    q.status = STORE_STATUS_RESOLVED;
    q.text = STR("l");
    ck_assert_str_eq(selected(reader, q), "3");
    q = all(); /* what was bound before is forgotten */
    ck_assert_str_eq(selected(reader, q), "7 6 5 4 3 2 1");
    q.status = STORE_STATUS_OPEN;
    ck_assert_str_eq(selected(reader, q), "6 1");
    q.limit = 0;
    ck_assert_str_eq(selected(reader, q), "");
}
END_TEST

static void check_row(void *arg, const struct store_incident_row *row)
{
    int *n = arg;
    (*n)++;
    ck_assert_int_eq(row->core.id, 2);
    ck_assert_int_eq(row->core.status, INCIDENT_STATUS_RESOLVED);
    ck_assert_int_eq(row->core.muted_until_us, NOW + 5);
    ck_assert(row->core.regressions == 3 && row->core.told_count == 7);
    ck_assert_double_eq(row->core.told_severity, 0.87);
    ck_assert(row->core.count == 9 && row->core.severity == 0.95);
    CHECK_STR("note", row->note, STR("sch\xc3\xb6n <b>"));
    CHECK_STR("verdict", row->verdict, STR("real"));
    CHECK_STR("summary", row->summary, STR("two"));
    ck_assert_int_eq(row->changed_us, NOW + 6);
}

static void check_untouched(void *arg, const struct store_incident_row *row)
{
    int *n = arg;
    (*n)++;
    ck_assert(row->core.status == INCIDENT_STATUS_OPEN && row->core.regressions == 0);
    ck_assert(row->core.muted_until_us == 0 && row->changed_us == 0);
    ck_assert(!row->note.p && !row->verdict.p);
}

START_TEST(one_incident_has_all_its_parts)
{
    int n = 0;
    begin(writer);
    put_incident("a", "one", 0.9, 1, 2);
    int64_t id = put_incident("a", "two", 0.9, 1, 2);
    commit(writer);
    struct store_incident_life l = {.incident_id = id,
                                    .status = INCIDENT_STATUS_OPEN,
                                    .muted_until_us = NOW + 5,
                                    .note = STR("sch\xc3\xb6n <b>"),
                                    .verdict = STR("real"),
                                    .changed_us = NOW + 6};
    struct store_incident i = {.core = {.id = id,
                                        .last_us = 5,
                                        .count = 9,
                                        .severity = 0.95,
                                        .status = INCIDENT_STATUS_RESOLVED,
                                        .muted_until_us = NOW + 5,
                                        .regressions = 3,
                                        .told_severity = 0.87,
                                        .told_count = 7}};
    begin(editor);
    must(store_put_life(editor, &l, &e));
    commit(editor);
    begin(writer);
    must(store_put_incident(writer, &i, &id, &e)); /* a person's words stay */
    commit(writer);
    must(store_get_incident(reader, 2, check_row, &n, &e));
    ck_assert_int_eq(n, 1);
    must(store_get_incident(reader, 1, check_untouched, &n, &e));
    ck_assert_int_eq(n, 2);
    must(store_get_incident(reader, 3, check_untouched, &n, &e));
    must(store_get_incident(reader, 0, check_untouched, &n, &e));
    must(store_get_incident(reader, INT64_MAX, check_untouched, &n, &e));
    ck_assert_int_eq(n, 2);
}
END_TEST

START_TEST(what_people_say_is_found_and_can_be_taken_back)
{
    int n = 0;
    struct incident found_one;
    bool found;
    struct store_span span = {STR("k"), INT64_MIN, INT64_MAX};
    struct store_incident_life none = {.incident_id = 1};
    begin(writer);
    put_incident("a", "one", 0.9, 1, 2);
    put_life(writer, 1, INCIDENT_STATUS_ACKNOWLEDGED, NOW + 1);
    must(store_find_incident(writer, &span, &found_one, &found, &e));
    ck_assert(found && found_one.status == INCIDENT_STATUS_ACKNOWLEDGED);
    ck_assert(found_one.muted_until_us == NOW + 1 && found_one.told_count == 1);
    store_rollback(writer);
    must(store_get_incident(reader, 1, check_untouched, &n, &e));
    ck_assert_int_eq(n, 0);
    begin(writer);
    put_incident("a", "one", 0.9, 1, 2);
    put_life(writer, 1, INCIDENT_STATUS_ACKNOWLEDGED, NOW + 1);
    must(store_put_life(writer, &none, &e));
    commit(writer);
    must(store_get_incident(reader, 1, check_untouched, &n, &e));
    ck_assert_int_eq(n, 1);
}
END_TEST

/* --- history --- */

static struct {
    char text[4096];
    size_t n;
} history;

static void take_event(void *arg, const struct store_history *h)
{
    (void)arg;
    size_t used = strlen(history.text);
    history.n++;
    if (used < sizeof history.text - 64) {
        snprintf(history.text + used, sizeof history.text - used, "%lld %.*s %s%.*s\n",
                 (long long)h->at_us, STR_ARGS(h->event), h->note.p ? "" : "NULL",
                 STR_ARGS(h->note));
    }
}

static const char *history_of(struct store *s, int64_t id)
{
    history.text[0] = '\0';
    history.n = 0;
    must(store_list_history(s, id, take_event, NULL, &e));
    return history.text;
}

static void add_event(struct store *s, int64_t id, int64_t at_us, struct str note)
{
    struct store_history h = {id, at_us, STR("note"), note};
    must(store_add_history(s, &h, &e));
}

START_TEST(what_was_declared_normal_takes_nothing_more)
{
    struct store_span span = {STR("k"), 0, 100};
    struct incident found_one;
    bool found;
    begin(writer);
    int64_t a = put_incident("web", "a", .9, 10, 20),
            b = put_incident("web", "b", .9, 30, 40);
    must(store_find_incident(writer, &span, &found_one, &found, &e));
    ck_assert(found && found_one.id == b);
    for (int i = 0; i < 2; i++) {
        struct store_incident_life l = {.incident_id = i == 0 ? b : a,
                                        .status = INCIDENT_STATUS_RESOLVED,
                                        .verdict = STR("normal"),
                                        .changed_us = NOW};
        must(store_put_life(writer, &l, &e));
        must(store_find_incident(writer, &span, &found_one, &found, &e));
        ck_assert(i == 0 ? found && found_one.id == a : !found);
    }
    commit(writer);
}
END_TEST

START_TEST(history_is_listed_from_its_beginning)
{
    begin(writer);
    put_incident("a", "one", 0.9, 1, 2);
    put_incident("a", "two", 0.9, 1, 2);
    add_event(writer, 1, 5, STR_NONE);
    add_event(writer, 2, 6, STR("b"));
    commit(writer);
    begin(editor);
    add_event(editor, 1, 4, STR("")); /* a clock that went back: still after it */
    ck_assert_str_eq(history_of(reader, 1), "5 note NULL\n");
    commit(editor);
    ck_assert_str_eq(history_of(reader, 1), "5 note NULL\n4 note \n");
    ck_assert_str_eq(history_of(writer, 2), "6 note b\n");
    ck_assert_str_eq(history_of(reader, 3), "");
    begin(editor);
    add_event(editor, 1, 7, STR_NONE);
    store_rollback(editor);
    ck_assert_str_eq(history_of(reader, 1), "5 note NULL\n4 note \n");
}
END_TEST

START_TEST(of_history_the_newest_are_kept)
{
    begin(writer);
    put_incident("a", "one", 0.9, 1, 2);
    put_incident("a", "two", 0.9, 1, 2);
    add_event(writer, 2, 1, STR_NONE);
    for (int i = 1; i <= STORE_HISTORY_MAX; i++) {
        add_event(writer, 1, i, STR_NONE);
    }
    history_of(writer, 1);
    ck_assert_uint_eq(history.n, STORE_HISTORY_MAX);
    ck_assert_int_eq(strncmp(history.text, "1 note", 6), 0);
    add_event(writer, 1, STORE_HISTORY_MAX + 1, STR_NONE);
    commit(writer);
    history_of(reader, 1);
    ck_assert_uint_eq(history.n, STORE_HISTORY_MAX);
    ck_assert_int_eq(strncmp(history.text, "2 note", 6), 0);
    ck_assert_str_eq(history_of(reader, 2), "1 note NULL\n");
}
END_TEST

/* --- occurrences --- */

static struct occurrences pieces[OCCURRENCES_MAX];
static size_t pieces_n;
static int64_t width_us;

static void list_pieces(struct store *s, int64_t id)
{
    must(store_list_occurrences(s, id, pieces, &pieces_n, &width_us, &e));
}

static void come(int64_t id, int64_t at_us, int64_t count, double severity)
{
    struct store_occurrence o = {id, at_us, count, severity};
    must(store_add_occurrence(writer, &o, &e));
}

START_TEST(occurrences_are_added_to_their_piece_of_time)
{
    begin(writer);
    put_incident("a", "one", 0.9, 1, 2);
    put_incident("a", "two", 0.9, 1, 2);
    come(1, 61 * CLOCK_SECOND_US, 1, 0.9);
    come(1, 60 * CLOCK_SECOND_US, 1, 0.95);
    come(1, 119 * CLOCK_SECOND_US, 0, 0.85);
    come(1, 5, 1, 0.8);
    come(2, 5, 1, 0.81);
    commit(writer);
    list_pieces(reader, 1);
    ck_assert(pieces_n == 2 && width_us == OCCURRENCES_LEAST_US);
    ck_assert(pieces[0].at_us == 0 && pieces[0].count == 1);
    ck_assert(pieces[1].at_us == CLOCK_MINUTE_US && pieces[1].count == 2);
    ck_assert_double_eq(pieces[1].severity, 0.95);
    list_pieces(reader, 2);
    ck_assert(pieces_n == 1 && pieces[0].severity == 0.81);
    list_pieces(reader, 3);
    ck_assert(pieces_n == 0 && width_us == OCCURRENCES_LEAST_US);
    begin(writer);
    come(1, 5, 1, 0.99);
    store_rollback(writer);
    list_pieces(reader, 1);
    ck_assert(pieces[0].count == 1 && pieces[0].severity == 0.8);
}
END_TEST

START_TEST(pieces_become_wider_when_they_would_be_too_many)
{
    int64_t total = 0;
    begin(writer);
    put_incident("a", "one", 0.9, 1, 2);
    for (int i = 0; i < OCCURRENCES_MAX; i++) {
        come(1, i * CLOCK_MINUTE_US, 1, 0.9);
    }
    list_pieces(writer, 1);
    ck_assert(pieces_n == OCCURRENCES_MAX && width_us == CLOCK_MINUTE_US);
    come(1, OCCURRENCES_MAX * CLOCK_MINUTE_US, 1, 0.99);
    list_pieces(writer, 1);
    ck_assert(pieces_n == OCCURRENCES_MAX / 5 + 1 && width_us == 5 * CLOCK_MINUTE_US);
    ck_assert(pieces[0].count == 5 && pieces[pieces_n - 1].count == 1);
    for (int64_t i = 0; i < 3000; i++) { /* hours apart: it has to be wider by much */
        come(1, i * 60 * CLOCK_MINUTE_US, 1, 0.9);
    }
    commit(writer);
    list_pieces(reader, 1);
    ck_assert_uint_le(pieces_n, OCCURRENCES_MAX);
    ck_assert_int_eq(width_us, 24 * 60 * CLOCK_MINUTE_US);
    for (size_t i = 0; i < pieces_n; i++) {
        total += pieces[i].count;
        ck_assert(i == 0 || pieces[i].at_us > pieces[i - 1].at_us);
        ck_assert_int_eq(pieces[i].at_us % width_us, 0);
    }
    ck_assert_int_eq(total, 3000 + OCCURRENCES_MAX + 1);
}
END_TEST

/* --- neighbours --- */

static void add_logs(const char *services)
{
    struct record records[64];
    struct store_batch_ids made;
    size_t n = strlen(services);
    for (size_t i = 0; i < n; i++) {
        records[i] = (struct record){.timestamp = STR("t"),
                                     .service = {services + i, 1},
                                     .level = STR("INFO"),
                                     .message = STR("m"),
                                     .metadata = STR("{}")};
    }
    struct store_batch b = {.records = records, .n = n, .scorer = "in-process"};
    must(store_add_batch(writer, &b, &made, &e));
}

static const char *neighbours(struct store *s, int64_t log_id)
{
    static char text[128];
    struct store_neighbours x;
    size_t used = 0;
    must(store_find_neighbours(s, log_id, &x, &e));
    for (size_t i = x.before_n; i-- > 0;) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%lld ",
                                 (long long)x.before[i]);
    }
    used += (size_t)snprintf(text + used, sizeof text - used, "|");
    for (size_t i = 0; i < x.after_n; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, " %lld",
                                 (long long)x.after[i]);
    }
    return text;
}

START_TEST(neighbours_are_of_the_records_service)
{
    begin(writer);
    add_logs("aabaabbaaaab");
    commit(writer);
    ck_assert_str_eq(neighbours(reader, 1), "| 2 4 5 8");
    ck_assert_str_eq(neighbours(reader, 8), "1 2 4 5 | 9 10 11");
    ck_assert_str_eq(neighbours(writer, 9), "2 4 5 8 | 10 11");
    ck_assert_str_eq(neighbours(reader, 3), "| 6 7 12");
    ck_assert_str_eq(neighbours(reader, 13), "|");
    ck_assert_str_eq(neighbours(reader, 0), "|");
    ck_assert_str_eq(neighbours(reader, -5), "|");
    begin(writer);
    add_logs("b");
    ck_assert_str_eq(neighbours(reader, 12), "3 6 7 |");
    commit(writer);
    ck_assert_str_eq(neighbours(reader, 12), "3 6 7 | 13");
}
END_TEST

START_TEST(neighbours_are_looked_for_so_far_and_no_further)
{
    begin(writer);
    add_logs("a");
    for (int i = 0; i < STORE_NEIGHBOURS_WALK - 1; i += 37) {
        add_logs("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"); /* 37 of them */
    }
    commit(writer);
    ck_assert_int_eq((STORE_NEIGHBOURS_WALK - 1) % 37, 0);
    begin(writer);
    add_logs("a"); /* just as far as is looked */
    commit(writer);
    ck_assert_str_eq(neighbours(reader, 1), "| 1001");
    ck_assert_str_eq(neighbours(reader, 1001), "1 |");
    begin(writer);
    add_logs("cb");
    for (int i = 0; i < STORE_NEIGHBOURS_WALK - 1; i += 37) {
        add_logs("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    }
    add_logs("c"); /* one past it */
    commit(writer);
    ck_assert_str_eq(neighbours(reader, 1002), "|");
}
END_TEST

/* --- lanes --- */

static struct {
    char text[512];
    int64_t records;
    size_t n;
} lanes;

static void take_lane(void *arg, const struct store_lane *l)
{
    (void)arg;
    size_t used = strlen(lanes.text);
    lanes.n++;
    lanes.records += l->records;
    if (used < sizeof lanes.text - 64) {
        snprintf(lanes.text + used, sizeof lanes.text - used,
                 "%lld '%.*s' %lld %lld %g\n", (long long)l->bucket, STR_ARGS(l->service),
                 (long long)l->records, (long long)l->last_us, l->score);
    }
}

static const char *lanes_in(struct store *s, int64_t from, int64_t to)
{
    memset(&lanes, 0, sizeof lanes);
    must(store_list_lanes(s, from, to, take_lane, NULL, &e));
    return lanes.text;
}

static void add_lane(int64_t bucket, const char *service, int64_t records,
                     int64_t last_us, double score)
{
    struct store_lane l = {bucket, str_of(service), records, last_us, score};
    must(store_add_lanes(writer, &l, 1, &e));
}

START_TEST(lanes_are_added_up)
{
    begin(writer);
    add_lane(7, "web", 3, 30, -1);
    add_lane(7, "auth", 1, 10, 0.5);
    add_lane(8, "web", 1, 99, 0);
    commit(writer);
    begin(writer);
    add_lane(7, "web", 2, 20, -1);
    ck_assert_str_eq(lanes_in(reader, 7, 8), "7 'auth' 1 10 0.5\n7 'web' 3 30 -1\n");
    commit(writer);
    ck_assert_str_eq(lanes_in(reader, 7, 9),
                     "7 'auth' 1 10 0.5\n7 'web' 5 30 -1\n8 'web' 1 99 0\n");
    begin(writer);
    add_lane(7, "web", 1, 40, 0.3);
    add_lane(7, "auth", 0, 5, -1);
    add_lane(8, "web", 1, 1, 0.25);
    commit(writer);
    ck_assert_str_eq(lanes_in(reader, 0, 8), "7 'auth' 1 10 0.5\n7 'web' 6 40 0.3\n");
    ck_assert_str_eq(lanes_in(reader, 8, 9), "8 'web' 2 99 0.25\n");
    ck_assert_str_eq(lanes_in(reader, 9, 99), "");
    begin(writer);
    add_lane(7, "web", 100, 100, 1);
    add_lane(9, "new", 100, 100, 1);
    store_rollback(writer);
    ck_assert_str_eq(lanes_in(reader, 0, 8), "7 'auth' 1 10 0.5\n7 'web' 6 40 0.3\n");
    ck_assert_str_eq(lanes_in(reader, 9, 99), "");
}
END_TEST

START_TEST(a_piece_of_time_has_room_for_so_many_services)
{
    char name[16];
    begin(writer);
    for (int i = 1; i < LANE_SERVICES_MAX; i++) {
        snprintf(name, sizeof name, "s%d", i);
        add_lane(5, name, 1, 1, 0.1);
    }
    add_lane(5, "last", 1, 1, 0.1);
    lanes_in(writer, 0, 9);
    ck_assert_uint_eq(lanes.n, LANE_SERVICES_MAX);
    ck_assert_int_eq(strncmp(lanes.text, "5 'last'", 8), 0);
    add_lane(5, "one too many", 2, 7, 0.2);
    add_lane(5, "two too many", 4, 6, 0.1);
    add_lane(5, "last", 8, 1, 0.1); /* those that are there go on */
    add_lane(6, "one too many", 1, 1, 0.1);
    commit(writer);
    lanes_in(reader, 0, 6);
    ck_assert_uint_eq(lanes.n, LANE_SERVICES_MAX + 1);
    ck_assert_int_eq(lanes.records, LANE_SERVICES_MAX + 2 + 4 + 8);
    ck_assert_int_eq(strncmp(lanes.text, "5 '' 6 7 0.2\n5 'last' 9", 23), 0);
    ck_assert_str_eq(lanes_in(reader, 6, 7), "6 'one too many' 1 1 0.1\n");
}
END_TEST

START_TEST(lanes_of_a_fortnight_are_kept)
{
    begin(writer);
    add_lane(10, "a", 1, 1, 0);
    add_lane(10, "b", 1, 1, 0);
    add_lane(11, "a", 1, 1, 0);
    add_lane(12, "a", 1, 1, 0);
    add_lane(9 + LANE_BUCKETS_MAX, "a", 1, 1, 0); /* the oldest is just in it */
    lanes_in(writer, 0, 100);
    ck_assert_uint_eq(lanes.n, 4);
    add_lane(11 + LANE_BUCKETS_MAX, "a", 1, 1, 0); /* 10 and 11 go, one a call */
    ck_assert_str_eq(lanes_in(writer, 0, 100), "11 'a' 1 1 0\n12 'a' 1 1 0\n");
    must(store_add_lanes(writer, NULL, 0, &e));
    ck_assert_str_eq(lanes_in(writer, 0, 100), "12 'a' 1 1 0\n");
    must(store_add_lanes(writer, NULL, 0, &e));
    add_lane(11, "a", 1, 1, 0); /* too old to be kept at all */
    ck_assert_str_eq(lanes_in(writer, 0, 100), "12 'a' 1 1 0\n");
    add_lane(12, "a", 1, 1, 0);
    ck_assert_str_eq(lanes_in(writer, 0, 100), "12 'a' 2 1 0\n");
    commit(writer);
}
END_TEST

static void add_backend(Suite *s, const char *name, SFun set_up)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, lists_by_status, 0, ROWS(statuses));
    tcase_add_test(tc, lists_by_the_other_filters);
    tcase_add_test(tc, filters_come_together_and_pages_go_on);
    tcase_add_test(tc, one_incident_has_all_its_parts);
    tcase_add_test(tc, what_people_say_is_found_and_can_be_taken_back);
    tcase_add_test(tc, what_was_declared_normal_takes_nothing_more);
    tcase_add_test(tc, history_is_listed_from_its_beginning);
    tcase_add_test(tc, of_history_the_newest_are_kept);
    tcase_add_test(tc, occurrences_are_added_to_their_piece_of_time);
    tcase_add_test(tc, pieces_become_wider_when_they_would_be_too_many);
    tcase_add_test(tc, neighbours_are_of_the_records_service);
    tcase_add_test(tc, neighbours_are_looked_for_so_far_and_no_further);
    tcase_add_test(tc, lanes_are_added_up);
    tcase_add_test(tc, a_piece_of_time_has_room_for_so_many_services);
    tcase_add_test(tc, lanes_of_a_fortnight_are_kept);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("store_life");
    add_backend(s, "sqlite", set_up_sqlite);
    add_backend(s, "memory", set_up_mem);
    return temp_dir_run(s);
}
