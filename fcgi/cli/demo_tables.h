/* demo_tables.h - what happens on the demo's host, as data: steps make a story (a login, a
 * mail, a cron job), sources tell stories in a rhythm, a fault is one source or several for
 * a while. demo_life*.c has the host's ordinary life, demo_events.c what is planned on it,
 * demo_faults*.c what goes wrong. Texts are those of demo_text.h; one that begins with
 * "@PROGRAM " has the rest as its message, and program and pid in its metadata. */
#ifndef CLI_DEMO_TABLES_H
#define CLI_DEMO_TABLES_H

#include <stdbool.h>
#include <stddef.h>

enum demo_level { DEMO_DEBUG, DEMO_INFO, DEMO_WARN, DEMO_ERROR };

struct demo_step {
    enum demo_level level;
    int wait_ms, spread_ms; /* after the one before: wait_ms and, on average, spread_ms */
    int chance, again;      /* percent: that it happens at all, that it is repeated */
    const char *text;
    const char *service; /* NULL: the source's */
};

#define STEP(lev, wait, spread, percent, repeat, serv, txt)                              \
    {                                                                                    \
        DEMO_##lev, (wait), (spread), (percent), (repeat), (txt), (serv)                 \
    }
#define SAY(lev, txt)                STEP(lev, 0, 0, 100, 0, NULL, txt)
#define THEN(lev, wait, spread, txt) STEP(lev, wait, spread, 100, 0, NULL, txt)
#define MAYBE(lev, wait, spread, percent, txt)                                           \
    STEP(lev, wait, spread, percent, 0, NULL, txt)
#define AGAIN(lev, wait, spread, percent, txt)                                           \
    STEP(lev, wait, spread, 100, percent, NULL, txt)
#define IN(serv, lev, wait, spread, txt) STEP(lev, wait, spread, 100, 0, serv, txt)
#define STEPS(...)                                                                       \
    ((const struct demo_step[]){__VA_ARGS__, STEP(INFO, 0, 0, 0, 0, NULL, NULL)})

/* A line of an access log. */
#define HIT(who, request, status, bytes, from, agent)                                    \
    who " - - [%{clf}] \"" request " HTTP/1.1\" " status " " bytes " \"" from            \
        "\" \"" agent "\""

enum demo_rhythm {
    DEMO_FLAT,   /* per_day, at all hours */
    DEMO_PEOPLE, /* per_day on an ordinary weekday, as people are awake and at work */
    DEMO_CLOCK,  /* every_s, at_s after Sunday 00:00 UTC */
    DEMO_STEADY, /* at_s after the beginning, and from then on per_day */
    DEMO_ONCE    /* at_s after the beginning */
};

#define PER_HOUR(n)   ((n)*24.0)
#define PER_MINUTE(n) ((n)*1440.0)
#define AT(h, m)      (((h)*60 + (m)) * 60)
#define DAY_S         86400

struct demo_source {
    const char *service, *name; /* a fault's or an event's has no name */
    enum demo_rhythm rhythm;
    double per_day;
    int every_s, at_s;
    bool after_release; /* not before the application's first release */
    const struct demo_step *steps;
    const char *metadata; /* "key=%{place} ..."; NULL: none but host, program and pid */
};

enum demo_when {
    DEMO_ANY,
    DEMO_NIGHT,   /* 22:00 to 05:00 */
    DEMO_BUSY,    /* 08:00 to 17:00 */
    DEMO_AT,      /* at_s of a day */
    DEMO_RELEASED /* minutes after the release */
};

enum { DEMO_FAULT_SOURCES_MAX = 3 };

struct demo_fault {
    const char *name;
    const char *service; /* where it shows; several with commas, the plainest first */
    bool always;         /* in every week: issue 4 names it */
    enum demo_when when;
    int at_s;
    int lasts_s, lasts_max_s;
    int evident_s;     /* after its start a careful reader of that log would know */
    const char *mutes; /* name of a source that falls silent meanwhile; NULL: none */
    const char *description;
    struct demo_source sources[DEMO_FAULT_SOURCES_MAX]; /* up to one without steps */
};

/* What is planned, once a week: no fault, but no wonder either if it is noticed. */
struct demo_event {
    const char *name;
    int day;               /* of the week, from 0 */
    int from_s, to_s;      /* time of day */
    int lasts_s;           /* as long as what it brings may be new */
    int dark_s, dark_to_s; /* after its start, between these, the host says nothing */
    const char *description;
    struct demo_source source;
};

/* Each ends with one that has no steps. */
extern const struct demo_source demo_life_web[], demo_life_mail[], demo_life_system[],
    demo_life_data[];
/* Each ends with one that has no name. */
extern const struct demo_fault demo_attacks[], demo_breakage[];
extern const struct demo_event demo_events[];
#define DEMO_RELEASE "release" /* the event that the application's versions follow */

#endif
