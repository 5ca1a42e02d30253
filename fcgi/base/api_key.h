/* api_key.h - the text of an API key, and what is kept of it.
 *
 * "loganalyzer_<id>_<secret>": 12 hex digits that name it, and 32 random bytes in base64url.
 * Of a key only its SHA-256 is kept: with 256 random bits nothing can be tried out, so a
 * fast digest is the right one. Pure, but for api_key_make. */
#ifndef BASE_API_KEY_H
#define BASE_API_KEY_H

#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

enum {
    API_KEY_ID_BYTES = 13,   /* 12 digits and NUL */
    API_KEY_TEXT_BYTES = 69, /* all of it and NUL */
    API_KEY_DIGEST_BYTES = 32
};

/* What a key may do; of a route: which of them it takes, one is enough. */
enum scope { SCOPE_INGEST = 1, SCOPE_READ = 2, SCOPE_ADMIN = 4, SCOPE_SCORE = 8 };
enum { SCOPE_ALL = SCOPE_INGEST | SCOPE_READ | SCOPE_ADMIN | SCOPE_SCORE };

/* "ingest,read" as a set; false if a name is none of ours, or comes twice. */
bool scope_read(struct str names, unsigned *out);
/* The names, with "," or " or " between: at most SCOPE_NAMES_BYTES with NUL. */
enum { SCOPE_NAMES_BYTES = 40 };
void scope_names(unsigned scopes, const char *between,
                 char out[static SCOPE_NAMES_BYTES]);

/* Is it the text of a key, and which id does it name? */
bool api_key_read(struct str text, char id[static API_KEY_ID_BYTES]);
bool api_key_id_read(struct str text, char id[static API_KEY_ID_BYTES]);

void api_key_digest(struct str text, uint8_t out[static API_KEY_DIGEST_BYTES]);

/* All bytes are looked at, however early they differ. */
bool api_key_same(const uint8_t a[static API_KEY_DIGEST_BYTES],
                  const uint8_t b[static API_KEY_DIGEST_BYTES]);

/* A new one. ERR_IO: the system gives no random numbers. */
enum err_code api_key_make(char out[static API_KEY_TEXT_BYTES], struct err *e) MUST_USE;

/* May it be sent as a bearer token? Printable ASCII without blanks, not empty. */
bool api_key_is_token(const char *text);

#endif
