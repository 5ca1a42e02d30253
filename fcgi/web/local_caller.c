/* local_caller.c - see local_caller.h. */
#include "fcgi/web/local_caller.h"

#include <arpa/inet.h>
#include <string.h>

enum { ADDRESS_BYTES_MAX = 64 };

static bool to_text(struct str address, char text[static ADDRESS_BYTES_MAX])
{
    if (address.n == 0 || address.n >= ADDRESS_BYTES_MAX) {
        return false;
    }
    memcpy(text, address.p, address.n);
    text[address.n] = '\0';
    return true;
}

static bool is_loopback(struct str address)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    char text[ADDRESS_BYTES_MAX];
    uint8_t four[4];
    struct in6_addr six;
    if (!to_text(address, text)) {
        return false;
    }
    if (inet_pton(AF_INET, text, four) == 1) {
        return four[0] == 127;
    }
    if (inet_pton(AF_INET6, text, &six) != 1) {
        return false;
    }
    return memcmp(&six, &in6addr_loopback, sizeof six) == 0 ||
           (memcmp(&six, mapped, sizeof mapped) == 0 && six.s6_addr[12] == 127);
}

/* lighttpd says the socket's path, nginx "unix:". */
bool local_caller_is_socket(struct str address)
{
    return str_starts(address, STR("/")) || str_eq(address, STR("unix:"));
}

bool local_caller_address(struct str address)
{
    return local_caller_is_socket(address) || is_loopback(address);
}

/* Without a port, without brackets, without a dot at the end. */
static struct str bare_host(struct str host)
{
    host = str_trim(host);
    if (host.n > 0 && host.p[0] == '[') {
        host = str_from(host, 1);
        struct str six = str_split(&host, ']');
        return host.n == 0 || host.p[0] == ':' ? six : STR_NONE;
    }
    host = str_split(&host, ':');
    if (host.n > 1 && host.p[host.n - 1] == '.') {
        host.n--;
    }
    return host;
}

static bool ends_nocase(struct str s, struct str end)
{
    return s.n > end.n && str_eq_nocase(str_from(s, s.n - end.n), end);
}

bool local_caller_host(struct str host, const struct str *names, size_t n)
{
    struct str bare = bare_host(host);
    for (size_t i = 0; i < n; i++) {
        if (names[i].n > 0 && str_eq_nocase(bare, names[i])) {
            return true;
        }
    }
    return str_eq_nocase(bare, STR("localhost")) ||
           ends_nocase(bare, STR(".localhost")) || is_loopback(bare);
}

bool local_caller_host_nobodys(struct str host)
{
    struct str bare = bare_host(host);
    uint8_t address[sizeof(struct in6_addr)];
    char text[ADDRESS_BYTES_MAX];
    if (bare.n == 0 || !memchr(bare.p, '.', bare.n)) {
        return bare.n > 0;
    }
    return to_text(bare, text) && (inet_pton(AF_INET, text, address) == 1 ||
                                   inet_pton(AF_INET6, text, address) == 1);
}

struct str local_caller_authority(struct str url)
{
    const char *at = url.n > 0 ? memmem(url.p, url.n, "://", 3) : NULL;
    struct str rest = at ? str_from(url, (size_t)(at - url.p) + 3) : STR_NONE;
    return str_trim(str_split(&rest, '/'));
}

struct str local_caller_host_of(struct str url)
{
    bool whole = url.n > 0 && memmem(url.p, url.n, "://", 3);
    struct str rest = url;
    return bare_host(whole ? local_caller_authority(url) : str_split(&rest, '/'));
}

bool local_caller_forwarded(char *const *parameters)
{
    static const char *const begins[] = {
        "HTTP_X_FORWARDED",
        "HTTP_FORWARDED",
        "HTTP_X_REAL_IP=",
        "HTTP_VIA=",
        "HTTP_X_CLIENT_IP=",
        "HTTP_X_ORIGINAL_",
        "HTTP_CF_",
        "HTTP_X_CLUSTER_CLIENT_IP=",
        "HTTP_TRUE_CLIENT_IP=",
        "HTTP_CLIENT_IP=",
    };
    bool old = false, closes = false;
    for (; *parameters; parameters++) {
        for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
            if (strncmp(*parameters, begins[i], strlen(begins[i])) == 0) {
                return true;
            }
        }
        old = old || strcmp(*parameters, "SERVER_PROTOCOL=HTTP/1.0") == 0;
        closes = closes || strcmp(*parameters, "HTTP_CONNECTION=close") == 0;
    }
    return old && closes;
}
