/* test_config.c - settings: environment over .env over default. Each test has a folder of
 * its own as LOGANALYZER_HOME, and an environment that holds nothing else of ours. */
#include "fcgi/base/config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

static char home[64], env_file[80];
static struct config c;
static struct err e;

static void set_up(void)
{
    snprintf(home, sizeof home, "/tmp/test_config.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(home));
    snprintf(env_file, sizeof env_file, "%s/.env", home);
    clearenv();
    setenv("LOGANALYZER_HOME", home, 1);
    e = (struct err){0};
}

static void tear_down(void)
{
    remove(env_file);
    remove(home);
}

static void write_env(struct str text)
{
    FILE *f = fopen(env_file, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text.p, 1, text.n, f), text.n);
    fclose(f);
}

static void load(void)
{
    enum err_code code = config_load(&c, &e);
    ck_assert_msg(code == ERR_NONE, "%s", e.msg);
}

START_TEST(has_the_documented_defaults)
{
    char path[128];
    load();
    ck_assert_int_eq(c.port, 3000);
    ck_assert_int_eq(c.ml_port, 8000);
    ck_assert_str_eq(c.bind, "127.0.0.1");
    ck_assert_str_eq(c.prefix, "/loganalyzer");
    ck_assert(c.threshold == 0.8);
    ck_assert_str_eq(c.model_version, "");
    ck_assert_str_eq(c.time_zone, "UTC");
    snprintf(path, sizeof path, "%s/data.sqlite", home);
    ck_assert_str_eq(c.database, path);
    snprintf(path, sizeof path, "%s/data.sqlite-run", home);
    ck_assert_str_eq(c.run_dir, path);
    snprintf(path, sizeof path, "%s/data.sqlite-model", home);
    ck_assert_str_eq(c.model, path);
    ck_assert_str_eq(c.ml_url, "");
}
END_TEST

START_TEST(has_the_documented_limits)
{
    load();
    ck_assert_int_eq(c.body_bytes_max, 16 * 1024 * 1024);
    ck_assert_int_eq(c.bodies_bytes_max, 64 * 1024 * 1024);
    ck_assert_int_eq(c.batch_records_max, 100000);
    ck_assert_int_eq(c.record_bytes_max, 1024 * 1024);
    ck_assert_int_eq(c.json_depth_max, 32);
    ck_assert_int_eq(c.service_bytes_max, 256);
    ck_assert_int_eq(c.level_bytes_max, 32);
    ck_assert_int_eq(c.store_wait_ms, 1000);
    ck_assert_int_eq(c.workers, 32);
    ck_assert_int_eq(c.queue_max, 256);
    ck_assert_int_eq(c.ml_body_bytes_max, (3 * 16 + 8) * 1024 * 1024 + 100000 * 384);
}
END_TEST

START_TEST(takes_the_environment_over_the_file_over_the_default)
{
    write_env(STR("PORT=3001\nML_PORT=8001\n"));
    setenv("PORT", "3002", 1);
    load();
    ck_assert_int_eq(c.port, 3002);
    ck_assert_int_eq(c.ml_port, 8001);
    ck_assert(c.threshold == 0.8);
}
END_TEST

START_TEST(starts_relative_paths_from_home)
{
    char path[128];
    setenv("DATABASE", "store/logs.db", 1);
    setenv("RUN_DIR", "run", 1);
    setenv("MODEL", "m", 1);
    setenv("ML_URL", "http://h:8000", 1);
    load();
    snprintf(path, sizeof path, "%s/store/logs.db", home);
    ck_assert_str_eq(c.database, path);
    snprintf(path, sizeof path, "%s/run", home);
    ck_assert_str_eq(c.run_dir, path);
    snprintf(path, sizeof path, "%s/m", home);
    ck_assert_str_eq(c.model, path);
    ck_assert_str_eq(c.ml_url, "http://h:8000/score");
}
END_TEST

START_TEST(refuses_one_file_for_store_and_model)
{
    setenv("DATABASE", "d.sqlite", 1);
    setenv("MODEL", "d.sqlite", 1);
    ck_assert_int_eq(config_load(&c, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "MODEL and DATABASE");
}
END_TEST

START_TEST(refuses_a_store_that_is_too_small_to_be_one)
{
    load();
    ck_assert_int_eq(c.store_bytes_max + c.free_bytes_min + c.retention_days, 0);
    setenv("STORE_BYTES_MAX", "1048576", 1);
    load();
    ck_assert_int_eq(c.store_bytes_max, 1048576);
    setenv("STORE_BYTES_MAX", "1048575", 1);
    ck_assert_int_eq(config_load(&c, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "STORE_BYTES_MAX");
}
END_TEST

START_TEST(leaves_absolute_paths_alone)
{
    setenv("DATABASE", "/var/lib/x.db", 1);
    load();
    ck_assert_str_eq(c.database, "/var/lib/x.db");
    ck_assert_str_eq(c.run_dir, "/var/lib/x.db-run");
    ck_assert_str_eq(c.model, "/var/lib/x.db-model");
}
END_TEST

/* --- halves --- */

static const struct {
    const char *value, *run_dir;
    enum half half;
} halves[] = {
    {"", "/x.db-run", HALF_BOTH},
    {"backend", "/x.db-run", HALF_BACKEND},
    {"ml-service", "/x.db-run-ml", HALF_ML_SERVICE},
};

START_TEST(knows_the_half_and_gives_the_ml_half_a_folder_of_its_own)
{
    setenv("LOGANALYZER_HALF", halves[_i].value, 1);
    setenv("DATABASE", "/x.db", 1);
    load();
    ck_assert_int_eq(c.half, halves[_i].half);
    ck_assert_str_eq(c.run_dir, halves[_i].run_dir);
}
END_TEST

START_TEST(gives_the_ml_half_its_own_of_a_run_dir_that_is_set)
{
    setenv("RUN_DIR", "/run/x", 1);
    load();
    ck_assert_int_eq(c.half, HALF_BOTH);
    ck_assert_str_eq(c.run_dir, "/run/x");
    setenv("LOGANALYZER_HALF", "ml-service", 1);
    load();
    ck_assert_str_eq(c.run_dir, "/run/x-ml");
}
END_TEST

START_TEST(refuses_a_half_that_there_is_not)
{
    setenv("LOGANALYZER_HALF", "frontend", 1);
    ck_assert_int_eq(config_load(&c, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "LOGANALYZER_HALF is \"frontend\"");
}
END_TEST

START_TEST(reads_no_half_from_the_file_that_both_halves_share)
{
    write_env(STR("LOGANALYZER_HALF=backend\n"));
    load();
    ck_assert_int_eq(c.half, HALF_BOTH);
}
END_TEST

START_TEST(works_without_a_home_from_the_working_directory)
{
    unsetenv("LOGANALYZER_HOME");
    ck_assert_int_eq(chdir(home), 0);
    write_env(STR("PORT=3005\n"));
    load();
    ck_assert_int_eq(c.port, 3005);
    ck_assert_int_eq(c.database[0], '/');
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(refuses_a_home_that_is_no_absolute_path)
{
    setenv("LOGANALYZER_HOME", "relative", 1);
    ck_assert_int_eq(config_load(&c, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "LOGANALYZER_HOME");
}
END_TEST

START_TEST(takes_a_home_up_to_its_limit_and_no_longer)
{
    char path[CONFIG_PATH_BYTES / 2 + 1];
    for (size_t i = 0; i < sizeof path; i++) {
        path[i] = i % 2 ? 'x' : '/';
    }
    path[CONFIG_PATH_BYTES / 2] = '\0';
    setenv("LOGANALYZER_HOME", path, 1);
    ck_assert_int_eq(config_load(&c, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "2047");
    path[CONFIG_PATH_BYTES / 2 - 1] = '\0';
    setenv("LOGANALYZER_HOME", path, 1);
    load();
    ck_assert_str_eq(c.home, path);
}
END_TEST

/* --- values --- */

static const struct {
    const char *key, *value;
    bool ok;
} values[] = {
    {"THRESHOLD", "0.8", true},
    {"THRESHOLD", "0", true},
    {"THRESHOLD", "1", true},
    {"THRESHOLD", ".5", true},
    {"THRESHOLD", "1e-3", true},
    {"THRESHOLD", "0,8", false},
    {"THRESHOLD", "nan", false},
    {"THRESHOLD", "NaN", false},
    {"THRESHOLD", "inf", false},
    {"THRESHOLD", "-Infinity", false},
    {"THRESHOLD", "0x1p-1", false},
    {"THRESHOLD", "0x0", false},
    {"THRESHOLD", "", false},
    {"THRESHOLD", " ", false},
    {"THRESHOLD", "0.8 ", false},
    {"THRESHOLD", " 0.8", false},
    {"THRESHOLD", "80%", false},
    {"THRESHOLD", "1.0001", false},
    {"THRESHOLD", "-0.0001", false},
    {"THRESHOLD", "1e999", false},
    {"THRESHOLD", "0.5.5", false},
    {"THRESHOLD", "e", false},
    {"PORT", "1", true},
    {"PORT", "65535", true},
    {"PORT", "0", false},
    {"PORT", "65536", false},
    {"PORT", "-1", false},
    {"PORT", "", false},
    {"PORT", "3000.5", false},
    {"PORT", "0x50", false},
    {"PORT", "http", false},
    {"PORT", "99999999999999999999", false},
    {"ML_PORT", "65536", false},
    {"BIND", "", false},
    {"URL_PREFIX", "", false},
    {"URL_PREFIX", "/", false},
    {"URL_PREFIX", "//", false},
    {"URL_PREFIX", "logs", false},
    {"URL_PREFIX", "/a b", false},
    {"URL_PREFIX", "/logs", true},
    {"URL_PREFIX", "/logs/", true},
    {"MODEL_VERSION", "v1 \xC3\xA9", true},
    {"DATABASE", "", false},
    {"MAX_JSON_DEPTH", "200", true},
    {"MAX_JSON_DEPTH", "201", false},
    {"MAX_SERVICE_BYTES", "512", true},
    {"MAX_SERVICE_BYTES", "513", false},
    {"MAX_BODY_BYTES", "1024", true},
    {"MAX_BODY_BYTES", "1023", false},
    {"MAX_BODIES_BYTES", "4294967296", true},
    {"MAX_BODIES_BYTES", "4294967297", false},
    {"MAX_BODIES_BYTES", "16777216", true}, /* one body of the largest size */
    {"MAX_BODIES_BYTES", "16777215", false},
    {"INGEST_WORKERS", "256", true},
    {"INGEST_WORKERS", "257", false},
    {"INGEST_QUEUE", "0", false},
    {"HANG_SECONDS", "4", false},
    {"HANG_SECONDS", "5", true},
};

START_TEST(takes_good_values_and_names_bad_ones)
{
    const char *key = values[_i].key, *value = values[_i].value;
    setenv(key, value, 1);
    bool ok = config_load(&c, &e) == ERR_NONE;
    ck_assert_msg(ok == values[_i].ok, "%s=%s: %s", key, value, e.msg);
    if (!ok) {
        ck_assert_int_eq(e.code, ERR_INVALID);
        ck_assert_msg(strstr(e.msg, key) != NULL, "no key in: %s", e.msg);
        ck_assert_msg(!strpbrk(e.msg, "<>"), "%s", e.msg);
    }
}
END_TEST

static void set_text(const char *key, size_t n)
{
    char text[CONFIG_PATH_BYTES];
    memset(text, 'x', n);
    text[0] = '/';
    text[n] = '\0';
    setenv(key, text, 1);
}

static const struct {
    const char *key;
    size_t max;
} lengths[] = {
    {"BIND", 255},
    {"URL_PREFIX", 255},
    {"MODEL_VERSION", 255},
    {"DATABASE", CONFIG_PATH_BYTES - 64},
    {"RUN_DIR", CONFIG_PATH_BYTES - 64},
    {"MODEL", CONFIG_PATH_BYTES - 64},
};

START_TEST(takes_texts_up_to_their_limit_and_no_longer)
{
    const char *key = lengths[_i].key;
    set_text(key, lengths[_i].max);
    ck_assert_msg(config_load(&c, &e) == ERR_NONE, "%s at its limit: %s", key, e.msg);
    set_text(key, lengths[_i].max + 1);
    ck_assert_msg(config_load(&c, &e) == ERR_INVALID, "%s past its limit", key);
    CHECK_HAS(e.msg, key);
}
END_TEST

START_TEST(refuses_a_relative_path_that_becomes_too_long)
{
    char text[CONFIG_PATH_BYTES - 64];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    setenv("DATABASE", text, 1);
    ck_assert_int_eq(config_load(&c, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "DATABASE");
}
END_TEST

START_TEST(prints_every_value_with_its_help)
{
    char *text = NULL;
    size_t n = 0;
    setenv("THRESHOLD", "0.95", 1);
    load();
    FILE *to = open_memstream(&text, &n);
    ck_assert_ptr_nonnull(to);
    config_print(&c, to);
    fclose(to);
    CHECK_HAS(text, "PORT=3000  # port of /ingest");
    CHECK_HAS(text, "\nTHRESHOLD=0.95  # ");
    CHECK_HAS(text, "\nMODEL_VERSION=  # ");
    CHECK_HAS(text, "\nMAX_RECORD_BYTES=1048576  # ");
    free(text);
}
END_TEST

/* --- .env ----------------------------------------------------------------------------
 */

static const struct {
    const char *line, *key, *value; /* key NULL: no setting */
    bool bad;
} lines[] = {
    {"PORT=3000", "PORT", "3000", false},
    {"PORT=3000\r", "PORT", "3000", false},
    {"  PORT = 3000  ", "PORT", "3000", false},
    {"\tPORT\t=\t3000", "PORT", "3000", false},
    {"export PORT=3000", "PORT", "3000", false},
    {"export\tPORT=3000", "PORT", "3000", false},
    {"exporter=1", "exporter", "1", false},
    {"export=1", "export", "1", false},
    {"PORT=3000 # the port", "PORT", "3000", false},
    {"PORT=3000\t# the port\r", "PORT", "3000", false},
    {"PORT=3000#4", "PORT", "3000#4", false},
    {"PORT=", "PORT", "", false},
    {"PORT=\r", "PORT", "", false},
    {"PORT= # nothing", "PORT", "", false},
    {"PORT=#nothing", "PORT", "", false},
    {"PORT=\"3000\"", "PORT", "3000", false},
    {"PORT='3000'", "PORT", "3000", false},
    {"PORT=\"3000\" # the port", "PORT", "3000", false},
    {"PORT=\"3000\"\r", "PORT", "3000", false},
    {"A=\"\"", "A", "", false},
    {"A=\"a # b\"", "A", "a # b", false},
    {"A='a # b'", "A", "a # b", false},
    {"A=\" a \"", "A", " a ", false},
    {"A=\"q \\\" b \\\\ d \\$ n \\n x \\x\"", "A", "q \" b \\ d $ n \n x \\x", false},
    {"A='\\n\"'", "A", "\\n\"", false},
    {"A=it's", "A", "it's", false},
    {"A=two words", "A", "two words", false},
    {"A=x=y", "A", "x=y", false},
    {"A_1=b", "A_1", "b", false},
    {"A=Gr\xC3\xBC\xC3\x9F\x65", "A", "Gr\xC3\xBC\xC3\x9F\x65", false},
    {"", NULL, NULL, false},
    {"  \t\r", NULL, NULL, false},
    {"# PORT=1", NULL, NULL, false},
    {"   # PORT=1", NULL, NULL, false},
    {"PORT", NULL, NULL, true},
    {"PORT 3000", NULL, NULL, true},
    {"=3000", NULL, NULL, true},
    {"export", NULL, NULL, true},
    {"A=\"open", NULL, NULL, true},
    {"A='open", NULL, NULL, true},
    {"A=\"open\\\"", NULL, NULL, true},
    {"A=\"a\" b", NULL, NULL, true},
    {"A='a'b", NULL, NULL, true},
    {"<<<<<<< HEAD", NULL, NULL, true},
};

START_TEST(reads_lines_as_people_write_them)
{
    char line[128];
    const char *key = NULL, *value = NULL;
    bool bad = false;
    snprintf(line, sizeof line, "%s", lines[_i].line);
    bool found = config_env_line(line, &key, &value, &bad);
    ck_assert_msg(found == (lines[_i].key != NULL), "\"%s\"", lines[_i].line);
    ck_assert_msg(bad == lines[_i].bad, "\"%s\"", lines[_i].line);
    if (found) {
        ck_assert_msg(strcmp(key, lines[_i].key) == 0 &&
                          strcmp(value, lines[_i].value) == 0,
                      "\"%s\" gave \"%s\" and \"%s\"", lines[_i].line, key, value);
    }
}
END_TEST

START_TEST(reads_a_file_with_bom_crlf_comments_and_foreign_keys)
{
    write_env(STR("\xEF\xBB\xBFPORT=3001\r\n\r\n# note\r\nFOREIGN=whatever\r\n"
                  "export ML_PORT='8001' # x\r\nMODEL_VERSION=last"));
    load();
    ck_assert_int_eq(c.port, 3001);
    ck_assert_int_eq(c.ml_port, 8001);
    ck_assert_str_eq(c.model_version, "last");
}
END_TEST

START_TEST(takes_the_last_of_two_lines_with_one_key)
{
    write_env(STR("PORT=3001\nPORT=3002\n"));
    load();
    ck_assert_int_eq(c.port, 3002);
}
END_TEST

static const struct {
    const char *name;
    struct str text;
    const char *message;
} bad_files[] = {
    {"a bad line is named", LIT("PORT=3001\n\nnonsense\n"), "line 3"},
    {"an open quote is named", LIT("A=\"x\nPORT=1\n"), "line 1"},
    {"a bad value is named", LIT("THRESHOLD=0,8\n"), "THRESHOLD is \"0,8\""},
    {"UTF-16", LIT("\xFF\xFEP\0O\0R\0T\0=\0001\0\n\0"), ".env"},
    {"a NUL hides nothing", LIT("ML_PORT=8001\n\0\nPORT=x\n"), ".env"},
};

START_TEST(refuses_a_file_that_is_not_understood)
{
    write_env(bad_files[_i].text);
    ck_assert_msg(config_load(&c, &e) == ERR_INVALID, "%s", bad_files[_i].name);
    ck_assert_msg(strstr(e.msg, bad_files[_i].message) != NULL, "%s: %s",
                  bad_files[_i].name, e.msg);
}
END_TEST

static void write_env_bytes(size_t n)
{
    char *text = malloc(n);
    ck_assert_ptr_nonnull(text);
    memset(text, '#', n);
    write_env((struct str){text, n});
    free(text);
}

START_TEST(reads_a_file_up_to_its_limit_and_no_larger)
{
    write_env_bytes(CONFIG_FILE_BYTES);
    load();
    write_env_bytes(CONFIG_FILE_BYTES + 1);
    ck_assert_int_eq(config_load(&c, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "65536");
}
END_TEST

/* What a container runtime makes of a file to be mounted that is not there. */
START_TEST(refuses_a_folder_in_the_place_of_the_file)
{
    ck_assert_int_eq(mkdir(env_file, 0700), 0);
    ck_assert_msg(config_load(&c, &e) == ERR_INVALID, "a folder .env went unnoticed");
    CHECK_HAS(e.msg, ".env");
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    return tc;
}

static void add_file_cases(Suite *s)
{
    TCase *tc = add_case(s, "env-line");
    tcase_add_loop_test(tc, reads_lines_as_people_write_them, 0, ROWS(lines));
    tc = add_case(s, "env-file");
    tcase_add_test(tc, reads_a_file_with_bom_crlf_comments_and_foreign_keys);
    tcase_add_test(tc, takes_the_last_of_two_lines_with_one_key);
    tcase_add_test(tc, reads_a_file_up_to_its_limit_and_no_larger);
    tcase_add_test(tc, refuses_a_folder_in_the_place_of_the_file);
    tcase_add_loop_test(tc, refuses_a_file_that_is_not_understood, 0, ROWS(bad_files));
}

int main(void)
{
    Suite *s = suite_create("config");
    TCase *tc = add_case(s, "defaults");
    tcase_add_test(tc, has_the_documented_defaults);
    tcase_add_test(tc, has_the_documented_limits);
    tcase_add_test(tc, takes_the_environment_over_the_file_over_the_default);
    tc = add_case(s, "paths");
    tcase_add_test(tc, starts_relative_paths_from_home);
    tcase_add_test(tc, refuses_a_store_that_is_too_small_to_be_one);
    tcase_add_test(tc, refuses_one_file_for_store_and_model);
    tcase_add_test(tc, leaves_absolute_paths_alone);
    tcase_add_test(tc, works_without_a_home_from_the_working_directory);
    tcase_add_test(tc, refuses_a_home_that_is_no_absolute_path);
    tcase_add_test(tc, takes_a_home_up_to_its_limit_and_no_longer);
    tcase_add_test(tc, refuses_a_relative_path_that_becomes_too_long);
    tc = add_case(s, "halves");
    tcase_add_loop_test(tc, knows_the_half_and_gives_the_ml_half_a_folder_of_its_own, 0,
                        ROWS(halves));
    tcase_add_test(tc, gives_the_ml_half_its_own_of_a_run_dir_that_is_set);
    tcase_add_test(tc, refuses_a_half_that_there_is_not);
    tcase_add_test(tc, reads_no_half_from_the_file_that_both_halves_share);
    tc = add_case(s, "values");
    tcase_add_loop_test(tc, takes_good_values_and_names_bad_ones, 0, ROWS(values));
    tcase_add_loop_test(tc, takes_texts_up_to_their_limit_and_no_longer, 0,
                        ROWS(lengths));
    tcase_add_test(add_case(s, "print"), prints_every_value_with_its_help);
    add_file_cases(s);
    return unit_run(s);
}
