/* fuzz_config.c - .env: all settings or none, and what is printed has no secret in it. */
#include "fcgi/base/config.h"
#include "fcgi/base/service_url.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <unistd.h>

#define SECRET "se9cretXq"

static struct config c;

static void check_config(FILE *to)
{
    char *text = NULL;
    size_t n;
    struct service_urls urls;
    FUZZ_CHECK(c.port >= 1 && c.port <= 65535);
    FUZZ_CHECK(c.threshold >= 0 && c.threshold <= 1);
    FUZZ_CHECK(c.body_bytes_max > 0 && c.bodies_bytes_max >= c.body_bytes_max);
    FUZZ_CHECK(c.database[0] == '/' && c.model[0] == '/' && c.run_dir[0] == '/');
    FUZZ_CHECK(c.prefix[0] == '/' && strlen(c.prefix) > 1);
    if (c.ml_url[0]) {
        service_url_parts(c.ml_url, &urls);
        FUZZ_CHECK(urls.score[0] && urls.learn[0]);
    }
    config_print(&c, to);
    FILE *copy = open_memstream(&text, &n);
    FUZZ_CHECK(copy);
    config_print(&c, copy);
    FUZZ_CHECK(fclose(copy) == 0);
    if (strcmp(c.notify.smtp_password, SECRET) == 0) {
        FUZZ_CHECK(!strstr(c.notify.public_url, SECRET) && n > 0);
        char *line = strstr(text, "SMTP_PASSWORD=");
        FUZZ_CHECK(line && strncmp(line, "SMTP_PASSWORD=***", 17) == 0);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static FILE *nowhere;
    char path[640];
    struct err e;
    if (!nowhere) {
        nowhere = fopen("/dev/null", "we");
        clearenv();
        setenv("LOGANALYZER_HOME", fuzz_folder(), 1);
    }
    snprintf(path, sizeof path, "%s/.env", fuzz_folder());
    FILE *f = fopen(path, "we");
    FUZZ_CHECK(f && nowhere && fwrite(data, 1, n, f) == n && fclose(f) == 0);
    enum err_code code = config_load(&c, &e);
    if (code) {
        fuzz_check_err(code, &e);
    } else {
        check_config(nowhere);
    }
    return 0;
}
