/* frontend.c - see frontend.h. */
#include "fcgi/web/frontend.h"

#include "fcgi/base/api_keys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <netdb.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const struct config *c)
{
    return c->bind[0] == '/';
}

/* --- checks --- */

static enum err_code try_address(const struct addrinfo *a, const char *key, int64_t port,
                                 struct err *e)
{
    int one = 1;
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return err_set(e, ERR_INVALID, "BIND: this system has no such kind of address");
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    int rc = bind(fd, a->ai_addr, a->ai_addrlen);
    int why = rc == 0 ? 0 : errno;
    close(fd);
    if (why == EADDRINUSE) {
        return err_set(e, ERR_INVALID,
                       "port %lld is taken; stop what listens there, or set %s to a "
                       "free one",
                       (long long)port, key);
    }
    return why ? err_set(e, ERR_INVALID, "cannot listen on BIND address, port %lld: %s",
                         (long long)port, strerror(why))
               : ERR_NONE;
}

static enum err_code try_port(const struct config *c, const char *key, int64_t port,
                              struct err *e)
{
    char service[24];
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags =
                                       AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
    snprintf(service, sizeof service, "%lld", (long long)port);
    if (getaddrinfo(c->bind, service, &hints, &found) != 0) {
        return err_set(e, ERR_INVALID,
                       "BIND is \"%.64s\"; it must be an address of this "
                       "machine, such as 127.0.0.1, 0.0.0.0 or ::1",
                       c->bind);
    }
    enum err_code code = try_address(found, key, port, e);
    freeaddrinfo(found);
    return code;
}

static enum err_code store_folder(const struct config *c, struct stat *st, struct err *e)
{
    char copy[CONFIG_PATH_BYTES];
    memcpy(copy, c->database, sizeof copy);
    if (stat(dirname(copy), st) != 0) {
        return err_set(e, ERR_INVALID,
                       "DATABASE: the folder for the store does not exist");
    }
    struct stat self;
    if (stat(c->database, &self) == 0 && !S_ISREG(self.st_mode)) {
        return err_set(e, ERR_INVALID, "DATABASE is not a file");
    }
    return ERR_NONE;
}

/* Started by root the programs run as the folder's owner, who may write in it. */
static enum err_code try_writing(const struct config *c, struct err *e)
{
    char copy[CONFIG_PATH_BYTES];
    memcpy(copy, c->database, sizeof copy);
    bool there = access(c->database, F_OK) == 0;
    if (access(dirname(copy), W_OK | X_OK) != 0 ||
        (there && access(c->database, W_OK) != 0)) {
        return err_set(e, ERR_INVALID,
                       "DATABASE: you may not write to the store or in its "
                       "folder");
    }
    return ERR_NONE;
}

static enum err_code check_paths(const struct config *c, struct err *e)
{
    if (strlen(c->run_dir) > FRONTEND_RUN_DIR_BYTES_MAX) {
        return err_set(e, ERR_INVALID,
                       "the path of RUN_DIR has %zu bytes, and sockets in it "
                       "must be reachable by at most 107; set RUN_DIR to a shorter path "
                       "(at most %d)",
                       strlen(c->run_dir), FRONTEND_RUN_DIR_BYTES_MAX);
    }
    const char *paths[] = {c->home, c->run_dir, c->database, c->bind};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (strpbrk(paths[i], "\"\\\n\r")) {
            return err_set(e, ERR_INVALID,
                           "a path holds a quote, backslash or line break, "
                           "which the web server's configuration cannot");
        }
    }
    return ERR_NONE;
}

/* A folder that was there is taken only if it is private already: 0700, and of the user
 * who is to run, or of root when root starts. Nobody else's folder is changed. All by
 * descriptor, so that nobody can put a link in its place between two steps. */
static enum err_code open_run_dir(const struct config *c, bool fresh,
                                  const struct stat *folder, int *fd, struct err *e)
{
    struct stat st;
    uid_t user = geteuid() == 0 ? folder->st_uid : geteuid();
    *fd = open(c->run_dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &st) != 0) {
        return err_set(e, ERR_INVALID, "RUN_DIR is not a folder that can be opened: %s",
                       strerror(errno));
    }
    bool private =
        (st.st_mode & 077) == 0 && (st.st_uid == user || st.st_uid == geteuid());
    return fresh || private ? ERR_NONE
                            : err_set(e, ERR_INVALID,
                                      "RUN_DIR is a folder that others use; name one "
                                      "that is not there yet");
}

static enum err_code check_run_dir(const struct config *c, const struct stat *folder,
                                   struct err *e)
{
    int fd = -1;
    if (access(c->run_dir, F_OK) != 0) {
        return ERR_NONE;
    }
    enum err_code code = open_run_dir(c, false, folder, &fd, e);
    if (fd >= 0) {
        close(fd);
    }
    return code;
}

enum err_code frontend_check(const struct config *c, struct err *e)
{
    struct stat st;
    enum err_code code = check_paths(c, e);
    code = code ? code : store_folder(c, &st, e);
    code = code ? code : try_writing(c, e);
    code = code ? code : check_run_dir(c, &st, e);
    if (code || is_folder(c)) {
        return code;
    }
    if (c->half == HALF_BOTH && c->port == c->ml_port) {
        return err_set(e, ERR_INVALID, "PORT and ML_PORT are both %lld; they must differ",
                       (long long)c->port);
    }
    code = c->half == HALF_ML_SERVICE ? ERR_NONE : try_port(c, "PORT", c->port, e);
    return code || c->half == HALF_BACKEND ? code : try_port(c, "ML_PORT", c->ml_port, e);
}

/* --- settings --- */

static enum err_code make_run_dir(const struct config *c, const struct stat *folder,
                                  struct err *e)
{
    bool fresh = mkdir(c->run_dir, 0700) == 0;
    if (!fresh && errno != EEXIST) {
        return err_set(e, ERR_INVALID, "RUN_DIR cannot be made: %s", strerror(errno));
    }
    int fd;
    enum err_code code = open_run_dir(c, fresh, folder, &fd, e);
    if (!code && geteuid() == 0 && fchown(fd, folder->st_uid, folder->st_gid) != 0) {
        code = err_set(e, ERR_INVALID, "RUN_DIR cannot be given to its user: %s",
                       strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return code;
}

static enum err_code print_user(const struct stat *folder, FILE *to, struct err *e)
{
    if (geteuid() != 0) {
        return ERR_NONE;
    }
    if (folder->st_uid == 0) {
        fprintf(stderr,
                "loganalyzer: note: running as root, because root owns the store's "
                "folder\n");
        return ERR_NONE;
    }
    struct passwd *user = getpwuid(folder->st_uid);
    struct group *group =
        user ? getgrgid(user->pw_gid) : NULL; /* the folder's may be root's */
    if (!group) {
        return err_set(e, ERR_INVALID,
                       "the store's folder belongs to a user or group that "
                       "this system does not know");
    }
    fprintf(to, "server.username = \"%s\"\nserver.groupname = \"%s\"\n", user->pw_name,
            group->gr_name);
    return ERR_NONE;
}

/* A name that is not an address is refused by the check. */
static void warn_of_strangers(const struct config *c)
{
    struct api_keys keys;
    struct stat st;
    struct err e;
    bool local =
        is_folder(c) || strncmp(c->bind, "127.", 4) == 0 || strcmp(c->bind, "::1") == 0;
    if (!api_keys_load(c->keys_file, &keys, &st, &e) && keys.n == 0 && !local) {
        fprintf(
            stderr,
            c->anonymous
                ? "loganalyzer: note: BIND is %s, ALLOW_ANONYMOUS is 1 and there is no "
                  "API key: whoever reaches the port can read and write\n"
                : "loganalyzer: note: BIND is %s, and there is no API key: only this "
                  "machine is served; make one with: loganalyzer key add\n",
            c->bind);
    }
    api_keys_free(&keys);
}

/* What the web server listens on first, and the scoring port beside it: a file of
 * deploy/halves, named by var.half, looks at the second or does not. */
static void print_addresses(const struct config *c, FILE *to)
{
    const char *first = c->half == HALF_ML_SERVICE ? "ml" : "http";
    int64_t port = c->half == HALF_ML_SERVICE ? c->ml_port : c->port;
    if (is_folder(c)) {
        fprintf(to, "server.bind = \"%s/%s\"\nvar.ml_address = \"%s/ml\"\n", c->bind,
                first, c->bind);
        return;
    }
    const char *open = strchr(c->bind, ':') ? "[" : "", *close = *open ? "]" : "";
    fprintf(to, "server.bind = \"%s%s%s\"\nserver.port = %lld\n", open, c->bind, close,
            (long long)port);
    fprintf(to, "var.ml_address = \"%s%s%s:%lld\"\n", open, c->bind, close,
            (long long)c->ml_port);
}

/* lighttpd counts in these; the responders know the limit to the byte. */
static int64_t kilobytes(int64_t bytes)
{
    return (bytes + 1023) / 1024;
}

/* On the scoring port answers the scoring service, for all that is asked there. Without one
 * ingest scores and answers, and what is not its own there meta refuses. */
static void print_half(const struct config *c, FILE *to)
{
    static const char *const names[] = {"both", "backend", "ml-service"};
    bool service = c->half == HALF_ML_SERVICE || c->ml_url[0];
    fprintf(to, "var.half = \"%s\"\nvar.scorer = \"%s\"\nvar.ml_rest = \"%s\"\n",
            names[c->half], service ? "score" : "ingest", service ? "score" : "meta");
    fprintf(to, "var.request_kb = %lld\nvar.ml_request_kb = %lld\n",
            (long long)kilobytes(c->body_bytes_max),
            (long long)kilobytes(service ? c->ml_body_bytes_max : c->body_bytes_max));
}

/* The folder that this program stands in: the responders are its neighbours. */
static enum err_code own_folder(char out[static CONFIG_PATH_BYTES], struct err *e)
{
    ssize_t n = readlink("/proc/self/exe", out, CONFIG_PATH_BYTES - 1);
    if (n <= 0) {
        return err_set(e, ERR_INVALID, "/proc is needed and not mounted");
    }
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    *slash = '\0';
    return ERR_NONE;
}

/* The same for a regular expression, in which nothing of it has a meaning of its own. */
static void print_prefix(const struct config *c, FILE *to)
{
    fprintf(to, "var.prefix = \"%s\"\nvar.prefix_pattern = \"", c->prefix);
    for (const char *p = c->prefix; *p; p++) {
        fprintf(to, "\\x%02x", (unsigned char)*p);
    }
    fprintf(to, "\"\n");
}

enum err_code frontend_lighttpd(const struct config *c, FILE *to, struct err *e)
{
    struct stat folder;
    char bin[CONFIG_PATH_BYTES];
    enum err_code code = check_paths(c, e);
    code = code ? code : store_folder(c, &folder, e);
    code = code ? code : make_run_dir(c, &folder, e);
    code = code ? code : own_folder(bin, e);
    code = code ? code : print_user(&folder, to, e);
    if (code) {
        return code;
    }
    warn_of_strangers(c);
    print_addresses(c, to);
    print_half(c, to);
    fprintf(to, "var.home = \"%s\"\nvar.bin = \"%s\"\nvar.run = \"%s\"\n", c->home, bin,
            c->run_dir);
    print_prefix(c, to);
    return ERR_NONE;
}
