/* test_send_file.c - a file that is followed, by a clock and a ledger of the test's: when a
 * line is sent, what becomes of one that is refused, and each once whatever breaks off. */
#include "fcgi/cli/send_file.h"

#include "fcgi/base/clock.h"
#include "tests/fake/ledger_fake.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

enum { LINE_WAIT_S = 30 };
#define MS INT64_C(1000)

static char dir[TEMP_DIR_BYTES], state_dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES],
    other[TEMP_DIR_BYTES];
static struct sender *sender;
static struct send_file *file;
static struct ledger *ledger;
static struct err e;
static volatile int stop;
static int64_t now_us;
static char said[1024];
static int says, answers;

static void take_said(const char *subject, const char *text)
{
    (void)subject;
    snprintf(said, sizeof said, "%s", text);
    says++;
}

static void take_answer(void)
{
    answers++;
}

static void no_incident(void *arg, int64_t id)
{
    (void)arg;
    (void)id;
}

static void open_file(void)
{
    *file = (struct send_file){0};
    ck_assert_msg(!send_file_open(file, sender, path, STR("app"), &e), "%s", e.msg);
}

static void set_up(void)
{
    says = answers = 0;
    temp_dir_make(dir);
    temp_dir_make(state_dir);
    temp_dir_path(dir, "app.log", path);
    ledger = ledger_fake_open();
    sender = calloc(1, sizeof *sender);
    file = calloc(1, sizeof *file);
    ck_assert(sender && file && !sender_open(sender, &e));
    sender->im.ledger = ledger;
    sender->im.limits = (struct record_limits){CHUNK_RECORD_BYTES_MAX, 256, 32, 32};
    sender->im.incident = no_incident;
    sender->host = "test";
    sender->folder = state_dir;
    sender->line_wait_us = LINE_WAIT_S * CLOCK_SECOND_US;
    sender->stop = &stop;
    sender->say = take_said;
    sender->answered = take_answer;
    sender->waits_forever = true;
    now_us = 1000 * CLOCK_SECOND_US;
    said[0] = '\0';
    open_file();
}

static void tear_down(void)
{
    send_file_close(file);
    sender_close(sender);
    ledger_close(ledger);
    free(sender);
    free(file);
    temp_dir_remove(dir);
    temp_dir_remove(state_dir);
}

static void put(const char *mode, const char *text)
{
    FILE *f = fopen(path, mode);
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    ck_assert_int_eq(fclose(f), 0);
}

/* Looks until nothing is to be done at once; the clock stands still meanwhile. */
static void look(void)
{
    size_t steps = 0;
    while (send_file_look(file, now_us)) {
        ck_assert_uint_lt(++steps, 10000);
    }
}

static void pass(int64_t us)
{
    now_us += us;
    look();
}

/* As if it had been killed: nothing more is noted. */
static void kill_and_start(void)
{
    file->dirty = false;
    send_file_close(file);
    open_file();
}

static void settle(void)
{
    for (int i = 0; i < 40; i++) {
        pass(500 * MS);
    }
}

START_TEST(the_last_line_waits_for_a_moment)
{
    put("w", "one\ntwo\n");
    look();
    ck_assert_uint_eq(ledger_fake_records(ledger), 1);
    pass(SEND_QUIET_US);
    ck_assert_uint_eq(ledger_fake_records(ledger), 2);
    put("a", "three\nfour\n");
    look();
    ck_assert_uint_eq(ledger_fake_records(ledger), 3);
    pass(SEND_QUIET_US - 1);
    ck_assert_uint_eq(ledger_fake_records(ledger), 3);
    put("a", "  and more of four\n");
    pass(SEND_QUIET_US - 1);
    ck_assert_uint_eq(ledger_fake_records(ledger), 3);
    pass(SEND_QUIET_US);
    ck_assert_uint_eq(ledger_fake_records(ledger), 4);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "four\\n  and more of four"), 1);
}
END_TEST

START_TEST(a_line_without_an_end_waits_as_long_as_is_said)
{
    put("w", "one\ntw");
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 1);
    put("a", "o");
    look();
    pass(LINE_WAIT_S * CLOCK_SECOND_US - 1);
    ck_assert_uint_eq(ledger_fake_records(ledger), 1);
    pass(1);
    ck_assert_uint_eq(ledger_fake_records(ledger), 2);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "\"two\""), 1);
    put("a", " later\n");
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 3);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "later"), 1);
}
END_TEST

START_TEST(its_end_is_not_waited_for_when_the_file_is_another_ones_predecessor)
{
    put("w", "one\ntwo");
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 1);
    ck_assert_int_eq(rename(path, temp_dir_path(dir, "app.log.1", other)), 0);
    put("w", "three\n");
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 3);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "\"two\""), 1);
}
END_TEST

START_TEST(nothing_is_read_again_that_was_sent)
{
    put("w", "");
    for (int i = 0; i < 100; i++) {
        put("a", "a line that is like the others\n");
    }
    settle();
    size_t posts = ledger_fake_posts(ledger), lists = ledger_fake_lists(ledger);
    ck_assert_uint_eq(ledger_fake_records(ledger), 100);
    settle();
    kill_and_start();
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 100);
    ck_assert_uint_eq(ledger_fake_posts(ledger), posts);
    ck_assert_uint_eq(ledger_fake_lists(ledger), lists);
}
END_TEST

/* The same lines in one file after the other of the same name: they are not the same. */
START_TEST(files_that_say_the_same_are_two)
{
    put("w", "started\n");
    settle();
    for (int i = 1; i <= 3; i++) {
        if (_i == 0) {
            ck_assert_int_eq(rename(path, temp_dir_path(dir, "app.log.1", other)), 0);
        }
        put("w", "");
        settle();
        put("w", "started\n");
        settle();
        kill_and_start();
    }
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 4);
}
END_TEST

/* Lines that have their time are known again even if nothing was noted. */
START_TEST(without_what_was_noted_lines_with_a_time_are_known)
{
    put("w", "2026-11-25T10:00:00Z one\n");
    settle();
    ck_assert_int_eq(rename(path, temp_dir_path(dir, "app.log.1", other)), 0);
    put("w", "2026-11-25T11:00:00Z two\n2026-11-25T11:00:01Z three\n");
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 3);
    file->dirty = false;
    send_file_close(file);
    temp_dir_remove(state_dir);
    ck_assert_int_eq(mkdir(state_dir, 0700), 0);
    open_file();
    put("a", "2026-11-25T12:00:00Z four\n");
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 4);
}
END_TEST

/* Killed at the nth post, stored or not, with rotations before it starts again. */
START_TEST(each_once_wherever_it_is_killed)
{
    char text[32];
    size_t line = 0;
    for (int nth = 1; nth <= 6; nth++) {
        for (int i = 0; i < 5; i++) {
            snprintf(text, sizeof text, "<%zu>\n", line++);
            put("a", text);
            if (i == 2) {
                ledger_fake_stop(ledger, 1, _i % 2 == 1);
            }
            pass(SEND_QUIET_US);
            pass(SEND_QUIET_US);
        }
        kill_and_start();
        if (_i / 2 == 1) {
            ck_assert_int_eq(rename(path, temp_dir_path(dir, "app.log.1", other)), 0);
        }
        if (_i / 2 == 2) {
            settle();
            put("w", "");
        }
        settle();
    }
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), line);
    for (size_t i = 0; i < line; i++) {
        snprintf(text, sizeof text, "<%zu>", i);
        ck_assert_uint_eq(ledger_fake_stored(ledger, text), 1);
    }
}
END_TEST

START_TEST(a_refused_line_is_told_of_and_others_go_on)
{
    put("w", "one\ntwo\nthree\n");
    ledger_fake_refuse(ledger, 1, 1); /* the part, for its second record */
    look();
    pass(SEND_QUIET_US);
    ck_assert_uint_eq(ledger_fake_records(ledger), 3);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "cannot be stored"), 0);
    ck_assert_uint_eq(ledger_fake_posts(ledger), 4); /* then one by one */
    put("a", "four\n");
    ledger_fake_refuse(ledger, 1, 0);
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 4);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "A record of 4 bytes, 14 into"), 1);
    ck_assert_uint_eq(ledger_fake_stored(ledger, "It begins: four"), 1);
    CHECK_HAS(said, "the test refuses it");
}
END_TEST

START_TEST(a_server_that_is_away_is_asked_again_later)
{
    put("w", "one\n");
    ledger_fake_stop(ledger, 1, false);
    look();
    pass(SEND_QUIET_US);
    ck_assert_uint_eq(ledger_fake_records(ledger), 0);
    CHECK_HAS(said, "gone, as the test wants");
    pass(SEND_RETRY_S * CLOCK_SECOND_US - 1);
    ck_assert_uint_eq(ledger_fake_records(ledger), 0);
    pass(1);
    ck_assert_uint_eq(ledger_fake_records(ledger), 1);
}
END_TEST

/* A damaged note is no new file: it is said what becomes of it. What has its own time is
 * known by the server. */
START_TEST(a_damaged_note_is_spoken_of)
{
    put("w", "2026-11-25T10:00:00Z one\n");
    settle();
    send_file_close(file);
    ck_assert_int_eq(truncate(file->note.path, 0), 0);
    says = 0;
    open_file();
    ck_assert_int_eq(says, 1);
    CHECK_HAS(said, "what was noted of how far it is sent is damaged");
    CHECK_HAS(said, "Rotated files that were not sent yet are left out");
    put("a", "2026-11-25T11:00:00Z two\n");
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 2);
    send_file_close(file);
    open_file();
    ck_assert_int_eq(says, 1);
}
END_TEST

START_TEST(a_file_that_is_missing_is_spoken_of_again)
{
    look();
    ck_assert_int_eq(says, 1);
    CHECK_HAS(said, "does not exist yet");
    pass(SEND_MISSING_S * CLOCK_SECOND_US - 1);
    ck_assert_int_eq(says, 1);
    pass(1);
    ck_assert_int_eq(says, 2);
    CHECK_HAS(said, "still does not exist");
    for (int i = 2; i <= 2 * SEND_MISSING_TIMES; i++) {
        pass(SEND_MISSING_S * CLOCK_SECOND_US);
    }
    ck_assert_int_eq(says, 1 + SEND_MISSING_TIMES);
    pass(SEND_MISSING_LATER_S * CLOCK_SECOND_US);
    pass(SEND_MISSING_LATER_S * CLOCK_SECOND_US);
    ck_assert_int_eq(says, 3 + SEND_MISSING_TIMES);
    put("w", "one\ntwo\n");
    settle();
    ck_assert_uint_eq(ledger_fake_records(ledger), 2);
    pass(SEND_MISSING_LATER_S * CLOCK_SECOND_US);
    ck_assert_int_eq(says, 3 + SEND_MISSING_TIMES);
}
END_TEST

/* Whoever says that the server is away wants to know when it is not. */
START_TEST(an_answer_is_told_of)
{
    put("w", "one\n");
    ledger_fake_stop(ledger, 1, false);
    settle();
    ck_assert_int_eq(answers, 1);
    settle();
    ck_assert_int_eq(answers, 1);
}
END_TEST

static void add(Suite *s, const TTest *test, int rows)
{
    TCase *tc = tcase_create("file");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, test, 0, rows);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("send_file");
    add(s, the_last_line_waits_for_a_moment, 1);
    add(s, a_line_without_an_end_waits_as_long_as_is_said, 1);
    add(s, its_end_is_not_waited_for_when_the_file_is_another_ones_predecessor, 1);
    add(s, nothing_is_read_again_that_was_sent, 1);
    add(s, files_that_say_the_same_are_two, 2);
    add(s, without_what_was_noted_lines_with_a_time_are_known, 1);
    add(s, each_once_wherever_it_is_killed, 6);
    add(s, a_refused_line_is_told_of_and_others_go_on, 1);
    add(s, a_server_that_is_away_is_asked_again_later, 1);
    add(s, a_damaged_note_is_spoken_of, 1);
    add(s, a_file_that_is_missing_is_spoken_of_again, 1);
    add(s, an_answer_is_told_of, 1);
    return temp_dir_run(s);
}
