/* cause.c - over labelled batches: of those that are flagged, how many fall to or under the
 * threshold with the records taken out that the reasons name?
 *
 *   cause TRAIN TEST [learn]
 *
 * Both are files of batches, a line each, {"label":0,"logs":[...]}. The model learns TRAIN
 * as clean history, and with "learn" each batch of TEST after it was judged. Prints flagged
 * batches, those of which the cause is named and by how many records, and the line of the
 * first of which it is not. */
#include "fcgi/core/batch.h"
#include "scoring/learning.h"
#include "tests/detector/cause_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THRESHOLD .8
#define NOW_US    1900000000000000
enum { ARENA_MAX = 1 << 30 };

static const struct batch_limits limits = {.records_max = 100000,
                                           .record = {1 << 20, 256, 32, 32}};

struct count {
    long batches, flagged, named, first_missed;
    size_t records, records_named; /* of flagged ones */
};

/* The line's batch; false: it is none. */
static bool read_batch(struct arena *arena, char *line, struct batch *out)
{
    struct err e;
    char *logs = strstr(line, "\"logs\":");
    size_t n = logs ? strlen(logs + 7) : 0;
    while (n > 0 && logs[7 + n - 1] != ']') {
        n--;
    }
    struct batch_body body = {.p = logs ? logs + 7 : line, .n = n, .now_us = NOW_US};
    if (n == 0 || batch_parse(arena, body, &limits, out, &e)) {
        fprintf(stderr, "cause: not a batch: %.80s\n", line);
        return false;
    }
    return true;
}

static bool learn(struct model *m, const struct batch *b, struct arena *arena,
                  enum learn_mode mode)
{
    struct err e;
    struct analysis a;
    struct analysis_batch read = {b->records, b->n, NOW_US, arena};
    struct learn_batch l = {b->records, &a, mode, false, arena};
    return !analyse(m, &read, &a, &e) && !learn_batch(m, &l, &e);
}

static bool judge(const struct model *m, const struct batch *b, struct arena *arena,
                  struct count *c)
{
    static struct cause_found found;
    struct cause_batch batch = {m, b->records, b->n, NOW_US, THRESHOLD, arena};
    enum cause cause = cause_check(&batch, &found);
    c->batches++;
    c->flagged += cause == CAUSE_NAMED || cause == CAUSE_MISSED;
    c->named += cause == CAUSE_NAMED;
    if (cause == CAUSE_NAMED || cause == CAUSE_MISSED) {
        c->records += b->n;
        c->records_named += found.named;
    }
    if (cause == CAUSE_MISSED && c->first_missed == 0) {
        c->first_missed = c->batches;
    }
    return cause != CAUSE_NO_MEMORY;
}

/* count NULL: for learning alone. */
static bool go_through(const char *path, struct model *m, struct count *count,
                       bool learns)
{
    struct arena arena;
    struct batch b;
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    bool ok = f != NULL;
    arena_init(&arena, ARENA_MAX);
    while (ok && getline(&line, &room, f) > 0) {
        ok = read_batch(&arena, line, &b) && (!count || judge(m, &b, &arena, count)) &&
             (!learns || learn(m, &b, &arena, count ? LEARN_LIVE : LEARN_CLEAN));
        arena_reset(&arena);
    }
    if (f) {
        fclose(f);
    } else {
        perror(path);
    }
    free(line);
    arena_free(&arena);
    return ok;
}

int main(int argc, char **argv)
{
    struct count c = {0};
    struct model *m = malloc(sizeof *m);
    bool learns = argc == 4 && strcmp(argv[3], "learn") == 0;
    if (argc < 3 || argc > 4 || (argc == 4 && !learns) || !m) {
        fprintf(stderr, "usage: cause TRAIN TEST [learn]\n");
        free(m);
        return 2;
    }
    model_init(m);
    bool ok = go_through(argv[1], m, NULL, true) && go_through(argv[2], m, &c, learns);
    free(m);
    printf("%ld batches, %ld flagged, cause named %ld", c.batches, c.flagged, c.named);
    if (c.flagged) {
        printf(" by %.0f %% of their records",
               100 * (double)c.records_named / (double)c.records);
    }
    if (c.first_missed) {
        printf(", first missed at line %ld", c.first_missed);
    }
    printf("\n");
    return ok ? 0 : 1;
}
