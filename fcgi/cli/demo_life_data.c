/* demo_life_data.c - ordinary life of the database and of the backups. */
#include "fcgi/cli/demo_tables.h"

const struct demo_source demo_life_data[] = {
    {"database", "checkpoint", DEMO_CLOCK, .every_s = 300, .at_s = 47,
     .steps = STEPS(
         SAY(INFO, "LOG:  checkpoint starting: time"),
         THEN(INFO, 9000, 30000,
              "LOG:  checkpoint complete: wrote %{log:8-3000} buffers (%{dec:1-9}%); 0 "
              "WAL file(s) added, 0 removed, %{log:1-4} recycled; write=%{dec:9-200#} s, "
              "sync=0.%{int:1-90} s, total=%{dec:9-200#} s; sync files=%{log:2-90}, "
              "longest=0.00%{int:1-9} s, average=0.001 s; distance=%{log:200-30000} kB, "
              "estimate=%{log:9000-40000} kB"))},
    {"database", "session", DEMO_PEOPLE, 420,
     .steps =
         STEPS(SAY(INFO, "LOG:  connection received: host=127.0.0.1 port=%{port#}"),
               THEN(INFO, 3, 6,
                    "LOG:  connection authorized: user=shop database=shop "
                    "application_name=%{pick:shop-web|shop-queue|shop-admin} SSL enabled "
                    "(protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)"),
               THEN(INFO, 60000, 600000,
                    "LOG:  disconnection: session time: "
                    "0:%{int:10-59}:%{int:10-59}.%{int:100-999} user=shop database=shop "
                    "host=127.0.0.1 port=%{port#}"))},
    {"database", "slow", DEMO_PEOPLE, 150,
     .steps = STEPS(SAY(INFO, "LOG:  duration: %{dec:250-1600} ms  execute <unnamed>: "
                              "%{statement}"))},
    {"database", "vacuum", DEMO_FLAT, 70,
     .steps = STEPS(
         SAY(INFO,
             "LOG:  automatic vacuum of table \"shop.public.%{sqlname#}\": index scans: "
             "%{pick:0|1}, pages: 0 removed, %{log:40-90000} remain, %{log:10-9000} "
             "scanned, tuples: %{log:20-60000} removed, %{log:900-900000} remain, 0 are "
             "dead but not yet removable"),
         MAYBE(
             INFO, 90, 400, 70,
             "LOG:  automatic analyze of table \"shop.public.%{sqlname#}\" system usage: "
             "CPU: user: 0.%{int:10-99} s, system: 0.0%{int:1-9} s, elapsed: %{dec:1-4} "
             "s"))},
    {"database", "temporary", DEMO_PEOPLE, 22,
     .steps = STEPS(SAY(INFO, "LOG:  temporary file: path \"base/pgsql_tmp/pgsql_tmp"
                              "%{pid}.%{int:0-9}\", size %{log:4200000-90000000}"))},
    {"database", "error", DEMO_PEOPLE, 16,
     .steps = STEPS(
         SAY(ERROR,
             "ERROR:  %{pick:duplicate key value violates unique constraint "
             "\"%{pick:customers_email_key|cart_items_pkey}\"|canceling statement due to "
             "statement timeout|invalid input syntax for type integer: \"%{id:4}\"|could "
             "not serialize access due to concurrent update}"))},
    {"database", "reset", DEMO_PEOPLE, 10,
     .steps =
         STEPS(SAY(INFO, "LOG:  could not receive data from client: Connection reset by "
                         "peer"))},

    {"backup", "wal", DEMO_FLAT, 190,
     .steps =
         STEPS(SAY(INFO, "wal-push: archived 000000010000%{HEX:4@}000000%{HEX:2} "
                         "size=16777216 stored=%{log:400000-9000000} in %{dec:1-4} s"))},
    {"backup", "dump", DEMO_CLOCK, .every_s = DAY_S, .at_s = AT(1, 5),
     .steps = STEPS(
         THEN(INFO, 1200, 300, "pg_dump: saving search_path ="),
         AGAIN(INFO, 400, 4000, 86,
               "pg_dump: dumping contents of table \"public.%{sqlname}\""),
         THEN(INFO, 900, 900, "dump shop: %{int:1480-1720} MiB in %{int:130-210} s"))},
    {"backup", "restic", DEMO_CLOCK, .every_s = DAY_S, .at_s = AT(1, 30),
     .steps =
         STEPS(THEN(INFO, 1500, 300,
                    "repository 4f2a1c77 opened (version 2, compression level auto)"),
               THEN(INFO, 4000, 900, "using parent snapshot %{hex:8}"),
               THEN(INFO, 140000, 40000,
                    "Files:       %{int:210-900} new,  %{int:900-2900} changed, "
                    "%{int:182100-184900} unmodified"),
               THEN(INFO, 1, 2,
                    "Dirs:        %{int:8-90} new,  %{int:310-900} changed, "
                    "%{int:21100-21900} unmodified"),
               THEN(INFO, 1, 2,
                    "Added to the repository: %{int:1600-2900}.%{int:100-999} MiB "
                    "(%{int:800-1400}.%{int:100-999} MiB stored)"),
               THEN(INFO, 1, 2,
                    "processed %{int:183400-188700} files, 48.%{int:100-999} GiB in "
                    "%{int:2-4}:%{int:10-59}"),
               THEN(INFO, 1, 2, "snapshot %{hex:8} saved"),
               THEN(INFO, 30000, 9000, "keep 14 snapshots: 7 daily, 4 weekly, 3 monthly"),
               THEN(INFO, 900, 300, "1 snapshots have been removed"))},
    {"backup", "prune", DEMO_CLOCK, .every_s = 7 * DAY_S, .at_s = AT(3, 10),
     .steps = STEPS(
         THEN(INFO, 900, 300, "loading indexes..."),
         THEN(INFO, 90000, 20000, "to delete: %{int:9000-24000} blobs / %{dec:4-19} GiB"),
         THEN(INFO, 200000, 50000,
              "total prune: %{dec:4-19} GiB; remaining: %{int:190-240}.%{int:100-999} "
              "GiB; unused size after prune: 0 B (0.00% of remaining size)"))},
    {.name = NULL},
};
