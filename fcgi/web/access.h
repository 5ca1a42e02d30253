/* access.h - who asks, and may they? One for a process; any thread.
 *
 * With keys (api_keys.h) every request needs one, wherever it comes from: a web server in
 * front of us on the same machine looks like the machine itself. Without any key those of
 * this machine that nobody handed on are served (local_caller.h), or with ALLOW_ANONYMOUS=1
 * all, but for what pages of other sites can make a browser ask. The file is looked at with
 * each request, so that what is added or taken away holds from the next one on; one that
 * cannot be read lets nobody in. */
#ifndef WEB_ACCESS_H
#define WEB_ACCESS_H

#include "fcgi/base/api_keys.h"

struct access_options {
    const char *keys_file; /* these texts must stay */
    const char *public_url;
    bool anonymous;   /* ALLOW_ANONYMOUS */
    int64_t rate_max; /* requests a second of one key, and as many at once; 0: no limit */
};

/* What a request says of its sender. */
struct access_asked {
    struct str authorization, address, host; /* as they were sent; p NULL: not there */
    struct str origin;                       /* the same */
    bool forwarded;                          /* local_caller_forwarded */
    bool changes;
    bool cross_site; /* it changes something, and another site's page has sent it */
    bool host_sure;  /* Host is the name of a certificate, or one asked for a password */
};

struct access_caller {
    char id[API_KEY_ID_BYTES]; /* of the key; "" without one */
    unsigned scopes;
    const char
        *challenge; /* of a refusal: static value of WWW-Authenticate; NULL: none */
};

struct access; /* opaque */

enum err_code access_open(const struct access_options *o, struct access **out,
                          struct err *e) MUST_USE;
void access_close(struct access *a); /* NULL allowed */

/* ERR_UNKNOWN_CALLER, the same for a key that is wrong, unknown or taken away; ERR_RATE;
 * ERR_DOWN: the keys cannot be read. now_us: monotonic (clock.h). */
enum err_code access_who(struct access *a, const struct access_asked *asked,
                         int64_t now_us, struct access_caller *out,
                         struct err *e) MUST_USE;

/* Has the caller one of the scopes? ERR_FORBIDDEN. */
enum err_code access_may(struct access_caller *caller, unsigned needs,
                         struct err *e) MUST_USE;

#endif
