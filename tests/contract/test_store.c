/* test_store.c - what every back end of sql/store.h has to do. The same tests run over
 * SQLite, in a folder of their own, and over the fake; what only SQLite promises is in
 * tests/unit/test_store_sqlite.c. Rows are looked at past the store: by SQL, or in the
 * fake's arrays. */
#include "tests/fake/store_mem.h"
#include "tests/fake/temp_dir.h"

#include <check.h>
#include <sqlite3.h>

enum { SOON_US = 1000000, TEXT_LARGE = 1 << 20 };

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct store *writer, *reader, *editor;
static struct err e;

/* --- the two back ends --- */

struct log_row {
    int64_t id, event_us;
    char *timestamp, *service, *level, *message, *metadata, *created_at;
    size_t message_n;
};

struct batch_row {
    int64_t id, received_us, first_log_id, n, incident_id;
    char *scorer;
    bool scored;
    double score, raw_score;
};

static struct backend {
    const char *name;
    void (*open)(void);
    int64_t (*count)(const char *table);
    bool (*log)(int64_t id, struct log_row *out);
    bool (*batch)(int64_t id, struct batch_row *out);
} backend;

static char *copy(const char *p, size_t n)
{
    char *out = malloc(n + 1);
    ck_assert_ptr_nonnull(out);
    memcpy(out, p, n);
    out[n] = '\0';
    return out;
}

static void free_log(struct log_row *r)
{
    free(r->timestamp);
    free(r->service);
    free(r->level);
    free(r->message);
    free(r->metadata);
    free(r->created_at);
}

static void mem_open(void)
{
    writer = store_mem_open();
    reader = store_mem_reader(writer);
    editor = store_mem_editor(writer);
}

static int64_t mem_count(const char *table)
{
    return (int64_t)(table[0] == 'l' ? store_mem_logs_n(writer)
                                     : store_mem_batches_n(writer));
}

static bool mem_log(int64_t id, struct log_row *out)
{
    struct store_mem_log l;
    char when[CLOCK_TEXT_BYTES];
    for (size_t i = 0; store_mem_log(writer, i, &l); i++) {
        if (l.id == id) {
            struct str created = clock_format(l.received_us, when);
            *out = (struct log_row){id,
                                    l.event_us,
                                    copy(l.timestamp.p, l.timestamp.n),
                                    copy(l.service.p, l.service.n),
                                    copy(l.level.p, l.level.n),
                                    copy(l.message.p, l.message.n),
                                    copy(l.metadata.p, l.metadata.n),
                                    copy(created.p, created.n),
                                    l.message.n};
            return true;
        }
    }
    return false;
}

static bool mem_batch(int64_t id, struct batch_row *out)
{
    struct store_mem_batch b;
    for (size_t i = 0; store_mem_batch(writer, i, &b); i++) {
        if (b.ids.batch_id == id) {
            *out = (struct batch_row){
                id,           b.received_us, b.ids.first_log_id,
                (int64_t)b.n, b.incident_id, copy(b.scorer, strlen(b.scorer)),
                b.scored,     b.score,       b.raw_score};
            return true;
        }
    }
    return false;
}

static void sqlite_open(void)
{
    ck_assert_msg(!store_open_writer(path, SOON_US, &writer, &e), "%s", e.msg);
    ck_assert(!store_open_reader(path, &reader, &e));
    ck_assert(!store_open_editor(path, &editor, &e));
}

static sqlite3_stmt *query(sqlite3 **db, const char *sql, int64_t id)
{
    sqlite3_stmt *stmt;
    ck_assert_int_eq(sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(*db, sql, -1, &stmt, NULL), SQLITE_OK);
    sqlite3_bind_int64(stmt, 1, id);
    return stmt;
}

static char *column(sqlite3_stmt *stmt, int at)
{
    const char *p = (const char *)sqlite3_column_text(stmt, at);
    return copy(p ? p : "", (size_t)sqlite3_column_bytes(stmt, at));
}

static int64_t sqlite_count(const char *table)
{
    sqlite3 *db;
    sqlite3_stmt *stmt = query(&db,
                               table[0] == 'l' ? "SELECT count(*) FROM logs"
                                               : "SELECT count(*) FROM batches",
                               0);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return n;
}

static bool sqlite_log(int64_t id, struct log_row *out)
{
    sqlite3 *db;
    sqlite3_stmt *stmt = query(&db,
                               "SELECT event_us,timestamp,service,level,message,metadata,"
                               "created_at FROM logs WHERE id=?1",
                               id);
    bool found = sqlite3_step(stmt) == SQLITE_ROW;
    if (found) {
        *out = (struct log_row){id,
                                sqlite3_column_int64(stmt, 0),
                                column(stmt, 1),
                                column(stmt, 2),
                                column(stmt, 3),
                                column(stmt, 4),
                                column(stmt, 5),
                                column(stmt, 6),
                                (size_t)sqlite3_column_bytes(stmt, 4)};
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return found;
}

static bool sqlite_batch(int64_t id, struct batch_row *out)
{
    sqlite3 *db;
    sqlite3_stmt *stmt =
        query(&db,
              "SELECT received_us,first_log_id,n,incident_id,scorer,score,"
              "raw_score FROM batches WHERE id=?1",
              id);
    bool found = sqlite3_step(stmt) == SQLITE_ROW;
    if (found) {
        *out = (struct batch_row){id,
                                  sqlite3_column_int64(stmt, 0),
                                  sqlite3_column_int64(stmt, 1),
                                  sqlite3_column_int64(stmt, 2),
                                  sqlite3_column_int64(stmt, 3),
                                  column(stmt, 4),
                                  sqlite3_column_type(stmt, 5) != SQLITE_NULL,
                                  sqlite3_column_double(stmt, 5),
                                  sqlite3_column_double(stmt, 6)};
        ck_assert_int_eq(out->scored, sqlite3_column_type(stmt, 6) != SQLITE_NULL);
        ck_assert_int_eq(out->incident_id != 0,
                         sqlite3_column_type(stmt, 3) != SQLITE_NULL);
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return found;
}

static void set_up_sqlite(void)
{
    backend =
        (struct backend){"sqlite", sqlite_open, sqlite_count, sqlite_log, sqlite_batch};
    temp_dir_make(dir);
    temp_dir_path(dir, "data.sqlite", path);
    backend.open();
}

static void set_up_mem(void)
{
    backend = (struct backend){"memory", mem_open, mem_count, mem_log, mem_batch};
    dir[0] = '\0';
    backend.open();
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

/* --- doing --- */

static struct record record_of(const char *message)
{
    return (struct record){
        .timestamp = STR("2026-11-22T13:00:48.1234567+01:00"),
        .service = STR("auth"),
        .level = STR("error"),
        .message = str_of(message),
        .metadata = STR("{\"a\": 1}"),
        .event_us = 1795348848123456,
    };
}

static void must_begin(void)
{
    ck_assert_msg(!store_begin(writer, clock_mono_us() + SOON_US, &e), "%s", e.msg);
}

static void must_commit(void)
{
    ck_assert_msg(!store_commit(writer, &e), "%s", e.msg);
}

/* Adds n records that all say message, in the open transaction. */
static struct store_batch_ids add(size_t n, const char *message)
{
    struct record *records = calloc(n, sizeof *records);
    ck_assert_ptr_nonnull(records);
    for (size_t i = 0; i < n; i++) {
        records[i] = record_of(message);
    }
    struct store_batch b = {.received_us = 1795348800000000,
                            .records = records,
                            .n = n,
                            .scorer = "in-process"};
    struct store_batch_ids ids = {0};
    ck_assert_msg(!store_add_batch(writer, &b, &ids, &e), "%s", e.msg);
    free(records);
    return ids;
}

static struct store_incident incident_of(const char *key, const char *summary)
{
    return (struct store_incident){
        .core = {.id = 0, .first_us = 100, .last_us = 200, .count = 1, .severity = 0.9},
        .detected_us = 1795348800000000,
        .threshold = 0.8,
        .key = str_of(key),
        .service = STR("auth"),
        .summary = str_of(summary),
        .features = STR("{\"count\":3}"),
        .reasons = STR("[]"),
    };
}

static int64_t put(const struct store_incident *i)
{
    int64_t id = 0;
    ck_assert_msg(!store_put_incident(writer, i, &id, &e), "%s", e.msg);
    return id;
}

static int64_t put_committed(const char *key, const char *summary)
{
    struct store_incident i = incident_of(key, summary);
    must_begin();
    int64_t id = put(&i);
    must_commit();
    return id;
}

static bool find_in(const char *key, int64_t from_us, int64_t to_us, struct incident *out)
{
    struct store_span span = {str_of(key), from_us, to_us};
    bool found = false;
    ck_assert_msg(!store_find_incident(writer, &span, out, &found, &e), "%s", e.msg);
    return found;
}

static bool find(const char *key, struct incident *out)
{
    return find_in(key, INT64_MIN, INT64_MAX, out);
}

enum { LIST_MAX = 64, LIST_TEXTS = 8 };

struct list {
    struct store_incident_row rows[LIST_MAX];
    char *texts[LIST_MAX][LIST_TEXTS];
    size_t n;
};

static struct str keep(char **at, struct str s)
{
    *at = s.p ? copy(s.p, s.n) : NULL;
    return (struct str){*at, s.n};
}

static void take_row(void *arg, const struct store_incident_row *row)
{
    struct list *l = arg;
    ck_assert_uint_lt(l->n, LIST_MAX);
    char **texts = l->texts[l->n];
    l->rows[l->n++] = (struct store_incident_row){
        row->core,
        keep(&texts[0], row->detected_at),
        keep(&texts[1], row->service),
        keep(&texts[2], row->summary),
        keep(&texts[3], row->features),
        keep(&texts[4], row->reasons),
        keep(&texts[5], row->templates),
        row->templates_n,
        keep(&texts[6], row->note),
        keep(&texts[7], row->verdict),
        row->changed_us,
    };
}

static struct list list_of(struct store *s, int64_t before_id, size_t limit)
{
    struct list l = {.n = 0};
    ck_assert_msg(!store_list_incidents(s, before_id, limit, take_row, &l, &e), "%s",
                  e.msg);
    return l;
}

static void free_list(struct list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        for (size_t k = 0; k < LIST_TEXTS; k++) {
            free(l->texts[i][k]);
        }
    }
}

static size_t listed(struct store *s, int64_t before_id, size_t limit)
{
    struct list l = list_of(s, before_id, limit);
    free_list(&l);
    return l.n;
}

static void assert_str(struct str s, const char *expected)
{
    ck_assert_uint_eq(s.n, strlen(expected));
    ck_assert_mem_eq(s.p, expected, s.n);
}

/* --- transactions --- */

START_TEST(an_empty_store_has_no_rows_and_no_incidents)
{
    struct incident i;
    ck_assert_int_eq(backend.count("logs"), 0);
    ck_assert_int_eq(backend.count("batches"), 0);
    ck_assert_uint_eq(listed(reader, INT64_MAX, LIST_MAX), 0);
    ck_assert(!find("nobody", &i));
}
END_TEST

START_TEST(nothing_is_seen_before_commit_and_all_after)
{
    struct store_incident i = incident_of("k", "s");
    must_begin();
    add(3, "m");
    put(&i);
    ck_assert_int_eq(backend.count("logs"), 0);
    ck_assert_int_eq(backend.count("batches"), 0);
    ck_assert_uint_eq(listed(reader, INT64_MAX, LIST_MAX), 0);
    must_commit();
    ck_assert_int_eq(backend.count("logs"), 3);
    ck_assert_int_eq(backend.count("batches"), 1);
    ck_assert_uint_eq(listed(reader, INT64_MAX, LIST_MAX), 1);
}
END_TEST

START_TEST(a_change_to_an_incident_is_seen_only_after_commit)
{
    struct store_incident i = incident_of("k", "old");
    i.core.id = put_committed("k", "old");
    i.summary = STR("new");
    must_begin();
    put(&i);
    struct list before = list_of(reader, INT64_MAX, LIST_MAX);
    must_commit();
    struct list after = list_of(reader, INT64_MAX, LIST_MAX);
    assert_str(before.rows[0].summary, "old");
    assert_str(after.rows[0].summary, "new");
    free_list(&before);
    free_list(&after);
}
END_TEST

START_TEST(rollback_undoes_the_batch_and_the_incident)
{
    struct incident found;
    struct store_incident fresh = incident_of("fresh", "s");
    struct store_incident changed = incident_of("k", "new");
    must_begin();
    struct store_batch_ids first = add(2, "kept");
    must_commit();
    changed.core.id = put_committed("k", "old");
    changed.core.count = 7;
    must_begin();
    add(5, "undone");
    put(&fresh);
    put(&changed);
    store_rollback(writer);
    ck_assert_int_eq(backend.count("logs"), 2);
    ck_assert_int_eq(backend.count("batches"), 1);
    ck_assert(!find("fresh", &found));
    ck_assert(find("k", &found));
    ck_assert_int_eq(found.count, 1);
    ck_assert_uint_eq(listed(reader, INT64_MAX, LIST_MAX), 1);
    must_begin();
    struct store_batch_ids next = add(1, "after");
    must_commit();
    ck_assert_int_eq(next.first_log_id, first.first_log_id + 2);
}
END_TEST

START_TEST(rollback_without_a_transaction_does_nothing)
{
    store_rollback(writer);
    must_begin();
    add(1, "m");
    must_commit();
    store_rollback(writer);
    ck_assert_int_eq(backend.count("logs"), 1);
}
END_TEST

START_TEST(a_rolled_back_store_takes_the_next_transaction)
{
    for (int i = 0; i < 3; i++) {
        must_begin();
        add(1, "undone");
        store_rollback(writer);
    }
    must_begin();
    add(1, "kept");
    must_commit();
    ck_assert_int_eq(backend.count("logs"), 1);
}
END_TEST

START_TEST(an_empty_transaction_can_be_committed)
{
    must_begin();
    must_commit();
    ck_assert_int_eq(backend.count("logs"), 0);
}
END_TEST

START_TEST(closing_without_commit_rolls_back)
{
    struct store *other = NULL;
    if (strcmp(backend.name, "sqlite") != 0) {
        return; /* what a closed store in memory held is gone anyway */
    }
    must_begin();
    add(4, "undone");
    store_close(reader); /* before their writer, in one process */
    store_close(editor);
    store_close(writer);
    reader = editor = NULL;
    ck_assert_msg(!store_open_writer(path, SOON_US, &other, &e), "%s", e.msg);
    writer = other;
    ck_assert_int_eq(backend.count("logs"), 0);
    must_begin();
    add(1, "kept");
    must_commit();
    ck_assert_int_eq(backend.count("logs"), 1);
}
END_TEST

START_TEST(closing_inside_a_transaction_frees_everything)
{
    struct store_incident i = incident_of("k", "s");
    must_begin();
    add(4, "undone");
    put(&i);
} /* tear_down closes; the leak check of the process looks */
END_TEST

START_TEST(closing_nothing_is_allowed)
{
    store_close(NULL);
}
END_TEST

/* --- two that write --- */

static int64_t version_of(struct store *s)
{
    int64_t version = 0;
    ck_assert_msg(!store_data_version(s, &version, &e), "%s", e.msg);
    return version;
}

static void commit_note(struct store *s, const char *value)
{
    ck_assert_msg(!store_begin(s, clock_mono_us() + SOON_US, &e), "%s", e.msg);
    ck_assert_msg(!store_put_note(s, "x", value, &e), "%s", e.msg);
    ck_assert_msg(!store_commit(s, &e), "%s", e.msg);
}

START_TEST(what_an_editor_commits_is_seen_by_all)
{
    char text[STORE_NOTE_BYTES];
    struct store *all[] = {writer, reader, editor};
    commit_note(editor, "of the editor");
    for (size_t i = 0; i < 3; i++) {
        ck_assert(!store_get_note(all[i], "x", text, &e));
        ck_assert_str_eq(text, "of the editor");
    }
    commit_note(writer, "of the writer");
    ck_assert(!store_get_note(editor, "x", text, &e));
    ck_assert_str_eq(text, "of the writer");
}
END_TEST

START_TEST(an_editor_waits_for_a_writer_and_a_writer_for_an_editor)
{
    must_begin();
    ck_assert_int_eq(store_begin(editor, clock_mono_us() + 1000, &e), ERR_BUSY);
    must_commit();
    ck_assert(!store_begin(editor, clock_mono_us() + SOON_US, &e));
    ck_assert_int_eq(store_begin(writer, clock_mono_us() + 1000, &e), ERR_BUSY);
    store_rollback(editor);
    must_begin();
    store_rollback(writer);
}
END_TEST

START_TEST(the_version_changes_when_somebody_else_commits)
{
    commit_note(writer, "1");
    commit_note(editor, "1");
    int64_t of_writer = version_of(writer), of_editor = version_of(editor);
    int64_t of_reader = version_of(reader);
    ck_assert_int_eq(version_of(writer), of_writer);
    commit_note(writer, "2");
    ck_assert_int_eq(version_of(writer), of_writer); /* its own */
    ck_assert_int_ne(version_of(editor), of_editor);
    ck_assert_int_ne(version_of(reader), of_reader);
    of_editor = version_of(editor);
    of_reader = version_of(reader);
    commit_note(editor, "3");
    ck_assert_int_ne(version_of(writer), of_writer);
    ck_assert_int_eq(version_of(editor), of_editor);
    ck_assert_int_ne(version_of(reader), of_reader);
    of_writer = version_of(writer);
    ck_assert(!store_begin(editor, clock_mono_us() + SOON_US, &e));
    ck_assert(!store_put_note(editor, "x", "4", &e));
    store_rollback(editor);
    ck_assert_int_eq(version_of(writer), of_writer); /* nothing was committed */
}
END_TEST

/* --- records --- */

START_TEST(ids_of_records_run_without_a_gap_over_batches)
{
    must_begin();
    struct store_batch_ids a = add(3, "a");
    struct store_batch_ids b = add(1, "b");
    must_commit();
    must_begin();
    struct store_batch_ids c = add(2, "c");
    must_commit();
    ck_assert_int_eq(a.first_log_id, 1);
    ck_assert_int_eq(b.first_log_id, 4);
    ck_assert_int_eq(c.first_log_id, 5);
    ck_assert_int_lt(a.batch_id, b.batch_id);
    ck_assert_int_lt(b.batch_id, c.batch_id);
    const char *expected[] = {"a", "a", "a", "b", "c", "c"};
    for (int64_t id = 1; id <= 6; id++) {
        struct log_row row;
        ck_assert(backend.log(id, &row));
        ck_assert_str_eq(row.message, expected[id - 1]);
        free_log(&row);
    }
    ck_assert_int_eq(backend.count("logs"), 6);
}
END_TEST

START_TEST(a_record_keeps_all_its_parts)
{
    struct log_row row;
    must_begin();
    struct store_batch_ids ids = add(1, "m");
    must_commit();
    ck_assert(backend.log(ids.first_log_id, &row));
    ck_assert_str_eq(row.timestamp, "2026-11-22T13:00:48.1234567+01:00");
    ck_assert_str_eq(row.service, "auth");
    ck_assert_str_eq(row.level, "error");
    ck_assert_str_eq(row.message, "m");
    ck_assert_str_eq(row.metadata, "{\"a\": 1}");
    ck_assert_str_eq(row.created_at, "2026-11-22T12:00:00.000Z");
    ck_assert_int_eq(row.event_us, 1795348848123456);
    free_log(&row);
}
END_TEST

START_TEST(a_batch_row_names_its_records_and_its_score)
{
    struct record r = record_of("m");
    struct store_batch b = {.received_us = 17,
                            .records = &r,
                            .n = 1,
                            .scorer = "http",
                            .scored = true,
                            .score = 0.25,
                            .raw_score = 0.5};
    struct store_batch_ids ids;
    struct batch_row row;
    struct store_incident i = incident_of("k", "s");
    must_begin();
    b.incident_id = put(&i);
    ck_assert(!store_add_batch(writer, &b, &ids, &e));
    must_commit();
    ck_assert(backend.batch(ids.batch_id, &row));
    ck_assert_int_eq(row.received_us, 17);
    ck_assert_int_eq(row.first_log_id, ids.first_log_id);
    ck_assert_int_eq(row.n, 1);
    ck_assert_int_eq(row.incident_id, b.incident_id);
    ck_assert_str_eq(row.scorer, "http");
    ck_assert(row.scored && row.score >= 0.25 && row.score <= 0.25);
    ck_assert(row.raw_score >= 0.5 && row.raw_score <= 0.5);
    free(row.scorer);
}
END_TEST

START_TEST(an_unscored_batch_has_no_score_even_after_a_scored_one)
{
    struct record r = record_of("m");
    struct store_batch b = {.records = &r,
                            .n = 1,
                            .scorer = "in-process",
                            .scored = true,
                            .score = 0.9,
                            .raw_score = 0.9,
                            .incident_id = 0};
    struct store_batch_ids ids;
    struct batch_row row;
    struct store_incident i = incident_of("k", "s");
    must_begin();
    b.incident_id = put(&i);
    ck_assert(!store_add_batch(writer, &b, &ids, &e));
    b.scored = false;
    b.incident_id = 0;
    b.scorer = "unavailable";
    ck_assert(!store_add_batch(writer, &b, &ids, &e));
    must_commit();
    ck_assert(backend.batch(ids.batch_id, &row));
    ck_assert(!row.scored);
    ck_assert_int_eq(row.incident_id, 0);
    ck_assert_str_eq(row.scorer, "unavailable");
    free(row.scorer);
}
END_TEST

static const struct text_row {
    const char *name;
    const char *text;
} texts[] = {
    {"quotes", "it's \"quoted\" `so` ''; DROP TABLE logs; --"},
    {"two, three and four bytes", "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
    {"control characters", "a\tb\nc\r\x01\x1F\x7F"},
    {"looks like a number", "007.50"},
    {"blanks at both ends", "  x  "},
    {"percent and backslash", "%s %n \\x41 \\u0041"},
    {"the replacement character", "\xEF\xBF\xBD"},
    {"a noncharacter and the last one", "\xEF\xBF\xBF\xF4\x8F\xBF\xBF"},
};

START_TEST(texts_survive_byte_for_byte)
{
    const struct text_row *t = &texts[_i];
    struct record r = record_of(t->text);
    struct store_batch b = {.records = &r, .n = 1, .scorer = "in-process"};
    struct store_batch_ids ids;
    struct log_row row;
    r.service = r.level = r.timestamp = r.metadata = r.message;
    must_begin();
    ck_assert(!store_add_batch(writer, &b, &ids, &e));
    must_commit();
    ck_assert(backend.log(ids.first_log_id, &row));
    const char *kept[] = {row.timestamp, row.service, row.level, row.message,
                          row.metadata};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        ck_assert_msg(strcmp(kept[i], t->text) == 0, "%s: text %zu became '%s'", t->name,
                      i, kept[i]);
    }
    free_log(&row);
}
END_TEST

START_TEST(a_message_of_a_mebibyte_survives)
{
    struct log_row row;
    char *large = malloc(TEXT_LARGE + 1);
    ck_assert_ptr_nonnull(large);
    for (size_t i = 0; i < TEXT_LARGE; i++) {
        large[i] = (char)('!' + i * 7 % 90);
    }
    large[TEXT_LARGE] = '\0';
    must_begin();
    struct store_batch_ids ids = add(2, large);
    must_commit();
    for (int64_t i = 0; i < 2; i++) {
        ck_assert(backend.log(ids.first_log_id + i, &row));
        ck_assert_uint_eq(row.message_n, TEXT_LARGE);
        ck_assert(memcmp(row.message, large, TEXT_LARGE) == 0);
        free_log(&row);
    }
    free(large);
}
END_TEST

START_TEST(a_batch_of_ten_thousand_is_stored_whole)
{
    struct batch_row row;
    must_begin();
    struct store_batch_ids ids = add(10000, "m");
    must_commit();
    ck_assert_int_eq(backend.count("logs"), 10000);
    ck_assert(backend.batch(ids.batch_id, &row));
    ck_assert_int_eq(row.n, 10000);
    free(row.scorer);
}
END_TEST

/* --- incidents --- */

/* Two hosts whose clocks are hours apart: each finds its own incident again. */
START_TEST(find_gives_the_incident_that_is_near_in_time)
{
    struct incident found;
    struct store_incident late = incident_of("k", "late"),
                          early = incident_of("k", "early");
    late.core.first_us = 1000;
    late.core.last_us = 1100;
    must_begin();
    int64_t late_id = put(&late), early_id = put(&early); /* 100 to 200 */
    must_commit();
    ck_assert(find_in("k", 1050, 1060, &found) && found.id == late_id);
    ck_assert(find_in("k", 150, 160, &found) && found.id == early_id);
    ck_assert(find_in("k", 1100, 2000, &found) && found.id == late_id);
    ck_assert(!find_in("k", 1101, 2000, &found));
    ck_assert(find_in("k", 0, 100, &found) && found.id == early_id);
    ck_assert(!find_in("k", 0, 99, &found));
    ck_assert(!find_in("k", 201, 999, &found));
    ck_assert(find_in("k", 0, 2000, &found) && found.id == late_id);
}
END_TEST

START_TEST(find_gives_the_newest_incident_of_the_key)
{
    struct incident found;
    int64_t first = put_committed("k", "first");
    int64_t second = put_committed("k", "second");
    int64_t other = put_committed("other", "third");
    ck_assert_int_lt(first, second);
    ck_assert_int_lt(second, other);
    ck_assert(find("k", &found));
    ck_assert_int_eq(found.id, second);
    ck_assert(find("other", &found));
    ck_assert_int_eq(found.id, other);
    ck_assert(!find("K", &found));
    ck_assert(!find("k ", &found));
    ck_assert(!find("", &found));
}
END_TEST

START_TEST(find_sees_what_the_same_transaction_has_put)
{
    struct incident found;
    struct store_incident i = incident_of("k", "s");
    must_begin();
    int64_t id = put(&i);
    ck_assert(find("k", &found));
    ck_assert_int_eq(found.id, id);
    must_commit();
}
END_TEST

START_TEST(a_new_incident_keeps_all_its_parts)
{
    struct incident found;
    int64_t id = put_committed("k", "auth: 37 failed logins");
    struct list l = list_of(reader, INT64_MAX, LIST_MAX);
    ck_assert_uint_eq(l.n, 1);
    ck_assert_int_eq(l.rows[0].core.id, id);
    ck_assert_int_eq(l.rows[0].core.first_us, 100);
    ck_assert_int_eq(l.rows[0].core.last_us, 200);
    ck_assert_int_eq(l.rows[0].core.count, 1);
    ck_assert(l.rows[0].core.severity >= 0.9 && l.rows[0].core.severity <= 0.9);
    assert_str(l.rows[0].detected_at, "2026-11-22T12:00:00.000Z");
    assert_str(l.rows[0].service, "auth");
    assert_str(l.rows[0].summary, "auth: 37 failed logins");
    assert_str(l.rows[0].features, "{\"count\":3}");
    assert_str(l.rows[0].reasons, "[]");
    free_list(&l);
    ck_assert(find("k", &found));
    ck_assert_int_eq(found.first_us, 100);
    ck_assert_int_eq(found.last_us, 200);
    ck_assert(found.severity >= 0.9 && found.severity <= 0.9);
}
END_TEST

START_TEST(an_incident_of_several_services_has_none)
{
    struct store_incident i = incident_of("k", "s");
    i.service = STR_NONE;
    must_begin();
    put(&i);
    must_commit();
    struct list l = list_of(reader, INT64_MAX, LIST_MAX);
    ck_assert_ptr_null(l.rows[0].service.p);
    free_list(&l);
}
END_TEST

START_TEST(extending_without_words_keeps_the_words)
{
    struct store_incident i = incident_of("k", "old");
    i.core = (struct incident){.id = put_committed("k", "old"),
                               .first_us = 50,
                               .last_us = 900,
                               .count = 4,
                               .severity = 0.95};
    i.service = i.summary = i.features = i.reasons = STR_NONE;
    i.detected_us = 7;
    must_begin();
    ck_assert_int_eq(put(&i), i.core.id);
    must_commit();
    struct list l = list_of(reader, INT64_MAX, LIST_MAX);
    ck_assert_uint_eq(l.n, 1);
    ck_assert_int_eq(l.rows[0].core.first_us, 50);
    ck_assert_int_eq(l.rows[0].core.last_us, 900);
    ck_assert_int_eq(l.rows[0].core.count, 4);
    ck_assert(l.rows[0].core.severity >= 0.95 && l.rows[0].core.severity <= 0.95);
    assert_str(l.rows[0].summary, "old");
    assert_str(l.rows[0].service, "auth");
    assert_str(l.rows[0].features, "{\"count\":3}");
    assert_str(l.rows[0].detected_at, "2026-11-22T12:00:00.000Z");
    free_list(&l);
}
END_TEST

START_TEST(extending_with_words_changes_the_words_only_of_that_one)
{
    struct incident found;
    struct store_incident i = incident_of("ignored", "new");
    int64_t other = put_committed("other", "other");
    i.core = (struct incident){.id = put_committed("k", "old"),
                               .first_us = 50,
                               .last_us = 900,
                               .count = 4,
                               .severity = 0.95};
    i.service = STR_NONE;
    i.features = STR("{}");
    i.reasons = STR("[1]");
    i.detected_us = 7;
    must_begin();
    ck_assert_int_eq(put(&i), i.core.id);
    must_commit();
    struct list l = list_of(reader, INT64_MAX, LIST_MAX);
    ck_assert_uint_eq(l.n, 2);
    assert_str(l.rows[0].summary, "new");
    assert_str(l.rows[0].features, "{}");
    assert_str(l.rows[0].reasons, "[1]");
    ck_assert_ptr_null(l.rows[0].service.p);
    assert_str(l.rows[0].detected_at, "2026-11-22T12:00:00.000Z");
    ck_assert_int_eq(l.rows[1].core.id, other);
    assert_str(l.rows[1].summary, "other");
    free_list(&l);
    ck_assert(find("k", &found)); /* its key stays too */
    ck_assert_int_eq(found.count, 4);
}
END_TEST

START_TEST(an_incident_text_survives_byte_for_byte)
{
    struct store_incident i = incident_of(texts[_i].text, texts[_i].text);
    struct incident found;
    must_begin();
    int64_t id = put(&i);
    must_commit();
    struct list l = list_of(reader, INT64_MAX, LIST_MAX);
    ck_assert_msg(strcmp(l.rows[0].summary.p, texts[_i].text) == 0, "%s", texts[_i].name);
    free_list(&l);
    ck_assert_msg(find(texts[_i].text, &found), "%s", texts[_i].name);
    ck_assert_int_eq(found.id, id);
}
END_TEST

/* --- further keys --- */

static void put_key(int64_t incident_id, const char *key, int64_t at_us, const char *text)
{
    struct store_incident_key k = {incident_id, str_of(key), at_us, text != NULL,
                                   text ? str_of(text) : STR_NONE};
    ck_assert_msg(!store_put_incident_key(writer, &k, &e), "%s", e.msg);
}

START_TEST(a_further_key_finds_the_incident_at_its_own_times)
{
    struct incident found;
    int64_t id = put_committed("k", "first"); /* 100 to 200 */
    put_committed("other", "second");
    must_begin();
    put_key(id, "t1", 1000, "a");
    put_key(id, "t1", 3000, "a");
    put_key(id, "t1", 2000, "a");
    ck_assert(find_in("t1", 1000, 1000, &found) && found.id == id);
    must_commit();
    ck_assert(found.first_us == 100 && found.last_us == 200 && found.count == 1);
    ck_assert(find_in("t1", 3000, 9000, &found) && found.id == id);
    ck_assert(find_in("t1", 1500, 1600, &found));
    ck_assert(!find_in("t1", 3001, 9000, &found));
    ck_assert(!find_in("t1", 0, 999, &found));
    ck_assert(!find_in("t2", 0, 9000, &found));
    ck_assert(find_in("k", 0, 150, &found) && !find_in("k", 201, 9000, &found));
}
END_TEST

START_TEST(of_own_and_further_keys_the_newest_is_found)
{
    struct incident found;
    int64_t a = put_committed("a", "first"), b = put_committed("b", "second");
    must_begin();
    put_key(a, "b", 201, NULL);
    put_key(a, "t", 50, NULL);
    put_key(b, "t", 60, NULL);
    must_commit();
    ck_assert(find("b", &found) && found.id == a);
    ck_assert(find_in("b", 0, 200, &found) && found.id == b);
    ck_assert(find("t", &found) && found.id == b);
    ck_assert(find_in("t", 0, 59, &found) && found.id == a);
    must_begin();
    put_key(a, "t", 70, NULL);
    must_commit();
    ck_assert(find("t", &found) && found.id == a);
}
END_TEST

START_TEST(an_incidents_own_key_is_no_further_one)
{
    struct incident found;
    int64_t id = put_committed("k", "first");
    must_begin();
    put_key(id, "k", 5000, NULL);
    must_commit();
    ck_assert(!find_in("k", 201, 9000, &found));
}
END_TEST

START_TEST(templates_are_listed_with_their_incident)
{
    int64_t a = put_committed("a", "first"), b = put_committed("b", "second");
    put_committed("c", "third");
    must_begin();
    put_key(a, "t2", 1, "");
    put_key(a, "t1", 1, "x * \"y\"");
    put_key(a, "rare|auth", 1, NULL);
    put_key(b, "t2", 1, "\xc3\xa9");
    must_commit();
    struct list l = list_of(reader, INT64_MAX, LIST_MAX);
    ck_assert(!l.rows[0].templates.p && l.rows[0].templates_n == 0);
    assert_str(l.rows[1].templates, "[{\"id\":\"t2\",\"text\":\"\xc3\xa9\"}]");
    ck_assert_int_eq(l.rows[1].templates_n, 1);
    assert_str(
        l.rows[2].templates,
        "[{\"id\":\"t2\",\"text\":null},{\"id\":\"t1\",\"text\":\"x * \\\"y\\\"\"}]");
    ck_assert_int_eq(l.rows[2].templates_n, 2);
    free_list(&l);
    must_begin(); /* a text that becomes known stays as it is */
    put_key(a, "t2", 2, "now");
    put_key(a, "t2", 3, "later");
    put_key(a, "t2", 4, "");
    must_commit();
    l = list_of(reader, INT64_MAX, LIST_MAX);
    assert_str(
        l.rows[2].templates,
        "[{\"id\":\"t2\",\"text\":\"now\"},{\"id\":\"t1\",\"text\":\"x * \\\"y\\\"\"}]");
    ck_assert_int_eq(l.rows[2].templates_n, 2);
    free_list(&l);
}
END_TEST

START_TEST(so_many_templates_are_listed_and_all_are_counted)
{
    char key[16];
    int64_t id = put_committed("a", "first");
    for (int n = 1; n <= STORE_TEMPLATES_MAX + 1; n++) {
        snprintf(key, sizeof key, "t%d", n);
        must_begin();
        put_key(id, key, n, "");
        must_commit();
    }
    struct list l = list_of(reader, INT64_MAX, LIST_MAX);
    ck_assert_int_eq(l.rows[0].templates_n, STORE_TEMPLATES_MAX + 1);
    ck_assert_ptr_nonnull(strstr(l.rows[0].templates.p, "\"t100\""));
    ck_assert_ptr_null(strstr(l.rows[0].templates.p, "\"t101\""));
    free_list(&l);
}
END_TEST

START_TEST(rollback_undoes_keys)
{
    struct incident found;
    int64_t id = put_committed("a", "first");
    must_begin();
    put_key(id, "t1", 5, "");
    must_commit();
    must_begin();
    put_key(id, "t1", 900, "x");
    put_key(id, "t2", 900, "x");
    store_rollback(writer);
    ck_assert(!find("t2", &found) && !find_in("t1", 6, 1000, &found));
    ck_assert(find("t1", &found));
    struct list l = list_of(reader, INT64_MAX, LIST_MAX);
    assert_str(l.rows[0].templates, "[{\"id\":\"t1\",\"text\":null}]");
    ck_assert_int_eq(l.rows[0].templates_n, 1);
    free_list(&l);
}
END_TEST

START_TEST(the_next_id_of_a_record_is_known_before_it_is_added)
{
    for (int i = 0; i < 3; i++) {
        must_begin();
        int64_t next = store_next_log_id(writer);
        ck_assert_int_eq(add(3, "m").first_log_id, next);
        ck_assert_int_eq(store_next_log_id(writer), next + 3);
        if (i == 1) {
            store_rollback(writer);
        } else {
            must_commit();
        }
    }
    must_begin();
    ck_assert_int_eq(store_next_log_id(writer), 7);
    must_commit();
}
END_TEST

/* --- lists --- */

static const struct list_row {
    const char *name;
    int64_t before; /* relative to the first of five ids; 9: after them all */
    size_t limit, n;
    int64_t first; /* the first one listed, relative too */
} lists[] = {
    {"all", 9, 10, 5, 4},
    {"limit of just all", 9, 5, 5, 4},
    {"limit of one less", 9, 4, 4, 4},
    {"limit of one", 9, 1, 1, 4},
    {"limit of none", 9, 0, 0, 0},
    {"below the newest", 4, 10, 4, 3},
    {"below the second", 1, 10, 1, 0},
    {"below the oldest", 0, 10, 0, 0},
    {"a page in the middle", 4, 2, 2, 3},
    {"the page after it", 2, 2, 2, 1},
};

START_TEST(lists_the_newest_first_within_its_bounds)
{
    const struct list_row *t = &lists[_i];
    int64_t first = put_committed("k", "s");
    for (int i = 1; i < 5; i++) {
        put_committed("k", "s");
    }
    int64_t before = t->before == 9 ? INT64_MAX : first + t->before;
    struct list l = list_of(reader, before, t->limit);
    ck_assert_msg(l.n == t->n, "%s: %zu rows", t->name, l.n);
    for (size_t i = 0; i < l.n; i++) {
        ck_assert_msg(l.rows[i].core.id == first + t->first - (int64_t)i, "%s", t->name);
    }
    free_list(&l);
    ck_assert_uint_eq(listed(writer, before, t->limit), t->n); /* a writer can list too */
}
END_TEST

START_TEST(a_reader_sees_what_comes_after_its_first_list)
{
    ck_assert_uint_eq(listed(reader, INT64_MAX, LIST_MAX), 0);
    for (size_t i = 1; i <= 3; i++) {
        put_committed("k", "s");
        ck_assert_uint_eq(listed(reader, INT64_MAX, LIST_MAX), i);
    }
}
END_TEST

/* --- batches and records read back --- */

static int64_t list_from;
static char listed_messages[64];
static size_t listed_most;

static bool take_record(void *arg, int64_t log_id, const struct record *r)
{
    size_t *n = arg;
    ck_assert_int_eq(log_id, list_from + (int64_t)*n);
    ck_assert_uint_lt(*n + 1, sizeof listed_messages);
    listed_messages[(*n)++] = r->message.p[0];
    listed_messages[*n] = '\0';
    return *n < listed_most;
}

/* The first letters of the messages of what is listed. */
static const char *messages(struct store *s, int64_t first_log_id, int64_t n, size_t most)
{
    size_t got = 0;
    list_from = first_log_id;
    listed_most = most;
    listed_messages[0] = '\0';
    ck_assert(!store_list_records(s, first_log_id, n, take_record, &got, &e));
    return listed_messages;
}

START_TEST(batches_are_found_one_after_the_other)
{
    struct store_batch_row row;
    bool found;
    int64_t last;
    ck_assert(!store_next_batch(reader, 1, &row, &found, &e));
    ck_assert(!found);
    ck_assert(!store_last_batch(reader, &last, &e));
    ck_assert_int_eq(last, 0);
    must_begin();
    struct store_batch_ids a = add(3, "a"), b = add(2, "b");
    ck_assert(!store_next_batch(reader, 1, &row, &found, &e));
    ck_assert(!found);
    must_commit();
    ck_assert(!store_next_batch(reader, 0, &row, &found, &e));
    ck_assert(found);
    ck_assert_int_eq(row.id, a.batch_id);
    ck_assert_int_eq(row.first_log_id, a.first_log_id);
    ck_assert_int_eq(row.n, 3);
    ck_assert_int_eq(row.incident_id, 0);
    ck_assert(row.unscored);
    ck_assert(!store_next_batch(reader, row.id + 1, &row, &found, &e));
    ck_assert(found);
    ck_assert_int_eq(row.id, b.batch_id);
    ck_assert_int_eq(row.n, 2);
    ck_assert(!store_next_batch(reader, row.id + 1, &row, &found, &e));
    ck_assert(!found);
    ck_assert(!store_last_batch(reader, &last, &e));
    ck_assert_int_eq(last, b.batch_id);
}
END_TEST

START_TEST(records_are_listed_within_their_bounds)
{
    must_begin();
    add(2, "a");
    add(2, "b");
    ck_assert_str_eq(messages(reader, 1, 4, 9), "");
    must_commit();
    ck_assert_str_eq(messages(reader, 1, 4, 9), "aabb");
    ck_assert_str_eq(messages(reader, 2, 2, 9), "ab");
    ck_assert_str_eq(messages(reader, 3, 100, 9), "bb");
    ck_assert_str_eq(messages(reader, 5, 1, 9), "");
    ck_assert_str_eq(messages(reader, 1, 0, 9), "");
    ck_assert_str_eq(messages(reader, 1, 4, 1), "a"); /* as the callback wishes */
    ck_assert_str_eq(messages(reader, 1, 4, 9), "aabb");
}
END_TEST

static bool take_parts(void *arg, int64_t log_id, const struct record *r)
{
    const struct record *want = arg;
    ck_assert_int_eq(log_id, 1);
    ck_assert(str_eq(r->timestamp, want->timestamp));
    ck_assert(str_eq(r->service, want->service));
    ck_assert(str_eq(r->level, want->level));
    ck_assert(str_eq(r->message, want->message));
    ck_assert(str_eq(r->metadata, want->metadata));
    ck_assert_int_eq(r->event_us, want->event_us);
    return true;
}

START_TEST(a_listed_record_has_all_its_parts)
{
    struct record r = record_of("m");
    must_begin();
    add(1, "m");
    must_commit();
    ck_assert(!store_list_records(reader, 1, 1, take_parts, &r, &e));
}
END_TEST

START_TEST(unscored_batches_are_counted_up_to_a_maximum)
{
    struct record r = record_of("m");
    struct store_batch b = {.records = &r, .n = 1, .scorer = "unavailable"};
    struct store_batch_ids ids;
    int64_t n;
    must_begin();
    for (int i = 0; i < 6; i++) {
        b.scored = i % 2 == 0;
        ck_assert(!store_add_batch(writer, &b, &ids, &e));
    }
    must_commit();
    ck_assert(!store_count_unscored(reader, 100, &n, &e));
    ck_assert_int_eq(n, 3);
    ck_assert(!store_count_unscored(reader, 3, &n, &e));
    ck_assert_int_eq(n, 3);
    ck_assert(!store_count_unscored(reader, 2, &n, &e));
    ck_assert_int_eq(n, 2);
}
END_TEST

/* --- notes --- */

static const char *note(struct store *s, const char *name)
{
    static char text[STORE_NOTE_BYTES];
    ck_assert_msg(!store_get_note(s, name, text, &e), "%s", e.msg);
    return text;
}

static void put_text_note(const char *name, const char *value)
{
    ck_assert_msg(!store_put_note(writer, name, value, &e), "%s", e.msg);
}

START_TEST(a_note_is_seen_after_commit_and_changes)
{
    must_begin();
    put_text_note("x", "one");
    put_text_note("y", "");
    ck_assert_str_eq(note(writer, "x"), "one");
    ck_assert_str_eq(note(reader, "x"), "");
    must_commit();
    ck_assert_str_eq(note(reader, "x"), "one");
    must_begin();
    put_text_note("x", "two");
    store_rollback(writer);
    ck_assert_str_eq(note(reader, "x"), "one");
    must_begin();
    put_text_note("x", "three");
    must_commit();
    ck_assert_str_eq(note(reader, "x"), "three");
    ck_assert_str_eq(note(reader, "y"), "");
    ck_assert_str_eq(note(reader, "z"), "");
}
END_TEST

START_TEST(the_longest_note_comes_back)
{
    char text[STORE_NOTE_BYTES];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    must_begin();
    put_text_note("x", text);
    must_commit();
    ck_assert_str_eq(note(reader, "x"), text);
}
END_TEST

START_TEST(a_store_has_an_id)
{
    const char *id = note(reader, STORE_ID);
    ck_assert_uint_eq(strlen(id), 32);
    ck_assert_uint_eq(strspn(id, "0123456789abcdef"), 32);
}
END_TEST

/* --- the suite --- */

static void add_tests(TCase *tc)
{
    tcase_add_test(tc, an_empty_store_has_no_rows_and_no_incidents);
    tcase_add_test(tc, nothing_is_seen_before_commit_and_all_after);
    tcase_add_test(tc, a_change_to_an_incident_is_seen_only_after_commit);
    tcase_add_test(tc, rollback_undoes_the_batch_and_the_incident);
    tcase_add_test(tc, rollback_without_a_transaction_does_nothing);
    tcase_add_test(tc, a_rolled_back_store_takes_the_next_transaction);
    tcase_add_test(tc, an_empty_transaction_can_be_committed);
    tcase_add_test(tc, closing_without_commit_rolls_back);
    tcase_add_test(tc, closing_inside_a_transaction_frees_everything);
    tcase_add_test(tc, closing_nothing_is_allowed);
    tcase_add_test(tc, what_an_editor_commits_is_seen_by_all);
    tcase_add_test(tc, an_editor_waits_for_a_writer_and_a_writer_for_an_editor);
    tcase_add_test(tc, the_version_changes_when_somebody_else_commits);
    tcase_add_test(tc, ids_of_records_run_without_a_gap_over_batches);
    tcase_add_test(tc, a_record_keeps_all_its_parts);
    tcase_add_test(tc, a_batch_row_names_its_records_and_its_score);
    tcase_add_test(tc, an_unscored_batch_has_no_score_even_after_a_scored_one);
    tcase_add_loop_test(tc, texts_survive_byte_for_byte, 0,
                        sizeof texts / sizeof texts[0]);
    tcase_add_test(tc, a_message_of_a_mebibyte_survives);
    tcase_add_test(tc, a_batch_of_ten_thousand_is_stored_whole);
    tcase_add_test(tc, find_gives_the_newest_incident_of_the_key);
    tcase_add_test(tc, find_gives_the_incident_that_is_near_in_time);
    tcase_add_test(tc, find_sees_what_the_same_transaction_has_put);
    tcase_add_test(tc, a_new_incident_keeps_all_its_parts);
    tcase_add_test(tc, an_incident_of_several_services_has_none);
    tcase_add_test(tc, extending_without_words_keeps_the_words);
    tcase_add_test(tc, extending_with_words_changes_the_words_only_of_that_one);
    tcase_add_loop_test(tc, an_incident_text_survives_byte_for_byte, 0,
                        sizeof texts / sizeof texts[0]);
    tcase_add_test(tc, a_further_key_finds_the_incident_at_its_own_times);
    tcase_add_test(tc, of_own_and_further_keys_the_newest_is_found);
    tcase_add_test(tc, an_incidents_own_key_is_no_further_one);
    tcase_add_test(tc, templates_are_listed_with_their_incident);
    tcase_add_test(tc, so_many_templates_are_listed_and_all_are_counted);
    tcase_add_test(tc, rollback_undoes_keys);
    tcase_add_test(tc, the_next_id_of_a_record_is_known_before_it_is_added);
    tcase_add_loop_test(tc, lists_the_newest_first_within_its_bounds, 0,
                        sizeof lists / sizeof lists[0]);
    tcase_add_test(tc, a_reader_sees_what_comes_after_its_first_list);
    tcase_add_test(tc, batches_are_found_one_after_the_other);
    tcase_add_test(tc, records_are_listed_within_their_bounds);
    tcase_add_test(tc, a_listed_record_has_all_its_parts);
    tcase_add_test(tc, unscored_batches_are_counted_up_to_a_maximum);
    tcase_add_test(tc, a_note_is_seen_after_commit_and_changes);
    tcase_add_test(tc, the_longest_note_comes_back);
    tcase_add_test(tc, a_store_has_an_id);
}

static void add_backend(Suite *s, const char *name, SFun set_up)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    add_tests(tc);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("store");
    add_backend(s, "sqlite", set_up_sqlite);
    add_backend(s, "memory", set_up_mem);
    return temp_dir_run(s);
}
