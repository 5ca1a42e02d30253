/* address.h - is an address one of the open internet, or of this machine and its own
 * networks? What is connected to is judged, not what was written: names that point to this
 * machine, 0x7f.1, 2130706433 and [::ffff:127.0.0.1] are all found out. Pure. */
#ifndef WEB_ADDRESS_H
#define WEB_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* False for loopback, private, shared (100.64/10), link-local, multicast, broadcast,
 * unspecified, documentation, benchmark and reserved ones, IPv4 and IPv6, also where an
 * IPv4 address lies in an IPv6 one (mapped, compatible, NAT64, 6to4, Teredo); and for all
 * that is neither IPv4 nor IPv6. */
bool address_is_public(const struct sockaddr *address, socklen_t n);

#endif
