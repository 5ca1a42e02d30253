/* test_send_state.c - what is noted of a file is read back, and if it cannot be, that is said. */
#include "fcgi/cli/send_state.h"

#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[TEMP_DIR_BYTES];
static struct send_state state, back;
static struct err e;
static struct send_note note;
static enum send_found found;

static void set_up(void)
{
    temp_dir_make(dir);
    state = (struct send_state){.last_dev = 1, .last_ino = INT64_MAX, .after_us = -2};
    struct send_stream *s = &state.streams[0];
    *s = (struct send_stream){.begun = true,
                              .dev = INT64_MIN,
                              .ino = INT64_MAX,
                              .offset = INT64_MAX,
                              .kind = SPLIT_JSON,
                              .head_n = SEND_EDGE_BYTES,
                              .tail_n = 3};
    memset(s->head, 0xA5, sizeof s->head);
    memset(s->tail, 0, sizeof s->tail);
    memset(s->nonce, 'f', sizeof s->nonce - 1);
    memset(s->w3c_fields, '"', sizeof s->w3c_fields - 1);
    digest_begin(&s->before);
    digest_add(&s->before,
               STR("some content of more than one block, as there are 64 bytes "
                   "in one, and this has more"));
    s->here = digest_here(&s->before);
    note.lock_fd = -1;
}

static void tear_down(void)
{
    send_state_close(&note);
    temp_dir_remove(dir);
}

static void open_it(void)
{
    ck_assert_msg(!send_state_open(dir, "/var/log/app.log", &note, &back, &found, &e),
                  "%s", e.msg);
}

static void reopen(void)
{
    send_state_close(&note);
    open_it();
}

START_TEST(comes_back_as_it_was)
{
    open_it();
    ck_assert_int_eq(found, SEND_NOTE_NONE);
    ck_assert(!send_state_save(&note, "/var/log/app.log", &state, true, &e));
    reopen();
    ck_assert_int_eq(found, SEND_NOTE_READ);
    const struct send_stream *a = &state.streams[0], *b = &back.streams[0];
    ck_assert_int_eq(b->dev, a->dev);
    ck_assert_int_eq(b->ino, a->ino);
    ck_assert_int_eq(b->offset, a->offset);
    ck_assert_int_eq(b->kind, a->kind);
    ck_assert_mem_eq(b->head, a->head, sizeof a->head);
    ck_assert_uint_eq(b->tail_n, 3);
    ck_assert_str_eq(b->nonce, a->nonce);
    ck_assert_str_eq(b->w3c_fields, a->w3c_fields);
    ck_assert_int_eq(back.last_ino, INT64_MAX);
    ck_assert_int_eq(back.after_us, -2);
    ck_assert(!back.streams[1].begun);
    struct digest d = b->before, of_a = a->before; /* it goes on as it would have */
    digest_add(&d, STR("more"));
    digest_add(&of_a, STR("more"));
    struct import_position x = digest_here(&d), y = digest_here(&of_a);
    ck_assert(import_position_eq(&x, &y));
}
END_TEST

START_TEST(a_shorter_one_takes_the_place_of_a_longer_one)
{
    open_it();
    ck_assert(!send_state_save(&note, "x", &state, false, &e));
    state.streams[0] = (struct send_stream){0};
    ck_assert(!send_state_save(&note, "x", &state, false, &e));
    reopen();
    ck_assert_int_eq(found, SEND_NOTE_READ);
    ck_assert(!back.streams[0].begun);
    ck_assert_int_eq(back.last_dev, 1);
}
END_TEST

static void change(void (*how)(int file, off_t size))
{
    int file = open(note.path, O_RDWR);
    ck_assert_int_ge(file, 0);
    how(file, lseek(file, 0, SEEK_END));
    close(file);
}

static int row;

static void flip_a_bit(int file, off_t size)
{
    char byte;
    off_t at = size * row / 64;
    ck_assert_int_eq(pread(file, &byte, 1, at), 1);
    byte = (char)(byte ^ 1);
    ck_assert_int_eq(pwrite(file, &byte, 1, at), 1);
}

static void cut(int file, off_t size)
{
    ck_assert_int_eq(ftruncate(file, size * row / 16), 0);
}

/* It is known for what it is once, and kept; the next start finds none. */
static void expect_damaged(void)
{
    char aside[SEND_PATH_BYTES + 16];
    struct stat st;
    reopen();
    ck_assert_int_eq(found, SEND_NOTE_DAMAGED);
    ck_assert(!back.streams[0].begun && !back.streams[1].begun);
    snprintf(aside, sizeof aside, "%s.damaged", note.path);
    ck_assert_int_eq(stat(aside, &st), 0);
    reopen();
    ck_assert_int_eq(found, SEND_NOTE_NONE);
}

START_TEST(whatever_byte_is_wrong_it_is_damaged)
{
    row = _i;
    open_it();
    ck_assert(!send_state_save(&note, "x", &state, false, &e));
    change(flip_a_bit);
    expect_damaged();
}
END_TEST

START_TEST(a_cut_or_emptied_one_is_damaged)
{
    row = _i;
    open_it();
    ck_assert(!send_state_save(&note, "x", &state, false, &e));
    change(cut);
    expect_damaged();
}
END_TEST

/* A folder in its place stands for a disk that fails. */
START_TEST(one_that_cannot_be_read_is_an_error)
{
    open_it();
    ck_assert_int_eq(mkdir(note.path, 0700), 0);
    send_state_close(&note);
    ck_assert_int_eq(send_state_open(dir, "/var/log/app.log", &note, &back, &found, &e),
                     ERR_IO);
    CHECK_HAS(e.msg, "cannot be read");
    ck_assert_int_eq(note.lock_fd, -1);
}
END_TEST

/* As on a full disk, at any byte. */
START_TEST(one_that_cannot_be_written_leaves_the_one_before)
{
    open_it();
    ck_assert(!send_state_save(&note, "x", &state, false, &e));
    struct rlimit old, none = {0};
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    none = old;
    none.rlim_cur = (rlim_t)_i * 40;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    state.last_dev = 2;
    enum err_code code = send_state_save(&note, "x", &state, true, &e);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
    ck_assert_int_eq(code, ERR_IO);
    CHECK_HAS(e.msg, "cannot be noted");
    reopen();
    ck_assert_int_eq(found, SEND_NOTE_READ);
    ck_assert_int_eq(back.last_dev, 1);
    ck_assert(!send_state_save(&note, "x", &state, true, &e)); /* and then it goes on */
    reopen();
    ck_assert_int_eq(back.last_dev, 2);
}
END_TEST

START_TEST(two_cannot_have_it_and_others_are_others)
{
    struct send_note second, other;
    open_it();
    ck_assert(
        !send_state_save(&note, "x", &state, false, &e)); /* it is another file now */
    ck_assert_int_eq(send_state_open(dir, "/var/log/app.log", &second, &back, &found, &e),
                     ERR_CONFLICT);
    CHECK_HAS(e.msg, "by another process already");
    ck_assert(!send_state_open(dir, "/srv/app.log", &other, &back, &found, &e));
    send_state_close(&other);
}
END_TEST

START_TEST(the_folder_is_where_help_says)
{
    char out[SEND_PATH_BYTES];
    setenv("STATE_DIRECTORY", "/var/lib/one:/var/lib/two", 1);
    ck_assert(!send_state_folder(out, &e));
    ck_assert_str_eq(out, "/var/lib/one");
    unsetenv("STATE_DIRECTORY");
    setenv("XDG_STATE_HOME", "/home/u/state", 1);
    setenv("HOME", "/home/u", 1);
    ck_assert(!send_state_folder(out, &e));
    ck_assert_str_eq(out, geteuid() == 0 ? "/var/lib/loganalyzer-send"
                                         : "/home/u/state/loganalyzer");
    unsetenv("XDG_STATE_HOME");
    ck_assert(!send_state_folder(out, &e));
    ck_assert_str_eq(out, geteuid() == 0 ? "/var/lib/loganalyzer-send"
                                         : "/home/u/.local/state/loganalyzer");
}
END_TEST

static void add(Suite *s, const TTest *test, int rows)
{
    TCase *tc = tcase_create("state");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, test, 0, rows);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("send_state");
    add(s, comes_back_as_it_was, 1);
    add(s, a_shorter_one_takes_the_place_of_a_longer_one, 1);
    add(s, whatever_byte_is_wrong_it_is_damaged, 64);
    add(s, a_cut_or_emptied_one_is_damaged, 16);
    add(s, one_that_cannot_be_read_is_an_error, 1);
    add(s, one_that_cannot_be_written_leaves_the_one_before, 4);
    add(s, two_cannot_have_it_and_others_are_others, 1);
    add(s, the_folder_is_where_help_says, 1);
    return temp_dir_run(s);
}
