/* demo_life_mail.c - ordinary life of mail (Postfix, Dovecot) and of the name server. */
#include "fcgi/cli/demo_tables.h"

#define TO_RELAY                                                                         \
    "to=<%{id:7#}@%{domain#}>, relay=mx.%{domain#}[%{ip#}]:25, delay=%{dec:1-9}, "       \
    "delays=0.%{int:10-90}/0.01/%{dec:1-3}/%{dec:1-4}, "

const struct demo_source demo_life_mail[] = {
    {"mail", "inbound", DEMO_PEOPLE, 170,
     .steps = STEPS(
         SAY(INFO, "@postfix/smtpd connect from %{mx#}[%{peer:mx/300#}]"),
         THEN(INFO, 300, 500, "@postfix/smtpd %{qid#}: client=%{mx#}[%{peer:mx/300#}]"),
         THEN(INFO, 40, 90,
              "@postfix/cleanup %{qid#}: message-id=<%{id:24#}@%{domain#}>"),
         THEN(INFO, 60, 400,
              "@postfix/qmgr %{qid#}: from=<%{id:8#}@%{domain#}>, "
              "size=%{log:1800-4000000}, nrcpt=%{log:1-4} (queue active)"),
         THEN(INFO, 20, 40,
              "@postfix/smtpd disconnect from %{mx#}[%{peer:mx/300#}] ehlo=2 starttls=1 "
              "mail=1 rcpt=1 data=1 quit=1 commands=7"),
         THEN(INFO, 60, 150,
              "@dovecot lmtp(%{person#}@example.org)<%{pid#}><%{id:22}>: "
              "msgid=<%{id:24#}@%{domain#}>: saved mail to INBOX"),
         THEN(INFO, 4, 9,
              "@postfix/lmtp %{qid#}: to=<%{person#}@example.org>, "
              "relay=mail.example.org[private/dovecot-lmtp], delay=%{dec:1-3}, "
              "delays=0.%{int:30-90}/0.01/0.01/0.%{int:10-90}, dsn=2.0.0, status=sent "
              "(250 2.0.0 <%{person#}@example.org> %{id:22} Saved)"),
         THEN(INFO, 1, 2, "@postfix/qmgr %{qid#}: removed"))},
    {"mail", "outbound", DEMO_PEOPLE, 150,
     .steps = STEPS(
         SAY(INFO, "@postfix/pickup %{qid#}: uid=33 from=<shop@example.org>"),
         THEN(INFO, 5, 20,
              "@postfix/cleanup %{qid#}: message-id=<%{id:20}@shop.example.org>"),
         THEN(INFO, 5, 20,
              "@postfix/qmgr %{qid#}: from=<shop@example.org>, size=%{log:2400-60000}, "
              "nrcpt=1 (queue active)"),
         MAYBE(WARN, 900, 1500, 4,
               "@postfix/smtp %{qid#}: " TO_RELAY
               "dsn=4.7.1, status=deferred (host mx.%{domain#}[%{ip#}] said: 451 4.7.1 "
               "Greylisting in action, please come back later (in reply to RCPT TO "
               "command))"),
         THEN(INFO, 700, 1500,
              "@postfix/smtp %{qid#}: " TO_RELAY
              "dsn=2.0.0, status=sent (250 2.0.0 OK %{epoch} %{id:12} - gsmtp)"),
         THEN(INFO, 1, 2, "@postfix/qmgr %{qid#}: removed"))},
    {"mail", "deferred", DEMO_FLAT, 16,
     .steps = STEPS(
         SAY(WARN,
             "@postfix/smtp %{qid#}: to=<%{id:7#}@%{id:7#}.example.com>, relay=none, "
             "delay=%{log:300-90000#}, delays=%{log:300-90000#}/0.02/%{int:0-30}/0, "
             "dsn=4.4.1, status=deferred (connect to mx.%{id:7#}.example.com[%{ip#}]:25: "
             "Connection timed out)"))},
    {"mail", "bounced", DEMO_PEOPLE, 5,
     .steps = STEPS(
         SAY(WARN,
             "@postfix/smtp %{qid#}: " TO_RELAY
             "dsn=5.1.1, status=bounced (host mx.%{domain#}[%{ip#}] said: 550 5.1.1 The "
             "email account that you tried to reach does not exist)"),
         THEN(INFO, 20, 30,
              "@postfix/bounce %{qid#}: sender non-delivery notification: "
              "4%{id:10}z%{id:4}"))},
    {"mail", "spammer", DEMO_FLAT, 170,
     .steps =
         STEPS(SAY(INFO, "@postfix/smtpd connect from unknown[%{ip#}]"),
               MAYBE(INFO, 700, 900, 60,
                     "@postfix/smtpd NOQUEUE: reject: RCPT from unknown[%{ip#}]: 554 "
                     "5.7.1 Service unavailable; Client host [%{ip#}] blocked using "
                     "zen.spamhaus.org; from=<%{id:8#}@%{domain#}> "
                     "to=<%{person}@example.org> proto=ESMTP helo=<%{id:9#}>"),
               MAYBE(INFO, 300, 900, 25,
                     "@postfix/smtpd lost connection after "
                     "%{pick:AUTH|CONNECT|EHLO|UNKNOWN} from unknown[%{ip#}]"),
               THEN(INFO, 100, 300,
                    "@postfix/smtpd disconnect from unknown[%{ip#}] ehlo=1 mail=1 "
                    "rcpt=0/1 quit=1 commands=3/4"))},
    {"mail", "anvil", DEMO_CLOCK, .every_s = 600, .at_s = 201,
     .steps = STEPS(SAY(INFO, "@postfix/anvil statistics: max connection rate "
                              "%{log:1-6}/60s for (smtp:%{ip}) at %{time:b d H:M:S}"))},
    {"mail", "reading", DEMO_PEOPLE, 520,
     .steps = STEPS(
         SAY(INFO,
             "@dovecot imap-login: Login: user=<%{person#}@example.org>, method=PLAIN, "
             "rip=%{peer:staff/40#}, lip=203.0.113.10, mpid=%{pid#}, TLS, "
             "session=<%{id:16#}>"),
         THEN(INFO, 2000, 400000,
              "@dovecot imap(%{person#}@example.org)<%{pid#}><%{id:16#}>: Disconnected: "
              "Logged out in=%{log:60-9000} out=%{log:400-900000} deleted=0 "
              "expunged=%{log:1-9} trashed=0 hdr_count=%{log:1-90} "
              "hdr_bytes=%{log:300-90000}"))},
    {"mail", "wrong-password", DEMO_FLAT, 26,
     .steps =
         STEPS(SAY(INFO, "@dovecot imap-login: Disconnected: Connection closed (auth "
                         "failed, 1 attempts in %{int:2-9} secs): user=<%{person}@example"
                         ".org>, method=PLAIN, rip=%{ip}, lip=203.0.113.10, TLS, "
                         "session=<%{id:16}>"))},
    {"mail", "sasl", DEMO_FLAT, 30,
     .steps = STEPS(SAY(WARN, "@postfix/smtps/smtpd warning: unknown[%{ip}]: SASL LOGIN "
                              "authentication failed: UGFzc3dvcmQ6"))},

    {"dns", "query", DEMO_PEOPLE, 1500,
     .steps = STEPS(AGAIN(INFO, 2, 60, 35,
                          "client @0x7f%{hex:10} 127.0.0.1#%{port} (%{zone#}): query: "
                          "%{zone#} IN %{pick:A|AAAA|MX|TXT|PTR} +E(0)K (127.0.0.1)"))},
    {"dns", "authority", DEMO_FLAT, 620,
     .steps =
         STEPS(SAY(INFO, "client @0x7f%{hex:10} %{peer:resolver/400}#%{int:1024-65535} "
                         "(%{subdomain#}): query: %{subdomain#} IN %{pick:A|AAAA|MX|"
                         "HTTPS|TXT|CAA} -E(0)DC (203.0.113.10)"))},
    {"dns", "denied", DEMO_FLAT, 45,
     .steps = STEPS(
         AGAIN(INFO, 900, 4000, 30,
               "client @0x7f%{hex:10} %{ip#}#%{int:1024-65535} (%{pick:sl|"
               "cisco.com|isc.org|%{id:6}.com}): query (cache) 'sl/ANY/IN' denied"))},
    {"dns", "lame", DEMO_PEOPLE, 60,
     .steps = STEPS(SAY(INFO, "%{pick:lame server resolving '%{zone}' (in '%{domain}'?)|"
                              "connection refused resolving '%{zone}/A/IN'|SERVFAIL "
                              "unexpected RCODE resolving '%{zone}/AAAA/IN'|timed out "
                              "resolving '%{zone}/A/IN'}: %{ip}#53"))},
    {"dns", "transfer", DEMO_CLOCK, .every_s = 21600, .at_s = AT(2, 40),
     .steps = STEPS(
         THEN(INFO, 500, 900,
              "zone example.org/IN: sending notifies (serial %{time:Ymd}0%{time:H})"),
         THEN(INFO, 300, 500,
              "client @0x7f%{hex:10} 198.51.100.53#%{port#} (example.org): transfer of "
              "'example.org/IN': AXFR-style IXFR started (serial %{time:Ymd}0%{time:H})"),
         THEN(
             INFO, 40, 40,
             "client @0x7f%{hex:10} 198.51.100.53#%{port#} (example.org): transfer of "
             "'example.org/IN': AXFR-style IXFR ended: 1 messages, %{int:58-64} records, "
             "%{int:1800-1990} bytes, 0.001 secs (%{int:1800000-1990000} bytes/sec)"))},
    {"dns", "keys", DEMO_CLOCK, .every_s = DAY_S, .at_s = AT(5, 31),
     .steps = STEPS(SAY(INFO, "managed-keys-zone: Key 20326 for zone . is now trusted "
                              "(acceptance timer complete)"),
                    THEN(INFO, 400, 600, "resolver priming query complete: success"))},
    {.name = NULL},
};
