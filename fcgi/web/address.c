/* address.c - see address.h. */
#include "fcgi/web/address.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct net4 {
    uint32_t net;
    unsigned bits;
};

static const struct net4 own4[] = {
    {0x00000000, 8},  /* 0.0.0.0/8: this host */
    {0x0A000000, 8},  /* 10/8 */
    {0x64400000, 10}, /* 100.64/10: shared */
    {0x7F000000, 8},  /* 127/8 */
    {0xA9FE0000, 16}, /* 169.254/16: link-local, clouds' metadata */
    {0xAC100000, 12}, /* 172.16/12 */
    {0xC0000000, 24}, /* 192.0.0/24: protocol assignments */
    {0xC0000200, 24}, /* documentation */
    {0xC0586300, 24}, /* 192.88.99/24: 6to4 relays */
    {0xC0A80000, 16}, /* 192.168/16 */
    {0xC6120000, 15}, /* 198.18/15: benchmarks */
    {0xC6336400, 24}, /* documentation */
    {0xCB007100, 24}, /* documentation */
    {0xE0000000, 3},  /* multicast, reserved, broadcast */
};

static bool is_public4(uint32_t a)
{
    for (size_t i = 0; i < sizeof own4 / sizeof own4[0]; i++) {
        uint32_t mask = UINT32_MAX << (32 - own4[i].bits);
        if ((a & mask) == own4[i].net) {
            return false;
        }
    }
    return true;
}

static uint32_t four(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

struct net6 {
    uint8_t head[12];
    size_t n; /* bytes of head that count */
    int v4;   /* where an IPv4 address lies in it, which is judged; -1: refused as such */
};

/* Of 2000::/3, all that is given out as public, what is not; and before it the forms that
 * hold an IPv4 address. */
static const struct net6 special6[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 12, 12},    /* mapped */
    {{0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0}, 12, 12}, /* NAT64 */
    {{0x20, 0x02}, 2, 2},                                    /* 6to4 */
    {{0x20, 0x01, 0x00, 0x00}, 4, -1},                       /* Teredo */
    {{0x20, 0x01, 0x0D, 0xB8}, 4, -1},                       /* documentation */
    {{0x20, 0x01, 0x00, 0x02, 0x00, 0x00}, 6, -1},           /* benchmarks */
    {{0x3F, 0xFF}, 2, -1},                                   /* documentation */
};

static bool is_public6(const uint8_t *a)
{
    for (size_t i = 0; i < sizeof special6 / sizeof special6[0]; i++) {
        const struct net6 *net = &special6[i];
        if (memcmp(a, net->head, net->n) == 0) {
            return net->v4 >= 0 && is_public4(four(a + net->v4));
        }
    }
    return (a[0] & 0xE0) == 0x20;
}

bool address_is_public(const struct sockaddr *address, socklen_t n)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    if (address->sa_family == AF_INET && n >= (socklen_t)sizeof in) {
        memcpy(&in, address, sizeof in);
        return is_public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6 && n >= (socklen_t)sizeof in6) {
        memcpy(&in6, address, sizeof in6);
        return is_public6(in6.sin6_addr.s6_addr);
    }
    return false;
}
