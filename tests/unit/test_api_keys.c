/* test_api_keys.c - the text of a key, and the file that keeps what is kept of it. */
#include "fcgi/base/api_keys.h"

#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define KEY    "loganalyzer_0123456789ab_" SECRET

static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];
static struct api_keys keys;
static struct stat st;
static struct err e;

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "keys", path);
}

static void tear_down(void)
{
    api_keys_free(&keys);
    temp_dir_remove(dir);
}

/* --- scopes --- */

static const struct {
    const char *names;
    unsigned set; /* 0: refused */
} scopes[] = {
    {"ingest", SCOPE_INGEST},
    {"read", SCOPE_READ},
    {"ingest,read", SCOPE_INGEST | SCOPE_READ},
    {" read , score ", SCOPE_READ | SCOPE_SCORE},
    {"admin", SCOPE_ADMIN},
    {"ingest,read,admin,score", SCOPE_ALL},
    {"", 0},
    {",", 0},
    {"ingest,", 0},
    {"ingest,ingest", 0},
    {"Ingest", 0},
    {"all", 0},
    {"ingest read", 0},
};

START_TEST(reads_scopes_by_their_names)
{
    unsigned set;
    char names[SCOPE_NAMES_BYTES];
    bool ok = scope_read(str_of(scopes[_i].names), &set);
    ck_assert_msg(ok == (scopes[_i].set != 0), "%s", scopes[_i].names);
    if (ok) {
        unsigned again;
        ck_assert_uint_eq(set, scopes[_i].set);
        scope_names(set, ",", names);
        ck_assert(scope_read(str_of(names), &again) && again == set);
    }
}
END_TEST

/* --- keys --- */

static const struct {
    const char *text;
    bool ok;
} texts[] = {
    {KEY, true},
    {"", false},
    {"loganalyzer_", false},
    {"loganalyzer_0123456789ab_", false},
    {KEY "x", false},
    {"x" KEY, false},
    {" " KEY, false},
    {"loganalyzer_0123456789aB_" SECRET, false},
    {"loganalyzer_0123456789ag_" SECRET, false},
    {"loganalyzer_0123456789ab-" SECRET, false},
    {"Loganalyzer_0123456789ab_" SECRET, false},
    {"loganalyzer_0123456789ab_+AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", false},
    {"loganalyzer_0123456789ab_=AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", false},
    {"loganalyzer_0123456789ab__AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", true},
    {"loganalyzer_0123456789ab_-AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", true},
};

START_TEST(knows_the_text_of_a_key)
{
    char id[API_KEY_ID_BYTES];
    bool ok = api_key_read(str_of(texts[_i].text), id);
    ck_assert_msg(ok == texts[_i].ok, "%s", texts[_i].text);
    if (ok) {
        ck_assert_str_eq(id, "0123456789ab");
    }
}
END_TEST

START_TEST(a_nul_ends_no_key)
{
    char text[API_KEY_TEXT_BYTES] = KEY, id[API_KEY_ID_BYTES];
    for (size_t i = 0; i < sizeof text - 1; i++) {
        char c = text[i];
        text[i] = '\0';
        ck_assert(!api_key_read((struct str){text, sizeof text - 1}, id));
        text[i] = c;
    }
}
END_TEST

START_TEST(makes_keys_that_are_new_each_time)
{
    char one[API_KEY_TEXT_BYTES], two[API_KEY_TEXT_BYTES], id[API_KEY_ID_BYTES];
    ck_assert(!api_key_make(one, &e) && !api_key_make(two, &e));
    ck_assert(api_key_read(str_of(one), id) && api_key_read(str_of(two), id));
    ck_assert_str_ne(one, two);
    ck_assert(api_key_is_token(one));
}
END_TEST

START_TEST(digests_as_sha256_and_compares_every_byte)
{
    uint8_t a[API_KEY_DIGEST_BYTES], b[API_KEY_DIGEST_BYTES];
    static const uint8_t abc[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea};
    api_key_digest(STR("abc"), a); /* of FIPS 180-2 */
    ck_assert_int_eq(memcmp(a, abc, sizeof abc), 0);
    for (size_t i = 0; i < sizeof b; i++) {
        memcpy(b, a, sizeof b);
        ck_assert(api_key_same(a, b));
        b[i] ^= 0x80;
        ck_assert(!api_key_same(a, b));
    }
}
END_TEST

/* --- the file --- */

#define HEX64 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ROW_A "0123456789ab ingest,read " HEX64 " 2026-11-26T10:00:00.000Z web server\n"
#define ROW_B "0123456789ac admin " HEX64 " 2026-11-26T10:00:00Z\n"

static const struct {
    const char *text;
    int n; /* -1: refused */
} files[] = {
    {"", 0},
    {"\n\n# a comment\n", 0},
    {ROW_A, 1},
    {ROW_A ROW_B, 2},
    {"# x\r\n" ROW_A "\r\n" ROW_B "#", 2},
    {"0123456789ab ingest " HEX64 " 2026-11-26T10:00:00Z", 1},
    {ROW_A ROW_A, -1},
    {"x\n", -1},
    {ROW_A "0123456789ac\n", -1},
    {"0123456789ac all " HEX64 " 2026-11-26T10:00:00Z x\n", -1},
    {"0123456789ac read  " HEX64 " 2026-11-26T10:00:00Z x\n", -1},
    {"0123456789ac read 00 2026-11-26T10:00:00Z x\n", -1},
    {"0123456789ac read " HEX64 "0 2026-11-26T10:00:00Z x\n", -1},
    {"0123456789ac read " HEX64 " yesterday x\n", -1},
    {"0123456789ac read " HEX64 " 2026-11-26T10:00:00Z \x1b[31m\n", -1},
    {"0123456789ac read " HEX64 " 2026-11-26T10:00:00Z \xff\n", -1},
    {"0123456789ac read " HEX64 " 2026-11-26T10:00:00Z B\xc3\xbcro\n", 1},
    {"0123456789AC read " HEX64 " 2026-11-26T10:00:00Z x\n", -1},
};

START_TEST(reads_a_file_or_refuses_it_whole)
{
    enum err_code code = api_keys_parse(str_of(files[_i].text), &keys, &e);
    ck_assert_msg(files[_i].n < 0 ? code == ERR_INVALID : !code, "%s", files[_i].text);
    ck_assert_msg((int)keys.n == (files[_i].n < 0 ? 0 : files[_i].n), "%s",
                  files[_i].text);
    api_keys_free(&keys);
}
END_TEST

START_TEST(finds_by_id_and_admin_may_all)
{
    static const char none[API_KEY_ID_BYTES];
    ck_assert(!api_keys_parse(STR(ROW_A ROW_B), &keys, &e));
    const struct api_key *k = api_keys_find(&keys, "0123456789ab");
    ck_assert(k && k == &keys.list[0]);
    ck_assert_str_eq(k->label, "web server");
    ck_assert_uint_eq(api_key_may(k), SCOPE_INGEST | SCOPE_READ);
    ck_assert_uint_eq(api_key_may(api_keys_find(&keys, "0123456789ac")), SCOPE_ALL);
    ck_assert(!api_keys_find(&keys, "0123456789ad"));
    ck_assert(!api_keys_find(&keys, none));
    api_keys_free(&keys);
}
END_TEST

static void fill(struct api_key *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        list[i] = (struct api_key){.scopes = SCOPE_ALL};
        snprintf(list[i].id, sizeof list[i].id, "%08x%04x", 0U, (unsigned)i & 0xFFFFU);
        memset(list[i].label, 'l', sizeof list[i].label - 1);
    }
}

START_TEST(keeps_as_many_keys_as_may_be_and_not_one_more)
{
    static struct api_key list[API_KEYS_MAX + 1];
    struct api_keys many = {list, API_KEYS_MAX};
    fill(list, API_KEYS_MAX + 1);
    ck_assert_msg(!api_keys_store(path, &many, &e), "%s", e.msg);
    ck_assert_msg(!api_keys_load(path, &keys, &st, &e), "%s", e.msg);
    ck_assert_uint_eq(keys.n, API_KEYS_MAX);
    ck_assert_int_eq(memcmp(keys.list, list, sizeof list - sizeof list[0]), 0);
    api_keys_free(&keys);
    many.n++;
    ck_assert(!api_keys_store(path, &many, &e));
    ck_assert_int_eq(api_keys_load(path, &keys, &st, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "1000");
}
END_TEST

static void write_file(const char *text, size_t n, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert(fd >= 0 && write(fd, text, n) == (ssize_t)n && fchmod(fd, mode) == 0);
    close(fd);
}

START_TEST(takes_a_file_of_the_largest_size_and_none_larger)
{
    char *text = malloc(API_KEYS_FILE_BYTES + 1);
    ck_assert(text);
    memset(text, '\n', API_KEYS_FILE_BYTES + 1);
    write_file(text, API_KEYS_FILE_BYTES, 0600);
    ck_assert_msg(!api_keys_load(path, &keys, &st, &e), "%s", e.msg);
    write_file(text, API_KEYS_FILE_BYTES + 1, 0600);
    ck_assert_int_eq(api_keys_load(path, &keys, &st, &e), ERR_INVALID);
    free(text);
}
END_TEST

START_TEST(lets_nobody_else_write_and_takes_no_folder)
{
    ck_assert(!api_keys_load(path, &keys, &st, &e)); /* not there: none */
    ck_assert_uint_eq(keys.n, 0);
    write_file(ROW_A, sizeof ROW_A - 1, 0644);
    ck_assert(!api_keys_load(path, &keys, &st, &e));
    api_keys_free(&keys);
    write_file(ROW_A, sizeof ROW_A - 1, 0620);
    ck_assert_int_eq(api_keys_load(path, &keys, &st, &e), ERR_INVALID);
    CHECK_HAS(e.msg, "others may write");
    ck_assert_int_eq(api_keys_load(dir, &keys, &st, &e), ERR_IO);
}
END_TEST

START_TEST(replaces_what_is_there_with_a_file_of_its_owner_alone)
{
    static struct api_key one[1];
    struct api_keys k = {one, 1};
    char left[TEMP_DIR_BYTES];
    fill(one, 1);
    temp_dir_path(dir, "keys-new", left);
    ck_assert(close(open(left, O_WRONLY | O_CREAT, 0644)) == 0); /* of an earlier one */
    ck_assert_msg(!api_keys_store(path, &k, &e), "%s", e.msg);
    ck_assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    ck_assert_int_eq(temp_dir_files(dir), 1);
    ck_assert_int_eq(api_keys_store("/nowhere/at/all", &k, &e), ERR_IO);
}
END_TEST

START_TEST(takes_a_label_of_the_largest_size_and_none_larger)
{
    char label[API_KEYS_LABEL_BYTES + 1];
    memset(label, 'x', sizeof label);
    ck_assert(!api_keys_check_label((struct str){label, API_KEYS_LABEL_BYTES - 1}, &e));
    ck_assert(api_keys_check_label((struct str){label, API_KEYS_LABEL_BYTES}, &e));
    ck_assert(api_keys_check_label(STR("a\nb"), &e));
    ck_assert(api_keys_check_label(STR("a\xe2\x80\xae"
                                       "b"),
                                   &e)); /* turns the line */
}
END_TEST

static void add_file(Suite *s, const char *name, const TTest *test)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, test);
    suite_add_tcase(s, tc);
}

int main(void)
{
    Suite *s = suite_create("api_keys");
    unit_table(s, "scopes", reads_scopes_by_their_names, ROWS(scopes));
    unit_table(s, "text", knows_the_text_of_a_key, ROWS(texts));
    unit_case(s, "nul", a_nul_ends_no_key);
    unit_case(s, "make", makes_keys_that_are_new_each_time);
    unit_case(s, "digest", digests_as_sha256_and_compares_every_byte);
    unit_table(s, "parse", reads_a_file_or_refuses_it_whole, ROWS(files));
    unit_case(s, "find", finds_by_id_and_admin_may_all);
    unit_case(s, "label", takes_a_label_of_the_largest_size_and_none_larger);
    add_file(s, "many", keeps_as_many_keys_as_may_be_and_not_one_more);
    add_file(s, "large", takes_a_file_of_the_largest_size_and_none_larger);
    add_file(s, "mode", lets_nobody_else_write_and_takes_no_folder);
    add_file(s, "replace", replaces_what_is_there_with_a_file_of_its_owner_alone);
    return temp_dir_run(s);
}
