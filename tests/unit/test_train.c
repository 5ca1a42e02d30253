/* test_train.c - `loganalyzer train`: what it learns and writes, and when it writes nothing. */
#include "scoring/train.h"

#include "scoring/model_file.h"
#include "tests/unit/past.h"

#include <sys/stat.h>
#include <unistd.h>

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES], more[TEMP_DIR_BYTES],
    model[TEMP_DIR_BYTES], info[TEMP_DIR_BYTES], store[TEMP_DIR_BYTES],
    trained[TEMP_DIR_BYTES], out[TEMP_DIR_BYTES];
static struct model_file_head head;
static struct model_info about;
static struct err e;

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "h.ndjson", path);
    temp_dir_path(dir, "more.ndjson", more);
    temp_dir_path(dir, "a.model", model);
    temp_dir_path(dir, "model_info.json", info);
    temp_dir_path(dir, "data.sqlite", store);
    temp_dir_path(dir, "data.sqlite-model-trained", trained);
    temp_dir_path(dir, "out", out);
    ck_assert_int_eq(setenv("LOGANALYZER_HOME", dir, 1), 0);
}

static void tear_down(void)
{
    temp_dir_remove(dir);
}

#define TRAIN(...)                                                                       \
    past_run(train_main, out, (const char *const[]){"train", __VA_ARGS__, NULL})

static void read_model(const char *from)
{
    struct detector *d = NULL;
    ck_assert(!detector_open(.8, &d, &e));
    ck_assert_msg(!model_file_read(from, d, &head, &e), "%s", e.msg);
    detector_info(d, &about);
    detector_close(d);
}

static void check_says(const char *file, const char *part)
{
    char *text = past_text(file);
    CHECK_HAS(text, part);
    free(text);
}

static void check_wrote_nothing(void)
{
    ck_assert_int_ne(access(model, F_OK), 0);
    ck_assert_int_ne(access(trained, F_OK), 0);
    ck_assert_int_ne(access(info, F_OK), 0);
}

START_TEST(files_become_a_model)
{
    past_add_lines(path, 0, 60);
    past_add_lines(more, 60, 40);
    past_put(more, "a", "\n[]\n");
    ck_assert_int_eq(TRAIN("--from", path, "--from", more, "--model", model), 0);
    read_model(model);
    ck_assert_int_eq(about.batches, 100);
    ck_assert_int_eq(about.records, 100 * PAST_RECORDS);
    ck_assert_int_gt(about.trained_at_us, 0);
    ck_assert_int_eq(strncmp(about.version, "trained-20", 10), 0);
    ck_assert_str_eq(head.store, "");
    check_says(out,
               "2,000 records in 100 batches learned: 1 service, 1 of them calibrated");
    check_says(info, about.version);
    check_says(info,
               "\"records\":2000,\"batches\":100,\"services\":[{\"service\":\"shop\"");
    check_says(info, "\"templates\":4,\"calibrated\":true}]}");
}
END_TEST

/* The version ends in a sum of what was learned. */
static void train_sum(const char *file, char sum[static 9])
{
    ck_assert_int_eq(TRAIN("--from", file, "--model", model), 0);
    read_model(model);
    ck_assert_uint_gt(strlen(about.version), 8);
    snprintf(sum, 9, "%s", about.version + strlen(about.version) - 8);
}

START_TEST(the_same_history_makes_the_same_model)
{
    char first[9], again[9], other[9];
    past_add_lines(path, 0, 80);
    past_add_lines(more, 0, 81);
    train_sum(path, first);
    train_sum(path, again);
    train_sum(more, other);
    ck_assert_str_eq(first, again);
    ck_assert_str_ne(first, other);
}
END_TEST

START_TEST(without_a_name_it_goes_to_where_the_server_looks)
{
    past_add_lines(path, 0, 3);
    ck_assert_int_eq(TRAIN(path), 0);
    read_model(trained);
    ck_assert_int_eq(about.batches, 3);
    check_says(out,
               "data.sqlite-model-trained; a running server takes it up within a second");
}
END_TEST

START_TEST(a_store_becomes_a_model)
{
    past_store(store, &(struct past_store){120, 100, 2, true});
    ck_assert_int_eq(TRAIN("--from-db", "--model", model), 0);
    read_model(model);
    ck_assert_int_eq(about.batches, 120);
    ck_assert_uint_eq(strlen(head.store), RANDOM_ID_BYTES - 1);
    ck_assert_int_eq(head.batch, 121);
    ck_assert_int_eq(head.records, 0);
    ck_assert_int_eq(TRAIN("--from-db", store, "--model", model), 0);
}
END_TEST

START_TEST(the_shipped_model_is_empty)
{
    ck_assert_int_eq(TRAIN("--model", model), 0);
    read_model(model);
    ck_assert_str_eq(about.version, DETECTOR_SHIPPED_VERSION);
    ck_assert_int_eq(about.trained_at_us, 0);
    ck_assert_int_eq(about.batches, 0);
    check_says(info, "\"trained_at\":null,\"records\":0,\"batches\":0,\"services\":[]}");
    ck_assert_int_eq(TRAIN("--from-shipped"), 0);
    read_model(trained);
}
END_TEST

START_TEST(a_bad_line_leaves_all_as_it_was)
{
    past_add_lines(path, 0, 3);
    past_put(path, "a", "{\"logs\":[{\"service\":\"x\"}]}\n");
    ck_assert_int_eq(TRAIN("--from", path, "--model", model), 1);
    ck_assert_int_eq(TRAIN("--from", path), 1);
    check_wrote_nothing();
    past_put(model, "w", "");
    past_put(info, "w", "before");
    ck_assert_int_eq(TRAIN("--from", path, "--model", model), 1);
    check_says(info, "before");
}
END_TEST

START_TEST(nothing_to_learn_from_is_an_error)
{
    past_put(path, "w", "");
    ck_assert_int_eq(TRAIN("--from", path, "--model", model), 1);
    past_put(path, "w", "[]\n\n");
    ck_assert_int_eq(TRAIN("--from", path, "--model", model), 1);
    ck_assert_int_eq(TRAIN("--from", more, "--model", model), 1);
    ck_assert_int_eq(TRAIN("--from-db", "--model", model), 1);
    check_wrote_nothing();
}
END_TEST

START_TEST(what_is_no_model_is_not_overwritten)
{
    past_add_lines(path, 0, 3);
    past_add_lines(more, 0, 3);
    ck_assert_int_eq(TRAIN("--from", path, "--model", more), 1);
    ck_assert_int_eq(TRAIN("--from", path, "--model", path), 1);
    check_says(more, "{\"logs\":[");
    check_says(path, "{\"logs\":[");
}
END_TEST

START_TEST(a_place_that_cannot_be_written_is_an_error)
{
    char nowhere[TEMP_DIR_BYTES];
    past_add_lines(path, 0, 3);
    temp_dir_path(dir, "no/such", nowhere);
    ck_assert_int_eq(TRAIN("--from", path, "--model", nowhere, "--info", info), 1);
    ck_assert_int_eq(TRAIN("--from", path, "--model", model, "--info", nowhere), 1);
    check_wrote_nothing();
    ck_assert_int_eq(TRAIN("--from", path, "--model", model, "--info", model), 1);
}
END_TEST

START_TEST(root_writes_as_the_owner_of_the_folder)
{
    const uid_t nobody = 65534;
    struct stat st;
    if (geteuid() != 0) {
        return;
    }
    past_add_lines(path, 0, 3);
    ck_assert_int_eq(chmod(path, 0600), 0); /* read as root */
    ck_assert_int_eq(chown(dir, nobody, nobody), 0);
    ck_assert_int_eq(chmod(dir, 0755), 0);
    char *parent = strndup(dir, (size_t)(strrchr(dir, '/') - dir));
    ck_assert_int_eq(chmod(parent, 0755), 0);
    free(parent);
    int status = TRAIN("--from", path);
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(setegid(0), 0);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(stat(trained, &st), 0);
    ck_assert_uint_eq(st.st_uid, nobody);
    ck_assert_int_eq(stat(info, &st), 0);
    ck_assert_uint_eq(st.st_uid, nobody);
}
END_TEST

START_TEST(a_wrong_call_is_2)
{
    past_add_lines(path, 0, 3);
    ck_assert_int_eq(TRAIN("--from"), 2);
    ck_assert_int_eq(TRAIN("--frm", path), 2);
    ck_assert_int_eq(TRAIN("--from", path, "--from-db"), 2);
    ck_assert_int_eq(TRAIN("--from-db", "--from-shipped"), 2);
    ck_assert_int_eq(TRAIN("--help"), 0);
    check_wrote_nothing();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("train");
    TCase *tc = tcase_create("train");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, files_become_a_model);
    tcase_add_test(tc, the_same_history_makes_the_same_model);
    tcase_add_test(tc, without_a_name_it_goes_to_where_the_server_looks);
    tcase_add_test(tc, a_store_becomes_a_model);
    tcase_add_test(tc, the_shipped_model_is_empty);
    tcase_add_test(tc, a_bad_line_leaves_all_as_it_was);
    tcase_add_test(tc, nothing_to_learn_from_is_an_error);
    tcase_add_test(tc, what_is_no_model_is_not_overwritten);
    tcase_add_test(tc, a_place_that_cannot_be_written_is_an_error);
    tcase_add_test(tc, root_writes_as_the_owner_of_the_folder);
    tcase_add_test(tc, a_wrong_call_is_2);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
