/* demo_life_web.c - ordinary life of the shop: its web server, PHP and the application. */
#include "fcgi/cli/demo_tables.h"

#define VISITOR "%{peer:visitor/6000#}"
#define FEED(status, bytes)                                                              \
    HIT("%{peer:reader/40#}", "GET /blog/feed.xml", status, bytes, "-",                  \
        "%{pick:Feedly/1.0|Miniflux/2.1.3|FreshRSS/1.24}")
#define LOG(level, text) "level=" level " " text
#define REQUEST          " request_id=%{hex:16#}"

const struct demo_source demo_life_web[] = {
    {"web", "visit", DEMO_PEOPLE, 560,
     .steps = STEPS(SAY(INFO, HIT(VISITOR, "GET %{page#1}", "200", "%{log:6000-90000}",
                                  "%{ref#}", "%{agent#}")),
                    AGAIN(INFO, 60, 250, 68,
                          HIT(VISITOR, "GET %{asset}", "200", "%{log:900-240000}",
                              "https://shop.example.org%{page#1}", "%{agent#}")),
                    MAYBE(INFO, 60, 250, 45,
                          HIT(VISITOR, "GET %{asset}", "304", "0",
                              "https://shop.example.org%{page#1}", "%{agent#}")),
                    AGAIN(INFO, 4000, 22000, 62,
                          HIT(VISITOR, "GET %{page}", "200", "%{log:6000-90000}",
                              "%{site}", "%{agent#}")),
                    MAYBE(INFO, 9000, 20000, 12,
                          HIT(VISITOR, "POST /cart", "302", "0", "%{site}", "%{agent#}")),
                    MAYBE(INFO, 9000, 40000, 5,
                          HIT(VISITOR, "POST /checkout", "302", "0",
                              "https://shop.example.org/cart", "%{agent#}")))},
    {"web", "api", DEMO_PEOPLE, 620,
     .steps = STEPS(AGAIN(INFO, 300, 9000, 60,
                          HIT(VISITOR, "GET %{api}", "200", "%{log:180-14000}", "%{site}",
                              "%{agent#}")))},
    {"web", "health", DEMO_CLOCK, .every_s = 60, .at_s = 12,
     .steps = STEPS(SAY(INFO, HIT("%{peer:monitor/1@}", "GET /healthz", "200", "15", "-",
                                  "Uptime-Kuma/1.23.11")))},
    {"web", "crawler", DEMO_FLAT, 190,
     .steps = STEPS(MAYBE(INFO, 0, 100, 15,
                          HIT("%{peer:crawler/60#}", "GET /robots.txt", "200", "214", "-",
                              "%{crawler#}")),
                    AGAIN(INFO, 900, 8000, 70,
                          HIT("%{peer:crawler/60#}", "GET %{page}", "200",
                              "%{log:6000-90000}", "-", "%{crawler#}")),
                    MAYBE(WARN, 900, 8000, 8,
                          HIT("%{peer:crawler/60#}", "GET /product/%{int:2401-4000}",
                              "404", "4182", "-", "%{crawler#}")))},
    {"web", "feed", DEMO_FLAT, 110,
     .steps = STEPS(MAYBE(INFO, 0, 0, 80, FEED("304", "0")),
                    MAYBE(INFO, 0, 900, 20, FEED("200", "18211")))},
    {"web", "new-crawler", DEMO_FLAT, 45, .after_release = true,
     .steps =
         STEPS(AGAIN(INFO, 700, 3000, 82,
                     HIT("%{peer:newcrawler/6#}", "GET %{page}", "200",
                         "%{log:6000-90000}", "-",
                         "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
                         "GPTBot/1.2; +https://openai.com/gptbot)")))},
    {"web", "moved", DEMO_PEOPLE, 120,
     .steps = STEPS(SAY(INFO, HIT(VISITOR, "GET /shop/%{log:1-2400}", "301", "169",
                                  "%{ref}", "%{agent#}")))},
    {"web", "missing", DEMO_PEOPLE, 90,
     .steps =
         STEPS(SAY(WARN, HIT(VISITOR,
                             "GET %{pick:/favicon.ico|/apple-touch-icon.png|"
                             "/product/%{int:2401-2900}|/img/p/%{log:1-2400}_xl.webp|"
                             "/blog/%{slug}-%{int:1-40}|/assets/app.js.map}",
                             "404", "4182", "%{ref}", "%{agent#}")))},
    {"web", "manual", DEMO_PEOPLE, 30,
     .steps = STEPS(AGAIN(INFO, 100, 700, 45,
                          HIT(VISITOR, "GET /files/manual-%{log:1-240#}.pdf", "206",
                              "%{log:32768-1048576}", "%{site#}", "%{agent#}")))},
    {"web", "denied", DEMO_FLAT, 14,
     .steps = STEPS(SAY(WARN, HIT(VISITOR, "GET %{pick:/account/orders|/admin/}",
                                  "%{pick:403|401}", "1122", "-", "%{agent#}")))},
    {"web", "broken", DEMO_PEOPLE, 12,
     .steps =
         STEPS(SAY(ERROR, HIT(VISITOR, "GET %{pick:%{page}|%{api}}",
                              "%{pick:500|502|504}", "552", "%{site}", "%{agent#}")))},
    {"web", "probe", DEMO_FLAT, 42,
     .steps = STEPS(AGAIN(
         WARN, 200, 1500,
         25,
         HIT("%{ip#}",
             "GET %{pick:/wp-login.php|/xmlrpc.php|/.env|/wp-admin/|/robots.txt.bak|"
             "/phpmyadmin/|/.git/config|/actuator/health|/wp-content/plugins/%{id:6}/}",
             "404", "4182", "-",
             "%{pick:Mozilla/5.0|Mozilla/5.0 zgrab/0.x|python-requests/2.%{int:25-32}.0|"
             "Go-http-client/1.1|curl/7.88.1|Mozilla/5.0 (compatible; "
             "CensysInspect/1.1)}")))},
    {"web", "garbage", DEMO_FLAT, 9,
     .steps =
         STEPS(SAY(WARN, "%{ip} - - [%{clf}] \"\\x16\\x03\\x01\" 400 0 \"-\" \"-\""))},

    {"php", "notice", DEMO_PEOPLE, 260,
     .steps = STEPS(
         AGAIN(WARN, 10, 400, 25,
               "PHP %{pick:Warning:  Undefined array key \"%{pick:utm|ref|color|page}\"|"
               "Deprecated:  Automatic conversion of false to array is deprecated|"
               "Warning:  Undefined variable $%{pick:badge|alt}} in "
               "/srv/shop/%{phpfile#} on line %{int:12-480#}"))},
    {"php", "worker", DEMO_PEOPLE, 190,
     .steps = STEPS(SAY(INFO, "NOTICE: [pool www] child %{pid} exited with code 0 after "
                              "%{log:200-9000}.%{int:100000-999999} seconds from start"),
                    THEN(INFO, 1, 3, "NOTICE: [pool www] child %{pid} started"))},
    {"php", "slow", DEMO_PEOPLE, 34,
     .steps = STEPS(
         SAY(WARN,
             "WARNING: [pool www] child %{pid#}, script '/srv/shop/public/index.php' "
             "(request: \"GET /index.php?%{pick:q=%{query}|page=%{log:1-30}}\") "
             "executing too slow (%{dec:3-7} sec), logging"),
         THEN(INFO, 2, 5, "NOTICE: child %{pid#} stopped for tracing"),
         THEN(INFO, 2, 5, "NOTICE: finished trace of %{pid#}"))},
    {"php", "sessions", DEMO_CLOCK, .every_s = 1800, .at_s = AT(0, 9),
     .steps = STEPS(THEN(INFO, 900, 300,
                         "sessionclean: %{log:4-400} expired of %{log:800-5000} session "
                         "files removed"))},
    {"php", "rotate", DEMO_CLOCK, .every_s = DAY_S, .at_s = AT(6, 25),
     .steps = STEPS(THEN(INFO, 4100, 500, "NOTICE: error log file re-opened"),
                    THEN(INFO, 3, 4, "NOTICE: access log file re-opened"))},

    {"app", "request", DEMO_PEOPLE, 3600,
     .steps =
         STEPS(SAY(INFO, LOG("info", "msg=\"request\" method=GET path=%{api} status=200 "
                                     "duration_ms=%{log:3-700}" REQUEST))),
     .metadata = "request_id=%{hex:16#}"},
    {"app", "order", DEMO_PEOPLE, 150,
     .steps = STEPS(
         SAY(INFO, LOG("info", "msg=\"cart created\" cart=%{hex:12#}" REQUEST)),
         AGAIN(DEBUG, 4000, 20000, 55,
               LOG("debug",
                   "msg=\"cart item added\" cart=%{hex:12#} product=%{log:1-2400} "
                   "qty=%{log:1-6}" REQUEST)),
         MAYBE(INFO, 9000, 60000, 70,
               LOG("info", "msg=\"checkout started\" cart=%{hex:12#} items=%{log:1-9} "
                           "total=%{log:9-900}.%{pick:90|00|50|95}" REQUEST)),
         THEN(INFO, 4000, 30000,
              LOG("info",
                  "msg=\"payment authorised\" gateway=%{pick:stripe|paypal|klarna} "
                  "took_ms=%{log:220-2600}" REQUEST)),
         THEN(INFO, 40, 80,
              LOG("info", "msg=\"order placed\" order=%{int:41000-69000#} user=%{buyer#} "
                          "ship_to=\"%{address}\"" REQUEST)),
         THEN(INFO, 8, 30,
              LOG("info", "msg=\"mail queued\" kind=order_confirmation "
                          "order=%{int:41000-69000#}" REQUEST))),
     .metadata = "request_id=%{hex:16#} user=%{buyer#}"},
    {"app", "login", DEMO_PEOPLE, 210,
     .steps = STEPS(
         MAYBE(WARN, 0, 50, 11,
               LOG("warn", "msg=\"login failed\" user=%{buyer#} reason=bad_password "
                           "ip=%{peer:visitor/6000#}" REQUEST)),
         THEN(INFO, 3000, 9000,
              LOG("info",
                  "msg=\"login ok\" user=%{buyer#} ip=%{peer:visitor/6000#}" REQUEST))),
     .metadata = "request_id=%{hex:16#} user=%{buyer#}"},
    {"app", "cache", DEMO_CLOCK, .every_s = 60, .at_s = 31,
     .steps =
         STEPS(SAY(DEBUG, LOG("debug", "msg=\"cache\" hits=%{log:200-9000} "
                                       "misses=%{log:10-900} evicted=%{log:1-60}")))},
    {"app", "queue", DEMO_CLOCK, .every_s = 300, .at_s = 2,
     .steps = STEPS(THEN(INFO, 900, 2500,
                         LOG("info", "msg=\"queue run finished\" jobs=%{log:1-60} "
                                     "failed=0 took_ms=%{log:120-9000}")))},
    {"app", "retry", DEMO_PEOPLE, 42,
     .steps = STEPS(
         SAY(WARN, LOG("warn", "msg=\"retrying upstream\" "
                               "upstream=%{pick:geocoder|carrier|vat} attempt=%{log:2-4} "
                               "wait_ms=%{log:100-900}" REQUEST))),
     .metadata = "request_id=%{hex:16#}"},
    {"app", "error", DEMO_PEOPLE, 34,
     .steps = STEPS(SAY(
         ERROR,
         LOG("error", "%{pick:msg=\"validation failed\" field=%{pick:email|zip|vat_id}|"
                      "msg=\"payment declined\" gateway=stripe code=%{pick:card_declined|"
                      "insufficient_funds|expired_card}|msg=\"image not readable\" "
                      "file=%{id:8}.heic|msg=\"csrf token mismatch\" path=/checkout|"
                      "msg=\"address not found\" zip=%{int:1000-99999}}" REQUEST))),
     .metadata = "request_id=%{hex:16#}"},
    {"app", "recommend", DEMO_PEOPLE, 420, .after_release = true,
     .steps = STEPS(
         SAY(INFO, LOG("info", "msg=\"recommendation served\" product=%{log:1-2400} "
                               "n=%{log:1-12} model=rec%{pick:3|4} "
                               "took_ms=%{log:2-90}" REQUEST))),
     .metadata = "request_id=%{hex:16#}"},
    {"web", "recommend", DEMO_PEOPLE, 260, .after_release = true,
     .steps =
         STEPS(SAY(INFO, HIT(VISITOR, "GET /api/v2/recommendations?product=%{log:1-2400}",
                             "200", "%{log:300-3000}", "%{site}", "%{agent#}")))},
    {.name = NULL},
};
