/* demo_breakage.c - faults of the demo's week that nobody wants: what breaks, fills up,
 * stops or gets slow on hosts. */
#include "fcgi/cli/demo_tables.h"

const struct demo_fault demo_breakage[] = {
    {"oom-kill", "kernel,php", true, DEMO_ANY, .lasts_s = 300, .lasts_max_s = 400,
     .evident_s = 30, .description = "memory runs out: the kernel kills a PHP worker",
     .sources = {{"kernel", NULL, DEMO_ONCE,
                  .steps = STEPS(
                      SAY(WARN,
                          "php-fpm8.2 invoked oom-killer: gfp_mask=0x140cca("
                          "GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0"),
                      THEN(WARN, 1, 1,
                           "CPU: %{int:0-3} PID: %{pid@} Comm: php-fpm8.2 Not tainted "
                           "6.1.0-28-amd64 #1  Debian 6.1.119-1"),
                      THEN(WARN, 1, 1, "Call Trace:"), THEN(WARN, 0, 1, "Mem-Info:"),
                      THEN(WARN, 0, 1,
                           "active_anon:%{int:1600000-1900000} inactive_anon:"
                           "%{int:100-90000} isolated_anon:0"),
                      THEN(WARN, 0, 1, "Free swap  = 0kB"),
                      THEN(INFO, 1, 1,
                           "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),"
                           "cpuset=/,mems_allowed=0,global_oom,task_memcg=/system."
                           "slice/php8.2-fpm.service,task=php-fpm8.2,pid=%{pid@},uid=33"),
                      THEN(ERROR, 1, 1,
                           "Out of memory: Killed process %{pid@} (php-fpm8.2) "
                           "total-vm:%{int:5100000-6400000}kB, anon-rss:"
                           "%{int:4100000-4900000}kB, file-rss:%{int:100-9000}kB, "
                           "shmem-rss:0kB, UID:33 pgtables:%{int:8000-12000}kB "
                           "oom_score_adj:0"),
                      IN("php", WARN, 90, 90,
                         "WARNING: [pool www] child %{pid@} exited on signal 9 (SIGKILL) "
                         "after %{dec:90-900} seconds from start"))}}},
    {"disk-full", "database,app,mail", true, DEMO_ANY, .lasts_s = 1200,
     .lasts_max_s = 2700, .evident_s = 60,
     .description = "the disk is full: the database cannot write, mail is refused",
     .sources =
         {{"database", NULL, DEMO_STEADY, PER_MINUTE(7),
           .steps = STEPS(SAY(ERROR,
                              "ERROR:  could not extend file \"base/16384/"
                              "%{int:16500-24900}\": No space left on device"),
                          THEN(INFO, 1, 1, "HINT:  Check free disk space."))},
          {"app", NULL, DEMO_STEADY, PER_MINUTE(5), .at_s = 10,
           .steps = STEPS(SAY(ERROR,
                              "level=error msg=\"cannot save\" what=%{pick:order|session|"
                              "cart} error=\"SQLSTATE[53100]: Disk full\" "
                              "request_id=%{hex:16#}")),
           .metadata = "request_id=%{hex:16#}"},
          {"mail", NULL, DEMO_STEADY, PER_MINUTE(2), .at_s = 30,
           .steps = STEPS(
               SAY(WARN, "@postfix/smtpd NOQUEUE: reject: MAIL from %{mx#}[%{ip#}]: 452 "
                         "4.3.1 Insufficient system storage; proto=ESMTP "
                         "helo=<%{mx#}>"))}}},
    {"php-fatal", "php,web", true, DEMO_RELEASED, .lasts_s = 1800, .lasts_max_s = 3600,
     .evident_s = 120, .description = "since the release PHP dies on the wish list page",
     .sources = {{"php", NULL, DEMO_STEADY, PER_MINUTE(4),
                  .steps = STEPS(SAY(
                      ERROR, "PHP Fatal error:  Uncaught TypeError: Shop\\Wishlist\\"
                             "Loader::load(): Argument #1 ($id) must be of type int, "
                             "null given, called in /srv/shop/src/Wishlist/Page.php on "
                             "line 83 and defined in /srv/shop/src/Wishlist/Loader.php"
                             ":41"))},
                 {"web", NULL, DEMO_STEADY, PER_MINUTE(4),
                  .steps =
                      STEPS(SAY(ERROR, HIT("%{peer:visitor/6000#}", "GET /wishlist",
                                           "500", "552", "%{site}", "%{agent#}")))}}},
    {"5xx-share", "web", true, DEMO_BUSY, .lasts_s = 600, .lasts_max_s = 1500,
     .evident_s = 150,
     .description = "a large share of the shop's pages answers 502 and 504",
     .sources = {{"web", NULL, DEMO_STEADY, PER_MINUTE(9),
                  .steps = STEPS(SAY(
                      ERROR, HIT("%{peer:visitor/6000#}", "GET %{pick:%{page}|%{api}}",
                                 "%{pick:502|504}", "552", "%{site}", "%{agent#}")))}}},
    {"cron-stopped", "cron,app", true, DEMO_ANY, .lasts_s = 5 * 3600,
     .lasts_max_s = 9 * 3600, .evident_s = 960, .mutes = "queue",
     .description =
         "the queue job that cron starts every five minutes is not started any more"},
    {"mail-queue", "mail", true, DEMO_ANY, .lasts_s = 2 * 3600, .lasts_max_s = 4 * 3600,
     .evident_s = 900, .mutes = "outbound",
     .description = "mail does not get out: the provider blocks port 25, the queue grows",
     .sources =
         {{"mail", NULL, DEMO_STEADY, PER_MINUTE(2),
           .steps = STEPS(
               SAY(WARN,
                   "@postfix/smtp %{qid#}: to=<%{id:7#}@%{domain#}>, relay=none, "
                   "delay=%{log:30-9000#}, delays=%{log:30-9000#}/0.02/30/0, dsn=4.4.1, "
                   "status=deferred (connect to mx.%{domain#}[%{ip#}]:25: Connection "
                   "timed out)"))},
          {"mail", NULL, DEMO_STEADY, PER_HOUR(7),
           .steps = STEPS(
               SAY(INFO, "@postfix/pickup %{qid#}: uid=33 from=<shop@example.org>"),
               THEN(INFO, 5, 20,
                    "@postfix/cleanup %{qid#}: message-id=<%{id:20}@shop.example.org>"),
               THEN(INFO, 5, 20,
                    "@postfix/qmgr %{qid#}: from=<shop@example.org>, "
                    "size=%{log:2400-60000}, nrcpt=1 (queue active)"))}}},
    {"certificate-expiring", "cron", true, DEMO_AT, .at_s = AT(15, 17) + 24,
     .lasts_s = 300, .lasts_max_s = 400, .evident_s = 60, .mutes = "certbot",
     .description =
         "the certificate of shop.example.org is about to expire and cannot be renewed",
     .sources = {{"cron", NULL, DEMO_ONCE,
                  .steps = STEPS(
                      SAY(ERROR, "@certbot Challenge failed for domain shop.example.org"),
                      THEN(ERROR, 400, 200,
                           "@certbot Failed to renew certificate shop.example.org with "
                           "error: Some challenges have failed."),
                      THEN(ERROR, 9, 9,
                           "@certbot All renewals failed. The following certificates "
                           "could not be renewed: /etc/letsencrypt/"
                           "live/shop.example.org/fullchain.pem (failure)"),
                      THEN(WARN, 900, 300,
                           "@check-cert shop.example.org: certificate expires in "
                           "%{int:3-9} days"))}}},
    {"disk-errors", "kernel", false, DEMO_ANY, .lasts_s = 900, .lasts_max_s = 1800,
     .evident_s = 60,
     .description = "a disk cannot read some sectors; its file system becomes read-only",
     .sources =
         {{"kernel", NULL, DEMO_ONCE,
           .steps = STEPS(
               SAY(ERROR,
                   "ata2.00: exception Emask 0x0 SAct 0x%{hex:5} SErr 0x0 action 0x0"),
               THEN(ERROR, 1, 1, "ata2.00: failed command: READ FPDMA QUEUED"),
               THEN(ERROR, 1, 1, "ata2.00: error: { UNC }"),
               AGAIN(ERROR, 3000, 2000, 75,
                     "blk_update_request: I/O error, dev sdb, sector "
                     "%{int:90000000-410000000} op 0x0:(READ) flags 0x0 phys_seg "
                     "%{int:1-16} prio class 2"),
               AGAIN(ERROR, 9000, 9000, 50,
                     "Buffer I/O error on dev sdb1, logical block "
                     "%{int:9000000-50000000}, async page read"),
               THEN(ERROR, 30000, 20000,
                    "EXT4-fs error (device sdb1): ext4_find_entry:1463: inode "
                    "#%{int:100000-9000000}: comm rsync: reading directory lblock 0"),
               THEN(ERROR, 1, 1, "EXT4-fs (sdb1): Remounting filesystem read-only"))}}},
    {"database-connections", "database,app", false, DEMO_ANY, .lasts_s = 300,
     .lasts_max_s = 900, .evident_s = 60,
     .description = "the database has no connections left",
     .sources = {{"database", NULL, DEMO_STEADY, PER_MINUTE(26),
                  .steps = STEPS(SAY(ERROR, "FATAL:  sorry, too many clients already"))},
                 {"app", NULL, DEMO_STEADY, PER_MINUTE(14), .at_s = 4,
                  .steps = STEPS(SAY(
                      ERROR, "level=error msg=\"database unavailable\" error=\"SQLSTATE["
                             "08006]: too many clients already\" request_id=%{hex:16#}")),
                  .metadata = "request_id=%{hex:16#}"}}},
    {"database-slow", "database", false, DEMO_ANY, .lasts_s = 1800, .lasts_max_s = 3600,
     .evident_s = 480, .description = "an index is lost: queries take ten times as long",
     .sources = {{"database", NULL, DEMO_STEADY, PER_MINUTE(5),
                  .steps =
                      STEPS(SAY(INFO, "LOG:  duration: %{dec:3000-19000} ms  execute "
                                      "<unnamed>: %{statement}"))}}},
    {"database-deadlocks", "database", false, DEMO_BUSY, .lasts_s = 900,
     .lasts_max_s = 2400, .evident_s = 150,
     .description = "two jobs of the shop lock each other out",
     .sources = {{"database", NULL, DEMO_STEADY, PER_MINUTE(2),
                  .steps = STEPS(
                      SAY(ERROR, "ERROR:  deadlock detected"),
                      THEN(INFO, 0, 1,
                           "DETAIL:  Process %{pid#} waits for ShareLock on transaction "
                           "%{int:9000000-9900000}; blocked by process %{pid#2}."),
                      THEN(INFO, 0, 1, "HINT:  See server log for query details."),
                      THEN(INFO, 0, 1,
                           "STATEMENT:  UPDATE stock SET n = n - $1 WHERE product_id = "
                           "$2"))}}},
    {"dns-servfail", "dns", false, DEMO_ANY, .lasts_s = 900, .lasts_max_s = 1800,
     .evident_s = 120,
     .description = "the upstream name servers cannot be reached: names do not resolve",
     .sources = {{"dns", NULL, DEMO_STEADY, PER_MINUTE(24),
                  .steps =
                      STEPS(SAY(INFO, "%{pick:timed out resolving|SERVFAIL unexpected "
                                      "RCODE resolving|connection refused resolving} "
                                      "'%{zone}/%{pick:A|AAAA}/IN': %{ip}#53"))}}},
    {"dns-transfer", "dns", false, DEMO_ANY, .lasts_s = 3600, .lasts_max_s = 7200,
     .evident_s = 60,
     .description = "the zone that is fetched from the partner's name server is refused",
     .sources = {{"dns", NULL, DEMO_STEADY, PER_HOUR(12),
                  .steps = STEPS(SAY(ERROR,
                                     "transfer of 'partner.example/IN' from 192.0.2.53"
                                     "#53: failed while receiving responses: REFUSED"))},
                 {"dns", NULL, DEMO_ONCE,
                  .steps =
                      STEPS(SAY(ERROR, "zone partner.example/IN: refresh: unexpected "
                                       "rcode (REFUSED) from primary 192.0.2.53#53 "
                                       "(source 0.0.0.0#0)"))}}},
    {"backup-locked", "backup", false, DEMO_AT, .at_s = AT(1, 30) + 1, .lasts_s = 900,
     .lasts_max_s = 1200, .evident_s = 60, .mutes = "restic",
     .description = "the nightly backup fails: its repository is locked",
     .sources =
         {{"backup", NULL, DEMO_ONCE,
           .steps = STEPS(
               SAY(INFO, "repository 4f2a1c77 opened (version 2, compression level "
                         "auto)"),
               THEN(ERROR, 3000, 900,
                    "Fatal: unable to create lock in backend: repository is already "
                    "locked exclusively by PID %{pid} on web1 by root (UID 0, GID 0)"),
               THEN(ERROR, 2, 2,
                    "the `unlock` command can be used to remove stale locks"),
               THEN(ERROR, 20, 20, "nightly-backup: restic exited with status 11"))}}},
    {"backup-small", "backup", false, DEMO_AT, .at_s = AT(1, 30) + 1, .lasts_s = 600,
     .lasts_max_s = 900, .evident_s = 120, .mutes = "restic",
     .description =
         "the nightly backup saves next to nothing: what it should save was not mounted",
     .sources = {{"backup", NULL, DEMO_ONCE,
                  .steps = STEPS(
                      SAY(INFO,
                          "repository 4f2a1c77 opened (version 2, compression level "
                          "auto)"),
                      THEN(INFO, 2000, 900, "using parent snapshot %{hex:8}"),
                      THEN(INFO, 1500, 400,
                           "Files:           0 new,     0 changed,    %{int:3-19} "
                           "unmodified"),
                      THEN(INFO, 1, 2,
                           "Dirs:            0 new,     1 changed,     2 unmodified"),
                      THEN(INFO, 1, 2,
                           "Added to the repository: %{int:300-990} B (%{int:200-299} B "
                           "stored)"),
                      THEN(INFO, 1, 2,
                           "processed %{int:3-19} files, %{int:1-90}.%{int:100-999} KiB "
                           "in 0:01"),
                      THEN(INFO, 1, 2, "snapshot %{hex:8} saved"),
                      THEN(INFO, 30000, 9000,
                           "keep 14 snapshots: 7 daily, 4 weekly, 3 monthly"))}}},
    {"php-max-children", "php", false, DEMO_BUSY, .lasts_s = 900, .lasts_max_s = 1800,
     .evident_s = 150, .description = "all PHP workers are busy, requests wait",
     .sources = {{"php", NULL, DEMO_STEADY, PER_MINUTE(1),
                  .steps = STEPS(SAY(
                      WARN, "WARNING: [pool www] server reached pm.max_children setting "
                            "(24), consider raising it"))},
                 {"php", NULL, DEMO_STEADY, PER_MINUTE(5),
                  .steps = STEPS(SAY(
                      WARN, "WARNING: [pool www] child %{pid#}, script '/srv/shop/public"
                            "/index.php' (request: \"GET /index.php?%{pick:q=%{query}|"
                            "page=%{log:1-30}}\") executing too slow (%{dec:4-30} sec), "
                            "logging"))}}},
    {"payment-timeouts", "app", false, DEMO_BUSY, .lasts_s = 1200, .lasts_max_s = 2400,
     .evident_s = 180, .description = "the payment gateway does not answer: orders fail",
     .sources = {{"app", NULL, DEMO_STEADY, PER_MINUTE(3),
                  .steps = STEPS(
                      SAY(WARN, "level=warn msg=\"retrying upstream\" upstream=payment "
                                "attempt=2 wait_ms=%{log:400-900} request_id=%{hex:16#}"),
                      THEN(ERROR, 10000, 200,
                           "level=error msg=\"payment capture failed\" gateway=stripe "
                           "error=\"context deadline exceeded\" after_ms=10%{int:0-90} "
                           "request_id=%{hex:16#}")),
                  .metadata = "request_id=%{hex:16#}"}}},
    {"app-restarts", "app,web", false, DEMO_ANY, .lasts_s = 420, .lasts_max_s = 900,
     .evident_s = 60, .description = "the application dies at its start, again and again",
     .sources =
         {{"app", NULL, DEMO_STEADY, PER_MINUTE(6),
           .steps = STEPS(
               SAY(INFO, "level=info msg=\"starting\" version=%{version} build=%{hex:7@} "
                         "env=production"),
               THEN(ERROR, 900, 300,
                    "level=fatal msg=\"cannot start\" error=\"config: unexpected end of "
                    "file: /etc/shop/app.yml\""),
               THEN(WARN, 40, 40,
                    "@systemd app.service: Main process exited, code=exited, "
                    "status=1/FAILURE"),
               THEN(WARN, 2, 2, "@systemd app.service: Failed with result 'exit-code'."),
               THEN(INFO, 5000, 200,
                    "@systemd app.service: Scheduled restart job, restart counter is at "
                    "%{int:1-90}."))},
          {"web", NULL, DEMO_STEADY, PER_MINUTE(8), .at_s = 5,
           .steps = STEPS(SAY(ERROR, HIT("%{peer:visitor/6000#}", "GET %{api}", "502",
                                         "552", "%{site}", "%{agent#}")))}}},
    {"php-segfault", "kernel,php", false, DEMO_ANY, .lasts_s = 900, .lasts_max_s = 1800,
     .evident_s = 60, .description = "PHP workers crash with a segmentation fault",
     .sources =
         {{"kernel", NULL, DEMO_STEADY, PER_MINUTE(2),
           .steps = STEPS(
               SAY(INFO, "php-fpm8.2[%{pid#}]: segfault at %{pick:0|18|%{hex:12}} ip "
                         "000055%{hex:10} sp 00007ff%{hex:9} error 4 in opcache.so"
                         "[7f%{hex:10}+%{hex:5}]"),
               IN("php", WARN, 60, 60,
                  "WARNING: [pool www] child %{pid#} exited on signal 11 (SIGSEGV - core "
                  "dumped) after %{dec:9-900} seconds from start"))},
          {"kernel", NULL, DEMO_ONCE,
           .steps = STEPS(SAY(INFO, "php-fpm8.2[%{pid#}]: segfault at 18 ip 000055"
                                    "%{hex:10} sp 00007ff%{hex:9} error 4 in opcache.so"
                                    "[7f%{hex:10}+%{hex:5}]"))}}},
    {"cron-script-fails", "cron", false, DEMO_AT, .at_s = AT(13, 17) + 2,
     .lasts_s = 3 * 3600, .lasts_max_s = 6 * 3600, .evident_s = 60,
     .description = "the hourly script that fetches prices fails since its password was "
                    "changed",
     .sources = {{"cron", NULL, DEMO_CLOCK, .every_s = 3600, .at_s = AT(0, 17) + 2,
                  .steps = STEPS(
                      THEN(ERROR, 2000, 500,
                           "@CRON (root) OUTPUT /etc/cron.hourly/prices: curl: (22) The "
                           "requested URL returned error: 401"),
                      THEN(ERROR, 2, 2,
                           "@CRON (root) OUTPUT run-parts: /etc/cron.hourly/prices "
                           "exited with return code 22"))}}},
    {"time-jump", "kernel", false, DEMO_ANY, .lasts_s = 900, .lasts_max_s = 1200,
     .evident_s = 60, .description = "the clock source is unstable, time jumps",
     .sources =
         {{"kernel", NULL, DEMO_ONCE,
           .steps = STEPS(
               SAY(WARN, "clocksource: timekeeping watchdog on CPU%{int:0-3}: Marking "
                         "clocksource 'tsc' as unstable because the skew is too large:"),
               THEN(WARN, 0, 1,
                    "clocksource: 'hpet' wd_nsec: %{int:490000000-510000000} wd_now: "
                    "%{hex:8} wd_last: %{hex:8} mask: ffffffff"),
               THEN(WARN, 0, 1, "tsc: Marking TSC unstable due to clocksource watchdog"),
               THEN(INFO, 1, 1, "clocksource: Switched to clocksource hpet"),
               THEN(WARN, 60000, 9000,
                    "chronyd[611]: System clock wrong by %{dec:20-90} seconds"))}}},
    {.name = NULL},
};
