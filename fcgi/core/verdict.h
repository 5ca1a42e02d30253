/* verdict.h - what the detector says of a batch, of a service's minute or of a session. */
#ifndef CORE_VERDICT_H
#define CORE_VERDICT_H

#include "fcgi/base/json.h"
#include "fcgi/core/record.h"

/* What was odd. The names, for JSON and for incidents' keys, are in channel_name. */
enum channel {
    CHANNEL_FAILED_LOGINS,  /* more failed logins than usual */
    CHANNEL_ERROR_SHARE,    /* more errors than usual */
    CHANNEL_SIGNATURE,      /* a value that looks like an attack */
    CHANNEL_NEW_TEMPLATE,   /* messages of a kind that was never seen */
    CHANNEL_NEW_FAILURE,    /* the same, and they speak of failure */
    CHANNEL_TEMPLATE_COUNT, /* a known kind of message, far more often than usual */
    CHANNEL_COMBINATION,    /* kinds of messages in numbers that never came together */
    CHANNEL_NEW_VALUE,      /* a value never seen where few values occur */
    CHANNEL_ODD_VALUE,      /* a value spelled unlike all others at its place */
    CHANNEL_RARE,           /* several rare things at once */
    CHANNEL_VOLUME,         /* more records than usual */
    CHANNEL_OVERDUE         /* what came at even intervals stays away */
};
enum { CHANNELS_N = CHANNEL_OVERDUE + 1 };

enum {
    VERDICT_REASONS_MAX = 3,
    REASON_TEXT_BYTES = 640,
    REASON_TEMPLATE_BYTES = 256,
    REASON_VALUE_BYTES = 256,
    REASON_RECORDS_MAX = 1000, /* named one by one; more are only counted */
    VERDICT_TEMPLATES_MAX = 16,
    MODEL_VERSION_BYTES = 64
};

struct reason {
    enum channel channel;
    double evidence; /* -log10 of p, the chance of this much or more when all is well */
    double observed, expected; /* in the channel's own unit, named in the text */
    int64_t of;                /* observed in so many records; 0: it is no such count */
    int64_t usual_max; /* not more than this in 99 of 100 ordinary cases; -1: no count */
    uint64_t template_id;                      /* 0: not about a template */
    char template_text[REASON_TEMPLATE_BYTES]; /* "" */
    char value[REASON_VALUE_BYTES];            /* the odd value; "": not about one */
    /* The records it points to, ascending: indexes in the batch, or ids in the store for
     * what spans batches. The arena's. records_total counts those not listed, too. */
    const int64_t *records;
    size_t records_n;
    int64_t records_total;
    bool stored;                  /* records are ids in the store */
    char text[REASON_TEXT_BYTES]; /* one sentence, UTF-8 */
};

struct verdict {
    double raw_score, score; /* 0..1; raw: before the alarm budget */
    double
        ordinary_a_week; /* crossings as unusual as this one that an ordinary week of the
                               service has; what the budget looks at. 0: not known */
    struct str service;  /* whom it is about; p == NULL: several or none */
    struct reason reasons[VERDICT_REASONS_MAX]; /* strongest first */
    size_t reasons_n;                           /* at least 1 if score > 0 */
    /* Ids of the new templates, the first ones of them: what groups incidents. */
    uint64_t new_templates[VERDICT_TEMPLATES_MAX];
    size_t new_templates_n;
};

const char *channel_name(enum channel c); /* "failed_logins", "error_share", ... */

/* The reasons as an array of objects with all their parts, or of sentences only. Of parts
 * that are not there nothing is printed. first_log_id: the store's id of the batch's first
 * record, 0 if the records have no ids (yet): then "log_ids" is left out. */
void verdict_print_reasons(struct json_out *o, const struct verdict *v,
                           int64_t first_log_id);
void verdict_print_sentences(struct json_out *o, const struct verdict *v);

/* "t" and the id in lower case hexadecimal: how a template's id is written everywhere. */
enum { TEMPLATE_ID_BYTES = 18 };
struct str verdict_template_id(uint64_t id, char out[static TEMPLATE_ID_BYTES]);
bool verdict_parse_template_id(struct str text, uint64_t *out); /* false: it is none */

/* All that verdict_read reads, as members of an object that the caller has opened. */
void verdict_print_members(struct json_out *o, const struct verdict *v,
                           int64_t first_log_id);

/* The members "score", "raw_score", "ordinary_a_week", "service", "reasons" and
 * "new_templates" of object back into a verdict, as the scoring service writes them.
 * Strict: scores finite and in 0..1, at least one reason for a score above 0, texts and
 * lists within their limits, records ascending; ERR_INVALID says what is wrong. service
 * and the lists are the object's or the arena's. */
enum err_code verdict_read(struct arena *a, struct json_value object, struct verdict *out,
                           struct err *e) MUST_USE;

#endif
