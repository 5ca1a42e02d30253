/* api_key.c - see api_key.h. */
#include "fcgi/base/api_key.h"

#include <sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

#define BEGIN "loganalyzer_"
enum { ID_N = API_KEY_ID_BYTES - 1, SECRET_RAW_BYTES = 32, SECRET_N = 43 };

static const char HEX[] = "0123456789abcdef";
static const char BASE64URL[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* --- scopes --- */

static const struct {
    unsigned scope;
    const char *name;
} scopes[] = {{SCOPE_INGEST, "ingest"},
              {SCOPE_READ, "read"},
              {SCOPE_ADMIN, "admin"},
              {SCOPE_SCORE, "score"}};
enum { SCOPES_N = sizeof scopes / sizeof scopes[0] };

bool scope_read(struct str names, unsigned *out)
{
    *out = 0;
    do {
        struct str name = str_trim(str_split(&names, ','));
        size_t i = 0;
        while (i < SCOPES_N && !str_eq(name, str_of(scopes[i].name))) {
            i++;
        }
        if (i == SCOPES_N || (*out & scopes[i].scope)) {
            return false;
        }
        *out |= scopes[i].scope;
    } while (names.p);
    return true;
}

void scope_names(unsigned set, const char *between, char out[static SCOPE_NAMES_BYTES])
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < SCOPES_N; i++) {
        if (set & scopes[i].scope) {
            n += (size_t)snprintf(out + n, SCOPE_NAMES_BYTES - n, "%s%s",
                                  n ? between : "", scopes[i].name);
        }
    }
}

/* --- the text --- */

static bool all_of(struct str s, const char *allowed)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\0' || !strchr(allowed, s.p[i])) {
            return false;
        }
    }
    return true;
}

bool api_key_id_read(struct str text, char id[static API_KEY_ID_BYTES])
{
    if (text.n != ID_N || !all_of(text, HEX)) {
        return false;
    }
    memcpy(id, text.p, ID_N);
    id[ID_N] = '\0';
    return true;
}

bool api_key_read(struct str text, char id[static API_KEY_ID_BYTES])
{
    struct str begin = STR(BEGIN);
    if (text.n != API_KEY_TEXT_BYTES - 1 || !str_starts(text, begin)) {
        return false;
    }
    struct str rest = str_from(text, begin.n);
    struct str secret = str_from(rest, ID_N + 1);
    return rest.p[ID_N] == '_' && all_of(secret, BASE64URL) &&
           api_key_id_read((struct str){rest.p, ID_N}, id);
}

void api_key_digest(struct str text, uint8_t out[static API_KEY_DIGEST_BYTES])
{
    SHA2_CTX state;
    SHA256Init(&state);
    SHA256Update(&state, (const uint8_t *)text.p, text.n);
    SHA256Final(out, &state);
}

bool api_key_same(const uint8_t a[static API_KEY_DIGEST_BYTES],
                  const uint8_t b[static API_KEY_DIGEST_BYTES])
{
    volatile uint8_t differ = 0; /* so that no compiler ends the loop early */
    for (size_t i = 0; i < API_KEY_DIGEST_BYTES; i++) {
        differ = (uint8_t)(differ | (a[i] ^ b[i]));
    }
    return differ == 0;
}

bool api_key_is_token(const char *text)
{
    const char *p = text;
    while (*p > ' ' && *p <= '~') {
        p++;
    }
    return p > text && *p == '\0';
}

/* Base64url without padding: 32 bytes become 43 characters. */
static void put_secret(const uint8_t *raw, char *out)
{
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < SECRET_RAW_BYTES; i++) {
        bits = bits << 8 | raw[i];
        for (have += 8; have >= 6; have -= 6) {
            *out++ = BASE64URL[bits >> (have - 6) & 63];
        }
    }
    *out = BASE64URL[bits << (6 - have) & 63];
}

enum err_code api_key_make(char out[static API_KEY_TEXT_BYTES], struct err *e)
{
    uint8_t raw[ID_N / 2 + SECRET_RAW_BYTES];
    if (getrandom(raw, sizeof raw, 0) != (ssize_t)sizeof raw) {
        return err_set(e, ERR_IO, "the system gives no random numbers");
    }
    char *p = out + sizeof BEGIN - 1;
    memcpy(out, BEGIN, sizeof BEGIN - 1);
    for (size_t i = 0; i < ID_N / 2; i++) {
        *p++ = HEX[raw[i] >> 4];
        *p++ = HEX[raw[i] & 15];
    }
    *p++ = '_';
    put_secret(raw + ID_N / 2, p);
    p[SECRET_N] = '\0';
    return ERR_NONE;
}
