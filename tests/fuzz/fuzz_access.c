/* fuzz_access.c - who asks: the Authorization header and the file of API keys. First line:
 * Authorization, tab, REMOTE_ADDR, tab, Host, tab, "1" if it was handed on; the rest is the
 * file. Nobody is let in without a key of the file, or, while that has none, from elsewhere. */
#include "fcgi/base/api_keys.h"
#include "fcgi/web/access.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <sys/stat.h>

enum { PATH_BYTES = 640 };

static struct access *access_to_all;
static char path[PATH_BYTES];

static void begin(void)
{
    struct err e;
    struct access_options o = {.keys_file = path,
                               .public_url = "https://logs.example.com/"};
    if (!access_to_all) {
        snprintf(path, sizeof path, "%s/keys", fuzz_folder());
        FUZZ_CHECK(!access_open(&o, &access_to_all, &e));
    }
}

static void write_keys(struct str text)
{
    FILE *f = fopen(path, "we");
    FUZZ_CHECK(f && (text.n == 0 || fwrite(text.p, 1, text.n, f) == text.n));
    FUZZ_CHECK(fclose(f) == 0);
    FUZZ_CHECK(chmod(path, 0600) == 0);
}

/* By the longest way: each key of the file whose digest is the token's. */
static unsigned scopes_of(const struct api_keys *keys, struct str authorization)
{
    uint8_t digest[API_KEY_DIGEST_BYTES];
    struct str left = str_trim(authorization), scheme = str_split(&left, ' ');
    unsigned scopes = 0;
    api_key_digest(str_trim(left), digest);
    for (size_t i = 0; i < keys->n && str_eq_nocase(scheme, STR("bearer")); i++) {
        if (memcmp(digest, keys->list[i].digest, sizeof digest) == 0) {
            scopes = api_key_may(&keys->list[i]);
        }
    }
    return scopes;
}

static void check_caller(const struct access_asked *asked, struct str file)
{
    struct api_keys keys = {0};
    struct access_caller caller;
    struct err e, bad;
    enum err_code broken = api_keys_parse(file, &keys, &bad);
    enum err_code code = access_who(access_to_all, asked, 0, &caller, &e);
    if (broken) {
        fuzz_check_err(broken, &bad);
        FUZZ_CHECK(code == ERR_DOWN);
    } else if (code) {
        fuzz_check_err(code, &e);
        FUZZ_CHECK(caller.scopes == 0 && caller.id[0] == '\0');
    } else if (keys.n > 0) {
        FUZZ_CHECK(caller.scopes != 0 && caller.id[0] != '\0');
        FUZZ_CHECK((scopes_of(&keys, asked->authorization) & caller.scopes) != 0);
    } else {
        FUZZ_CHECK(!asked->forwarded && caller.id[0] == '\0');
    }
    if (!broken && keys.n > 0 && code) {
        FUZZ_CHECK(code == ERR_UNKNOWN_CALLER);
    }
    api_keys_free(&keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *p = fuzz_own((struct str){(const char *)data, n});
    struct str file = {p, n}, rest = fuzz_line(&file);
    struct access_asked asked = {.authorization = str_split(&rest, '\t')};
    asked.address = str_split(&rest, '\t');
    asked.host = str_split(&rest, '\t');
    asked.forwarded = str_eq(rest, STR("1"));
    begin();
    write_keys(file);
    check_caller(&asked, file);
    free(p);
    return 0;
}
