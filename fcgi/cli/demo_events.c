/* demo_events.c - what is planned on the demo's host, once a week: a reboot, a release and
 * the upgrade of some packages. Each brings messages that were not there before. */
#include "fcgi/cli/demo_tables.h"

#define BOOT(text) THEN(INFO, 40, 160, text)

const struct demo_event demo_events[] = {
    {"reboot", .day = 2, .from_s = AT(4, 30), .to_s = AT(5, 30), .lasts_s = 900,
     .dark_s = 5, .dark_to_s = 46, .description = "planned reboot into a new kernel",
     .source =
         {"kernel", NULL, DEMO_ONCE,
          .steps = STEPS(
              IN("sshd", INFO, 0, 1,
                 "@sudo     anna : TTY=pts/0 ; PWD=/root ; USER=root ; "
                 "COMMAND=/usr/sbin/shutdown -r now"),
              IN("sshd", INFO, 400, 90, "@systemd-logind System is rebooting."),
              IN("app", INFO, 600, 200,
                 "level=info msg=\"shutting down\" signal=SIGTERM "
                 "open_requests=%{log:1-20}"),
              IN("php", INFO, 90, 50, "NOTICE: Finishing ..."),
              IN("php", INFO, 90, 50, "NOTICE: exiting, bye-bye!"),
              IN("mail", INFO, 90, 50, "@postfix/master terminating on signal 15"),
              IN("dns", INFO, 90, 50, "shutting down"),
              IN("dns", INFO, 90, 50, "exiting"),
              IN("database", INFO, 90, 50, "LOG:  received fast shutdown request"),
              IN("database", INFO, 90, 50, "LOG:  aborting any active transactions"),
              IN("database", INFO, 900, 200, "LOG:  database system is shut down"),
              IN("sshd", INFO, 90, 50, "@sshd Received signal 15; terminating."),
              BOOT("systemd-shutdown[1]: Syncing filesystems and block devices."),
              THEN(INFO, 31000, 900,
                   "Linux version 6.1.0-28-amd64 (debian-kernel@lists.debian.org) "
                   "(gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1 SMP "
                   "PREEMPT_DYNAMIC Debian 6.1.119-1"),
              BOOT("Command line: BOOT_IMAGE=/boot/vmlinuz-6.1.0-28-amd64 root=/dev/sda2 "
                   "ro quiet"),
              BOOT("BIOS-provided physical RAM map:"),
              AGAIN(INFO, 1, 2, 80,
                    "BIOS-e820: [mem 0x%{hex:16}-0x%{hex:16}] %{pick:usable|"
                    "reserved|ACPI data}"),
              BOOT("DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2 04/01/2014"),
              BOOT("tsc: Detected 2894.%{int:100-999} MHz processor"),
              BOOT("Memory: 8041%{int:100-999}K/8388608K available"),
              BOOT("smpboot: CPU0: Intel Xeon Processor (family: 0x6, model: 0x55)"),
              BOOT("PCI: Using configuration type 1 for base access"),
              AGAIN(INFO, 10, 40, 75,
                    "pci 0000:00:%{hex:2}.0: [8086:%{hex:4}] type 00 class 0x%{hex:6}"),
              BOOT("ata1: SATA link up 1.5 Gbps (SStatus 113 SControl 300)"),
              BOOT("ata1.00: ATA-7: QEMU HARDDISK, 2.5+, max UDMA/100"),
              BOOT("sd 0:0:0:0: [sda] 419430400 512-byte logical blocks: (215 GB/200 "
                   "GiB)"),
              BOOT("EXT4-fs (sda2): mounted filesystem with ordered data mode. Quota "
                   "mode: none."),
              BOOT("systemd[1]: Detected virtualization kvm."),
              BOOT("md/raid1:md0: active with 2 out of 2 mirrors"),
              BOOT("EXT4-fs (sda2): re-mounted. Quota mode: none."),
              BOOT("igb 0000:02:00.0 eth0: igb: eth0 NIC Link is Up 1000 Mbps Full "
                   "Duplex, Flow Control: RX"),
              BOOT("IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready"),
              IN("sshd", INFO, 600, 200, "@sshd Server listening on 0.0.0.0 port 22."),
              IN("sshd", INFO, 1, 2, "@sshd Server listening on :: port 22."),
              IN("cron", INFO, 90, 50, "@cron (CRON) INFO (pidfile fd = 3)"),
              IN("cron", INFO, 9, 5, "@cron (CRON) INFO (Running @reboot jobs)"),
              IN(
                  "dns", INFO, 300, 90,
                  "starting BIND 9.18.28-1~deb12u2-Debian (Extended Support Version) "
                  "<id:>"),
              IN("dns", INFO, 300, 90, "all zones loaded"),
              IN("dns", INFO, 1, 2, "running"),
              IN(
                  "database", INFO, 300, 90,
                  "LOG:  starting PostgreSQL 15.8 (Debian 15.8-0+deb12u1) on "
                  "x86_64-pc-linux-gnu"),
              IN(
                  "database", INFO, 9, 9,
                  "LOG:  listening on IPv4 address \"127.0.0.1\", port 5432"),
              IN(
                  "database", INFO, 90, 50,
                  "LOG:  database system was shut down at %{time:Y-m-d H:M} UTC"),
              IN(
                  "database", INFO, 90, 50,
                  "LOG:  database system is ready to accept connections"),
              IN(
                  "mail", INFO, 300, 90,
                  "@postfix/master daemon started -- version 3.7.11, configuration "
                  "/etc/postfix"),
              IN(
                  "mail", INFO, 90, 50,
                  "@dovecot master: Dovecot v2.3.19.1 (9b53102964) starting up for imap, "
                  "lmtp"),
              IN("php", INFO, 300, 90, "NOTICE: fpm is running, pid %{int:700-990}"),
              IN("php", INFO, 9, 5, "NOTICE: ready to handle connections"),
              IN(
                  "app", INFO, 900, 400,
                  "level=info msg=\"starting\" version=%{version} build=%{hex:7} "
                  "env=production"),
              IN(
                  "app", INFO, 700, 300,
                  "level=info msg=\"listening\" addr=127.0.0.1:8080"))}},
    {DEMO_RELEASE, .day = 3, .from_s = AT(9, 30), .to_s = AT(15, 0), .lasts_s = 2 * 3600,
     .description = "release of the application: new messages from app, web and database",
     .source = {"app", NULL, DEMO_ONCE,
                .steps = STEPS(
                    IN("sshd", INFO, 0, 1,
                       "@sshd Accepted publickey for deploy from %{peer:office/3#} port "
                       "%{port#} ssh2: ED25519 SHA256:dEpl0y%{hex:6#}"),
                    IN("sshd", INFO, 5, 9,
                       "@sshd pam_unix(sshd:session): session opened for user "
                       "deploy(uid=1005) by (uid=0)"),
                    IN("database", INFO, 5000, 3000,
                       "LOG:  statement: ALTER TABLE products ADD COLUMN recommended "
                       "integer[]"),
                    IN("database", INFO, 900, 900,
                       "LOG:  statement: CREATE INDEX CONCURRENTLY "
                       "orders_customer_product ON order_items (customer_id, "
                       "product_id)"),
                    THEN(INFO, 9000, 3000,
                         "level=info msg=\"migration applied\" name=2026_"
                         "%{time:m_d}_recommendations took_ms=%{log:200-9000}"),
                    IN("sshd", INFO, 900, 300,
                       "@sudo   deploy : PWD=/srv/shop ; USER=root ; "
                       "COMMAND=/usr/bin/systemctl restart app"),
                    THEN(INFO, 300, 200,
                         "level=info msg=\"shutting down\" signal=SIGTERM "
                         "open_requests=%{log:1-20}"),
                    THEN(INFO, 900, 500,
                         "level=info msg=\"starting\" version=%{version} build=%{hex:7} "
                         "env=production"),
                    THEN(INFO, 300, 500,
                         "level=info msg=\"feature enabled\" name=recommendations "
                         "share=0.5"),
                    THEN(INFO, 700, 300,
                         "level=info msg=\"listening\" addr=127.0.0.1:8080"),
                    IN("php", INFO, 400, 300, "NOTICE: Reloading in progress ..."),
                    IN("php", INFO, 40, 30, "NOTICE: fpm is running, pid %{int:700-990}"),
                    IN("php", INFO, 9, 5, "NOTICE: ready to handle connections"),
                    IN("sshd", INFO, 9000, 9000,
                       "@sshd pam_unix(sshd:session): session closed for user deploy"))}},
    {"upgrade", .day = 4, .from_s = AT(6, 35), .to_s = AT(7, 0), .lasts_s = 900,
     .description = "security upgrade of OpenSSH, PostgreSQL and BIND: they restart",
     .source =
         {"cron", NULL, DEMO_ONCE,
          .steps = STEPS(
              SAY(INFO,
                  "@unattended-upgrade Packages that will be upgraded: bind9 bind9-libs "
                  "openssh-server openssh-client postgresql-15"),
              IN("sshd", INFO, 14000, 3000, "@sshd Received signal 15; terminating."),
              IN("sshd", INFO, 300, 90, "@sshd Server listening on 0.0.0.0 port 22."),
              IN("sshd", INFO, 1, 2, "@sshd Server listening on :: port 22."),
              IN("dns", INFO, 9000, 900, "shutting down"),
              IN("dns", INFO, 90, 50, "exiting"),
              IN("dns", INFO, 300, 90,
                 "starting BIND 9.18.33-1~deb12u2-Debian (Extended Support Version) "
                 "<id:>"),
              IN("dns", INFO, 300, 90, "all zones loaded"),
              IN("dns", INFO, 1, 2, "running"),
              IN("database", INFO, 9000, 900, "LOG:  received fast shutdown request"),
              IN("database", INFO, 900, 200, "LOG:  database system is shut down"),
              IN("database", INFO, 900, 90,
                 "LOG:  starting PostgreSQL 15.10 (Debian 15.10-0+deb12u1) on "
                 "x86_64-pc-linux-gnu"),
              IN("database", INFO, 90, 50,
                 "LOG:  database system is ready to accept connections"),
              THEN(INFO, 4000, 900, "@unattended-upgrade All upgrades installed"))}},
    {.name = NULL},
};
