/* replay.c - a fuzz target's main without libFuzzer: calls it with files, with beginnings of
 * them, and with what small changes make of them. The changes are the same in every run, so
 * what fails once fails again.
 *
 *     fuzz_NAME FILE-OR-FOLDER...
 *
 * FUZZ_CHANGES (100) is how many changes of each file, and twice as many beginnings; 0: the
 * files as they are. If an
 * input ends the process or takes longer than INPUT_SECONDS it is left in the file
 * $FUZZ_CRASH, if that is set, to be looked at and to become one of regress/NAME. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INPUT_SECONDS = 10, FILE_BYTES_MAX = 1 << 20, CHANGES = 100, PATH_BYTES = 4096 };

/* The sanitizers', where they are linked. */
__attribute__((weak)) void __sanitizer_set_death_callback(void (*fn)(void));

static struct {
    const char *file; /* it is made of */
    const char *p;
    size_t n, number;
} now;
static size_t calls;

/* What is being tried when all ends: only write(2) and its like in here. */
static void keep_input(void)
{
    const char *path = getenv("FUZZ_CRASH");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (fd >= 0) {
        ssize_t ignored = write(fd, now.p, now.n);
        (void)ignored;
        close(fd);
    }
    fprintf(stderr, "the input was made of %s (number %zu, %zu bytes)\n", now.file,
            now.number, now.n);
}

static void die(int signal_number)
{
    fprintf(stderr, "%s\n",
            signal_number == SIGALRM ? "an input takes too long" : "abort");
    keep_input();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
    _exit(1); /* SIGALRM while it was blocked */
}

static void try_bytes(const char *p, size_t n)
{
    char *copy = fuzz_own((struct str){p, n});
    now.p = copy;
    now.n = n;
    now.number++;
    calls++;
    alarm(INPUT_SECONDS);
    LLVMFuzzerTestOneInput((const uint8_t *)copy, n);
    alarm(0);
    free(copy);
}

/* --- changes --- */

static uint64_t dice;

static size_t roll(size_t n) /* 0 .. n - 1 */
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (size_t)(dice % n);
}

/* Replaces n bytes at `at` with what there is in `by`. */
static void put_in_place(struct buf *b, size_t at, size_t n, struct str by)
{
    char *copy = fuzz_own((struct str){b->p, b->n});
    size_t all = b->n;
    buf_clear(b);
    buf_add(b, copy, at);
    buf_str(b, by);
    buf_add(b, copy + at + n, all - at - n);
    free(copy);
}

static void change_once(struct buf *b)
{
    static const char *const pieces[] = {"\"",
                                         "\\",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         "\n",
                                         "\r\n",
                                         "\t",
                                         " ",
                                         "-",
                                         "+",
                                         "%",
                                         "=",
                                         "&",
                                         "<",
                                         ">",
                                         "0",
                                         "1e999",
                                         "-1",
                                         "9223372036854775807",
                                         "18446744073709551616",
                                         "2147483648",
                                         "null",
                                         "true",
                                         "\\u0000",
                                         "\\ud800",
                                         "\xff",
                                         "\xc3",
                                         "\xef\xbb\xbf",
                                         "\xff\xfe",
                                         "\xf0\x9f\x98\x80",
                                         "\xc2\x85",
                                         "\x1b[2J",
                                         "2026-02-30T25:61:61Z",
                                         "/Date(1)/",
                                         "../",
                                         "%00",
                                         "%zz",
                                         "[[[[[[[[[[[[[[[[",
                                         "charset=utf-16",
                                         "<34>",
                                         "#Fields: ",
                                         "Failed password for root",
                                         "' OR 1=1--"};
    enum { PIECES_N = sizeof pieces / sizeof pieces[0] };
    size_t at = roll(b->n + 1), left = b->n - at, some = left > 0 ? 1 + roll(left) : 0;
    some = some > 16 && roll(4) > 0 ? 1 + roll(16) : some;
    char byte = (char)roll(256);
    switch (roll(6)) {
    case 0:
        put_in_place(b, at, left > 0, (struct str){&byte, 1});
        break;
    case 1:
        put_in_place(b, at, some, STR(""));
        break;
    case 2: { /* once more */
        char *copy = fuzz_own((struct str){b->p + at, some});
        put_in_place(b, roll(b->n + 1), 0, (struct str){copy, some});
        free(copy);
        break;
    }
    case 3:
        if (left > 0) {
            b->p[at] = (char)(b->p[at] ^ 1 << roll(8));
        }
        break;
    case 4:
        put_in_place(b, at, some, str_of(pieces[roll(PIECES_N)]));
        break;
    default:
        put_in_place(b, at, 0, str_of(pieces[roll(PIECES_N)]));
    }
}

static void try_changes(struct str file, size_t changes)
{
    struct buf b;
    buf_init(&b, 4 * FILE_BYTES_MAX);
    for (size_t i = 0; i < changes; i++) {
        dice = 0x9E3779B97F4A7C15u * (i + 1);
        buf_clear(&b);
        buf_str(&b, file);
        for (size_t k = 1 + roll(4); k > 0; k--) {
            change_once(&b);
        }
        if (!b.failed) {
            try_bytes(b.p, b.n);
        }
    }
    buf_free(&b);
}

/* --- files --- */

static char *read_file(const char *path, size_t *n)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && fstat(fd, &st) == 0 && st.st_size <= FILE_BYTES_MAX);
    *n = (size_t)st.st_size;
    char *p = malloc(*n + 1);
    FUZZ_CHECK(p && read(fd, p, *n + 1) == (ssize_t)*n);
    close(fd);
    return p;
}

static void try_file(const char *path)
{
    const char *wish = getenv("FUZZ_CHANGES");
    size_t n, changes = wish ? strtoul(wish, NULL, 10) : CHANGES;
    char *p = read_file(path, &n);
    now.file = path;
    now.number = 0;
    try_bytes(p, n);
    size_t step = n / (2 * changes + 1) + 1;
    for (size_t i = 0; changes > 0 && i < n; i += step) {
        try_bytes(p, i);
    }
    try_changes((struct str){p, n}, changes);
    free(p);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static size_t try_path(const char *path)
{
    struct dirent **list;
    char file[PATH_BYTES];
    int n = scandir(path, &list, NULL, by_name);
    size_t files = 0;
    if (n < 0) {
        try_file(path);
        return 1;
    }
    for (int i = 0; i < n; i++) {
        if (list[i]->d_name[0] != '.') {
            snprintf(file, sizeof file, "%s/%s", path, list[i]->d_name);
            try_file(file);
            files++;
        }
        free(list[i]);
    }
    free(list);
    return files;
}

int main(int argc, char **argv)
{
    size_t files = 0;
    if (__sanitizer_set_death_callback) {
        __sanitizer_set_death_callback(keep_input);
    }
    signal(SIGABRT, die);
    signal(SIGALRM, die);
    try_bytes("", 0);
    for (int i = 1; i < argc; i++) {
        files += try_path(argv[i]);
    }
    printf("%zu inputs of %zu files\n", calls, files);
    return files > 0 ? 0 : 1;
}
