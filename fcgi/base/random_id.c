/* random_id.c - see random_id.h. */
#include "fcgi/base/random_id.h"

#include <sys/random.h>

enum err_code random_id(char out[static RANDOM_ID_BYTES], struct err *e)
{
    unsigned char bytes[(RANDOM_ID_BYTES - 1) / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        return err_set(e, ERR_IO, "the system gives no random numbers");
    }
    for (size_t i = 0; i < sizeof bytes; i++) {
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    }
    return ERR_NONE;
}
