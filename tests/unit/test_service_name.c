/* test_service_name.c - names of files as Debian and others make them. */
#include "fcgi/cli/service_name.h"
#include "tests/unit/unit.h"

static const struct {
    const char *path, *service;
} rows[] = {
    {"/var/log/apache2/shop-access.log.3.gz", "shop-access"},
    {"/var/log/dpkg.log", "dpkg"},
    {"dpkg.log.1", "dpkg"},
    {"/var/log/apt/history.log", "apt"},
    {"/var/log/apt/history.log.12.gz", "apt"},
    {"/var/log/apt/term.log", "apt"},
    {"/var/log/nginx/access.log", "nginx-access"},
    {"/var/log/nginx/access.log-20261122.gz", "nginx-access"},
    {"/var/log/apache2/other_vhosts_access.log", "apache2-other_vhosts_access"},
    {"/srv/shop/error.log", "shop-error"},
    {"access.log", "access"},
    {"history.log", "history"},
    {"./access.log", "access"},
    {"../access.log", "access"},
    {"/access.log", "access"},
    {"/var/log/syslog", "syslog"},
    {"/var/log/syslog.2026-11-22", "syslog"},
    {"/var/log/auth.log", "auth"},
    {"app-2026-11-22.log", "app"},
    {"app-v2.log", "app-v2"},
    {"app2.log", "app2"},
    {"app.1.2.log", "app"},
    {"out.jsonl", "out"},
    {"host.journal.export", "host"},
    {"messages.old", "messages"},
    {"/var/log/messages", "messages"},
    {"/var/log/error.log", "error"},
    {"/srv/shop/logs/access.log.1", "access"},
    {"/var/log/service/current", "service"},
    {".gz", ".gz"},
    {"20261122", "20261122"},
    {"2026-11-22.log", "2026-11-22"},
    {"-", "stdin"},
    {"a\xE9.log", "a\xC3\xA9"},
    {"/", "file"},
};

START_TEST(names)
{
    struct arena a;
    arena_init(&a, 4096);
    CHECK_STR(rows[_i].path, service_name(&a, rows[_i].path, 256),
              str_of(rows[_i].service));
    arena_free(&a);
}
END_TEST

START_TEST(is_never_longer_than_the_limit)
{
    struct arena a;
    arena_init(&a, 4096);
    CHECK_STR("at", service_name(&a, "abcde.log", 5), STR("abcde"));
    CHECK_STR("past", service_name(&a, "abcdef.log", 5), STR("file"));
    CHECK_STR("short", service_name(&a, "abcdef.log", 2), STR("fi"));
    arena_free(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("service_name");
    unit_table(s, "names", names, ROWS(rows));
    unit_case(s, "limit", is_never_longer_than_the_limit);
    return unit_run(s);
}
