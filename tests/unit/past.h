/* past.h - for tests of what reads history: files and stores made of it. */
#ifndef TESTS_PAST_H
#define TESTS_PAST_H

#include "fcgi/base/clock.h"
#include "sql/store_incidents.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/streams.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

#define PAST_US (INT64_C(29922480) * CLOCK_MINUTE_US) /* 2026-11-22T12:00:00Z */
enum { PAST_RECORDS = 20 };

static inline void past_put(const char *path, const char *mode, const char *text)
{
    FILE *f = fopen(path, mode);
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    ck_assert_int_eq(fclose(f), 0);
}

/* An ordinary message of a small shop, another one for each number, of few kinds. */
static inline void past_message(int64_t i, char *out, size_t size)
{
    static const char *const kinds[][2] = {{"session", "opened for user alice"},
                                           {"order", "paid with card"},
                                           {"sent mail to customer", "at last"},
                                           {"cache refreshed in", "ms by the timer"}};
    i += 11000; /* it may be negative */
    const char *const *kind = kinds[i * 7 % 11 < 4 ? i * 7 % 11 : 0];
    snprintf(out, size, "%s %lld %s", kind[0], (long long)(i * 31 % 1009), kind[1]);
}

/* Batch number i as a line of a file: ordinary, a second after the one before it. */
static inline void past_line(int64_t i, const char *label, char *out, size_t size)
{
    char when[CLOCK_TEXT_BYTES], message[128];
    int n = snprintf(out, size, "{%s\"logs\":[", label);
    for (int64_t k = 0; k < PAST_RECORDS; k++) {
        past_message(i + k, message, sizeof message);
        struct str at = clock_format(PAST_US + i * CLOCK_SECOND_US, when);
        n += snprintf(out + n, size - (size_t)n,
                      "%s{\"timestamp\":\"%.*s\",\"service\":\"shop\",\"level\":\"INFO\","
                      "\"message\":\"%s\"}",
                      k ? "," : "", STR_ARGS(at), message);
    }
    snprintf(out + n, size - (size_t)n, "]}\n");
}

/* n of them from number `from` on, at the end of the file. */
static inline void past_add_lines(const char *path, int64_t from, int64_t n)
{
    char line[8192];
    for (int64_t i = 0; i < n; i++) {
        past_line(from + i, "", line, sizeof line);
        past_put(path, "a", line);
    }
}

/* A store of n batches, each a second after the one before it and received then. Those in
 * odd..odd+odd_n-1 have failed logins, and if raised an incident. */
struct past_store {
    int64_t n, odd, odd_n;
    bool raised;
};

static inline int64_t past_incident(struct store *s, int64_t at_us)
{
    int64_t id;
    struct err e;
    struct store_incident i = {.core = {0, at_us, at_us, 1, .9},
                               .detected_us = at_us,
                               .threshold = .8,
                               .key = STR("failed_logins|shop"),
                               .service = STR("shop"),
                               .summary = STR("shop: failed logins"),
                               .features = STR("{}"),
                               .reasons = STR("[]")};
    ck_assert(!store_put_incident(s, &i, &id, &e));
    return id;
}

static inline void past_fill(struct store *s, const struct past_store *p)
{
    static char messages[PAST_RECORDS][128];
    struct record r[PAST_RECORDS];
    struct store_batch_ids ids;
    struct err e;
    int64_t incident =
        p->raised ? past_incident(s, PAST_US + p->odd * CLOCK_SECOND_US) : 0;
    for (int64_t i = 0; i < p->n; i++) {
        bool odd = i >= p->odd && i < p->odd + p->odd_n;
        int64_t at = PAST_US + i * CLOCK_SECOND_US;
        for (int64_t k = 0; k < PAST_RECORDS; k++) {
            past_message(i + k, messages[k], sizeof messages[k]);
            r[k] = (struct record){.timestamp = STR("2026-11-22T12:00:00Z"),
                                   .service = STR("shop"),
                                   .level = odd ? STR("ERROR") : STR("INFO"),
                                   .message = odd ? STR("Failed password for root")
                                                  : str_of(messages[k]),
                                   .metadata = STR("{}"),
                                   .event_us = at};
        }
        struct store_batch b = {.received_us = at,
                                .records = r,
                                .n = PAST_RECORDS,
                                .scorer = "in-process",
                                .scored = true,
                                .incident_id = odd ? incident : 0};
        ck_assert(!store_add_batch(s, &b, &ids, &e));
    }
}

static inline void past_store(const char *path, const struct past_store *p)
{
    struct store *s = NULL;
    struct err e;
    ck_assert_msg(!store_open_writer(path, 0, &s, &e), "%s", e.msg);
    ck_assert(!store_begin(s, clock_mono_us() + 10 * CLOCK_SECOND_US, &e));
    past_fill(s, p);
    ck_assert(!store_commit(s, &e));
    store_close(s);
}

/* Runs a verb with what it prints going to the file `out`. */
static inline int past_run(int (*verb)(int, char **), const char *out,
                           const char *const *args)
{
    char *argv[16] = {NULL}, *own[16] = {NULL}; /* the verb changes the order of argv */
    int argc = 0;
    for (; args[argc]; argc++) {
        argv[argc] = own[argc] = strdup(args[argc]);
    }
    int before = streams_to(STDOUT_FILENO, out);
    int status = verb(argc, argv);
    streams_back(STDOUT_FILENO, before);
    for (int i = 0; i < argc; i++) {
        free(own[i]);
    }
    return status;
}

/* A file as a text, of the caller. */
static inline char *past_text(const char *path)
{
    size_t n = 0;
    char *text = NULL;
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    if (getdelim(&text, &n, '\0', f) < 0) {
        free(text);
        text = strdup("");
    }
    fclose(f);
    return text;
}

#endif
