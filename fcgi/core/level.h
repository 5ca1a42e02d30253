/* level.h - how serious a record says it is, from the many names that senders use. */
#ifndef CORE_LEVEL_H
#define CORE_LEVEL_H

#include "fcgi/base/str.h"

/* The numbers are those of OpenTelemetry's SeverityNumber. */
enum level {
    LEVEL_UNKNOWN = 0,
    LEVEL_TRACE = 1,
    LEVEL_DEBUG = 5,
    LEVEL_INFO = 9,
    LEVEL_NOTICE = 10,
    LEVEL_WARN = 13,
    LEVEL_ERROR = 17,
    LEVEL_FATAL = 21
};

/* By name, without case ("WARNING" is LEVEL_WARN, "crit" is LEVEL_FATAL). */
enum level level_of(struct str name);

/* By syslog's number, 0 (emergency) to 7 (debug). */
enum level level_of_syslog(int severity);

/* "INFO" and the like; LEVEL_UNKNOWN has no name. */
struct str level_name(enum level l);

static inline bool level_is_warn(enum level l)
{
    return l >= LEVEL_WARN && l < LEVEL_ERROR;
}

static inline bool level_is_error(enum level l)
{
    return l >= LEVEL_ERROR;
}

#endif
