/* test_size_text.c - how many bytes, for people. */
#include "fcgi/base/size_text.h"

#include "tests/unit/unit.h"

static const struct {
    int64_t bytes;
    const char *text;
} sizes[] = {
    {0, "0 bytes"},        {999, "999 bytes"},  {1000, "1.0 kB"},
    {9949, "9.9 kB"},      {9950, "10 kB"},     {999499, "999 kB"},
    {999500, "1.0 MB"},    {64000000, "64 MB"}, {INT64_C(10000000000), "10 GB"},
    {INT64_MAX, "9.2 EB"},
};

START_TEST(a_size_has_two_or_three_digits)
{
    char out[SIZE_TEXT_BYTES];
    ck_assert_str_eq(size_text(sizes[_i].bytes, out), sizes[_i].text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("size_text");
    unit_table(s, "sizes", a_size_has_two_or_three_digits, ROWS(sizes));
    return unit_run(s);
}
