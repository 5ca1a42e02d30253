/* demo_text.h - texts with places that are filled in: a small generative grammar.
 *
 *   %{NAME}       one of the alternatives of the rule of that name (demo_words.c), which
 *                 may hold places themselves
 *   %{pick:A|B}   the same without a name. Of alternatives the first is the likeliest, the
 *                 k-th about 1/k as likely.
 *   %{any:A|B}    the same, each alike
 *   %{int:L-H}    each whole number alike     %{log:L-H}  each order of magnitude alike
 *   %{dec:L-H}    the same with three decimals
 *   %{hex:N} %{HEX:N} %{id:N}   N hexadecimal digits; N letters and digits
 *   %{ip}         any public IPv4 address     %{peer:NAME/N}  one of N known ones
 *   %{time:FORMAT}  the record's time, UTC: the letters YbmdHMS as in strftime, others as
 *                 they are; %{clf} as access logs have it, %{epoch} in seconds
 *   %{version}    of the application
 *
 * A '#' and more at the end binds it: within one story (a login, a mail, a request) the
 * same text in braces gives the same value. A '@' instead binds it for the whole fault, or
 * for all stories of a source. (So neither may stand in the alternatives of a pick, unless
 * in a place, and a last alternative may not be empty.) */
#ifndef CLI_DEMO_TEXT_H
#define CLI_DEMO_TEXT_H

#include "fcgi/base/buf.h"
#include "fcgi/cli/demo_random.h"

enum { DEMO_TEXT_DEPTH_MAX = 6 };

struct demo_context {
    int64_t at_us;
    uint64_t seed, story, group;
    int releases; /* of the application, before at_us */
};

struct demo_rule {
    const char *name;
    const char *const *alternatives; /* up to a NULL */
};

extern const struct demo_rule demo_rules[]; /* by name, in the order of strcmp */
extern const size_t demo_rules_n;

/* Appends text with its places filled in; what is not bound is drawn from r. A place that
 * is none is a mistake in a table of ours, and asserted. */
void demo_text(struct buf *out, const char *text, const struct demo_context *context,
               struct demo_random *r);

#endif
