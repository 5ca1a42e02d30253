/* disk_usage.c - see disk_usage.h. The batches of a store are in the order in which they
 * came, and name their records by ids without a gap: so how many came since some time is
 * found by halving, and how many bytes one takes from the size of it all. */
#include "fcgi/jobs/disk_usage.h"

#include "fcgi/base/ballast.h"
#include "fcgi/base/disk.h"
#include "fcgi/core/keep.h"

#include <stdio.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096 + 64 };
#define DAY_US ((double)DISK_USAGE_DAY_US)

static int64_t file_bytes(const char *path, const char *suffix)
{
    char name[PATH_BYTES];
    struct stat st;
    int n = snprintf(name, sizeof name, "%s%s", path, suffix);
    return n > 0 && n < (int)sizeof name && stat(name, &st) == 0 ? (int64_t)st.st_size
                                                                 : -1;
}

static void read_room(const char *store, struct disk_room *out)
{
    struct disk disk;
    struct err ignored;
    if (!disk_look(store, &disk, &ignored)) {
        out->known = true;
        out->free_bytes = disk.free_bytes;
        out->total_bytes = disk.bytes;
    }
}

/* The first batch that came at from_us or later; the last one is one of them. */
static enum err_code find_since(struct store *reader, int64_t last_id, int64_t from_us,
                                struct store_batch_row *out, bool *found, struct err *e)
{
    int64_t low = 0, high = last_id; /* it is after low, and at or before high */
    enum err_code code = ERR_NONE;
    *found = true;
    while (!code && *found && high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        code = store_next_batch(reader, middle, out, found, e);
        if (!code && *found && out->received_us < from_us) {
            low = out->id < high ? out->id : high - 1;
        } else {
            high = middle;
        }
    }
    return code ? code : store_next_batch(reader, high, out, found, e);
}

/* Records a day that came within the span. */
static enum err_code rate_of(struct store *reader, const struct store_batch_row *last,
                             int64_t now_us, int64_t span_us, double *out, struct err *e)
{
    struct store_batch_row since;
    bool found;
    enum err_code code =
        find_since(reader, last->id, now_us - span_us, &since, &found, e);
    double us = found && !code ? (double)(now_us - since.received_us) : 0;
    *out = us > 0
               ? (double)(last->first_log_id + last->n - since.first_log_id) * DAY_US / us
               : 0;
    return code;
}

/* In bytes; 0: not known. */
static double growth_a_day(struct store *reader, int64_t store_bytes, int64_t now_us)
{
    struct store_batch_row first, last;
    int64_t last_id;
    bool found = false;
    double day, days;
    struct err e;
    if (store_bytes <= 0 || store_last_batch(reader, &last_id, &e) || last_id == 0 ||
        store_next_batch(reader, last_id, &last, &found, &e) || !found ||
        store_next_batch(reader, 0, &first, &found, &e) || !found ||
        now_us - first.received_us < DISK_USAGE_KNOWN_US ||
        rate_of(reader, &last, now_us, DISK_USAGE_DAY_US, &day, &e) ||
        rate_of(reader, &last, now_us, DISK_USAGE_SPAN_US, &days, &e)) {
        return 0;
    }
    /* A store that was the prototype's had records before its first batch. */
    int64_t kept = last.first_log_id + last.n - (first.id == 1 ? 1 : first.first_log_id);
    double records = day < days ? day : days;
    return kept > 0 ? records * (double)store_bytes / (double)kept : 0;
}

static void put_limits(const struct config *c, int64_t store_bytes, struct disk_room *r)
{
    struct keep_limits l = keep_limits(c->store_bytes_max, c->free_bytes_min,
                                       c->retention_days, r->total_bytes);
    int64_t taken = store_bytes > 0 ? store_bytes : 0;
    r->floor_bytes = keep_free_bytes_min(&l, ballast_is_there(c->database));
    r->left_bytes = l.store_bytes_max > taken ? l.store_bytes_max - taken : 0;
}

void disk_usage_read(const struct config *c, struct store *reader, int64_t now_us,
                     struct disk_usage *out)
{
    *out = (struct disk_usage){.store_bytes = file_bytes(c->database, ""),
                               .wal_bytes = file_bytes(c->database, "-wal")};
    read_room(c->database, &out->room);
    put_limits(c, out->store_bytes, &out->room);
    out->room.bytes_a_day = growth_a_day(reader, out->store_bytes, now_us);
}
