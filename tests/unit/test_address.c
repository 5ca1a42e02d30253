/* test_address.c - which addresses are this machine's own, a private network's, or nobody's.
 */
#include "fcgi/web/address.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>

static const char *const own[] = {
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.1.2.3",
    "::ffff:0:1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "fc00::1",
    "fdff::1",
    "ff02::1",
    "ff0e::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001::1",
    "2001:0:1::",
    "2001:db8::1",
    "2001:2::1",
    "100::1",
    "3fff::1",
    "4000::1",
};

static const char *const open_ones[] = {
    "1.1.1.1",          "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
    "100.128.0.0",      "126.255.255.255", "128.0.0.1",       "169.253.255.255",
    "169.255.0.0",      "172.15.255.255",  "172.32.0.0",      "192.167.255.255",
    "192.169.0.0",      "198.17.255.255",  "198.20.0.0",      "223.255.255.255",
    "2606:4700::1111",  "2a00:1450::1",    "2001:4860::8888", "::ffff:1.1.1.1",
    "64:ff9b::101:101", "2002:101:101::1",
};

static bool is_public(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
        return address_is_public((struct sockaddr *)&in, sizeof in);
    }
    ck_assert_int_eq(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return address_is_public((struct sockaddr *)&in6, sizeof in6);
}

START_TEST(an_own_one_is_not_public)
{
    ck_assert_msg(!is_public(own[_i]), "%s", own[_i]);
}
END_TEST

START_TEST(any_other_is)
{
    ck_assert_msg(is_public(open_ones[_i]), "%s", open_ones[_i]);
}
END_TEST

START_TEST(what_is_no_address_of_the_internet_is_not_public)
{
    struct sockaddr un = {.sa_family = AF_UNIX};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x01010101)};
    ck_assert(!address_is_public(&un, sizeof un));
    ck_assert(!address_is_public((struct sockaddr *)&in, sizeof in - 1)); /* cut off */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("address");
    unit_table(s, "own", an_own_one_is_not_public, ROWS(own));
    unit_table(s, "public", any_other_is, ROWS(open_ones));
    unit_case(s, "other", what_is_no_address_of_the_internet_is_not_public);
    return unit_run(s);
}
