/* api_keys.h - the file of API keys: one line a key,
 *
 *     id scopes sha256 created label
 *     9f3c5e0a71b2 ingest,read 3b0c... 2026-11-26T10:00:00.000Z the web server
 *
 * empty lines and those that begin with '#' are for people. It is replaced as a whole, so
 * that a reader has the old keys or the new ones. A line that is not understood makes the
 * whole file one that is not: no key is let in by guessing. */
#ifndef BASE_API_KEYS_H
#define BASE_API_KEYS_H

#include "fcgi/base/api_key.h"

#include <sys/stat.h>

enum {
    API_KEYS_MAX = 1000,
    API_KEYS_LABEL_BYTES = 65, /* 64 and NUL */
    API_KEYS_FILE_BYTES = 256 * 1024
};

struct api_key {
    char id[API_KEY_ID_BYTES];
    unsigned scopes; /* as they were given: see api_key_may */
    uint8_t digest[API_KEY_DIGEST_BYTES];
    int64_t created_us;
    char label[API_KEYS_LABEL_BYTES]; /* UTF-8, "" none */
};

struct api_keys {
    struct api_key *list; /* in the order of the file */
    size_t n;
};

/* What the key may do: admin may do all. */
static inline unsigned api_key_may(const struct api_key *k)
{
    return k->scopes & SCOPE_ADMIN ? (unsigned)SCOPE_ALL : k->scopes;
}

/* Reads the file, which may not be there: no keys. *st is what was read, st_ino 0 if it was
 * not there. ERR_INVALID names the line; others may write to it; ERR_IO; ERR_NOMEM. */
enum err_code api_keys_load(const char *path, struct api_keys *out, struct stat *st,
                            struct err *e) MUST_USE;
enum err_code api_keys_parse(struct str text, struct api_keys *out,
                             struct err *e) MUST_USE;
void api_keys_free(struct api_keys *k);

/* Of any length of time that does not depend on which keys there are: each is looked at.
 * NULL: none has this id. */
const struct api_key *api_keys_find(const struct api_keys *k,
                                    const char id[static API_KEY_ID_BYTES]);

/* Puts the keys in the place of what is there, on the disk when it returns. The file is
 * 0600, and of the user that the one before it or its folder belongs to. */
enum err_code api_keys_store(const char *path, const struct api_keys *k,
                             struct err *e) MUST_USE;

/* May it stand in the file? Not too long, UTF-8, nothing hidden in it, no '\n'. */
enum err_code api_keys_check_label(struct str label, struct err *e) MUST_USE;

#endif
