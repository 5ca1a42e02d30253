/* line_head.h - what the readers of line.c's formats share; for line*.c only. */
#ifndef CORE_LINE_HEAD_H
#define CORE_LINE_HEAD_H

#include "fcgi/core/line.h"

enum { LINE_PAIRS_MAX = 16 };

/* The columns of a W3C extended log that make an access log's line. */
enum w3c_column {
    W3C_DATE,
    W3C_TIME,
    W3C_METHOD,
    W3C_PATH,
    W3C_QUERY,
    W3C_USER,
    W3C_CLIENT,
    W3C_AGENT,
    W3C_REFERER,
    W3C_STATUS,
    W3C_BYTES,
    W3C_VERSION,
    W3C_HOST
};
enum { W3C_COLUMNS = W3C_HOST + 1 };

struct line_pair {
    const char *key;
    struct str value;
};

/* What stands before the message. A reader gets it zeroed but for the text. */
struct line_head {
    struct str text; /* the whole record */
    enum line_format format;
    struct str time; /* its text; n == 0: the line has none */
    int64_t event_us;
    bool time_read;  /* time was understood: event_us is set */
    bool time_zoned; /* and it names its zone */
    struct str service;
    enum level level;    /* LEVEL_UNKNOWN: not said */
    const char *message; /* where it begins; NULL: the whole line */
    struct line_pair metadata[LINE_PAIRS_MAX];
    size_t metadata_n;
    struct str w3c[W3C_COLUMNS]; /* LINE_W3C; empty: "-", or not in the line */
};

/* The readers: is the line of this format? line is the first line of the record. What is
 * in *h after a false means nothing. */
typedef bool (*line_reader_fn)(struct str line, const struct line_context *context,
                               struct line_head *h);
bool line_read_syslog(struct str line, const struct line_context *context,
                      struct line_head *h);
bool line_read_access(struct str line, const struct line_context *context,
                      struct line_head *h);
bool line_read_error_log(struct str line, const struct line_context *context,
                         struct line_head *h);
bool line_read_w3c(struct str line, const struct line_context *context,
                   struct line_head *h);
bool line_read_packages(struct str line, const struct line_context *context,
                        struct line_head *h);

/* Message and time of a LINE_W3C, in a. ERR_NOMEM. */
enum err_code line_w3c_record(struct arena *a, const struct line_head *h,
                              struct record *out, struct err *e) MUST_USE;

/* Does s begin as the pattern says: 'd' is a digit, 'a' a letter, all else itself? */
bool line_shape(struct str s, const char *pattern);

/* Takes what comes before the next blank, and the blank. */
struct str line_take_word(struct str *s);

/* Adds a pair to the metadata if the value is not empty or "-". */
void line_add(struct line_head *h, const char *key, struct str value);

/* --- times at the beginning of *s: taken if the form is there, understood or not --- */

/* 2026-11-22T10:00:00.123+01:00 and its kin; 2026/11/22 10:00:00 */
bool line_take_iso(struct str *s, const struct line_context *c, struct line_head *h);
/* Nov 22 10:00:00: the latest year that is not more than a day ahead of now */
bool line_take_bsd(struct str *s, const struct line_context *c, struct line_head *h);
/* Sun Nov 22 10:00:00.123456 2026 */
bool line_take_ctime(struct str *s, const struct line_context *c, struct line_head *h);
/* 22/Nov/2026:10:00:00 +0100 */
bool line_take_clf(struct str *s, const struct line_context *c, struct line_head *h);
/* 22-Nov-2026 10:00:00.123; PHP's " UTC]" after it is understood */
bool line_take_php(struct str *s, const struct line_context *c, struct line_head *h);
/* 1795348848.123 followed by a blank: not before the year 2000 nor a day ahead of now */
bool line_take_epoch(struct str *s, const struct line_context *c, struct line_head *h);

/* --- levels --- */

/* One that text begins with: "ERROR: ", "[warn] ", "<Error> ", "FATAL " (bare: capitals
 * only). *after is what follows it and the marks behind it. */
enum level line_level_first(struct str text, struct str *after);

/* The same, or a bare level, one in brackets or one before a colon among the first words,
 * as loggers write that put a thread or a name before it; *after is then text itself. */
enum level line_level_near(struct str text, struct str *after);

#endif
