/* outbound.h - what holds for every connection that libcurl makes for us, whatever it
 * speaks: only what was configured is spoken, no proxy of the environment, no .netrc, no
 * redirect, bounded times, and, where it is asked for, no address of this machine or of
 * private networks (address.h). For client.c and mailer.c. */
#ifndef WEB_OUTBOUND_H
#define WEB_OUTBOUND_H

#include "fcgi/base/err.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdbool.h>

/* One transfer; must stay until it is over. */
struct outbound {
    const char *protocols; /* "http,https" */
    int64_t connect_ms, total_ms;
    bool public_only;
    const _Atomic int64_t *end_us; /* from then on it is given up (clock_mono_us) */
    bool refused;                  /* an address was, for not being public */
    int64_t deadline_us;           /* set by outbound_set */
};

/* Once in a process, by whoever comes first; false: libcurl does not work. */
bool outbound_init(void);

/* A name is looked up by a thread that is not waited for. False: no memory. */
bool outbound_set(CURL *h, struct outbound *o);

/* In a sentence without URL or address why rc; what is special to a protocol is the
 * caller's. ERR_UPSTREAM or ERR_NOMEM. */
enum err_code outbound_say(const struct outbound *o, CURLcode rc, struct err *e);

#endif
