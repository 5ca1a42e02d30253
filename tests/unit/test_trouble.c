/* test_trouble.c - when something wrong with the product itself is an incident, and what it
 * says. */
#include "fcgi/core/trouble.h"

#include "tests/unit/unit.h"

#include <string.h>

#define S CLOCK_SECOND_US

START_TEST(begins_after_its_time_and_ends_at_once)
{
    struct trouble_watch w = {0};
    ck_assert_int_eq(trouble_look(&w, TROUBLE_AWAY, 180 * S, 1 * S), TROUBLE_STAYS);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_THERE, 180 * S, 10 * S), TROUBLE_STAYS);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_THERE, 180 * S, 190 * S - 1),
                     TROUBLE_STAYS);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_THERE, 180 * S, 190 * S), TROUBLE_BEGINS);
    ck_assert_int_eq(w.since_us, 10 * S);
    /* again, if it could not be done */
    ck_assert_int_eq(trouble_look(&w, TROUBLE_THERE, 180 * S, 191 * S), TROUBLE_BEGINS);
    w.open = true;
    ck_assert_int_eq(trouble_look(&w, TROUBLE_THERE, 180 * S, 192 * S), TROUBLE_STAYS);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_UNKNOWN, 180 * S, 193 * S), TROUBLE_STAYS);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_AWAY, 180 * S, 194 * S), TROUBLE_ENDS);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_AWAY, 180 * S, 195 * S), TROUBLE_ENDS);
    w.open = false;
    ck_assert_int_eq(trouble_look(&w, TROUBLE_AWAY, 180 * S, 196 * S), TROUBLE_STAYS);
}
END_TEST

START_TEST(a_short_one_is_none_and_the_next_begins_anew)
{
    struct trouble_watch w = {0};
    (void)trouble_look(&w, TROUBLE_THERE, 180 * S, 10 * S);
    (void)trouble_look(&w, TROUBLE_AWAY, 180 * S, 100 * S);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_THERE, 180 * S, 200 * S), TROUBLE_STAYS);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_THERE, 180 * S, 380 * S), TROUBLE_BEGINS);
}
END_TEST

START_TEST(one_from_before_a_restart_is_closed_only_when_it_is_seen_to_be_over)
{
    struct trouble_watch w = {.open = true};
    ck_assert_int_eq(trouble_look(&w, TROUBLE_UNKNOWN, 180 * S, 1 * S), TROUBLE_STAYS);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_THERE, 180 * S, 2 * S), TROUBLE_STAYS);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_THERE, 180 * S, 999 * S), TROUBLE_STAYS);
    ck_assert_int_eq(trouble_look(&w, TROUBLE_AWAY, 180 * S, 1000 * S), TROUBLE_ENDS);
}
END_TEST

static const struct disk_room room = {.known = true,
                                      .free_bytes = 500000000,
                                      .total_bytes = INT64_C(20000000000),
                                      .left_bytes = INT64_C(4000000000),
                                      .bytes_a_day = 250e6};

static const struct {
    enum trouble trouble;
    struct trouble_facts facts;
    const char *text;
} texts[] = {
    {TROUBLE_SCORER,
     {.for_us = 200 * S,
      .last_error = "nothing accepts connections there",
      .scorer_is_service = true},
     "the scoring service has not answered for 3 minutes: nothing accepts connections "
     "there; "
     "records are stored without a score, and looked at when it is back"},
    {TROUBLE_SCORER,
     {.for_us = 60 * S, .last_error = ""},
     "records have not been scored for 1 minute: what was learned is read again from the "
     "store; they are stored, and learned in their turn"},
    {TROUBLE_WEBHOOK,
     {.for_us = 59 * S, .last_error = "the server answered 503", .waiting = 3},
     "messages by webhook have not been delivered for 59 seconds, 3 wait: the server "
     "answered "
     "503; GET /notifications lists them"},
    {TROUBLE_MAIL,
     {.for_us = 1 * S, .last_error = ""},
     "messages by mail have not been delivered for 1 second, 0 wait; "
     "GET /notifications lists them"},
    {TROUBLE_RETENTION,
     {.for_us = 180 * S, .last_error = "the disk failed"},
     "what is old could not be deleted for 3 minutes: the disk failed; the store grows "
     "beyond its bounds"},
    {TROUBLE_DISK,
     {.last_error = "", .disk = &room},
     "the disk is nearly full where the store is: 500 MB of 20 GB are free, used up in "
     "2.0 "
     "days as things go"},
};

START_TEST(says_what_is_wrong)
{
    char out[TROUBLE_TEXT_BYTES];
    CHECK_STR(trouble_name(texts[_i].trouble),
              trouble_text(texts[_i].trouble, &texts[_i].facts, out),
              str_of(texts[_i].text));
}
END_TEST

START_TEST(a_long_error_is_cut_and_not_within_a_letter)
{
    char error[2 * TROUBLE_TEXT_BYTES], out[TROUBLE_TEXT_BYTES];
    for (size_t shift = 0; shift < 2; shift++) {
        size_t n = shift;
        memset(error, 'x', sizeof error);
        for (; n + 2 < sizeof error; n += 2) {
            memcpy(error + n, "\xC3\xA4", 2);
        }
        error[n] = '\0';
        struct trouble_facts f = {.last_error = error, .scorer_is_service = true};
        struct str text = trouble_text(TROUBLE_SCORER, &f, out);
        ck_assert_uint_ge(text.n, TROUBLE_TEXT_BYTES - 2);
        ck_assert_uint_lt(text.n, TROUBLE_TEXT_BYTES);
        ck_assert(text.p[text.n - 1] == '\xA4');
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("trouble");
    unit_case(s, "time", begins_after_its_time_and_ends_at_once);
    unit_case(s, "short", a_short_one_is_none_and_the_next_begins_anew);
    unit_case(s, "restart",
              one_from_before_a_restart_is_closed_only_when_it_is_seen_to_be_over);
    unit_table(s, "texts", says_what_is_wrong, ROWS(texts));
    unit_case(s, "long", a_long_error_is_cut_and_not_within_a_letter);
    return unit_run(s);
}
