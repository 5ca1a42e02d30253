/* failure.c - see failure.h. A word of the list is the beginning of one in the message:
 * "fail" is also "failed" and "failure". Within a path or a name no word begins. */
#include "scoring/failure.h"

#include <string.h>

/* By their first letter, each ended by a NUL. Changes of accounts are told like failures:
 * they are rare, and the owner is to know. */
typedef const char *const word_list[26];
static word_list failures = {
    ['a' - 'a'] = "abort\0adduser\0alert\0attack\0authorized_keys\0",
    ['b' - 'a'] = "bad \0break-in\0broken\0",
    ['c' - 'a'] = "cannot\0can't\0corrupt\0could not\0crash\0critical\0",
    ['d' - 'a'] = "dead\0denied\0deny\0died\0",
    ['e' - 'a'] = "emerg\0error\0exceed\0exception\0exhaust\0expire\0",
    ['f' - 'a'] = "fail\0fatal\0fault\0forbidden\0full\0",
    ['g' - 'a'] = "groupadd\0",
    ['h' - 'a'] = "hung\0",
    ['i' - 'a'] = "illegal\0incorrect\0insufficient\0invalid\0",
    ['k' - 'a'] = "kill\0",
    ['l' - 'a'] = "lost\0",
    ['m' - 'a'] = "malformed\0mismatch\0missing\0",
    ['n' - 'a'] =
        "new group\0new user\0no space\0not found\0not permitted\0not responding\0",
    ['o' - 'a'] = "oom\0out of memory\0overflow\0overload\0",
    ['p' - 'a'] = "panic\0password changed\0promiscuous\0",
    ['r' - 'a'] = "refuse\0reject\0revoked\0",
    ['s' - 'a'] = "segfault\0sigsegv\0stuck\0suspicious\0",
    ['t' - 'a'] =
        "temporarily unavailable\0throttl\0timed out\0timeout\0too many\0traceback\0",
    ['u' - 'a'] = "unable\0unauthor\0unexpected\0unreachable\0unrecoverable\0useradd\0"
                  "userdel\0usermod\0",
    ['v' - 'a'] = "violation\0virus\0",
    ['w' - 'a'] = "warning\0",
};

static word_list entrances = {
    ['a' - 'a'] = "accepted password\0accepted publickey\0accepted keyboard\0",
    ['l' - 'a'] = "logged in\0login ok\0login succe\0logon succe\0",
    ['s' - 'a'] = "successful auth\0successful log\0",
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool begins_with(struct str s, const char *word)
{
    size_t i = 0;
    while (word[i] != '\0' && i < s.n && lower(s.p[i]) == word[i]) {
        i++;
    }
    return word[i] == '\0';
}

static bool is_listed(struct str s, word_list words)
{
    const char *word = words[lower(s.p[0]) - 'a'];
    while (word && word[0] != '\0' && !begins_with(s, word)) {
        word += strlen(word) + 1;
    }
    return word && word[0] != '\0';
}

static bool goes_on(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-' ||
           c == '_' || (unsigned char)c >= 0x80;
}

static bool speaks_of(word_list words, struct str message)
{
    bool within = false;
    for (; message.n > 0; message = str_from(message, 1)) {
        if (!within && is_letter(message.p[0]) && is_listed(message, words)) {
            return true;
        }
        within = goes_on(message.p[0]);
    }
    return false;
}

bool failure_in(struct str message)
{
    return speaks_of(failures, message);
}

bool entrance_in(struct str message)
{
    return speaks_of(entrances, message);
}
