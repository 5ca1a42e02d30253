/* ledger.c - posts numbered records over many connections at once and writes down what
 * became of each batch, to be compared with the store.
 *
 *     ledger SOCKET LEDGER CONNECTIONS [BATCHES]
 *
 * Each batch has an Idempotency-Key. One that gets no answer, or 5xx or 429, is sent again
 * under it until it is answered or TRIES_MAX tries were made. Ends at SIGTERM, or after so
 * many batches, when each connection has its answer; then what was not answered stays so.
 *
 * LEDGER gets a line a batch: key, number of records, last status, and how many of its tries
 * were cut (no whole answer came), failed (500, 502, 504) and put off (429, 503, 507). Status
 * 0: it was sent and no whole answer came. 208: a 2xx that says it is a duplicate. 299: one
 * that names another number of records. A batch of which no byte could be sent is not written
 * down. LEDGER.ok grows by a byte with each 2xx and LEDGER.busy with each try put off, so
 * that the driver can wait for work being done. A record carries its batch's key and its own
 * number in its metadata. One batch in 24 has a bad last record and has to be refused as a
 * whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 256,
    KEY_BYTES = 64,
    REPLY_BYTES = 256 * 1024,
    RECORD_BYTES = 256,
    BATCH_MAX = 400,
    BODY_BYTES = BATCH_MAX * RECORD_BYTES + 64 * 1024,
    ANSWER_SECONDS = 20,
    BAD_ONE_IN = 24,
    TRIES_MAX = 10000,
    CUT = 0,
    DUPLICATE = 208,
    WRONG_NUMBER = 299
};

static const int sizes[] = {1, 1, 1, 2, 1, 7, 1, 1, 20, 1, 3, 60, 1, 5, 1, BATCH_MAX};
enum { SIZES_N = sizeof sizes / sizeof sizes[0] };

static const char *socket_path;
static FILE *ledger; /* used by all threads: a line at a time */
static int ok_fd, busy_fd;
static volatile sig_atomic_t stopping;
static atomic_long left; /* batches to be begun */

struct connection {
    pthread_t thread;
    int number, fd; /* -1: not connected */
    unsigned seq;
    char key[KEY_BYTES];
    char *body, *reply;
    size_t body_n;
    int n;                    /* records in it */
    int cut, failed, put_off; /* tries of it */
};

static void stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

static void rest(long ms)
{
    struct timespec ts = {0, ms * 1000000};
    nanosleep(&ts, NULL);
}

static bool open_connection(struct connection *c)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    struct timeval limit = {ANSWER_SECONDS, 0};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", socket_path);
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&a, sizeof a) != 0) {
        if (c->fd >= 0) {
            close(c->fd);
        }
        c->fd = -1;
        return false;
    }
    setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return true;
}

static void close_connection(struct connection *c)
{
    close(c->fd);
    c->fd = -1;
}

/* The next batch: mostly small ones, some large, some with a bad record at the end. */
static void make_batch(struct connection *c)
{
    unsigned turn = c->seq++ + (unsigned)c->number;
    bool bad = turn % BAD_ONE_IN == BAD_ONE_IN - 1;
    c->n = sizes[turn % SIZES_N];
    c->cut = c->failed = c->put_off = 0;
    snprintf(c->key, sizeof c->key, "%ld.%d.%u", (long)getpid(), c->number, c->seq);
    size_t at = 0;
    c->body[at++] = '[';
    for (int i = 0; i < c->n; i++) {
        int wrote =
            snprintf(c->body + at, BODY_BYTES - at,
                     "%s{\"timestamp\":\"2026-11-22T13:00:48Z\",\"service\":\"s%d\","
                     "\"level\":\"%s\",\"message\":\"ledger %s %d\","
                     "\"metadata\":{\"b\":\"%s\",\"i\":%d}}",
                     i ? "," : "", c->number % 5, bad && i == c->n - 1 ? "" : "info",
                     c->key, i, c->key, i);
        at += (size_t)wrote;
    }
    c->body[at++] = ']';
    c->body_n = at;
}

static bool send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* Sends the batch; false if not one byte of it can have arrived. */
static bool send_batch(struct connection *c)
{
    char head[256];
    int n = snprintf(head, sizeof head,
                     "POST /ingest HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                     "application/json\r\nIdempotency-Key: %s\r\n"
                     "Content-Length: %zu\r\n\r\n",
                     c->key, c->body_n);
    if (!send_all(c->fd, head, (size_t)n)) {
        return false; /* the body was not even begun */
    }
    (void)send_all(c->fd, c->body, c->body_n); /* cut or not is seen by the answer */
    return true;
}

/* How long the whole reply is, once its head is there; 0: not yet. */
static size_t reply_length(const char *reply, const char *head_end)
{
    const char *length = strcasestr(reply, "\r\nContent-Length:");
    if (!length || length > head_end) {
        return 0;
    }
    return (size_t)(head_end + 4 - reply) + strtoul(length + 17, NULL, 10);
}

/* Reads one reply; its status, or CUT. */
static int read_reply(struct connection *c)
{
    size_t n = 0, whole = 0;
    while (whole == 0 || n < whole) {
        ssize_t got = recv(c->fd, c->reply + n, REPLY_BYTES - 1 - n, 0);
        if (got <= 0) {
            return CUT;
        }
        n += (size_t)got;
        c->reply[n] = '\0';
        const char *head_end = strstr(c->reply, "\r\n\r\n");
        whole = whole == 0 && head_end ? reply_length(c->reply, head_end) : whole;
    }
    int status = (int)strtol(c->reply + 9, NULL, 10);
    const char *stored = strstr(c->reply, "\"stored\":");
    if (status / 100 == 2 && (!stored || strtol(stored + 9, NULL, 10) != c->n)) {
        return WRONG_NUMBER;
    }
    return status / 100 == 2 && strstr(c->reply, "\"duplicate\":true") ? DUPLICATE
                                                                       : status;
}

static void grow(int fd)
{
    if (write(fd, ".", 1) != 1) {
        abort();
    }
}

static void write_down(const struct connection *c, int status)
{
    fprintf(ledger, "%s %d %d %d %d %d\n", c->key, c->n, status, c->cut, c->failed,
            c->put_off);
    if (status / 100 == 2) {
        grow(ok_fd);
    }
}

/* Counts a try; false: the batch is not answered yet. */
static bool is_answered(struct connection *c, int status)
{
    bool put_off = status == 429 || status == 503 || status == 507;
    c->cut += status == CUT;
    c->put_off += put_off;
    c->failed += status >= 500 && !put_off;
    if (put_off) {
        grow(busy_fd);
    }
    return status != CUT && status != 429 && status < 500;
}

/* Sends the batch until it is answered. *sent: has a byte of it ever gone out? */
static int post(struct connection *c, bool *sent)
{
    int status = CUT;
    *sent = false;
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        if (tries > 0) {
            if (stopping) {
                break;
            }
            rest(tries < 4 ? 5 : 20);
        }
        if (c->fd < 0 && !open_connection(c)) {
            continue;
        }
        if (!send_batch(c)) { /* it was closed since: no try */
            close_connection(c);
            continue;
        }
        *sent = true;
        status = read_reply(c);
        if (status == CUT || strcasestr(c->reply, "\r\nConnection: close")) {
            close_connection(c);
        }
        if (is_answered(c, status)) {
            break;
        }
    }
    return status;
}

static void *connection_main(void *arg)
{
    struct connection *c = arg;
    while (!stopping && atomic_fetch_sub(&left, 1) > 0) {
        bool sent;
        make_batch(c);
        int status = post(c, &sent);
        if (sent) {
            write_down(c, status);
        }
    }
    return NULL;
}

static bool start(struct connection *c, int number)
{
    *c = (struct connection){.number = number, .fd = -1};
    c->body = malloc(BODY_BYTES);
    c->reply = calloc(1, REPLY_BYTES);
    return c->body && c->reply &&
           pthread_create(&c->thread, NULL, connection_main, c) == 0;
}

static void finish(struct connection *c)
{
    pthread_join(c->thread, NULL);
    if (c->fd >= 0) {
        close(c->fd);
    }
    free(c->body);
    free(c->reply);
}

static int open_beside(const char *path, const char *suffix)
{
    char name[4096];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static bool open_ledger(const char *path)
{
    ledger = fopen(path, "we");
    ok_fd = open_beside(path, ".ok");
    busy_fd = open_beside(path, ".busy");
    return ledger && ok_fd >= 0 && busy_fd >= 0;
}

int main(int argc, char **argv)
{
    static struct connection connections[CONNECTIONS_MAX];
    long n = argc == 4 || argc == 5 ? strtol(argv[3], NULL, 10) : 0;
    if (n < 1 || n > CONNECTIONS_MAX || !open_ledger(argv[2])) {
        fprintf(stderr, "usage: ledger SOCKET LEDGER CONNECTIONS [BATCHES]\n");
        return 2;
    }
    atomic_store(&left, argc == 5 ? strtol(argv[4], NULL, 10) : LONG_MAX / 2);
    socket_path = argv[1];
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop, .sa_flags = SA_RESTART},
              NULL);
    for (int i = 0; i < (int)n; i++) {
        if (!start(&connections[i], i)) {
            fprintf(stderr, "ledger: no thread %d\n", i);
            return 2;
        }
    }
    for (int i = 0; i < (int)n; i++) {
        finish(&connections[i]);
    }
    close(ok_fd);
    close(busy_fd);
    return fclose(ledger) == 0 ? 0 : 1;
}
