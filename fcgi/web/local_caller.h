/* local_caller.h - does a request come from this machine itself, from no further away, and
 * does its sender mean this machine? Pure.
 *
 * A page of any site can make a browser on this machine ask for http://that-site/, whose
 * name it lets point to 127.0.0.1 or another address of ours (DNS rebinding): then all but
 * Host looks like our own page's. */
#ifndef WEB_LOCAL_CALLER_H
#define WEB_LOCAL_CALLER_H

#include "fcgi/base/str.h"

/* Is REMOTE_ADDR one of loopback (127.0.0.0/8, ::1, the former in an IPv6 one), or what
 * stands for a unix socket? */
bool local_caller_address(struct str address);
bool local_caller_is_socket(struct str address);

/* Does Host (or a URL's authority) name this machine: localhost, a name below it, an
 * address of loopback, or one of the n names? A port behind it is of no account. */
bool local_caller_host(struct str host, const struct str *names, size_t n);

/* Is Host one that no stranger can have and let point to this machine: an address, or a
 * name without a dot, such as a container's? */
bool local_caller_host_nobodys(struct str host);

/* The host in "https://host:port/path", or in "host:port"; empty if there is none. */
struct str local_caller_host_of(struct str url);
/* "host:port" or "host" of a URL with a scheme; empty if there is none. */
struct str local_caller_authority(struct str url);

/* Do the parameters ("NAME=value", up to a NULL) show that a proxy hands on a request of
 * another's: X-Forwarded-*, Forwarded, X-Real-IP, Via and their like? nginx, told no more
 * than proxy_pass, adds none of them, but asks in HTTP/1.0 with Connection: close, as no
 * program of today does by itself. */
bool local_caller_forwarded(char *const *parameters);

#endif
