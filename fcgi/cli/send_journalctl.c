/* send_journalctl.c - see send_journalctl.h. */
#include "fcgi/cli/send_journalctl.h"

#include "fcgi/cli/send_state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 12, NOT_INSTALLED = 127 };

/* Those of an entry that become a record (entry_journal.c). */
#define FIELDS                                                                           \
    "PRIORITY,SYSLOG_IDENTIFIER,_HOSTNAME,_PID,_SYSTEMD_UNIT,_COMM,"                     \
    "_SOURCE_REALTIME_TIMESTAMP"

static const char WITH_MESSAGE[] = "--output-fields=MESSAGE," FIELDS;
static const char WITHOUT_MESSAGE[] = "--output-fields=" FIELDS;

static void run_child(const char *const argv[], int out, pid_t parent)
{
    int in = open("/dev/null", O_RDONLY);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGPIPE, SIG_DFL);
    if (getppid() == parent && in >= 0 && dup2(in, STDIN_FILENO) >= 0 &&
        dup2(out, STDOUT_FILENO) >= 0) {
        execvp(argv[0], (char *const *)(uintptr_t)argv);
    }
    _exit(errno == ENOENT ? NOT_INSTALLED : NOT_INSTALLED - 1);
}

static enum err_code start(struct journalctl *j, const char *const argv[], struct err *e)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return err_set(e, ERR_IO, "journalctl cannot be started: %s", strerror(errno));
    }
    j->pid = fork();
    if (j->pid == 0) {
        run_child(argv, ends[1], parent);
    }
    close(ends[1]);
    if (j->pid < 0) {
        j->pid = 0;
        close(ends[0]);
        return err_set(e, ERR_IO, "journalctl cannot be started: %s", strerror(errno));
    }
    j->out = ends[0];
    return ERR_NONE;
}

enum err_code journalctl_follow(struct journalctl *j, const char *after_cursor,
                                bool message, struct err *e)
{
    char after[SEND_CURSOR_BYTES + 32];
    const char *argv[ARGUMENTS_MAX] = {"journalctl",
                                       "--follow",
                                       "--no-tail",
                                       "--quiet",
                                       "--output",
                                       "export",
                                       message ? WITH_MESSAGE : WITHOUT_MESSAGE};
    if (after_cursor[0]) {
        snprintf(after, sizeof after, "--after-cursor=%s", after_cursor);
        argv[7] = after;
    }
    enum err_code code = start(j, argv, e);
    if (!code) {
        fcntl(j->out, F_SETFL, O_NONBLOCK);
    }
    return code;
}

int journalctl_stop(struct journalctl *j)
{
    int status = 0;
    if (j->pid == 0) {
        return 0;
    }
    close(j->out);
    kill(j->pid, SIGTERM);
    while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR) {
    }
    j->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

enum err_code journalctl_probe(struct err *e)
{
    const char *const argv[ARGUMENTS_MAX] = {"journalctl", "--lines=1", "--output",
                                             "export", WITHOUT_MESSAGE};
    struct journalctl j;
    char said[64];
    int status = 0;
    enum err_code code = start(&j, argv, e);
    if (code) {
        return code;
    }
    ssize_t n;
    do {
        n = read(j.out, said, sizeof said);
    } while (n < 0 && errno == EINTR);
    close(j.out);
    while (waitpid(j.pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (n > 0) {
        return ERR_NONE;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_INSTALLED) {
        return err_set(e, ERR_NOT_FOUND,
                       "there is no journal here: journalctl is not installed");
    }
    return err_set(e, ERR_NOT_FOUND,
                   "journalctl shows no entry: this system writes no journal (most "
                   "containers do not), or this user may not read it: usermod -aG "
                   "systemd-journal USER, then log in anew");
}
