/* incident_case.h - an incident with the records that its reasons point to, as it is answered:
 * what of it can be declared normal, and whether an answer would have hidden it. */
#ifndef FCGI_INCIDENT_CASE_H
#define FCGI_INCIDENT_CASE_H

#include "fcgi/core/verdict.h"
#include "scoring/choices.h"
#include "sql/store_incidents.h"

enum {
    CASE_RECORDS_MAX = 48,
    CASE_RECORDS_OF_REASON = CASE_RECORDS_MAX / VERDICT_REASONS_MAX
};

struct incident_case {
    struct str service; /* p NULL: several or none */
    struct choices_record records[CASE_RECORDS_MAX];
    int64_t ids[CASE_RECORDS_MAX];        /* of the records in the store */
    uint8_t reasons_of[CASE_RECORDS_MAX]; /* which point to the record: a bit each */
    size_t n;
    struct choices_reason reasons[VERDICT_REASONS_MAX];
    bool of_number[VERDICT_REASONS_MAX]; /* the reason is about how many there were */
    size_t reasons_n;
};

/* Of a row, in its callback: copies what it needs into the arena. False: no memory. The
 * records come by incident_case_records. */
bool incident_case_take(struct incident_case *c, const struct store_incident_row *row,
                        struct arena *a);

/* Reads the records; what is no longer in the store is left out. */
enum err_code incident_case_records(struct incident_case *c, struct store *s,
                                    struct arena *a, struct err *e) MUST_USE;

enum err_code incident_case_choices(const struct incident_case *c, struct arena *a,
                                    struct choices *out, struct err *e) MUST_USE;

/* Answers that are tried: choices, the same as a set, and those that count already (NULL:
 * none do). */
struct case_answers {
    const struct choice *const *list;
    size_t n;
    const struct answers *tried, *counting;
};

/* Is each of the incident's reasons about what these answers cover, and one of them about
 * what is tried? Marks the records. */
bool incident_case_hidden(struct incident_case *c, const struct case_answers *answers);

#endif
