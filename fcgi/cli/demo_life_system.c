/* demo_life_system.c - ordinary life of the system itself: logins, cron, kernel. Every
 * address on the internet hears a few guessers an hour. */
#include "fcgi/cli/demo_tables.h"

#define SSH_PEER "%{ip#} port %{port#}"
#define JOB(user, uid, command, wait, spread)                                            \
    THEN(INFO, 1000, 200,                                                                \
         "@CRON pam_unix(cron:session): session opened for user " user "(uid=" uid       \
         ") by (uid=0)"),                                                                \
        THEN(INFO, 2, 4, "@CRON (" user ") CMD (" command ")"),                          \
        THEN(INFO, wait, spread,                                                         \
             "@CRON pam_unix(cron:session): session closed for user " user)

const struct demo_source demo_life_system[] = {
    {"sshd", "guess-user", DEMO_FLAT, 66,
     .steps = STEPS(
         SAY(INFO, "@sshd Invalid user %{login#} from " SSH_PEER),
         THEN(INFO, 20, 40, "@sshd pam_unix(sshd:auth): check pass; user unknown"),
         THEN(INFO, 5, 10,
              "@sshd pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 "
              "tty=ssh ruser= rhost=%{ip#}"),
         THEN(INFO, 1800, 400,
              "@sshd Failed password for invalid user %{login#} from " SSH_PEER " ssh2"),
         THEN(INFO, 300, 600,
              "@sshd Connection closed by invalid user %{login#} " SSH_PEER
              " [preauth]"))},
    {"sshd", "guess-root", DEMO_FLAT, 38,
     .steps = STEPS(
         SAY(INFO,
             "@sshd pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 "
             "tty=ssh ruser= rhost=%{ip#}  user=root"),
         AGAIN(INFO, 1900, 500, 30,
               "@sshd Failed password for root from " SSH_PEER " ssh2"),
         THEN(INFO, 200, 300,
              "@sshd %{pick:Connection closed by|Disconnected from} authenticating user "
              "root " SSH_PEER " [preauth]"))},
    {"sshd", "closed", DEMO_FLAT, 95,
     .steps =
         STEPS(SAY(INFO, "@sshd Connection closed by " SSH_PEER "%{pick:| [preauth]}"))},
    {"sshd", "strange", DEMO_FLAT, 48,
     .steps = STEPS(SAY(
         INFO,
         "@sshd %{pick:error: kex_exchange_identification: Connection closed by remote "
         "host|Unable to negotiate with %{ip} port %{port}: no matching key exchange "
         "method found. Their offer: diffie-hellman-group1-sha1 [preauth]|banner "
         "exchange: Connection from %{ip} port %{port}: invalid format|Connection reset "
         "by %{ip} port %{port}|fatal: Timeout before authentication for %{ip} port "
         "%{port}}"))},
    {"sshd", "admin", DEMO_PEOPLE, 11,
     .steps = STEPS(
         MAYBE(INFO, 0, 300, 9,
               "@sshd Failed password for %{owner#} from %{peer:office/3#} port %{port#} "
               "ssh2"),
         THEN(INFO, 3000, 900,
              "@sshd Accepted publickey for %{owner#} from %{peer:office/3#} port "
              "%{port#} ssh2: ED25519 SHA256:%{owner#}Zq3vK1w9%{hex:4@}"),
         THEN(INFO, 5, 9,
              "@sshd pam_unix(sshd:session): session opened for user %{owner#}"
              "(uid=%{int:1000-1002#}) by (uid=0)"),
         THEN(INFO, 9, 20,
              "@systemd-logind New session %{int:200-9000#} of user %{owner#}."),
         AGAIN(INFO, 20000, 90000, 62,
               "@sudo   %{owner#} : TTY=pts/%{int:0-3#} ; PWD=/home/%{owner#} ; "
               "USER=root ; COMMAND=/usr/bin/%{pick:journalctl -u app -n 200|less "
               "/var/log/mail.log|systemctl status app|apt list --upgradable|tail -f "
               "/var/log/nginx/error.log|systemctl reload nginx|postqueue -p|ss -tlnp|du "
               "-sh /var/log}"),
         THEN(INFO, 60000, 900000,
              "@sshd Received disconnect from %{peer:office/3#} port %{port#}:11: "
              "disconnected by user"),
         THEN(INFO, 2, 3,
              "@sshd Disconnected from user %{owner#} %{peer:office/3#} port %{port#}"),
         THEN(INFO, 2, 3,
              "@sshd pam_unix(sshd:session): session closed for user %{owner#}"),
         THEN(INFO, 9, 20,
              "@systemd-logind Session %{int:200-9000#} logged out. Waiting for "
              "processes to exit."))},
    {"sshd", "offsite", DEMO_CLOCK, .every_s = 3600, .at_s = AT(0, 17),
     .steps =
         STEPS(THEN(INFO, 400, 300,
                    "@sshd Accepted publickey for mirror from 198.51.100.7 port %{port#} "
                    "ssh2: RSA SHA256:mR4t%{hex:6@}"),
               THEN(INFO, 5, 9,
                    "@sshd pam_unix(sshd:session): session opened for user mirror"
                    "(uid=998) by (uid=0)"),
               THEN(INFO, 4000, 20000,
                    "@sshd Received disconnect from 198.51.100.7 port %{port#}:11: "
                    "disconnected by user"),
               THEN(INFO, 2, 3,
                    "@sshd pam_unix(sshd:session): session closed for user mirror"))},
    {"sshd", "deploy", DEMO_PEOPLE, 1,
     .steps = STEPS(
         SAY(INFO,
             "@sshd Accepted publickey for deploy from %{peer:office/3#} port %{port#} "
             "ssh2: ED25519 SHA256:dEpl0y%{hex:6@}"),
         THEN(INFO, 5, 9,
              "@sshd pam_unix(sshd:session): session opened for user deploy(uid=1005) by "
              "(uid=0)"),
         THEN(INFO, 9000, 4000,
              "@sudo   deploy : PWD=/srv/shop ; USER=root ; COMMAND=/usr/bin/systemctl "
              "restart app"),
         IN("app", INFO, 300, 200,
            "level=info msg=\"shutting down\" signal=SIGTERM open_requests=%{log:1-20}"),
         IN("app", INFO, 900, 500,
            "level=info msg=\"starting\" version=%{version} build=%{hex:7} "
            "env=production"),
         IN("app", INFO, 700, 300, "level=info msg=\"listening\" addr=127.0.0.1:8080"),
         IN("php", INFO, 400, 300, "NOTICE: Reloading in progress ..."),
         THEN(INFO, 9000, 9000,
              "@sshd pam_unix(sshd:session): session closed for user deploy"))},

    {"cron", "queue", DEMO_CLOCK, .every_s = 300,
     .steps = STEPS(JOB("www-data", "33",
                        "cd /srv/shop && php bin/console queue:run --quiet", 900, 2500))},
    {"cron", "sysstat", DEMO_CLOCK, .every_s = 600, .at_s = 5 * 60,
     .steps = STEPS(JOB("root", "0",
                        "command -v debian-sa1 > /dev/null && debian-sa1 1 1", 30, 60))},
    {"cron", "sessions", DEMO_CLOCK, .every_s = 1800, .at_s = AT(0, 9),
     .steps =
         STEPS(JOB("root", "0",
                   "  [ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system "
                   "]; then /usr/lib/php/sessionclean; fi",
                   300, 300))},
    {"cron", "hourly", DEMO_CLOCK, .every_s = 3600, .at_s = AT(0, 17),
     .steps = STEPS(
         JOB("root", "0", "   cd / && run-parts --report /etc/cron.hourly", 80, 90))},
    {"cron", "stock", DEMO_CLOCK, .every_s = 900, .at_s = AT(0, 4),
     .steps = STEPS(JOB("www-data", "33",
                        "/srv/shop/bin/import-stock >> /var/log/shop/stock.log 2>&1",
                        4000, 9000))},
    {"cron", "certbot", DEMO_CLOCK, .every_s = 43200, .at_s = AT(3, 17),
     .steps =
         STEPS(JOB("root", "0", "perl -e 'sleep int(rand(43200))' && certbot -q renew",
                   20000, 9000),
               THEN(INFO, 400, 300,
                    "@certbot Certificate not yet due for renewal; no action taken: "
                    "/etc/letsencrypt/live/shop.example.org/fullchain.pem"))},
    {"cron", "backup", DEMO_CLOCK, .every_s = DAY_S, .at_s = AT(1, 4),
     .steps = STEPS(JOB("root", "0", "/usr/local/sbin/nightly-backup", 1900000, 60000))},
    {"cron", "daily", DEMO_CLOCK, .every_s = DAY_S, .at_s = AT(6, 25),
     .steps = STEPS(JOB("root", "0",
                        "test -x /usr/sbin/anacron || { cd / && run-parts --report "
                        "/etc/cron.daily; }",
                        21000, 4000),
                    AGAIN(INFO, 30, 40, 80,
                          "@logrotate rotating log /var/log/%{pick:nginx/access.log|"
                          "mail.log|auth.log|php8.2-fpm.log|shop/app.log|"
                          "postgresql/postgresql-15-main.log}, log->rotateCount is 14"))},
    {"cron", "weekly", DEMO_CLOCK, .every_s = 7 * DAY_S, .at_s = AT(6, 47),
     .steps =
         STEPS(JOB("root", "0",
                   "test -x /usr/sbin/anacron || { cd / && run-parts --report "
                   "/etc/cron.weekly; }",
                   240000, 20000),
               THEN(INFO, 900, 900,
                    "@man-db Purging old database entries in /usr/share/man..."),
               THEN(INFO, 9000, 900, "@fstrim /: %{dec:4-30} GiB trimmed on /dev/sda2"))},
    {"cron", "mdcheck", DEMO_CLOCK, .every_s = 7 * DAY_S, .at_s = AT(0, 57),
     .steps = STEPS(JOB("root", "0",
                        "if [ -x /usr/share/mdadm/checkarray ]; then /usr/share/mdadm/"
                        "checkarray --cron --all --idle --quiet; fi",
                        200, 200),
                    IN("kernel", INFO, 900, 300, "md: data-check of RAID array md0"),
                    IN("kernel", INFO, 9000000, 600000, "md: md0: data-check done."))},

    {"kernel", "ufw", DEMO_FLAT, 1150,
     .steps = STEPS(AGAIN(
         WARN, 100, 2500,
         30,
         "[UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:1c:9a:2e:fe:54:00:1c:9a:2e:08:00 "
         "SRC=%{ip#} DST=203.0.113.10 LEN=%{pick:40|44|60} TOS=0x00 PREC=0x00 "
         "TTL=%{int:38-250} ID=%{int:0-65535} PROTO=%{pick:TCP SPT=%{int:1024-65535} "
         "DPT=%{pick:23|8080|3389|445|5432|6379|2375|%{log:1-65535}} "
         "WINDOW=%{pick:1024|65535|14600} RES=0x00 SYN URGP=0|UDP SPT=%{int:1024-65535} "
         "DPT=%{pick:161|5060|1900|123|%{log:1-65535}} LEN=%{int:8-90}}"))},
    {"kernel", "audit", DEMO_FLAT, 26,
     .steps = STEPS(SAY(INFO,
                        "audit: type=1400 audit(%{epoch}.%{int:100-999}:%{int:100-9000}):"
                        " apparmor=\"ALLOWED\" operation=\"open\" profile=\"/usr/sbin/"
                        "named\" name=\"/proc/%{pid#}/net/route\" pid=%{pid#} comm="
                        "\"isc-net-0000\" requested_mask=\"r\" denied_mask=\"r\""))},
    {"kernel", "hardware", DEMO_FLAT, 7,
     .steps = STEPS(SAY(
         INFO,
         "%{pick:perf: interrupt took too long (%{int:2501-9000} > %{int:2500-8900}), "
         "lowering kernel.perf_event_max_sample_rate to %{int:10-79}000|CPU%{int:0-3}: "
         "Core temperature/speed normal|usb 1-%{int:1-4}: new high-speed USB device "
         "number %{int:3-90} using xhci_hcd|TCP: eth0: Driver has suspect GRO "
         "implementation, TCP performance may be compromised.}"))},
    {"kernel", "link", DEMO_FLAT, 1,
     .steps = STEPS(SAY(WARN, "igb 0000:02:00.0 eth0: igb: eth0 NIC Link is Down"),
                    THEN(INFO, 2500, 900,
                         "igb 0000:02:00.0 eth0: igb: eth0 NIC Link is Up 1000 Mbps Full "
                         "Duplex, Flow Control: RX"))},
    {.name = NULL},
};
