/* import.c - the verb: its arguments, where the server is, what is said at the end. */
#include "fcgi/cli/import.h"

#include "fcgi/base/config.h"
#include "fcgi/base/zone.h"
#include "fcgi/cli/import_file.h"
#include "fcgi/cli/options.h"
#include "fcgi/cli/server_place.h"

#include <time.h>
#include <unistd.h>

enum { PATIENCE_MAX_S = 86400 };

struct arguments {
    const char *service, *url;
    int64_t patience_s;
    char **files;
    int files_n;
};

struct incidents {
    int64_t ids[IMPORT_INCIDENTS_MAX];
    size_t n;
    bool more;
};

static struct progress progress;

static const char USAGE[] =
    "usage: loganalyzer import [--service NAME] [--url URL] [--wait SECONDS] FILE...\n"
    "\n"
    "Sends log files to the running server: plain or .gz, `-` for standard input; "
    "syslog,\n"
    "access and error logs, dpkg.log, apt's history.log, journalctl -o export, JSON "
    "lines,\n"
    "other text. Importing a file again, under whatever name, stores only what is new.\n"
    "\n"
    "  --service NAME  for records that name no service; else it is the file's name\n"
    "  --url URL       where the server is; else what PORT and BIND say\n"
    "  --wait SECONDS  how long a busy server is waited for (60)\n";

/* --- arguments --- */

static int usage(const char *wrong)
{
    return options_usage(USAGE, wrong);
}

/* An option of the form --name VALUE or --name=VALUE at argv[*i]. */
static bool option(char **argv, int argc, int *i, const char *name, const char **value)
{
    size_t n = strlen(name);
    const char *arg = argv[*i];
    if (strncmp(arg, name, n) != 0 || (arg[n] != '=' && arg[n] != '\0')) {
        return false;
    }
    *value = arg[n] == '=' ? arg + n + 1 : *i + 1 < argc ? argv[++*i] : NULL;
    return true;
}

static enum err_code read_arguments(int argc, char **argv, struct arguments *out,
                                    struct err *e)
{
    int i = 1;
    *out = (struct arguments){.patience_s = LEDGER_PATIENCE_S};
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        const char *value = "", *arg = argv[i];
        if (strcmp(arg, "--") == 0) {
            i++;
            break;
        }
        if (option(argv, argc, &i, "--service", &value)) {
            out->service = value;
        } else if (option(argv, argc, &i, "--url", &value)) {
            out->url = value;
        } else if (option(argv, argc, &i, "--wait", &value)) {
            if (!value ||
                !str_to_i64(str_of(value), 0, PATIENCE_MAX_S, &out->patience_s)) {
                return err_set(e, ERR_INVALID,
                               "--wait takes a number of seconds, 0 to %d",
                               PATIENCE_MAX_S);
            }
        } else {
            return err_set(e, ERR_INVALID, "there is no option %.64s", arg);
        }
        if (!value || value[0] == '\0') {
            return err_set(e, ERR_INVALID, "%.64s lacks its value", arg);
        }
    }
    out->files = argv + i;
    out->files_n = argc - i;
    return out->files_n > 0 ? ERR_NONE
                            : err_set(e, ERR_INVALID, "name the files to import");
}

static enum err_code check_arguments(const struct arguments *a, const struct config *c,
                                     struct err *e)
{
    if (a->service && strlen(a->service) > (size_t)c->service_bytes_max) {
        return err_set(e, ERR_INVALID, "the service's name has more than %lld bytes",
                       (long long)c->service_bytes_max);
    }
    return a->url ? server_check_url(a->url, e) : ERR_NONE;
}

/* --- where the server is --- */

static bool wait_for_server(const char *why, int64_t seconds)
{
    progress_clear(&progress);
    fprintf(stderr, "loganalyzer: %s\n", why);
    sleep((unsigned)seconds);
    return true;
}

static enum err_code open_ledger(const struct arguments *a, const struct config *c,
                                 struct ledger **out, struct err *e)
{
    static struct server_place place;
    struct ledger_options o = {.patience_s = a->patience_s, .wait = wait_for_server};
    server_find(c, a->url, &place);
    o.url = place.url;
    o.unix_socket = place.socket[0] ? place.socket : NULL;
    o.key = place.key;
    return ledger_open(&o, out, e);
}

/* --- the files --- */

static void count_incident(void *arg, int64_t id)
{
    struct incidents *in = arg;
    for (size_t i = in->n; i-- > 0;) {
        if (in->ids[i] == id) {
            return;
        }
    }
    if (in->n == IMPORT_INCIDENTS_MAX) {
        in->more = true;
    } else {
        in->ids[in->n++] = id;
    }
}

static void say_incidents(const struct incidents *in)
{
    if (in->n > 0) {
        printf("%s%zu incident%s opened or extended: see /incidents (what shows by the "
               "minute only comes a second later)\n",
               in->more ? "at least " : "", in->n, in->n == 1 ? "" : "s");
    }
}

static bool import_one(struct importer *im, const char *path, bool *go_on)
{
    struct import_counts n;
    struct err e;
    char name[PROGRESS_NAME_BYTES], stored[PROGRESS_NUMBER_BYTES],
        known[PROGRESS_NUMBER_BYTES];
    progress_begin(&progress, path);
    enum err_code code = import_file(im, path, &n, &e);
    progress_clear(&progress);
    progress_name(path, name);
    if (code) {
        fprintf(stderr, "loganalyzer: %s: %s\n", name, e.msg);
    }
    if (!code || n.stored + n.known > 0) {
        printf("%s: %s record%s stored, %s there already%s\n", name,
               progress_number(n.stored, stored), n.stored == 1 ? "" : "s",
               progress_number(n.known, known), code ? "; not to its end" : "");
        fflush(stdout);
    }
    *go_on = code != ERR_UPSTREAM && code != ERR_NOMEM;
    return !code;
}

static bool import_all(const struct arguments *a, struct importer *im)
{
    static struct incidents incidents;
    bool ok = true, go_on = true;
    im->incident = count_incident;
    im->incident_arg = &incidents;
    for (int i = 0; i < a->files_n && go_on; i++) {
        ok = import_one(im, a->files[i], &go_on) && ok;
    }
    say_incidents(&incidents);
    return ok;
}

int import_main(int argc, char **argv)
{
    static struct importer im;
    static struct config c;
    struct arguments a;
    struct err e;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        return usage(NULL);
    }
    if (read_arguments(argc, argv, &a, &e)) {
        return usage(e.msg);
    }
    enum err_code code = config_load(&c, &e);
    if (!code && check_arguments(&a, &c, &e)) {
        return usage(e.msg);
    }
    code = code ? code : open_ledger(&a, &c, &im.ledger, &e);
    code = code ? code : importer_open(&im, &e);
    if (code) {
        fprintf(stderr, "loganalyzer: %s\n", e.msg);
    } else {
        im.limits =
            (struct record_limits){CHUNK_RECORD_BYTES_MAX, (size_t)c.service_bytes_max,
                                   (size_t)c.level_bytes_max, (int)c.json_depth_max};
        tzset();
        im.zone = zone_to_utc_us; /* of TZ, or the machine's: files are written in it */
        im.service = a.service;
        im.now_us = clock_now_us();
        im.progress = &progress;
    }
    bool ok = !code && import_all(&a, &im);
    importer_close(&im);
    ledger_close(im.ledger);
    return ok ? 0 : 1;
}
