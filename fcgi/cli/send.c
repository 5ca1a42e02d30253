/* send.c - the verb: its arguments, what it waits for, how it ends. */
#include "fcgi/cli/send.h"

#include "fcgi/base/zone.h"
#include "fcgi/cli/options.h"
#include "fcgi/cli/send_file.h"
#include "fcgi/cli/send_journal.h"
#include "fcgi/cli/server_place.h"
#include "fcgi/cli/service_name.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum {
    PATIENCE_MAX_S = 86400,
    LINE_WAIT_MAX_S = 86400,
    LINE_WAIT_S = 30,
    SAY_AGAIN_S = 600, /* a server that stays away is spoken of so often */
    NAMES_BYTES_MAX = 1 << 20
};

static const struct timespec LOOK_EVERY = {0, 200 * 1000 * 1000};

struct arguments {
    bool follow, journal;
    const char *service, *url, *state, *wait, *line_wait;
    int64_t wait_s, line_wait_s;
    struct words words;
};

static const char USAGE[] =
    "usage: loganalyzer send [OPTIONS] -f FILE...\n"
    "       loganalyzer send [OPTIONS] --journal\n"
    "\n"
    "Follows log files, or the systemd journal, and sends what is written to the "
    "running\n"
    "server, each line once, until it is told to end (Ctrl+C, SIGTERM). Killed or\n"
    "restarted, it goes on where it was. Files may be rotated in any way (renamed,\n"
    "emptied after a copy, compressed), be missing yet, and are sent from their "
    "beginning.\n"
    "A server that is away or busy is waited for.\n"
    "\n"
    "  --service NAME       for lines that name no service; else it is the file's name\n"
    "  --url URL            where the server is; else what PORT and BIND say\n"
    "  --wait SECONDS       end with an error if the server is away for so long (for "
    "ever)\n"
    "  --line-wait SECONDS  how long a line without an end is waited for (30)\n"
    "  --state FOLDER       where to note how far files are sent; else $STATE_DIRECTORY\n"
    "                       (as systemd sets it), for root /var/lib/loganalyzer-send, "
    "for\n"
    "                       others $XDG_STATE_HOME/loganalyzer, that is\n"
    "                       ~/.local/state/loganalyzer\n";

static volatile int stop;
static int64_t
    away_said_us; /* the server is away, and it was said then; 0: it is there */

static void take_signal(int number)
{
    (void)number;
    stop = 1;
}

/* --- arguments --- */

static enum err_code read_seconds(const char *name, const char *text, int64_t max,
                                  int64_t *out, struct err *e)
{
    return !text || str_to_i64(str_of(text), 0, max, out)
               ? ERR_NONE
               : err_set(e, ERR_INVALID, "%s takes a number of seconds, 0 to %lld", name,
                         (long long)max);
}

static enum err_code check_arguments(struct arguments *a, struct err *e)
{
    if (a->follow == a->journal) {
        return err_set(e, ERR_INVALID, "say what to send: -f FILE..., or --journal");
    }
    if (a->follow ? a->words.n == 0 : a->words.n > 0) {
        return err_set(e, ERR_INVALID,
                       a->follow ? "name the files to follow"
                                 : "--journal takes no files");
    }
    if (a->words.n > SEND_FILES_MAX) {
        return err_set(e, ERR_INVALID, "at most %d files can be followed by one send",
                       SEND_FILES_MAX);
    }
    for (int i = 0; i < a->words.n; i++) {
        if (strcmp(a->words.list[i], "-") == 0) {
            return err_set(e, ERR_INVALID,
                           "standard input cannot be gone on with later; loganalyzer "
                           "import - reads it");
        }
    }
    enum err_code code = a->url ? server_check_url(a->url, e) : ERR_NONE;
    a->wait_s = LEDGER_FOREVER_S;
    a->line_wait_s = LINE_WAIT_S;
    code = code ? code : read_seconds("--wait", a->wait, PATIENCE_MAX_S, &a->wait_s, e);
    return code ? code
                : read_seconds("--line-wait", a->line_wait, LINE_WAIT_MAX_S,
                               &a->line_wait_s, e);
}

static enum err_code read_arguments(int argc, char **argv, struct arguments *a,
                                    struct err *e)
{
    const struct option options[] = {
        {.name = "-f", .flag = &a->follow},
        {.name = "--follow", .flag = &a->follow},
        {.name = "--journal", .flag = &a->journal},
        {.name = "--service", .text = &a->service},
        {.name = "--url", .text = &a->url},
        {.name = "--wait", .text = &a->wait},
        {.name = "--line-wait", .text = &a->line_wait},
        {.name = "--state", .text = &a->state},
    };
    enum err_code code = options_read(argc, argv, options,
                                      sizeof options / sizeof options[0], &a->words, e);
    return code ? code : check_arguments(a, e);
}

/* --- what is said --- */

static void say(const char *subject, const char *text)
{
    char name[PROGRESS_NAME_BYTES];
    progress_name(subject, name);
    fprintf(stderr, "loganalyzer: %s: %s\n", name, text);
}

static bool wait_for_server(const char *why, int64_t seconds)
{
    int64_t now_us = clock_mono_us();
    if (away_said_us == 0 || now_us - away_said_us > SAY_AGAIN_S * CLOCK_SECOND_US) {
        fprintf(stderr, "loganalyzer: %s\n", why);
        away_said_us = now_us;
    }
    struct timespec left = {seconds, 0};
    if (!stop) {
        nanosleep(&left, NULL); /* a signal ends it */
    }
    return !stop;
}

static void no_incident(void *arg, int64_t id)
{
    (void)arg;
    (void)id;
}

static void note_answer(void)
{
    if (away_said_us > 0) {
        fprintf(stderr, "loganalyzer: the server answers again\n");
        away_said_us = 0;
    }
}

/* --- files --- */

static enum err_code absolute(const char *path, char out[static SEND_PATH_BYTES],
                              struct err *e)
{
    char here[SEND_PATH_BYTES];
    int n;
    if (path[0] == '/') {
        n = snprintf(out, SEND_PATH_BYTES, "%s", path);
    } else if (getcwd(here, sizeof here)) {
        n = snprintf(out, SEND_PATH_BYTES, "%s/%s", here, path);
    } else {
        return err_set(e, ERR_IO, "where it is cannot be told: %s", strerror(errno));
    }
    return n > 0 && n < SEND_PATH_BYTES ? ERR_NONE
                                        : err_set(e, ERR_INVALID, "its path is too long");
}

static bool open_files(struct sender *s, const struct arguments *a, struct arena *names,
                       struct send_file *files)
{
    for (int i = 0; i < a->words.n; i++) {
        char path[SEND_PATH_BYTES];
        struct err e;
        struct str service = a->service ? str_of(a->service)
                                        : service_name(names, a->words.list[i],
                                                       s->im.limits.service_bytes_max);
        enum err_code code = absolute(a->words.list[i], path, &e);
        if (!code && !service.p) {
            code = err_set(&e, ERR_NOMEM, "not enough memory");
        }
        code = code ? code : send_file_open(&files[i], s, path, service, &e);
        if (code) {
            say(a->words.list[i], e.msg);
            return false;
        }
    }
    return true;
}

static bool follow(struct sender *s, const struct arguments *a)
{
    struct arena names;
    size_t n = (size_t)a->words.n;
    struct send_file *files = calloc(n, sizeof *files);
    if (!files) {
        say("send", "not enough memory");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        files[i].note.lock_fd = -1;
    }
    arena_init(&names, NAMES_BYTES_MAX);
    bool ok = open_files(s, a, &names, files);
    while (ok && !stop && !s->gave_up) {
        bool more = false;
        for (size_t i = 0; i < n && !stop; i++) {
            more = send_file_look(&files[i], clock_mono_us()) || more;
        }
        if (!more && !stop) {
            nanosleep(&LOOK_EVERY, NULL);
        }
    }
    for (size_t i = 0; i < n; i++) {
        send_file_close(&files[i]);
    }
    free(files);
    arena_free(&names);
    return ok && !s->gave_up;
}

static bool follow_journal(struct sender *s, const struct arguments *a)
{
    struct err e;
    if (send_journal(s, a->service ? a->service : "journal", &e)) {
        say("journal", e.msg);
        return false;
    }
    return true;
}

/* --- opening and closing --- */

static enum err_code open_sender(struct sender *s, const struct arguments *a,
                                 struct err *e)
{
    static struct config c;
    static struct server_place place;
    static struct progress progress;
    static char host[256], folder[SEND_PATH_BYTES];
    enum err_code code = config_load(&c, e);
    if (!code && a->service && strlen(a->service) > (size_t)c.service_bytes_max) {
        code = err_set(e, ERR_INVALID, "the service's name has more than %lld bytes",
                       (long long)c.service_bytes_max);
    }
    if (!code && !a->state) {
        code = send_state_folder(folder, e);
    }
    if (code) {
        return code;
    }
    server_find(&c, a->url, &place);
    struct ledger_options o = {.url = place.url,
                               .unix_socket = place.socket[0] ? place.socket : NULL,
                               .key = place.key,
                               .patience_s = a->wait_s,
                               .may_start_later = true,
                               .wait = wait_for_server};
    tzset();
    gethostname(host, sizeof host - 1);
    s->host = host;
    s->folder = a->state ? a->state : folder;
    s->stop = &stop;
    s->say = say;
    s->answered = note_answer;
    s->line_wait_us = a->line_wait_s * CLOCK_SECOND_US;
    s->waits_forever = a->wait_s == LEDGER_FOREVER_S;
    s->im.limits =
        (struct record_limits){CHUNK_RECORD_BYTES_MAX, (size_t)c.service_bytes_max,
                               (size_t)c.level_bytes_max, (int)c.json_depth_max};
    s->im.zone = zone_to_utc_us;
    s->im.now_us = clock_now_us();
    s->im.progress = &progress;
    s->im.incident = no_incident;
    code = ledger_open(&o, &s->im.ledger, e);
    return code ? code : sender_open(s, e);
}

int send_main(int argc, char **argv)
{
    static struct sender s;
    struct arguments a = {0};
    struct err e;
    if (options_ask_help(argc, argv)) {
        return options_usage(USAGE, NULL);
    }
    if (read_arguments(argc, argv, &a, &e)) {
        return options_usage(USAGE, e.msg);
    }
    struct sigaction action = {.sa_handler = take_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    bool ok = false;
    if (open_sender(&s, &a, &e)) {
        fprintf(stderr, "loganalyzer: %s\n", e.msg);
    } else {
        ok = a.journal ? follow_journal(&s, &a) : follow(&s, &a);
    }
    sender_close(&s);
    ledger_close(s.im.ledger);
    return ok ? 0 : 1;
}
