/* level.c - see level.h: a table of names from syslog, log4j, Python, .NET and journald. */
#include "fcgi/core/level.h"

#include <assert.h>

static const struct {
    const char *name;
    enum level level;
} names[] = {
    {"info", LEVEL_INFO},          {"warn", LEVEL_WARN},     {"error", LEVEL_ERROR},
    {"debug", LEVEL_DEBUG},        {"warning", LEVEL_WARN},  {"information", LEVEL_INFO},
    {"informational", LEVEL_INFO}, {"notice", LEVEL_NOTICE}, {"err", LEVEL_ERROR},
    {"severe", LEVEL_ERROR},       {"crit", LEVEL_FATAL},    {"critical", LEVEL_FATAL},
    {"fatal", LEVEL_FATAL},        {"alert", LEVEL_FATAL},   {"emerg", LEVEL_FATAL},
    {"emergency", LEVEL_FATAL},    {"panic", LEVEL_FATAL},   {"trace", LEVEL_TRACE},
    {"verbose", LEVEL_TRACE},
};

enum level level_of(struct str name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq_nocase(name, str_of(names[i].name))) {
            return names[i].level;
        }
    }
    return LEVEL_UNKNOWN;
}

enum level level_of_syslog(int severity)
{
    static const enum level levels[] = {LEVEL_FATAL, LEVEL_FATAL, LEVEL_FATAL,
                                        LEVEL_ERROR, LEVEL_WARN,  LEVEL_NOTICE,
                                        LEVEL_INFO,  LEVEL_DEBUG};
    assert(severity >= 0 && severity < (int)(sizeof levels / sizeof levels[0]));
    return levels[severity];
}

struct str level_name(enum level l)
{
    switch (l) {
    case LEVEL_TRACE:
        return STR("TRACE");
    case LEVEL_DEBUG:
        return STR("DEBUG");
    case LEVEL_INFO:
        return STR("INFO");
    case LEVEL_NOTICE:
        return STR("NOTICE");
    case LEVEL_WARN:
        return STR("WARN");
    case LEVEL_ERROR:
        return STR("ERROR");
    case LEVEL_FATAL:
        return STR("FATAL");
    case LEVEL_UNKNOWN:
    default:
        return STR_NONE;
    }
}
