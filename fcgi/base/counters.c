/* counters.c - see counters.h.
 *
 * A slot is claimed by one addition to `used`, then named, then declared ready: whoever is
 * killed between leaves a slot without a name, which costs a place and nothing else. Which
 * slot has a name is kept in a table of this process, so that finding it again costs a hash
 * and a comparison. */
#include "fcgi/base/counters.h"

#include "fcgi/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAGIC_BYTES = 16,
    PATH_BYTES = 4096 + 128,
    INDEX_N = 2 * COUNTERS_MAX,
    USED_MAX = 2 * COUNTERS_MAX,
    OPEN_TRIES = 5,
    LOCK_TRIES = 100,
    LOCK_WAIT_MS = 10
};

static const char magic[MAGIC_BYTES] = "LogA-counters 2";

struct slot {
    counter value;
    _Atomic uint32_t ready;
    char name[COUNTER_NAME_BYTES];
};

struct table {
    char magic[MAGIC_BYTES];
    _Atomic uint64_t used; /* a little over COUNTERS_MAX if several asked for the last */
    struct slot slots[COUNTERS_MAX];
};

static struct table own; /* until a file is mapped */
static _Atomic(struct table *) table = &own;
static counter lost; /* what names beyond the last slot share */
static _Atomic(struct slot *) found[INDEX_N];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of making slots */

/* --- the file --- */

static bool is_ours(int fd)
{
    struct {
        char magic[MAGIC_BYTES];
        uint64_t used;
    } head;
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
           st.st_size == (off_t)sizeof(struct table) &&
           pread(fd, &head, sizeof head, 0) == (ssize_t)sizeof head &&
           memcmp(head.magic, magic, sizeof head.magic) == 0 && head.used <= USED_MAX;
}

/* A whole file under another name, so that nobody maps a part of it. -1: errno says why. */
static int make_new(char name[static PATH_BYTES + 16], const char *path)
{
    snprintf(name, PATH_BYTES + 16, "%s-%ld", path, (long)getpid());
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return -1;
    }
    int rc = posix_fallocate(fd, 0, (off_t)sizeof(struct table));
    if (rc == 0 && pwrite(fd, magic, sizeof magic, 0) == (ssize_t)sizeof magic) {
        return fd;
    }
    rc = rc ? rc : errno;
    unlink(name);
    close(fd);
    errno = rc;
    return -1;
}

/* Is what stands at path what fd is? */
static bool is_at(int fd, const char *path)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool take_lock(int fd)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return true;
        }
        poll(NULL, 0, LOCK_WAIT_MS);
    }
    return false;
}

/* Programs that start together are not to replace each other's: where there is none the
 * first one wins, and one that is of no use is replaced by who has it locked. A file that
 * others have mapped is never changed in its size. Returns whether it has done it. */
static bool put_there(const char *name, const char *path, int old)
{
    bool done = old < 0 ? link(name, path) == 0
                        : take_lock(old) && is_at(old, path) && rename(name, path) == 0;
    if (!done && old < 0 && errno != EEXIST) { /* a file system without links */
        return rename(name, path) == 0;
    }
    if (!done || old < 0) {
        unlink(name);
    }
    return done;
}

static int open_file(const char *path)
{
    char name[PATH_BYTES + 16];
    int fd = -1;
    for (int i = 0; i < OPEN_TRIES; i++) {
        int old = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (old >= 0 && is_ours(old)) {
            return old;
        }
        fd = make_new(name, path);
        bool done = fd >= 0 && put_there(name, path, old);
        int rc = errno;
        if (old >= 0) {
            close(old);
        }
        if (done || fd < 0) {
            errno = rc;
            break;
        }
        close(fd);
        fd = -1;
        errno = rc;
    }
    return fd;
}

static enum err_code map_file(const char *path, struct table **out, struct err *e)
{
    if (strlen(path) >= PATH_BYTES) {
        return err_set(e, ERR_INVALID, "the path of the counters is too long");
    }
    int fd = open_file(path);
    if (fd < 0) {
        return err_set(e, ERR_IO, "the file of the counters cannot be made: %s",
                       strerror(errno));
    }
    void *at =
        mmap(NULL, sizeof(struct table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int rc = errno;
    close(fd);
    if (at == MAP_FAILED) {
        return err_set(e, ERR_IO, "the file of the counters cannot be mapped: %s",
                       strerror(rc));
    }
    *out = at;
    return ERR_NONE;
}

static void forget_found(void)
{
    for (size_t i = 0; i < INDEX_N; i++) {
        atomic_store(&found[i], NULL);
    }
}

enum err_code counters_open(const char *path, struct err *e)
{
    struct table *t;
    counters_close();
    enum err_code code = map_file(path, &t, e);
    if (!code) {
        atomic_store(&table, t);
    }
    return code;
}

void counters_close(void)
{
    struct table *t = atomic_exchange(&table, &own);
    if (t != &own) {
        munmap(t, sizeof *t);
    }
    memset(&own, 0, sizeof own);
    forget_found();
}

/* --- slots --- */

static size_t slots_n(struct table *t)
{
    uint64_t used = atomic_load(&t->used);
    return used < COUNTERS_MAX ? (size_t)used : COUNTERS_MAX;
}

static bool has_name(const struct slot *s, const char *name)
{
    return atomic_load(&s->ready) == 1 && strncmp(s->name, name, sizeof s->name) == 0;
}

/* What found[] has of that name, or NULL; *at is where it is, or would be: there is always a
 * free place. Looked at once: another name may come there meanwhile. */
static struct slot *look_up(const char *name, size_t *at)
{
    size_t i = (size_t)(str_hash(str_of(name)) % INDEX_N);
    struct slot *s = atomic_load(&found[i]);
    for (size_t n = 0; s && !has_name(s, name) && n < INDEX_N; n++) {
        i = (i + 1) % INDEX_N;
        s = atomic_load(&found[i]);
    }
    *at = i;
    return s;
}

static struct slot *claim(struct table *t, const char *name)
{
    size_t n = strlen(name);
    if (n >= COUNTER_NAME_BYTES || atomic_load(&t->used) >= COUNTERS_MAX) {
        return NULL;
    }
    uint64_t i = atomic_fetch_add(&t->used, 1);
    if (i >= COUNTERS_MAX) { /* another process was faster */
        return NULL;
    }
    memcpy(t->slots[i].name, name, n + 1);
    atomic_store(&t->slots[i].ready, 1);
    return &t->slots[i];
}

/* With the lock held. */
static struct slot *find_or_claim(struct table *t, const char *name)
{
    for (size_t i = 0; i < slots_n(t); i++) {
        if (has_name(&t->slots[i], name)) {
            return &t->slots[i];
        }
    }
    return claim(t, name);
}

/* With the lock held. NULL: there is no room. */
static struct slot *make(const char *name)
{
    size_t at;
    struct slot *s = look_up(name, &at);
    if (!s && (s = find_or_claim(atomic_load(&table), name)) != NULL) {
        atomic_store(&found[at], s);
    }
    return s;
}

counter *counters_find(const char *name)
{
    size_t at;
    struct slot *s = look_up(name, &at);
    if (s) {
        return &s->value;
    }
    pthread_mutex_lock(&lock);
    struct slot *refused = make(COUNTERS_LOST); /* the first slot of all */
    s = make(name);
    if (!s && refused) {
        atomic_fetch_add(&refused->value, 1);
    }
    pthread_mutex_unlock(&lock);
    return s ? &s->value : &lost;
}

/* Only text of ours may come back: the file is not to be trusted more than any other. */
static bool is_text(const struct slot *s)
{
    size_t n = strnlen(s->name, sizeof s->name);
    bool ok = n > 0 && n < sizeof s->name;
    for (size_t i = 0; ok && i < n; i++) {
        ok = s->name[i] >= ' ' && s->name[i] <= '~';
    }
    return ok;
}

bool counters_next(size_t *at, struct counter_row *out)
{
    struct table *t = atomic_load(&table);
    for (; *at < slots_n(t); (*at)++) {
        struct slot *s = &t->slots[*at];
        if (atomic_load(&s->ready) == 1 && is_text(s)) {
            *out = (struct counter_row){s->name, atomic_load(&s->value)};
            (*at)++;
            return true;
        }
    }
    return false;
}

/* --- from this process's own into the file --- */

/* What one that has ended has left there. */
static void begin_anew(struct table *t, enum counters_kind (*kind_of)(const char *))
{
    for (size_t i = 0; i < slots_n(t); i++) {
        struct slot *s = &t->slots[i];
        if (atomic_load(&s->ready) == 1 && is_text(s) &&
            kind_of(s->name) != COUNTERS_SUM) {
            atomic_store(&s->value, 0);
        }
    }
}

/* With the lock held. */
static void move(struct table *to, enum counters_kind (*kind_of)(const char *),
                 bool first)
{
    for (size_t i = 0; i < slots_n(&own); i++) {
        struct slot *from = &own.slots[i];
        int64_t n = atomic_exchange(&from->value, 0);
        struct slot *s = first || n != 0 ? find_or_claim(to, from->name) : NULL;
        if (s && (first || kind_of(from->name) != COUNTERS_LATEST)) {
            atomic_fetch_add(&s->value, n);
        }
    }
}

enum err_code counters_retry(const char *path,
                             enum counters_kind (*kind_of)(const char *), struct err *e)
{
    struct table *t = atomic_load(&table);
    bool first = t == &own;
    enum err_code code = first ? map_file(path, &t, e) : ERR_NONE;
    if (code) {
        return code;
    }
    pthread_mutex_lock(&lock);
    if (first) {
        begin_anew(t, kind_of);
    }
    move(t, kind_of, first);
    atomic_store(&table, t);
    forget_found();
    pthread_mutex_unlock(&lock);
    return ERR_NONE;
}
