/* digest.h - SHA-256, by libmd: the one digest library that every Debian has, as dpkg
 * needs it. */
#ifndef CLI_DIGEST_H
#define CLI_DIGEST_H

#include "fcgi/core/import.h"

#include <sha2.h>
#include <sys/types.h>

struct digest {
    SHA2_CTX state;
};

static inline void digest_begin(struct digest *d)
{
    SHA256Init(&d->state);
}

static inline void digest_add(struct digest *d, struct str s)
{
    SHA256Update(&d->state, (const uint8_t *)s.p, s.n);
}

/* Of all that was added so far; more may be added afterwards. */
static inline struct import_position digest_here(const struct digest *d)
{
    struct import_position out;
    SHA2_CTX copy = d->state;
    SHA256Final(out.b, &copy);
    return out;
}

#endif
