/* templates_check.c - see templates_check.h. Links are numbers of slots + 1, 0 is none: an
 * index is looked at before it is followed. All is well if each slot is in just those lists
 * that it belongs to. */
#include "scoring/templates_check.h"

#include "fcgi/base/utf8.h"

#include <string.h>

static bool is_free(const struct templates *s, unsigned x)
{
    return s->rows[x - 1].id == 0;
}

/* --- rows and services, one by one --- */

static bool check_row(const struct templates *s, const struct template_row *r,
                      const char *text)
{
    struct str words = {text, r->text_n};
    return r->id <= s->ids && r->learned <= s->learns && r->count > 0 &&
           r->service < TEMPLATES_MAX && s->services[r->service].n > 0 &&
           r->tokens_n <= MASK_TOKENS_MAX && r->text_n <= TEMPLATE_TEXT_BYTES &&
           r->bucket[0] < TEMPLATES_MAX && r->bucket[1] < TEMPLATES_MAX &&
           utf8_valid_prefix(words) == words.n;
}

static bool check_rows(const struct templates *s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < TEMPLATES_MAX; i++) {
        if (s->rows[i].id != 0) {
            if (!check_row(s, &s->rows[i], s->text[i])) {
                return false;
            }
            n++;
        }
    }
    return n == s->n;
}

/* Each service has as many templates as it says. */
static bool check_services_n(const struct templates *s)
{
    static _Thread_local uint32_t n[TEMPLATES_MAX];
    memset(n, 0, sizeof n);
    for (size_t i = 0; i < TEMPLATES_MAX; i++) {
        if (s->rows[i].id != 0) {
            n[s->rows[i].service]++;
        }
    }
    bool ok = true;
    for (size_t i = 0; i < TEMPLATES_MAX; i++) {
        ok = ok && s->services[i].n == n[i] && n[i] <= TEMPLATES_SERVICE_MAX;
    }
    return ok;
}

static bool check_cache(const struct templates *s)
{
    bool ok = true;
    for (size_t i = 0; i < TEMPLATES_CACHE_SETS; i++) {
        for (size_t w = 0; w < TEMPLATES_CACHE_WAYS; w++) {
            ok = ok && s->cache[i][w].slot < TEMPLATES_MAX;
        }
    }
    return ok;
}

/* --- lists --- */

/* The free ones, and as many as there are. */
static bool check_free(const struct templates *s)
{
    uint32_t left = TEMPLATES_MAX - s->n;
    unsigned x = s->free;
    for (; x && left > 0 && x <= TEMPLATES_MAX && is_free(s, x); left--) {
        x = s->rows[x - 1].next_free;
    }
    return x == 0 && left == 0;
}

/* Those by length (1), or by length and first word (0). */
static bool check_buckets(const struct templates *s, int k)
{
    uint32_t left = s->n;
    for (unsigned b = 0; b < TEMPLATES_MAX; b++) {
        unsigned before = 0;
        for (unsigned x = s->buckets[k][b]; x; x = s->rows[x - 1].next[k]) {
            if (x > TEMPLATES_MAX || left == 0 || is_free(s, x) ||
                s->rows[x - 1].bucket[k] != b || s->rows[x - 1].prev[k] != before) {
                return false;
            }
            before = x;
            left--;
        }
    }
    return left == 0;
}

/* An order of use: w 0 of all, 1 of the service at place y - 1. *left: so many are still to
 * come. */
static bool check_ages(const struct templates *s, const struct template_ages *a, int w,
                       unsigned y, uint32_t *left)
{
    for (int k = 0; k < 2; k++) {
        unsigned before = 0;
        for (unsigned x = a->oldest[k]; x; x = s->rows[x - 1].younger[w]) {
            if (x > TEMPLATES_MAX || *left == 0 || is_free(s, x) ||
                (s->rows[x - 1].count > 1) != k || s->rows[x - 1].older[w] != before ||
                (w && s->rows[x - 1].service + 1U != y)) {
                return false;
            }
            before = x;
            --*left;
        }
        if (a->youngest[k] != before) {
            return false;
        }
    }
    return true;
}

static bool check_service_buckets(const struct templates *s, uint32_t *used)
{
    for (unsigned b = 0; b < TEMPLATES_MAX; b++) {
        for (unsigned y = s->services_buckets[b]; y; y = s->services[y - 1].next) {
            if (y > TEMPLATES_MAX || *used == TEMPLATES_MAX ||
                s->services[y - 1].n == 0 || s->services[y - 1].bucket != b ||
                templates_service_bucket(s->services[y - 1].service) != b) {
                return false;
            }
            ++*used;
        }
    }
    return true;
}

static bool check_services(const struct templates *s)
{
    uint32_t used = 0, left, known = 0;
    if (!check_service_buckets(s, &used)) {
        return false;
    }
    for (unsigned y = 1; y <= TEMPLATES_MAX; y++) {
        left = s->services[y - 1].n;
        known += left > 0;
        if (left > 0 && (!check_ages(s, &s->services[y - 1].ages, 1, y, &left) || left)) {
            return false;
        }
    }
    unsigned y = s->services_free;
    for (left = TEMPLATES_MAX - used; y && left > 0 && y <= TEMPLATES_MAX; left--) {
        if (s->services[y - 1].n != 0) {
            return false;
        }
        y = s->services[y - 1].next;
    }
    return used == known && y == 0 && left == 0;
}

bool templates_check(const struct templates *s)
{
    uint32_t left = s->n;
    return s->n <= TEMPLATES_MAX && check_rows(s) && check_services_n(s) &&
           check_cache(s) && check_free(s) && check_buckets(s, 0) &&
           check_buckets(s, 1) && check_ages(s, &s->ages, 0, 0, &left) && left == 0 &&
           check_services(s);
}
