/* vfs_fake.c - see vfs_fake.h. Each file is the real one with a number before it. Shared
 * memory is passed on: it does not outlive a power cut. Sectors are written whole or not
 * (SQLite asks for no more, "powersafe overwrite"). */
#include "tests/fake/vfs_fake.h"

#include "fcgi/base/buf.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512, FILES_MAX = 16, NAME_BYTES = 64, IMAGE_BYTES_MAX = 256 << 20 };

enum step_kind { STEP_WRITE, STEP_TRUNCATE, STEP_SYNC, STEP_DELETE, STEP_PROMISE };

struct step {
    enum step_kind kind;
    int file;   /* number in names */
    int64_t at; /* offset, size, or what was promised */
    size_t n;
    char *bytes;
};

struct fake_file {
    sqlite3_file base;
    int number; /* -1: it is not recorded */
    /* the real one follows */
};

static sqlite3_vfs *real, fake;
static sqlite3_io_methods methods;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all below */
static struct {
    int64_t left; /* calls until one fails; 0: none will */
    enum vfs_fake_fault fault;
    bool stays, failed;
} failing;
static struct {
    bool on;
    struct step *steps;
    size_t n, room;
    char names[FILES_MAX][NAME_BYTES];
    int names_n;
} record;

static sqlite3_file *real_of(sqlite3_file *f)
{
    return (sqlite3_file *)((struct fake_file *)f + 1);
}

/* --- failing --- */

static bool fails(void)
{
    pthread_mutex_lock(&lock);
    bool now = failing.left == 1 || (failing.failed && failing.stays);
    failing.left -= failing.left > 0;
    failing.failed = failing.failed || now;
    pthread_mutex_unlock(&lock);
    return now;
}

void vfs_fake_fail_at(int64_t n, enum vfs_fake_fault fault, bool stays)
{
    pthread_mutex_lock(&lock);
    failing.left = n;
    failing.fault = fault;
    failing.stays = stays;
    failing.failed = false;
    pthread_mutex_unlock(&lock);
}

bool vfs_fake_failed(void)
{
    pthread_mutex_lock(&lock);
    bool yes = failing.failed;
    pthread_mutex_unlock(&lock);
    return yes;
}

/* --- the record --- */

static void add_step(struct step s, const void *bytes)
{
    pthread_mutex_lock(&lock);
    if (record.on) {
        if (record.n == record.room) {
            record.room = record.room ? 2 * record.room : 1024;
            record.steps = realloc(record.steps, record.room * sizeof *record.steps);
            assert(record.steps);
        }
        if (s.n > 0) {
            s.bytes = malloc(s.n);
            assert(s.bytes);
            memcpy(s.bytes, bytes, s.n);
        }
        record.steps[record.n++] = s;
    }
    pthread_mutex_unlock(&lock);
}

/* The number of a file by the last part of its path. */
static int number_of(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *name = slash ? slash + 1 : path;
    int i = 0;
    if (!name) {
        return -1; /* one for SQLite's own use */
    }
    pthread_mutex_lock(&lock);
    while (i < record.names_n && strcmp(record.names[i], name) != 0) {
        i++;
    }
    if (i == record.names_n) {
        assert(i < FILES_MAX && strlen(name) < NAME_BYTES);
        memcpy(record.names[record.names_n++], name, strlen(name) + 1);
    }
    pthread_mutex_unlock(&lock);
    return i;
}

void vfs_fake_forget(void)
{
    for (size_t i = 0; i < record.n; i++) {
        free(record.steps[i].bytes);
    }
    free(record.steps);
    memset(&record, 0, sizeof record);
}

void vfs_fake_record(void)
{
    vfs_fake_forget();
    record.on = true;
}

void vfs_fake_promise(int64_t n)
{
    add_step((struct step){.kind = STEP_PROMISE, .file = -1, .at = n}, NULL);
}

size_t vfs_fake_steps(void)
{
    pthread_mutex_lock(&lock);
    size_t n = record.n;
    pthread_mutex_unlock(&lock);
    return n;
}

/* --- files --- */

static int file_close(sqlite3_file *f)
{
    return real_of(f)->pMethods ? real_of(f)->pMethods->xClose(real_of(f)) : SQLITE_OK;
}

static int file_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    return fails() ? SQLITE_IOERR_READ
                   : real_of(f)->pMethods->xRead(real_of(f), to, n, at);
}

static int file_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    struct fake_file *file = (struct fake_file *)f;
    if (fails()) {
        return failing.fault == VFS_FAKE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    if (file->number >= 0) {
        add_step((struct step){STEP_WRITE, file->number, at, (size_t)n, NULL}, from);
    }
    return real_of(f)->pMethods->xWrite(real_of(f), from, n, at);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct fake_file *file = (struct fake_file *)f;
    if (fails()) {
        return SQLITE_IOERR_TRUNCATE;
    }
    if (file->number >= 0) {
        add_step((struct step){STEP_TRUNCATE, file->number, size, 0, NULL}, NULL);
    }
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int file_sync(sqlite3_file *f, int flags)
{
    struct fake_file *file = (struct fake_file *)f;
    if (fails()) {
        return SQLITE_IOERR_FSYNC;
    }
    if (file->number >= 0) {
        add_step((struct step){STEP_SYNC, file->number, 0, 0, NULL}, NULL);
    }
    (void)flags; /* here nothing has to outlive the machine */
    return SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return fails() ? SQLITE_IOERR_FSTAT
                   : real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int file_lock(sqlite3_file *f, int level)
{
    return fails() ? SQLITE_IOERR_LOCK : real_of(f)->pMethods->xLock(real_of(f), level);
}

static int file_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int file_reserved(sqlite3_file *f, int *out)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int file_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int file_device(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return fails() ? SQLITE_IOERR_SHMMAP
                   : real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}

static int shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    bool may_fail = (flags & SQLITE_SHM_LOCK) != 0;
    return may_fail && fails()
               ? SQLITE_IOERR_SHMLOCK
               : real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int shm_unmap(sqlite3_file *f, int del)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), del);
}

/* --- the file system --- */

static int fake_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags,
                     int *out_flags)
{
    struct fake_file *file = (struct fake_file *)f;
    (void)vfs;
    file->base.pMethods = NULL;
    file->number = number_of(name);
    memset(real_of(f), 0, (size_t)real->szOsFile);
    if (fails()) {
        return SQLITE_CANTOPEN;
    }
    int rc = real->xOpen(real, name, real_of(f), flags, out_flags);
    file->base.pMethods = real_of(f)->pMethods ? &methods : NULL;
    return rc;
}

static int fake_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    if (fails()) {
        return SQLITE_IOERR_DELETE;
    }
    add_step((struct step){STEP_DELETE, number_of(name), 0, 0, NULL}, NULL);
    return real->xDelete(real, name, sync);
}

static int fake_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs;
    return fails() ? SQLITE_IOERR_ACCESS : real->xAccess(real, name, flags, out);
}

static int fake_full_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
    (void)vfs;
    return real->xFullPathname(real, name, n, out);
}

void vfs_fake_install(void)
{
    if (real) {
        return;
    }
    real = sqlite3_vfs_find(NULL);
    fake = *real;
    fake.zName = "fake";
    fake.pNext = NULL;
    fake.szOsFile = (int)sizeof(struct fake_file) + real->szOsFile;
    fake.xOpen = fake_open;
    fake.xDelete = fake_delete;
    fake.xAccess = fake_access;
    fake.xFullPathname = fake_full_path;
    methods = (sqlite3_io_methods){.iVersion = 2, /* no memory maps of files */
                                   .xClose = file_close,
                                   .xRead = file_read,
                                   .xWrite = file_write,
                                   .xTruncate = file_truncate,
                                   .xSync = file_sync,
                                   .xFileSize = file_size,
                                   .xLock = file_lock,
                                   .xUnlock = file_unlock,
                                   .xCheckReservedLock = file_reserved,
                                   .xFileControl = file_control,
                                   .xSectorSize = file_sector,
                                   .xDeviceCharacteristics = file_device,
                                   .xShmMap = shm_map,
                                   .xShmLock = shm_lock,
                                   .xShmBarrier = shm_barrier,
                                   .xShmUnmap = shm_unmap};
    sqlite3_vfs_register(&fake, 1);
}

/* --- power cuts --- */

struct image {
    bool exists;
    struct buf bytes;
    size_t pending; /* the first step that is not synced; steps of it follow in order */
};

static uint64_t dice;

static bool toss(void)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (dice >> 20 & 1) != 0;
}

static void resize(struct buf *b, size_t n)
{
    if (n > b->n) {
        char *p = buf_room(b, n - b->n);
        assert(p);
        memset(p, 0, n - b->n);
    }
    b->n = n;
}

static void put(struct image *i, size_t at, const char *bytes, size_t n)
{
    if (n == 0) {
        return;
    }
    if (i->bytes.n < at + n) {
        resize(&i->bytes, at + n);
    }
    memcpy(i->bytes.p + at, bytes, n);
    i->exists = true;
}

/* Carries a step out, all of it or, by chance, some sectors. */
static void carry_out(struct image *i, const struct step *s, bool whole)
{
    size_t at = (size_t)s->at;
    if (s->kind == STEP_DELETE) {
        i->exists = whole ? false : i->exists;
        i->bytes.n = whole ? 0 : i->bytes.n;
    } else if (s->kind == STEP_TRUNCATE && (whole || toss()) && at < i->bytes.n) {
        resize(&i->bytes, at);
    } else if (s->kind == STEP_WRITE && whole) {
        put(i, at, s->bytes, s->n);
    } else if (s->kind == STEP_WRITE) {
        for (size_t k = 0; k < s->n; k += SECTOR) {
            if (toss()) {
                put(i, at + k, s->bytes + k, s->n - k < SECTOR ? s->n - k : SECTOR);
            }
        }
    }
}

/* The steps of one file from its first that is not synced up to `to`. */
static void settle(struct image *i, int file, size_t to, enum vfs_fake_loss loss)
{
    size_t last = to;
    for (size_t k = i->pending; k < to; k++) {
        last = record.steps[k].file == file ? k : last;
    }
    for (size_t k = i->pending; k < to; k++) {
        if (record.steps[k].file == file) {
            carry_out(i, &record.steps[k], loss == VFS_FAKE_LOSE_TORN && k != last);
        }
    }
}

/* All steps of the file that are before `to`. */
static void carry_out_all(struct image *i, int file, size_t to)
{
    for (size_t k = i->pending; k < to; k++) {
        if (record.steps[k].file == file) {
            carry_out(i, &record.steps[k], true);
        }
    }
    i->pending = to > i->pending ? to : i->pending;
}

/* The folder is on the disk, too, when a file is synced for the first time: what was deleted
 * in it does not come back. */
static void sync_image(struct image *images, int file, size_t to)
{
    bool fresh = !images[file].exists;
    carry_out_all(&images[file], file, to);
    for (size_t k = 0; fresh && k < to; k++) {
        const struct step *s = &record.steps[k];
        if (s->kind == STEP_DELETE && k >= images[s->file].pending) {
            carry_out_all(&images[s->file], s->file, k + 1);
        }
    }
}

static void write_image(const struct image *i, const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "we");
    assert(f && fwrite(i->bytes.p ? i->bytes.p : "", 1, i->bytes.n, f) == i->bytes.n);
    fclose(f);
}

int64_t vfs_fake_cut(size_t steps, enum vfs_fake_loss loss, uint64_t seed, const char *to)
{
    static struct image images[FILES_MAX];
    int64_t promised = 0;
    assert(steps <= record.n);
    dice = 0x9E3779B97F4A7C15u * (seed + 1);
    for (int i = 0; i < record.names_n; i++) {
        images[i] = (struct image){0};
        buf_init(&images[i].bytes, IMAGE_BYTES_MAX);
    }
    for (size_t k = 0; k < steps; k++) {
        const struct step *s = &record.steps[k];
        promised = s->kind == STEP_PROMISE ? s->at : promised;
        if (s->kind == STEP_SYNC && loss != VFS_FAKE_LIES) {
            sync_image(images, s->file, k);
        }
    }
    for (int i = 0; i < record.names_n; i++) {
        if (loss == VFS_FAKE_LOSE_SOME || loss == VFS_FAKE_LOSE_TORN) {
            settle(&images[i], i, steps, loss);
        }
        if (images[i].exists) {
            write_image(&images[i], to, record.names[i]);
        }
        buf_free(&images[i].bytes);
    }
    return promised;
}
