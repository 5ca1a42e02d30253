/* test_counters.c - numbers in a file that several processes map. */
#include "fcgi/base/counters.h"

#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct err e;

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "metrics", path);
}

static void tear_down(void)
{
    counters_close();
    temp_dir_remove(dir);
}

static void reopen(void)
{
    ck_assert_msg(!counters_open(path, &e), "%s", e.msg);
}

/* -1: it is not listed. */
static int64_t listed(const char *name)
{
    struct counter_row row;
    int64_t value = -1;
    for (size_t at = 0; counters_next(&at, &row);) {
        if (strcmp(row.name, name) == 0) {
            value = (value < 0 ? 0 : value) + row.value;
        }
    }
    return value;
}

START_TEST(counts_in_the_process_without_a_file)
{
    atomic_fetch_add(counters_find("a"), 2);
    atomic_fetch_add(counters_find("a"), 3);
    ck_assert_int_eq(listed("a"), 5);
    ck_assert_int_eq(listed("b"), -1);
}
END_TEST

START_TEST(goes_on_where_it_was_after_a_restart)
{
    reopen();
    atomic_fetch_add(counters_find("a"), 2);
    reopen();
    atomic_fetch_add(counters_find("b"), 7);
    atomic_fetch_add(counters_find("a"), 1);
    ck_assert_int_eq(listed("a"), 3);
    ck_assert_int_eq(listed("b"), 7);
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    ck_assert_int_eq(temp_dir_files(dir), 1);
}
END_TEST

START_TEST(sees_what_another_process_counts_and_keeps_it_when_that_is_killed)
{
    reopen();
    atomic_fetch_add(counters_find("a"), 1);
    pid_t child = fork();
    if (child == 0) {
        struct err ignored;
        if (counters_open(path, &ignored)) {
            _exit(1);
        }
        atomic_fetch_add(counters_find("a"), 10);
        atomic_fetch_add(counters_find("c"), 5);
        kill(getpid(), SIGKILL);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(listed("a"), 11);
    ck_assert_int_eq(listed("c"), 5);
}
END_TEST

/* So many processes at once; each counts once. */
enum { CHILDREN = 8, ROUNDS = 20 };

static void count_in_children(void)
{
    pid_t children[CHILDREN];
    int gate[2], status;
    char c;
    ck_assert_int_eq(pipe(gate), 0);
    for (size_t i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct err ignored;
            close(gate[1]);
            ssize_t n = read(gate[0], &c, 1); /* until all are there */
            enum err_code code = counters_open(path, &ignored);
            atomic_fetch_add(counters_find("a"), 1);
            _exit(code || n != 0);
        }
    }
    close(gate[0]);
    close(gate[1]);
    for (size_t i = 0; i < CHILDREN; i++) {
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_int_eq(status, 0);
    }
}

START_TEST(programs_that_start_together_share_one_file)
{
    for (int i = 0; i < ROUNDS; i++) {
        unlink(path);
        if (_i) { /* in place of one that is damaged */
            FILE *f = fopen(path, "w");
            ck_assert(f && fputs("damaged", f) >= 0);
            fclose(f);
        }
        count_in_children();
        reopen();
        ck_assert_int_eq(listed("a"), CHILDREN);
        ck_assert_int_eq(temp_dir_files(dir), 1);
    }
}
END_TEST

static void *count_all(void *arg)
{
    char name[32];
    (void)arg;
    for (int i = 0; i < 4000; i++) {
        snprintf(name, sizeof name, "n%d", i % 40);
        atomic_fetch_add(counters_find(name), 1);
    }
    return NULL;
}

START_TEST(loses_no_count_between_threads)
{
    pthread_t threads[4];
    struct counter_row row;
    int64_t sum = 0, n = 0;
    reopen();
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count_all, NULL), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    for (size_t at = 0; counters_next(&at, &row); n++) {
        bool is_lost = strcmp(row.name, COUNTERS_LOST) == 0;
        ck_assert_msg(row.value == (is_lost ? 0 : 400), "%s: %lld", row.name,
                      (long long)row.value); /* and none for another */
        sum += row.value;
    }
    ck_assert_int_eq(sum, 16000);
    ck_assert_int_eq(n, 41); /* each name once, and COUNTERS_LOST */
}
END_TEST

START_TEST(takes_names_up_to_its_limit_and_says_how_many_more_there_were)
{
    char name[32];
    reopen();
    for (int i = 0; i < COUNTERS_MAX + 3; i++) { /* one place is COUNTERS_LOST's */
        snprintf(name, sizeof name, "n%d", i);
        atomic_fetch_add(counters_find(name), 1);
    }
    snprintf(name, sizeof name, "n%d", COUNTERS_MAX - 2);
    ck_assert_int_eq(listed(name), 1);
    snprintf(name, sizeof name, "n%d", COUNTERS_MAX - 1);
    ck_assert_int_eq(listed(name), -1);
    ck_assert_int_eq(listed(COUNTERS_LOST), 4);
    atomic_fetch_add(counters_find("n7"), 1);
    ck_assert_int_eq(listed("n7"), 2);
}
END_TEST

START_TEST(takes_a_name_as_long_as_may_be_and_none_that_is_longer)
{
    char name[COUNTER_NAME_BYTES + 1];
    memset(name, 'x', sizeof name);
    name[COUNTER_NAME_BYTES - 1] = '\0';
    atomic_fetch_add(counters_find(name), 1);
    ck_assert_int_eq(listed(name), 1);
    name[COUNTER_NAME_BYTES - 1] = 'x';
    name[COUNTER_NAME_BYTES] = '\0';
    atomic_fetch_add(counters_find(name), 1);
    ck_assert_int_eq(listed(name), -1);
    ck_assert_int_eq(listed(COUNTERS_LOST), 1);
}
END_TEST

/* What may stand there. */
static const struct {
    const char *name;
    off_t size;
    unsigned char fill;
    bool magic;
} files[] = {
    {"empty", 0, 0, false},
    {"short", 100, 'x', true},
    {"another's", 65536, 'x', false},
    {"ours, damaged", -1, 0xff, true},
};

START_TEST(begins_anew_where_the_file_is_not_its_own)
{
    struct stat st;
    reopen(); /* to know the size */
    ck_assert_int_eq(stat(path, &st), 0);
    off_t size = files[_i].size < 0 ? st.st_size : files[_i].size;
    char head[16];
    FILE *f = fopen(path, "r");
    ck_assert(f && fread(head, 1, sizeof head, f) == sizeof head);
    fclose(f);
    counters_close();
    unlink(path);
    f = fopen(path, "w");
    ck_assert(f != NULL);
    for (off_t i = 0; i < size; i++) {
        bool in_head = files[_i].magic && i < (off_t)sizeof head;
        fputc(in_head ? head[i] : files[_i].fill, f);
    }
    fclose(f);
    reopen();
    struct counter_row row;
    size_t at = 0;
    ck_assert(!counters_next(&at, &row));
    atomic_fetch_add(counters_find("a"), 1);
    ck_assert_int_eq(listed("a"), 1);
}
END_TEST

START_TEST(goes_on_without_a_file_that_cannot_be_made)
{
    ck_assert_int_eq(counters_open("/proc/none/metrics", &e), ERR_IO);
    atomic_fetch_add(counters_find("a"), 1);
    ck_assert_int_eq(listed("a"), 1);
}
END_TEST

/* What is counted before there is a file, "s" a sum, "b" a balance, "l" said again. */
static enum counters_kind kind_of(const char *name)
{
    return name[0] == 'b'   ? COUNTERS_BALANCE
           : name[0] == 'l' ? COUNTERS_LATEST
                            : COUNTERS_SUM;
}

START_TEST(a_file_that_can_be_made_later_gets_what_was_counted_meanwhile)
{
    char folder[TEMP_DIR_BYTES], there[TEMP_DIR_BYTES];
    reopen(); /* one before has left this */
    for (const char *name = "sbl"; *name; name++) {
        atomic_fetch_add(counters_find((char[]){*name, '\0'}), 100);
    }
    counters_close();
    temp_dir_path(dir, "later", folder);
    temp_dir_path(dir, "later/metrics", there);
    ck_assert_int_eq(counters_open(there, &e), ERR_IO);
    counter *old[] = {counters_find("s"), counters_find("b"), counters_find("l")};
    for (size_t i = 0; i < 3; i++) {
        atomic_fetch_add(old[i], 5);
    }
    counters_find("s0");
    ck_assert_int_eq(counters_retry(there, kind_of, &e), ERR_IO);
    ck_assert_int_eq(listed("s"), 5);
    ck_assert(mkdir(folder, 0700) == 0 && link(path, there) == 0);
    ck_assert_msg(!counters_retry(there, kind_of, &e), "%s", e.msg);
    ck_assert_int_eq(listed("s"), 105);
    ck_assert_int_eq(listed("s0"), 0); /* listed, with nothing */
    ck_assert_int_eq(listed("b"), 5);
    ck_assert_int_eq(listed("l"), 5);
    for (size_t i = 0; i < 3; i++) { /* who has not asked anew yet */
        atomic_fetch_add(old[i], 2);
        ck_assert(counters_find((char[]){"sbl"[i], '\0'}) != old[i]);
    }
    ck_assert(!counters_retry(there, kind_of, &e));
    ck_assert(!counters_retry(there, kind_of, &e));
    ck_assert_int_eq(listed("s"), 107);
    ck_assert_int_eq(listed("b"), 7);
    ck_assert_int_eq(listed("l"), 5);
    ck_assert(unlink(there) == 0 && rmdir(folder) == 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("counters");
    const TTest *tests[] = {
        counts_in_the_process_without_a_file,
        goes_on_where_it_was_after_a_restart,
        sees_what_another_process_counts_and_keeps_it_when_that_is_killed,
        loses_no_count_between_threads,
        takes_names_up_to_its_limit_and_says_how_many_more_there_were,
        takes_a_name_as_long_as_may_be_and_none_that_is_longer,
        goes_on_without_a_file_that_cannot_be_made,
        a_file_that_can_be_made_later_gets_what_was_counted_meanwhile};
    TCase *tc = tcase_create("counters");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        tcase_add_test(tc, tests[i]);
    }
    tcase_add_loop_test(tc, programs_that_start_together_share_one_file, 0, 2);
    tcase_add_loop_test(tc, begins_anew_where_the_file_is_not_its_own, 0, ROWS(files));
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
