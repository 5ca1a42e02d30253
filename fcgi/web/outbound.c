/* outbound.c - see outbound.h. */
#include "fcgi/web/outbound.h"

#include "fcgi/base/clock.h"
#include "fcgi/web/address.h"

#include <pthread.h>

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static CURLcode global_result;

static void init_global(void)
{
    global_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool outbound_init(void)
{
    pthread_once(&global_once, init_global);
    return global_result == CURLE_OK;
}

/* libcurl asks at least once a second; not 0 ends the transfer. */
static int is_over(void *arg, curl_off_t down_n, curl_off_t down, curl_off_t up_n,
                   curl_off_t up)
{
    const struct outbound *o = arg;
    (void)down_n, (void)down, (void)up_n, (void)up;
    int64_t now_us = clock_mono_us();
    return now_us >= atomic_load(o->end_us) || now_us >= o->deadline_us;
}

/* The address is what will be connected to, after every look-up. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct outbound *o = arg;
    (void)purpose;
    if (o->public_only && !address_is_public(&a->addr, (socklen_t)a->addrlen)) {
        o->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

bool outbound_set(CURL *h, struct outbound *o)
{
    o->deadline_us = clock_mono_us() + o->total_ms * 1000;
    return !curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, o->protocols) &&
           !curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L) &&
           !curl_easy_setopt(h, CURLOPT_PROXY, "") && /* not that of the environment */
           !curl_easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
           !curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L) &&
           !curl_easy_setopt(h, CURLOPT_QUICK_EXIT, 1L) &&
           !curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L) &&
           !curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms) &&
           !curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)o->total_ms) &&
           !curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, open_socket) &&
           !curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, o) &&
           !curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, is_over) &&
           !curl_easy_setopt(h, CURLOPT_XFERINFODATA, o) &&
           !curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
}

static enum err_code say_late(const struct outbound *o, struct err *e)
{
    return err_set(e, ERR_UPSTREAM,
                   "there was no complete answer within %lld ms (connecting: %lld)",
                   (long long)o->total_ms, (long long)o->connect_ms);
}

enum err_code outbound_say(const struct outbound *o, CURLcode rc, struct err *e)
{
    switch ((int)rc) {
    case CURLE_COULDNT_CONNECT:
        return o->refused
                   ? err_set(e, ERR_UPSTREAM,
                             "the address is this machine's or of a private network: "
                             "set NOTIFY_PRIVATE=1 if that is what is wanted")
                   : err_set(e, ERR_UPSTREAM, "nothing accepts connections there");
    case CURLE_COULDNT_RESOLVE_HOST:
        return err_set(e, ERR_UPSTREAM, "the host's name is not known");
    case CURLE_ABORTED_BY_CALLBACK:
        if (clock_mono_us() >= atomic_load(o->end_us)) {
            return err_set(e, ERR_UPSTREAM,
                           "the request was given up: this process ends");
        }
        return say_late(o, e);
    case CURLE_OPERATION_TIMEDOUT:
        return say_late(o, e);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return err_set(e, ERR_UPSTREAM, "the connection ended before the answer did");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return err_set(e, ERR_UPSTREAM,
                       "the server's certificate is not one that this machine trusts");
    case CURLE_OUT_OF_MEMORY:
        return err_set(e, ERR_NOMEM, "not enough memory for the request");
    default:
        return err_set(e, ERR_UPSTREAM, "the request failed: %s", curl_easy_strerror(rc));
    }
}
