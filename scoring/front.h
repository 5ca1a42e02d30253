/* front.h - what the detector sees of a record: the shape of its message, the values in it,
 * and whose it is. Pure: no state, any thread.
 *
 * A line of an access log is taken apart (weblog.h): its shape is method, extension, status
 * class, and whether it has a query and a referer; its values are path, query and agent. As
 * free text 28 % of ordinary web lines would be new templates. Everything else goes through
 * mask.h. The session is what the metadata name: a session, request, trace or block id, or
 * a pid; 0 if nothing. */
#ifndef SCORING_FRONT_H
#define SCORING_FRONT_H

#include "fcgi/core/record.h"
#include "scoring/attack.h"
#include "scoring/mask.h"
#include "scoring/weblog.h"

enum { FRONT_SHAPE_BYTES = 64, FRONT_VALUE_BYTES = 512 };

struct front {
    struct tokens tokens;
    struct str text; /* what the tokens are of: the message, or shape */
    char shape[FRONT_SHAPE_BYTES];
    bool is_web;
    struct weblog web; /* if is_web */
    uint64_t session;
    enum attack attack;
    struct str attack_value; /* the value that looks like it, as it was sent */
    bool attack_known;       /* the attack fields are filled: front_attack was called */
};

void front_read(const struct record *r, struct front *out);

/* Looks for signatures of attacks in what front_read has taken apart. */
void front_attack(struct front *f);

/* The session named by metadata, a JSON object or anything; 0: none. */
uint64_t front_session(struct str metadata);

#endif
