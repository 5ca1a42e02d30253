/* test_model_check.c - files of a model with a right checksum and numbers that cannot be: each
 * is refused, and changes nothing; what is taken up scores with numbers, whatever it says. */
#include "scoring/detector_private.h"
#include "scoring/model_file.h"
#include "tests/fake/temp_dir.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define T0 (INT64_C(29922480) * CLOCK_MINUTE_US)
enum { BATCHES = 120, BATCH = 12, SERVICES = 3, WILD = 400, USED = 25 };

static struct detector *learned, *other;
static struct arena arena;
static struct err e;
static char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES];

/* Batch number b: of one service, with sessions, errors and what is new now and then. */
static void make_batch(size_t b, struct record records[static BATCH],
                       char texts[static BATCH][96])
{
    static const char *const names[SERVICES] = {"shop", "sshd", "web"};
    for (size_t i = 0; i < BATCH; i++) {
        bool error = (b + i) % 17 == 0;
        int n = snprintf(texts[i], sizeof texts[i],
                         i % 3 == 0   ? "session %zu opened for user u%zu"
                         : i % 3 == 1 ? "request %zu took %zu ms"
                                      : "kind %zu of step %zu is done",
                         b * BATCH + i, i % 3 == 2 ? b % 9 : i);
        records[i] =
            (struct record){.timestamp = STR("t"),
                            .service = str_of(names[b % SERVICES]),
                            .level = error ? STR("error") : STR("info"),
                            .message = {texts[i], (size_t)n},
                            .metadata = STR("{}"),
                            .event_us = T0 + (int64_t)b * 20 * CLOCK_SECOND_US,
                            .rank = error ? LEVEL_ERROR : LEVEL_INFO,
                            .failed_login = {i % 31 == 0 && error, i % 31 == 0 && error}};
    }
}

static void learn(struct detector *d, size_t b)
{
    struct record records[BATCH];
    char texts[BATCH][96];
    make_batch(b, records, texts);
    struct detector_batch batch = {.records = records,
                                   .n = BATCH,
                                   .id = b + 1,
                                   .batch_n = BATCH,
                                   .first_log_id = (int64_t)(b * BATCH + 1),
                                   .now_us = records[0].event_us + CLOCK_SECOND_US,
                                   .arena = &arena};
    ck_assert(!detector_learn(d, &batch, &e));
    arena_reset(&arena);
}

/* All that reads what was learned. */
static void use(struct detector *d)
{
    static struct finding f;
    struct record records[BATCH];
    char texts[BATCH][96];
    struct verdict v;
    for (size_t b = BATCHES; b < BATCHES + SERVICES; b++) {
        make_batch(b, records, texts);
        struct detector_question q = {records, BATCH, records[0].event_us, true, &arena};
        ck_assert(!detector_score(d, &q, &v, &e));
        ck_assert_msg(v.score >= 0 && v.score <= 1, "a score of %f", v.score);
        ck_assert(v.raw_score >= 0 && v.raw_score <= 1);
        arena_reset(&arena);
        learn(d, b);
    }
    while (detector_next(d, T0 + 60 * 60 * CLOCK_SECOND_US, &f)) {
        ck_assert(f.verdict.score >= 0 && f.verdict.score <= 1);
    }
    detector_end(d);
}

static void set_up(void)
{
    temp_dir_make(dir);
    temp_dir_path(dir, "model", path);
    ck_assert(!detector_open(.8, &learned, &e) && !detector_open(.8, &other, &e));
    arena_init(&arena, 64 << 20);
    for (size_t b = 0; b < BATCHES; b++) {
        learn(learned, b);
    }
}

static void tear_down(void)
{
    detector_close(learned);
    detector_close(other);
    arena_free(&arena);
    temp_dir_remove(dir);
}

/* learned as it is now: written, and read by other. */
static enum err_code through_a_file(void)
{
    struct model_file_head head = {.store = "", .batch = 1};
    ck_assert_msg(!model_file_write(path, learned, &head, &e), "%s", e.msg);
    return model_file_read(path, other, &head, &e);
}

#define M learned->memory
static struct window_slot *slot(void)
{
    return windows_at(&M->windows[0], (size_t)M->windows[0].oldest);
}
static struct session *session(void)
{
    struct session *s = &M->sessions.slot[0];
    *s = (struct session){.next = s->next};
    return sessions_take(&M->sessions, 7);
}
static struct model_service *service(void)
{
    return &M->model.service[M->model.oldest];
}
static struct template_row *row(void)
{
    return &M->model.templates.rows[M->model.templates.ages.oldest[1] - 1];
}
static struct template_service *of_row(void)
{
    return &M->model.templates.services[row()->service];
}
static int kept(void)
{
    for (int g = 0; g < VECTOR_GROUPS_MAX; g++) {
        if (M->model.vectors.group[g].first >= 0) {
            return M->model.vectors.group[g].first;
        }
    }
    ck_abort_msg("no vectors");
}
static void set_byte(bool *b)
{
    memset(b, 2, 1);
}

/* Each is what a file may not say. */
#define PATCH(name, what)                                                                \
    static void patch_##name(void)                                                       \
    {                                                                                    \
        what;                                                                            \
    }
PATCH(many_services, M->model.oldest = 30000)
PATCH(service_before, M->model.youngest = -2)
PATCH(service_bucket, M->model.bucket[service()->hash % MODEL_BUCKETS] = -1)
PATCH(service_bucket_far, M->model.bucket[7] = MODEL_SERVICES_MAX)
PATCH(service_loop, service()->next = M->model.oldest)
PATCH(service_unused, M->model.unused = M->model.oldest)
PATCH(service_name, service()->name_n = 60000)
PATCH(service_name_bytes, service()->name[0] = '\xff')
PATCH(service_flag, set_byte(&service()->in_use))
PATCH(service_nan, service()->counted = NAN)
PATCH(service_negative, service()->records = -1)
PATCH(service_infinite, service()->once = INFINITY)
PATCH(service_errors, service()->errors = 1e6F)
PATCH(service_time, service()->time.latest_us = INT64_MAX)
PATCH(service_aged, service()->aged_us = -1)
PATCH(alarm_burst, service()->alarms.minute_n = UINT32_MAX)
PATCH(alarm_span, service()->alarms.span_us = (double)NAN)
PATCH(hist_bin, service()->trace[0].bin[3] = -5)
PATCH(hist_sum, service()->kind[0].part[1].n = NAN)
PATCH(volume, service()->volume.hour[23] = -INFINITY)
PATCH(version, memset(M->model.version, 'x', sizeof M->model.version))
PATCH(records, M->model.records = -1)
PATCH(batches, M->model.batches = INT64_MAX)
PATCH(trained, M->model.trained_at_us = INT64_MIN)
PATCH(templates_n, M->model.templates.n = UINT32_MAX)
PATCH(templates_free, M->model.templates.free = UINT16_MAX)
PATCH(template_text, row()->text_n = UINT16_MAX)
PATCH(template_tokens, row()->tokens_n = MASK_TOKENS_MAX + 1)
PATCH(template_service, row()->service = UINT16_MAX)
PATCH(template_bucket, row()->bucket[1] = UINT16_MAX)
PATCH(template_next, row()->next[0] = UINT16_MAX)
PATCH(template_older, row()->older[0] = 77)
PATCH(template_count, row()->count = 0)
PATCH(template_ages, M->model.templates.ages.youngest[0] = 8192)
PATCH(template_cache, M->model.templates.cache[8191][3].slot = TEMPLATES_MAX)
PATCH(service_templates, of_row()->n = 0)
PATCH(service_templates_many, of_row()->n += 1)
PATCH(service_number, of_row()->service += 1)
PATCH(known_nan, M->model.template[5].count = NAN)
PATCH(known_day, M->model.template[5].probation.first = INT32_MIN)
PATCH(known_rhythm, M->model.template[5].rhythm.mean_us = 1e30F)
PATCH(known_flag, set_byte(&M->model.template[8191].told))
PATCH(spread_nan, M->model.batch_spread[8191].weight = NAN)
PATCH(vectors_free, M->model.vectors.free = VECTORS_MAX)
PATCH(vector_items, M->model.vectors.vector[kept()].n = VECTOR_ITEMS_MAX + 1)
PATCH(vector_slot, M->model.vectors.vector[kept()].item[0].slot = TEMPLATES_MAX)
PATCH(vector_log, M->model.vectors.vector[kept()].item[0].log = NAN)
PATCH(vector_hash, M->model.vectors.vector[kept()].hash += 1 << 9)
PATCH(vector_group, M->model.vectors.kept[kept()].group = VECTOR_GROUPS_MAX)
PATCH(vector_next, M->model.vectors.kept[kept()].next = (int16_t)kept())
PATCH(vector_chain, M->model.vectors.kept[kept()].chain = -2)
PATCH(vector_near, M->model.vectors.kept[kept()].nearest = NAN)
PATCH(group_n, M->model.vectors.group[0].n = -1)
PATCH(group_nan, M->model.vectors.group[1023].learned = NAN)
PATCH(value_once, M->model.values.place[9].once = 1)
PATCH(windows_last, M->windows[2].last = WINDOWS_MAX)
PATCH(windows_span, M->windows[1].span_us = 0)
PATCH(windows_kind, M->windows[1].kind = WINDOW_KINDS_N)
PATCH(windows_bucket, M->windows[0].bucket[3] = -7)
PATCH(windows_oldest, M->windows[0].oldest = -1)
PATCH(windows_unused, M->windows[0].unused = M->windows[0].oldest)
PATCH(slot_name, slot()->service_n = CORE_SERVICE_BYTES)
PATCH(slot_span, slot()->span = INT64_MIN)
PATCH(slot_tally, slot()->t.error = -1)
PATCH(window_n, slot()->w.n = -1)
PATCH(window_errors, slot()->w.errors = INT64_MIN)
PATCH(window_news, slot()->w.news_n = UINT32_MAX)
PATCH(window_vector, slot()->w.vector.n = VECTOR_ITEMS_MAX + 2)
PATCH(window_hour, slot()->w.hour = 24)
PATCH(window_peak, slot()->w.peak[0].z = NAN)
PATCH(window_channel, slot()->w.peak[0].channel = TRACE_CHANNELS_N)
PATCH(window_attacks, slot()->w.attack_n[1] = UINT16_MAX)
PATCH(window_judged, slot()->then.judged.all = (double)NAN)
PATCH(window_attack, slot()->then.judged.attack_kind = ATTACKS_N)
PATCH(session_place, session()->place = MODEL_SERVICES_MAX)
PATCH(session_n, session()->w.logins = -3)
PATCH(session_next, session()->next = SESSIONS_MAX)
PATCH(ended_first, M->ended_first = DETECTOR_ENDED_MAX)
PATCH(ended_n, M->ended_n = SIZE_MAX)
PATCH(ended_slot, (M->ended_first = 0, M->ended_n = 1, M->ended[0].service_n = 9999))
#undef PATCH

#define ROW(name)                                                                        \
    {                                                                                    \
#name, patch_##name                                                              \
    }
static const struct {
    const char *name;
    void (*patch)(void);
} patches[] = {
    ROW(many_services),
    ROW(service_before),
    ROW(service_bucket),
    ROW(service_bucket_far),
    ROW(service_loop),
    ROW(service_unused),
    ROW(service_name),
    ROW(service_name_bytes),
    ROW(service_flag),
    ROW(service_nan),
    ROW(service_negative),
    ROW(service_infinite),
    ROW(service_errors),
    ROW(service_time),
    ROW(service_aged),
    ROW(alarm_burst),
    ROW(alarm_span),
    ROW(hist_bin),
    ROW(hist_sum),
    ROW(volume),
    ROW(version),
    ROW(records),
    ROW(batches),
    ROW(trained),
    ROW(templates_n),
    ROW(templates_free),
    ROW(template_text),
    ROW(template_tokens),
    ROW(template_service),
    ROW(template_bucket),
    ROW(template_next),
    ROW(template_older),
    ROW(template_count),
    ROW(template_ages),
    ROW(template_cache),
    ROW(service_templates),
    ROW(service_templates_many),
    ROW(service_number),
    ROW(known_nan),
    ROW(known_day),
    ROW(known_rhythm),
    ROW(known_flag),
    ROW(spread_nan),
    ROW(vectors_free),
    ROW(vector_items),
    ROW(vector_slot),
    ROW(vector_log),
    ROW(vector_hash),
    ROW(vector_group),
    ROW(vector_next),
    ROW(vector_chain),
    ROW(vector_near),
    ROW(group_n),
    ROW(group_nan),
    ROW(value_once),
    ROW(windows_last),
    ROW(windows_span),
    ROW(windows_kind),
    ROW(windows_bucket),
    ROW(windows_oldest),
    ROW(windows_unused),
    ROW(slot_name),
    ROW(slot_span),
    ROW(slot_tally),
    ROW(window_n),
    ROW(window_errors),
    ROW(window_news),
    ROW(window_vector),
    ROW(window_hour),
    ROW(window_peak),
    ROW(window_channel),
    ROW(window_attacks),
    ROW(window_judged),
    ROW(window_attack),
    ROW(session_place),
    ROW(session_n),
    ROW(session_next),
    ROW(ended_first),
    ROW(ended_n),
    ROW(ended_slot),
};

/* One after the other in one process: to learn first is what takes time. */
START_TEST(a_number_that_cannot_be_is_refused)
{
    struct memory *good = malloc(sizeof *good);
    struct model_info before, after;
    ck_assert(good != NULL);
    memcpy(good, M, sizeof *good);
    ck_assert_msg(!through_a_file(), "%s", e.msg);
    detector_info(other, &before);
    for (size_t i = 0; i < ROWS(patches); i++) {
        patches[i].patch();
        ck_assert_msg(!memory_check(M), "%s", patches[i].name);
        if (i % (ROWS(patches) / 4) == 0) { /* all of them go this way */
            ck_assert_int_eq(through_a_file(), ERR_INVALID);
            CHECK_HAS(e.msg, "numbers that cannot be");
        }
        memcpy(M, good, sizeof *good);
    }
    detector_info(other, &after);
    ck_assert_mem_eq(&before, &after, sizeof before); /* as it was */
    ck_assert_msg(!through_a_file(), "%s", e.msg);
    use(other);
    free(good);
}
END_TEST

/* A place in what is not zero: where a file says something. */
static size_t wild_place(const char *bytes, size_t n)
{
    size_t at = (size_t)random() * 4097 % n;
    while (bytes[at] == 0) {
        at = (at + 1) % n;
    }
    return at / sizeof(int64_t) * sizeof(int64_t);
}

static void use_copy(void)
{
    struct buf saved;
    buf_init(&saved, SNAPSHOT_BYTES_MAX);
    detector_save(learned, &saved);
    struct snapshot_in in = {buf_view(&saved), false};
    ck_assert_msg(!detector_load(other, &in, &e), "%s", e.msg);
    use(other);
    buf_free(&saved);
}

/* What is not refused does no harm. */
START_TEST(whatever_it_says_is_refused_or_scores_with_numbers)
{
    static const int64_t words[] = {-1,
                                    0,
                                    1,
                                    INT64_MIN,
                                    INT64_MAX,
                                    0x7fc000007fc00000,
                                    INT64_C(0x7fffffff7fffffff),
                                    0x0101010101010101};
    char *bytes = (char *)M;
    size_t taken = 0;
    srandom(7);
    for (size_t i = 0; i < WILD; i++) {
        size_t at = wild_place(bytes, sizeof *M), n = i % 2 ? 8 : 2;
        char was[8];
        memcpy(was, bytes + at, n);
        memcpy(bytes + at, &words[(size_t)random() % ROWS(words)], n);
        if (memory_check(M) && taken < USED) {
            taken++;
            use_copy();
        }
        memcpy(bytes + at, was, n);
    }
    ck_assert_uint_gt(taken, 0); /* tables of hashes may say anything */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("model_check");
    TCase *tc = tcase_create("model_check");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, a_number_that_cannot_be_is_refused);
    tcase_add_test(tc, whatever_it_says_is_refused_or_scores_with_numbers);
    suite_add_tcase(s, tc);
    return temp_dir_run(s);
}
