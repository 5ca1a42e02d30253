/* demo_attacks.c - faults of the demo's week that somebody wants: guessing, scanning,
 * breaking in, and what is done by those who are in. */
#include "fcgi/cli/demo_tables.h"

#define ATTACKER "%{ip@}"
#define SQLMAP                                                                           \
    "%{pick:1%27%20OR%20%271%27%3D%271|"                                                 \
    "1%20UNION%20ALL%20SELECT%20NULL%2C%{pick:version()|user|email%2Cpassword}"          \
    "%20FROM%20customers--%20-|1%20AND%20SLEEP(%{int:3-9})|"                             \
    "%27%20UNION%20SELECT%20table_name%2CNULL%20FROM%20information_schema.tables--|"     \
    "1%29%20AND%20%{int:1000-9999}%3D%{int:1000-9999}%20AND%20%281%3D%{int:1-9}|"        \
    "1%3BSELECT%20PG_SLEEP(%{int:3-9})--}"
#define SCAN                                                                             \
    "/%{any:admin|backup|old|test|dev|.git/HEAD|wp-admin/setup-config.php|%{id:4}.php|"  \
    "server-status|phpinfo.php|cgi-bin/%{pick:test-cgi|printenv|%{id:5}.cgi}|%{id:7}|"   \
    "config.php.bak|db.sql|api/swagger.json|console|manager/"                            \
    "html|jmx-console|web.config|"                                                       \
    ".svn/entries|vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php|solr/admin/cores|"  \
    "index.php?page=../../../../%{pick:etc/passwd|windows/win.ini}|"                     \
    "backup-%{int:2019-2026}.zip}"
#define SECRETS                                                                          \
    "/%{any:.env|.env.%{pick:production|local|bak|old|save}|.aws/credentials|.npmrc|"    \
    ".git/config|config/database.yml|.ssh/id_rsa|.docker/config.json|secrets.json|"      \
    "static/..%2f..%2f..%2f..%2fetc/%{pick:passwd|shadow}|wp-config.php~|id_rsa|"        \
    "assets/%2e%2e/%2e%2e/%2e%2e/proc/self/environ|storage/logs/laravel.log|"            \
    "%{id:5}/.env|api/.env|.htpasswd|docker-compose.yml}"

const struct demo_fault demo_attacks[] = {
    {"ssh-slow-guessing", "sshd", true, DEMO_ANY, .lasts_s = 3 * 3600,
     .lasts_max_s = 5 * 3600, .evident_s = 45 * 60,
     .description = "slow password guessing over SSH by " ATTACKER
                    ", one attempt every two to three minutes",
     .sources = {{"sshd", NULL, DEMO_STEADY, PER_HOUR(26),
                  .steps = STEPS(
                      SAY(INFO,
                          "@sshd pam_unix(sshd:auth): authentication failure; logname= "
                          "uid=0 euid=0 tty=ssh ruser= rhost=" ATTACKER "  user=root"),
                      THEN(INFO, 1900, 500,
                           "@sshd Failed password for root from " ATTACKER
                           " port %{port#} ssh2"),
                      THEN(INFO, 200, 300,
                           "@sshd Connection closed by authenticating user "
                           "root " ATTACKER " port %{port#} [preauth]"))}}},
    {"ssh-fast-guessing", "sshd", true, DEMO_ANY, .lasts_s = 360, .lasts_max_s = 800,
     .evident_s = 60,
     .description = "fast password guessing over SSH by " ATTACKER ", one a second",
     .sources = {{"sshd", NULL, DEMO_STEADY, PER_MINUTE(55),
                  .steps = STEPS(
                      SAY(INFO, "@sshd Invalid user %{login#} from " ATTACKER " port "
                                "%{port#}"),
                      THEN(INFO, 900, 400,
                           "@sshd Failed password for invalid user %{login#} "
                           "from " ATTACKER " port %{port#} ssh2"),
                      MAYBE(INFO, 200, 300, 70,
                            "@sshd Received disconnect from " ATTACKER
                            " port %{port#}:11: Bye Bye [preauth]"),
                      THEN(INFO, 9, 9,
                           "@sshd Disconnected from invalid user %{login#} " ATTACKER
                           " port %{port#} [preauth]"))}}},
    {"web-scanner", "web", true, DEMO_ANY, .lasts_s = 180, .lasts_max_s = 420,
     .evident_s = 60,
     .description = "a scanner tries hundreds of paths on the web server from " ATTACKER,
     .sources = {{"web", NULL, DEMO_STEADY, PER_MINUTE(170),
                  .steps = STEPS(SAY(
                      WARN,
                      HIT(ATTACKER, "GET " SCAN, "%{pick:404|403}", "4182", "-",
                          "%{pick:Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:map"
                          "_codes)|gobuster/3.6|Mozilla/5.0 (Nuclei - Open-source "
                          "project)@}")))}}},
    {"sql-injection", "web", true, DEMO_ANY, .lasts_s = 300, .lasts_max_s = 900,
     .evident_s = 60,
     .description = "SQL injection is tried on the product page from " ATTACKER,
     .sources = {{"web", NULL, DEMO_STEADY, PER_MINUTE(9),
                  .steps =
                      STEPS(SAY(INFO, HIT(ATTACKER, "GET /product/list?id=" SQLMAP, "200",
                                          "%{log:6000-40000}",
                                          "https://shop.example.org/", "%{agent@}")))},
                 {"web", NULL, DEMO_STEADY, PER_MINUTE(2), .at_s = 20,
                  .steps = STEPS(SAY(ERROR, HIT(ATTACKER, "GET /product/list?id=" SQLMAP,
                                                "500", "552", "https://shop.example.org/",
                                                "%{agent@}")))}}},
    {"new-admin-user", "sshd", true, DEMO_ANY, .lasts_s = 600, .lasts_max_s = 900,
     .evident_s = 60,
     .description = "a new user %{intruder@} is made and put into group sudo",
     .sources =
         {{"sshd", NULL, DEMO_ONCE,
           .steps = STEPS(
               SAY(INFO, "@sudo    jonas : TTY=pts/2 ; PWD=/tmp ; USER=root ; "
                         "COMMAND=/usr/sbin/useradd -m -s /bin/bash %{intruder@}"),
               THEN(INFO, 40, 20, "@useradd new group: name=%{intruder@}, GID=1011"),
               THEN(INFO, 9, 9,
                    "@useradd new user: name=%{intruder@}, UID=1011, GID=1011, "
                    "home=/home/%{intruder@}, shell=/bin/bash, from=/dev/pts/2"),
               THEN(INFO, 9000, 9000,
                    "@passwd pam_unix(passwd:chauthtok): password changed for "
                    "%{intruder@}"),
               THEN(INFO, 5000, 4000, "@usermod add '%{intruder@}' to group 'sudo'"),
               THEN(INFO, 2, 2, "@usermod add '%{intruder@}' to shadow group 'sudo'"))}}},
    {"root-login", "sshd", false, DEMO_NIGHT, .lasts_s = 1500, .lasts_max_s = 3600,
     .evident_s = 60,
     .description = "root logs in at night with a password, from " ATTACKER
                    ", where nobody ever came from",
     .sources = {{"sshd", NULL, DEMO_ONCE,
                  .steps = STEPS(
                      SAY(INFO, "@sshd Accepted password for root from " ATTACKER
                                " port %{port#} ssh2"),
                      THEN(INFO, 9, 9,
                           "@sshd pam_unix(sshd:session): session opened for user "
                           "root(uid=0) by (uid=0)"),
                      THEN(INFO, 20, 20,
                           "@systemd-logind New session %{int:200-9000#} of user root."),
                      THEN(INFO, 400000, 300000,
                           "@sshd Received disconnect from " ATTACKER
                           " port %{port#}:11: disconnected by user"),
                      THEN(INFO, 2, 2,
                           "@sshd pam_unix(sshd:session): session closed for user "
                           "root"))}}},
    {"imap-guessing", "mail", false, DEMO_ANY, .lasts_s = 1200, .lasts_max_s = 2400,
     .evident_s = 120,
     .description = "password guessing on the mail server (IMAP) by " ATTACKER,
     .sources = {{"mail", NULL, DEMO_STEADY, PER_MINUTE(22),
                  .steps = STEPS(SAY(
                      INFO,
                      "@dovecot imap-login: Disconnected: Connection closed (auth "
                      "failed, 1 attempts in %{int:2-9} secs): user=<%{pick:%{person}|"
                      "%{login}}@example.org>, method=PLAIN, rip=" ATTACKER
                      ", lip=203.0.113.10, TLS, session=<%{id:16}>"))}}},
    {"log-in-guessing", "web,app", false, DEMO_ANY, .lasts_s = 600, .lasts_max_s = 1500,
     .evident_s = 120,
     .description = "password guessing on the shop's log-in page by " ATTACKER,
     .sources = {{"web", NULL, DEMO_STEADY, PER_MINUTE(48),
                  .steps = STEPS(
                      SAY(WARN, HIT(ATTACKER, "POST /login", "401", "%{int:1810-1830}",
                                    "https://shop.example.org/login", "%{agent@}")))},
                 {"app", NULL, DEMO_STEADY, PER_MINUTE(48), .at_s = 2,
                  .steps = STEPS(SAY(
                      WARN, "level=warn msg=\"login failed\" user=%{buyer#} "
                            "reason=bad_password ip=" ATTACKER " request_id=%{hex:16#}")),
                  .metadata = "request_id=%{hex:16#} user=%{buyer#}"}}},
    {"secrets-probing", "web", false, DEMO_ANY, .lasts_s = 120, .lasts_max_s = 300,
     .evident_s = 45,
     .description =
         "files with passwords and paths above the root are asked for by " ATTACKER,
     .sources = {{"web", NULL, DEMO_STEADY, PER_MINUTE(40),
                  .steps =
                      STEPS(SAY(WARN, HIT(ATTACKER, "GET " SECRETS, "%{pick:404|400}",
                                          "4182", "-", "%{agent@}")))}}},
    {"spam-outbreak", "mail", false, DEMO_ANY, .lasts_s = 1500, .lasts_max_s = 3000,
     .evident_s = 180,
     .description =
         "spam goes out through the account %{person@}@example.org, sent from " ATTACKER,
     .sources =
         {{"mail", NULL, DEMO_STEADY, PER_MINUTE(14),
           .steps = STEPS(
               SAY(INFO, "@postfix/submission/smtpd %{qid#}: client=unknown[" ATTACKER
                         "], sasl_method=LOGIN, sasl_username=%{person@}@example.org"),
               THEN(INFO, 30, 30,
                    "@postfix/cleanup %{qid#}: message-id=<%{HEX:12}.%{HEX:8}@"
                    "example.org>"),
               THEN(INFO, 30, 30,
                    "@postfix/qmgr %{qid#}: from=<%{person@}@example.org>, "
                    "size=%{int:2900-3400}, nrcpt=%{int:20-50} (queue active)"),
               AGAIN(INFO, 300, 900, 70,
                     "@postfix/smtp %{qid#}: to=<%{id:8}@%{domain}>, "
                     "relay=mx.%{domain}[%{ip}]:25, delay=%{dec:1-9}, "
                     "delays=0.2/0.05/%{dec:1-3}/%{dec:1-4}, dsn=2.0.0, status=sent (250 "
                     "2.0.0 OK %{epoch} %{id:12} - gsmtp)"),
               AGAIN(
                   WARN, 300, 900, 40,
                   "@postfix/smtp %{qid#}: to=<%{id:8}@%{domain#}>, relay=mx.%{domain#}"
                   "[%{ip}]:25, delay=%{dec:1-9}, delays=0.2/0.05/%{dec:1-3}/%{dec:1-4}, "
                   "dsn=5.7.1, status=bounced (host mx.%{domain#}[%{ip}] said: 550 5.7.1 "
                   "Message rejected due to content restrictions (in reply to end of "
                   "DATA command))"),
               THEN(INFO, 30, 30, "@postfix/qmgr %{qid#}: removed"))}}},
    {.name = NULL},
};
