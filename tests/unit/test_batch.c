/* test_batch.c - the records of a body: all forms that clients send, all or nothing, and
 * which record is at fault. */
#include "fcgi/core/batch.h"

#include "fcgi/base/clock.h"
#include "tests/unit/unit.h"

#define NOW_US (INT64_C(1795348848) * CLOCK_SECOND_US)
#define HEAD                                                                             \
    "\"timestamp\":\"2026-11-22T12:00:48Z\",\"service\":\"s\",\"level\":\"INFO\","
#define RECORD(message) "{" HEAD "\"message\":\"" message "\"}"
#define DEEP(metadata)  "{" HEAD "\"message\":\"m\",\"metadata\":" metadata "}"
#define A               RECORD("a")
#define B               RECORD("b")
#define C               RECORD("c")
#define BAD             "{" HEAD "\"message\":7x}"   /* not JSON */
#define WRONG           "{" HEAD "\"message\":null}" /* JSON, no record */

enum { RECORDS_MAX = 5, RECORD_BYTES = 1 << 20, BODIES_BYTES = 1 << 20, DEPTH = 4 };

static struct budget bodies;
static struct arena arena;
static struct batch_limits limits;
static struct batch batch;
static struct err e;
static bool lenient;
static char *body; /* ends where its memory ends, for AddressSanitizer */

static void set_up(void)
{
    bodies = (struct budget){.max = BODIES_BYTES};
    arena_init(&arena, 1 << 20);
    limits = (struct batch_limits){
        RECORDS_MAX, {RECORD_BYTES, 256, 32, DEPTH}, &bodies, NULL, false, NULL};
    e = (struct err){.index = 99};
    body = NULL;
    lenient = false;
}

static void tear_down(void)
{
    arena_free(&arena);
    free(body);
}

static enum err_code parse(struct str text)
{
    arena_reset(&arena);
    free(body);
    body = malloc(text.n > 0 ? text.n : 1);
    ck_assert_ptr_nonnull(body);
    if (text.n > 0) {
        memcpy(body, text.p, text.n);
    }
    return batch_parse(
        &arena, (struct batch_body){body, text.n, NOW_US, STR_NONE, STR_NONE, lenient},
        &limits, &batch, &e);
}

/* The messages of the batch, one after the other. */
static const char *messages(char out[static 256])
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < batch.n; i++) {
        n += (size_t)snprintf(out + n, 256 - n, "%.*s",
                              STR_ARGS(batch.records[i].message));
    }
    return out;
}

static const struct {
    const char *name;
    struct str body;
    const char *messages;
} forms[] = {
    {"nothing", LIT(""), ""},
    {"white space", LIT(" \r\n\t"), ""},
    {"null", LIT("null"), ""},
    {"null with space", LIT(" null \n"), ""},
    {"an empty array", LIT("[]"), ""},
    {"an empty array with space", LIT(" [ ] "), ""},
    {"an empty wrapper", LIT("{\"logs\":[]}"), ""},
    {"one object", LIT(A), "a"},
    {"an array", LIT("[" A "," B "]"), "ab"},
    {"an array with space", LIT(" [\n" A " ,\r\n" B "\n] \n"), "ab"},
    {"a wrapper", LIT("{\"logs\":[" A "," B "]}"), "ab"},
    {"what PowerShell 5.1 makes of an array",
     LIT("{\"value\":[" A "," B "],\"Count\":2}"), "ab"},
    {"the same, counted first", LIT("{\"Count\":1,\"value\":[" A "]}"), "a"},
    {"UTF-16, little endian", LIT("\xFF\xFE[\0]\0"), ""},
    {"UTF-16, big endian", LIT("\xFE\xFF\0[\0]"), ""},
    {"UTF-16, nothing", LIT("\xFF\xFE"), ""},
    {"a wrapper with space", LIT("{ \"logs\" : [ " A " , " B " ] }"), "ab"},
    {"a wrapper with more", LIT("{\"host\":\"h\",\"logs\":[" A "],\"n\":{\"x\":[1]}}"),
     "a"},
    {"NDJSON", LIT(A "\n" B "\n" C "\n"), "abc"},
    {"NDJSON with CRLF and blank lines", LIT(A "\r\n\r\n" B "\r\n"), "ab"},
    {"NDJSON without the last line end", LIT(A "\n" B), "ab"},
    {"concatenated objects", LIT(A B C), "abc"},
    {"concatenated arrays", LIT("[" A "][" B "]"), "ab"},
    {"concatenated wrappers", LIT("{\"logs\":[" A "]}{\"logs\":[" B "]}"), "ab"},
    {"nested arrays", LIT("[[" A "],[[" B "]],[]," C "]"), "abc"},
    {"records and nulls", LIT(A "\nnull\n" B), "ab"},
    {"a byte order mark", LIT("\xEF\xBB\xBF[" A "]"), "a"},
    {"a byte order mark and nothing", LIT("\xEF\xBB\xBF"), ""},
    {"eight arrays round a record", LIT("[[[[[[[[" A "]]]]]]]]"), "a"},
};

START_TEST(takes_all_forms_that_clients_send)
{
    char text[256];
    ck_assert_msg(parse(forms[_i].body) == ERR_NONE, "%s: %s", forms[_i].name, e.msg);
    ck_assert_msg(strcmp(messages(text), forms[_i].messages) == 0, "%s: got \"%s\"",
                  forms[_i].name, text);
}
END_TEST

/* What a sender believes to have sent must not be dropped in silence. */
static const struct {
    const char *name;
    struct str body;
} with_logs[] = {
    {"in an array", LIT("[{" HEAD "\"message\":\"m\",\"logs\":[]}]")},
    {"alone", LIT("{" HEAD "\"message\":\"m\",\"logs\":[]}")},
    {"a line", LIT("{\"logs\":[]," HEAD "\"message\":\"m\"}\n")},
};

START_TEST(takes_a_record_with_a_member_logs_for_a_record)
{
    ck_assert_msg(parse(with_logs[_i].body) == ERR_NONE, "%s", e.msg);
    ck_assert_msg(batch.n == 1, "%s: %zu records instead of one", with_logs[_i].name,
                  batch.n);
}
END_TEST

START_TEST(refuses_a_wrapper_with_two_lists)
{
    ck_assert_msg(parse(STR("{\"logs\":[" A "],\"logs\":[" B "]}")) == ERR_INVALID ||
                      batch.n == 2,
                  "%zu of 2 records were taken", batch.n);
}
END_TEST

static const struct {
    const char *name;
    struct str body;
    int64_t index;
    const char *field; /* NULL: none */
} faults[] = {
    {"a wrong record", LIT(WRONG), 0, "message"},
    {"the second of an array", LIT("[" A "," WRONG "," B "]"), 1, "message"},
    {"the third line", LIT(A "\n" B "\n" WRONG), 2, "message"},
    {"the second in a wrapper", LIT("{\"logs\":[" A "," WRONG "]}"), 1, "message"},
    {"the second in nested arrays", LIT("[[" A "],[[" WRONG "]]]"), 1, "message"},
    {"the second wrapper's", LIT("{\"logs\":[" A "]}{\"logs\":[" WRONG "]}"), 1,
     "message"},
    {"not JSON", LIT(BAD), 0, NULL},
    {"not JSON, second of an array", LIT("[" A "," BAD "]"), 1, NULL},
    {"not JSON, third line", LIT(A "\n" B "\n" BAD), 2, NULL},
    {"not JSON, second in a wrapper", LIT("{\"logs\":[" A "," BAD "]}"), 1, NULL},
    {"a number in an array", LIT("[" A ",7]"), 1, NULL},
    {"null in an array", LIT("[" A ",null]"), 1, NULL},
    {"a text in a wrapper", LIT("{\"logs\":[" A ",\"x\"]}"), 1, NULL},
    {"an array in a wrapper", LIT("{\"logs\":[" A ",[" B "]]}"), 1, NULL},
    {"a wrapper in an array", LIT("[" A ",{\"logs\":[" B "]}]"), 1, "timestamp"},
    {"logs that is no list", LIT("{\"logs\":{}}"), 0, "timestamp"},
    {"cut in the second", LIT("[" A ",{\"timestamp\":\"x"), 1, NULL},
    {"the array is not closed", LIT("[" A), 1, NULL},
    {"a comma too many", LIT("[" A ",]"), 1, NULL},
    {"no comma", LIT("[" A " " B "]"), 1, NULL},
    {"letters behind a record", LIT(A "xyz"), 1, NULL},
    {"a comma between lines", LIT(A ",\n" B), 1, NULL},
    {"a bracket behind an array", LIT("[" A "]]"), 1, NULL},
};

START_TEST(names_the_record_and_the_field_at_fault)
{
    ck_assert_msg(parse(faults[_i].body) == ERR_INVALID, "%s is taken", faults[_i].name);
    ck_assert_msg(e.index == faults[_i].index, "%s: index %lld, want %lld; %s",
                  faults[_i].name, (long long)e.index, (long long)faults[_i].index,
                  e.msg);
    ck_assert_msg(!e.field == !faults[_i].field &&
                      (!e.field || strcmp(e.field, faults[_i].field) == 0),
                  "%s: field %s", faults[_i].name, e.field ? e.field : "none");
    ck_assert_msg(!strpbrk(e.msg, "<>"), "%s", e.msg);
}
END_TEST

START_TEST(says_the_index_in_words_too)
{
    ck_assert_int_eq(parse(STR("[" A "," WRONG "]")), ERR_INVALID);
    CHECK_HAS(e.msg, "record 1: field 'message' is missing");
}
END_TEST

static const struct {
    const char *name;
    struct str body;
    enum err_code code;
    const char *says;
} refused[] = {
    {"plain text", LIT("hello"), ERR_INVALID, "the body is not JSON"},
    {"a form", LIT("logs=%5B%5D"), ERR_INVALID, "ConvertTo-Json"},
    {"a number", LIT("7"), ERR_INVALID, "the body is not JSON"},
    {"true", LIT("true"), ERR_INVALID, "the body is not JSON"},
    {"a text", LIT("\"x\""), ERR_INVALID, "the body is not JSON"},
    {"a single quote that the shell left", LIT("'[" A "]'"), ERR_INVALID, "single quote"},
    {"the same after a blank", LIT(" '[" A "]'"), ERR_INVALID, "single quote"},
    {"UTF-16 that ends in half a letter", LIT("\xFF\xFE[\0]\0]"), ERR_INVALID,
     "not JSON"},
    {"nine arrays round a record", LIT("[[[[[[[[[" A "]]]]]]]]]"), ERR_INVALID, "arrays"},
    {"gzip", LIT("\x1f\x8b\x08\x00xyz"), ERR_UNSUPPORTED, "compressed"},
    {"zstd", LIT("\x28\xb5\x2f\xfdxyz"), ERR_UNSUPPORTED, "compressed"},
};

START_TEST(says_what_is_wrong_with_other_bodies)
{
    enum err_code code = parse(refused[_i].body);
    ck_assert_msg(code == refused[_i].code, "%s: code %d", refused[_i].name, (int)code);
    ck_assert_msg(strstr(e.msg, refused[_i].says) != NULL, "%s: %s", refused[_i].name,
                  e.msg);
}
END_TEST

START_TEST(takes_records_up_to_its_limit)
{
    ck_assert_int_eq(parse(STR("[" A "," A "," A "," A "," A "]")), ERR_NONE);
    ck_assert_uint_eq(batch.n, RECORDS_MAX);
    ck_assert_int_eq(parse(STR("{\"logs\":[" A "," A "," A "," A "," A "]}")), ERR_NONE);
    ck_assert_uint_eq(batch.n, RECORDS_MAX);
}
END_TEST

static const struct str too_many[] = {
    LIT("[" A "," A "," A "," A "," A "," A "]"),
    LIT("{\"logs\":[" A "," A "," A "," A "," A "," A "]}"),
    LIT(A A A A A A),
    LIT("[" A "," A "]" A A A "[" A "]"),
};

START_TEST(refuses_one_record_past_its_limit)
{
    ck_assert_int_eq(parse(too_many[_i]), ERR_TOO_LARGE);
    ck_assert_int_eq(e.index, RECORDS_MAX);
    CHECK_HAS(e.msg, "more than 5 records");
}
END_TEST

START_TEST(takes_many_records)
{
    static const char record[] = A "\n";
    enum { MANY = 1000 };
    char *text = malloc(MANY * sizeof record);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < MANY; i++) {
        memcpy(text + i * (sizeof record - 1), record, sizeof record - 1);
    }
    limits.records_max = MANY;
    ck_assert_int_eq(parse((struct str){text, MANY * (sizeof record - 1)}), ERR_NONE);
    ck_assert_uint_eq(batch.n, MANY);
    CHECK_STR("the last", batch.records[MANY - 1].message, STR("a"));
    free(text);
}
END_TEST

static const struct {
    const char *name;
    struct str body;
    bool ok;
} depths[] = {
    {"at the limit", LIT(DEEP("[[[[]]]]")), true},
    {"at the limit in an array", LIT("[[" DEEP("[[[[]]]]") "]]"), true},
    {"at the limit in a wrapper", LIT("{\"logs\":[" DEEP("[[[[]]]]") "]}"), true},
    {"past it", LIT(DEEP("[[[[[]]]]]")), false},
    {"past it in an array", LIT("[" DEEP("[[[[[]]]]]") "]"), false},
    {"past it in a wrapper", LIT("{\"logs\":[" DEEP("[[[[[]]]]]") "]}"), false},
    {"far past it", LIT(DEEP("[[[[[[[[[[[[]]]]]]]]]]]]")), false},
};

START_TEST(takes_metadata_up_to_its_depth_limit)
{
    bool ok = parse(depths[_i].body) == ERR_NONE;
    ck_assert_msg(ok == depths[_i].ok, "%s: %s", depths[_i].name, e.msg);
    if (!ok) {
        ck_assert_int_eq(e.code, ERR_INVALID);
        ck_assert_int_eq(e.index, 0);
        CHECK_HAS(e.msg, "deep");
    }
}
END_TEST

/* The tree that cJSON would make of these 1,048,576 bytes takes 42 MB. */
START_TEST(takes_no_memory_for_what_metadata_holds)
{
    static const char head[] = "{" HEAD "\"message\":\"m\",\"metadata\":[1";
    char *text = malloc(RECORD_BYTES);
    ck_assert_ptr_nonnull(text);
    memcpy(text, head, sizeof head - 1);
    for (size_t i = sizeof head - 1; i + 2 < RECORD_BYTES; i += 2) {
        memcpy(text + i, ",1", 2);
    }
    memcpy(text + RECORD_BYTES - 2, "]}", 2);
    if (text[RECORD_BYTES - 3] == ',') {
        text[RECORD_BYTES - 3] = ' ';
    }
    ck_assert_msg(parse((struct str){text, RECORD_BYTES}) == ERR_NONE, "%s", e.msg);
    ck_assert_uint_gt(batch.records[0].metadata.n, RECORD_BYTES - sizeof head - 1);
    ck_assert_uint_lt(arena.used, 4096);
    free(text);
}
END_TEST

static const struct {
    const char *name;
    struct str body, message;
    size_t repaired;
} repairs[] = {
    {"UTF-8 stays", LIT(RECORD("Gr\xC3\xBC\xC3\x9F\x65")), LIT("Gr\xC3\xBC\xC3\x9F\x65"),
     0},
    {"Windows-1252", LIT(RECORD("Gr\xFC\xDF\x65")), LIT("Gr\xC3\xBC\xC3\x9F\x65"), 2},
    {"FF FE", LIT(RECORD("\xFF\xFE")), LIT("\xC3\xBF\xC3\xBE"), 2},
    {"overlong NUL", LIT(RECORD("\xC0\x80")), LIT("\xC3\x80\xE2\x82\xAC"), 2},
    {"cut", LIT(RECORD("\xE2\x82")), LIT("\xC3\xA2\xE2\x80\x9A"), 2},
    {"a surrogate in bytes", LIT(RECORD("\xED\xA0\x80")),
     LIT("\xC3\xAD\xC2\xA0\xE2\x82\xAC"), 3},
    {"a raw NUL", LIT(RECORD("x\0y")), LIT("x\xEF\xBF\xBDy"), 1},
    {"an escaped NUL", LIT(RECORD("x\\u0000y")), LIT("x\xEF\xBF\xBDy"), 1},
    {"a lone surrogate", LIT(RECORD("x\\ud800y")), LIT("x\xEF\xBF\xBDy"), 1},
    {"in a wrapper, counted once", LIT("{\"logs\":[" RECORD("\\u0000\xFF") "]}"),
     LIT("\xEF\xBF\xBD\xC3\xBF"), 2},
};

START_TEST(mends_what_is_not_text_and_counts_it)
{
    ck_assert_msg(parse(repairs[_i].body) == ERR_NONE, "%s: %s", repairs[_i].name, e.msg);
    CHECK_STR(repairs[_i].name, batch.records[0].message, repairs[_i].message);
    ck_assert_msg(batch.repaired == repairs[_i].repaired, "%s: %zu repaired",
                  repairs[_i].name, batch.repaired);
}
END_TEST

START_TEST(counts_the_mended_copy_in_the_budget_while_it_lives)
{
    struct str text = STR(RECORD("\xFF"));
    bodies.max = text.n + 1; /* FF becomes two bytes */
    ck_assert_int_eq(parse(text), ERR_NONE);
    ck_assert_uint_eq(atomic_load(&bodies.used), text.n + 1);
    arena_reset(&arena);
    ck_assert_uint_eq(atomic_load(&bodies.used), 0);
}
END_TEST

/* One byte less than the records take is too little; they are counted while they live. */
START_TEST(counts_the_records_and_is_busy_when_there_is_no_room_for_them)
{
    struct budget records = {.max = batch_records_bytes(1)};
    limits.records = &records;
    ck_assert_int_eq(parse(STR(A)), ERR_NONE);
    size_t used = atomic_load(&records.used);
    ck_assert_uint_gt(used, 0);
    ck_assert_uint_le(used, records.max);
    arena_reset(&arena);
    ck_assert_uint_eq(atomic_load(&records.used), 0);
    records.max = used - 1;
    ck_assert_int_eq(parse(STR(A)), ERR_BUSY);
    arena_reset(&arena);
    ck_assert_uint_eq(atomic_load(&records.used), 0);
    records.max = used;
    ck_assert_int_eq(parse(STR(A)), ERR_NONE);
    arena_reset(&arena);
    limits.records = NULL;
}
END_TEST

START_TEST(is_busy_when_the_budget_has_no_room_for_the_mended_copy)
{
    struct str text = STR(RECORD("\xFF"));
    bodies.max = text.n;
    ck_assert_int_eq(parse(text), ERR_BUSY);
    arena_reset(&arena);
    ck_assert_uint_eq(atomic_load(&bodies.used), 0);
    ck_assert_int_eq(parse(STR(A)), ERR_NONE); /* nothing to mend: no copy */
}
END_TEST

START_TEST(notes_what_was_odd)
{
    ck_assert_int_eq(parse(STR("[{\"timestamp\":\"?\",\"service\":\"s\",\"level\":\"l\","
                               "\"message\":\"m\",\"x\":1,\"y\":2}," A "]")),
                     ERR_NONE);
    ck_assert_int_eq(batch.notes.unread_times, 1);
    ck_assert_int_eq(batch.notes.unknown_fields, 2);
    ck_assert_int_eq(batch.records[0].event_us, NOW_US);
}
END_TEST

START_TEST(says_when_memory_is_short)
{
    arena_free(&arena);
    arena_init(&arena, 8);
    ck_assert_int_eq(parse(STR(A)), ERR_NOMEM);
}
END_TEST

/* --- lenient --- */

#define TOO_DEEP DEEP("[[[[[[[[[1]]]]]]]]]")

static const struct {
    const char *name;
    struct str body;
    const char *messages, *rejected; /* "place:field:bytes ..." */
} lenient_bodies[] = {
    {"all good", LIT("[" A "," B "]"), "ab", ""},
    {"nothing", LIT("[]"), "", ""},
    {"a wrong one", LIT("[" A "," WRONG "," B "]"), "ab", "1:message:80 "},
    {"only wrong ones", LIT("[" WRONG ",7,null,\"x\"]"), "",
     "0:message:80 1::1 2::4 3::3 "},
    {"not JSON in an array", LIT("[" A "," BAD "," B "]"), "ab", "1::78 "},
    {"not JSON at an array's end", LIT("[" A " , " BAD " ]"), "a", "1::78 "},
    {"a word in an array", LIT("[" A ",nope," B "]"), "ab", "1::4 "},
    {"a broken text in an array", LIT("[" A ",\"\\x,]\"," B "]"), "ab", "1::6 "},
    {"brackets in a text", LIT("[{\"a\":\"}]\\\"\",\"b\":01}," A "]"), "a", "0::19 "},
    {"too deep", LIT("[" TOO_DEEP "," B "]"), "b", "0::110 "},
    {"NDJSON, a wrong one", LIT(A "\n" WRONG "\n" B "\n"), "ab", "1:message:80 "},
    {"NDJSON, not JSON", LIT(A "\n" BAD "\n" B "\n"), "ab", "1::78 "},
    {"NDJSON, cut in a text", LIT(A "\n{\"message\":\"x\n" B "\n" C), "abc", "1::13 "},
    {"NDJSON, two bad lines", LIT(A "\n{\"message\":\"x\nwords\n" B "\n"), "ab",
     "1::13 2::5 "},
    {"NDJSON, the last one cut", LIT(A "\n{\"message\":\"x"), "a", "1::13 "},
    {"NDJSON, a line of text", LIT(A "\nsome words\n" B "\n"), "ab", "1::10 "},
    {"NDJSON, it begins with one", LIT("some words\n" A "\n"), "a", "0::10 "},
    {"NDJSON, rest of a line", LIT(A " and more\n" B "\n"), "ab", "1::8 "},
    {"objects over several lines", LIT("{\n\"a\":01\n}\n" A), "a", "0::10 "},
    {"in a wrapper", LIT("{\"logs\":[" A "," WRONG "]}"), "a", "1:message:80 "},
    {"not JSON in a wrapper", LIT("{\"logs\":[" A "," BAD "," B "]}"), "ab", "1::78 "},
    {"a wrapper and more", LIT("{\"logs\":[" BAD "]}\n" A), "a", "0::78 "},
};

START_TEST(what_is_no_record_is_left_out)
{
    char text[256], rejected[256];
    size_t n = 0;
    lenient = true;
    ck_assert_msg(!parse(lenient_bodies[_i].body), "%s: %s", lenient_bodies[_i].name,
                  e.msg);
    CHECK_STR(lenient_bodies[_i].name, str_of(messages(text)),
              str_of(lenient_bodies[_i].messages));
    rejected[0] = '\0';
    ck_assert_uint_eq(batch.kept_n, batch.rejected_n);
    for (size_t i = 0; i < batch.kept_n; i++) {
        const struct batch_rejected *r = &batch.rejected[i];
        n += (size_t)snprintf(rejected + n, sizeof rejected - n, "%zu:%s:%zu ", r->place,
                              r->field ? r->field : "", r->bytes);
        ck_assert_uint_eq(r->text.n, r->bytes);
        ck_assert_uint_gt(r->reason.n, 0);
    }
    CHECK_STR(lenient_bodies[_i].name, str_of(rejected),
              str_of(lenient_bodies[_i].rejected));
}
END_TEST

/* Where the next record begins cannot be said, or there is none: all is refused. */
static const struct {
    const char *name;
    struct str body;
} hopeless[] = {
    {"an array that is cut", LIT("[" A ","
                                 "{\"a\":1")},
    {"an array that is cut in a text", LIT("[" A ",{\"a\":\"x]")},
    {"an array without a comma", LIT("[" A " " B "]")},
    {"an array that ends too late", LIT("[" A ",,]")},
    {"a wrapper that is cut", LIT("{\"logs\":[" A "," BAD)},
    {"a form", LIT("a=1&b=2")},
    {"one line of text", LIT("some words")},
    {"lines of text", LIT("some words\nmore")},
    {"arrays in arrays", LIT("[[[[[[[[[[" A "]]]]]]]]]]")},
};

START_TEST(what_cannot_be_read_is_refused_all_the_same)
{
    lenient = true;
    ck_assert_msg(parse(hopeless[_i].body) == ERR_INVALID, "%s", hopeless[_i].name);
    lenient = false;
    ck_assert_msg(parse(hopeless[_i].body) == ERR_INVALID, "%s", hopeless[_i].name);
}
END_TEST

START_TEST(those_left_out_count_as_records)
{
    lenient = true;
    ck_assert(!parse(STR("[" A ",1,2,3," B "]"))); /* RECORDS_MAX */
    ck_assert_uint_eq(batch.rejected_n, 3);
    ck_assert_int_eq(parse(STR("[" A ",1,2,3," B ",4]")), ERR_TOO_LARGE);
    ck_assert_int_eq(parse(STR("[" A ",1,2,3," B ",x]")), ERR_TOO_LARGE);
    ck_assert_int_eq(e.index, 5);
}
END_TEST

START_TEST(so_many_are_kept_and_all_are_counted)
{
    struct buf text;
    lenient = true;
    limits.records_max = BATCH_REJECTED_MAX + 1;
    buf_init(&text, 1 << 16);
    buf_byte(&text, '[');
    for (int i = 1; i < BATCH_REJECTED_MAX; i++) {
        buf_str(&text, STR("7,"));
    }
    buf_str(&text, STR("7"));
    size_t n = text.n;
    buf_byte(&text, ']');
    ck_assert(!parse(buf_view(&text)));
    ck_assert_uint_eq(batch.kept_n, BATCH_REJECTED_MAX);
    ck_assert_uint_eq(batch.rejected_n, BATCH_REJECTED_MAX);
    text.n = n;
    buf_str(&text, STR(",7]"));
    ck_assert(!parse(buf_view(&text)));
    ck_assert_uint_eq(batch.kept_n, BATCH_REJECTED_MAX);
    ck_assert_uint_eq(batch.rejected_n, BATCH_REJECTED_MAX + 1);
    buf_free(&text);
}
END_TEST

START_TEST(of_a_long_one_the_beginning_is_kept_in_whole_characters)
{
    struct buf text;
    lenient = true;
    buf_init(&text, 1 << 16);
    buf_str(&text, STR("[\"")); /* a quote, then characters of two bytes */
    for (int i = 0; i < BATCH_REJECTED_BYTES / 2; i++) {
        buf_str(&text, STR("\xC3\xA9"));
    }
    buf_str(&text, STR("\"]"));
    ck_assert(!parse(buf_view(&text)));
    ck_assert_uint_eq(batch.kept_n, 1);
    ck_assert_uint_eq(batch.rejected[0].bytes, BATCH_REJECTED_BYTES + 2);
    ck_assert_uint_eq(batch.rejected[0].text.n, BATCH_REJECTED_BYTES - 1);
    buf_free(&text);
}
END_TEST

START_TEST(what_is_left_out_leaves_no_notes)
{
    lenient = true;
    ck_assert(!parse(STR("[{" HEAD "\"odd\":1,\"message\":null}," A "]")));
    ck_assert_int_eq(batch.notes.unknown_fields, 0);
    ck_assert_uint_eq(batch.rejected_n, 1);
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    suite_add_tcase(s, tc);
    return tc;
}

static void add_limits(Suite *s)
{
    TCase *tc = add_case(s, "limit");
    tcase_add_test(tc, takes_records_up_to_its_limit);
    tcase_add_loop_test(tc, refuses_one_record_past_its_limit, 0, ROWS(too_many));
    tcase_add_test(tc, takes_many_records);
    tcase_add_loop_test(tc, takes_metadata_up_to_its_depth_limit, 0, ROWS(depths));
    tcase_add_test(tc, takes_no_memory_for_what_metadata_holds);
    tcase_add_test(tc, says_when_memory_is_short);
}

int main(void)
{
    Suite *s = suite_create("batch");
    TCase *tc = add_case(s, "forms");
    tcase_add_loop_test(tc, takes_all_forms_that_clients_send, 0, ROWS(forms));
    tcase_add_loop_test(tc, takes_a_record_with_a_member_logs_for_a_record, 0,
                        ROWS(with_logs));
    tcase_add_test(tc, refuses_a_wrapper_with_two_lists);
    tc = add_case(s, "faults");
    tcase_add_loop_test(tc, names_the_record_and_the_field_at_fault, 0, ROWS(faults));
    tcase_add_loop_test(tc, says_what_is_wrong_with_other_bodies, 0, ROWS(refused));
    tcase_add_test(tc, says_the_index_in_words_too);
    add_limits(s);
    tc = add_case(s, "lenient");
    tcase_add_loop_test(tc, what_is_no_record_is_left_out, 0, ROWS(lenient_bodies));
    tcase_add_loop_test(tc, what_cannot_be_read_is_refused_all_the_same, 0,
                        ROWS(hopeless));
    tcase_add_test(tc, those_left_out_count_as_records);
    tcase_add_test(tc, so_many_are_kept_and_all_are_counted);
    tcase_add_test(tc, of_a_long_one_the_beginning_is_kept_in_whole_characters);
    tcase_add_test(tc, what_is_left_out_leaves_no_notes);
    tc = add_case(s, "repair");
    tcase_add_loop_test(tc, mends_what_is_not_text_and_counts_it, 0, ROWS(repairs));
    tcase_add_test(tc, counts_the_mended_copy_in_the_budget_while_it_lives);
    tcase_add_test(tc, is_busy_when_the_budget_has_no_room_for_the_mended_copy);
    tcase_add_test(tc, counts_the_records_and_is_busy_when_there_is_no_room_for_them);
    tcase_add_test(add_case(s, "notes"), notes_what_was_odd);
    return unit_run(s);
}
