/* attack.h - does a text of a web request look like an attack? A list of signatures, made
 * for precision: what it names, a person would call an attack too, and what it does not
 * name may still be one. O'Brien, "select a plan" and "union street" are none.
 *
 * Give it decoded bytes (weblog.h). Case, white space and comments make no difference. Only
 * the first ATTACK_BYTES_MAX bytes are looked at. No memory, no I/O, any thread. */
#ifndef SCORING_ATTACK_H
#define SCORING_ATTACK_H

#include "fcgi/base/str.h"

enum { ATTACK_BYTES_MAX = 8192 }; /* web servers refuse longer requests */

enum attack {
    ATTACK_NONE = 0,
    ATTACK_SQL_INJECTION,
    ATTACK_XSS,
    ATTACK_TRAVERSAL, /* out of the folder, or another file or URL included */
    ATTACK_COMMAND,
    ATTACK_CODE, /* of a script's, template's or expression's language */
    ATTACK_SCANNER,
    ATTACK_PROBE,  /* for a file that nobody serves */
    ATTACK_HEADER, /* a line of HTTP's head in a value */
    ATTACKS_N
};

/* Words for a sentence, "query value looks like SQL injection"; "" for none. */
const char *attack_name(enum attack a);

/* A name or value of a query, a form's field, a part of a path, a referer, a text that a
 * message has in quotes. */
enum attack attack_in_value(struct str decoded);

/* A whole path; all that is one in a value is one here, and probes. */
enum attack attack_in_path(struct str decoded_path);

/* A user agent: scanners by their names, and attacks that are sent as an agent. */
enum attack attack_in_agent(struct str agent);

#endif
