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

enum { FRONT_SHAPE_BYTES = 64, FRONT_VALUE_BYTES = ATTACK_BYTES_MAX };

struct front {
    struct tokens tokens;
    struct str text; /* what the tokens are of: the message, or shape */
    char shape[FRONT_SHAPE_BYTES];
    bool is_web;
    struct weblog web; /* if is_web */
    uint64_t session;
    char plain[FRONT_VALUE_BYTES]; /* room to decode a field */
};

void front_read(const struct record *r, struct front *out);

/* A part of a web request that may be spelled oddly, or be an attack. */
enum front_part {
    FRONT_VALUE, /* of the query */
    FRONT_NAME,  /* of such a value */
    FRONT_PATH,
    FRONT_REQUEST, /* all of it, if it is none of HTTP */
    FRONT_AGENT,
    FRONT_REFERER
};
struct front_field {
    enum front_part part;
    struct str sent;  /* as it stands in the line */
    struct str shown; /* of a name or value both */
};
struct front_fields {
    struct str query; /* what is left of it */
    struct weblog_parameter parameter;
    int next;
};
/* The fields in turn, those of the query first. A record that is no web request has none. */
struct front_fields front_fields(const struct front *f);
bool front_next_field(const struct front *f, struct front_fields *it,
                      struct front_field *out);

/* Decoded into f->plain; at most FRONT_VALUE_BYTES of it. */
struct str front_decode(struct front *f, const struct front_field *field);
enum attack front_attack_in(enum front_part part, struct str decoded);

/* The first field that looks like an attack, and as what; ATTACK_NONE if none does. */
enum attack front_attack(struct front *f, struct front_field *out);

/* The session named by metadata, a JSON object or anything; 0: none. */
uint64_t front_session(struct str metadata);

#endif
