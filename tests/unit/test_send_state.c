/* test_send_state.c - what is noted of a file is read back, or taken for nothing. */
#include "fcgi/cli/send_state.h"

#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

static char dir[TEMP_DIR_BYTES];
static struct send_state state, back;
static struct err e;
static int fd;
static bool known;

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
    fd = -1;
}

static void tear_down(void)
{
    if (fd >= 0) {
        close(fd);
    }
    temp_dir_remove(dir);
}

static void open_it(void)
{
    ck_assert_msg(!send_state_open(dir, "/var/log/app.log", &fd, &back, &known, &e), "%s",
                  e.msg);
}

static void reopen(void)
{
    close(fd);
    open_it();
}

START_TEST(comes_back_as_it_was)
{
    open_it();
    ck_assert(!known);
    ck_assert(!send_state_save(fd, "/var/log/app.log", &state, true, &e));
    reopen();
    ck_assert(known);
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
    ck_assert(!send_state_save(fd, "x", &state, false, &e));
    state.streams[0] = (struct send_stream){0};
    ck_assert(!send_state_save(fd, "x", &state, false, &e));
    reopen();
    ck_assert(known);
    ck_assert(!back.streams[0].begun);
    ck_assert_int_eq(back.last_dev, 1);
}
END_TEST

START_TEST(whatever_byte_is_wrong_it_is_none)
{
    char byte;
    open_it();
    ck_assert(!send_state_save(fd, "x", &state, false, &e));
    off_t size = lseek(fd, 0, SEEK_END);
    off_t at = size * _i / 64;
    ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
    byte = (char)(byte ^ 1);
    ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
    reopen();
    ck_assert(!known);
    ck_assert(!back.streams[0].begun && !back.streams[1].begun);
}
END_TEST

START_TEST(a_cut_one_is_none)
{
    open_it();
    ck_assert(!send_state_save(fd, "x", &state, false, &e));
    ck_assert_int_eq(ftruncate(fd, lseek(fd, 0, SEEK_END) * _i / 16), 0);
    reopen();
    ck_assert(!known);
}
END_TEST

START_TEST(two_cannot_have_it_and_others_are_others)
{
    int second, other;
    open_it();
    ck_assert_int_eq(send_state_open(dir, "/var/log/app.log", &second, &back, &known, &e),
                     ERR_CONFLICT);
    CHECK_HAS(e.msg, "by another process already");
    ck_assert(!send_state_open(dir, "/srv/app.log", &other, &back, &known, &e));
    close(other);
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
    add(s, whatever_byte_is_wrong_it_is_none, 64);
    add(s, a_cut_one_is_none, 16);
    add(s, two_cannot_have_it_and_others_are_others, 1);
    add(s, the_folder_is_where_help_says, 1);
    temp_dir_begin();
    int failed = unit_run(s);
    temp_dir_end();
    return failed;
}
