/* zone.c - see zone.h. The C library reads the zone files; of it only the offset at a
 * moment is used, because what mktime makes of times that occur twice or never depends on
 * the calls before. */
#include "fcgi/base/zone.h"

#include <sys/stat.h>

#define FOLDER "/usr/share/zoneinfo"
#define LOCAL  "/etc/localtime"
#define DAY_US (24 * 60 * CLOCK_MINUTE_US)

enum { NAME_BYTES_MAX = 64, TZ_BYTES = sizeof FOLDER + NAME_BYTES_MAX + 2 };

/* Names are words with '/' between; anything else could leave the folder. */
static bool is_name(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= NAME_BYTES_MAX && name[0] != '/' && !strstr(name, "..") &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                        "_+-/") == n;
}

/* What TZ is to be: ':' and the path of the zone's file. */
static bool tz_of(const char *name, char out[static TZ_BYTES])
{
    struct stat st;
    if (strcmp(name, "local") == 0) { /* without that file it is UTC */
        snprintf(out, TZ_BYTES, ":%s", LOCAL);
        return true;
    }
    snprintf(out, TZ_BYTES, ":%s/%s", FOLDER, is_name(name) ? name : "");
    return stat(out + 1, &st) == 0 && S_ISREG(st.st_mode);
}

enum err_code zone_check(const char *name, struct err *e)
{
    char tz[TZ_BYTES];
    if (strcmp(name, "UTC") == 0 || tz_of(name, tz)) {
        return ERR_NONE;
    }
    return err_set(e, ERR_INVALID,
                   "TIME_ZONE is \"%.64s\"; it must be UTC, local, or a zone of this "
                   "system such as Europe/Berlin (Debian's package tzdata has them)",
                   name);
}

enum err_code zone_open(const char *name, clock_zone_fn *out, struct err *e)
{
    char tz[TZ_BYTES];
    enum err_code code = zone_check(name, e);
    *out = NULL;
    if (code || strcmp(name, "UTC") == 0) {
        return code;
    }
    if (!tz_of(name, tz) || setenv("TZ", tz, 1) != 0) {
        return err_set(e, ERR_NOMEM, "TIME_ZONE cannot be set");
    }
    tzset();
    *out = zone_to_utc_us;
    return ERR_NONE;
}

static int64_t offset_at(int64_t utc_us)
{
    struct tm tm;
    time_t seconds = (time_t)(utc_us / CLOCK_SECOND_US);
    return localtime_r(&seconds, &tm) ? tm.tm_gmtoff * CLOCK_SECOND_US : 0;
}

/* Of a whole minute. */
static int64_t find_offset(int64_t local_us)
{
    int64_t before = offset_at(local_us - DAY_US), after = offset_at(local_us + DAY_US);
    if (before == after || offset_at(local_us - before) == before) {
        return before; /* the first of two, if the clocks are set back */
    }
    return offset_at(local_us - after) == after ? after : before;
}

int64_t zone_to_utc_us(int64_t local_us)
{
    static _Thread_local int64_t minute = -1, offset; /* of the time asked for last */
    int64_t wanted = local_us / CLOCK_MINUTE_US;
    if (wanted != minute) {
        offset = find_offset(wanted * CLOCK_MINUTE_US);
        minute = wanted;
    }
    return local_us - offset;
}
