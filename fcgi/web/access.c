/* access.c - see access.h. Who reads the keys holds a lock for as long as a look takes; the
 * one who finds another file than was read reads it for all. */
#include "fcgi/web/access.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"
#include "fcgi/web/local_caller.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_MAX = 3 };

/* When all that the key has asked is paid for, at one request an interval. */
typedef _Atomic int64_t paid_us;

struct access {
    struct access_options o;
    char machine[HOST_NAME_MAX + 1];
    struct str names[NAMES_MAX]; /* of this machine */
    size_t names_n;
    pthread_rwlock_t lock; /* of all below */
    struct stat read;      /* the file that the keys are of; st_ino 0: there was none */
    int look_errno;        /* of the look at it */
    bool known;            /* it has been looked at */
    enum err_code fault;   /* it cannot be used */
    struct api_keys keys;
    paid_us *paid;                     /* of each key */
    atomic_int_fast64_t fault_said_us; /* last line about keys that cannot be read */
    atomic_int_fast64_t said_us;       /* last line about a refusal */
    atomic_int_fast64_t unsaid;        /* refusals since */
};

/* At most one line a second. */
static bool may_say(atomic_int_fast64_t *said_us)
{
    int_fast64_t now = clock_mono_us(), last = atomic_load(said_us);
    return (last == 0 || now - last >= CLOCK_SECOND_US) &&
           atomic_compare_exchange_strong(said_us, &last, now);
}

/* What will be tried again: it may have passed by then. */
static bool is_passing(enum err_code fault)
{
    return fault == ERR_IO || fault == ERR_NOMEM;
}

/* --- the keys --- */

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mode == b->st_mode && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Is what was read what is there now? */
static bool is_fresh(const struct access *a, const struct stat *now, int why)
{
    return a->known && a->look_errno == why && (why != 0 || is_same(&a->read, now));
}

static void keep_paid(struct access *a, const struct api_keys *old, const paid_us *paid)
{
    for (size_t i = 0; i < old->n; i++) {
        const struct api_key *k = api_keys_find(&a->keys, old->list[i].id);
        if (k && a->paid && paid) {
            atomic_store(&a->paid[k - a->keys.list], atomic_load(&paid[i]));
        }
    }
}

/* Under the lock, for writing. */
static void read_keys(struct access *a)
{
    struct err e;
    struct api_keys old = a->keys;
    paid_us *paid = a->paid;
    a->fault = api_keys_load(a->o.keys_file, &a->keys, &a->read, &e);
    a->paid = NULL;
    if (!a->fault && a->keys.n > 0) {
        a->paid = calloc(a->keys.n, sizeof *a->paid);
        a->fault = a->paid ? ERR_NONE : err_set(&e, ERR_NOMEM, "no memory for the keys");
    }
    keep_paid(a, &old, paid);
    api_keys_free(&old);
    free(paid);
    /* Of a file that is not understood once, whatever else is said meanwhile. */
    if (a->fault && (!is_passing(a->fault) || may_say(&a->fault_said_us))) {
        diag("nobody is let in: %s", e.msg);
    }
}

/* Returns with the lock held, for reading, and the keys as the file has them now. */
static void look_at_keys(struct access *a)
{
    struct stat now = {0};
    int why = stat(a->o.keys_file, &now) == 0 ? 0 : errno;
    pthread_rwlock_rdlock(&a->lock);
    if (is_fresh(a, &now, why)) {
        return;
    }
    pthread_rwlock_unlock(&a->lock);
    pthread_rwlock_wrlock(&a->lock);
    why = stat(a->o.keys_file, &now) == 0 ? 0 : errno;
    if (!is_fresh(a, &now, why)) {
        read_keys(a);
        a->look_errno = why;
        a->known = !is_passing(a->fault);
    }
    pthread_rwlock_unlock(&a->lock);
    pthread_rwlock_rdlock(&a->lock);
}

/* --- who --- */

/* "Bearer KEY"; false: another kind, or none. */
static bool bearer_of(struct str authorization, struct str *token)
{
    struct str left = str_trim(authorization);
    struct str scheme = str_split(&left, ' ');
    *token = str_trim(left);
    return str_eq_nocase(scheme, STR("Bearer"));
}

static enum err_code unknown(struct access_caller *out, const char *challenge,
                             struct err *e, const char *text)
{
    out->challenge = challenge;
    return err_set(e, ERR_UNKNOWN_CALLER, "%s", text);
}

#define REALM "Bearer realm=\"loganalyzer\""

/* A bucket that holds rate_max requests and is filled evenly: no more than one request an
 * interval on average, and a second's worth at once. */
static enum err_code take_from_bucket(const struct access *a, paid_us *paid,
                                      int64_t now_us, struct err *e)
{
    if (a->o.rate_max <= 0) {
        return ERR_NONE;
    }
    int64_t interval_us = CLOCK_SECOND_US / a->o.rate_max;
    int64_t old = atomic_load(paid), next;
    do {
        next = (old > now_us ? old : now_us) + interval_us;
        if (next - now_us > CLOCK_SECOND_US) {
            return err_set(e, ERR_RATE,
                           "this API key has asked more than %lld times a second; "
                           "nothing is stored, try again",
                           (long long)a->o.rate_max);
        }
    } while (!atomic_compare_exchange_weak(paid, &old, next));
    return ERR_NONE;
}

/* What is not a key is taken for one that nobody has, so that all of them take as long. */
static enum err_code by_key(const struct access *a, const struct access_asked *asked,
                            int64_t now_us, struct access_caller *out, struct err *e)
{
    static const struct api_key nobody = {.id = "nobody"};
    uint8_t digest[API_KEY_DIGEST_BYTES];
    struct str token;
    char id[API_KEY_ID_BYTES] = "";
    if (!bearer_of(asked->authorization, &token)) {
        return unknown(
            out, REALM, e,
            "an API key is needed, sent as Authorization: Bearer KEY; who runs "
            "this server makes one with: loganalyzer key add");
    }
    bool well_formed = api_key_read(token, id);
    const struct api_key *found = api_keys_find(&a->keys, id);
    api_key_digest(token, digest);
    bool same = api_key_same((found ? found : &nobody)->digest, digest);
    if (!well_formed || !found || !same) {
        return unknown(out, REALM ", error=\"invalid_token\"", e,
                       "the API key is none of this server's, or no longer");
    }
    enum err_code code = take_from_bucket(a, &a->paid[found - a->keys.list], now_us, e);
    if (!code) {
        memcpy(out->id, found->id, sizeof out->id);
        out->scopes = api_key_may(found);
    }
    return code;
}

/* Is Host one that nobody else can let point here? What comes by a unix socket comes from no
 * browser. */
static bool is_called_by_name(const struct access *a, const struct access_asked *asked)
{
    if (!asked->host.p || local_caller_is_socket(asked->address) ||
        local_caller_host(asked->host, a->names, a->names_n)) {
        return true;
    }
    return a->o.anonymous && (asked->host_sure || local_caller_host_nobodys(asked->host));
}

/* A browser names in Origin the site whose page changes something. A proxy may have put
 * another Host in place of the one that the browser knows. */
static bool is_own_page(const struct access *a, const struct access_asked *asked)
{
    struct str site = local_caller_authority(asked->origin);
    return !asked->origin.p ||
           (site.n > 0 &&
            (str_eq_nocase(site, str_trim(asked->host)) ||
             str_eq_nocase(site, local_caller_authority(str_of(a->o.public_url)))));
}

/* There is no key. */
static enum err_code by_place(const struct access *a, const struct access_asked *asked,
                              struct access_caller *out, struct err *e)
{
    if (!a->o.anonymous && (!local_caller_address(asked->address) || asked->forwarded)) {
        return unknown(out, REALM, e,
                       "without an API key only this machine itself is served; make one "
                       "there (loganalyzer key add) and send it as Authorization: Bearer "
                       "KEY, or see ALLOW_ANONYMOUS");
    }
    if (!is_called_by_name(a, asked)) {
        return unknown(
            out, REALM, e,
            a->o.anonymous
                ? "without an API key this server answers by an address, a name "
                  "without a dot, those of this machine and the one in PUBLIC_URL; not "
                  "by the name in Host"
                : "without an API key this server answers as localhost, and by the "
                  "names in PUBLIC_URL and of this machine; not by the name in Host");
    }
    if (asked->cross_site || (asked->changes && !is_own_page(a, asked))) {
        return err_set(e, ERR_FORBIDDEN, "a page of another site may not do this");
    }
    out->scopes = SCOPE_ALL;
    return ERR_NONE;
}

static void note_refusal(struct access *a, const struct access_asked *asked,
                         const struct err *e)
{
    atomic_fetch_add(&a->unsaid, 1);
    if (may_say(&a->said_us)) {
        diag("refused %lld of %.*s: %s", (long long)atomic_exchange(&a->unsaid, 0),
             (int)(asked->address.n > 64 ? 64 : asked->address.n),
             asked->address.n > 0 ? asked->address.p : "", e->msg);
    }
}

enum err_code access_who(struct access *a, const struct access_asked *asked,
                         int64_t now_us, struct access_caller *out, struct err *e)
{
    *out = (struct access_caller){0};
    look_at_keys(a);
    bool has_keys = a->keys.n > 0;
    enum err_code code =
        a->fault   ? err_set(e, ERR_DOWN,
                             "the API keys cannot be read, so nobody is let in; the "
                               "server's log says why")
        : has_keys ? by_key(a, asked, now_us, out, e)
                   : by_place(a, asked, out, e);
    pthread_rwlock_unlock(&a->lock);
    /* Health checks ask without a key, and are content with 401. */
    if (code == ERR_UNKNOWN_CALLER && (asked->authorization.n > 0 || !has_keys)) {
        note_refusal(a, asked, e);
    }
    return code;
}

enum err_code access_may(struct access_caller *caller, unsigned needs, struct err *e)
{
    static const struct {
        unsigned needs;
        const char *challenge;
    } challenges[] = {
        {SCOPE_INGEST, REALM ", error=\"insufficient_scope\", scope=\"ingest\""},
        {SCOPE_READ, REALM ", error=\"insufficient_scope\", scope=\"read\""},
        {SCOPE_ADMIN, REALM ", error=\"insufficient_scope\", scope=\"admin\""},
        {SCOPE_SCORE, REALM ", error=\"insufficient_scope\", scope=\"score\""},
    };
    char names[SCOPE_NAMES_BYTES];
    if (caller->scopes & needs) {
        return ERR_NONE;
    }
    for (size_t i = 0; i < sizeof challenges / sizeof challenges[0]; i++) {
        if (needs & challenges[i].needs) {
            caller->challenge = challenges[i].challenge;
            break;
        }
    }
    scope_names(needs, " or ", names);
    return err_set(e, ERR_FORBIDDEN, "this API key lacks the scope %s", names);
}

/* --- opening and closing --- */

static void add_name(struct access *a, struct str name)
{
    a->names[a->names_n++] = name;
}

enum err_code access_open(const struct access_options *o, struct access **out,
                          struct err *e)
{
    pthread_rwlockattr_t kind;
    struct access *a = calloc(1, sizeof *a);
    if (!a) {
        return err_set(e, ERR_NOMEM, "not enough memory for the access control");
    }
    a->o = *o;
    /* Who has a new file to read does not wait for a gap between those who look. */
    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&a->lock, &kind);
    pthread_rwlockattr_destroy(&kind);
    if (gethostname(a->machine, sizeof a->machine - 1) != 0) {
        a->machine[0] = '\0';
    }
    struct str full = str_of(a->machine), rest = full;
    add_name(a, full);
    add_name(a, str_split(&rest, '.'));
    add_name(a, local_caller_host_of(str_of(o->public_url)));
    *out = a;
    return ERR_NONE;
}

void access_close(struct access *a)
{
    if (a) {
        api_keys_free(&a->keys);
        free(a->paid);
        pthread_rwlock_destroy(&a->lock);
        free(a);
    }
}
