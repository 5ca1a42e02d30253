/* test_store_sqlite.c - what only the SQLite back end promises: it leaves other programs'
 * files alone, has one writer, syncs what it commits, and leaves one file behind. */
#include "fcgi/base/clock.h"
#include "sql/filelock.h"
#include "sql/migrate.h"
#include "sql/store_keep.h"
#include "sql/store_read.h"
#include "sql/store_sqlite.h"
#include "sql/wal.h"
#include "tests/fake/temp_dir.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOON_US  (10 * CLOCK_SECOND_US)
#define SHORT_US (CLOCK_SECOND_US / 20)

#define CHECK_DAMAGED(text)                                                              \
    ck_assert_msg(strstr((text), "the store is damaged") != NULL, "%s", (text))

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct err e;

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "data.sqlite", path);
}

static void tear_down(void)
{
    temp_dir_remove(dir);
}

/* --- syncs are counted: these two stand before those of libc --- */

static atomic_int syncs;

int fdatasync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    return (int)syscall(SYS_fsync, fd);
}

/* --- doing --- */

static struct store *must_open(void)
{
    struct store *s = NULL;
    ck_assert_msg(!store_open_writer(path, SOON_US, &s, &e), "%s", e.msg);
    return s;
}

/* Adds n records in the open transaction. */
static enum err_code add(struct store *s, size_t n)
{
    struct store_batch_ids ids;
    struct record r = {.timestamp = STR("t"),
                       .service = STR("s"),
                       .level = STR("info"),
                       .message = STR("message"),
                       .metadata = STR("{}")};
    struct store_batch b = {.records = &r, .n = 1, .scorer = "in-process"};
    enum err_code code = ERR_NONE;
    for (size_t i = 0; !code && i < n; i++) {
        code = store_add_batch(s, &b, &ids, &e);
    }
    return code;
}

static enum err_code put(struct store *s)
{
    int64_t id;
    struct store_incident i = {.key = STR("k"),
                               .summary = STR("s"),
                               .features = STR("{}"),
                               .reasons = STR("[]")};
    return store_put_incident(s, &i, &id, &e);
}

static void must_commit(struct store *s, size_t n)
{
    ck_assert_msg(!store_begin(s, clock_mono_us() + SOON_US, &e), "%s", e.msg);
    ck_assert_msg(!add(s, n) && !put(s), "%s", e.msg);
    ck_assert_msg(!store_commit(s, &e), "%s", e.msg);
}

static void make_store(size_t n)
{
    struct store *s = must_open();
    must_commit(s, n);
    store_close(s);
}

static sqlite3 *open_foreign(const char *file)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    return db;
}

static void exec(sqlite3 *db, const char *sql)
{
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
}

static int64_t number(const char *sql)
{
    int64_t n;
    sqlite3 *db = open_foreign(path);
    ck_assert_msg(!db_number(db, sql, &n, &e), "%s", e.msg);
    sqlite3_close(db);
    return n;
}

static int64_t logs_n(void)
{
    return number("SELECT count(*) FROM logs /*scan*/");
}

static void count_row(void *arg, const struct store_incident_row *row)
{
    size_t *n = arg;
    (void)row;
    (*n)++;
}

static size_t listed(struct store *s)
{
    size_t n = 0;
    ck_assert_msg(!store_list_incidents(s, INT64_MAX, 1000, count_row, &n, &e), "%s",
                  e.msg);
    return n;
}

/* --- files of others --- */

struct file {
    char *p;
    size_t n;
};

static struct file read_file(const char *suffix)
{
    char name[TEMP_DIR_BYTES + 8];
    struct file f = {NULL, 0};
    struct stat st;
    snprintf(name, sizeof name, "%s%s", path, suffix);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return f;
    }
    ck_assert_int_eq(fstat(fd, &st), 0);
    f.n = (size_t)st.st_size;
    f.p = malloc(f.n + 1);
    ck_assert_ptr_nonnull(f.p);
    ck_assert_int_eq((int)read(fd, f.p, f.n), (int)f.n);
    close(fd);
    return f;
}

static void write_file(const void *p, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq((int)write(fd, p, n), (int)n);
    close(fd);
}

struct snapshot {
    struct file db, wal;
};

static struct snapshot take_snapshot(void)
{
    return (struct snapshot){read_file(""), read_file("-wal")};
}

static void assert_same(struct file was, struct file is, const char *what)
{
    ck_assert_msg((was.p != NULL) == (is.p != NULL), "%s came or went", what);
    ck_assert_msg(was.n == is.n && (was.n == 0 || memcmp(was.p, is.p, was.n) == 0),
                  "%s: %zu bytes became %zu, or others", what, was.n, is.n);
    free(is.p);
}

static void assert_untouched(const struct snapshot *was, const char *what)
{
    char text[128];
    struct snapshot is = take_snapshot();
    snprintf(text, sizeof text, "%s: the file", what);
    assert_same(was->db, is.db, text);
    snprintf(text, sizeof text, "%s: its journal", what);
    assert_same(was->wal, is.wal, text);
}

static void free_snapshot(struct snapshot *s)
{
    free(s->db.p);
    free(s->wal.p);
}

/* Another program: runs sql, keeps its connection open, tells us, and waits to be killed.
 */
static pid_t start_other(const char *sql)
{
    int told[2];
    char byte = 0;
    ck_assert_int_eq(pipe(told), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
        sqlite3 *db = NULL;
        bool ok = sqlite3_open(path, &db) == SQLITE_OK &&
                  sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK &&
                  write(told[1], "x", 1) == 1;
        while (ok) {
            pause();
        }
        _exit(1);
    }
    close(told[1]);
    ck_assert_int_eq((int)read(told[0], &byte, 1), 1);
    close(told[0]);
    return pid;
}

static void kill_other(pid_t pid)
{
    int status;
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
}

#define ROLLBACK_JOURNAL "CREATE TABLE theirs(a); INSERT INTO theirs VALUES(1);"
#define WAL_ONLY                                                                         \
    "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE theirs(a);"      \
    "INSERT INTO theirs VALUES(1);"
#define WAL_AND_FILE                                                                     \
    "CREATE TABLE theirs(a); PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;"      \
    "INSERT INTO theirs VALUES(1);"
#define NEWER "PRAGMA application_id=1282369345; PRAGMA user_version=1000;"

static const struct foreign_row {
    const char *name;
    const char *sql;
} foreign[] = {
    {"with a table", ROLLBACK_JOURNAL},
    {"with only its number", "PRAGMA application_id=99"},
    {"with only its version", "PRAGMA user_version=3"},
    {"with a view", "CREATE VIEW theirs AS SELECT 1"},
    {"in WAL mode", WAL_AND_FILE},
    {"in WAL mode, all of it in the journal", WAL_ONLY},
    {"newer one of ours", "CREATE TABLE logs(a);" NEWER},
    {"newer one of ours in WAL mode", "CREATE TABLE logs(a);" NEWER WAL_AND_FILE},
    {"newer one of ours, all of it in the journal", WAL_ONLY NEWER},
};
enum { FOREIGN_N = sizeof foreign / sizeof foreign[0] };

/* Everything that could touch the file, each tried on each: true if it was refused. */
static bool try_check(void)
{
    return store_check(path, &e) == ERR_INVALID;
}

static bool try_writer(void)
{
    struct store *s = NULL;
    bool refused = store_open_writer(path, SHORT_US, &s, &e) == ERR_INVALID;
    store_close(s);
    return refused;
}

static bool try_reader(void)
{
    size_t n = 0;
    struct store *s = NULL;
    ck_assert(!store_open_reader(path, &s, &e));
    bool refused =
        store_list_incidents(s, INT64_MAX, 10, count_row, &n, &e) == ERR_DOWN && n == 0;
    store_close(s);
    return refused;
}

static bool try_tidy(void)
{
    store_tidy(path);
    return true;
}

static const struct try_row {
    const char *name;
    bool (*fn)(void);
} tries[] = {{"check", try_check},
             {"writer", try_writer},
             {"reader", try_reader},
             {"tidy", try_tidy}};
enum { TRIES_N = sizeof tries / sizeof tries[0] };

static void try_row(const struct try_row *t, const char *what)
{
    char text[160];
    struct snapshot was = take_snapshot();
    snprintf(text, sizeof text, "%s, %s", t->name, what);
    ck_assert_msg(t->fn(), "%s: it was taken", text);
    assert_untouched(&was, text);
    free_snapshot(&was);
}

START_TEST(a_file_of_another_program_that_runs_is_refused_and_not_changed)
{
    const struct foreign_row *f = &foreign[_i / TRIES_N];
    pid_t pid = start_other(f->sql);
    try_row(&tries[_i % TRIES_N], f->name);
    kill_other(pid);
}
END_TEST

START_TEST(a_file_of_another_program_that_was_killed_is_refused_and_not_changed)
{
    const struct foreign_row *f = &foreign[_i / TRIES_N];
    kill_other(start_other(f->sql));
    try_row(&tries[_i % TRIES_N], f->name);
}
END_TEST

static const struct bytes_row {
    const char *name;
    const char *p;
    size_t n;
} not_databases[] = {
    {"a line of text", "Nov 22 12:00:00 host sshd[1]: hello\n", 36},
    {"two bytes", "x\n", 2}, /* SQLite itself takes a file of one byte for an empty one */
    {"the beginning of a database", "SQLite format 3", 16},
};
enum { NOT_DATABASES_N = sizeof not_databases / sizeof not_databases[0] };

START_TEST(a_file_that_is_no_database_is_refused_and_not_changed)
{
    const struct bytes_row *t = &not_databases[_i];
    struct store *s = NULL;
    write_file(t->p, t->n);
    struct snapshot was = take_snapshot();
    enum err_code checked = store_check(path, &e);
    enum err_code opened = store_open_writer(path, SHORT_US, &s, &e);
    store_close(s);
    store_tidy(path);
    assert_untouched(&was, t->name);
    ck_assert_msg(checked && opened, "%s: check says %d, a writer %d", t->name,
                  (int)checked, (int)opened);
    ck_assert_int_eq(temp_dir_files(dir), 1);
    free_snapshot(&was);
}
END_TEST

START_TEST(a_store_with_a_damaged_header_is_not_made_anew)
{
    struct store *s = NULL;
    make_store(1);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq((int)pwrite(fd, "damaged", 7, 0), 7);
    close(fd);
    struct snapshot was = take_snapshot();
    ck_assert(store_check(path, &e));
    ck_assert_int_eq(store_open_writer(path, SHORT_US, &s, &e), ERR_DOWN);
    assert_untouched(&was, "damaged");
    free_snapshot(&was);
}
END_TEST

/* A store whose process was killed while pages went from the journal into the file: the
 * file by itself is torn, the two together are whole. */
static void make_torn_store(size_t n)
{
    int told[2];
    char byte = 0;
    ck_assert_int_eq(pipe(told), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
        struct store *s = must_open();
        exec(sqlite(s)->db, "PRAGMA wal_autocheckpoint=0");
        must_commit(s, n);
        while (write(told[1], "x", 1) == 1) {
            pause();
        }
        _exit(1);
    }
    close(told[1]);
    ck_assert_int_eq((int)read(told[0], &byte, 1), 1);
    close(told[0]);
    kill_other(pid);
    enum { WAL_HEAD = 32, FRAME_HEAD = 24, PAGE = 4096 };
    struct file wal = read_file("-wal");
    const char *first_page = NULL; /* its newest version */
    for (size_t at = WAL_HEAD; at + FRAME_HEAD + PAGE <= wal.n; at += FRAME_HEAD + PAGE) {
        bool is_first = memcmp(wal.p + at, "\0\0\0\1", 4) == 0;
        first_page = is_first ? wal.p + at + FRAME_HEAD : first_page;
    }
    ck_assert_ptr_nonnull(first_page);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq((int)pwrite(fd, first_page, PAGE, 0), PAGE);
    close(fd);
    free(wal.p);
}

START_TEST(a_store_that_was_killed_in_a_checkpoint_is_taken_and_whole)
{
    make_store(1);
    make_torn_store(2000);
    ck_assert_msg(!store_check(path, &e), "check: %s", e.msg);
    struct store *reader = NULL;
    ck_assert(!store_open_reader(path, &reader, &e));
    ck_assert_uint_eq(listed(reader), 2);
    store_close(reader);
    struct store *s = must_open();
    must_commit(s, 1);
    store_close(s);
    ck_assert_int_eq(logs_n(), 2002);
    ck_assert_int_eq(number("SELECT integrity_check='ok' FROM pragma_integrity_check"),
                     1);
}
END_TEST

START_TEST(a_store_that_was_killed_in_a_checkpoint_can_be_tidied)
{
    make_torn_store(2000);
    store_tidy(path);
    ck_assert_int_eq(temp_dir_files(dir), 1);
    ck_assert_int_eq(logs_n(), 2000);
}
END_TEST

START_TEST(an_empty_file_becomes_a_store)
{
    write_file("", 0);
    ck_assert(!store_check(path, &e));
    make_store(1);
    ck_assert_int_eq(logs_n(), 1);
}
END_TEST

START_TEST(check_says_yes_to_our_store_and_to_none_and_makes_no_file)
{
    ck_assert(!store_check(path, &e));
    ck_assert_int_eq(temp_dir_files(dir), 0);
    make_store(1);
    struct snapshot was = take_snapshot();
    ck_assert(!store_check(path, &e));
    assert_untouched(&was, "ours");
    free_snapshot(&was);
}
END_TEST

START_TEST(check_says_that_another_process_has_the_store)
{
    struct store *s = must_open();
    ck_assert_int_eq(store_check(path, &e), ERR_BUSY);
    must_commit(s, 1);
    store_close(s);
    ck_assert(!store_check(path, &e));
}
END_TEST

START_TEST(a_path_may_have_any_characters)
{
    temp_dir_path(dir, "a b#c?d%20e'f;\xC3\xA9&mode=ro.sqlite", path);
    make_store(1);
    ck_assert(!store_check(path, &e));
    make_store(1);
    ck_assert_int_eq(logs_n(), 2);
    ck_assert_int_eq(temp_dir_files(dir), 1);
}
END_TEST

START_TEST(a_store_in_no_folder_is_an_error)
{
    struct store *s = NULL;
    temp_dir_path(dir, "none/data.sqlite", path);
    ck_assert(store_open_writer(path, SHORT_US, &s, &e));
    ck_assert(!store_open_reader(path, &s, &e));
    ck_assert_uint_eq(listed(s), 0);
    store_close(s);
    store_tidy(path);
}
END_TEST

/* --- one writer --- */

START_TEST(a_second_writer_is_refused_after_its_wait)
{
    struct store *first = must_open(), *second = NULL;
    int64_t from = clock_mono_us();
    ck_assert_int_eq(store_open_writer(path, SHORT_US, &second, &e), ERR_BUSY);
    ck_assert_int_ge(clock_mono_us() - from, SHORT_US);
    must_commit(first, 1); /* and does not disturb the first */
    store_close(first);
    ck_assert(!store_open_writer(path, 0, &second, &e));
    must_commit(second, 1);
    store_close(second);
    ck_assert_int_eq(logs_n(), 2);
}
END_TEST

START_TEST(a_second_writer_gets_it_when_the_first_process_is_killed)
{
    int told[2];
    char byte;
    ck_assert_int_eq(pipe(told), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
        struct store *s = NULL;
        bool ok = !store_open_writer(path, SOON_US, &s, &e) &&
                  !store_begin(s, clock_mono_us() + SOON_US, &e) && !add(s, 2) &&
                  !store_commit(s, &e) &&
                  !store_begin(s, clock_mono_us() + SOON_US, &e) && !add(s, 100) &&
                  write(told[1], "x", 1) == 1;
        while (ok) {
            pause();
        }
        _exit(1);
    }
    close(told[1]);
    ck_assert_int_eq((int)read(told[0], &byte, 1), 1);
    close(told[0]);
    struct store *s = NULL;
    ck_assert_int_eq(store_open_writer(path, SHORT_US, &s, &e), ERR_BUSY);
    kill_other(pid);
    ck_assert_msg(!store_open_writer(path, SHORT_US, &s, &e), "%s", e.msg);
    ck_assert_int_eq(logs_n(), 2); /* what it had committed */
    must_commit(s, 1);
    store_close(s);
    ck_assert_int_eq(number("SELECT max(id) FROM logs"), 3);
}
END_TEST

static void assert_busy_within(struct store *s, int64_t wait_us)
{
    int64_t from = clock_mono_us();
    ck_assert_int_eq(store_begin(s, from + wait_us, &e), ERR_BUSY);
    ck_assert_int_ge(clock_mono_us() - from, wait_us - 2000); /* SQLite waits in ms */
    ck_assert_int_lt(clock_mono_us() - from, wait_us + SOON_US / 2);
}

START_TEST(a_foreign_write_transaction_makes_begin_busy)
{
    struct store *s = must_open();
    sqlite3 *db = open_foreign(path);
    exec(db, "BEGIN IMMEDIATE");
    assert_busy_within(s, SHORT_US);
    assert_busy_within(s, 0);
    exec(db, "ROLLBACK");
    must_commit(s, 1);
    sqlite3_close(db);
    store_close(s);
}
END_TEST

START_TEST(the_write_lock_of_another_makes_begin_busy)
{
    int fd;
    struct store *s = must_open();
    ck_assert(!filelock_open(path, &fd, &e));
    ck_assert(!filelock_take(fd, FILELOCK_WRITE, 0, &e));
    assert_busy_within(s, SHORT_US);
    filelock_give(fd, FILELOCK_WRITE);
    must_commit(s, 1);
    store_close(s);
    close(fd);
}
END_TEST

START_TEST(the_write_lock_is_held_during_a_transaction_and_not_after)
{
    int fd;
    struct store *s = must_open();
    ck_assert(!filelock_open(path, &fd, &e));
    for (int i = 0; i < 2; i++) {
        ck_assert(!store_begin(s, clock_mono_us() + SOON_US, &e) && !add(s, 1));
        ck_assert_int_eq(filelock_take(fd, FILELOCK_WRITE, 0, &e), ERR_BUSY);
        if (i == 0) {
            ck_assert(!store_commit(s, &e));
        } else {
            store_rollback(s);
        }
        ck_assert(!filelock_take(fd, FILELOCK_WRITE, 0, &e));
        filelock_give(fd, FILELOCK_WRITE);
    }
    store_close(s);
    close(fd);
}
END_TEST

START_TEST(a_long_reader_does_not_keep_the_writer_from_writing)
{
    struct store *s = must_open();
    must_commit(s, 1);
    sqlite3 *db = open_foreign(path);
    exec(db, "BEGIN; SELECT count(*) FROM logs");
    for (int i = 0; i < 20; i++) {
        must_commit(s, 50);
    }
    exec(db, "COMMIT");
    ck_assert_int_eq(logs_n(), 1001);
    sqlite3_close(db);
    store_close(s);
}
END_TEST

enum { STARTERS = 8, LOOKERS = 4, ROUNDS = 3, OLD_ROWS = 3 };

/* What is there before: nothing, or the prototype's store. */
static const char *const there_before[] = {
    NULL,
    "CREATE TABLE logs (id INTEGER PRIMARY KEY, timestamp TEXT, service TEXT, level "
    "TEXT, "
    "message TEXT, metadata TEXT, created_at DATETIME DEFAULT CURRENT_TIMESTAMP);"
    "CREATE TABLE incidents (id INTEGER PRIMARY KEY, detected_at TEXT, service TEXT, "
    "severity REAL, summary TEXT, features TEXT);"
    "INSERT INTO logs(message) VALUES('a'),('b'),('c');",
};

/* A process that reads and tidies up while the others start: it finds no store, or one. */
static int look_on(int from)
{
    char byte;
    struct store *s = NULL;
    struct store_usage u;
    bool ok = true;
    (void)!read(from, &byte, 1);
    for (int i = 0; ok && i < 5; i++) {
        ok = !store_open_reader(path, &s, &e) && !store_get_usage(s, &u, &e);
        store_close(s);
        store_tidy(path);
    }
    if (!ok) {
        fprintf(stderr, "a looker failed: %s\n", e.msg);
    }
    return ok ? 0 : 1;
}

static int start_one(int from)
{
    char byte;
    struct store *s = NULL;
    (void)!read(from, &byte, 1); /* ends when the parent closes: all at once */
    bool ok = !store_open_writer(path, SOON_US, &s, &e) &&
              !store_begin(s, clock_mono_us() + SOON_US, &e) && !add(s, 1) &&
              !store_commit(s, &e);
    if (!ok) {
        fprintf(stderr, "a starter failed: %s\n", e.msg);
    }
    store_close(s);
    return ok ? 0 : 1;
}

START_TEST(eight_processes_that_open_a_store_at_once_make_it_once)
{
    int64_t old = there_before[_i] ? OLD_ROWS : 0;
    for (int round = 1; round <= ROUNDS; round++) {
        int gate[2], status, good = 0;
        char name[32];
        snprintf(name, sizeof name, "%d.sqlite", round);
        temp_dir_path(dir, name, path);
        if (there_before[_i]) {
            sqlite3 *db = open_foreign(path);
            exec(db, there_before[_i]);
            sqlite3_close(db);
        }
        ck_assert_int_eq(pipe(gate), 0);
        for (int i = 0; i < STARTERS + LOOKERS; i++) {
            if (fork() == 0) {
                close(gate[1]);
                _exit(i < STARTERS ? start_one(gate[0]) : look_on(gate[0]));
            }
        }
        close(gate[0]);
        close(gate[1]);
        while (wait(&status) > 0) {
            good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
        }
        store_tidy(path); /* one who looks on may have gone last */
        ck_assert_int_eq(good, STARTERS + LOOKERS);
        ck_assert_int_eq(logs_n(), old + STARTERS);
        ck_assert_int_eq(number("SELECT max(id) FROM logs"), old + STARTERS);
        ck_assert_int_eq(number("PRAGMA application_id"), MIGRATE_APPLICATION_ID);
        ck_assert_int_ge(number("PRAGMA user_version"), 1);
        ck_assert_int_eq(temp_dir_files(dir), round);
    }
}
END_TEST

/* --- locks --- */

START_TEST(a_file_lock_survives_the_closing_of_another_descriptor)
{
    int held, other, third;
    ck_assert(!filelock_open(path, &held, &e));
    ck_assert(!filelock_take(held, FILELOCK_WRITE, 0, &e));
    ck_assert(!filelock_open(path, &other, &e));
    close(other); /* a lock of the classic kind would be lost by this */
    ck_assert(!filelock_open(path, &third, &e));
    ck_assert_int_eq(filelock_take(third, FILELOCK_WRITE, 0, &e), ERR_BUSY);
    close(held);
    ck_assert(!filelock_take(third, FILELOCK_WRITE, 0, &e));
    close(third);
}
END_TEST

START_TEST(the_two_file_locks_are_independent)
{
    int a, b;
    ck_assert(!filelock_open(path, &a, &e) && !filelock_open(path, &b, &e));
    ck_assert(!filelock_take(a, FILELOCK_WRITE, 0, &e));
    ck_assert(!filelock_take(b, FILELOCK_OWNER, 0, &e));
    ck_assert_int_eq(filelock_take(a, FILELOCK_OWNER, 0, &e), ERR_BUSY);
    ck_assert_int_eq(filelock_take(b, FILELOCK_WRITE, 0, &e), ERR_BUSY);
    close(a);
    close(b);
}
END_TEST

START_TEST(a_file_lock_excludes_other_processes_and_falls_with_its_own)
{
    int fd, told[2];
    char byte;
    ck_assert_int_eq(pipe(told), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
        bool ok = !filelock_open(path, &fd, &e) &&
                  !filelock_take(fd, FILELOCK_WRITE, 0, &e) &&
                  write(told[1], "x", 1) == 1;
        while (ok) {
            pause();
        }
        _exit(1);
    }
    close(told[1]);
    ck_assert_int_eq((int)read(told[0], &byte, 1), 1);
    close(told[0]);
    ck_assert(!filelock_open(path, &fd, &e));
    int64_t from = clock_mono_us();
    ck_assert_int_eq(filelock_take(fd, FILELOCK_WRITE, from + SHORT_US, &e), ERR_BUSY);
    ck_assert_int_ge(clock_mono_us() - from, SHORT_US);
    kill_other(pid);
    ck_assert(!filelock_take(fd, FILELOCK_WRITE, 0, &e));
    close(fd);
}
END_TEST

START_TEST(a_file_lock_is_not_in_the_way_of_sqlite)
{
    int fd;
    struct store *s = must_open();
    ck_assert(!filelock_open(path, &fd, &e));
    ck_assert(!filelock_take(fd, FILELOCK_WRITE, 0, &e));
    sqlite3 *db = open_foreign(path);
    exec(db, "BEGIN IMMEDIATE; INSERT INTO logs(message) VALUES('x'); COMMIT");
    sqlite3_close(db);
    close(fd);
    must_commit(s,
                1); /* the lock's descriptor is closed; SQLite's locks must have stayed */
    store_close(s);
}
END_TEST

/* --- readers --- */

START_TEST(a_reader_before_the_store_is_there_sees_nothing_and_then_its_rows)
{
    struct store *reader = NULL;
    ck_assert(!store_open_reader(path, &reader, &e));
    ck_assert_uint_eq(listed(reader), 0);
    ck_assert_int_eq(temp_dir_files(dir), 0); /* and makes no file */
    write_file("", 0);                        /* a writer has just begun */
    ck_assert_uint_eq(listed(reader), 0);
    struct store *s = must_open();
    ck_assert_uint_eq(listed(reader), 0);
    must_commit(s, 1);
    ck_assert_uint_eq(listed(reader), 1);
    store_close(s);
    ck_assert_uint_eq(listed(reader), 1);
    store_close(reader);
}
END_TEST

START_TEST(a_reader_sees_a_writer_come_and_go)
{
    struct store *reader = NULL;
    ck_assert(!store_open_reader(path, &reader, &e));
    for (size_t i = 1; i <= 3; i++) {
        make_store(1);
        ck_assert_uint_eq(listed(reader), i);
    }
    store_close(reader);
}
END_TEST

START_TEST(a_clean_close_leaves_one_file)
{
    make_store(100);
    ck_assert_int_eq(temp_dir_files(dir), 1);
    ck_assert_int_eq(logs_n(), 100);
}
END_TEST

START_TEST(a_reader_that_goes_last_and_tidies_leaves_one_file)
{
    struct store *s = must_open(), *reader = NULL;
    must_commit(s, 10);
    ck_assert(!store_open_reader(path, &reader, &e));
    ck_assert_uint_eq(listed(reader), 1);
    store_close(s);
    store_close(reader);
    store_tidy(path);
    ck_assert_int_eq(temp_dir_files(dir), 1);
    ck_assert_int_eq(logs_n(), 10);
}
END_TEST

START_TEST(tidying_while_a_writer_is_at_work_disturbs_nobody)
{
    struct store *s = must_open();
    must_commit(s, 1);
    store_tidy(path);
    must_commit(s, 1);
    store_close(s);
    ck_assert_int_eq(logs_n(), 2);
    ck_assert_int_eq(temp_dir_files(dir), 1);
}
END_TEST

START_TEST(tidying_where_there_is_no_store_makes_no_file)
{
    store_tidy(path);
    ck_assert_int_eq(temp_dir_files(dir), 0);
}
END_TEST

/* --- durability and care --- */

START_TEST(the_connection_has_the_settings_that_make_a_commit_durable)
{
    int64_t n;
    struct store *s = must_open();
    sqlite3 *db = sqlite(s)->db;
    ck_assert(!db_number(db, "PRAGMA synchronous", &n, &e));
    ck_assert_int_eq(n, 2); /* FULL */
    ck_assert(!db_number(db, "PRAGMA foreign_keys", &n, &e));
    ck_assert_int_eq(n, 1);
    ck_assert(!db_number(db, "PRAGMA auto_vacuum", &n, &e));
    ck_assert_int_eq(n, 2); /* INCREMENTAL */
    ck_assert(
        !db_number(db, "SELECT journal_mode='wal' FROM pragma_journal_mode", &n, &e));
    ck_assert_int_eq(n, 1);
    store_close(s);
}
END_TEST

START_TEST(every_commit_is_synced)
{
    struct store *s = must_open();
    must_commit(s, 1);
    for (int i = 0; i < 5; i++) {
        ck_assert(!store_begin(s, clock_mono_us() + SOON_US, &e) && !add(s, 1));
        int before = atomic_load(&syncs);
        ck_assert(!store_commit(s, &e));
        ck_assert_int_gt(atomic_load(&syncs), before);
    }
    store_close(s);
}
END_TEST

START_TEST(a_full_disk_is_said_and_got_over)
{
    struct store *s = must_open();
    must_commit(s, 1);
    exec(sqlite(s)->db, "PRAGMA max_page_count=1"); /* as many as there are */
    ck_assert(!store_begin(s, clock_mono_us() + SOON_US, &e));
    ck_assert_int_eq(add(s, 10000), ERR_FULL);
    store_rollback(s);
    ck_assert_int_eq(logs_n(), 1);
    exec(sqlite(s)->db, "PRAGMA max_page_count=1000000");
    must_commit(s, 10000);
    ck_assert_int_eq(logs_n(), 10001);
    store_close(s);
}
END_TEST

static void ignore_history(void *arg, const struct store_history *row)
{
    (void)arg, (void)row;
}

static void ignore_lane(void *arg, const struct store_lane *row)
{
    (void)arg, (void)row;
}

/* Each verb about the life of incidents and the lanes, so often that a scan would show. */
static void use_life(struct store *s)
{
    struct store_lane lane = {.bucket = 1, .service = STR("web"), .records = 1};
    struct store_neighbours near;
    struct occurrences pieces[OCCURRENCES_MAX];
    size_t n = 0;
    int64_t width_us;
    ck_assert(!store_begin(s, clock_mono_us() + SOON_US, &e));
    for (int64_t k = 0; k < 300; k++) {
        struct store_incident_life life = {.incident_id = 1 + k % 20,
                                           .muted_until_us = k};
        struct store_history h = {life.incident_id, k, STR("note"), STR_NONE};
        struct store_occurrence o = {1, k * CLOCK_MINUTE_US, 1, 0.9};
        ck_assert(!store_put_life(s, &life, &e) && !store_add_history(s, &h, &e));
        ck_assert(!store_add_occurrence(s, &o, &e));
        lane.bucket = 10 * k;
        ck_assert(!store_add_lanes(s, &lane, 1, &e));
    }
    ck_assert(!store_commit(s, &e));
    for (int k = STORE_STATUS_ALL; k <= STORE_STATUS_MUTED; k++) {
        struct store_incident_query q = {.status = (enum store_status)k,
                                         .since_us = 0,
                                         .until_us = INT64_MAX,
                                         .before_id = INT64_MAX,
                                         .limit = 10};
        ck_assert(!store_select_incidents(s, &q, count_row, &n, &e));
    }
    ck_assert(!store_get_incident(s, 7, count_row, &n, &e) && n > 0);
    ck_assert(!store_list_history(s, 7, ignore_history, NULL, &e));
    ck_assert(!store_list_occurrences(s, 1, pieces, &n, &width_us, &e) && n > 1);
    ck_assert(!store_find_neighbours(s, 100, &near, &e) && near.before_n > 0);
    ck_assert(!store_list_lanes(s, 0, INT64_MAX, ignore_lane, NULL, &e));
}

START_TEST(a_store_that_is_found_damaged_is_not_written_to_any_more)
{
    static const char zero[4096];
    make_store(5);
    int64_t page = number("SELECT rootpage FROM sqlite_schema WHERE name='logs'");
    int fd = open(path, O_WRONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq((int)pwrite(fd, zero, sizeof zero, (page - 1) * 4096), 4096);
    close(fd);
    struct store *s = must_open();
    enum err_code code = store_begin(s, clock_mono_us() + SOON_US, &e);
    code = code ? code : add(s, 1);
    ck_assert_int_eq(code, ERR_DOWN);
    CHECK_DAMAGED(e.msg);
    store_rollback(s);
    ck_assert_int_eq(store_begin(s, clock_mono_us() + SOON_US, &e), ERR_DOWN);
    CHECK_DAMAGED(e.msg);
    store_close(s);
}
END_TEST

/* --- the journal --- */

enum { LARGE_BYTES = 1 << 20, JOURNAL_TRIES = 100 };

/* One record of a megabyte, if there is room for it. */
static enum err_code add_large(struct store *s, int64_t wait_us)
{
    static char text[LARGE_BYTES];
    struct store_batch_ids ids;
    struct record r = {.timestamp = STR("t"),
                       .service = STR("s"),
                       .level = STR("info"),
                       .message = {memset(text, 'm', sizeof text), sizeof text},
                       .metadata = STR("{}")};
    struct store_batch b = {.records = &r, .n = 1, .scorer = "in-process"};
    int64_t deadline_us = clock_mono_us() + wait_us;
    enum err_code code = store_make_room(s, LARGE_BYTES, deadline_us, &e);
    code = code ? code : store_begin(s, clock_mono_us() + SOON_US, &e);
    code = code ? code : store_add_batch(s, &b, &ids, &e);
    return code ? code : store_commit(s, &e);
}

/* Another process reads, with so many connections in turn, of which one always reads. */
static pid_t start_reader(int connections)
{
    int ready[2];
    char byte;
    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        sqlite3 *db[2];
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int i = 0; i < connections; i++) {
            db[i] = open_foreign(path);
            exec(db[i], "BEGIN; SELECT count(*) FROM sqlite_schema");
        }
        ck_assert_int_eq((int)write(ready[1], "r", 1), 1);
        for (int i = 0; connections == 1; i++) {
            pause();
        }
        for (int i = 0;; i = 1 - i) {
            exec(db[i], "COMMIT; BEGIN; SELECT count(*) FROM batches");
        }
    }
    close(ready[1]);
    ck_assert_int_eq((int)read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void end_reader(pid_t pid)
{
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(a_reader_that_stays_does_not_let_the_journal_grow_beyond_its_bound)
{
    char name[32];
    struct store *s = must_open();
    must_commit(s, 1);
    pid_t pid = start_reader(1);
    int n = 0;
    while (n < JOURNAL_TRIES && !add_large(s, SHORT_US)) {
        n++;
    }
    ck_assert_int_gt(n, 40);
    ck_assert_int_lt(n, 64);
    ck_assert_int_eq(e.code, ERR_BUSY);
    snprintf(name, sizeof name, "process %d;", (int)pid);
    ck_assert_msg(strstr(e.msg, name) != NULL, "%s", e.msg);
    ck_assert_int_le(wal_bytes(path), WAL_BYTES_MAX);
    must_commit(s, 1); /* what is small is not asked */
    end_reader(pid);
    ck_assert_msg(!add_large(s, SOON_US), "%s", e.msg);
    ck_assert_int_le(wal_bytes(path), WAL_EMPTY_BYTES);
    ck_assert_int_eq(logs_n(), n + 3);
    store_close(s);
}
END_TEST

START_TEST(readers_that_overlap_do_not_let_the_journal_grow)
{
    int64_t most = 0;
    struct store *s = must_open();
    must_commit(s, 1);
    pid_t pid = start_reader(2);
    for (int n = 0; n < JOURNAL_TRIES / 2; n++) {
        ck_assert_msg(!add_large(s, SOON_US), "%s", e.msg);
        most = wal_bytes(path) > most ? wal_bytes(path) : most;
    }
    end_reader(pid);
    ck_assert_int_le(most, WAL_EMPTY_BYTES + 4 * LARGE_BYTES);
    store_close(s);
}
END_TEST

START_TEST(a_journal_can_be_emptied_unless_somebody_reads_it)
{
    struct store *s = must_open();
    must_commit(s, 100);
    pid_t pid = start_reader(1);
    must_commit(s, 100);
    ck_assert_int_eq(store_empty_journal(s, clock_mono_us() + SHORT_US, &e), ERR_BUSY);
    end_reader(pid);
    ck_assert_msg(!store_empty_journal(s, clock_mono_us() + SOON_US, &e), "%s", e.msg);
    ck_assert_int_eq(wal_bytes(path), 0);
    store_close(s);
}
END_TEST

struct late {
    struct store *reader;
    int64_t n;
};

static bool make_late(void *arg, int64_t log_id, const struct record *r)
{
    struct late *l = arg;
    (void)log_id, (void)r;
    l->n++;
    sqlite(l->reader)->read_until_us = 1; /* long ago */
    return true;
}

START_TEST(a_reader_that_takes_too_long_is_ended)
{
    struct late l = {.n = 0};
    make_store(20000);
    ck_assert(!store_open_reader(path, &l.reader, &e));
    ck_assert_int_eq(store_list_records(l.reader, 1, 20000, make_late, &l, &e), ERR_BUSY);
    ck_assert_int_lt(l.n, 20000);
    ck_assert_uint_eq(listed(l.reader), 1); /* the next one has its own time */
    store_close(l.reader);
}
END_TEST

START_TEST(no_statement_scans_a_table)
{
    bool found;
    struct incident i;
    struct store *s = must_open();
    for (int k = 0; k < 20; k++) {
        must_commit(s, 20);
    }
    ck_assert(!store_begin(s, clock_mono_us() + SOON_US, &e));
    for (int64_t k = 1; k <= 40; k++) {
        struct store_incident_key key = {1 + k % 20, STR("t1"), k, true, STR("text")};
        ck_assert(!store_put_incident_key(s, &key, &e));
    }
    ck_assert(!store_commit(s, &e));
    ck_assert(!store_find_incident(s,
                                   &(struct store_span){STR("k"), INT64_MIN, INT64_MAX},
                                   &i, &found, &e) &&
              found);
    ck_assert(
        !store_find_incident(s, &(struct store_span){STR("none"), INT64_MIN, INT64_MAX},
                             &i, &found, &e) &&
        !found);
    ck_assert_uint_eq(listed(s), 20);
    use_life(s);
    for (int k = 0; k < SQL_N; k++) { /* with sanitizers db_step looks at each step too */
        sqlite3_stmt *stmt = sqlite(s)->stmt[k];
        ck_assert_msg(
            !stmt || sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0) == 0,
            "%s", sqlite3_sql(stmt));
        ck_assert_msg(!stmt || sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_SORT, 0) == 0,
                      "%s", sqlite3_sql(stmt));
    }
    store_close(s);
}
END_TEST

START_TEST(a_store_is_nobody_elses_to_read)
{
    struct stat st;
    mode_t mask = umask(0);
    make_store(1);
    umask(mask);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq((int)(st.st_mode & 0777), 0600);
}
END_TEST

/* --- the suite --- */

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return tc;
}

static void add_file_tests(Suite *s)
{
    TCase *tc = add_case(s, "files");
    tcase_add_loop_test(tc,
                        a_file_of_another_program_that_runs_is_refused_and_not_changed, 0,
                        FOREIGN_N * TRIES_N);
    tcase_add_loop_test(
        tc, a_file_of_another_program_that_was_killed_is_refused_and_not_changed, 0,
        FOREIGN_N * TRIES_N);
    tcase_add_loop_test(tc, a_file_that_is_no_database_is_refused_and_not_changed, 0,
                        NOT_DATABASES_N);
    tcase_add_test(tc, a_store_with_a_damaged_header_is_not_made_anew);
    tcase_add_test(tc, a_store_that_was_killed_in_a_checkpoint_is_taken_and_whole);
    tcase_add_test(tc, a_store_that_was_killed_in_a_checkpoint_can_be_tidied);
    tcase_add_test(tc, an_empty_file_becomes_a_store);
    tcase_add_test(tc, check_says_yes_to_our_store_and_to_none_and_makes_no_file);
    tcase_add_test(tc, check_says_that_another_process_has_the_store);
    tcase_add_test(tc, a_path_may_have_any_characters);
    tcase_add_test(tc, a_store_in_no_folder_is_an_error);
}

/* Does a process hold one of SQLite's own locks on the store? Another one asks. */
static bool sqlite_lock_is_held(void)
{
    int status;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        struct flock lock = {.l_type = F_WRLCK,
                             .l_whence = SEEK_SET,
                             .l_start =
                                 0x40000000, /* its pending, reserved, shared bytes */
                             .l_len = 512};
        int fd = open(path, O_RDWR | O_CLOEXEC);
        _exit(fd < 0 || fcntl(fd, F_GETLK, &lock) != 0 ? 2 : lock.l_type != F_UNLCK);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
    return WEXITSTATUS(status) == 1;
}

/* A reader opens and closes the file to see whose it is, and closing a descriptor drops a
 * process's locks unless SQLite keeps count. Without them a program that closes its own
 * connection would take itself for the last one, and delete the WAL under the writer. */
START_TEST(a_reader_beside_the_writer_leaves_the_writers_locks)
{
    char id[STORE_NOTE_BYTES];
    struct store *reader;
    store_close(must_open()); /* the second time nothing is migrated: an empty WAL */
    struct store *s = must_open();
    ck_assert(sqlite_lock_is_held());
    ck_assert(!store_open_reader(path, &reader, &e));
    ck_assert(!store_get_note(reader, STORE_ID, id, &e));
    ck_assert_uint_eq(strlen(id), 32);
    ck_assert(sqlite_lock_is_held());
    store_close(reader);
    ck_assert(sqlite_lock_is_held());
    store_close(s);
    ck_assert(!sqlite_lock_is_held());
}
END_TEST

/* --- editors --- */

static struct store *must_open_editor(void)
{
    struct store *s = NULL;
    ck_assert_msg(!store_open_editor(path, &s, &e), "%s", e.msg);
    return s;
}

/* Puts another note each time: one that changes nothing would write nothing. */
static enum err_code edit(struct store *s, int64_t wait_us)
{
    static int n;
    char text[16];
    snprintf(text, sizeof text, "y%d", ++n);
    enum err_code code = store_begin(s, clock_mono_us() + wait_us, &e);
    code = code ? code : store_put_note(s, "x", text, &e);
    return code ? code : store_commit(s, &e);
}

START_TEST(an_editor_makes_no_store_and_takes_it_when_it_is_there)
{
    int64_t version;
    char note[STORE_NOTE_BYTES];
    struct store *editor = must_open_editor();
    ck_assert(!store_data_version(editor, &version, &e) && version == 0);
    ck_assert_int_eq(edit(editor, SOON_US), ERR_DOWN);
    ck_assert_int_eq(temp_dir_files(dir), 0);
    make_store(1);
    ck_assert_msg(!edit(editor, SOON_US), "%s", e.msg);
    ck_assert(!store_get_note(editor, "x", note, &e));
    ck_assert_int_eq(note[0], 'y');
    store_close(editor);
    ck_assert_int_eq(temp_dir_files(dir), 1);
    ck_assert_int_eq(logs_n(), 1);
}
END_TEST

START_TEST(an_editor_does_not_take_a_file_of_another_program)
{
    sqlite3 *db = open_foreign(path);
    exec(db, "CREATE TABLE x(y)");
    sqlite3_close(db);
    struct store *editor = must_open_editor();
    ck_assert_int_eq(edit(editor, SOON_US), ERR_DOWN);
    store_close(editor);
    ck_assert_int_eq(temp_dir_files(dir), 1);
}
END_TEST

START_TEST(an_editor_writes_beside_the_owner_durably)
{
    int64_t n;
    struct store *owner = must_open(), *editor = must_open_editor();
    must_commit(owner, 1);
    ck_assert_msg(!edit(editor, SOON_US), "%s", e.msg);
    ck_assert(!db_number(sqlite(editor)->db, "PRAGMA synchronous", &n, &e));
    ck_assert_int_eq(n, 2); /* FULL */
    int before = atomic_load(&syncs);
    ck_assert(!edit(editor, SOON_US));
    ck_assert_int_gt(atomic_load(&syncs), before);
    must_commit(owner, 1);
    ck_assert(!store_begin(owner, clock_mono_us() + SOON_US, &e));
    ck_assert_int_eq(edit(editor, 1000), ERR_BUSY);
    store_rollback(owner);
    ck_assert(!edit(editor, SOON_US));
    store_close(editor);
    ck_assert_int_eq(logs_n(), 2);
    must_commit(owner, 1);
    store_close(owner);
    ck_assert_int_eq(temp_dir_files(dir), 1);
}
END_TEST

/* The lock's descriptor stays open as long as there may be readers in the process. */
START_TEST(an_editor_leaves_the_locks_of_readers_beside_it)
{
    char id[STORE_NOTE_BYTES];
    struct store *reader, *editor = must_open_editor();
    make_store(1);
    ck_assert(!store_open_reader(path, &reader, &e));
    ck_assert(!store_get_note(reader, STORE_ID, id, &e));
    ck_assert(!edit(editor, SOON_US));
    ck_assert(!edit(editor, SOON_US));
    ck_assert(sqlite_lock_is_held());
    store_close(reader);
    ck_assert(sqlite_lock_is_held());
    store_close(editor);
    ck_assert(!sqlite_lock_is_held());
    ck_assert_int_eq(temp_dir_files(dir), 1);
}
END_TEST

static void add_editor_tests(Suite *s)
{
    TCase *tc = add_case(s, "editors");
    tcase_add_test(tc, an_editor_makes_no_store_and_takes_it_when_it_is_there);
    tcase_add_test(tc, an_editor_does_not_take_a_file_of_another_program);
    tcase_add_test(tc, an_editor_writes_beside_the_owner_durably);
    tcase_add_test(tc, an_editor_leaves_the_locks_of_readers_beside_it);
}

static void add_lock_tests(Suite *s)
{
    TCase *tc = add_case(s, "writers");
    tcase_add_test(tc, a_second_writer_is_refused_after_its_wait);
    tcase_add_test(tc, a_second_writer_gets_it_when_the_first_process_is_killed);
    tcase_add_test(tc, a_foreign_write_transaction_makes_begin_busy);
    tcase_add_test(tc, the_write_lock_of_another_makes_begin_busy);
    tcase_add_test(tc, the_write_lock_is_held_during_a_transaction_and_not_after);
    tcase_add_test(tc, a_long_reader_does_not_keep_the_writer_from_writing);
    tcase_add_loop_test(tc, eight_processes_that_open_a_store_at_once_make_it_once, 0,
                        sizeof there_before / sizeof there_before[0]);
    tc = add_case(s, "locks");
    tcase_add_test(tc, a_file_lock_survives_the_closing_of_another_descriptor);
    tcase_add_test(tc, the_two_file_locks_are_independent);
    tcase_add_test(tc, a_file_lock_excludes_other_processes_and_falls_with_its_own);
    tcase_add_test(tc, a_file_lock_is_not_in_the_way_of_sqlite);
    tcase_add_test(tc, a_reader_beside_the_writer_leaves_the_writers_locks);
}

static void add_reader_tests(Suite *s)
{
    TCase *tc = add_case(s, "readers");
    tcase_add_test(tc, a_reader_before_the_store_is_there_sees_nothing_and_then_its_rows);
    tcase_add_test(tc, a_reader_sees_a_writer_come_and_go);
    tcase_add_test(tc, a_clean_close_leaves_one_file);
    tcase_add_test(tc, a_reader_that_goes_last_and_tidies_leaves_one_file);
    tcase_add_test(tc, tidying_while_a_writer_is_at_work_disturbs_nobody);
    tcase_add_test(tc, tidying_where_there_is_no_store_makes_no_file);
    tc = add_case(s, "care");
    tcase_add_test(tc, the_connection_has_the_settings_that_make_a_commit_durable);
    tcase_add_test(tc, every_commit_is_synced);
    tcase_add_test(tc, a_full_disk_is_said_and_got_over);
    tcase_add_test(tc, a_store_that_is_found_damaged_is_not_written_to_any_more);
    tcase_add_test(tc,
                   a_reader_that_stays_does_not_let_the_journal_grow_beyond_its_bound);
    tcase_add_test(tc, readers_that_overlap_do_not_let_the_journal_grow);
    tcase_add_test(tc, a_journal_can_be_emptied_unless_somebody_reads_it);
    tcase_add_test(tc, a_reader_that_takes_too_long_is_ended);
    tcase_add_test(tc, no_statement_scans_a_table);
    tcase_add_test(tc, a_store_is_nobody_elses_to_read);
}

int main(void)
{
    Suite *s = suite_create("store_sqlite");
    add_file_tests(s);
    add_lock_tests(s);
    add_editor_tests(s);
    add_reader_tests(s);
    return temp_dir_run(s);
}
